"""What waits for whom, as a push message would tell it: one look for all, instead of everybody asking all the time."""

from __future__ import annotations

import threading
import time
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from domain.payments import FINAL_STATES

_LOOK_S: Final = 0.1
_PAYMENTS: Final = """
    SELECT coalesce(paid.user_id, p.user_id) AS user_id, p.payment_id, p.state, p.reverses
    FROM payments p LEFT JOIN payments paid ON paid.payment_id = p.reverses
    WHERE coalesce(paid.user_id, p.user_id) LIKE 'user_c%' ORDER BY p.created_at
"""
_QUESTIONS: Final = """
    SELECT coalesce(paid.user_id, e.user_id) AS user_id, elicitation_id, e.payment_id, type,
           (request->>'version')::int AS version
    FROM elicitations e LEFT JOIN payments p USING (payment_id) LEFT JOIN payments paid ON paid.payment_id = p.reverses
    WHERE e.closed_at IS NULL AND coalesce(paid.user_id, e.user_id) LIKE 'user_c%' ORDER BY e.created_at
"""

Row = dict[str, Any]


class Board:
    """Looks at the books until it is stopped."""

    def __init__(self, books: str) -> None:
        self._books = psycopg.connect(books, autocommit=True, row_factory=dict_row)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="board")
        self._payments: list[Row] = []
        self._questions: list[Row] = []
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._books.close()

    def payments(self, user_id: str) -> list[Row]:
        """Oldest first; what supervisors let go back is that customer's from whom it came."""
        return [row for row in self._payments if row["user_id"] == user_id]

    def question(self, user_id: str) -> Row | None:
        """The oldest that is open."""
        return next((row for row in self._questions if row["user_id"] == user_id), None)

    def ended(self, user_id: str) -> bool:
        """All that this customer began has come to its end, and there is something."""
        states = [row["state"] for row in self.payments(user_id)]
        return bool(states) and all(state in FINAL_STATES for state in states)

    def _watch(self) -> None:
        while not self._over.is_set():
            self._payments = self._books.execute(_PAYMENTS).fetchall()
            self._questions = self._books.execute(_QUESTIONS).fetchall()
            time.sleep(_LOOK_S)
