"""The one door for answers, and the questions that wait for them."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import Field

from activities.ports import ElicitationRow
from adapters.edge.idempotency import own_id
from adapters.tokens import Principal
from api.documented import answers
from api.next_question import with_next
from api.security import Answerer, Door, Payer, Reader, Use
from api.sent import ID, Id, Sent
from api.services import Services
from api.shapes import QuestionNow, Questions, SigningOptions, StatusUpdate
from domain.elicitation import ALERT, ElicitationStatus, ElicitationType
from domain.errors import (
    AnswerMalformedError,
    AnswerRejectedError,
    ElicitationClosedError,
    ElicitationExpiredError,
    ElicitationNotFoundError,
    ForbiddenError,
    FormInvalidError,
    InvalidRequestError,
    PasskeyError,
    PasskeyMalformedError,
    PasskeyNotFoundError,
    StaleVersionError,
    TooManyTriesError,
)

router = APIRouter(prefix="/api/elicitations")
_THROUGH_A_CLIENT: Final = frozenset({ElicitationType.CONFIRMATION, ElicitationType.FORM})
_SETTLED: Final = (ElicitationNotFoundError, ElicitationClosedError, ElicitationExpiredError)
_ANSWERED: Final = (
    *(*_SETTLED, StaleVersionError, TooManyTriesError, AnswerMalformedError, AnswerRejectedError),
    *(FormInvalidError, PasskeyMalformedError, PasskeyError),
)
OwnId = Annotated[str, Field(pattern=ID.replace("1,", "0,"))]
"""Empty where the client has none."""


class Response(Sent):
    """The first specification's ElicitationResponse; `response_id` makes a repeat harmless."""

    type: Literal["elicitation_response"] = "elicitation_response"
    elicitation_id: OwnId = ""
    data: dict[str, Any]
    metadata: dict[str, Any] = Field(default_factory=dict)
    response_id: OwnId = ""


@router.get("", responses=answers(Questions))
async def waiting(who: Reader, services: Use, status: Literal["pending"] = "pending") -> dict[str, Any]:
    """What waits for this user, oldest first."""
    del status
    rows = await services.elicitations.pending_of(who.user_id)
    return {"elicitations": [_shown(row) for row in rows]}


@router.get("/{elicitation_id}", responses=answers(QuestionNow, ElicitationNotFoundError))
async def one(elicitation_id: Id, who: Reader, services: Use) -> dict[str, Any]:
    """One of the user's own."""
    return _shown(await services.desk.owned(elicitation_id, who.user_id))


@router.get(
    "/{elicitation_id}/passkey-options",
    responses=answers(SigningOptions, *_SETTLED, StaleVersionError, PasskeyNotFoundError),
)
async def passkey_options(elicitation_id: Id, who: Payer, services: Use) -> dict[str, Any]:
    """What the device's passkey signs to answer this question: one challenge, for this version alone, once."""
    row = await services.desk.owned(elicitation_id, who.user_id)
    left_s = services.desk.check_open(row, {})
    if row.request.elicitation_type is not ElicitationType.BIOMETRIC:
        raise InvalidRequestError("this question is not answered with a passkey")
    return {
        "elicitation_id": elicitation_id,
        "version": row.request.version,
        "publicKey": await services.passkeys.payment_options(row, left_s),
    }


@router.post("/{elicitation_id}/answer", responses=answers(StatusUpdate, *_ANSWERED))
async def answer(elicitation_id: Id, given: Response, who: Door, services: Use) -> dict[str, Any]:
    """Check a factor and hand the proof of it to the waiting workflow. An MCP client brings a yes, a no or a form."""
    if given.elicitation_id not in {"", elicitation_id}:
        raise InvalidRequestError("elicitation_id is not that of the path")
    response_id = given.response_id or own_id()
    await _check_scope(who, elicitation_id, services)
    if who.client_id:
        row = await services.desk.owned(elicitation_id, who.user_id)
        if row.request.elicitation_type not in _THROUGH_A_CLIENT:
            raise ForbiddenError("a factor is given on the bank's page", spoken="Please enter that on the bank's page.")
    data = given.data
    if token := given.metadata.get("biometric_token"):
        data = {"assertion": token} | data
    status = await services.desk.answer(elicitation_id, who.user_id, data, response_id)
    if who.sign_in_id:  # the orchestrator hears of the next question from the payment itself
        status = await with_next(services.elicitations, status)
    return status.to_json()


@router.post("/{elicitation_id}/cancel", responses=answers(StatusUpdate, *_SETTLED))
async def cancel(elicitation_id: Id, who: Answerer, services: Use) -> dict[str, Any]:
    """Withdraw a question, and with it what asked it."""
    await services.desk.owned(elicitation_id, who.user_id)
    status = await services.elicitation_gateway.cancel(elicitation_id, who.user_id)
    return status.to_json()


async def _check_scope(who: Principal, elicitation_id: str, services: Services) -> None:
    """Answers approve payments; only the form of an alert is a mere setting. Raises ForbiddenError."""
    if "transact" in who.scopes:
        return
    if "configure" in who.scopes:
        asked = (await services.desk.owned(elicitation_id, who.user_id)).request
        if asked.elicitation_type is ElicitationType.FORM and asked.transaction_type == ALERT:
            return
    raise ForbiddenError("this token lacks the scope transact")


def _shown(row: ElicitationRow) -> dict[str, Any]:
    status = ElicitationStatus(row.request.elicitation_id, row.state, error_code=row.error_code).to_json()
    return row.request.to_json() | {
        "status": status["status"],
        "payment_id": row.request.payment_id,
        "version": row.request.version,
        "error_code": row.error_code,
    }
