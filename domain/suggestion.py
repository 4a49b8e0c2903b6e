"""What somebody who is not trusted, a language model, may say that a customer means, and in which form.

It may name a wish, which is read back or only looked up; never a yes, a no, a code, a stop, or the end of anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from domain.conversation import Expects
from domain.dialogue.expected import expected
from domain.errors import BankError
from domain.money import parse_amount
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from domain.understanding import Vocabulary

CONFIDENCE: Final = 0.6
"""Below certainty: whatever acts on this asks before."""
_WINDOW: Final = ("from", "to", "when")
_FILTERS: Final = ("account", "payee", "counterparty", *_WINDOW)


@dataclass(frozen=True, slots=True)
class Nameable:
    """What an intent means, in words for a model, and the slots that go with it."""

    meaning: str
    slots: tuple[str, ...] = ()


NAMEABLE: Final[dict[Intent, Nameable]] = {
    Intent.PAY: Nameable("pay or send money to somebody, now", ("payee", "amount", "account")),
    Intent.TRANSFER: Nameable("move money from one account of their own to another", ("amount", "account", "target")),
    Intent.AMEND: Nameable("change the payment that is being talked about", ("payee", "amount", "account")),
    Intent.MANDATE: Nameable(
        "allow payments to a payee up to an amount every period", ("payee", "amount", "account", "period")
    ),
    Intent.MANDATES: Nameable("hear which standing payments are allowed"),
    Intent.BALANCE: Nameable("hear how much money is on an account", ("account",)),
    Intent.TRANSACTIONS: Nameable(
        "hear single transactions of the past", (*_FILTERS, "direction", "least", "most", "order", "count")
    ),
    Intent.SPENDING: Nameable("hear a total of what was spent or paid in the past", _FILTERS),
    Intent.LOANS: Nameable("hear about loans, what is owed, the next instalment"),
    Intent.CREDIT: Nameable("hear the credit card's limit, what is owed or still available"),
    Intent.CARDS: Nameable("hear where an ordered card is"),
    Intent.SCHEDULED: Nameable("hear which payments are coming up"),
    Intent.MORE: Nameable("hear the next part of the list that was begun"),
    Intent.ALERT: Nameable(
        "be told when something happens on an account, or be reminded of something",
        ("alert", "amount", "account", "payee", "about", "date", "time", "every", "days_before"),
    ),
    Intent.ALERTS: Nameable("hear which alerts and reminders are set"),
    Intent.STATUS: Nameable("hear where the payment under way stands"),
    Intent.REPEAT: Nameable("hear the last sentence again"),
    Intent.HELP: Nameable("hear what this service can do"),
    Intent.AGENT: Nameable("talk to a person"),
    Intent.GREET: Nameable("only say hello"),
    Intent.THANKS: Nameable("only say thanks"),
    Intent.QUESTION: Nameable("have something about banking or money explained, in general"),
}
"""All that a model may name. CONFIRM, DENY, CODE, CANCEL, REVOKE, OUTSIDE and what deletes are not here."""


@dataclass(frozen=True, slots=True)
class State:
    """What may be named just now, and what the assistant has asked for, in words for a model."""

    intents: tuple[Intent, ...] = tuple(NAMEABLE)
    waits_for: str = ""

    @classmethod
    def of(cls, stage: str) -> State:
        """Of a `Reply.state`. One that no dialogue declares allows all that may be named at all."""
        found = expected(stage)
        can = {*found.likely, *found.possible}
        waits = "whether to go ahead" if found.listens is Expects.CONFIRMATION else ", ".join(found.slots)
        return cls(tuple(each for each in NAMEABLE if each in can), waits) if can else cls()


_MONEY: Final = frozenset({"amount", "least", "most"})
_ONE_OF: Final[dict[str, frozenset[str]]] = {
    "period": frozenset({"day", "week", "month", "year"}),
    "direction": frozenset({"in", "out"}),
    "order": frozenset({"newest", "oldest", "largest", "smallest"}),
    "alert": frozenset({"low_balance", "large_transaction", "payment_due", "deposit_received", "reminder"}),
}
_FORMS: Final[dict[str, re.Pattern[str]]] = {
    "count": re.compile(r"[1-9]|1[0-9]|20", re.ASCII),
    "days_before": re.compile(r"[0-9]|[12][0-9]|3[01]", re.ASCII),
    "time": re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII),
    "every": re.compile(
        r"FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)"
        r"(?:;(?:BYDAY=(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*|BYMONTHDAY=(?:[1-9]|[12][0-9]|3[01]|-1)"
        r"|BYMONTH=(?:[1-9]|1[0-2])|INTERVAL=[1-9][0-9]?)){0,3}",
        re.ASCII,
    ),
}
_NEEDS: Final = {Intent.PAY: frozenset({"payee", "amount"}), Intent.TRANSFER: frozenset({"target", "amount"})}
_PLAIN: Final = re.compile(r"[\w][\w '.,&-]{0,79}")


def read(
    intent: str, slots: Mapping[str, str], vocabulary: Vocabulary, among: Collection[Intent] | None = None
) -> Understanding | None:
    """What was named, with those of its slots that hold; None where it may not be named, or not now (`among`).

    An amount that cannot be read is to be asked for again. Payees are left to whoever knows their names.
    """
    named = next((each for each in NAMEABLE if each.value == intent), None)
    if named is None or (among is not None and named not in among):
        return None
    kept: dict[str, str] = {}
    for name in NAMEABLE[named].slots:
        value = slots.get(name, "").strip()
        if not value:
            continue
        try:
            kept[name] = _reader(name, vocabulary)(value)
        except (ValueError, BankError):
            if name == "amount":
                kept["amount_unclear"] = "yes"
    return Understanding(named, _window(kept), CONFIDENCE, by="model", complete=_complete(named, kept))


def _reader(name: str, vocabulary: Vocabulary) -> Callable[[str], str]:
    if name in _MONEY:
        return lambda value: parse_amount(value).decimal()
    if name in {"account", "target"}:
        return lambda value: _one_of(value.lower(), frozenset(vocabulary.accounts))
    if name in _ONE_OF:
        return lambda value: _one_of(value.lower(), _ONE_OF[name])
    if name in {"from", "to", "date"}:
        return lambda value: date.fromisoformat(value).isoformat()
    return lambda value: _formed(value, _FORMS.get(name, _PLAIN))


def _one_of(value: str, known: frozenset[str]) -> str:
    if value not in known:
        raise ValueError(value)
    return value


def _formed(value: str, form: re.Pattern[str]) -> str:
    if form.fullmatch(value) is None:
        raise ValueError(value)
    return value


def _window(slots: dict[str, str]) -> dict[str, str]:
    """Both ends of a time or none, and words for it."""
    begin, end = slots.get("from", ""), slots.get("to", "")
    kept = {name: value for name, value in slots.items() if name not in _WINDOW}
    if not (begin and end) or begin > end:
        return kept
    return kept | {"from": begin, "to": end, "when": slots.get("when") or f"from {_said(begin)} to {_said(end)}"}


def _said(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%B} {day.day}"


def _complete(intent: Intent, slots: Mapping[str, str]) -> bool:
    return _NEEDS.get(intent, frozenset()) <= slots.keys()
