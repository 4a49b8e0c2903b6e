from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.elicitation import ElicitationState, ElicitationType
from domain.errors import (
    AnswerRejectedError,
    BankError,
    ElicitationClosedError,
    ElicitationExpiredError,
    TooManyTriesError,
    UnavailableError,
)
from domain.schemas import OTP_TRIES
from tests.fakes.desk import CODE, Bench, question

CONFIRM = ElicitationType.CONFIRMATION


IN_WORDS = [
    "zero four two five one seven",
    "Oh, four, two. Five one seven.",
    "0 four 2 five 17",
    "oh forty-two five one seven",
]


@pytest.mark.parametrize("typed", [CODE, "042 517", "042-517", " 0 4 2 5 1 7 ", *IN_WORDS])
async def test_the_right_code_is_vouched_for(typed: str) -> None:
    bench = Bench(question("e1"))
    status = await bench.desk.answer("e1", "u1", {"otp_code": typed}, "r1")
    assert status.status is ElicitationState.COMPLETED
    assert bench.workflows.accepted == [True]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"otp_code": ""},
        {"otp_code": "04251"},
        {"otp_code": "0425170"},
        {"otp_code": 42517},
        {"otp_code": None},
        {"otp_code": ["0", "4"]},
        {"otp_code": "04251x"},
        {"otp_code": "my code is zero four two five one seven"},
        {"otp_code": "zero four two five one"},
        {"otp_code": "zero four two five one seven eight"},
        {"otp_code": "zero " * 90},
        {"otp_code": "٠٤٢٥١٧"},
        {"otp_code": "0" * 500},
        {"confirmed": True},
    ],
)
async def test_a_malformed_code_costs_no_try(data: dict[str, Any]) -> None:
    bench = Bench(question("e1"))
    with pytest.raises(BankError) as refused:
        await bench.desk.answer("e1", "u1", data, "r1")
    assert refused.value.code == "answer_malformed"
    assert bench.elicitations.rows["e1"].tries == 0


async def test_wrong_codes_are_counted_down_to_the_last() -> None:
    bench = Bench(question("e1"))
    for left in range(OTP_TRIES - 1, 0, -1):
        with pytest.raises(AnswerRejectedError) as refused:
            await bench.desk.answer("e1", "u1", {"otp_code": "111111"}, f"r{left}")
        assert str(left) in refused.value.detail
        assert "111111" not in refused.value.detail + refused.value.sentence
    with pytest.raises(TooManyTriesError):
        await bench.desk.answer("e1", "u1", {"otp_code": "111111"}, "last")
    assert bench.elicitations.rows["e1"].state is ElicitationState.FAILED
    with pytest.raises(TooManyTriesError):
        await bench.desk.answer("e1", "u1", {"otp_code": CODE}, "late")
    with pytest.raises(TooManyTriesError):
        await bench.desk.answer("e1", "u1", {"otp_code": CODE}, "too-late")
    assert bench.workflows.accepted == []


async def test_the_right_code_uses_up_no_try_while_nobody_is_there_to_take_it() -> None:
    bench = Bench(question("e1"))
    bench.workflows.away = 2 * OTP_TRIES
    for _ in range(2 * OTP_TRIES):
        with pytest.raises(UnavailableError):
            await bench.desk.answer("e1", "u1", {"otp_code": CODE}, "r1")
    assert (await bench.desk.answer("e1", "u1", {"otp_code": CODE}, "r1")).status is ElicitationState.COMPLETED


async def test_a_repeated_answer_gets_the_first_result() -> None:
    bench = Bench(question("e1"))
    for _ in range(3):
        with pytest.raises(AnswerRejectedError):
            await bench.desk.answer("e1", "u1", {"otp_code": "111111"}, "r1")
    assert bench.elicitations.rows["e1"].tries == 1
    first = await bench.desk.answer("e1", "u1", {"otp_code": CODE}, "r2")
    assert await bench.desk.answer("e1", "u1", {"otp_code": "111111"}, "r2") == first
    assert bench.workflows.accepted == [True]
    with pytest.raises(ElicitationClosedError):
        await bench.desk.answer("e1", "u1", {"otp_code": CODE}, "r3")


