"""Secrets at rest: AES-256-GCM with a ring of keys, bound to what they are for."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

_NONCE_BYTES: Final = 12  # NIST SP 800-38D, section 5.2.1.1


class Sealer:
    """`keys_file`: `{"current": kid, "keys": {kid: base64 of 32 bytes}}`.

    What is sealed for one purpose opens for no other. New secrets are sealed with the current key; older keys of the
    ring still open theirs.
    """

    def __init__(self, keys_file: Path, purpose: bytes) -> None:
        ring = json.loads(keys_file.read_text())
        self._purpose = purpose
        self._current: str = ring["current"]
        self._keys = {kid: AESGCM(b64decode(key)) for kid, key in ring["keys"].items()}

    def seal(self, secret: str, owner: str = "") -> str:
        """`kid.base64(nonce, ciphertext, tag)`, which opens for this owner alone."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, secret.encode(), self._bound(self._current, owner))
        return f"{self._current}.{b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, owner: str = "") -> str:
        """The secret. Raises UnavailableError where no key of the ring opens it."""
        kid, _, body = sealed.partition(".")
        try:
            raw = b64decode(body, validate=True)
            return self._keys[kid].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], self._bound(kid, owner)).decode()
        except (KeyError, ValueError, InvalidTag) as error:
            raise UnavailableError(f"sealed secret: {type(error).__name__}") from error

    def _bound(self, kid: str, owner: str) -> bytes:
        return self._purpose + kid.encode() + (b" " + owner.encode() if owner else b"")
