"""A customer who types, does not give up, and remembers everything that was told; and the bank's books beside it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import psycopg

from runtime.local.stack import Stack
from tests.auditing import assert_audited

T = TypeVar("T")
PATIENCE_S = 75.0


def until(look: Callable[[], T | None], what: str, patience_s: float = PATIENCE_S) -> T:
    """Look again and again until there is something true to see."""
    end = time.monotonic() + patience_s
    while not (found := look()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)
    return found


def kill(stack: Stack, name: str) -> None:
    """SIGKILL, and see that it is dead."""
    before = stack.pid(name)
    stack.kill(name)
    until(lambda: stack.pid(name) != before, f"the end of {name}")


def await_all(stack: Stack, names: list[str]) -> None:
    """Every killed process is back."""
    for name in names:
        until(lambda name=name: stack.pid(name), f"the return of {name}")
        stack.wait(name)


@dataclass
class Typist:
    """One text conversation of a demo user. A turn that gets no answer is sent again, with the same id."""

    stack: Stack
    user: str = "maya"
    session_id: str = ""
    told: list[str] = field(default_factory=list[str])
    seen: int = 0

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.stack.env["COUNTERSIGN_API_URL"], timeout=60)
        password = self.stack.env["COUNTERSIGN_DEMO_PASSWORD"]
        token = self.insist("POST", "/api/login", {"username": self.user, "password": password})["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.session_id = self.insist("POST", "/api/conversations", {"new": True})["session_id"]
        self.seen = self.backlog_end()

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def insist(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer, however long the servers are away."""

        def attempt() -> dict[str, Any] | None:
            try:
                answer = self.http.request(method, path, json=body)
            except httpx.TransportError:
                return None
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                return None
            assert answer.is_success, answer.text
            return answer.json()

        return until(attempt, path)

    def say(self, text: str, turn_id: str = "") -> dict[str, Any]:
        """The reply to one turn."""
        body = {"text": text, "turn_id": turn_id or uuid4().hex}
        reply = self.insist("POST", f"/api/conversations/{self.session_id}/turns", body)["replies"][-1]
        self.told.append(reply["text"])
        return reply

    def say_until(self, text: str, state: str) -> dict[str, Any]:
        """Say it again while the bank cannot be reached."""

        def attempt() -> dict[str, Any] | None:
            reply = self.say(text)
            return reply if reply["state"] == state else None

        return until(attempt, f"{state} after {text!r}")

    def ask_for_payment(self, amount: str = "2.50", payee: str = "Sarah Chen") -> str:
        """Its id, once it waits for the customer's yes."""
        reply = self.say_until(f"pay {payee} {amount} dollars", "confirming")
        assert f"${amount} to {payee}" in reply["text"]
        return reply["elicitation"]["tool_call_id"]

    def code(self, payment_id: str) -> str:
        """The code that was sent for this payment, which is the newest one."""
        messages = self.insist("GET", "/api/demo/inbox")["messages"]
        rows = [found[0] for each in messages if (found := re.search(r"\b\d{6}\b", each["body"]))]
        assert payment_id
        return rows[-1]

    def news(self) -> list[str]:
        """What the assistant said unasked, and everything else that it told."""
        events = self.insist("GET", f"/api/events/backlog?after={self.seen}&session_id={self.session_id}")["events"]
        unasked = [each["body"]["reply"]["text"] for each in events if each["kind"] == "assistant.spoke"]
        return self.told + unasked

    def hears(self, words: str) -> None:
        """Wait until these words were told, asked or unasked."""
        until(lambda: any(words in each for each in self.news()), f"the customer to be told {words!r}")

    def backlog_end(self) -> int:
        """The newest event of the user."""
        seen = 0
        while found := self.insist("GET", f"/api/events/backlog?after={seen}")["events"]:
            seen = found[-1]["seq"]
        return seen


class Books:
    """The database as its owner sees it, also just after it was killed."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._url = stack.env["COUNTERSIGN_MIGRATIONS_URL"]

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with psycopg.connect(self._url, autocommit=True) as owner:
            return owner.execute(statement.encode(), values).fetchall()

    def state(self, payment_id: str) -> str:
        """The payment's state."""
        return self.rows("SELECT state FROM payments WHERE payment_id = %s", payment_id)[0][0]

    def steps(self, payment_id: str) -> list[str]:
        """The ledger's steps of a payment, in order."""
        found = self.rows("SELECT step FROM transfers WHERE payment_id = %s ORDER BY transfer_id", payment_id)
        return [step for (step,) in found]

    def answered(self, payment_id: str) -> bool:
        """Whether the code was accepted."""
        return bool(
            self.rows(
                "SELECT 1 FROM elicitations WHERE payment_id = %s AND type = 'otp' AND state = 'completed'", payment_id
            )
        )

    def agree(self) -> None:
        """The auditor finds nothing: see `tests/auditing.py`."""
        assert_audited(self._stack)
