"""Delivers what alerts, orders and the bank itself have to say: as an event, in open conversations, by message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

import structlog

from activities.alerts import deliver_at
from activities.ports import Message
from adapters.cancelled import heed_cancellation
from adapters.postgres.alerts import PgAlerts
from domain import alert_words, reversals
from domain.alerts import AlertNews
from domain.errors import DeliveryFailedError, SessionNotFoundError, UnavailableError

if TYPE_CHECKING:
    from activities.ports import Directory, Messenger
    from adapters.postgres.pool import Pool, Row

_log = structlog.get_logger(__name__)
_MOST: Final = 50


class Conversations(Protocol):
    """Open conversations."""

    async def speak(self, session_id: str, news: AlertNews) -> None:
        """Raises SessionNotFoundError, UnavailableError."""
        ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AlertPost:
    """Any number may run: an event goes out in the transaction that says so, a message is lent to one at a time."""

    def __init__(  # noqa: PLR0913, PLR0917 - four collaborators, and what they do not know
        self,
        pool: Pool,
        directory: Directory,
        messenger: Messenger,
        conversations: Conversations,
        usual_way: str = "sms",
        poll_s: float = 1.0,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._pool = pool
        self._choices = PgAlerts(pool)
        self._directory = directory
        self._messenger = messenger
        self._conversations = conversations
        self._usual_way = usual_way
        self._poll_s = poll_s
        self._clock = clock

    async def run(self) -> NoReturn:
        """Until cancelled. Survives the loss of Postgres, of the carrier and of the mail server."""
        while True:
            heed_cancellation()
            try:
                await self.word()
                await self.release()
                await self.deliver()
            except UnavailableError as error:
                _log.info("alerts wait", code=error.code)
            await asyncio.sleep(self._poll_s)

    async def word(self) -> None:
        """Say in words what the database alone knows of, that a payment went back, and when it may be told."""
        rows = await self._pool.rows(
            "SELECT firing_id, user_id, detail FROM alert_firings WHERE said = '' ORDER BY firing_id LIMIT %s", _MOST
        )
        for row in rows:
            now = self._clock()
            at = deliver_at(await self._choices.choices(row["user_id"]), now)
            said = reversals.told(**row["detail"])
            await self._pool.row("SELECT word_firing(%s, %s, %s, %s)", row["firing_id"], said, at, at > now)

    async def release(self) -> int:
        """Let out what is due: each by itself, but what quiet hours kept back of one customer's as one; how many."""
        rows = await self._pool.rows(
            """SELECT firing_id, user_id, said, kept_back FROM alert_firings
               WHERE released_at IS NULL AND deliver_at <= %s ORDER BY user_id, kept_back DESC, firing_id LIMIT %s""",
            self._clock(),
            _MOST,
        )
        groups = groupby(rows, key=lambda row: (row["user_id"], 0 if row["kept_back"] else row["firing_id"]))
        return sum([await self._out(list(group)) for _, group in groups])

    async def _out(self, rows: list[Row]) -> int:
        firings = tuple(int(row["firing_id"]) for row in rows)
        text = alert_words.summary([row["said"] for row in rows])
        released = await self._pool.row(
            "SELECT release_firings(%s, %s, %s) AS ours", list(firings), text, self._usual_way
        )
        if released is None or not released["ours"]:
            return 0
        for row in await self._pool.rows("SELECT open_conversations(%s) AS session_id", rows[0]["user_id"]):
            await self._speak(row["session_id"], AlertNews(text, firings))
        return len(firings)

    async def _speak(self, session_id: str, news: AlertNews) -> None:
        """Where nobody hears it, the next conversation begins with it."""
        try:
            await self._conversations.speak(session_id, news)
        except (SessionNotFoundError, UnavailableError) as error:
            _log.info("an alert is told later", session_id=session_id, code=error.code)

    async def deliver(self) -> int:
        """Hand in the messages that wait; how many were taken."""
        told = 0
        for row in await self._pool.rows("SELECT * FROM take_alert_messages(%s) ORDER BY message_id", _MOST):
            try:
                await self._send(row)
            except (UnavailableError, DeliveryFailedError) as error:
                _log.info("an alert's message waits", code=error.code)
                continue
            await self._pool.row("SELECT note_alert_message(%s)", row["message_id"])
            told += 1
        return told

    async def _send(self, row: Row) -> None:
        customer = replace(await self._directory.customer(row["user_id"]), code_channel=row["channel"])
        message = Message(alert_words.SUBJECT, row["said"])
        await self._messenger.send(customer, message, f"alert-{row['message_id']}")
