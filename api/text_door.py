"""The front for typed words: hear, answer a code at the door, hand the turn to the conversation."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from uuid_utils import uuid7

from domain.conversation import ConversationStart, Join, Reply, Turn
from domain.elicitation import ElicitationType
from domain.errors import BankError, SessionNotFoundError, SessionStaleError, UnavailableError
from domain.understanding import Intent, Understanding, Vocabulary

if TYPE_CHECKING:
    from adapters.answer_desk import AnswerDesk
    from adapters.postgres.directory import PgDirectory
    from adapters.postgres.elicitations import PgElicitations
    from adapters.postgres.sessions import PgSessions
    from adapters.temporal.gateways import ConversationGateway


@dataclass(frozen=True, slots=True)
class Heard:
    """One reading. `masked` may be shown and stored; `code` may not, and never leaves this request."""

    masked: str
    understanding: Understanding
    code: str = ""


class Ears(Protocol):
    """Normalises, masks and understands."""

    def __call__(self, text: str, vocabulary: Vocabulary, *, expects_code: bool) -> Heard:
        """Raises MaskingFailedError."""
        ...


@dataclass(frozen=True, slots=True)
class TextDoor:
    """Text sessions of the signed-in user."""

    gateway: ConversationGateway
    sessions: PgSessions
    directory: PgDirectory
    elicitations: PgElicitations
    desk: AnswerDesk
    ears: Ears

    async def open(self, user_id: str, *, new: bool) -> tuple[str, list[Reply]]:
        """The open session, or a new one with its greeting."""
        customer = await self.directory.customer(user_id)
        if new and (current := await self.sessions.find_text(user_id)):
            await self.end(current, user_id)
        fresh = f"text_{uuid7()}"
        session_id = await self.sessions.open_text(fresh, user_id, customer.platform)
        await self.gateway.open(ConversationStart(session_id, user_id, "text", platform=customer.platform))
        if session_id != fresh:
            return session_id, []
        joined = await self.gateway.join(session_id, Join(join_id=f"join-{session_id}", channel="text"))
        return session_id, [joined.reply]

    async def turn(self, session_id: str, user_id: str, turn_id: str, text: str) -> dict[str, Any]:
        """What was heard (masked), what was understood, and the replies."""
        await self._own(session_id, user_id)
        await self.sessions.touch(session_id)
        waiting = await self._code_awaited(session_id, user_id)
        payees = tuple(payee.name for payee in await self.directory.payees_of(user_id))
        heard = self.ears(text, Vocabulary(payees=payees), expects_code=bool(waiting))
        understood = heard.understanding
        slots = {name: value for name, value in understood.slots.items() if name != "code"}
        answered = waiting if understood.intent is Intent.CODE and heard.code else ""
        error = await self._answer(waiting, user_id, heard.code, turn_id) if answered else ""
        turn = Turn(
            turn_id=turn_id,
            text=heard.masked,
            intent=understood.intent,
            slots=slots,
            confidence=understood.confidence,
            by=understood.by,
            heard_code=bool(answered),
            elicitation_id=answered,
            answer_error=error,
        )
        reply = await self.gateway.turn(session_id, turn)
        shown = {"intent": understood.intent.value, "slots": slots, "confidence": understood.confidence}
        return {
            "turn_id": turn_id,
            "heard": heard.masked,
            "understanding": shown | {"by": understood.by},
            "answer_error": error,
            "replies": [reply.to_json()],
        }

    async def end(self, session_id: str, user_id: str) -> None:
        """Leave. Raises SessionNotFoundError where it is not the user's."""
        session = await self.sessions.get(session_id)
        if session.user_id != user_id:
            raise SessionNotFoundError
        with suppress(SessionNotFoundError):  # its workflow may have ended before
            await self.gateway.leave(session_id, "")
        await self.sessions.end(session_id)

    async def _own(self, session_id: str, user_id: str) -> None:
        session = await self.sessions.get(session_id)
        if session.user_id != user_id:
            raise SessionNotFoundError
        if session.ended:
            raise SessionStaleError

    async def _code_awaited(self, session_id: str, user_id: str) -> str:
        """The one-time-code elicitation that this conversation waits on; empty if none."""
        for row in await self.elicitations.pending_of(user_id):
            if row.session_id == session_id and row.request.elicitation_type is ElicitationType.OTP:
                return row.request.elicitation_id
        return ""

    async def _answer(self, elicitation_id: str, user_id: str, code: str, turn_id: str) -> str:
        try:
            await self.desk.answer(elicitation_id, user_id, {"otp_code": code}, turn_id)
        except UnavailableError:
            raise
        except BankError as error:
            return error.code
        return ""
