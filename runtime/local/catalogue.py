"""Every service of a set, in the order in which a person would list them."""

from __future__ import annotations

from runtime.local.servers.livekit import LiveKit
from runtime.local.servers.ours import Job, Module, Rail, SmsSink
from runtime.local.servers.postgres import Postgres
from runtime.local.servers.redis import Redis
from runtime.local.servers.temporal import Temporal
from runtime.local.service import Service

INFRA = ("postgres", "redis", "temporal", "livekit", "sms_sink")


def catalogue() -> dict[str, Service]:
    """Services by name; what a service needs stands before it."""
    services: list[Service] = [
        Postgres(),
        Redis(),
        Temporal(),
        LiveKit(),
        SmsSink(),
        Job("migrate", "runtime.migrate", ("postgres",)),
        Job("demo_data", "runtime.demo_data", ("migrate",)),
        Rail(),
        Module("temporal_worker", "temporal_worker", ("migrate", "redis", "temporal")),
        Module("mcp", "mcp_tools", ("migrate", "redis", "temporal")),
        Module("api", "api", ("migrate", "redis", "temporal", "livekit")),
        Module("voice_worker", "voice_worker", ("livekit", "redis", "temporal")),
    ]
    return {service.name: service for service in services}


def names_of(words: list[str]) -> list[str]:
    """Service names from a user's words: none is all, `infra` is the servers. Raises ValueError for an unknown one."""
    known = list(catalogue())
    wanted = [name for word in words for name in (INFRA if word == "infra" else (word,))] or known
    if unknown := set(wanted) - set(known):
        raise ValueError(f"no service named {', '.join(sorted(unknown))}; there are infra, {', '.join(known)}")
    return wanted
