"""What reached a user out of band, and an answer as that user's client gives it."""

from __future__ import annotations

import re
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer
from rich.table import Table

from cli.accounts import AsJson, User
from cli.client import line, signed_in
from cli.console import err, out
from domain.errors import AnswerMalformedError
from domain.ids import is_safe_id
from runtime.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.client import Bank

_CODE: Final = re.compile(r"[0-9](?:[ -]?[0-9]){5}", re.ASCII)
_SENT_CODE: Final = re.compile(r"\b(\d{6})\b", re.ASCII)
_NEXT_S: Final = 5.0
_PAUSE_S: Final = 0.1
_PASSKEY: Final = "passkey"
_YES_NO: Final = {"yes": True, "y": True, "no": False, "n": False}


_FORMS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "otp": (_CODE.fullmatch, "the six digits of its code"),
    "biometric": (lambda given: given == _PASSKEY, "a passkey"),
    "confirmation": (lambda given: given in _YES_NO, "yes or no"),
}
"""What answers a question of this type, and how that is called."""


def inbox(user: User, *, as_json: AsJson = False) -> None:
    """Messages delivered to a user, newest last, and the questions that wait for an answer."""
    with signed_in(user, as_json=as_json) as bank:
        found = bank.get("/api/demo/inbox") | bank.get("/api/elicitations", status="pending")
    if as_json:
        line(found)
        return
    messages = Table("at", "by", "message")
    for each in found["messages"]:
        text = f"{each['subject']}\n{each['body']}" if "subject" in each else each["body"]
        messages.add_row(each["at"][:19].replace("T", " "), each["channel"], text)
    out.print(messages)
    for each in found["elicitations"]:
        out.print(f"waits: {each['elicitation_type']} {_about(each['context'])}", highlight=False)
        ways(user, each["elicitation_id"], each["elicitation_type"])


def _about(context: dict[str, str]) -> str:
    """What a question is about: `for 25.00 USD to Sarah Chen`."""
    if "purpose" in context:
        return f"to show who asks about {context['purpose']}"
    return f"for {context['amount']} to {context['payee']}"


def answer(
    user: User,
    elicitation: Annotated[str, typer.Argument(help="The elicitation's id.")],
    said: Annotated[
        str | None, typer.Argument(metavar="[CODE|passkey|yes|no|cancel]", help="Asked for where it is left out.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Answer a question as this user's client, or cancel what asked it."""
    if said is None and not sys.stdin.isatty():
        _misused()
    given = (said if said is not None else typer.prompt("Code, passkey, yes, no or cancel", hide_input=True)).strip()
    path = elicitation if is_safe_id(elicitation) else "unknown"
    if given.lower() not in {*_YES_NO, _PASSKEY, "cancel"} and not _CODE.fullmatch(given):
        _misused()
    with signed_in(user, as_json=as_json) as bank:
        asked = bank.get(f"/api/elicitations/{path}")
        status = _settle(bank, user, asked, given.lower())
        goes_on = given.lower() == _PASSKEY or _YES_NO.get(given.lower())
        after = _next(bank, asked) if goes_on and not as_json else None
    if as_json:
        line(status)
        return
    out.print(f"{status['status']} {status.get('message', '')}".strip(), highlight=False)
    if after is not None:
        if after["elicitation_type"] == "otp":
            out.print(f"A code was sent. Read it:  ./countersign inbox {user}", highlight=False, soft_wrap=True)
        ways(user, after["elicitation_id"], after["elicitation_type"])


def ways(user: str, elicitation_id: str, kind: str) -> None:
    """The commands that answer or cancel a question."""
    command = f"./countersign answer {user} {elicitation_id}"
    what = {"otp": "CODE", "biometric": _PASSKEY}.get(kind, "yes")
    out.print(f"   answer it:  {command} {what}\n   cancel it:  {command} cancel", highlight=False, soft_wrap=True)


def newest_code(messages: list[dict[str, Any]], waiting: list[dict[str, Any]], question: str = "") -> str:
    """The last code sent for this open question, or for the newest that takes one; empty where there is none."""
    asked = [each for each in waiting if each["elicitation_type"] == "otp"]
    asked = [each for each in asked if each["elicitation_id"] == question] or asked[-1:]
    if not asked:
        return ""
    since, context = datetime.fromisoformat(asked[0]["metadata"]["created_at"]), asked[0]["context"]
    about = " to show that it's you " if "purpose" in context else f" to {context['payee']}."
    for each in reversed(messages):
        found = _SENT_CODE.search(each["body"])
        if found and about in each["body"] and datetime.fromisoformat(each["at"]) >= since:
            return found[1]
    return ""


def _misused() -> NoReturn:
    err.print("Say what to answer: passkey, yes, no, cancel, or the six digits of a code.")
    raise typer.Exit(2)


def _settle(bank: Bank, user: str, asked: dict[str, Any], given: str) -> dict[str, Any]:
    path = f"/api/elicitations/{asked['elicitation_id']}"
    if given == "cancel":
        return bank.post(f"{path}/cancel")
    kind = asked["elicitation_type"]
    fits, form = _FORMS.get(kind, _FORMS["confirmation"])
    if not fits(given):
        cancel = f"./countersign answer {user} {asked['elicitation_id']} cancel"
        raise AnswerMalformedError(spoken=f"This question takes {form}. To cancel it: {cancel}")
    if kind == "biometric":
        from cli.device import Device  # noqa: PLC0415 - only where a passkey is wanted

        return Device(settings(), user).answer(bank, asked["elicitation_id"])
    data = {"otp_code": given} if kind == "otp" else {"confirmed": _YES_NO[given]}
    return bank.post(f"{path}/answer", {"type": "elicitation_response", "data": data})


def _next(bank: Bank, asked: dict[str, Any]) -> dict[str, Any] | None:
    """What the same payment asks next, once it does."""
    until = time.monotonic() + _NEXT_S
    while time.monotonic() < until:
        for each in bank.get("/api/elicitations", status="pending")["elicitations"]:
            if each["payment_id"] == asked["payment_id"] and each["elicitation_id"] != asked["elicitation_id"]:
                return each
        time.sleep(_PAUSE_S)
    return None
