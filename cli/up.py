"""`countersign up`: progress while things start, and the card at the end."""

from __future__ import annotations

import shutil
import signal
import subprocess
from typing import Any

from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from cli.console import err, here, out
from runtime.local import control, find
from runtime.local.catalogue import names_of
from runtime.local.layout import PROJECT, Layout
from runtime.local.overview import LOGINS
from runtime.local.restore import interrupted
from runtime.local.site import read_env

SIGNS = {
    "waiting": "[dim]·[/]",
    "starting": "[yellow]…[/]",
    "ready": "[green]✓[/]",
    "failed": "[red]✗[/]",
    "stopped": "[dim]-[/]",
}
State = dict[str, Any]
Start = tuple[str, int, int]
"""State, process and restarts: the same before and after where nothing was done."""


def bring_up(only: list[str], *, foreground: bool) -> int:
    """Start or repair; the exit code."""
    layout = here()
    try:
        names = names_of(only)
    except ValueError as error:
        err.print(f"[red]{error}[/]")
        return 2
    if interrupted(layout):
        err.print("[red]A restore was interrupted here.[/] Do it again first: ./countersign restore FILE")
        return 1
    if "livekit" in names:
        _announce_build()
    before = {name: _start_of(report) for name, report in control.read_state(layout).get("services", {}).items()}
    control.ask(layout, names)
    process = control.start(layout, attached=foreground)
    try:
        code = _report(layout, process, before)
    except RuntimeError as error:
        err.print(f"[red]{error}[/]")
        return 1
    except KeyboardInterrupt:
        control.stop(layout)
        err.print("Stopped.")
        return 130
    return _stay(layout, process) if foreground and process else code


def anything_runs(services: dict[str, dict[str, Any]]) -> bool:
    """Whether one of them has a process or answers."""
    return any(row["pid"] or row["healthy"] for row in services.values())


def status_table(services: dict[str, dict[str, Any]]) -> Table | str:
    """For a person."""
    if not anything_runs(services):
        return "Nothing is running here. Start it with: make up"
    table = Table("service", "ok", "url", "pid", "version", box=None, pad_edge=False)
    for name, row in services.items():
        pid = str(row["pid"] or "")
        table.add_row(name, SIGNS["ready" if row["healthy"] else "failed"], row["url"], pid, row["version"])
    return table


def card(layout: Layout, services: dict[str, Any]) -> Panel:
    """Addresses, logins, and where the data lives."""
    env = read_env(layout.env)
    grid = Table.grid(padding=(0, 2))
    if "api" in services:
        grid.add_row("[bold]App[/]", env["COUNTERSIGN_API_URL"])
        grid.add_row("[bold]API docs[/]", env["COUNTERSIGN_API_URL"] + "/docs")
    if "temporal" in services:
        grid.add_row("[bold]Temporal[/]", env["COUNTERSIGN_TEMPORAL_UI_URL"])
    if "demo_data" in services:
        grid.add_row("[bold]Logins[/]", ", ".join(f"{user} ({role})" for user, role in LOGINS.items()))
        grid.add_row("[bold]Password[/]", env["COUNTERSIGN_DEMO_PASSWORD"])
    grid.add_row("[bold]Data[/]", str(layout.root))
    return Panel(grid, title="Countersign is up", title_align="left", expand=False)


def _report(layout: Layout, process: subprocess.Popen[bytes] | None, before: dict[str, Start]) -> int:
    services = _watch(layout, process, before)["services"]
    failed = {name: report for name, report in services.items() if report["state"] != "ready"}
    for name, report in failed.items():
        err.print(f"[red]{name}[/]: ", end="")
        err.print(report["error"] or "waits for a service that has failed", markup=False)
        err.print(f"  more: {PROJECT}/countersign logs {name}", soft_wrap=True)
    if failed:
        return 1
    out.print(card(layout, services))
    if "api" in services:
        out.print("Try it:")
        out.print(f'  {PROJECT}/countersign say maya "pay Sarah Chen twenty five dollars"', soft_wrap=True)
    return 0


def _watch(layout: Layout, process: subprocess.Popen[bytes] | None, before: dict[str, Start]) -> State:
    """Show what happens until it has happened; the last state."""
    state: State = {"services": {}}
    with Live(_progress(state, before), console=err, refresh_per_second=12, transient=True) as live:
        for latest in control.follow(layout, process):
            state = latest
            if err.is_terminal:
                live.update(_progress(state, before))
    err.print(_progress(state, before))
    return state


def _start_of(report: dict[str, Any]) -> Start:
    return report["state"], report["pid"], report["restarts"]


def _progress(state: State, before: dict[str, Start]) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, report in state["services"].items():
        took = f"{report['took_ms'] / 1000:.1f} s" if report["state"] == "ready" else report["error"][:100]
        if report["state"] == "ready" and before.get(name) == _start_of(report):
            took = "already up"
        table.add_row(SIGNS[report["state"]], name, escape(took))
    return table


def _announce_build() -> None:
    if not find.livekit_cached().exists() and not shutil.which("livekit-server") and find.go():
        err.print(
            f"LiveKit's server {find.LIVEKIT_VERSION} is built once with Go: this takes some minutes."
            " To watch: ./countersign logs livekit"
        )


def _stay(layout: Layout, process: subprocess.Popen[bytes]) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        process.wait()
    except KeyboardInterrupt:
        control.stop(layout)
        out.print("Stopped.")
        return 0
    err.print("[red]The supervisor ended.[/]")
    return 1
