"""A client that listens to events misses none, whatever dies between the ledger and its ear."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, await_all, kill, until

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(300)]


class Listener:
    """Server-sent events, resumed by the last id."""

    def __init__(self, customer: Typist) -> None:
        self.events: list[dict[str, Any]] = []
        self._customer = customer
        self._last = customer.seen
        self._over = threading.Event()

    def stop(self) -> None:
        self._over.set()

    def run(self) -> None:
        while not self._over.is_set():
            try:
                self._follow()
            except httpx.TransportError:
                self._over.wait(0.1)

    def _follow(self) -> None:
        headers = dict(self._customer.http.headers) | {"Last-Event-ID": str(self._last)}
        url = self._customer.stack.env["COUNTERSIGN_API_URL"] + "/api/events"
        with httpx.stream("GET", url, headers=headers, timeout=httpx.Timeout(10, read=1)) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    event = json.loads(line.removeprefix("data:"))
                    self.events.append(event)
                    self._last = event["seq"]


@contextmanager
def listening(customer: Typist) -> Iterator[Listener]:
    listener = Listener(customer)
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        yield listener
    finally:
        listener.stop()
        thread.join()


@pytest.mark.parametrize("process", ["redis", "api", "temporal_worker"])
def test_nothing_is_missed_and_nothing_comes_twice(
    typed_bank: Stack, sit_down: Callable[..., Typist], process: str
) -> None:
    await_all(typed_bank, ["redis", "api", "temporal_worker"])
    customer, books = sit_down(typed_bank), Books(typed_bank)
    with listening(customer) as listener:
        payment_id = customer.ask_for_payment()
        kill(typed_bank, process)
        customer.say_until("yes", "awaiting_code")
        customer.say(customer.code(payment_id))
        customer.hears("Done. I paid $2.50 to Sarah Chen.")
        kinds = [kind for (kind,) in books.rows("SELECT kind FROM outbox WHERE subject_id = %s", payment_id)]
        assert sorted(kinds) == ["payment.completed", "payment.created", "payment.held"]
        last = until(lambda: _newest(customer), "the events to be numbered")
        until(lambda: listener.events and listener.events[-1]["seq"] >= last, "the listener to catch up")
    heard = [event["seq"] for event in listener.events]
    backlog = customer.insist("GET", f"/api/events/backlog?after={customer.seen}")["events"]
    assert heard == [event["seq"] for event in backlog]
    await_all(typed_bank, [process])


def _newest(customer: Typist) -> int:
    events = customer.insist("GET", f"/api/events/backlog?after={customer.seen}")["events"]
    completed = any(event["kind"] == "payment.completed" for event in events)
    return events[-1]["seq"] if completed else 0
