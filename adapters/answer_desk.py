"""The one door for answers: it checks the factor, then vouches for it to the waiting workflow with a proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import structlog

from activities.ports import Attempts, ElicitationRow, Elicitations, OneTimeCodes, ProofClaims
from adapters.entered import entered
from adapters.typed_codes import code_in
from domain.elicitation import ElicitationState, ElicitationStatus, ElicitationType, is_final
from domain.errors import (
    AnswerMalformedError,
    AnswerRejectedError,
    BankError,
    ChallengeInvalidError,
    ElicitationClosedError,
    ElicitationExpiredError,
    ElicitationNotFoundError,
    ForbiddenError,
    InvalidRequestError,
    PasskeyError,
    PasskeyUnknownError,
    StaleVersionError,
    TooManyTriesError,
    UnavailableError,
    by_code,
)
from domain.ids import is_safe_id
from domain.schemas import OTP_TRIES

_log = structlog.get_logger(__name__)
_S = ElicitationState
_WRITTEN_DOWN: Final = (AnswerRejectedError, TooManyTriesError, PasskeyError, UnavailableError)
"""Either where the factor was checked, or nothing was."""


class ProofMint(Protocol):
    """Signs what was checked."""

    def mint(self, proof: ProofClaims) -> str:
        """The proof as a compact JWS."""
        ...


class ElicitationDoor(Protocol):
    """The waiting workflow, as the desk reaches it."""

    async def answer(self, elicitation_id: str, proof: str, response_id: str) -> ElicitationStatus:
        """Deliver a proof; the first valid one wins."""
        ...

    async def fail(self, elicitation_id: str, error_code: str) -> ElicitationStatus:
        """End it without an answer."""
        ...


class PasskeyCheck(Protocol):
    """Judges a passkey's signature over one version of one elicitation."""

    async def check(self, row: ElicitationRow, given: object) -> None:
        """Raises PasskeyMalformedError, a PasskeyError or StaleVersionError."""
        ...


class Refusals(Protocol):
    """Where answers are written down that were refused before their factor was looked at."""

    async def refused(self, elicitation_id: str, user_id: str, code: str, response_id: str) -> None:
        """A line in the audit."""
        ...


