"""Standing orders beside what was paid for them: a due date, its payment, and whoever countersigned its terms."""

from __future__ import annotations

from typing import Final

from adapters.audit.check import Check

ORDERS: Final = (
    Check(
        "order.runs",
        "each due date with its payment: paid as its terms say, or skipped and nothing posted",
        """SELECT format('%s due %s', r.order_id, r.due_on), format('run %s under terms %s of %s to %s, payment %s, %s',
                  r.state, coalesce(t.version::text, 'that are gone'), concat_ws(' ', t.amount_minor, t.currency),
                  t.payee_account, concat_ws(' ', coalesce(p.state, 'none'), p.amount_minor, p.currency, 'to',
                  p.payee_account), CASE WHEN x.payment_id IS NULL THEN 'not posted' ELSE 'posted' END)
           FROM standing_order_runs r
           LEFT JOIN standing_orders o ON o.order_id = r.order_id
           LEFT JOIN standing_order_terms t ON t.order_id = r.order_id AND t.version = r.version
           LEFT JOIN payments p ON p.payment_id = r.payment_id
           LEFT JOIN transfers x ON x.payment_id = r.payment_id AND x.step = 'post'
           WHERE (r.state = 'PAID' AND (p.state IS DISTINCT FROM 'COMPLETED' OR x.payment_id IS NULL))
               OR (r.state = 'SKIPPED'
                   AND (x.payment_id IS NOT NULL OR p.state = 'COMPLETED' OR NOT is_final(p.state)))
               OR (r.payment_id IS NOT NULL
                   AND (p.user_id, p.amount_minor, p.currency, p.payer_account, p.payee_account)
                       IS DISTINCT FROM (o.user_id, t.amount_minor, t.currency, t.account_id, t.payee_account))
               OR (x.payment_id IS NOT NULL AND (r.due_on < t.first_on OR r.due_on > t.ends_on OR (x.amount_minor,
                   x.currency, x.credit_account) IS DISTINCT FROM (t.amount_minor, t.currency, t.payee_account)))""",
    ),
    Check(
        "order.payments",
        "each payment made for a standing order, which nobody countersigned for itself, with its due date",
        """SELECT payment_id, format('%s, of no due date', p.state) FROM payments p
           WHERE kind IN ('payee', 'outside') AND description = 'Standing order' AND cardinality(countersigns) = 0
               AND mandate_id = ''
               AND NOT EXISTS (SELECT FROM standing_order_runs r WHERE r.payment_id = p.payment_id)""",
    ),
    Check(
        "order.countersigned",
        "the terms of each paid due date with their countersigns: its customer's, of this version, shown these terms",
        """SELECT format('%s due %s', r.order_id, r.due_on), format('no %s of version %s', factor, r.version)
           FROM standing_order_runs r
           JOIN standing_orders o ON o.order_id = r.order_id
           JOIN standing_order_terms t ON t.order_id = r.order_id AND t.version = r.version,
               unnest(t.countersigns) AS factor
           WHERE r.state = 'PAID' AND (t.outcome <> 'signed' OR NOT EXISTS (SELECT FROM elicitations e
               WHERE e.payment_id = r.order_id AND e.user_id = o.user_id AND e.type = factor AND e.state = 'completed'
                   AND e.error_code = '' AND e.request ->> 'transaction_type' = 'standing_order'
                   AND (e.request ->> 'version')::integer = r.version
                   AND e.request ->> 'transaction_hash' = t.terms_hash))""",
    ),
    Check(
        "order.events",
        "each due date that is paid or skipped with the event that told of it, and the other way round",
        """WITH due AS (
               SELECT format('standing_order.%s:%s:%s', lower(state), order_id, due_on) AS dedupe_key, payment_id
               FROM standing_order_runs WHERE state <> 'BEGUN'),
           told AS (
               SELECT dedupe_key, body ->> 'payment_id' AS payment_id FROM outbox
               WHERE kind IN ('standing_order.paid', 'standing_order.skipped'))
           SELECT dedupe_key, format('settled with payment %s, told of %s', coalesce(d.payment_id, ''),
                  coalesce(t.payment_id, 'nothing'))
           FROM due d FULL JOIN told t USING (dedupe_key)
           WHERE d.dedupe_key IS NULL OR coalesce(d.payment_id, '') IS DISTINCT FROM t.payment_id""",
    ),
)
