"""The ledger beside pgbench's TPC-B, on the same Postgres by the same driver; a hot account; the auditor.

What is counted: a *posting* is one transfer in one transaction (`book`). A *payment* is two, each in a transaction of
its own: its hold, and its post with entries, event and audit; opening it is not counted, for no money moves.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg.conninfo import make_conninfo

from bench import auditor, pgbench
from bench.report import table
from runtime.local.stack import Stack
from runtime.migrate import migrate, passwords_in

if TYPE_CHECKING:
    from bench.pgbench import Rate
    from runtime.settings import Settings

CLIENTS: Final = 16
WRITERS: Final = 50
ACCOUNTS: Final = 10_000
ROUNDS: Final = 3
SECONDS: Final = 10
_OPEN: Final = 1500
"""Payments opened for each client: more than it can post in a round."""

_POSTING: Final = """
\\set i :i + 1
\\set from random(1, :accounts)
\\set to 1 + (:from + random(0, :accounts - 2)) % :accounts
SELECT book('k' || :round || '-' || :client_id || '-' || :i, 'acc' || :from, 'acc' || :to, 1, 'Bench', now());
"""
_PAYMENT: Final = """
\\set i :i + 1
SELECT hold_payment('{name}' || :round || '-' || :client_id || '-' || :i, 1);
SELECT post_payment('{name}' || :round || '-' || :client_id || '-' || :i, 1);
"""
_PEOPLE: Final = """
    INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone, email,
        password_hash) VALUES ('u', 'u', 'User', 'customer', 't', 'ref', 'web', '+15550100199', 'x@example.com', 'h');
    INSERT INTO accounts (account_id, user_id, kind, name, currency, overdraft_limit_minor)
    SELECT 'acc' || n, 'u', 'checking', 'Checking', 'USD', 1000000000000 FROM generate_series(0, %(accounts)s) n;
    INSERT INTO accounts (account_id, kind, name, currency) VALUES ('shop', 'checking', 'Shop', 'USD');
"""
_OPENED: Final = """
    SELECT count(*) FROM (SELECT c, i,
        coalesce(%(payer)s, 'acc' || 1 + (c * 7919 + i * 104729) %% %(accounts)s) AS payer,
        coalesce(%(payee)s, 'acc' || 1 + (c * 7919 + i * 104729 + 1 + i %% 97) %% %(accounts)s) AS payee
        FROM generate_series(0, %(clients)s - 1) c, generate_series(1, %(open)s) i) wanted, LATERAL open_payment(
        jsonb_build_object('payment_id', %(name)s || %(round)s || '-' || c || '-' || i,
        'user_id', 'u', 'tenant_id', 't', 'customer_ref', 'ref', 'session_id', '', 'tool_call_id', '', 'version', 1,
        'amount_minor', 1, 'currency', 'USD', 'amount', '0.01', 'payer_account', payer, 'payer_account_name',
        'Checking', 'payee_account', payee, 'payee_name', 'Shop', 'transaction_hash', repeat('f', 64), 'countersigns',
        '[]'::jsonb, 'approvals', 0, 'approver_group', '', 'cooling_off_s', 0, 'policy_version', 'v', 'reason', 'r',
        'mandate_id', '', 'kind', 'payee', 'description', ''), 'd')
