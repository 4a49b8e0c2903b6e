-- The application reads, and calls the functions named here; it writes to no table but sessions.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO countersign_app;
GRANT SELECT ON users, accounts, payees, sessions, payments, holds, transfers, entries, elicitations, notifications,
    audit, outbox TO countersign_app;
GRANT INSERT, UPDATE (last_seen_at, ended_at) ON sessions TO countersign_app;
GRANT EXECUTE ON FUNCTION open_payment, hold_payment, post_payment, void_payment, set_payment_state,
    open_elicitation, count_try, next_code, close_elicitation, announce, sequence_outbox TO countersign_app;
