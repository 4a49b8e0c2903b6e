"""`countersign`: everything that can be done from a terminal."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.console import err, here, out
from cli.lazy import LazyGroup

app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    help="A bank's voice assistant whose every promise is a durable workflow.",
)


@app.callback()
def countersign() -> None:
    """A bank's voice assistant whose every promise is a durable workflow."""


@app.command()
def up(
    only: Annotated[list[str] | None, typer.Option(help="Only this service, or `infra`; may be repeated.")] = None,
    *,
    foreground: Annotated[bool, typer.Option("--foreground", help="Stay; Ctrl-C stops everything.")] = False,
) -> None:
    """Start everything that is not running yet, repair what is broken, and say where it is."""
    from cli.up import bring_up  # noqa: PLC0415

    raise typer.Exit(bring_up(only or [], foreground=foreground))


@app.command()
def down() -> None:
    """Stop everything that was started here."""
    from runtime.local.control import stop  # noqa: PLC0415

    count = stop(here())
    out.print("Stopped." if count else "Nothing was running.")


@app.command()
def status(*, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Each service's address, process and health, and with --json the demo logins. Status 1 where nothing runs."""
    from cli.up import anything_runs, status_table  # noqa: PLC0415
    from runtime.local.control import read_state  # noqa: PLC0415
    from runtime.local.overview import logins, services_now  # noqa: PLC0415

    layout = here()
    services = services_now(layout, read_state(layout))
    if as_json:
        print(json.dumps({"services": services, "logins": logins(layout)}, indent=1))  # noqa: T201 - for scripts
    else:
        out.print(status_table(services))
    if not anything_runs(services):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Name what is missing on this machine and how to get it."""
    from cli.doctor import examine  # noqa: PLC0415

    raise typer.Exit(examine())


@app.command()
def logs(
    service: Annotated[str | None, typer.Argument(help="Only this service, or this payment.")] = None,
    payment: Annotated[str | None, typer.Option(help="Only the story of this payment.")] = None,
    *,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on as lines arrive.")] = False,
) -> None:
    """All processes' logs in the order of time."""
    from cli.logs import services, show  # noqa: PLC0415

    if service and service not in (known := services(here().logs)):
        if payment or "-" not in service:
            err.print(f"No service {service!r} has written a log here. There are: {', '.join(known)}.", markup=False)
            raise typer.Exit(1)
        service, payment = None, service
    try:
        told = show(here().logs, service, payment, follow=follow)
    except KeyboardInterrupt:
        err.print()
        return
    if payment and not told:
        err.print(f"No line of these logs tells of payment {payment!r}. Ids: ./countersign payments USER", markup=False)
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
