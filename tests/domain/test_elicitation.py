import json

import pytest

from domain.elicitation import (
    ElicitationRequest,
    ElicitationState,
    ElicitationStatus,
    ElicitationType,
    is_final,
    may_become,
)

REQUEST = ElicitationRequest(
    elicitation_id="p-1-otp-1",
    tool_call_id="call-1",
    elicitation_type=ElicitationType.OTP,
    payment_id="p-1",
    version=1,
    transaction_hash="ab" * 32,
    amount="25.00",
    currency="USD",
    payee="Sarah Chen",
    account="checking",
    created_at="2026-11-21T12:00:00+00:00",
    expires_at="2026-11-21T12:05:00+00:00",
    timeout_seconds=300,
    trace_id="0af7651916cd43dd8448eb211c80319c",
)


def test_the_request_has_the_specified_fields() -> None:
    body = REQUEST.to_json()
    assert set(body) == {
        "type",
        "elicitation_id",
        "tool_call_id",
        "elicitation_type",
        "schema",
        "context",
        "metadata",
    }
    assert body["type"] == "elicitation"
    assert body["context"] == {
        "amount": "25.00 USD",
        "payee": "Sarah Chen",
        "account": "checking",
        "transaction_type": "payment",
    }
    assert body["schema"]["fields"][0]["type"] == "otp"
    assert body["schema"]["ui_hints"] == {"component": "otp_input", "timeout_seconds": 300, "retry_count": 5}
    assert set(body["metadata"]) == {"trace_id", "created_at", "expires_at", "platform_requirements"}


def test_the_hash_and_the_version_stay_inside_the_bank() -> None:
    assert REQUEST.transaction_hash not in json.dumps(REQUEST.to_json())


def test_a_request_reads_back() -> None:
    read = ElicitationRequest.from_json(REQUEST.to_json(), "p-1")
    assert read.to_json() == REQUEST.to_json()


def test_a_status_names_its_optional_fields_only_where_they_hold_something() -> None:
    assert ElicitationStatus("e-1", ElicitationState.PENDING).to_json() == {
        "type": "elicitation_status",
        "elicitation_id": "e-1",
        "status": "pending",
    }
    full = ElicitationStatus("e-1", ElicitationState.FAILED, "too often", "too_many_tries", REQUEST).to_json()
    assert full["message"] == "too often"
    assert full["error_code"] == "too_many_tries"
    assert full["next_elicitation"]["elicitation_id"] == "p-1-otp-1"


@pytest.mark.parametrize("state", [state for state in ElicitationState if is_final(state)])
@pytest.mark.parametrize("after", list(ElicitationState))
def test_nothing_follows_a_final_state(state: ElicitationState, after: ElicitationState) -> None:
    assert not may_become(state, after)


@pytest.mark.parametrize("state", [state for state in ElicitationState if not is_final(state)])
def test_every_open_state_can_be_cancelled_and_expire(state: ElicitationState) -> None:
    assert may_become(state, ElicitationState.CANCELLED)
    assert may_become(state, ElicitationState.EXPIRED)
