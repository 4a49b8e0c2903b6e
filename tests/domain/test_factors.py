"""Who is asked for what, row by row."""

from __future__ import annotations

import pytest

from domain.elicitation import ElicitationType
from domain.factors import CodeEntry, Strength, code_entry, countersigns_for, requires_biometric

BIOMETRIC, CONFIRMATION, OTP = ElicitationType.BIOMETRIC, ElicitationType.CONFIRMATION, ElicitationType.OTP
NONE, CONFIRM, STEP_UP = Strength.NONE, Strength.CONFIRM, Strength.STEP_UP

TABLE = [
    # platform, passkey, strength, asked for
    ("mobile", True, NONE, ()),
    ("mobile", True, CONFIRM, (BIOMETRIC, CONFIRMATION)),
    ("mobile", True, STEP_UP, (BIOMETRIC, CONFIRMATION, OTP)),
    ("mobile", False, CONFIRM, (CONFIRMATION,)),
    ("mobile", False, STEP_UP, (CONFIRMATION, OTP)),
    ("web", True, CONFIRM, (CONFIRMATION,)),
    ("web", True, STEP_UP, (CONFIRMATION, OTP)),
    ("web", False, STEP_UP, (CONFIRMATION, OTP)),
    ("phone", True, CONFIRM, (CONFIRMATION,)),
    ("phone", True, STEP_UP, (CONFIRMATION, OTP)),
    ("phone", False, STEP_UP, (CONFIRMATION, OTP)),
    ("fridge", True, STEP_UP, (CONFIRMATION, OTP)),
]


@pytest.mark.parametrize(("platform", "has_passkey", "strength", "asked"), TABLE)
def test_the_platforms_rule(
    platform: str, has_passkey: bool, strength: Strength, asked: tuple[ElicitationType, ...]
) -> None:
    found = countersigns_for(platform, has_passkey=has_passkey, strength=strength)
    assert found == asked
    assert requires_biometric(found) is (BIOMETRIC in asked)


@pytest.mark.parametrize("platform", ["mobile", "web", "phone", "fridge"])
@pytest.mark.parametrize("strength", Strength)
def test_a_passkey_never_takes_anything_away(platform: str, strength: Strength) -> None:
    without = countersigns_for(platform, has_passkey=False, strength=strength)
    assert countersigns_for(platform, has_passkey=True, strength=strength)[-len(without) :] == without or not without


def test_how_a_code_comes_in() -> None:
    assert [code_entry(each) for each in ("phone", "web", "mobile")] == [
        CodeEntry.KEYPAD_OR_VOICE,
        CodeEntry.TYPED,
        CodeEntry.TYPED,
    ]
