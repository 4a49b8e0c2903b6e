"""Signing keys on disk: one private key a process at most, everybody's public halves; read again when they change."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.utils import base64url_decode

if TYPE_CHECKING:
    from pathlib import Path

Use = Literal["access", "service", "proof"]
Clock = Callable[[], float]
Stamp = tuple[int, int, int]

ALGORITHM: Final = "EdDSA"
USE: Final = "x-countersign-use"
RETIRES: Final = "x-countersign-retires"
"""JWKS member of a key that signs no more: the second (Unix time) from which its tokens are refused."""


class PublicKeys:
    """The keys of one use, by kid. It holds nothing that could sign."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._keys = dict(keys)

    @classmethod
    def from_jwks(cls, path: Path, use: Use, clock: Clock = time.time) -> PublicKeys:
        """The Ed25519 keys of this file whose `x-countersign-use` is `use`; a changed file is read again."""
        return _KeysOnDisk(path, use, clock)

    def __getitem__(self, kid: str) -> Ed25519PublicKey:
        """The key of this id; KeyError where it is unknown."""
        return self._keys[kid]


class _KeysOnDisk(PublicKeys):
    def __init__(self, path: Path, use: Use, clock: Clock) -> None:
        super().__init__({})
        self._path, self._use, self._clock = path, use, clock
        self._retires: dict[str, float] = {}
        self._seen = stamp(path)
        self._read()

    def __getitem__(self, kid: str) -> Ed25519PublicKey:
        self._look()
        if self._retires.get(kid, float("inf")) <= self._clock():
            raise KeyError(kid)
        return super().__getitem__(kid)

    def _look(self) -> None:
        try:
            found = stamp(self._path)
            if found != self._seen:
                self._read()
                self._seen = found
        except (OSError, ValueError):
            return  # gone or half-written: what was known still holds, and the next look tries again

    def _read(self) -> None:
        mine = [entry for entry in entries(self._path) if entry.get(USE) == self._use and is_ed25519(entry)]
        self._keys = {entry["kid"]: public_key(entry) for entry in mine}
        self._retires = {entry["kid"]: float(entry[RETIRES]) for entry in mine if RETIRES in entry}


class Signer:
    """One private key and the kid under which its public half is published."""

    def __init__(self, key: Ed25519PrivateKey, kid: str) -> None:
        self._key = key
        self._kid = kid

    @classmethod
    def from_files(cls, pem: Path, jwks: Path) -> Signer:
        """Read a PKCS 8 PEM, and again when it changes. Raises ValueError where the JWKS lacks its public half."""
        return _SignerOnDisk(pem, jwks)

    def sign(self, claims: Mapping[str, Any], typ: str) -> str:
        """The compact JWS of these claims."""
        return jwt.encode(dict(claims), self._key, algorithm=ALGORITHM, headers={"typ": typ, "kid": self._kid})


class _SignerOnDisk(Signer):
    def __init__(self, pem: Path, jwks: Path) -> None:
        self._pem, self._jwks = pem, jwks
        self._seen = stamp(pem)
        super().__init__(*_signing_pair(pem, jwks))

    def sign(self, claims: Mapping[str, Any], typ: str) -> str:
        self._look()
        return super().sign(claims, typ)

    def _look(self) -> None:
        try:
            found = stamp(self._pem)
            if found != self._seen:
                self._key, self._kid = _signing_pair(self._pem, self._jwks)
                self._seen = found
        except (OSError, ValueError, TypeError):
            return  # the key that it has is good until the overlap is over


def published(path: Path, now: float | None = None) -> dict[str, Any]:
    """The JWKS for `/.well-known/jwks.json`: public members of the access keys that still verify."""
    moment = time.time() if now is None else now
    shown = [entry for entry in entries(path) if entry.get(USE) == "access" and moment < entry.get(RETIRES, moment + 1)]
    return {"keys": [_public(entry) for entry in shown]}


def entries(path: Path) -> list[dict[str, Any]]:
    """The keys of a JWKS file (RFC 7517)."""
    return json.loads(path.read_bytes())["keys"]


def is_ed25519(entry: Mapping[str, Any]) -> bool:
    """Whether this is a key that we use (RFC 8037)."""
    return entry.get("kty") == "OKP" and entry.get("crv") == "Ed25519"


def public_key(entry: Mapping[str, Any]) -> Ed25519PublicKey:
    """The key of a JWKS entry. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(base64url_decode(entry["x"]))


def stamp(path: Path) -> Stamp:
    """Changes whenever the file is replaced or written."""
    found = path.stat()
    return found.st_mtime_ns, found.st_ino, found.st_size


def _signing_pair(pem: Path, jwks: Path) -> tuple[Ed25519PrivateKey, str]:
    key = load_pem_private_key(pem.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{pem} does not hold an Ed25519 key")
    raw = key.public_key().public_bytes_raw()
    for entry in entries(jwks):
        if is_ed25519(entry) and public_key(entry).public_bytes_raw() == raw:
            return key, entry["kid"]
    raise ValueError(f"{jwks} does not publish the key of {pem}")


def _public(entry: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: entry[name] for name in ("kty", "crv", "x", "kid") if name in entry}
    return shown | {"alg": ALGORITHM, "use": "sig"}
