"""From a model's answer to an understanding: what it named is held against the words, and against who is known."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, cast

from adapters.understanding.filling import without_amount
from adapters.understanding.names import PayeeNames, plain_name
from adapters.understanding.numbers import find_numbers
from adapters.understanding.tokens import tokens_of
from adapters.understanding.written import unclear
from domain.grammar.mandates import limits, repeats
from domain.grammar.unasked import unasked
from domain.suggestion import read
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from collections.abc import Collection

    from adapters.models.cover import Covered
    from domain.understanding import Vocabulary

_FENCED: Final = re.compile(r"\A\s*```(?:json)?\s*(\{.*\})\s*```\s*\Z", re.DOTALL)
_SUMS: Final = frozenset({Intent.PAY, Intent.TRANSFER, Intent.AMEND, Intent.MANDATE})
_RELATIVE: Final = re.compile(
    r"\b(?:more|less|extra|additional|plus|minus|by|double|twice|triple|half|percent)\b|%", re.IGNORECASE
)
"""`Ten more`, `half of that`: a sum is named, and it is not the amount."""
_CONDITION: Final = re.compile(
    r"\b(?:when|once|after|unless|until|later|as soon as|if(?! (?:you|possible)\b))\b", re.IGNORECASE
)
"""`As soon as my salary is in` is not now."""
UNKNOWN: Final = Understanding(Intent.UNKNOWN, by="model", complete=False)


class GarbageError(ValueError):
    """What came is not what was asked for."""


def parse(answer: str) -> tuple[str, dict[str, str]]:
    """The intent and the slots that were named. Raises GarbageError on anything else than that form."""
    fenced = _FENCED.match(answer)
    try:
        # figures stay the text that they are written in
        found: Any = json.loads(fenced[1] if fenced else answer, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise GarbageError from error
    if not isinstance(found, dict):
        raise GarbageError
    named = cast("dict[str, Any]", found)
    intent: Any = named.get("intent")
    slots: Any = named.get("slots") or {}
    if not isinstance(intent, str) or not isinstance(slots, dict) or named.keys() - {"intent", "slots"}:
        raise GarbageError
    given = cast("dict[str, Any]", slots)
    if any(value is not None and not isinstance(value, str) for value in given.values()):
        raise GarbageError
    return intent, {name: value for name, value in given.items() if value}


def understood(
    answer: str, words: str, covered: Covered, vocabulary: Vocabulary, among: Collection[Intent]
) -> Understanding:
    """What a model's answer means of `words`; UNKNOWN where that must not be taken. Raises GarbageError."""
    intent, slots = parse(answer)
    named = {name: covered.found(value) for name, value in slots.items()}
    found = read(intent, named, vocabulary, among)
    if found is None:
        if intent not in {*map(str, Intent), ""}:
            raise GarbageError
        return UNKNOWN
    if found.intent in _SUMS and _refused(found, words):
        return UNKNOWN
    return _with_payee(_with_amount(found, words, vocabulary), vocabulary)


def _refused(found: Understanding, words: str) -> bool:
    """Where the grammar sees a sum and a name and still no wish to pay, a model's word does not make it one."""
    if unasked(words) or (found.intent is not Intent.MANDATE and repeats(words)):
        return True
    return found.intent in {Intent.PAY, Intent.TRANSFER} and (limits(words) or _CONDITION.search(words) is not None)


def _with_amount(found: Understanding, words: str, vocabulary: Vocabulary) -> Understanding:
    """Where the words hold sums, an amount is one of them."""
    if found.intent not in _SUMS or "amount" not in found.slots:
        return found
    names = PayeeNames(vocabulary.payees).words()
    said = {amount for number in find_numbers(tokens_of(words)) for amount in number.amounts}
    doubted = bool(said) and _decimal(found.slots["amount"]) not in said
    relative = found.intent is not Intent.MANDATE and _RELATIVE.search(words)
    return without_amount(found) if doubted or unclear(words, names) or relative else found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


def _with_payee(found: Understanding, vocabulary: Vocabulary) -> Understanding:
    """Payees by the same ear as the grammar's."""
    said = found.slots.get("payee", "")
    if not said:
        return found
    slots = {name: value for name, value in found.slots.items() if name != "payee"}
    names = PayeeNames(vocabulary.payees)
    snapped = names.with_twins(names.by_sound(plain_name(said)))
    if snapped.candidates:
        slots["payee_candidates"] = "|".join(snapped.candidates)
    elif snapped.payee:
        slots |= {"payee": snapped.payee, "payee_known": "yes"}
    else:
        slots |= {"payee": said, "payee_known": "no"}
    return Understanding(
        found.intent, slots, found.confidence, by=found.by, complete=found.complete, open_ended=found.open_ended
    )
