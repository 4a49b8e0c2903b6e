"""What was taken while everything died is handed in again, each by itself."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from api import redelivery
from domain.errors import UnavailableError
from tests.fakes.desk import question


class Lost:
    """Answers, decisions and revocations that nobody was told of; those named `gone` can be told nobody any more."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.store = self

    async def undelivered(self, older_than_s: float) -> list[object]:
        del older_than_s
        return [question(name) for name in ("gone", "strange", "answer")]

    async def deliver_again(self, row: object) -> None:
        await self.tell(row.request.elicitation_id)

    async def tell(self, name: str) -> None:
        if name == "gone":
            raise UnavailableError
        if name == "strange":
            raise ValueError(name)
        self.told.append(name)


class Decisions(Lost):
    async def undelivered(self, older_than_s: float) -> list[object]:
        del older_than_s
        return [SimpleNamespace(approval_id=name) for name in ("gone", "decision")]

    async def deliver_again(self, approval: object) -> None:
        await self.tell(approval.approval_id)


class Stopped(Lost):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.done = name, asyncio.Event()

    async def tell_again(self, older_than_s: float) -> None:
        del older_than_s
        await self.tell(self.name)
        self.done.set()


async def test_one_that_nobody_takes_keeps_none_of_the_others_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redelivery, "_EVERY_S", 0)
    answers, decisions, stopped = Lost(), Decisions(), [Stopped("gone"), Stopped("mandate")]
    going = asyncio.create_task(redelivery.redeliver(answers, answers, decisions, stopped))
    await asyncio.wait_for(stopped[1].done.wait(), 30)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert (answers.told[0], decisions.told[0], stopped[1].told[0]) == ("answer", "decision", "mandate")
