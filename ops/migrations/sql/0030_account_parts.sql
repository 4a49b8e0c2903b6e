-- What customers pay to accounts that are no customer's, a shop's or another bank's, needs no look at the balance. So it
-- is credited beside the account's row, of which fifty writers would each wait for the commits of all others: in a part
-- of the writer's own. The balance is the row's and the parts' together at each commit; a part is never negative, so
-- the row alone keeps the overdraft. What takes from the account, or closes it, first takes its parts into the row.
-- Lock order: the payment, what it is paid under, accounts by account_id, then parts: all of one account, by whoever
-- holds its row, or one, by whoever then waits for nothing else.

CREATE TABLE account_parts (
    account_id    text NOT NULL REFERENCES accounts,
    part          integer NOT NULL,
    balance_minor bigint NOT NULL CHECK (balance_minor >= 0),
    PRIMARY KEY (account_id, part)
) WITH (fillfactor = 50);

-- Accounts with their whole balance.
CREATE VIEW accounts_shown AS
    SELECT a.account_id, a.user_id, a.kind, a.closed_at, a.overdraft_limit_minor, a.held_minor,
        a.balance_minor + CASE WHEN a.user_id IS NULL THEN coalesce((SELECT sum(p.balance_minor)::bigint
            FROM account_parts p WHERE p.account_id = a.account_id), 0) ELSE 0 END AS balance_minor
    FROM accounts a;

-- Who closes an account waits until nobody adds to a part any more, and is waited for. It never becomes a customer's.
CREATE FUNCTION take_parts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.user_id IS NOT NULL THEN
        RAISE EXCEPTION 'account % is no customer''s', OLD.account_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN
        LOCK TABLE account_parts IN SHARE ROW EXCLUSIVE MODE;
    END IF;
    WITH taken AS (DELETE FROM account_parts WHERE account_id = NEW.account_id RETURNING balance_minor)
    SELECT NEW.balance_minor + coalesce(sum(balance_minor), 0) INTO NEW.balance_minor FROM taken;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_take_parts BEFORE UPDATE ON accounts FOR EACH ROW
    WHEN (OLD.user_id IS NULL AND (NEW.balance_minor - NEW.held_minor < OLD.balance_minor - OLD.held_minor
        OR NEW.closed_at IS DISTINCT FROM OLD.closed_at OR NEW.user_id IS NOT NULL))
    EXECUTE FUNCTION take_parts();

CREATE OR REPLACE FUNCTION why_not_held(p payments) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT CASE WHEN payer.closed_at IS NOT NULL OR payee.closed_at IS NOT NULL THEN 'account_closed'
            WHEN payer.kind = 'loan' OR payer.overdraft_limit_minor IS NULL
                OR payer.balance_minor - payer.held_minor - p.amount_minor < -payer.overdraft_limit_minor
                THEN 'insufficient_funds'
            ELSE 'ok' END
        FROM accounts_shown payer, accounts payee
        WHERE payer.account_id = p.payer_account AND payee.account_id = p.payee_account);
END $$;

-- What is held moves. Fifty writers or so of one account have a part each, whatever their processes' numbers.
CREATE FUNCTION take_held(p payments) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM accounts WHERE account_id = p.payee_account AND user_id IS NULL) THEN
        UPDATE accounts SET held_minor = held_minor - p.amount_minor, balance_minor = balance_minor - p.amount_minor
        WHERE account_id = p.payer_account;
        INSERT INTO account_parts AS a VALUES (p.payee_account, pg_backend_pid() % 64, p.amount_minor)
        ON CONFLICT (account_id, part) DO UPDATE SET balance_minor = a.balance_minor + excluded.balance_minor;
        RETURN;
    END IF;
    PERFORM FROM accounts WHERE account_id IN (p.payer_account, p.payee_account) ORDER BY account_id FOR NO KEY UPDATE;
    UPDATE accounts SET
        held_minor = held_minor - CASE account_id WHEN p.payer_account THEN p.amount_minor ELSE 0 END,
        balance_minor = balance_minor + CASE account_id WHEN p.payer_account THEN -p.amount_minor ELSE p.amount_minor END
    WHERE account_id IN (p.payer_account, p.payee_account);
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
    PERFORM take_held(p);
    IF is_closed(p.payee_account) THEN PERFORM refuse_mandate('account_closed'); END IF;
    INSERT INTO entries (transfer_id, account_id, amount_minor, currency, counterparty, description) VALUES
        (new_id, p.payer_account, -p.amount_minor, p.currency, p.payee_name, p.description),
        (new_id, p.payee_account, p.amount_minor, p.currency, p.payer_name, p.description);
    RETURN 'ok';
END $$;

-- As they were, but what an answer does not need is not looked up.
CREATE OR REPLACE FUNCTION guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_final(OLD.state) THEN
        RAISE EXCEPTION 'payment % is %', OLD.payment_id, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'COMPLETED' THEN
        IF NOT EXISTS (SELECT FROM holds WHERE payment_id = NEW.payment_id AND state = 'posted') THEN
            RAISE EXCEPTION 'payment % has no posted hold', NEW.payment_id USING ERRCODE = 'check_violation';
        END IF;
    ELSIF is_final(NEW.state) THEN
        IF EXISTS (SELECT FROM holds WHERE payment_id = NEW.payment_id AND state IN ('held', 'posted')) THEN
            RAISE EXCEPTION 'payment % still holds money', NEW.payment_id USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- The order before its account, as in a post: the other way round the two waited for each other.
CREATE OR REPLACE FUNCTION revise_standing_account(id text) RETURNS void LANGUAGE sql AS $$
    SELECT FROM standing_orders WHERE order_id = id FOR NO KEY UPDATE;
    UPDATE accounts SET revision = revision WHERE account_id = (standing_terms(id)).account_id;
$$;

GRANT SELECT ON accounts_shown TO countersign_worker;
GRANT SELECT ON account_parts TO countersign_audit;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
