"""What happens to a session without its asking: unasked sentences are spoken, questions and payments are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from adapters.redis.stream import EventStream
from domain.conversation import DataCard, Expects, Reply
from domain.elicitation import ElicitationRequest
from domain.errors import UnavailableError
from domain.events import EventKind
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.events import Event
    from voice_worker.dialogue import Dialogue
    from voice_worker.ports import Screen

_STATUS: Final = EventKind.ELICITATION_CLOSED


async def newest_event(redis_url: str) -> int:
    """The newest event's seq; 0 where Redis is away."""
    stream = EventStream(redis_url)
    try:
        return await stream.last_seq()
    except UnavailableError:
        return 0
    finally:
        await stream.close()


async def tell(events: AsyncIterator[Event], dialogue: Dialogue, screen: Screen) -> None:
    """Pass a session's events on until cancelled."""
    async for event in events:
        if event.kind is EventKind.ASSISTANT_SPOKE:
            dialogue.deliver(reply_from(event.body["reply"]))
        elif event.kind is _STATUS:
            screen.show({"type": "elicitation_status", "payload": status_from(event)})
        elif event.kind is not EventKind.ELICITATION_OPENED:
            screen.show({"type": "payment_status", "payload": {"payment_id": event.subject_id, **event.body}})


def status_from(event: Event) -> dict[str, Any]:
    """The first specification's ElicitationStatusUpdate of a closed question."""
    status: dict[str, Any] = {
        "type": "elicitation_status",
        "elicitation_id": event.subject_id,
        "status": str(event.body.get("state") or event.body.get("status") or "completed"),
    }
    if event.body.get("error_code"):
        status["error_code"] = event.body["error_code"]
    return status


def reply_from(found: dict[str, Any]) -> Reply:
    """A Reply from its JSON."""
    question, card = found.get("elicitation"), found.get("card")
    return Reply(
        text=found["text"],
        speech=found["speech"],
        intent=Intent(found["intent"]),
        state=found["state"],
        expects=Expects(found["expects"]),
        seq=found["seq"],
        elicitation=ElicitationRequest.from_json(question, "") if question else None,
        card=DataCard(card["kind"], card["title"], tuple((row[0], row[1]) for row in card["rows"])) if card else None,
        end=bool(found.get("end", False)),
    )
