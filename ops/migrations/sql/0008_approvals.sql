-- Who may approve what, what waits for it, and payments that outlive the conversation that began them.
-- As before: one call, one transaction; 'ok' or a code of domain/errors/, having then changed nothing.

-- `due_at`: until when a supervisor may decide, or when a payment that cools off goes out. `told_in`: the conversation
-- that told its payer how it ended.
ALTER TABLE payments
    ADD COLUMN approvals      integer NOT NULL DEFAULT 0 CHECK (approvals >= 0),
    ADD COLUMN approver_group text NOT NULL DEFAULT '',
    ADD COLUMN cooling_off_s  double precision NOT NULL DEFAULT 0 CHECK (cooling_off_s >= 0),
    ADD COLUMN due_at         timestamptz,
    ADD COLUMN told_in        text NOT NULL DEFAULT '';
CREATE INDEX payments_to_tell ON payments (user_id) WHERE told_in = '' AND due_at IS NOT NULL;
CREATE INDEX payments_to_payee ON payments (user_id, payee_account);

-- `limit_minor` in hundredths of the payment's currency.
CREATE TABLE supervisors (
    user_id        text PRIMARY KEY REFERENCES users,
    approver_group text NOT NULL,
    limit_minor    bigint NOT NULL CHECK (limit_minor > 0)
);

CREATE TABLE delegations (
    delegation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    from_user     text NOT NULL REFERENCES supervisors,
    to_user       text NOT NULL REFERENCES supervisors,
    until         timestamptz NOT NULL,
    ended_at      timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CHECK (from_user <> to_user)
);
CREATE UNIQUE INDEX delegations_open ON delegations (from_user, to_user) WHERE ended_at IS NULL;
CREATE INDEX delegations_to ON delegations (to_user) WHERE ended_at IS NULL;

CREATE TABLE approvals (
    elicitation_id   text PRIMARY KEY REFERENCES elicitations,
    payment_id       text NOT NULL,
    tenant_id        text NOT NULL,
    maker            text NOT NULL REFERENCES users,
    payer_name       text NOT NULL,
    version          integer NOT NULL,
    transaction_hash text NOT NULL,
    round            integer NOT NULL CHECK (round BETWEEN 1 AND needed),
    needed           integer NOT NULL,
    amount_minor     bigint NOT NULL,
    amount           text NOT NULL,
    currency         text NOT NULL,
    payee            text NOT NULL,
    account          text NOT NULL,
    reason           text NOT NULL,
    policy_version   text NOT NULL,
    approver_group   text NOT NULL,
    state            text NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'approved', 'refused', 'expired', 'cancelled', 'failed')),
    due_at           timestamptz NOT NULL,
    claimed_by       text NOT NULL DEFAULT '',
    claimed_until    timestamptz,
    decided_by       text NOT NULL DEFAULT '',
    on_behalf_of     text NOT NULL DEFAULT '',
    note             text NOT NULL DEFAULT '',
    response_id      text NOT NULL DEFAULT '',
    decided_at       timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (payment_id, version, round),
    CHECK ((state IN ('approved', 'refused')) = (decided_by <> '')),
    CHECK (decided_by <> maker),
    CHECK (state <> 'refused' OR note <> '')
);
-- The list is in the order of due times. What follows the order is filtered in the index, before any row is read.
CREATE INDEX approvals_queue ON approvals (tenant_id, state, due_at, elicitation_id, amount_minor);
CREATE INDEX approvals_of_group ON approvals (tenant_id, state, approver_group, due_at, elicitation_id, amount_minor);
CREATE INDEX approvals_of_payee ON approvals (tenant_id, state, payee, due_at, elicitation_id);
CREATE INDEX approvals_of_amount ON approvals (tenant_id, state, amount_minor);

CREATE VIEW approvals_shown AS SELECT a.*, ARRAY(SELECT g.decided_by FROM approvals g WHERE g.payment_id = a.payment_id
    AND g.version = a.version AND g.state = 'approved') AS given_by FROM approvals a;

-- One person gives one of a payment's approvals, whatever the application believes.
CREATE UNIQUE INDEX approvals_one_each ON approvals (payment_id, version, decided_by) WHERE state = 'approved';

CREATE FUNCTION guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open' OR (NEW.payment_id, NEW.version, NEW.transaction_hash, NEW.amount_minor, NEW.maker)
        IS DISTINCT FROM (OLD.payment_id, OLD.version, OLD.transaction_hash, OLD.amount_minor, OLD.maker) THEN
        RAISE EXCEPTION 'approval % is %', OLD.elicitation_id, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approvals_guard BEFORE UPDATE ON approvals FOR EACH ROW EXECUTE FUNCTION guard_approval();

-- However its question ends, the approval ends with it.
CREATE FUNCTION close_approval() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE approvals SET state = NEW.state WHERE elicitation_id = NEW.elicitation_id AND state = 'open';
    RETURN NULL;
END $$;
CREATE TRIGGER approvals_follow AFTER UPDATE OF state ON elicitations FOR EACH ROW
    WHEN (NEW.type = 'supervisor_approval' AND NEW.state IN ('expired', 'failed', 'cancelled'))
    EXECUTE FUNCTION close_approval();

