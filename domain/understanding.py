"""What was understood of an utterance: an intent, its slots, and how sure the ears were."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Intent(StrEnum):
    """What a customer can want. A word that the grammar does not know is UNKNOWN, never a guess."""

    PAY = "pay"
    TRANSFER = "transfer"
    BALANCE = "balance"
    TRANSACTIONS = "transactions"
    CONFIRM = "confirm"
    DENY = "deny"
    CANCEL = "cancel"
    AMEND = "amend"
    CODE = "code"
    RESEND = "resend"
    STATUS = "status"
    REPEAT = "repeat"
    HELP = "help"
    MANDATE = "mandate"
    MANDATES = "mandates"
    REVOKE = "revoke"
    ORDER = "standing_order"
    ORDERS = "standing_orders"
    ORDER_PAUSE = "order_pause"
    ORDER_RESUME = "order_resume"
    ORDER_CANCEL = "order_cancel"
    ORDER_CHANGE = "order_change"
    SPENDING = "spending"
    LOANS = "loans"
    CREDIT = "credit"
    CARDS = "cards"
    SCHEDULED = "scheduled"
    MORE = "more"
    ALERT = "alert"
    ALERTS = "alerts"
    ALERT_CHANGE = "alert_change"
    ALERT_PAUSE = "alert_pause"
    ALERT_RESUME = "alert_resume"
    ALERT_DELETE = "alert_delete"
    QUIET = "quiet"
    BACK = "back"
    SILENCE = "silence"
    QUESTION = "question"
    OUTSIDE = "outside"
    AGENT = "agent"
    GREET = "greet"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    NOT_OFFERED = "not_offered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Understanding:
    """One reading of an utterance.

    `slots`: `amount` (decimal text, major units, `25.00`), `payee` (a known payee's name, or what was heard),
    `payee_known` ("yes"/"no"), `payee_candidates` and `amount_choices` ("a|b"), `amount_unclear` ("yes": one was given
    that can't be read with certainty), `account` ("checking", "savings", "credit card", "loan"), `target` (the
    same, of a customer's own account that money goes to), `period` (of a
    mandate's budget: "day", "week", "month", "year"), `count`, `choice`, `topic`, `digits` (how many of a code were
    heard), `from` and `to` (ISO dates, both included) and `when` (those dates as they were said), `counterparty` (a
    name in a statement that is no payee's), `direction` ("in", "out"), `least` and `most` (amounts), `order`
    ("newest", "oldest", "largest", "smallest"), `alert` ("low_balance", "large_transaction", "payment_due",
    "deposit_received", "reminder"), `about` (of what to remind), `date` (ISO), `time` (`HH:MM`), `every` (an RFC 5545
    rule, `FREQ=MONTHLY;BYMONTHDAY=1`), `days_before`, `which` (an ordinal, from 1), `quiet_from` and `quiet_to`
    (`HH:MM`, both empty: none), `code` (digits, never leaves the process that heard it), `unclear`
    ("yes": a code was said, but no two hearings of it agree).
    `complete`: nothing that the intent needs is missing. `open_ended`: complete, but natural speech could still go on
    and change it. `confidence` 1.0 where two ears agreed or text was typed. `by`: who understood it (`grammar`,
    `ears`, `moonshine`, `trigram`).
    """

    intent: Intent
    slots: dict[str, str] = field(default_factory=dict[str, str])
    confidence: float = 1.0
    by: str = "grammar"
    complete: bool = True
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that matter to this session: the customer's payees (display names) and account kinds."""

    payees: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ("checking", "savings", "credit card", "loan")
