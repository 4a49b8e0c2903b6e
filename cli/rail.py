"""Telling the local rail to other banks how to behave."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer

from cli.accounts import AsJson
from cli.client import line
from cli.console import err, here, out
from runtime.local.rail.modes import MEANING, Mode
from runtime.settings import settings

_MODES = "\n\n".join(f"{mode.value}: {meaning}." for mode, meaning in MEANING.items())


def rail(
    action: Annotated[str, typer.Argument(help="show, behave, return or mend.")] = "show",
    whom: Annotated[str, typer.Argument(metavar="PAYEE|PAYMENT", help="A payee's name or account; a payment.")] = "",
    mode: Annotated[str, typer.Argument(help=_MODES)] = "",
    after: Annotated[float | None, typer.Option(help="Seconds until what is late in this mode comes.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell the local rail how payments to a payee go: `behave PAYEE MODE`, `return PAYMENT`, `mend PAYMENT`."""
    if action == "behave" and whom and mode in {each.value for each in Mode}:
        found = _ask("PUT", f"behaviours/{quote(whom, safe='')}", {"mode": mode, "after_s": after})
    elif action in {"return", "mend"} and whom:
        found = _ask("POST", f"payments/{quote(whom, safe='')}/{action}")
    elif action == "show":
        found = _ask("GET", "behaviours")
    else:
        err.print(f"Either behave PAYEE MODE, or return or mend PAYMENT. Modes: {', '.join(Mode)}.", markup=False)
        raise typer.Exit(2)
    if as_json:
        line(found)
        return
    for each in found.get("behaviours", [found]):
        about = f"{each['whom']}: {MEANING[Mode(each['mode'])]}" if "mode" in each else f"{each['key']}: {action}"
        out.print(about, highlight=False, markup=False, soft_wrap=True)


def _ask(verb: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    key = here().keys / "rail_admin"
    try:
        headers = {"Authorization": f"Bearer {key.read_text().strip()}"}
        answer = httpx.request(verb, f"{settings().rail_url}/admin/{path}", headers=headers, json=body, timeout=10)
    except (OSError, httpx.HTTPError) as error:
        err.print("The rail is not running here. Start it with: make up", markup=False)
        raise typer.Exit(1) from error
    if answer.status_code == httpx.codes.NOT_FOUND.value:
        err.print("The rail has no such payment that this could be done with.", markup=False)
        raise typer.Exit(1)
    return answer.raise_for_status().json()
