-- A reversal is nobody's to decide whose money it moves: a supervisor may be a customer as well.

-- `concerned`: the users whose payment this one takes back, payer and payee; empty where it is no reversal.
CREATE OR REPLACE VIEW approvals_shown AS SELECT a.*, ARRAY(SELECT g.decided_by FROM approvals g
    WHERE g.payment_id = a.payment_id AND g.version = a.version AND g.state = 'approved') AS given_by,
    coalesce((SELECT e.error_code FROM elicitations e WHERE e.elicitation_id = a.elicitation_id), '') AS error_code,
    ARRAY(SELECT party FROM payments r JOIN payments p ON p.payment_id = r.reverses
        JOIN accounts shop ON shop.account_id = p.payee_account,
        LATERAL (VALUES (p.user_id), (shop.user_id)) parties (party)
        WHERE r.payment_id = a.payment_id AND party IS NOT NULL) AS concerned
    FROM approvals a;

CREATE OR REPLACE FUNCTION settle_approval(id text, new_state text, supervisor text, lent_by text, said text,
    answered_by text, event jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE a approvals;
BEGIN
    SELECT * INTO a FROM approvals WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'approval_not_found'; END IF;
    IF (a.state, a.decided_by, a.response_id) = (new_state, supervisor, answered_by) THEN RETURN 'ok'; END IF;
    IF a.state IN ('approved', 'refused') THEN RETURN 'already_decided'; END IF;
    IF a.state <> 'open' THEN RETURN 'approval_closed'; END IF;
    IF EXISTS (SELECT FROM approvals_shown s WHERE s.elicitation_id = id
               AND s.concerned && ARRAY[supervisor, lent_by]) THEN
        RETURN 'self_approval';
    END IF;
    IF NOT EXISTS (SELECT FROM users u JOIN supervisors s USING (user_id)
                   WHERE u.user_id = supervisor AND u.role = 'supervisor' AND u.tenant_id = a.tenant_id) THEN
        RETURN 'not_a_supervisor';
    END IF;
    UPDATE approvals SET state = new_state, decided_by = supervisor, on_behalf_of = lent_by, note = said,
        response_id = answered_by, decided_at = now() WHERE elicitation_id = id;
    PERFORM close_elicitation(id, 'completed', answered_by, CASE new_state WHEN 'refused' THEN 'approval_refused'
        ELSE '' END, event);
    PERFORM emit_approval(a, 'approval.' || new_state, supervisor,
        jsonb_build_object('on_behalf_of', lent_by, 'response_id', answered_by));  -- the note stays in its row
    RETURN 'ok';
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
