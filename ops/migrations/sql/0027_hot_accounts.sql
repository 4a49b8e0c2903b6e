-- Many at once on one account wait for its row, so it is locked last: whatever else a hold or a post does is done
-- before, beside the others. What was looked at without the lock is looked at again under it; who then has to be refused
-- after all is undone by an error with the code of the refusal, as those of a mandate are.
-- Lock order: the payment, what it is paid under, then accounts by account_id.

CREATE FUNCTION is_closed(id text) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM accounts WHERE account_id = id AND closed_at IS NOT NULL);

CREATE FUNCTION why_not_held(p payments) RETURNS text LANGUAGE plpgsql AS $$
DECLARE payer accounts;
BEGIN
    IF is_closed(p.payee_account) THEN RETURN 'account_closed'; END IF;
    SELECT * INTO STRICT payer FROM accounts WHERE account_id = p.payer_account;
    RETURN CASE WHEN payer.closed_at IS NOT NULL THEN 'account_closed'
        WHEN payer.kind = 'loan' OR payer.overdraft_limit_minor IS NULL OR payer.balance_minor - payer.held_minor
            - p.amount_minor < -payer.overdraft_limit_minor THEN 'insufficient_funds' ELSE 'ok' END;
END $$;

CREATE OR REPLACE FUNCTION hold_payment(id text, of_version integer) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; hold_state text; code text;
BEGIN
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    SELECT state INTO hold_state FROM holds WHERE payment_id = id AND version = of_version;
    IF hold_state IN ('held', 'posted') THEN RETURN 'ok'; END IF;
    IF is_final(p.state) THEN RETURN 'payment_closed'; END IF;
    IF p.version <> of_version THEN RETURN 'stale_version'; END IF;
    IF hold_state IS NOT NULL THEN RETURN 'payment_closed'; END IF;
    code := why_not_held(p);
    IF code <> 'ok' THEN RETURN code; END IF;
    INSERT INTO holds (payment_id, version, account_id, amount_minor, currency)
    VALUES (id, p.version, p.payer_account, p.amount_minor, p.currency);
    INSERT INTO transfers (payment_id, version, step, state, debit_account, credit_account, amount_minor, currency)
    VALUES (id, p.version, 'hold', 'pending', p.payer_account, p.payee_account, p.amount_minor, p.currency);
    PERFORM emit_payment(p, 'payment.held', p.state, '');
    PERFORM FROM accounts WHERE account_id = p.payer_account FOR NO KEY UPDATE;
    code := why_not_held(p);
    IF code <> 'ok' THEN PERFORM refuse_mandate(code); END IF;
    UPDATE accounts SET held_minor = held_minor + p.amount_minor WHERE account_id = p.payer_account;
    RETURN 'ok';
END $$;

CREATE OR REPLACE FUNCTION post_payment(id text, of_version integer) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; hold_state text; new_id bigint;
BEGIN
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    SELECT state INTO hold_state FROM holds WHERE payment_id = id AND version = of_version;
    IF hold_state = 'posted' THEN RETURN 'ok'; END IF;
    IF p.version <> of_version AND NOT is_final(p.state) THEN RETURN 'stale_version'; END IF;
    IF hold_state IS DISTINCT FROM 'held' THEN RETURN 'payment_closed'; END IF;
    IF lacks_countersign(p) THEN RETURN 'countersign_missing'; END IF;
    IF is_closed(p.payee_account) THEN RETURN 'account_closed'; END IF;
    UPDATE holds SET state = 'posted', released_at = now() WHERE payment_id = id AND version = p.version;
    INSERT INTO transfers (payment_id, version, step, state, debit_account, credit_account, amount_minor, currency)
    VALUES (id, p.version, 'post', 'posted', p.payer_account, p.payee_account, p.amount_minor, p.currency)
    RETURNING transfer_id INTO new_id;
    UPDATE payments SET state = 'COMPLETED', updated_at = now(), settled_at = now() WHERE payment_id = id;
    PERFORM emit_payment(p, 'payment.completed', 'COMPLETED', '');
    PERFORM FROM accounts WHERE account_id IN (p.payer_account, p.payee_account) ORDER BY account_id FOR NO KEY UPDATE;
    IF is_closed(p.payee_account) THEN PERFORM refuse_mandate('account_closed'); END IF;
    UPDATE accounts SET
        held_minor = held_minor - CASE account_id WHEN p.payer_account THEN p.amount_minor ELSE 0 END,
        balance_minor = balance_minor + CASE account_id WHEN p.payer_account THEN -p.amount_minor ELSE p.amount_minor END
    WHERE account_id IN (p.payer_account, p.payee_account);
    INSERT INTO entries (transfer_id, account_id, amount_minor, currency, counterparty, description) VALUES
        (new_id, p.payer_account, -p.amount_minor, p.currency, p.payee_name, p.description),
        (new_id, p.payee_account, p.amount_minor, p.currency, p.payer_name, p.description);
    RETURN 'ok';
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
