"""Standing orders: payments on a day to come, or again and again, and what is to be done with those that there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.understanding.dates.moments import Moment
from adapters.understanding.dates.slots import times_of
from adapters.understanding.transfers import accounts_in
from domain.grammar.mandates import period_in
from domain.grammar.orders import REMINDS, UNWILLING
from domain.recurrence import PERIODS
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from adapters.understanding.filling import Filler
    from adapters.understanding.tagging import Tagged

_NOUN: Final = (
    r"(?:standing orders?|(?:[a-z]+ly|recurring|regular|scheduled|automatic|repeat(?:ing|ed)?|upcoming|planned|future"
    r"|standing) (?:bank )?(?:payments?|transfers?|orders?|bills?)|auto ?pay(?:ments?)?|direct debits?)"
)
_ORDERED: Final = re.compile(rf"\b{_NOUN}\b")
_STANDING: Final = re.compile(
    r"\bstanding orders?\b|\b(?:recurring|regular|repeating|automatic) (?:payments?|transfers?)\b"
)
_STOP: Final = (
    r"cancel|stop|end|delete|remove|terminate|get rid of|call off|switch off|turn off|close|scrap|drop|kill|discontinue"
    r"|no longer|do not (?:want|need|make|pay)"
)
_STOPS_FIRST: Final = re.compile(
    r"(?:(?!(?:pay|send|give|transfer|move|put|set|create|make|start|schedule|arrange|add)[a-z]* )\S+ ){0,6}?"
    rf"(?:{_STOP}) (?!.*\b(?:instead|and (?:then )?(?:pay|send|set up|start)) )"
)
"""`Stop the eighty dollars to City Power every month` sets nothing up."""
_STEPS: Final = (
    (Intent.ORDER_RESUME, re.compile(r"\b(?:resume|restart|reactivate|unpause|continue|go on with|switch (?:back )?on"
                                     r"|turn (?:back )?on|start .*\bagain)\b")),
    (Intent.ORDER_PAUSE, re.compile(r"\b(?:pause|suspend|hold|put .*\bhold|freeze|halt|skip)\b")),
    (Intent.ORDER_CANCEL, re.compile(rf"\b(?:{_STOP})\b")),
    (Intent.ORDER_CHANGE, re.compile(r"\b(?:change|raise|increase|lower|reduce|update|adjust|move|switch|alter|edit"
                                     r"|make (?:my|the|that))\b")),
)  # fmt: skip
_ASKS: Final = re.compile(
    r"^(?:(?:please|can you|could you|would you|just|so|and|okay) )*(?:what|which|show|list|tell me|how many|do i have"
    r"|have i|are there|give me|read|any|see|view|let me see|my standing orders|is|are|when|did|has|how much)\b"
)
_NAMED_SO: Final = re.compile(
    r"\b[a-z]+ly (?:§[a-z]*[pk][a-z]*\d+ |[a-z]+ )?(?:standing )?(?:payments?|orders?|transfers?)\b"
)
"""`My monthly payment` says which one, not how often it is to be."""
_SETS: Final = re.compile(
    r"\b(?:set up|create|make|start|add|arrange|open|schedule|new|begin|establish|put in place)\b"
)
STEPS: Final = frozenset(intent for intent, _ in _STEPS)
"""What is done with an order that there is."""
_SLOTS: Final = ("date", "every")
_WHILE: Final = (
    r"\bfor (?:(?:the )?(?:next|coming) )?(?:an? |one |a few |a couple of |some |§\S+ )?"
    r"(?:days?|weeks?|months?|quarters?|years?)\b"
)
_LESS: Final = re.compile(
    rf"\b(?:except|excluding|but not|apart from|other than|unless)\b|{_WHILE}"
    r"|§\S+ (?:times|payments|instalments|transfers)\b"
)
_TWO_PAYMENTS: Final = re.compile(r"§[a-z]*a[a-z]*\d+ .*\b(?:and|then) (?:[a-z]+ ){0,3}§[a-z]*a[a-z]*\d+ ")
_STARTING: Final = r"(?:from|starting|beginning|commencing|as of) "
_STARTS: Final = re.compile(_STARTING)
_TO: Final = re.compile(r" (?:to|until|till|through) ")
_FOR_A_TIME: Final = re.compile(_WHILE)
_FROM_THEN: Final = re.compile(r"(?:from|starting|beginning|in|next|after) ")
_AFTER_SOME: Final = re.compile(r"\bafter (?:the |my |this )?(?:next|last|following|coming|one more|§\S+ more)\b")
_UNTIL: Final = re.compile(r"(?:until|till|up to|through|up until) ")


def by_schedule(tagged: Tagged, filler: Filler) -> Understanding | None:
    """What is wanted of standing orders; None where nothing to act on is meant."""
    text = tagged.plain
    ordered = _ORDERED.search(text) is not None
    slots = _slots(tagged, filler)
    if slots is None or {"target", "payee"} <= slots.keys():
        return None
    if _STANDING.search(text) and _ASKS.match(text) and not _SETS.search(text):
        return Understanding(Intent.ORDERS)
    if (UNWILLING.search(text) and not REMINDS.search(text)) or _STOPS_FIRST.match(text):
        return stepping(Intent.ORDER_CANCEL, tagged, filler)
    if ordered and not _SETS.search(_after_verbs(text)):
        for intent, verbs in _STEPS:
            if verbs.search(text):
                return stepping(intent, tagged, filler)
    slots |= _begins(tagged, slots)
    timed = any(slots.get(name) for name in _SLOTS)
    named = _names_two_days(tagged) or _STANDING.search(text) or ("payee" in slots and ordered)
    if not (timed or named) or _leaves_out(tagged, slots):
        return None
    whole = "amount" in slots and ("payee" in slots or "target" in slots) and timed
    return Understanding(Intent.ORDER, slots, complete=whole, open_ended=whole)


def stepping(intent: Intent, tagged: Tagged, filler: Filler) -> Understanding | None:
    """What is to be done with an order, and which one and how, as far as that was said.

    What is to stop for a while is paused; a stop on a day to come has `when`, for it would be one at once.
    """
    slots = _slots(tagged, filler)
    if slots is None:
        return None
    if _NAMED_SO.search(tagged.plain):
        slots.pop("every", None)
    if intent is Intent.ORDER_CANCEL and ("ends_on" in slots or _FOR_A_TIME.search(tagged.plain)):
        return Understanding(Intent.ORDER_PAUSE, slots)
    if intent is Intent.ORDER_CHANGE and _start(tagged):  # it would be changed at once
        return Understanding(Intent.NOT_OFFERED, {"topic": "schedule"})
    later = _later(tagged)
    if later and (intent is Intent.ORDER_RESUME or (intent is Intent.ORDER_PAUSE and _FROM_THEN.match(later))):
        return Understanding(Intent.NOT_OFFERED, {"topic": "schedule"})
    return Understanding(intent, slots | ({"when": later} if later and intent is Intent.ORDER_CANCEL else {}))


def _later(tagged: Tagged) -> str:
    """The words for a time that has not begun yet; empty where there are none."""
    values, today = tagged.dated.values if tagged.dated else (), tagged.today
    for moment in (value for value in values if isinstance(value, Moment) and value.future):
        if today and moment.future and moment.future.first and moment.future.first > today:
            return moment.said
    after = _AFTER_SOME.search(tagged.plain)
    return after[0] if after else ""


def _names_two_days(tagged: Tagged) -> bool:
    """`Next Friday`: which one is asked."""
    times = times_of(tagged.dated) if tagged.dated else {}
    return "date_choices" in times or "every_choices" in times


def _after_verbs(text: str) -> str:
    """`Start it again` sets nothing up."""
    return re.sub(r"\bstart .*\bagain\b", "", text)


def _slots(tagged: Tagged, filler: Filler) -> dict[str, str] | None:
    timed = tagged.dated or tagged
    found = filler.fill(Intent.AMEND, "", timed, "")
    if found is None or found.intent is not Intent.AMEND:
        return None
    slots = {name: text for name, text in found.slots.items() if name not in {"choice", "which"}}
    times = times_of(tagged.dated) if tagged.dated else {}
    slots |= {name: times[name] for name in _SLOTS if times.get(name)}
    if last := _last_day(tagged):
        slots["ends_on"] = last
        if slots.get("date") == last:
            del slots["date"]
    if "payee" not in slots and "payee_candidates" not in slots:
        slots = _between(slots, accounts_in(timed))
    if "every" not in slots and (period := period_in(timed.plain)):
        slots["every"] = PERIODS[period]
    return slots


def _between(slots: dict[str, str], own: dict[str, str]) -> dict[str, str]:
    """`Off my loan` says where it goes to."""
    if "target" not in own:
        return slots
    return {name: text for name, text in slots.items() if name != "account"} | own


def terms_of(tagged: Tagged, slots: dict[str, str]) -> dict[str, str]:
    """The first and the last day of what comes again and again, as far as they were said."""
    last = _last_day(tagged)
    return _begins(tagged, slots) | ({"ends_on": last} if last else {})


def _begins(tagged: Tagged, slots: dict[str, str]) -> dict[str, str]:
    """Of `every week starting Friday` and `monthly from January to June`: the first day, and the last one if told."""
    moment = _start(tagged) if "every" in slots else None
    if moment is None or moment.future is None or moment.future.first is None:
        return {}
    last = moment.future.last if _TO.search(moment.said) else None
    return {"date": moment.future.first.isoformat()} | ({"ends_on": last.isoformat()} if last else {})


def _leaves_out(tagged: Tagged, slots: dict[str, str]) -> bool:
    """`For six months`, `every Friday in December`: some of the days, in a way that no term of an order says."""
    if _LESS.search(tagged.plain):
        return True
    if tagged.dated is None:
        return False
    start = _start(tagged)
    spans = [value for value in tagged.dated.values if isinstance(value, Moment) and value.future and value != start]
    among = any(span.future and span.future.day is None and not _UNTIL.match(span.said) for span in spans)
    return ("every" in slots and among) or _TWO_PAYMENTS.search(tagged.dated.plain) is not None


def _start(tagged: Tagged) -> Moment | None:
    """From when on."""
    values, today = tagged.dated.values if tagged.dated else (), tagged.today
    for moment in (value for value in values if isinstance(value, Moment) and value.future):
        first = moment.future.first if moment.future else None
        said = re.escape(moment.said.lower())
        starts = _STARTS.match(moment.said) or re.search(rf"{_STARTING}(?:on |in )?{said}", tagged.plain)
        if today and first and first >= today and starts:
            return moment
    return None


def _last_day(tagged: Tagged) -> str:
    """Of `every month until the end of next year`."""
    values = tagged.dated.values if tagged.dated else ()
    for moment in (value for value in values if isinstance(value, Moment) and _UNTIL.match(value.said)):
        if moment.future and moment.future.last:
            return moment.future.last.isoformat()
    return ""
