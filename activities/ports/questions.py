"""Questions at rest, their codes, and the proofs of answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from domain.accounts import Customer
from domain.elicitation import ElicitationRequest, ElicitationState
from domain.forms import Value

Delivered = Literal["sms", "email"]
"""The ways out of band."""


@dataclass(frozen=True, slots=True)
class ElicitationRow:
    """An elicitation as stored. `secret` is the sealed one-time-code secret, empty for other types."""

    request: ElicitationRequest
    user_id: str
    session_id: str
    state: ElicitationState
    tries: int
    secret: str = ""
    counter: int = 0
    response_id: str = ""
    error_code: str = ""


class Elicitations(Protocol):
    """Elicitations at rest. State changes write their outbox event in the same transaction."""

    async def open(self, row: ElicitationRow) -> ElicitationRow:
        """Store a new elicitation, or return the one that is already there under this id."""
        ...

    async def get(self, elicitation_id: str) -> ElicitationRow:
        """Raises ElicitationNotFoundError."""
        ...

    async def pending_of(self, user_id: str) -> list[ElicitationRow]:
        """Open elicitations of one user, oldest first."""
        ...

    async def count_try(self, elicitation_id: str) -> int:
        """Count one try and return how many there are now; at the limit nothing is counted: TooManyTriesError."""
        ...

    async def give_back_try(self, elicitation_id: str) -> None:
        """A code that was right, and that nobody was there to take, was no try."""
        ...

    async def next_code(self, elicitation_id: str) -> int:
        """Advance the code counter for a resend; tries stay as they are, and a code that never went out stays too.

        Raises ResendTooSoonError or ResendsUsedUpError.
        """
        ...

    async def note_delivery(self, elicitation_id: str, counter: int, way: Delivered) -> None:
        """The code of this counter is on its way; from now the next one has to wait."""
        ...

    async def close(
        self, elicitation_id: str, state: ElicitationState, response_id: str = "", error_code: str = ""
    ) -> ElicitationState:
        """Settle it; returns the state it is in afterwards (the first outcome stays)."""
        ...

    async def keep_form(self, elicitation_id: str, response_id: str, filled: dict[str, Value]) -> None:
        """Keep what a form was filled in with; the first of one response stays."""
        ...

    async def form_of(self, elicitation_id: str, response_id: str) -> dict[str, Value]:
        """What this response filled in; nothing where it is unknown."""
        ...


class Attempts(Protocol):
    """The record of every attempt: by whom, on what, with what outcome; never with which factor."""

    async def outcome_of(self, elicitation_id: str, response_id: str) -> str | None:
        """The outcome code first recorded for this response; None if it is new."""
        ...

    async def record(self, row: ElicitationRow, response_id: str, outcome: str) -> None:
        """Keep an outcome code ("accepted", "declined" or an error's code); the first one stays."""
        ...


class OneTimeCodes(Protocol):
    """HOTP (RFC 4226) over a secret of its own per elicitation, sealed at rest."""

    def new_secret(self) -> str:
        """A fresh sealed secret."""
        ...

    def code(self, sealed: str, counter: int) -> str:
        """The six digits for this counter."""
        ...

    def verify(self, sealed: str, counter: int, code: str) -> bool:
        """Constant-time comparison with the code of this counter alone."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer is told out of band. The subject shows on locked screens, so it never holds a code."""

    subject: str
    text: str


class Messenger(Protocol):
    """Takes a message out of band to a customer."""

    async def send(self, to: Customer, message: Message, key: str) -> Delivered:
        """Deliver once per `key`; by which way. Raises UnavailableError, or DeliveryFailedError for good."""
        ...


@dataclass(frozen=True, slots=True)
class ProofClaims:
    """What a proof says: this user answered this elicitation, on this version of this transaction."""

    elicitation_id: str
    user_id: str
    version: int
    transaction_hash: str
    method: str
    accepted: bool
    response_id: str


class ProofVerifier(Protocol):
    """Checks a proof's signature, age and audience."""

    def verify(self, proof: str) -> ProofClaims:
        """Raises ProofInvalidError."""
        ...
