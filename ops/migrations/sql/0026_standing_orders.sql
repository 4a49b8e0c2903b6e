-- Standing orders: a sum to a payee on a day or again and again. Their terms are countersigned once a version; each due
-- date is one payment, opened and held in one transaction, and triggers look whether it fits terms that hold, whoever
-- holds or posts. Lock order: the payment, accounts, then the order.

CREATE TABLE standing_orders (
    order_id     text PRIMARY KEY,
    user_id      text NOT NULL REFERENCES users,
    tenant_id    text NOT NULL,
    customer_ref text NOT NULL,
    session_id   text NOT NULL DEFAULT '',
    digest       text NOT NULL,
    run_key      uuid NOT NULL DEFAULT gen_random_uuid(),  -- what its payments' ids are made from
    version      integer NOT NULL DEFAULT 0,  -- the terms that hold; 0: none yet
    state        text NOT NULL DEFAULT 'AWAITING_CUSTOMER' CHECK (state IN (
        'AWAITING_CUSTOMER', 'ACTIVE', 'PAUSED', 'COMPLETED', 'CANCELLED', 'EXPIRED', 'REJECTED', 'FAILED')),
    error_code   text NOT NULL DEFAULT '',  -- why it was paused by the bank, or did not come about
    due_from     date,  -- what fell due before is settled
    coming       date[] NOT NULL DEFAULT '{}',  -- its next due dates, as its workflow saw them last
    step         integer NOT NULL DEFAULT 0,  -- changes by its customer
    heard        integer NOT NULL DEFAULT 0,  -- those that its workflow knows of
    stepped_at   timestamptz NOT NULL DEFAULT now(),
    created_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    CHECK ((ended_at IS NULL) = (state IN ('AWAITING_CUSTOMER', 'ACTIVE', 'PAUSED'))),
    CHECK ((version = 0) = (due_from IS NULL)),
    CHECK (version > 0 OR state NOT IN ('ACTIVE', 'PAUSED', 'COMPLETED'))
) WITH (fillfactor = 80);
CREATE INDEX standing_orders_of_user ON standing_orders (user_id, created_at DESC);
CREATE INDEX standing_orders_unheard ON standing_orders (stepped_at) WHERE step > heard;

-- One row a version, written before it is countersigned. `outcome`: empty while it waits, or how its questions ended.
CREATE TABLE standing_order_terms (
    order_id       text NOT NULL REFERENCES standing_orders,
    version        integer NOT NULL CHECK (version >= 1),
    change_id      text NOT NULL,
    digest         text NOT NULL,
    amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
    amount         text NOT NULL,
    currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    payee_account  text NOT NULL REFERENCES accounts,
    payee_name     text NOT NULL,
    account_id     text NOT NULL REFERENCES accounts,
    account_name   text NOT NULL,
    every          text NOT NULL,  -- RFC 5545; empty: once
    first_on       date NOT NULL,
    ends_on        date CHECK (ends_on >= first_on),
    zone           text NOT NULL,
    schedule       text NOT NULL,
    terms_hash     text NOT NULL,
    countersigns   text[] NOT NULL CHECK (cardinality(countersigns) > 0),
    policy_version text NOT NULL,
    outcome        text NOT NULL DEFAULT '',
    error_code     text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now(),
    settled_at     timestamptz,
    PRIMARY KEY (order_id, version),
    UNIQUE (order_id, change_id)
) WITH (fillfactor = 80);

-- One row a due date. A payment is one date's, and a date has one payment.
CREATE TABLE standing_order_runs (
    order_id   text NOT NULL REFERENCES standing_orders,
    due_on     date NOT NULL,
    version    integer NOT NULL,
    payment_id text UNIQUE REFERENCES payments,  -- null: none was ever made
    state      text NOT NULL CHECK (state IN ('BEGUN', 'PAID', 'SKIPPED')),
    error_code text NOT NULL DEFAULT '',
    begun_at   timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    PRIMARY KEY (order_id, due_on),
    FOREIGN KEY (order_id, version) REFERENCES standing_order_terms (order_id, version),
    CHECK ((settled_at IS NULL) = (state = 'BEGUN')),
    CHECK (state = 'SKIPPED' OR payment_id IS NOT NULL)
) WITH (fillfactor = 80);

CREATE FUNCTION standing_terms(id text) RETURNS standing_order_terms LANGUAGE sql STABLE AS $$
    SELECT t.* FROM standing_order_terms t JOIN standing_orders o USING (order_id)
    WHERE t.order_id = id AND t.version = greatest(o.version, 1);
$$;

CREATE FUNCTION standing_today(zone text) RETURNS date LANGUAGE sql STABLE RETURN (now() AT TIME ZONE zone)::date;

-- What was countersigned does not change, what has ended stays so, and no date is settled twice.
CREATE FUNCTION guard_standing_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.ended_at IS NOT NULL AND NEW.state <> OLD.state) OR NEW.version < OLD.version
        OR NEW.due_from < OLD.due_from OR (NEW.order_id, NEW.user_id, NEW.run_key, NEW.digest)
            IS DISTINCT FROM (OLD.order_id, OLD.user_id, OLD.run_key, OLD.digest) THEN
        RAISE EXCEPTION 'standing order % is %', OLD.order_id, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER standing_orders_guard BEFORE UPDATE ON standing_orders
    FOR EACH ROW EXECUTE FUNCTION guard_standing_order();

