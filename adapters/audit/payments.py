"""Payments beside their holds and their transfers."""

from __future__ import annotations

from typing import Final

from adapters.audit.check import Check

PAYMENTS: Final = (
    Check(
        "hold.steps",
        "each hold with its steps: held, then posted, voided or expired, once and for the same amount",
        """WITH due AS (
               SELECT payment_id, version, 'hold' AS step, 'pending' AS state, account_id, amount_minor, currency
               FROM holds
               UNION ALL
               SELECT payment_id, version, CASE state WHEN 'posted' THEN 'post' WHEN 'voided' THEN 'void'
                   ELSE 'expire' END, state, account_id, amount_minor, currency FROM holds WHERE state <> 'held')
           SELECT format('%s version %s, %s', payment_id, version, step), format('hold says %s, transfer %s',
                  coalesce(concat_ws(' ', d.state, d.account_id, d.amount_minor, d.currency), ''),
                  coalesce(concat_ws(' ', t.state, t.debit_account, t.amount_minor, t.currency), ''))
           FROM due d FULL JOIN (SELECT * FROM transfers WHERE step NOT IN ('book', 'return')) t
               USING (payment_id, version, step)
           WHERE (d.state, d.account_id, d.amount_minor, d.currency)
               IS DISTINCT FROM (t.state, t.debit_account, t.amount_minor, t.currency)""",
    ),
    Check(
        "payment.hold",
        "each payment with its hold: what is held or posted is what the payment is about, and its state says so",
        """SELECT payment_id, format('payment %s of version %s, hold %s of version %s',
                  coalesce(concat_ws(' ', p.state, p.payer_account, p.amount_minor, p.currency), 'none'), p.version,
                  concat_ws(' ', h.state, h.account_id, h.amount_minor, h.currency), h.version)
           FROM holds h LEFT JOIN payments p USING (payment_id)
           WHERE p.payment_id IS NULL OR h.version > p.version
               OR (h.version = p.version AND (h.account_id, h.amount_minor, h.currency)
                   IS DISTINCT FROM (p.payer_account, p.amount_minor, p.currency))
               OR (h.state = 'held' AND (h.version <> p.version OR is_final(p.state)))
               OR (h.state = 'posted' AND (h.version <> p.version OR p.state <> 'COMPLETED'))
           UNION ALL
           SELECT payment_id, 'COMPLETED without a posted hold' FROM payments p
           WHERE state = 'COMPLETED' AND NOT EXISTS (SELECT FROM holds h WHERE h.payment_id = p.payment_id
               AND h.version = p.version AND h.state = 'posted')""",
    ),
    Check(
        "payment.transfer",
        "from where to where a payment's transfers go, or come back, with what its plan says",
        """SELECT format('transfer %s of %s', t.transfer_id, t.payment_id), format('%s to %s, payment %s to %s',
                  t.debit_account, t.credit_account, coalesce(p.payer_account, 'none'), coalesce(p.payee_account, ''))
           FROM transfers t LEFT JOIN payments p USING (payment_id)
           WHERE t.step <> 'book' AND (p.payment_id IS NULL
               OR (t.version = p.version AND t.step <> 'return'
                   AND (t.debit_account, t.credit_account) IS DISTINCT FROM (p.payer_account, p.payee_account))
               OR (t.step = 'return' AND (p.state, t.debit_account, t.credit_account, t.amount_minor, t.currency)
                   IS DISTINCT FROM ('COMPLETED', p.payee_account, p.payer_account, p.amount_minor, p.currency)))
           -- else it is planned for its first rows alone, and looks up each payment by itself
           OFFSET 0""",
    ),
    Check(
        "payment.questions",
        "open questions with their payments: none outlives its payment",
        """SELECT e.elicitation_id, format('%s, payment %s', e.state, p.state)
           FROM elicitations e JOIN payments p USING (payment_id) WHERE e.closed_at IS NULL AND is_final(p.state)""",
    ),
)
