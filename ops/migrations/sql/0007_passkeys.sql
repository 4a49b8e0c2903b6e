-- Passkeys (WebAuthn Level 3), the challenges that they sign, and what was filled into forms.

CREATE TABLE passkeys (
    passkey_id      text PRIMARY KEY,
    user_id         text NOT NULL REFERENCES users,
    credential_id   bytea NOT NULL UNIQUE CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    public_key      bytea NOT NULL,  -- COSE; the private half never leaves the authenticator
    sign_count      bigint NOT NULL CHECK (sign_count >= 0),
    backup_eligible boolean NOT NULL,
    backed_up       boolean NOT NULL,
    transports      text[] NOT NULL,
    aaguid          text NOT NULL,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    created_at      timestamptz NOT NULL DEFAULT now(),
    last_used_at    timestamptz,
    revoked_at      timestamptz,
    CHECK (backup_eligible OR NOT backed_up)
);
CREATE INDEX passkeys_of_user ON passkeys (user_id, created_at) WHERE revoked_at IS NULL;

-- `subject` is the user, or for a login the user name that was typed (empty: the passkey says who it is).
CREATE TABLE passkey_challenges (
    challenge      bytea PRIMARY KEY CHECK (octet_length(challenge) = 32),
    purpose        text NOT NULL CHECK (purpose IN ('enrol', 'login', 'payment')),
    subject        text NOT NULL,
    nonce          bytea NOT NULL,
    elicitation_id text NOT NULL DEFAULT '',
    payment_id     text NOT NULL DEFAULT '',
    version        integer NOT NULL DEFAULT 0,
    expires_at     timestamptz NOT NULL,
    used_at        timestamptz,
    CHECK ((purpose = 'payment') = (elicitation_id <> ''))
);
CREATE INDEX passkey_challenges_old ON passkey_challenges (expires_at);

-- For user names that have no passkey: what they are shown must not change from one question to the next.
CREATE TABLE passkey_decoy (secret bytea NOT NULL);
INSERT INTO passkey_decoy SELECT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));

CREATE TABLE form_answers (
    elicitation_id text NOT NULL REFERENCES elicitations,
    response_id    text NOT NULL,
    filled         jsonb NOT NULL,
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (elicitation_id, response_id)
);
CREATE TRIGGER form_answers_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON form_answers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION guard_passkey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL OR NEW.sign_count < OLD.sign_count
        OR (NEW.passkey_id, NEW.user_id, NEW.credential_id, NEW.public_key, NEW.backup_eligible)
            IS DISTINCT FROM (OLD.passkey_id, OLD.user_id, OLD.credential_id, OLD.public_key, OLD.backup_eligible) THEN
        RAISE EXCEPTION 'passkey % cannot change so', OLD.passkey_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER passkeys_guard BEFORE UPDATE ON passkeys FOR EACH ROW EXECUTE FUNCTION guard_passkey();

CREATE FUNCTION issue_challenge(value bytea, its_purpose text, its_subject text, its_nonce bytea, elicitation text,
    payment text, its_version integer, lives_s double precision) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM passkey_challenges WHERE challenge IN (
        SELECT challenge FROM passkey_challenges WHERE expires_at < now() - interval '1 hour'
        ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED);
    INSERT INTO passkey_challenges (challenge, purpose, subject, nonce, elicitation_id, payment_id, version, expires_at)
    VALUES (value, its_purpose, its_subject, its_nonce, elicitation, payment, its_version,
        now() + make_interval(secs => lives_s));
$$;

-- Whoever presents a challenge first has it; it is spent even where what was signed over it turns out to be wrong.
CREATE FUNCTION take_challenge(value bytea) RETURNS TABLE (purpose text, subject text, nonce bytea,
    elicitation_id text, payment_id text, version integer, expired boolean) LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE passkey_challenges c SET used_at = now() WHERE c.challenge = value AND c.used_at IS NULL
    RETURNING c.purpose, c.subject, c.nonce, c.elicitation_id, c.payment_id, c.version, c.expires_at <= now();
$$;

