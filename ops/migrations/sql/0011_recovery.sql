-- Recovery codes, the way of one's codes, word to their owner of all that changes how one signs in, and answers that were
-- refused. As before: one call, one transaction; 'ok' or a code of domain/errors/, having then changed nothing.

-- Of a code only its HMAC is kept (the key is the processes', 120 random bits are the code's).
CREATE TABLE recovery_codes (
    user_id text NOT NULL REFERENCES users,
    digest  bytea NOT NULL CHECK (octet_length(digest) = 32),
    made_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    PRIMARY KEY (user_id, digest)
);

ALTER TABLE sign_ins DROP CONSTRAINT sign_ins_method_check;
ALTER TABLE sign_ins ADD CONSTRAINT sign_ins_method_check
    CHECK (method IN ('password', 'password+totp', 'password+recovery', 'passkey'));

-- New ones in place of all older ones, used or not.
CREATE FUNCTION make_recovery_codes(of_user text, digests bytea[]) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM users WHERE user_id = of_user FOR NO KEY UPDATE;  -- one at a time for a person
    DELETE FROM recovery_codes WHERE user_id = of_user;
    INSERT INTO recovery_codes (user_id, digest) SELECT of_user, unnest(digests);
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (of_user, 'recovery_codes.made', of_user, jsonb_build_object('count', cardinality(digests)));
END $$;

-- Spend the code with one of these digests (one for each key of the ring); how many are left, -1 where none fits. A right
-- one ends the run of wrong authenticator codes, whose count it shares.
CREATE FUNCTION use_recovery_code(of_user text, digests bytea[]) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE remaining integer;
BEGIN
    UPDATE recovery_codes SET used_at = clock_timestamp()
    WHERE user_id = of_user AND digest = ANY (digests) AND used_at IS NULL;
    IF NOT FOUND THEN RETURN -1; END IF;
    SELECT count(*) INTO remaining FROM recovery_codes WHERE user_id = of_user AND used_at IS NULL;
    UPDATE totp_factors SET failures = 0, blocked_to = '-infinity' WHERE user_id = of_user;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (of_user, 'recovery_codes.used', of_user, jsonb_build_object('left', remaining));
    RETURN remaining;
END $$;

CREATE FUNCTION choose_code_channel(of_user text, way text) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE u users;
BEGIN
    SELECT * INTO u FROM users WHERE user_id = of_user FOR NO KEY UPDATE;
    IF (CASE way WHEN 'email' THEN u.email ELSE u.phone END) = '' THEN RETURN 'no_address'; END IF;
    IF u.code_channel = way THEN RETURN 'ok'; END IF;
    UPDATE users SET code_channel = way WHERE user_id = of_user;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (of_user, 'code_channel.changed', of_user, jsonb_build_object('from', u.code_channel, 'to', way));
    RETURN 'ok';
END $$;

-- What a customer is told of by every way there is, and as an event. `about` is the action in the audit.
CREATE TABLE notices (
    notice_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      text NOT NULL REFERENCES users,
    about        text NOT NULL,
    channel      text NOT NULL CHECK (channel IN ('sms', 'email')),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    tried_at     timestamptz,
    tries        integer NOT NULL DEFAULT 0,
    delivered_at timestamptz
);
CREATE INDEX notices_waiting ON notices (notice_id) WHERE delivered_at IS NULL;

-- Whoever writes such a line in the audit tells its owner in the same transaction.
CREATE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notices (user_id, about, channel)
    SELECT u.user_id, NEW.action, way FROM users u, unnest(ARRAY['sms', 'email']) way
    WHERE u.user_id = NEW.actor AND CASE way WHEN 'email' THEN u.email ELSE u.phone END <> '';
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES ('security.changed', NEW.actor, '', NEW.actor, 'security.changed:' || NEW.audit_id,
        jsonb_build_object('what', NEW.action));
    RETURN NULL;
END $$;
CREATE TRIGGER audit_told AFTER INSERT ON audit FOR EACH ROW
    WHEN (NEW.action IN ('code_channel.changed', 'recovery_codes.made', 'recovery_codes.used', 'totp.on', 'totp.off',
        'passkey.enrolled', 'passkey.revoked'))
    EXECUTE FUNCTION tell_of_change();

-- The oldest that wait, lent for a minute: a worker that dies leaves them to the next. After ten tries, or a day, no more.
CREATE FUNCTION take_notices(most integer) RETURNS SETOF notices LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE notices SET tried_at = clock_timestamp(), tries = tries + 1 WHERE notice_id IN (
        SELECT notice_id FROM notices
        WHERE delivered_at IS NULL AND tries < 10 AND created_at > now() - interval '1 day'
            AND (tried_at IS NULL OR tried_at < now() - interval '1 minute')
        ORDER BY notice_id LIMIT most FOR UPDATE SKIP LOCKED)
    RETURNING *;
$$;

CREATE FUNCTION note_told(id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE notices SET delivered_at = clock_timestamp() WHERE notice_id = id AND delivered_at IS NULL;
$$;

-- An answer that was refused before any factor was looked at: to somebody else's question, too late, to another version,
-- in no form that answers it.
CREATE FUNCTION note_refused_answer(id text, by_user text, why text, response text) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (by_user, 'elicitation.attempted', id, jsonb_build_object('response_id', response, 'outcome', why));
$$;

-- However an approval ends without a decision, who could have decided it is told. `revise_payment` tells it itself.
CREATE OR REPLACE FUNCTION close_approval() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE a approvals;
BEGIN
    UPDATE approvals SET state = NEW.state WHERE elicitation_id = NEW.elicitation_id AND state = 'open' RETURNING * INTO a;
    IF FOUND AND NEW.error_code <> 'stale_version' THEN
        PERFORM emit_approval(a, 'approval.voided', '', jsonb_build_object('error_code',
            coalesce(nullif(NEW.error_code, ''), NEW.state)));
    END IF;
    RETURN NULL;
END $$;

-- Calls that may have to be hung up are looked for every two seconds.
CREATE INDEX sessions_calls ON sessions (sign_in_id) WHERE channel = 'voice' AND ended_at IS NULL;

-- Supervisors read these whoever's they are.
CREATE INDEX outbox_approvals ON outbox (seq) WHERE kind LIKE 'approval.%';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT SELECT (user_id, made_at, used_at) ON recovery_codes TO countersign_api;
GRANT EXECUTE ON FUNCTION make_recovery_codes, use_recovery_code, choose_code_channel, note_refused_answer
    TO countersign_api;
GRANT EXECUTE ON FUNCTION take_notices, note_told TO countersign_worker;
