"""What stands behind the tools, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from adapters.redis.inquiries import Told
from domain.accounts import Account
from domain.elicitation import IDENTITY, ElicitationState, ElicitationStatus
from domain.errors import MandateNotFoundError, StaleVersionError, UnknownPayeeError
from domain.inquiries import Card, Credit, Line, Loan, Place, Scheduled, Spent, Wanted
from domain.mandates import MandateBegun, MandateRequest, MandateShown, MandateState, Period, period_of
from domain.payments import Correction, PaymentBegun, PaymentRequest, PaymentState
from domain.verification import VerificationBegun, VerificationRequest, VerificationState
from tests.fakes.desk import question


class FakeInquiries:
    """One customer with two accounts; a grocer, and a wage, in the first."""

    revision = 1

    async def revision_of(self, user_id: str) -> int:
        return self.revision if user_id == "u1" else 0

    async def accounts_of(self, user_id: str) -> list[Account]:
        own = [
            Account("a1", "checking", "Checking", "USD", 100_00, 90_00),
            Account("a2", "savings", "Savings", "USD", 50_00, 50_00),
        ]
        return own if user_id == "u1" else []

    async def counterparties_of(self, user_id: str, account_ids: tuple[str, ...]) -> list[str]:
        assert user_id == "u1"
        return ["Corner Grocer", "Corner Garage"] if "a1" in account_ids else []

    async def lines_of(self, user_id: str, wanted: Wanted, most: int, after: Place | None = None) -> list[Line]:
        assert user_id == "u1"
        lines = [
            Line(n, "a1", f"2026-11-{20 - n:02d}T10:00:00+00:00", -12_34, "USD", "Corner Grocer", "Groceries")
            for n in range(1, 4)
            if "a1" in wanted.account_ids and (after is None or n > after.transfer_id)
        ]
        return lines[:most]

    async def spent(self, user_id: str, wanted: Wanted) -> Spent:
        assert user_id == "u1"
        return Spent(0, 0) if wanted.names == () else Spent(37_02, 3)

    async def loans_of(self, user_id: str) -> list[Loan]:
        assert user_id == "u1"
        return [Loan("l1", "Loan", "USD", 18_400_00, 590, 412_50, "2026-12-15", 51)]

    async def credit_of(self, user_id: str) -> list[Credit]:
        assert user_id == "u1"
        return [Credit("c1", "Credit Card", "USD", 5_000_00, 640_25, 4_359_75, "2026-12-20", 35_00)]

    async def cards_of(self, user_id: str) -> list[Card]:
        assert user_id == "u1"
        days = ("2026-11-12", "2026-11-14", "2026-11-18", "2026-11-24", "", "")
        return [Card("card1", "debit", "1234", "shipped", *days, "FedEx", "7712334471")]

    async def scheduled_of(self, user_id: str, first: date, last: date) -> list[Scheduled]:
        assert (user_id, first <= last) == ("u1", True)
        return [Scheduled("City Power", 92_00, "USD", last.isoformat(), "Checking", "bill")]


class NoAnswers:
    """Remembers nothing, as without Redis."""

    async def find(self, question: str) -> Told | None:
        del question

    async def keep(self, question: str, told: Told) -> None:
        del question, told


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


@dataclass
class FakeMandates:
    """Keeps what was asked for; `m1` is u1's, and stands until it is revoked."""

    begun: list[MandateRequest] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)

    async def create(self, request: MandateRequest) -> MandateBegun:
        period_of(request.period)
        if request.payees == ("Nobody",):
            raise UnknownPayeeError
        self.begun.append(request)
        asked = question(f"mandate-{request.mandate_id}-confirmation-1").request
        return MandateBegun(request.mandate_id, MandateState.AWAITING_CUSTOMER, asked)

    async def of(self, user_id: str) -> list[MandateShown]:
        state = MandateState.REVOKED if "m1" in self.revoked else MandateState.ACTIVE
        shown = MandateShown(
            mandate_id="m1",
            state=state,
            budget_minor=100_00,
            budget="100.00",
            currency="USD",
            period=Period.MONTH,
            payees=("City Power",),
            account="checking",
            ends_on="",
            version=1,
            mandate_hash="f" * 64,
            used_minor=25_00,
            left_minor=75_00,
            period_began="2026-11-01",
            created_at="2026-11-01T10:00:00+00:00",
        )
        return [shown] if user_id == "u1" else []

    async def revoke(self, mandate_id: str, user_id: str) -> MandateShown:
        if (mandate_id, user_id) != ("m1", "u1"):
            raise MandateNotFoundError
        self.revoked.append(mandate_id)
        return (await self.of(user_id))[0]


@dataclass
class FakeIdentity:
    """Who has shown that it is them: nobody, until `known`."""

    known: bool = False
    begun: list[VerificationRequest] = field(default_factory=list)
    state: VerificationState = VerificationState.PENDING

    async def is_verified(self, user_id: str, session_id: str, purpose: str) -> bool:
        assert (user_id, session_id, purpose) == ("u1", "s1", "cards")
        return self.known

    async def begin(self, request: VerificationRequest) -> VerificationBegun:
        self.begun.append(request)
        asked = question(f"verification-{request.verification_id}-otp-1").request
        asked = replace(asked, transaction_type=IDENTITY, purpose="cards") if self.state == "PENDING" else None
        return VerificationBegun(request.verification_id, self.state, asked)


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

    async def use(self, session_id: str, user_id: str) -> bool:
        return (session_id, user_id) == ("s1", "u1")