"""
_HOT: Final = {
    "hot shop": "all to one shop or other bank",
    "hot payee": "all to one customer",
    "hot payer": "all from one customer",
}
_POSTED: Final = "SELECT count(*) FROM transfers WHERE step = 'post' AND payment_id LIKE %s"


@dataclass
class Ground:
    """A migrated database with many accounts, and pgbench's tables beside it."""

    url: str
    round: int = 0
    deadlocks: int = 0
    rates: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def noted(self, name: str, rate: Rate) -> None:
        """Remember one round."""
        self.deadlocks += rate.failed
        self.rates.setdefault(name, []).append(rate.per_second)

    def median(self, name: str) -> float:
        """Of all rounds."""
        return median(self.rates[name])

    def settle(self) -> None:
        """Before each round: what an earlier one left to the server is done, and it knows how large its tables are."""
        with psycopg.connect(self.url, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE")
            owner.execute("CHECKPOINT")

    def pay(self, name: str, clients: int, payer: str | None = None, payee: str | None = None) -> None:
        """A round of payments from and to one account each, or spread."""
        values = {"name": name, "round": self.round, "payer": payer, "payee": payee}
        with psycopg.connect(self.url, autocommit=True) as owner:
            owner.execute(
                _OPENED, values | {"accounts": ACCOUNTS, "clients": clients, "open": _OPEN * CLIENTS // clients}
            )
        self.settle()
        script = _PAYMENT.format(name=name)
        rate = pgbench.scripted(self.url, script, clients, SECONDS, i=0, round=self.round)
        with psycopg.connect(self.url, autocommit=True) as owner:
            posted = owner.execute(_POSTED, [f"{name}{self.round}-%"]).fetchone()
        if posted != (rate.done,):
            raise RuntimeError(f"{rate.done} payments were made, {posted} posted: open more")
        self.noted(name, rate)


def run(_chosen: Settings) -> None:
    """Print the tables; on a Postgres of its own, with the settings of `make up`: every commit is on disk."""
    with (
        tempfile.TemporaryDirectory(prefix="countersign-bench-") as folder,
        Stack(Path(folder), ["postgres"]) as servers,
    ):
        url = make_conninfo(servers.env["COUNTERSIGN_MIGRATIONS_URL"], dbname="bench")
        migrate(url, passwords_in(servers.site.layout.keys))
        with psycopg.connect(url, autocommit=True) as owner:
            psycopg.ClientCursor(owner).execute(_PEOPLE, {"accounts": ACCOUNTS})
        pgbench.initialise(url)
        ground = Ground(url)
        _beside_tpcb(ground)
        _hot(ground)
        auditor.run(servers)


def _beside_tpcb(ground: Ground) -> None:
    for ground.round in range(ROUNDS):  # in turn, so that a noisy machine is noisy for all
        ground.settle()
        ground.noted("tpcb", pgbench.tpcb(ground.url, CLIENTS, SECONDS))
        ground.settle()
        rate = pgbench.scripted(ground.url, _POSTING, CLIENTS, SECONDS, i=0, round=ground.round, accounts=ACCOUNTS)
        ground.noted("posting", rate)
        ground.pay("payment", CLIENTS)
    peer, payments = ground.median("tpcb"), ground.median("payment")
    rows = [
        ("pgbench TPC-B, transactions", peer, 1.0, ""),
        ("transfers, one a transaction", ground.median("posting"), ground.median("posting") / peer, "≥ 1"),
        ("transfers of payments: hold, post", 2 * payments, 2 * payments / peer, "≥ 1"),
        ("payments, each two transactions", payments, payments / peer, ""),
    ]
    _rates(f"A second, {CLIENTS} clients, medians of {ROUNDS} rounds of {SECONDS} s, {ACCOUNTS:,} accounts", rows)


def _hot(ground: Ground) -> None:
    for ground.round in range(ROUNDS, 2 * ROUNDS):
        ground.pay("spread", WRITERS)
        ground.pay("hot shop", WRITERS, payee="shop")
        ground.pay("hot payee", WRITERS, payee="acc0")
        ground.pay("hot payer", WRITERS, payer="acc0")
    spread = ground.median("spread")
    rows = [("spread over all accounts", spread, 1.0, "")]
    for name, meaning in _HOT.items():
        rows.append((meaning, ground.median(name), ground.median(name) / spread, "≥ 0.3"))
    _rates(f"Payments a second, {WRITERS} writers, one account; deadlocks: {ground.deadlocks}", rows)


def _rates(title: str, rows: list[tuple[str, float, float, str]]) -> None:
    drawn = [(name, f"{rate:,.0f}", f"{ratio:.2f}", goal) for name, rate, ratio, goal in rows]
    table(title, ["", "a second", "ratio", "goal"], drawn)
