-- Payees of other banks are paid over a rail. Each has a clearing account of the bank's own here, credited when the
-- rail has paid; so hash, mandates and history know them apart as they do payees of ours. What the rail is asked is
-- written down before it is asked, and no hold is released while nobody knows what became of that.
-- Lock order: the payment, then its row here, then accounts.

ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check,
    ADD CONSTRAINT accounts_kind_check
        CHECK (kind IN ('checking', 'savings', 'credit card', 'loan', 'equity', 'clearing')),
    ADD CONSTRAINT accounts_clearing_is_the_banks CHECK (kind <> 'clearing' OR user_id IS NULL);
ALTER TABLE transfers DROP CONSTRAINT transfers_step_check,
    ADD CONSTRAINT transfers_step_check CHECK (step IN ('hold', 'post', 'void', 'expire', 'book', 'return'));
ALTER TABLE payments
    ADD COLUMN unsure_at timestamptz,    -- since when, or that for a while, nobody knew whether the rail had paid
    ADD COLUMN returned_at timestamptz;  -- when what the rail had paid came back and was given back

CREATE TABLE creditors (
    account_id text PRIMARY KEY REFERENCES accounts,
    name       text NOT NULL,
    bank       text NOT NULL,  -- routing number or BIC
    account    text NOT NULL,
    UNIQUE (bank, account, account_id)
);
CREATE TRIGGER creditors_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON creditors
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE rail_payments (
    key              text PRIMARY KEY,  -- what the rail knows it by: payment id, version
    payment_id       text NOT NULL REFERENCES payments,
    version          integer NOT NULL,
    amount_minor     bigint NOT NULL CHECK (amount_minor > 0),
    currency         text NOT NULL,
    creditor_name    text NOT NULL,
    creditor_bank    text NOT NULL,
    creditor_account text NOT NULL,
    debtor_name      text NOT NULL,
    status           text NOT NULL DEFAULT 'sent'
                     CHECK (status IN ('sent', 'pending', 'settled', 'refused', 'barred', 'returned')),
    rail_ref         text NOT NULL DEFAULT '',
    reason           text NOT NULL DEFAULT '',
    doubt            text NOT NULL DEFAULT '',  -- code of an answer that cannot be true: a person must look
    tries            integer NOT NULL DEFAULT 1,
    looks            integer NOT NULL DEFAULT 0,
    sent_at          timestamptz NOT NULL DEFAULT now(),
    known_at         timestamptz,
    UNIQUE (payment_id, version),
    CHECK ((known_at IS NULL) = (status IN ('sent', 'pending')))
) WITH (fillfactor = 80);
CREATE INDEX rail_payments_open ON rail_payments (sent_at) WHERE known_at IS NULL OR doubt <> '';

CREATE TABLE rail_events (
    event_id    text PRIMARY KEY,
    digest      text NOT NULL,
    key         text NOT NULL,
    outcome     text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION guard_rail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.key, NEW.payment_id, NEW.version, NEW.amount_minor, NEW.currency, NEW.creditor_name, NEW.creditor_bank,
            NEW.creditor_account, NEW.debtor_name)
        IS DISTINCT FROM (OLD.key, OLD.payment_id, OLD.version, OLD.amount_minor, OLD.currency, OLD.creditor_name,
            OLD.creditor_bank, OLD.creditor_account, OLD.debtor_name)
        OR (NEW.status <> OLD.status AND (OLD.status IN ('refused', 'barred', 'returned') OR NEW.status = 'sent'
            OR (OLD.status = 'settled' AND NEW.status <> 'returned'))) THEN
        RAISE EXCEPTION 'rail payment % is %', OLD.key, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rail_payments_guard BEFORE UPDATE ON rail_payments FOR EACH ROW EXECUTE FUNCTION guard_rail();
CREATE TRIGGER rail_payments_kept BEFORE DELETE OR TRUNCATE ON rail_payments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rail_events_kept BEFORE DELETE OR TRUNCATE ON rail_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is held for a clearing account goes over the rail, and nothing else does.
CREATE FUNCTION fit_rail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM payments p JOIN accounts a ON a.account_id = p.payee_account
               WHERE p.payment_id = NEW.payment_id AND (p.kind = 'outside') <> (a.kind = 'clearing')) THEN
        RAISE EXCEPTION 'payment % is of another kind than its payee', NEW.payment_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_fit_rail AFTER INSERT ON holds FOR EACH ROW EXECUTE FUNCTION fit_rail();

