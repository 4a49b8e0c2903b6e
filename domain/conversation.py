"""Messages between a client's front (voice worker, text door) and the ConversationWorkflow."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.alerts import AlertNews
from domain.dialogue.state import Dialogue
from domain.elicitation import ElicitationRequest, ElicitationState
from domain.handovers import HandoverNews
from domain.payments import PaymentKind
from domain.understanding import Intent


class Expects(StrEnum):
    """What the conversation is waiting for, so that a front knows how to listen."""

    ANYTHING = "anything"
    CONFIRMATION = "confirmation"
    CODE = "code"
    SLOT = "slot"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that the customer said. `text` is masked; `turn_id` is the client's and makes a repeat harmless.

    `heard_code`: a one-time code was in the words and went through the answer door instead; then `elicitation_id`
    names the elicitation it answered; `answer_error` is empty or the door's error code, beside its sentence.
    `asked`: the elicitation that the customer was asked when they began to speak, empty for none, None where the front
    does not say: a yes to an older question is no yes to the one that is open now.
    `answer`: what a language model has to say about an open question, checked and masked. `degraded`: a model should
    have helped to understand this, and none could be asked.
    """

    turn_id: str
    text: str
    intent: Intent
    slots: dict[str, str] = field(default_factory=dict[str, str])
    confidence: float = 1.0
    by: str = "grammar"
    heard_code: bool = False
    elicitation_id: str = ""
    answer_error: str = ""
    answer_sentence: str = ""
    epoch: int = 0
    asked: str | None = None
    answer: str = ""
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class DataCard:
    """Something to show beside what is said: `rows` of label and value.

    `kind`: balance, transactions, spending, loans, credit, cards, scheduled, receipt.
    """

    kind: str
    title: str
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the assistant says to a turn, and how things stand afterwards.

    `text` is for the eye (`$25.00`), `speech` for the ear ("twenty five dollars"). `seq` counts everything that the
    conversation has said, so a front that missed something knows. `elicitation` is the one that is open, if any.
    """

    text: str
    speech: str
    intent: Intent
    state: str
    expects: Expects
    seq: int
    elicitation: ElicitationRequest | None = None
    card: DataCard | None = None
    end: bool = False

    def to_json(self) -> dict[str, Any]:
        """The form that clients get; the elicitation in the first specification's schema."""
        card = self.card
        return {
            "text": self.text,
            "speech": self.speech,
            "intent": self.intent.value,
            "state": self.state,
            "expects": self.expects.value,
            "seq": self.seq,
            "elicitation": self.elicitation.to_json() if self.elicitation else None,
            "card": {"kind": card.kind, "title": card.title, "rows": [list(row) for row in card.rows]}
            if card
            else None,
            "end": self.end,
        }


@dataclass(frozen=True, slots=True)
class Join:
    """A front says that it is here: a voice agent in its room, or a text client. `agent_id` is empty for text.

    `presence_queue` is the task queue on which the agent's own presence activity can run; empty for text.
    """

    join_id: str
    channel: str
    agent_id: str = ""
    presence_queue: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """What a front needs to begin: what to say, whom to listen for. Turns carry `epoch`; a newer join voids older.

    `taken_up`: the reply tells of a question that was asked in another conversation and goes on in this one.
    `with_person`: a person of the bank has the customer, as far as is known.
    """

    reply: Reply
    epoch: int
    payees: tuple[str, ...]
    accounts: tuple[str, ...]
    user_id: str
    taken_up: bool = False
    with_person: bool = False


@dataclass(frozen=True, slots=True)
class PaymentNews:
    """Signal of a PaymentWorkflow to its conversation: how things stand after a step, in one message.

    `closed` names the elicitation that was settled, `opened` the one that now waits; `state` as in PaymentState.
    `due`: until when a supervisor may decide, or when the payment goes out; ISO 8601, empty where it does not wait.
    `corrected`: this is the first that is heard of a new version; of a standing order, how other terms for it ended.
    `returned`: it was paid, and has come back since.
    Of a standing mandate `payment_id` is the mandate's, `state` as in MandateState, and `period` is not empty.
    Of a standing order it is the order's, `state` as in OrderState, of the terms that were asked about, and `schedule`
    is not empty.
    Of a verification it is the verification's, `state` as in VerificationState, and `purpose` is not empty.
    `kind`: as in PaymentKind.
    """

    payment_id: str
    state: str
    amount: str
    currency: str
    payee: str
    account: str
    closed: str = ""
    closed_state: ElicitationState | None = None
    error_code: str = ""
    opened: ElicitationRequest | None = None
    due: str = ""
    corrected: bool = False
    period: str = ""
    ends_on: str = ""
    purpose: str = ""
    kind: str = PaymentKind.PAYEE
    returned: bool = False
    schedule: str = ""


@dataclass(frozen=True, slots=True)
class TakenUp:
    """Signal of a ConversationWorkflow to a payment that was begun in another one: the question it goes on with."""

    session_id: str
    elicitation_id: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of the dialogue as it is remembered: masked."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A conversation's whole memory over a continue-as-new. `replies`: the last ones, by turn id.

    `news`, `alert_news`, `handed`: what came and has not been said yet. `meanwhile`: what the first who joins is told.
    `shown`: the question of the last reply. `active_at`: ISO 8601, when the customer last spoke.
    """

    dialogue: Dialogue
    seq: int
    epoch: int
    lines: tuple[Spoken, ...]
    replies: dict[str, Reply]
    ended: bool = False
    agent: Join | None = None
    news: tuple[PaymentNews, ...] = ()
    alert_news: tuple[AlertNews, ...] = ()
    handed: tuple[HandoverNews, ...] = ()
    meanwhile: str = ""
    shown: str = ""
    active_at: str = ""


@dataclass(frozen=True, slots=True)
class ConversationStart:
    """Argument of ConversationWorkflow.run. `carried` holds the memory over a continue-as-new."""

    session_id: str
    user_id: str
    channel: str
    room_name: str = ""
    platform: str = "web"
    carried: Carried | None = None
