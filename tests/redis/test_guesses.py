"""Guesses slowed down: the same in memory and in a real Redis, and without one."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from adapters.redis.guesses import RedisCounters
from adapters.throttle import Counters, GuessThrottle, Limits, LocalCounters, ThrottledError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from runtime.local.stack import Stack

pytestmark = pytest.mark.servers
LIMITS = Limits((3, 6), 900, first_s=100)


@pytest.fixture(params=["local", "redis"])
async def counters(request: pytest.FixtureRequest) -> AsyncIterator[Counters]:
    if request.param == "local":
        yield LocalCounters(LIMITS)
        return
    opened = RedisCounters(request.getfixturevalue("redis_url"), LIMITS)
    yield opened
    await opened.close()


def keys() -> tuple[str, str]:
    return f"pair:{uuid4()}", f"from:{uuid4()}"


async def waits(counters: Counters, pair: str, address: str, times: int) -> list[int]:
    return [(await counters.admit((pair, address))).wait_s for _ in range(times)]


async def test_the_first_tries_are_free_and_then_one_waits(counters: Counters) -> None:
    pair, address = keys()
    assert await waits(counters, pair, address, 4) == [0, 0, 0, 0]  # the fourth sets the delay
    refused = [await counters.admit((pair, address)) for _ in range(3)]
    assert [each.wait_s for each in refused] == [100, 100, 100]
    assert [each.news for each in refused] == [True, False, False]


async def test_many_at_once_gain_nothing(counters: Counters) -> None:
    pair, address = keys()
    found = await asyncio.gather(*(counters.admit((pair, address)) for _ in range(50)))
    assert sum(each.wait_s == 0 for each in found) == 4


async def test_another_address_is_not_held_up(counters: Counters) -> None:
    pair, address = keys()
    await waits(counters, pair, address, 6)
    assert await waits(counters, *keys(), 1) == [0]


async def test_one_address_with_ever_new_names_is(counters: Counters) -> None:
    _, address = keys()
    found = [(await counters.admit((keys()[0], address))).wait_s for _ in range(9)]
    assert found[:7] == [0] * 7
    assert all(found[7:])


async def test_a_right_password_forgets_its_own_tries_and_not_the_addresss(counters: Counters) -> None:
    pair, address = keys()
    for _ in range(20):
        assert await waits(counters, pair, address, 1) == [0]
        await counters.forgive((pair, address))
    for _ in range(6):
        await counters.admit((keys()[0], address))
    assert await waits(counters, pair, address, 1) == [0]  # sets the address's delay, and takes it back
    await counters.forgive((pair, address))
    assert await waits(counters, pair, address, 2) == [0, 100]


def test_the_delay_doubles_up_to_a_limit() -> None:
    assert [Limits((), 900).delay_s(over) for over in (-1, 0, 1, 2, 3, 10, 11, 400)] == [0, 0, 1, 2, 4, 512, 900, 900]


async def test_a_delay_ends_and_the_next_is_longer_and_in_the_end_all_is_forgotten() -> None:
    now = [0.0]
    counters = LocalCounters(Limits((3, 6), 900), lambda: now[0])
    await waits(counters, "p", "a", 4)
    for expected in (1, 2):
        assert await waits(counters, "p", "a", 1) == [expected]
        now[0] += expected
        assert await waits(counters, "p", "a", 1) == [0]
    now[0] += 2000
    assert await waits(counters, "p", "a", 4) == [0] * 4


async def refused(throttle: GuessThrottle, name: str, address: str, times: int) -> int:
    count = 0
    for _ in range(times):
        try:
            await throttle.admit(name, address)
        except ThrottledError:
            count += 1
    return count


def nobody() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{closed.getsockname()[1]}/0"


async def test_without_redis_guesses_are_still_counted() -> None:
    away = RedisCounters(nobody(), LIMITS)
    throttle = GuessThrottle(away, LocalCounters(LIMITS))
    assert await refused(throttle, "maya", "10.0.0.1", 10) == 6
    assert await refused(throttle, "maya", "10.0.0.2", 1) == 0
    await away.close()


async def test_two_processes_count_together(redis_url: str) -> None:
    name, shared = str(uuid4()), [RedisCounters(redis_url, LIMITS) for _ in range(2)]
    one, other = (GuessThrottle(each, LocalCounters(LIMITS)) for each in shared)
    where = str(uuid4())
    assert await refused(one, name, where, 4) == 0
    assert await refused(other, name.upper(), where, 1) == 1
    for each in shared:
        await each.close()


async def test_a_redis_that_dies_forgives_nobody(mortal: Stack) -> None:
    shared = RedisCounters(mortal.env["COUNTERSIGN_REDIS_URL"], LIMITS)
    throttle = GuessThrottle(shared, LocalCounters(LIMITS))
    assert await refused(throttle, "maya", "10.0.0.1", 4) == 0
    mortal.kill("redis")
    assert await refused(throttle, "maya", "10.0.0.1", 5) == 5
    await throttle.admit("omar", "10.0.0.2")
    await throttle.forgive("omar", "10.0.0.2")
    await shared.close()


async def test_neighbours_of_one_ipv6_network_are_one() -> None:
    away = RedisCounters(nobody(), LIMITS)
    throttle = GuessThrottle(away, LocalCounters(LIMITS))
    assert sum([await refused(throttle, "maya", f"2001:db8:1:2::{n:x}", 1) for n in range(6)]) == 2
    assert await refused(throttle, "maya", "2001:db8:1:3::1", 1) == 0
    await away.close()


async def test_names_and_addresses_are_not_kept(redis_url: str) -> None:
    shared = RedisCounters(redis_url, LIMITS)
    await GuessThrottle(shared, LocalCounters(LIMITS)).admit("canary-name", "203.0.113.77")
    found = [key async for key in shared._redis.scan_iter("countersign:guess:*")]  # noqa: SLF001 - looks behind
    assert found
    assert not any("canary" in key or "203.0" in key for key in found)
    assert all([0 < await shared._redis.ttl(key) <= 1900 for key in found])  # noqa: SLF001
    await shared.close()
