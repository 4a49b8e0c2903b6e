"""Elicitations at rest. Each change is one SQL function that writes its event along (ops/migrations/sql)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from psycopg.types.json import Jsonb

from activities.ports import Delivered, ElicitationRow
from adapters.crash_points import Step, around
from adapters.postgres.stale import stale_versions
from domain.elicitation import (
    ElicitationRequest,
    ElicitationState,
    ElicitationStatus,
    ElicitationType,
    is_final,
)
from domain.errors import ElicitationNotFoundError, ResendTooSoonError, by_code
from domain.forms import FormField, Option
from domain.schemas import OTP_TRIES

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row
    from domain.forms import Value

RESEND_MIN_S: Final = 30.0
RESENDS_MAX: Final = 3


class PgElicitations:
    """Implements `activities.ports.Elicitations`."""

    def __init__(self, pool: Pool, *, resend_min_s: float = RESEND_MIN_S, resends_max: int = RESENDS_MAX) -> None:
        self._pool = pool
        self._resend_min_s = resend_min_s
        self._resends_max = resends_max

    @around(Step.QUESTION_OPEN)
    async def open(self, row: ElicitationRow) -> ElicitationRow:
        """Store it, or return what is already there under its id. Raises StaleVersionError."""
        stored = asdict(row) | {
            "elicitation_id": row.request.elicitation_id,
            "payment_id": row.request.payment_id,
            "type": row.request.elicitation_type,
            "event": row.request.to_json(),
        }
        with stale_versions():
            return _row(await self._pool.row("SELECT * FROM open_elicitation(%s)", Jsonb(stored)))

    async def get(self, elicitation_id: str) -> ElicitationRow:
        """Raises ElicitationNotFoundError."""
        return _row(await self._pool.row("SELECT * FROM elicitations WHERE elicitation_id = %s", elicitation_id))

    async def owner_of(self, elicitation_id: str) -> str:
        """The id of the user who was asked. Raises ElicitationNotFoundError."""
        row = await self._pool.row("SELECT user_id FROM elicitations WHERE elicitation_id = %s", elicitation_id)
        if row is None:
            raise ElicitationNotFoundError
        return str(row["user_id"])

    async def pending_of(self, user_id: str) -> list[ElicitationRow]:
        """Open ones, oldest first."""
        rows = await self._pool.rows(
            """SELECT * FROM elicitations WHERE user_id = %s AND state IN ('created', 'pending', 'processing')
                   AND type <> 'supervisor_approval'
               ORDER BY created_at, elicitation_id""",
            user_id,
        )
        return [_row(row) for row in rows]

    async def following(self, elicitation_id: str) -> tuple[bool, ElicitationRow | None]:
        """Whether what asked it asks its customer more after this one, and that question as soon as it is open."""
        row = await self._pool.row(
            """SELECT asker.countersigns[cardinality(asker.countersigns)] <> e.type AS more,
                   (SELECT n.elicitation_id FROM elicitations n WHERE n.payment_id = e.payment_id
                        AND n.state = 'pending' AND n.type <> 'supervisor_approval') AS next
               FROM elicitations e, LATERAL (
                   SELECT p.countersigns, p.version FROM payments p WHERE p.payment_id = e.payment_id
                       AND p.state NOT IN ('COMPLETED', 'CANCELLED', 'EXPIRED', 'REJECTED', 'FAILED')
                       AND coalesce(e.request ->> 'transaction_type', '')
                           NOT IN ('mandate', 'identity_check', 'standing_order')
                   UNION ALL
                   SELECT m.countersigns, m.version FROM mandates m WHERE m.mandate_id = e.payment_id
                       AND m.state = 'AWAITING_CUSTOMER' AND e.request ->> 'transaction_type' = 'mandate'
                   UNION ALL
                   SELECT t.countersigns, t.version FROM standing_order_terms t WHERE t.order_id = e.payment_id
                       AND t.outcome = '' AND t.version = (e.request ->> 'version')::integer
                       AND e.request ->> 'transaction_type' = 'standing_order') asker
               WHERE e.elicitation_id = %s AND asker.version = (e.request ->> 'version')::integer""",
            elicitation_id,
        )
        if row is None or not row["more"]:
            return False, None
        return True, await self.get(row["next"]) if row["next"] else None

    async def undelivered(self, older_than_s: float) -> list[ElicitationRow]:
        """Answered ones whose answer nobody was told of: the servers died between the two. Oldest first."""
        rows = await self._pool.rows(
            """SELECT e.* FROM elicitations e
               WHERE e.response_id <> '' AND e.type <> 'supervisor_approval'
                 AND e.closed_at < now() - make_interval(secs => %s)
                 AND e.closed_at > now() - interval '1 day'
                 AND NOT EXISTS (SELECT FROM answers a
                                 WHERE a.elicitation_id = e.elicitation_id AND a.response_id = e.response_id)
               ORDER BY e.closed_at LIMIT 50""",
            older_than_s,
        )
        return [_row(row) for row in rows]

    @around(Step.CODE_TRY)
    async def count_try(self, elicitation_id: str) -> int:
        """Tries so far, this one too. Raises TooManyTriesError, ElicitationClosedError, ElicitationNotFoundError."""
        row = await self._pool.row("SELECT code, now_tries FROM count_try(%s, %s)", elicitation_id, OTP_TRIES)
        return int(_checked(row)["now_tries"])

    async def give_back_try(self, elicitation_id: str) -> None:
        """A code that was right, and that nobody was there to take, was no try."""
        await self._pool.run("SELECT give_back_try(%s)", elicitation_id)

    async def next_code(self, elicitation_id: str) -> int:
        """The counter after advancing it; that of before where its code was never delivered.

        Raises ElicitationClosedError, ElicitationNotFoundError, ResendTooSoonError, ResendsUsedUpError.
        """
        row = await self._pool.row(
            "SELECT code, now_counter, wait_s FROM next_code(%s, %s, %s)",
            elicitation_id,
            self._resend_min_s,
            self._resends_max,
        )
        if row is not None and row["code"] == ResendTooSoonError.code:
            raise _too_soon(int(row["wait_s"]))
        return int(_checked(row)["now_counter"])

    @around(Step.CODE_NOTE)
    async def note_delivery(self, elicitation_id: str, counter: int, way: Delivered) -> None:
        """Write down that this code went out, by which way; a repeat changes nothing."""
        await self._pool.row("SELECT note_delivery(%s, %s, %s)", elicitation_id, counter, way)

    @around(Step.QUESTION_CLOSE)
    async def close(
        self, elicitation_id: str, state: ElicitationState, response_id: str = "", error_code: str = ""
    ) -> ElicitationState:
        """Settle it in a final state; the state it is in afterwards. Raises ElicitationNotFoundError."""
        if not is_final(state):
            raise ValueError(f"{state} is not final")
        event = ElicitationStatus(elicitation_id, state, by_code(error_code).spoken if error_code else "", error_code)
        row = await self._pool.row(
            "SELECT close_elicitation(%s, %s, %s, %s, %s) AS state",
            elicitation_id,
            state.value,
            response_id,
            error_code,
            Jsonb(event.to_json()),
        )
        if row is None or row["state"] is None:
            raise ElicitationNotFoundError
        return ElicitationState(row["state"])

    async def keep_form(self, elicitation_id: str, response_id: str, filled: dict[str, Value]) -> None:
        """As the api, before the proof; the first of one response stays."""
        await self._pool.run("SELECT keep_form(%s, %s, %s)", elicitation_id, response_id, Jsonb(filled))

    async def form_of(self, elicitation_id: str, response_id: str) -> dict[str, Value]:
        """As temporal_worker, once the proof is believed."""
        row = await self._pool.row(
            "SELECT filled FROM form_answers WHERE elicitation_id = %s AND response_id = %s",
            elicitation_id,
            response_id,
        )
        return {} if row is None else dict(row["filled"])


def _too_soon(wait_s: int) -> ResendTooSoonError:
    seconds = "one second" if wait_s == 1 else f"{wait_s} seconds"
    spoken = f"I sent you a code only a moment ago. In {seconds} I can send another."
    return ResendTooSoonError(spoken=spoken, retry_after_s=wait_s)


def _checked(row: Row | None) -> Row:
    if row is None or row["code"] != "ok":
        raise by_code("" if row is None else str(row["code"]))
    return row


def _row(row: Row | None) -> ElicitationRow:
    if row is None:
        raise ElicitationNotFoundError
    return ElicitationRow(
        request=request_of(row["request"]),
        user_id=row["user_id"],
        session_id=row["session_id"],
        state=ElicitationState(row["state"]),
        tries=row["tries"],
        secret=row["secret"],
        counter=row["counter"],
        response_id=row["response_id"],
        error_code=row["error_code"],
    )


def request_of(stored: dict[str, Any]) -> ElicitationRequest:
    """A question as its column holds it."""
    request = dict(stored)
    request["elicitation_type"] = ElicitationType(request["elicitation_type"])
    request["fields"] = tuple(_field(each) for each in request.get("fields", []))
    return ElicitationRequest(**request)


def _field(stored: dict[str, Any]) -> FormField:
    members: dict[str, Any] = {**stored, "options": tuple(Option(**each) for each in stored["options"])}
    return FormField(**members)
