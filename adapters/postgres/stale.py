"""The database's word for a question on a version that is none any more (0009_versions.sql)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

from domain.errors import StaleVersionError

if TYPE_CHECKING:
    from collections.abc import Generator

_STALE: Final = "CS409"


@contextmanager
def stale_versions() -> Generator[None]:
    """Raises StaleVersionError for it."""
    try:
        yield
    except psycopg.Error as error:
        if error.sqlstate != _STALE:
            raise
        raise StaleVersionError from error
