-- A reversal is a payment of its own, of the same sum the other way; what was posted stays as it is. At most one that
-- still goes on, or has gone through, for each payment. What is refused has SQLSTATE CSM01 and its code as message.
ALTER TABLE payments
    ADD COLUMN reverses text REFERENCES payments,
    ADD CONSTRAINT payments_reverses CHECK ((kind = 'reversal') = (reverses IS NOT NULL));
CREATE INDEX payments_of_original ON payments (reverses) WHERE reverses IS NOT NULL;

CREATE FUNCTION fit_reversal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE paid payments;
BEGIN
    SELECT * INTO paid FROM payments WHERE payment_id = NEW.reverses FOR NO KEY UPDATE;  -- one after the other
    IF NOT FOUND OR paid.tenant_id <> NEW.tenant_id THEN
        RAISE EXCEPTION 'payment_not_found' USING ERRCODE = 'CSM01';
    END IF;
    IF paid.state <> 'COMPLETED' OR paid.kind NOT IN ('payee', 'own') OR NEW.approvals < 1
        OR paid.user_id = NEW.user_id OR (NEW.amount_minor, NEW.currency, NEW.payer_account, NEW.payee_account)
            <> (paid.amount_minor, paid.currency, paid.payee_account, paid.payer_account) THEN
        RAISE EXCEPTION 'not_reversible' USING ERRCODE = 'CSM01';
    END IF;
    IF EXISTS (SELECT FROM payments WHERE reverses = NEW.reverses
               AND state NOT IN ('CANCELLED', 'EXPIRED', 'REJECTED', 'FAILED')) THEN
        RAISE EXCEPTION 'already_reversed' USING ERRCODE = 'CSM01';
    END IF;
    NEW.payer_name := paid.payee_name;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_reversal BEFORE INSERT ON payments FOR EACH ROW WHEN (NEW.reverses IS NOT NULL)
    EXECUTE FUNCTION fit_reversal();

CREATE FUNCTION refuse_other_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'reversal % stays as it is', OLD.payment_id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payments_reversal_fixed BEFORE UPDATE OF version, kind, reverses ON payments FOR EACH ROW
    WHEN ((OLD.reverses IS NOT NULL OR NEW.reverses IS NOT NULL)
        AND (NEW.version, NEW.kind, NEW.reverses) IS DISTINCT FROM (OLD.version, OLD.kind, OLD.reverses))
    EXECUTE FUNCTION refuse_other_terms();

-- Who asked for a payment to go back is not the one who hears that it did.
CREATE FUNCTION tell_reversal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE paid payments;
BEGIN
    SELECT * INTO STRICT paid FROM payments WHERE payment_id = NEW.reverses;
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES ('payment.reversed', paid.user_id, paid.session_id, paid.payment_id, 'payment.reversed:' || paid.payment_id,
        jsonb_build_object('payment_id', paid.payment_id, 'version', paid.version, 'state', paid.state, 'amount',
            paid.amount, 'amount_minor', paid.amount_minor, 'currency', paid.currency, 'payee', paid.payee_name,
            'account', paid.payer_account_name, 'error_code', '', 'reversed_by', NEW.payment_id));
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (NEW.user_id, 'payment.reversed', paid.payment_id, jsonb_build_object('reversed_by', NEW.payment_id,
        'reason', NEW.reason));
    RETURN NULL;
END $$;
CREATE TRIGGER payments_reversal_told AFTER UPDATE OF state ON payments FOR EACH ROW
    WHEN (NEW.reverses IS NOT NULL AND NEW.state = 'COMPLETED') EXECUTE FUNCTION tell_reversal();

CREATE FUNCTION open_reversal(plan jsonb, content_digest text, of_payment text) RETURNS SETOF payments LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
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

-- Longer than a payment waits by itself: what is held beyond has lost its workflow, and is given back.
ALTER TABLE holds ADD COLUMN expires_at timestamptz NOT NULL DEFAULT now() + interval '7 days';
CREATE INDEX holds_by_expiry ON holds (expires_at) WHERE state = 'held';

CREATE FUNCTION date_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.expires_at := (SELECT now() + make_interval(days => 1 + approvals, secs => cooling_off_s) FROM payments
                       WHERE payment_id = NEW.payment_id);
    RETURN NEW;
END $$;
CREATE TRIGGER holds_dated BEFORE INSERT ON holds FOR EACH ROW EXECUTE FUNCTION date_hold();

CREATE FUNCTION overdue_holds(beyond text, most integer) RETURNS TABLE (payment_id text) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT h.payment_id FROM holds h JOIN payments p USING (payment_id)
    WHERE h.state = 'held' AND h.expires_at < now() AND p.state <> 'UNKNOWN' AND h.payment_id > beyond
    ORDER BY h.payment_id LIMIT most;
$$;

-- The caller has seen that nobody works on the payment any more. What is not overdue, or not known, stays.
CREATE FUNCTION expire_hold(id text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
    SELECT * INTO p FROM payments WHERE payment_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'payment_not_found'; END IF;
    IF p.state = 'UNKNOWN' OR NOT EXISTS (SELECT FROM holds WHERE payment_id = id AND state = 'held'
                                          AND expires_at < now()) THEN
        RETURN 'ok';
    END IF;
    RETURN void_payment(id, 'EXPIRED', 'hold_expired');
END $$;

GRANT EXECUTE ON FUNCTION open_reversal, overdue_holds, expire_hold TO countersign_worker;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
