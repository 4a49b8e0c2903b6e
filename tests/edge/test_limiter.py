"""Sliding windows: in Redis, in one process, and from one to the other when Redis goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest

from adapters.edge.limiter import Limiter, headers_of, refusal_of
from adapters.edge.local_limiter import LocalLimiter
from adapters.edge.rate_limits import address_of
from adapters.redis.limiter import RedisLimiter
from domain.rates import Rate, Verdict, parse_rates

Hit = Callable[[str, tuple[Rate, ...], str], Awaitable[Verdict]]
NOBODY = "redis://127.0.0.1:9/0"


@pytest.fixture(params=["local", pytest.param("redis", marks=pytest.mark.servers)])
async def hit(request: pytest.FixtureRequest) -> AsyncIterator[Hit]:
    if request.param == "local":
        local = LocalLimiter()

        async def one(subject: str, rates: tuple[Rate, ...], member: str) -> Verdict:
            return local.hit(subject, rates, member)

        yield one
        return
    limiter = RedisLimiter(request.getfixturevalue("redis_url"))
    yield limiter.hit
    await limiter.close()


async def hits(hit: Hit, subject: str, rates: str, count: int) -> list[Verdict]:
    return [await hit(subject, parse_rates(rates), uuid4().hex) for _ in range(count)]


async def test_as_many_as_allowed_and_not_one_more(hit: Hit) -> None:
    me, other = uuid4().hex, uuid4().hex
    found = await hits(hit, me, "3/1m", 5)
    assert [v.allowed for v in found] == [True, True, True, False, False]
    assert [v.remaining for v in found] == [2, 1, 0, 0, 0]
    assert all(1 <= v.reset_s <= 60 for v in found)
    assert (await hits(hit, other, "3/1m", 1))[0].allowed


async def test_all_at_once_are_counted_exactly(hit: Hit) -> None:
    me = uuid4().hex
    found = await asyncio.gather(*(hit(me, parse_rates("60/1m"), str(n)) for n in range(100)))
    assert sum(v.allowed for v in found) == 60


async def test_a_window_slides(hit: Hit) -> None:
    me = uuid4().hex
    assert [v.allowed for v in await hits(hit, me, "2/1s", 3)] == [True, True, False]
    await asyncio.sleep(1.1)
    assert [v.allowed for v in await hits(hit, me, "2/1s", 3)] == [True, True, False]


async def test_the_same_one_again_is_not_counted_again(hit: Hit) -> None:
    me, rates = uuid4().hex, parse_rates("1/1m")
    assert (await hit(me, rates, "p1")).allowed
    assert (await hit(me, rates, "p1")).allowed
    assert not (await hit(me, rates, "p2")).allowed


async def test_of_two_windows_the_tighter_decides_and_a_refusal_counts_in_neither(hit: Hit) -> None:
    me = uuid4().hex
    found = await hits(hit, me, "1/1s,2/1h", 3)
    assert [v.allowed for v in found] == [True, False, False]
    assert found[1].rate == Rate(1, 1)
    await asyncio.sleep(1.1)
    found = await hits(hit, me, "1/1s,2/1h", 1)
    assert found[0].allowed
    await asyncio.sleep(1.1)
    found = await hits(hit, me, "1/1s,2/1h", 1)
    assert (found[0].allowed, found[0].rate) == (False, Rate(2, 3600))
    assert found[0].reset_s > 3000


async def test_without_redis_this_process_counts_alone() -> None:
    limiter = Limiter(NOBODY)
    me = uuid4().hex
    found = [await limiter.hit(me, "3/1m") for _ in range(5)]
    assert [v.allowed for v in found if v] == [True, True, True, False, False]
    assert await limiter.hit(me, "") is None
    await limiter.close()


@pytest.mark.servers
async def test_redis_counts_for_all_processes(redis_url: str) -> None:
    me, limiters = uuid4().hex, [Limiter(redis_url) for _ in range(3)]
    found = [await limiters[n % 3].hit(me, "4/1m", str(n)) for n in range(6)]
    assert [v.allowed for v in found if v] == [True] * 4 + [False] * 2
    await limiters[0].forget(me, "4/1m", "0")
    again = await limiters[1].hit(me, "4/1m", "7")
    assert again is not None
    assert again.allowed
    for limiter in limiters:
        await limiter.close()


def test_a_full_memory_refuses_strangers_until_somebody_is_forgotten() -> None:
    now = 0.0
    local = LocalLimiter(lambda: now, most_subjects=2)
    rates = parse_rates("5/1m")
    assert [local.hit(who, rates, "m").allowed for who in ("a", "b", "c", "a")] == [True, True, False, True]
    now = 61.0
    assert local.hit("c", rates, "m").allowed


def test_what_a_refused_caller_is_told() -> None:
    refused = refusal_of(Verdict(allowed=False, rate=Rate(60, 60), remaining=0, reset_s=42))
    assert (refused.code, refused.status, refused.retry_after_s) == ("rate_limited", 429, 42)
    assert refused.sentence == "That was a bit quick. Please wait 42 seconds."
    told = headers_of(Verdict(allowed=True, rate=Rate(60, 60), remaining=9, reset_s=42), "anonymous")
    assert told == {"RateLimit-Policy": '"anonymous";q=60;w=60', "RateLimit": '"anonymous";r=9;t=42'}
    assert json.dumps(told)


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("127.0.0.1", 5), "127.0.0.1"),
        (("2001:db8:1:2:3:4:5:6", 5), "2001:db8:1:2::"),
        (("::ffff:10.0.0.1", 5), "10.0.0.1"),
        (("unix", 0), "unix"),
        (None, ""),
    ],
)
def test_an_address_is_what_one_household_has(client: tuple[str, int] | None, address: str) -> None:
    assert address_of({"type": "http", "client": client}) == address


@pytest.mark.parametrize("text", ["60", "0/1m", "60/0m", "-1/1m", "60/1y", "60/1m;", "a/1m", "1m"])
def test_a_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        parse_rates(text)


def test_rates_are_read() -> None:
    assert parse_rates("60/1m, 100/15m,5/1h,9/2d,1/1s") == (
        Rate(60, 60),
        Rate(100, 900),
        Rate(5, 3600),
        Rate(9, 172_800),
        Rate(1, 1),
    )
    assert parse_rates("") == ()
