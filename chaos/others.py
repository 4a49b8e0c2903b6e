"""The other people of a run: who converses, who decides, and who sets up a mandate."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from chaos.play import HangingError
from chaos.wishes import MANDATE_BUDGET, MANDATED
from domain import ids

if TYPE_CHECKING:
    from chaos.client import Client
    from chaos.wishes import Wish

_PAUSE_S: Final = 0.3
_DESK_S: Final = 1.0
_REFUSED_OF: Final = 8
"""One approval in so many is refused."""
_OVER: Final = ("ran out of time", "was cancelled", "was not paid", "expired")


@dataclass
class Typed:
    """A wish in the words of somebody who types, and goes on until they hear that it was paid."""

    client: Client
    wish: Wish
    patience_s: float
    turns: int = 0
    state: str = field(default="idle")

    async def run(self) -> None:
        """Raises HangingError or PatienceError."""
        end = time.monotonic() + self.patience_s
        while not await self._step():
            if time.monotonic() > end:
                raise HangingError(f"the conversation is {self.state}")
            await asyncio.sleep(_PAUSE_S)

    async def _step(self) -> bool:
        """Say what fits where the conversation stands; whether all is done."""
        match self.state:
            case "confirming":
                return await self._say("yes")
            case "awaiting_code":
                code = await self.client.code(self.wish.amount)
                return await self._say(code or "where were we")
            case _:
                return await self._was_paid() or await self._say(f"pay {self.wish.payee} {self.wish.amount} dollars")

    async def _say(self, text: str) -> bool:
        self.turns += 1
        turn_id = f"{self.wish.payment_id}-{self.turns}"
        path = f"/api/conversations/{self.client.session_id}/turns"
        heard = await self.client.ask("POST", path, {"text": text, "turn_id": turn_id}, self.wish.number)
        if not heard.get("replies"):
            return False
        reply = heard["replies"][-1]
        self.state = reply["state"]
        return f"I paid ${self.wish.amount} to {self.wish.payee}" in reply["text"]

    async def _was_paid(self) -> bool:
        """What was said unasked, or is found in the list: nobody says again what was done."""
        if not self.turns:
            return False
        found = await self.client.ask("GET", "/api/payments?limit=20", None, self.wish.number)
        own = [each for each in found.get("payments", []) if each["amount_minor"] == self.wish.amount_minor]
        return any(each["state"] == "COMPLETED" for each in own)


@dataclass
class Desk:
    """A supervisor who decides whatever waits, until cancelled."""

    client: Client

    async def run(self) -> None:
        """Never returns."""
        while True:
            waiting = await self.client.ask("GET", "/api/approvals?limit=50")
            for each in waiting.get("approvals", []):
                await self._decide(each)
            await asyncio.sleep(_DESK_S)

    async def _decide(self, shown: dict[str, Any]) -> None:
        approval_id, version = shown["approval_id"], shown["version"]
        no = refuses(shown["payment_id"])
        said = {"decision": "refuse", "note": "not today"} if no else {"decision": "approve"}
        body = said | {"version": version, "response_id": f"{self.client.person.name}-{version}"}
        await self.client.ask("POST", f"/api/approvals/{approval_id}/decision", body)


def refuses(payment_id: str) -> bool:
    """Whether the supervisors refuse this payment: both of them always say the same."""
    return UUID(payment_id).int % _REFUSED_OF == 0


async def mandate(client: Client, number: int) -> None:
    """Set up and countersign the customer's standing mandate."""
    mandate_id = ids.uuid7(number, UUID(int=number))
    body = {"mandate_id": mandate_id, "payees": [MANDATED], "budget": MANDATE_BUDGET, "period": "month"}
    begun = await client.tool("/mcp/mandate", body, -1)
    while (asked := begun.get("elicitation")) or begun.get("status") == "AWAITING_CUSTOMER":
        if asked:
            await _countersign(client, asked)
        await asyncio.sleep(_PAUSE_S)
        begun = await client.tool("/mcp/mandate", body, -1)


async def _countersign(client: Client, asked: dict[str, Any]) -> None:
    data: dict[str, Any] = {"confirmed": True}
    if asked["elicitation_type"] == "otp":
        data = {"otp_code": await client.code(MANDATE_BUDGET)}
    path = f"/api/elicitations/{asked['elicitation_id']}/answer"
    await client.ask("POST", path, {"data": data, "response_id": asked["elicitation_id"][-60:]})
