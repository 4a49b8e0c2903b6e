"""One-time codes: HOTP (RFC 4226) over a secret per elicitation, sealed with AES-256-GCM at rest."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyotp import random_base32
from pyotp.hotp import HOTP

from domain.elicitation import OTP_DIGITS
from domain.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

_NONCE_BYTES: Final = 12  # NIST SP 800-38D, section 5.2.1.1
_PURPOSE: Final = b"countersign one-time code secret "


class HotpCodes:
    """Implements `activities.ports.OneTimeCodes`. `keys_file`: `{"current": kid, "keys": {kid: base64 of 32 bytes}}`.

    New secrets are sealed with the current key; older keys of the ring still open theirs.
    """

    def __init__(self, keys_file: Path) -> None:
        ring = json.loads(keys_file.read_text())
        self._current: str = ring["current"]
        self._keys = {kid: AESGCM(b64decode(key)) for kid, key in ring["keys"].items()}

    def new_secret(self) -> str:
        """A fresh secret as `kid.base64(nonce, ciphertext, tag)`."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, random_base32().encode(), _bound(self._current))
        return f"{self._current}.{b64encode(nonce + sealed).decode()}"

    def code(self, sealed: str, counter: int) -> str:
        """The six digits for this counter. Raises UnavailableError where no key of the ring opens the secret."""
        return HOTP(self._open(sealed), digits=OTP_DIGITS).at(counter)

    def verify(self, sealed: str, counter: int, code: str) -> bool:
        """Constant-time comparison with the code of this counter alone."""
        return secrets.compare_digest(self.code(sealed, counter).encode(), code.encode())

    def _open(self, sealed: str) -> str:
        kid, _, body = sealed.partition(".")
        try:
            raw = b64decode(body, validate=True)
            return self._keys[kid].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(kid)).decode()
        except (KeyError, ValueError, InvalidTag) as error:
            raise UnavailableError(f"one-time code secret: {type(error).__name__}") from error


def _bound(kid: str) -> bytes:
    return _PURPOSE + kid.encode()
