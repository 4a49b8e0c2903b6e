"""What a user has and has paid."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from cli.client import line, signed_in
from cli.console import out
from domain.money import Money
from domain.payments import WAITING_STATES

User = Annotated[str, typer.Argument(help="A demo login, such as maya.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object; amounts in minor units.")]


def accounts(user: User, *, as_json: AsJson = False) -> None:
    """Balances of a user's accounts."""
    with signed_in(user, as_json=as_json) as bank:
        found = bank.get("/api/accounts")
    if as_json:
        line(found)
        return
    table = Table("account", "balance", "available", "id")
    for each in found["accounts"]:
        table.add_row(each["name"], _money(each, "balance_minor"), _money(each, "available_minor"), each["account_id"])
    out.print(table)


def payments(user: User, *, as_json: AsJson = False) -> None:
    """A user's payments, newest first."""
    with signed_in(user, as_json=as_json) as bank:
        found = bank.get("/api/payments")
    if as_json:
        line(found)
        return
    for each in found["payments"]:
        created = each["created_at"][5:16].replace("T", " ")
        about = f"{_money(each, 'amount_minor')} from {each['account']} to {each['payee']}"
        back = "reversed" if each.get("reversed_by") else ""
        more = f"{each['error_code']} {_until(each)} {back}".strip()
        out.print(f"{created}  {each['state']}  {about}", highlight=False, markup=False, soft_wrap=True)
        out.print(f"  {each['payment_id']}  {more}".rstrip(), highlight=False, markup=False, soft_wrap=True)
    if not found["payments"]:
        out.print("No payments yet.")


def _until(payment: dict[str, Any]) -> str:
    waits = payment["state"] in WAITING_STATES and payment["due_at"]
    return f"until {payment['due_at'][5:16].replace('T', ' ')}" if waits else ""


def _money(row: dict[str, Any], field: str) -> str:
    return f"{Money(row[field], row['currency']).decimal()} {row['currency']}"