CREATE FUNCTION guard_standing_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.outcome <> '' OR to_jsonb(NEW) - ARRAY['outcome', 'error_code', 'settled_at']
        <> to_jsonb(OLD) - ARRAY['outcome', 'error_code', 'settled_at'] THEN
        RAISE EXCEPTION 'terms % of % stay', OLD.version, OLD.order_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER standing_order_terms_guard BEFORE UPDATE ON standing_order_terms
    FOR EACH ROW EXECUTE FUNCTION guard_standing_terms();

CREATE FUNCTION guard_standing_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'BEGUN' OR (NEW.order_id, NEW.due_on, NEW.version, NEW.payment_id)
        IS DISTINCT FROM (OLD.order_id, OLD.due_on, OLD.version, OLD.payment_id) THEN
        RAISE EXCEPTION 'the run of % on % is %', OLD.order_id, OLD.due_on, OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER standing_order_runs_guard BEFORE UPDATE ON standing_order_runs
    FOR EACH ROW EXECUTE FUNCTION guard_standing_run();

CREATE TRIGGER standing_orders_kept BEFORE DELETE OR TRUNCATE ON standing_orders
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standing_order_terms_kept BEFORE DELETE OR TRUNCATE ON standing_order_terms
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standing_order_runs_kept BEFORE DELETE OR TRUNCATE ON standing_order_runs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION emit_standing_order(id text, event text, key text, detail jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE o standing_orders; t standing_order_terms;
BEGIN
    SELECT * INTO STRICT o FROM standing_orders WHERE order_id = id;
    t := standing_terms(id);
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (event, o.user_id, o.session_id, id, event || ':' || id || ':' || key, jsonb_build_object(
        'order_id', id, 'state', o.state, 'version', o.version, 'amount', t.amount, 'amount_minor', t.amount_minor,
        'currency', t.currency, 'payee', t.payee_name, 'account', t.account_name, 'schedule', t.schedule,
        'error_code', o.error_code) || detail);
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (o.user_id, event, id, jsonb_build_object('version', o.version, 'terms_hash', t.terms_hash) || detail);
END $$;

-- What is remembered of a customer's payments to come is as old as what is remembered of their balance. Accounts are
-- locked before the order: to be called first.
CREATE FUNCTION revise_standing_account(id text) RETURNS void LANGUAGE sql AS $$
    UPDATE accounts SET revision = revision WHERE account_id = (standing_terms(id)).account_id;
$$;

-- Whether every countersign of these terms was given, about these very terms.
CREATE FUNCTION standing_unsigned(t standing_order_terms, of_user text) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM unnest(t.countersigns) kind WHERE NOT EXISTS (
    SELECT FROM elicitations e WHERE e.payment_id = t.order_id AND e.user_id = of_user AND e.type = kind
        AND e.state = 'completed' AND e.error_code = '' AND (e.request ->> 'version')::int = t.version
        AND e.request ->> 'transaction_type' = 'standing_order'
        AND e.request ->> 'transaction_hash' = t.terms_hash));

-- Why this payment may not go on as a run of its order, or null. Takes the order's row until the end.
CREATE FUNCTION standing_bar(of_payment text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r standing_order_runs; o standing_orders;
BEGIN
    SELECT * INTO r FROM standing_order_runs WHERE payment_id = of_payment;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT * INTO STRICT o FROM standing_orders WHERE order_id = r.order_id FOR SHARE;
    RETURN CASE WHEN o.state = 'PAUSED' THEN 'standing_order_paused' WHEN o.state <> 'ACTIVE' THEN 'standing_order_ended'
        WHEN r.state <> 'BEGUN' THEN 'standing_order_mismatch' END;
END $$;

CREATE FUNCTION hold_for_standing_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE p payments; r standing_order_runs; o standing_orders; t standing_order_terms; bar text;
BEGIN
    SELECT * INTO r FROM standing_order_runs WHERE payment_id = NEW.payment_id;
    IF NOT FOUND THEN RETURN NULL; END IF;
    bar := standing_bar(NEW.payment_id);
    IF bar IS NOT NULL THEN PERFORM refuse_mandate(bar); END IF;
    SELECT * INTO STRICT p FROM payments WHERE payment_id = NEW.payment_id;
    SELECT * INTO STRICT o FROM standing_orders WHERE order_id = r.order_id;
    SELECT * INTO STRICT t FROM standing_order_terms WHERE order_id = r.order_id AND version = r.version;
    IF r.version <> o.version OR (p.user_id, p.amount_minor, p.currency, p.payer_account, p.payee_account, p.payee_name)
            IS DISTINCT FROM (o.user_id, t.amount_minor, t.currency, t.account_id, t.payee_account, t.payee_name)
        OR r.due_on < greatest(t.first_on, o.due_from) OR r.due_on > coalesce(t.ends_on, r.due_on)
        OR r.due_on > standing_today(t.zone) THEN
        PERFORM refuse_mandate('standing_order_mismatch');
    END IF;
    IF standing_unsigned(t, o.user_id) THEN PERFORM refuse_mandate('standing_order_unsigned'); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_for_standing_order AFTER INSERT ON holds
    FOR EACH ROW EXECUTE FUNCTION hold_for_standing_order();

-- Between hold and post a pause or a cancellation still counts: the row lock puts one before the other. Not where the
-- money has left the bank over the rail already.
CREATE FUNCTION post_for_standing_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE bar text;
BEGIN
    IF EXISTS (SELECT FROM payments WHERE payment_id = NEW.payment_id AND kind = 'outside') THEN RETURN NULL; END IF;
    bar := standing_bar(NEW.payment_id);
    IF bar IS NOT NULL THEN PERFORM refuse_mandate(bar); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_post_for_standing_order AFTER UPDATE OF state ON holds FOR EACH ROW
    WHEN (NEW.state = 'posted') EXECUTE FUNCTION post_for_standing_order();
