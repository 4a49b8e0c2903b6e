-- A correction makes a new version of a payment; what was asked, answered, approved or held of an older one is void.
-- As before: one call, one transaction; 'ok' or a code of domain/errors/, having then changed nothing.

ALTER TABLE holds
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    DROP CONSTRAINT holds_pkey,
    ADD PRIMARY KEY (payment_id, version);
CREATE UNIQUE INDEX holds_one_alive ON holds (payment_id) WHERE state IN ('held', 'posted');

ALTER TABLE transfers
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    DROP CONSTRAINT transfers_payment_id_step_key,
    ADD CONSTRAINT transfers_one_step UNIQUE (payment_id, version, step);
DROP INDEX transfers_one_end;
CREATE UNIQUE INDEX transfers_one_end ON transfers (payment_id, version) WHERE step IN ('post', 'void', 'expire');
CREATE UNIQUE INDEX transfers_posted_once ON transfers (payment_id) WHERE step = 'post';

CREATE INDEX elicitations_of_payment ON elicitations (payment_id);

CREATE FUNCTION guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_final(OLD.state) OR NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
        RAISE EXCEPTION 'version % of payment % is %', OLD.version, OLD.payment_id, OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version = OLD.version AND (NEW.amount_minor, NEW.currency, NEW.payer_account, NEW.payee_account,
            NEW.payee_name, NEW.transaction_hash, NEW.countersigns, NEW.approvals)
        IS DISTINCT FROM (OLD.amount_minor, OLD.currency, OLD.payer_account, OLD.payee_account,
            OLD.payee_name, OLD.transaction_hash, OLD.countersigns, OLD.approvals) THEN
        RAISE EXCEPTION 'version % of payment % stays as it is', OLD.version, OLD.payment_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_guard_version
    BEFORE UPDATE OF version, amount_minor, currency, payer_account, payee_account, payee_name, transaction_hash,
        countersigns, approvals ON payments
    FOR EACH ROW EXECUTE FUNCTION guard_version();

CREATE OR REPLACE FUNCTION emit_payment(p payments, event text, new_state text, code text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (event, p.user_id, p.session_id, p.payment_id, event || ':' || p.payment_id || ':' || p.version,
        jsonb_build_object('payment_id', p.payment_id, 'version', p.version, 'state', new_state, 'amount', p.amount,
            'amount_minor', p.amount_minor, 'currency', p.currency, 'payee', p.payee_name,
            'account', p.payer_account_name, 'error_code', code));
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (p.user_id, event, p.payment_id, jsonb_build_object('version', p.version,
        'transaction_hash', p.transaction_hash, 'error_code', code));
END $$;

-- Whether this version lacks a countersign that its plan asks for. A question that was declined is not completed; one
-- that showed somebody else another amount, payee or account was not about this payment (PSD2 RTS art. 5).
CREATE FUNCTION lacks_countersign(p payments) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM unnest(p.countersigns) AS kind WHERE NOT EXISTS (
        SELECT FROM elicitations e WHERE e.payment_id = p.payment_id AND e.type = kind AND e.state = 'completed'
            AND (e.request ->> 'version')::integer = p.version
            AND e.request ->> 'transaction_hash' = p.transaction_hash AND e.user_id = p.user_id
            AND (e.request ->> 'amount', e.request ->> 'currency', e.request ->> 'payee', e.request ->> 'account')
                = (p.amount, p.currency, p.payee_name, p.payer_account_name)))
    OR p.approvals > (SELECT count(*) FROM approvals a WHERE a.payment_id = p.payment_id AND a.version = p.version
        AND a.transaction_hash = p.transaction_hash AND a.state = 'approved');

