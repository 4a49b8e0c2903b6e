"""A desk for alerts in memory: what was asked of it, and one alert that is active."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.alerts import AlertNow, AlertShown, AlertState, Choices
from domain.errors import AlertNotFoundError

if TYPE_CHECKING:
    from domain.alerts import AlertRequest, AlertWish


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
