"""Payments to other banks beside what their rail has said."""

from __future__ import annotations

from typing import Final

from adapters.audit.check import Check

RAIL: Final = (
    Check(
        "rail.payments",
        "each payment to another bank with the rail's word for it: paid, not paid, or come back and given back",
        """SELECT payment_id, format('payment %s%s, rail %s %s', p.state,
                  CASE WHEN p.returned_at IS NULL THEN '' ELSE ' given back' END,
                  coalesce(r.status, 'not asked'), r.doubt)
           FROM payments p LEFT JOIN rail_payments r USING (payment_id, version)
           WHERE p.kind = 'outside' AND (r.doubt <> ''
               OR (p.state = 'COMPLETED') <> (coalesce(r.status, '') IN ('settled', 'returned'))
               OR (p.returned_at IS NOT NULL) <> (coalesce(r.status, '') = 'returned')
               OR (p.amount_minor, p.currency) IS DISTINCT FROM (coalesce(r.amount_minor, p.amount_minor),
                   coalesce(r.currency, p.currency))
               OR (p.returned_at IS NOT NULL) <> EXISTS (SELECT FROM transfers t
                   WHERE t.payment_id = p.payment_id AND t.version = p.version AND t.step = 'return'))""",
        passing=True,
    ),
)
