"""What customers ask about: lines of their accounts, what they spent, loans, credit, cards, payments to come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.errors import (
    AmountsReversedError,
    CurrencyMismatchError,
    DatesReversedError,
    DateUnreadableError,
)
from domain.money import LARGEST_MINOR, parse_amount

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ZERO: Final = re.compile(r"\$?0{1,9}(\.0{1,9})?", re.ASCII)


class Order(StrEnum):
    """Of lines. By size, money in and money out alike."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"


class Direction(StrEnum):
    """Of money, as the account's owner sees it."""

    ANY = ""
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day, both included; None: without end."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def read(cls, first: str, last: str) -> Days:
        """Of two ISO dates or empty texts. Raises DateUnreadableError, DatesReversedError."""
        found = cls(_day(first), _day(last))
        if found.first and found.last and found.first > found.last:
            raise DatesReversedError
        return found

    def month_of_last(self) -> str:
        """The first day of the month in which they end; empty where they do not end."""
        return self.last.replace(day=1).isoformat() if self.last else ""


@dataclass(frozen=True, slots=True)
class Sizes:
    """From the least to the most, both included, whichever way the money goes; minor units."""

    least_minor: int = 0
    most_minor: int = LARGEST_MINOR

    @classmethod
    def read(cls, least: str, most: str, currency: str) -> Sizes:
        """Of two amounts in major units or empty texts. Raises the errors of `parse_amount`, AmountsReversedError."""
        found = cls(_minor(least, currency, 0), _minor(most, currency, LARGEST_MINOR))
        if found.least_minor > found.most_minor:
            raise AmountsReversedError
        return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of which accounts. `names`: of the counterparty, exactly; None: whoever it was."""

    account_ids: tuple[str, ...]
    names: tuple[str, ...] | None = None
    days: Days = Days()
    sizes: Sizes = Sizes()
    direction: Direction = Direction.ANY
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in any order: a list goes on behind it, whatever has come since. `at` as in Line."""

    at: str
    transfer_id: int
    account_id: str
    size_minor: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an account. `amount_minor` is negative for money out; `at` is ISO 8601 with microseconds."""

    transfer_id: int
    account_id: str
    at: str
    amount_minor: int
    currency: str
    counterparty: str
    description: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.at, self.transfer_id, self.account_id, abs(self.amount_minor))


@dataclass(frozen=True, slots=True)
class Spent:
    """Money that left the customer, in so many payments; what went from one account of theirs to another is none."""

    total_minor: int
    count: int


@dataclass(frozen=True, slots=True)
class Loan:
    """`rate_bp`: a year's interest in hundredths of a per cent. Dates are ISO; `next_due` is empty once it is paid."""

    account_id: str
    name: str
    currency: str
    outstanding_minor: int
    rate_bp: int
    instalment_minor: int
    next_due: str
    instalments_left: int


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit card's account. `available_minor`: limit less what is owed and held."""

    account_id: str
    name: str
    currency: str
    limit_minor: int
    owed_minor: int
    available_minor: int
    payment_due: str
    minimum_minor: int


@dataclass(frozen=True, slots=True)
class Card:
    """A card and how its last delivery stands: ordered, produced, shipped, delivered or returned. Empty: not yet."""

    card_id: str
    kind: str
    last4: str
    status: str
    ordered_on: str
    produced_on: str
    shipped_on: str
    expected_on: str
    delivered_on: str
    returned_on: str
    carrier: str
    tracking: str


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A payment to come. `kind`: instalment, bill or standing; `account`: the name of the one that pays."""

    payee: str
    amount_minor: int
    currency: str
    due_on: str
    account: str
    kind: str


def rate_text(rate_bp: int) -> str:
    """590 → `5.90`: per cent a year."""
    return f"{rate_bp // 100}.{rate_bp % 100:02d}"


def one_currency(currencies: list[str]) -> str:
    """What amounts over these accounts are in. Raises CurrencyMismatchError."""
    if len(set(currencies)) != 1:
        raise CurrencyMismatchError(spoken="Those accounts hold different currencies. Which account do you mean?")
    return currencies[0]


def _day(text: str) -> date | None:
    if not text:
        return None
    if _DAY.fullmatch(text) is None:
        raise DateUnreadableError
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DateUnreadableError from error


def _minor(text: str, currency: str, otherwise: int) -> int:
    if not text.strip():
        return otherwise
    return 0 if _ZERO.fullmatch(text.strip()) else parse_amount(text, currency).minor
