"""Understands one utterance by the dialogue's grammar. What no rule fits is UNKNOWN, never a guess."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

from adapters.understanding.awaited import guarded
from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.dates.moments import Moment
from adapters.understanding.filling import Filler, without_amount
from adapters.understanding.frames import by_frame, general
from adapters.understanding.inquiring import ASKED, YIELDING, asks, by_inquiry, goes_back, goes_on, inquiries
from adapters.understanding.moving import by_class, denies
from adapters.understanding.names import PayeeNames
from adapters.understanding.questions import by_question
from adapters.understanding.repair import mended, straight, with_accounts
from adapters.understanding.scheduling import STEPS, by_schedule, stepping
from adapters.understanding.tagging import Tagged, Tagger
from adapters.understanding.telling import by_alert
from adapters.understanding.tokens import LONGEST_TEXT, tokens_of
from adapters.understanding.transfers import bare_account, by_transfer, timeless
from adapters.understanding.written import unclear
from domain.conversation import Expects
from domain.grammar import ORDER, RULES
from domain.grammar.mandates import bare_period, limits, repeats
from domain.grammar.matcher import Compiler, Edges, captured_name
from domain.grammar.unasked import left_alone, unasked
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.outside.phrases import Phrases
    from domain.understanding import Vocabulary

_UNKNOWN: Final = Understanding(Intent.UNKNOWN, complete=False)
_SCHEDULE: Final = Understanding(Intent.NOT_OFFERED, {"topic": "schedule"})
_DANGLING: Final = frozenset(
    [
        "and",
        "to",
        "from",
        "my",
        "the",
        "a",
        "an",
        "on",
        "when",
        "if",
        "at",
        "for",
        "of",
        "with",
        "or",
        "so",
        "actually",
        "but",
        "because",
        "then",
        "into",
        "our",
    ]
)
_MARKER: Final = re.compile(
    r"(?:no|wait|sorry|actually|scratch that|hang on|hold on|never"
    r"|on second thought|on second thoughts|i mean|i meant|oh|correction|make that|make it|but|forget) "
)
_MOVES: Final = frozenset({Intent.PAY, Intent.AMEND})
_PAYS: Final = frozenset({Intent.PAY, Intent.TRANSFER})
_SUMS: Final = _MOVES | _PAYS | {Intent.MANDATE}
_VAGUE: Final = frozenset({Intent.UNKNOWN, Intent.REPEAT, Intent.HELP, Intent.MORE})
_ENDS: Final = frozenset({Intent.CANCEL, Intent.DENY})
_CHANGED_MIND: Final = re.compile(
    r"(?:(?:actually|no|wait|hmm|um|uh|sorry|oh|well|hold on|hang on|okay)[\s,.!-]+)*"
    r"(?:i(?:'ve| have)? (?:just )?)?changed my mind[\s,.;:!-]*(?:(?:and|so|then|about (?:that|it))[\s,.]+)*",
    re.IGNORECASE,
)
"""What comes after it may be what is meant instead."""
_HALF_A_YES: Final = re.compile(
    r"\b(?:but|if|unless|except)\b|\bmake it\W*(?:u[hm]+\W*)*$|[$€£#%]|[^\x00-\u024f\u2000-\u206f]"
    r"|\b(?:to|for|from|of|with|by|the|an?|and|or|what|whom?|which|than)\W*(?:u[hm]+\W*)*$",
    re.IGNORECASE,
)
"""Something is still to come, or to be understood: nobody has agreed yet."""
_LEFT: Final = frozenset({Intent.NOT_OFFERED, Intent.QUESTION})
"""What the bank itself has no tool for: another server may have."""
_BY_THE_CLOCK: Final = re.compile(r"\b(?:hours?|hrs?|minutes?|mins?)\b", re.IGNORECASE)
"""What this means changes by the minute; everything else only by the day."""
_TOWARDS: Final = ("to", "into")
_BARE: Final = ("confirm", "deny", "thanks", "goodbye", "greet")
"""Said as they are: with anything more around them they may mean something else."""


@lru_cache(maxsize=1)
def patterns() -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    """Compiled rules by intent, each with its topic; compiled once a process."""
    compiler = Compiler(RULES)
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {intent: [] for intent in ORDER}
    for rule in RULES:
        intent, _, topic = rule.partition(".")
        if intent in found:
            found[intent].append((topic, compiler.bare(rule)))
    return {intent: tuple(rules) for intent, rules in found.items()}


@lru_cache(maxsize=1)
def _edges() -> Edges:
    compiler = Compiler(RULES)
    return Edges(compiler.bare("lead"), compiler.bare("tail"))


@lru_cache(maxsize=512)
def _spans(text: str) -> list[tuple[int, int]]:
    return _edges().spans(text)


_BEGINNINGS: Final = frozenset({"money", "much"})


def warm_up() -> None:
    """Compile the grammar and load the phonemes, so that the first utterance isn't slower than the next."""
    from domain.understanding import Vocabulary as Words  # noqa: PLC0415 - only warming up makes one

    general()
    inquiries()
    Understander(Words(payees=("Sarah Chen",))).understand("pay sir chin two fifty every other friday")


