"""What an utterance about alerts names: the kind, of what, when, and which of those that there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.understanding.dates.moments import Moment
from adapters.understanding.dates.slots import times_of
from adapters.understanding.money import Number
from adapters.understanding.names import Snapped
from adapters.understanding.numbers import decimal_text
from domain.grammar.alerts import KINDS, REMIND, SORTS, UPWARDS
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from adapters.understanding.tagging import Tagged, Value

ALERTING: Final = frozenset(
    {
        Intent.ALERT, Intent.ALERTS, Intent.ALERT_CHANGE, Intent.ALERT_PAUSE, Intent.ALERT_RESUME, Intent.ALERT_DELETE,
        Intent.QUIET,
    }
)  # fmt: skip
_ITS_OWN: Final = frozenset({"amount", "amount_choices", "account", "payee", "payee_known", "payee_candidates"})
"""Of a reminder's words these belong to what it is about."""
_SAYS_ALL: Final = frozenset({"overdrawn", "overdraft", "payday", "deposit", "deposits", "salary", "wages", "paycheck"})
"""Each names the matter and what happens in one word."""
_QUIET: Final = frozenset({"quiet_from", "quiet_to", "time_unclear"})
_TAG: Final = re.compile(r"§([a-z]+)(\d+)")
_PLACES: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_WHICH: Final = re.compile(
    rf"\b(?P<place>{'|'.join(_PLACES)}|last|latest)"
    r" (?:one|alert|reminder|notification|warning)\b"
)
_ALONE: Final = re.compile(
    rf"(?:yes |no |i mean |i meant |just )*(?:the )?"
    rf"(?P<place>{'|'.join(_PLACES)}|last|latest)(?: one| alert| reminder)? "
)
_NUMBERED: Final = re.compile(r"\bnumber §[a-z]*c[a-z]*(?P<index>\d+) ")
_ALL: Final = re.compile(r"\b(?:all|every|everything|each|both|alerts|reminders|notifications|them)\b")
_MINE: Final = re.compile(r"\b(?:balance|transaction|deposit|salary|payment|bill|loan|rent|due) (?:alerts|rem)")
_ABOUT: Final = re.compile(
    r"(?:remind(?:ed|er|ers|ing)?|forget|remember|(?:nudge|wake|ask|ping|poke|buzz|tell|text|message|prompt|notify|alert|email)"
    r"(?= me (?:up )?(?:§[wmheb]+\d+ )*to ))(?: me)?(?: up)? (?:§[wmheb]+\d+ )*(?:when |for |on |at )?"
    r"(?:§[wmheb]+\d+ )*"
    r"(?:to|about|that|of|for)? ?(?P<what>.*)$"
)
_CALLED: Final = re.compile(
    r"\b(?:my|the|that|this|a|an|another|any|all) (?P<sort>(?:(?!(?:first|second|third|fourth|fifth|last|latest|other"
    r"|new|my|the|me|an?|set) )[a-z]+ ){1,3})(?P<noun>alerts?|reminders?|notifications?|warnings?)\b"
)
_ARTICLE: Final = re.compile(r"^(?:my|the|of) ")
_UNTIL: Final = re.compile(r"(?:before|until|till) ")
_TO_DO: Final = re.compile(r"\bto (?:pay|send|transfer|settle|move|call|buy) ")
_LOOSE: Final = re.compile(r"§[wmhebq]+\d+ ")
_IDLE_ENDS: Final = re.compile(
    r"^(?:(?:to|about|that|of|for|when|me|it is|that it is|please|a|set) )+"
    r"|(?: (?:please|thanks|thank you|okay|then|at|on))+$"
)
_NO_ABOUT: Final = re.compile(
    r"^(?:|it|that|this|me|something|so|again|later|set|one|please|tomorrow|now|any ?more|a while|a bit|the moment)$"
)
_RECEIVES: Final = re.compile(r"\b(?:i|we) (?:receive|get|earn) (?:(?:more|over|at|least|than|above) )*§[a-z]*a")
_FOR_NOW: Final = re.compile(r"\b(?:for (?:now|a (?:while|bit)|the moment|the time being)|temporarily) ")
"""What stops for a while is not given up."""
_OFF: Final = re.compile(
    r"\b(?:turn off|switch off|remove|delete|cancel|end|stop|no (?:more )?(?:quiet|silent)|any time|day or)\b"
)
_NOT_OF_REMINDERS: Final = frozenset(
    {"amount", "amount_choices", "amount_unclear", "account", "payee", "payee_known", "payee_candidates"}
)
"""What is only words of what to remind of."""
_BY: Final = re.compile(r"\bby (?:just |only |about |another )?$")
"""How much more or less is no amount."""
_ENDS_AT: Final = re.compile(r"\b(?:until|till|before|to) (?:§h|$)")


def alerting(intent: Intent, tagged: Tagged) -> Understanding:
    """The understanding of what was matched as something about alerts."""
    timed = tagged.dated or tagged
    if intent is Intent.ALERT_DELETE and _FOR_NOW.search(tagged.plain):
        intent = Intent.ALERT_PAUSE
    if intent is Intent.QUIET:
        return Understanding(intent, quiet_of(timed))
    if intent is Intent.ALERTS:
        return Understanding(intent)
    slots = _values(timed) | (times_of(timed) if intent in (Intent.ALERT, Intent.ALERT_CHANGE) else {})
    kind = kind_of(timed)
    if kind:
        slots["alert"] = kind
    if about := about_of(timed) if kind in ("", "reminder") else "":
        slots |= {"about": about, "alert": "reminder"}
        slots = {name: text for name, text in slots.items() if name not in _NOT_OF_REMINDERS}
    if intent is not Intent.ALERT and (which := which_of(timed, kind)):
        slots["which"] = which
    return Understanding(intent, slots, complete=intent is not Intent.ALERT or "alert" in slots)


