"""Whose clock is off, and by how much: what still fits, and the code that it is refused with where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from activities.ports import ProofClaims
from adapters.tokens import (
    MCP_AUDIENCE,
    SKEW_S,
    AccessTokens,
    ProofChecker,
    Proofs,
    ServiceTokens,
    ServiceTokenVerifier,
)
from domain.errors import BankError, by_code
from tests.ear import fit_for_the_ear
from tests.signing import KEYS, SIGNER

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_800_000_000.0


def access(signs: float, verifies: float) -> None:
    token = AccessTokens(SIGNER, KEYS, lives_s=900, clock=lambda: signs).mint("u1", "customer", ["read"], "s")
    AccessTokens(SIGNER, KEYS, clock=lambda: verifies).verify(token)


def service(signs: float, verifies: float) -> None:
    token = ServiceTokens(SIGNER, lives_s=300, clock=lambda: signs).mint("u1", "s1", ["read"])
    ServiceTokenVerifier(KEYS, MCP_AUDIENCE, clock=lambda: verifies).verify(token)


def proof(signs: float, verifies: float) -> None:
    claims = ProofClaims("e1", "u1", 1, "f" * 64, "otp", accepted=True, response_id="r1")
    ProofChecker(KEYS, clock=lambda: verifies).verify(Proofs(SIGNER, lives_s=60, clock=lambda: signs).mint(claims))


# who signs is ahead of who verifies by so many seconds (behind, where negative)
CLOCKS: list[tuple[Callable[[float, float], None], float, str]] = [
    (access, SKEW_S, ""),
    (access, 60, "token_invalid"),  # made in the future
    (access, -60, ""),  # it is a minute shorter
    (access, -901 - SKEW_S, "token_expired"),
    (service, SKEW_S, ""),
    (service, 60, "token_invalid"),
    (service, -60, ""),
    (service, -301 - SKEW_S, "token_expired"),
    (proof, SKEW_S, ""),
    (proof, 60, "proof_invalid"),
    (proof, -60, ""),
    (proof, -61, ""),  # within the leeway
    (proof, -61 - SKEW_S, "proof_invalid"),
]


@pytest.mark.parametrize(("kind", "ahead_s", "code"), CLOCKS)
def test_tokens(kind: Callable[[float, float], None], ahead_s: float, code: str) -> None:
    if not code:
        kind(NOW + ahead_s, NOW)
        return
    with pytest.raises(BankError) as refused:
        kind(NOW + ahead_s, NOW)
    assert refused.value.code == code
    assert fit_for_the_ear(by_code(code).spoken)
