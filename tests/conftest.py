"""Real servers for the tests: one set a session, started when first asked for; a database of its own for each test."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from adapters.postgres.pool import Pool, open_pool
from runtime.local.stack import Stack
from runtime.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@dataclass(frozen=True)
class Database:
    """One test's database, as its owner and as the application see it."""

    owner_url: str
    app_url: str


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    servers = Stack(tmp_path_factory.mktemp("servers"))
    yield servers
    servers.stop()


@pytest.fixture(scope="session")
def redis_url(stack: Stack) -> str:
    stack.start(["redis"])
    return stack.env["COUNTERSIGN_REDIS_URL"]


@pytest.fixture(scope="session")
def template(stack: Stack) -> Database:
    """A migrated, empty database that tests get copies of."""
    stack.start(["postgres"])
    owner, app = stack.env["COUNTERSIGN_MIGRATIONS_URL"], stack.env["COUNTERSIGN_DATABASE_URL"]
    url = make_conninfo(owner, dbname="template_countersign")
    migrate(url, app)
    return Database(url, make_conninfo(app, dbname="template_countersign"))


@pytest.fixture
def database(template: Database) -> Iterator[Database]:
    name = f"test_{secrets.token_hex(6)}"
    admin = make_conninfo(template.owner_url, dbname="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_countersign".encode())
    yield Database(make_conninfo(template.owner_url, dbname=name), make_conninfo(template.app_url, dbname=name))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def owner(database: Database) -> Iterator[psycopg.Connection]:
    """The database as its superuser, for setting scenes and for looking behind the application's back."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    opened = await open_pool(database.app_url, 1, 10)
    yield opened
    await opened.close()
