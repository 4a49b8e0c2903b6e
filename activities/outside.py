"""Asking tools of other servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from temporalio import activity

from activities.refusals import refusals
from domain.outside import OutsideCall


class OutsideTools(Protocol):
    """Other MCP servers, as configured."""

    async def ask(self, call: OutsideCall) -> str:
        """The sentence to say. Raises ToolNotAllowedError where this state may not ask it."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """Activities over other servers' tools."""

    tools: OutsideTools

    @activity.defn(name="ask_outside")
    async def ask(self, call: OutsideCall) -> str:
        """What the tool says, fit to be said."""
        with refusals():
            said = await self.tools.ask(call)
        activity.logger.info("outside tool asked", extra={"tool": call.name})
        return said
