"""Who is asked for what: the platform's rule, one table, the first row that fits decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.elicitation import ElicitationType

_BIOMETRIC: Final = ElicitationType.BIOMETRIC


@dataclass(frozen=True, slots=True)
class _Row:
    platform: str
    has_passkey: bool | None
    before: tuple[ElicitationType, ...]


_PLATFORMS: Final = (
    # platform, passkey (None: either), what is asked before what the policy asks for
    _Row("mobile", has_passkey=True, before=(_BIOMETRIC,)),
    _Row("mobile", has_passkey=False, before=()),
    _Row("web", has_passkey=None, before=()),
    _Row("phone", has_passkey=None, before=()),
)


def countersigns_for(
    platform: str, asked: tuple[ElicitationType, ...], *, has_passkey: bool
) -> tuple[ElicitationType, ...]:
    """The customer's countersigns, in the order in which they are asked for. An unknown platform is treated as web.

    `asked` is the policy's. A passkey comes on top: it never takes the place of the code, so that enrolling one cannot
    weaken a payment.
    """
    return (*_before(platform, has_passkey=has_passkey), *asked) if asked else ()


def standing_countersigns(platform: str, *, has_passkey: bool) -> tuple[ElicitationType, ...]:
    """Of a standing mandate or order: the yes, and one factor: the platform's passkey before it, or a code after it."""
    passkey = _before(platform, has_passkey=has_passkey)
    return (*passkey, ElicitationType.CONFIRMATION) if passkey else (ElicitationType.CONFIRMATION, ElicitationType.OTP)


def identity_factor(platform: str, *, has_passkey: bool) -> ElicitationType:
    """What shows who is speaking: the platform's passkey, else a code, which a phone takes by keypad or by voice."""
    return next(iter(_before(platform, has_passkey=has_passkey)), ElicitationType.OTP)


def requires_biometric(countersigns: tuple[ElicitationType, ...]) -> bool:
    """Whether a plan asks for a passkey: what `platform_requirements.mobile` says of each of its questions."""
    return _BIOMETRIC in countersigns


def _before(platform: str, *, has_passkey: bool) -> tuple[ElicitationType, ...]:
    fits = (row for row in _PLATFORMS if row.platform == platform and row.has_passkey in {None, has_passkey})
    row = next(fits, None)
    return row.before if row else ()
