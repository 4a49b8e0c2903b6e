"""Whose word counts for where a request comes from: `python -m api` as it is started, on a real socket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

from runtime.demo_data import load
from tests.api.conftest import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.settings import Settings
    from tests.conftest import Database

pytestmark = pytest.mark.servers


@pytest.fixture(params=["", "127.0.0.1"])
def started(request: pytest.FixtureRequest, chosen: Settings) -> Iterator[tuple[str, str]]:
    """Its address, and whom it trusts."""
    load(chosen)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    plain = {name: str(value) for name, value in chosen.model_dump().items() if value}
    told = plain | {"api_port": str(port), "trusted_proxies": request.param}
    environment = os.environ | {f"COUNTERSIGN_{name.upper()}": value for name, value in told.items()}
    root = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-m", "api"], cwd=root, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        yield url, request.param
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            httpx.get(f"{url}/.well-known/jwks.json")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the api did not start")


def test_only_a_trusted_proxys_word_counts(started: tuple[str, str], migrated: Database) -> None:
    url, trusted = started
    given = {"username": "maya", "password": PASSWORD}
    assert httpx.post(f"{url}/api/login", json=given, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 200
    with psycopg.connect(migrated.owner_url) as owner:
        statement = (
            "SELECT detail ->> 'address' FROM audit WHERE action = 'sign_in.begun' ORDER BY audit_id DESC LIMIT 1"
        )
        (seen,) = owner.execute(statement).fetchone()
    assert seen == ("203.0.113.9" if trusted else "127.0.0.1")
