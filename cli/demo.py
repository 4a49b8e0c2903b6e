"""`countersign demo`: a payment by voice, in the middle of which three processes are killed."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cli.client import Bank, signed_in
from cli.console import here, out
from domain.dialogue.state import Stage
from domain.errors import BankError
from domain.money import Money
from runtime.local import control
from runtime.local.catalogue import names_of
from runtime.local.site import read_env
from runtime.settings import settings

if TYPE_CHECKING:
    from cli.demo_caller import Customer, Said

_USER: Final = "maya"
_WISH: Final = "pay Sarah Chen twenty five dollars"
_AMOUNT: Final = Money(25_00, "USD")
_VICTIMS: Final = {
    "voice_worker": "the voice worker, which hears and speaks",
    "temporal_worker": "the Temporal worker, which runs the payment",
    "temporal": "the Temporal server, which remembers it",
}
_BACK_S: Final = 90.0
_TRUE: Final = "[green]✓[/]"
_FALSE: Final = "[red]✗[/]"


class DemoFailedError(Exception):
    """Something that the demo promises did not happen; the text says what."""


@dataclass(frozen=True, slots=True)
class Books:
    """What the bank says of the customer: checking in minor units, the lines of that account, payments by id."""

    balance_minor: int
    held_minor: int
    lines: tuple[tuple[Any, ...], ...]
    payments: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, bank: Bank) -> Books:
        """Ask the api."""
        account = bank.get("/api/accounts")["accounts"][0]
        found = bank.get(f"/api/accounts/{account['account_id']}/transactions", limit=100)["transactions"]
        payments = bank.get("/api/payments")["payments"]
        return cls(
            account["balance_minor"],
            account["balance_minor"] - account["available_minor"],
            tuple(tuple(sorted(line.items())) for line in found),
            {payment["payment_id"]: payment for payment in payments},
        )


def demo() -> None:
    """A payment by voice that survives kill -9 of the voice worker, the Temporal worker and the Temporal server."""
    began = time.monotonic()
    _bring_up()
    try:
        with ExitStack() as stack:
            bank = stack.enter_context(signed_in(_USER))
            asyncio.run(_story(bank))
    except (DemoFailedError, TimeoutError, OSError, BankError) as error:
        out.print(f"\n[red bold]✗[/] {escape(str(error) or 'something took too long')}")
        out.print("  What the processes said: ./countersign logs")
        raise typer.Exit(1) from error
    out.print(f"\n[green bold]Paid once, and everybody was told the truth.[/] [dim]{time.monotonic() - began:.0f} s[/]")


def _bring_up() -> None:
    layout = here()
    services = control.read_state(layout).get("services", {})
    if set(names_of([])) <= set(services) and all(each["state"] == "ready" for each in services.values()):
        return
    from cli.up import bring_up  # noqa: PLC0415 - only where it is needed

    out.print("Countersign is not running yet: starting it.")
    if code := bring_up([], foreground=False):
        raise typer.Exit(code)
    os.environ.update(read_env(layout.env))


async def _story(bank: Bank) -> None:
    from cli.demo_caller import Customer  # noqa: PLC0415 - loads the voice, once everything is up

    before = await asyncio.to_thread(Books.read, bank)
    logging.getLogger("livekit").setLevel(logging.CRITICAL)  # what it says at hanging up is of no use here
    customer = Customer(bank, settings().voice_agent_name, _line)
    out.print("\n[bold]A payment by voice, while processes are killed[/]")
    _step(1, "Maya calls, and asks for a payment")
    try:
        waited = await customer.call()
        _note(f"She joined a room; the assistant spoke {waited:.1f} s later.")
        await _until_code(customer)
        await _kills(customer)
        await _finish(customer)
    finally:
        await customer.hang_up()
    _step(4, "What the bank's books say")
    _verify(before, await asyncio.to_thread(Books.read, bank), customer.session_id)


async def _until_code(customer: Customer) -> None:
    await customer.say_until(_WISH, (Stage.CONFIRMING,))
    await customer.say_until("yes", (Stage.AWAITING_CODE,))
    body, code = await customer.message()
    _note(f"Her phone shows: {body.replace(code, '●' * len(code))}")


async def _kills(customer: Customer) -> None:
    _step(2, "While the code is awaited, three processes are killed with SIGKILL")
    for name, what in _VICTIMS.items():
        pid = control.kill(here(), name)
        began = time.monotonic()
        if not pid:
            raise DemoFailedError(f"{name} has no process to kill")
        _entry(_FALSE, f"process {pid} killed: {what}")
        if name == "voice_worker":
            await _new_agent(customer, name, pid, began)
        else:
            await _back(name, pid, began)


async def _new_agent(customer: Customer, name: str, pid: int, began: float) -> None:
    """The watchdog brings another agent into the room: heard by the one who waits there."""
    returned = asyncio.create_task(_back(name, pid, began))
    reply = await customer.hear(_BACK_S)
    await returned
    if reply.state != Stage.AWAITING_CODE:
        raise DemoFailedError(f"the new agent believes that the conversation is {reply.state}")
    _note(f"The same call, a new agent, {time.monotonic() - began:.1f} s after the kill.")


async def _back(name: str, pid: int, began: float) -> None:
    new = await asyncio.to_thread(control.wait_ready, here(), name, pid, _BACK_S)
    _entry(_TRUE, f"back as process {new} after {time.monotonic() - began:.1f} s")


async def _finish(customer: Customer) -> None:
    _step(3, "The same call goes on")
    await customer.say_until("where were we", (Stage.AWAITING_CODE,))
    _, code = await customer.message()
    reply = await customer.say_until(" ".join(code), (Stage.IDLE, Stage.PAYING))
    if reply.state == Stage.PAYING:
        reply = await customer.hear()
    if not reply.text.startswith("Done."):
        raise DemoFailedError(f"the receipt was not heard, but: {reply.text}")


def _verify(before: Books, after: Books, session_id: str) -> None:
    mine = [each for each in after.payments.values() if each["session_id"] == session_id]
    lines = [line for line in after.lines if line not in before.lines]
    states = ", ".join(f"{each['state']} ({each['payment_id']})" for each in mine)
    posted = ", ".join(f"{_money(dict(line)['amount_minor'])} {dict(line)['counterparty']}" for line in lines)
    paid = before.balance_minor - after.balance_minor
    held = after.held_minor - before.held_minor
    found = [
        ([each["state"] for each in mine] == ["COMPLETED"], f"payments made in this call: {len(mine)}, {states}"),
        ([dict(line)["amount_minor"] for line in lines] == [-_AMOUNT.minor], f"new lines of her account: {posted}"),
        (
            paid == _AMOUNT.minor,
            f"checking: {_money(before.balance_minor)} before, {_money(after.balance_minor)} after",
        ),
        (held == 0, "nothing of it is still on hold" if held == 0 else f"still on hold: {_money(held)}"),
    ]
    for true, words in found:
        _entry(_TRUE if true else _FALSE, escape(words))
    if not all(true for true, _ in found):
        raise DemoFailedError("the books do not show exactly one payment")


def _money(minor: int) -> str:
    return f"{Money(minor, _AMOUNT.currency).decimal()} {_AMOUNT.currency}"


def _entry(sign: str, words: str, width: int = 1) -> None:
    """A line whose continuation is indented below its own words."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=2)
    grid.add_column(width=width)
    grid.add_row("", sign, Text.from_markup(words))
    out.print(grid)


def _step(number: int, words: str) -> None:
    out.print(f"\n[bold cyan]{number}[/]  [bold]{words}[/]")


def _note(words: str) -> None:
    _entry("", f"[dim]{escape(words)}[/]")


def _line(said: Said) -> None:
    who = "[bold]maya[/]" if said.who == "customer" else "[cyan]assistant[/]"
    _entry(who, escape(said.text), width=len("assistant"))