CREATE FUNCTION enrol_passkey(id text, owner text, credential bytea, key bytea, signed bigint, eligible boolean,
    is_backed_up boolean, ways text[], maker text, called text, most integer) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM users WHERE user_id = owner FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM passkeys WHERE user_id = owner AND revoked_at IS NULL) >= most THEN
        RETURN 'too_many_passkeys';
    END IF;
    INSERT INTO passkeys (passkey_id, user_id, credential_id, public_key, sign_count, backup_eligible, backed_up,
        transports, aaguid, name)
    VALUES (id, owner, credential, key, signed, eligible, is_backed_up, ways, maker, called)
    ON CONFLICT (credential_id) DO NOTHING;
    IF NOT FOUND THEN RETURN 'passkey_exists'; END IF;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (owner, 'passkey.enrolled', id, jsonb_build_object('aaguid', maker, 'backup_eligible', eligible,
        'backed_up', is_backed_up));
    RETURN 'ok';
END $$;

-- After its signature has been verified. Of two assertions with one count only the first is believed.
CREATE FUNCTION use_passkey(id text, seen bigint, eligible boolean, is_backed_up boolean, what text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p passkeys;
    verdict text := 'ok';
BEGIN
    SELECT * INTO p FROM passkeys WHERE passkey_id = id FOR NO KEY UPDATE;
    IF NOT FOUND OR p.revoked_at IS NOT NULL THEN RETURN 'passkey_unknown'; END IF;
    IF eligible <> p.backup_eligible OR (is_backed_up AND NOT eligible) THEN
        verdict := 'passkey_backup_changed';
    ELSIF (seen > 0 OR p.sign_count > 0) AND seen <= p.sign_count THEN
        verdict := 'passkey_cloned';
    ELSE
        UPDATE passkeys SET sign_count = seen, backed_up = is_backed_up, last_used_at = now() WHERE passkey_id = id;
    END IF;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (p.user_id, CASE verdict WHEN 'ok' THEN 'passkey.used' ELSE verdict END, id,
        jsonb_build_object('purpose', what, 'seen', seen, 'known', p.sign_count, 'backed_up', is_backed_up));
    RETURN verdict;
END $$;

CREATE FUNCTION revoke_passkey(id text, owner text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE passkeys SET revoked_at = now() WHERE passkey_id = id AND user_id = owner AND revoked_at IS NULL;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO audit (actor, action, subject_id) VALUES (owner, 'passkey.revoked', id);
    RETURN true;
END $$;

CREATE FUNCTION refuse_passkey(who text, about text, what text, why text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (who, 'passkey.refused', about, jsonb_build_object('purpose', what, 'code', why));
$$;

-- The user's passkeys, or as many bytes that look like some; a stranger who asks twice gets the same.
CREATE FUNCTION allowed_passkeys(typed text) RETURNS SETOF bytea LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE seed bytea;
BEGIN
    RETURN QUERY SELECT p.credential_id FROM passkeys p JOIN users u USING (user_id)
        WHERE u.username = typed AND p.revoked_at IS NULL ORDER BY p.created_at;
    IF FOUND THEN RETURN; END IF;
    SELECT sha256(d.secret || convert_to(typed, 'UTF8') || d.secret) INTO seed FROM passkey_decoy d;
    RETURN NEXT CASE get_byte(seed, 0) % 3
        WHEN 0 THEN substring(sha256(seed) FOR 16) WHEN 1 THEN substring(sha256(seed) FOR 20) ELSE sha256(seed) END;
END $$;

CREATE FUNCTION keep_form(id text, response text, entered jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    INSERT INTO form_answers (elicitation_id, response_id, filled) VALUES (id, response, entered) ON CONFLICT DO NOTHING;
$$;

REVOKE ALL ON FUNCTION guard_passkey, issue_challenge, take_challenge, enrol_passkey, use_passkey, revoke_passkey,
    refuse_passkey, allowed_passkeys, keep_form FROM PUBLIC;

-- api: checks passkeys and forms. temporal_worker: whether somebody has a passkey, what a form holds, where a session is.
GRANT SELECT ON passkeys TO countersign_api;
GRANT EXECUTE ON FUNCTION issue_challenge, take_challenge, enrol_passkey, use_passkey, revoke_passkey, refuse_passkey,
    allowed_passkeys, keep_form TO countersign_api;
GRANT SELECT (user_id, revoked_at) ON passkeys TO countersign_worker;
GRANT SELECT ON form_answers TO countersign_worker;
GRANT SELECT (user_id, platform) ON sessions TO countersign_worker;
