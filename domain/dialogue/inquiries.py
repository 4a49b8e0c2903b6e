"""What a customer looks up: which tool is asked for it, and how `and in April?` and `more` go on with the last one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from domain.dialogue import phrases, windows
from domain.dialogue.moves import Ask, Say
from domain.dialogue.state import Dialogue, Inquiry
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from domain.conversation import Turn
    from domain.dialogue.wishes import Decided

TOOLS: Final = {
    Intent.BALANCE: "balance",
    Intent.TRANSACTIONS: "transactions",
    Intent.SPENDING: "spending",
    Intent.LOANS: "loans",
    Intent.CREDIT: "credit",
    Intent.CARDS: "cards",
    Intent.SCHEDULED: "scheduled",
}
AT_ONCE: Final = 3
"""How many rows of a list are said in one breath."""
MOST_AT_ONCE: Final = 10
FAR_AHEAD_D: Final = 366

NO_LIST: Final = "There is no list to go on with. What can I do for you?"
NO_MORE: Final = "That was all. What else can I do?"
AHEAD: Final = "That is still to come. I can look back, or tell you what is scheduled."
OVER: Final = "Those days are over. I can tell you what is coming up, or look up what was paid."
NOW_ONLY: Final = "That I can only tell as it stands today. For other days, ask for your transactions or your spending."

_WINDOW: Final = ("from", "to", "when")
_WHO: Final = ("payee", "counterparty", "payee_known", "payee_candidates")
_LISTS: Final = frozenset({"account", "from", "to", "payee", "direction", "least", "most", "order", "count"})
_TAKES: Final = {
    "balance": frozenset({"account"}),
    "transactions": _LISTS,
    "spending": frozenset({"account", "from", "to", "payee"}),
    "loans": frozenset[str](),
    "credit": frozenset[str](),
    "cards": frozenset({"account"}),
    "scheduled": frozenset({"from", "to", "payee", "count"}),
}
"""Which of the slots, the window and the name among them, each tool can be asked with."""
_BACKWARD: Final = frozenset({"transactions", "spending"})


def inquire(dialogue: Dialogue, turn: Turn) -> Decided:
    """Look something up, or the last thing once more with what was said now."""
    if not turn.slots.get("follow"):
        return _look_up(dialogue, TOOLS[turn.intent], turn.slots)
    last = dialogue.inquiry
    if last is None:
        alone = _asked_with(turn.slots) == _TAKES["balance"]  # `what about savings?` out of the blue
        return _look_up(dialogue, "balance", turn.slots) if alone else (dialogue, Say(phrases.NOT_UNDERSTOOD))
    tool = _going_on(last.tool, _asked_with(turn.slots))
    return _look_up(dialogue, tool, _merged(last.slots, turn.slots)) if tool else (dialogue, Say(NOW_ONLY))


def more(dialogue: Dialogue, _turn: Turn) -> Decided:
    """The next rows of the list that was said last."""
    last = dialogue.inquiry
    if last is None:
        return dialogue, Say(NO_LIST)
    if last.over:
        return dialogue, Say(NO_MORE)
    cursor = {"cursor": last.cursor} if last.cursor else {}
    return dialogue, Ask(last.tool, _arguments(last.tool, last.slots) | cursor)


def unanswerable(tool: str, slots: Mapping[str, str], today: date) -> str:
    """Why no books can tell this, or nothing: what has passed is not scheduled, and what is to come is not spent."""
    if tool in _BACKWARD and windows.is_ahead(slots, today):
        return AHEAD
    return OVER if tool == "scheduled" and windows.is_over(slots, today) else ""


def page_size(slots: Mapping[str, str]) -> int:
    """How many rows are said at once: as many as were asked for, within reason."""
    count = slots.get("count", "")
    return min(max(int(count), 1), MOST_AT_ONCE) if count.isdecimal() else AT_ONCE


def name_in(slots: Mapping[str, str]) -> str:
    """The payee or the name in a statement that is asked about; one that was heard in small letters as a name."""
    name = slots.get("payee") or slots.get("counterparty", "")
    return name.title() if name.islower() else name


def _look_up(dialogue: Dialogue, tool: str, given: Mapping[str, str]) -> Decided:
    slots = {name: value for name, value in given.items() if value and name != "follow"}
    if slots.get("payee_candidates"):
        return dialogue, Say(phrases.which_name(slots["payee_candidates"].split("|")))
    if not windows.readable(slots):
        timeless = {name: value for name, value in slots.items() if name not in _WINDOW}
        return replace(dialogue, inquiry=Inquiry(tool, timeless)), Say(phrases.which_days(slots.get("when", "")))
    return replace(dialogue, inquiry=Inquiry(tool, slots)), Ask(tool, _arguments(tool, slots))


def _arguments(tool: str, slots: Mapping[str, str]) -> dict[str, Any]:
    """What the tool is given: of the slots, those that it takes."""
    given: dict[str, Any] = {name: slots[name] for name in _TAKES[tool] - {"count", "payee"} if slots.get(name)}
    if tool in {"cards", "scheduled"}:  # these can't be asked for less: what is meant is picked out of what they find
        return {"days": FAR_AHEAD_D} if given and tool == "scheduled" else {}
    if "payee" in _TAKES[tool] and (name := name_in(slots)):
        given["payee"] = name
    return given | {"limit": page_size(slots)} if tool == "transactions" else given


def _asked_with(slots: Mapping[str, str]) -> frozenset[str]:
    """Which of the tools' arguments these slots speak of."""
    names = {"payee" if name in _WHO else name for name, value in slots.items() if value}
    return frozenset(names & _LISTS)


def _going_on(last: str, asked: frozenset[str]) -> str:
    """The tool that a follow-up is for: the last one where it can be asked so; empty where none fits."""
    if asked <= _TAKES[last]:
        return last
    if asked <= _TAKES["balance"]:
        return "balance"
    if last not in _BACKWARD and "payee" not in asked:
        return ""
    return "spending" if asked <= _TAKES["spending"] else "transactions"


def _merged(last: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """The last slots, but for what was said now; a window and a name are replaced whole."""
    replaced = {name for group in (_WINDOW, _WHO) if any(now.get(name) for name in group) for name in group}
    return {name: value for name, value in last.items() if name not in replaced} | dict(now)
