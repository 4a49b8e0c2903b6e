"""One call's turns, one after the other: from what was heard to what is said. It decides nothing about money."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.understanding.awaited import without_code
from domain.conversation import Expects, Turn
from domain.dialogue.graphs import HOUSE
from domain.errors import BankError, SupersededError
from domain.understanding import Intent
from runtime.telemetry import tracer
from voice_worker.codes import Digits
from voice_worker.patience import Patience, insist
from voice_worker.traces import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.models.helping import Helped
    from domain.conversation import Joined, Reply
    from domain.understanding import Understanding
    from voice_worker.ports import Conversations, Door, Front, Mouth, Screen
    from voice_worker.stopwatch import Stopwatch
    from voice_worker.utterance import Utterance

_log = structlog.get_logger(__name__)
ONE_MOMENT: Final = "One moment."
WAITS: Final = frozenset(place.state.name for place in HOUSE.places() if place.state.waits)
_MORE_DIGITS_S: Final = 5.0
"""How long the rest of a code may take before the assistant asks for it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a dialogue works with."""

    conversations: Conversations
    door: Door
    mouth: Mouth
    screen: Screen
    front: Front
    patience: Patience
    leave: Callable[[], None]
    watch: Stopwatch


class Dialogue:
    """Takes utterances in order, sends each once, and says what comes back, newest last and nothing twice."""

    def __init__(self, session_id: str, parts: Parts) -> None:
        self._session_id = session_id
        self._parts = parts
        self._waiting: asyncio.Queue[Utterance] = asyncio.Queue()
        self._digits = Digits()
        self._epoch = 0
        self._said_seq = 0
        self._last: Reply | None = None
        self._shown = ""
        self._unfinished: asyncio.TimerHandle | None = None
        self._overdue = ""
        self._serving = False
        self._person = False
        self._last_words = False

    @property
    def theirs(self) -> bool:
        """Whether it is the customer who is waited for."""
        busy = self._serving or not self._waiting.empty() or self._unfinished is not None or self._person
        return not busy and self._last is not None and not self._last.end and self._last.state not in WAITS

    def person(self, *, here: bool) -> None:
        """A person of the bank has come into the room, or gone: meanwhile nothing is heard here, and nothing said.

        But for one sentence: that the person is there.
        """
        self._person = self._last_words = here
        self._digits.drop()

    @property
    def last(self) -> Reply | None:
        """The newest reply."""
        return self._last

    @property
    def elicitation_id(self) -> str:
        """The question that is open, empty where none is."""
        return self._last.elicitation.elicitation_id if self._last and self._last.elicitation else ""

    @property
    def expects_code(self) -> bool:
        """Whether digits are a code now."""
        return self._last is not None and self._last.expects is Expects.CODE

    def begin(self, joined: Joined) -> None:
        """Say where the conversation stands."""
        self._epoch = joined.epoch
        self.deliver(joined.reply)

    def hear(self, utterance: Utterance) -> None:
        """Take something that the customer said; to a person it is not said to us."""
        if self._person and utterance.meaning.by != "screen":
            return
        self._waiting.put_nowait(utterance)

    def key(self, pressed: str, utterance: Callable[[str], Utterance]) -> None:
        """Take a telephone key; `utterance` wraps a complete code."""
        if self._person:  # who is in the room could see the keys
            return
        self._digits.expect(self.elicitation_id)
        code = self._digits.key(pressed) if self.expects_code else ""
        if code:
            self.hear(utterance(code))

    async def run(self) -> None:
        """Serve utterances until cancelled or superseded."""
        while True:
            self._serving = False
            utterance = await self._waiting.get()
            self._serving = True
            if utterance.marks is not None:
                self._parts.watch.begin(utterance.turn_id, utterance.marks)
            try:
                with serving(utterance.span, self._session_id) as span:
                    span.set_attribute("turn_id", utterance.turn_id)
                    await self._serve(utterance)
            except SupersededError:
                _log.info("agent_superseded", session_id=self._session_id)
                self._parts.leave()
                return
            except BankError as error:
                _log.warning("turn_failed", session_id=self._session_id, turn_id=utterance.turn_id, code=error.code)
                self._parts.mouth.say(error.sentence, error.sentence)

    def deliver(self, reply: Reply, said: str = "") -> None:
        """Say a reply unless something as new was said already, and show what belongs to it.

        `said`: what it begins with, and the customer has heard.
        """
        if reply.seq <= self._said_seq and self._last is not None:
            return
        self._said_seq, self._last = reply.seq, reply
        text, speech = left_to_say(reply, said)
        if text and (not self._person or self._last_words):
            self._last_words = False
            self._parts.watch.mark("asked")
            self._parts.mouth.say(text, speech)
        self._show(reply)
        if reply.end:
            self._parts.leave()

    async def answer(self, elicitation_id: str, data: dict[str, Any], response_id: str) -> BankError | None:
        """Hand an answer in at the door and show what became of it; returns the door's refusal, or nothing."""
        with tracer().start_as_current_span("tool_response", attributes={"tool": "answer"}):
            try:
                status = await insist(
                    lambda: self._parts.door.answer(elicitation_id, data, response_id), self._slow, self._parts.patience
                )
            except BankError as error:
                refused = {
                    "type": "elicitation_status",
                    "elicitation_id": elicitation_id,
                    "status": "pending",
                    "message": error.sentence,
                    "error_code": error.code,
                }
                self._parts.screen.show({"type": "elicitation_status", "payload": refused})
                return error
        self._parts.screen.show({"type": "elicitation_status", "payload": status})
        return None

    async def _serve(self, utterance: Utterance) -> None:
        turn = await self._turn(utterance)
        if turn is None:
            return
        begun = time.monotonic()
        self._parts.watch.mark("sent")
        heard = {"turn_id": turn.turn_id, "text": turn.text, "intent": turn.intent.value}
        self._parts.screen.show({"type": "turn", "payload": heard | {"confidence": turn.confidence, "by": turn.by}})
        with tracer().start_as_current_span("tool_response", attributes={"intent": turn.intent.value}):
            reply = await insist(
                lambda: self._parts.conversations.turn(self._session_id, turn), self._slow, self._parts.patience
            )
        latency_ms = round((time.monotonic() - begun) * 1000)
        self._parts.watch.mark("replied")
        # said first, told afterwards
        self.deliver(reply, turn.answer)
        _log.info(
            "turn_answered",
            session_id=self._session_id,
            turn_id=turn.turn_id,
            intent=reply.intent.value,
            state=reply.state,
            latency_ms=latency_ms,
        )

    async def _turn(self, utterance: Utterance) -> Turn | None:
        """The turn to send. A code goes in at the door and leaves no digit behind; half a code waits for the rest."""
        self._cancel_unfinished()
        meaning = without_code(utterance.meaning) if self.expects_code else utterance.meaning
        elicitation_id, code, refused = "", "", None
        if meaning.intent is Intent.CODE and self.expects_code:
            elicitation_id = self.elicitation_id
            self._digits.expect(elicitation_id)
            if utterance.turn_id == self._overdue or meaning.slots.get("unclear"):
                self._digits.drop()
            elif not (code := self._digits.add(meaning.slots.get("code", ""))):
                self._ask_for_rest_of(utterance)
                return None
            if code:
                refused = await self.answer(elicitation_id, {"otp_code": code}, utterance.turn_id)
        helped = await self._helped(utterance.text, meaning)
        meaning = helped.understanding
        return Turn(
            turn_id=utterance.turn_id,
            text=self._masked(utterance.text),
            intent=meaning.intent,
            slots=self._parts.front.slots(meaning),
            confidence=meaning.confidence,
            by=meaning.by,
            heard_code=bool(code),
            elicitation_id=elicitation_id if code else "",
            answer_error=refused.code if refused else "",
            answer_sentence=refused.sentence if refused else "",
            epoch=self._epoch,
            asked=utterance.asked,
            answer=await self._explained(utterance.text, meaning),
            degraded=helped.degraded,
        )

    async def _helped(self, text: str, meaning: Understanding) -> Helped:
        slow = asyncio.get_running_loop().call_later(self._parts.patience.tell_s, self._slow)
        try:
            return await self._parts.front.helped(text, meaning, self._last.state if self._last else "")
        finally:
            slow.cancel()

    async def _explained(self, text: str, meaning: Understanding) -> str:
        """Says the answer to an open question while it is written; returns what of it was said, masked.

        Whoever says something meanwhile has heard enough.
        """
        said: list[str] = []
        slow = asyncio.get_running_loop().call_later(self._parts.patience.tell_s, self._slow)
        try:
            async with aclosing(self._parts.front.explain(text, meaning)) as sentences:
                async for sentence in sentences:
                    slow.cancel()
                    if not self._waiting.empty():
                        break
                    self._parts.watch.mark("asked")
                    self._parts.mouth.say(sentence, sentence)
                    said.append(sentence)
        finally:
            slow.cancel()
        return self._masked(" ".join(said)) if said else ""

    def _masked(self, text: str) -> str:
        with tracer().start_as_current_span("presidio_mask"):
            return self._parts.front.mask(text)

    def _ask_for_rest_of(self, utterance: Utterance) -> None:
        def ask() -> None:
            self._overdue = utterance.turn_id
            self.hear(utterance)

        self._unfinished = asyncio.get_running_loop().call_later(_MORE_DIGITS_S, ask)

    def _cancel_unfinished(self) -> None:
        if self._unfinished is not None:
            self._unfinished.cancel()
            self._unfinished = None

    def _slow(self) -> None:
        self._parts.mouth.say(ONE_MOMENT, ONE_MOMENT)

    def _show(self, reply: Reply) -> None:
        self._parts.screen.show({"type": "reply", "payload": reply.to_json()})
        question = reply.elicitation
        if question is not None and question.elicitation_id != self._shown:
            self._shown = question.elicitation_id
            self._parts.screen.show({"type": "elicitation", "payload": question.to_json()})
        if reply.card is not None:
            rows = [{"label": label, "value": value} for label, value in reply.card.rows]
            card = {"kind": reply.card.kind, "title": reply.card.title, "rows": rows}
            self._parts.screen.show({"type": "data_card", "payload": card})


def left_to_say(reply: Reply, said: str) -> tuple[str, str]:
    """The reply's text and speech behind what it begins with and was said before."""
    text, speech = reply.text, reply.speech or reply.text
    if not said or not text.startswith(said):
        return text, speech
    rest = text.removeprefix(said).strip()
    return rest, speech.removeprefix(said).strip() if speech.startswith(said) else rest
