-- Standing mandates: up to so much a period to these payees, countersigned once. What a payment uses of one is counted
-- in the transaction of its hold, by triggers, whoever holds. Lock order: the payment, accounts, then the mandate.

CREATE TABLE mandates (
    mandate_id     text PRIMARY KEY,
    user_id        text NOT NULL REFERENCES users,
    tenant_id      text NOT NULL,
    customer_ref   text NOT NULL,
    session_id     text NOT NULL DEFAULT '',
    version        integer NOT NULL CHECK (version >= 1),
    budget_minor   bigint NOT NULL CHECK (budget_minor > 0),
    budget         text NOT NULL,
    currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    period         text NOT NULL CHECK (period IN ('day', 'week', 'month', 'year')),
    payee_accounts text[] NOT NULL CHECK (cardinality(payee_accounts) BETWEEN 1 AND 10),
    payee_names    text[] NOT NULL CHECK (cardinality(payee_names) = cardinality(payee_accounts)),
    account_id     text REFERENCES accounts,  -- null: any of the customer's
    account_name   text NOT NULL,
    ends_on        date,  -- the last day, in UTC
    mandate_hash   text NOT NULL,
    countersigns   text[] NOT NULL CHECK (cardinality(countersigns) > 0),
    policy_version text NOT NULL,
    digest         text NOT NULL,
    state          text NOT NULL DEFAULT 'AWAITING_CUSTOMER' CHECK (state IN (
        'AWAITING_CUSTOMER', 'ACTIVE', 'REVOKED', 'EXPIRED', 'REJECTED', 'CANCELLED', 'FAILED')),
    error_code     text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now(),
    activated_at   timestamptz,
    ended_at       timestamptz,
    closed_at      timestamptz,  -- its workflow knows of the end, too
    CHECK ((ended_at IS NULL) = (state IN ('AWAITING_CUSTOMER', 'ACTIVE')))
) WITH (fillfactor = 80);
CREATE INDEX mandates_of_user ON mandates (user_id, created_at DESC);
CREATE INDEX mandates_unheard ON mandates (ended_at) WHERE state = 'REVOKED' AND closed_at IS NULL;

-- One row for each time that a payment was held under a mandate; by the period in which it was held.
CREATE TABLE mandate_uses (
    payment_id    text NOT NULL REFERENCES payments,
    version       integer NOT NULL,
    mandate_id    text NOT NULL REFERENCES mandates,
    amount_minor  bigint NOT NULL CHECK (amount_minor > 0),
    period_began  date NOT NULL,
    used_at       timestamptz NOT NULL DEFAULT now(),
    given_back_at timestamptz,
    PRIMARY KEY (payment_id, version)
);
CREATE INDEX mandate_uses_of_period ON mandate_uses (mandate_id, period_began) INCLUDE (amount_minor)
    WHERE given_back_at IS NULL;

ALTER TABLE payments ADD COLUMN mandate_id text NOT NULL DEFAULT '';  -- empty: the customer's own factor countersigns

CREATE FUNCTION mandate_today() RETURNS date LANGUAGE sql STABLE RETURN (now() AT TIME ZONE 'UTC')::date;

CREATE FUNCTION mandate_period(span text, at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE
RETURN date_trunc(span, at AT TIME ZONE 'UTC')::date;

CREATE FUNCTION mandate_used(id text, began date) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(amount_minor), 0)::bigint FROM mandate_uses
        WHERE mandate_id = id AND period_began = began AND given_back_at IS NULL);

-- Written out, for in a view functions are called with the reader's rights.
CREATE VIEW mandates_shown AS
    SELECT m.mandate_id, m.user_id, m.version, m.budget_minor, m.budget, m.currency, m.period, m.payee_accounts,
        m.payee_names, m.account_id, m.account_name, m.ends_on, m.mandate_hash, m.error_code, m.created_at,
        CASE WHEN m.state = 'ACTIVE' AND m.ends_on < (now() AT TIME ZONE 'UTC')::date THEN 'EXPIRED' ELSE m.state END
            AS state,
        p.began AS period_began,
        (SELECT coalesce(sum(u.amount_minor), 0)::bigint FROM mandate_uses u WHERE u.mandate_id = m.mandate_id
            AND u.period_began = p.began AND u.given_back_at IS NULL) AS used_minor
    FROM mandates m, LATERAL (SELECT date_trunc(m.period, now() AT TIME ZONE 'UTC')::date AS began) p;

