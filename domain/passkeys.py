"""Passkeys (W3C WebAuthn Level 3): what is kept of one, and the challenges that it signs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CHALLENGE_S: Final = 300
"""How long a challenge may be signed, in seconds."""
MOST_PASSKEYS: Final = 20
"""The most that one person may have."""


class Purpose(StrEnum):
    """What a challenge was issued for; signed, it is worth nothing anywhere else."""

    ENROL = "enrol"
    LOGIN = "login"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A public key and what its authenticator last said. `backup_eligible`: may be synced; never changes."""

    passkey_id: str
    user_id: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    backup_eligible: bool
    backed_up: bool
    transports: tuple[str, ...]
    aaguid: str
    name: str
    created_at: str = ""
    last_used_at: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is to be signed, and what for. `subject`: the user; for a login the name that was typed, or nothing."""

    value: bytes
    purpose: Purpose
    subject: str
    nonce: bytes
    elicitation_id: str = ""
    payment_id: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What an authenticator said beside its signature."""

    sign_count: int
    backup_eligible: bool
    backed_up: bool


def payment_challenge(nonce: bytes, elicitation_id: str, version: int, transaction_hash: str) -> bytes:
    """SHA-256 over all four: what is signed is this version of this transaction (PSD2 RTS, art. 5), once."""
    bound = ["countersign.payment", nonce.hex(), elicitation_id, version, transaction_hash]
    return hashlib.sha256(json.dumps(bound, separators=(",", ":")).encode()).digest()
