"""A bank in which a little of everything has happened, all of it in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from activities.ports import Settlement
from adapters.postgres.approvals import PgApprovals
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.ledger import PgLedger
from domain.elicitation import ElicitationType
from domain.payments import PaymentState
from tests.audit.scene_later import play_on
from tests.bank import found_bank, plan, request
from tests.ledger.test_versions import asked, countersigned, waits_for
from tests.postgres.test_mandates import active

if TYPE_CHECKING:
    import psycopg

    from adapters.postgres.pool import Pool

BOTH = (ElicitationType.CONFIRMATION, ElicitationType.OTP)
_PEOPLE = """
    UPDATE users SET role = 'supervisor' WHERE user_id = 'u2';
    INSERT INTO supervisors VALUES ('u2', 'supervisors', 1000000);
    INSERT INTO alerts (alert_id, user_id, tenant_id, customer_ref, digest, state, kind, active_since)
    VALUES ('w', 'u1', 't', 'ref_u1', 'd', 'ACTIVE', 'low_balance', now())
"""


async def play(owner: psycopg.Connection, pool: Pool) -> None:
    """Payments `plain`, `signed`, `approved`, `open`, `void`, `expired`, `revised`, two under a mandate, and more."""
    found_bank(owner)
    owner.execute(_PEOPLE)
    ledger = PgLedger(pool)
    await _plain(ledger)
    await _signed(ledger, PgElicitations(pool))
    await _approved(ledger, PgApprovals(pool))
    await _waiting(ledger, PgElicitations(pool))
    await _mandated(ledger, pool)
    await play_on(owner, pool)
    owner.execute("SELECT FROM sequence_outbox(1000)")


async def _begun(ledger: PgLedger, payment_id: str, **changes: object) -> None:
    await ledger.open_payment(request(payment_id, 1_00), replace(plan(payment_id, 1_00), **changes))


async def _plain(ledger: PgLedger) -> None:
    for payment_id in ("plain", "void", "expired", "refused"):
        await _begun(ledger, payment_id)
    for payment_id in ("plain", "void", "expired"):
        await ledger.hold(payment_id)
    await ledger.post("plain")
    await ledger.void("void", PaymentState.CANCELLED)
    await ledger.void("expired", PaymentState.EXPIRED)
    await ledger.void("refused", PaymentState.FAILED, "insufficient_funds")


async def _signed(ledger: PgLedger, questions: PgElicitations) -> None:
    made = plan("signed", 1_00, countersigns=BOTH)
    await ledger.open_payment(request("signed", 1_00), made)
    await countersigned(questions, made, *BOTH)
    await ledger.hold("signed")
    await ledger.post("signed")


async def _approved(ledger: PgLedger, approvals: PgApprovals) -> None:
    made = replace(plan("approved", 1_00), approvals=1)
    await ledger.open_payment(request("approved", 1_00), made)
    order = waits_for(made)
    await approvals.open(order)
    yes = Settlement(order.request.elicitation_id, "u2", "", approve=True, note="", response_id="r")
    await approvals.settle(yes)
    await ledger.hold("approved")
    await ledger.post("approved")


async def _waiting(ledger: PgLedger, questions: PgElicitations) -> None:
    made = plan("open", 1_00, countersigns=BOTH)
    await ledger.open_payment(request("open", 1_00), made)
    await questions.open(asked(made, ElicitationType.OTP))
    await ledger.hold("open")
    await _begun(ledger, "revised")
    await ledger.hold("revised")
    await ledger.revise(replace(plan("revised", 2_00), version=2, transaction_hash="2" * 64))
    await ledger.hold("revised", 2)


async def _mandated(ledger: PgLedger, pool: Pool) -> None:
    await active(pool, "m", 10_00)
    for payment_id in ("used", "returned"):
        await _begun(ledger, payment_id, mandate_id="m")
        await ledger.hold(payment_id)
    await ledger.post("used")
    await ledger.void("returned", PaymentState.CANCELLED)
