"""What narrows an inquiry: times, bounds of amounts, an order, a count, a direction, and a shop's name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapters.understanding.dates.slots import days_of
from adapters.understanding.money import Number
from adapters.understanding.names import Snapped
from adapters.understanding.numbers import decimal_text
from adapters.understanding.tagging import LEXICON
from domain.grammar.frames import GLUE
from domain.grammar.words import NOT_NAMES

if TYPE_CHECKING:
    from adapters.understanding.tagging import Tagged

_A: Final = r"§[a-z]*a[a-z]*(\d+) "
_C: Final = r"§[a-z]*c[a-z]*(\d+) "
_LEAST: Final = (
    r"(?:(?:over|above|beyond|exceeding|exceeds?|upwards of|north of|in excess of|at least|a minimum of|minimum"
    r"|no less than"
    r"|not less than|starting at|(?:that (?:is|are|was|were) )?(?:more|bigger|larger|greater|higher|costlier) than) )"
)
_MOST: Final = (
    r"(?:(?:under|below|beneath|up to|at most|a maximum of|maximum|no more than|not more than|not over|south of|within"
    r"|(?:that (?:is|are|was|were) )?(?:less|smaller|lower|cheaper|fewer) than) )"
)
_BOUNDS: Final = (
    (re.compile(rf"\b(?:between|from|in between) {_A}(?:and|to) {_A}"), ("least", "most")),
    (re.compile(rf"\b{_LEAST}(?:a |the )?{_A}"), ("least",)),
    (re.compile(rf"\b{_MOST}(?:a |the )?{_A}"), ("most",)),
    (re.compile(rf"{_A}(?:or|and) (?:more|above|over|up|upwards|higher|greater|bigger|larger) "), ("least",)),
    (re.compile(rf"{_A}(?:or|and) (?:less|below|under|lower|smaller|fewer|down) "), ("most",)),
)
_EXACT: Final = re.compile(rf"\b(?:for|of|worth|exactly|about) (?:exactly |about |around )?{_A}")
_ORDERS: Final = {
    "largest": "largest biggest highest greatest priciest costliest most_expensive top heftiest",
    "smallest": "smallest lowest cheapest tiniest least_expensive littlest",
    "oldest": "oldest earliest very_first first",
    "": "last latest recent most_recent newest previous past lately",
}
_ORDER_OF: Final = {word.replace("_", " "): order for order, words in _ORDERS.items() for word in words.split()}
_ORDER_WORD: Final = "|".join(sorted(_ORDER_OF, key=len, reverse=True))
_RANKED: Final = re.compile(
    rf"(?<!\S)(?:{_C})?(?:most )?(?:very )?({_ORDER_WORD}) (?!on |about |with |from you |(?:charged?|pay|paid"
    rf"|sen[dt]|take|took|get|got|receive|buy|bought|spen[dt]|go|use) )(?:{_C}|(few|couple of"
    rf"|couple) )?(?:(?:recent|latest"
    rf"|ever) )?"
)
_ONE: Final = re.compile(
    r"^(?:[a-z]+ ){0,2}?(?:amount|person|sum|transaction|purchase|payment|charge|deposit|withdrawal|transfer|debit"
    r"|expense|thing|one"
    r"|entry"
    r"|bill|movement) "
)
_IN: Final = re.compile(
    r"\b(?:(?:payments?|money|transfers?) from §[px](?= )|incoming|deposits?|credits"
    r"|money in(?! (?:§(?!w)|my |the |our ))|(?:paid|came|come|comes|coming|going) in|came through|received?"
    r"|earn(?:ed|ings)?"
    r"|(?:paid|came|come|comes|coming|went|moved) into|into my|(?:was|were|am) (?:i|we) paid"
    r"|income|salary|wages|pay ?check|refunds?|(?:paid|sent|pays|gave|transferred|reimbursed"
    r"|owed) (?:me|us)|(?:i"
    r"|we) (?:get|been|got) paid"
    r"|(?:did|does|has|have|when) (?:\S+ ){1,3}?(?:pay|send|give|transfer) (?:me|us)|credited"
    r"|deposited"
    r"|refunded)\b"
)
_OUT: Final = re.compile(
    r"\b(?:purchases?|purchased|bought|buy|buying|expenses?|(?:i|we)(?: have)? (?:ma[dk]e|spent|paid for)"
    r"|who(?: \S+){0,5} (?:i|we) (?:paid|sent|pay|send)|outgoings?"
    r"|withdrawals?|debits|(?:went|gone|go|goes|came|come|money|going|paid|coming|goes|moved) out|left my"
    r"|debited"
    r"|taken out|out of my)\b"
)
_SHOP_AFTER: Final = re.compile(
    r"(?=\b(at|from|to|on|with|by|for|off) (?:the |my |our |a |some )?((?:(?!§)[a-z][a-z'.&-]* ){1,4}))"
)
_SHOP_BEFORE: Final = re.compile(
    r"\b(?:did|has|have|does|was|my|any|all|the|is|are) (?:the |my |our )?((?:(?!§)[a-z][a-z'.&-]* ){1,3}?)"
    r"(?=(?:ever |already |just |actually |been |yet |last |recently )*(?:charged?|costs?|paid|pay|sent|send|taken?"
    r"|took|billed?"
    r"|refund(?:ed)?|go(?:es)? out|comes? out"
    r"|payments?|transactions?|purchases?|charges|spending|subscriptions?|bills?) )"
)
_SHOP_ALONE: Final = re.compile(
    r"^(?:(?:and|okay|so|then|or|but|now) )*(?:what|how) about (?:at |for |from |to |on )?(?:the |my "
    r"|our )?((?:(?!§)[a-z][a-z'.&-]* ){1,3})"
    r"(?=$|§)"
)
_VERB: Final = re.compile(
    r"(?:my|the|our|all|any|some|if|whether|what|how|which|me|everything|anything|out|up|back|through) "
)
"""`To review my purchases`: what comes before it is no shop."""
_SPENT_ON: Final = re.compile(
    r"\b(?:how much .*(?:pay|paid|give|given|sent|send|shelled out)|spen[dt]\w*|blow[n]?|blew|went|go|goes|gone"
    r"|splashed)\b"
)
_TIME: Final = re.compile(r"(?<!\S)§[a-z]*[wmhebq][a-z]*\d+ ")
_CAME_IN: Final = re.compile(r"\b(came|come|coming|comes|(?<!their )(?<!my )money|paid) §(?=[a-z]*w)")
"""What came `in last month` came in."""
_NO_SHOP: Final = (NOT_NAMES | GLUE | {"average", "usual", "top"}) - {"music", "pizza", "flowers", "news"}
_GOODS: Final = frozenset({"at", "on", "to"})


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`words`: what was said with each restriction as a tag of its own; `slots`: what they say."""

    words: str
    slots: dict[str, str] = field(default_factory=dict[str, str])


