"""What is said of alerts: what they watch for, and what has happened. Names and sums only, no account's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.alerts import AlertKind
from domain.dialogue.sums import listed, minor
from domain.recurrence import day_name, rule_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.alerts import AlertTerms, LedgerEvent

SUBJECT: Final = "Your alert"
NOT_SET_UP: Final = "All right, no alert is set up."
_MOST_NAMED: Final = 3
_ERRANDS: Final = frozenset({
    "apply", "ask", "book", "bring", "buy", "call", "cancel", "charge", "check", "clean", "collect", "do", "email",
    "feed", "file", "finish", "fix", "get", "give", "go", "make", "meet", "move", "order", "pack", "pay", "phone",
    "pick", "put", "renew", "return", "review", "save", "see", "send", "settle", "sign", "start", "stop", "submit",
    "switch", "take", "talk", "tell", "text", "transfer", "visit", "water", "write",
})  # fmt: skip
_OF_NOUNS: Final = frozenset({"the", "my", "our", "a", "an", "his", "her", "their", "your"})
_BEHIND_VERBS: Final = _OF_NOUNS | {"up", "for", "to", "it", "him", "them", "off", "out"}


def watched(terms: AlertTerms) -> str:
    """What it watches for, after "I'll tell you" or in a list."""
    sum_ = minor(terms.minor, terms.currency)
    where = f"your {terms.account}" if terms.account else "any of your accounts"
    match terms.kind:
        case AlertKind.LOW_BALANCE:
            return f"when your {terms.account} balance drops below {sum_}"
        case AlertKind.LARGE_TRANSACTION:
            return f"when {sum_} or more moves on {where}"
        case AlertKind.DEPOSIT_RECEIVED:
            least = f"{sum_} or more" if terms.minor else "money"
            sender = f" from {terms.payee}" if terms.payee else ""
            return f"when {least} comes in{sender}{f' on {where}' if terms.account else ''}"
        case AlertKind.PAYMENT_DUE:
            what = f"a payment to {terms.payee}" if terms.payee else "any payment"
            return f"{_ahead(terms.days_before)} {what} is due{_when(terms)}, at {terms.time}"
        case AlertKind.REMINDER:
            return f"{_matter(terms.about)}{_when(terms)}, at {terms.time}"


def _matter(about: str) -> str:
    """`about the rent`, but `to pay the rent`."""
    first, _, rest = about.partition(" ")
    verb = first.lower() in _ERRANDS or rest.partition(" ")[0].lower() in _BEHIND_VERBS
    return f"to {first.lower()} {rest}" if rest and verb and first.lower() not in _OF_NOUNS else f"about {about}"


def confirmed(terms: AlertTerms) -> str:
    """How a new or changed alert is said back, in one sentence."""
    if terms.kind is AlertKind.REMINDER:
        return f"Done. I'll remind you {watched(terms)}."
    return f"Done. I'll tell you {watched(terms)}."


def posted(terms: AlertTerms, event: LedgerEvent) -> str:
    """What a ledger event set off."""
    sum_ = minor(abs(event.minor), event.currency)
    if terms.kind is AlertKind.LOW_BALANCE:
        now, below = minor(event.after_minor, event.currency), minor(terms.minor, terms.currency)
        return f"Your {event.account} balance is {now}, which is below {below}."
    if terms.kind is AlertKind.DEPOSIT_RECEIVED:
        return f"{sum_} from {event.counterparty} came in on your {event.account} account."
    way = "to" if event.minor < 0 else "from"
    return f"A large transaction: {sum_} {way} {event.counterparty} on your {event.account} account."


def due(terms: AlertTerms, day: str, payees: Sequence[str] = ()) -> str:
    """What the calendar set off; `day`: the day that it is about, ISO 8601; `payees`: whom the bank knows of."""
    if terms.kind is AlertKind.REMINDER:
        return f"A reminder: {terms.about}."
    when = {0: "today", 1: "tomorrow"}.get(terms.days_before, f"in {terms.days_before} days")
    if len(payees) > 1:
        return f"Payments to {listed(payees)} are due {when}, on {day_name(day)}."
    return f"A payment to {payees[0] if payees else terms.payee} is due {when}, on {day_name(day)}."


def summary(texts: Sequence[str]) -> str:
    """What was kept back in quiet hours, in one message."""
    if len(texts) == 1:
        return texts[0]
    newest = list(dict.fromkeys(reversed(texts)))[:_MOST_NAMED][::-1]
    left = len(texts) - len(newest)
    more = f" And {left} more." if left else ""
    return f"While it was quiet, {len(texts)} of your alerts went off. {' '.join(newest)}{more}"


def meanwhile(texts: Sequence[str]) -> str:
    """What a conversation begins with; nothing where nothing happened."""
    if len(texts) < 2:
        return "".join(texts)
    named = list(texts)[-_MOST_NAMED:]
    left = len(texts) - len(named)
    return f"{' '.join(named)}{f' And {left} more of your alerts went off.' if left else ''}"


def _ahead(days: int) -> str:
    return {0: "on the day", 1: "the day before"}.get(days, f"{days} days before")


def _when(terms: AlertTerms) -> str:
    if terms.every:
        return f", {rule_words(terms.every)}"
    return f" on {day_name(terms.date)}" if terms.date else ""


def quiet_words(quiet_from: str, quiet_to: str) -> str:
    """How quiet hours are said back."""
    if not quiet_from:
        return "You have no quiet hours any more. I'll tell you at any time."
    return f"From {quiet_from} to {quiet_to} I'll keep quiet, and tell you afterwards what happened."
