-- A standing order's steps: planned, countersigned, paused and resumed, paid on each due date, told.

CREATE FUNCTION insert_standing_terms(plan jsonb, content_digest text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO standing_order_terms (order_id, version, change_id, digest, amount_minor, amount, currency,
        payee_account, payee_name, account_id, account_name, every, first_on, ends_on, zone, schedule, terms_hash,
        countersigns, policy_version)
    SELECT r.order_id, r.version, r.change_id, content_digest, r.amount_minor, r.amount, r.currency, r.payee_account,
        r.payee_name, r.account_id, r.account_name, r.every, r.first_on, r.ends_on, r.zone, r.schedule, r.terms_hash,
        r.countersigns, r.policy_version
    FROM jsonb_populate_record(NULL::standing_order_terms, plan) r;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (plan ->> 'user_id', 'standing_order.planned', plan ->> 'order_id', jsonb_build_object(
        'version', plan -> 'version', 'terms_hash', plan ->> 'terms_hash',
        'policy_version', plan ->> 'policy_version'));
$$;

-- A new order, or the next version of one that stands. Same id and content: 'ok' again.
CREATE FUNCTION plan_standing_order(plan jsonb, content_digest text, most integer) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE o standing_orders; t standing_order_terms; of_user text := plan ->> 'user_id'; id text := plan ->> 'order_id';
BEGIN
    PERFORM FROM users WHERE user_id = of_user FOR NO KEY UPDATE;  -- one at a time: they are counted
    IF NOT FOUND THEN RETURN 'unauthenticated'; END IF;
    SELECT * INTO o FROM standing_orders WHERE order_id = id FOR NO KEY UPDATE;
    IF FOUND AND o.user_id <> of_user THEN RETURN 'standing_order_not_found'; END IF;
    SELECT * INTO t FROM standing_order_terms WHERE order_id = id AND change_id = plan ->> 'change_id';
    IF FOUND THEN
        RETURN CASE WHEN t.digest = content_digest THEN 'ok' ELSE 'idempotency_conflict' END;
    END IF;
    IF (SELECT count(*) FROM standing_order_terms x JOIN standing_orders y USING (order_id) WHERE y.user_id = of_user
        AND x.error_code = 'too_many_tries' AND x.settled_at > now() - interval '24 hours') >= 3 THEN
        RETURN 'standing_orders_locked';
    END IF;
    IF o.order_id IS NOT NULL THEN
        IF o.ended_at IS NOT NULL THEN RETURN 'standing_order_closed'; END IF;
        IF o.version = 0 THEN RETURN 'standing_order_state'; END IF;
        IF (SELECT max(version) FROM standing_order_terms WHERE order_id = id) + 1 <> (plan ->> 'version')::int THEN
            RETURN 'stale_version';
        END IF;
        PERFORM insert_standing_terms(plan, content_digest);
        RETURN 'ok';
    END IF;
    IF (SELECT count(*) FROM standing_orders WHERE user_id = of_user AND ended_at IS NULL) >= most THEN
        RETURN 'too_many_standing_orders';
    END IF;
    INSERT INTO standing_orders (order_id, user_id, tenant_id, customer_ref, session_id, digest)
    SELECT r.order_id, r.user_id, r.tenant_id, r.customer_ref, r.session_id, content_digest
    FROM jsonb_populate_record(NULL::standing_orders, plan) r
    ON CONFLICT (order_id) DO NOTHING;
    IF NOT FOUND THEN RETURN 'standing_order_not_found'; END IF;  -- somebody else's, this moment
    PERFORM insert_standing_terms(plan, content_digest);
    RETURN 'ok';
END $$;

-- Not without every countersign of this version: whoever calls. What falls due from today on is by these terms.
CREATE FUNCTION sign_standing_order(id text, of_version integer) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE o standing_orders; t standing_order_terms;
BEGIN
    PERFORM revise_standing_account(id);
    SELECT * INTO o FROM standing_orders WHERE order_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'standing_order_not_found'; END IF;
    IF o.ended_at IS NOT NULL THEN RETURN 'standing_order_ended'; END IF;
    IF o.version >= of_version THEN RETURN 'ok'; END IF;
    SELECT * INTO STRICT t FROM standing_order_terms WHERE order_id = id AND version = of_version;
    IF t.outcome <> '' THEN RETURN 'standing_order_closed'; END IF;
    IF standing_unsigned(t, o.user_id) THEN RETURN 'standing_order_unsigned'; END IF;
    UPDATE standing_order_terms SET outcome = 'signed', settled_at = now() WHERE order_id = id AND version = of_version;
    UPDATE standing_orders SET version = of_version,
        state = CASE state WHEN 'AWAITING_CUSTOMER' THEN 'ACTIVE' ELSE state END,
        due_from = greatest(due_from, t.first_on, CASE WHEN version > 0 THEN standing_today(t.zone) END)
    WHERE order_id = id;
    PERFORM emit_standing_order(id, CASE o.version WHEN 0 THEN 'standing_order.active' ELSE 'standing_order.changed' END,
        of_version::text, '{}');
    RETURN 'ok';
END $$;

-- Terms that were not countersigned; an order without others ends with them. The state that it is in afterwards.
CREATE FUNCTION drop_standing_terms(id text, of_version integer, new_state text, code text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE o standing_orders;
BEGIN
    IF new_state IN ('AWAITING_CUSTOMER', 'ACTIVE', 'PAUSED', 'COMPLETED') THEN
        RAISE EXCEPTION 'terms do not end as %', new_state USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO o FROM standing_orders WHERE order_id = id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    UPDATE standing_order_terms SET outcome = lower(new_state), error_code = code, settled_at = now()
    WHERE order_id = id AND version = of_version AND outcome = '';
    IF FOUND THEN
        INSERT INTO audit (actor, action, subject_id, detail) VALUES (o.user_id, 'standing_order.unsigned', id,
            jsonb_build_object('version', of_version, 'state', new_state, 'error_code', code));
    END IF;
    IF o.version > 0 OR o.ended_at IS NOT NULL THEN
        UPDATE standing_orders SET heard = step WHERE order_id = id;
        RETURN o.state;
    END IF;
    UPDATE standing_orders SET state = new_state, error_code = code, ended_at = now(), heard = step WHERE order_id = id;
    RETURN new_state;
END $$;

-- By its customer, at once, from any channel: later holds and posts of it refuse. A repeat is one.
CREATE FUNCTION step_standing_order(id text, by_user text, wanted text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE o standing_orders; zone text;
    new_state text := CASE wanted WHEN 'pause' THEN 'PAUSED' WHEN 'resume' THEN 'ACTIVE' WHEN 'cancel' THEN 'CANCELLED' END;
BEGIN
    IF NOT EXISTS (SELECT FROM standing_orders WHERE order_id = id AND user_id = by_user) THEN
        RETURN 'standing_order_not_found';
    END IF;
    PERFORM revise_standing_account(id);
    SELECT * INTO STRICT o FROM standing_orders WHERE order_id = id FOR NO KEY UPDATE;
    IF o.state = new_state THEN RETURN 'ok'; END IF;
    IF o.ended_at IS NOT NULL THEN RETURN 'standing_order_closed'; END IF;
    IF o.version = 0 AND wanted <> 'cancel' THEN RETURN 'standing_order_state'; END IF;
    IF new_state IS NULL THEN
        RAISE EXCEPTION 'an order is not %', wanted USING ERRCODE = 'invalid_parameter_value';
    END IF;
    zone := (standing_terms(id)).zone;
    UPDATE standing_orders SET state = new_state, error_code = '', step = step + 1, stepped_at = now(),
        ended_at = CASE new_state WHEN 'CANCELLED' THEN now() END,
        -- what fell due in a pause is not made up for
        due_from = CASE new_state WHEN 'ACTIVE' THEN greatest(due_from, standing_today(zone)) ELSE due_from END
    WHERE order_id = id;
    PERFORM emit_standing_order(id, CASE new_state WHEN 'PAUSED' THEN 'standing_order.paused'
        WHEN 'ACTIVE' THEN 'standing_order.resumed' ELSE 'standing_order.cancelled' END, (o.step + 1)::text, '{}');
    RETURN 'ok';
END $$;

-- The payment of a due date, opened and held, or nothing at all: money that is missing now leaves the date as it was.
CREATE FUNCTION open_run(plan jsonb, content_digest text, of_order text, due date) RETURNS SETOF payments
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE p payments; code text; used_version integer;
BEGIN
    SELECT * INTO p FROM open_payment(plan, content_digest);
    IF p.payment_id IS NULL OR EXISTS (SELECT FROM standing_order_runs WHERE payment_id = p.payment_id) THEN
        RETURN QUERY SELECT p.* WHERE p.payment_id IS NOT NULL;
        RETURN;
    END IF;
    SELECT version INTO used_version FROM standing_orders WHERE order_id = of_order AND user_id = p.user_id;
    IF NOT FOUND OR p.digest <> content_digest OR cardinality(p.countersigns) > 0 OR is_final(p.state)
        OR used_version = 0 THEN
        PERFORM refuse_mandate('standing_order_mismatch');
    END IF;
    BEGIN
        INSERT INTO standing_order_runs (order_id, due_on, version, payment_id, state)
        VALUES (of_order, due, used_version, p.payment_id, 'BEGUN');
    EXCEPTION WHEN unique_violation THEN
        PERFORM refuse_mandate('standing_order_mismatch');  -- the date is settled, or another payment's
    END;
    code := hold_payment(p.payment_id, p.version);
    IF code <> 'ok' THEN PERFORM refuse_mandate(code); END IF;
    RETURN QUERY SELECT * FROM payments WHERE payment_id = p.payment_id;
END $$;

-- What became of a due date, with what its customer is told of it. PAID and SKIPPED are the ledger's truth: neither is
-- believed against it. `stops`: the order is paused with it, by the bank. 'ok' for a repeat, too.
CREATE FUNCTION settle_run(of_order text, due date, new_state text, code text, stops text, words text,
    deliver timestamptz) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE o standing_orders; r standing_order_runs; p payments; now_at timestamptz := clock_timestamp();
BEGIN
    SELECT x.* INTO p FROM payments x JOIN standing_order_runs USING (payment_id)
    WHERE order_id = of_order AND due_on = due FOR NO KEY UPDATE OF x;
    PERFORM revise_standing_account(of_order);
    SELECT * INTO o FROM standing_orders WHERE order_id = of_order FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'standing_order_not_found'; END IF;
    SELECT * INTO r FROM standing_order_runs WHERE order_id = of_order AND due_on = due;
    IF r.state IN ('PAID', 'SKIPPED') THEN RETURN 'ok'; END IF;
    IF p.payment_id IS DISTINCT FROM r.payment_id THEN RETURN 'standing_order_mismatch'; END IF;  -- begun this moment
    IF (new_state = 'PAID') <> (coalesce(p.state, '') = 'COMPLETED') OR NOT coalesce(is_final(p.state), true) THEN
        RETURN 'standing_order_mismatch';
    END IF;
    INSERT INTO standing_order_runs (order_id, due_on, version, payment_id, state, error_code, settled_at)
    VALUES (of_order, due, greatest(o.version, 1), r.payment_id, new_state, code, now_at)
    ON CONFLICT (order_id, due_on) DO UPDATE SET state = new_state, error_code = code, settled_at = now_at;
    UPDATE standing_orders SET due_from = greatest(due_from, due + 1),
        state = CASE WHEN stops <> '' AND state = 'ACTIVE' THEN 'PAUSED' ELSE state END,
        error_code = CASE WHEN stops <> '' AND state = 'ACTIVE' THEN stops ELSE error_code END
    WHERE order_id = of_order;
    UPDATE payments SET told_in = 'standing order' WHERE payment_id = r.payment_id AND told_in = '';
    PERFORM emit_standing_order(of_order, CASE new_state WHEN 'PAID' THEN 'standing_order.paid'
        ELSE 'standing_order.skipped' END, due::text, jsonb_build_object('due_on', due, 'run', new_state,
        'payment_id', coalesce(r.payment_id, ''), 'run_error_code', code));
    IF words <> '' THEN
        INSERT INTO alert_firings (order_id, key, user_id, said, detail, fired_at, deliver_at, kept_back)
        VALUES (of_order, due::text, o.user_id, words, jsonb_build_object('due_on', due, 'run', new_state,
            'error_code', code), now_at, deliver, deliver > now_at)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN 'ok';
END $$;

-- By its workflow: it has seen how the order stands, and which dates come next.
CREATE FUNCTION heed_standing_order(id text, seen integer, dates date[]) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM standing_orders WHERE order_id = id AND coming <> dates) THEN
        PERFORM revise_standing_account(id);
    END IF;
    UPDATE standing_orders SET heard = greatest(heard, least(seen, step)), coming = dates
    WHERE order_id = id AND (heard < least(seen, step) OR coming <> dates);
END $$;

CREATE FUNCTION finish_standing_order(id text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE o standing_orders;
BEGIN
    PERFORM revise_standing_account(id);
    SELECT * INTO o FROM standing_orders WHERE order_id = id FOR NO KEY UPDATE;
    IF NOT FOUND OR o.state <> 'ACTIVE' THEN RETURN o.state; END IF;
    UPDATE standing_orders SET state = 'COMPLETED', ended_at = now(), coming = '{}', heard = step WHERE order_id = id;
    PERFORM emit_standing_order(id, 'standing_order.completed', o.version::text, '{}');
    RETURN 'COMPLETED';
END $$;
