"""Answers that are given again while nothing of the customer's has changed.

An event of a posting reaches its readers some time after the commit, and names the payer alone; who invalidates by it
tells an old balance in between. So an answer is kept with the customer's revision, which every transaction that touches
an account of theirs raises (0012_inquiries.sql), and is given again only while the revision is still that one. The
revision is read before the answer is: what was read beside a posting may be newer than its revision says, never older.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Protocol

from opentelemetry import metrics
from pydantic import BaseModel

from adapters.redis.inquiries import Told
from mcp_tools.guard import Caller

Run = Callable[[Caller, Any], Awaitable[BaseModel]]
_ASKED: Final = metrics.get_meter("countersign").create_counter(
    "countersign.inquiries", description="Inquiries by tool, and whether their answer was remembered"
)


class Answers(Protocol):
    """Where answers are kept. Neither method raises."""

    async def find(self, question: str) -> Told | None:
        """What was kept for this question."""
        ...

    async def keep(self, question: str, told: Told) -> None:
        """Keep it for a while."""
        ...


@dataclass(slots=True)
class Tally:
    """How often an answer was remembered, and how often not, in this process."""

    hits: int = 0
    misses: int = 0

    def count(self, tool: str, *, hit: bool) -> None:
        """One more."""
        self.hits += hit
        self.misses += not hit
        _ASKED.add(1, {"tool": tool, "state": "hit" if hit else "miss"})


@dataclass(frozen=True, slots=True)
class Memory:
    """Stands before tools that read."""

    answers: Answers
    revision_of: Callable[[str], Awaitable[int]]
    today: Callable[[], date]
    tally: Tally = field(default_factory=Tally)

    def before(self, tool: str, result: type[BaseModel], run: Run) -> Run:
        """The same tool, asked only where its answer is not remembered. Refusals are never remembered."""

        async def remembered(caller: Caller, args: BaseModel) -> BaseModel:
            caller.require("read")
            question = self._question(tool, caller, args)
            revision, told = await asyncio.gather(self.revision_of(caller.user_id), self.answers.find(question))
            hit = told is not None and told.revision == revision
            self.tally.count(tool, hit=hit)
            if told is not None and hit:
                return result.model_validate_json(told.answer)
            found = await run(caller, args)
            await self.answers.keep(question, Told(revision, found.model_dump_json()))
            return found

        return remembered

    def _question(self, tool: str, caller: Caller, args: BaseModel) -> str:
        """Of whom, and on which day: "this month" is another one tomorrow."""
        asked = args.model_dump(exclude_defaults=True)
        return json.dumps([tool, caller.user_id, self.today().isoformat(), asked], sort_keys=True, default=str)
