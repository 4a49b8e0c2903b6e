"""A new release of the worker: payments that wait go on under it, or it is said that they need the old one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from temporalio.common import WorkerDeploymentVersion

from adapters.temporal.releases import Releases, deployment_of, left_behind
from domain import ids
from domain.payments import PaymentState
from temporal_worker.build import build_id
from temporal_worker.run import WORKFLOWS
from temporal_worker.takeover import Takeover
from tests.fakes import house
from tests.fakes.staff import House, until, working
from tests.replay.reordered import HoldsFirst
from tests.workflows.test_updates import begun, ended, insist, instead, to_the_code

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from temporalio.client import Client

    from runtime.local.stack import Stack

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]


@asynccontextmanager
async def released(bank: House, build: str, workflows: Sequence[type] = WORKFLOWS) -> AsyncIterator[Takeover]:
    """The only worker there is, of this release, as `temporal_worker` starts it."""
    release = WorkerDeploymentVersion(deployment_of(bank.queue), build)
    takeover = Takeover(Releases(bank.client, bank.queue), release, workflows)
    async with working(bank, workflows=workflows, release=release):
        await takeover.begin(alone=True)
        sweeping = asyncio.create_task(takeover.run())
        yield takeover
        sweeping.cancel()


async def answer(bank: House, elicitation_id: str, **data: object) -> None:
    await insist(lambda: bank.desk.answer(elicitation_id, house.USER, data, f"r-{elicitation_id}"))


async def test_payments_that_wait_go_on_under_a_release_that_tells_them_the_same(client: Client) -> None:
    bank = House(client, f"bank-{uuid4().hex}")
    async with released(bank, "one"):
        early, late = await begun(bank), await to_the_code(bank)
    async with released(bank, "two"):
        await answer(bank, late.elicitation_id, otp_code=house.CODE)
        await answer(bank, early.elicitation_id, confirmed=True)
        code = f"{early.payment_id}-otp-1"
        await until(lambda: code in bank.elicitations.rows)
        await answer(bank, code, otp_code=house.CODE)
        for payment in (early, late):
            assert await ended(bank, payment.payment_id) is PaymentState.COMPLETED
            assert bank.ledger.steps[payment.payment_id] == ["hold", "post"]
        assert (await begun(bank)).payment_id


async def test_a_payment_that_needs_the_old_release_is_reported_and_goes_on_under_it(
    client: Client, stack: Stack
) -> None:
    bank, address = House(client, f"bank-{uuid4().hex}"), stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"]
    async with released(bank, "one"):
        waits = await to_the_code(bank)
        workflow_id = ids.payment_workflow_id(waits.payment_id)
    async with released(bank, "reordered", instead(HoldsFirst)):
        async with asyncio.timeout(120):
            while workflow_id not in await left_behind(address, "default", bank.queue):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.1)
        assert bank.ledger.steps[waits.payment_id] == ["hold"]
    async with released(bank, "one"):
        await answer(bank, waits.elicitation_id, otp_code=house.CODE)
        assert await ended(bank, waits.payment_id) is PaymentState.COMPLETED
        assert workflow_id not in await left_behind(address, "default", bank.queue)


async def test_a_release_that_is_not_alone_leaves_a_newer_one_in_place(client: Client) -> None:
    """As where an old worker is started again in the middle of a change."""
    bank = House(client, f"bank-{uuid4().hex}")
    releases = Releases(client, bank.queue)
    for build in ("one", "two"):
        async with released(bank, build):
            pass
    old = WorkerDeploymentVersion(deployment_of(bank.queue), "one")
    async with working(bank, release=old):
        assert await releases.become_current(old, alone=False)
        assert await releases.current() == "two"
        assert await releases.become_current(old, alone=True)
        assert await releases.current() == "one"


def test_a_release_is_what_its_workflows_would_do(tmp_path: Path) -> None:
    for folder in ("domain", "activities", "workflows", "adapters"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "code.py").write_text("one")
    first = build_id(tmp_path)
    (tmp_path / "adapters" / "code.py").write_text("two")
    assert build_id(tmp_path) == first
    (tmp_path / "workflows" / "code.py").write_text("two")
    assert build_id(tmp_path) != first
