"""`countersign audit`: whether everything that must be true of money is."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Final

import typer

from cli.console import err, load_settings_of, out
from domain.errors import UnavailableError
from runtime.audit import Beside, Report, audit_ledger
from runtime.settings import settings

_DIFFERS: Final = 1
_COULD_NOT_LOOK: Final = 2


class What(StrEnum):
    """What is audited."""

    LEDGER = "ledger"


def audit(
    what: Annotated[
        What, typer.Argument(help="ledger: balances, holds, payments, events, authority, workflows, rail.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    patience: Annotated[float, typer.Option(help="Seconds until what is under way counts as different.")] = 10.0,
    database_only: Annotated[
        bool, typer.Option("--database-only", help="Without the workflows and the rail's statement.")
    ] = False,
    without_rail: Annotated[bool, typer.Option("--without-rail", help="Without the rail's statement.")] = False,
) -> None:
    """Recompute everything and print what differs. Status 0: nothing; 1: something; 2: it could not be looked at."""
    del what
    beside = () if database_only else (Beside.WORKFLOWS,) if without_rail else tuple(Beside)
    try:
        load_settings_of("audit")
        report = asyncio.run(audit_ledger(settings(), patience, beside))
    except FileNotFoundError as error:
        err.print(f"{error.filename} is missing. Run: ./countersign up", markup=False, soft_wrap=True)
        raise typer.Exit(_COULD_NOT_LOOK) from error
    except UnavailableError as error:
        err.print(f"The ledger could not be audited. {error}", markup=False, soft_wrap=True)
        raise typer.Exit(_COULD_NOT_LOOK) from error
    _as_json(report) if as_json else _as_text(report)
    if report.differences:
        raise typer.Exit(_DIFFERS)


def _as_json(report: Report) -> None:
    found = {
        "ok": not report.differences,
        "differences": [asdict(each) for each in report.differences],
        "checks": {each.name: each.compares for each in report.checks},
        "entries": report.entries,
        "payments": report.payments,
        "seconds": round(report.seconds, 3),
    }
    print(json.dumps(found, indent=1))  # noqa: T201 - for scripts


def _as_text(report: Report) -> None:
    for each in report.differences:
        out.print(f"{each.check}  {each.row}  {each.found}", highlight=False, markup=False, soft_wrap=True)
    looked = f"{len(report.checks)} checks, {report.entries} entries, {report.payments} payments"
    differs = len(report.differences)
    verdict = f"{differs} {'differs' if differs == 1 else 'differ'}" if differs else "nothing differs"
    out.print(f"{looked}, {report.seconds:.1f} s: {verdict}.", highlight=False)