class Understander:
    """The grammar with one customer's vocabulary. Immutable: any thread may ask."""

    def __init__(
        self, vocabulary: Vocabulary, outside: Phrases | None = None, calendar: Calendar | None = None
    ) -> None:
        self._calendar = calendar or Calendar()
        self._names = PayeeNames(vocabulary.payees)
        self._tagger = Tagger(self._names, day_first=self._calendar.day_first)
        self._filler = Filler(self._names)
        self._patterns = patterns()
        self._outside = outside
        self._cached = lru_cache(maxsize=512)(self._guarded)

    def understand(self, text: str, expects: Expects = Expects.ANYTHING) -> Understanding:
        """What `text` means; `expects` says what the conversation waits for, so that bare digits are read as a code."""
        now = self._calendar.now()
        found = self._cached(text, expects, now if _BY_THE_CLOCK.search(text) else now.replace(hour=0, minute=0))
        return replace(found, slots=dict(found.slots))

    def _guarded(self, text: str, expects: Expects, now: datetime) -> Understanding:
        mind = _CHANGED_MIND.match(text)
        if mind and (meant := self._guarded(text[mind.end() :], expects, now)).intent in _SUMS and meant.slots:
            return replace(meant, intent=Intent.AMEND) if meant.intent is Intent.PAY else meant
        found = self._scheduled(self._understand(text, expects, now), text, expects, now)
        if found.intent is Intent.CONFIRM and _HALF_A_YES.search(text):
            found = _UNKNOWN
        if left_alone(found.intent, text):
            found = _UNKNOWN
        if mind and found.intent in _ENDS:  # it may still be said what is meant instead
            found = replace(found, complete=False, open_ended=True)
        if (found.intent in _SUMS and unasked(text)) or _limited(found, text):
            again = found.intent in _PAYS and repeats(text) and not unasked(text)
            found = self._scheduled(_SCHEDULE, text, expects, now) if again else Understanding(Intent.UNKNOWN)
        return guarded(text, found, expects)

    def _scheduled(self, found: Understanding, text: str, expects: Expects, now: datetime) -> Understanding:
        """What is not done at once but on a day, or again and again, is a standing order."""
        if not _has_to_do_with_orders(found, text) or expects is Expects.CODE or len(text) > LONGEST_TEXT:
            return found
        tokens = with_accounts(tokens_of(text), self._names.words())
        ordered = by_schedule(self._tagger.tag(tokens, now, choosing=expects is Expects.SLOT), self._filler)
        unclear_sum = ordered is not None and unclear(text, self._names.words())
        return (without_amount(ordered) if unclear_sum and ordered else ordered) or found

    def _understand(self, text: str, expects: Expects, now: datetime) -> Understanding:
        tokens = with_accounts(tokens_of(text), self._names.words())
        found = self._read(tokens, expects, now)
        if found is None or (found.intent is Intent.PAY and not found.complete):
            better = mended(tokens, self._names.words())
            again = self._read(better, expects, now) if better != tokens else None
            if again and (found is None or again.complete):
                tokens, found = better, again
        if found is None or found.intent in _VAGUE:
            found = self._aside(tokens, expects, now) or found
        kept = list(tokens)
        while found is None and kept and kept[-1] in _DANGLING:
            kept.pop()
            found = self._read(kept, expects, now) if kept else None
        if self._outside and expects is not Expects.CODE and (found is None or found.intent in _LEFT):
            found = self._outside.read(tokens_of(text), _edges()) or found
        if found is None:
            return _UNKNOWN
        if found.intent in _SUMS and (len(text) > LONGEST_TEXT or unclear(text, self._names.words())):
            found = without_amount(found)
        # "how much money" is the beginning of a question, whatever could be made of it
        whole = found.complete and not (found.intent is Intent.BALANCE and tokens[-1] in _BEGINNINGS)
        return replace(found, complete=whole, open_ended=found.open_ended or kept != tokens)

    def _aside(self, tokens: list[str], expects: Expects, now: datetime) -> Understanding | None:
        """`Hang on, can I check my balance first?`: what interrupts moves nothing, so more may be set aside."""
        bare = straight(tokens)
        found = self._read(bare, expects, now) if bare != tokens else None
        return found if found and found.intent in ASKED else None

    def _read(self, tokens: list[str], expects: Expects, now: datetime) -> Understanding | None:
        if not tokens:
            return None
        if expects is not Expects.CODE and (period := bare_period(tokens)):
            return Understanding(Intent.AMEND, {"period": period})
        tagged = self._tagger.tag(tokens, now, code_expected=expects is Expects.CODE, choosing=expects is Expects.SLOT)
        if expects is Expects.SLOT and (account := bare_account(tagged)):
            return Understanding(Intent.AMEND, {"target" if tokens[0] in _TOWARDS else "account": account})
        if expects is Expects.CONFIRMATION and denies(tagged.plain):
            return self._filler.fill(Intent.DENY, "", tagged, "")
        if expects is Expects.ANYTHING and goes_on(tagged.plain):
            return Understanding(Intent.MORE)
        found = self._inquired(tagged, expects)
        late = found is not None and found.intent in _PAYS and _to_come(tagged, now)
        again = found is not None and found.intent is Intent.TRANSFER and _repeated(tagged)
        return _SCHEDULE if late or again else found

    def _inquired(self, tagged: Tagged, expects: Expects) -> Understanding | None:
        """By rules, then as an inquiry or an open question, then by what its words have to do with."""
        found = self._match(tagged) or self._corrected(tagged)
        if (found is None or found.intent is Intent.NOT_OFFERED) and by_transfer(tagged):
            found = self._filler.fill(Intent.TRANSFER, "", tagged, "")
        if found is not None and found.intent is Intent.CANCEL and goes_back(tagged.plain):
            return Understanding(Intent.BACK)
        if expects is not Expects.CODE and (found is None or found.intent is Intent.NOT_OFFERED):
            found = self._filler.times_alone(tagged, asked=expects is not Expects.ANYTHING) or found
        if found is None or found.intent in YIELDING:
            found = by_question(tagged, certain=True) or found
        if found is None and by_class(tagged, expects) is None:
            found = by_alert(tagged)
        asked = by_inquiry(tagged, expects, found)
        if asked and (
            "follow" in asked.slots or asks(tagged.plain) or (found is None and by_class(tagged, expects) is None)
        ):
            return asked
        return found or self._freely(tagged, expects) or by_question(tagged, certain=False)

    def _match(self, tagged: Tagged) -> Understanding | None:
        for intent in ORDER:
            found = self._match_intent(Intent(intent), tagged)
            if found is not None:
                return found
        return None

    def _match_intent(self, intent: Intent, tagged: Tagged) -> Understanding | None:
        for text in _variants(intent, tagged):
            spans = [(0, len(text))] if intent in _BARE else _spans(text)
            for (topic, pattern), span in product(self._patterns[intent], spans):
                match = pattern.fullmatch(text, *span)
                if match and intent in STEPS:
                    return stepping(intent, tagged, self._filler)
                if match:
                    found = self._filler.fill(intent, topic, tagged, captured_name(match))
                    if found is not None:
                        return found
        return None

    def _freely(self, tagged: Tagged, expects: Expects) -> Understanding | None:
        moved = by_class(tagged, expects)
        frame = None if moved and moved[0] is not Intent.DENY else by_frame(tagged, expects)
        if frame and (moved is None or frame.intent is Intent.RESEND):
            found = self._filler.fill(frame.intent, frame.topic, tagged, "")
        else:
            found = self._filler.fill(moved[0], "", moved[1], "") if moved else None
        return replace(found, open_ended=True) if found else None

    def _corrected(self, tagged: Tagged) -> Understanding | None:
        """`Pay Sarah twenty, no wait, make it fifty`: a request and a correction in one breath."""
        for marker in _MARKER.finditer(tagged.sourced):
            head, rest = tagged.sourced[: marker.start()], tagged.sourced[marker.start() :]
            if not head or not head.endswith(" "):
                continue
            first = self._match_intent(Intent.PAY, replace(tagged, sourced=head))
            if first is None:
                continue
            for intent in (Intent.CANCEL, Intent.AMEND):
                after = self._match_intent(intent, replace(tagged, sourced=rest, tagged=rest, plain=rest))
                if after is not None:
                    return after if intent is Intent.CANCEL else self._filler.merge(first, after)
        return None