class NoPasskeys:
    """Where no passkeys are kept, none is known."""

    async def check(self, row: ElicitationRow, given: object) -> None:
        """Raises PasskeyUnknownError."""
        del row, given
        raise PasskeyUnknownError


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AnswerDesk:
    """Checks ownership, state, time, version and factor, in this order; then mints the proof."""

    def __init__(  # noqa: PLR0913, PLR0917 - eight collaborators, each a port
        self,
        elicitations: Elicitations,
        codes: OneTimeCodes,
        proofs: ProofMint,
        gateway: ElicitationDoor,
        attempts: Attempts,
        clock: Callable[[], datetime] = _utc_now,
        passkeys: PasskeyCheck | None = None,
        refusals: Refusals | None = None,
    ) -> None:
        self._elicitations = elicitations
        self._codes = codes
        self._proofs = proofs
        self._gateway = gateway
        self._attempts = attempts
        self._clock = clock
        self._passkeys = passkeys or NoPasskeys()
        self._refusals = refusals

    async def answer(
        self, elicitation_id: str, user_id: str, data: Mapping[str, Any], response_id: str
    ) -> ElicitationStatus:
        """Take one answer. `data` is what the type's schema asks for; a repeated `response_id` gets the first result.

        Raises ElicitationNotFoundError, ElicitationClosedError, ElicitationExpiredError, StaleVersionError,
        AnswerMalformedError, AnswerRejectedError, TooManyTriesError; PasskeyMalformedError, a PasskeyError;
        FormInvalidError; ForbiddenError for what a supervisor decides.
        """
        try:
            row = await self.owned(elicitation_id, user_id)
        except ElicitationNotFoundError as error:
            await self._refused(elicitation_id, user_id, error, response_id)
            raise
        about = {"payment_id": row.request.payment_id, "elicitation_id": elicitation_id}
        try:
            status = await self._answer(row, elicitation_id, data, response_id)
        except BankError as error:
            _log.info("answer refused", code=error.code, **about)
            await self._refused(elicitation_id, user_id, error, response_id)
            raise
        _log.info("answer taken", state=status.status.value, **about)
        return status

    async def _answer(
        self, row: ElicitationRow, elicitation_id: str, data: Mapping[str, Any], response_id: str
    ) -> ElicitationStatus:
        _require_answerable(row, response_id)
        if (first := await self._attempts.outcome_of(elicitation_id, response_id)) is not None:
            return _first_result(row, first)
        if row.response_id == response_id:
            return await self.deliver_again(row)
        if row.response_id and await self._attempts.outcome_of(elicitation_id, row.response_id) is None:
            await self.deliver_again(row)
        self.check_open(row, data)
        try:
            accepted = await self._check_factor(row, data, response_id)
        except ChallengeInvalidError:
            raise  # the same answer sent twice at once: the other one's outcome is the one to remember
        except (AnswerRejectedError, TooManyTriesError, PasskeyError, StaleVersionError) as error:
            await self._attempts.record(row, response_id, error.code)
            raise
        try:
            return await self._hand_in(row, response_id, accepted=accepted)
        except UnavailableError:
            await self._give_back_try(row)
            raise
        except ElicitationClosedError:
            settled = await self._elicitations.get(elicitation_id)
            if settled.response_id != response_id:
                raise
            return await self.deliver_again(settled)  # it was this answer that settled it; the word of that was lost

    async def _give_back_try(self, row: ElicitationRow) -> None:
        """The factor was right, and nobody was there to take it: whoever repeats it must not use up the tries."""
        if row.request.elicitation_type is ElicitationType.OTP:
            await self._elicitations.give_back_try(row.request.elicitation_id)

    async def deliver_again(self, row: ElicitationRow) -> ElicitationStatus:
        """It was taken and stored, but its servers died before anybody was told; the workflow may not know yet."""
        accepted = row.state is _S.COMPLETED
        try:
            return await self._hand_in(row, row.response_id, accepted=accepted)
        except ElicitationClosedError:
            await self._attempts.record(row, row.response_id, "accepted" if accepted else "declined")
            return _first_result(row, "accepted")

    async def owned(self, elicitation_id: str, user_id: str) -> ElicitationRow:
        """The user's own elicitation. Raises ElicitationNotFoundError for anybody else's, as if it were not there."""
        if not is_safe_id(elicitation_id):
            raise ElicitationNotFoundError
        row = await self._elicitations.get(elicitation_id)
        if row.user_id != user_id:
            raise ElicitationNotFoundError
        return row

    async def opened(self, elicitation_id: str, user_id: str) -> ElicitationRow:
        """As `owned`; a look at somebody else's is written down."""
        try:
            return await self.owned(elicitation_id, user_id)
        except ElicitationNotFoundError as error:
            await self._refused(elicitation_id, user_id, error, "page")
            raise

    async def _refused(self, elicitation_id: str, user_id: str, error: BankError, response_id: str) -> None:
        if self._refusals is None or isinstance(error, _WRITTEN_DOWN):
            return
        subject, response = (text if is_safe_id(text) else "unreadable" for text in (elicitation_id, response_id))
        await self._refusals.refused(subject, user_id, error.code, response)

    async def _hand_in(self, row: ElicitationRow, response_id: str, *, accepted: bool) -> ElicitationStatus:
        proof = self._proof(row, response_id, accepted=accepted)
        status = await self._gateway.answer(row.request.elicitation_id, proof, response_id)
        await self._attempts.record(row, response_id, "accepted" if accepted else "declined")
        return status

    def check_open(self, row: ElicitationRow, data: Mapping[str, Any]) -> float:
        """The seconds that it stays open. Raises what `answer` would, where it is not open for this version."""
        if is_final(row.state):
            raise _closed(row)
        left_s = (datetime.fromisoformat(row.request.expires_at) - self._clock()).total_seconds()
        if left_s <= 0:
            raise _expired(row)
        if data.get("version", row.request.version) != row.request.version:
            raise StaleVersionError
        return left_s

    async def _check_factor(self, row: ElicitationRow, data: Mapping[str, Any], response_id: str) -> bool:
        match row.request.elicitation_type:
            case ElicitationType.OTP:
                await self._check_code(row, code_in(data))
            case ElicitationType.BIOMETRIC:
                await self._passkeys.check(row, data.get("assertion"))
            case ElicitationType.FORM:
                values = entered(row.request, data)
                await self._elicitations.keep_form(row.request.elicitation_id, response_id, values)
            case ElicitationType.SUPERVISOR_APPROVAL:
                raise _not_here()
            case ElicitationType.CONFIRMATION:
                return _yes_or_no(data)
        return True

    async def _check_code(self, row: ElicitationRow, code: str) -> None:
        try:
            tries = await self._elicitations.count_try(row.request.elicitation_id)
        except TooManyTriesError:
            await self._fail(row)
            raise _last_try(row) from None
        if self._codes.verify(row.secret, row.counter, code):
            return
        if tries >= OTP_TRIES:
            await self._fail(row)
            raise _last_try(row)
        raise rejected(OTP_TRIES - tries)

    async def _fail(self, row: ElicitationRow) -> None:
        try:
            await self._gateway.fail(row.request.elicitation_id, TooManyTriesError.code)
        except (ElicitationClosedError, ElicitationNotFoundError):
            return  # settled in the meantime: its own outcome stays

    def _proof(self, row: ElicitationRow, response_id: str, *, accepted: bool) -> str:
        request = row.request
        return self._proofs.mint(
            ProofClaims(
                elicitation_id=request.elicitation_id,
                user_id=row.user_id,
                version=request.version,
                transaction_hash=request.transaction_hash,
                method=request.elicitation_type.value,
                accepted=accepted,
                response_id=response_id,
            )
        )


