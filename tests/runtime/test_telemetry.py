"""Logs tell the story and name nobody."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from opentelemetry import trace

from runtime.settings import Settings
from runtime.telemetry import only_allowed, setup

SECRETS = {
    "text": "pay Sarah Chen twenty five dollars",
    "code": "answer_rejected",
    "otp_code": "482917",
    "payee": "Sarah Chen",
    "phone": "+15550100101",
    "amount": "25.00",
    "password": "hunter2",
    "proof": "eyJ...",
}


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[list[dict[str, object]]]:
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    setup("test", Settings(log_level="INFO"))
    found: list[dict[str, object]] = []
    structlog.get_logger("product").info("answer refused", payment_id="p-1", **SECRETS)
    logging.getLogger("library").warning("lost %s", "a connection", extra={"customer": "Maya", "url": "redis://h"})
    with trace.get_tracer("t").start_as_current_span("turn"):
        structlog.get_logger("product").info("in a span")
    found.extend(json.loads(line) for line in capsys.readouterr().out.splitlines())
    yield found
    root.handlers[:] = before
    structlog.reset_defaults()


def test_a_line_keeps_ids_and_codes_and_drops_what_names_a_person(lines: list[dict[str, object]]) -> None:
    line = lines[0]
    assert (line["event"], line["payment_id"], line["code"]) == ("answer refused", "p-1", "answer_rejected")
    assert line["service"] == "test"
    assert not {"text", "otp_code", "payee", "phone", "amount", "password", "proof"} & set(line)


def test_a_library_s_line_goes_through_the_same_sieve(lines: list[dict[str, object]]) -> None:
    assert lines[1]["event"] == "lost a connection"
    assert "customer" not in lines[1]


def test_a_line_in_a_span_carries_its_trace(lines: list[dict[str, object]]) -> None:
    assert "trace_id" not in lines[0]
    assert len(str(lines[2]["trace_id"])) == 32


def test_a_field_that_nobody_thought_of_is_dropped() -> None:
    assert only_allowed(None, "info", {"event": "x", "anything": "secret"}) == {"event": "x"}
