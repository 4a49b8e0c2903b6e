"""Payments that go back, and payees that were removed: what a payment may be, given what was before it."""

from __future__ import annotations

from typing import Final

from adapters.audit.check import Check

REVERSALS: Final = (
    Check(
        "reversal.original",
        "each reversal with what it takes back: a posted payment of the same sum, the other way",
        """SELECT r.payment_id, format('%s %s to %s, of %s %s to %s', concat_ws(' ', r.amount_minor, r.currency),
                  r.payer_account, r.payee_account, concat_ws(' ', coalesce(p.state, 'nothing'), p.amount_minor,
                  p.currency), p.payer_account, p.payee_account)
           FROM payments r LEFT JOIN payments p ON p.payment_id = r.reverses
           LEFT JOIN transfers t ON t.payment_id = p.payment_id AND t.version = p.version AND t.step = 'post'
           WHERE (r.kind = 'reversal' OR r.reverses IS NOT NULL)
               AND (r.kind <> 'reversal' OR t.payment_id IS NULL OR p.state <> 'COMPLETED'
                   OR p.kind NOT IN ('payee', 'own') OR r.tenant_id <> p.tenant_id
                   OR (r.amount_minor, r.currency, r.payer_account, r.payee_account)
                       IS DISTINCT FROM (t.amount_minor, t.currency, t.credit_account, t.debit_account))""",
    ),
    Check(
        "reversal.once",
        "each payment with what takes it back: one reversal at most that goes on or has gone through",
        """SELECT reverses, 'goes back by ' || string_agg(payment_id, ', ' ORDER BY payment_id)
           FROM payments WHERE reverses IS NOT NULL AND state NOT IN ('CANCELLED', 'EXPIRED', 'REJECTED', 'FAILED')
           GROUP BY reverses HAVING count(*) > 1""",
    ),
    Check(
        "reversal.persons",
        "each posted reversal with two supervisors, one who asked and one who approved, whose payment it was not",
        """SELECT r.payment_id, format('asked for by %s, approved by %s, the payment was made by %s', r.user_id,
                  coalesce((SELECT string_agg(DISTINCT a.decided_by, ', ') FROM approvals a
                            WHERE a.payment_id = r.payment_id AND a.state = 'approved'), 'nobody'), p.user_id)
           FROM payments r JOIN payments p ON p.payment_id = r.reverses
           WHERE r.state = 'COMPLETED' AND (r.user_id = p.user_id OR NOT EXISTS (SELECT FROM approvals a
               WHERE a.payment_id = r.payment_id AND a.version = r.version AND a.state = 'approved'
                   AND a.transaction_hash = r.transaction_hash AND a.decided_by NOT IN (r.user_id, p.user_id)))""",
    ),
    Check(
        "reversal.events",
        "each posted reversal with the event that tells the payment's customer of it, and the other way round",
        """WITH due AS (
               SELECT 'payment.reversed:' || reverses AS dedupe_key, payment_id FROM payments
               WHERE reverses IS NOT NULL AND state = 'COMPLETED'),
           told AS (
               SELECT dedupe_key, body ->> 'reversed_by' AS payment_id FROM outbox WHERE kind = 'payment.reversed')
           SELECT dedupe_key, format('reversed by %s, told of %s', coalesce(d.payment_id, 'nothing'),
                  coalesce(t.payment_id, 'nothing'))
           FROM due d FULL JOIN told t USING (dedupe_key) WHERE d.payment_id IS DISTINCT FROM t.payment_id""",
    ),
    Check(
        "payee.removed",
        "what was held, posted or sent over the rail with when its payee was removed: nothing from then on",
        """WITH gone AS (
               SELECT user_id, account_id, max(removed_at) AS gone_at FROM removed_payees GROUP BY user_id, account_id)
           SELECT p.payment_id, format('%s %s, its payee was removed %s', did.what, did.done_at, g.gone_at)
           FROM gone g JOIN payments p ON p.user_id = g.user_id AND p.payee_account = g.account_id,
               LATERAL (
                   SELECT 'held' AS what, h.created_at AS done_at FROM holds h WHERE h.payment_id = p.payment_id
                   UNION ALL SELECT 'posted', t.created_at FROM transfers t
                   WHERE t.payment_id = p.payment_id AND t.step = 'post' AND p.kind = 'payee'
                   UNION ALL SELECT 'sent', r.sent_at FROM rail_payments r WHERE r.payment_id = p.payment_id) did
           WHERE p.kind IN ('payee', 'outside') AND did.done_at > g.gone_at
               AND NOT EXISTS (SELECT FROM payees y WHERE y.user_id = g.user_id AND y.account_id = g.account_id
                   AND y.created_at <= did.done_at)""",
    ),
)
