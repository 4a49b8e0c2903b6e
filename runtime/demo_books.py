"""What the database itself says of a payment, read for a story of `countersign demo`; and money for another telling."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row

if TYPE_CHECKING:
    from collections.abc import Generator

Row = dict[str, Any]


class DemoBooks:
    """Reads with the owner's rights: only beside a local set of servers. Amounts in minor units."""

    def __init__(self, owner_url: str) -> None:
        self._url = owner_url

    def payment(self, payment_id: str) -> Row:
        """The payment as it stands."""
        return self._rows("SELECT * FROM payments WHERE payment_id = %s", payment_id)[0]

    def payments_of(self, session_id: str) -> list[str]:
        """Ids of the payments that were begun in this conversation."""
        found = self._rows("SELECT payment_id FROM payments WHERE session_id = %s ORDER BY created_at", session_id)
        return [row["payment_id"] for row in found]

    def account(self, account_id: str) -> Row:
        """`balance_minor`, `held_minor` and `available_minor`, which an overdraft is no part of."""
        return self._rows(
            """SELECT balance_minor, held_minor, balance_minor - held_minor AS available_minor
               FROM accounts WHERE account_id = %s""",
            account_id,
        )[0]

    def steps(self, payment_id: str) -> list[Row]:
        """The ledger's steps in order: `step`, `version`, `amount_minor`."""
        return self._rows(
            "SELECT step, version, amount_minor FROM transfers WHERE payment_id = %s ORDER BY transfer_id", payment_id
        )

    def entries(self, payment_id: str) -> list[Row]:
        """What moved: `account_id`, `amount_minor`; money out is negative and comes first."""
        return self._rows(
            """SELECT e.account_id, e.amount_minor FROM entries e JOIN transfers t USING (transfer_id)
               WHERE t.payment_id = %s ORDER BY e.amount_minor""",
            payment_id,
        )

    def questions(self, payment_id: str) -> list[Row]:
        """Every question, of every version: `type`, `version`, `transaction_hash`, `state`, `error_code`."""
        return self._rows(
            """SELECT type, (request ->> 'version')::integer AS version, request ->> 'transaction_hash'
                   AS transaction_hash, state, error_code
               FROM elicitations WHERE payment_id = %s ORDER BY created_at, elicitation_id""",
            payment_id,
        )

    def approvals(self, payment_id: str) -> list[Row]:
        """Every approval that was asked for: `version`, `transaction_hash`, `state`, `decided_by`."""
        return self._rows(
            """SELECT version, transaction_hash, state, decided_by FROM approvals
               WHERE payment_id = %s ORDER BY version, round""",
            payment_id,
        )

    def audit(self, payment_id: str) -> list[Row]:
        """The audit of the payment, its questions and approvals: `at`, `actor`, `action`, `type`, `version`, `detail`.

        `type`: of the question, empty for the payment's own rows. `version` is empty where the row names none.
        """
        return self._rows(
            """SELECT a.at, a.actor, a.action, a.detail, coalesce(e.type, '') AS type,
                   coalesce(a.detail ->> 'version', e.request ->> 'version', '')::text AS version
               FROM audit a LEFT JOIN elicitations e ON e.elicitation_id = a.subject_id
               WHERE a.subject_id = %s OR e.payment_id = %s ORDER BY a.audit_id""",
            payment_id,
            payment_id,
        )

    def top_up(self, account_id: str, at_least_minor: int, to_minor: int) -> int:
        """Where less than `at_least_minor` is available, fill up to `to_minor`; how much that was."""
        available = self.account(account_id)["available_minor"]
        if available >= at_least_minor:
            return 0
        with self._connection() as connection:
            connection.execute("SET LOCAL ROLE countersign_owner")
            connection.execute(
                "SELECT book(%s, 'bank_equity', %s, %s, 'For another demo', now())",
                [f"demo-{uuid4()}", account_id, to_minor - available],
            )
        return to_minor - available

    def _rows(self, statement: LiteralString, *values: object) -> list[Row]:
        with self._connection() as connection:
            return connection.execute(statement, values).fetchall()

    @contextmanager
    def _connection(self) -> Generator[psycopg.Connection[Row]]:
        with psycopg.Connection[Row].connect(self._url, connect_timeout=5, row_factory=dict_row) as connection:
            yield connection
