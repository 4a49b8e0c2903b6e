-- One role a process, each with the least that its statements need. `countersign_app`, which all of them shared, keeps
-- nothing; runtime/migrate.py takes its login away.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM countersign_app;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM countersign_app, PUBLIC;
REVOKE ALL ON SCHEMA public FROM countersign_app;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;  -- also of what later migrations make
GRANT USAGE ON SCHEMA public TO countersign_worker, countersign_api, countersign_mcp;

-- temporal_worker: whatever changes a payment or a question, and the numbering of events. No password hashes.
GRANT SELECT (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone, email, created_at)
    ON users TO countersign_worker;
GRANT SELECT ON accounts, payees, payments, entries, elicitations, outbox TO countersign_worker;
GRANT SELECT (session_id, ended_at), UPDATE (ended_at) ON sessions TO countersign_worker;
GRANT EXECUTE ON FUNCTION open_payment, hold_payment, post_payment, void_payment, set_payment_state, open_elicitation,
    next_code, close_elicitation, record_answer, announce, sequence_outbox TO countersign_worker;

-- api: reads what its user may see, keeps sessions, counts tries and notes answers. It can neither move nor settle.
GRANT SELECT ON users, accounts, payees, sessions, payments, entries, elicitations, answers, outbox TO countersign_api;
GRANT INSERT (session_id, user_id, channel, platform, room_name), UPDATE (last_seen_at, ended_at)
    ON sessions TO countersign_api;
GRANT EXECUTE ON FUNCTION count_try, record_answer TO countersign_api;

-- mcp_tools: balances, postings, whose a session or a question is, and that a session was used. No secrets of questions.
GRANT SELECT ON accounts, entries TO countersign_mcp;
GRANT SELECT (session_id, user_id, ended_at, last_seen_at), UPDATE (last_seen_at) ON sessions TO countersign_mcp;
GRANT SELECT (elicitation_id, user_id) ON elicitations TO countersign_mcp;
