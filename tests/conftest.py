"""Real servers for the tests: one set a session, started when first asked for; an empty database for each test."""

from __future__ import annotations

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


# `replica`: the guards refuse to forget
EMPTY = b"""
    SET LOCAL session_replication_role = replica;
    DELETE FROM outbox; DELETE FROM audit; DELETE FROM answers; DELETE FROM notifications; DELETE FROM elicitations;
    DELETE FROM entries; DELETE FROM transfers; DELETE FROM holds; DELETE FROM payments; DELETE FROM sessions;
    DELETE FROM payees; DELETE FROM accounts; DELETE FROM users;
"""


@dataclass(frozen=True)
class Database:
    """The tests' database, as its owner and as the application see it."""

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
def migrated(stack: Stack) -> Database:
    stack.start(["postgres"])
    owner, app = stack.env["COUNTERSIGN_MIGRATIONS_URL"], stack.env["COUNTERSIGN_DATABASE_URL"]
    url = make_conninfo(owner, dbname="countersign_test")
    migrate(url, app)
    return Database(url, make_conninfo(app, dbname="countersign_test"))


@pytest.fixture
def database(migrated: Database) -> Database:
    """A migrated database with nothing in it."""
    with psycopg.connect(migrated.owner_url) as connection:
        connection.execute(EMPTY)
    return migrated


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
