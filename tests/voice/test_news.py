"""What happens without the caller's asking: spoken if new, shown on the client's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.conversation import DataCard, Expects, Reply
from domain.events import Event, EventKind
from domain.understanding import Intent
from tests.fakes.conversation import question, reply
from voice_worker.news import reply_from, status_from

if TYPE_CHECKING:
    from typing import Any

CARD = DataCard("receipt", "Paid", (("Amount", "$25.00"), ("Payee", "Sarah Chen")))


@pytest.mark.parametrize(
    "said",
    [
        reply("Done.", 3),
        reply("Goodbye.", 4, end=True),
        Reply("Done.", "Done.", Intent.CODE, "idle", Expects.ANYTHING, 5, None, CARD),
    ],
)
def test_a_reply_comes_back_from_its_event_as_it_was(said: Reply) -> None:
    assert reply_from(said.to_json()) == said


def test_a_question_keeps_what_a_client_may_see() -> None:
    asked = reply_from(reply("Code, please.", 3, Expects.CODE, asked=True).to_json()).elicitation
    assert asked is not None
    assert (asked.elicitation_id, asked.amount, asked.payee) == (question().elicitation_id, "25.00", "Sarah Chen")


@pytest.mark.parametrize(
    ("body", "status", "error_code"),
    [
        ({"state": "completed"}, "completed", None),
        ({"state": "expired", "error_code": "elicitation_expired"}, "expired", "elicitation_expired"),
    ],
)
def test_a_closed_question_is_a_status(body: dict[str, Any], status: str, error_code: str | None) -> None:
    found = status_from(Event(7, EventKind.ELICITATION_CLOSED, "u", "s", "e1", "2026-01-01T00:00:00Z", body))
    assert (found["type"], found["elicitation_id"], found["status"]) == ("elicitation_status", "e1", status)
    assert found.get("error_code") == error_code
