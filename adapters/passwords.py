"""Passwords: argon2id (RFC 9106), checked off the event loop and as slowly for a user who does not exist."""

from __future__ import annotations

import asyncio
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_LONGEST = 256


class Passwords:
    """Hashes and verifies. Costs follow argon2-cffi's defaults (RFC 9106, low memory)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    async def hash(self, password: str) -> str:
        """The encoded hash to store."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether `password` fits; with no stored hash it does the same work and says no."""
        if len(password) > _LONGEST:
            return False
        fits = await asyncio.to_thread(self._fits, stored, password)
        return fits and stored is not None

    def _fits(self, stored: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(24))
