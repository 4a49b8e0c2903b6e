"""Payments, changes, yes and no by classes of words: heard only where the whole utterance speaks for it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from adapters.understanding.money import Number
from adapters.understanding.names import Snapped
from adapters.understanding.tagging import LEXICON
from domain.conversation import Expects
from domain.grammar import moving
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.understanding.tagging import Tagged, Value

_TAG: Final = re.compile(r"§([a-z]+)(\d+)")
_NOT_VALUE: Final = re.compile(r"\b(?:not|instead of|rather than) (?:to |for |from |my |on |the )*(§[a-z]+\d+) ")
_SORRY: Final = r"(?:\b(?:no|sorry|wait|oops|actually|rather|i mean|i meant|make (?:it|that)|scratch that|correction) )"
_CODE_LENGTH: Final = 6
_PAYMENT: Final = 3.9
_BARE_PAYMENT: Final = 2.7
_STRANGE: Final = 0.7
_FEW: Final = 1
_P: Final = r"§[a-z]*p[a-z]*\d+"
_GIVE: Final = "|".join(sorted(moving.PAY_VERBS | {"get", "bring", "owe"}))
_MODAL: Final = "|".join(sorted(moving.MODALS))
_RECEIVES: Final = "get |receive |have |be |paying |the (?:amount|sum) |full |total |§"
_NOT_MINE: Final = re.compile(
    rf"(?<!bill )(?<!invoice )\b(?:from|off) (?:my )?{_P} |\btoo much "
    rf"|\b(?:charge|request|invoice|collect|ask) {_P} |\b(?:{_GIVE}) (?:me|us|you) "
    rf"|(?:can|could|will|would|has|have|did|does) {_P} (?!get |have |receive )"
    rf"|{_P} (?:still |also |just |really )?(?:(?:{_MODAL})(?: to)?|to|in|out|off) (?!{_RECEIVES})[a-z]+ "
    rf"|\b(?:{'|'.join(sorted(moving.OTHERS))}) (?:{_MODAL}) |\byou (?:should|ought) |^(?:is|am|are) (?:it |i |we )"
)
"""Somebody else is to pay, or the customer is to be paid, or a question is asked about it."""
_NO_MONEY: Final = re.compile(
    rf"\b(?:{'|'.join(sorted(moving.PLACES))}) (§[a-z]*a[a-z]*\d+) |(§[a-z]*a[a-z]*\d+) ([a-z]+) "
)
_BILLED: Final = re.compile(
    rf"({_P}) (?:has )?(?:sent|gave|given|handed) (?:me|us) (?:a|an|the|my|our) (?:bill|invoice) "
)
_I_WANT: Final = re.compile(r"\bi (?:would like|need|want|have|got) ")
_TO_WHOM: Final = re.compile(rf"\b(?:to|for) (?:my )?{_P} ")
_THAT_IS: Final = re.compile(r"\b(?:it|that|this|which) is ")
_ASKED_OF: Final = re.compile(r"\b(?:should|shall|do|did|must|am|was|have) (?:i|we) ")
_PURPOSE: Final = re.compile(r"(§[a-z]+\d+ )for (?:the |my |our |his |her |some |a )?(?:[a-z']+ ){1,3}$")


_CENTS_AFTER: Final = frozenset({"", "and"})
"""`Five dollars (and) five` is no repetition."""


def by_class(tagged: Tagged, expects: Expects) -> tuple[Intent, Tagged] | None:
    """The intent, and the tagged text without what was taken back; None where the words don't suffice."""
    text = tagged.sourced
    kept = replace(tagged, sourced=_last_values(text, tagged))
    if _gives_code(tagged, expects):
        return Intent.CODE, tagged
    if _pays(kept):
        return Intent.PAY, kept
    if _amends(text, kept):
        return Intent.AMEND, kept
    if _assents(text, expects):
        return Intent.CONFIRM, tagged
    return (Intent.DENY, tagged) if denies(text) else None


