"""Money between a customer's own accounts: which account it comes from, and which it goes to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from domain.grammar import transfers as words

if TYPE_CHECKING:
    from adapters.understanding.tagging import Tagged

_ACCOUNT: Final = r"(?:my own |my |the |our |own )?§[a-z]*k[a-z]*(\d+) "
_FROM: Final = re.compile(rf"\b(?:from|out of|off of) {_ACCOUNT}")
_INTO: Final = re.compile(rf"\b(?:to|into|in|onto|towards?|on) {_ACCOUNT}")
_ANY: Final = re.compile(r"§[a-z]*k[a-z]*(\d+) ")
_SAVED: Final = re.compile(r"\b(?:save|stash|aside|away) ")
_GOES_TO: Final = re.compile(rf"(?:(\S+ )?(\S+ ))?\b(?:to|into|in|onto|towards?) {_ACCOUNT}")
_BARE: Final = re.compile(r"(?:(?:to|into) )?(?:my |the )?§[a-z]*k[a-z]*(\d+) (?:account )?")
_CHANGES: Final = frozenset({"change ", "switch ", "set ", "changed "})
_NAMED: Final = re.compile(r"§[a-z]*[pfdsq]")
_TIMES: Final = re.compile(r"§[wmhebq]+\d+ ")
_SUM: Final = re.compile(r"§[a-z]*a[a-z]*\d+ ")


def accounts_in(tagged: Tagged) -> dict[str, str]:
    """`account`, where it comes from, and `target`, where it goes to, as far as they are said."""
    text = tagged.tagged
    sources = [found[1] for found in _FROM.finditer(text)]
    others = [found[1] for found in _ANY.finditer(text) if found[1] not in sources]
    if not sources and len(others) > 1:
        sources, others = others[:1], others[1:]
    found: dict[str, str] = {}
    if sources:
        found["account"] = str(tagged.values[int(sources[0])])
    if others:
        found["target"] = str(tagged.values[int(others[-1])])
    elif _SAVED.search(text):
        found["target"] = "savings"
    return found


def goes_to(sourced: str) -> set[int]:
    """Which values are accounts that something goes to: `to savings instead`, but not `change it to savings`."""
    return {int(found[3]) for found in _GOES_TO.finditer(sourced) if not {found[1], found[2]} & _CHANGES}


def by_transfer(tagged: Tagged) -> bool:
    """Whether every word speaks of moving money to an own account, in whatever order."""
    text = tagged.tagged
    if _NAMED.search(text) or len(_SUM.findall(text)) > 1 or not _INTO.search(text):
        return False
    said = [word for word in text.split() if not word.startswith("§")]
    return any(word in words.VERBS for word in said) and set(said) <= words.VERBS | words.GLUE


def bare_account(tagged: Tagged) -> str:
    """The account where nothing else is said: an answer to which one."""
    found = _BARE.fullmatch(tagged.tagged)
    return str(tagged.values[int(found[1])]) if found else ""


def timeless(dated: Tagged) -> str:
    """The words without those that say when."""
    return _TIMES.sub("", dated.tagged)
