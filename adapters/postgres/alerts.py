"""Alerts at rest. Each change is one SQL function that writes its event along (0014_alerts.sql)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from domain.alert_words import watched
from domain.alerts import (
    MOST_ALERTS,
    AlertKind,
    AlertShown,
    AlertState,
    AlertTerms,
    AlertWish,
    Choices,
    Due,
    Owner,
    amount_of,
)
from domain.errors import AlertNotFoundError, UnauthenticatedError, by_code

if TYPE_CHECKING:
    from datetime import date, datetime

    from adapters.postgres.pool import Pool, Row
    from domain.alerts import AlertRequest, Examined, Firing


class PgAlerts:
    """Implements `activities.ports.AlertStore`, and what api and tools need beside it."""

    def __init__(self, pool: Pool, zone: str = "UTC") -> None:
        self._pool = pool
        self._zone = zone

    async def open(self, request: AlertRequest) -> Owner:
        """Raises IdempotencyConflictError, TooManyAlertsError; AlertNotFoundError where the id is another's."""
        plan = {"alert_id": request.alert_id, "user_id": request.user_id, "session_id": request.session_id}
        _check(
            await self._pool.row("SELECT open_alert(%s, %s, %s) AS code", Jsonb(plan), request.digest(), MOST_ALERTS)
        )
        row = await self._pool.row(
            "SELECT user_id, customer_ref, tenant_id FROM users WHERE user_id = %s", request.user_id
        )
        if row is None:
            raise UnauthenticatedError
        return Owner(row["user_id"], row["customer_ref"], row["tenant_id"])

    async def save(self, alert_id: str, version: int, state: AlertState, examined: Examined) -> None:
        """Raises AlertClosedError, AlertNotFoundError."""
        terms = examined.terms
        plan = {
            "kind": examined.wish.kind,
            "account_id": terms.account_id if terms else "",
            "terms": asdict(terms) if terms else asdict(examined.wish),
            "missing": list(examined.missing),
        }
        _check(
            await self._pool.row(
                "SELECT save_alert(%s, %s, %s, %s) AS code", alert_id, version, state.value, Jsonb(plan)
            )
        )

    async def fire(self, firing: Firing, deliver_at: datetime) -> bool:
        """False where it was said already, or the alert is not active."""
        row = await self._pool.row(
            "SELECT fire_alert(%s, %s, %s, %s, %s, %s, %s) AS firing",
            firing.alert_id,
            firing.key,
            firing.text,
            Jsonb(firing.detail),
            firing.happened or None,
            firing.at,
            deliver_at,
        )
        return row is not None and row["firing"] is not None

    async def choices(self, user_id: str) -> Choices:
        """Those of the bank where the customer has made none."""
        row = await self._pool.row("SELECT * FROM alert_choices WHERE user_id = %s", user_id)
        if row is None:
            return Choices(zone=self._zone)
        begins, ends, ways = row["quiet_from"], row["quiet_to"], row["ways"]
        return Choices(
            quiet_from=f"{begins:%H:%M}" if begins else "",
            quiet_to=f"{ends:%H:%M}" if ends else "",
            zone=row["zone"],
            ways=None if ways is None else tuple(ways),
        )

    async def choose(self, user_id: str, choices: Choices) -> None:
        """From now on. Without quiet hours nothing is kept back any longer."""
        await self._pool.run(
            "SELECT choose_alerts(%s, %s, %s, %s, %s)",
            user_id,
            choices.quiet_from or None,
            choices.quiet_to or None,
            choices.zone,
            None if choices.ways is None else list(choices.ways),
        )

    async def dues(self, user_id: str, since: date) -> list[Due]:
        """Bills, standing orders and instalments, the next first."""
        rows = await self._pool.rows(
            """SELECT due_on, payee FROM scheduled_shown WHERE user_id = %s AND due_on >= %s
               ORDER BY due_on, payee LIMIT 200""",
            user_id,
            since,
        )
        return [Due(row["due_on"].isoformat(), row["payee"]) for row in rows]

    async def of(self, user_id: str) -> list[AlertShown]:
        """The user's, oldest first, those that are deleted left out."""
        rows = await self._pool.rows(
            """SELECT * FROM alerts_shown WHERE user_id = %s AND state <> 'DELETED'
               ORDER BY created_at, alert_id LIMIT %s""",
            user_id,
            MOST_ALERTS,
        )
        return [_shown(row) for row in rows]

    async def get(self, alert_id: str, user_id: str) -> AlertShown:
        """Raises AlertNotFoundError, also where it is another's."""
        row = await self._pool.row("SELECT * FROM alerts_shown WHERE alert_id = %s AND user_id = %s", alert_id, user_id)
        if row is None:
            raise AlertNotFoundError
        return _shown(row)


def terms_of(stored: dict[str, Any]) -> AlertTerms:
    """What `save` wrote of an alert that lacks nothing."""
    given: dict[str, Any] = {**stored, "kind": AlertKind(stored["kind"])}
    return AlertTerms(**given)


def _check(row: Row | None) -> None:
    code = "" if row is None else str(row["code"])
    if code != "ok":
        raise by_code(code)


def _shown(row: Row) -> AlertShown:
    common: dict[str, Any] = {
        "alert_id": row["alert_id"],
        "state": AlertState(row["state"]),
        "version": row["version"],
        "missing": tuple(row["missing"]),
        "created_at": row["created_at"].isoformat(),
        "fired": row["fired"],
        "last_fired_at": row["last_fired_at"].isoformat() if row["last_fired_at"] else "",
    }
    if "minor" not in row["terms"]:
        wish = AlertWish.of(row["terms"])
        days = int(wish.days_before) if wish.days_before.isdigit() else 0
        said = asdict(wish) | {"days_before": days}
        return AlertShown(**said, words="", **common)
    terms = terms_of(row["terms"])
    return AlertShown(
        kind=terms.kind.value,
        words=watched(terms),
        amount_minor=terms.minor,
        amount=amount_of(terms),
        currency=terms.currency,
        account=terms.account,
        payee=terms.payee,
        about=terms.about,
        date=terms.date,
        time=terms.time,
        every=terms.every,
        days_before=terms.days_before,
        zone=terms.zone,
        **common,
    )
