"""Understands inquiries: what is asked, about what, and narrowed to what, however it is put."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from adapters.understanding.frames import Found, Frames, by_frame
from adapters.understanding.restrictions import Narrowed, narrowed
from adapters.understanding.sound import ipa
from adapters.understanding.tagging import LEXICON
from domain.conversation import Expects
from domain.grammar.frames import GLUE
from domain.grammar.inquiry_frames import ABOUT, CONCEPTS, FRAMES, MORE_GLUE
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from adapters.understanding.tagging import Tagged

_SLOTS: Final[dict[Intent, tuple[str, ...]]] = {
    Intent.SPENDING: ("payee", "counterparty", "account", "time"),
    Intent.TRANSACTIONS: ("payee", "counterparty", "account", "time", "direction", "least", "most", "order", "count"),
    Intent.SCHEDULED: ("payee", "counterparty", "time"),
    Intent.BALANCE: ("account",),
    Intent.CARDS: ("account",),
}
INQUIRIES: Final = frozenset({*_SLOTS, Intent.LOANS, Intent.CREDIT})
_GROUPS: Final = {
    "time": ("from", "to", "when", "date_unclear"),
    "payee": ("payee", "payee_known", "payee_candidates"),
}
_FOLLOWS: Final = re.compile(
    r"^(?:(?:and|or|but|okay|so|then|also|now|alright|right|well|hmm|oh|yes|great|thanks|no) )*"
    r"(?:(?:and )?(?:what|how) about|and|or|same|the same|just|only|but|not|then|now|what if|which (?:one )?(?:is"
    r"|was)|who (?:is|was))\b"
    r"|^(?:the )?(?:\S+ ){1,3}ones $|^(?:the|those) ones "
)
_NOW: Final = re.compile(r"(?:\S+ ){0,3}(?:remind me (?:what|how|which|who|where)|tell me about) ")
_CUE: Final = re.compile(r"(?:(?:okay|so|then|now) )*(?:and |or |(?:what|how) about )")
"""With it a bare name asks about somebody else, where no payment is open that it could change."""
_FOLLOW_GLUE: Final = frozenset(
    """
    which and or but okay so then also now alright right well oh yes great thanks no what how about same the just
    only not if
    for in on at from to with of by my our i we do did it that those these this ones one please instead too me show
    tell same thing again all is are was were account accounts mean meant there here a an any §p §x §w §b §o §acct §card
    §loan anything everything something incoming outgoing deposits withdrawals in out money came went
    coming going payments purchases transactions
    """.split()  # noqa: SIM905
)
_ASKS: Final = re.compile(
    r"(?:(?:so|well|hey|hi|hello|okay|right|and|now|oh|but|then|yes|no|sorry|wait|hold on|hang on|listen|actually"
    r"|alright|also|quick question"
    r"|one (?:moment|second|sec|minute)|just|first|before (?:that|(?:i|we|you) [a-z]+(?: (?:it|that|this|yes|on"
    r"|ahead))?)|can|could|would|will"
    r"|may|might|you|i|we|like|want|need|to|me|us|please|mind|telling|giving|do you know|do you think|know|if|tell"
    r"|remind me|check"
    r"|wondering|am|was|curious|any idea|any chance|out|let|love|dear|mate|interested in|have a look at|look at|whether"
    r"|try|trying|the|thing|is|going|go) )*?"
    r"(?:what|which|when|where|who|how|looking for|(?:did|does|do|has|have|had|is|are|was|were|am)(?! not)"
    r"|any|show|list|find"
    r"|see|hear|read|search"
    r"|display|check|look|pull|bring up|get me|give me (?!(?:a|the) break)|tell me|track|count|print|view|know"
    r"|whether|if|total|run through|go through) "
)
_LISTED: Final = re.compile(
    r"\b(?:transactions?|payments|purchases|charges|deposits|withdrawals|transfers|history|activity|statement|entries"
    r"|expenses|debits|credits|direct debits|fees|refunds)\b"
)
"""Said without a question around them, these alone ask to be shown."""
ASKED: Final = INQUIRIES | {
    Intent.STATUS,
    Intent.SCHEDULED,
    Intent.QUESTION,
    Intent.MANDATES,
    Intent.ALERTS,
    Intent.HELP,
    Intent.BACK,
}
"""What moves nothing, whatever was set aside to understand it."""
_TO_PAY: Final = re.compile(r"\bto (?:pay|send|give|transfer|wire|move) ")
_BACK_TO: Final = re.compile(
    r"(?<!not )\b(?:go |get |let us go |going )?(?:back to|return to|go on with|carry on with|resume) (?:the|my|our"
    r"|that) "
    r"(?:payment|transfer)(?: please| then| now)? $"
)
_GO_ON: Final = re.compile(
    r"(?:and |so )?what is next (?:then )?|"
    r"(?:(?:yes|okay|please|and|can you|could you|you can|do) )*(?:(?:go|carry|read|keep) (?:on|going|reading)"
    r"|continue)"
    r"(?: (?:please|reading|with (?:the|them|it)))? |(?:and |show me |read me "
    r"|give me )?(?:the )?next §[a-z]*c[a-z]*\d+ (?:ones |please )?"
)
_PAST: Final = frozenset({Intent.TRANSACTIONS, Intent.SPENDING})
_CREATES: Final = re.compile(
    r"\b(?:set up|create|make|cancel|stop|start|change|delete|add|schedule|open|amend|edit|remove) "
)
_GOING_OUT: Final = re.compile(
    r"\b(?:is|are|will|about to) (?!.*\b(?:been|has|have)\b).*\b(?:going out|coming out|leaving|go out|come out"
    r"|leave|be taken)\b"
    r"|(?<!did )\b(?:anything|everything) (?:going|coming) out\b"
)
_ALERTING: Final = re.compile(
    r"\b(?:alert(?:s|ed)?|notify|notifications?|warn|reminders?|heads up|(?:text|ping|email|message) me|whenever"
    r"|let me know (?:when|if|whenever|once|as soon|every|of any)|remind me (?!what|how|when my|of (?:my|the)|which"
    r"|who|where)"
    r"|(?:every|each|next) time|the (?:second|minute|moment|instant) (?:my|an?|i|the|any)\b|keep an eye"
    r"|(?:shout|yell|holler) at me|(?:drop|send|shoot|give) me an? (?:text|message|note|line|shout|ping|buzz|email"
    r"|nudge)"
    r"|tell me (?:if|every time|as soon as|once|when (?:my (?:balance|account|savings|checking|salary|paycheck|wages)"
    r"|an?|any|i|money|someone|somebody)))\b"
)
"""Asks to be told some day, not now."""
_FUTURE: Final = re.compile(r"\b(?:next|tomorrow|coming|upcoming|rest of|later|until|till)\b")
_MAY_COME: Final = re.compile(
    r"^(?!.*\b(?:did|was|were|have i|has|had|been|made|paid|spent|came|went|got|received|last|history)\b)"
    r".*\b(?:payments?|bills?|instalments?|direct debits?)\b"
)
_SOON: Final = timedelta(days=62)
_NEAR: Final = 86.0
_SHORTEST: Final = 6
YIELDING: Final = frozenset({Intent.NOT_OFFERED, Intent.TRANSACTIONS, Intent.BALANCE, Intent.HELP})
"""A rule's reading that gives way to an inquiry's frame: it was written when nothing else was offered."""


@lru_cache(maxsize=1)
def inquiries() -> Frames:
    """The frames of inquiries."""
    return Frames.parsed(CONCEPTS, FRAMES, clear=0.0, glue=GLUE | MORE_GLUE)


def by_inquiry(tagged: Tagged, expects: Expects, found: Understanding | None) -> Understanding | None:
    """The inquiry, with what it is narrowed to; None where it is none, or where the rule that was `found` says more."""
    amends = found is not None and found.intent is Intent.AMEND and expects is Expects.ANYTHING
    about = found is not None and found.intent is Intent.ALERT and _NOW.match(tagged.plain)
    if found is not None and found.intent not in YIELDING and not about and not (amends and _CUE.match(tagged.plain)):
        return None
    asked = narrowed(_well_heard(tagged))
    if expects is Expects.ANYTHING and (follow := _follow(asked)):
        return follow
    if amends:
        return None
    frame = inquiries().best(asked.words.split(), expects)
    if frame is None or _else_meant(frame, asked, tagged, expects):
        return None
    ahead = frame.intent in _PAST and (
        _FUTURE.search(asked.slots.get("when", ""))
        or _nearer_ahead(asked.slots, tagged)
        or _GOING_OUT.search(tagged.plain)
    )
    return _filled(Intent.SCHEDULED if ahead else frame.intent, asked)


def _else_meant(frame: Found, asked: Narrowed, tagged: Tagged, expects: Expects) -> bool:
    """Whether money is to move, something is only told, or another reading fits better.

    One payment's fate is no list, unless it is narrowed to days or sums.
    """
    if _ALERTING.search(tagged.plain):
        return True
    asking = asks(tagged.plain)
    if not asking and (
        ("§a " in asked.words and frame.intent is not Intent.CARDS)
        or (frame.intent is Intent.TRANSACTIONS and not _LISTED.search(asked.words))
    ):
        return True
    if frame.intent is Intent.SCHEDULED and not asking and _CREATES.search(tagged.plain):
        return True
    if frame.intent in _PAST and (_TO_PAY.search(tagged.plain) or tagged.plain.startswith("if ")):
        return True
    rival = by_frame(tagged, expects)
    if rival is None or rival.intent in YIELDING:
        return False
    listed = not asked.slots.keys().isdisjoint({"when", "least", "most", "count"})
    counted = listed or frame.intent is Intent.SPENDING
    return rival.score >= frame.score or (rival.intent is Intent.STATUS and not counted)


def _nearer_ahead(slots: dict[str, str], tagged: Tagged) -> bool:
    """`Any payments in December`, said in November: not those of a year ago."""
    begin, end = slots.get("ahead.from", ""), slots.get("to", "")
    if tagged.today is None or not begin or not end or not _MAY_COME.search(tagged.plain):
        return False
    until, since = date.fromisoformat(begin) - tagged.today, tagged.today - date.fromisoformat(end)
    return timedelta(0) < until <= _SOON and until < since


def goes_back(text: str) -> bool:
    """`Never mind that, back to my payment`: what is gone back to is not given up."""
    return _BACK_TO.search(text) is not None


def goes_on(text: str) -> bool:
    """`Go on`, `the next five`: a yes, or a sum, only where one is awaited."""
    return _GO_ON.fullmatch(text) is not None


def asks(text: str) -> bool:
    """Whether it is put as a question, or as a wish to be shown something."""
    return _ASKS.match(text) is not None


def narrow(intent: Intent, tagged: Tagged) -> dict[str, str]:
    """The slots of an inquiry that a rule has understood."""
    return _kept(intent, narrowed(_well_heard(tagged)))


def _filled(intent: Intent, asked: Narrowed) -> Understanding:
    return Understanding(intent, _kept(intent, asked), open_ended=True)


def _kept(intent: Intent, asked: Narrowed) -> dict[str, str]:
    names = [name for group in _SLOTS.get(intent, ()) for name in _GROUPS.get(group, (group,))]
    ahead = "ahead." if intent is Intent.SCHEDULED else ""
    times = {name: f"{ahead}{name}" for name in _GROUPS["time"]}
    slots = {name: asked.slots[said] for name in names if (said := times.get(name, name)) in asked.slots}
    if intent is Intent.CARDS and "account" not in slots and " debit " in f" {asked.words}":
        slots["account"] = "checking"
    return slots


def _follow(asked: Narrowed) -> Understanding | None:
    """`And in April?`, `what about savings`: only what changes is said."""
    words = asked.words.split()
    if (
        not asked.slots
        or not set(words) <= _FOLLOW_GLUE
        or not any(word.startswith("§") or word in _ALONE for word in words)
    ):
        return None
    only_time = set(words) <= {"§w", "in", "on", "for", "during"} and "§w" in words
    if not (_FOLLOWS.match(asked.words) or only_time):
        return None
    slots = {name: value for name, value in asked.slots.items() if not name.startswith("ahead.")}
    return Understanding(Intent.SPENDING, {"follow": "yes", **slots}, open_ended=True)


_ALONE: Final = frozenset({"incoming", "outgoing", "deposits", "withdrawals", "in", "out"})


def _well_heard(tagged: Tagged) -> Tagged:
    """With words mended that nothing in the grammar knows, and that look or sound like one that is asked about."""
    dated = tagged.dated
    if dated is not None:
        dated = replace(dated, tagged=_all_mended(dated.tagged))
    return replace(tagged, tagged=_all_mended(tagged.tagged), dated=dated)


def _all_mended(text: str) -> str:
    return "".join(f"{_mended(word)} " for word in text.split())


@lru_cache(maxsize=2048)
def _mended(word: str) -> str:
    """`Transations` as `transactions`, `lone` as `loan`; any other word as it is."""
    if word in LEXICON or not word.isalpha() or inquiries().knows(word):
        return word
    if alike := _sounds().get(ipa(word)):
        return alike
    near = max(_spelled(), key=lambda known: fuzz.ratio(word, known)) if len(word) >= _SHORTEST else word
    return near if near[0] == word[0] and fuzz.ratio(word, near) >= _NEAR else word


@lru_cache(maxsize=1)
def _spelled() -> tuple[str, ...]:
    return tuple(sorted(word for word in CONCEPTS.split() if word.isalpha() and len(word) >= _SHORTEST))


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    """The words that inquiries turn on, by how they sound."""
    return {ipa(word): word for word in ABOUT.split()}
