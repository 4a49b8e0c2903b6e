"""Accounts, payees and what is read from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PAYS_FROM: Final = frozenset({"checking", "savings"})
"""Kinds of accounts that can be paid from."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account as its owner sees it; amounts in minor units. `available` is balance less holds."""

    account_id: str
    kind: str
    name: str
    currency: str
    balance_minor: int
    available_minor: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Payee:
    """Someone whom the customer has registered to pay. `outside`: they bank elsewhere, and are paid over the rail."""

    payee_id: str
    name: str
    account_id: str
    currency: str
    closed: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an account's history, newest first where listed; `amount_minor` is negative for money out."""

    at: str
    amount_minor: int
    currency: str
    counterparty: str
    description: str


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is speaking. `customer_ref` is a pseudonym: it may stand in search attributes, names and ids may not."""

    user_id: str
    username: str
    display_name: str
    role: str
    tenant_id: str
    customer_ref: str
    platform: str
    phone: str
    email: str
    code_channel: str = "sms"
    """How one-time codes reach them: "sms" or "email"."""
