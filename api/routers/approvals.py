"""The supervisors' desk: what waits for a decision, the decisions, and lent authority."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from adapters.edge.bearer import token_of
from adapters.edge.idempotency import own_id
from adapters.postgres.approval_list import MOST, Wanted
from adapters.tokens import Principal
from api.documented import answers
from api.security import Declared, Person, Use, person
from api.sent import BIGINT, ID, Id, Moment, Sent
from api.shapes import Approvals, ApprovalShown, Delegated, DelegationEnded, Delegations, StatusUpdate
from domain.approvals import Said
from domain.errors import (
    AlreadyDecidedError,
    ApprovalClaimedError,
    ApprovalClosedError,
    ApprovalNotFoundError,
    DelegationInvalidError,
    DelegationNotFoundError,
    InvalidRequestError,
    NotASupervisorError,
    NoteRequiredError,
    NotYourGroupError,
    OverSupervisorLimitError,
    SameSupervisorError,
    SelfApprovalError,
    SignInEndedError,
    StaleVersionError,
)
from domain.schemas import NOTE_LONGEST

router = APIRouter(prefix="/api")
_THERE: Final = (NotASupervisorError, ApprovalNotFoundError)
_HELD: Final = (*_THERE, AlreadyDecidedError, ApprovalClosedError, ApprovalClaimedError)
_CLAIMED: Final = (*_HELD, SelfApprovalError, NotYourGroupError, OverSupervisorLimitError)
_DECIDED: Final = (*_CLAIMED, StaleVersionError, NoteRequiredError, SameSupervisorError)


class Decision(Sent):
    """What a supervisor says to a version of a payment; `response_id` makes a repeat harmless."""

    decision: Literal["approve", "refuse"]
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    note: Annotated[str, Field(max_length=NOTE_LONGEST)] = ""
    response_id: Annotated[str, Field(pattern=ID.replace("1,", "0,"))] = ""


class Delegation(Sent):
    """To whom one's authority is lent (a name or an id), and until when."""

    to: Annotated[str, Field(min_length=1, max_length=128)]
    until: Moment


async def supervisor(who: Person) -> Principal:
    """Someone whose token has the scope. Raises NotASupervisorError."""
    if "approve" not in who.scopes:
        raise NotASupervisorError
    return who


Supervisor = Annotated[Principal, Depends(supervisor)]


class Filter(BaseModel):
    """What to list; amounts in minor units, bounds included."""

    state: Literal["open", "approved", "refused", "expired", "cancelled", "failed"] = "open"
    due_after: Moment | None = None
    due_before: Moment | None = None
    amount_min: Annotated[int | None, Field(ge=0, le=BIGINT)] = None
    amount_max: Annotated[int | None, Field(ge=0, le=BIGINT)] = None
    group: Annotated[str | None, Field(max_length=64)] = None
    payee: Annotated[str | None, Field(max_length=200)] = None
    cursor: Annotated[str, Field(max_length=400)] = ""
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


@router.get("/approvals", responses=answers(Approvals, NotASupervisorError, InvalidRequestError))
async def approvals(wanted: Annotated[Filter, Query()], who: Supervisor, services: Use) -> dict[str, Any]:
    """By due time; `next_cursor` is empty on the last page."""
    tenant_id = await services.approvals.tenant_of(who.user_id)
    page = await services.approvals.page(Wanted(tenant_id, **wanted.model_dump()))
    return {"approvals": [each.to_json() for each in page.approvals], "next_cursor": page.cursor}


@router.get("/approvals/{approval_id}", responses=answers(ApprovalShown, *_THERE))
async def approval(approval_id: Id, who: Supervisor, services: Use) -> dict[str, Any]:
    """One, with who has given this payment's other approvals."""
    return (await services.approvals.get(approval_id, who.user_id)).to_json()


async def decider(approval_id: Id, request: Request, services: Use, declared: Declared) -> Principal:
    """Whoever decides; one whose sign-in or role ended while they looked at it is refused, and written down."""
    try:
        return await person(request, services, declared)
    except SignInEndedError as refusal:
        who = services.access.verify(token_of(request.headers.get("authorization")))
        await services.approvals.refused(approval_id, who.user_id, refusal, {})
        raise


Decider = Annotated[Principal, Depends(decider)]


@router.post("/approvals/{approval_id}/decision", responses=answers(StatusUpdate, *_DECIDED))
async def decide(approval_id: Id, given: Decision, who: Decider, services: Use) -> dict[str, Any]:
    """Approve or refuse. A refusal needs a note."""
    response_id = given.response_id or own_id()
    if "approve" not in who.scopes:
        refusal = NotASupervisorError()
        await services.approvals.refused(approval_id, who.user_id, refusal, {"version": given.version})
        raise refusal
    said = Said(given.decision == "approve", given.version, given.note)
    status = await services.approvals.decide(approval_id, who.user_id, said, response_id)
    return status.to_json()


@router.post("/approvals/{approval_id}/claim", responses=answers(ApprovalShown, *_CLAIMED))
async def claim(approval_id: Id, who: Supervisor, services: Use) -> dict[str, Any]:
    """Keep it to oneself for a while."""
    return (await services.approvals.claim(approval_id, who.user_id)).to_json()


@router.post("/approvals/{approval_id}/release", responses=answers(ApprovalShown, *_HELD))
async def release(approval_id: Id, who: Supervisor, services: Use) -> dict[str, Any]:
    """Leave it to the others again."""
    return (await services.approvals.release(approval_id, who.user_id)).to_json()


@router.get("/delegations", responses=answers(Delegations, NotASupervisorError))
async def delegations(who: Supervisor, services: Use) -> dict[str, Any]:
    """What one has lent or borrowed, and still lasts."""
    return {"delegations": await services.approvals.delegations_of(who.user_id)}


@router.post("/delegations", responses=answers(Delegated, NotASupervisorError, DelegationInvalidError))
async def delegate(given: Delegation, who: Supervisor, services: Use) -> dict[str, Any]:
    """Lend one's group and limit to another supervisor."""
    delegation_id = await services.approvals.delegate(who.user_id, given.to, given.until)
    return {"delegation_id": delegation_id, "to": given.to, "until": given.until.isoformat()}


@router.delete(
    "/delegations/{delegation_id}", responses=answers(DelegationEnded, NotASupervisorError, DelegationNotFoundError)
)
async def end_delegation(
    delegation_id: Annotated[int, Path(ge=1, le=BIGINT)], who: Supervisor, services: Use
) -> dict[str, Any]:
    """Take it back at once."""
    await services.approvals.end_delegation(delegation_id, who.user_id)
    return {"delegation_id": delegation_id, "ended": True}
