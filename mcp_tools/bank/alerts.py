"""Alerts and reminders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from domain.alerts import AlertNow, AlertRequest, AlertShown, AlertWish, Choices
from domain.errors import InvalidRequestError
from mcp_tools.alert_schemas import AlertLine, AlertsArgs, AlertsResult
from mcp_tools.bank.amounts import amount_text
from mcp_tools.guard import Caller


class AlertDesk(Protocol):
    """Sets up, shows and changes alerts, and how their customer is told."""

    async def create(self, request: AlertRequest) -> tuple[AlertNow, AlertShown]:
        """Start, or find the one already started under this id."""
        ...

    async def of(self, user_id: str) -> list[AlertShown]:
        """The user's, oldest first."""
        ...

    async def change(
        self, alert_id: str, user_id: str, wish: AlertWish, change_id: str = ""
    ) -> tuple[AlertNow, AlertShown]:
        """Have it another way. Raises AlertNotFoundError, or the refusal of what was said."""
        ...

    async def step(self, alert_id: str, user_id: str, name: str, change_id: str = "") -> AlertShown:
        """Pause, resume or delete it. Raises AlertNotFoundError, AlertClosedError, AlertStateError."""
        ...

    async def choices(self, user_id: str) -> Choices:
        """How the customer wants to be told."""
        ...

    async def choose(self, user_id: str, choices: Choices) -> Choices:
        """Raises AlertTimeError."""
        ...


@dataclass(frozen=True, slots=True)
class Alerts:
    """One tool for all that can be done with alerts."""

    desk: AlertDesk

    async def alerts(self, caller: Caller, args: AlertsArgs) -> AlertsResult:
        """Raises the refusal of what was said, AlertNotFoundError, AlertClosedError, InvalidRequestError."""
        caller.require("configure")
        match args.action:
            case "list":
                return await self._listed(caller)
            case "quiet":
                return await self._keep_quiet(caller, args)
            case "create":
                return _result(*await self.desk.create(_request(caller, args)))
            case "change":
                return _result(*await self.desk.change(_named(args), caller.user_id, _wish(args), args.request_id))
            case "pause" | "resume" | "delete":
                shown = await self.desk.step(_named(args), caller.user_id, args.action, args.request_id)
                return AlertsResult(alerts=[_line(shown)], alert_id=shown.alert_id, status=shown.state.value)

    async def _listed(self, caller: Caller) -> AlertsResult:
        shown, choices = await self.desk.of(caller.user_id), await self.desk.choices(caller.user_id)
        return AlertsResult(alerts=[_line(each) for each in shown], quiet=choices.to_json())

    async def _keep_quiet(self, caller: Caller, args: AlertsArgs) -> AlertsResult:
        now = await self.desk.choices(caller.user_id)
        wanted = replace(now, quiet_from=args.quiet_from.strip(), quiet_to=args.quiet_to.strip())
        return AlertsResult(alerts=[], quiet=(await self.desk.choose(caller.user_id, wanted)).to_json())


def _named(args: AlertsArgs) -> str:
    if not args.alert_id:
        raise InvalidRequestError("alert_id is needed for this action")
    return args.alert_id


def _request(caller: Caller, args: AlertsArgs) -> AlertRequest:
    alert_id = args.alert_id or own_id()
    session_id = caller.principal.session_id
    return AlertRequest(alert_id, caller.user_id, _wish(args), session_id, alert_id, trace_id())


def _wish(args: AlertsArgs) -> AlertWish:
    return AlertWish.of(args.model_dump() | {"amount": amount_text(args.amount)})


def _result(now: AlertNow, shown: AlertShown) -> AlertsResult:
    form = now.elicitation.to_json() if now.elicitation else None
    return AlertsResult(alerts=[_line(shown)], alert_id=now.alert_id, status=now.state.value, elicitation=form)


def _line(shown: AlertShown) -> AlertLine:
    return AlertLine.model_validate(shown.to_json())
