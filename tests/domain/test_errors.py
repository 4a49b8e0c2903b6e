from __future__ import annotations

import re

import pytest

from domain.errors import BankError, every_error
from tests.ear import fit_for_the_ear


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.code)
def test_every_refusal_has_a_stable_code_and_a_sentence_for_the_ear(error: type[BankError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", error.code)
    assert 400 <= error.status < 600
    assert fit_for_the_ear(error.spoken), error.spoken


@pytest.mark.parametrize(
    "bad", ["", "no.", "The elicitation is closed.", "Error 404 happened.", "No full stop", "A_b c."]
)
def test_what_no_ear_could_take(bad: str) -> None:
    assert not fit_for_the_ear(bad)
