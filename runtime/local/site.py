"""One set of servers: its directory, its ports, its secrets, and the settings that follow from them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from runtime.local import ports
from runtime.local.layout import Layout, write_private
from runtime.local.ports import HOST, Claims
from runtime.local.rail.found import PASSWORD_FILE, ROLE, rail_database
from runtime.local.told import DATABASE_ROLES, password_file, trimmed

DATABASE = "countersign"
OWNER = "postgres"
GIVEN = "given.json"
_OURS = re.compile(rf"{re.escape(HOST)}:(\d+)")
_MOST = DATABASE_ROLES["temporal_worker"]
ROOMY = {
    "COUNTERSIGN_RATE_WRITES": "3000/1m",
    "COUNTERSIGN_RATE_TOOLS": "20000/15m",
    "COUNTERSIGN_TOOLS_AT_ONCE": "100",
    "COUNTERSIGN_WORKER_ALONE": "true",
}
"""A local set has two customers, and scripts and benchmarks speak for them faster than people do; and one worker."""


@dataclass(frozen=True, slots=True)
class Site:
    """What every service of one set is told. `given` are addresses of servers that somebody else runs."""

    layout: Layout
    ports: dict[str, int]
    given: dict[str, str] = field(default_factory=dict[str, str])
    claims: Claims = field(default_factory=Claims)
    detours: dict[str, dict[int, int]] = field(default_factory=dict[str, dict[int, int]])
    """By process, ports and those at which it reaches the same servers instead: what lies in between may fail."""

    def secret(self, name: str) -> str:
        """A generated secret, by its file's name below keys/."""
        return (self.layout.keys / name).read_text()

    def url(self, name: str, scheme: str = "http") -> str:
        """The address of a port of ours."""
        return f"{scheme}://{HOST}:{self.ports[name]}"

    def settings(self) -> dict[str, str]:
        """All COUNTERSIGN_* settings of this set, with the worker's way into the database. What was given wins."""
        return self._settings("temporal_worker")

    def settings_of(self, process: str) -> dict[str, str]:
        """What this process is told: addresses, and no secrets but its own."""
        told, ways = trimmed(self._settings(process), process), self.detours.get(process, {})
        return {name: _detoured(value, ways) for name, value in told.items()}

    def database_url(self, role: str) -> str:
        """Where a role signs in, on our own server or on the given one."""
        server = urlsplit(self.given.get("COUNTERSIGN_MIGRATIONS_URL") or self._owner_url())
        place = server.netloc.rpartition("@")[2]
        return server._replace(netloc=f"{role}:{self.secret(password_file(role))}@{place}").geturl()

    def rail_database_url(self) -> str:
        """Where the rail's stand-in signs in: its own database beside the bank's."""
        url = urlsplit(self.database_url("countersign_worker"))
        server = url.netloc.rpartition("@")[2]
        login = f"{ROLE}:{self.secret(PASSWORD_FILE)}"
        return url._replace(netloc=f"{login}@{server}", path=f"/{rail_database(url.geturl())}").geturl()

    def _settings(self, process: str) -> dict[str, str]:
        keys = self.layout.keys
        files = {"livekit": "livekit.yaml", "access": "access.pem", "service": "service.pem", "proof": "proof.pem"}
        return {
            "COUNTERSIGN_STATE_DIR": str(self.layout.root),
            **self._addresses(),
            **ROOMY,
            "COUNTERSIGN_DATABASE_URL": self.database_url(DATABASE_ROLES.get(process, _MOST)),
            "COUNTERSIGN_MIGRATIONS_URL": self._owner_url(),
            "COUNTERSIGN_ROLE_PASSWORDS_DIR": str(keys),
            **{f"COUNTERSIGN_{name.upper()}_KEY_FILE": str(keys / file) for name, file in files.items()},
            "COUNTERSIGN_JWKS_FILE": str(keys / "jwks.json"),
            "COUNTERSIGN_PAYLOAD_KEYS_FILE": str(keys / "payload.json"),
            "COUNTERSIGN_CODE_KEY_FILE": str(keys / "codes.json"),
            "COUNTERSIGN_ROUNDS_KEYS_FILE": str(keys / "rounds.json"),
            "COUNTERSIGN_SMS_AUTH_FILE": str(keys / "sms_auth"),
            "COUNTERSIGN_SMTP_AUTH_FILE": str(keys / "smtp_auth"),
            "COUNTERSIGN_RAIL_AUTH_FILE": str(keys / "rail_auth"),
            "COUNTERSIGN_RAIL_STATEMENT_FILE": str(keys / "rail_statement"),
            "COUNTERSIGN_RAIL_WEBHOOK_FILE": str(keys / "rail_webhook"),
            "COUNTERSIGN_RAIL_ADMIN_FILE": str(keys / "rail_admin"),
            "COUNTERSIGN_RAIL_DATABASE_URL": self.rail_database_url(),
            "COUNTERSIGN_DEMO_PASSWORD": self.secret("demo_password"),
            **self.given,
        }

    def _owner_url(self) -> str:
        return f"postgresql://{OWNER}:{self.secret('postgres_owner')}@{HOST}:{self.ports['postgres']}/{DATABASE}"

    def _addresses(self) -> dict[str, str]:
        return {
            "COUNTERSIGN_REDIS_URL": f"{self.url('redis', 'redis')}/0",
            "COUNTERSIGN_TEMPORAL_ADDRESS": f"{HOST}:{self.ports['temporal']}",
            "COUNTERSIGN_TEMPORAL_UI_URL": self.url("temporal_ui"),
            "COUNTERSIGN_LIVEKIT_URL": self.url("livekit", "ws"),
            "COUNTERSIGN_API_PORT": str(self.ports["api"]),
            "COUNTERSIGN_API_URL": self.url("api"),
            "COUNTERSIGN_MCP_PORT": str(self.ports["mcp"]),
            "COUNTERSIGN_MCP_URL": self.url("mcp"),
            "COUNTERSIGN_WORKER_HEALTH_PORT": str(self.ports["temporal_worker"]),
            "COUNTERSIGN_VOICE_HEALTH_PORT": str(self.ports["voice_worker"]),
            "COUNTERSIGN_SMS_URL": self.url("sms_sink"),
            "COUNTERSIGN_SMTP_PORT": str(self.ports["mail_sink"]),
            "COUNTERSIGN_RAIL_URL": self.url("rail"),
        }


