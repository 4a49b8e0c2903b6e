"""The pages on which a person signs in and countersigns what an MCP client of theirs has begun."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from activities.ports import ElicitationRow
from adapters.edge.idempotency import own_id
from api import signing_in
from api.countersign_page import closed_page, not_yours, question_page
from api.html import form_of, from_own_page, page, sign_in_form
from api.next_question import with_next
from api.security import Use
from api.sent import Id
from api.services import Services
from api.visitors import following, let_in, visitor
from domain.elicitation import ElicitationType, is_final
from domain.errors import (
    BankError,
    ElicitationNotFoundError,
    InvalidRequestError,
    PasskeyMalformedError,
    TotpRequiredError,
    UnauthenticatedError,
)

router = APIRouter(include_in_schema=False)
_FILES: Final = Path(__file__).resolve().parents[2] / "web" / "pages"
_KEPT: Final = {"Cache-Control": "public, max-age=300"}


@router.get("/pages/style.css")
async def style() -> FileResponse:
    """How they look."""
    return FileResponse(_FILES / "style.css", media_type="text/css", headers=_KEPT)


@router.get("/pages/passkey.js")
async def script() -> FileResponse:
    """What speaks to the device; nothing else needs a script."""
    return FileResponse(_FILES / "passkey.js", media_type="text/javascript", headers=_KEPT)


@router.post("/pages/sign-in")
async def sign_in(request: Request, services: Use) -> Response:
    """A name, a password and a code; then back to the page that asked."""
    from_own_page(request, services.settings)
    sent = await form_of(request)
    wanted = following(sent.get("next", ""))
    given = signing_in.Given(sent.get("username", ""), sent.get("password", ""), sent.get("totp_code", ""))
    answer = RedirectResponse(wanted, 303)
    try:
        if max(map(len, (given.username, given.password, given.totp_code))) > 256:
            raise InvalidRequestError
        await let_in(services, request, answer, given)
    except (UnauthenticatedError, TotpRequiredError) as error:
        return page("Sign in", sign_in_form(wanted, error.sentence, given.username), status=401)
    return answer


@router.get("/countersign/{elicitation_id}")
async def countersign(elicitation_id: Id, request: Request, services: Use) -> HTMLResponse:
    """What is asked, shown to whom it is asked of, and to nobody else."""
    row = await _row(elicitation_id, request, services)
    if not isinstance(row, ElicitationRow):
        return row
    return closed_page(row) if is_final(row.state) else question_page(row, own_id())


@router.post("/countersign/{elicitation_id}")
async def answered(elicitation_id: Id, request: Request, services: Use) -> Response:
    """The answer, at the one door; then the next question, or how it ended."""
    from_own_page(request, services.settings)
    row = await _row(elicitation_id, request, services)
    if not isinstance(row, ElicitationRow):
        return row
    sent = await form_of(request)
    response_id = sent.pop("response_id", "") or own_id()
    try:
        status = await services.desk.answer(elicitation_id, row.user_id, _data(row, sent), response_id)
    except BankError as error:
        now = await services.desk.owned(elicitation_id, row.user_id)
        if is_final(now.state):
            return closed_page(now, status=error.status)
        return question_page(now, own_id(), error.sentence, error.status)
    status = await with_next(services.elicitations, status)
    ahead = status.next_elicitation
    return RedirectResponse(f"/countersign/{ahead.elicitation_id if ahead else elicitation_id}", 303)


@router.get("/countersign/{elicitation_id}/passkey")
async def passkey(elicitation_id: Id, request: Request, services: Use) -> dict[str, Any]:
    """What the device signs. For the page's own script."""
    who = await visitor(request, services)
    if who is None:
        raise UnauthenticatedError
    row = await services.desk.owned(elicitation_id, who.user_id)
    if row.request.elicitation_type is not ElicitationType.BIOMETRIC:
        raise InvalidRequestError("this question is not answered with a passkey")
    left_s = services.desk.check_open(row, {})
    return {"publicKey": await services.passkeys.payment_options(row, left_s)}


async def _row(elicitation_id: str, request: Request, services: Services) -> ElicitationRow | HTMLResponse:
    """The question, or the page that stands in its place: opener and initiator must be one (phishing)."""
    who = await visitor(request, services)
    if who is None:
        form = sign_in_form(f"/countersign/{elicitation_id}")
        return page("Sign in to countersign", "<p>Only who began this can go on with it.</p>", form, status=401)
    try:
        return await services.desk.opened(elicitation_id, who.user_id)
    except ElicitationNotFoundError:
        return not_yours(elicitation_id)


def _data(row: ElicitationRow, sent: dict[str, str]) -> dict[str, Any]:
    match row.request.elicitation_type:
        case ElicitationType.CONFIRMATION:
            return {"confirmed": sent.get("confirmed") == "yes"} if "confirmed" in sent else {}
        case ElicitationType.BIOMETRIC:
            try:
                return {"assertion": json.loads(sent.get("assertion", ""))}
            except ValueError as error:
                raise PasskeyMalformedError from error
        case ElicitationType.FORM:
            kinds = {each.name: each.type for each in row.request.fields}
            return {name: value == "yes" if kinds.get(name) == "boolean" else value for name, value in sent.items()}
        case _:
            return sent
