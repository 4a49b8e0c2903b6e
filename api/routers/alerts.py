"""The signed-in customer's alerts and reminders, and how they want to be told."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import Field

from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from api.documented import answers
from api.security import Configurer, Reader, Use
from api.sent import ID, Id, Sent
from api.shapes import AlertBegun, AlertChoices, Alerts
from domain.alerts import AlertNow, AlertRequest, AlertShown, AlertWish, Choices
from domain.errors import (
    AlertClosedError,
    AlertDateError,
    AlertKindFixedError,
    AlertKindUnknownError,
    AlertNotFoundError,
    AlertOverError,
    AlertRuleError,
    AlertStateError,
    AlertTimeError,
    AmountNotPositiveError,
    AmountTooLargeError,
    AmountTooPreciseError,
    AmountUnreadableError,
    IdempotencyConflictError,
    InvalidRequestError,
    TooManyAlertsError,
    UnknownAccountError,
    ZoneUnknownError,
)

router = APIRouter(prefix="/api/alerts")
_SAID: Final = (
    *(AmountUnreadableError, AmountNotPositiveError, AmountTooPreciseError, AmountTooLargeError, UnknownAccountError),
    *(AlertKindUnknownError, AlertDateError, AlertTimeError, AlertRuleError, AlertOverError, InvalidRequestError),
)
Text = Annotated[str, Field(max_length=140, pattern=r"^[^\x00-\x1f\x7f]*$")]
OwnId = Annotated[str, Field(max_length=64, pattern=ID.replace("1,128", "0,64"))]
"""Empty where the client has none."""


class Wish(Sent):
    """What is said of an alert; what is left out is asked for, or stays as it is.

    `kind`: low_balance, large_transaction, payment_due, deposit_received, reminder. `amount`: decimal text. `account`:
    a kind, name or id. `date`: ISO 8601. `time`: `HH:MM`. `every`: an RRULE (RFC 5545), daily at most.
    """

    kind: Annotated[str, Field(max_length=20)] = ""
    amount: Annotated[str, Field(max_length=40)] = ""
    account: Text = ""
    payee: Text = ""
    about: Text = ""
    date: Annotated[str, Field(max_length=10)] = ""
    time: Annotated[str, Field(max_length=5)] = ""
    every: Annotated[str, Field(max_length=200)] = ""
    days_before: Annotated[int, Field(ge=0, le=60)] | None = None

    def wish(self) -> AlertWish:
        """As the desk takes it."""
        return AlertWish.of(self.model_dump())


class NewAlert(Wish):
    """A repeat with the same `alert_id` is harmless."""

    alert_id: OwnId = ""


class Changed(Wish):
    """What is to be another way. A repeat with the same `request_id` gets the first result."""

    request_id: OwnId = ""


class Told(Sent):
    """Quiet hours, `HH:MM` in `zone` (IANA), both empty for none; `ways`: sms, email; null: the usual one."""

    quiet_from: Annotated[str, Field(max_length=5)] = ""
    quiet_to: Annotated[str, Field(max_length=5)] = ""
    zone: Annotated[str, Field(max_length=64)] = "UTC"
    ways: Annotated[list[Literal["sms", "email"]], Field(max_length=2)] | None = None


@router.get("", responses=answers(Alerts))
async def alerts(who: Reader, services: Use) -> dict[str, Any]:
    """Oldest first, those that are deleted left out; `choices` is how the customer is told."""
    shown, choices = await services.alerts.of(who.user_id), await services.alerts.choices(who.user_id)
    return {"alerts": [each.to_json() for each in shown], "choices": choices.to_json()}


@router.get("/choices", responses=answers(AlertChoices))
async def choices(who: Reader, services: Use) -> dict[str, Any]:
    """How the customer wants to be told."""
    return (await services.alerts.choices(who.user_id)).to_json()


@router.put("/choices", responses=answers(AlertChoices, AlertTimeError, ZoneUnknownError, InvalidRequestError))
async def choose(told: Told, who: Configurer, services: Use) -> dict[str, Any]:
    """From now on. What quiet hours have kept back goes out at their end, or at once where there are none any more."""
    ways = None if told.ways is None else tuple(dict.fromkeys(told.ways))
    wanted = Choices(told.quiet_from, told.quiet_to, told.zone, ways)
    return (await services.alerts.choose(who.user_id, wanted)).to_json()


@router.get("/{alert_id}", responses=answers(AlertShown, AlertNotFoundError))
async def alert(alert_id: Id, who: Reader, services: Use) -> dict[str, Any]:
    """One of the customer's own."""
    return (await services.alerts.get(alert_id, who.user_id)).to_json()


@router.post(
    "",
    status_code=201,
    responses=answers(
        AlertBegun,
        *_SAID,
        TooManyAlertsError,
        IdempotencyConflictError,
        AlertNotFoundError,
        AlertClosedError,
        status=201,
    ),
)
async def create(new: NewAlert, who: Configurer, services: Use) -> dict[str, Any]:
    """Set one up. What it lacks is asked for by a form, which waits like any other question."""
    alert_id = new.alert_id or own_id()
    request = AlertRequest(alert_id, who.user_id, new.wish(), tool_call_id=alert_id, trace_id=trace_id())
    return _begun(*await services.alerts.create(request))


@router.patch(
    "/{alert_id}",
    responses=answers(AlertBegun, *_SAID, AlertNotFoundError, AlertClosedError, AlertKindFixedError),
)
async def change(alert_id: Id, changed: Changed, who: Configurer, services: Use) -> dict[str, Any]:
    """Have it another way, or say what it lacks."""
    return _begun(*await services.alerts.change(alert_id, who.user_id, changed.wish(), changed.request_id))


@router.post("/{alert_id}/pause", responses=answers(AlertShown, AlertNotFoundError, AlertClosedError, AlertStateError))
async def pause(alert_id: Id, who: Configurer, services: Use) -> dict[str, Any]:
    """What happens meanwhile is not told."""
    return (await services.alerts.step(alert_id, who.user_id, "pause")).to_json()


@router.post("/{alert_id}/resume", responses=answers(AlertShown, AlertNotFoundError, AlertClosedError, AlertStateError))
async def resume(alert_id: Id, who: Configurer, services: Use) -> dict[str, Any]:
    """Watch again, from now on."""
    return (await services.alerts.step(alert_id, who.user_id, "resume")).to_json()


@router.delete("/{alert_id}", responses=answers(AlertShown, AlertNotFoundError))
async def delete(alert_id: Id, who: Configurer, services: Use) -> dict[str, Any]:
    """No more of it; what it has said before is still delivered."""
    return (await services.alerts.step(alert_id, who.user_id, "delete")).to_json()


def _begun(now: AlertNow, shown: AlertShown) -> dict[str, Any]:
    form = now.elicitation.to_json() if now.elicitation else None
    return {"alert": shown.to_json(), "state": now.state.value, "missing": list(now.missing), "elicitation": form}
