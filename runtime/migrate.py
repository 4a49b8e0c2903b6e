"""`python -m runtime.migrate`: bring the database to the newest form. Harmless to repeat, safe to run twice at once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from runtime.local.rail.found import PASSWORD_FILE, found_rail
from runtime.local.told import password_file
from runtime.settings import settings

MIGRATIONS: Final = Path(__file__).parents[1] / "ops" / "migrations"
_LOCK: Final = 0x636F756E
_OWNER: Final = "countersign_owner"
LOGINS: Final = ("countersign_worker", "countersign_api", "countersign_mcp", "countersign_audit")
_RETIRED: Final = "countersign_app"  # the first migrations name it


def migrate(url: str, passwords: Mapping[str, str] | None = None) -> None:
    """Make database, roles, tables and rights under `url`, whose user may create databases and roles.

    `passwords` are set, by role; a role that has none there keeps what it has.
    """
    _ensure_database(url)
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        connection.execute(b"SELECT pg_advisory_lock(%s)", [_LOCK])
        for role in (_OWNER, _RETIRED, *LOGINS):
            _ensure_role(connection, role)
        for role in LOGINS:
            _let_in(connection, role, (passwords or {}).get(role))
        connection.execute(b"ALTER ROLE countersign_app NOLOGIN PASSWORD NULL")
        connection.execute(b"GRANT CREATE, USAGE ON SCHEMA public TO countersign_owner")
        connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(_name(url)))
        if _revision(connection) == newest_revision():
            return
    _upgrade(url)


def newest_revision() -> str:
    """What the newest migration brings the database to: a migration's file name begins with its revision."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(connection: psycopg.Connection) -> str:
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        return ""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def _upgrade(url: str) -> None:
    # half of the time of a start that finds nothing to do
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy import create_engine, text  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

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


def _ensure_role(connection: psycopg.Connection, role: str) -> None:
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):  # another run made it just now
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    if role == _OWNER:
        connection.execute(b"GRANT countersign_owner TO CURRENT_USER")


def _let_in(connection: psycopg.Connection, role: str, password: str | None) -> None:
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(role)))
    if password:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))


def _name(url: str) -> sql.Identifier:
    return sql.Identifier(str(conninfo_to_dict(url)["dbname"]))


def passwords_in(folder: Path) -> dict[str, str]:
    """The roles' passwords, as far as their files are there."""
    files = {role: folder / password_file(role) for role in LOGINS}
    return {role: file.read_text().strip() for role, file in files.items() if file.exists()}


def main() -> None:
    """The database that the settings name; beside it the local rail's, where that has been given a password."""
    url, folder = settings().migrations_url, settings().role_passwords_dir
    migrate(url, passwords_in(folder))
    if (password := folder / PASSWORD_FILE).exists():
        found_rail(url, password.read_text().strip())


if __name__ == "__main__":
    main()
