"""Who speaks is verified before they hear what a password alone does not open: where a bank card is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from domain.elicitation import ElicitationRequest, ElicitationType

CARDS: Final = "cards"
"""The one purpose there is: where the customer's bank cards are."""
MOST_FAILED: Final = 3
"""Verifications of one customer that may fail by wrong codes within a day."""
MOST_BEGUN: Final = 10
"""And that may be begun within an hour and come to nothing: each sends a message."""


class VerificationState(StrEnum):
    """Where a verification stands. FAILED: wrong codes, or called off; EXPIRED: its question ran out of time."""

    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """What the customer's factor is bound to, in a transaction's place. `about` keeps it apart from any payment."""

    user_id: str
    session_id: str
    purpose: str
    about: str = "identity check"


def identity_hash(check: IdentityCheck) -> str:
    """SHA-256, hex, over the canonical JSON of all four fields."""
    canonical = json.dumps(asdict(check), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class VerificationRequest:
    """Somebody asks for what needs it. `verification_id` is the caller's; a repeat with it is one."""

    verification_id: str
    user_id: str
    session_id: str
    purpose: str = CARDS
    trace_id: str = ""

    def wish(self) -> tuple[str, ...]:
        """What two requests of one id must agree in."""
        return (self.verification_id, self.user_id, self.session_id, self.purpose)

    def digest(self) -> str:
        """SHA-256, hex, of it."""
        return hashlib.sha256(json.dumps(self.wish()).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class VerificationPlan:
    """A verification as it was recorded. `method`: the factor that is asked for."""

    verification_id: str
    user_id: str
    tenant_id: str
    customer_ref: str
    session_id: str
    purpose: str
    method: ElicitationType
    identity_hash: str

    @property
    def amount_minor(self) -> int:
        """Nothing is moved."""
        return 0


@dataclass(frozen=True, slots=True)
class ScreenedVerification:
    """A plan, the state that it is in already, and how long its question stays open, in seconds."""

    plan: VerificationPlan
    state: VerificationState
    elicitation_s: float


@dataclass(frozen=True, slots=True)
class VerificationBegun:
    """Result of beginning one: the question that now waits, or how it ended."""

    verification_id: str
    state: VerificationState
    elicitation: ElicitationRequest | None = None


@dataclass(frozen=True, slots=True)
class VerificationEnd:
    """How a verification is to end without having succeeded."""

    verification_id: str
    state: VerificationState
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """How a verification ended. `screened`: it was recorded; else what was asked was refused."""

    request: VerificationRequest
    state: VerificationState
    error_code: str = ""
    screened: bool = True
