"""What a customer is told of a failure."""

from __future__ import annotations

from temporalio.exceptions import ApplicationError

from domain.errors import UnavailableError
from workflows.refusal import refusal_of


def test_a_failure_that_nobody_could_open_is_told_in_the_words_of_its_kind() -> None:
    sealed = ApplicationError("Encoded failure", type=UnavailableError.code)
    assert refusal_of(sealed).sentence == UnavailableError().sentence


def test_a_failure_with_words_of_its_own_keeps_them() -> None:
    assert refusal_of(ApplicationError("Not now.", type=UnavailableError.code)).sentence == "Not now."
