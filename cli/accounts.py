"""What a user has and has paid."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Column, Table

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
    id_column = Column("id", no_wrap=True, overflow="ignore", min_width=36)
    table = Table("created", "payee", "amount", "from", Column("state", overflow="fold"), id_column)
    for each in found["payments"]:
        state = f"{each['state']} {each['error_code']}{_until(each)}".strip()
        created = each["created_at"][5:16].replace("T", " ")
        table.add_row(created, each["payee"], _money(each, "amount_minor"), each["account"], state, each["payment_id"])
    out.print(table, width=max(out.width, 120), soft_wrap=True)


def _until(payment: dict[str, Any]) -> str:
    waits = payment["state"] in WAITING_STATES and payment["due_at"]
    return f"until {payment['due_at'][5:16].replace('T', ' ')}" if waits else ""


def _money(row: dict[str, Any], field: str) -> str:
    return f"{Money(row[field], row['currency']).decimal()} {row['currency']}"
