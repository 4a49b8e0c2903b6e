-- Sign-ins: one row a device that somebody signed in on, and the family of its refresh tokens. Not to be mixed up with
-- `sessions`, which are conversations. Of a refresh token only its SHA-256 digest is kept.

CREATE TABLE sign_ins (
    sign_in_id   text PRIMARY KEY,
    user_id      text NOT NULL REFERENCES users,
    method       text NOT NULL CHECK (method IN ('password', 'password+totp', 'passkey')),
    agent        text NOT NULL CHECK (length(agent) <= 120),
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    ends_at      timestamptz NOT NULL,
    ended_at     timestamptz,
    ended_why    text NOT NULL DEFAULT '' CHECK (ended_why IN ('', 'signed_out', 'revoked', 'refresh_reused')),
    CHECK ((ended_at IS NULL) = (ended_why = ''))
);
CREATE INDEX sign_ins_of_user ON sign_ins (user_id);

CREATE TABLE refresh_tokens (
    digest     bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    sign_in_id text NOT NULL REFERENCES sign_ins ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz,
    request    bytea CHECK (octet_length(request) = 32),  -- SHA-256 of the id of the request that used it
    successor  bytea REFERENCES refresh_tokens DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX refresh_tokens_of_sign_in ON refresh_tokens (sign_in_id);

CREATE TABLE totp_factors (
    user_id      text PRIMARY KEY REFERENCES users,
    secret       text NOT NULL,  -- sealed
    confirmed_at timestamptz,
    last_step    bigint NOT NULL DEFAULT 0,
    failures     integer NOT NULL DEFAULT 0,
    blocked_to   timestamptz NOT NULL DEFAULT '-infinity'
);

-- A sign-in ends once, and a token is used once, whoever writes.
CREATE FUNCTION guard_sign_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.ends_at > OLD.ends_at OR NEW.user_id <> OLD.user_id THEN
        RAISE EXCEPTION 'sign-in % does not come back', OLD.sign_in_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sign_ins_guard BEFORE UPDATE ON sign_ins FOR EACH ROW EXECUTE FUNCTION guard_sign_in();

CREATE FUNCTION guard_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.used_at IS NULL OR NEW.used_at < OLD.used_at OR NEW.sign_in_id <> OLD.sign_in_id THEN
        RAISE EXCEPTION 'a refresh token stays used' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refresh_tokens_guard BEFORE UPDATE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION guard_refresh();

-- The conversation belongs to the sign-in that spoke last: with it ends what the orchestrator may do on its behalf.
ALTER TABLE sessions ADD COLUMN sign_in_id text NOT NULL DEFAULT '';

-- Only what concerns identity can be noted through this.
CREATE FUNCTION note_identity(who text, what text, about text, more jsonb) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF what NOT IN ('sign_in.refused', 'sign_in.throttled', 'totp.refused') THEN
        RAISE EXCEPTION 'not an action of the api: %', what USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO audit (actor, action, subject_id, detail) VALUES (who, what, about, more);
END $$;

CREATE FUNCTION begin_sign_in(
    id text, of_user text, by_method text, by_agent text, address text, lives_s double precision, first_refresh bytea
) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE over timestamptz := now() + make_interval(secs => lives_s);
BEGIN
    DELETE FROM sign_ins WHERE user_id = of_user AND ends_at < now() - interval '1 day';
    INSERT INTO sign_ins (sign_in_id, user_id, method, agent, ends_at) VALUES (id, of_user, by_method, by_agent, over);
    INSERT INTO refresh_tokens (digest, sign_in_id) VALUES (first_refresh, id);
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (of_user, 'sign_in.begun', id, jsonb_build_object('method', by_method, 'agent', by_agent, 'address', address));
    RETURN over;
END $$;

-- Ends one sign-in of a user, or all of them where `id` is null; how many.
CREATE FUNCTION end_sign_ins(of_user text, id text, why text) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ended integer;
BEGIN
    WITH gone AS (
        UPDATE sign_ins s SET ended_at = clock_timestamp(), ended_why = why
        WHERE s.user_id = of_user AND (id IS NULL OR s.sign_in_id = id) AND s.ended_at IS NULL AND s.ends_at > now()
        RETURNING s.sign_in_id
    ), noted AS (
        INSERT INTO audit (actor, action, subject_id, detail)
        SELECT of_user, 'sign_in.ended', sign_in_id, jsonb_build_object('why', why) FROM gone
    )
    SELECT count(*) INTO ended FROM gone;
    RETURN ended;
END $$;

-- One refresh token for the next. A token that was used before ends the sign-in, unless it is provably the same request
-- again, soon, and nobody has used what that request gave: then its lost reply is void, and a new one takes its place.
CREATE FUNCTION rotate_refresh(
    old bytea, new bytea, by_request bytea, grace_s double precision, idle_s double precision,
    OUT code text, OUT id text, OUT of_user text, OUT over timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t refresh_tokens; s sign_ins;
BEGIN
    SELECT sign_in_id INTO id FROM refresh_tokens WHERE digest = old;
    IF NOT FOUND THEN code := 'refresh_invalid'; RETURN; END IF;
    SELECT * INTO s FROM sign_ins WHERE sign_in_id = id FOR UPDATE;  -- one at a time for a family
    IF NOT FOUND THEN code := 'refresh_invalid'; RETURN; END IF;
    SELECT * INTO t FROM refresh_tokens WHERE digest = old;
    of_user := s.user_id;
    over := s.ends_at;
    IF s.ended_at IS NOT NULL OR s.ends_at <= now()
        OR s.last_used_at < now() - make_interval(secs => idle_s) THEN
        code := 'sign_in_ended';
        RETURN;
    END IF;
    IF t.used_at IS NOT NULL AND NOT (
        coalesce(t.request = by_request, false)
        AND t.used_at > clock_timestamp() - make_interval(secs => grace_s)
        AND EXISTS (SELECT FROM refresh_tokens WHERE digest = t.successor AND used_at IS NULL)
    ) THEN
        INSERT INTO audit (actor, action, subject_id) VALUES (s.user_id, 'sign_in.refresh_reused', id);
        PERFORM end_sign_ins(s.user_id, id, 'refresh_reused');
        code := 'refresh_reused';
        RETURN;
    END IF;
    UPDATE refresh_tokens SET used_at = clock_timestamp() WHERE digest = t.successor;
    INSERT INTO refresh_tokens (digest, sign_in_id) VALUES (new, id);
    UPDATE refresh_tokens SET used_at = coalesce(used_at, clock_timestamp()), request = by_request, successor = new
    WHERE digest = old;
    UPDATE sign_ins SET last_used_at = now() WHERE sign_in_id = id;
    code := 'ok';
END $$;

CREATE FUNCTION enrol_totp(of_user text, sealed text) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO totp_factors AS f (user_id, secret) VALUES (of_user, sealed)
    ON CONFLICT (user_id) DO UPDATE SET secret = sealed WHERE f.confirmed_at IS NULL;
    IF NOT FOUND THEN RETURN 'totp_already_on'; END IF;
    INSERT INTO audit (actor, action, subject_id) VALUES (of_user, 'totp.enrolled', of_user);
    RETURN 'ok';
END $$;

-- Counts a code before it is looked at; how many seconds to wait instead. Whoever gets this far has the password, so the
-- name is counted wherever the guesses come from: from the tenth wrong code on a delay that doubles, up to 15 minutes.
CREATE FUNCTION try_totp(of_user text) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE totp_factors SET failures = failures + 1, blocked_to = CASE WHEN failures + 1 < 10 THEN blocked_to
        ELSE now() + make_interval(secs => least(900, 2 ^ least(failures - 9, 20))) END
    WHERE user_id = of_user AND blocked_to <= now();
    IF FOUND THEN RETURN 0; END IF;
    RETURN (SELECT greatest(1, ceil(extract(epoch FROM blocked_to - now())))::integer FROM totp_factors
            WHERE user_id = of_user);
END $$;

-- Each step once, and none before one that was used (RFC 6238, section 5.2); a right code ends the run of wrong ones.
CREATE FUNCTION use_totp_step(of_user text, step bigint, sealed text) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE totp_factors SET last_step = step, failures = 0, blocked_to = '-infinity'
    WHERE user_id = of_user AND secret = sealed AND last_step < step;
    RETURN FOUND;
END $$;

CREATE FUNCTION switch_totp(of_user text, turn_on boolean) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF turn_on THEN
        UPDATE totp_factors SET confirmed_at = now() WHERE user_id = of_user AND confirmed_at IS NULL;
    ELSE
        DELETE FROM totp_factors WHERE user_id = of_user AND confirmed_at IS NOT NULL;
    END IF;
    IF NOT FOUND THEN RETURN CASE WHEN turn_on THEN 'totp_already_on' ELSE 'totp_not_on' END; END IF;
    INSERT INTO audit (actor, action, subject_id)
    VALUES (of_user, CASE WHEN turn_on THEN 'totp.on' ELSE 'totp.off' END, of_user);
    RETURN 'ok';
END $$;

-- api: whose a sign-in is and whether it lasts; changes only through functions, but for when it was last used. Digests
-- of refresh tokens are read by nobody.
GRANT SELECT, UPDATE (last_used_at) ON sign_ins TO countersign_api;
GRANT SELECT ON totp_factors TO countersign_api;
GRANT INSERT (sign_in_id), UPDATE (sign_in_id) ON sessions TO countersign_api;
GRANT EXECUTE ON FUNCTION note_identity, begin_sign_in, end_sign_ins, rotate_refresh, enrol_totp, use_totp_step,
    try_totp, switch_totp TO countersign_api;

-- mcp_tools: whether the sign-in behind a conversation is over.
GRANT SELECT (sign_in_id) ON sessions TO countersign_mcp;
GRANT SELECT (sign_in_id, ended_at) ON sign_ins TO countersign_mcp;
