"""The tools themselves. They read, and they start or signal workflows; none of them moves money.

Every tool takes a checked caller and its arguments, and returns its result or raises a BankError.
"""

from __future__ import annotations

from dataclasses import dataclass

from mcp_tools.bank.alerts import Alerts
from mcp_tools.bank.cards import Cards
from mcp_tools.bank.mandates import Mandates
from mcp_tools.bank.payments import Payments
from mcp_tools.bank.reads import Reads
from mcp_tools.bank.standing_orders import StandingOrders
from mcp_tools.memory import Memory

__all__ = ["Alerts", "Bank", "Cards", "Mandates", "Payments", "Reads", "StandingOrders"]


@dataclass(frozen=True, slots=True)
class Bank:
    """Everything that can be asked of it, by concern."""

    reads: Reads
    payments: Payments
    mandates: Mandates
    cards: Cards
    alerts: Alerts
    standing_orders: StandingOrders
    memory: Memory | None = None
