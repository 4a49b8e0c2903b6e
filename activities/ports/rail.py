"""The rail to other banks, and what is known of what it was asked."""

from __future__ import annotations

from typing import Protocol

from domain.payments import PaymentStep
from domain.rail import GivenBack, RailOrder, RailReply


class Rail(Protocol):
    """The other side. One attempt each; whatever is no clear answer is `UNHEARD`, never an error."""

    async def submit(self, order: RailOrder) -> RailReply:
        """Have it paid; under its key it is done once, however often it is asked for."""
        ...

    async def find(self, key: str) -> RailReply | None:
        """What became of it; None: the rail does not know the key."""
        ...

    async def bar(self, key: str) -> RailReply:
        """What became of it; where the rail does not know the key it never will take anything under it."""
        ...


class RailBooks(Protocol):
    """What the rail was asked and what it said, at rest. A repeat changes nothing."""

    async def intend(self, step: PaymentStep) -> RailOrder:
        """Note that the rail is about to be asked, or what is known already.

        Raises the refusal of a payment that must not go out: not countersigned, revoked, removed, closed, stale.
        """
        ...

    async def may_retry(self, key: str) -> bool:
        """Whether it may be handed in once more; counted."""
        ...

    async def note(self, key: str, reply: RailReply) -> RailOrder:
        """Keep what the rail said; what is known afterwards. What cannot be true is a doubt, and changes nothing."""
        ...

    async def give_back(self, key: str) -> GivenBack:
        """Book what came back, once. Raises UnavailableError while it is not posted yet."""
        ...
