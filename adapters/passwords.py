"""Passwords: argon2id (RFC 9106), checked off the event loop and as slowly for a user who does not exist."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import RateLimitedError

_LONGEST: Final = 256
_NICE: Final = 10  # whoever speaks on the same machine comes first


def hasher() -> PasswordHasher:
    """Argon2id with OWASP's costs: 19 MiB, two passes, one lane. Hashes made with others still verify."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Passwords:
    """Hashes and verifies in `threads` threads of low priority; at most `waiting` callers wait for one of them."""

    def __init__(self, using: PasswordHasher | None = None, *, threads: int = 2, waiting: int = 100) -> None:
        self._hasher = using or hasher()
        self._most = threads + waiting
        self._inside = 0
        self._threads = ThreadPoolExecutor(threads, "password", _step_back)

    async def hash(self, password: str) -> str:
        """The encoded hash to store."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether `password` fits; with no stored hash it does the same work and says no.

        Raises RateLimitedError where too many wait already.
        """
        if len(password) > _LONGEST:
            return False
        if self._inside >= self._most:
            raise RateLimitedError("too many people are signing in", retry_after_s=2)
        self._inside += 1
        try:
            loop = asyncio.get_running_loop()
            fits = await loop.run_in_executor(self._threads, self._fits, stored, password)
        finally:
            self._inside -= 1
        return fits and stored is not None

    def warm_up(self) -> None:
        """Make the hash of nobody, so that the first unknown name takes no longer than the rest."""
        _ = self._nobody

    def close(self) -> None:
        """End the threads once they are done."""
        self._threads.shutdown(wait=False)

    def _fits(self, stored: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(24))


def _step_back() -> None:
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
