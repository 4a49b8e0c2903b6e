"""Where customers set up, see and change their alerts, and say how they want to be told; from any channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.edge.idempotency import own_id
from domain.errors import (
    AlertClosedError,
    AlertNotFoundError,
    AlertTimeError,
    IdempotencyConflictError,
    InvalidRequestError,
    ZoneUnknownError,
)
from domain.ids import is_safe_id

if TYPE_CHECKING:
    from adapters.masking import Masker
    from domain.alerts import AlertNow, AlertRequest, AlertShown, AlertWish, Choices

STEPS: Final = frozenset({"pause", "resume", "delete"})


class AlertDoor(Protocol):
    """Alerts' workflows, as the desk reaches them."""

    async def begin(self, request: AlertRequest) -> AlertNow:
        """Start, or find the one already started under this id."""
        ...

    async def change(self, alert_id: str, wish: AlertWish, change_id: str) -> AlertNow:
        """Have it another way."""
        ...

    async def step(self, alert_id: str, name: str, change_id: str) -> AlertNow:
        """Pause, resume or delete it."""
        ...


class AlertRows(Protocol):
    """Alerts at rest, as far as their customer may see them."""

    async def of(self, user_id: str) -> list[AlertShown]:
        """The user's, oldest first."""
        ...

    async def get(self, alert_id: str, user_id: str) -> AlertShown:
        """Raises AlertNotFoundError, also where it is another's."""
        ...

    async def choices(self, user_id: str) -> Choices:
        """How they want to be told."""
        ...

    async def choose(self, user_id: str, choices: Choices) -> None:
        """From now on."""
        ...


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """The workflow decides what can be; whose an alert is, is looked up before it is asked."""

    rows: AlertRows
    door: AlertDoor
    masker: Masker

    async def create(self, request: AlertRequest) -> tuple[AlertNow, AlertShown]:
        """Set one up; a repeat is one. Raises the refusal of what was said."""
        if not is_safe_id(request.alert_id):
            raise InvalidRequestError("alert_id must be 1 to 64 letters, digits, - or _")
        try:
            now = await self.door.begin(replace(request, wish=self._masked(request.wish)))
        except (IdempotencyConflictError, AlertClosedError):
            await self.rows.get(request.alert_id, request.user_id)  # of somebody else's nothing is told
            raise
        return now, await self.rows.get(now.alert_id, request.user_id)

    async def of(self, user_id: str) -> list[AlertShown]:
        """The user's, oldest first: the order that "the second one" counts in."""
        return await self.rows.of(user_id)

    async def get(self, alert_id: str, user_id: str) -> AlertShown:
        """One of the user's own. Raises AlertNotFoundError."""
        if not is_safe_id(alert_id):
            raise AlertNotFoundError
        return await self.rows.get(alert_id, user_id)

    async def change(
        self, alert_id: str, user_id: str, wish: AlertWish, change_id: str = ""
    ) -> tuple[AlertNow, AlertShown]:
        """Have it another way, or say what was missing. A repeat of `change_id` gets the first result."""
        await self._own(alert_id, user_id)
        now = await self.door.change(alert_id, self._masked(wish), change_id or own_id())
        return now, await self.rows.get(alert_id, user_id)

    async def step(self, alert_id: str, user_id: str, name: str, change_id: str = "") -> AlertShown:
        """`pause`, `resume` or `delete`. A repeat changes nothing, not even of a deletion."""
        await self._own(alert_id, user_id)
        try:
            await self.door.step(alert_id, name, change_id or own_id())
        except AlertClosedError:
            if name != "delete":
                raise
        return await self.rows.get(alert_id, user_id)

    async def choices(self, user_id: str) -> Choices:
        """How the customer wants to be told."""
        return await self.rows.choices(user_id)

    async def choose(self, user_id: str, choices: Choices) -> Choices:
        """Raises AlertTimeError, ZoneUnknownError, InvalidRequestError."""
        if bool(choices.quiet_from) != bool(choices.quiet_to):
            raise AlertTimeError(spoken="From when to when should I keep quiet?")
        try:
            zone = ZoneInfo(choices.zone).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ZoneUnknownError from error
        try:
            hours = [time.fromisoformat(each) for each in (choices.quiet_from, choices.quiet_to) if each]
        except ValueError as error:
            raise AlertTimeError from error
        if any(each.tzinfo or each.second for each in hours):
            raise AlertTimeError
        if choices.ways is not None and not set(choices.ways) <= {"sms", "email"}:
            raise InvalidRequestError("ways are sms and email")
        await self.rows.choose(user_id, replace(choices, zone=zone))
        return await self.rows.choices(user_id)

    async def _own(self, alert_id: str, user_id: str) -> None:
        await self.get(alert_id, user_id)

    def _masked(self, wish: AlertWish) -> AlertWish:
        """What a customer writes is shown, spoken and sent by mail: an account's number has no place in it."""
        return replace(wish, about=self.masker.mask(wish.about).text, payee=self.masker.mask(wish.payee).text)
