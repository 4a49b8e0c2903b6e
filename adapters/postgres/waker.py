"""How a relay sleeps until somebody writes to the outbox (see `wake_relay` in 0001_guards.sql)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg

from domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_CONNECT_S: Final = 3
_SETTLE_MS: Final = 500
_LEAD: Final = "SELECT pg_try_advisory_lock(hashtext('countersign.relay.leads'))"
_DOZE: Final = "SELECT pg_advisory_lock(hashtext('countersign.relay.asleep'))"
_WAKE: Final = "SELECT pg_advisory_unlock(hashtext('countersign.relay.asleep'))"


class Waker:
    """One relay's sleep. Only the first of several relays is woken; the others look by themselves now and then."""

    def __init__(self, connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
        self._connection = connection
        self._leading = False

    @asynccontextmanager
    async def dozing(self) -> AsyncGenerator[None]:
        """From here on whoever writes will wake us, and whoever did not is visible already.

        Where that cannot be had (another relay leads, or a writer takes long), nobody will: then `wait` runs out.
        """
        dozes = await self._leads() and await self._doze()
        try:
            yield
        finally:
            if dozes:
                await self._connection.execute(_WAKE)

    async def wait(self, at_most_s: float) -> None:
        """Until woken, or until the time is over."""
        async for _ in self._connection.notifies(timeout=at_most_s, stop_after=1):
            pass

    async def _leads(self) -> bool:
        if not self._leading:  # session locks count up: taken once
            row = await (await self._connection.execute(_LEAD)).fetchone()
            self._leading = row is not None and bool(row[0])
        return self._leading

    async def _doze(self) -> bool:
        try:
            await self._connection.execute(_DOZE)
        except psycopg.errors.LockNotAvailable:
            return False
        return True


@asynccontextmanager
async def waker(url: str) -> AsyncGenerator[Waker]:
    """A waker on a connection of its own. Raises UnavailableError when it cannot be made or is lost."""
    try:
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=_CONNECT_S, options=f"-c lock_timeout={_SETTLE_MS}"
        )
        async with connection:
            await connection.execute("LISTEN outbox")
            yield Waker(connection)
    except psycopg.OperationalError as error:
        raise UnavailableError(f"postgres: {type(error).__name__}") from error