def narrowed(tagged: Tagged) -> Narrowed:
    """What an inquiry is narrowed to, set apart from what is asked."""
    slots: dict[str, str] = {}
    text, tagged = _times(tagged, slots)
    text = _bounds(text, tagged, slots)
    text = _ranked(text, tagged, slots)
    text = _named(text, tagged, slots)
    text = _shop(text, slots)
    _direction(text, slots)
    return Narrowed(text, slots)


def _amounts(tagged: Tagged, indices: tuple[str, ...]) -> list[str]:
    values = [tagged.values[int(index)] for index in indices]
    return [decimal_text(max(v.amounts)) for v in values if isinstance(v, Number) and v.amounts]


def _bounds(text: str, tagged: Tagged, slots: dict[str, str]) -> str:
    for pattern, names in _BOUNDS:
        if found := pattern.search(text):
            amounts = _amounts(tagged, found.groups())
            if len(amounts) == len(names) and not any(name in slots for name in names):
                slots |= dict(zip(names, amounts, strict=True))
                text = f"{text[: found.start()]}§b {text[found.end() :]}"
    if "least" not in slots and "most" not in slots and (found := _EXACT.search(text)):
        amounts = _amounts(tagged, found.groups())
        slots |= {"least": amounts[0], "most": amounts[0]} if amounts else {}
        text = f"{text[: found.start()]}§b {text[found.end() :]}"
    return text


