"""What every tool has, whoever wrote it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import httpx
import jsonschema_rs
import pytest

from adapters.http_clients.answer_door import AnswerDoor
from adapters.tokens import SCOPES, Principal
from domain.errors import ForbiddenError
from mcp_tools.bank import Alerts, Bank, Cards, Mandates, Payments, Reads, StandingOrders
from mcp_tools.catalogue import Entry, catalogue
from mcp_tools.following import Following
from mcp_tools.guard import Caller
from mcp_tools.memory import Memory
from tests.fakes.alerts import FakeAlerts
from tests.fakes.bank import (
    FakeGateway,
    FakeIdentity,
    FakeInquiries,
    FakeMandates,
    FakePayments,
    FakeQuestions,
    FakeRecords,
    NoAnswers,
)
from tests.fakes.orders import FakeOrders
from tests.fakes.outside import FakeProgress

DOOR = AnswerDoor(httpx.AsyncClient())
BANK = Bank(
    Reads(FakeInquiries(), lambda: date(2026, 11, 21)),
    Payments(FakePayments(), FakeRecords(), FakeQuestions(), FakeGateway(), DOOR),
    Mandates(FakeMandates()),
    Cards(FakeInquiries(), FakeIdentity()),
    Alerts(FakeAlerts()),
    StandingOrders(FakeOrders()),
    Memory(NoAnswers(), FakeInquiries().revision_of, lambda: date(2026, 11, 21)),
)
TOOLS = catalogue(BANK, Following(FakeProgress()))
GIVEN: dict[str, dict[str, Any]] = {
    "alerts": {"action": "list"},
    "standing_orders": {"action": "list"},
    "payment": {"amount": "1", "to_account": "x"},
    "transfer": {"amount": "1", "to_account": "x"},
    "payment_resume": {"elicitation_id": "e", "user_input": {}},
    "payment_correct": {"payment_id": "p"},
    "payment_cancel": {"payment_id": "p"},
    "elicitation_cancel": {"elicitation_id": "e"},
    "mandate_create": {"payees": ["x"], "budget": "1", "period": "day"},
    "mandate_revoke": {"mandate_id": "m"},
}


@pytest.mark.parametrize("entry", TOOLS.values(), ids=TOOLS)
def test_every_tool_is_described_in_full(entry: Entry) -> None:
    tool = entry.described()
    assert tool.title
    assert (tool.description or "").endswith(".")
    for schema in (tool.input_schema, tool.output_schema):
        assert schema is not None
        assert schema["type"] == "object"
        jsonschema_rs.validator_for(schema)
    hints = tool.annotations
    assert hints is not None
    told = (hints.read_only_hint, hints.idempotent_hint, hints.open_world_hint)
    assert None not in told
    assert hints.read_only_hint or hints.destructive_hint is not None
    assert entry.scope in SCOPES
    assert entry.twin.startswith("/mcp/")


@pytest.mark.parametrize("entry", TOOLS.values(), ids=TOOLS)
def test_its_own_check_is_for_the_scope_that_it_declares(entry: Entry) -> None:
    others = frozenset(SCOPES) - {entry.scope}
    with pytest.raises(ForbiddenError, match=entry.scope):
        asyncio.run(entry.call(Caller(Principal("u1", "service", others, "s1"), ""), GIVEN.get(entry.name, {})))


def test_twins_of_the_first_specification_are_there() -> None:
    paths = {entry.twin for entry in TOOLS.values()}
    first = {
        "balance",
        "transactions",
        "loans",
        "payment",
        "payment/resume",
        "alerts",
        "elicitation/{elicitation_id}/cancel",
    }
    assert {f"/mcp/{path}" for path in first} <= paths
    assert len(paths) == len(TOOLS)
