"""`python -m runtime.migrate`: bring the database to the newest form. Harmless to repeat, safe to run twice at once."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from runtime.settings import settings

MIGRATIONS: Final = Path(__file__).parents[1] / "ops" / "migrations"
_LOCK: Final = 0x636F756E
_OWNER: Final = "countersign_owner"
_APP: Final = "countersign_app"
_ROLES: Final = {_OWNER: b"NOLOGIN", _APP: b"LOGIN"}


def migrate(url: str, app_url: str = "") -> None:
    """Make database, roles, tables and rights under `url`, whose user may create databases and roles.

    The application's role gets the password that `app_url` carries, if it carries one.
    """
    _ensure_database(url)
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        for role, kind in _ROLES.items():
            _ensure_role(connection, role, kind)
        _set_password(connection, app_url)
        connection.execute(b"GRANT CREATE, USAGE ON SCHEMA public TO countersign_owner")
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url, connect_timeout=5), poolclass=NullPool
    )
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        connection.execute(text(f"SET LOCAL ROLE {_OWNER}"))
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _ensure_database(url: str) -> None:
    name = str(conninfo_to_dict(url)["dbname"])
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True, connect_timeout=5) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                return  # another run made it just now


def _ensure_role(connection: psycopg.Connection, role: str, kind: bytes) -> None:
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        try:
            connection.execute(b"CREATE ROLE " + role.encode() + b" " + kind)
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            return
    connection.execute(b"GRANT " + role.encode() + b" TO CURRENT_USER")


def _set_password(connection: psycopg.Connection, app_url: str) -> None:
    given = conninfo_to_dict(app_url) if app_url else {}
    if given.get("user") == _APP and given.get("password"):
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(_APP), sql.Literal(given["password"]))
        )


if __name__ == "__main__":
    migrate(settings().migrations_url, settings().database_url)
