"""Outbox to reader: dense, in order, each event once, whatever happens to Redis."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from adapters.postgres.announcer import PgAnnouncer
from adapters.postgres.outbox import PgOutbox
from adapters.redis.feed import EventFeed
from adapters.redis.stream import STREAM, EventStream, connect
from adapters.relay import Relay
from domain.errors import UnavailableError
from domain.events import Event, EventKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import psycopg

    from adapters.postgres.pool import Pool
    from runtime.local.stack import Stack

pytestmark = pytest.mark.servers

POLL_S = 0.05
PATIENCE_S = 60


@asynccontextmanager
async def relaying(pool: Pool, url: str, poll_s: float = POLL_S) -> AsyncIterator[None]:
    stream = EventStream(url)
    task = asyncio.create_task(Relay(PgOutbox(pool), stream, poll_s).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await stream.close()


async def read(feed: EventFeed, count: int, after: int = 0, session_id: str | None = None) -> list[Event]:
    found: list[Event] = []
    events = feed.follow(after, session_id=session_id)
    async with asyncio.timeout(PATIENCE_S):
        async for event in events:
            found.append(event)
            if len(found) == count:
                break
    await events.aclose()
    return found


async def speak(pool: Pool, first: int, last: int, session: str = "s1") -> None:
    for n in range(first, last + 1):
        await PgAnnouncer(pool).say(session, "u1", f"k{n}", {"n": n})


async def until_last(stream: EventStream, seq: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        last = 0
        while last != seq:
            await asyncio.sleep(POLL_S)
            last = await stream.last_seq()


def event(seq: int) -> Event:
    return Event(seq, EventKind.ASSISTANT_SPOKE, "u1", "s1", "s1", "2026-11-21T10:00:00+00:00", {"n": seq})


@pytest.fixture
async def clean_url(redis_url: str) -> AsyncIterator[str]:
    client = connect(redis_url)
    await client.delete(STREAM)
    yield redis_url
    await client.aclose()


async def never(_after: int) -> list[Event]:
    return []


async def test_publishing_again_changes_nothing(clean_url: str) -> None:
    stream, feed = EventStream(clean_url), EventFeed(clean_url, never, POLL_S, POLL_S)
    assert await stream.last_seq() == 0
    await stream.publish([event(n) for n in range(1, 6)])
    await stream.publish([event(n) for n in range(3, 9)])
    assert await stream.last_seq() == 8
    assert await read(feed, 8) == [event(n) for n in range(1, 9)]
    await feed.close()
    await stream.close()


async def test_what_redis_lacks_is_fetched(clean_url: str) -> None:
    asked: list[int] = []

    async def pages(after: int) -> list[Event]:
        asked.append(after)
        return [event(n) for n in range(after + 1, 9)][:2]

    stream, feed = EventStream(clean_url), EventFeed(clean_url, pages, POLL_S, POLL_S)
    await stream.publish([event(n) for n in (6, 7, 8)])
    assert await read(feed, 8) == [event(n) for n in range(1, 9)]
    assert asked == [0, 2, 4]
    await feed.close()
    await stream.close()


async def test_many_writers_one_dense_order(pool: Pool, clean_url: str) -> None:
    feed = EventFeed(clean_url, PgOutbox(pool).after, POLL_S)
    async with relaying(pool, clean_url), relaying(pool, clean_url):
        reader = asyncio.create_task(read(feed, 120))
        await asyncio.gather(*(speak(pool, n, n + 14, f"s{n}") for n in range(1, 121, 15)))
        events = await reader
        assert [e.seq for e in events] == list(range(1, 121))
        assert sorted(e.body["n"] for e in events) == list(range(1, 121))
        mine = [e.body["n"] for e in await read(feed, 15, session_id="s16")]
        assert mine == list(range(16, 31))
        assert [e.seq for e in await read(feed, 20, after=100)] == list(range(101, 121))
    await feed.close()


async def test_a_sleeping_relay_is_woken(pool: Pool, clean_url: str) -> None:
    feed = EventFeed(clean_url, PgOutbox(pool).after)
    async with relaying(pool, clean_url, poll_s=PATIENCE_S * 2):
        for n in range(1, 6):
            await speak(pool, n, n)
            assert [e.seq for e in await read(feed, 1, after=n - 1)] == [n]
    await feed.close()


async def test_nothing_is_lost_or_repeated_over_the_death_of_redis(pool: Pool, mortal: Stack) -> None:
    url = mortal.env["COUNTERSIGN_REDIS_URL"]
    feed = EventFeed(url, PgOutbox(pool).after, POLL_S)
    async with relaying(pool, url):
        reader = asyncio.create_task(read(feed, 60))
        await speak(pool, 1, 20)
        await asyncio.to_thread(mortal.kill, "redis")
        await speak(pool, 21, 40)
        assert [e.seq for e in await read(feed, 40)] == list(range(1, 41))
        await asyncio.to_thread(mortal.restart, "redis")
        await speak(pool, 41, 60)
        events = await reader
    assert [e.seq for e in events] == list(range(1, 61))
    assert [e.body["n"] for e in events] == list(range(1, 61))
    await feed.close()


async def test_redis_is_filled_again(pool: Pool, clean_url: str) -> None:
    stream, client = EventStream(clean_url), connect(clean_url)
    feed = EventFeed(clean_url, never, POLL_S, POLL_S)
    async with relaying(pool, clean_url):
        await speak(pool, 1, 10)
        assert len(await read(feed, 10)) == 10
        await client.flushdb()
        assert [e.seq for e in await read(feed, 10)] == list(range(1, 11))
        await client.flushdb()
        await stream.publish([event(500)])  # left over from another database
        await until_last(stream, 10)
        await speak(pool, 11, 11)
        assert [e.seq for e in await read(feed, 11)] == list(range(1, 12))
    await feed.close()
    await stream.close()
    await client.aclose()


async def test_the_relay_survives_a_lost_connection(pool: Pool, owner: psycopg.Connection, clean_url: str) -> None:
    feed = EventFeed(clean_url, PgOutbox(pool).after, POLL_S)
    async with relaying(pool, clean_url):
        await speak(pool, 1, 3)
        assert len(await read(feed, 3)) == 3
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'countersign_worker'")
        with suppress(UnavailableError):
            await speak(pool, 4, 4)
        await speak(pool, 4, 6)
        assert [e.seq for e in await read(feed, 6)] == list(range(1, 7))
    await feed.close()


async def test_a_redis_that_is_away_is_unavailable() -> None:
    stream = EventStream("redis://127.0.0.1:9/0")
    for call in (stream.publish([event(1)]), stream.last_seq(), stream.clear()):
        with pytest.raises(UnavailableError):
            await call
    await stream.close()


async def test_a_relay_stops_when_it_is_told_to(pool: Pool, clean_url: str) -> None:
    for n in range(40):
        async with asyncio.timeout(PATIENCE_S), relaying(pool, clean_url, poll_s=0.002):
            await asyncio.sleep(n / 1000)
