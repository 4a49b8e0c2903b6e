"""Trying again while the bank's systems come back, and telling the customer so, once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: until the customer is told, between tries, and until it is given up."""

    tell_s: float = 1.5
    pause_s: float = 0.25
    give_up_s: float = 60.0


async def insist(
    attempt: Callable[[], Awaitable[T]], on_slow: Callable[[], None], patience: Patience | None = None
) -> T:
    """The attempt's result. Every try must be one and the same wish. Raises the last UnavailableError at the end."""
    chosen = patience or Patience()
    told = asyncio.get_running_loop().call_later(chosen.tell_s, on_slow)
    try:
        async with asyncio.timeout(chosen.give_up_s):
            return await _until_there(attempt, chosen.pause_s)
    except TimeoutError as error:
        raise UnavailableError("gave up waiting") from error
    finally:
        told.cancel()


async def _until_there(attempt: Callable[[], Awaitable[T]], pause_s: float) -> T:
    while True:
        try:
            return await attempt()
        except UnavailableError:
            await asyncio.sleep(pause_s)