async def test_of_racing_answers_the_first_valid_one_wins() -> None:
    bench = Bench(question("e1"))
    answers = [bench.desk.answer("e1", "u1", {"otp_code": CODE}, f"r{n}") for n in range(4)]
    results = await asyncio.gather(*answers, return_exceptions=True)
    assert bench.workflows.accepted == [True]
    assert sum(isinstance(result, ElicitationClosedError) for result in results) == 3


@pytest.mark.parametrize("said", [True, False])
async def test_a_yes_or_a_no_is_handed_on(said: bool) -> None:
    bench = Bench(question("e1", CONFIRM))
    await bench.desk.answer("e1", "u1", {"confirmed": said}, "r1")
    assert bench.workflows.accepted == [said]


@pytest.mark.parametrize("data", [{}, {"confirmed": "yes"}, {"confirmed": 1}, {"confirmed": None}, {"otp_code": CODE}])
async def test_only_a_boolean_confirms(data: dict[str, Any]) -> None:
    bench = Bench(question("e1", CONFIRM))
    with pytest.raises(BankError) as refused:
        await bench.desk.answer("e1", "u1", data, "r1")
    assert refused.value.code == "answer_malformed"
    assert bench.workflows.accepted == []


@pytest.mark.parametrize(
    ("elicitation_id", "user_id"), [("e1", "u2"), ("e2", "u1"), ("../e1", "u1"), ("", "u1"), ("e1" * 100, "u1")]
)
async def test_what_is_not_ones_own_is_not_there(elicitation_id: str, user_id: str) -> None:
    bench = Bench(question("e1"))
    with pytest.raises(BankError) as refused:
        await bench.desk.answer(elicitation_id, user_id, {"otp_code": CODE}, "r1")
    assert refused.value.code == "elicitation_not_found"
    assert bench.elicitations.rows["e1"].tries == 0


async def test_time_and_version_are_checked_before_the_factor() -> None:
    bench = Bench(question("e1"))
    with pytest.raises(BankError) as refused:
        await bench.desk.answer("e1", "u1", {"otp_code": CODE, "version": 2}, "r1")
    assert refused.value.code == "stale_version"
    bench.now += timedelta(seconds=300)
    with pytest.raises(ElicitationExpiredError):
        await bench.desk.answer("e1", "u1", {"otp_code": CODE}, "r2")
    assert bench.elicitations.rows["e1"].tries == 0


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (ElicitationState.COMPLETED, "elicitation_closed"),
        (ElicitationState.CANCELLED, "elicitation_closed"),
        (ElicitationState.EXPIRED, "elicitation_expired"),
    ],
)
async def test_what_is_settled_stays_settled(state: ElicitationState, code: str) -> None:
    bench = Bench(replace(question("e1"), state=state))
    with pytest.raises(BankError) as refused:
        await bench.desk.answer("e1", "u1", {"otp_code": CODE}, "r1")
    assert refused.value.code == code


@pytest.mark.parametrize("response_id", ["", "a b", "x" * 129, "a/b"])
async def test_a_response_id_must_be_fit_for_a_key(response_id: str) -> None:
    with pytest.raises(BankError) as refused:
        await Bench(question("e1")).desk.answer("e1", "u1", {"otp_code": CODE}, response_id)
    assert refused.value.code == "invalid_request"


async def test_an_answer_that_nobody_was_told_of_is_handed_in_again() -> None:
    """Its servers died between taking it and telling the workflow; whoever asks next makes it known."""
    bench = Bench(replace(question("e1"), state=ElicitationState.COMPLETED, response_id="r1"))
    with pytest.raises(ElicitationClosedError):
        await bench.desk.answer("e1", "u1", {"otp_code": CODE}, "r2")
    assert bench.attempts.outcomes["e1", "r1"] == "accepted"
