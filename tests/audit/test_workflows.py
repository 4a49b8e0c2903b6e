"""Payments beside their workflows: what differs for long is found, what is under way is not."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import psycopg
import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError

from adapters.audit.workflows import Flow, disagreement, order_disagreement
from domain.errors import UnavailableError
from runtime.audit import Beside, audit_ledger
from runtime.settings import Settings
from tests.audit.scene import play
from workflows.attributes import PAYMENT_STATE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.postgres.pool import Pool
    from runtime.local.stack import Stack
    from tests.conftest import Database

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 60.0
WAITING: Final = ("open", "revised", "too-late", "under-way")
"""Of the payments in the scene, those that have not ended."""
ORDER: Final = "standing-order-o"
"""The scene's, which is active."""


def flow(status: str, state: str = "") -> Flow:
    return Flow("p", status, state)


# what the ledger has, what Temporal has: whether that is wrong
JUDGED: Final[list[tuple[str | None, Flow | None, bool]]] = [
    (None, None, False),
    ("COMPLETED", None, False),  # its workflow is forgotten after a while
    ("AWAITING_CUSTOMER", None, True),
    ("UNKNOWN", None, True),
    ("UNKNOWN", flow("RUNNING", "UNKNOWN"), False),
    ("AWAITING_CUSTOMER", flow("RUNNING"), False),
    ("EXECUTING", flow("RUNNING", "COOLING_OFF"), False),
    ("COMPLETED", flow("RUNNING", "COOLING_OFF"), True),
    (None, flow("RUNNING"), True),
    (None, flow("COMPLETED", "FAILED"), False),  # refused before it was screened
    (None, flow("COMPLETED", "COMPLETED"), True),
    (None, flow("FAILED"), False),
    ("COMPLETED", flow("COMPLETED", "COMPLETED"), False),
    ("COMPLETED", flow("COMPLETED"), False),
    ("COMPLETED", flow("COMPLETED", "FAILED"), True),
    ("CANCELLED", flow("COMPLETED", "EXPIRED"), True),
    ("COOLING_OFF", flow("COMPLETED", "COMPLETED"), True),
    ("COOLING_OFF", flow("TERMINATED", "COOLING_OFF"), True),
    ("CANCELLED", flow("TERMINATED", "COOLING_OFF"), False),
]


@pytest.mark.parametrize(("state", "seen", "wrong"), JUDGED)
def test_what_fits_together(state: str | None, seen: Flow | None, wrong: bool) -> None:
    assert bool(disagreement(seen, state)) is wrong


# an order's state in the ledger, whether its workflow runs: whether that is wrong
ORDERS: Final[list[tuple[str | None, Flow | None, bool]]] = [
    (None, None, False),
    (None, flow("FAILED"), False),  # refused before it was screened
    (None, flow("RUNNING"), True),
    ("AWAITING_CUSTOMER", flow("RUNNING"), False),
    ("ACTIVE", flow("RUNNING"), False),
    ("PAUSED", flow("RUNNING"), False),
    ("ACTIVE", None, True),
    ("PAUSED", flow("TERMINATED"), True),
    ("ACTIVE", flow("COMPLETED"), True),
    ("CANCELLED", flow("COMPLETED"), False),
    ("COMPLETED", None, False),
    ("CANCELLED", flow("RUNNING"), True),
]


@pytest.mark.parametrize(("state", "seen", "wrong"), ORDERS)
def test_who_pays_by_an_order(state: str | None, seen: Flow | None, wrong: bool) -> None:
    assert bool(order_disagreement(seen, state)) is wrong


@pytest.fixture
async def chosen(stack: Stack, database: Database, owner: psycopg.Connection, pool: Pool) -> Settings:
    """The scene's books, and a task queue on which nobody works."""
    stack.start(["temporal"])
    await play(owner, pool)
    return Settings(
        environment="test",
        database_url=database.audit_url,
        temporal_address=stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"],
        task_queue=f"audit-{uuid4().hex}",
    )


@pytest.fixture
async def temporal(chosen: Settings) -> Client:
    return await Client.connect(chosen.temporal_address)


@pytest.fixture
async def begun(chosen: Settings, temporal: Client) -> Callable[..., Awaitable[None]]:
    """Starts workflows of payments, which stay as they are; the order's is there."""
    for left in (*(f"payment-{payment}" for payment in (*WAITING, "plain", "never")), ORDER):
        with suppress(RPCError):  # another test may have left it
            await temporal.get_workflow_handle(left).terminate()
    await temporal.start_workflow("StandingOrderWorkflow", id=ORDER, task_queue=chosen.task_queue)

    async def begin(*payments: str, state: str = "") -> None:
        told = [SearchAttributePair(PAYMENT_STATE, state)] if state else []
        for payment in payments:
            await temporal.start_workflow(
                "PaymentWorkflow",
                id=f"payment-{payment}",
                task_queue=chosen.task_queue,
                search_attributes=TypedSearchAttributes(told),
            )

    return begin


