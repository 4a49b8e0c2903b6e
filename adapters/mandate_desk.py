"""Where customers set up, see and revoke their standing mandates, from any channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import structlog

from domain.errors import BankError, IdempotencyConflictError, MandateNotFoundError
from domain.ids import is_safe_id
from domain.mandates import MandateBegun, MandateRequest, MandateShown

_log = structlog.get_logger(__name__)


class MandateDoor(Protocol):
    """Mandates' workflows, as the desk reaches them."""

    async def begin(self, request: MandateRequest) -> MandateBegun:
        """Start, or find the one already started under this id."""
        ...

    async def revoked(self, mandate_id: str) -> None:
        """Tell it that it need not wait any longer."""
        ...


class MandateRows(Protocol):
    """Mandates at rest, as far as their customer may see and end them."""

    async def of(self, user_id: str) -> list[MandateShown]:
        """The user's, newest first."""
        ...

    async def get(self, mandate_id: str, user_id: str) -> MandateShown:
        """Raises MandateNotFoundError, also where it is another's."""
        ...

    async def revoke(self, mandate_id: str, user_id: str) -> None:
        """At once. Raises MandateNotFoundError or MandateClosedError."""
        ...

    async def unheard(self, older_than_s: float) -> list[str]:
        """Revoked ones whose workflow does not know of it."""
        ...


@dataclass(frozen=True, slots=True)
class MandateDesk:
    """Postgres decides, at once; the workflow is told afterwards, and again where it was not reached."""

    rows: MandateRows
    door: MandateDoor

    async def create(self, request: MandateRequest) -> MandateBegun:
        """Start one; it then waits for its countersigns. A repeat is one. Raises the refusal of its screening."""
        try:
            return await self.door.begin(request)
        except IdempotencyConflictError:
            await self.rows.get(request.mandate_id, request.user_id)  # of somebody else's nothing is told
            raise

    async def of(self, user_id: str) -> list[MandateShown]:
        """The user's, those that stand first."""
        return await self.rows.of(user_id)

    async def get(self, mandate_id: str, user_id: str) -> MandateShown:
        """One of the user's own. Raises MandateNotFoundError."""
        if not is_safe_id(mandate_id):
            raise MandateNotFoundError
        return await self.rows.get(mandate_id, user_id)

    async def revoke(self, mandate_id: str, user_id: str) -> MandateShown:
        """From now on it covers nothing. Raises MandateNotFoundError, MandateClosedError."""
        if not is_safe_id(mandate_id):
            raise MandateNotFoundError
        await self.rows.revoke(mandate_id, user_id)
        await self._tell(mandate_id)
        return await self.rows.get(mandate_id, user_id)

    async def tell_again(self, older_than_s: float) -> None:
        """Workflows that were not reached when their mandate was revoked."""
        for mandate_id in await self.rows.unheard(older_than_s):
            await self._tell(mandate_id)

    async def _tell(self, mandate_id: str) -> None:
        try:
            await self.door.revoked(mandate_id)
        except BankError as error:
            _log.info("a revoked mandate's workflow was not reached", mandate_id=mandate_id, code=error.code)
