-- As before; but that a due date was paid does not tell that its payment came back since. A rail can send it back before
-- the order has heard that it went out.
CREATE OR REPLACE FUNCTION settle_run(of_order text, due date, new_state text, code text, stops text, words text,
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
    UPDATE payments SET told_in = 'standing order'
    WHERE payment_id = r.payment_id AND told_in = '' AND returned_at IS NULL;
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
