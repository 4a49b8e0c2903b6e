"""What is read for a customer who asks. It is all the customer's own: who asks is part of every question."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from domain.accounts import Account
from domain.inquiries import Card, Credit, Line, Loan, Place, Scheduled, Spent, Wanted


class Inquiries(Protocol):
    """Reads, and changes nothing. An account that is not the user's has no lines."""

    async def revision_of(self, user_id: str) -> int:
        """Grows with whatever changes the user's accounts or their terms, in the same transaction."""
        ...

    async def accounts_of(self, user_id: str) -> list[Account]:
        """The customer's accounts, checking first."""
        ...

    async def counterparties_of(self, user_id: str, account_ids: tuple[str, ...]) -> list[str]:
        """Whoever stands in the lines of these accounts, each once."""
        ...

    async def lines_of(self, user_id: str, wanted: Wanted, most: int, after: Place | None = None) -> list[Line]:
        """At most so many lines, in the order that is wanted, behind a place in it."""
        ...

    async def spent(self, user_id: str, wanted: Wanted) -> Spent:
        """What left these accounts for others than the user, in these days, to these names; in all sizes."""
        ...

    async def loans_of(self, user_id: str) -> list[Loan]:
        """The one that is due first, first."""
        ...

    async def credit_of(self, user_id: str) -> list[Credit]:
        """By account."""
        ...

    async def cards_of(self, user_id: str) -> list[Card]:
        """The one that was ordered last, first. For customers who have been verified."""
        ...

    async def scheduled_of(self, user_id: str, first: date, last: date) -> list[Scheduled]:
        """What is due in these days, both included; the earliest first."""
        ...
