"""The story `kills`: a payment by voice, in the middle of which three processes are killed."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cli.client import signed_in
from cli.console import here
from cli.demo.tell import FALSE, TRUE, DemoFailedError, entry, money, note, speaker, step, title, verdict
from domain.dialogue.state import Stage
from domain.money import Money
from runtime.local import control
from runtime.settings import settings

if TYPE_CHECKING:
    from cli.client import Bank
    from cli.demo.caller import Customer

_USER: Final = "maya"
_WISH: Final = "pay Sarah Chen twenty five dollars"
_AMOUNT: Final = Money(25_00, "USD")
_VICTIMS: Final = {
    "voice_worker": "the voice worker, which hears and speaks",
    "temporal_worker": "the Temporal worker, which runs the payment",
    "temporal": "the Temporal server, which remembers it",
}
_BACK_S: Final = 90.0


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


def kills() -> None:
    """Tell it. Raises DemoFailedError, TimeoutError, OSError or BankError."""
    with signed_in(_USER) as bank:
        asyncio.run(_told(bank))


async def _told(bank: Bank) -> None:
    from cli.demo.caller import Customer  # noqa: PLC0415 - loads the voice, once everything is up

    before = await asyncio.to_thread(Books.read, bank)
    logging.getLogger("livekit").setLevel(logging.CRITICAL)  # what it says at hanging up is of no use here
    customer = Customer(bank, settings().voice_agent_name, speaker(_USER))
    title("A payment by voice, while processes are killed")
    step(1, "Maya calls, and asks for a payment")
    try:
        waited = await customer.call()
        note(f"She joined a room; the assistant spoke {waited:.1f} s later.")
        await _until_code(customer)
        await _kills(customer)
        await _finish(customer)
    finally:
        await customer.hang_up()
    step(4, "What the bank's books say")
    _verify(before, await asyncio.to_thread(Books.read, bank), customer.session_id)


async def _until_code(customer: Customer) -> None:
    await customer.say_until(_WISH, (Stage.CONFIRMING,))
    await customer.say_until("yes", (Stage.AWAITING_CODE,))
    body, code = await customer.message()
    note(f"Her phone shows: {body.replace(code, '●' * len(code))}")


async def _kills(customer: Customer) -> None:
    step(2, "While the code is awaited, three processes are killed with SIGKILL")
    for name, what in _VICTIMS.items():
        pid = control.kill(here(), name)
        began = time.monotonic()
        if not pid:
            raise DemoFailedError(f"{name} has no process to kill")
        entry(FALSE, f"process {pid} killed: {what}")
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
    note(f"The same call, a new agent, {time.monotonic() - began:.1f} s after the kill.")


async def _back(name: str, pid: int, began: float) -> None:
    new = await asyncio.to_thread(control.wait_ready, here(), name, pid, _BACK_S)
    entry(TRUE, f"back as process {new} after {time.monotonic() - began:.1f} s")


async def _finish(customer: Customer) -> None:
    step(3, "The same call goes on")
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
    posted = ", ".join(f"{money(dict(line)['amount_minor'])} {dict(line)['counterparty']}" for line in lines)
    paid = before.balance_minor - after.balance_minor
    held = after.held_minor - before.held_minor
    found = [
        ([each["state"] for each in mine] == ["COMPLETED"], f"payments made in this call: {len(mine)}, {states}"),
        ([dict(line)["amount_minor"] for line in lines] == [-_AMOUNT.minor], f"new lines of her account: {posted}"),
        (
            paid == _AMOUNT.minor,
            f"checking: {money(before.balance_minor)} before, {money(after.balance_minor)} after",
        ),
        (held == 0, "nothing of it is still on hold" if held == 0 else f"still on hold: {money(held)}"),
    ]
    verdict(found, "the books do not show exactly one payment")