def _last_values(text: str, tagged: Tagged) -> str:
    """Without values that were denied, or taken back by a later one of their kind."""
    text = _NOT_VALUE.sub("", text)
    for kind in "apks":
        tags = [tag for tag in _TAG.finditer(text) if kind in tag[1]]
        for early, late in zip(tags[-2::-1], tags[:0:-1], strict=False):
            between = text[early.end() : late.start()]
            if re.search(_SORRY, between) or _same(tagged, early, late):
                rest = text[early.end() :].lstrip(" ")
                text = text[: early.start()] + rest
    return re.sub(_SORRY + "+(?=.*§)(?<=. )", "", text) if text != tagged.sourced else text


def _same(tagged: Tagged, one: re.Match[str], other: re.Match[str]) -> bool:
    first, second = tagged.values[int(one[2])], tagged.values[int(other[2])]
    if isinstance(first, Snapped) and isinstance(second, Snapped):
        return first.payee == second.payee
    if isinstance(first, Number) and isinstance(second, Number):
        cents = first.unit and not second.unit and one.string[one.end() : other.start()].strip() in _CENTS_AFTER
        return first.amounts == second.amounts and not cents
    return first == second


def _count(text: str, kinds: str) -> int:
    return sum(any(kind in tag[1] for kind in kinds) for tag in _TAG.finditer(text))


def _strange(words: list[str], *known: frozenset[str]) -> int:
    return sum(not word.startswith("§") and not any(word in group for group in known) for word in words)


def _pays(tagged: Tagged) -> bool:
    text = tagged.sourced
    if any(word in moving.UNREAL_ANYWHERE for word in text.split()) or _count(text, "f") or _ASKED_OF.search(text):
        return False
    return any(_score(clause, tagged) >= 0 for clause in _clauses(text))


def _clauses(text: str) -> Iterator[str]:
    """The whole, then what follows each break, as long as it holds every value."""
    yield text
    words = text.split()
    for at, word in enumerate(words):
        clause = " ".join(words[at + 1 :]) + " "
        if word in moving.BREAKS and _count(clause, "apks") == _count(text, "apks"):
            yield clause


def _score(clause: str, tagged: Tagged) -> float:
    """By how much a clause is a payment; below zero it isn't."""
    clause = _BILLED.sub(r"\1 bill ", _PURPOSE.sub(r"\1", clause))
    words = [moving.GERUNDS.get(word, word) for word in clause.split()]
    amounts, payees = _count(clause, "a"), _count(clause, "p")
    units = any("a" in tag[1] and _money(tagged.values[int(tag[2])]) for tag in _TAG.finditer(clause))
    if (
        amounts > 1
        or payees > 1
        or any(word in moving.UNREAL for word in words)
        or _others(words)
        or _about_else(clause, tagged)
    ):
        return -1
    points = 0.4 * units
    strong = [at for at, word in enumerate(words) if _moves(word) and _licensed(words, at)]
    weak = [at for at, word in enumerate(words) if word in moving.CARRY_VERBS and _licensed(words, at)]
    points += 2.0 * bool(strong) + 1.0 * bool(weak) + 1.5 * amounts + 1.5 * payees
    points += 0.8 * any(lead in clause for lead in moving.LEADS) + 0.5 * bool(re.search(r"\bto §[a-z]*p", clause))
    points += 0.8 * any(word in moving.DUES for word in words)
    strange = _strange(
        [_stem(word) for word in words], moving.PAY_GLUE, moving.PAID, moving.PAY_VERBS, moving.CARRY_VERBS
    )
    points -= _STRANGE * strange
    if amounts and payees:
        if strong or weak:
            return points - _PAYMENT
        stated = any(word in ("is", "are", "was", "be") for word in words) and not _THAT_IS.search(clause)
        wanted = _I_WANT.search(clause) and not _TO_WHOM.search(clause)
        return -1 if strange > _FEW or stated or wanted else points - _BARE_PAYMENT
    bare = not _strange([_stem(word) for word in words], moving.BARE_GLUE, moving.PAY_VERBS)
    return points - _PAYMENT if strong and bare and (amounts or payees) else -1


def _about_else(clause: str, tagged: Tagged) -> bool:
    """`Can John pay me twenty`, `send Sarah twenty kisses`, `call John at five`."""
    if _NOT_MINE.search(clause):
        return True
    for found in _NO_MONEY.finditer(clause):
        tag = _TAG.match(found[1] or found[2])
        if tag and not _money(tagged.values[int(tag[2])]) and (found[1] or found[3] not in LEXICON):
            return True
    return False


