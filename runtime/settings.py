"""Every setting, read here and nowhere else. Environment variables start with `COUNTERSIGN_`."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.rates import parse_rates

_ORIGIN: Final = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", re.ASCII)


class Settings(BaseSettings):
    """Addresses, keys (always files, never values), limits and time-outs. Durations in seconds unless named `_ms`."""

    model_config = SettingsConfigDict(env_prefix="COUNTERSIGN_", env_file=".countersign/env", extra="ignore")

    environment: Literal["local", "test", "production"] = "local"
    state_dir: Path = Path(".countersign")
    tenant_id: str = "demo"

    # addresses
    database_url: str = "postgresql://127.0.0.1:5432/countersign"
    """As the process's own role; each of api, mcp_tools and temporal_worker has one."""
    migrations_url: str = "postgresql://postgres@127.0.0.1:5432/countersign"
    redis_url: str = "redis://127.0.0.1:6379/0"
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_ui_url: str = "http://127.0.0.1:8233"
    task_queue: str = "bank"
    livekit_url: str = "ws://127.0.0.1:7880"
    livekit_key_file: Path = Path(".countersign/keys/livekit.yaml")
    api_host: str = "127.0.0.1"
    api_port: int = 8000
    api_url: str = "http://127.0.0.1:8000"
    mcp_host: str = "127.0.0.1"
    mcp_port: int = 8010
    mcp_url: str = "http://127.0.0.1:8010"
    public_url: str = ""
    """Where people's browsers and MCP clients reach the api, and so the issuer of MCP clients' tokens.

    Empty: the api's own port on localhost, for passkeys want a name."""
    mcp_public_url: str = ""
    """Where MCP clients reach the tools; empty: as `mcp_url`."""
    worker_health_port: int = 8020
    voice_health_port: int = 8030
    voice_agent_name: str = "banking-assistant"
    sms_url: str = "http://127.0.0.1:8040"
    sms_from: str = "+15005550006"
    sms_account: str = "countersign"

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8050
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_from: str = "bank@countersign.example"
    smtp_user: str = "countersign"
    """Empty: the mail server asks for no password."""
    rail_url: str = "http://127.0.0.1:8060"
    """The rail over which payees of other banks are paid."""
    cors_origins: tuple[str, ...] = ()
    """Other sites whose pages may call the api: a JSON list of origins. Its own pages always may."""
    trusted_proxies: str = ""
    """Addresses (comma separated) whose X-Forwarded-For and -Proto are believed; nobody's where it is empty."""
    # passkeys: an RP id is a domain, and no IP address; every origin must be on it
    passkey_rp_id: str = "localhost"
    passkey_rp_name: str = "Countersign"
    passkey_origins: tuple[str, ...] = ()
    """Origins of the pages that may ask for a passkey; none: the api's own port on localhost."""

    # words
    time_zone: str = "UTC"
    """The bank's IANA time zone: what its customers mean by today, by nine in the morning and by a quiet night."""
    day_first: bool = False
    """Whether they write the fifth of June as 5/6; else that is the sixth of May."""

    # keys: paths to files made by `countersign up`; see docs/threat-model.md for who may read which
    access_key_file: Path = Path(".countersign/keys/access.pem")
    service_key_file: Path = Path(".countersign/keys/service.pem")
    proof_key_file: Path = Path(".countersign/keys/proof.pem")
    jwks_file: Path = Path(".countersign/keys/jwks.json")
    payload_keys_file: Path = Path(".countersign/keys/payload.json")
    code_key_file: Path = Path(".countersign/keys/codes.json")
    rounds_keys_file: Path = Path(".countersign/keys/rounds.json")
    """Seals what MCP clients carry from one round of a call to the next."""
    sms_auth_file: Path = Path(".countersign/keys/sms_auth")
    smtp_auth_file: Path = Path(".countersign/keys/smtp_auth")
    rail_auth_file: Path = Path(".countersign/keys/rail_auth")
    rail_statement_file: Path = Path(".countersign/keys/rail_statement")
    """What the auditor asks the rail for its statement with, and can do nothing else with."""
    rail_webhook_file: Path = Path(".countersign/keys/rail_webhook")
    """Secrets that the rail's webhooks may be signed with, one a line: a new one is added before the old one goes."""
    rail_admin_file: Path = Path(".countersign/keys/rail_admin")
    """Of the local stand-in alone: who may tell it how to behave. So is the next one."""
    rail_database_url: str = "postgresql://127.0.0.1:5432/countersign_rail"
    role_passwords_dir: Path = Path(".countersign/keys")
    """Files `postgres_worker`, `postgres_api` and so on: what the migrations set as the roles' passwords."""

    # limits and time-outs
    access_token_s: int = 900
    sign_in_idle_s: int = 3600
    """A sign-in that nobody used for so long is over (NIST SP 800-63B-4, AAL2: at most an hour)."""
    sign_in_s: int = 86_400
    """And so is any sign-in after a day, however busy (AAL2: at most 24 hours)."""
    refresh_grace_s: int = 30
    """How long the same refresh, known by its request id, may be repeated because its reply was lost."""
    service_token_s: int = 300
    proof_s: int = 60
    elicitation_s: float = 300
    verified_s: float = Field(default=900, gt=0)
    """How long it is taken as known who speaks, for that sign-in."""
    approval_s: float = Field(default=8 * 3600, gt=0)
    """How long supervisors have for one approval."""
    approval_escalate_s: float = Field(default=4 * 3600, gt=0)
    """How long each group has before the next one is asked."""
    approval_claim_s: float = Field(default=900, gt=0)
    cooling_off_s: float = Field(default=24 * 3600, gt=0)
    """How long a first payment to a new payee is held, where the policy says no other."""
    hold_sweep_s: float = Field(default=60, gt=0)
    """How often it is looked for holds that their payments' workflows have left behind."""
    outside_file: Path | None = None
    """YAML file of other MCP servers whose tools may be asked (docs/adr/0024); none without one."""
    policy_files: dict[str, Path] = {}
    """Tenant to JSON file (docs/adr/0015); a tenant without one has the default policy of domain/policy.py."""
    models_file: Path | None = None
    """YAML of language models (docs/adr/0022, ops/models.example.yaml). None: the grammar alone understands."""
    session_idle_s: float = 3600
    order_at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "06:00"
    """When standing orders are paid on their day, in the customer's own time."""
    order_late_days: int = Field(default=7, ge=0)
    """What an outage kept from being paid is paid afterwards, if it is no longer overdue than that."""
    order_tries: int = Field(default=5, ge=1)
    order_retry_s: float = Field(default=3 * 3600, gt=0)
    """How often within its day a payment is tried for which money is missing, and how long after each other."""
    order_events_max: int = 1000
    alert_events_max: int = 1000
    """Events of history after which an alert's workflow continues as new."""
    rail_timeout_s: float = Field(default=4, gt=0)
    """How long the rail has for one answer; then it is not known whether it has paid."""
    rail_again_s: float = Field(default=1, gt=0)
    """When an open payment is asked about first, and (`most`) how long it is left alone at the longest."""
    rail_again_most_s: float = Field(default=60, gt=0)
    rail_tries: int = Field(default=3, ge=1)
    """How often a payment is handed in that the rail says it does not know, before its key is barred."""
    login_pair_tries: int = 5
    """Wrong sign-ins of one name from one address before the delays begin, which double from a second on."""
    login_address_tries: int = 30
    login_delay_s: int = 900
    """The longest delay, and how long an address must be quiet until its tries are forgotten."""
    password_threads: int = 2
    password_waiting: int = 100
    """Sign-ins that may wait for one of these threads; more are told to come back."""
    code_channel: Literal["sms", "email"] = "sms"
    """How one-time codes reach a customer who has chosen no way."""
    code_resend_min_s: float = 30
    code_resends_max: int = 3
    rate_anonymous: str = "60/1m,1000/1h"
    """An address's requests without a valid token, as `most/time` in s, m, h or d; an empty text is no limit."""
    rate_writes: str = "100/1m"
    """A signed-in person's changes over HTTP, apart from answers and cancellations."""
    rate_tools: str = "100/15m"
    """A customer's tool calls, apart from those that finish what was begun."""
    inquiry_cache_s: float = Field(default=60, ge=0)
    """How long at most an answer about money is remembered, if nothing of the customer's changes before. 0: never."""
    mcp_wait_s: float = Field(default=25, gt=0)
    """How long one round of a call waits for somebody to countersign on the page."""
    tools_at_once: int = 10
    """A customer's tool calls that run at the same time, in one process."""
    idempotency_kept_s: float = 86_400
    idempotency_wait_s: float = 5
    """How long a repeat waits for the first request's result before it gets a 409."""
    idempotency_lease_s: float = 30
    """When a request whose server died may be executed again."""
    silence_s: float = Field(default=20, ge=0)
    """How long a caller may be silent before they are asked whether they are still there; 0: for ever."""
    silence_code_s: float = Field(default=60, ge=0)
    """The same where a code must be fetched first."""
    turn_wait_ms: int = 2500
    """How long a turn waits for the step that it set going before it says that it is under way."""
    presence_heartbeat_s: float = 3.0
    relay_poll_s: float = 1.0
    conversation_turns_kept: int = 20
    conversation_events_max: int = 300
    workflow_cache: int = 1000
    workflow_tasks: int = 32
    """Carried out side by side. More share the same processor until each is too late for Temporal, and all are lost."""
    worker_alone: bool = False
    """Whether no other release's temporal_worker runs beside this one: then it takes over at once what those left."""
    crash_dir: Path | None = None
    """Where a test arms crash points (docs/adr/0029); no process of production starts with one."""

    # demo and telemetry
    demo_password: str = Field(default="", repr=False)
    otlp_endpoint: str = ""
    log_level: str = "INFO"

    @field_validator("rate_anonymous", "rate_writes", "rate_tools")
    @classmethod
    def _rates_are_readable(cls, text: str) -> str:
        parse_rates(text)
        return text

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"{name[:40]!r} is no IANA time zone such as America/New_York")
        return name

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if bad := [each for each in origins if _ORIGIN.fullmatch(each) is None]:
            raise ValueError(f"{bad[0]!r} is not an origin such as https://bank.example")
        return origins

    @model_validator(mode="after")
    def _production_does_not_crash(self) -> Self:
        if self.crash_dir is not None and self.environment == "production":
            raise ValueError("crash_dir is for tests: refused in production")
        return self

    @property
    def issuer(self) -> str:
        """The api as browsers and MCP clients know it, without a slash at its end."""
        return (self.public_url or f"http://localhost:{self.api_port}").rstrip("/")

    @property
    def mcp_resource(self) -> str:
        """The tools' canonical URI (RFC 8707)."""
        return f"{(self.mcp_public_url or self.mcp_url).rstrip('/')}/mcp"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once."""
    return Settings()


def variable(name: str) -> str:
    """A variable of the environment that a configuration file names, such as a key's; empty where it is not set."""
    return os.environ.get(name, "")
