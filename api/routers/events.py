"""What has happened, as it happens (server-sent events) and afterwards."""

import time
from collections.abc import AsyncIterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from adapters.redis.stream import event_json
from adapters.tokens import Principal
from api.documented import answers
from api.security import Listener, Person, Use
from api.sent import BIGINT
from api.services import Services
from api.shapes import Backlog
from domain.errors import SignInEndedError, UnavailableError
from domain.events import Event, EventKind

router = APIRouter(prefix="/api/events")
Seq = Annotated[int | None, Query(ge=0, le=BIGINT)]


async def _begin(
    services: Use,
    after: Seq = None,
    last_event_id: Annotated[int | None, Header(ge=0, le=BIGINT)] = None,
) -> int:
    """Settled before the answer begins: what happens once the client sees a stream is in it."""
    begin = last_event_id if last_event_id is not None else after
    return begin if begin is not None else await services.outbox.last_seq()


@router.get("", response_class=EventSourceResponse)
async def stream(who: Person, services: Use, begin: Annotated[int, Depends(_begin)]) -> AsyncIterable[ServerSentEvent]:
    """The user's events, and a supervisor's approvals, resumable by Last-Event-ID or `after`.

    From now on without either. Ends with the token or its sign-in.
    """
    yield ServerSentEvent(comment="listening", retry=1000)
    async for event in services.feed.follow(begin, user_id=None if _supervises(who) else who.user_id):
        if not await _is_for(services, who, event):
            continue
        if time.time() >= who.expires_at or not await _still_in(services, who):
            return
        yield ServerSentEvent(id=str(event.seq), event=event.kind.value, data=event_json(event))


def _supervises(who: Principal) -> bool:
    return "approve" in who.scopes and not who.service


async def _is_for(services: Services, who: Principal, event: Event) -> bool:
    """One's own, and what one may decide by the rights that one has at this moment."""
    if event.user_id == who.user_id:
        return True
    if not (event.kind.of_approvals or event.kind.of_handovers) or not _supervises(who):
        return False
    try:
        if event.kind.of_handovers:
            return await services.handovers.concerns(event.subject_id, who.user_id)
        return await services.approvals.concerns(event.subject_id, who.user_id)
    except UnavailableError:
        return False  # the list has it, and is read again on every sign of life


async def _still_in(services: Services, who: Principal) -> bool:
    try:
        await services.sign_ins.require(who, by_hand=False)
    except (SignInEndedError, UnavailableError):
        return False  # the client comes again, and is then told which
    return True


@router.get("/backlog", responses=answers(Backlog))
async def backlog(
    who: Listener,
    services: Use,
    after: Annotated[int, Query(ge=0, le=BIGINT)] = 0,
    session_id: Annotated[str | None, Query(max_length=128)] = None,
) -> dict[str, Any]:
    """The user's events after a seq, oldest first; for a service token those of its own session."""
    session = who.session_id if who.service else session_id
    found = await services.outbox.after(after, user_id=who.user_id, session_id=session, approvals=_supervises(who))
    events = [event for event in found if await _is_for(services, who, event)]
    if session_id and not who.service and any(event.kind is EventKind.ASSISTANT_SPOKE for event in events):
        await services.sessions.seen(session_id)
    return {"events": [event_json(event) for event in events], "last": found[-1].seq if found else after}
