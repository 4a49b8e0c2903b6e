-- Money moves only through these functions: one call is one transaction. They run with the owner's rights, so the
-- application needs none on the tables, and answer with 'ok' or a code of domain/errors/, having then changed nothing.
-- Lock order everywhere: the payment, then accounts by account_id.

CREATE FUNCTION emit_payment(p payments, event text, new_state text, code text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (event, p.user_id, p.session_id, p.payment_id, event || ':' || p.payment_id, jsonb_build_object(
        'payment_id', p.payment_id, 'state', new_state, 'amount', p.amount, 'amount_minor', p.amount_minor,
        'currency', p.currency, 'payee', p.payee_name, 'account', p.payer_account_name, 'error_code', code));
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (p.user_id, event, p.payment_id, jsonb_build_object('version', p.version,
        'transaction_hash', p.transaction_hash, 'error_code', code));
END $$;

CREATE FUNCTION open_payment(plan jsonb, content_digest text) RETURNS SETOF payments LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
    INSERT INTO payments (payment_id, user_id, tenant_id, customer_ref, session_id, tool_call_id, version, amount_minor,
        currency, amount, payer_account, payer_account_name, payer_name, payee_account, payee_name, transaction_hash,
        countersigns, policy_version, reason, description, digest)
    SELECT r.payment_id, r.user_id, r.tenant_id, r.customer_ref, r.session_id, r.tool_call_id, r.version, r.amount_minor,
        r.currency, r.amount, r.payer_account, r.payer_account_name, u.display_name, r.payee_account, r.payee_name,
        r.transaction_hash, r.countersigns, r.policy_version, r.reason, r.description, content_digest
    FROM jsonb_populate_record(NULL::payments, plan) r JOIN users u USING (user_id)
    ON CONFLICT (payment_id) DO NOTHING RETURNING * INTO p;
    IF FOUND THEN
        PERFORM emit_payment(p, 'payment.created', p.state, '');
        RETURN NEXT p;
    ELSE
        RETURN QUERY SELECT * FROM payments WHERE payment_id = plan ->> 'payment_id';
    END IF;
END $$;

CREATE FUNCTION hold_payment(id text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; hold_state text;
BEGIN
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    SELECT state INTO hold_state FROM holds WHERE payment_id = id;
    IF hold_state IN ('held', 'posted') THEN RETURN 'ok'; END IF;
    IF hold_state IS NOT NULL OR is_final(p.state) THEN RETURN 'payment_closed'; END IF;
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
    INSERT INTO holds (payment_id, account_id, amount_minor, currency)
    VALUES (id, p.payer_account, p.amount_minor, p.currency);
    INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency)
    VALUES (id, 'hold', 'pending', p.payer_account, p.payee_account, p.amount_minor, p.currency);
    PERFORM emit_payment(p, 'payment.held', p.state, '');
    RETURN 'ok';
END $$;

CREATE FUNCTION post_payment(id text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; hold_state text; closed boolean; new_id bigint;
BEGIN
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    SELECT state INTO hold_state FROM holds WHERE payment_id = id;
    IF hold_state = 'posted' THEN RETURN 'ok'; END IF;
    IF hold_state IS DISTINCT FROM 'held' THEN RETURN 'payment_closed'; END IF;
    SELECT bool_or(closed_at IS NOT NULL AND account_id = p.payee_account) INTO closed FROM (
        SELECT account_id, closed_at FROM accounts WHERE account_id IN (p.payer_account, p.payee_account)
        ORDER BY account_id FOR NO KEY UPDATE) locked;
    IF closed THEN RETURN 'account_closed'; END IF;
    UPDATE accounts SET
        held_minor = held_minor - CASE account_id WHEN p.payer_account THEN p.amount_minor ELSE 0 END,
        balance_minor = balance_minor + CASE account_id WHEN p.payer_account THEN -p.amount_minor ELSE p.amount_minor END
    WHERE account_id IN (p.payer_account, p.payee_account);
    UPDATE holds SET state = 'posted', released_at = now() WHERE payment_id = id;
    INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency)
    VALUES (id, 'post', 'posted', p.payer_account, p.payee_account, p.amount_minor, p.currency)
    RETURNING transfer_id INTO new_id;
    INSERT INTO entries (transfer_id, account_id, amount_minor, currency, counterparty, description) VALUES
        (new_id, p.payer_account, -p.amount_minor, p.currency, p.payee_name, p.description),
        (new_id, p.payee_account, p.amount_minor, p.currency, p.payer_name, p.description);
    UPDATE payments SET state = 'COMPLETED', updated_at = now(), settled_at = now() WHERE payment_id = id;
    PERFORM emit_payment(p, 'payment.completed', 'COMPLETED', '');
    RETURN 'ok';
END $$;

CREATE FUNCTION void_payment(id text, new_state text, code text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; hold_state text; ended text := CASE new_state WHEN 'EXPIRED' THEN 'expired' ELSE 'voided' END;
BEGIN
    IF new_state = 'COMPLETED' OR NOT is_final(new_state) THEN
        RAISE EXCEPTION 'a payment cannot be voided into %', new_state USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    IF p.state = 'COMPLETED' THEN RETURN 'payment_closed'; END IF;
    IF is_final(p.state) THEN RETURN 'ok'; END IF;
    SELECT state INTO hold_state FROM holds WHERE payment_id = id;
    IF hold_state = 'held' THEN
        UPDATE accounts SET held_minor = held_minor - p.amount_minor WHERE account_id = p.payer_account;
        UPDATE holds SET state = ended, released_at = now() WHERE payment_id = id;
        INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency)
        VALUES (id, CASE ended WHEN 'expired' THEN 'expire' ELSE 'void' END, ended, p.payer_account, p.payee_account,
            p.amount_minor, p.currency);
    END IF;
    UPDATE payments SET state = new_state, error_code = code, updated_at = now(), settled_at = now()
    WHERE payment_id = id;
    PERFORM emit_payment(p, 'payment.' || lower(new_state), new_state, code);
    RETURN 'ok';
END $$;

CREATE FUNCTION set_payment_state(id text, new_state text, code text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    IF is_final(p.state) OR (p.state, p.error_code) = (new_state, code) THEN RETURN 'ok'; END IF;
    IF new_state = 'COMPLETED' THEN RETURN 'payment_closed'; END IF;  -- only post completes
    IF is_final(new_state) THEN RETURN void_payment(id, new_state, code); END IF;
    UPDATE payments SET state = new_state, error_code = code, updated_at = now() WHERE payment_id = id;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (p.user_id, 'payment.moved', id, jsonb_build_object('state', new_state, 'error_code', code));
    RETURN 'ok';
END $$;

-- A booking of the bank's own, done once per key; the application has no right to it.
CREATE FUNCTION book(key text, debit text, credit text, minor bigint, purpose text, booked_at timestamptz)
RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE new_id bigint; money text; debit_name text; credit_name text;
BEGIN
    PERFORM FROM accounts WHERE account_id IN (debit, credit) ORDER BY account_id FOR NO KEY UPDATE;
    SELECT currency, name INTO STRICT money, debit_name FROM accounts WHERE account_id = debit;
    SELECT name INTO STRICT credit_name FROM accounts WHERE account_id = credit;
    INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency, created_at)
    VALUES (key, 'book', 'posted', debit, credit, minor, money, booked_at)
    ON CONFLICT (payment_id, step) DO NOTHING RETURNING transfer_id INTO new_id;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO entries (transfer_id, account_id, amount_minor, currency, counterparty, description, created_at) VALUES
        (new_id, debit, -minor, money, credit_name, purpose, booked_at),
        (new_id, credit, minor, money, debit_name, purpose, booked_at);
    UPDATE accounts SET balance_minor = balance_minor + CASE account_id WHEN debit THEN -minor ELSE minor END
    WHERE account_id IN (debit, credit);
    RETURN true;
END $$;