CREATE FUNCTION emit_approval(a approvals, event text, actor text, detail jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (event, actor, '', a.elicitation_id, event || ':' || a.elicitation_id || ':' || gen_random_uuid(),
        jsonb_build_object('payment_id', a.payment_id, 'version', a.version, 'round', a.round, 'needed', a.needed,
            'group', a.approver_group, 'due_at', a.due_at) || detail);
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (CASE actor WHEN '' THEN 'bank' ELSE actor END, event, a.elicitation_id, jsonb_build_object(
        'payment_id', a.payment_id, 'version', a.version, 'transaction_hash', a.transaction_hash,
        'policy_version', a.policy_version) || detail);
END $$;

-- A payment that waits on nobody who is on the line.
CREATE FUNCTION await_payment(id text, new_state text, due timestamptz) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; event text;
BEGIN
    IF new_state NOT IN ('AWAITING_SUPERVISOR', 'COOLING_OFF') THEN
        RAISE EXCEPTION 'a payment does not wait in %', new_state USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    IF is_final(p.state) THEN RETURN 'payment_closed'; END IF;
    IF p.state = new_state AND p.due_at = due THEN RETURN 'ok'; END IF;
    UPDATE payments SET state = new_state, due_at = due, updated_at = now() WHERE payment_id = id;
    event := 'payment.' || lower(new_state);
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (event, p.user_id, p.session_id, id, event || ':' || id || ':' || p.version || ':' || due,
        jsonb_build_object('payment_id', id, 'state', new_state, 'amount', p.amount, 'amount_minor', p.amount_minor,
            'currency', p.currency, 'payee', p.payee_name, 'account', p.payer_account_name, 'error_code', '',
            'due_at', due))
    ON CONFLICT (dedupe_key) DO NOTHING;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (p.user_id, event, id, jsonb_build_object('version', p.version, 'policy_version', p.policy_version,
        'reason', p.reason, 'due_at', due));
    RETURN 'ok';
END $$;

CREATE FUNCTION open_approval(row_json jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE a approvals; waits text;
BEGIN
    INSERT INTO elicitations (elicitation_id, payment_id, user_id, session_id, type, request, state)
    SELECT r.elicitation_id, r.payment_id, r.user_id, r.session_id, r.type, r.request, 'pending'
    FROM jsonb_populate_record(NULL::elicitations, row_json) r
    ON CONFLICT (elicitation_id) DO NOTHING;
    IF NOT FOUND THEN RETURN 'ok'; END IF;
    waits := await_payment(row_json ->> 'payment_id', 'AWAITING_SUPERVISOR', (row_json ->> 'due_at')::timestamptz);
    IF waits <> 'ok' THEN
        DELETE FROM elicitations WHERE elicitation_id = row_json ->> 'elicitation_id';
        RETURN waits;
    END IF;
    INSERT INTO approvals (elicitation_id, payment_id, tenant_id, maker, payer_name, version, transaction_hash, round,
        needed, amount_minor, amount, currency, payee, account, reason, policy_version, approver_group, due_at)
    SELECT row_json ->> 'elicitation_id', p.payment_id, p.tenant_id, p.user_id, p.payer_name,
        (row_json ->> 'version')::int, row_json ->> 'transaction_hash', (row_json ->> 'round')::int,
        p.approvals, p.amount_minor, p.amount, p.currency, p.payee_name, p.payer_account_name, p.reason,
        p.policy_version, row_json ->> 'approver_group', (row_json ->> 'due_at')::timestamptz
    FROM payments p WHERE p.payment_id = row_json ->> 'payment_id' RETURNING * INTO STRICT a;
    PERFORM emit_approval(a, 'approval.opened', '', jsonb_build_object('reason', a.reason));
    RETURN 'ok';
END $$;

CREATE FUNCTION settle_approval(id text, new_state text, supervisor text, lent_by text, said text, answered_by text,
    event jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a approvals;
BEGIN
    SELECT * INTO a FROM approvals WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'approval_not_found'; END IF;
    IF (a.state, a.decided_by, a.response_id) = (new_state, supervisor, answered_by) THEN RETURN 'ok'; END IF;
    IF a.state IN ('approved', 'refused') THEN RETURN 'already_decided'; END IF;
    IF a.state <> 'open' THEN RETURN 'approval_closed'; END IF;
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

CREATE FUNCTION escalate_approval(id text, to_group text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE a approvals;
BEGIN
    UPDATE approvals SET approver_group = to_group, claimed_by = '', claimed_until = NULL
    WHERE elicitation_id = id AND state = 'open' AND approver_group <> to_group RETURNING * INTO a;
    IF FOUND THEN PERFORM emit_approval(a, 'approval.escalated', '', '{}'); END IF;
    RETURN 'ok';
END $$;

CREATE FUNCTION claim_approval(id text, supervisor text, seconds double precision) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a approvals;
BEGIN
    SELECT * INTO a FROM approvals WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'approval_not_found'; END IF;
    IF a.state IN ('approved', 'refused') THEN RETURN 'already_decided'; END IF;
    IF a.state <> 'open' THEN RETURN 'approval_closed'; END IF;
    IF a.claimed_by NOT IN ('', supervisor) AND a.claimed_until > now() THEN RETURN 'approval_claimed'; END IF;
    UPDATE approvals SET claimed_by = supervisor, claimed_until = now() + make_interval(secs => seconds)
    WHERE elicitation_id = id;
    PERFORM emit_approval(a, 'approval.claimed', supervisor, '{}');
    RETURN 'ok';
END $$;

CREATE FUNCTION release_approval(id text, supervisor text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE a approvals;
BEGIN
    SELECT * INTO a FROM approvals WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'approval_not_found'; END IF;
    IF a.state <> 'open' OR a.claimed_by = '' THEN RETURN 'ok'; END IF;
    IF a.claimed_by <> supervisor AND a.claimed_until > now() THEN RETURN 'approval_claimed'; END IF;
    UPDATE approvals SET claimed_by = '', claimed_until = NULL WHERE elicitation_id = id;
    PERFORM emit_approval(a, 'approval.released', supervisor, '{}');
    RETURN 'ok';
END $$;

-- A decision that was refused: by whom, on what, why. Nothing else changes.
CREATE FUNCTION note_decision(id text, by_user text, why text, detail jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (by_user, 'approval.attempted', id, jsonb_build_object('outcome', why) || detail);
$$;

CREATE FUNCTION delegate(lender text, borrower text, ends timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE new_id bigint;
BEGIN
    UPDATE delegations SET ended_at = now() WHERE from_user = lender AND to_user = borrower AND ended_at IS NULL;
    INSERT INTO delegations (from_user, to_user, until) VALUES (lender, borrower, ends)
    RETURNING delegation_id INTO new_id;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (lender, 'delegation.made', borrower, jsonb_build_object('delegation_id', new_id, 'until', ends));
    RETURN new_id;
END $$;

CREATE FUNCTION end_delegation(id bigint, lender text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE borrower text;
BEGIN
    UPDATE delegations SET ended_at = coalesce(ended_at, now()) WHERE delegation_id = id AND from_user = lender
    RETURNING to_user INTO borrower;
    IF NOT FOUND THEN RETURN 'delegation_not_found'; END IF;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (lender, 'delegation.ended', borrower, jsonb_build_object('delegation_id', id));
    RETURN 'ok';
END $$;

-- What a conversation tells at its beginning: payments that still wait, and ended ones that nobody told of yet. The
-- same conversation gets the same again.
CREATE FUNCTION take_news(of_user text, session text) RETURNS SETOF payments LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE payments SET told_in = session WHERE user_id = of_user AND told_in = '' AND due_at IS NOT NULL
        AND is_final(state);
    SELECT * FROM payments WHERE user_id = of_user AND due_at IS NOT NULL
        AND (told_in = '' OR (told_in = session AND is_final(state)))
        AND (is_final(state) OR state IN ('AWAITING_SUPERVISOR', 'COOLING_OFF'))
    ORDER BY created_at LIMIT 10;
$$;

CREATE FUNCTION mark_told(id text, session text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE payments SET told_in = session WHERE payment_id = id AND told_in = '' AND is_final(state);
$$;

CREATE OR REPLACE FUNCTION open_payment(plan jsonb, content_digest text) RETURNS SETOF payments LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
    INSERT INTO payments (payment_id, user_id, tenant_id, customer_ref, session_id, tool_call_id, version, amount_minor,
        currency, amount, payer_account, payer_account_name, payer_name, payee_account, payee_name, transaction_hash,
        countersigns, approvals, approver_group, cooling_off_s, policy_version, reason, description, digest)
    SELECT r.payment_id, r.user_id, r.tenant_id, r.customer_ref, r.session_id, r.tool_call_id, r.version, r.amount_minor,
        r.currency, r.amount, r.payer_account, r.payer_account_name, u.display_name, r.payee_account, r.payee_name,
        r.transaction_hash, r.countersigns, r.approvals, r.approver_group, r.cooling_off_s, r.policy_version, r.reason,
        r.description, content_digest
    FROM jsonb_populate_record(NULL::payments, plan) r JOIN users u USING (user_id)
    ON CONFLICT (payment_id) DO NOTHING RETURNING * INTO p;
    IF FOUND THEN
        PERFORM emit_payment(p, 'payment.created', p.state, '');
        RETURN NEXT p;
    ELSE
        RETURN QUERY SELECT * FROM payments WHERE payment_id = plan ->> 'payment_id';
    END IF;
END $$;

GRANT SELECT ON approvals_shown, supervisors, delegations TO countersign_worker, countersign_api;
GRANT EXECUTE ON FUNCTION await_payment, open_approval, settle_approval, escalate_approval, note_decision, take_news,
    mark_told TO countersign_worker;
GRANT EXECUTE ON FUNCTION claim_approval, release_approval, note_decision, delegate, end_delegation TO countersign_api;
GRANT SELECT (payment_id, user_id) ON payments TO countersign_mcp;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
