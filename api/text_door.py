"""The front for typed words: hear, answer a code at the door, hand the turn to the conversation."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from adapters.edge.idempotency import own_id
from adapters.masking import Masker
from adapters.models.helping import Help
from adapters.saying.ear import to_hear
from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.front import hear_text, safe_slots
from adapters.understanding.understander import Understander
from domain.conversation import ConversationStart, Expects, Join, Reply, Turn
from domain.dialogue import phrases
from domain.elicitation import ElicitationRequest, ElicitationType
from domain.errors import BankError, SessionNotFoundError, UnavailableError
from domain.understanding import Intent, Vocabulary

if TYPE_CHECKING:
    from adapters.answer_desk import AnswerDesk
    from adapters.outside.phrases import Phrases
    from adapters.postgres.directory import PgDirectory
    from adapters.postgres.doorstep import Doorstep, PgDoorstep
    from adapters.postgres.elicitations import PgElicitations
    from adapters.postgres.outbox import PgOutbox
    from adapters.postgres.sessions import PgSessions
    from adapters.temporal.gateways import ConversationGateway
    from adapters.understanding.front import Heard
    from api.half_codes import HalfCodes

_EXPECTS: Final = {
    ElicitationType.OTP: Expects.CODE,
    ElicitationType.CONFIRMATION: Expects.CONFIRMATION,
    ElicitationType.BIOMETRIC: Expects.ANYTHING,
}
_MASKER: Final = Masker()


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it was typed. `asked` as in domain.conversation.Turn."""

    turn_id: str
    text: str
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class _AtTheDoor:
    """What became of a code in a turn: which elicitation it went to, and the door's refusal."""

    elicitation_id: str = ""
    error: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class TextDoor:
    """Text sessions of the signed-in user."""

    gateway: ConversationGateway
    sessions: PgSessions
    directory: PgDirectory
    elicitations: PgElicitations
    doorstep: PgDoorstep
    desk: AnswerDesk
    half_codes: HalfCodes
    outbox: PgOutbox
    phrases: Phrases
    calendar: Calendar
    help: Help = field(default_factory=Help)

    async def open(self, user_id: str, *, new: bool, sign_in_id: str) -> tuple[str, list[dict[str, Any]]]:
        """The open session with what was said while nobody listened, or a new one with its greeting."""
        customer = await self.directory.customer(user_id)
        fresh = f"text_{own_id()}"
        if new and (current := await self.sessions.find_text(user_id)) and current != fresh:
            await self.end(current, user_id)
        session_id = await self.sessions.open_text(fresh, user_id, customer.platform, sign_in_id=sign_in_id)
        await self.gateway.open(ConversationStart(session_id, user_id, "text", platform=customer.platform))
        if session_id != fresh:
            return session_id, [to_hear(event.body["reply"]) for event in await self.outbox.unseen(session_id)]
        joined = await self.gateway.join(session_id, Join(join_id=f"join-{session_id}", channel="text"))
        replies = [joined.reply, *await self._left_open(session_id, user_id, joined.reply)]
        return session_id, [to_hear(reply.to_json()) for reply in replies]

    async def _left_open(self, session_id: str, user_id: str, greeting: Reply) -> list[Reply]:
        """What waits from an earlier conversation: this one can't take the answer, but must not hide it."""
        told = greeting.elicitation.elicitation_id if greeting.elicitation else ""
        return [
            replace(greeting, text=said, speech=said, intent=Intent.STATUS, elicitation=row.request)
            for row in await self.elicitations.pending_of(user_id)
            if row.session_id != session_id and row.request.elicitation_type in _EXPECTS
            if row.request.elicitation_id != told
            for said in (phrases.left_open(row.request),)
        ]

    async def turn(self, session_id: str, user_id: str, said: Said, *, sign_in_id: str) -> dict[str, Any]:
        """What was heard (masked), what was understood, and the replies."""
        turn_id, text = said.turn_id, said.text
        found = await self.doorstep.enter(session_id, user_id, sign_in_id, turn_id)
        asked, taken_up = await self._asked(session_id, found)
        expects = _EXPECTS[asked.elicitation_type] if asked else Expects.ANYTHING
        understander = _understander(found.payees, self.phrases, self.calendar)
        heard = hear_text(text, understander, _MASKER, expects)
        if expects is not Expects.CODE and found.settled:
            # this turn's code was taken before, and the reply was lost
            await self.desk.answer(found.settled, user_id, {}, turn_id)
            heard, door = hear_text(text, understander, _MASKER, Expects.CODE), _AtTheDoor(found.settled)
        else:
            door = await self._take_code(session_id, user_id, turn_id, heard, asked)
        heard, meant = await self._helped(session_id, found.payees, text, heard, expects)
        reply = await self.gateway.turn(session_id, replace(_turn(said, heard, door), **meant))
        # who has just answered it need not be told that it was open
        first = taken_up if taken_up and not door.elicitation_id and taken_up.seq == reply.seq - 1 else None
        replies = [first, reply] if first else [reply]
        if reply.end:
            await self.end(session_id, user_id)
        understood = heard.understanding
        return {
            "turn_id": turn_id,
            "heard": heard.masked.text,
            "understanding": {
                "intent": understood.intent.value,
                "slots": understood.slots,
                "confidence": understood.confidence,
                "by": understood.by,
            },
            "answered": door.elicitation_id,
            "answer_error": door.error,
            "replies": [to_hear(each.to_json()) for each in replies],
        }

    async def end(self, session_id: str, user_id: str) -> None:
        """Leave. Raises SessionNotFoundError where it is not the user's."""
        session = await self.sessions.get(session_id)
        if session.user_id != user_id:
            raise SessionNotFoundError
        with suppress(SessionNotFoundError):  # its workflow may have ended before
            await self.gateway.leave(session_id, "")
        await self.sessions.end(session_id)

    async def _helped(
        self, session_id: str, payees: tuple[str, ...], text: str, heard: Heard, expects: Expects
    ) -> tuple[Heard, dict[str, Any]]:
        """What a language model adds, where there is one: a meaning, or the answer to a question."""
        if not self.help.wanted(heard.understanding, expects):
            return heard, {}
        vocabulary = Vocabulary(payees=payees)
        stage = partial(self.gateway.stage, session_id)
        helped = await self.help.understand(text, heard.understanding, vocabulary, expects, stage)
        meant = replace(helped.understanding, slots=safe_slots(helped.understanding, _MASKER))
        said = " ".join([each async for each in self.help.explain(text, meant, payees, expects)])
        added = {"answer": _MASKER.mask(said).text, "degraded": helped.degraded}
        return replace(heard, understanding=meant), added

    async def _asked(self, session_id: str, found: Doorstep) -> tuple[ElicitationRequest | None, Reply | None]:
        """The question that this conversation waits on; one that was asked elsewhere is taken up here first."""
        rows = [row for row in found.waiting if row.request.elicitation_type in _EXPECTS]
        own = next((row.request for row in rows if row.session_id == session_id), None)
        if own is not None or not rows:
            return own, None
        newest = rows[-1].request
        join = Join(join_id=f"join-{session_id}-{newest.elicitation_id}", channel="text")
        joined = await self.gateway.join(session_id, join)
        return newest, joined.reply if joined.taken_up else None

    async def _take_code(
        self, session_id: str, user_id: str, turn_id: str, heard: Heard, asked: ElicitationRequest | None
    ) -> _AtTheDoor:
        """Take the digits to the answer door once there are six; the conversation never sees them."""
        if asked is None or asked.elicitation_type is not ElicitationType.OTP:
            self.half_codes.drop(session_id)
            return _AtTheDoor()
        collected = self.half_codes.take(session_id, heard)
        if collected.error_code:
            return _AtTheDoor(asked.elicitation_id, collected.error_code)
        if not collected.code or heard.understanding.intent is not Intent.CODE:
            return _AtTheDoor()
        try:
            await self.desk.answer(asked.elicitation_id, user_id, {"otp_code": collected.code}, turn_id)
        except UnavailableError:
            raise
        except BankError as error:
            return _AtTheDoor(asked.elicitation_id, error.code, error.sentence)
        return _AtTheDoor(asked.elicitation_id)


@lru_cache(maxsize=256)
def _understander(payees: tuple[str, ...], phrases: Phrases, calendar: Calendar) -> Understander:
    return Understander(Vocabulary(payees=payees), phrases, calendar)


def _turn(said: Said, heard: Heard, door: _AtTheDoor) -> Turn:
    understood = heard.understanding
    return Turn(
        turn_id=said.turn_id,
        text=heard.masked.text,
        intent=understood.intent,
        slots=understood.slots,
        confidence=understood.confidence,
        by=understood.by,
        heard_code=bool(door.elicitation_id),
        elicitation_id=door.elicitation_id,
        answer_error=door.error,
        answer_sentence=door.sentence,
        asked=said.asked,
    )
