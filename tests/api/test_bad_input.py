"""Answers that must not count, on the whole bank: each a stable code, a sentence for the ear, a line in the audit, and
nothing moved. Passkeys have their table in passkeys/test_signing.py, decisions theirs in test_approvals.py, clocks in
identity/test_clock.py and identity/test_totp.py, policies in domain/test_policy.py.
"""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest

from domain.errors import by_code
from tests.ear import fit_for_the_ear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runtime.local.stack import Stack

pytestmark = pytest.mark.servers
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


@dataclass
class Till:
    """Maya, with a payment of $9.00 that waits for its code, its confirmation given."""

    maya: httpx.Client
    omar: httpx.Client
    books: psycopg.Connection
    said_yes: str
    question: str
    code: str

    def answer(self, data: dict[str, Any], response_id: str, *, question: str = "", by: str = "maya") -> httpx.Response:
        client = self.maya if by == "maya" else self.omar
        body = {"data": data, "response_id": response_id}
        return client.post(f"/api/elicitations/{question or self.question}/answer", json=body)

    def audited(self, question: str, who: str, response_id: str) -> list[str]:
        rows = self.books.execute(
            """SELECT detail ->> 'outcome' FROM audit WHERE subject_id = %s AND actor = %s
               AND detail ->> 'response_id' = %s AND action IN ('elicitation.answered', 'elicitation.attempted')""",
            [question, who, response_id],
        )
        return [outcome for (outcome,) in rows.fetchall()]

    def moved(self) -> int:
        payment = self.question.rsplit("-otp-", 1)[0]
        statement = "SELECT count(*) FROM transfers WHERE payment_id = %s AND step = 'post'"
        return (self.books.execute(statement, [payment]).fetchone() or (0,))[0]


@pytest.fixture
def signed_in(bank: str, typed_bank: Stack) -> Iterator[Callable[[str], httpx.Client]]:
    opened: list[httpx.Client] = []

    def client(user: str) -> httpx.Client:
        opened.append(httpx.Client(base_url=bank, timeout=60))
        login = {"username": user, "password": typed_bank.env["COUNTERSIGN_DEMO_PASSWORD"]}
        token = opened[-1].post("/api/login", json=login).json()["access_token"]
        opened[-1].headers["Authorization"] = f"Bearer {token}"
        return opened[-1]

    yield client
    for each in opened:
        each.close()


def waiting(client: httpx.Client, kind: str) -> str:
    """The open question of this kind, once there is one."""
    for _ in range(200):
        for each in client.get("/api/elicitations").json()["elicitations"]:
            if each["elicitation_type"] == kind:
                return str(each["elicitation_id"])
        time.sleep(0.05)
    raise AssertionError(kind)


@pytest.fixture
def till(signed_in: Callable[[str], httpx.Client], typed_bank: Stack) -> Iterator[Till]:
    maya, omar = signed_in("maya"), signed_in("omar")
    session = maya.post("/api/conversations", json={"new": True}).json()["session_id"]
    maya.post(f"/api/conversations/{session}/turns", json={"text": "pay Sarah Chen nine dollars"})
    said_yes = waiting(maya, "confirmation")
    maya.post(f"/api/conversations/{session}/turns", json={"text": "yes"})
    question = waiting(maya, "otp")
    sent = maya.get("/api/demo/inbox").json()["messages"][-1]["body"]
    code = re.search(r"Your code is (\d{6}) to pay \$9\.00", sent)
    assert code is not None
    with psycopg.connect(typed_bank.env["COUNTERSIGN_MIGRATIONS_URL"], autocommit=True) as books:
        yield Till(maya, omar, books, said_yes, question, code[1])


def wrong(code: str) -> str:
    return str((int(code) + 1) % 1_000_000).zfill(6)


# who answers what ({code}: the right one), with which code it is refused
BAD: dict[str, tuple[str, Callable[[Till], dict[str, Any]], str]] = {
    "a version that is no more": ("maya", lambda till: {"otp_code": till.code, "version": 2}, "stale_version"),
    "a version in words": ("maya", lambda till: {"otp_code": till.code, "version": "1"}, "stale_version"),
    "somebody else's": ("omar", lambda till: {"otp_code": till.code}, "elicitation_not_found"),
    "a code too short": ("maya", lambda till: {"otp_code": till.code[:5]}, "answer_malformed"),
    "a code as a number": ("maya", lambda till: {"otp_code": int(till.code)}, "answer_malformed"),
    "a yes where a code is asked for": ("maya", lambda _: {"confirmed": True}, "answer_malformed"),
    "the wrong code": ("maya", lambda till: {"otp_code": wrong(till.code)}, "answer_rejected"),
}


def test_answers_that_do_not_count(till: Till) -> None:
    """One payment takes them all, and the right code after them."""
    for number, (case, (who, data, code)) in enumerate(BAD.items()):
        answer = till.answer(data(till), f"bad-{number}", by=who)
        assert (answer.status_code, answer.json()["code"]) == (by_code(code).status, code), case
        assert fit_for_the_ear(answer.json()["sentence"]), case
        assert till.code not in answer.text
        assert till.audited(till.question, f"user_{who}", f"bad-{number}") == [code], case
        assert till.maya.get(f"/api/elicitations/{till.question}").json()["status"] == "pending", case
        assert till.moved() == 0, case
    finished = till.answer({"confirmed": True}, "too-late", question=till.said_yes)
    assert (finished.status_code, finished.json()["code"]) == (409, "elicitation_closed")
    assert fit_for_the_ear(finished.json()["sentence"])
    assert till.audited(till.said_yes, "user_maya", "too-late") == ["elicitation_closed"]
    assert till.answer({"otp_code": till.code}, "right").json()["status"] == "completed"


def test_two_racing_answers_one_counts(till: Till) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: till.answer({"otp_code": till.code}, f"race-{n}"), range(4)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    for number, answer in enumerate(answers):
        if answer.status_code == 409:
            assert answer.json()["code"] == "elicitation_closed"
            assert fit_for_the_ear(answer.json()["sentence"])
            assert till.audited(till.question, "user_maya", f"race-{number}") == ["elicitation_closed"]
    payment = till.question.rsplit("-otp-", 1)[0]
    for _ in range(200):
        if till.maya.get(f"/api/payments/{payment}").json()["state"] == "COMPLETED":
            break
        time.sleep(0.05)
    assert till.moved() == 1


FORMS: dict[str, Callable[[str], str]] = {
    "with spaces": " ".join,
    "in words": lambda code: " ".join(WORDS[int(digit)] for digit in code),
    "half and half": lambda code: f"{code[:3]}-{' '.join(WORDS[int(digit)] for digit in code[3:])}",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_code_as_people_write_it(till: Till, form: str) -> None:
    """The door reads it; a code that it refuses would be asked for again, which no customer understands."""
    assert till.answer({"otp_code": FORMS[form](wrong(till.code))}, "r1").json()["code"] == "answer_rejected"
    assert till.answer({"otp_code": FORMS[form](till.code)}, "r2").json()["status"] == "completed"
