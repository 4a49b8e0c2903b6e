"""Every setting, read here and nowhere else. Environment variables start with `COUNTERSIGN_`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    worker_health_port: int = 8020
    voice_health_port: int = 8030
    voice_agent_name: str = "banking-assistant"
    sms_url: str = "http://127.0.0.1:8040"
    sms_from: str = "+15005550006"
    sms_account: str = "countersign"

    # keys: paths to files made by `countersign up`; see docs/threat-model.md for who may read which
    access_key_file: Path = Path(".countersign/keys/access.pem")
    service_key_file: Path = Path(".countersign/keys/service.pem")
    proof_key_file: Path = Path(".countersign/keys/proof.pem")
    jwks_file: Path = Path(".countersign/keys/jwks.json")
    payload_keys_file: Path = Path(".countersign/keys/payload.json")
    code_key_file: Path = Path(".countersign/keys/codes.json")
    sms_auth_file: Path = Path(".countersign/keys/sms_auth")
    role_passwords_dir: Path = Path(".countersign/keys")
    """Files `postgres_worker`, `postgres_api`, `postgres_mcp`: what the migrations set as the roles' passwords."""

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
    session_idle_s: float = 3600
    login_pair_tries: int = 5
    """Wrong sign-ins of one name from one address before the delays begin, which double from a second on."""
    login_address_tries: int = 30
    login_delay_s: int = 900
    """The longest delay, and how long an address must be quiet until its tries are forgotten."""
    password_threads: int = 2
    password_waiting: int = 100
    """Sign-ins that may wait for one of these threads; more are told to come back."""
    trusted_proxies: str = ""
    """Addresses, comma-separated, whose X-Forwarded-For is believed. Empty: nobody's."""
    turn_wait_ms: int = 2500
    """How long a turn waits for the step that it set going before it says that it is under way."""
    presence_heartbeat_s: float = 3.0
    relay_poll_s: float = 1.0
    conversation_turns_kept: int = 20
    conversation_events_max: int = 4000
    workflow_cache: int = 1000

    # demo and telemetry
    demo_password: str = Field(default="", repr=False)
    otlp_endpoint: str = ""
    log_level: str = "INFO"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
