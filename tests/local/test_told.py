"""Which process is told of which secret."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import pytest
import yaml

from runtime.keys import POSTGRES_PASSWORDS
from runtime.local.catalogue import catalogue
from runtime.local.layout import PROJECT
from runtime.local.site import load_site, make_site, read_env
from runtime.local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.local.site import Site

TOLD = {
    "temporal_worker": {"postgres_worker", "service.pem", "jwks.json", "payload.json", "codes.json", "livekit.yaml"}
    | {"sms_auth", "smtp_auth", "rail_auth"},
    "api": {"postgres_api", "access.pem", "proof.pem", "jwks.json", "payload.json", "codes.json", "livekit.yaml"}
    | {"sms_auth", "rail_webhook"},
    "mcp": {"postgres_mcp", "jwks.json", "payload.json", "rounds.json"},
    "voice_worker": {"service.pem", "jwks.json", "payload.json", "livekit.yaml"},
    "sms_sink": {"sms_auth", "smtp_auth"},
    "rail": {"postgres_rail", "rail_auth", "rail_statement", "rail_webhook", "rail_admin"},
    "migrate": {"postgres_owner"},
    "demo_data": {"postgres_owner", "demo_password"},
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path, usual_ports=False)
    yield made
    made.claims.release()


def known_to(site: Site, settings: dict[str, str]) -> set[str]:
    """The files below keys/ that these settings name, or whose content they hold."""
    said = "\n".join(settings.values())
    return {file.name for file in site.layout.keys.iterdir() if str(file) in said or file.read_text() in said}


@pytest.mark.parametrize("process", [*catalogue()])
def test_a_process_is_told_of_no_key_but_its_own(site: Site, process: str) -> None:
    assert known_to(site, site.settings_of(process)) == TOLD.get(process, set())
    if process != "migrate":
        assert "COUNTERSIGN_ROLE_PASSWORDS_DIR" not in site.settings_of(process)


def test_the_command_line_is_told_where_things_are_and_the_demo_password(site: Site) -> None:
    env = read_env(site.layout.env)
    assert known_to(site, env) == {"demo_password"}
    assert {"COUNTERSIGN_API_URL", "COUNTERSIGN_TEMPORAL_UI_URL", "COUNTERSIGN_STATE_DIR"} <= env.keys()
    assert not {name for name in env if name.endswith(("_FILE", "DATABASE_URL", "MIGRATIONS_URL"))}


def test_each_role_has_a_password_of_its_own_for_its_owner_alone(site: Site) -> None:
    files = [site.layout.keys / name for name in POSTGRES_PASSWORDS]
    assert len({file.read_text() for file in files}) == len(files) == 7
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_roles_sign_in_to_the_server_that_was_given(tmp_path: Path) -> None:
    owner = "postgresql://admin:pw@db.example:6432/bank?sslmode=verify-full"
    site = make_site(tmp_path, {"COUNTERSIGN_MIGRATIONS_URL": owner}, usual_ports=False)
    site.claims.release()
    for process, role in (("temporal_worker", "worker"), ("api", "api"), ("mcp", "mcp")):
        url = urlsplit(load_site(site.layout).settings_of(process)["COUNTERSIGN_DATABASE_URL"])
        assert (url.username, url.password) == (f"countersign_{role}", site.secret(f"postgres_{role}"))
        assert (url.hostname, url.port, url.path, url.query) == ("db.example", 6432, "/bank", "sslmode=verify-full")
        assert "pw" not in site.settings_of(process).get("COUNTERSIGN_MIGRATIONS_URL", "")


@pytest.mark.servers
def test_that_is_what_a_running_process_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_PROOF_KEY_FILE", "/elsewhere/proof.pem")
    with Stack(tmp_path, ["postgres", "redis", "sms_sink"]) as stack:
        for name in ("postgres", "redis", "sms_sink"):
            environment = psutil.Process(stack.pid(name)).environ()
            assert known_to(stack.site, environment) == TOLD.get(name, set())
            assert "COUNTERSIGN_PROOF_KEY_FILE" not in environment


def test_compose_hands_out_the_same(site: Site) -> None:
    compose = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    files = {name: Path(source["file"]).name for name, source in compose["secrets"].items()}
    handed = {
        name: {files[each] for each in service.get("secrets", ())} for name, service in compose["services"].items()
    }
    for process in TOLD.keys() - {"migrate", "demo_data"}:
        assert handed[process.replace("_", "-")] == TOLD[process]
    roles = {"postgres_worker", "postgres_api", "postgres_mcp", "postgres_audit", "postgres_rail"}
    assert handed["migrate"] == TOLD["migrate"] | TOLD["demo_data"] | roles
    assert all((site.layout.keys / file).exists() for file in files.values())
