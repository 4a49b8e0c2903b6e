"""One call: a job's life from its dispatch until the customer has left."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any, Final

import httpx
import structlog
from livekit import rtc
from livekit.agents import AgentSession, JobContext, room_io
from opentelemetry.trace import use_span

from adapters.redis.feed import EventFeed
from adapters.speech.audio_out import PacedOutput
from adapters.speech.listener import Ears
from adapters.speech.pcm import EAR_RATE
from adapters.speech.sounds import Deaf, Heard, Sound, Started
from adapters.speech.streaming_stt import TwoEarSTT
from adapters.temporal.gateways import ConversationGateway
from domain.conversation import ConversationStart, Expects, Join
from domain.errors import BankError
from domain.understanding import Intent, Understanding
from voice_worker import screen
from voice_worker.company import Company
from voice_worker.context import Summons, WorkerContext
from voice_worker.degraded import HEARING, SPEECH, Degraded
from voice_worker.dialogue import Dialogue, Parts
from voice_worker.door import SessionDoor
from voice_worker.front import CallFront
from voice_worker.mouth import SessionMouth
from voice_worker.news import newest_event, tell
from voice_worker.patience import Patience, insist
from voice_worker.silence import Quiet, mind_silence
from voice_worker.silent import Silent
from voice_worker.stopwatch import Stopwatch
from voice_worker.traces import SpokenTurns, begin_turn
from voice_worker.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from domain.conversation import Joined

_log = structlog.get_logger(__name__)
_CUSTOMER_WAIT_S: Final = 30.0
_HTTP_TIMEOUT_S: Final = 10.0
_FAREWELL_S: Final = 8.0


class Call:
    """Wires one room to one conversation."""

    def __init__(self, context: JobContext, worker: WorkerContext) -> None:
        self._job = context
        self._worker = worker
        self._summons = Summons.read(context.job.metadata, context.job.room.name)
        self._front = CallFront(worker.words, self._expects)
        self._watch = Stopwatch(self._summons.session_id)
        self._turns = SpokenTurns(self._summons.session_id)
        self._output = PacedOutput(self._watch.sounded)
        self._ears = TwoEarSTT(
            Ears(worker.models.first, worker.models.second, None, lambda: self._expects() is Expects.CODE),
            self._understand,
            self._front.mask,
            self._on_sound,
        )
        self._session: AgentSession[None] = AgentSession(
            stt=self._ears,
            vad=None,
            aec_warmup_duration=0,
            turn_handling={
                "turn_detection": "stt",
                "endpointing": {"min_delay": 0.0},
                "interruption": {"mode": "vad", "discard_audio_if_uninterruptible": False},
                "preemptive_generation": {"enabled": False},
            },
        )
        self._mouth = SessionMouth(
            self._session,
            self._output,
            worker.models.speaker,
            lambda: self._ears.listener,
            self._on_voice,
        )
        self._dialogue: Dialogue | None = None
        self._degraded: Degraded | None = None
        self._over = asyncio.Event()
        self._customer = ""
        self._asked: str | None = None
        self._hung_up = False

    @property
    def agent_id(self) -> str:
        """This agent's identity in the room."""
        return self._job.local_participant_identity

    async def run(self) -> None:
        """Serve the call. Raises UnavailableError where the conversation cannot be reached at all."""
        await self._job.connect()
        customer = await self._find_customer()
        if customer is None:
            _log.info("nobody_came", session_id=self._summons.session_id)
            return
        self._customer = customer.identity
        self._worker.calls.enter(self._summons.session_id, self.agent_id)
        try:
            async with AsyncExitStack() as stack:
                await self._converse(stack)
        finally:
            self._worker.calls.leave(self._summons.session_id, self.agent_id)

    async def _converse(self, stack: AsyncExitStack) -> None:
        conversations = await self._connect()
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=self._worker.settings.api_url, timeout=_HTTP_TIMEOUT_S)
        )
        door = SessionDoor(http, self._worker.tokens, self._summons.user_id, self._summons.session_id)
        after = await newest_event(self._worker.settings.redis_url)
        if not await door.is_open(after):
            _log.info("ticket_outlived_its_sign_in", session_id=self._summons.session_id)
            return
        joined, _ = await asyncio.gather(self._join(conversations), self._open_sound(stack))
        self._front.know(joined)
        shown = screen.RoomScreen(self._job.room, self._customer)
        dialogue = Dialogue(
            self._summons.session_id,
            Parts(conversations, door, self._mouth, shown, self._front, Patience(), self._over.set, self._watch),
        )
        self._dialogue = dialogue
        self._degraded = Degraded(self._summons.session_id, self._mouth, shown)
        self._watch_room(dialogue)
        dialogue.begin(joined)
        feed = EventFeed(self._worker.settings.redis_url, door.backlog)
        stack.push_async_callback(feed.close)
        events = feed.follow(after, session_id=self._summons.session_id)
        session_id, chosen = self._summons.session_id, self._worker.settings
        company = Company(
            self._job.room, dialogue, lambda news: conversations.handed(session_id, news), known=joined.with_person
        )
        await self._until_over(
            *(dialogue.run(), shown.run(), tell(events, dialogue, shown), self._teach_second_ear(), company.run()),
            mind_silence(
                Quiet(chosen.silence_s, chosen.silence_code_s),
                lambda: dialogue.theirs and self._mouth.idle,
                self._expects,
                lambda: dialogue.hear(Utterance(_new_id(), "", Understanding(Intent.SILENCE, by="silence"))),
            ),
        )
        with suppress(TimeoutError):
            await asyncio.wait_for(self._farewell(), _FAREWELL_S)
        if self._hung_up or (dialogue.last is not None and dialogue.last.end):
            with suppress(BankError):
                await conversations.leave(self._summons.session_id, self.agent_id)

    async def _farewell(self) -> None:
        if self._customer in self._job.room.remote_participants:
            await self._mouth.finished()

    async def _connect(self) -> ConversationGateway:
        client = await insist(self._worker.temporal.client, lambda: None)
        return ConversationGateway(client, self._worker.settings.task_queue)

    async def _join(self, conversations: ConversationGateway) -> Joined:
        summons = self._summons
        start = ConversationStart(
            summons.session_id, summons.user_id, "voice", self._job.job.room.name, summons.platform
        )
        await insist(lambda: conversations.open(start), lambda: None)
        join = Join(self._job.job.id, "voice", self.agent_id, self._worker.queue)
        return await insist(lambda: conversations.join(self._summons.session_id, join), lambda: None)

    async def _open_sound(self, stack: AsyncExitStack) -> None:
        await self._output.publish(self._job.room)
        stack.push_async_callback(self._output.aclose)
        self._session.output.audio = self._output
        await self._session.start(
            Silent(),
            room=self._job.room,
            session_host=False,
            record=False,
            room_options=room_io.RoomOptions(
                audio_input=room_io.AudioInputOptions(sample_rate=EAR_RATE, frame_size_ms=10, auto_gain_control=False),
                audio_output=False,
                text_input=room_io.TextInputOptions(text_input_cb=self._on_typed),
                text_output=room_io.TextOutputOptions(sync_transcription=False),
                participant_identity=self._customer,
                close_on_disconnect=False,
            ),
        )
        stack.push_async_callback(self._session.aclose)

    async def _teach_second_ear(self) -> None:
        self._ears.listen_for(await self._front.language())
        await self._over.wait()

    async def _find_customer(self) -> rtc.RemoteParticipant | None:
        """The participant whose token the api made out to this session's user."""
        try:
            async with asyncio.timeout(_CUSTOMER_WAIT_S):
                return await self._job.wait_for_participant(identity=self._summons.user_id)
        except (TimeoutError, RuntimeError):
            return None

    def _watch_room(self, dialogue: Dialogue) -> None:
        room = self._job.room

        def hung_up() -> None:
            self._hung_up = True
            self._over.set()

        def left(participant: rtc.RemoteParticipant) -> None:
            if participant.identity == self._customer:
                hung_up()

        def keyed(tone: rtc.SipDTMF) -> None:
            if tone.participant is not None and tone.participant.identity == self._customer:
                dialogue.key(tone.digit, self._keyed)

        def cut_off(_reason: object) -> None:
            self._over.set()

        room.on("participant_disconnected", left)
        room.on("disconnected", cut_off)
        room.on("sip_dtmf_received", keyed)
        screen.listen(room, self._customer, lambda message: self._on_message(message, dialogue))
        if self._customer not in room.remote_participants:
            hung_up()

    async def _until_over(self, *services: Coroutine[Any, Any, None]) -> None:
        """Serve until the customer leaves or another agent takes over; a service that fails ends the call."""
        tasks = [asyncio.ensure_future(service) for service in services]
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({over, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (over, *tasks):
                task.cancel()
            await asyncio.gather(over, *tasks, return_exceptions=True)

    def _expects(self) -> Expects:
        last = self._dialogue.last if self._dialogue else None
        return last.expects if last else Expects.ANYTHING

    def _understand(self, text: str) -> Understanding:
        with self._turns.current():
            return self._front.understand(text)

    def _on_voice(self, works: bool) -> None:
        if works:
            self._watch.mark("ready")
        self._found(SPEECH, working=works)

    def _found(self, part: str, *, working: bool) -> None:
        if self._degraded is not None:
            self._degraded.works(part, working=working)

    def _on_sound(self, sound: Sound) -> None:
        if isinstance(sound, Deaf | Heard):
            self._found(HEARING, working=isinstance(sound, Heard))
        self._mouth.hear(sound)
        self._turns.hear(sound)
        if isinstance(sound, Started) and self._dialogue is not None:
            self._asked = self._dialogue.elicitation_id
        if isinstance(sound, Heard) and self._dialogue is not None:
            span, asked = self._turns.take(), self._asked
            utterance = Utterance(_new_id(), sound.text, sound.meaning, sound.marks, span, asked)
            self._dialogue.hear(utterance)
            _log.info(
                "turn_heard",
                session_id=self._summons.session_id,
                turn_id=utterance.turn_id,
                intent=sound.meaning.intent.value,
                by=sound.meaning.by,
                confidence=sound.meaning.confidence,
                ms=sound.silence_ms,
            )

    def _on_typed(self, _session: AgentSession[Any], typed: room_io.TextInputEvent) -> None:
        sender = typed.participant.identity if typed.participant else ""
        if sender == self._customer and self._dialogue is not None and typed.text.strip():
            self._mouth.hush()
            span = begin_turn(self._summons.session_id, "typed")
            with use_span(span):
                meaning = self._front.understand(typed.text)
            self._dialogue.hear(Utterance(_new_id(), typed.text, meaning, span=span))

    def _on_message(self, message: screen.Answered | screen.Withdrawn, dialogue: Dialogue) -> None:
        if isinstance(message, screen.Answered):
            answer = dialogue.answer(message.elicitation_id, message.data, message.response_id or _new_id())
            task = asyncio.ensure_future(answer)
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        elif message.elicitation_id == dialogue.elicitation_id:
            dialogue.hear(Utterance(_new_id(), "cancel", Understanding(Intent.CANCEL, by="screen")))

    def _keyed(self, code: str) -> Utterance:
        return Utterance(_new_id(), "", Understanding(Intent.CODE, {"code": code}, by="keypad"))


def _new_id() -> str:
    return uuid.uuid4().hex
