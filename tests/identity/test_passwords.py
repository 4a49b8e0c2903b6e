from __future__ import annotations

import asyncio
import threading
import time

import pytest
from argon2 import PasswordHasher

from adapters.passwords import Passwords, hasher
from domain.errors import RateLimitedError

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize(
    ("given", "fits"), [("right", True), ("wrong", False), ("", False), ("right ", False), ("r" * 5000, False)]
)
async def test_only_the_right_password_fits(given: str, fits: bool) -> None:
    passwords = Passwords(CHEAP)
    assert await passwords.verify(await passwords.hash("right"), given) is fits


@pytest.mark.parametrize("stored", [None, "", "no hash"])
async def test_nobody_signs_in_without_a_hash(stored: str | None) -> None:
    assert not await Passwords(CHEAP).verify(stored, "right")


class Counting(PasswordHasher):
    """Counts what is worked on, and how many at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.done = self.inside = self.most = 0
        self.lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - the library's name
        with self.lock:
            self.done += 1
            self.inside += 1
            self.most = max(self.most, self.inside)
        time.sleep(0.01)
        try:
            return super().verify(hash, password)
        finally:
            with self.lock:
                self.inside -= 1


async def test_a_name_that_nobody_has_costs_as_much_work() -> None:
    counting = Counting()
    passwords = Passwords(counting)
    stored = await passwords.hash("right")
    for known in (stored, None):
        before = counting.done
        assert not await passwords.verify(known, "wrong")
        assert counting.done == before + 1


async def test_no_more_are_worked_on_than_there_are_threads_and_the_rest_is_told_to_come_back() -> None:
    counting = Counting()
    passwords = Passwords(counting, threads=2, waiting=3)
    stored = await passwords.hash("right")
    tried = await asyncio.gather(*(passwords.verify(stored, "right") for _ in range(8)), return_exceptions=True)
    assert tried.count(True) == 5
    assert sum(isinstance(each, RateLimitedError) for each in tried) == 3
    assert counting.most == 2
    assert await passwords.verify(stored, "right")


async def test_hashes_made_at_other_costs_still_verify() -> None:
    stored = PasswordHasher().hash("right")
    assert await Passwords().verify(stored, "right")
    assert hasher().check_needs_rehash(stored)
