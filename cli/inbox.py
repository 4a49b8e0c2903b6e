"""What reached a user out of band, and an answer as that user's client gives it."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.accounts import AsJson, User
from cli.client import line, signed_in
from cli.console import err, out
from domain.ids import is_safe_id

_YES_NO = {"yes": True, "y": True, "no": False, "n": False}


def inbox(user: User, *, as_json: AsJson = False) -> None:
    """Messages delivered to a user, newest last, and the questions that wait for an answer."""
    with signed_in(user, as_json=as_json) as bank:
        found = bank.get("/api/demo/inbox") | bank.get("/api/elicitations", status="pending")
    if as_json:
        line(found)
        return
    messages = Table("at", "message")
    for each in found["messages"]:
        messages.add_row(each["at"][:19].replace("T", " "), each["body"])
    out.print(messages)
    for each in found["elicitations"]:
        about = each["context"]
        out.print(f"waits: {each['elicitation_type']} for {about['amount']} to {about['payee']}", highlight=False)
        what = "CODE" if each["elicitation_type"] == "otp" else "yes"
        how = f"./countersign answer {user} {each['elicitation_id']} {what}"
        out.print(f"       {how}", highlight=False, soft_wrap=True)


def answer(
    user: User,
    elicitation: Annotated[str, typer.Argument(help="The elicitation's id.")],
    said: Annotated[str | None, typer.Argument(metavar="[CODE|yes|no]", help="Asked for where it is left out.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Answer a question as this user's client."""
    if said is None and not sys.stdin.isatty():
        err.print("Say what to answer: a code, yes or no.")
        raise typer.Exit(2)
    given = said if said is not None else typer.prompt("Code, yes or no", hide_input=True)
    path = elicitation if is_safe_id(elicitation) else "unknown"
    with signed_in(user, as_json=as_json) as bank:
        status = bank.post(f"/api/elicitations/{path}/answer", {"type": "elicitation_response", "data": _data(given)})
    if as_json:
        line(status)
    else:
        out.print(f"{status['status']} {status.get('message', '')}".strip(), highlight=False)


def _data(given: str) -> dict[str, Any]:
    word = given.strip().lower()
    return {"confirmed": _YES_NO[word]} if word in _YES_NO else {"otp_code": given}
