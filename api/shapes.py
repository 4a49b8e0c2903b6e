"""What clients are told: the forms of what routes return as plain JSON, for the description and its tests."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from adapters.postgres.payments import Payment
from domain.accounts import Account, Payee, Posting
from domain.alerts import AlertShown, AlertState
from domain.approvals import ApprovalState
from domain.conversation import Expects
from domain.elicitation import ElicitationState, ElicitationType
from domain.events import EventKind
from domain.mandates import MandateShown as Mandate
from domain.mandates import MandateState
from domain.order_runs import RunShown
from domain.payments import PaymentState
from domain.standing_orders import OrderShown, OrderState
from domain.understanding import Intent


class Accounts(BaseModel):
    """Amounts in minor units."""

    accounts: list[Account]


class Payees(BaseModel):
    """By name."""

    payees: list[Payee]


class Postings(BaseModel):
    """The newest first."""

    account_id: str
    transactions: list[Posting]


class Payments(BaseModel):
    """The newest first."""

    payments: list[Payment]


class PaymentNow(BaseModel):
    """Where a payment stands."""

    payment_id: str
    state: PaymentState


class WebhookTaken(BaseModel):
    """An event of the rail's, noted."""

    event_id: str
    status: Literal["taken"]


class Question(BaseModel):
    """The first specification's ElicitationRequest."""

    type: Literal["elicitation"]
    elicitation_id: str
    tool_call_id: str
    elicitation_type: ElicitationType
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    context: dict[str, str]
    metadata: dict[str, Any]


class QuestionNow(Question):
    """A question, and where it stands."""

    status: ElicitationState
    payment_id: str
    version: int
    error_code: str


class Questions(BaseModel):
    """The oldest first."""

    elicitations: list[QuestionNow]


class PaymentCorrected(PaymentNow):
    """A new version of it, and the first question about that."""

    version: int
    elicitation: Question | None


class Mandates(BaseModel):
    """Those that stand first, then the newest."""

    mandates: list[Mandate]


class MandateBegun(BaseModel):
    """A new one, and the first question about it."""

    mandate_id: str
    state: MandateState
    elicitation: Question | None


class StandingOrders(BaseModel):
    """Those that stand first."""

    standing_orders: list[OrderShown]


class StandingOrderRuns(BaseModel):
    """The newest first."""

    runs: list[RunShown]


class StandingOrderBegun(BaseModel):
    """A new one, or one that is changed, and the question that now waits about it."""

    order_id: str
    state: OrderState
    elicitation: Question | None


class AlertChoices(BaseModel):
    """How a customer is told; times in `zone`, `ways` null for the usual one."""

    quiet_from: str
    quiet_to: str
    zone: str
    ways: list[str] | None


class Alerts(BaseModel):
    """Oldest first."""

    alerts: list[AlertShown]
    choices: AlertChoices


class AlertBegun(BaseModel):
    """How it stands, what it lacks, and the form that asks for that."""

    alert: AlertShown
    state: AlertState
    missing: list[str]
    elicitation: Question | None


class StatusUpdate(BaseModel):
    """The first specification's ElicitationStatusUpdate."""

    type: Literal["elicitation_status"]
    elicitation_id: str
    status: ElicitationState
    message: str = ""
    error_code: str = ""
    next_elicitation: Question | None = None


class SigningOptions(BaseModel):
    """`publicKey` is for `navigator.credentials.get`."""

    elicitation_id: str
    version: int
    publicKey: dict[str, Any]  # noqa: N815 - WebAuthn's name


class CredentialOptions(BaseModel):
    """For `navigator.credentials.create` or `get`."""

    publicKey: dict[str, Any]  # noqa: N815


class PasskeyShown(BaseModel):
    """One of one's passkeys; times are ISO 8601, empty where there is none yet."""

    passkey_id: str
    name: str
    created_at: str
    last_used_at: str
    synced: bool
    backed_up: bool
    transports: list[str]


class Passkeys(BaseModel):
    """The oldest first."""

    passkeys: list[PasskeyShown]


class PasskeyRevoked(BaseModel):
    """It opens and signs nothing any more."""

    passkey_id: str
    revoked: Literal[True]


class ReplyShown(BaseModel):
    """What the assistant says: `text` for the eye, `speech` for the ear."""

    text: str
    speech: str
    intent: Intent
    state: str
    expects: Expects
    seq: int
    elicitation: Question | None
    card: dict[str, Any] | None
    end: bool


class Begun(BaseModel):
    """A conversation, and what is said first in it."""

    session_id: str
    replies: list[ReplyShown]


class Understood(BaseModel):
    """What was meant, and by which reader."""

    intent: Intent
    slots: dict[str, str]
    confidence: float
    by: str


class Heard(BaseModel):
    """What became of a turn; `heard` is masked."""

    turn_id: str
    heard: str
    understanding: Understood
    answered: str
    answer_error: str
    replies: list[ReplyShown]


class Ended(BaseModel):
    """A conversation that was left."""

    session_id: str
    ended: Literal[True]


class ApprovalShown(BaseModel):
    """What a supervisor sees of one approval; times are ISO 8601, empty where there is none yet."""

    approval_id: str
    payment_id: str
    payer_name: str
    version: int
    transaction_hash: str
    round: int
    needed: int
    amount_minor: int
    amount: str
    currency: str
    payee: str
    account: str
    reason: str
    policy_version: str
    group: str
    state: ApprovalState
    due_at: str
    created_at: str
    claimed_by: str
    claimed_until: str
    decided_by: str
    on_behalf_of: str
    note: str
    decided_at: str
    given_by: list[str]


class Approvals(BaseModel):
    """A page; `next_cursor` is empty on the last."""

    approvals: list[ApprovalShown]
    next_cursor: str


class DelegationShown(BaseModel):
    """Whose authority is lent to whom, until when."""

    delegation_id: int
    from_user: str
    to_user: str
    until: AwareDatetime


class Delegations(BaseModel):
    """Lent or borrowed, and still lasting."""

    delegations: list[DelegationShown]


class Delegated(BaseModel):
    """A new one."""

    delegation_id: int
    to: str
    until: AwareDatetime


class DelegationEnded(BaseModel):
    """One that was taken back."""

    delegation_id: int
    ended: Literal[True]


class EventShown(BaseModel):
    """Something that has happened; `seq` never changes."""

    seq: int
    kind: EventKind
    user_id: str
    session_id: str
    subject_id: str
    at: str
    body: dict[str, Any]


class Backlog(BaseModel):
    """The oldest first; `last` is what to ask after next."""

    events: list[EventShown]
    last: int


class SignedOut(BaseModel):
    """How many sign-ins were ended."""

    signed_out: int


class Health(BaseModel):
    """Whether this process can do its work."""

    status: Literal["ok", "unavailable"]


class Delivered(BaseModel):
    """A message; mail has a subject."""

    at: str
    channel: Literal["sms", "email"]
    subject: str = ""
    body: str


class Inbox(BaseModel):
    """The newest last."""

    messages: list[Delivered]


class Keys(BaseModel):
    """RFC 7517."""

    keys: list[dict[str, str]]


class Payloads(BaseModel):
    """Temporal's `temporal.api.common.v1.Payloads` as JSON."""

    payloads: list[dict[str, Any]] = []
