"""The supervisors' desk in a terminal."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from uuid_utils import uuid7

from cli.accounts import AsJson
from cli.client import line, signed_in
from cli.console import out
from domain.ids import is_safe_id

Staff = Annotated[str, typer.Argument(metavar="SUPERVISOR", help="A supervisor's demo login: sam or sue.")]


def approvals(supervisor: Staff, *, as_json: AsJson = False) -> None:
    """What waits for a supervisor's decision, the most urgent first."""
    with signed_in(supervisor, as_json=as_json) as bank:
        found = bank.get("/api/approvals")
    if as_json:
        line(found)
        return
    for each in found["approvals"]:
        due, amount = each["due_at"][5:16].replace("T", " "), f"{each['amount']} {each['currency']}"
        about = f"due {due}  {amount} from {each['payer_name']} to {each['payee']}"
        out.print(f"{about}  ({each['round']} of {each['needed']}, {each['group']})", highlight=False, soft_wrap=True)
        out.print(f"  {each['approval_id']}  {each['reason']}", highlight=False, markup=False, soft_wrap=True)
    if not found["approvals"]:
        out.print("Nothing waits.")


def decide(
    supervisor: Staff,
    approval: Annotated[str, typer.Argument(help="The approval's id.")],
    decision: Annotated[Literal["approve", "refuse"], typer.Argument(help="approve or refuse.")],
    note: Annotated[str, typer.Argument(help="Why; a refusal needs it.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Approve or refuse a payment, as it stands now."""
    path = f"/api/approvals/{approval if is_safe_id(approval) else 'unknown'}"
    with signed_in(supervisor, as_json=as_json) as bank:
        seen = bank.get(path)
        body = {"decision": decision, "note": note, "version": seen["version"], "response_id": str(uuid7())}
        status = bank.post(f"{path}/decision", body)
    if as_json:
        line(status)
    else:
        out.print("Approved." if decision == "approve" else "Refused.")


def reverse(
    supervisor: Staff,
    payment: Annotated[str, typer.Argument(help="The completed payment's id.")],
    note: Annotated[str, typer.Argument(help="Why it is to go back.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Ask for a payment to go back; another supervisor approves it."""
    path = f"/api/payments/{payment if is_safe_id(payment) else 'unknown'}/reverse"
    with signed_in(supervisor, as_json=as_json) as bank:
        begun = bank.post(path, {"note": note})
    if as_json:
        line(begun)
    else:
        out.print(f"{begun['payment_id']}: {begun['state'].lower().replace('_', ' ')}")
