-- Results by Idempotency-Key. `key_hash` is over edge, user and key, `digest` is keyed with the key itself, which is not
-- stored: a body with a six-digit code in it cannot be guessed back. A row without `status` is being executed.
CREATE TABLE idempotency_keys (
    key_hash    bytea PRIMARY KEY,
    digest      bytea NOT NULL,
    holder      text NOT NULL,
    first_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_until timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    status      integer CHECK (status BETWEEN 200 AND 499),
    media_type  text NOT NULL DEFAULT '',
    body        bytea
) WITH (fillfactor = 70);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- code: mine (execute, then settle or release), done, busy, conflict. One row, one lock: of any number at once one is mine.
CREATE FUNCTION claim_key(hash bytea, content bytea, who text, lease_s double precision, keep_s double precision,
    OUT code text, OUT first_ms bigint, OUT status integer, OUT media_type text, OUT body bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    k idempotency_keys;
    lease timestamptz := clock_timestamp() + make_interval(secs => lease_s);
    expiry timestamptz := clock_timestamp() + make_interval(secs => keep_s);
BEGIN
    INSERT INTO idempotency_keys (key_hash, digest, holder, lease_until, expires_at)
    VALUES (hash, content, who, lease, expiry) ON CONFLICT (key_hash) DO NOTHING RETURNING * INTO k;
    IF FOUND THEN code := 'mine'; first_ms := extract(epoch FROM k.first_at) * 1000; RETURN; END IF;
    SELECT * INTO k FROM idempotency_keys WHERE key_hash = hash FOR NO KEY UPDATE;
    IF NOT FOUND THEN code := 'busy'; RETURN; END IF;  -- purged or released just now: ask again
    IF k.expires_at <= clock_timestamp() THEN  -- as if it had never been
        UPDATE idempotency_keys i SET digest = content, holder = who, first_at = clock_timestamp(), lease_until = lease,
            expires_at = expiry, status = NULL, media_type = '', body = NULL
        WHERE i.key_hash = hash RETURNING i.* INTO k;
        code := 'mine';
    ELSIF k.digest <> content THEN
        code := 'conflict';
    ELSIF k.status IS NOT NULL THEN
        code := 'done'; status := k.status; media_type := k.media_type; body := k.body;
    ELSIF k.lease_until <= clock_timestamp() THEN  -- its server died: the ids derived from first_at stay the same
        UPDATE idempotency_keys i SET holder = who, lease_until = lease WHERE i.key_hash = hash;
        code := 'mine';
    ELSE
        code := 'busy';
    END IF;
    first_ms := extract(epoch FROM k.first_at) * 1000;
END $$;

CREATE FUNCTION settle_key(hash bytea, who text, result integer, type text, content bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE idempotency_keys SET status = result, media_type = type, body = content
    WHERE key_hash = hash AND holder = who AND status IS NULL;
    RETURN FOUND;
END $$;

-- Whoever comes next executes at once; the content stays bound to the key.
CREATE FUNCTION release_key(hash bytea, who text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE idempotency_keys SET lease_until = '-infinity' WHERE key_hash = hash AND holder = who AND status IS NULL;
$$;

CREATE FUNCTION purge_keys(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE gone integer;
BEGIN
    DELETE FROM idempotency_keys WHERE key_hash IN (
        SELECT key_hash FROM idempotency_keys WHERE expires_at <= clock_timestamp()
        ORDER BY expires_at LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

GRANT EXECUTE ON FUNCTION claim_key, settle_key, release_key, purge_keys TO countersign_api, countersign_mcp;

-- Codes by text message or by mail, as the customer chose; empty is the bank's usual way.
ALTER TABLE users ADD COLUMN code_channel text NOT NULL DEFAULT '' CHECK (code_channel IN ('', 'sms', 'email'));
GRANT SELECT (code_channel) ON users TO countersign_worker;

ALTER TABLE notifications DROP CONSTRAINT notifications_channel_check;
ALTER TABLE notifications ADD CHECK (channel IN ('sms', 'email'));
-- Until it is delivered, `channel` is what was usual when it was asked for.
ALTER TABLE notifications ADD COLUMN delivered_at timestamptz;
CREATE INDEX notifications_of_elicitation ON notifications (elicitation_id);

CREATE FUNCTION note_delivery(id text, at_counter integer, way text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications SET channel = way, delivered_at = clock_timestamp()
    WHERE key = id || ':' || at_counter AND delivered_at IS NULL;
    IF FOUND THEN
        INSERT INTO audit (actor, action, subject_id, detail)
        SELECT user_id, 'code.delivered', id, jsonb_build_object('counter', at_counter, 'channel', way)
        FROM elicitations WHERE elicitation_id = id;
    END IF;
END $$;

-- A code that was never delivered is not replaced: it is sent again, and that neither waits nor counts.
DROP FUNCTION next_code(text);
CREATE FUNCTION next_code(id text, min_s double precision, most integer, OUT code text, OUT now_counter integer,
    OUT wait_s integer) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e elicitations;
    last timestamptz;
BEGIN
    wait_s := 0;
    SELECT * INTO e FROM elicitations WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN code := 'elicitation_not_found'; RETURN; END IF;
    IF e.closed_at IS NOT NULL THEN code := 'elicitation_closed'; RETURN; END IF;
    SELECT delivered_at INTO last FROM notifications WHERE key = id || ':' || e.counter;
    IF last IS NULL THEN code := 'ok'; now_counter := e.counter; RETURN; END IF;
    IF e.counter >= most THEN code := 'resends_used_up'; RETURN; END IF;
    wait_s := ceil(extract(epoch FROM last - clock_timestamp()) + min_s);
    IF wait_s > 0 THEN code := 'resend_too_soon'; RETURN; END IF;
    now_counter := e.counter + 1;
    UPDATE elicitations SET counter = now_counter WHERE elicitation_id = id;
    INSERT INTO notifications (key, user_id, elicitation_id, channel)
    VALUES (id || ':' || now_counter, e.user_id, id, 'sms');
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (e.user_id, 'elicitation.resent', id, jsonb_build_object('counter', now_counter));
    code := 'ok';
END $$;

GRANT EXECUTE ON FUNCTION next_code, note_delivery TO countersign_worker;
