"""Which countersigns a payment needs. One table, read top to bottom; the first row that fits decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.elicitation import ElicitationType
from domain.money import Money

VERSION: Final = "2026-11-1"
VOICE_LIMIT_MINOR: Final = 10_000_00
"""The most that one payment may carry by voice, in minor units of a two-digit currency."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The countersigns asked for, in order, and why (shown to supervisor and compliance)."""

    countersigns: tuple[ElicitationType, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Row:
    up_to_minor: int
    decision: Decision


_TABLE: Final = (
    _Row(
        VOICE_LIMIT_MINOR,
        Decision(
            (ElicitationType.CONFIRMATION, ElicitationType.OTP),
            "a payment to a registered payee: read-back and one-time code (PSD2 RTS art. 4 and 5)",
        ),
    ),
)


def decide(amount: Money) -> Decision | None:
    """The countersigns for this amount; None where no row allows it, and then nothing may be paid."""
    return next((row.decision for row in _TABLE if amount.minor <= row.up_to_minor), None)