def _money(value: Value) -> bool:
    return isinstance(value, Number) and value.unit


def _moves(word: str) -> bool:
    return word in moving.PAID or _stem(word) in moving.PAY_VERBS


def _stem(word: str) -> str:
    if word in moving.PAID:
        return word
    return word.removesuffix("ing") if word.removesuffix("ing") in moving.PAY_VERBS else word


def _others(words: list[str]) -> bool:
    """Somebody else pays, or it is told of the past."""
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        moves = word in moving.PAID or _stem(word.removesuffix("s")) in moving.PAY_VERBS
        if moves and (before in moving.OTHERS or (word.endswith("s") and word not in moving.PAY_VERBS)):
            return True
        if word in moving.PAID and not any(wish in moving.WISHES for wish in words[:at]):
            return True
    return False


def _licensed(words: list[str], at: int) -> bool:
    before = words[at - 1] if at else ""
    if words[at] in moving.PAID:
        return before in ("be", "get") or before.startswith("§")
    last = at + 1 >= len(words) or words[at + 1] in ("it", "that", "them", "her", "him", "now", "please", "this")
    return not before or before in moving.LICENCES or (before.startswith("§") and last)


def _amends(text: str, kept: Tagged) -> bool:
    words = text.split()
    values = [_count(kept.sourced, kind) for kind in ("a", "p", "ks")]
    if not any(values) or max(values) > 1 or any(asking in f" {_AS_SAID.sub('', text)}" for asking in _ASKING_ALONE):
        return False
    if (
        _UNWILLING.search(kept.sourced)
        or _OF_OTHERS.search(text)
        or _NOT_MINE.search(text.replace("it should ", ""))
        or _ASKED_OF.search(text)
    ):
        return False
    cues = [word for word in words if word in moving.AMEND_CUES or word.startswith("§s")]
    strong = any(word in moving.AMEND_STRONG for word in words) or text != kept.sourced or words[0] in ("no", "not")
    if not cues or (sum(map(bool, values)) > 1 and not strong):
        return False
    return _strange(words, moving.AMEND_CUES, moving.AMEND_GLUE) == 0


_OF_OTHERS: Final = re.compile(
    rf"(?:{_P}|\b(?:he|she|they|you)) (?:said|says|meant|wants|want|needs|need|should) "
    rf"|^{_P} (?:wait|no|sorry|not|hey) "
)
_UNWILLING: Final = re.compile(r"\b(?:(?:do|does|did|would|will|could|can|have|has|should|is|am) not|never) (?!§)")
_AS_SAID: Final = re.compile(r"\bwhat i (?:said|say|meant|mean|want|wanted) ")
_ASKING_ALONE: Final = tuple(
    f" {word} " for word in ("how", "what", "who", "when", "why", "where", "did", "does", "are", "any", "there", "if")
)


def _assents(text: str, expects: Expects) -> bool:
    words = text.split()
    asked = expects is Expects.CONFIRMATION
    if any(f" {asking} " in f" {text}" for asking in moving.ASKING):
        return False
    says_yes = any(word in moving.YES for word in words) or any(f" {p} " in f" {text}" for p in moving.YES_PHRASES)
    if asked:
        says_yes = says_yes or any(word in moving.YES_WHEN_ASKED for word in words)
    known = (moving.YES, moving.YES_GLUE, moving.YES_WHEN_ASKED) if asked else (moving.YES, moving.YES_GLUE)
    return says_yes and "§" not in text and _strange(words, *known) == 0


def denies(text: str) -> bool:
    """Whether every word says no, or nothing."""
    words = text.split()
    if "§" in text or not any(word in moving.NO for word in words) or "did you" in text or words[0] in ("what", "why"):
        return False
    return _strange(words, moving.NO, moving.NO_GLUE) == 0


def _gives_code(tagged: Tagged, expects: Expects) -> bool:
    words = tagged.plain.split()
    numbers = [value for value in tagged.values if isinstance(value, Number)]
    digits = sum(len(number.digits) for number in numbers)
    if digits != _CODE_LENGTH or any(number.unit for number in numbers) or _count(tagged.tagged, "pks"):
        return False
    allowed = _FEW if expects is Expects.CODE else 0
    return _strange(words, moving.CODE_GLUE) <= allowed
