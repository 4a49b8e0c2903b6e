"""An alert's steps: checking what was said of it, keeping it, and saying once what it has to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from temporalio import activity

from activities.ports import AlertStore, Calendar, Directory
from activities.refusals import refusals
from domain.alert_wishes import Surroundings, examine
from domain.alerts import (
    AlertKind,
    AlertRequest,
    AlertState,
    AlertTerms,
    AlertWish,
    Choices,
    Examined,
    Firing,
    Occurrence,
    Owner,
    dues_of,
)
from domain.errors import AlertOverError
from domain.quiet import told_at


@dataclass(frozen=True, slots=True)
class WishOf:
    """A customer's wish, to be checked."""

    user_id: str
    wish: AlertWish


@dataclass(frozen=True, slots=True)
class Saving:
    """How an alert stands from this version on."""

    alert_id: str
    version: int
    state: AlertState
    examined: Examined


@dataclass(frozen=True, slots=True)
class NextOf:
    """Whose alert, and after which moment (ISO 8601) the calendar is asked."""

    user_id: str
    terms: AlertTerms
    after: str


@dataclass(frozen=True, slots=True)
class FiringOf:
    """What an alert of this customer's has to say."""

    user_id: str
    firing: Firing


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a form for a draft is made from: how long it stays open, and the accounts that can be chosen."""

    owner: Owner
    form_s: float
    accounts: tuple[str, ...]
    events_max: int


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Alerts:
    """Activities over the directory, the alerts at rest and the calendar."""

    directory: Directory
    store: AlertStore
    calendar: Calendar
    form_s: float
    events_max: int
    clock: Callable[[], datetime] = _utc_now

    @activity.defn(name="open_alert")
    async def open(self, request: AlertRequest) -> Drawn:
        """Record a draft, and say whose it is."""
        with refusals():
            await self._examined(request.user_id, request.wish)
            owner = await self.store.open(request)
            accounts = await self.directory.accounts_of(request.user_id)
        _note("alert drafted", request.alert_id)
        return Drawn(owner, self.form_s, tuple(dict.fromkeys(each.kind for each in accounts)), self.events_max)

    @activity.defn(name="examine_alert")
    async def examine(self, wish: WishOf) -> Examined:
        """What is missing, and the terms where nothing is. Fails with the code of the first rule that is broken."""
        with refusals():
            return await self._examined(wish.user_id, wish.wish)

    @activity.defn(name="save_alert")
    async def save(self, saving: Saving) -> None:
        """Keep how it stands; only then does it hold."""
        with refusals():
            await self.store.save(saving.alert_id, saving.version, saving.state, saving.examined)
        _note("alert saved", saving.alert_id, state=saving.state)

    @activity.defn(name="next_of_alert")
    async def next_of(self, asked: NextOf) -> Occurrence | None:
        """When the calendar sets it off next."""
        with refusals():
            return await self._next(asked.user_id, asked.terms, datetime.fromisoformat(asked.after))

    @activity.defn(name="fire_alert")
    async def fire(self, fires: FiringOf) -> bool:
        """Have it said once, after the customer's quiet hours where it falls into them."""
        with refusals():
            choices = await self.store.choices(fires.user_id)
            now = self.clock()
            firing = replace(fires.firing, at=now.isoformat())
            new = await self.store.fire(firing, deliver_at(choices, now))
        if new:
            _note("alert fired", fires.firing.alert_id)
        return new

    async def _examined(self, user_id: str, wish: AlertWish) -> Examined:
        own = await self.directory.accounts_of(user_id)
        zone = (await self.store.choices(user_id)).zone
        now = self.clock()
        today = now.astimezone(ZoneInfo(zone)).date()
        dues = await self.store.dues(user_id, today) if wish.kind == AlertKind.PAYMENT_DUE else []
        found = examine(wish, Surroundings(own, today, zone, dues))
        timed = found.terms is not None and not found.terms.kind.of_ledger
        if timed and found.terms is not None and await self._next(user_id, found.terms, now) is None:
            raise AlertOverError
        return found

    async def _next(self, user_id: str, terms: AlertTerms, after: datetime) -> Occurrence | None:
        asks = terms.kind is AlertKind.PAYMENT_DUE and not terms.date and not terms.every
        today = after.astimezone(ZoneInfo(terms.zone)).date()
        dues = dues_of(terms.payee, await self.store.dues(user_id, today)) if asks else []
        return self.calendar.next_of(terms, after, dues)


def deliver_at(choices: Choices, now: datetime) -> datetime:
    """Now, or the end of the customer's quiet hours."""
    if not choices.quiet_from:
        return now
    begin, end = time.fromisoformat(choices.quiet_from), time.fromisoformat(choices.quiet_to)
    return told_at(now, begin, end, ZoneInfo(choices.zone))


def _note(what: str, alert_id: str, **fields: str) -> None:
    activity.logger.info(what, extra={"alert_id": alert_id, **fields})