def _has_to_do_with_orders(found: Understanding, text: str) -> bool:
    if found.intent is Intent.SCHEDULED:
        return "standing order" in text.lower()
    return found.intent is Intent.NOT_OFFERED and found.slots == _SCHEDULE.slots


def _limited(found: Understanding, text: str) -> bool:
    """A payment where a limit or a repetition was said, which no rule of a mandate took: nothing to act on."""
    if found.intent in _PAYS:
        return limits(text)
    return found.intent is Intent.AMEND and "amount" in found.slots and repeats(text)


_ON_A_DAY: Final = re.compile(r"(?:on|by|in|next|tomorrow|until|new year) |tomorrow|new year|this weekend")
_UNREAD_DAY: Final = re.compile(
    r"\bon the (?:\d{1,2}(?:st|nd|rd|th)|(?:twenty |thirty )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth"
    r"|ninth)|(?:ten|eleven|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)th|twelfth|twentieth"
    r"|thirtieth)(?: of [a-z]+)? (?:§|$)"
)
"""`On the fifth fifty dollars`: what follows hides the day."""
_BOUGHT: Final = re.compile(r"\bfor (?:the|my|our|his|her|their|a|an|last|this) ")
"""`For the trip in June` says what it is for, not when."""


def _repeated(tagged: Tagged) -> bool:
    """`Every Friday`."""
    values = tagged.dated.values if tagged.dated else ()
    return any(isinstance(value, Moment) and (value.every or value.every_choices) for value in values)


