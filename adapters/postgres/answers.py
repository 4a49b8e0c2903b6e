"""The outcome of every answer to an elicitation, never the factor in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.crash_points import Step, around

if TYPE_CHECKING:
    from activities.ports import ElicitationRow
    from adapters.postgres.pool import Pool


class PgAnswers:
    """Implements `adapters.answer_desk.Attempts`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def outcome_of(self, elicitation_id: str, response_id: str) -> str | None:
        """The outcome first recorded for this response; None if it is new."""
        row = await self._pool.row(
            "SELECT outcome FROM answers WHERE elicitation_id = %s AND response_id = %s", elicitation_id, response_id
        )
        return None if row is None else str(row["outcome"])

    @around(Step.ANSWER_NOTE)
    async def record(self, row: ElicitationRow, response_id: str, outcome: str) -> None:
        """Keep an outcome and its line in the audit; the first one stays."""
        await self._pool.run(
            "SELECT record_answer(%s, %s, %s, %s)", row.request.elicitation_id, response_id, row.user_id, outcome
        )
