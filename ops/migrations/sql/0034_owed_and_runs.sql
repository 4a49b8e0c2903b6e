-- A loan takes no more than is owed on it, whoever pays it at the same time: what is held for it counts, and who holds
-- for it waits at its row.
CREATE OR REPLACE FUNCTION why_not_held(p payments) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT CASE WHEN payer.closed_at IS NOT NULL OR payee.closed_at IS NOT NULL THEN 'account_closed'
            WHEN payer.kind = 'loan' OR payer.overdraft_limit_minor IS NULL
                OR payer.balance_minor - payer.held_minor - p.amount_minor < -payer.overdraft_limit_minor
                THEN 'insufficient_funds'
            WHEN payee.kind = 'loan' AND p.amount_minor > -payee.balance_minor - held_for(p) THEN 'more_than_owed'
            ELSE 'ok' END
        FROM accounts_shown payer, accounts payee
        WHERE payer.account_id = p.payer_account AND payee.account_id = p.payee_account);
END $$;

-- What other payments hold for the payee of this one.
CREATE FUNCTION held_for(p payments) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(h.amount_minor), 0)::bigint FROM holds h JOIN payments x USING (payment_id)
    WHERE h.state = 'held' AND x.payee_account = (p).payee_account AND x.payment_id <> (p).payment_id);

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
    PERFORM FROM accounts WHERE account_id = p.payer_account OR (account_id = p.payee_account AND kind = 'loan')
    ORDER BY account_id FOR NO KEY UPDATE;
    code := why_not_held(p);
    IF code <> 'ok' THEN PERFORM refuse_mandate(code); END IF;
    UPDATE accounts SET held_minor = held_minor + p.amount_minor WHERE account_id = p.payer_account;
    RETURN 'ok';
END $$;

-- Two repeats of one wish at once are one: the second waits for the original before it looks whether the first is there.
CREATE OR REPLACE FUNCTION open_reversal(plan jsonb, content_digest text, of_payment text) RETURNS SETOF payments
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
    PERFORM FROM payments WHERE payment_id = of_payment FOR NO KEY UPDATE;
    INSERT INTO payments (payment_id, user_id, tenant_id, customer_ref, session_id, tool_call_id, version, amount_minor,
        currency, amount, payer_account, payer_account_name, payer_name, payee_account, payee_name, transaction_hash,
        countersigns, approvals, approver_group, cooling_off_s, policy_version, reason, kind, reverses, description,
        digest)
    SELECT r.payment_id, r.user_id, r.tenant_id, r.customer_ref, '', r.tool_call_id, r.version, r.amount_minor,
        r.currency, r.amount, r.payer_account, r.payer_account_name, '', r.payee_account, r.payee_name,
        r.transaction_hash, r.countersigns, r.approvals, r.approver_group, r.cooling_off_s, r.policy_version, r.reason,
        'reversal', of_payment, 'Reversal', content_digest
    FROM jsonb_populate_record(NULL::payments, plan) r
    WHERE NOT EXISTS (SELECT FROM payments WHERE payment_id = r.payment_id)
    ON CONFLICT (payment_id) DO NOTHING RETURNING * INTO p;
    IF FOUND THEN
        PERFORM emit_payment(p, 'payment.created', p.state, '');
        RETURN NEXT p;
    ELSE
        RETURN QUERY SELECT * FROM payments WHERE payment_id = plan ->> 'payment_id';
    END IF;
END $$;

-- A due date whose payment has ended is shown as it ended, also where the order ended before it had heard of it.
CREATE OR REPLACE VIEW standing_order_runs_shown AS
    SELECT o.user_id, r.order_id, r.due_on,
        CASE WHEN unheard THEN CASE p.state WHEN 'COMPLETED' THEN 'PAID' ELSE 'SKIPPED' END ELSE r.state END AS state,
        coalesce(r.payment_id, '') AS payment_id, CASE WHEN unheard THEN p.error_code ELSE r.error_code END AS error_code,
        CASE WHEN unheard THEN p.settled_at ELSE r.settled_at END AS settled_at
    FROM standing_order_runs r JOIN standing_orders o USING (order_id) LEFT JOIN payments p USING (payment_id),
        LATERAL (SELECT r.state = 'BEGUN' AND o.ended_at IS NOT NULL AND p.settled_at IS NOT NULL) u (unheard);

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
