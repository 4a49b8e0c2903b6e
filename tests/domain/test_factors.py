"""Who is asked for what, row by row."""

from __future__ import annotations

import pytest

from domain.elicitation import ElicitationType
from domain.factors import countersigns_for, requires_biometric

BIOMETRIC, CONFIRMATION, OTP = ElicitationType.BIOMETRIC, ElicitationType.CONFIRMATION, ElicitationType.OTP

TABLE = [
    # platform, passkey, what the policy asks for, what is asked for
    ("mobile", True, (), ()),
    ("mobile", True, (CONFIRMATION,), (BIOMETRIC, CONFIRMATION)),
    ("mobile", True, (CONFIRMATION, OTP), (BIOMETRIC, CONFIRMATION, OTP)),
    ("mobile", False, (CONFIRMATION, OTP), (CONFIRMATION, OTP)),
    ("web", True, (CONFIRMATION, OTP), (CONFIRMATION, OTP)),
    ("web", False, (CONFIRMATION, OTP), (CONFIRMATION, OTP)),
    ("phone", True, (CONFIRMATION, OTP), (CONFIRMATION, OTP)),
    ("fridge", True, (CONFIRMATION, OTP), (CONFIRMATION, OTP)),
]


@pytest.mark.parametrize(("platform", "has_passkey", "policys", "asked"), TABLE)
def test_the_platforms_rule(
    platform: str, has_passkey: bool, policys: tuple[ElicitationType, ...], asked: tuple[ElicitationType, ...]
) -> None:
    found = countersigns_for(platform, policys, has_passkey=has_passkey)
    assert found == asked
    assert requires_biometric(found) is (BIOMETRIC in asked)
