"""Keys of a set of servers: made once, readable by their owner alone, and changed without losing a token.

`python -m runtime.keys [FOLDER]` makes what is missing.
`python -m runtime.keys rotate [access|service|proof ...] [FOLDER]` changes signing keys while everything runs.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from adapters.signing_keys import RETIRES, USE, entries
from runtime.local.layout import Layout, state_dir, write_private
from runtime.settings import Settings, settings

SIGNING_USES = ("access", "service", "proof")
_MARGIN_S: Final = 60
RING_BYTES = 32
RAIL_SECRETS = ("rail_auth", "rail_statement", "rail_webhook", "rail_admin")
POSTGRES_PASSWORDS = (
    *("postgres_owner", "postgres_worker", "postgres_api", "postgres_mcp", "postgres_audit"),
    "postgres_rail",
    "postgres_temporal",
)


def ensure_keys(folder: Path) -> None:
    """Make whatever is missing below `folder`; what is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _ensure_signing_keys(folder)
    for name in ("payload.json", "codes.json", "rounds.json"):
        if not (folder / name).exists():
            write_private(folder / name, json.dumps(_new_ring()))
    if not (folder / "livekit.yaml").exists():
        write_private(folder / "livekit.yaml", f"API{secrets.token_hex(6)}: {secrets.token_urlsafe(32)}\n")
    for name in (*POSTGRES_PASSWORDS, "demo_password", "sms_auth", "smtp_auth", *RAIL_SECRETS):
        ensure_secret(folder / name)


def ensure_secret(path: Path) -> str:
    """The secret in this file, made if there is none."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(12))
    return path.read_text()


def rotate(folder: Path, uses: Sequence[str], overlap_s: int, now: float | None = None) -> dict[str, str]:
    """Sign with new keys from now on; the old ones' tokens are good for `overlap_s` more seconds. Use → its new kid.

    Every process looks at its files again before it signs or verifies, so none needs a restart. Whoever verifies
    finds a new key before anybody signs with it; after a crash between two steps, run it again.
    """
    moment = time.time() if now is None else now
    with _alone(folder):
        return {use: _rotate(folder, use, int(moment + overlap_s), moment) for use in uses}


def overlap_s(chosen: Settings) -> int:
    """How long a key that signs no more is still believed: the longest life of any token, and a margin."""
    return max(chosen.access_token_s, chosen.service_token_s, chosen.proof_s) + _MARGIN_S


def _rotate(folder: Path, use: str, retires: int, now: float) -> str:
    coming, jwks = folder / f"{use}.next.pem", folder / "jwks.json"
    if not coming.exists():
        write_private(coming, _new_pem())
    new = _public_jwk(coming, use)
    kept = [each for each in entries(jwks) if each.get(RETIRES, now + 1) > now and each["kid"] != new["kid"]]
    _publish(jwks, [*kept, new])
    coming.replace(folder / f"{use}.pem")
    for each in kept:
        if each[USE] == use:
            each.setdefault(RETIRES, retires)
    _publish(jwks, [*kept, new])
    return new["kid"]


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _ensure_signing_keys(folder: Path) -> None:
    jwks, made = folder / "jwks.json", set[str]()
    for use in SIGNING_USES:
        if not (folder / f"{use}.pem").exists():
            write_private(folder / f"{use}.pem", _new_pem())
            made.add(use)
    if made or not jwks.exists():
        before = entries(jwks) if jwks.exists() else []
        retiring = [each for each in before if RETIRES in each and each.get(USE) not in made]
        _publish(jwks, [*(_public_jwk(folder / f"{use}.pem", use) for use in SIGNING_USES), *retiring])


def _publish(jwks: Path, keys: list[dict[str, Any]]) -> None:
    write_private(jwks, json.dumps({"keys": keys}, indent=1))


def _new_pem() -> str:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


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


def _main(arguments: Sequence[str]) -> None:
    if not arguments or arguments[0] != "rotate":
        ensure_keys(Path(arguments[0]) if arguments else _folder())
        return
    uses = [each for each in arguments[1:] if each in SIGNING_USES] or list(SIGNING_USES)
    folders = [Path(each) for each in arguments[1:] if each not in SIGNING_USES] or [_folder()]
    seconds = overlap_s(settings())
    for use, kid in rotate(folders[0], uses, seconds).items():
        sys.stdout.write(f"{use}: signs as {kid}; the key before it is believed for {seconds} s more\n")


def _folder() -> Path:
    return Layout(state_dir()).keys


if __name__ == "__main__":
    _main(sys.argv[1:])
