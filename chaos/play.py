"""How a customer's program makes one payment, in each of the ways that customers have."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chaos.wishes import Kind, Way, decimal
from domain.payments import FINAL_STATES

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from chaos.client import Client
    from chaos.wishes import Wish

_LOOK_S: Final = 0.1
_LONGEST_LOOK_S: Final = 2.0
_WRONG_TRIES: Final = 5
_PATIENT: Final = frozenset({Way.PAY, Way.TWICE, Way.WRONG, Way.OTHER, Way.CORRECT})


class HangingError(Exception):
    """The payment did not end; the text says where it stood."""


@dataclass
class Play:
    """One wish in the hands of its customer's program."""

    client: Client
    wish: Wish
    patience_s: float
    version: int = 1
    given: int = 0
    corrected: bool = False

    async def run(self) -> None:
        """Until the customer has been told how it ended. Raises HangingError or PatienceError."""
        await self._begin()
        end, pause_s = time.monotonic() + self.patience_s, _LOOK_S
        while True:
            now = await self._ask("GET", f"/api/payments/{self.wish.payment_id}")
            if now.get("state") in FINAL_STATES:
                return
            asked = await self._question() if self.wish.way is not Way.LEAVE else None
            if asked is not None:
                await self._answer(asked)
                pause_s = _LOOK_S
            if time.monotonic() > end:
                raise HangingError(str(now.get("state") or now.get("code")))
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 1.6, _LONGEST_LOOK_S)

    async def _begin(self) -> None:
        first = self._start(self.wish.amount)
        if self.wish.way is Way.TWICE:
            await asyncio.gather(first, self._start(self.wish.amount))
            return
        await first
        if self.wish.way is Way.OTHER:
            await self._start(decimal(self.wish.corrected_minor))

    async def _start(self, amount: str) -> dict[str, Any]:
        body = {"payment_id": self.wish.payment_id, "amount": amount, "to_account": self.wish.payee}
        tool = "transfer" if self.wish.kind is Kind.OWN else "payment"
        return await self.client.tool(f"/mcp/{tool}", body, self.wish.number)

    async def _question(self) -> dict[str, Any] | None:
        waiting = await self._ask("GET", "/api/elicitations?status=pending")
        own = [each for each in waiting.get("elicitations", []) if each["payment_id"] == self.wish.payment_id]
        return own[-1] if own else None

    async def _answer(self, asked: dict[str, Any]) -> None:
        if asked["elicitation_type"] == "confirmation":
            await self._hand_in(asked, {"confirmed": self.wish.way is not Way.DECLINE}, "yes")
            return
        match self.wish.way:
            case Way.CANCEL:
                await self._cancel()
            case Way.CORRECT if not self.corrected:
                self.corrected = True
                await self._correct()
            case Way.WRONG if not self.given:
                await self._guess(asked)
            case Way.GUESS:
                for _ in range(_WRONG_TRIES):
                    await self._guess(asked)
            case Way.RACE:
                await self._both(self._give(asked), self._cancel())
            case _:
                await self._give(asked)

    async def _give(self, asked: dict[str, Any]) -> None:
        if code := await self.client.code(asked["context"]["amount"].split()[0]):
            await self._hand_in(asked, {"otp_code": code}, f"code-{code}")

    async def _guess(self, asked: dict[str, Any]) -> None:
        """A code that is not the one: a digit of the right one is another."""
        if code := await self.client.code(asked["context"]["amount"].split()[0]):
            self.given += 1
            wrong = f"{(int(code) + self.given) % 1_000_000:06}"
            await self._hand_in(asked, {"otp_code": wrong}, f"wrong-{self.given}")

    async def _hand_in(self, asked: dict[str, Any], data: dict[str, Any], what: str) -> None:
        path = f"/api/elicitations/{asked['elicitation_id']}/answer"
        body = {"data": data, "response_id": f"{self.wish.payment_id}-{asked['version']}-{what}"}
        answers = [self._ask("POST", path, body) for _ in range(2 if self.wish.way is Way.TWICE else 1)]
        await self._both(*answers)

    async def _cancel(self) -> None:
        await self._ask("POST", f"/api/payments/{self.wish.payment_id}/cancel", {})

    async def _correct(self) -> None:
        body = {
            "payment_id": self.wish.payment_id,
            "amount": decimal(self.wish.corrected_minor),
            "correction_id": f"{self.wish.payment_id[:50]}-correct",
        }
        await self.client.tool("/mcp/payment/correct", body, self.wish.number)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return await self.client.ask(method, path, body, self.wish.number)

    @staticmethod
    async def _both(*calls: Awaitable[object]) -> None:
        await asyncio.gather(*calls)
