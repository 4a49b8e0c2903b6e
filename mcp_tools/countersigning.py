"""Having a customer countersign through an MCP client of theirs, however its rounds are carried."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from adapters.edge.problems import as_bank_error, more_of
from domain.errors import (
    AnswerMalformedError,
    ElicitationClosedError,
    ElicitationExpiredError,
    FormInvalidError,
    StaleVersionError,
)
from mcp_tools.asking import page_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mcp_types import ElicitResult

    from domain.elicitation import ElicitationStatus
    from mcp_tools.asking import Mode
    from mcp_tools.catalogue import Entry
    from mcp_tools.following import Followed
    from mcp_tools.guard import Caller

_OVER: Final = (ElicitationClosedError, ElicitationExpiredError, StaleVersionError)
"""Somebody was quicker, or too late: how it stands tells the rest."""
_SLOWEST_S: Final = 0.5
SOON_S: Final = 8.0
"""How long the next step may take after an answer before the caller is told how it stands."""

Heard = Literal["given", "on the page", "dismissed", "unclear"]


class Door(Protocol):
    """The api's door for answers."""

    async def answer(
        self, elicitation_id: str, data: Mapping[str, Any], response_id: str, token: str
    ) -> dict[str, Any]:
        """Hand one in. Raises the door's BankError."""
        ...


class Withdrawals(Protocol):
    """Takes questions back."""

    async def cancel(self, elicitation_id: str, user_id: str) -> ElicitationStatus:
        """And with it what asked it."""
        ...


@dataclass(frozen=True, slots=True)
class Countersigning:
    """`issuer`: whose pages they are; `wait_s`: how long one round waits for the page."""

    door: Door
    questions: Withdrawals
    issuer: str
    wait_s: float

    async def hear(self, caller: Caller, question: dict[str, Any], mode: Mode, said: ElicitResult | None) -> Heard:
        """What the person before the client did. Repeating it is harmless. Raises the door's other refusals."""
        if said is None:
            return "unclear"
        if said.action == "cancel":
            return "dismissed"
        if said.action == "accept" and mode == "url":
            return "on the page"
        try:
            await self._hand_in(caller, question, said)
        except _OVER:
            return "given"
        except (FormInvalidError, AnswerMalformedError):
            return "unclear"
        return "given"

    async def _hand_in(self, caller: Caller, question: dict[str, Any], said: ElicitResult) -> None:
        elicitation_id = str(question["elicitation_id"])
        if said.action == "accept":
            data = {name: value for name, value in (said.content or {}).items() if value is not None}
        elif question["elicitation_type"] == "confirmation":
            data = {"confirmed": False}
        else:
            await self.questions.cancel(elicitation_id, caller.user_id)
            return
        await self.door.answer(elicitation_id, data, _response_id(elicitation_id, data), caller.token)

    async def later(self, entry: Entry, caller: Caller, own_id: str, asked: str, within_s: float) -> Followed:
        """How it stands once something other than this question is next, or after so many seconds.

        Where nothing is asked the bank is at work, and that is waited for at least as long as a page.
        """
        if entry.follow is None:
            raise AssertionError
        began, pause = time.monotonic(), 0.02
        while True:
            found = await entry.follow(caller, own_id)
            longest_s = max(within_s, self.wait_s) if found.at_work else within_s
            moved = not found.at_work and found.question_id != asked
            if moved or time.monotonic() - began >= longest_s:
                return found
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _SLOWEST_S)

    def told(self, found: Followed) -> dict[str, Any]:
        """The tool's result."""
        return self.with_page(found.result.model_dump(mode="json", exclude_none=True))

    def with_page(self, result: dict[str, Any]) -> dict[str, Any]:
        """Where a question is open, with the page on which it can be answered."""
        question = result.get("elicitation")
        return result | ({"url": page_of(self.issuer, question["elicitation_id"])} if question else {})


def refused(error: Exception) -> dict[str, Any]:
    """An error as a tool's result names it."""
    known = as_bank_error(error)
    told: dict[str, Any] = {"code": known.code, "detail": known.detail, "sentence": known.sentence}
    return {"error": told | more_of(known)}


def _response_id(elicitation_id: str, data: dict[str, Any]) -> str:
    """What says the same has the same id, so that a round may be repeated."""
    said = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]
    return f"{elicitation_id[:96]}-{said}"
