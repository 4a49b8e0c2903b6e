"""`countersign say`: the conversation typed instead of spoken."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.accounts import User
from cli.chat import Chat, Line
from cli.client import complain, line, signed_in
from cli.console import out
from cli.inbox import ways
from domain.errors import BankError

if TYPE_CHECKING:
    from collections.abc import Iterator

_STYLES: Final = {"customer": "cyan", "assistant": "bold", "event": "dim"}


def say(
    user: User,
    text: Annotated[str | None, typer.Argument(help="One turn. Without it: a chat, or turns from a pipe.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    new: Annotated[bool, typer.Option("--new", help="Begin a new conversation.")] = False,
) -> None:
    """Talk to the bank in text."""
    talking = text is None and sys.stdin.isatty() and not as_json
    failed = False
    with signed_in(user, as_json=as_json) as bank:
        chat = Chat(bank, new=new)
        for each in chat.greeting:
            _show(each, as_json=as_json)
            if each.elicitation and each.elicitation == chat.question and not as_json:
                ways(user, each.elicitation, each.elicitation.rsplit("-", 2)[-2])
        for turn in _turns(text, user, talking=talking):
            failed = not _say(chat, turn, as_json=as_json, echo=not talking) or failed
    if failed and not talking:
        raise typer.Exit(1)


def _say(chat: Chat, turn: str, *, as_json: bool, echo: bool) -> bool:
    """Whether the turn was taken. One that was refused does not end the conversation."""
    try:
        for each in chat.say(turn):
            if echo or each.who != "customer":
                _show(each, as_json=as_json)
    except BankError as error:
        complain(error, as_json=as_json)
        return False
    return True


def _turns(text: str | None, user: str, *, talking: bool) -> Iterator[str]:
    if text is not None:
        yield text
    elif talking:
        yield from _typed(user)
    else:
        yield from (each.strip() for each in sys.stdin if each.strip())


def _typed(user: str) -> Iterator[str]:
    out.print("Type to talk; an empty line ends it.", style="dim")
    while True:
        try:
            turn = out.input(f"[cyan]{user}[/] › ").strip()  # noqa: RUF001 - a prompt mark
        except (EOFError, KeyboardInterrupt):
            return
        if not turn:
            return
        yield turn


def _show(each: Line, *, as_json: bool) -> None:
    if as_json:
        line(each.to_json())
        return
    if each.text.startswith("elicitation."):
        return  # the assistant's own words have said so
    question = f"  [{each.elicitation}]" if each.elicitation and each.who == "assistant" else ""
    out.print(f"{each.who:>9}  {each.text}{question}", style=_STYLES[each.who], markup=False, highlight=False)
