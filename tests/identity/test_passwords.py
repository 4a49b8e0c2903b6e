from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from adapters.passwords import Passwords

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
