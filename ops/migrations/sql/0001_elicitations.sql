-- Elicitations at rest, announcements and the outbox's order. As in 0001_ledger.sql: one call, one transaction.

CREATE FUNCTION open_elicitation(row_json jsonb) RETURNS SETOF elicitations LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE e elicitations;
BEGIN
    INSERT INTO elicitations (elicitation_id, payment_id, user_id, session_id, type, request, state, tries, secret, counter)
    SELECT r.elicitation_id, r.payment_id, r.user_id, r.session_id, r.type, r.request, r.state, r.tries, r.secret, r.counter
    FROM jsonb_populate_record(NULL::elicitations, row_json) r
    ON CONFLICT (elicitation_id) DO NOTHING RETURNING * INTO e;
    IF NOT FOUND THEN
        RETURN QUERY SELECT * FROM elicitations WHERE elicitation_id = row_json ->> 'elicitation_id';
        RETURN;
    END IF;
    UPDATE payments SET state = 'AWAITING_CUSTOMER'
    WHERE payment_id = e.payment_id AND state IN ('CREATED', 'SCREENING');
    IF e.type = 'otp' THEN
        INSERT INTO notifications (key, user_id, elicitation_id, channel)
        VALUES (e.elicitation_id || ':' || e.counter, e.user_id, e.elicitation_id, 'sms');
    END IF;
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES ('elicitation.opened', e.user_id, e.session_id, e.elicitation_id, 'elicitation.opened:' || e.elicitation_id,
        row_json -> 'event');
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (e.user_id, 'elicitation.opened', e.elicitation_id, jsonb_build_object('type', e.type,
        'version', e.request -> 'version', 'transaction_hash', e.request -> 'transaction_hash'));
    RETURN NEXT e;
END $$;

CREATE FUNCTION count_try(id text, most integer, OUT code text, OUT now_tries integer) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE e elicitations;
BEGIN
    SELECT * INTO e FROM elicitations WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN code := 'elicitation_not_found'; RETURN; END IF;
    IF e.closed_at IS NOT NULL THEN code := 'elicitation_closed'; RETURN; END IF;
    IF e.tries >= most THEN code := 'too_many_tries'; RETURN; END IF;
    now_tries := e.tries + 1;
    UPDATE elicitations SET tries = now_tries WHERE elicitation_id = id;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (e.user_id, 'elicitation.tried', id, jsonb_build_object('tries', now_tries));
    code := 'ok';
END $$;

CREATE FUNCTION next_code(id text, OUT code text, OUT now_counter integer) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE e elicitations;
BEGIN
    SELECT * INTO e FROM elicitations WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN code := 'elicitation_not_found'; RETURN; END IF;
    IF e.closed_at IS NOT NULL THEN code := 'elicitation_closed'; RETURN; END IF;
    now_counter := e.counter + 1;
    UPDATE elicitations SET counter = now_counter WHERE elicitation_id = id;
    INSERT INTO notifications (key, user_id, elicitation_id, channel)
    VALUES (id || ':' || now_counter, e.user_id, id, 'sms');
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (e.user_id, 'elicitation.resent', id, jsonb_build_object('counter', now_counter));
    code := 'ok';
END $$;

CREATE FUNCTION close_elicitation(id text, new_state text, answered_by text, error text, event jsonb)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE e elicitations;
BEGIN
    SELECT * INTO e FROM elicitations WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND OR e.closed_at IS NOT NULL THEN RETURN e.state; END IF;
    UPDATE elicitations SET state = new_state, response_id = answered_by, error_code = error, closed_at = now()
    WHERE elicitation_id = id;
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES ('elicitation.closed', e.user_id, e.session_id, id, 'elicitation.closed:' || id, event);
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (e.user_id, 'elicitation.closed', id, jsonb_build_object('state', new_state, 'error_code', error));
    RETURN new_state;
END $$;

CREATE FUNCTION announce(to_session text, to_user text, key text, said jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES ('assistant.spoke', to_user, to_session, to_session, 'assistant.spoke:' || key, said)
    ON CONFLICT (dedupe_key) DO NOTHING;
$$;

-- One at a time, each batch committed before the next is numbered: a reader that has seen seq n has seen all before it.
CREATE FUNCTION sequence_outbox(most integer) RETURNS SETOF outbox LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE last_seq bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('countersign.outbox'));
    SELECT coalesce(max(seq), 0) INTO last_seq FROM outbox;
    RETURN QUERY
        WITH due AS (SELECT id FROM outbox WHERE seq IS NULL ORDER BY id LIMIT most),
        numbered AS (SELECT id, last_seq + row_number() OVER (ORDER BY id) AS n FROM due),
        given AS (UPDATE outbox o SET seq = numbered.n FROM numbered WHERE o.id = numbered.id RETURNING o.*)
        SELECT * FROM given ORDER BY seq;
END $$;
