"""Keys and tokens for tests: good ones, and one of every bad kind."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.tokens import PublicKeys, Signer

KEY = Ed25519PrivateKey.generate()
OTHER_KEY = Ed25519PrivateKey.generate()
SIGNER = Signer(KEY, "k1")
KEYS = PublicKeys({"k1": KEY.public_key()})


def signed(
    claims: dict[str, Any],
    *,
    typ: str,
    key: Ed25519PrivateKey | bytes = KEY,
    alg: str = "EdDSA",
    kid: str | None = "k1",
) -> str:
    headers = {"typ": typ} | ({} if kid is None else {"kid": kid})
    return jwt.encode(claims, key, algorithm=alg, headers=headers)


def hs256_with_the_public_key(claims: dict[str, Any], typ: str) -> str:
    """The key confusion of RFC 8725, section 2.1: what is public used as a shared secret."""
    secret = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return signed(claims, typ=typ, key=secret, alg="HS256")


def unsigned(claims: dict[str, Any], typ: str) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': typ, 'kid': 'k1'})}.{part(claims)}."


def tampered(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["sub"] = "user_else"
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{changed}.{signature}"


def bad_tokens(claims: dict[str, Any], typ: str) -> dict[str, tuple[str, str]]:
    """Name → (token, the code that it must be refused with)."""
    good = signed(claims, typ=typ)
    now = int(time.time())
    without = {name: {k: v for k, v in claims.items() if k != name} for name in claims}
    return {
        "expired": (signed(claims | {"iat": now - 1000, "exp": now - 10}, typ=typ), "token_expired"),
        "other audience": (signed(claims | {"aud": "somebody-else"}, typ=typ), "token_audience"),
        "other issuer": (signed(claims | {"iss": "somebody-else"}, typ=typ), "token_invalid"),
        "issued in the future": (signed(claims | {"iat": now + 600}, typ=typ), "token_invalid"),
        "alg none": (unsigned(claims, typ), "token_invalid"),
        "HS256 with the public key": (hs256_with_the_public_key(claims, typ), "token_invalid"),
        "another key": (signed(claims, typ=typ, key=OTHER_KEY), "token_invalid"),
        "unknown kid": (signed(claims, typ=typ, kid="k2"), "token_invalid"),
        "no kid": (signed(claims, typ=typ, kid=None), "token_invalid"),
        "wrong typ": (signed(claims, typ="JWT"), "token_invalid"),
        "changed claims": (tampered(good), "token_invalid"),
        "cut signature": (good.rpartition(".")[0] + ".", "token_invalid"),
        "not a token": ("abc", "token_invalid"),
        "very long": ("a" * 10_000, "token_invalid"),
        "exp as text": (signed(claims | {"exp": "soon"}, typ=typ), "token_invalid"),
    } | {
        f"no {name}": (signed(without[name], typ=typ), "token_invalid")
        for name in ("exp", "iat", "jti", "sub", "aud", "iss")
    }
