-- The auditor reads what it compares standing orders and removed payees with. Of payees no names, of orders no key from
-- which their payments' ids are made.
GRANT SELECT ON standing_order_terms, standing_order_runs TO countersign_audit;
GRANT SELECT (order_id, user_id, version, state) ON standing_orders TO countersign_audit;
GRANT SELECT (user_id, account_id, created_at) ON payees TO countersign_audit;
GRANT SELECT (user_id, account_id, removed_at) ON removed_payees TO countersign_audit;
GRANT SELECT (error_code) ON elicitations TO countersign_audit;
