"""The answer door beside codes and yeses: forms, passkeys where none are kept, and what is a supervisor's to decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from activities.ports import ElicitationRow
from domain.elicitation import ElicitationState, ElicitationType
from domain.errors import BankError, ForbiddenError
from domain.forms import FormField
from tests.fakes.desk import Bench, question

FIELDS = (FormField("threshold", "number", "Below", required=True, minimum=1),)


def form() -> ElicitationRow:
    row = question("e1", ElicitationType.FORM)
    return replace(row, request=replace(row.request, fields=FIELDS))


async def test_a_form_is_kept_before_it_is_vouched_for() -> None:
    bench = Bench(form())
    await bench.desk.answer("e1", "u1", {"threshold": "5"}, "r1")
    assert bench.elicitations.forms == {("e1", "r1"): {"threshold": "5"}}
    assert bench.workflows.accepted == [True]


REFUSED = [
    (form(), {}, "form_invalid"),
    (form(), {"threshold": 0}, "form_invalid"),
    (form(), {"threshold": 5, "confirmed": True}, "form_invalid"),
    (question("e1", ElicitationType.BIOMETRIC), {"assertion": {}}, "passkey_unknown"),
    (question("e1", ElicitationType.SUPERVISOR_APPROVAL), {"decision": "approve"}, "forbidden"),
    (question("e1", ElicitationType.SUPERVISOR_APPROVAL), {"confirmed": True}, "forbidden"),
    (question("e1", ElicitationType.CONFIRMATION), {"assertion": {}}, "answer_malformed"),
]


@pytest.mark.parametrize(("row", "data", "code"), REFUSED)
async def test_what_is_not_vouched_for(row: ElicitationRow, data: dict[str, object], code: str) -> None:
    bench = Bench(row)
    with pytest.raises(BankError) as refused:
        await bench.desk.answer("e1", "u1", data, "r1")
    assert refused.value.code == code
    assert bench.workflows.accepted == []
    assert bench.elicitations.forms == {}


@pytest.mark.parametrize("response_id", ["sams", "r1"])
async def test_a_decision_that_was_taken_is_not_its_customers_to_hand_in(response_id: str) -> None:
    decided = question("e1", ElicitationType.SUPERVISOR_APPROVAL)
    bench = Bench(replace(decided, state=ElicitationState.COMPLETED, response_id="sams", error_code="approval_refused"))
    with pytest.raises(ForbiddenError):
        await bench.desk.answer("e1", "u1", {"confirmed": True}, response_id)
    assert bench.attempts.outcomes == {}


@pytest.mark.parametrize(
    ("kind", "word"),
    [(ElicitationType.OTP, "code"), (ElicitationType.BIOMETRIC, "long"), (ElicitationType.FORM, "long")],
)
async def test_only_a_code_is_said_to_have_expired(kind: ElicitationType, word: str) -> None:
    bench = Bench(question("e1", kind))
    bench.now += timedelta(seconds=300)
    with pytest.raises(BankError) as refused:
        await bench.desk.answer("e1", "u1", {}, "r1")
    assert refused.value.code == "elicitation_expired"
    assert word in refused.value.sentence
