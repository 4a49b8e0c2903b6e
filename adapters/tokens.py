"""Signed tokens: who is calling, on whose behalf, and what was countersigned (EdDSA, RFC 8037; rules of RFC 8725)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.utils import base64url_decode

from activities.ports import ProofClaims
from domain.errors import ProofInvalidError, TokenAudienceError, TokenExpiredError, TokenInvalidError

if TYPE_CHECKING:
    from pathlib import Path

Use = Literal["access", "service", "proof"]
Clock = Callable[[], float]

API_AUDIENCE: Final = "countersign-api"
MCP_AUDIENCE: Final = "countersign-mcp"
PROOF_AUDIENCE: Final = "elicitation"
_ALGORITHM: Final = "EdDSA"
_SKEW_S: Final = 2
_LONGEST: Final = 8192


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls. `session_id` is empty for a person's access token; `service` marks a call on behalf of `user_id`."""

    user_id: str
    role: str
    scopes: frozenset[str]
    session_id: str = ""
    service: bool = False
    expires_at: int = 0


class PublicKeys:
    """The keys of one use, by kid. It holds nothing that could sign."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._keys = dict(keys)

    @classmethod
    def from_jwks(cls, path: Path, use: Use) -> PublicKeys:
        """Read the Ed25519 keys whose `x-countersign-use` is `use`."""
        return cls({kid: key for kid, (key, its_use) in _jwks(path).items() if its_use == use})

    def __getitem__(self, kid: str) -> Ed25519PublicKey:
        """The key of this id; KeyError where it is unknown."""
        return self._keys[kid]


class Signer:
    """One private key and the kid under which its public half is published."""

    def __init__(self, key: Ed25519PrivateKey, kid: str) -> None:
        self._key = key
        self._kid = kid

    @classmethod
    def from_files(cls, pem: Path, jwks: Path) -> Signer:
        """Read a PKCS 8 PEM. Raises ValueError where the JWKS does not publish its public half."""
        key = load_pem_private_key(pem.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{pem} does not hold an Ed25519 key")
        public = key.public_key().public_bytes_raw()
        for kid, (candidate, _) in _jwks(jwks).items():
            if candidate.public_bytes_raw() == public:
                return cls(key, kid)
        raise ValueError(f"{jwks} does not publish the key of {pem}")

    def sign(self, claims: Mapping[str, Any], typ: str) -> str:
        """The compact JWS of these claims."""
        return jwt.encode(dict(claims), self._key, algorithm=_ALGORITHM, headers={"typ": typ, "kid": self._kid})


@dataclass(frozen=True, slots=True)
class _Rules:
    typ: str
    issuer: str
    audience: str
    required: tuple[str, ...]


class _Checker:
    """Checks one kind of token. The clock is given, so that what depends on time can be told apart from the key."""

    def __init__(self, keys: PublicKeys, rules: _Rules, clock: Clock) -> None:
        self._keys = keys
        self._rules = rules
        self._clock = clock

    def claims(self, token: str) -> dict[str, Any]:
        """Raises TokenExpiredError, TokenAudienceError or TokenInvalidError."""
        try:
            claims = self._decode(token)
        except jwt.InvalidAudienceError as error:
            raise TokenAudienceError("this token is meant for someone else") from error
        except (jwt.InvalidTokenError, KeyError, ValueError) as error:
            raise TokenInvalidError("this token cannot be trusted") from error
        self._check_time(claims)
        return claims

    def _decode(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST:
            raise ValueError(len(token))
        header = jwt.get_unverified_header(token)
        if header.get("typ") != self._rules.typ or header.get("alg") != _ALGORITHM:
            raise ValueError("typ or alg")
        return jwt.decode(
            token,
            self._keys[str(header["kid"])],
            algorithms=[_ALGORITHM],
            audience=self._rules.audience,
            issuer=self._rules.issuer,
            options={
                "require": ["exp", "iat", "jti", "sub", "aud", "iss", *self._rules.required],
                "verify_exp": False,
                "verify_iat": False,
            },
        )

    def _check_time(self, claims: Mapping[str, Any]) -> None:
        now, expires, issued = self._clock(), claims["exp"], claims["iat"]
        if not isinstance(expires, int) or not isinstance(issued, int) or issued > now + _SKEW_S:
            raise TokenInvalidError("this token cannot be trusted")
        if expires <= now - _SKEW_S:
            raise TokenExpiredError("this token has expired")


class AccessTokens:
    """A signed-in person's token: minted at login, verified at every request of the api."""

    def __init__(self, signer: Signer, keys: PublicKeys, *, lives_s: int = 900, clock: Clock = time.time) -> None:
        self._signer = signer
        self._lives_s = lives_s
        self._clock = clock
        self._checker = _Checker(keys, _Rules("at+jwt", "countersign", API_AUDIENCE, ("role", "scopes")), clock)

    def mint(self, user_id: str, role: str, scopes: Sequence[str]) -> str:
        """A token for the api alone."""
        claims = _claims("countersign", user_id, API_AUDIENCE, self._clock(), self._lives_s)
        return self._signer.sign(claims | {"role": role, "scopes": list(scopes)}, "at+jwt")

    def verify(self, token: str) -> Principal:
        """Raises TokenExpiredError, TokenAudienceError or TokenInvalidError."""
        claims = self._checker.claims(token)
        return Principal(claims["sub"], str(claims["role"]), _scopes(claims), expires_at=claims["exp"])


