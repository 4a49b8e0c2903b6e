"""A user's standing orders in a terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.accounts import AsJson, User
from cli.client import line, signed_in
from cli.console import out
from domain.dialogue.sums import money
from domain.ids import is_safe_id

_STEPS = "pause, resume or cancel"


def orders(user: User, *, as_json: AsJson = False) -> None:
    """A user's standing orders, those that stand first."""
    with signed_in(user, as_json=as_json) as bank:
        found = bank.get("/api/standing-orders")
    if as_json:
        line(found)
        return
    for each in found["standing_orders"]:
        what = f"{money(each['amount'], each['currency'])} to {each['payee']}, {each['schedule']}"
        out.print(f"{each['state']}  {what}", highlight=False, markup=False, soft_wrap=True)
        then = f", next on {each['next_on']}" if each["next_on"] else ""
        last = f", last on {each['last_on']}: {each['last_state'].lower()}" if each["last_on"] else ""
        why = f" ({each['error_code']})" if each["error_code"] else ""
        about = f"  {each['order_id']}  from {each['account']}{then}{last}{why}"
        out.print(about, highlight=False, markup=False, soft_wrap=True)
    if not found["standing_orders"]:
        out.print("No standing orders.")


def order(
    user: User,
    step: Annotated[str, typer.Argument(metavar="STEP", help=_STEPS)],
    order_id: Annotated[str, typer.Argument(metavar="ID", help="The standing order's id.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Pause, resume or cancel a standing order, at once."""
    if step not in {"pause", "resume", "cancel"}:
        raise typer.BadParameter(f"must be {_STEPS}")
    known = order_id if is_safe_id(order_id) else "unknown"
    with signed_in(user, as_json=as_json) as bank:
        done = bank.post(f"/api/standing-orders/{known}/step", {"step": step})
    if as_json:
        line(done)
    else:
        out.print(f"{done['state'].capitalize()}.")
