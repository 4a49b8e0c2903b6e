"""A conversation: one update a turn. It decides by `domain.dialogue`, acts through tools, outlives every process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.conversation import AlertsHeard, Announcement, Desk, Introducing, Timings
    from activities.presence import PresenceWatch
    from domain import alert_words, ids
    from domain.alerts import AlertNews
    from domain.conversation import Carried, ConversationStart, Join, Joined, PaymentNews, Reply, Spoken, TakenUp, Turn
    from domain.dialogue import alerts_told, outcome, phrases
    from domain.dialogue.decide import answered, decide
    from domain.dialogue.moves import Say
    from domain.dialogue.state import Dialogue, Person
    from domain.errors import SessionStaleError, SupersededError
    from domain.handovers import HandoverNews
    from domain.understanding import Intent
    from workflows import options
    from workflows.conversation_acts import Acting
    from workflows.conversation_view import expects, open_question
    from workflows.refusal import failed
    from workflows.watchdog import watch_agent


@workflow.defn(name="ConversationWorkflow", versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
class ConversationWorkflow(Acting):
    """Everything that a customer and the assistant said, and what is still open between them."""

    @workflow.init
    def __init__(self, start: ConversationStart) -> None:
        carried = start.carried
        self._start = start
        self._dialogue = carried.dialogue if carried else Dialogue(Person())
        self._seq = carried.seq if carried else 0
        self._epoch = carried.epoch if carried else 0
        self._lines = list(carried.lines) if carried else []
        self._replies = dict(carried.replies) if carried else {}
        self._ended = carried.ended if carried else False
        self._agent = carried.agent if carried else None
        self._timings: Timings | None = None
        self._news: list[PaymentNews] = list(carried.news) if carried else []
        self._alert_news: list[AlertNews] = list(carried.alert_news) if carried else []
        self._handed: list[HandoverNews] = list(carried.handed) if carried else []
        self._card = None
        self._meanwhile = carried.meanwhile if carried else ""
        self._shown = carried.shown if carried else ""
        self._talking = asyncio.Lock()
        spoke = carried.active_at if carried else ""
        self._active_at = datetime.fromisoformat(spoke) if spoke else workflow.now()
        self._watching: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self, start: ConversationStart) -> None:
        """Tell what nobody asked for; end when the customer has left and nothing is open."""
        timings = await self._introduce()
        if self._agent is not None:
            self._watch(self._agent)
        while not self._finished():
            try:
                await workflow.wait_condition(
                    self._has_something_to_do, timeout=timedelta(seconds=timings.idle_s), timeout_summary="idle"
                )
            except TimeoutError:
                self._ended = self._ended or self._idle_for() >= timings.idle_s
            if self._news and not self._talking.locked():
                await self._announce_news()
            if self._alert_news and not self._talking.locked():
                await self._announce_alerts()
            if self._handed and not self._talking.locked():
                await self._announce_person()
            if self._may_begin_anew():
                workflow.continue_as_new(self._carry())
        await workflow.wait_condition(workflow.all_handlers_finished)
        await workflow.execute_local_activity_method(Desk.end_session, start.session_id, **options.STORE)

    # ---- messages

    @workflow.update
    async def join(self, join: Join) -> Joined:
        """A front is here. A newer voice agent voids the older one's turns."""
        await workflow.wait_condition(lambda: self._timings is not None)
        first = self._seq == 0
        if join.agent_id and (self._agent is None or self._agent.join_id != join.join_id):
            self._epoch += 1
            self._agent = join
            self._watch(join)
        self._ended = False
        taken_up = self._dialogue.active is None and await self._take_up()
        return Joined(
            reply=self._say(self._welcome(first=first, taken_up=taken_up), Intent.GREET),
            epoch=self._epoch,
            payees=self._dialogue.person.payees,
            accounts=self._dialogue.person.accounts,
            user_id=self._start.user_id,
            taken_up=taken_up,
            with_person=self._dialogue.with_person,
        )

    @workflow.update
    async def turn(self, turn: Turn) -> Reply:
        """One thing said, one reply. A repeated turn id gets the first reply."""
        await workflow.wait_condition(lambda: self._timings is not None)
        async with self._talking:
            if turn.turn_id in self._replies:
                return self._replies[turn.turn_id]
            self._active_at, self._card = workflow.now(), None
            self._remember("customer", turn.text)
            turn, before = self._as_shown(turn), self._dialogue
            self._dialogue, move = decide(before, turn)
            decided = self._dialogue
            told = await self._perform(move)
            asks = replace(decided, asked=self._dialogue.asked or decided.asked)  # what it asks takes the floor
            text = answered(before, asks, turn, told)
            reply = self._say(text, turn.intent, end=isinstance(move, Say) and move.end)
            self._replies[turn.turn_id] = reply
            self._shown = reply.elicitation.elicitation_id if reply.elicitation else ""
            while len(self._replies) > self._kept():
                self._replies.pop(next(iter(self._replies)))
            return reply

    def _as_shown(self, turn: Turn) -> Turn:
        """A front that does not say what it shows shows what it was last replied; other versions only by an event."""
        asked = open_question(self._dialogue)
        older = self._shown.rpartition("-")[2] if self._shown else ""
        if turn.asked is not None or asked is None or older in {"", asked.elicitation_id.rpartition("-")[2]}:
            return turn
        return replace(turn, asked=self._shown)

    @turn.validator
    def _validate_turn(self, turn: Turn) -> None:
        if self._ended:
            raise failed(SessionStaleError())
        if turn.epoch and turn.epoch != self._epoch:
            raise failed(SupersededError())

    @workflow.signal
    def payment_news(self, news: PaymentNews) -> None:
        """A step of a payment that was started here."""
        self._news.append(news)

    @workflow.signal
    def alert_news(self, news: AlertNews) -> None:
        """An alert of the customer's has something to say."""
        self._alert_news.append(news)

    @workflow.signal
    def handed(self, news: HandoverNews) -> None:
        """A step of this conversation's hand-over to a person."""
        self._handed.append(news)

    @workflow.signal
    def leave(self, agent_id: str) -> None:
        """The customer hung up, as this agent saw it; or, with no agent, a text client ended the session."""
        current = self._agent.agent_id if self._agent else ""
        if agent_id == current:
            self._ended = True

    @workflow.query
    def lines(self) -> list[Spoken]:
        """The last lines of the dialogue, masked."""
        return self._lines

    @workflow.query
    def stage(self) -> str:
        """Where the dialogue stands, as in Reply.state."""
        return self._dialogue.stage

    # ---- saying

    async def _announce_news(self) -> None:
        """Say what came without a question."""
        async with self._talking:
            self._card = None
            await self._announce(await self._take_news())

    async def _announce_alerts(self) -> None:
        """Say what alerts had to say; where nobody is there any more, the next conversation does."""
        async with self._talking:
            self._card = None
            news = self._alert_news.pop(0)
            self._dialogue = alerts_told.settled(self._dialogue, news.settled, news.text)
            if not self._ended:
                await self._announce(news.text)
                if news.firings:
                    heard = AlertsHeard(self._start.session_id, news.firings)
                    await workflow.execute_local_activity_method(Desk.mark_alerts_told, heard, **options.STORE)

    async def _announce_person(self) -> None:
        """Say how the hand-over to a person goes on."""
        async with self._talking:
            self._card = None
            while self._handed:
                if text := self._hear_of_person(self._handed.pop(0)):
                    await self._announce(text)

    async def _announce(self, text: str) -> None:
        """The event carries it to whichever front is there."""
        reply = self._say(text, Intent.STATUS)
        key = f"{self._start.session_id}-{reply.seq}"
        said = Announcement(self._start.session_id, self._start.user_id, key, {"reply": reply.to_json()})
        await workflow.execute_local_activity_method(Desk.announce, said, **options.STORE)

    def _say(self, text: str, intent: Intent, *, end: bool = False) -> Reply:
        self._seq += 1
        self._remember("assistant", text)
        self._dialogue = self._dialogue.saying(text) if text else self._dialogue
        workflow.set_current_details(self._plain_words())
        return Reply(
            text=text,
            speech=text,
            intent=intent,
            state=self._dialogue.stage,
            expects=expects(self._dialogue),
            seq=self._seq,
            elicitation=open_question(self._dialogue),
            card=self._card,
            end=end,
        )

    def _welcome(self, *, first: bool, taken_up: bool) -> str:
        waits = self._dialogue.active is not None or self._dialogue.draft is not None
        open_elsewhere = phrases.open_elsewhere(self._dialogue) if taken_up else ""
        if first:
            return phrases.greeting(self._dialogue.person.name, open_elsewhere, self._meanwhile)
        if taken_up:
            return open_elsewhere
        return phrases.back(phrases.where_it_stands(self._dialogue) if waits else phrases.unheard(self._lines))

    def _remember(self, who: str, text: str) -> None:
        if not text:  # silence, and what was keyed
            return
        self._lines.append(Spoken(who, text))
        del self._lines[: -self._kept()]

    def _plain_words(self) -> str:
        question = open_question(self._dialogue)
        waiting = f"Waiting for the customer's {question.elicitation_type}." if question else "Nothing is open."
        return f"{self._start.channel} conversation, {self._dialogue.stage}. {waiting}"

    # ---- life

    async def _introduce(self) -> Timings:
        start = self._start
        asked = Introducing(start.user_id, start.session_id, first=start.carried is None)
        introduction = await workflow.execute_local_activity_method(Desk.introduce, asked, **options.STORE)
        self._dialogue, news = outcome.meanwhile(self._dialogue.of(introduction.person), introduction.news)
        told = (self._meanwhile, news, alert_words.meanwhile(introduction.alerts))
        self._meanwhile = " ".join(filter(None, told))
        self._timings = introduction.timings
        if start.carried is None:
            await self._follow_held()
        return introduction.timings

    async def _follow_held(self) -> None:
        """Hear of payments that began in an earlier conversation."""
        for held in self._dialogue.held:
            payment = workflow.get_external_workflow_handle(ids.payment_workflow_id(held.payment_id))
            try:
                await payment.signal("take_up", TakenUp(self._start.session_id, ""))
            except FailureError:
                workflow.logger.info("the payment has ended; the next conversation tells")

    def _watch(self, agent: Join) -> None:
        """One watch at a time: a newer agent's replaces the older's."""
        epoch = self._epoch
        start = self._start
        watch = PresenceWatch(start.session_id, start.room_name, agent.agent_id, start.user_id, start.platform)
        heartbeat = timedelta(seconds=self._timings.presence_heartbeat_s if self._timings else 3)
        if self._watching is not None:
            self._watching.cancel()
        self._watching = asyncio.create_task(
            watch_agent(watch, agent.presence_queue, heartbeat, lambda: self._ended or self._epoch != epoch)
        )

    def _has_something_to_do(self) -> bool:
        news = bool(self._news or self._alert_news or self._handed)
        return (news and not self._talking.locked()) or self._finished() or self._may_begin_anew()

    def _finished(self) -> bool:
        return self._ended and self._dialogue.active is None and not self._news

    def _idle_for(self) -> float:
        return (workflow.now() - self._active_at).total_seconds()

    def _kept(self) -> int:
        return self._timings.turns_kept if self._timings else 20

    def _may_begin_anew(self) -> bool:
        """Not while a turn is being served: to wake up for that would be to spin until the turn is over."""
        return self._history_is_long() and workflow.all_handlers_finished()

    def _history_is_long(self) -> bool:
        info, limit = workflow.info(), self._timings.events_max if self._timings else 4000
        return info.is_continue_as_new_suggested() or info.get_current_history_length() > limit

    def _carry(self) -> ConversationStart:
        memory = Carried(
            dialogue=self._dialogue,
            seq=self._seq,
            epoch=self._epoch,
            lines=tuple(self._lines),
            replies=self._replies,
            ended=self._ended,
            agent=self._agent,
            news=tuple(self._news),
            alert_news=tuple(self._alert_news),
            handed=tuple(self._handed),
            meanwhile=self._meanwhile,
            shown=self._shown,
            active_at=self._active_at.isoformat(),
        )
        start = self._start
        return ConversationStart(
            start.session_id, start.user_id, start.channel, start.room_name, start.platform, memory
        )
