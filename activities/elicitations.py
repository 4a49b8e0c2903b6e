"""Opening a question, taking a proven answer to it, closing it. A factor never comes in here, only its proof."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity

from activities.ports import (
    Attempts,
    Directory,
    ElicitationRow,
    Elicitations,
    Message,
    Messenger,
    OneTimeCodes,
    ProofVerifier,
)
from activities.refusals import refusals
from domain.dialogue import identity, phrases
from domain.elicitation import (
    Closing,
    ElicitationOrder,
    ElicitationOutcome,
    ElicitationRequest,
    ElicitationState,
    ElicitationType,
    ProvenAnswer,
)
from domain.errors import BankError, ElicitationClosedError, ProofInvalidError, StaleVersionError
from domain.forms import Value


@dataclass(frozen=True, slots=True)
class AnswerToCheck:
    """One answer and the question that it must fit."""

    order: ElicitationOrder
    answer: ProvenAnswer


@dataclass(frozen=True, slots=True)
class ClosingOf:
    """One elicitation and how it is closed."""

    elicitation_id: str
    closing: Closing


@dataclass(frozen=True, slots=True)
class IgnoredMessage:
    """A signal that was refused, by the code of the refusal."""

    elicitation_id: str
    response_id: str
    code: str


@dataclass(frozen=True, slots=True)
class Questions:
    """Activities over the elicitations at rest, the codes and their delivery."""

    elicitations: Elicitations
    codes: OneTimeCodes
    messenger: Messenger
    directory: Directory
    proofs: ProofVerifier
    attempts: Attempts

    @activity.defn(name="open_elicitation")
    async def open(self, order: ElicitationOrder) -> None:
        """Store the question; for a one-time code, send it. A repeat sends the same code under the same key."""
        with refusals():
            otp = order.request.elicitation_type is ElicitationType.OTP
            row = await self.elicitations.open(
                ElicitationRow(
                    request=order.request,
                    user_id=order.user_id,
                    session_id=order.session_id,
                    state=ElicitationState.PENDING,
                    tries=0,
                    secret=self.codes.new_secret() if otp else "",
                )
            )
            if otp:
                await self._deliver(row)
        _note("elicitation opened", order.request.elicitation_id, kind=order.request.elicitation_type)

    @activity.defn(name="resend_code")
    async def resend(self, elicitation_id: str) -> None:
        """Send a fresh code; the old one no longer works, tries stay counted. Not at once, and not without end."""
        with refusals():
            row = await self.elicitations.get(elicitation_id)
            if row.state is not ElicitationState.PENDING:
                raise ElicitationClosedError
            await self.elicitations.next_code(elicitation_id)
            await self._deliver(await self.elicitations.get(elicitation_id))
        _note("code sent again", elicitation_id)

    @activity.defn(name="accept_answer")
    async def accept(self, check: AnswerToCheck) -> ElicitationOutcome:
        """Verify the proof against this question and settle it. The first outcome stays."""
        request = check.order.request
        with refusals():
            _require_fit(request.elicitation_type is not ElicitationType.SUPERVISOR_APPROVAL, ProofInvalidError)
            try:
                claims = self.proofs.verify(check.answer.proof)
            except ProofInvalidError:
                return await self._settled_by(request, check.answer.response_id)
            _require_fit(claims.elicitation_id == request.elicitation_id, ProofInvalidError)
            _require_fit(claims.user_id == check.order.user_id, ProofInvalidError)
            _require_fit(claims.method == request.elicitation_type, ProofInvalidError)
            _require_fit(claims.response_id == check.answer.response_id, ProofInvalidError)
            _require_fit(claims.version == request.version, StaleVersionError)
            _require_fit(claims.transaction_hash == request.transaction_hash, StaleVersionError)
            wanted = ElicitationState.COMPLETED if claims.accepted else ElicitationState.CANCELLED
            state = await self.elicitations.close(request.elicitation_id, wanted, response_id=check.answer.response_id)
            _require_fit(state is wanted, ElicitationClosedError)
            if not claims.accepted:  # cancelled it may be for another reason: it was withdrawn, or it is stale
                await self._require_own(request.elicitation_id, check.answer.response_id)
            filled = await self._filled(request, claims.response_id) if claims.accepted else {}
        _note("answer accepted", request.elicitation_id, state=state)
        return ElicitationOutcome(request.elicitation_id, state, accepted=claims.accepted, filled=filled)

    @activity.defn(name="close_elicitation")
    async def close(self, closing: ClosingOf) -> ElicitationOutcome:
        """Settle a question that was not answered. One that was, unheard of since, keeps its own outcome."""
        wanted, code = closing.closing.state, closing.closing.error_code
        with refusals():
            state = await self.elicitations.close(closing.elicitation_id, wanted, error_code=code)
            if state is not wanted:
                code = (await self.elicitations.get(closing.elicitation_id)).error_code
        _note("elicitation closed", closing.elicitation_id, state=state, code=code)
        accepted = state is ElicitationState.COMPLETED and not code  # a refused approval is completed, too
        return ElicitationOutcome(closing.elicitation_id, state, accepted, code)

    @activity.defn(name="note_ignored")
    async def note_ignored(self, ignored: IgnoredMessage) -> None:
        """Write a refused message to the audit trail."""
        with refusals():
            row = await self.elicitations.get(ignored.elicitation_id)
            await self.attempts.record(row, f"signal-{ignored.response_id}", ignored.code)
        _note("message ignored", ignored.elicitation_id, code=ignored.code)

    async def _settled_by(self, request: ElicitationRequest, response_id: str) -> ElicitationOutcome:
        """What this answer has settled before: where its worker died then, the proof may have expired meanwhile."""
        row = await self.elicitations.get(request.elicitation_id)
        answered = row.state in {ElicitationState.COMPLETED, ElicitationState.CANCELLED}
        _require_fit(answered and row.response_id == response_id, ProofInvalidError)
        accepted = row.state is ElicitationState.COMPLETED
        filled = await self._filled(request, response_id) if accepted else {}
        return ElicitationOutcome(request.elicitation_id, row.state, accepted=accepted, filled=filled)

    async def _filled(self, request: ElicitationRequest, response_id: str) -> dict[str, Value]:
        if request.elicitation_type is not ElicitationType.FORM:
            return {}
        return await self.elicitations.form_of(request.elicitation_id, response_id)

    async def _require_own(self, elicitation_id: str, response_id: str) -> None:
        row = await self.elicitations.get(elicitation_id)
        stale = row.error_code == StaleVersionError.code
        _require_fit(row.response_id == response_id, StaleVersionError if stale else ElicitationClosedError)

    async def _deliver(self, row: ElicitationRow) -> None:
        customer = await self.directory.customer(row.user_id)
        question = row.request.elicitation_id
        message = code_message(row.request, self.codes.code(row.secret, row.counter))
        way = await self.messenger.send(customer, message, f"{question}-{row.counter}")
        await self.elicitations.note_delivery(question, row.counter, way)


def code_message(request: ElicitationRequest, code: str) -> Message:
    """The code with amount and payee, and how often it may be paid (PSD2 RTS art. 5: dynamic linking)."""
    minutes = max(request.timeout_seconds // 60, 1)
    if request.identity:
        return Message("A code shows that it's you", identity.message(request, code, minutes))
    verb = "allow" if request.standing else "pay"
    noun = "standing payment" if request.standing else "standing order" if request.ordered else "payment"
    text = f"Your code is {code} to {verb} {phrases.what(request)}. It is valid for {minutes} minutes. Never share it."
    return Message(f"A {noun} waits for your code", text)


def _note(what: str, elicitation_id: str, **fields: str) -> None:
    activity.logger.info(what, extra={"elicitation_id": elicitation_id, **fields})


def _require_fit(fits: bool, error: type[BankError]) -> None:
    if not fits:
        raise error