def kind_of(tagged: Tagged) -> str:
    """The kind of alert that is spoken of; empty where it can't be told."""
    words = [re.sub(r"^(§)[a-z]*([kbp])[a-z]*\d+$", r"\1\2", word) for word in tagged.tagged.split()]
    called = _CALLED.search(tagged.plain)
    if called and (kind := _called_kind(called)):
        return kind
    reminds = any(word in REMIND for word in words)
    best, most, said = "", 0, frozenset(words)
    for kind, of, happens in KINDS:
        about, event = of & said, happens & said
        if kind == "large_transaction" and "balance" in words and event & UPWARDS:
            continue
        told = (about and event and len(about | event) > 1) or (about | event) & _SAYS_ALL
        if told and len(about) + 2 * len(event) > most:
            best, most = kind, len(about) + 2 * len(event)
    if reminds and (best != "payment_due" or _TO_DO.search(tagged.plain)):
        return "reminder"
    return best or ("deposit_received" if _RECEIVES.search(tagged.tagged) else "")


def _called_kind(called: re.Match[str]) -> str:
    words = called["sort"].split()
    return next((kind for kind, names in SORTS.items() if any(word in names.split() for word in words)), "")


def which_of(tagged: Tagged, kind: str = "") -> str:
    """`The second one`: its place from 1, -1 the last; `all`: every one."""
    if found := _NUMBERED.search(tagged.tagged):
        value = tagged.values[int(found["index"])]
        return str(value.count) if isinstance(value, Number) else ""
    if place := _WHICH.search(tagged.plain):
        return _place(place["place"])
    return "all" if not kind and _ALL.search(tagged.plain) and not _MINE.search(tagged.plain) else ""


def choice_alone(tagged: Tagged) -> str:
    """`The third one` as the whole answer; empty for anything else."""
    numbered = _NUMBERED.fullmatch(tagged.tagged)
    if numbered:
        return which_of(tagged)
    alone = _ALONE.fullmatch(tagged.plain)
    return _place(alone["place"]) if alone else ""


def _place(word: str) -> str:
    return str(_PLACES.index(word) + 1) if word in _PLACES else "-1"


def quiet_of(tagged: Tagged) -> dict[str, str]:
    """`quiet_from` and `quiet_to`, both empty to have none; nothing where no time is said."""
    slots = {
        name: text for name, text in times_of(tagged).items() if name.startswith("quiet") or name == "time_unclear"
    }
    if slots:
        return slots
    times = [value.time for value in tagged.values if isinstance(value, Moment) and value.time]
    if len(times) > 1:
        return {"quiet_from": times[0], "quiet_to": times[1]}
    if times:
        until = _ENDS_AT.search(tagged.plain) or any(
            _UNTIL.match(v.said) for v in tagged.values if isinstance(v, Moment)
        )
        return {"quiet_to" if until else "quiet_from": times[0]}
    return {"quiet_from": "", "quiet_to": ""} if _OFF.search(tagged.plain) else {}


def _values(tagged: Tagged) -> dict[str, str]:
    slots: dict[str, str] = {}
    for tag in _TAG.finditer(tagged.tagged):
        value = tagged.values[int(tag[2])]
        if isinstance(value, Number) and value.amounts and _BY.search(tagged.tagged[: tag.start()]):
            slots["amount_unclear"] = "yes"
        elif isinstance(value, Number) and value.amounts and "amount" not in slots and not _counts(tagged, tag):
            texts = [decimal_text(amount) for amount in value.amounts]
            slots |= {"amount": texts[0]} if len(texts) == 1 else {"amount_choices": "|".join(texts)}
        elif isinstance(value, Snapped):
            known = {"payee": value.payee, "payee_known": "yes"} if value.payee else {}
            slots |= known or {"payee_candidates": "|".join(value.candidates)}
        elif isinstance(value, str):
            slots.setdefault("account", value)
    return slots


def _counts(tagged: Tagged, tag: re.Match[str]) -> bool:
    return tagged.tagged[: tag.start()].endswith("number ")


def about_of(tagged: Tagged) -> str:
    """Of what to remind: what is left beside the times, in the customer's words."""
    called = _CALLED.search(tagged.plain)
    if called and called["noun"].startswith("remind") and not _called_kind(called):
        return _ARTICLE.sub("", called["sort"].strip())
    found = _ABOUT.search(tagged.plain)
    if found is None:
        return ""
    text = _TAG.sub(lambda tag: _said(tagged.values[int(tag[2])], found["what"]), _LOOSE.sub("", found["what"]))
    text = _IDLE_ENDS.sub("", f"{text.strip()} ".strip())
    return "" if _NO_ABOUT.match(text) else text


def _said(value: Value, _around: str) -> str:
    if isinstance(value, Number):
        if len(value.amounts) > 1 and value.digits:  # neither is chosen for the customer
            return value.digits
        if value.unit or value.count < 0:
            return f"${value.amounts[0]:.2f}" if value.amounts else value.digits
        return str(value.count)
    if isinstance(value, Snapped):
        return value.payee or value.candidates[0]
    return value.said if isinstance(value, Moment) else value
