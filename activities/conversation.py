"""What a conversation needs done: who is speaking, the bank's tools, and saying what nobody asked for just now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from temporalio import activity

from activities.ports import Announcer, Directory, Elicitations, Outcomes, Sessions, ToolCall, Tools
from activities.refusals import refusals
from domain.conversation import PaymentNews
from domain.dialogue.state import Person
from domain.elicitation import ElicitationRequest, ElicitationType

_ASKED_OF_CUSTOMERS: Final = (ElicitationType.BIOMETRIC, ElicitationType.CONFIRMATION, ElicitationType.OTP)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """A tool's structured result."""

    content: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Timings:
    """A conversation's time-outs, in seconds, and its history budget, in events."""

    turn_wait_s: float
    presence_heartbeat_s: float
    idle_s: float
    turns_kept: int
    events_max: int


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who is speaking, and how long to wait for what."""

    person: Person
    timings: Timings
    news: tuple[PaymentNews, ...] = ()
    alerts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Introducing:
    """Whose conversation it is. `first`: it begins now, and may tell what happened since the last one."""

    user_id: str
    session_id: str
    first: bool = True


@dataclass(frozen=True, slots=True)
class Heard:
    """How a payment ended was told in this session."""

    session_id: str
    payment_id: str


@dataclass(frozen=True, slots=True)
class AlertsHeard:
    """What these alerts had to say was told in this session."""

    session_id: str
    firings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Announcement:
    """An unasked sentence. `key` makes a repeat harmless; `body` is the event's body."""

    session_id: str
    user_id: str
    key: str
    body: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Desk:
    """Activities over the tools, the directory and the outbox."""

    tools: Tools
    directory: Directory
    announcer: Announcer
    sessions: Sessions
    elicitations: Elicitations
    outcomes: Outcomes
    timings: Timings

    @activity.defn(name="introduce")
    async def introduce(self, asked: Introducing) -> Introduction:
        """Who is speaking: names that the dialogue may say, names to listen for, and what there is to tell."""
        with refusals():
            customer = await self.directory.customer(asked.user_id)
            payees = await self.directory.payees_of(asked.user_id)
            accounts = await self.directory.accounts_of(asked.user_id)
            news = await self.outcomes.take(asked.user_id, asked.session_id) if asked.first else []
            alerts = await self.outcomes.take_alerts(asked.user_id, asked.session_id) if asked.first else []
        person = Person(
            name=customer.display_name,
            payees=tuple(payee.name for payee in payees),
            accounts=tuple(dict.fromkeys(account.kind for account in accounts)),
            phone_tail="" if customer.code_channel == "email" else customer.phone[-2:],
        )
        return Introduction(person, self.timings, tuple(news), tuple(alerts))

    @activity.defn(name="find_open_question")
    async def find_open_question(self, user_id: str) -> ElicitationRequest | None:
        """The newest question that waits on this customer, wherever it was asked; None where nothing does."""
        with refusals():
            rows = await self.elicitations.pending_of(user_id)
        return next(
            (row.request for row in reversed(rows) if row.request.elicitation_type in _ASKED_OF_CUSTOMERS), None
        )

    @activity.defn(name="call_tool")
    async def call_tool(self, call: ToolCall) -> ToolResult:
        """Call one of the bank's tools on behalf of the user."""
        with refusals():
            result = ToolResult(await self.tools.call(call))
        names = {name: str(call.arguments[name]) for name in ("payment_id", "elicitation_id") if name in call.arguments}
        activity.logger.info("tool called", extra={"tool": call.name, "session_id": call.session_id, **names})
        return result

    @activity.defn(name="announce")
    async def announce(self, said: Announcement) -> None:
        """Have an unasked sentence spoken, once per key."""
        with refusals():
            await self.announcer.say(said.session_id, said.user_id, said.key, said.body)

    @activity.defn(name="mark_told")
    async def mark_told(self, heard: Heard) -> None:
        """Note that this session has told how a payment ended: no later one needs to."""
        with refusals():
            await self.outcomes.mark_told(heard.payment_id, heard.session_id)

    @activity.defn(name="mark_alerts_told")
    async def mark_alerts_told(self, heard: AlertsHeard) -> None:
        """Note that this session has told it: no later one needs to."""
        with refusals():
            await self.outcomes.mark_alerts_told(heard.firings, heard.session_id)

    @activity.defn(name="end_session")
    async def end_session(self, session_id: str) -> None:
        """Close the session: its service tokens are no longer fresh."""
        with refusals():
            await self.sessions.end(session_id)
