"""Alerts in memory: a desk with one alert that is active, and alerts at rest for the workflows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.alert_words import watched
from domain.alerts import AlertNow, AlertShown, AlertState, Choices, Examined, Owner
from domain.errors import AlertNotFoundError

if TYPE_CHECKING:
    from datetime import date, datetime

    from domain.alerts import AlertRequest, AlertWish, Due, Firing


@dataclass
class FakeAlerts:
    """Everything is complete; of somebody else's nothing is known."""

    asked: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    kept: Choices = field(default_factory=Choices)

    async def create(self, request: AlertRequest) -> tuple[AlertNow, AlertShown]:
        self.asked.append(("create", request.user_id, request.wish.kind, request.wish.amount))
        return AlertNow(request.alert_id, AlertState.ACTIVE), shown(request.alert_id)

    async def of(self, user_id: str) -> list[AlertShown]:
        return [shown("al1")] if user_id == "u1" else []

    async def change(
        self, alert_id: str, user_id: str, wish: AlertWish, change_id: str = ""
    ) -> tuple[AlertNow, AlertShown]:
        self.own(alert_id, user_id)
        self.asked.append(("change", alert_id, wish.amount, change_id))
        return AlertNow(alert_id, AlertState.ACTIVE), shown(alert_id)

    async def step(self, alert_id: str, user_id: str, name: str, change_id: str = "") -> AlertShown:
        self.own(alert_id, user_id)
        self.asked.append((name, alert_id, change_id))
        return shown(alert_id)

    async def choices(self, user_id: str) -> Choices:
        del user_id
        return self.kept

    async def choose(self, user_id: str, choices: Choices) -> Choices:
        del user_id
        self.kept = choices
        return choices

    def own(self, alert_id: str, user_id: str) -> None:
        if (alert_id, user_id) != ("al1", "u1"):
            raise AlertNotFoundError


def shown(alert_id: str) -> AlertShown:
    words = "when your checking balance drops below $200.00"
    return AlertShown(alert_id, AlertState.ACTIVE, "low_balance", words, 200_00, "200.00", account="checking")


@dataclass
class HouseAlerts:
    """Alerts at rest, in memory: for the workflows and the desk. Each key is fired once, by an active alert."""

    kept: dict[str, tuple[AlertRequest, AlertState, Examined]] = field(
        default_factory=dict[str, "tuple[AlertRequest, AlertState, Examined]"]
    )
    said: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    async def open(self, request: AlertRequest) -> Owner:
        self.kept.setdefault(request.alert_id, (request, AlertState.DRAFT, Examined(request.wish)))
        return Owner(request.user_id, "cust_7f3a", "demo")

    async def save(self, alert_id: str, version: int, state: AlertState, examined: Examined) -> None:
        del version
        self.kept[alert_id] = (self.kept[alert_id][0], state, examined)

    async def fire(self, firing: Firing, deliver_at: datetime) -> bool:
        del deliver_at
        known = (firing.alert_id, firing.key) in self.said
        if known or self.kept[firing.alert_id][1] is not AlertState.ACTIVE:
            return False
        self.said[firing.alert_id, firing.key] = firing.text
        return True

    async def choices(self, user_id: str) -> Choices:
        del user_id
        return Choices()

    async def choose(self, user_id: str, choices: Choices) -> None:
        raise NotImplementedError

    async def dues(self, user_id: str, since: date) -> list[Due]:
        del user_id, since
        return []

    async def of(self, user_id: str) -> list[AlertShown]:
        shown = [await self.get(alert_id, user_id) for alert_id in self.kept]
        return [each for each in shown if each.state is not AlertState.DELETED]

    async def get(self, alert_id: str, user_id: str) -> AlertShown:
        request, state, examined = self.kept.get(alert_id, (None, AlertState.DELETED, None))
        if request is None or examined is None or request.user_id != user_id:
            raise AlertNotFoundError
        words = watched(examined.terms) if examined.terms else ""
        return AlertShown(
            alert_id, state, examined.wish.kind, words, amount=examined.wish.amount, missing=examined.missing
        )
