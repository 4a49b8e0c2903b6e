"""A conversation as fronts know it, scripted: the same methods as the gateway's, and a server that can be away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.conversation import Expects, Joined, Reply
from domain.elicitation import ElicitationRequest, ElicitationType
from domain.errors import BankError, UnavailableError
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from domain.conversation import ConversationStart, Join, Turn


def question(elicitation_id: str = "pay1-otp-1") -> ElicitationRequest:
    return ElicitationRequest(
        elicitation_id=elicitation_id,
        tool_call_id="pay1",
        elicitation_type=ElicitationType.OTP,
        payment_id="pay1",
        version=1,
        transaction_hash="h",
        amount="25.00",
        currency="USD",
        payee="Sarah Chen",
        account="checking",
        created_at="2026-01-01T00:00:00Z",
        expires_at="2026-01-01T00:05:00Z",
        timeout_seconds=300,
    )


def reply(text: str, seq: int, expects: Expects = Expects.ANYTHING, *, asked: bool = False, end: bool = False) -> Reply:
    return Reply(text, text, Intent.STATUS, "idle", expects, seq, question() if asked else None, end=end)


@dataclass
class ScriptedConversation:
    """Answers turns from a script, the same turn id with the same reply. `away` calls fail first."""

    script: list[Reply | BankError] = field(default_factory=list[Reply | BankError])
    away: int = 0
    turns: list[Turn] = field(default_factory=list["Turn"])
    left: list[str] = field(default_factory=list[str])
    _given: dict[str, Reply] = field(default_factory=dict[str, Reply])

    async def open(self, start: ConversationStart) -> None:
        del start

    async def join(self, session_id: str, join: Join) -> Joined:
        del session_id, join
        return Joined(reply("Hello.", 1), 1, ("Sarah Chen",), ("checking",), "user_maya")

    async def turn(self, session_id: str, turn: Turn) -> Reply:
        del session_id
        if self.away > 0:
            self.away -= 1
            raise UnavailableError
        if turn.turn_id in self._given:
            return self._given[turn.turn_id]
        self.turns.append(turn)
        answer = self.script.pop(0)
        if isinstance(answer, BankError):
            raise answer
        self._given[turn.turn_id] = answer
        return answer

    async def leave(self, session_id: str, agent_id: str) -> None:
        del session_id
        self.left.append(agent_id)


@dataclass
class ScriptedDoor:
    """Takes one code."""

    code: str = "482917"
    error: type[BankError] = BankError
    tried: list[tuple[str, dict[str, Any], str]] = field(default_factory=list[tuple[str, dict[str, Any], str]])

    async def answer(self, elicitation_id: str, data: Mapping[str, Any], response_id: str) -> dict[str, Any]:
        self.tried.append((elicitation_id, dict(data), response_id))
        if data.get("otp_code") != self.code:
            raise self.error
        return {"type": "elicitation_status", "elicitation_id": elicitation_id, "status": "completed"}


@dataclass
class Recorder:
    """Mouth and screen in one: what was said and shown, in order."""

    said: list[str] = field(default_factory=list[str])
    shown: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    on_say: Callable[[str], None] | None = None

    def say(self, text: str, speech: str) -> None:
        del speech
        self.said.append(text)
        if self.on_say:
            self.on_say(text)

    def hush(self) -> None:
        self.said.append("(hush)")

    def show(self, message: dict[str, Any]) -> None:
        self.shown.append(message)

    def kinds(self) -> list[str]:
        return [str(message["type"]) for message in self.shown]
