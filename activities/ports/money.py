"""Customers, the ledger, and what a mandate covers."""

from __future__ import annotations

from typing import Protocol

from domain.accounts import Account, Customer, Payee, Posting
from domain.mandates import Cover, MandateEnd, MandatePlan, MandateRequest, MandateState
from domain.payments import PayerHistory, PaymentPlan, PaymentRequest, PaymentState, PaymentWait
from domain.reversals import Original


class Directory(Protocol):
    """Customers and what is theirs."""

    async def customer(self, user_id: str) -> Customer:
        """Raises UnauthenticatedError where there is no such user."""
        ...

    async def accounts_of(self, user_id: str) -> list[Account]:
        """The customer's accounts, checking first."""
        ...

    async def payees_of(self, user_id: str) -> list[Payee]:
        """The customer's registered payees, by name."""
        ...

    async def postings_of(self, account_id: str, limit: int) -> list[Posting]:
        """The newest entries of one account."""
        ...

    async def has_passkey(self, user_id: str) -> bool:
        """Whether the user could countersign with a passkey."""
        ...

    async def platform_of(self, user_id: str, session_id: str) -> str:
        """`web`, `mobile` or `phone`: of this session of theirs, else their own. Nobody: UnauthenticatedError."""
        ...


class Ledger(Protocol):
    """Double entry. Every call writes its state and its outbox event in one transaction, and is done once per key."""

    async def open_payment(self, request: PaymentRequest, plan: PaymentPlan) -> PaymentPlan:
        """Record a payment. Same id and content: the first plan. Other content: IdempotencyConflictError."""
        ...

    async def original(self, payment_id: str) -> Original:
        """A payment that is to go back. Raises PaymentNotFoundError."""
        ...

    async def open_reversal(self, request: PaymentRequest, plan: PaymentPlan) -> PaymentPlan:
        """`open_payment` of a reversal. Raises NotReversibleError, AlreadyReversedError too."""
        ...

    async def find_payment(self, request: PaymentRequest) -> PaymentPlan | None:
        """The plan already recorded for this id, if any. Other content: IdempotencyConflictError."""
        ...

    async def state_of(self, payment_id: str) -> PaymentState:
        """Where the payment stands. Raises PaymentNotFoundError."""
        ...

    async def history(self, user_id: str, payee: Payee, payment_id: str) -> PayerHistory:
        """What the bank remembers of this payer and this payee of theirs, but for this payment."""
        ...

    async def held_of(self, payment_id: str) -> tuple[str, int]:
        """The account on which this payment holds money, and how much in minor units; ("", 0) where it holds none."""
        ...

    async def revise(self, plan: PaymentPlan) -> PaymentPlan:
        """Replace the last version, whose questions and hold are void. A repeat: what was stored first.

        Raises PaymentClosedError, TooManyCorrectionsError, or StaleVersionError where it is not the version that
        follows.
        """
        ...

    async def wait(self, waits: PaymentWait) -> None:
        """Note that a payment waits, and until when. Raises PaymentClosedError."""
        ...

    async def set_state(self, payment_id: str, state: PaymentState, error_code: str = "") -> None:
        """Move a payment on; a final state stays."""
        ...

    async def hold(self, payment_id: str, version: int = 1) -> None:
        """Reserve the amount. Raises InsufficientFundsError, AccountClosedError or StaleVersionError."""
        ...

    async def post(self, payment_id: str, version: int = 1) -> None:
        """Turn the hold into entries and complete the payment.

        Raises PaymentClosedError where the hold was voided, StaleVersionError, CountersignMissingError.
        """
        ...

    async def void(self, payment_id: str, state: PaymentState, error_code: str = "") -> None:
        """Release the hold, if any, and end the payment in `state`. A posted one stays posted: PaymentClosedError."""
        ...


class Coverage(Protocol):
    """Standing mandates, as a payment needs them."""

    async def covering(self, sought: Cover) -> str:
        """The id of an active mandate that has as much left for this payment now; empty: there is none."""
        ...


class MandateStore(Coverage, Protocol):
    """Standing mandates at rest. Changes write their event and audit in the same transaction."""

    async def open(self, request: MandateRequest, plan: MandatePlan) -> MandatePlan:
        """Record a mandate. Same id and content: the first plan. Other content: IdempotencyConflictError.

        Raises TooManyMandatesError, MandatesLockedError.
        """
        ...

    async def find(self, request: MandateRequest) -> MandatePlan | None:
        """The plan recorded for this id, if any. Other content: IdempotencyConflictError."""
        ...

    async def state_of(self, mandate_id: str) -> MandateState:
        """Where it stands. Raises MandateNotFoundError."""
        ...

    async def activate(self, mandate_id: str) -> None:
        """From now on it covers payments. Raises MandateUnsignedError, MandateRevokedError or MandateClosedError."""
        ...

    async def end(self, end: MandateEnd) -> MandateState:
        """End it, unless it has ended; the state it is in afterwards."""
        ...
