"""The people of a run: customers with an account each, who all pay the same shop, and supervisors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import httpx
import psycopg

from adapters.passwords import hasher
from chaos.wishes import MANDATED, RAIL_MODES, Kind, policy, rail_payee, wishes

if TYPE_CHECKING:
    from pathlib import Path


TENANT: Final = "chaos"
_RAIL_LATE_S: Final = 3.0
OPENING_MINOR: Final = 10_000_000_00
SUPERVISORS: Final = ("chaos_desk_1", "chaos_desk_2")
_STRANGERS: Final = ("Shop", MANDATED)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in."""

    user_id: str
    name: str
    phone: str


def customer(number: int) -> Person:
    """The customer of this number."""
    return Person(f"user_chaos_{number}", f"chaos_{number}", f"+1555{2_000_000 + number:07}")


def supervisor(name: str) -> Person:
    """One of SUPERVISORS."""
    return Person(f"user_{name}", name, "+15551000000")


def settings(folder: Path, elicitation_s: float) -> dict[str, str]:
    """What the processes of the run are told: this town's policy, short waits, and limits that its clients need."""
    file = folder / "chaos_policy.json"
    file.write_text(json.dumps(policy()))
    return {
        "COUNTERSIGN_POLICY_FILES": json.dumps({TENANT: str(file)}),
        "COUNTERSIGN_ELICITATION_S": str(elicitation_s),
        "COUNTERSIGN_ACCESS_TOKEN_S": "7200",
        "COUNTERSIGN_SIGN_IN_IDLE_S": "7200",
        "COUNTERSIGN_SESSION_IDLE_S": "7200",
        "COUNTERSIGN_RATE_ANONYMOUS": "",
        "COUNTERSIGN_RATE_WRITES": "",
        "COUNTERSIGN_RATE_TOOLS": "",
        "COUNTERSIGN_RAIL_TIMEOUT_S": "2",
        "COUNTERSIGN_RAIL_AGAIN_MOST_S": "4",
        "COUNTERSIGN_LOG_LEVEL": "WARNING",
    }


def found(owner_url: str, password: str, seed: int, count: int, customers: int) -> None:
    """Write everybody down, once, before anything breaks."""
    strangers = sorted({wish.payee for wish in wishes(seed, count, customers) if wish.kind is Kind.COOL})
    hashed = hasher().hash(password)
    with psycopg.connect(owner_url) as owner:
        owner.execute("SET LOCAL ROLE countersign_owner")
        for name in SUPERVISORS:
            _person(owner, supervisor(name), "supervisor", hashed)
            owner.execute("INSERT INTO supervisors VALUES (%s, 'supervisors', 100000000)", [f"user_{name}"])
        for name in (*_STRANGERS, *strangers):
            _account(owner, _account_of(name), None, "checking")
        for mode in RAIL_MODES:
            _elsewhere(owner, rail_payee(mode))
        for number in range(customers):
            _customer(owner, customer(number), hashed)
        for wish in wishes(seed, count, customers):
            if wish.kind is Kind.COOL:
                _payee(owner, customer(wish.customer), wish.payee, "0 days")


def account_of(person: Person) -> str:
    """The account that this customer pays from."""
    return f"acct_{person.user_id}"


def _customer(owner: psycopg.Connection, person: Person, hashed: str) -> None:
    _person(owner, person, "customer", hashed)
    _account(owner, account_of(person), person.user_id, "checking")
    _account(owner, f"{account_of(person)}_savings", person.user_id, "savings")
    owner.execute(
        "SELECT book(%s, 'bank_equity', %s, %s, 'Opening balance', now())",
        [f"opening-{person.user_id}", account_of(person), OPENING_MINOR],
    )
    for name in (*_STRANGERS, *(rail_payee(mode) for mode in RAIL_MODES)):
        _payee(owner, person, name, "90 days")


def _elsewhere(owner: psycopg.Connection, name: str) -> None:
    _account(owner, _account_of(name), None, "clearing")
    owner.execute(
        "INSERT INTO creditors (account_id, name, bank, account) VALUES (%s, %s, '021000021', %s)",
        [_account_of(name), name, name],
    )


def behave(rail_url: str, admin: str) -> None:
    """Tell the other banks' rail how payments to each of its payees go."""
    for mode in RAIL_MODES:
        path = f"{rail_url}/admin/behaviours/{quote(rail_payee(mode))}"
        wanted = {"mode": mode.value, "after_s": _RAIL_LATE_S}
        httpx.put(path, json=wanted, headers={"Authorization": f"Bearer {admin}"}, timeout=20).raise_for_status()


def _person(owner: psycopg.Connection, person: Person, role: str, hashed: str) -> None:
    owner.execute(
        """INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone, email,
               password_hash) VALUES (%s, %s, %s, %s, %s, %s, 'web', %s, %s, %s)""",
        [
            *(person.user_id, person.name, person.name, role, TENANT, f"ref_{person.name}", person.phone),
            *(f"{person.name}@example.com", hashed),
        ],
    )


def _account(owner: psycopg.Connection, account_id: str, user_id: str | None, kind: str) -> None:
    owner.execute(
        """INSERT INTO accounts (account_id, user_id, kind, name, currency, overdraft_limit_minor)
           VALUES (%s, %s, %s, %s, 'USD', 0)""",
        [account_id, user_id, kind, kind.title()],
    )


def _account_of(payee: str) -> str:
    return f"acct_chaos_{payee.lower().replace(' ', '_')}"


def _payee(owner: psycopg.Connection, person: Person, name: str, since: str) -> None:
    owner.execute(
        """INSERT INTO payees (payee_id, user_id, name, account_id, created_at)
           VALUES (%s, %s, %s, %s, now() - %s::interval)""",
        [f"payee_{person.name}_{name.lower().replace(' ', '_')}", person.user_id, name, _account_of(name), since],
    )
