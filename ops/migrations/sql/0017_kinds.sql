-- What a payment is: to a payee of ours, to one elsewhere, between a customer's own accounts, or back.

ALTER TABLE payments ADD COLUMN kind text NOT NULL DEFAULT 'payee'
    CHECK (kind IN ('payee', 'outside', 'own', 'reversal'));

CREATE FUNCTION guard_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'SCREENING' THEN
        RAISE EXCEPTION 'payment % stays %', OLD.payment_id, OLD.kind USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_guard_kind BEFORE UPDATE OF kind ON payments FOR EACH ROW
    WHEN (NEW.kind <> OLD.kind) EXECUTE FUNCTION guard_kind();

CREATE OR REPLACE FUNCTION open_payment(plan jsonb, content_digest text) RETURNS SETOF payments LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
    INSERT INTO payments (payment_id, user_id, tenant_id, customer_ref, session_id, tool_call_id, version, amount_minor,
        currency, amount, payer_account, payer_account_name, payer_name, payee_account, payee_name, transaction_hash,
        countersigns, approvals, approver_group, cooling_off_s, policy_version, reason, mandate_id, kind, description,
        digest)
    SELECT r.payment_id, r.user_id, r.tenant_id, r.customer_ref, r.session_id, r.tool_call_id, r.version, r.amount_minor,
        r.currency, r.amount, r.payer_account, r.payer_account_name, u.display_name, r.payee_account, r.payee_name,
        r.transaction_hash, r.countersigns, r.approvals, r.approver_group, r.cooling_off_s, r.policy_version, r.reason,
        r.mandate_id, coalesce(r.kind, 'payee'), r.description, content_digest
    FROM jsonb_populate_record(NULL::payments, plan) r JOIN users u USING (user_id)
    ON CONFLICT (payment_id) DO NOTHING RETURNING * INTO p;
    IF FOUND THEN
        PERFORM emit_payment(p, 'payment.created', p.state, '');
        RETURN NEXT p;
    ELSE
        RETURN QUERY SELECT * FROM payments WHERE payment_id = plan ->> 'payment_id';
    END IF;
END $$;

-- A correction may name a payee of another kind.
CREATE OR REPLACE FUNCTION revise_payment_under(plan jsonb, why text, message text) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE last integer; code text;
BEGIN
    SELECT version INTO last FROM payments WHERE payment_id = plan ->> 'payment_id' FOR NO KEY UPDATE;
    code := revise_payment(plan, why, message);
    IF code = 'ok' THEN
        UPDATE payments SET mandate_id = plan ->> 'mandate_id', kind = coalesce(plan ->> 'kind', 'payee')
        WHERE payment_id = plan ->> 'payment_id' AND version > last;
    END IF;
    RETURN code;
END $$;
