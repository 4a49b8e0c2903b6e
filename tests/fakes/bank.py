"""What stands behind the tools, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.accounts import Account, Posting
from domain.elicitation import ElicitationState, ElicitationStatus
from domain.errors import StaleVersionError, UnknownPayeeError
from domain.payments import Correction, PaymentBegun, PaymentRequest, PaymentState
from tests.fakes.desk import question


class FakeDirectory:
    """One customer with two accounts."""

    async def accounts_of(self, user_id: str) -> list[Account]:
        own = [
            Account("a1", "checking", "Checking", "USD", 100_00, 90_00),
            Account("a2", "savings", "Savings", "USD", 50_00, 50_00),
        ]
        return own if user_id == "u1" else []

    async def postings_of(self, account_id: str, limit: int) -> list[Posting]:
        line = Posting("2026-11-20T10:00:00+00:00", -12_34, "USD", "Corner Grocer", "Groceries")
        return [line] * min(limit, 3) if account_id == "a1" else []


@dataclass
class FakePayments:
    """Keeps what was asked for."""

    begun: list[PaymentRequest] = field(default_factory=list)
    corrected: list[tuple[str, Correction, str]] = field(default_factory=list)

    async def begin(self, request: PaymentRequest) -> PaymentBegun:
        if request.payee == "Nobody":
            raise UnknownPayeeError
        self.begun.append(request)
        asked = question(f"{request.payment_id}-confirmation-1").request
        return PaymentBegun(request.payment_id, PaymentState.AWAITING_CUSTOMER, asked)

    async def correct(self, payment_id: str, correction: Correction, correction_id: str) -> PaymentBegun:
        if correction.version == 7:
            raise StaleVersionError
        self.corrected.append((payment_id, correction, correction_id))
        asked = question(f"{payment_id}-confirmation-2").request
        return PaymentBegun(payment_id, PaymentState.AWAITING_CUSTOMER, asked, 2)

    async def cancel(self, payment_id: str, user_id: str) -> PaymentState:
        assert (payment_id, user_id) == ("p1", "u1")
        return PaymentState.CANCELLED


class FakeRecords:
    """Two payments: one of u1's, one of u2's."""

    async def owner_of(self, payment_id: str) -> str:
        return "u2" if payment_id == "theirs" else "u1"


class FakeQuestions:
    """Two questions: one of u1's, one of u2's."""

    async def owner_of(self, elicitation_id: str) -> str:
        return "u2" if elicitation_id == "theirs" else "u1"


class FakeGateway:
    """Cancels."""

    async def cancel(self, elicitation_id: str, user_id: str) -> ElicitationStatus:
        del user_id
        return ElicitationStatus(elicitation_id, ElicitationState.CANCELLED)


class FakeSessions:
    """`s1` is open, anything else has ended."""

    async def is_fresh(self, session_id: str, user_id: str) -> bool:
        return (session_id, user_id) == ("s1", "u1")

    async def touch(self, session_id: str) -> None:
        assert session_id == "s1"
