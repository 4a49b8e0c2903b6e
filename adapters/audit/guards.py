"""Whether the database still guards itself: without its triggers and constraints, anything could have happened."""

from __future__ import annotations

from typing import Final

from adapters.audit.check import Check

GUARDS: Final = (
    Check(
        "guard.triggers",
        "the triggers that keep money and its history with those that are there and on",
        """SELECT format('%s on %s', g.name, g.kept), coalesce('is off: ' || t.tgenabled::text, 'is gone')
           FROM (VALUES
               ('entries', 'entries_immutable'), ('entries', 'entries_balance'), ('entries', 'entries_told'),
               ('transfers', 'transfers_immutable'), ('transfers', 'transfers_entered'), ('payments', 'payments_kept'),
               ('holds', 'holds_kept'), ('audit', 'audit_immutable'), ('answers', 'answers_immutable'),
               ('payments', 'payments_guard'), ('payments', 'payments_guard_version'),
               ('payments', 'payments_guard_cover'), ('payments', 'payments_guard_kind'), ('holds', 'holds_guard'),
               ('holds', 'holds_use_mandate'), ('holds', 'holds_keep_mandate'), ('holds', 'holds_give_back_to_mandate'),
               ('mandates', 'mandates_guard'), ('mandates', 'mandates_kept'), ('mandate_uses', 'mandate_uses_kept'),
               ('elicitations', 'elicitations_guard'), ('elicitations', 'elicitations_fit'),
               ('payments', 'payments_own'), ('payments', 'payments_reversal'), ('payments', 'payments_reversal_fixed'),
               ('approvals', 'approvals_guard'), ('outbox', 'outbox_guard'),
               ('creditors', 'creditors_immutable'), ('rail_payments', 'rail_payments_guard'),
               ('rail_payments', 'rail_payments_kept'), ('rail_events', 'rail_events_kept'),
               ('holds', 'holds_fit_rail'), ('holds', 'holds_keep_rail'), ('accounts', 'accounts_keep_clearing'),
               ('removed_payees', 'removed_payees_immutable'), ('holds', 'holds_keep_payee'),
               ('holds', 'holds_keep_payee_until_posted'), ('payments', 'payments_reversal_told'),
               ('payments', 'payments_reversal_fired'),
               ('standing_orders', 'standing_orders_guard'), ('standing_orders', 'standing_orders_kept'),
               ('standing_order_terms', 'standing_order_terms_guard'),
               ('standing_order_terms', 'standing_order_terms_kept'),
               ('standing_order_runs', 'standing_order_runs_guard'),
               ('standing_order_runs', 'standing_order_runs_kept'), ('holds', 'holds_for_standing_order'),
               ('holds', 'holds_post_for_standing_order'),
               ('rail_payments', 'rail_payments_for_standing_order'),
               ('accounts', 'accounts_take_parts')) AS g (kept, name)
           LEFT JOIN pg_trigger t ON t.tgname = g.name AND t.tgrelid = to_regclass('public.' || g.kept)
           WHERE t.tgenabled IS DISTINCT FROM 'O' AND t.tgenabled IS DISTINCT FROM 'A'
           UNION ALL
           SELECT format('%s on %s', tgname, tgrelid::regclass), 'is off: ' || tgenabled::text
           FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
           WHERE t.tgisinternal AND c.relnamespace = 'public'::regnamespace AND tgenabled NOT IN ('O', 'A')""",
    ),
    Check(
        "guard.constraints",
        "constraints on money with those that are there and hold",
        """SELECT format('%s on %s', g.name, g.kept), 'is gone'
           FROM (VALUES
               ('accounts', 'accounts_no_overdraft'), ('accounts', 'accounts_only_equity_unlimited'),
               ('transfers', 'transfers_one_step'), ('transfers', 'transfers_step_state'),
               ('payments', 'payments_settled')) AS g (kept, name)
           LEFT JOIN pg_constraint c ON c.conname = g.name AND c.conrelid = to_regclass('public.' || g.kept)
           WHERE c.oid IS NULL
           UNION ALL
           SELECT format('%s on %s', conname, conrelid::regclass), 'does not hold for all rows'
           FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND NOT convalidated
           UNION ALL
           SELECT name, 'is gone' FROM unnest(ARRAY['holds_one_alive', 'transfers_one_end', 'transfers_posted_once',
               'approvals_one_each']) AS name WHERE to_regclass('public.' || name) IS NULL""",
    ),
)