class ServiceTokens:
    """The orchestrator's tokens: one a call, on behalf of a user in a session."""

    def __init__(self, signer: Signer, *, lives_s: int = 300, clock: Clock = time.time) -> None:
        self._signer = signer
        self._lives_s = lives_s
        self._clock = clock

    def mint(
        self, user_id: str, session_id: str, scopes: Sequence[str], audience: Sequence[str] = (MCP_AUDIENCE,)
    ) -> str:
        """A token for these audiences; a single one is written as plain text."""
        aud: Any = audience[0] if len(audience) == 1 else list(audience)
        claims = _claims("orchestrator", user_id, aud, self._clock(), self._lives_s)
        return self._signer.sign(claims | {"scopes": list(scopes), "session_id": session_id}, "svc+jwt")


class ServiceTokenVerifier:
    """Checks the orchestrator's tokens for one audience; the session's freshness is the caller's to check."""

    def __init__(self, keys: PublicKeys, audience: str, *, clock: Clock = time.time) -> None:
        self._checker = _Checker(keys, _Rules("svc+jwt", "orchestrator", audience, ("scopes", "session_id")), clock)

    def verify(self, token: str) -> Principal:
        """Raises TokenExpiredError, TokenAudienceError or TokenInvalidError."""
        claims = self._checker.claims(token)
        session_id = str(claims["session_id"])
        return Principal(claims["sub"], "service", _scopes(claims), session_id, service=True, expires_at=claims["exp"])


class Proofs:
    """Mints what a workflow trusts: that a factor was checked, for this version of this transaction."""

    def __init__(self, signer: Signer, *, lives_s: int = 60, clock: Clock = time.time) -> None:
        self._signer = signer
        self._lives_s = lives_s
        self._clock = clock

    def mint(self, proof: ProofClaims) -> str:
        """A proof that is good for about a minute."""
        claims = _claims(API_AUDIENCE, proof.user_id, PROOF_AUDIENCE, self._clock(), self._lives_s)
        own = {
            "eid": proof.elicitation_id,
            "ver": proof.version,
            "txh": proof.transaction_hash,
            "method": proof.method,
            "accepted": proof.accepted,
            "rid": proof.response_id,
        }
        return self._signer.sign(claims | own, "proof+jwt")


class ProofChecker:
    """Implements ProofVerifier: one signature check in memory, no I/O."""

    def __init__(self, keys: PublicKeys, *, clock: Clock = time.time) -> None:
        rules = _Rules("proof+jwt", API_AUDIENCE, PROOF_AUDIENCE, ("eid", "ver", "txh", "method", "accepted", "rid"))
        self._checker = _Checker(keys, rules, clock)

    def verify(self, proof: str) -> ProofClaims:
        """Raises ProofInvalidError, whatever it is that is wrong."""
        try:
            claims = self._checker.claims(proof)
        except (TokenExpiredError, TokenAudienceError, TokenInvalidError) as error:
            raise ProofInvalidError(error.detail) from error
        if not isinstance(claims["accepted"], bool) or not isinstance(claims["ver"], int):
            raise ProofInvalidError
        return ProofClaims(
            elicitation_id=str(claims["eid"]),
            user_id=str(claims["sub"]),
            version=claims["ver"],
            transaction_hash=str(claims["txh"]),
            method=str(claims["method"]),
            accepted=claims["accepted"],
            response_id=str(claims["rid"]),
        )


def is_service_token(token: str) -> bool:
    """Whether it claims to be the orchestrator's; nothing is verified here."""
    try:
        return jwt.get_unverified_header(token).get("typ") == "svc+jwt"
    except jwt.InvalidTokenError:
        return False


def published(path: Path) -> dict[str, Any]:
    """The JWKS for `/.well-known/jwks.json`: public members of the access keys only."""
    return {"keys": [_public(entry) for entry in _entries(path) if entry.get("x-countersign-use") == "access"]}


def _claims(issuer: str, subject: str, audience: object, now: float, lives_s: int) -> dict[str, Any]:
    issued = int(now)
    return {
        "iss": issuer,
        "sub": subject,
        "aud": audience,
        "iat": issued,
        "exp": issued + lives_s,
        "jti": str(uuid4()),
    }


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    scopes = claims["scopes"]
    if not isinstance(scopes, list):
        raise TokenInvalidError("this token cannot be trusted")
    return frozenset(str(scope) for scope in cast("list[object]", scopes))


def _entries(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_bytes())["keys"]


def _jwks(path: Path) -> dict[str, tuple[Ed25519PublicKey, str]]:
    return {
        entry["kid"]: (
            Ed25519PublicKey.from_public_bytes(base64url_decode(entry["x"])),
            str(entry.get("x-countersign-use", "")),
        )
        for entry in _entries(path)
        if entry.get("kty") == "OKP" and entry.get("crv") == "Ed25519"
    }


def _public(entry: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: entry[name] for name in ("kty", "crv", "x", "kid") if name in entry}
    return shown | {"alg": _ALGORITHM, "use": "sig"}
