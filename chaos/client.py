"""A customer's program: it sends again, with the same ids, until it is told something, and it remembers everything."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import httpx

from adapters.tokens import MCP_AUDIENCE, ServiceTokens

if TYPE_CHECKING:
    from chaos.told import Told
    from chaos.town import Person

_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_IN_PROGRESS: Final = "idempotency_in_progress"
_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 1.5
_REQUEST_S: Final = 8.0


class PatienceError(Exception):
    """Nobody answered for so long that something must be wrong; the text says which door."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways into the bank, one pool of connections each, and the phones on which codes arrive."""

    api: httpx.AsyncClient
    tools: httpx.AsyncClient
    phones: httpx.AsyncClient
    tokens: ServiceTokens
    password: str
    patience_s: float


class Client:
    """One signed-in person."""

    def __init__(self, doors: Doors, person: Person, told: Told) -> None:
        self.person = person
        self.told = told
        self.session_id = ""
        self._doors = doors
        self._token = ""

    async def begin(self) -> None:
        """Sign in and open a conversation."""
        await self._sign_in()
        opened = await self.ask("POST", "/api/conversations", {"new": True})
        self.session_id = opened["session_id"]

    async def sign_in(self) -> None:
        """Sign in without a conversation: staff have none."""
        await self._sign_in()

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None, wish: int = -1) -> dict[str, Any]:
        """The api's answer, whichever: a refusal is an answer too, with its `code`. Raises PatienceError."""
        return await self._insist(self._doors.api, method, path, body, wish)

    async def tool(self, path: str, body: dict[str, Any], wish: int) -> dict[str, Any]:
        """A tool's answer. Raises PatienceError."""
        return await self._insist(self._doors.tools, "POST", path, body, wish)

    async def code(self, amount: str) -> str:
        """The newest code for this amount, decimal text; empty where none has come."""
        sum_ = f"${Decimal(amount):,.2f} "
        found = [re.search(r"\b(\d{6})\b", each) for each in await self.messages() if sum_ in each]
        return next((match[1] for match in reversed(found) if match), "")

    async def messages(self) -> list[str]:
        """What the phone shows, newest last."""
        try:
            answer = await self._doors.phones.get(f"/inbox/{self.person.phone}")
        except httpx.TransportError:
            return []
        return [each["body"] for each in answer.json()] if answer.is_success else []

    async def _sign_in(self) -> None:
        login = {"username": self.person.name, "password": self._doors.password}
        found = await self._insist(self._doors.api, "POST", "/api/login", login, -1)
        self._token = found["access_token"]

    async def _insist(
        self, door: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None, wish: int
    ) -> dict[str, Any]:
        end, pause_s = time.monotonic() + self._doors.patience_s, _PAUSE_S
        while True:
            status, said = await self._once(door, method, path, body)
            self.told.note(wish, f"{method} {path}", status, said)
            if status == httpx.codes.UNAUTHORIZED and path != "/api/login" and door is self._doors.api:
                await self._sign_in()
            elif status and status not in _AGAIN and said.get("code") != _IN_PROGRESS:
                return said
            if time.monotonic() > end:
                raise PatienceError(f"{method} {path}: {status} {said}")
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    async def _once(
        self, door: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None
    ) -> tuple[int, dict[str, Any]]:
        try:
            answer = await door.request(method, path, json=body, headers=self._headers(door), timeout=_REQUEST_S)
            said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            return 0, {"error": type(error).__name__}
        return answer.status_code, said

    def _headers(self, door: httpx.AsyncClient) -> dict[str, str]:
        token = self._token
        if door is self._doors.tools:
            token = self._doors.tokens.mint(self.person.user_id, self.session_id, ["read", "transact"], [MCP_AUDIENCE])
        return {"Authorization": f"Bearer {token}"} if token else {}
