-- Checks of who is speaking, for what a password alone does not open. One counts for the sign-in that its session was
-- used by at that moment (of a session without one, for the session), for this purpose, for a while. As before: one call, one
-- transaction; 'ok' or a code of domain/errors/, having then changed nothing.

CREATE TABLE verifications (
    verification_id text PRIMARY KEY,
    user_id         text NOT NULL REFERENCES users,
    tenant_id       text NOT NULL,
    customer_ref    text NOT NULL,
    session_id      text NOT NULL REFERENCES sessions,
    sign_in_id      text NOT NULL DEFAULT '',
    purpose         text NOT NULL CHECK (purpose IN ('cards')),
    method          text NOT NULL CHECK (method IN ('otp', 'biometric')),
    identity_hash   text NOT NULL,
    state           text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'VERIFIED', 'FAILED', 'EXPIRED')),
    error_code      text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    ended_at        timestamptz,
    stands_until    timestamptz,
    CHECK ((ended_at IS NULL) = (state = 'PENDING')),
    CHECK ((stands_until IS NOT NULL) = (state = 'VERIFIED'))
) WITH (fillfactor = 80);
CREATE INDEX verifications_of_user ON verifications (user_id, created_at DESC);

-- What was proven does not change, and what has ended stays so.
CREATE FUNCTION guard_verification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'PENDING' OR (NEW.verification_id, NEW.user_id, NEW.session_id, NEW.purpose, NEW.method,
            NEW.identity_hash, NEW.created_at)
        IS DISTINCT FROM (OLD.verification_id, OLD.user_id, OLD.session_id, OLD.purpose, OLD.method, OLD.identity_hash,
            OLD.created_at) THEN
        RAISE EXCEPTION 'verification % is %', OLD.verification_id, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verifications_guard BEFORE UPDATE ON verifications FOR EACH ROW EXECUTE FUNCTION guard_verification();
CREATE TRIGGER verifications_kept BEFORE DELETE OR TRUNCATE ON verifications
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The one that this session's customer is being asked for already. A workflow that was terminated is not waited for.
CREATE FUNCTION open_verification_of(of_user text, of_session text, wanted text) RETURNS text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT verification_id FROM verifications
    WHERE user_id = of_user AND session_id = of_session AND purpose = wanted AND state = 'PENDING'
        AND created_at > now() - interval '15 minutes'
    ORDER BY created_at DESC LIMIT 1;
$$;

CREATE FUNCTION open_verification(plan jsonb, most_failed integer, most_begun integer) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v verifications; asker text := plan ->> 'user_id';
BEGIN
    PERFORM FROM users WHERE user_id = asker FOR NO KEY UPDATE;  -- one at a time: they are counted
    IF NOT FOUND THEN RETURN 'unauthenticated'; END IF;
    SELECT * INTO v FROM verifications WHERE verification_id = plan ->> 'verification_id';
    IF FOUND THEN
        RETURN CASE WHEN v.user_id <> asker THEN 'verification_not_found'
            WHEN (v.session_id, v.purpose) <> (plan ->> 'session_id', plan ->> 'purpose') THEN 'idempotency_conflict'
            ELSE 'ok' END;
    END IF;
    IF NOT EXISTS (SELECT FROM sessions WHERE session_id = plan ->> 'session_id' AND user_id = asker) THEN
        RETURN 'session_not_found';
    END IF;
    IF open_verification_of(asker, plan ->> 'session_id', plan ->> 'purpose') IS NOT NULL THEN
        RETURN 'verification_open';
    END IF;
    IF (SELECT count(*) FROM verifications WHERE user_id = asker AND error_code = 'too_many_tries'
            AND ended_at > now() - interval '24 hours') >= most_failed THEN
        RETURN 'verification_locked';
    END IF;
    IF (SELECT count(*) FROM verifications WHERE user_id = asker AND state <> 'VERIFIED'
            AND created_at > now() - interval '1 hour') >= most_begun THEN
        RETURN 'too_many_verifications';
    END IF;
    INSERT INTO verifications (verification_id, user_id, tenant_id, customer_ref, session_id, purpose, method,
        identity_hash)
    SELECT r.verification_id, r.user_id, r.tenant_id, r.customer_ref, r.session_id, r.purpose, r.method,
        r.identity_hash
    FROM jsonb_populate_record(NULL::verifications, plan) r
    ON CONFLICT (verification_id) DO NOTHING RETURNING * INTO v;
    IF NOT FOUND THEN RETURN 'verification_not_found'; END IF;  -- somebody else's, this moment
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (v.user_id, 'verification.created', v.verification_id, jsonb_build_object('session_id', v.session_id,
        'purpose', v.purpose, 'method', v.method));
    RETURN 'ok';
END $$;

-- Not without an accepted answer to its own question: whoever calls. The first end stays.
CREATE FUNCTION verify_identity(id text, stands_s double precision, OUT code text, OUT now_state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v verifications;
BEGIN
    SELECT * INTO v FROM verifications WHERE verification_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN code := 'verification_not_found'; RETURN; END IF;
    code := 'ok';
    now_state := v.state;
    IF v.state <> 'PENDING' THEN RETURN; END IF;
    IF NOT EXISTS (SELECT FROM elicitations e WHERE e.elicitation_id = 'verification-' || id || '-' || v.method || '-1'
            AND e.user_id = v.user_id AND e.type = v.method AND e.state = 'completed' AND e.error_code = ''
            AND e.request ->> 'transaction_hash' = v.identity_hash) THEN
        code := 'verification_unproven';
        RETURN;
    END IF;
    now_state := 'VERIFIED';
    UPDATE verifications SET state = now_state, ended_at = now(),
        stands_until = now() + make_interval(secs => stands_s),
        sign_in_id = (SELECT s.sign_in_id FROM sessions s WHERE s.session_id = v.session_id)
    WHERE verification_id = id RETURNING * INTO v;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (v.user_id, 'verification.verified', id, jsonb_build_object('session_id', v.session_id, 'sign_in_id',
        v.sign_in_id, 'purpose', v.purpose, 'method', v.method, 'until', v.stands_until));
END $$;

CREATE FUNCTION end_verification(id text, new_state text, code text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE v verifications;
BEGIN
    IF new_state NOT IN ('FAILED', 'EXPIRED') THEN
        RAISE EXCEPTION 'a verification does not end as %', new_state USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v FROM verifications WHERE verification_id = id FOR NO KEY UPDATE;
    IF NOT FOUND OR v.state <> 'PENDING' THEN RETURN v.state; END IF;
    UPDATE verifications SET state = new_state, error_code = code, ended_at = now() WHERE verification_id = id;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (v.user_id, 'verification.ended', id, jsonb_build_object('state', new_state, 'error_code', code));
    RETURN new_state;
END $$;

-- Whoever signs in anew, on the same device or another, has shown no factor yet: a text session is shared by sign-ins.
CREATE FUNCTION is_verified(of_user text, in_session text, wanted text) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM verifications v JOIN sessions s ON s.session_id = in_session
        WHERE v.user_id = of_user AND s.user_id = of_user AND s.ended_at IS NULL AND v.purpose = wanted
            AND v.state = 'VERIFIED' AND v.stands_until > now()
            AND CASE s.sign_in_id WHEN '' THEN v.session_id = s.session_id ELSE v.sign_in_id = s.sign_in_id END);
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT SELECT ON verifications TO countersign_worker;
GRANT EXECUTE ON FUNCTION open_verification, verify_identity, end_verification TO countersign_worker;
GRANT EXECUTE ON FUNCTION is_verified, open_verification_of TO countersign_mcp;
