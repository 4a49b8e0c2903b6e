"""Payments and standing orders beside the workflows that carry them: what the ledger says with what Temporal says.

Both change while they are looked at, and one a moment after the other. So what differs is looked at again, and counts
only once it has differed for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, LiteralString

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from adapters.audit.check import Check, Difference
from adapters.audit.ledger import MOST
from domain import ids
from domain.payments import FINAL_STATES
from domain.standing_orders import ENDED_STATES
from workflows.attributes import PAYMENT_STATE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    import psycopg
    from temporalio.client import Client, WorkflowExecution

_PAGE: Final = 500
_AT_ONCE: Final = 20
_AGAIN_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Flow:
    """The workflow of a payment or an order. `state`: what it said last of its payment, empty where nothing."""

    subject_id: str
    status: str
    state: str


def disagreement(flow: Flow | None, state: str | None) -> str:
    """What is wrong with a payment of this state, None where the ledger has none; empty where nothing is."""
    ledger = "not in the ledger" if state is None else f"{state} in the ledger"
    final = state in FINAL_STATES
    if flow is None:
        return "" if state is None or final else f"{ledger}, no workflow"
    if flow.status == WorkflowExecutionStatus.RUNNING.name:
        return "" if state is not None and not final else f"{ledger}, its workflow runs"
    if state is None:  # what was refused before it was screened is nowhere
        return "" if flow.state in {"", "FAILED"} else f"{ledger}, its workflow ended as {flow.state}"
    if not final:
        return f"{ledger}, its workflow is {flow.status.lower()}"
    ended = flow.status == WorkflowExecutionStatus.COMPLETED.name
    return f"{ledger}, its workflow ended as {flow.state}" if ended and flow.state not in {"", state} else ""


def order_disagreement(flow: Flow | None, state: str | None) -> str:
    """The same of a standing order: nobody but its workflow pays by it."""
    ledger = "not in the ledger" if state is None else f"{state} in the ledger"
    runs = flow is not None and flow.status == WorkflowExecutionStatus.RUNNING.name
    goes_on = state is not None and state not in ENDED_STATES
    if runs == goes_on:
        return ""
    return f"{ledger}, its workflow runs" if runs else f"{ledger}, no workflow runs"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is compared. `open_ones`: a page of ids behind one, in order; `states`: of some ids; both as SQL."""

    check: Check
    workflow: str
    workflow_id: Callable[[str], str]
    judge: Callable[[Flow | None, str | None], str]
    open_ones: LiteralString
    states: LiteralString


KINDS: Final = (
    Kind(
        Check(
            "payment.workflow",
            "each open payment with a running workflow, each ended one with how its workflow ended",
            "",
        ),
        "PaymentWorkflow",
        ids.payment_workflow_id,
        disagreement,
        """SELECT payment_id FROM payments WHERE NOT is_final(state) AND payment_id > %s
           ORDER BY payment_id LIMIT %s""",
        "SELECT payment_id, state FROM payments WHERE payment_id = ANY(%s)",
    ),
    Kind(
        Check("order.workflow", "each standing order that has not ended with a running workflow, and the reverse", ""),
        "StandingOrderWorkflow",
        ids.standing_order_workflow_id,
        order_disagreement,
        """SELECT order_id FROM standing_orders WHERE state IN ('AWAITING_CUSTOMER', 'ACTIVE', 'PAUSED')
           AND order_id > %s ORDER BY order_id LIMIT %s""",
        "SELECT order_id, state FROM standing_orders WHERE order_id = ANY(%s)",
    ),
)


class Workflows:
    """Compares one kind with the workflows of one task queue. Keeps in memory what differs, and a page of the rest."""

    def __init__(self, client: Client, task_queue: str, books: psycopg.AsyncConnection, kind: Kind) -> None:
        self._kind = kind
        self._client = client
        self._queue = task_queue
        self._books = books
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def differences(self, patience_s: float) -> list[Difference]:
        """What still differs after `patience_s`. Raises RPCError, psycopg.Error where either cannot be read."""
        wrong = await self._at_first_sight()
        end = time.monotonic() + patience_s
        while wrong and time.monotonic() < end:
            await asyncio.sleep(_AGAIN_S)
            wrong = await self._looked_at([*wrong])
        return [Difference(self._kind.check.name, subject, found) for subject, found in sorted(wrong.items())]

    async def _at_first_sight(self) -> dict[str, str]:
        wrong: dict[str, str] = {}
        async for flows in self._listed():
            states = await self._states([flow.subject_id for flow in flows])
            wrong |= self._wrong((flow.subject_id, flow, states.get(flow.subject_id)) for flow in flows)
            if len(wrong) >= MOST:
                return wrong
        async for open_ones in self._open():
            wrong |= await self._looked_at(open_ones)
            if len(wrong) >= MOST:
                break
        return wrong

    async def _looked_at(self, subjects: list[str]) -> dict[str, str]:
        flows = await asyncio.gather(*(self._flow(subject) for subject in subjects))
        states = await self._states(subjects)
        return self._wrong((subject, flow, states.get(subject)) for subject, flow in zip(subjects, flows, strict=True))

    def _wrong(self, found: Iterable[tuple[str, Flow | None, str | None]]) -> dict[str, str]:
        judged = ((subject, self._kind.judge(flow, state)) for subject, flow, state in found)
        return {subject: wrong for subject, wrong in judged if wrong}

    async def _listed(self) -> AsyncIterator[list[Flow]]:
        page: list[Flow] = []
        query = f"WorkflowType = '{self._kind.workflow}' AND TaskQueue = '{self._queue}'"
        async for each in self._client.list_workflows(query, page_size=_PAGE):
            page.append(self._of(each))
            if len(page) == _PAGE:
                yield page
                page = []
        yield page

    async def _open(self) -> AsyncIterator[list[str]]:
        last = ""
        while True:
            found = await self._books.execute(self._kind.open_ones, [last, _PAGE])
            page = [str(subject) for (subject,) in await found.fetchall()]
            if not page:
                return
            yield page
            last = page[-1]

    async def _states(self, subjects: list[str]) -> dict[str, str]:
        found = await self._books.execute(self._kind.states, [subjects])
        return dict(await found.fetchall())

    async def _flow(self, subject: str) -> Flow | None:
        async with self._gate:
            try:
                return self._of(await self._client.get_workflow_handle(self._kind.workflow_id(subject)).describe())
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return None
                raise

    def _of(self, found: WorkflowExecution) -> Flow:
        state: Any = found.typed_search_attributes.get(PAYMENT_STATE)
        status = found.status.name if found.status else ""
        return Flow(found.id.removeprefix(self._kind.workflow_id("")), status, state or "")