-- Posted only once the rail has paid; released only where it has not, and will not. Refusals as in 0010_mandates.sql.
CREATE FUNCTION keep_rail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE of_kind text; known text;
BEGIN
    SELECT p.kind, r.status INTO of_kind, known
    FROM payments p LEFT JOIN rail_payments r ON r.payment_id = p.payment_id AND r.version = NEW.version
    WHERE p.payment_id = NEW.payment_id;
    IF of_kind <> 'outside' AND known IS NULL THEN RETURN NULL; END IF;
    IF (NEW.state = 'posted') <> (coalesce(known, '') IN ('settled', 'returned'))
        OR coalesce(known, '') IN ('sent', 'pending') THEN
        RAISE EXCEPTION USING MESSAGE = 'payment_unsettled', ERRCODE = 'CSM01';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_keep_rail AFTER UPDATE OF state ON holds FOR EACH ROW
    WHEN (NEW.state <> 'held') EXECUTE FUNCTION keep_rail();

-- A clearing account stays open while money may be on its way.
CREATE FUNCTION keep_clearing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM rail_payments r JOIN payments p USING (payment_id)
               WHERE p.payee_account = NEW.account_id AND NOT is_final(p.state)
                   AND r.status IN ('sent', 'pending', 'settled', 'returned')) THEN
        RAISE EXCEPTION 'account % is being paid to', NEW.account_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_keep_clearing BEFORE UPDATE OF closed_at ON accounts FOR EACH ROW
    WHEN (NEW.kind = 'clearing' AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION keep_clearing();

-- As before, but what the rail has paid under a mandate was paid while it stood: see intend_rail.
CREATE OR REPLACE FUNCTION keep_mandate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now_state text;
BEGIN
    SELECT m.state INTO now_state FROM mandate_uses u JOIN mandates m USING (mandate_id)
    WHERE u.payment_id = NEW.payment_id AND u.version = NEW.version FOR SHARE OF m;
    IF now_state = 'REVOKED'
        AND NOT EXISTS (SELECT FROM rail_payments WHERE payment_id = NEW.payment_id AND version = NEW.version) THEN
        PERFORM refuse_mandate('mandate_revoked');
    END IF;
    RETURN NULL;
END $$;

-- The last look before money may leave the bank, and the note that it may: everything that post_payment refuses is
-- refused here, for afterwards it is too late. `is_first`: nobody has asked the rail before.
CREATE FUNCTION intend_rail(id text, of_version integer, OUT code text, OUT is_first boolean) LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p payments; c creditors; mandate_state text;
BEGIN
    is_first := false;
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN code := 'payment_not_found'; RETURN; END IF;
    code := 'ok';
    IF EXISTS (SELECT FROM rail_payments WHERE payment_id = id AND version = of_version) THEN RETURN; END IF;
    IF is_final(p.state) THEN code := 'payment_closed'; RETURN; END IF;
    IF p.version <> of_version THEN code := 'stale_version'; RETURN; END IF;
    IF p.kind <> 'outside' OR NOT EXISTS (SELECT FROM holds
            WHERE payment_id = id AND version = of_version AND state = 'held') THEN
        code := 'payment_closed'; RETURN;
    END IF;
    IF lacks_countersign(p) THEN code := 'countersign_missing'; RETURN; END IF;
    SELECT m.state INTO mandate_state FROM mandate_uses u JOIN mandates m USING (mandate_id)
    WHERE u.payment_id = id AND u.version = of_version FOR SHARE OF m;
    IF mandate_state = 'REVOKED' THEN code := 'mandate_revoked'; RETURN; END IF;
    PERFORM FROM payees WHERE user_id = p.user_id AND account_id = p.payee_account FOR SHARE;
    IF NOT FOUND THEN code := 'payee_removed'; RETURN; END IF;
    PERFORM FROM accounts WHERE account_id = p.payee_account AND closed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN code := 'account_closed'; RETURN; END IF;
    SELECT * INTO STRICT c FROM creditors WHERE account_id = p.payee_account;
    INSERT INTO rail_payments (key, payment_id, version, amount_minor, currency, creditor_name, creditor_bank,
        creditor_account, debtor_name)
    VALUES (id || '-' || of_version, id, of_version, p.amount_minor, p.currency, c.name, c.bank, c.account,
        p.payer_name);
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES ('bank', 'rail.sent', id, jsonb_build_object('version', of_version, 'transaction_hash', p.transaction_hash));
    is_first := true;
END $$;

-- Whether it may be handed in once more, under the same key: counted before it is done.
CREATE FUNCTION retry_rail(of_key text, most integer) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE rail_payments SET tries = tries + 1 WHERE key = of_key AND status = 'sent' AND tries < most;
    RETURN FOUND;
END $$;

-- What the rail says of a key; `said`: status (null: nothing that could be read), rail_ref, amount_minor, currency,
-- account, reason. What cannot be true is kept as a doubt and changes nothing else. Old news changes nothing.
CREATE FUNCTION note_rail(of_key text, said jsonb, by_whom text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; r rail_payments; told text := said ->> 'status'; wrong text := '';
BEGIN
    SELECT p2.* INTO p FROM rail_payments r2 JOIN payments p2 USING (payment_id) WHERE r2.key = of_key
    FOR NO KEY UPDATE OF p2;
    IF NOT FOUND THEN RETURN 'rail_payment_unknown'; END IF;
    SELECT * INTO STRICT r FROM rail_payments WHERE key = of_key FOR NO KEY UPDATE;
    IF told IN ('pending', 'settled', 'returned')
        AND ((said ->> 'amount_minor')::bigint, said ->> 'currency', said ->> 'account')
            IS DISTINCT FROM (r.amount_minor, r.currency, r.creditor_account) THEN
        wrong := 'rail_mismatch';
    ELSIF (r.status IN ('settled', 'returned') AND told IN ('refused', 'barred'))
        OR (r.status IN ('refused', 'barred') AND told IN ('pending', 'settled', 'returned')) THEN
        wrong := 'rail_contradiction';
    END IF;
    IF wrong <> '' AND r.doubt <> wrong THEN
        UPDATE rail_payments SET doubt = wrong WHERE key = of_key;
        INSERT INTO audit (actor, action, subject_id, detail)
        VALUES (by_whom, 'rail.doubted', p.payment_id, said || jsonb_build_object('code', wrong, 'known', r.status));
    ELSIF wrong = '' AND ((r.status = 'sent' AND told <> 'sent')
            OR (r.status = 'pending' AND told NOT IN ('sent', 'pending'))
            OR (r.status = 'settled' AND told = 'returned')) THEN
        UPDATE rail_payments SET status = told, doubt = '', rail_ref = coalesce(said ->> 'rail_ref', ''),
            reason = coalesce(said ->> 'reason', ''),
            known_at = CASE WHEN told = 'pending' THEN NULL ELSE coalesce(known_at, now()) END
        WHERE key = of_key RETURNING * INTO r;
        INSERT INTO audit (actor, action, subject_id, detail)
        VALUES (by_whom, 'rail.' || told, p.payment_id, said || jsonb_build_object('version', r.version));
    END IF;
    IF r.known_at IS NULL THEN
        UPDATE rail_payments SET looks = looks + (by_whom = 'bank')::integer WHERE key = of_key;
        IF p.state <> 'UNKNOWN' AND NOT is_final(p.state) THEN
            UPDATE payments SET state = 'UNKNOWN', unsure_at = now(), updated_at = now()
            WHERE payment_id = p.payment_id;
            PERFORM emit_payment(p, 'payment.unknown', 'UNKNOWN', '');
        END IF;
    END IF;
    RETURN CASE wrong WHEN '' THEN 'ok' ELSE wrong END;
END $$;

-- A webhook, its signature checked by the caller. Its id is remembered: a repeat gets the first answer.
CREATE FUNCTION take_rail_event(id text, of_digest text, of_key text, said jsonb) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE e rail_events; code text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('countersign.rail.' || id));
    SELECT * INTO e FROM rail_events WHERE event_id = id;
    IF FOUND AND e.digest = of_digest THEN RETURN e.outcome; END IF;
    IF FOUND THEN
        code := 'webhook_reused';
    ELSE
        code := note_rail(of_key, said, 'rail');
        INSERT INTO rail_events (event_id, digest, key, outcome) VALUES (id, of_digest, of_key, code);
    END IF;
    IF code IN ('webhook_reused', 'rail_payment_unknown') THEN
        INSERT INTO audit (actor, action, subject_id, detail)
        VALUES ('rail', 'rail.ignored', id, said || jsonb_build_object('code', code, 'key', of_key));
    END IF;
    RETURN code;
END $$;

-- A call at the rail's door that was none of the rail's, or too late.
CREATE FUNCTION note_webhook_refused(why text, detail jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES ('stranger', 'rail.refused', 'webhook', detail || jsonb_build_object('code', why));
$$;

-- What the rail has paid and sent back is the customer's again: a new transfer, once.
CREATE FUNCTION return_payment(of_key text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; r rail_payments; new_id bigint;
BEGIN
    SELECT p2.* INTO p FROM rail_payments r2 JOIN payments p2 USING (payment_id) WHERE r2.key = of_key
    FOR NO KEY UPDATE OF p2;
    IF NOT FOUND THEN RETURN 'rail_payment_unknown'; END IF;
    SELECT * INTO STRICT r FROM rail_payments WHERE key = of_key FOR NO KEY UPDATE;
    IF r.status <> 'returned' THEN RETURN 'rail_contradiction'; END IF;
    IF p.returned_at IS NOT NULL THEN RETURN 'ok'; END IF;
    IF p.state <> 'COMPLETED' THEN RETURN 'service_unavailable'; END IF;  -- not posted yet: it comes back afterwards
    PERFORM FROM accounts WHERE account_id IN (p.payer_account, p.payee_account) ORDER BY account_id FOR NO KEY UPDATE;
    UPDATE accounts SET balance_minor = balance_minor
        + CASE account_id WHEN p.payer_account THEN p.amount_minor ELSE -p.amount_minor END
    WHERE account_id IN (p.payer_account, p.payee_account);
    INSERT INTO transfers (payment_id, version, step, state, debit_account, credit_account, amount_minor, currency)
    VALUES (p.payment_id, p.version, 'return', 'posted', p.payee_account, p.payer_account, p.amount_minor, p.currency)
    RETURNING transfer_id INTO new_id;
    INSERT INTO entries (transfer_id, account_id, amount_minor, currency, counterparty, description) VALUES
        (new_id, p.payee_account, -p.amount_minor, p.currency, p.payer_name, 'Returned payment'),
        (new_id, p.payer_account, p.amount_minor, p.currency, p.payee_name, 'Returned payment');
    UPDATE payments SET returned_at = now(), updated_at = now(), told_in = '' WHERE payment_id = p.payment_id;
    PERFORM emit_payment(p, 'payment.returned', 'COMPLETED', '');
    RETURN 'ok';
END $$;

-- As before; also of payments that nobody knows about, or did not for a while, and of those that came back.
CREATE OR REPLACE FUNCTION take_news(of_user text, session text) RETURNS SETOF payments LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE payments SET told_in = session WHERE user_id = of_user AND told_in = ''
        AND (due_at IS NOT NULL OR unsure_at IS NOT NULL OR returned_at IS NOT NULL) AND is_final(state);
    SELECT * FROM payments WHERE user_id = of_user
        AND (due_at IS NOT NULL OR unsure_at IS NOT NULL OR returned_at IS NOT NULL)
        AND (told_in = '' OR (told_in = session AND is_final(state)))
        AND (is_final(state) OR state IN ('AWAITING_SUPERVISOR', 'COOLING_OFF', 'UNKNOWN'))
    ORDER BY created_at LIMIT 10;
$$;

DROP INDEX payments_to_tell;
CREATE INDEX payments_to_tell ON payments (user_id) WHERE told_in = ''
    AND (due_at IS NOT NULL OR unsure_at IS NOT NULL OR returned_at IS NOT NULL);

GRANT SELECT ON creditors, rail_payments TO countersign_worker, countersign_audit;
GRANT EXECUTE ON FUNCTION intend_rail, retry_rail, note_rail, return_payment TO countersign_worker;
GRANT EXECUTE ON FUNCTION take_rail_event, note_webhook_refused TO countersign_api;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
