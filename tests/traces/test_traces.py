"""A payment typed to the whole bank with a collector beside it: what its traces tell, and what they do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from runtime.local.catalogue import names_of
from runtime.local.stack import Stack
from tests.fakes.collector import Collector, Seen, collecting
from tests.faults.customer import Typist

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.servers
SERVICES = [name for name in names_of([]) if name != "voice_worker"]
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)  # may hold any digits
TURN = "POST /api/conversations/{session_id}/turns"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as running:
        yield running


@pytest.fixture(scope="module")
def secrets() -> list[str]:
    """What was said, and must not be seen."""
    return ["25.37", "2537", "Sarah", "Chen", "Maya", "+1555", "maya@", "checking account"]


@pytest.fixture(scope="module")
def paid(collector: Collector, secrets: list[str], tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    """All spans of a payment of three turns."""
    root = tmp_path_factory.mktemp("traced")
    with Stack(root, SERVICES, given={"COUNTERSIGN_OTLP_ENDPOINT": collector.url}) as stack:
        typist = Typist(stack)
        say(typist, "pay 25.37 dollars to Sarah Chen")
        say(typist, "yes")
        texts = typist.http.get("/api/demo/inbox").json()["messages"]
        code = re.findall(r"\b\d{6}\b", texts[-1]["body"])[-1]
        assert "25.37" in say(typist, f"the code is {code}")
        typist.close()
        secrets.append(code)
    return list(collector.spans)  # whatever was not sent yet is sent by a process that ends


def say(typist: Typist, text: str) -> str:
    answer = typist.http.post(f"/api/conversations/{typist.session_id}/turns", json={"text": text})
    assert answer.is_success, answer.text
    return answer.json()["replies"][-1]["text"]


def named(spans: list[Seen], name: str) -> list[Seen]:
    return [seen for seen in spans if seen.name == name]


def line_of(seen: Seen, spans: list[Seen]) -> list[tuple[str, str]]:
    """Service and name of a span and all above it, root first."""
    above = {each.own_id: each for each in spans}
    line = [seen]
    while line[0].parent_id:
        line.insert(0, above[line[0].parent_id])
    return [(each.service.removeprefix("countersign-"), each.name) for each in line]


def test_a_turn_is_one_trace_from_the_api_to_postgres(paid: list[Seen]) -> None:
    tool = next(seen for seen in named(paid, "tool_response") if seen.attributes["tool"] == "payment")
    assert line_of(tool, paid) == [
        ("api", TURN),
        ("api", "StartWorkflowUpdate:turn"),
        ("temporal_worker", "HandleUpdate:turn"),
        ("temporal_worker", "StartActivity:call_tool"),
        ("temporal_worker", "RunActivity:call_tool"),
        ("temporal_worker", "MCP send tools/call payment"),
        ("mcp_tools", "tools/call payment"),
        ("mcp_tools", "tool_response"),
    ]
    lines = [line_of(seen, paid) for seen in named(paid, "postgres") if seen.trace == tool.trace]
    below = [line for line in lines if ("mcp_tools", "tool_response") in line]
    assert {("temporal_worker", "RunActivity:screen_payment"), ("temporal_worker", "RunWorkflow:PaymentWorkflow")} <= {
        step for line in below for step in line
    }
    assert all(line[0] == ("api", TURN) for line in lines)


def test_an_answer_stays_in_its_turns_trace_on_its_way_through_the_tools(paid: list[Seen]) -> None:
    (through_tools,) = [
        line_of(seen, paid) for seen in paid if seen.name == "POST /api/elicitations/{elicitation_id}/answer"
    ]
    assert through_tools[0] == ("api", TURN)
    assert ("mcp_tools", "tool_response") in through_tools


def test_every_turn_has_a_trace_of_its_own_with_masking_and_understanding(paid: list[Seen]) -> None:
    turns = {seen.trace for seen in named(paid, TURN)}
    assert len(turns) == 3
    for name in ("presidio_mask", "llm_request"):
        assert {seen.trace for seen in named(paid, name)} == turns
    assert {seen.trace for seen in paid if seen.service == "countersign-mcp_tools"} <= turns


def test_an_elicitation_is_a_trace_linked_to_the_turns_that_asked_and_answered(paid: list[Seen]) -> None:
    turns = [seen.trace for seen in sorted(named(paid, TURN), key=lambda seen: seen.span.start_time_unix_nano)]
    found = {
        seen.attributes["temporalWorkflowID"].rsplit("-", 2)[1]: seen for seen in named(paid, "elicitation_lifecycle")
    }
    assert found.keys() == {"confirmation", "otp"}
    for kind, answered in (("confirmation", turns[1]), ("otp", turns[2])):
        seen = found[kind]
        assert seen.parent_id == ""
        assert [each for each in paid if each.trace == seen.trace] == [seen]
        assert [trace for trace, _ in seen.links] == [turns[0], answered]


def test_no_span_tells_an_amount_a_name_or_a_code(paid: list[Seen], secrets: list[str]) -> None:
    told = "\n".join(word for seen in paid for word in seen.words)
    assert "Pay" in told  # it does look into names and values
    assert [secret for secret in secrets if secret.lower() in RANDOM_ID.sub("", told).lower()] == []