-- What was countersigned does not change, and what has ended stays so.
CREATE FUNCTION guard_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.ended_at IS NOT NULL AND NEW.state <> OLD.state)
        OR (NEW.mandate_id, NEW.user_id, NEW.version, NEW.budget_minor, NEW.currency, NEW.period, NEW.payee_accounts,
            NEW.payee_names, NEW.account_id, NEW.ends_on, NEW.mandate_hash, NEW.countersigns)
        IS DISTINCT FROM (OLD.mandate_id, OLD.user_id, OLD.version, OLD.budget_minor, OLD.currency, OLD.period,
            OLD.payee_accounts, OLD.payee_names, OLD.account_id, OLD.ends_on, OLD.mandate_hash, OLD.countersigns) THEN
        RAISE EXCEPTION 'mandate % is %', OLD.mandate_id, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mandates_guard BEFORE UPDATE ON mandates FOR EACH ROW EXECUTE FUNCTION guard_mandate();
CREATE TRIGGER mandates_kept BEFORE DELETE OR TRUNCATE ON mandates
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER mandate_uses_kept BEFORE DELETE OR TRUNCATE ON mandate_uses
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION emit_mandate(m mandates, event text, key text, detail jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (event, m.user_id, m.session_id, m.mandate_id, event || ':' || key, jsonb_build_object(
        'mandate_id', m.mandate_id, 'state', m.state, 'budget', m.budget, 'budget_minor', m.budget_minor, 'currency',
        m.currency, 'period', m.period, 'payees', m.payee_names, 'account', m.account_name) || detail);
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (m.user_id, event, m.mandate_id, jsonb_build_object('version', m.version, 'mandate_hash', m.mandate_hash)
        || detail);
END $$;

-- A payment under a mandate is held only while the mandate stands and has as much left. Refusals have a SQLSTATE of
-- their own and a code of domain/errors/ as their message; whoever holds has then changed nothing.
CREATE FUNCTION refuse_mandate(code text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = code, ERRCODE = 'CSM01';
END $$;

CREATE FUNCTION use_mandate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; m mandates; began date; used bigint;
BEGIN
    SELECT * INTO STRICT p FROM payments WHERE payment_id = NEW.payment_id;
    IF p.mandate_id = '' THEN RETURN NULL; END IF;
    SELECT * INTO m FROM mandates WHERE mandate_id = p.mandate_id FOR NO KEY UPDATE;
    IF NOT FOUND OR m.user_id <> p.user_id OR NOT p.payee_account = ANY (m.payee_accounts)
        OR coalesce(m.account_id, NEW.account_id) <> NEW.account_id OR m.currency <> NEW.currency THEN
        PERFORM refuse_mandate('mandate_mismatch');
    END IF;
    IF m.state = 'REVOKED' THEN PERFORM refuse_mandate('mandate_revoked'); END IF;
    IF m.state <> 'ACTIVE' OR m.ends_on < mandate_today() THEN PERFORM refuse_mandate('mandate_ended'); END IF;
    began := mandate_period(m.period, now());
    used := mandate_used(m.mandate_id, began) + NEW.amount_minor;
    IF used > m.budget_minor THEN PERFORM refuse_mandate('mandate_exhausted'); END IF;
    INSERT INTO mandate_uses (payment_id, version, mandate_id, amount_minor, period_began)
    VALUES (p.payment_id, NEW.version, m.mandate_id, NEW.amount_minor, began);
    PERFORM emit_mandate(m, 'mandate.used', p.payment_id || ':' || NEW.version, jsonb_build_object(
        'payment_id', p.payment_id, 'amount_minor', NEW.amount_minor, 'left_minor', m.budget_minor - used));
    RETURN NULL;
END $$;
CREATE TRIGGER holds_use_mandate AFTER INSERT ON holds FOR EACH ROW EXECUTE FUNCTION use_mandate();

-- Between hold and post a revocation still counts: the row lock puts one before the other.
CREATE FUNCTION keep_mandate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now_state text;
BEGIN
    SELECT m.state INTO now_state FROM mandate_uses u JOIN mandates m USING (mandate_id)
    WHERE u.payment_id = NEW.payment_id AND u.version = NEW.version FOR SHARE OF m;
    IF now_state = 'REVOKED' THEN PERFORM refuse_mandate('mandate_revoked'); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_keep_mandate AFTER UPDATE OF state ON holds FOR EACH ROW
    WHEN (NEW.state = 'posted') EXECUTE FUNCTION keep_mandate();

CREATE FUNCTION give_back_to_mandate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE mandate_uses SET given_back_at = now()
    WHERE payment_id = NEW.payment_id AND version = NEW.version AND given_back_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_give_back_to_mandate AFTER UPDATE OF state ON holds FOR EACH ROW
    WHEN (NEW.state IN ('voided', 'expired')) EXECUTE FUNCTION give_back_to_mandate();

CREATE FUNCTION open_mandate(plan jsonb, content_digest text, most integer) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE m mandates; wanted text := plan ->> 'mandate_id';
BEGIN
    PERFORM FROM users WHERE user_id = plan ->> 'user_id' FOR NO KEY UPDATE;  -- one at a time: they are counted
    IF NOT FOUND THEN RETURN 'unauthenticated'; END IF;
    SELECT * INTO m FROM mandates WHERE mandate_id = wanted;
    IF FOUND THEN
        RETURN CASE WHEN m.user_id <> plan ->> 'user_id' THEN 'mandate_not_found'
            WHEN m.digest <> content_digest THEN 'idempotency_conflict' ELSE 'ok' END;
    END IF;
    IF (SELECT count(*) FROM mandates_shown WHERE user_id = plan ->> 'user_id'
        AND state IN ('AWAITING_CUSTOMER', 'ACTIVE')) >= most THEN
        RETURN 'too_many_mandates';
    END IF;
    IF (SELECT count(*) FROM mandates WHERE user_id = plan ->> 'user_id' AND error_code = 'too_many_tries'
        AND ended_at > now() - interval '24 hours') >= 3 THEN
        RETURN 'mandates_locked';
    END IF;
    INSERT INTO mandates (mandate_id, user_id, tenant_id, customer_ref, session_id, version, budget_minor, budget,
        currency, period, payee_accounts, payee_names, account_id, account_name, ends_on, mandate_hash, countersigns,
        policy_version, digest)
    SELECT r.mandate_id, r.user_id, r.tenant_id, r.customer_ref, r.session_id, r.version, r.budget_minor, r.budget,
        r.currency, r.period, r.payee_accounts, r.payee_names, r.account_id, r.account_name, r.ends_on, r.mandate_hash,
        r.countersigns, r.policy_version, content_digest
    FROM jsonb_populate_record(NULL::mandates, plan) r
    ON CONFLICT (mandate_id) DO NOTHING RETURNING * INTO m;
    IF NOT FOUND THEN RETURN 'mandate_not_found'; END IF;  -- somebody else's, this moment
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (m.user_id, 'mandate.created', m.mandate_id, jsonb_build_object('version', m.version, 'mandate_hash',
        m.mandate_hash, 'policy_version', m.policy_version));
    RETURN 'ok';
END $$;

-- Not without every countersign of this version: whoever calls.
CREATE FUNCTION activate_mandate(id text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE m mandates;
BEGIN
    SELECT * INTO m FROM mandates WHERE mandate_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'mandate_not_found'; END IF;
    IF m.state = 'ACTIVE' THEN RETURN 'ok'; END IF;
    IF m.state = 'REVOKED' THEN RETURN 'mandate_revoked'; END IF;
    IF m.state <> 'AWAITING_CUSTOMER' THEN RETURN 'mandate_closed'; END IF;
    IF EXISTS (SELECT FROM unnest(m.countersigns) kind WHERE NOT EXISTS (
            SELECT FROM elicitations e WHERE e.payment_id = id AND e.user_id = m.user_id AND e.type = kind
                AND e.state = 'completed' AND e.error_code = '' AND (e.request ->> 'version')::int = m.version
                AND e.request ->> 'transaction_hash' = m.mandate_hash)) THEN
        RETURN 'mandate_unsigned';
    END IF;
    UPDATE mandates SET state = 'ACTIVE', activated_at = now() WHERE mandate_id = id RETURNING * INTO m;
    PERFORM emit_mandate(m, 'mandate.active', id, '{}');
    RETURN 'ok';
END $$;

-- By its workflow: the first end stays, and is answered.
CREATE FUNCTION end_mandate(id text, new_state text, code text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE m mandates;
BEGIN
    IF new_state IN ('AWAITING_CUSTOMER', 'ACTIVE') THEN
        RAISE EXCEPTION 'a mandate does not end as %', new_state USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO m FROM mandates WHERE mandate_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF m.ended_at IS NOT NULL THEN
        UPDATE mandates SET closed_at = coalesce(closed_at, now()) WHERE mandate_id = id;
        RETURN m.state;
    END IF;
    UPDATE mandates SET state = new_state, error_code = code, ended_at = now(), closed_at = now()
    WHERE mandate_id = id;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (m.user_id, 'mandate.ended', id, jsonb_build_object('state', new_state, 'error_code', code));
    RETURN new_state;
END $$;

-- At once, from any channel, whatever it waits for; a repeat is one.
CREATE FUNCTION revoke_mandate(id text, by_user text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE m mandates;
BEGIN
    SELECT * INTO m FROM mandates WHERE mandate_id = id AND user_id = by_user FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'mandate_not_found'; END IF;
    IF m.state = 'REVOKED' THEN RETURN 'ok'; END IF;
    IF m.ended_at IS NOT NULL THEN RETURN 'mandate_closed'; END IF;
    UPDATE mandates SET state = 'REVOKED', ended_at = now() WHERE mandate_id = id RETURNING * INTO m;
    PERFORM emit_mandate(m, 'mandate.revoked', id, '{}');
    RETURN 'ok';
END $$;

-- Of a version it is said once, with the version, under which mandate it is held.
CREATE FUNCTION guard_cover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'SCREENING' THEN
        RAISE EXCEPTION 'payment % keeps its mandate', OLD.payment_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_guard_cover BEFORE UPDATE OF mandate_id ON payments FOR EACH ROW
    WHEN (NEW.mandate_id <> OLD.mandate_id) EXECUTE FUNCTION guard_cover();

CREATE OR REPLACE FUNCTION open_payment(plan jsonb, content_digest text) RETURNS SETOF payments LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p payments;
BEGIN
    INSERT INTO payments (payment_id, user_id, tenant_id, customer_ref, session_id, tool_call_id, version, amount_minor,
        currency, amount, payer_account, payer_account_name, payer_name, payee_account, payee_name, transaction_hash,
        countersigns, approvals, approver_group, cooling_off_s, policy_version, reason, mandate_id, description, digest)
    SELECT r.payment_id, r.user_id, r.tenant_id, r.customer_ref, r.session_id, r.tool_call_id, r.version, r.amount_minor,
        r.currency, r.amount, r.payer_account, r.payer_account_name, u.display_name, r.payee_account, r.payee_name,
        r.transaction_hash, r.countersigns, r.approvals, r.approver_group, r.cooling_off_s, r.policy_version, r.reason,
        r.mandate_id, r.description, content_digest
    FROM jsonb_populate_record(NULL::payments, plan) r JOIN users u USING (user_id)
    ON CONFLICT (payment_id) DO NOTHING RETURNING * INTO p;
    IF FOUND THEN
        PERFORM emit_payment(p, 'payment.created', p.state, '');
        RETURN NEXT p;
    ELSE
        RETURN QUERY SELECT * FROM payments WHERE payment_id = plan ->> 'payment_id';
    END IF;
END $$;

-- The same with the mandate of the new version. A repeat finds the version there, and leaves it as it is.
CREATE FUNCTION revise_payment_under(plan jsonb, why text, message text) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE last integer; code text;
BEGIN
    SELECT version INTO last FROM payments WHERE payment_id = plan ->> 'payment_id' FOR NO KEY UPDATE;
    code := revise_payment(plan, why, message);
    IF code = 'ok' THEN
        UPDATE payments SET mandate_id = plan ->> 'mandate_id'
        WHERE payment_id = plan ->> 'payment_id' AND version > last;
    END IF;
    RETURN code;
END $$;

GRANT SELECT ON mandates TO countersign_worker;
GRANT SELECT (payment_id, mandate_id, amount_minor, period_began, given_back_at) ON mandate_uses
    TO countersign_worker;
GRANT SELECT ON mandates_shown TO countersign_worker, countersign_api, countersign_mcp;
GRANT SELECT (mandate_id, version, countersigns, state, ended_at, closed_at) ON mandates TO countersign_api;
GRANT EXECUTE ON FUNCTION open_mandate, activate_mandate, end_mandate, revise_payment_under TO countersign_worker;
GRANT EXECUTE ON FUNCTION revoke_mandate TO countersign_api, countersign_mcp;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
