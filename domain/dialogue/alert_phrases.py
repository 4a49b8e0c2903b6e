"""What the assistant says of alerts. The words for what one watches for are domain.alert_words'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain import alert_words

Shown = Mapping[str, Any]
NONE: Final = "You have no alerts. You can say: tell me when my balance drops below two hundred dollars."
NO_SUCH: Final = "I can't find that one among your alerts. Ask me which alerts you have."
NOT_SET_UP: Final = alert_words.NOT_SET_UP
STAYS: Final = "All right, everything stays as it is. What else can I do?"
WHICH_HOURS: Final = "From when to when should I keep quiet? For example: from ten at night to seven in the morning."
WHICH_ONE: Final = "Which alert do you mean?"
_ASK: Final = {
    "kind": (
        "What should I tell you about: a low balance, a large transaction, a payment that is due, money that comes in, "
        "or a reminder of your own?"
    ),
    "amount": "What amount should it be?",
    "payee": "Which payment is it about? Tell me whom it is to.",
    "about": "What should I remind you of?",
    "date": "On which day? You can also say how often, such as on the first of each month.",
}
_PLACES: Final = ("One", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def ask(name: str) -> str:
    """What is missing."""
    return _ASK[name]


def again(told: str) -> str:
    """The same, because what was said does not answer it."""
    return f"Sorry, I didn't get that. {told} You can also say cancel."


def stands(action: str, one: Shown) -> str:
    """What has just been set up, changed, paused or resumed."""
    if action == "pause":
        return f"All right. Until you resume it I'll no longer {_do(one)}."
    if one["state"] == "PAUSED":
        return f"Done. It is paused; once you resume it, I'll {_do(one)}."
    if action == "resume":
        return f"All right, from now on I'll again {_do(one)}."
    return f"Done. {_promise(one)}."


def deleted(one: Shown) -> str:
    """What is no more."""
    return f"Deleted. I'll no longer {_do(one)}." if one.get("words") else NOT_SET_UP


def told_of(shown: Sequence[Shown]) -> str:
    """All of them, each with its place."""
    whole = [each for each in shown if each["state"] != "DRAFT"]
    if not whole:
        return NONE
    if len(whole) == 1:
        return f"You have one alert: {_what(whole[0])}."
    return f"You have {_count(len(whole))} alerts: {_numbered(whole).replace('One', 'one', 1)}."


def which(fitting: Sequence[Shown]) -> str:
    """It could be several."""
    return f"Which one? {_numbered(fitting)}."


def shall_i(action: str, one: Shown) -> str:
    """Asks before something is done that only one ear heard."""
    return f"Shall I {action} the alert {_what(one)}?"


def shall_i_keep_quiet(quiet_from: str, quiet_to: str) -> str:
    """The same of quiet hours."""
    if not quiet_from:
        return "Shall I end your quiet hours?"
    return f"Shall I keep quiet from {quiet_from} to {quiet_to}?"


def quiet(quiet_from: str, quiet_to: str) -> str:
    """How quiet hours are said back."""
    return alert_words.quiet_words(quiet_from, quiet_to)


def change_what(one: Shown) -> str:
    """A change of which nothing was said."""
    return f"I tell you {one['words']}. What should be different?"


def _promise(one: Shown) -> str:
    return f"I'll {_do(one)}"


def _do(one: Shown) -> str:
    return f"{'remind' if one['kind'] == 'reminder' else 'tell'} you {one['words']}"


def _what(one: Shown) -> str:
    paused = ", which is paused" if one["state"] == "PAUSED" else ""
    return f"{one['words']}{paused}"


def _numbered(shown: Sequence[Shown]) -> str:
    places = _PLACES if len(shown) <= len(_PLACES) else tuple(str(each + 1) for each in range(len(shown)))
    return "; ".join(f"{place}, {_what(each)}" for place, each in zip(places, shown, strict=False))


def _count(number: int) -> str:
    return _PLACES[number - 1].lower() if number <= len(_PLACES) else str(number)
