"""The product's passkey in software, which here also lies where it is told to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from cli import authenticator
from cli.authenticator import BE, BS, UP, UV, decoded, encoded

__all__ = ["Authenticator", "Behaviour", "decoded", "encoded", "with_client"]


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
class Authenticator(authenticator.Authenticator):
    """One passkey. `step`: what each signature adds to its count; 0 is a passkey that does not count."""

    algorithm: str = "ES256"
    behaviour: Behaviour = field(default_factory=Behaviour)

    def __post_init__(self) -> None:
        super().__init__(self.behaviour.origin)
        self._how = self.behaviour
        self._edwards = ed25519.Ed25519PrivateKey.generate() if self.algorithm == "EdDSA" else None

    def create(self, options: dict[str, Any], **changes: object) -> dict[str, Any]:
        """`navigator.credentials.create`, as RegistrationResponseJSON."""
        self._how = replace(self.behaviour, **changes)
        return super().create(options)

    def get(self, options: dict[str, Any], **changes: object) -> dict[str, Any]:
        """`navigator.credentials.get`, as AuthenticationResponseJSON."""
        self._how, self._rp_id = replace(self.behaviour, **changes), options["rpId"]
        return super().get(options)

    def _require(self, fits: bool, why_not: str) -> None:
        """It signs anything."""

    def _step(self) -> int:
        return self._how.step

    def _party(self) -> str:
        return self._how.rp_id or self._rp_id

    def _handle(self) -> bytes:
        return self.user_handle if self._how.handle is None else self._how.handle

    def _flags(self) -> int:
        how = self._how
        return UP | (UV if how.verified else 0) | (BE if how.eligible else 0) | (BS if how.backed_up else 0)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {
            "type": kind,
            "challenge": self._how.challenge or challenge,
            "origin": self._how.origin,
            "crossOrigin": self._how.cross_origin,
        }
        return json.dumps(said).encode()

    def _sign(self, data: bytes) -> bytes:
        return super()._sign(data) if self._edwards is None else self._edwards.sign(data)

    def _cose(self) -> dict[int, Any]:
        if self._edwards is None:
            return super()._cose()
        return {1: 1, 3: -8, -1: 6, -2: self._edwards.public_key().public_bytes_raw()}


def with_client(credential: dict[str, Any], **changes: object) -> dict[str, Any]:
    """The same signature over other client data."""
    response = credential["response"]
    said = json.loads(decoded(response["clientDataJSON"])) | changes
    return credential | {"response": response | {"clientDataJSON": encoded(json.dumps(said).encode())}}
