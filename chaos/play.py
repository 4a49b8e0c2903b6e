"""How a customer's program makes one payment, in each of the ways that customers have."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chaos.wishes import Kind, Way, decimal
from domain.payments import FINAL_STATES

if TYPE_CHECKING:
    from chaos.client import Client
    from chaos.wishes import Wish

_LOOK_S: Final = 0.1
_LONGEST_LOOK_S: Final = 2.0
_WRONG_TRIES: Final = 5

Question = dict[str, Any]
"""The first specification's ElicitationRequest."""


class HangingError(Exception):
    """The payment did not end; the text says where it stood."""


@dataclass
class Play:
    """One wish in the hands of its customer's program."""

    client: Client
    wish: Wish
    patience_s: float
    given: int = 0
    corrected: bool = False

    async def run(self) -> None:
        """Until the customer has been told how it ended. Raises HangingError or PatienceError."""
        asked = await self._begin()
        end, pause_s = time.monotonic() + self.patience_s, _LOOK_S
        while True:
            if asked is None:
                now = await self._ask("GET", f"/api/payments/{self.wish.payment_id}")
                if now.get("state") in FINAL_STATES:
                    return
                if time.monotonic() > end:
                    raise HangingError(str(now.get("state") or now.get("code")))
                asked = await self._question()
            if asked is not None:
                asked, pause_s = await self._answer(asked), _LOOK_S
            if asked is None:
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 1.6, _LONGEST_LOOK_S)

    async def _begin(self) -> Question | None:
        if self.wish.way is Way.TWICE:
            first, _ = await asyncio.gather(self._start(self.wish.amount), self._start(self.wish.amount))
        else:
            first = await self._start(self.wish.amount)
        if self.wish.way is Way.OTHER:
            await self._start(decimal(self.wish.corrected_minor))
        return None if self.wish.way is Way.LEAVE else first.get("elicitation")

    async def _start(self, amount: str) -> dict[str, Any]:
        body = {"payment_id": self.wish.payment_id, "amount": amount, "to_account": self.wish.payee}
        tool = "transfer" if self.wish.kind is Kind.OWN else "payment"
        return await self.client.tool(f"/mcp/{tool}", body, self.wish.number)

    async def _question(self) -> Question | None:
        """What waits for this customer about this payment, found as another device of theirs would find it."""
        if self.wish.way is Way.LEAVE:
            return None
        waiting = await self._ask("GET", "/api/elicitations?status=pending")
        own = [each for each in waiting.get("elicitations", []) if each["payment_id"] == self.wish.payment_id]
        return own[-1] if own else None

    async def _answer(self, asked: Question) -> Question | None:
        """Answer, or do what this customer does instead; the next question where it was told of at once."""
        if asked["elicitation_type"] == "confirmation":
            return await self._hand_in(asked, {"confirmed": self.wish.way is not Way.DECLINE}, "yes")
        match self.wish.way:
            case Way.CANCEL:
                await self._cancel()
            case Way.CORRECT if not self.corrected:
                self.corrected = True
                return await self._correct()
            case Way.WRONG if not self.given:
                await self._guess(asked)
                return asked if self.given else None
            case Way.GUESS:
                for _ in range(_WRONG_TRIES):
                    await self._guess(asked)
            case Way.RACE:
                await asyncio.gather(self._give(asked), self._cancel())
            case _:
                return await self._give(asked)
        return None

    async def _give(self, asked: Question) -> Question | None:
        code = await self._code(asked)
        return await self._hand_in(asked, {"otp_code": code}, f"code-{code}") if code else None

    async def _guess(self, asked: Question) -> None:
        """A code that is not the one: another number."""
        if code := await self._code(asked):
            self.given += 1
            wrong = f"{(int(code) + self.given) % 1_000_000:06}"
            await self._hand_in(asked, {"otp_code": wrong}, f"wrong-{self.given}")

    async def _code(self, asked: Question) -> str:
        return await self.client.code(asked["context"]["amount"].split()[0])

    async def _hand_in(self, asked: Question, data: dict[str, Any], what: str) -> Question | None:
        path = f"/api/elicitations/{asked['elicitation_id']}/answer"
        body = {"data": data, "response_id": f"{asked['elicitation_id']}-{what}"}
        answers = [self._ask("POST", path, body) for _ in range(2 if self.wish.way is Way.TWICE else 1)]
        first, *_ = await asyncio.gather(*answers)
        return first.get("next_elicitation")

    async def _cancel(self) -> None:
        await self._ask("POST", f"/api/payments/{self.wish.payment_id}/cancel", {})

    async def _correct(self) -> Question | None:
        body = {
            "payment_id": self.wish.payment_id,
            "amount": decimal(self.wish.corrected_minor),
            "correction_id": f"{self.wish.payment_id[:50]}-correct",
        }
        return (await self.client.tool("/mcp/payment/correct", body, self.wish.number)).get("elicitation")

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return await self.client.ask(method, path, body, self.wish.number)
