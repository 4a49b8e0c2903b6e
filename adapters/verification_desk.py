"""Where tools learn whether it is known who asks, and have it checked where it is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from domain.errors import VerificationOpenError
from domain.verification import VerificationBegun, VerificationRequest


class VerificationDoor(Protocol):
    """Verifications' workflows, as the desk reaches them."""

    async def begin(self, request: VerificationRequest) -> VerificationBegun:
        """Start, or find the one already started under this id."""
        ...


class VerificationRows(Protocol):
    """Verifications at rest, as far as the tools may know of them."""

    async def is_verified(self, user_id: str, session_id: str, purpose: str) -> bool:
        """Whether what this session's sign-in has shown counts now."""
        ...

    async def open_of(self, user_id: str, session_id: str, purpose: str) -> str:
        """The id of the one that this session's customer is being asked for; empty where none is."""
        ...


@dataclass(frozen=True, slots=True)
class VerificationDesk:
    """Postgres knows who is verified; a workflow does the asking."""

    rows: VerificationRows
    door: VerificationDoor

    async def is_verified(self, user_id: str, session_id: str, purpose: str) -> bool:
        """Whether this may be told in this session now."""
        return await self.rows.is_verified(user_id, session_id, purpose)

    async def begin(self, request: VerificationRequest) -> VerificationBegun:
        """Ask, or find what is asked already: under this id, or under another in the same session."""
        try:
            return await self.door.begin(request)
        except VerificationOpenError:
            open_id = await self.rows.open_of(request.user_id, request.session_id, request.purpose)
            if not open_id:
                raise
            return await self.door.begin(replace(request, verification_id=open_id))
