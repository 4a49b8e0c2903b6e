"""Plays cases side by side: everybody comes in, then everybody pays and processes die, then all is judged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

import psycopg

from adapters.audit.check import Difference
from adapters.temporal.client import connect
from domain import ids
from runtime.audit import audit_ledger
from runtime.settings import Settings
from tests.crashes import judge
from tests.crashes.board import Board
from tests.crashes.crew import Place
from tests.crashes.moments import Case
from tests.crashes.patience import PATIENCE_S, until
from tests.crashes.people import Customer
from tests.crashes.residents import move_in
from workflows.payment import PaymentWorkflow

T = TypeVar("T")
_AT_THE_DOOR = 8


@dataclass(frozen=True)
class Verdict:
    """How one case ended. `died`: somebody did at its point; `wrong`: empty where all is as it must be."""

    case: Case
    outcome: str
    died: bool
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.case}: {'; '.join(self.wrong) or self.outcome}{'' if self.died else ', never reached'}"


def play(place: Place, cases: Sequence[Case]) -> list[Verdict]:
    """The verdict on each."""
    with psycopg.connect(place.books, autocommit=True) as owner, closing(Board(place.books)) as board:
        for each in cases:
            move_in(owner, each)
        customers = [Customer(each, place, board) for each in cases]
        _all_at_once(_AT_THE_DOOR, Customer.enter, customers)
        hitches = _all_at_once(len(customers), _played, customers)
        ended = asyncio.run(_ends(place, [row["payment_id"] for each in customers for row in each.payments()]))
        hitch_of = dict(zip((each.case.who for each in customers), hitches, strict=True))
        verdicts = _all_at_once(
            len(customers), lambda each: _judged(owner, each, hitch_of[each.case.who], ended), customers
        )
        _events_are_dense(owner)
        assert asyncio.run(_audited(place)) == ()
        return verdicts


def _all_at_once(most: int, act: Callable[[Customer], T], customers: list[Customer]) -> list[T]:
    with ThreadPoolExecutor(most) as together:
        return list(together.map(act, customers))


def _played(customer: Customer) -> str:
    """What went wrong on the way, if anything."""
    try:
        customer.play()
    except AssertionError as error:
        return str(error)
    return ""


async def _audited(place: Place) -> tuple[Difference, ...]:
    """What the auditor finds; what is under way may come to rest."""
    chosen = Settings(
        environment="test",
        database_url=place.audit,
        temporal_address=place.temporal,
        task_queue=place.queue,
        rail_url=place.rail,
        rail_statement_file=place.keys / "rail_statement",
    )
    return (await audit_ledger(chosen, PATIENCE_S)).differences


async def _ends(place: Place, payments: list[str]) -> dict[str, str]:
    """How each payment's workflow ended."""
    client = await connect(place.temporal, "default", place.keys / "payload.json")

    async def end(payment_id: str) -> str:
        handle = client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(payment_id))
        try:
            async with asyncio.timeout(PATIENCE_S):
                return (await handle.result()).state.value
        except TimeoutError:
            return "nothing"

    return dict(zip(payments, await asyncio.gather(*(end(each) for each in payments)), strict=True))


def _judged(owner: psycopg.Connection, customer: Customer, hitch: str, ended: dict[str, str]) -> Verdict:
    wrong = [hitch] if hitch else []
    try:
        until(lambda: judge.settled(customer, judge.read(owner, customer)), "its questions to be closed")
        found = judge.read(owner, customer)
        until(lambda: judge.heard_the_end(customer, found, customer.all_told()), "the customer to know how it ended")
    except AssertionError as error:
        wrong.append(str(error))
    found = judge.read(owner, customer)
    wrong += judge.faults(customer, found, customer.all_told(), ended)
    customer.http.close()
    outcomes = {judge.OUTCOMES.get(row["state"], row["state"]) for row in found.payments}
    return Verdict(customer.case, ", ".join(sorted(outcomes)), customer.place.disarm(customer.case.who), tuple(wrong))


def _events_are_dense(owner: psycopg.Connection) -> None:
    rows = "SELECT count(*) FILTER (WHERE seq IS NULL), count(seq), coalesce(max(seq), 0) FROM outbox"

    def dense() -> bool:
        row = owner.execute(rows).fetchone()
        assert row is not None
        return row[0] == 0 and row[1] == row[2]

    until(dense, "every event to have its number")
