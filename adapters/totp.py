"""Codes of an authenticator app (RFC 6238): six digits, thirty seconds, one step of clock error either way."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Final

from pyotp import random_base32
from pyotp.hotp import HOTP
from pyotp.utils import build_uri

from adapters.sealing import Sealer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STEP_S: Final = 30
DIGITS: Final = 6
_PURPOSE: Final = b"countersign authenticator secret "
_ISSUER: Final = "Countersign"


class TotpCodes:
    """Makes and reads secrets. That a step is used once is the database's to see: pyotp takes a code twice."""

    def __init__(self, keys_file: Path, clock: Callable[[], float] = time.time) -> None:
        self._sealer = Sealer(keys_file, _PURPOSE)
        self._clock = clock

    def new_secret(self, user_id: str) -> tuple[str, str]:
        """A fresh secret in base 32, 160 bits, and the same sealed for this user alone."""
        plain = random_base32()
        return plain, self._sealer.seal(plain, user_id)

    def uri(self, plain: str, username: str) -> str:
        """The `otpauth:` address that an app reads from a QR code."""
        return build_uri(plain, username, issuer=_ISSUER, digits=DIGITS, period=STEP_S)

    def step_of(self, sealed: str, user_id: str, code: str) -> int | None:
        """The step that this code belongs to: now, the one before, or the next. None where it is wrong."""
        hotp = HOTP(self._sealer.open(sealed, user_id), digits=DIGITS)
        now = int(self._clock()) // STEP_S
        fits = [step for step in (now, now - 1, now + 1) if secrets.compare_digest(hotp.at(step), code)]
        return fits[0] if fits else None
