"""Keys of a local set of servers: made once, readable by their owner alone."""

from __future__ import annotations

import base64
import json
import secrets
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from runtime.local.layout import write_private

SIGNING_USES = ("access", "service", "proof")
RING_BYTES = 32
POSTGRES_PASSWORDS = ("postgres_owner", "postgres_worker", "postgres_api", "postgres_mcp", "postgres_temporal")


def ensure_keys(folder: Path) -> None:
    """Make whatever is missing below `folder`; what is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _ensure_signing_keys(folder)
    for name in ("payload.json", "codes.json"):
        if not (folder / name).exists():
            write_private(folder / name, json.dumps(_new_ring()))
    if not (folder / "livekit.yaml").exists():
        write_private(folder / "livekit.yaml", f"API{secrets.token_hex(6)}: {secrets.token_urlsafe(32)}\n")
    for name in (*POSTGRES_PASSWORDS, "demo_password", "sms_auth"):
        ensure_secret(folder / name)


def ensure_secret(path: Path) -> str:
    """The secret in this file, made if there is none."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(12))
    return path.read_text()


def _ensure_signing_keys(folder: Path) -> None:
    made = False
    for use in SIGNING_USES:
        path = folder / f"{use}.pem"
        if not path.exists():
            pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            write_private(path, pem.decode())
            made = True
    if made or not (folder / "jwks.json").exists():
        keys = [_public_jwk(folder / f"{use}.pem", use) for use in SIGNING_USES]
        write_private(folder / "jwks.json", json.dumps({"keys": keys}, indent=1))


def _public_jwk(path: Path, use: str) -> dict[str, Any]:
    """The public half (RFC 8037), with the key's own digest in its id so that a new key gets a new id."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": x,
        "kid": f"{use}-{x[:8]}",
        "use": "sig",
        "alg": "EdDSA",
        "x-countersign-use": use,
    }


def _new_ring() -> dict[str, Any]:
    kid = f"k{secrets.token_hex(4)}"
    return {"current": kid, "keys": {kid: base64.b64encode(secrets.token_bytes(RING_BYTES)).decode()}}


if __name__ == "__main__":
    ensure_keys(Path(sys.argv[1]))
