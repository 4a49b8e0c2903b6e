"""A passkey in software: it holds a key, keeps count, and signs what it is told to, honestly or not (WebAuthn L3)."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Behaviour:
    """How the next answer is made; the defaults are those of an honest device on the bank's own page."""

    origin: str = "http://localhost:8000"
    rp_id: str = ""
    challenge: str = ""
    verified: bool = True
    eligible: bool = True
    backed_up: bool = False
    step: int = 1
    cross_origin: bool = False
    handle: bytes | None = None


@dataclass
class Authenticator:
    """One passkey. `step`: what each signature adds to its count; 0 is a passkey that does not count."""

    algorithm: str = "ES256"
    behaviour: Behaviour = field(default_factory=Behaviour)
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: token_bytes(20))
    user_handle: bytes = b""

    def __post_init__(self) -> None:
        es256 = self.algorithm == "ES256"
        self._key = ec.generate_private_key(ec.SECP256R1()) if es256 else ed25519.Ed25519PrivateKey.generate()

    def create(self, options: dict[str, Any], **changes: object) -> dict[str, Any]:
        """`navigator.credentials.create`, as RegistrationResponseJSON."""
        how = replace(self.behaviour, **changes)
        self.user_handle = decoded(options["user"]["id"])
        attested = (
            bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(self._cose())
        )
        data = self._data(how, how.rp_id or options["rp"]["id"], AT) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = _client("webauthn.create", how, options["challenge"])
        return self._credential(
            {
                "clientDataJSON": encoded(client),
                "attestationObject": encoded(statement),
                "transports": ["internal", "hybrid"],
            }
        )

    def get(self, options: dict[str, Any], **changes: object) -> dict[str, Any]:
        """`navigator.credentials.get`, as AuthenticationResponseJSON."""
        how = replace(self.behaviour, **changes)
        data = self._data(how, how.rp_id or options["rpId"], 0)
        client = _client("webauthn.get", how, options["challenge"])
        handle = self.user_handle if how.handle is None else how.handle
        signature = self._sign(data + hashlib.sha256(client).digest())
        return self._credential(
            {
                "clientDataJSON": encoded(client),
                "authenticatorData": encoded(data),
                "signature": encoded(signature),
                **({"userHandle": encoded(handle)} if handle else {}),
            }
        )

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        its_id = encoded(self.credential_id)
        return {"id": its_id, "rawId": its_id, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def _data(self, how: Behaviour, rp_id: str, more: int) -> bytes:
        self.count += how.step
        flags = UP | more | (UV if how.verified else 0) | (BE if how.eligible else 0) | (BS if how.backed_up else 0)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(data)
        return self._key.sign(data, ec.ECDSA(SHA256()))

    def _cose(self) -> dict[int, Any]:
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return {1: 1, 3: -8, -1: 6, -2: self._key.public_key().public_bytes_raw()}
        numbers = self._key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}


def _client(kind: str, how: Behaviour, challenge: str) -> bytes:
    said = {
        "type": kind,
        "challenge": how.challenge or challenge,
        "origin": how.origin,
        "crossOrigin": how.cross_origin,
    }
    return json.dumps(said).encode()


def with_client(credential: dict[str, Any], **changes: object) -> dict[str, Any]:
    """The same signature over other client data."""
    response = credential["response"]
    said = json.loads(decoded(response["clientDataJSON"])) | changes
    return credential | {"response": response | {"clientDataJSON": encoded(json.dumps(said).encode())}}
