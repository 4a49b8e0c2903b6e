"""The story `handover`: a killed call is taken up on another device, and a correction voids what a supervisor reads."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from cli.chat import Chat, Line
from cli.console import here
from cli.demo.cast import Cast, LocalHouse, code_of, question, until
from cli.demo.proof import Outcome, proven, tell_audit
from cli.demo.tell import FALSE, TRUE, DemoFailedError, claim, entry, money, note, speaker, speech, step, title, verdict
from domain.dialogue.state import Stage
from domain.errors import BankError, StaleVersionError
from runtime.local.site import load_site
from runtime.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.client import Bank
    from cli.demo.caller import Customer
    from cli.demo.cast import House
    from runtime.settings import Settings

_SUPERVISORS: Final = ("sam", "sue")
"""In the order in which they are asked for the approvals that the policy wants."""
_WISH: Final = "pay Sarah Chen six thousand dollars from savings"
_FIRST: Final = "$6,000.00 to Sarah Chen from your savings account"
_FIRST_MINOR: Final = 6_000_00
_CORRECTION: Final = "make it fifty five hundred dollars not six thousand"
_SECOND: Final = "$5,500.00 to Sarah Chen from your savings account"
_SECOND_MINOR: Final = 5_500_00
_FILLED_MINOR: Final = 7_320_15
"""Omar's savings as the demo data has them."""
_OPEN: Final = {"AWAITING_CUSTOMER", "AWAITING_SUPERVISOR", "COOLING_OFF"}
_TRIES: Final = 5
_SPOKEN_S: Final = 5.0


def handover() -> None:
    """Tell it. Raises DemoFailedError, NotToBeSignedError, TimeoutError, OSError or BankError."""
    site = load_site(here())
    own = {"state_dir": site.layout.root, "migrations_url": site.settings()["COUNTERSIGN_MIGRATIONS_URL"]}
    asyncio.run(told(settings().model_copy(update=own), LocalHouse()))


async def told(chosen: Settings, house: House) -> Outcome:
    """The story on this bank, and what its books say at the end. Raises as `handover`."""
    logging.getLogger("livekit").setLevel(logging.CRITICAL)  # what it says at hanging up is of no use here
    with ExitStack() as stack:
        cast = Cast(chosen, house, stack, "omar")
        try:
            return await _Handover(cast).tell()
        finally:
            with suppress(BankError):  # what went wrong before it is what shall be told
                await asyncio.to_thread(cast.device.forget, cast.phone)


