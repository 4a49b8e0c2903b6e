"""One key, one execution: against the real store, and the same against the fake that other tests use."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import pytest

from adapters.edge.idempotency import Idempotency, Keyed, Keys, canonical, derived_id, first_seen_ms, key_in, own_id
from adapters.postgres.idempotency import PgIdempotency, Result
from domain.errors import (
    BankError,
    IdempotencyConflictError,
    IdempotencyInProgressError,
    IdempotencyKeyInvalidError,
    by_code,
)
from tests.fakes.keys import FakeKeys

if TYPE_CHECKING:
    import psycopg

    from adapters.postgres.pool import Pool

OK = Result(200, "application/json", b'{"paid": 1}')
ASKED = Keyed("api", "u1", "8e03978e-40d5-43dd-bc93-6894a57f9324", b"POST\n/pay?\n{}")


class Made(Protocol):
    def __call__(self, *, kept_s: float = 60, lease_s: float = 30) -> Keys: ...


@pytest.fixture(params=["fake", pytest.param("postgres", marks=pytest.mark.servers)])
def made(request: pytest.FixtureRequest) -> Made:
    if request.param == "fake":
        return lambda *, kept_s=60, lease_s=30: FakeKeys(kept_s=kept_s, lease_s=lease_s)
    pool: Pool = request.getfixturevalue("api_pool")
    return lambda *, kept_s=60, lease_s=30: PgIdempotency(pool, kept_s=kept_s, lease_s=lease_s)


class Till:
    """Counts what was really done, and with which ids."""

    def __init__(self, result: Result = OK, takes_s: float = 0.05) -> None:
        self.ids: list[str] = []
        self.result = result
        self.takes_s = takes_s

    async def __call__(self) -> Result:
        self.ids.append(own_id())
        await asyncio.sleep(self.takes_s)
        return self.result


def other(content: bytes = b"other", **changes: str) -> Keyed:
    return Keyed(changes.get("edge", "api"), changes.get("user_id", "u1"), changes.get("key", ASKED.key), content)


async def test_of_fifty_at_once_one_executes_and_all_get_its_result(made: Made) -> None:
    till, keys = Till(), made()
    desks = [Idempotency(keys, wait_s=20) for _ in range(5)]  # as many processes
    results = await asyncio.gather(*(desks[n % 5].once(ASKED, till) for n in range(50)))
    assert len(till.ids) == 1
    assert {result for result, _ in results} == {OK}
    assert sorted(again for _, again in results) == [False] + [True] * 49


async def test_other_content_is_refused_however_the_first_ended(made: Made) -> None:
    desk = Idempotency(made(), wait_s=1)
    for result in (OK, Result(503, "", b"")):
        asked = other(b"first", key=f"key-{result.status}")
        await desk.once(asked, Till(result))
        with pytest.raises(IdempotencyConflictError) as refused:
            await desk.once(other(key=asked.key), Till())
        assert (refused.value.code, refused.value.status) == ("idempotency_conflict", 422)
    assert by_code("idempotency_conflict").status == 409  # of a payment's own id, as ever


@pytest.mark.parametrize("change", [{"edge": "mcp"}, {"user_id": "u2"}, {"key": "another"}])
async def test_keys_of_others_are_other_keys(made: Made, change: dict[str, str]) -> None:
    till, desk = Till(), Idempotency(made(), wait_s=1)
    await desk.once(ASKED, till)
    await desk.once(other(ASKED.content, **change), till)
    assert len(set(till.ids)) == 2


async def test_whoever_waits_too_long_is_told_to_come_back(made: Made) -> None:
    desk, begun, end = Idempotency(made(), wait_s=0), asyncio.Event(), asyncio.Event()

    async def slow() -> Result:
        begun.set()
        await end.wait()
        return OK

    first = asyncio.create_task(desk.once(ASKED, slow))
    await begun.wait()
    with pytest.raises(IdempotencyInProgressError) as refused:
        await desk.once(ASKED, slow)
    assert (refused.value.status, refused.value.retry_after_s) == (409, 1)
    end.set()
    assert await first == (OK, False)
    assert await desk.once(ASKED, slow) == (OK, True)


async def test_a_server_that_dies_between_execution_and_result_leaves_the_same_ids(made: Made) -> None:
    keys, till = made(lease_s=0.1), Till(takes_s=0)
    hash_, digest = ASKED.key_hash(), ASKED.digest()
    dead = await keys.claim(hash_, digest, "dead")
    await asyncio.sleep(0.2)
    await Idempotency(keys, wait_s=5).once(ASKED, till)
    await keys.settle(hash_, "dead", Result(200, "", b"too late"))
    again = await keys.claim(hash_, digest, "x")
    assert (again.result, again.first_ms) == (OK, dead.first_ms)
    assert till.ids[0].startswith(f"{dead.first_ms:012x}"[:8])


@pytest.mark.parametrize(
    "result",
    [
        Result(503, "application/json", b"{}"),
        Result(500, "application/json", b"{}"),
        Result(401, "application/json", b"{}"),
        Result(429, "application/json", b"{}"),
        Result(200, "application/json", b'{"access_token": "x"}'),
        Result(200, "application/json", b'{"participantToken" : "x"}'),
        Result(200, "application/json", b'{"otpauth_url": "x"}'),
        Result(200, "application/json", b"x" * 70_000),
    ],
)
async def test_what_passes_or_is_secret_is_not_kept_and_is_made_again_with_the_same_ids(
    made: Made, result: Result
) -> None:
    till, desk = Till(result, 0), Idempotency(made(), wait_s=5)
    for _ in range(2):
        assert await desk.once(ASKED, till) == (result, False)
    assert len(till.ids) == 2
    assert len(set(till.ids)) == 1


async def test_a_failure_lets_the_next_one_in(made: Made) -> None:
    desk = Idempotency(made(), wait_s=0)

    async def fails() -> Result:
        raise BankError

    with pytest.raises(BankError):
        await desk.once(ASKED, fails)
    assert await desk.once(ASKED, Till()) == (OK, False)


async def test_keys_are_forgotten_when_their_time_is_over(made: Made) -> None:
    keys, till = made(kept_s=0.1), Till(takes_s=0)
    desk = Idempotency(keys, wait_s=5)
    await desk.once(ASKED, till)
    assert await keys.purge() == 0
    await asyncio.sleep(0.2)
    assert await desk.once(other(), till) == (OK, False)  # as if it had never been
    await asyncio.sleep(0.2)
    assert await keys.purge() == 1
    assert len(set(till.ids)) == 2


@pytest.mark.servers
async def test_the_store_holds_neither_key_nor_code(api_pool: Pool, owner: psycopg.Connection) -> None:
    desk = Idempotency(PgIdempotency(api_pool, kept_s=60, lease_s=30), wait_s=1)
    content = b'{"data":{"otp_code":"424242"}}'
    await desk.once(other(content), Till())
    row = str(owner.execute("SELECT * FROM idempotency_keys").fetchall())
    assert ASKED.key not in row
    assert "424242" not in row
    assert other(content).digest() != other(content, key="another").digest()


def test_without_a_key_every_id_is_new() -> None:
    assert own_id() != own_id()
    assert (derived_id("room"), first_seen_ms()) == ("", 0)


@pytest.mark.parametrize(
    ("lines", "key"),
    [([], ""), (["abc"], "abc"), ([' "abc" '], "abc"), (["a" * 255], "a" * 255)],
)
def test_a_key_is_read_quoted_or_bare(lines: list[str], key: str) -> None:
    assert key_in(lines) == key


@pytest.mark.parametrize("lines", [[""], ['""'], ["a b"], ["a" * 256], ["a", "b"], ["é"], ["a\x00"]])
def test_what_is_no_key_is_refused(lines: list[str]) -> None:
    with pytest.raises(IdempotencyKeyInvalidError):
        key_in(lines)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (b'{"a": 1, "b": 2}', b'{"b":2,"a":1}', True),
        (b'{"a": 1.10}', b'{"a": 1.1}', False),
        (b'{"a": 1}', b'{"a": 2}', False),
        (b'{"a": 1}', b'{"a": true}', False),
        (b"", b" ", True),
        (b"{", b"{ ", False),
    ],
)
def test_the_same_content_in_other_writing_is_the_same(one: bytes, two: bytes, same: bool) -> None:
    assert (canonical(one) == canonical(two)) is same
