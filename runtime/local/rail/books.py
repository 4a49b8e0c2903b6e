"""What the rail has taken on, at rest: it survives its own kill at any moment."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from runtime.local.rail.modes import Behaviour, Mode, whom

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

Row = dict[str, Any]
_SCHEMA: Final = Path(__file__).with_name("schema.sql")
_MOST_TRIES: Final = 60
_LONGEST_S: Final = 30.0


class UnlikeError(Exception):
    """One key, two payments."""


class Books:
    """Every method is one transaction. Raises psycopg.Error where the database is away."""

    def __init__(self, pool: ConnectionPool[Connection[Row]]) -> None:
        self._pool = pool

    def prepare(self) -> None:
        """Make the tables."""
        with self._pool.connection() as database:
            database.execute("SELECT pg_advisory_xact_lock(1)")
            database.execute(_SCHEMA.read_bytes())

    def behave(self, name: str, how: Behaviour) -> None:
        """From now on, towards this payee: a name or an account."""
        with self._pool.connection() as database:
            database.execute(
                """INSERT INTO behaviours (whom, mode, after_s) VALUES (%s, %s, %s)
                   ON CONFLICT (whom) DO UPDATE SET mode = excluded.mode, after_s = excluded.after_s""",
                [whom(name), how.mode.value, how.after_s],
            )

    def behaviours(self) -> list[Row]:
        """All that were set."""
        with self._pool.connection() as database:
            return database.execute("SELECT whom, mode, after_s FROM behaviours ORDER BY whom").fetchall()

    def asked(self, key: str, creditor: dict[str, str]) -> Behaviour:
        """Remember whose payment a key is of; how to behave towards them."""
        with self._pool.connection() as database:
            database.execute(
                "INSERT INTO asked (key, account, name) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [key, whom(creditor["account"]), whom(creditor["name"])],
            )
        return self.behaviour_of(key)

    def behaviour_of(self, key: str) -> Behaviour:
        """As was set for the payee's account, else for their name."""
        with self._pool.connection() as database:
            row = database.execute(
                """SELECT b.mode, b.after_s FROM asked a JOIN behaviours b ON b.whom IN (a.account, a.name)
                   WHERE a.key = %s ORDER BY b.whom = a.account DESC LIMIT 1""",
                [key],
            ).fetchone()
        return Behaviour(Mode(row["mode"]), row["after_s"]) if row else Behaviour()

    def take(self, key: str, wanted: dict[str, Any], how: Behaviour) -> Row:
        """Take a payment on, once; a repeat gets what became of the first. Raises UnlikeError."""
        digest = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
        status, later = _course(how)
        with self._pool.connection() as database:
            database.execute(
                """INSERT INTO payments (key, digest, asked_minor, amount_minor, currency, creditor, debtor, status,
                       rail_ref, reason, next_status, next_at, loud)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now() + make_interval(secs => %s), %s)
                   ON CONFLICT (key) DO NOTHING""",
                [
                    *(key, digest, wanted["amount_minor"]),
                    wanted["amount_minor"] + (how.mode is Mode.WRONG_AMOUNT),
                    *(wanted["currency"], Jsonb(wanted["creditor"]), Jsonb(wanted["debtor"])),
                    *(status, f"R{uuid4().hex[:16]}", "account_blocked" if status == "refused" else "", later),
                    how.after_s if later else None,
                    2 if how.mode is Mode.TWICE else 1,
                ],
            )
            row = _of(database, key)
        if row is None or (row["digest"] != digest and row["status"] != "barred"):
            raise UnlikeError
        return row

    def find(self, key: str) -> Row | None:
        """What became of it."""
        self.settle_due()
        with self._pool.connection() as database:
            return _of(database, key)

    def bar(self, key: str) -> Row:
        """Take nothing under this key any more, unless it was taken."""
        with self._pool.connection() as database:
            database.execute(
                """INSERT INTO payments (key, digest, asked_minor, amount_minor, currency, creditor, debtor, status,
                       rail_ref) VALUES (%s, '', 0, 0, '', '{}', '{}', 'barred', '') ON CONFLICT (key) DO NOTHING""",
                [key],
            )
        found = self.find(key)
        if found is None:
            raise AssertionError
        return found

    def statement(self, after: int, limit: int) -> list[Row]:
        """By `seq`, the oldest first."""
        with self._pool.connection() as database:
            return database.execute(
                "SELECT * FROM payments WHERE seq > %s ORDER BY seq LIMIT %s", [after, limit]
            ).fetchall()

    def alter(self, key: str, *, status: str = "", mend: bool = False) -> bool:
        """Send a settled payment back, or `mend` its amount; whether there was one to alter.

        `key`: may also be the bank's id of the payment, which is a key without its version.
        """
        with self._pool.connection() as database:
            if mend:
                found = database.execute(
                    "UPDATE payments SET amount_minor = asked_minor"
                    " WHERE %s IN (key, regexp_replace(key, '-[0-9]+$', ''))",
                    [key],
                )
            else:
                found = database.execute(
                    "UPDATE payments SET next_status = %s, next_at = now(), loud = greatest(loud, 1)"
                    " WHERE %s IN (key, regexp_replace(key, '-[0-9]+$', '')) AND status = 'settled'",
                    [status, key],
                )
            return found.rowcount > 0

    def settle_due(self) -> None:
        """Do what was put off and is due, and write down who is to be told, in one transaction."""
        with self._pool.connection() as database:
            rows = database.execute(
                """UPDATE payments SET status = next_status, next_status = NULL, next_at = NULL
                   WHERE key IN (SELECT key FROM payments WHERE next_at <= now() FOR UPDATE SKIP LOCKED) RETURNING *"""
            ).fetchall()
            for row in rows:
                for _ in range(row["loud"]):
                    _tell(database, row, copies=row["loud"])

    def due_events(self) -> list[Row]:
        """Those to send now."""
        with self._pool.connection() as database:
            return database.execute(
                "SELECT event_id, body FROM events WHERE copies > 0 AND due_at <= now() ORDER BY due_at LIMIT 50"
            ).fetchall()

    def sent(self, event_id: str, *, taken: bool) -> None:
        """A copy was taken, or the next try is put off."""
        with self._pool.connection() as database:
            database.execute(
                """UPDATE events SET copies = CASE WHEN %s OR tries >= %s THEN copies - 1 ELSE copies END,
                       tries = tries + 1, due_at = now() + make_interval(secs => CASE WHEN %s THEN 0
                           ELSE least(0.5 * 2 ^ least(tries, 10), %s) END)
                   WHERE event_id = %s""",
                [taken, _MOST_TRIES, taken, _LONGEST_S, event_id],
            )


def _course(how: Behaviour) -> tuple[str, str | None]:
    """The status at once, and the one that follows."""
    match how.mode:
        case Mode.REFUSE:
            return "refused", None
        case Mode.LATE:
            return "pending", "settled"
        case Mode.TWICE:
            return "settled", "settled"
        case Mode.RETURNED:
            return "settled", "returned"
        case _:
            return "settled", None


def _of(database: Connection[Row], key: str) -> Row | None:
    return database.execute("SELECT * FROM payments WHERE key = %s", [key]).fetchone()


def _tell(database: Connection[Row], row: Row, copies: int) -> None:
    event_id = f"evt_{uuid4().hex}"
    body = {"id": event_id, "type": f"payment.{row['status']}", "created_at": datetime.now(UTC).isoformat()}
    database.execute(
        "INSERT INTO events (event_id, body, copies) VALUES (%s, %s, %s)",
        [event_id, json.dumps(body | {"payment": shown(row)}), copies],
    )


def shown(row: Row) -> dict[str, Any]:
    """A payment as the rail describes it."""
    names = ("seq", "key", "status", "rail_ref", "amount_minor", "currency", "creditor", "reason")
    return {name: row[name] for name in names}


ROWS: Final = dict_row