def _ranked(text: str, tagged: Tagged, slots: dict[str, str]) -> str:
    found = _RANKED.search(text)
    if found is None:
        return _counted(text, tagged, slots)
    order = _ORDER_OF[found[2]]
    if order:
        slots["order"] = order
    counted = found[1] or found[3]
    if counted:
        slots |= _count(tagged, counted)
    elif not found[4] and _ONE.search(text[found.end() :]):
        slots["count"] = "1"
    return f"{text[: found.start()]}§o {text[found.end() :]}"


def _counted(text: str, tagged: Tagged, slots: dict[str, str]) -> str:
    found = re.search(
        rf"(?<!\S){_C}(?:more |other )?(?=(?:transactions|payments|purchases|charges|ones|things|transfers) )", text
    )
    if found is None:
        return text
    slots |= _count(tagged, found[1])
    return f"{text[: found.start()]}§o {text[found.end() :]}"


def _count(tagged: Tagged, index: str) -> dict[str, str]:
    value = tagged.values[int(index)]
    return {"count": str(value.count)} if isinstance(value, Number) and value.count > 0 else {}


def _named(text: str, tagged: Tagged, slots: dict[str, str]) -> str:
    """Payees and accounts; an account's tag says which, as it is a matter of its own."""
    out: list[str] = []
    for word in text.split():
        value = tagged.values[int(index[0])] if (index := re.findall(r"^§[a-z]*?(\d+)$", word)) else None
        if isinstance(value, Snapped):
            one = {"payee": value.payee, "payee_known": "yes"}
            slots |= {"payee_candidates": "|".join(value.candidates)} if value.candidates else one
            out.append("§p")
        elif isinstance(value, str):
            slots["account"] = value
            out.append({"loan": "§loan", "credit card": "§card"}.get(value, "§acct"))
        elif isinstance(value, Number):
            out.append("§a" if value.amounts else "§n")
        else:
            out.append(word)
    return "".join(f"{word} " for word in out)


def _shop(text: str, slots: dict[str, str]) -> str:
    if "payee" in slots or "payee_candidates" in slots:
        return text
    for pattern, group in ((_SHOP_AFTER, 2), (_SHOP_BEFORE, 1), (_SHOP_ALONE, 1)):
        for found in sorted(pattern.finditer(text), key=lambda match: group == 2 and match[1] != "at"):
            goods = group == 2 and found[1] in _GOODS and _SPENT_ON.search(text[: found.start()]) is not None
            name = _name(found[group], any_words=goods or (group == 2 and found[1] == "at"), whole=group == 1)
            if name and not (group == 2 and found[1] == "to" and _VERB.match(text[found.start(2) + len(name) + 1 :])):
                slots["counterparty"] = name
                end = found.start(group) + len(name) + 1
                return f"{text[: found.start(group)]}§x {text[end:]}"
    return text


def _name(words: str, *, any_words: bool, whole: bool) -> str:
    """The words of a name at the beginning; nothing where every one of them means something else here."""
    name: list[str] = []
    for word in words.split():
        if word in _NO_SHOP:
            break
        name.append(word)
    if whole and len(name) < len(words.split()):
        return ""
    while name and name[-1] in LEXICON and len(name) > 1 and not any_words:
        name.pop()
    strange = any(word not in LEXICON for word in name)
    return " ".join(name) if name and (any_words or strange) else ""


def _direction(text: str, slots: dict[str, str]) -> None:
    came, went = _IN.search(text) is not None, _OUT.search(text) is not None
    if came != went:
        slots["direction"] = "in" if came else "out"


def _times(tagged: Tagged, slots: dict[str, str]) -> tuple[str, Tagged]:
    """Days in time gone by and, under `ahead.`, in time to come: which are meant depends on what is asked."""
    if tagged.dated is None:
        return tagged.tagged, tagged
    slots |= days_of(tagged.dated, future=False)
    slots |= {f"ahead.{name}": value for name, value in days_of(tagged.dated, future=True).items()}
    text = tagged.dated.tagged
    if slots.get("when", "").startswith("in ") and _CAME_IN.search(text):
        slots["when"] = slots["when"].removeprefix("in ")
        text = _CAME_IN.sub(r"\1 in §", text)
    return _TIME.sub("§w ", text), tagged.dated