async def differing(chosen: Settings, patience_s: float = 0) -> dict[str, str]:
    report = await audit_ledger(chosen, patience_s, [Beside.WORKFLOWS])
    return {each.row: each.found for each in report.differences}


async def becomes(chosen: Settings, rows: set[str]) -> None:
    """A workflow is listed a moment after it has changed."""
    end = time.monotonic() + PATIENCE_S
    while {*await differing(chosen)} != rows:
        assert time.monotonic() < end, rows


pytestmark = pytest.mark.servers


async def test_an_open_payment_has_a_workflow_that_runs(
    chosen: Settings, temporal: Client, begun: Callable[..., Awaitable[None]]
) -> None:
    await becomes(chosen, {*WAITING})
    await begun(*WAITING)
    await becomes(chosen, set())
    await temporal.get_workflow_handle("payment-open").terminate()
    await becomes(chosen, {"open"})


async def test_a_workflow_that_runs_has_an_open_payment(
    chosen: Settings, begun: Callable[..., Awaitable[None]]
) -> None:
    await begun(*WAITING, "plain", "never")
    await becomes(chosen, {"plain", "never"})


async def test_an_order_that_is_active_has_a_workflow_that_runs(
    chosen: Settings, temporal: Client, begun: Callable[..., Awaitable[None]]
) -> None:
    await begun(*WAITING)
    await becomes(chosen, set())
    await temporal.get_workflow_handle(ORDER).terminate()
    await becomes(chosen, {"o"})


async def test_what_is_under_way_is_looked_at_again(chosen: Settings, begun: Callable[..., Awaitable[None]]) -> None:
    looking = asyncio.create_task(differing(chosen, PATIENCE_S))
    await asyncio.sleep(0.3)
    await begun(*WAITING)
    assert await looking == {}


def command(chosen: Settings, *more: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    given |= {
        "COUNTERSIGN_DATABASE_URL": chosen.database_url,
        "COUNTERSIGN_TEMPORAL_ADDRESS": chosen.temporal_address,
        "COUNTERSIGN_TASK_QUEUE": chosen.task_queue,
        "COUNTERSIGN_RAIL_URL": chosen.rail_url,
        "COUNTERSIGN_RAIL_STATEMENT_FILE": str(chosen.rail_statement_file),
        "COUNTERSIGN_STATE_DIR": "/nonexistent",
    }
    line = [sys.executable, "-m", "cli.main", "audit", "ledger", *more]
    return subprocess.run(  # noqa: S603 - our own command
        line, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120, check=False
    )


async def test_the_command_says_how_it_went(
    chosen: Settings, begun: Callable[..., Awaitable[None]], owner: psycopg.Connection
) -> None:
    await begun(*WAITING)
    good = await asyncio.to_thread(command, chosen, "--json", "--without-rail")
    assert good.returncode == 0, good.stdout + good.stderr
    told = json.loads(good.stdout)
    assert (told["ok"], told["differences"]) == (True, [])
    assert {"account.balance", "payment.workflow"} <= told["checks"].keys()
    assert told["entries"] > 0

    with owner.transaction():
        owner.execute("UPDATE accounts SET balance_minor = balance_minor + 5 WHERE account_id = 'shop'")
    bad = await asyncio.to_thread(command, chosen, "--database-only")
    assert bad.returncode == 1
    assert "account.balance  shop USD  balance" in bad.stdout
    assert "1 differs" in bad.stdout


async def test_a_rail_that_cannot_be_asked_is_said_so(
    chosen: Settings, begun: Callable[..., Awaitable[None]], tmp_path: Path
) -> None:
    await begun(*WAITING)
    (tmp_path / "token").write_text("t")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        deaf = chosen.model_copy(update={"rail_url": nobody, "rail_statement_file": tmp_path / "token"})
        done = await asyncio.to_thread(command, deaf, "--patience", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "The rail gave no statement" in done.stderr
    without = await asyncio.to_thread(command, chosen.model_copy(update={"rail_statement_file": tmp_path / "none"}))
    assert without.returncode == 2


async def test_what_cannot_be_looked_at_is_not_in_order(chosen: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(UnavailableError):
            await audit_ledger(chosen.model_copy(update={"temporal_address": nobody}), PATIENCE_S)
        without = chosen.model_copy(update={"database_url": f"postgresql://x@{nobody}/x"})
        done = await asyncio.to_thread(command, without)
    assert (done.returncode, done.stdout) == (2, "")
    assert "could not be audited" in done.stderr
