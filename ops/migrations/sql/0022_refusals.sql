-- What was refused is in the audit; a payee that was removed is paid no more, by nothing that waits.

CREATE FUNCTION note_refused_request(by_user text, what text, id text, code text) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (by_user, 'request.refused', id, jsonb_build_object('request', what, 'error_code', code));
$$;

-- As before; a conflict tells how the digests of both contents begin (the recorded one's six bytes, then the other's),
-- salted with what nobody outside knows: a content with a code in it is not found by trying.
CREATE OR REPLACE FUNCTION claim_key(hash bytea, content bytea, who text, lease_s double precision,
    keep_s double precision, OUT code text, OUT first_ms bigint, OUT status integer, OUT media_type text, OUT body bytea)
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
        body := substring(sha256(convert_to(k.holder, 'UTF8') || k.digest) FOR 6)
            || substring(sha256(convert_to(k.holder, 'UTF8') || content) FOR 6);
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

CREATE TABLE removed_payees (
    payee_id   text NOT NULL,
    user_id    text NOT NULL REFERENCES users,
    name       text NOT NULL,
    account_id text NOT NULL REFERENCES accounts,
    removed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, account_id, removed_at)
);
CREATE TRIGGER removed_payees_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON removed_payees
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A repeat is one. Another's payee is not there.
CREATE FUNCTION remove_payee(id text, by_user text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE gone payees;
BEGIN
    DELETE FROM payees WHERE payee_id = id AND user_id = by_user RETURNING * INTO gone;
    IF NOT FOUND THEN
        RETURN CASE WHEN EXISTS (SELECT FROM removed_payees WHERE payee_id = id AND user_id = by_user)
            THEN 'ok' ELSE 'payee_not_found' END;
    END IF;
    INSERT INTO removed_payees (payee_id, user_id, name, account_id)
    VALUES (gone.payee_id, gone.user_id, gone.name, gone.account_id);
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (by_user, 'payee.removed', id, jsonb_build_object('account_id', gone.account_id));
    RETURN 'ok';
END $$;

-- The row's lock puts a removal before a hold or a post, or after it. What has gone out over a rail is posted all the same.
CREATE FUNCTION keep_payee() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
    SELECT * INTO STRICT p FROM payments WHERE payment_id = NEW.payment_id;
    IF p.kind <> 'payee' AND (p.kind <> 'outside' OR NEW.state = 'posted') THEN RETURN NULL; END IF;
    PERFORM FROM payees WHERE user_id = p.user_id AND account_id = p.payee_account FOR KEY SHARE;
    IF NOT FOUND AND EXISTS (
            SELECT FROM removed_payees WHERE user_id = p.user_id AND account_id = p.payee_account) THEN
        RAISE EXCEPTION USING MESSAGE = 'payee_removed', ERRCODE = 'CSM01';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_keep_payee AFTER INSERT ON holds FOR EACH ROW EXECUTE FUNCTION keep_payee();
CREATE TRIGGER holds_keep_payee_until_posted AFTER UPDATE OF state ON holds FOR EACH ROW
    WHEN (NEW.state = 'posted') EXECUTE FUNCTION keep_payee();

-- Payments that still wait for a payee who is gone; their workflows are told of it.
CREATE VIEW payments_without_payee AS
    SELECT DISTINCT p.payment_id, p.user_id, r.removed_at FROM removed_payees r
    JOIN payments p ON p.user_id = r.user_id AND p.payee_account = r.account_id
    WHERE p.kind IN ('payee', 'outside')
        AND p.state IN ('CREATED', 'SCREENING', 'AWAITING_CUSTOMER', 'AWAITING_SUPERVISOR', 'COOLING_OFF')
        AND NOT EXISTS (SELECT FROM payees y WHERE y.user_id = r.user_id AND y.account_id = r.account_id);

GRANT SELECT ON payments_without_payee TO countersign_api;
GRANT EXECUTE ON FUNCTION remove_payee TO countersign_api;
GRANT EXECUTE ON FUNCTION note_refused_request TO countersign_mcp, countersign_api;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
