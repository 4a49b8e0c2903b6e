"""A trigger's refusal of a payment, in the bank's own words (0010_mandates.sql, 0025_reversals.sql)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

from domain.errors import by_code

if TYPE_CHECKING:
    from collections.abc import Generator

_REFUSED: Final = "CSM01"


@contextmanager
def refused_by_triggers() -> Generator[None]:
    """Raises the error whose code is the refusal's message."""
    try:
        yield
    except psycopg.Error as error:
        if error.sqlstate != _REFUSED:
            raise
        raise by_code(error.diag.message_primary or "") from error
