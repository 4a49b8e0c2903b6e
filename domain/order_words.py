"""What a customer is told of a standing order's due dates. Names and sums only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.dialogue.sums import money
from domain.order_runs import RunState
from domain.recurrence import day_name

if TYPE_CHECKING:
    from domain.order_runs import Settling
    from domain.standing_orders import Terms

_UNSAID: Final = frozenset({"standing_order_paused", "standing_order_ended", "withdrawn"})
"""The customer's own doing."""
STOPS: Final = frozenset(
    {
        "unknown_payee",
        "payee_removed",
        "ambiguous_payee",
        "account_closed",
        "unknown_account",
        "currency_mismatch",
        "standing_order_mismatch",
    }
)
"""What no later due date can mend: the order is paused with it."""
_WHY: Final = {
    "unknown_payee": "{payee} is no longer among your payees",
    "payee_removed": "{payee} is no longer among your payees",
    "ambiguous_payee": "more than one of your payees is called {payee}",
    "account_closed": "an account of it is closed",
    "unknown_account": "your {account} account is no longer there",
    "currency_mismatch": "the two accounts hold different currencies",
    "standing_order_mismatch": "{payee} is no longer the payee that you confirmed",
}
_MISSED: Final = {
    "insufficient_funds": "there was not enough money in your {account} account all day",
    "standing_order_late": "the bank could not pay it in time",
    "approval_refused": "a supervisor did not approve it",
}


def told(terms: Terms, amount: str, account: str, settled: Settling, today: str) -> str:
    """One notice, or nothing where the customer has stopped it. `today`: ISO 8601, the customer's."""
    if settled.error_code in _UNSAID:
        return ""
    what = f"{money(amount, terms.currency)} to {terms.payee_name}"
    late = f", due on {day_name(settled.due_on)}" if settled.due_on != today else ""
    if settled.state is RunState.PAID:
        return f"I paid {what}{late}, as your standing order says."
    names = {"payee": terms.payee_name, "account": account}
    due = f"The payment of {what}, due on {day_name(settled.due_on)},"
    if settled.stops:
        why = _WHY.get(settled.stops, "it can't be paid").format(**names)
        return f"{due} was not made: {why}. Nothing was moved, and your standing order is paused."
    why = _MISSED.get(settled.error_code, "it did not go through").format(**names)
    rest = " The next one stays as planned." if terms.every else ""
    return f"{due} was not made: {why}. Nothing was moved.{rest}"
