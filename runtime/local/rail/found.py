"""The rail's own role and database, on the set's server: nothing of the bank's can be read by it, nor the reverse."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from runtime.local.told import password_file

ROLE: Final = "countersign_rail"
PASSWORD_FILE: Final = password_file(ROLE)
_ALREADY: Final = (psycopg.errors.DuplicateObject, psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation)


def rail_database(bank_url: str) -> str:
    """The name of the rail's database beside that of the bank."""
    return f"{conninfo_to_dict(bank_url)['dbname']}_rail"


def found_rail(owner_url: str, password: str) -> None:
    """Make role and database where they are missing. Harmless to repeat; `owner_url` may create both."""
    role, name = sql.Identifier(ROLE), sql.Identifier(rail_database(owner_url))
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=5) as connection:
        with suppress(*_ALREADY):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        connection.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [rail_database(owner_url)]).fetchone()
        if known is None:
            with suppress(*_ALREADY):
                connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, role))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
