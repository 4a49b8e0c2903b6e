"""A text conversation: turns go out, replies and unasked sentences come back as lines."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import uuid7

from domain.events import EventKind
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.client import Bank

_UNDER_WAY_S: Final = 8.0
_GLANCE_S: Final = 0.3
_PAUSE_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the dialogue. `elicitation` is the id of the open question, if any."""

    who: str
    text: str
    intent: str | None = None
    state: str | None = None
    elicitation: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The stable form for scripts."""
        return {
            "who": self.who,
            "text": self.text,
            "intent": self.intent,
            "state": self.state,
            "elicitation": self.elicitation,
        }


class Chat:
    """One text session of a signed-in user."""

    def __init__(self, bank: Bank, *, new: bool = False) -> None:
        opened = bank.post("/api/conversations", {"new": new})
        self._bank = bank
        self.session_id = str(opened["session_id"])
        self.greeting = [_reply(each) for each in opened["replies"]]
        self._seen = self._newest()
        self.question = self._waiting()

    def say(self, text: str) -> Iterator[Line]:
        """What came unasked since, the turn as it was heard, the replies, and what came unasked soon after."""
        path = f"/api/conversations/{self.session_id}/turns"
        asked = self.question
        yield from self._news()
        answer = self._bank.post(path, {"text": text, "turn_id": str(uuid7()), "asked": asked or ""})
        intent = answer["understanding"]["intent"]
        yield Line("customer", answer["heard"], intent)
        replies = [_reply(each) for each in answer["replies"]]
        yield from replies
        settles = bool(answer["answered"] or intent == Intent.CONFIRM) and not answer["answer_error"]
        before, self.question = asked, replies[-1].elicitation if replies else None
        under_way = settles and before is not None and before == self.question
        yield from self.unasked(_UNDER_WAY_S if under_way else _GLANCE_S)

    def unasked(self, wait_s: float) -> Iterator[Line]:
        """Events of this session; ends early once the assistant has spoken unasked."""
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            lines = list(self._news())
            yield from lines
            if any(each.who == "assistant" for each in lines):
                return
            time.sleep(_PAUSE_S)

    def _news(self) -> Iterator[Line]:
        found = self._bank.get("/api/events/backlog", after=self._seen, session_id=self.session_id)
        self._seen = int(found["last"])
        for event in found["events"]:
            line = _event(event)
            if line.who == "assistant":
                self.question = line.elicitation
            yield line

    def _waiting(self) -> str | None:
        """The question that was open before this process began to talk."""
        found = self._bank.get("/api/elicitations", status="pending")["elicitations"]
        return found[-1]["elicitation_id"] if found else None

    def _newest(self) -> int:
        seen = 0
        while True:
            found = self._bank.get("/api/events/backlog", after=seen, session_id=self.session_id)
            if not found["events"]:
                return seen
            seen = int(found["last"])


def _reply(reply: dict[str, Any]) -> Line:
    asked = reply["elicitation"]
    question = asked["elicitation_id"] if asked else None
    return Line("assistant", reply["text"], reply["intent"], reply["state"], question)


def _event(event: dict[str, Any]) -> Line:
    kind, body = str(event["kind"]), event["body"]
    if kind == EventKind.ASSISTANT_SPOKE:
        return _reply(body["reply"])
    about_question = kind in {EventKind.ELICITATION_OPENED, EventKind.ELICITATION_CLOSED}
    state = body.get("status") or body.get("state")
    return Line("event", kind, None, state, event["subject_id"] if about_question else None)
