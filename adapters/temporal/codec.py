"""Encrypts every payload at rest in Temporal with AES-256-GCM. A key ring, so that keys can be rotated."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from domain.errors import BankError

ENCODING: Final = b"binary/encrypted"
_NONCE_BYTES: Final = 12
_METADATA_QUERY: Final = b"temporal.api.sdk.v1.WorkflowMetadata"


class PayloadUnreadableError(BankError):
    """A payload's key is not in the ring, or its bytes were changed."""

    code = "payload_unreadable"
    status = 422


class EncryptionCodec(PayloadCodec):
    """`keys`: key id → 32 bytes; new payloads use `current`. The key id travels beside it and is bound to it."""

    def __init__(self, keys: dict[str, bytes], current: str) -> None:
        """Raises KeyError where `current` is not in the ring."""
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = current
        self._cipher = self._ciphers[current]

    @classmethod
    def from_file(cls, path: Path) -> EncryptionCodec:
        """Read a ring of the form {"current": id, "keys": {id: base64}}."""
        ring = json.loads(path.read_text())
        return cls({key_id: base64.b64decode(key) for key_id, key in ring["keys"].items()}, ring["current"])

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload whole. The words that a workflow shows of itself in Temporal's UI stay readable."""
        return [payload if _is_plain_words(payload) else self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Decrypt what we encrypted; leave anything else as it is. Raises PayloadUnreadableError."""
        return [
            self._open(payload) if payload.metadata.get("encoding") == ENCODING else payload for payload in payloads
        ]

    def _seal(self, payload: Payload) -> Payload:
        nonce, key_id = os.urandom(_NONCE_BYTES), self._current.encode()
        sealed = nonce + self._cipher.encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": ENCODING, "encryption-key-id": key_id}, data=sealed)

    def _open(self, payload: Payload) -> Payload:
        key_id = payload.metadata.get("encryption-key-id", b"")
        cipher = self._ciphers.get(key_id.decode(errors="replace"))
        if cipher is None:
            raise PayloadUnreadableError
        try:
            plain = cipher.decrypt(payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:], key_id)
        except (InvalidTag, ValueError) as error:
            raise PayloadUnreadableError from error
        return Payload.FromString(plain)


def _is_plain_words(payload: Payload) -> bool:
    return payload.metadata.get("messageType") == _METADATA_QUERY
