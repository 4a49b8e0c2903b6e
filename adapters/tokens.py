"""Signed tokens: who is calling, on whose behalf, and what was countersigned (EdDSA, RFC 8037; rules of RFC 8725)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import uuid4

import jwt

from activities.ports import ProofClaims
from adapters.signing_keys import ALGORITHM, Clock, PublicKeys, Signer
from domain.errors import ProofInvalidError, TokenAudienceError, TokenExpiredError, TokenInvalidError

API_AUDIENCE: Final = "countersign-api"
MCP_AUDIENCE: Final = "countersign-mcp"
PROOF_AUDIENCE: Final = "elicitation"
PAGES_AUDIENCE: Final = "countersign-pages"
GRANT: Final = "mcp+jwt"
"""The `typ` of an MCP client's tokens."""
SCOPES: Final = ("read", "transact", "configure")
"""What a customer may do, and so the most that they may allow a client."""
SKEW_S: Final = 2
"""Seconds by which the clocks of those who sign and those who verify may differ."""
_HEADER: Final = frozenset({"alg", "typ", "kid"})
_LONGEST: Final = 8192


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: a person, who signed in as `sign_in_id`, or a `service` on behalf of `user_id` in `session_id`.

    `client_id`: of the MCP client that the person has allowed to call for them; empty where nobody stands between.
    """

    user_id: str
    role: str
    scopes: frozenset[str]
    session_id: str = ""
    service: bool = False
    expires_at: int = 0
    sign_in_id: str = ""
    client_id: str = ""


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
        if header.keys() != _HEADER:  # no jku, x5u, jwk or crit: a token does not choose how it is checked
            raise ValueError("header")
        if header["typ"] != self._rules.typ or header["alg"] != ALGORITHM:
            raise ValueError("typ or alg")
        return jwt.decode(
            token,
            self._keys[str(header["kid"])],
            algorithms=[ALGORITHM],
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
        if type(expires) is not int or type(issued) is not int or issued > now + SKEW_S:
            raise TokenInvalidError("this token cannot be trusted")
        if expires <= now - SKEW_S:
            raise TokenExpiredError("this token has expired")


class AccessTokens:
    """A signed-in person's token: minted at login, verified at every request of the api."""

    def __init__(self, signer: Signer, keys: PublicKeys, *, lives_s: int = 900, clock: Clock = time.time) -> None:
        self._signer = signer
        self._lives_s = lives_s
        self._clock = clock
        self._checker = _Checker(keys, _Rules("at+jwt", "countersign", API_AUDIENCE, ("role", "scopes", "sid")), clock)

    def mint(self, user_id: str, role: str, scopes: Sequence[str], sign_in_id: str = "") -> str:
        """A token for the api alone, good while that sign-in is."""
        claims = _claims("countersign", user_id, API_AUDIENCE, self._clock(), self._lives_s)
        return self._signer.sign(claims | {"role": role, "scopes": list(scopes), "sid": sign_in_id}, "at+jwt")

    def verify(self, token: str) -> Principal:
        """Whether it was revoked is not asked here.

        Raises TokenExpiredError, TokenAudienceError or TokenInvalidError.
        """
        claims = self._checker.claims(token)
        role, sign_in_id = str(claims["role"]), str(claims["sid"])
        return Principal(claims["sub"], role, _scopes(claims), expires_at=claims["exp"], sign_in_id=sign_in_id)


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


class GrantTokens:
    """What an MCP client calls with for the person who allowed it (RFC 9068, for the tools alone): minted by the api.

    `issuer`: the api's address as clients know it. A token of before is good no longer once that changes.
    """

    def __init__(
        self, signer: Signer | None, keys: PublicKeys, issuer: str, *, lives_s: int = 900, clock: Clock = time.time
    ) -> None:
        self._signer, self._issuer, self._lives_s, self._clock = signer, issuer, lives_s, clock
        self._checker = _Checker(keys, _Rules(GRANT, issuer, MCP_AUDIENCE, ("scope", "sid", "client_id")), clock)

    def mint(self, user_id: str, sign_in_id: str, client_id: str, scopes: Sequence[str]) -> str:
        """A token under the grant that this sign-in is. Raises ValueError where there is no key to sign with."""
        if self._signer is None:
            raise ValueError("only the api signs")
        claims = _claims(self._issuer, user_id, MCP_AUDIENCE, self._clock(), self._lives_s)
        more = {"scope": " ".join(sorted(scopes)), "sid": sign_in_id, "client_id": client_id}
        return self._signer.sign(claims | more, GRANT)

    def verify(self, token: str) -> Principal:
        """Whether the grant is still open is not asked here.

        Raises TokenExpiredError, TokenAudienceError or TokenInvalidError.
        """
        claims = self._checker.claims(token)
        scopes, sid, client_id = (str(claims[name]) for name in ("scope", "sid", "client_id"))
        return Principal(
            *(claims["sub"], "customer", frozenset(scopes.split())),
            expires_at=claims["exp"],
            sign_in_id=sid,
            client_id=client_id,
        )


class PageTokens:
    """Who is signed in on the api's own pages: the value of their cookie, good for nothing else."""

    def __init__(self, signer: Signer, keys: PublicKeys, *, lives_s: int = 900, clock: Clock = time.time) -> None:
        self._signer, self._lives_s, self._clock = signer, lives_s, clock
        self._checker = _Checker(keys, _Rules("page+jwt", "countersign", PAGES_AUDIENCE, ("role", "sid")), clock)

    def mint(self, user_id: str, role: str, sign_in_id: str) -> str:
        """Good for a quarter of an hour, and while that sign-in is."""
        claims = _claims("countersign", user_id, PAGES_AUDIENCE, self._clock(), self._lives_s)
        return self._signer.sign(claims | {"role": role, "sid": sign_in_id}, "page+jwt")

    def verify(self, token: str) -> Principal:
        """Raises TokenExpiredError, TokenAudienceError or TokenInvalidError."""
        claims = self._checker.claims(token)
        role, sign_in_id = str(claims["role"]), str(claims["sid"])
        return Principal(claims["sub"], role, frozenset(), expires_at=claims["exp"], sign_in_id=sign_in_id)


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
        if not isinstance(claims["accepted"], bool) or type(claims["ver"]) is not int:
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
    return _typ(token) == "svc+jwt"


def is_grant_token(token: str) -> bool:
    """Whether it claims to be an MCP client's; nothing is verified here."""
    return _typ(token) == GRANT


def _typ(token: str) -> object:
    try:
        return jwt.get_unverified_header(token).get("typ")
    except jwt.InvalidTokenError:
        return None


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
