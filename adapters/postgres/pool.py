"""A pool of connections whose failures are the bank's own errors."""

from __future__ import annotations

from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final, LiteralString

import psycopg
from opentelemetry.trace import SpanKind
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from adapters.traces import TRACER, traced
from domain.errors import InvalidRequestError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractContextManager

Row = dict[str, Any]
_Connection = psycopg.AsyncConnection[Row]
_CONNECT_S: Final = 3
_WAIT_S: Final = 4.0
_STATEMENT_MS: Final = 5000


class Pool:
    """Every statement is its own transaction. All methods raise UnavailableError where Postgres cannot be reached."""

    def __init__(self, pool: AsyncConnectionPool[_Connection], url: str) -> None:
        self._pool = pool
        self.url = url

    async def rows(self, statement: LiteralString, *values: object) -> list[Row]:
        """All rows of one statement."""
        with _span(statement):
            async with self._connection() as connection:
                return await (await connection.execute(statement, values)).fetchall()

    async def row(self, statement: LiteralString, *values: object) -> Row | None:
        """The first row of one statement."""
        with _span(statement):
            async with self._connection() as connection:
                return await (await connection.execute(statement, values)).fetchone()

    async def run(self, statement: LiteralString, *values: object) -> int:
        """Run a statement that returns no rows; how many it touched."""
        with _span(statement):
            async with self._connection() as connection:
                return (await connection.execute(statement, values)).rowcount

    async def close(self) -> None:
        """Give all connections back to the server."""
        await self._pool.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[_Connection]:
        try:
            async with self._pool.connection() as connection:
                yield connection
        except psycopg.DataError as error:  # a NUL, a number out of range: no second try would help
            raise InvalidRequestError(f"postgres: {type(error).__name__}") from error
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed) as error:
            if isinstance(error, psycopg.OperationalError):
                await (
                    self._pool.check()
                )  # after a restart of the server all idle connections are dead: one error, not ten
            raise UnavailableError(f"postgres: {type(error).__name__}") from error


async def open_pool(url: str, min_size: int = 1, max_size: int = 8, wait_s: float = _WAIT_S) -> Pool:
    """A pool on `url`. It opens even while the server is down, and finds it when it comes; `wait_s` for a free one."""
    pool = AsyncConnectionPool[_Connection](
        url,
        min_size=min_size,
        max_size=max_size,
        timeout=wait_s,
        open=False,
        kwargs={"autocommit": True, "connect_timeout": _CONNECT_S, "row_factory": dict_row, "options": _options()},
    )
    await pool.open(wait=False)
    return Pool(pool, url)


def _span(statement: LiteralString) -> AbstractContextManager[object]:
    """The statement as it stands in the source: its values are no part of it."""
    if not traced():
        return nullcontext()
    about = {"db.system.name": "postgresql", "db.query.text": " ".join(statement.split())}
    return TRACER.start_as_current_span("postgres", kind=SpanKind.CLIENT, attributes=about, record_exception=False)


def _options() -> str:
    return f"-c statement_timeout={_STATEMENT_MS} -c jit=off"
