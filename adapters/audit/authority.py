"""Who allowed what was paid: countersigns, supervisors, standing mandates."""

from __future__ import annotations

from typing import Final

from adapters.audit.check import Check

AUTHORITY: Final = (
    Check(
        "payment.countersigned",
        "each posted payment with its countersigns: the payer's, of this version, shown this amount and payee",
        """SELECT p.payment_id, format('no %s of version %s', factor, p.version)
           FROM payments p, unnest(p.countersigns) AS factor
           WHERE p.state = 'COMPLETED' AND NOT EXISTS (SELECT FROM elicitations e
               WHERE e.payment_id = p.payment_id AND e.type = factor AND e.state = 'completed' AND e.user_id = p.user_id
                   AND (e.request ->> 'version')::integer = p.version
                   AND e.request ->> 'transaction_hash' = p.transaction_hash
                   AND (e.request ->> 'amount', e.request ->> 'currency', e.request ->> 'payee',
                       e.request ->> 'account') = (p.amount, p.currency, p.payee_name, p.payer_account_name))""",
    ),
    Check(
        "payment.approved",
        "each posted payment with the supervisors' approvals that it needs, from as many persons",
        """SELECT p.payment_id, format('%s of %s approvals', coalesce(a.given, 0), p.approvals)
           FROM payments p LEFT JOIN (SELECT payment_id, version, transaction_hash, count(DISTINCT decided_by) AS given
               FROM approvals WHERE state = 'approved' AND decided_by <> maker
               GROUP BY payment_id, version, transaction_hash) a USING (payment_id, version, transaction_hash)
           WHERE p.state = 'COMPLETED' AND p.approvals > coalesce(a.given, 0)""",
    ),
    Check(
        "mandate.uses",
        "each hold under a standing mandate with the use that is counted of it, and each use with its hold",
        """SELECT format('%s version %s', payment_id, version), format('use of %s under %s%s, hold %s',
                  coalesce(u.amount_minor::text, 'none'), coalesce(u.mandate_id, 'none'),
                  CASE WHEN u.given_back_at IS NULL THEN '' ELSE ' given back' END,
                  concat_ws(' ', h.state, h.amount_minor, 'under', h.mandate_id))
           FROM mandate_uses u FULL JOIN (
               SELECT h.payment_id, h.version, h.state, h.amount_minor, p.mandate_id, p.version = h.version AS last
               FROM holds h JOIN payments p USING (payment_id)) h USING (payment_id, version)
           WHERE (u.payment_id IS NULL AND h.last AND h.mandate_id <> '')
               OR (u.payment_id IS NOT NULL AND ((u.amount_minor, u.given_back_at IS NULL)
                   IS DISTINCT FROM (h.amount_minor, h.state IN ('held', 'posted'))
                   OR (h.last AND h.mandate_id <> u.mandate_id)))""",
    ),
    Check(
        "mandate.budget",
        "what is used of each standing mandate in a period with what it allows",
        """SELECT format('%s from %s', mandate_id, period_began), format('%s of %s used', sum(u.amount_minor),
                  coalesce(m.budget_minor::text, 'none'))
           FROM mandate_uses u LEFT JOIN mandates m USING (mandate_id) WHERE given_back_at IS NULL
           GROUP BY mandate_id, period_began, m.budget_minor
           HAVING sum(u.amount_minor) > coalesce(m.budget_minor, 0)""",
    ),
)
