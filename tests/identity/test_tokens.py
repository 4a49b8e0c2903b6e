from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from activities.ports import ProofClaims
from adapters.signing_keys import published
from adapters.tokens import (
    API_AUDIENCE,
    MCP_AUDIENCE,
    AccessTokens,
    ProofChecker,
    Proofs,
    PublicKeys,
    ServiceTokens,
    ServiceTokenVerifier,
    Signer,
    is_service_token,
)
from domain.errors import ProofInvalidError, TokenAudienceError, TokenExpiredError, UnauthenticatedError
from tests.signing import KEY, KEYS, OTHER_KEY, SIGNER, bad_tokens

if TYPE_CHECKING:
    from pathlib import Path

ACCESS = AccessTokens(SIGNER, KEYS)
SERVICE = ServiceTokens(SIGNER)
PROOF = ProofClaims("p1-otp-1", "u1", 1, "f" * 64, "otp", accepted=True, response_id="r1")
NOW = int(time.time())
COMMON = {"iat": NOW, "exp": NOW + 60, "jti": "j", "sub": "u1"}
ACCESS_CLAIMS = COMMON | {
    "iss": "countersign",
    "aud": API_AUDIENCE,
    "role": "customer",
    "scopes": ["read"],
    "sid": "i1",
}
SERVICE_CLAIMS = COMMON | {"iss": "orchestrator", "aud": MCP_AUDIENCE, "scopes": ["read"], "session_id": "s1"}


def test_an_access_token_says_who_and_what() -> None:
    found = ACCESS.verify(ACCESS.mint("u1", "customer", ["read", "transact"], "i1"))
    assert (found.user_id, found.role, found.scopes) == ("u1", "customer", {"read", "transact"})
    assert found.sign_in_id == "i1"
    assert not found.service


def test_a_service_token_has_the_first_specifications_claims() -> None:
    token = SERVICE.mint("u1", "s1", ["transact"])
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims.keys() == {"iss", "sub", "aud", "scopes", "session_id", "iat", "exp", "jti"}
    assert claims["iss"] == "orchestrator"
    assert claims["exp"] - claims["iat"] == 300
    assert is_service_token(token)
    assert not is_service_token("abc")


@pytest.mark.parametrize("name", bad_tokens(ACCESS_CLAIMS, "at+jwt"))
def test_bad_access_tokens_are_refused(name: str) -> None:
    token, code = bad_tokens(ACCESS_CLAIMS, "at+jwt")[name]
    with pytest.raises(UnauthenticatedError) as refused:
        ACCESS.verify(token)
    assert refused.value.code == code


@pytest.mark.parametrize("name", bad_tokens(SERVICE_CLAIMS, "svc+jwt"))
def test_bad_service_tokens_are_refused(name: str) -> None:
    token, code = bad_tokens(SERVICE_CLAIMS, "svc+jwt")[name]
    with pytest.raises(UnauthenticatedError) as refused:
        ServiceTokenVerifier(KEYS, MCP_AUDIENCE).verify(token)
    assert refused.value.code == code


def test_one_kind_of_token_is_never_taken_for_another() -> None:
    service = SERVICE.mint("u1", "s1", ["read"], [API_AUDIENCE])
    with pytest.raises(UnauthenticatedError):
        ACCESS.verify(service)
    with pytest.raises(UnauthenticatedError):
        ServiceTokenVerifier(KEYS, API_AUDIENCE).verify(ACCESS.mint("u1", "customer", ["read"]))
    with pytest.raises(UnauthenticatedError):
        ACCESS.verify(Proofs(SIGNER).mint(PROOF))


def test_a_token_for_two_audiences_is_good_for_both() -> None:
    token = SERVICE.mint("u1", "s1", ["transact"], [MCP_AUDIENCE, API_AUDIENCE])
    for audience in (MCP_AUDIENCE, API_AUDIENCE):
        assert ServiceTokenVerifier(KEYS, audience).verify(token).session_id == "s1"
    with pytest.raises(TokenAudienceError):
        ServiceTokenVerifier(KEYS, "elsewhere").verify(token)


def test_time_decides() -> None:
    later = AccessTokens(SIGNER, KEYS, clock=lambda: time.time() + 901 + 2)
    with pytest.raises(TokenExpiredError):
        later.verify(ACCESS.mint("u1", "customer", []))


def test_a_proof_comes_back_as_it_was_minted() -> None:
    assert ProofChecker(KEYS).verify(Proofs(SIGNER).mint(PROOF)) == PROOF


@pytest.mark.parametrize("typ", ["at+jwt", "JWT"])
def test_a_proof_that_is_none_is_invalid(typ: str) -> None:
    with pytest.raises(ProofInvalidError):
        ProofChecker(KEYS).verify(SIGNER.sign(ACCESS_CLAIMS, typ))


def test_an_old_proof_is_invalid() -> None:
    old = Proofs(SIGNER, clock=lambda: time.time() - 100).mint(PROOF)
    with pytest.raises(ProofInvalidError):
        ProofChecker(KEYS).verify(old)


def test_keys_are_told_apart_by_use(tmp_path: Path) -> None:
    jwks = _write_jwks(tmp_path)
    pem = tmp_path / "access.pem"
    pem.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    tokens = AccessTokens(Signer.from_files(pem, jwks), PublicKeys.from_jwks(jwks, "access"))
    token = tokens.mint("u1", "customer", [])
    assert tokens.verify(token).user_id == "u1"
    with pytest.raises(UnauthenticatedError):
        AccessTokens(SIGNER, PublicKeys.from_jwks(jwks, "proof")).verify(token)
    assert [key["kid"] for key in published(jwks)["keys"]] == ["a"]
    assert "d" not in published(jwks)["keys"][0]


def test_a_key_that_is_not_published_does_not_sign(tmp_path: Path) -> None:
    jwks = _write_jwks(tmp_path, only_use="proof")
    pem = tmp_path / "access.pem"
    pem.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="does not publish"):
        Signer.from_files(pem, jwks)


def _write_jwks(folder: Path, only_use: str = "") -> Path:
    keys = [_jwk(KEY, "a", "access"), _jwk(OTHER_KEY, "p", "proof")]
    path = folder / "jwks.json"
    path.write_text(json.dumps({"keys": [k for k in keys if only_use in {"", k["x-countersign-use"]}]}))
    return path


def _jwk(key: object, kid: str, use: str) -> dict[str, str]:
    made = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
    return made | {"kid": kid, "x-countersign-use": use}
