-- The auditor reads what money is made of, and what was written beside it. It changes nothing, and sees no secret:
-- neither what codes are made from nor password hashes, names and addresses.
GRANT USAGE ON SCHEMA public TO countersign_audit;
GRANT SELECT ON accounts, payments, holds, transfers, entries, approvals, mandates, mandate_uses, audit, outbox
    TO countersign_audit;
GRANT SELECT (elicitation_id, payment_id, user_id, type, request, state, created_at, closed_at) ON elicitations
    TO countersign_audit;
GRANT EXECUTE ON FUNCTION is_final TO countersign_audit;
