-- Customers who were passed on to a person, and tools that a conversation asked for where it may not.
-- As before: one call, one transaction; 'ok' or a code of domain/errors/, having then changed nothing.

-- `summary`: masked lines. `live`: whether who claimed it went into the customer's room. A person never acts for the
-- customer: nothing here answers a question or moves money.
CREATE TABLE handovers (
    case_id        text PRIMARY KEY,
    tenant_id      text NOT NULL,
    user_id        text NOT NULL REFERENCES users,
    customer_name  text NOT NULL,
    session_id     text NOT NULL,
    room_name      text NOT NULL DEFAULT '',
    reason         text NOT NULL CHECK (reason IN ('asked', 'not_understood', 'silence')),
    dialogue_state text NOT NULL,
    summary        text NOT NULL CHECK (length(summary) <= 4000),
    state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'claimed', 'closed')),
    claimed_by     text NOT NULL DEFAULT '',
    live           boolean NOT NULL DEFAULT false,
    outcome        text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'settled', 'call_back')),
    note           text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now(),
    claimed_at     timestamptz,
    closed_at      timestamptz,
    CHECK (claimed_by <> user_id),
    CHECK ((state = 'open') = (claimed_by = '')),
    CHECK ((state = 'closed') = (outcome <> ''))
);
CREATE UNIQUE INDEX handovers_one_each ON handovers (session_id) WHERE state <> 'closed';
CREATE INDEX handovers_queue ON handovers (tenant_id, state, created_at, case_id);

CREATE FUNCTION emit_handover(h handovers, event text, actor text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (event, '', '', h.case_id, event || ':' || h.case_id || ':' || gen_random_uuid(), jsonb_build_object(
        'case_id', h.case_id, 'reason', h.reason, 'state', h.state, 'claimed_by', h.claimed_by));
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (actor, event, h.case_id, jsonb_build_object('session_id', h.session_id, 'reason', h.reason,
        'live', h.live, 'outcome', h.outcome));
END $$;

-- The id of the session's open case: the one that there is, or this one.
CREATE FUNCTION open_handover(row_json jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE h handovers;
BEGIN
    INSERT INTO handovers (case_id, tenant_id, user_id, customer_name, session_id, room_name, reason, dialogue_state,
        summary)
    SELECT r.case_id, u.tenant_id, u.user_id, u.display_name, r.session_id, r.room_name, r.reason, r.dialogue_state,
        r.summary
    FROM jsonb_populate_record(NULL::handovers, row_json) r JOIN users u USING (user_id)
    ON CONFLICT DO NOTHING RETURNING * INTO h;
    IF FOUND THEN
        PERFORM emit_handover(h, 'handover.opened', h.user_id);
        RETURN h.case_id;
    END IF;
    RETURN coalesce(
        (SELECT case_id FROM handovers WHERE session_id = row_json ->> 'session_id' AND state <> 'closed'),
        (SELECT case_id FROM handovers WHERE case_id = row_json ->> 'case_id'));
END $$;

CREATE FUNCTION may_serve(person text, h handovers) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN person = h.user_id THEN 'own_case'
        WHEN NOT EXISTS (SELECT FROM users u JOIN supervisors s USING (user_id) WHERE u.user_id = person
            AND u.role = 'supervisor' AND u.tenant_id = h.tenant_id) THEN 'handover_not_found'
        WHEN h.state = 'closed' THEN 'handover_closed'
        WHEN h.claimed_by NOT IN ('', person) THEN 'handover_claimed'
        ELSE 'ok' END;
$$;

CREATE FUNCTION claim_handover(id text, person text, in_room boolean) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE h handovers; may text;
BEGIN
    SELECT * INTO h FROM handovers WHERE case_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'handover_not_found'; END IF;
    may := may_serve(person, h);
    IF may <> 'ok' THEN
        INSERT INTO audit (actor, action, subject_id, detail)
        VALUES (person, 'handover.refused', id, jsonb_build_object('outcome', may));
        RETURN may;
    END IF;
    UPDATE handovers SET state = 'claimed', claimed_by = person, live = in_room, claimed_at = coalesce(claimed_at, now())
    WHERE case_id = id RETURNING * INTO h;
    PERFORM emit_handover(h, 'handover.claimed', person);
    RETURN 'ok';
END $$;

CREATE FUNCTION close_handover(id text, person text, ended text, said text) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE h handovers; may text;
BEGIN
    SELECT * INTO h FROM handovers WHERE case_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'handover_not_found'; END IF;
    IF (h.state, h.claimed_by, h.outcome, h.note) = ('closed', person, ended, said) THEN RETURN 'ok'; END IF;
    may := may_serve(person, h);
    IF may = 'ok' AND h.state = 'open' THEN may := 'handover_not_claimed'; END IF;
    IF may <> 'ok' THEN
        INSERT INTO audit (actor, action, subject_id, detail)
        VALUES (person, 'handover.refused', id, jsonb_build_object('outcome', may));
        RETURN may;
    END IF;
    UPDATE handovers SET state = 'closed', outcome = ended, note = said, closed_at = now()
    WHERE case_id = id RETURNING * INTO h;
    PERFORM emit_handover(h, 'handover.closed', person);
    RETURN 'ok';
END $$;

-- A tool that the dialogue's state does not list. Nothing else changes.
CREATE FUNCTION note_tool_refused(in_session text, of_user text, tool text, in_state text) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (of_user, 'tool.refused', in_session, jsonb_build_object('tool', tool, 'state', in_state));
$$;

GRANT SELECT ON handovers TO countersign_api;
GRANT EXECUTE ON FUNCTION claim_handover, close_handover TO countersign_api;
GRANT EXECUTE ON FUNCTION open_handover, note_tool_refused TO countersign_worker;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
