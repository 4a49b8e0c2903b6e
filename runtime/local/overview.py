"""What `countersign status` says: every service, asked now, and who may log in."""

from __future__ import annotations

import asyncio
from typing import Any

from runtime.local.catalogue import catalogue
from runtime.local.layout import Layout
from runtime.local.probe import http_answers
from runtime.local.service import Service
from runtime.local.site import Site, load_site, read_env

LOGINS = {
    "maya": "customer",
    "omar": "customer",
    "sam": "supervisor",
    "sue": "supervisor",
    "cora": "compliance",
    "ada": "admin",
}
Row = dict[str, Any]


def services_now(layout: Layout, state: dict[str, Any]) -> dict[str, Row]:
    """Rows of url, pid, version and health. A page that another service shows has that service's pid."""
    return asyncio.run(_services_now(layout, state))


def logins(layout: Layout) -> dict[str, dict[str, str]]:
    """The demo users. They share one password, made for this state directory."""
    password = read_env(layout.env).get("COUNTERSIGN_DEMO_PASSWORD", "")
    return {user: {"password": password, "role": role} for user, role in LOGINS.items()} if password else {}


async def _services_now(layout: Layout, state: dict[str, Any]) -> dict[str, Row]:
    if not layout.env.exists():
        return {}
    env, site = read_env(layout.env), load_site(layout)
    known: dict[str, Row] = state.get("services", {})
    services = [service for service in catalogue().values() if not service.job]
    rows = await asyncio.gather(*(_row(service, site, known.get(service.name)) for service in services))
    found = dict(zip((service.name for service in services), rows, strict=True))
    pages = {"temporal_ui": ("temporal", env.get("COUNTERSIGN_TEMPORAL_UI_URL", "")), "web": ("api", "")}
    for page, (owner, url) in pages.items():
        row = found[owner]
        address = url or row["url"]
        healthy = bool(row["pid"]) and await http_answers(address + "/")
        found[page] = {"url": address, "pid": row["pid"], "version": row["version"], "healthy": healthy}
    return found


async def _row(service: Service, site: Site, known: Row | None) -> Row:
    if known is None:
        return {"url": "", "pid": 0, "version": "", "healthy": False}
    healthy = await _healthy(service, site, known)
    return {"url": known["url"], "pid": known["pid"], "version": known["version"], "healthy": healthy}


async def _healthy(service: Service, site: Site, known: Row) -> bool:
    if not known["pid"] and not service.is_given(site):
        return False
    return await service.healthy(site)
