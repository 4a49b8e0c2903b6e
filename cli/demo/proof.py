"""What the database says of a payment that was corrected: facts to check, and its audit as a story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from cli.console import out
from cli.demo.tell import Fact, money
from domain.errors import StaleVersionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.demo_books import DemoBooks, Row

_FACTORS: Final = {"biometric": "passkey", "confirmation": "yes", "otp": "code"}
_WORDS: Final = {
    "payment.created": "asks for the payment",
    "payment.held": "the money is held",
    "payment.superseded": "",
    "payment.corrected": "corrects it: this is a new version",
    "payment.awaiting_supervisor": "",
    "payment.completed": "posted to the ledger",
    "elicitation.opened": "is asked for the {factor}",
    "elicitation.answered": "{factor} {outcome}",
    "elicitation.closed": "",
    "elicitation.tried": "",
    "code.delivered": "the code is sent",
    "approval.opened": "a supervisor is asked",
    "approval.voided": "[red]what the supervisor reads is void: {error_code}[/]",
    "approval.attempted": "[red]decision refused: {outcome}[/]",
    "approval.approved": "approves",
}
"""What the audit's actions are called here; an empty text is not told, for another row of the same moment says it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One telling: its payment, the account's state before it, what was found after it."""

    payment_id: str
    before: Row
    facts: tuple[Fact, ...] = ()


def proven(books: DemoBooks, told: Outcome, account_id: str, sessions: Sequence[str], minor: int) -> list[Fact]:
    """All that the story claims, each with whether it is so. `minor`: what was to be paid in the end."""
    payment = books.payment(told.payment_id)
    return [
        _one_payment(books, sessions, payment),
        _posted_once(books.steps(told.payment_id), payment, minor),
        _entries(books.entries(told.payment_id), account_id, payment, minor),
        *_balance(told.before, books.account(account_id), minor),
        *(_countersigned(books, payment, kind) for kind in payment["countersigns"]),
        _approved(books.approvals(told.payment_id), payment),
        _void(books.approvals(told.payment_id), payment),
        _stale(books.audit(told.payment_id)),
    ]


def tell_audit(books: DemoBooks, payment_id: str) -> None:
    """The audit, a line an event: when, which version, who, what."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=2)
    for _ in range(4):
        grid.add_column(no_wrap=True)
    for row in books.audit(payment_id):
        if words := _words(row):
            clock = row["at"].astimezone().strftime("%H:%M:%S.%f")[:-3]
            who = str(row["actor"]).removeprefix("user_")
            grid.add_row("", f"[dim]{clock}[/]", f"v{row['version']}", f"[bold]{who}[/]", words)
    out.print(grid)


def _words(row: Row) -> str:
    """What this row says; an action that is not known is told by its name."""
    if row["type"] == "supervisor_approval" and row["action"].startswith("elicitation."):
        return ""
    detail: dict[str, Any] = {"outcome": "", "error_code": ""} | row["detail"]
    factor = _FACTORS.get(row["type"], row["type"])
    return _WORDS.get(row["action"], str(row["action"])).format_map(detail | {"factor": factor})


def _one_payment(books: DemoBooks, sessions: Sequence[str], payment: Row) -> Fact:
    begun = [each for session in sessions for each in books.payments_of(session)]
    paid = [each for each in begun if books.payment(each)["state"] == "COMPLETED"]
    words = f"payments made in both calls and on the tablet: {len(paid)}, {payment['state']}, version"
    return paid == [payment["payment_id"]], f"{words} {payment['version']} ({payment['payment_id']})"


def _posted_once(steps: Sequence[Row], payment: Row, minor: int) -> Fact:
    told = ", ".join(f"{each['step']} v{each['version']} {money(each['amount_minor'])}" for each in steps)
    held = [each["version"] for each in steps if each["step"] == "hold" and each["version"] < payment["version"]]
    older = [(name, version) for version in held for name in ("hold", "void")]
    wanted = [*older, ("hold", payment["version"]), ("post", payment["version"])]
    true = [(each["step"], each["version"]) for each in steps] == wanted and steps[-1]["amount_minor"] == minor
    return true, f"the ledger's steps: {told}"


def _entries(entries: Sequence[Row], account_id: str, payment: Row, minor: int) -> Fact:
    told = ", ".join(f"{money(each['amount_minor'])} {each['account_id']}" for each in entries)
    wanted = [(account_id, -minor), (payment["payee_account"], minor)]
    return [(each["account_id"], each["amount_minor"]) for each in entries] == wanted, f"entries: {told}"


def _balance(before: Row, after: Row, minor: int) -> list[Fact]:
    balances = before["balance_minor"], after["balance_minor"]
    held = after["held_minor"] - before["held_minor"]
    return [
        (balances[0] - balances[1] == minor, f"savings: {money(balances[0])} before, {money(balances[1])} after"),
        (held == 0, "nothing of it is still on hold" if held == 0 else f"still on hold: {money(held)}"),
    ]


def _countersigned(books: DemoBooks, payment: Row, kind: str) -> Fact:
    given = [
        one for one in books.questions(payment["payment_id"]) if (one["type"], one["state"]) == (kind, "completed")
    ]
    bound = [one for one in given if _bound(one, payment)]
    words = f"{_FACTORS.get(kind, kind)} given for {_versions(given)}; bound to {payment['transaction_hash'][:12]}…"
    return len(bound) == 1, f"{words}, which was paid: {_versions(bound)}"


def _versions(rows: Sequence[Row]) -> str:
    return " and ".join(f"v{row['version']}" for row in rows)


def _approved(approvals: Sequence[Row], payment: Row) -> Fact:
    by = [each["decided_by"] for each in approvals if each["state"] == "approved" and _bound(each, payment)]
    words = f"approved by {', '.join(each.removeprefix('user_') for each in by)}: {payment['reason']}"
    return len(set(by)) == len(by) == payment["approvals"] > 0, f"{words} (policy {payment['policy_version']})"


def _void(approvals: Sequence[Row], payment: Row) -> Fact:
    older = [each for each in approvals if each["version"] < payment["version"]]
    states = ", ".join(f"v{each['version']} {each['state']}" for each in older)
    return bool(older) and all(each["state"] == "cancelled" for each in older), f"approvals of older versions: {states}"


def _stale(audit: Sequence[Row]) -> Fact:
    outcomes = [row["detail"]["outcome"] for row in audit if row["action"] == "approval.attempted"]
    return outcomes == [StaleVersionError.code] * 2, f"decisions refused, in the audit: {', '.join(outcomes)}"


def _bound(row: Row, payment: Row) -> bool:
    return (row["version"], row["transaction_hash"]) == (payment["version"], payment["transaction_hash"])