-- Give back what is held of the payment, if anything is. Lock order: the payment, then its account.
CREATE FUNCTION release_hold(p payments, ended text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET state = ended, released_at = now()
    WHERE payment_id = p.payment_id AND version = p.version AND state = 'held';
    IF NOT FOUND THEN RETURN; END IF;
    UPDATE accounts SET held_minor = held_minor - p.amount_minor WHERE account_id = p.payer_account;
    INSERT INTO transfers (payment_id, version, step, state, debit_account, credit_account, amount_minor, currency)
    VALUES (p.payment_id, p.version, CASE ended WHEN 'expired' THEN 'expire' ELSE 'void' END, ended, p.payer_account,
        p.payee_account, p.amount_minor, p.currency);
END $$;

-- No question outlives its payment, or the version that it is about. A worker that dies may forget that it asked one.
CREATE FUNCTION close_questions(p payments, new_state text, why text, message text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE e elicitations; a approvals; said jsonb := '{}';
BEGIN
    IF message <> '' THEN said := jsonb_build_object('message', message); END IF;
    IF why <> '' THEN said := said || jsonb_build_object('error_code', why); END IF;
    FOR e IN SELECT * FROM elicitations WHERE payment_id = p.payment_id AND closed_at IS NULL ORDER BY elicitation_id
    LOOP
        IF e.type = 'supervisor_approval' THEN
            SELECT * INTO STRICT a FROM approvals WHERE elicitation_id = e.elicitation_id FOR NO KEY UPDATE;
            CONTINUE WHEN a.state <> 'open';
            PERFORM emit_approval(a, 'approval.voided', '', jsonb_build_object('error_code', why));
        END IF;
        PERFORM close_elicitation(e.elicitation_id, new_state, '', why, said || jsonb_build_object('type',
            'elicitation_status', 'elicitation_id', e.elicitation_id, 'status', new_state));
    END LOOP;
END $$;

DROP FUNCTION hold_payment(text);
CREATE FUNCTION hold_payment(id text, of_version integer) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; hold_state text;
BEGIN
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    SELECT state INTO hold_state FROM holds WHERE payment_id = id AND version = of_version;
    IF hold_state IN ('held', 'posted') THEN RETURN 'ok'; END IF;
    IF is_final(p.state) THEN RETURN 'payment_closed'; END IF;
    IF p.version <> of_version THEN RETURN 'stale_version'; END IF;
    IF hold_state IS NOT NULL THEN RETURN 'payment_closed'; END IF;
    IF EXISTS (SELECT FROM accounts WHERE account_id = p.payee_account AND closed_at IS NOT NULL) THEN
        RETURN 'account_closed';
    END IF;
    UPDATE accounts SET held_minor = held_minor + p.amount_minor
    WHERE account_id = p.payer_account AND closed_at IS NULL AND kind <> 'loan'
        AND balance_minor - held_minor - p.amount_minor >= -overdraft_limit_minor;
    IF NOT FOUND THEN
        RETURN (SELECT CASE WHEN closed_at IS NULL THEN 'insufficient_funds' ELSE 'account_closed' END
                FROM accounts WHERE account_id = p.payer_account);
    END IF;
    INSERT INTO holds (payment_id, version, account_id, amount_minor, currency)
    VALUES (id, p.version, p.payer_account, p.amount_minor, p.currency);
    INSERT INTO transfers (payment_id, version, step, state, debit_account, credit_account, amount_minor, currency)
    VALUES (id, p.version, 'hold', 'pending', p.payer_account, p.payee_account, p.amount_minor, p.currency);
    PERFORM emit_payment(p, 'payment.held', p.state, '');
    RETURN 'ok';
END $$;

DROP FUNCTION post_payment(text);
CREATE FUNCTION post_payment(id text, of_version integer) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; hold_state text; closed boolean; new_id bigint;
BEGIN
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    SELECT state INTO hold_state FROM holds WHERE payment_id = id AND version = of_version;
    IF hold_state = 'posted' THEN RETURN 'ok'; END IF;
    IF p.version <> of_version AND NOT is_final(p.state) THEN RETURN 'stale_version'; END IF;
    IF hold_state IS DISTINCT FROM 'held' THEN RETURN 'payment_closed'; END IF;
    IF lacks_countersign(p) THEN RETURN 'countersign_missing'; END IF;
    SELECT bool_or(closed_at IS NOT NULL AND account_id = p.payee_account) INTO closed FROM (
        SELECT account_id, closed_at FROM accounts WHERE account_id IN (p.payer_account, p.payee_account)
        ORDER BY account_id FOR NO KEY UPDATE) locked;
    IF closed THEN RETURN 'account_closed'; END IF;
    UPDATE accounts SET
        held_minor = held_minor - CASE account_id WHEN p.payer_account THEN p.amount_minor ELSE 0 END,
        balance_minor = balance_minor + CASE account_id WHEN p.payer_account THEN -p.amount_minor ELSE p.amount_minor END
    WHERE account_id IN (p.payer_account, p.payee_account);
    UPDATE holds SET state = 'posted', released_at = now() WHERE payment_id = id AND version = p.version;
    INSERT INTO transfers (payment_id, version, step, state, debit_account, credit_account, amount_minor, currency)
    VALUES (id, p.version, 'post', 'posted', p.payer_account, p.payee_account, p.amount_minor, p.currency)
    RETURNING transfer_id INTO new_id;
    INSERT INTO entries (transfer_id, account_id, amount_minor, currency, counterparty, description) VALUES
        (new_id, p.payer_account, -p.amount_minor, p.currency, p.payee_name, p.description),
        (new_id, p.payee_account, p.amount_minor, p.currency, p.payer_name, p.description);
    UPDATE payments SET state = 'COMPLETED', updated_at = now(), settled_at = now() WHERE payment_id = id;
    PERFORM emit_payment(p, 'payment.completed', 'COMPLETED', '');
    RETURN 'ok';
END $$;

CREATE OR REPLACE FUNCTION void_payment(id text, new_state text, code text) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
    IF new_state = 'COMPLETED' OR NOT is_final(new_state) THEN
        RAISE EXCEPTION 'a payment cannot be voided into %', new_state USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    IF p.state = 'COMPLETED' THEN RETURN 'payment_closed'; END IF;
    IF is_final(p.state) THEN RETURN 'ok'; END IF;
    PERFORM release_hold(p, CASE new_state WHEN 'EXPIRED' THEN 'expired' ELSE 'voided' END);
    PERFORM close_questions(p, CASE WHEN new_state IN ('EXPIRED', 'FAILED') THEN lower(new_state) ELSE 'cancelled' END,
        code, '');
    UPDATE payments SET state = new_state, error_code = code, updated_at = now(), settled_at = now()
    WHERE payment_id = id;
    PERFORM emit_payment(p, 'payment.' || lower(new_state), new_state, code);
    RETURN 'ok';
END $$;

CREATE OR REPLACE FUNCTION book(key text, debit text, credit text, minor bigint, purpose text, booked_at timestamptz)
RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE new_id bigint; money text; debit_name text; credit_name text;
BEGIN
    PERFORM FROM accounts WHERE account_id IN (debit, credit) ORDER BY account_id FOR NO KEY UPDATE;
    SELECT currency, name INTO STRICT money, debit_name FROM accounts WHERE account_id = debit;
    SELECT name INTO STRICT credit_name FROM accounts WHERE account_id = credit;
    INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency, created_at)
    VALUES (key, 'book', 'posted', debit, credit, minor, money, booked_at)
    ON CONFLICT (payment_id, version, step) DO NOTHING RETURNING transfer_id INTO new_id;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO entries (transfer_id, account_id, amount_minor, currency, counterparty, description, created_at) VALUES
        (new_id, debit, -minor, money, credit_name, purpose, booked_at),
        (new_id, credit, minor, money, debit_name, purpose, booked_at);
    UPDATE accounts SET balance_minor = balance_minor + CASE account_id WHEN debit THEN -minor ELSE minor END
    WHERE account_id IN (debit, credit);
    RETURN true;
END $$;

-- The next version of a payment. Every question that is open on the last one is closed, with `why` as its event says.
CREATE FUNCTION revise_payment(plan jsonb, why text, message text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; r payments;
BEGIN
    r := jsonb_populate_record(NULL::payments, plan);
    SELECT * INTO p FROM payments WHERE payment_id = r.payment_id FOR NO KEY UPDATE;
    IF NOT FOUND OR p.user_id <> r.user_id THEN RETURN 'payment_not_found'; END IF;
    IF is_final(p.state) THEN RETURN 'payment_closed'; END IF;
    IF (p.version, p.transaction_hash) = (r.version, r.transaction_hash) THEN RETURN 'ok'; END IF;
    IF r.version <> p.version + 1 THEN RETURN 'stale_version'; END IF;
    IF r.version > 10 THEN RETURN 'too_many_corrections'; END IF;
    PERFORM release_hold(p, 'voided');
    PERFORM close_questions(p, 'cancelled', why, message);
    UPDATE payments SET version = r.version, amount_minor = r.amount_minor, currency = r.currency, amount = r.amount,
        payer_account = r.payer_account, payer_account_name = r.payer_account_name, payee_account = r.payee_account,
        payee_name = r.payee_name, transaction_hash = r.transaction_hash, countersigns = r.countersigns,
        approvals = r.approvals, approver_group = r.approver_group, cooling_off_s = r.cooling_off_s,
        policy_version = r.policy_version, reason = r.reason, state = 'SCREENING', updated_at = now()
    WHERE payment_id = p.payment_id;
    SELECT * INTO STRICT r FROM payments WHERE payment_id = p.payment_id;
    PERFORM emit_payment(r, 'payment.corrected', r.state, '');
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (p.user_id, 'payment.superseded', p.payment_id, jsonb_build_object('version', p.version,
        'transaction_hash', p.transaction_hash, 'amount_minor', p.amount_minor, 'currency', p.currency,
        'payer_account', p.payer_account, 'payee_account', p.payee_account, 'policy_version', p.policy_version));
    RETURN 'ok';
END $$;

-- No question is opened on a version that is none any more; what asks without a payment is not looked at. Wrong codes
-- are counted over all versions, or each correction would give five more guesses.
CREATE FUNCTION fit_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now_version integer;
BEGIN
    SELECT version INTO now_version FROM payments WHERE payment_id = NEW.payment_id FOR NO KEY UPDATE;
    IF FOUND AND now_version <> (NEW.request ->> 'version')::integer THEN
        RAISE EXCEPTION 'payment % has version %', NEW.payment_id, now_version USING ERRCODE = 'CS409';
    END IF;
    IF NEW.type = 'otp' THEN
        NEW.tries := (SELECT coalesce(max(tries - (state = 'completed')::integer), 0) FROM elicitations
                      WHERE payment_id = NEW.payment_id AND type = 'otp');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER elicitations_fit BEFORE INSERT ON elicitations FOR EACH ROW EXECUTE FUNCTION fit_version();

CREATE OR REPLACE VIEW approvals_shown AS SELECT a.*, ARRAY(SELECT g.decided_by FROM approvals g
    WHERE g.payment_id = a.payment_id AND g.version = a.version AND g.state = 'approved') AS given_by,
    coalesce((SELECT e.error_code FROM elicitations e WHERE e.elicitation_id = a.elicitation_id), '') AS error_code
    FROM approvals a;

GRANT EXECUTE ON FUNCTION hold_payment, post_payment, revise_payment TO countersign_worker;
GRANT SELECT (payment_id, account_id, amount_minor, state) ON holds TO countersign_worker;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
