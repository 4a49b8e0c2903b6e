"""The counter before the tools: how often, how many at once, and each keyed call once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from adapters.edge.idempotency import Keyed
from adapters.edge.limiter import refusal_of
from adapters.edge.problems import as_bank_error, problem
from adapters.http_clients.refusal import refusal
from adapters.postgres.idempotency import Result
from domain.errors import BankError

if TYPE_CHECKING:
    from adapters.edge.idempotency import Idempotency
    from adapters.edge.limiter import Limiter
    from adapters.edge.places import Places
    from mcp_tools.catalogue import Entry
    from mcp_tools.guard import Caller

_OWN_IDS: Final = ("payment_id", "mandate_id", "verification_id", "request_id")
_NOT_NOTED: Final = frozenset({401, 429})
"""Refused before it was looked at what is wanted."""


class Refusals(Protocol):
    """Where refused requests are noted."""

    async def refused(self, user_id: str, request: str, subject_id: str, code: str) -> None:
        """One of them; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Counter:
    """Calls tools for checked callers.

    Tools that finish what was begun are never refused here: a customer on the line must be able to end a payment.
    """

    limiter: Limiter
    idempotency: Idempotency
    rates: str
    places: Places
    refusals: Refusals

    async def call(self, entry: Entry, caller: Caller, arguments: dict[str, Any], key: str = "") -> dict[str, Any]:
        """The tool's JSON. Raises RateLimitedError, the idempotency errors, or the tool's own BankError."""
        try:
            return await self._once(entry, caller, arguments, key)
        except BankError as error:
            if entry.changes and 400 <= error.status < 500 and error.status not in _NOT_NOTED:
                subject = _own_id(arguments, key) or caller.user_id
                await self.refusals.refused(caller.user_id, entry.name, subject, error.code)
            raise

    async def _once(self, entry: Entry, caller: Caller, arguments: dict[str, Any], key: str) -> dict[str, Any]:
        await self._count(entry, caller, arguments, key)
        if not key or not entry.changes:
            return await self._run(entry, caller, arguments)

        async def execute() -> Result:
            try:
                return _result(200, await self._run(entry, caller, arguments))
            except Exception as error:  # noqa: BLE001 - the boundary: a failure is a result too, or is tried again
                known = as_bank_error(error)
                return _result(known.status, problem(known))

        content = json.dumps([entry.name, arguments], sort_keys=True, separators=(",", ":")).encode()
        result, _ = await self.idempotency.once(Keyed("mcp", caller.user_id, key, content), execute)
        body = json.loads(result.body)
        if result.status >= 400:
            raise refusal(body)
        return body

    async def _count(self, entry: Entry, caller: Caller, arguments: dict[str, Any], key: str) -> None:
        """The same payment, mandate or key is counted once, however often it is sent again."""
        if entry.finishes:
            return
        own = _own_id(arguments, key)
        member = f"{entry.name}:{own}" if own else ""
        verdict = await self.limiter.hit(f"tools:{caller.user_id}", self.rates, member)
        if verdict is not None and not verdict.allowed:
            raise refusal_of(verdict)

    async def _run(self, entry: Entry, caller: Caller, arguments: dict[str, Any]) -> dict[str, Any]:
        if entry.finishes:
            return await entry.call(caller, arguments)
        with self.places.place(caller.user_id):
            return await entry.call(caller, arguments)


def _own_id(arguments: dict[str, Any], key: str) -> str:
    own = next((arguments[name] for name in _OWN_IDS if arguments.get(name)), key)
    return own if isinstance(own, str) else ""


def _result(status: int, body: dict[str, Any]) -> Result:
    return Result(status, "application/json", json.dumps(body).encode())
