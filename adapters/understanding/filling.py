"""Fills an intent's slots from the tags of a matched utterance, and says whether it is complete."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from adapters.understanding.alerts import ALERTING, alerting, choice_alone
from adapters.understanding.dates.slots import days_of, times_of
from adapters.understanding.inquiring import INQUIRIES, narrow
from adapters.understanding.money import Number
from adapters.understanding.names import Snapped
from adapters.understanding.numbers import decimal_text
from adapters.understanding.scheduling import terms_of
from adapters.understanding.transfers import accounts_in, goes_to
from domain.grammar.mandates import CAPS, period_in
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from adapters.understanding.names import PayeeNames
    from adapters.understanding.tagging import Tagged, Value

CODE_LENGTH: Final = 6
_TAG: Final = re.compile(r"(?P<not>not |instead of )?(?:to |for )?§(?P<letters>[a-z]+)(?P<index>\d+) ")
_ORDINALS: Final = {"first": "1", "former": "1", "second": "2", "other": "2", "latter": "2"}
_ORDINAL: Final = re.compile(r"\b(first|former|second|other|latter)\b(?: one)? $")
_SHORT_ANSWER: Final = 2
_SUM: Final = r"§[a-z]*a[a-z]*\d+"
_UNREAD: Final = re.compile(
    rf"{_SUM} (?:and |or |to |by )?(?:an? |one |two |three |some )?(?:half|quarters?|thirds?|tenths?|points?|percent"
    rf"|dozen|score|times|plus|minus|less|something|odd|penn(?:y|ies)|dimes?|nickels?|§[acdfn]+\d) "
    rf"|\b(?:point|half|half of|couple|couple of|quarters?(?: of)?|thirds?(?: of)?|double|triple|twice|thrice|times"
    rf"|plus|minus|dozen|between|more than|less than|(?<!bump it )(?<!bump that )(?<!raise it )up to|at least"
    rf"|at most|by(?: just| only| about| another)?) {_SUM} "
)
"""Words beside an amount that change it in a way no rule reads."""
_TIME_TAG: Final = re.compile(r"§[wmhebq]+\d+ ")
_NO_TIME: Final = re.compile(
    r"(?<!\S)(?!(?:and|or|at|on|the|in|for|please|make|it|that|yes|then|well|sorry|no|instead|rather|actually|is|by"
    r"|about"
    r"|how|what|i|mean|meant|said|let|us|say|do|just|from|okay|only|a|was|would|be|fine|good|thanks|thank|you|change|to"
    r"|starting|and|set|move|every|with|him|them|me|remind|tell) )\S"
)
"""Words beside times that ask for more than another time."""
_AMOUNTS: Final = ("amount", "amount_choices", "amount_unclear")


class Filler:
    """Slots for one customer's vocabulary."""

    def __init__(self, names: PayeeNames) -> None:
        self._names = names

    def fill(self, intent: Intent, topic: str, tagged: Tagged, name: str) -> Understanding | None:
        """The understanding of a matched utterance; None where the match is no good after all."""
        if intent in (Intent.PAY, Intent.AMEND, Intent.TRANSFER):
            return self._own(tagged) if intent is Intent.TRANSFER else self._money(intent, tagged, name)
        if intent in (Intent.MANDATE, Intent.REVOKE):
            return self._standing(intent, tagged, name)
        if intent in ALERTING or intent is Intent.CODE:
            return _code(tagged) if intent is Intent.CODE else alerting(intent, tagged)
        if intent is Intent.NOT_OFFERED:
            loan = topic == "account_service" and "loan" in tagged.values
            return Understanding(intent, {"topic": "loan_application" if loan else topic})
        if intent in INQUIRIES:
            return Understanding(intent, narrow(intent, tagged))
        short = intent is Intent.DENY and tagged.plain.count(" ") <= _SHORT_ANSWER
        return Understanding(intent, open_ended=short)

    def times_alone(self, tagged: Tagged, *, asked: bool) -> Understanding | None:
        """`Tomorrow at nine`, `every other Friday`, `the third one`: an answer, and nothing else; None for any more.

        `in May`, where nothing was `asked`, asks the last question again of other days.
        """
        if which := choice_alone(tagged.dated or tagged):
            return Understanding(Intent.AMEND, {"which": which})
        if tagged.dated is None or _NO_TIME.search(_TIME_TAG.sub("", tagged.dated.tagged)):
            return None
        days, times = days_of(tagged.dated, future=False), times_of(tagged.dated)
        if "every" in times:
            times |= terms_of(tagged, times)
        if not asked and not set(times) - {"date", "date_unclear"}:
            return Understanding(Intent.SPENDING, days | {"follow": "yes"})
        return Understanding(Intent.AMEND, days | times)

    def merge(self, first: Understanding, after: Understanding) -> Understanding:
        """A payment with a correction said in the same breath."""
        if after.intent is Intent.NOT_OFFERED:
            return after
        kept = dict(first.slots)
        for group in (_AMOUNTS, ("payee", "payee_known", "payee_candidates"), ("account",)):
            if any(slot in after.slots for slot in group):
                kept = {slot: value for slot, value in kept.items() if slot not in group}
        slots = {**kept, **after.slots}
        return Understanding(Intent.PAY, slots, complete=_has_all(slots), open_ended=after.open_ended)

    def _money(self, intent: Intent, tagged: Tagged, name: str) -> Understanding | None:
        slots: dict[str, str] = {}
        targets = goes_to(tagged.sourced) if intent is Intent.AMEND else frozenset[int]()
        last, unread = "", _UNREAD.search(tagged.sourced) is not None
        for tag in _TAG.finditer(tagged.sourced):
            value = tagged.values[int(tag["index"])]
            if tag["not"]:
                continue
            if isinstance(value, Number):
                if value.foreign:
                    return Understanding(Intent.NOT_OFFERED, {"topic": "foreign_currency"})
                if not any(slot in slots for slot in _AMOUNTS):
                    slots |= {"amount_unclear": "yes"} if unread else _amount(value)
            elif isinstance(value, Snapped):
                slots = slots if "payee" in slots or "payee_candidates" in slots else slots | _payee(value)
            elif isinstance(value, str):
                slots["target" if int(tag["index"]) in targets else "account"] = value
            last = "open" if _goes_on(value) else ""
        if name and "payee" not in slots and "payee_candidates" not in slots:
            slots |= self._heard(name)
            last = ""
        if intent is Intent.AMEND and (ordinal := _ORDINAL.search(tagged.plain)):
            slots |= {"choice": _ORDINALS[ordinal[1]], "which": _ORDINALS[ordinal[1]]}
        open_ended = last == "open" and tagged.sourced.rstrip(" ").split(" ")[-1].startswith("§")
        complete = _has_all(slots) if intent is Intent.PAY else bool(slots)
        return Understanding(intent, slots, complete=complete, open_ended=open_ended)

    def _own(self, tagged: Tagged) -> Understanding | None:
        """Between own accounts. Without the account that it comes from, that may still be said."""
        found = self._money(Intent.AMEND, replace(tagged, sourced=tagged.tagged), "")
        if found is None or found.intent is not Intent.AMEND:
            return found
        slots = {slot: value for slot, value in found.slots.items() if slot in _AMOUNTS} | accounts_in(tagged)
        complete = "target" in slots and ("amount" in slots or "amount_choices" in slots)
        open_ended = found.open_ended or "account" not in slots
        return Understanding(Intent.TRANSFER, slots, complete=complete, open_ended=open_ended)

    def _standing(self, intent: Intent, tagged: Tagged, name: str) -> Understanding | None:
        """A mandate: a limit and how often; what makes the sum a limit does not make it unclear."""
        limited = replace(tagged, sourced=CAPS.sub("", tagged.sourced))
        found = self._money(Intent.AMEND, limited, name)
        if found is None or found.intent is not Intent.AMEND:
            return found
        period = period_in(tagged.plain) if intent is Intent.MANDATE else ""
        slots = found.slots | ({"period": period} if period else {})
        complete = intent is Intent.REVOKE or (_has_all(slots) and bool(period))
        return Understanding(intent, slots, complete=complete, open_ended=found.open_ended)

    def _heard(self, name: str) -> dict[str, str]:
        snapped = self._names.by_sound(name)
        return _payee(snapped) if snapped.payee or snapped.candidates else {"payee": name, "payee_known": "no"}