class _Handover:
    def __init__(self, cast: Cast) -> None:
        self._cast, self._phone, self._books = cast, cast.phone, cast.books
        self._payment_id = ""
        self._sessions: list[str] = []

    async def tell(self) -> Outcome:
        title("A killed call is taken up elsewhere, and a correction voids what a supervisor reads")
        step(1, "Omar, whose phone has a passkey, calls and asks for a payment")
        account_id = await asyncio.to_thread(self._prepare)
        outcome = Outcome("", self._books.account(account_id))
        call = await self._ask()
        outcome = replace(outcome, payment_id=self._payment_id)
        step(2, "In the middle of it the call is killed")
        pid = await self._kill(call)
        step(3, "Another device takes it up")
        tablet, chat = await asyncio.to_thread(self._take_up)
        step(4, "A supervisor reads it; meanwhile Omar calls again and changes his mind")
        read = await asyncio.to_thread(self._read, 1)
        call = await self._correct(pid)
        try:
            step(5, "What the supervisor has read is void; the new version is countersigned anew")
            await asyncio.to_thread(self._stale, read)
            await asyncio.to_thread(self._told_too, chat)
            await self._countersign(tablet, call)
            await asyncio.to_thread(self._approve)
            await call.hear_until("Done. I paid $5,500.00 to Sarah Chen.")
        finally:
            await call.hang_up()
        step(6, "What the bank's books say")
        facts = proven(self._books, outcome, account_id, self._sessions, _SECOND_MINOR)
        verdict(facts, "the books do not show what was told")
        step(7, "The same in the bank's audit")
        tell_audit(self._books, self._payment_id)
        return replace(outcome, facts=tuple(facts))

    def _prepare(self) -> str:
        """Nothing of an earlier telling is open, there is money, and a passkey; the account's id."""
        for payment in self._phone.get("/api/payments")["payments"]:
            if payment["state"] in _OPEN:
                self._phone.post(f"/api/payments/{payment['payment_id']}/cancel")
                what = f"{payment['amount']} {payment['currency']} to {payment['payee']}"
                note(f"An earlier payment of {what} still waited; it was cancelled first.")
        savings = next(one for one in self._phone.get("/api/accounts")["accounts"] if one["kind"] == "savings")
        if added := self._books.top_up(savings["account_id"], _FIRST_MINOR, _FILLED_MINOR):
            note(f"His savings are filled up for another telling: {money(added)}.")
        enrolled = self._cast.device.enrol(self._phone)
        note("A passkey was enrolled on his phone." if enrolled else "His phone still has its passkey.")
        return str(savings["account_id"])

    async def _call(self) -> Customer:
        from cli.demo.caller import Customer  # noqa: PLC0415 - loads the voice, once everything is up

        customer = Customer(self._phone, self._cast.agent_name, speaker(self._cast.customer))
        await customer.call()
        self._sessions.append(customer.session_id)
        return customer

    async def _ask(self) -> Customer:
        """The spoken wish; one that was misheard is withdrawn and said again."""
        customer = await self._call()
        for _ in range(_TRIES):
            reply = await customer.say(_WISH)
            asked = await asyncio.to_thread(self._begun, customer.session_id)
            if reply.state == Stage.AWAITING_PASSKEY and _FIRST in reply.text:
                self._payment_id = asked[0]
                await asyncio.to_thread(self._tell_plan)
                return customer
            for payment_id in asked:
                await asyncio.to_thread(self._phone.post, f"/api/payments/{payment_id}/cancel")
                await customer.hear()
        raise TimeoutError(f"the assistant did not understand “{_WISH}”")

    def _begun(self, session_id: str) -> list[str]:
        found = self._phone.get("/api/payments")["payments"]
        return [one["payment_id"] for one in found if one["session_id"] == session_id and one["state"] in _OPEN]

    def _tell_plan(self) -> None:
        payment = self._books.payment(self._payment_id)
        asked = ", ".join(payment["countersigns"])
        note(f"Policy {payment['policy_version']}: {payment['reason']}. Asked for, in this order: {asked}.")
        if payment["countersigns"][:1] != ["biometric"] or not payment["approvals"]:
            raise DemoFailedError("the policy asks for no passkey, or for no supervisor")

    async def _kill(self, call: Customer) -> int:
        pid = self._cast.house.kill("voice_worker")
        if not pid:
            raise DemoFailedError("voice_worker has no process to kill")
        entry(FALSE, f"process {pid} killed: the voice worker, which hears and speaks")
        await call.hang_up()
        entry(FALSE, "the phone's connection is gone; the room is empty")
        state = self._books.payment(self._payment_id)["state"]
        claim(state == "AWAITING_CUSTOMER", f"the payment is still there: {state}")
        return pid

    def _take_up(self) -> tuple[Bank, Chat]:
        tablet = self._cast.sign_in(self._cast.customer)
        asked = question(tablet, self._payment_id, "biometric")
        note("His tablet, signed in on its own, asks: GET /api/elicitations?status=pending")
        about = asked["context"]
        entry(TRUE, f"open: {asked['elicitation_type']} for {about['amount']} to {about['payee']}")
        chat = Chat(tablet, new=True)
        self._sessions.append(chat.session_id)
        _show(self._cast.customer, chat.greeting)
        self._passkey(tablet, asked)
        _show(self._cast.customer, chat.unasked(_SPOKEN_S))
        _show(self._cast.customer, chat.say("yes"))
        _show(self._cast.customer, chat.say(code_of(tablet, question(tablet, self._payment_id, "otp"))))
        until(lambda: self._books.payment(self._payment_id)["state"] == "AWAITING_SUPERVISOR", "the approval to open")
        return tablet, chat

    def _passkey(self, device: Bank, asked: dict[str, Any]) -> None:
        status = self._cast.device.answer(device, asked["elicitation_id"])
        claim(_settled(status), f"the passkey signed version {asked['version']}'s challenge: {status['status']}")

    def _read(self, version: int) -> dict[str, Any]:
        """What waits for the first supervisor, as shown."""
        sam = self._cast.sign_in(_SUPERVISORS[0])
        found = _wait_for(sam, self._payment_id, version)
        seen = sam.get(f"/api/approvals/{found['approval_id']}")
        about = f"{seen['amount']} {seen['currency']} from {seen['payer_name']} to {seen['payee']}"
        note(f"{_SUPERVISORS[0]} reads version {seen['version']}: {about} ({seen['round']} of {seen['needed']})")
        return seen

    async def _correct(self, killed: int) -> Customer:
        began = time.monotonic()
        pid = await asyncio.to_thread(self._cast.house.back, "voice_worker", killed)
        entry(TRUE, f"the voice worker is back as process {pid}, waited for {time.monotonic() - began:.1f} s")
        customer = await self._call()
        for _ in range(_TRIES):
            reply = await customer.say(_CORRECTION)
            if _SECOND in reply.text:  # in two breaths it may be two turns, and the last of them only asks again
                return customer
        await customer.hang_up()
        raise TimeoutError(f"the assistant did not understand “{_CORRECTION}”")

    def _stale(self, read: dict[str, Any]) -> None:
        """Both decisions on what was read are refused."""
        sam = self._cast.sign_in(_SUPERVISORS[0])
        for decision in ("refuse", "approve"):
            body = {"decision": decision, "version": read["version"], "note": "as read"}
            try:
                sam.post(f"/api/approvals/{read['approval_id']}/decision", body)
            except StaleVersionError as error:
                words = f"{_SUPERVISORS[0]}: {decision} version {read['version']} → {error.code}"
                entry(TRUE, f"{words}: {error.sentence}")
            else:
                raise DemoFailedError(f"a supervisor could {decision} a version that is none any more")
        now = sam.get(f"/api/approvals/{read['approval_id']}")
        void = (now["state"], now["error_code"]) == ("cancelled", StaleVersionError.code)
        claim(void, f"the approval is {now['state']}, {now['error_code']}")

    def _told_too(self, chat: Chat) -> None:
        note("The tablet is told of the change, too:")
        _show(self._cast.customer, chat.unasked(_SPOKEN_S))

    async def _countersign(self, tablet: Bank, call: Customer) -> None:
        """The new version: read back in the call, answered at the tablet."""
        await asyncio.to_thread(self._sign, tablet)
        await call.hear_until(f"I'll pay {_SECOND}")
        await asyncio.to_thread(self._confirm, tablet)
        await call.hear_until("I've sent a six-digit code")
        await asyncio.to_thread(self._give_code, tablet)
        await call.hear_until("A supervisor must approve this.")

    def _sign(self, tablet: Bank) -> None:
        self._passkey(tablet, question(tablet, self._payment_id, "biometric"))

    def _confirm(self, tablet: Bank) -> None:
        _answer(tablet, question(tablet, self._payment_id, "confirmation"), {"confirmed": True})

    def _give_code(self, tablet: Bank) -> None:
        asked = question(tablet, self._payment_id, "otp")
        _answer(tablet, asked, {"otp_code": code_of(tablet, asked)})

    def _approve(self) -> None:
        payment = self._books.payment(self._payment_id)
        for name in _SUPERVISORS[: payment["approvals"]]:
            supervisor = self._cast.sign_in(name)
            waits = _wait_for(supervisor, self._payment_id, payment["version"])
            body = {"decision": "approve", "version": waits["version"]}
            status = supervisor.post(f"/api/approvals/{waits['approval_id']}/decision", body)
            words = f"{name}: approve version {waits['version']}, {waits['amount']} {waits['currency']}"
            claim(_settled(status), f"{words}: {status['status']}")


def _wait_for(supervisor: Bank, payment_id: str, version: int) -> dict[str, Any]:
    """This version's approval, once it is on the list. Raises TimeoutError."""

    def look() -> dict[str, Any] | None:
        found = supervisor.get("/api/approvals", amount_min=_SECOND_MINOR, limit=200)["approvals"]
        fits = (one for one in found if (one["payment_id"], one["version"]) == (payment_id, version))
        return next(fits, None)

    return until(look, f"version {version} on the list of approvals")


def _answer(bank: Bank, asked: dict[str, Any], data: dict[str, Any]) -> None:
    body = {"type": "elicitation_response", "data": data}
    status = bank.post(f"/api/elicitations/{asked['elicitation_id']}/answer", body)
    about = asked["context"]
    words = f"{asked['elicitation_type']} for {about['amount']} to {about['payee']}, version {asked['version']}"
    claim(_settled(status), f"tablet: {words}: {status['status']}")


def _settled(status: dict[str, Any]) -> bool:
    return status["status"] == "completed"


def _show(customer: str, lines: Iterable[Line]) -> None:
    for each in lines:
        if each.who != "event":
            speech(customer if each.who == "customer" else each.who, each.text)
