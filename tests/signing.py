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
    **more: object,
) -> str:
    headers: dict[str, Any] = {"typ": typ, **more} | ({} if kid is None else {"kid": kid})
    return jwt.encode(claims, key, algorithm=alg, headers=headers)


def with_header(claims: dict[str, Any], header: dict[str, Any]) -> str:
    """Signed well, under a header that no library would write."""

    def part(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    signing = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{signing}.{part(KEY.sign(signing.encode()))}"


def carrying_its_own_key(claims: dict[str, Any], typ: str, member: str) -> str:
    """Signed by a stranger, who says in the header where to find the key (RFC 8725, sections 2.10 and 3.10)."""
    jwk = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(OTHER_KEY.public_key()))
    told = {"jwk": jwk, "jku": "http://127.0.0.1:9/jwks.json", "x5u": "http://127.0.0.1:9/x.pem", "x5c": ["MIIB"]}
    return signed(claims, typ=typ, key=OTHER_KEY, **{member: told[member]})


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
    return (
        {
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
            "exp as true": (signed(claims | {"exp": True}, typ=typ), "token_invalid"),
            "exp without end": (signed(claims | {"exp": 1e400}, typ=typ), "token_invalid"),
            "sub as number": (signed(claims | {"sub": 5}, typ=typ), "token_invalid"),
            "typ in full": (signed(claims, typ=f"application/{typ}"), "token_invalid"),
            "typ in capitals": (signed(claims, typ=typ.upper()), "token_invalid"),
            "kid as a path": (signed(claims, typ=typ, kid="../../dev/null"), "token_invalid"),
            "kid as a list": (with_header(claims, {"alg": "EdDSA", "typ": typ, "kid": ["k1"]}), "token_invalid"),
            "alg none in capitals": (with_header(claims, {"alg": "None", "typ": typ, "kid": "k1"}), "token_invalid"),
            "alg of another curve": (with_header(claims, {"alg": "ES256", "typ": typ, "kid": "k1"}), "token_invalid"),
            "crit": (with_header(claims, _head(typ) | {"crit": ["exp"], "exp": 1}), "token_invalid"),
            "b64": (with_header(claims, _head(typ) | {"b64": True}), "token_invalid"),
            "good key, jku beside it": (signed(claims, typ=typ, jku="http://127.0.0.1:9/"), "token_invalid"),
            "nested": (signed({"token": good}, typ=typ), "token_invalid"),
            "five parts": ("a.b.c.d.e", "token_invalid"),
            "empty": ("..", "token_invalid"),
        }
        | {
            f"its own key by {member}": (carrying_its_own_key(claims, typ, member), "token_invalid")
            for member in ("jwk", "jku", "x5u", "x5c")
        }
        | {
            f"no {name}": (signed(without[name], typ=typ), "token_invalid")
            for name in ("exp", "iat", "jti", "sub", "aud", "iss")
        }
    )


def _head(typ: str) -> dict[str, Any]:
    return {"alg": "EdDSA", "typ": typ, "kid": "k1"}