def without_amount(found: Understanding) -> Understanding:
    """The same, with its amount to be asked for again. Nothing changes where it has none."""
    if not any(slot in found.slots for slot in _AMOUNTS):
        return found
    kept = {slot: value for slot, value in found.slots.items() if slot not in _AMOUNTS}
    return replace(found, slots=kept | {"amount_unclear": "yes"}, complete=False)


def _amount(value: Number) -> dict[str, str]:
    texts = [decimal_text(amount) for amount in value.amounts]
    if not texts:
        return {}
    return {"amount": texts[0]} if len(texts) == 1 else {"amount_choices": "|".join(texts)}


def _payee(value: Snapped) -> dict[str, str]:
    if value.candidates:
        return {"payee_candidates": "|".join(value.candidates)}
    return {"payee": value.payee, "payee_known": "yes"}


def _goes_on(value: Value) -> bool:
    """`five hundred` may go on with `and fifty`, `Sarah` with her surname."""
    if isinstance(value, Number):
        return not value.unit
    return isinstance(value, Snapped) and not value.whole


def _has_all(slots: dict[str, str]) -> bool:
    return ("amount" in slots or "amount_choices" in slots) and ("payee" in slots or "payee_candidates" in slots)


def _code(tagged: Tagged) -> Understanding | None:
    numbers = [value for value in tagged.values if isinstance(value, Number)]
    digits = "".join(number.digits for number in numbers)
    if not digits or any(number.unit for number in numbers):
        return None
    return Understanding(Intent.CODE, {"code": digits, "digits": str(len(digits))}, complete=len(digits) >= CODE_LENGTH)
