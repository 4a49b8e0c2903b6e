from typing import Any

import pytest
from typer.testing import CliRunner

from cli.inbox import newest_code
from cli.main import app


@pytest.mark.parametrize("said", ["maybe", "123", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666", "yes please", " "])
def test_what_answers_nothing_is_refused_with_the_forms_that_do(said: str) -> None:
    refused = CliRunner().invoke(app, ["answer", "maya", "p-1-otp-1", said])
    assert refused.exit_code == 2
    assert "yes, no, cancel, or the six digits" in " ".join(refused.output.split())


def question(elicitation_id: str, created_at: str, kind: str = "otp", payee: str = "Sarah Chen") -> dict[str, Any]:
    about = {"context": {"payee": payee}, "metadata": {"created_at": f"2026-11-21T{created_at}+00:00"}}
    return {"elicitation_id": elicitation_id, "elicitation_type": kind} | about


def sent(at: str, code: str, payee: str = "Sarah Chen") -> dict[str, Any]:
    body = f"Your code is {code} to pay $5.00 to {payee}. It is valid for 5 minutes. Never share it."
    return {"at": f"2026-11-21T{at}+00:00", "channel": "sms", "body": body}


SPENT, FIRST, SECOND = sent("11:00:00.100", "111111"), sent("12:00:00.100", "222222"), sent("12:00:40.100", "333333")
OPEN = question("b-otp-1", "12:00:00.055954")


@pytest.mark.parametrize(
    ("messages", "waiting", "code"),
    [
        ([SPENT, FIRST], [OPEN], "222222"),
        ([SPENT, FIRST, SECOND], [OPEN], "333333"),
        ([SPENT], [OPEN], ""),
        ([SPENT, FIRST], [], ""),
        ([SPENT, FIRST], [question("b-confirmation-1", "12:00:00", "confirmation")], ""),
        ([FIRST, sent("12:01:00.100", "444444", "John Doe")], [OPEN], "222222"),
        (
            [FIRST, sent("12:01:00.100", "444444", "John Doe")],
            [OPEN, question("c", "12:01:00", payee="John Doe")],
            "222222",
        ),
    ],
)
def test_the_newest_code_of_the_open_question_is_given(
    messages: list[dict[str, Any]], waiting: list[dict[str, Any]], code: str
) -> None:
    assert newest_code(messages, waiting, "b-otp-1") == code


def test_where_the_call_knows_no_question_the_newest_is_answered() -> None:
    waiting = [OPEN, question("c-otp-1", "12:00:30")]
    assert newest_code([FIRST, SECOND], waiting) == "333333"


def test_no_sound_file_is_said_alike() -> None:
    for command in (["hear", "/no/such.wav"], ["call", "maya", "/no/such.wav"]):
        refused = CliRunner().invoke(app, command)
        assert (refused.exit_code, refused.output.strip()) == (2, "/no/such.wav: there is no such sound file")
