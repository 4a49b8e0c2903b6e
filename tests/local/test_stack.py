import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from runtime.keys import ensure_secret
from runtime.local import control, sweep
from runtime.local.layout import Layout
from runtime.local.site import read_env
from runtime.local.stack import Stack, StackError

pytestmark = pytest.mark.servers

INFRA = ["postgres", "redis", "temporal", "sms_sink"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack"), INFRA) as running:
        yield running


def until(true: Callable[[], object]) -> None:
    """Look until it is so; the test's own time-out ends a look in vain."""
    while not true():
        time.sleep(0.02)


def of_stack(root: Path) -> list[psutil.Process]:
    return sweep.of_stack(root)


def listeners(stack: Stack) -> set[str]:
    processes = [process for process in of_stack(stack.site.layout.root) if process.is_running()]
    connections = [found for process in processes for found in process.net_connections("inet")]
    return {found.laddr.ip for found in connections if found.status == psutil.CONN_LISTEN}


def test_everything_listens_on_loopback_only(stack: Stack) -> None:
    assert listeners(stack) == {"127.0.0.1"}


@pytest.mark.parametrize("name", INFRA)
def test_a_killed_server_comes_back_by_itself(stack: Stack, name: str) -> None:
    before = stack.pid(name)
    stack.kill(name)
    until(lambda: stack.pid(name) not in (0, before))
    stack.wait(name)
    assert stack.pid(name) not in (0, before)


def test_what_serves_may_be_asked_for_again(stack: Stack) -> None:
    stack.start(["postgres", "migrate"])
    pid = stack.pid("postgres")
    stack.start(["postgres", "migrate"])
    assert stack.pid("postgres") == pid


def test_what_was_committed_outlives_a_kill(stack: Stack) -> None:
    url = stack.env["COUNTERSIGN_MIGRATIONS_URL"].replace("/countersign", "/postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table if not exists kept (id int)")
        connection.execute("insert into kept values (1)")
    before = stack.pid("postgres")
    stack.kill("postgres")
    until(lambda: stack.pid("postgres") not in (0, before))
    stack.wait("postgres")
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) > 0 from kept").fetchone() == (True,)


def test_a_password_is_wanted(stack: Stack) -> None:
    url = stack.env["COUNTERSIGN_MIGRATIONS_URL"].replace("/countersign", "/postgres")
    wrong = url.replace(ensure_secret(stack.site.layout.keys / "postgres_owner"), "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_without_supervision_the_dead_stay_dead_until_restarted(tmp_path: Path) -> None:
    with Stack(tmp_path, ["redis"], supervise=False) as stack:
        before = stack.pid("redis")
        stack.kill("redis")
        until(lambda: stack.pid("redis") == 0)
        stack.restart("redis")
        assert stack.pid("redis") not in (0, before)


def test_stop_leaves_no_process(tmp_path: Path) -> None:
    with Stack(tmp_path, ["postgres", "redis"]):
        assert len(of_stack(tmp_path)) > 2
    assert of_stack(tmp_path) == []


def test_a_service_that_cannot_start_is_named_with_what_it_said(tmp_path: Path) -> None:
    given = {"COUNTERSIGN_REDIS_URL": "redis://127.0.0.1:1/0"}
    stack = Stack(tmp_path, ["postgres"], given=given)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18")
    try:
        with pytest.raises(StackError, match="postgres: ended with"):
            stack.start()
    finally:
        stack.stop()


def countersign(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli.main", *arguments],
        env=environment | {"COUNTERSIGN_STATE_DIR": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    countersign(tmp_path, "down")


def supervisor(root: Path) -> psutil.Process:
    return psutil.Process(int(Layout(root).lock.read_text()))


def test_up_twice_is_up_once(state: Path) -> None:
    assert countersign(state, "up", "--only", "redis").returncode == 0
    first, ports = supervisor(state), read_env(state / "env")
    again = countersign(state, "up", "--only", "redis", "--only", "sms_sink")
    assert again.returncode == 0, again.stderr
    assert "Countersign is up" in again.stdout
    told = dict(row.split()[1:3] for row in again.stderr.splitlines() if len(row.split()) > 2)
    assert told["redis"] == "already"
    assert told["sms_sink"] != "already"
    assert supervisor(state) == first
    assert read_env(state / "env") == ports
    assert countersign(state, "down").stdout == "Stopped.\n"
    assert of_stack(state) == []
    assert countersign(state, "down").stdout == "Nothing was running.\n"
    idle = countersign(state, "status")
    assert (idle.returncode, idle.stdout) == (1, "Nothing is running here. Start it with: make up\n")


def test_a_killed_service_is_started_again_by_the_supervisor(state: Path) -> None:
    countersign(state, "up", "--only", "redis")
    killed = control.kill(Layout(state), "redis")
    assert control.wait_ready(Layout(state), "redis", but_not=killed) != killed
    status = json.loads(countersign(state, "status", "--json").stdout)
    assert status["services"]["redis"]["healthy"]
    assert status["services"]["postgres"] == {"url": "", "pid": 0, "version": "", "healthy": False}
    assert set(status["logins"]["maya"]) == {"password", "role"}


def test_nothing_survives_the_supervisor(state: Path) -> None:
    countersign(state, "up", "--only", "postgres", "--only", "redis")
    supervisor(state).kill()
    until(lambda: of_stack(state) == [])
    assert countersign(state, "up", "--only", "postgres").returncode == 0


def test_an_unknown_service_is_refused_by_name(state: Path) -> None:
    refused = countersign(state, "up", "--only", "oracle")
    assert refused.returncode == 2
    assert "oracle" in refused.stderr
