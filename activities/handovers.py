"""Cases for people: opened once a conversation, and tools that were refused are written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from temporalio import activity

from activities.refusals import refusals
from domain.handovers import HandoverOrder, ToolRefused


class HandoverStore(Protocol):
    """Cases at rest."""

    async def open(self, order: HandoverOrder) -> str:
        """The id of the session's open case: the one that there is, or this one."""
        ...

    async def note_refused(self, refused: ToolRefused) -> None:
        """A line in the audit."""
        ...


@dataclass(frozen=True, slots=True)
class Handovers:
    """Activities over the cases."""

    store: HandoverStore

    @activity.defn(name="open_handover")
    async def open(self, order: HandoverOrder) -> str:
        """Pass the customer on; the case's id. A repeat is one case."""
        with refusals():
            return await self.store.open(order)

    @activity.defn(name="note_tool_refused")
    async def note_refused(self, refused: ToolRefused) -> None:
        """Write down that a conversation asked for a tool that its state does not list."""
        with refusals():
            await self.store.note_refused(refused)
        activity.logger.warning("tool refused", extra={"tool": refused.tool, "session_id": refused.session_id})