def _to_come(tagged: Tagged, now: datetime) -> bool:
    """A payment on another day, or later on this one, which is not the one that is made at once."""
    timed = tagged.dated or tagged
    if _UNREAD_DAY.search(timed.plain):
        return True
    days = [v for v in timed.values if isinstance(v, Moment) and _ON_A_DAY.match(v.said)]
    return any(_is_later(moment, now, spans=_BOUGHT.search(tagged.plain) is None) for moment in days)


def _is_later(moment: Moment, now: datetime, *, spans: bool) -> bool:
    if moment.time and moment.said.startswith("in "):
        return True
    span = moment.future
    return span is not None and span.first is not None and span.first > now.date() and (spans or span.day is not None)


def _variants(intent: Intent, tagged: Tagged) -> tuple[str, ...]:
    if intent is Intent.PAY:
        return (tagged.sourced,) if "§s" not in tagged.sourced else (tagged.sourced, tagged.unsourced)
    if intent is Intent.TRANSFER:
        return (tagged.tagged, *((timeless(tagged.dated),) if tagged.dated else ()))
    if intent in (Intent.AMEND, Intent.MANDATE):
        return (tagged.sourced,)
    texts = (tagged.dated.tagged, tagged.dated.plain) if tagged.dated else ()
    return tuple(dict.fromkeys((*texts, tagged.tagged, tagged.plain)))
