"""Who is asked for what: the platform's rule, one table, the first row that fits decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.elicitation import ElicitationType

_BIOMETRIC, _CONFIRMATION, _OTP = ElicitationType.BIOMETRIC, ElicitationType.CONFIRMATION, ElicitationType.OTP


class Strength(StrEnum):
    """How much the policy asks of the customer: nothing, an explicit yes, or a yes and a factor of its own."""

    NONE = "none"
    CONFIRM = "confirm"
    STEP_UP = "step_up"


class CodeEntry(StrEnum):
    """How a one-time code comes in."""

    TYPED = "typed"
    KEYPAD_OR_VOICE = "keypad_or_voice"


@dataclass(frozen=True, slots=True)
class _Row:
    platform: str
    has_passkey: bool | None
    before: tuple[ElicitationType, ...]


_PLATFORMS: Final = (
    # platform, passkey (None: either), what is asked before the confirmation and the code
    _Row("mobile", has_passkey=True, before=(_BIOMETRIC,)),
    _Row("mobile", has_passkey=False, before=()),
    _Row("web", has_passkey=None, before=()),
    _Row("phone", has_passkey=None, before=()),
)
_STRENGTHS: Final[dict[Strength, tuple[ElicitationType, ...]]] = {
    Strength.NONE: (),
    Strength.CONFIRM: (_CONFIRMATION,),
    Strength.STEP_UP: (_CONFIRMATION, _OTP),
}


def countersigns_for(
    platform: str, *, has_passkey: bool, strength: Strength = Strength.STEP_UP
) -> tuple[ElicitationType, ...]:
    """The customer's countersigns, in the order in which they are asked for. An unknown platform is treated as web.

    A passkey comes on top: it never takes the place of the code, so that enrolling one cannot weaken a payment.
    """
    asked = _STRENGTHS[strength]
    return (*_before(platform, has_passkey=has_passkey), *asked) if asked else ()


def requires_biometric(countersigns: tuple[ElicitationType, ...]) -> bool:
    """Whether a plan asks for a passkey: what `platform_requirements.mobile` says of each of its questions."""
    return _BIOMETRIC in countersigns


def code_entry(platform: str) -> CodeEntry:
    """How this platform takes a one-time code."""
    return CodeEntry.KEYPAD_OR_VOICE if platform == "phone" else CodeEntry.TYPED


def _before(platform: str, *, has_passkey: bool) -> tuple[ElicitationType, ...]:
    fits = (row for row in _PLATFORMS if row.platform == platform and row.has_passkey in {None, has_passkey})
    row = next(fits, None)
    return row.before if row else ()