def _detoured(value: str, ways: Mapping[int, int]) -> str:
    return _OURS.sub(lambda found: f"{HOST}:{ways.get(int(found[1]), int(found[1]))}", value)


def given_in(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings that the caller's environment makes, apart from where the state is."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith("COUNTERSIGN_") and name != "COUNTERSIGN_STATE_DIR" and value
    }


def read_env(path: Path) -> dict[str, str]:
    """The KEY=value lines of an env file; none where there is no file."""
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def write_env(site: Site) -> None:
    """Write what the command line needs where it and `runtime.settings` find it: no keys, no way into the database."""
    lines = [f"{name}={value}" for name, value in site.settings_of("cli").items()]
    write_private(site.layout.env, "\n".join(["# made by `countersign up`", *lines, ""]))


def make_site(root: Path, given: Mapping[str, str] | None = None, *, usual_ports: bool = True) -> Site:
    """Make the directories and keys that are missing, keep the ports of last time where they are free."""
    from runtime.keys import ensure_keys  # noqa: PLC0415 - cryptography takes a while, and only this needs it

    layout = Layout(root.absolute())
    layout.make()
    ensure_keys(layout.keys)
    file = layout.root / "ports.json"
    before: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    claims = Claims()
    chosen = ports.choose(before, claims, usual=usual_ports)
    write_private(file, json.dumps(chosen))
    site = Site(layout, chosen, dict(given or {}), claims)
    write_private(layout.root / GIVEN, json.dumps(site.given))
    write_env(site)
    return site


def host_and_port(address: str, default: int) -> tuple[str, int]:
    """Host and port of a URL, or of `host:port`."""
    parts = urlsplit(address if "//" in address else f"//{address}")
    return parts.hostname or HOST, parts.port or default


def load_site(layout: Layout) -> Site:
    """The set as it was last made."""
    file = layout.root / GIVEN
    given: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    known: dict[str, int] = json.loads((layout.root / "ports.json").read_text())
    return Site(layout, ports.USUAL | known, given)
