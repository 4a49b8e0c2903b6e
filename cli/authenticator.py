"""A passkey in software, for demo users whose phone is this command line (WebAuthn Level 3; ES256, no attestation)."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_bytes
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from webauthn.helpers import encode_cbor

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
"""Flags: the user was present, was verified; may be backed up, is; a new key is attached."""
_ES256: Final = -7


class NotToBeSignedError(Exception):
    """What the options ask for is not what this passkey is for; the text says why."""


def encoded(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes behind base64url. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One passkey. It signs only where user verification is required: who may run it is the verified user."""

    def __init__(self, origin: str) -> None:
        """A new key that nobody knows yet. `origin`: the page that asks, as its browser would state it."""
        self.origin = origin
        self.count = 0
        self.credential_id = token_bytes(20)
        self.user_handle = b""
        self._rp_id = ""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.create`, as RegistrationResponseJSON. Raises NotToBeSignedError."""
        self._consent(options["authenticatorSelection"].get("userVerification"), options["rp"]["id"])
        self.user_handle, self._rp_id = decoded(options["user"]["id"]), options["rp"]["id"]
        length = len(self.credential_id).to_bytes(2, "big")
        data = self._data(AT) + bytes(16) + length + self.credential_id + encode_cbor(self._cose())
        statement = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {
                "clientDataJSON": encoded(self._client("webauthn.create", options["challenge"])),
                "attestationObject": encoded(statement),
                "transports": ["internal", "hybrid"],
            }
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.get`, as AuthenticationResponseJSON. Raises NotToBeSignedError."""
        self._consent(options.get("userVerification"), options["rpId"])
        allowed = {each["id"] for each in options.get("allowCredentials", [])}
        self._require(not allowed or encoded(self.credential_id) in allowed, "another passkey is asked for")
        data, client = self._data(0), self._client("webauthn.get", options["challenge"])
        handle = self._handle()
        return self._credential(
            {
                "clientDataJSON": encoded(client),
                "authenticatorData": encoded(data),
                "signature": encoded(self._sign(data + hashlib.sha256(client).digest())),
                **({"userHandle": encoded(handle)} if handle else {}),
            }
        )

    def to_json(self) -> dict[str, Any]:
        """All of it, the private key included."""
        key = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        names = {"credential_id": encoded(self.credential_id), "user_handle": encoded(self.user_handle)}
        return names | {"origin": self.origin, "rp_id": self._rp_id, "count": self.count, "key": key}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Authenticator:
        """What `to_json` gave. Raises KeyError or ValueError for anything else."""
        made = cls(kept["origin"])
        key = load_pem_private_key(kept["key"].encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("not an elliptic curve's key")  # noqa: TRY004 - a file's content, not a type
        made._key, made._rp_id, made.count = key, kept["rp_id"], int(kept["count"])
        made.credential_id, made.user_handle = decoded(kept["credential_id"]), decoded(kept["user_handle"])
        return made

    def _consent(self, verification: str | None, rp_id: str) -> None:
        self._require(verification == "required", "the user's verification is not required")
        self._require(self._rp_id in {"", rp_id}, f"the passkey is not for {rp_id}")

    def _require(self, fits: bool, why_not: str) -> None:
        if not fits:
            raise NotToBeSignedError(why_not)

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        its_id = encoded(self.credential_id)
        return {"id": its_id, "rawId": its_id, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def _data(self, more: int) -> bytes:
        self.count += self._step()
        return hashlib.sha256(self._party().encode()).digest() + bytes([self._flags() | more]) + self._counted()

    def _counted(self) -> bytes:
        return self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _step(self) -> int:
        return 1

    def _party(self) -> str:
        return self._rp_id

    def _flags(self) -> int:
        return UP | UV | BE

    def _handle(self) -> bytes:
        return self.user_handle

    def _sign(self, data: bytes) -> bytes:
        return self._key.sign(data, ec.ECDSA(SHA256()))

    def _cose(self) -> dict[int, Any]:
        numbers = self._key.public_key().public_numbers()
        return {1: 2, 3: _ES256, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
