"""The auditor over few entries and over a million: how long, and how much memory, here and in the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from bench.report import table
from runtime.migrate import migrate, passwords_in

if TYPE_CHECKING:
    from runtime.local.stack import Stack

SIZES: Final = (10_000, 1_000_000)
LIMIT_S: Final = 30
_ROOT: Final = Path(__file__).parent.parent
_MIB: Final = 2**20

# two entries a payment, all of them posted, with everything that is written beside them
_FILL: Final = """
    SET session_replication_role = replica;
    INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone, email,
        password_hash) VALUES ('u', 'u', 'User', 'customer', 't', 'ref', 'web', '+15550100199', 'x@example.com', 'h');
    INSERT INTO payments (payment_id, user_id, tenant_id, customer_ref, version, amount_minor, currency, amount,
        payer_account, payer_account_name, payer_name, payee_account, payee_name, transaction_hash, countersigns,
        policy_version, reason, digest, state, settled_at)
    SELECT 'p' || n, 'u', 't', 'ref', 1, 1 + n % 9999, 'USD', '0.01', 'acc' || n % 1000, 'Checking', 'User',
        'acc' || (n + 1) % 1000, 'Shop', repeat('f', 64), '{confirmation}', 'v', 'r', 'd', 'COMPLETED', now()
    FROM generate_series(1, {payments}) n;
    INSERT INTO elicitations (elicitation_id, payment_id, user_id, session_id, type, request, state, closed_at)
    SELECT payment_id || '-confirmation-1', payment_id, user_id, '', 'confirmation', jsonb_build_object('version', 1,
        'transaction_hash', transaction_hash, 'amount', amount, 'currency', currency, 'payee', payee_name, 'account',
        payer_account_name), 'completed', now() FROM payments;
    INSERT INTO holds (payment_id, version, account_id, amount_minor, currency, state, released_at)
    SELECT payment_id, 1, payer_account, amount_minor, currency, 'posted', now() FROM payments;
    INSERT INTO transfers (payment_id, version, step, state, debit_account, credit_account, amount_minor, currency)
    SELECT payment_id, 1, s.step, s.state, payer_account, payee_account, amount_minor, currency
    FROM payments, (VALUES ('hold', 'pending'), ('post', 'posted')) AS s (step, state);
    INSERT INTO entries (transfer_id, account_id, amount_minor, currency, counterparty)
    SELECT transfer_id, debit_account, -amount_minor, currency, 'x' FROM transfers WHERE step = 'post' UNION ALL
    SELECT transfer_id, credit_account, amount_minor, currency, 'x' FROM transfers WHERE step = 'post';
    INSERT INTO accounts (account_id, user_id, kind, name, currency, balance_minor, overdraft_limit_minor)
    SELECT account_id, 'u', 'checking', 'Checking', 'USD', sum(amount_minor), 1000000000000 FROM entries GROUP BY 1;
    INSERT INTO outbox (seq, kind, user_id, session_id, subject_id, dedupe_key, body)
    SELECT row_number() OVER (), k.kind, 'u', '', payment_id, k.kind || ':' || payment_id || ':1', jsonb_build_object(
        'payment_id', payment_id, 'version', 1, 'state', state, 'amount', amount, 'amount_minor', amount_minor,
        'currency', currency, 'payee', payee_name, 'account', payer_account_name, 'error_code', '')
    FROM payments, (VALUES ('payment.created'), ('payment.held'), ('payment.completed')) AS k (kind);
    INSERT INTO outbox (seq, kind, user_id, session_id, subject_id, dedupe_key, body)
    SELECT (SELECT max(seq) FROM outbox) + row_number() OVER (), k.kind, 'u', '', elicitation_id,
        k.kind || ':' || elicitation_id, '{empty}'
    FROM elicitations, (VALUES ('elicitation.opened'), ('elicitation.closed')) AS k (kind);
    INSERT INTO audit (actor, action, subject_id, detail)
    SELECT user_id, kind, subject_id, jsonb_build_object('version', 1, 'transaction_hash', repeat('f', 64),
        'error_code', '') FROM outbox;
    SET session_replication_role = origin;
    VACUUM ANALYZE
"""


def run(servers: Stack) -> None:
    """Print the table."""
    rows: list[list[object]] = []
    for size in SIZES:
        url = make_conninfo(servers.env["COUNTERSIGN_MIGRATIONS_URL"], dbname=f"audited_{size}")
        migrate(url, passwords_in(servers.site.layout.keys))
        statements = _FILL.replace("{payments}", str(size // 2)).replace("{empty}", "{}")
        with psycopg.connect(url, autocommit=True) as owner:
            for statement in statements.split(";\n"):
                owner.execute(statement.encode())
        rows.append(_audited(make_conninfo(servers.site.database_url("countersign_audit"), dbname=f"audited_{size}")))
    columns = ["entries", "differ", "seconds", "limit", "peak MiB, auditor", "peak MiB, its server process"]
    table("The auditor over the database", columns, rows)


def _audited(url: str) -> list[object]:
    given = os.environ | {"COUNTERSIGN_DATABASE_URL": url, "COUNTERSIGN_STATE_DIR": "/nonexistent"}
    command = [sys.executable, "-m", "cli.main", "audit", "ledger", "--json", "--database-only"]
    auditor = subprocess.Popen(command, cwd=_ROOT, env=given, stdout=subprocess.PIPE, text=True)
    peaks = {"auditor": 0, "server": 0}
    watch = threading.Thread(target=_watch, args=(auditor, url, peaks))
    watch.start()
    told: dict[str, Any] = json.loads(auditor.communicate()[0])
    watch.join()
    memory = [f"{peaks[name] / _MIB:.0f}" for name in ("auditor", "server")]
    return [f"{told['entries']:,}", len(told["differences"]), told["seconds"], f"≤ {LIMIT_S}", *memory]


def _watch(auditor: subprocess.Popen[str], url: str, peaks: dict[str, int]) -> None:
    """Own memory of the auditor and of the server's process that works for it, without the pages that all share."""
    with psycopg.connect(url, autocommit=True) as connection:
        while auditor.poll() is None:
            found = connection.execute(
                """SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                   AND usename = current_user AND backend_type = 'client backend'"""
            ).fetchall()
            with suppress(psutil.Error):
                peaks["auditor"] = max(peaks["auditor"], psutil.Process(auditor.pid).memory_info().rss)
                for (pid,) in found:
                    peaks["server"] = max(peaks["server"], psutil.Process(pid).memory_full_info().uss)
            time.sleep(0.05)
