"""What activities, and the edges beside them, need from the outside world. Adapters implement these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from domain.accounts import Account, Customer, Payee, Posting
from domain.approvals import Approval, Supervisor
from domain.conversation import PaymentNews
from domain.elicitation import ApprovalOrder, ElicitationRequest, ElicitationState
from domain.forms import Value
from domain.mandates import Cover, MandateEnd, MandatePlan, MandateRequest, MandateState
from domain.payments import PayerHistory, PaymentPlan, PaymentRequest, PaymentState, PaymentWait

Delivered = Literal["sms", "email"]
"""The ways out of band."""


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


@dataclass(frozen=True, slots=True)
class ElicitationRow:
    """An elicitation as stored. `secret` is the sealed one-time-code secret, empty for other types."""

    request: ElicitationRequest
    user_id: str
    session_id: str
    state: ElicitationState
    tries: int
    secret: str = ""
    counter: int = 0
    response_id: str = ""
    error_code: str = ""


class Elicitations(Protocol):
    """Elicitations at rest. State changes write their outbox event in the same transaction."""

    async def open(self, row: ElicitationRow) -> ElicitationRow:
        """Store a new elicitation, or return the one that is already there under this id."""
        ...

    async def get(self, elicitation_id: str) -> ElicitationRow:
        """Raises ElicitationNotFoundError."""
        ...

    async def pending_of(self, user_id: str) -> list[ElicitationRow]:
        """Open elicitations of one user, oldest first."""
        ...

    async def count_try(self, elicitation_id: str) -> int:
        """Count one try and return how many there are now; at the limit nothing is counted: TooManyTriesError."""
        ...

    async def next_code(self, elicitation_id: str) -> int:
        """Advance the code counter for a resend; tries stay as they are, and a code that never went out stays too.

        Raises ResendTooSoonError or ResendsUsedUpError.
        """
        ...

    async def note_delivery(self, elicitation_id: str, counter: int, way: Delivered) -> None:
        """The code of this counter is on its way; from now the next one has to wait."""
        ...

    async def close(
        self, elicitation_id: str, state: ElicitationState, response_id: str = "", error_code: str = ""
    ) -> ElicitationState:
        """Settle it; returns the state it is in afterwards (the first outcome stays)."""
        ...

    async def keep_form(self, elicitation_id: str, response_id: str, filled: dict[str, Value]) -> None:
        """Keep what a form was filled in with; the first of one response stays."""
        ...

    async def form_of(self, elicitation_id: str, response_id: str) -> dict[str, Value]:
        """What this response filled in; nothing where it is unknown."""
        ...


class Attempts(Protocol):
    """The record of every attempt: by whom, on what, with what outcome; never with which factor."""

    async def outcome_of(self, elicitation_id: str, response_id: str) -> str | None:
        """The outcome code first recorded for this response; None if it is new."""
        ...

    async def record(self, row: ElicitationRow, response_id: str, outcome: str) -> None:
        """Keep an outcome code ("accepted", "declined" or an error's code); the first one stays."""
        ...


@dataclass(frozen=True, slots=True)
class Settlement:
    """A decision to be kept. `lender`: whose authority it is, empty for the supervisor's own."""

    approval_id: str
    supervisor: str
    lender: str
    approve: bool
    note: str
    response_id: str


class ApprovalStore(Protocol):
    """Approvals at rest, and who may give them. Changes write their event and audit in the same transaction."""

    async def open(self, order: ApprovalOrder) -> None:
        """Store an approval and note that its payment waits for it; a repeat changes nothing."""
        ...

    async def get(self, approval_id: str) -> Approval:
        """Raises ApprovalNotFoundError."""
        ...

    async def supervisor(self, user_id: str) -> Supervisor:
        """Raises NotASupervisorError, also where the role was taken away a moment ago."""
        ...

    async def settle(self, settlement: Settlement) -> None:
        """Keep a decision, once; a repeat of the same is one. Raises AlreadyDecidedError, ApprovalClosedError."""
        ...

    async def escalate(self, approval_id: str, group: str) -> None:
        """Give it to another group, and take it from whoever claimed it."""
        ...

    async def note_refused(self, approval_id: str, actor: str, code: str, detail: dict[str, Any]) -> None:
        """Write a refused decision to the audit trail."""
        ...


class Outcomes(Protocol):
    """Payments that outlive the conversation that began them."""

    async def take(self, user_id: str, session_id: str) -> list[PaymentNews]:
        """What still waits, and what ended without anybody having told of it; the latter is this session's to tell."""
        ...

    async def mark_told(self, payment_id: str, session_id: str) -> None:
        """This session has told how the payment ended."""
        ...


class OneTimeCodes(Protocol):
    """HOTP (RFC 4226) over a secret of its own per elicitation, sealed at rest."""

    def new_secret(self) -> str:
        """A fresh sealed secret."""
        ...

    def code(self, sealed: str, counter: int) -> str:
        """The six digits for this counter."""
        ...

    def verify(self, sealed: str, counter: int, code: str) -> bool:
        """Constant-time comparison with the code of this counter alone."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer is told out of band. The subject shows on locked screens, so it never holds a code."""

    subject: str
    text: str


class Messenger(Protocol):
    """Takes a message out of band to a customer."""

    async def send(self, to: Customer, message: Message, key: str) -> Delivered:
        """Deliver once per `key`; by which way. Raises UnavailableError, or DeliveryFailedError for good."""
        ...


@dataclass(frozen=True, slots=True)
class ProofClaims:
    """What a proof says: this user answered this elicitation, on this version of this transaction."""

    elicitation_id: str
    user_id: str
    version: int
    transaction_hash: str
    method: str
    accepted: bool
    response_id: str


class ProofVerifier(Protocol):
    """Checks a proof's signature, age and audience."""

    def verify(self, proof: str) -> ProofClaims:
        """Raises ProofInvalidError."""
        ...


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a bank tool on behalf of a user in a session."""

    name: str
    user_id: str
    session_id: str
    scopes: tuple[str, ...]
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])


class Tools(Protocol):
    """The bank's hands: MCP tools, called with a fresh service token."""

    async def call(self, call: ToolCall) -> dict[str, Any]:
        """The tool's structured result. Raises the error that the tool named; UnavailableError if unreachable."""
        ...


class Announcer(Protocol):
    """Says something that nobody asked for just now."""

    async def say(self, session_id: str, user_id: str, key: str, body: dict[str, Any]) -> None:
        """Write an ASSISTANT_SPOKE event, once per key."""
        ...


class Sessions(Protocol):
    """Conversations that are open, so that a token's session can be checked for freshness."""

    async def end(self, session_id: str) -> None:
        """Mark a session as ended."""
        ...


class Rooms(Protocol):
    """LiveKit's server API, as far as the watchdog needs it."""

    async def customer_present(self, room_name: str, user_id: str) -> bool:
        """Whether the customer is in the room."""
        ...

    async def agents_in(self, room_name: str) -> set[str]:
        """The voice agents in the room, dead ones that LiveKit has not missed yet among them."""
        ...

    async def remove(self, room_name: str, agent_id: str) -> None:
        """Remove a participant if it is there."""
        ...

    async def dispatch(self, room_name: str, session_id: str, user_id: str, platform: str) -> None:
        """Ask for a new agent in this room."""
        ...
