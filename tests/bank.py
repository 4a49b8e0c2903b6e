"""A small bank to test with: `u1` with two accounts, `u2` with one, and two shops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.audit.ledger import look
from domain.elicitation import ElicitationType
from domain.payments import PaymentPlan, PaymentRequest

if TYPE_CHECKING:
    import psycopg

OPENING = {"a1": 100_00, "a2": 50_00, "b1": 70_00, "shop": 0, "mill": 0}
OWNERS = {"a1": "u1", "a2": "u1", "b1": "u2"}


def found_bank(owner: psycopg.Connection) -> None:
    for user in ("u1", "u2"):
        owner.execute(
            """INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone,
                   email, password_hash)
               VALUES (%s, %s, %s, 'customer', 't', %s, 'web', '+15550100199', 'x@example.com', 'h')""",
            [user, user, f"User {user}", f"ref_{user}"],
        )
    owner.execute(
        """INSERT INTO accounts (account_id, kind, name, currency, overdraft_limit_minor)
           VALUES ('equity', 'equity', 'Opening balance', 'USD', NULL)"""
    )
    for account, minor in OPENING.items():
        kind = "savings" if account == "a2" else "checking"
        owner.execute(
            "INSERT INTO accounts (account_id, user_id, kind, name, currency) VALUES (%s, %s, %s, %s, 'USD')",
            [account, OWNERS.get(account), kind, kind.title()],
        )
        if minor:
            owner.execute("SELECT book(%s, 'equity', %s, %s, 'Opening', now())", [f"opening-{account}", account, minor])


def request(payment_id: str, minor: int = 25_00, **changes: str) -> PaymentRequest:
    given = {"user_id": "u1", "payee": "Shop", "account": "checking", "session_id": "s1"} | changes
    return PaymentRequest(payment_id=payment_id, amount=f"{minor / 100:.2f}", **given)


def plan(
    payment_id: str,
    minor: int = 25_00,
    payer: str = "a1",
    payee: str = "shop",
    countersigns: tuple[ElicitationType, ...] = (),
) -> PaymentPlan:
    return PaymentPlan(
        payment_id=payment_id,
        user_id=OWNERS.get(payer, "u1"),
        tenant_id="t",
        customer_ref="ref_u1",
        version=1,
        amount_minor=minor,
        currency="USD",
        amount=f"{minor / 100:.2f}",
        payer_account=payer,
        payer_account_name="Checking",
        payee_account=payee,
        payee_name="Shop",
        transaction_hash="f" * 64,
        countersigns=countersigns,
        policy_version="v",
        reason="r",
    )


def balances(owner: psycopg.Connection) -> dict[str, tuple[int, int]]:
    """Balance and held amount of every account, in minor units."""
    rows = owner.execute(
        "SELECT account_id, balance_minor, held_minor FROM accounts_shown WHERE kind <> 'equity'"
    ).fetchall()
    return {account: (balance, held) for account, balance, held in rows}


def assert_books_agree(owner: psycopg.Connection) -> None:
    """The auditor finds nothing in the database; see `tests/auditing.py` for the whole audit. Autocommit."""
    assert list(look(owner)) == []
