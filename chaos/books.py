"""What the books say of each payment after a run. Whether they are sound as a whole is the auditor's matter."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, LiteralString

import psycopg
from psycopg.rows import dict_row

from chaos.verdict import Payment
from domain.payments import FINAL_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, Any]
_PAYMENTS: Final[LiteralString] = """
    SELECT p.*, coalesce(t.steps, '{}') AS steps, h.state = 'held' AS held
    FROM payments p LEFT JOIN holds h USING (payment_id)
    LEFT JOIN (SELECT payment_id, array_agg(step ORDER BY transfer_id) AS steps FROM transfers GROUP BY 1) t
        USING (payment_id)
    WHERE p.tenant_id = %s"""
_MOVED: Final[LiteralString] = """
    SELECT t.payment_id, e.account_id, sum(e.amount_minor)::bigint AS minor
    FROM entries e JOIN transfers t USING (transfer_id) JOIN payments p USING (payment_id)
    WHERE p.tenant_id = %s GROUP BY 1, 2"""


class Books:
    """Reads everything of one tenant."""

    def __init__(self, owner_url: str, tenant: str) -> None:
        self._url = owner_url
        self._tenant = tenant

    def unsettled(self) -> list[tuple[str, str]]:
        """Payments that have not ended, with their states."""
        rows = self._rows("SELECT payment_id, state FROM payments WHERE tenant_id = %s", self._tenant)
        return [(row["payment_id"], row["state"]) for row in rows if row["state"] not in FINAL_STATES]

    def payments(self, ends: Mapping[str, list[str]]) -> dict[str, tuple[str, Payment]]:
        """By id, with whose it is. `ends`: the final states that events told of each."""
        moved: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self._rows(_MOVED, self._tenant):
            moved[row["payment_id"]][row["account_id"]] = row["minor"]
        return {
            row["payment_id"]: (row["user_id"], _payment(row, moved[row["payment_id"]], ends))
            for row in self._rows(_PAYMENTS, self._tenant)
        }

    def unpublished(self) -> int:
        """How many events nobody has been told of yet."""
        return self._rows("SELECT count(*) FROM outbox WHERE seq IS NULL")[0]["count"]

    def _rows(self, query: LiteralString, *values: object) -> list[Row]:
        with psycopg.Connection[Row].connect(self._url, connect_timeout=5, row_factory=dict_row) as owner:
            return owner.execute(query, values).fetchall()


def _payment(row: Row, moved: dict[str, int], ends: Mapping[str, Iterable[str]]) -> Payment:
    return Payment(
        payment_id=row["payment_id"],
        state=row["state"],
        error_code=row["error_code"],
        amount_minor=row["amount_minor"],
        payer_account=row["payer_account"],
        payee_account=row["payee_account"],
        version=row["version"],
        steps=tuple(row["steps"]),
        moved=moved,
        ends=tuple(ends.get(row["payment_id"], ())),
        held=bool(row["held"]),
    )
