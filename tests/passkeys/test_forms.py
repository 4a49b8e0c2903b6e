"""A form from its question to the workflow that asked: what was entered arrives, and is told to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from domain.forms import FormField, Option

if TYPE_CHECKING:
    from tests.passkeys.conftest import Bank

pytestmark = pytest.mark.servers
FIELDS = (
    FormField("threshold", "number", "Below", required=True, minimum=1),
    FormField("every", "select", "Every", options=(Option("day", "Day"), Option("week", "Week"))),
    FormField("nickname", "string", "Nickname", max_length=8, mask_input=True),
)


def test_a_form_is_filled_in(bank: Bank, capfd: pytest.CaptureFixture[str]) -> None:
    omar, question = bank.client("omar"), f"form-{uuid4().hex}"
    waiting = bank.fill_in(question, FIELDS)
    door = f"/api/elicitations/{question}/answer"
    assert omar.get(f"/api/elicitations/{question}").json()["schema"]["fields"] == [each.to_json() for each in FIELDS]
    wrong = omar.post(door, json={"data": {"threshold": 0, "nickname": "Sekret-Sekret"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "form_invalid")
    assert wrong.json()["errors"] == [
        {"field": "threshold", "rule": "min"},
        {"field": "nickname", "rule": "max_length"},
    ]
    assert bank.state(question) == "pending"
    right = {"threshold": 50, "every": "week", "nickname": "Sekret"}
    for _ in range(2):
        answer = omar.post(door, json={"data": right, "response_id": "f1"})
        assert answer.json()["status"] == "completed"
    outcome = bank.do(waiting.result())
    assert (outcome.accepted, outcome.filled) == (True, right | {"threshold": "50"})
    assert bank.row("SELECT count(*) FROM audit WHERE detail::text ILIKE '%%sekret%%'") == (0,)
    assert bank.row("SELECT count(*) FROM outbox WHERE body::text ILIKE '%%sekret%%'") == (0,)
    printed = capfd.readouterr()
    assert "sekret" not in (wrong.text + answer.text + printed.out + printed.err).lower()


def test_what_was_filled_in_is_not_changed_afterwards(bank: Bank) -> None:
    omar, question = bank.client("omar"), f"form-{uuid4().hex}"
    bank.fill_in(question, FIELDS)
    door = f"/api/elicitations/{question}/answer"
    omar.post(door, json={"data": {"threshold": 5}, "response_id": "f1"})
    again = omar.post(door, json={"data": {"threshold": 6}, "response_id": "f1"})
    assert again.json()["status"] == "completed"
    assert omar.post(door, json={"data": {"threshold": 6}, "response_id": "f2"}).json()["code"] == "elicitation_closed"
    kept = bank.row("SELECT jsonb_agg(filled) FROM form_answers WHERE elicitation_id = %s", question)
    assert kept == ([{"threshold": "5"}],)