def rejected(left: int) -> AnswerRejectedError:
    """A wrong factor, with the tries that are left."""
    tries = "one try" if left == 1 else f"{left} tries"
    return AnswerRejectedError(f"{left} left of {OTP_TRIES}", spoken=f"That code isn't right. You have {tries} left.")


def _require_answerable(row: ElicitationRow, response_id: str) -> None:
    if not is_safe_id(response_id):
        raise InvalidRequestError("response_id must be 1 to 128 letters, digits, - or _")
    if row.request.elicitation_type is ElicitationType.SUPERVISOR_APPROVAL:
        raise _not_here()  # nor is a decision that was taken already its customer's to hand in again


def _not_here() -> ForbiddenError:
    return ForbiddenError("supervisors decide at their own door")


def _yes_or_no(data: Mapping[str, Any]) -> bool:
    said = data.get("confirmed")
    if not isinstance(said, bool):
        raise AnswerMalformedError("data does not answer a confirmation", spoken="Please answer yes or no.")
    return said


def _last_try(row: ElicitationRow) -> TooManyTriesError:
    """With an identity check nothing is cancelled that was to be paid."""
    return TooManyTriesError(
        spoken="That was the last try. I could not check that it's you." if row.request.identity else ""
    )


def _expired(row: ElicitationRow) -> ElicitationExpiredError:
    """Only a code can be said to have expired; anything else ran out of time."""
    if row.request.identity:
        return ElicitationExpiredError(spoken="That took too long. Please ask again.")
    code = row.request.elicitation_type is ElicitationType.OTP
    return ElicitationExpiredError(spoken="" if code else "That took too long. Nothing was moved. Please start again.")


def _closed(row: ElicitationRow) -> BankError:
    if row.state is _S.EXPIRED:
        return _expired(row)
    if row.error_code == TooManyTriesError.code:
        return _last_try(row)
    if row.error_code == StaleVersionError.code:
        return StaleVersionError()
    return ElicitationClosedError()


def _first_result(row: ElicitationRow, outcome: str) -> ElicitationStatus:
    if outcome in {"accepted", "declined"}:
        return ElicitationStatus(row.request.elicitation_id, row.state, error_code=row.error_code)
    if outcome == AnswerRejectedError.code and not is_final(row.state):
        raise rejected(max(OTP_TRIES - row.tries, 0))
    raise by_code(outcome)
