"""One-time codes: HOTP (RFC 4226) over a secret per elicitation, sealed with AES-256-GCM at rest."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from pyotp import random_base32
from pyotp.hotp import HOTP

from adapters.sealing import Sealer
from domain.schemas import OTP_DIGITS

if TYPE_CHECKING:
    from pathlib import Path

_PURPOSE: Final = b"countersign one-time code secret "


class HotpCodes:
    """Implements `activities.ports.OneTimeCodes`. `keys_file` is a ring, see `adapters.sealing`."""

    def __init__(self, keys_file: Path) -> None:
        self._sealer = Sealer(keys_file, _PURPOSE)

    def new_secret(self) -> str:
        """A fresh secret, sealed."""
        return self._sealer.seal(random_base32())

    def code(self, sealed: str, counter: int) -> str:
        """The six digits for this counter. Raises UnavailableError where no key of the ring opens the secret."""
        return HOTP(self._sealer.open(sealed), digits=OTP_DIGITS).at(counter)

    def verify(self, sealed: str, counter: int, code: str) -> bool:
        """Constant-time comparison with the code of this counter alone."""
        return secrets.compare_digest(self.code(sealed, counter).encode(), code.encode())
