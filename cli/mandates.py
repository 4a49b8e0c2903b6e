"""A user's standing mandates in a terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.accounts import AsJson, User
from cli.client import line, signed_in
from cli.console import out
from domain.dialogue.sums import listed
from domain.ids import is_safe_id
from domain.money import Money


def mandates(user: User, *, as_json: AsJson = False) -> None:
    """A user's standing mandates, those that stand first."""
    with signed_in(user, as_json=as_json) as bank:
        found = bank.get("/api/mandates")
    if as_json:
        line(found)
        return
    for each in found["mandates"]:
        left = Money(each["left_minor"], each["currency"]).decimal()
        until = f" until {each['ends_on']}" if each["ends_on"] else ""
        about = f"up to {each['budget']} {each['currency']} a {each['period']} to {listed(each['payees'])}{until}"
        source = "any account" if each["account"] == "any" else each["account"]
        out.print(f"{each['state']}  {about}", highlight=False, markup=False, soft_wrap=True)
        out.print(f"  {each['mandate_id']}  from {source}, {left} left", highlight=False, markup=False, soft_wrap=True)
    if not found["mandates"]:
        out.print("No standing mandates.")


def revoke(
    user: User,
    mandate: Annotated[str, typer.Argument(metavar="ID", help="The mandate's id.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Revoke a standing mandate, at once."""
    with signed_in(user, as_json=as_json) as bank:
        ended = bank.delete(f"/api/mandates/{mandate if is_safe_id(mandate) else 'unknown'}")
    if as_json:
        line(ended)
    else:
        out.print("Revoked.")
