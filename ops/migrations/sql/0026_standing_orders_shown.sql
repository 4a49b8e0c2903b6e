-- Standing orders as they are shown and told, and who may do what.

CREATE VIEW standing_orders_shown AS
    SELECT o.order_id, o.user_id, o.state, o.error_code, o.created_at, t.version, t.amount_minor, t.amount, t.currency,
        t.payee_name, t.account_name, t.every, t.first_on, t.ends_on, t.zone, t.schedule, t.terms_hash,
        CASE o.state WHEN 'ACTIVE' THEN o.coming[1] END AS next_on, l.due_on AS last_on, l.state AS last_state,
        (SELECT count(*) FROM standing_order_runs x WHERE x.order_id = o.order_id AND x.state = 'PAID') AS runs
    FROM standing_orders o
    JOIN standing_order_terms t ON t.order_id = o.order_id AND t.version = greatest(o.version, 1)
    LEFT JOIN LATERAL (SELECT r.due_on, r.state FROM standing_order_runs r
        WHERE r.order_id = o.order_id AND r.state <> 'BEGUN' ORDER BY r.due_on DESC LIMIT 1) l ON true;

CREATE VIEW standing_order_runs_shown AS
    SELECT o.user_id, r.order_id, r.due_on, r.state, coalesce(r.payment_id, '') AS payment_id, r.error_code, r.settled_at
    FROM standing_order_runs r JOIN standing_orders o USING (order_id);

-- As it was, and what standing orders will take.
CREATE OR REPLACE VIEW scheduled_shown AS
    SELECT a.user_id, s.payee, s.amount_minor, s.currency, s.due_on, a.account_id, a.name AS account, s.kind,
        s.scheduled_id AS subject_id
    FROM scheduled_payments s JOIN accounts a USING (account_id) WHERE s.cancelled_at IS NULL
    UNION ALL
    SELECT a.user_id, a.name, l.instalment_minor, a.currency, (l.next_due + make_interval(months => n))::date,
        f.account_id, f.name, 'instalment', l.account_id
    FROM loans l JOIN accounts a USING (account_id) JOIN accounts f ON f.account_id = l.pays_from,
        LATERAL generate_series(0, least(l.instalments_left, 13) - 1) n
    WHERE a.closed_at IS NULL
    UNION ALL
    SELECT a.user_id, a.name, least(c.minimum_minor, -a.balance_minor), a.currency, c.payment_due, f.account_id, f.name,
        'bill', c.account_id
    FROM credit_terms c JOIN accounts a USING (account_id) JOIN accounts f ON f.account_id = c.pays_from
    WHERE a.closed_at IS NULL AND a.balance_minor < 0 AND c.minimum_minor > 0
    UNION ALL
    SELECT o.user_id, t.payee_name, t.amount_minor, t.currency, due_on, a.account_id, a.name, 'standing', o.order_id
    FROM standing_orders o
    JOIN standing_order_terms t ON t.order_id = o.order_id AND t.version = o.version
    JOIN accounts a ON a.account_id = t.account_id, unnest(o.coming) AS due_on
    WHERE o.state = 'ACTIVE';

-- What a standing order has to say is told as what an alert has to say: after quiet hours, in an open conversation, by
-- message, and in the next greeting.
ALTER TABLE alert_firings
    ALTER COLUMN alert_id DROP NOT NULL,
    ADD COLUMN order_id text REFERENCES standing_orders,
    ADD CONSTRAINT alert_firings_of_one CHECK (num_nonnulls(alert_id, order_id) = 1);
CREATE UNIQUE INDEX alert_firings_of_order ON alert_firings (order_id, key) WHERE order_id IS NOT NULL;

CREATE OR REPLACE FUNCTION release_firings(ids bigint[], words text, usual_way text) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one alert_firings; waiting integer; chosen text[];
BEGIN
    PERFORM FROM alert_firings WHERE firing_id = ANY (ids) AND released_at IS NULL ORDER BY firing_id FOR UPDATE;
    GET DIAGNOSTICS waiting = ROW_COUNT;
    IF waiting <> cardinality(ids) OR waiting = 0 THEN RETURN false; END IF;
    UPDATE alert_firings SET released_at = clock_timestamp() WHERE firing_id = ANY (ids);
    SELECT * INTO STRICT one FROM alert_firings WHERE firing_id = ids[cardinality(ids)];
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (CASE WHEN one.alert_id IS NULL THEN 'standing_order.told' ELSE 'alert.fired' END, one.user_id, '',
        coalesce(one.alert_id, one.order_id), 'alert.fired:' || one.firing_id, jsonb_build_object(
        CASE WHEN one.alert_id IS NULL THEN 'order_id' ELSE 'alert_id' END, coalesce(one.alert_id, one.order_id),
        'text', words, 'fired_at', one.fired_at, 'count', waiting, 'detail', one.detail));
    SELECT coalesce(c.ways, ARRAY[coalesce(nullif(u.code_channel, ''), usual_way)]) INTO chosen
    FROM users u LEFT JOIN alert_choices c USING (user_id) WHERE u.user_id = one.user_id;
    INSERT INTO alert_messages (user_id, channel, said)
    SELECT u.user_id, way, words FROM users u, unnest(chosen) way
    WHERE u.user_id = one.user_id AND CASE way WHEN 'email' THEN u.email ELSE u.phone END <> '';
    RETURN true;
END $$;

-- Of a payment over the rail the last moment is the one before it is sent.
CREATE FUNCTION send_for_standing_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE bar text := standing_bar(NEW.payment_id);
BEGIN
    IF bar IS NOT NULL THEN PERFORM refuse_mandate(bar); END IF;
    RETURN NULL;
END $$;
DO $$ BEGIN
    IF to_regclass('rail_payments') IS NOT NULL THEN
        CREATE TRIGGER rail_payments_for_standing_order AFTER INSERT ON rail_payments
            FOR EACH ROW EXECUTE FUNCTION send_for_standing_order();
    END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT SELECT ON standing_orders, standing_order_terms, standing_order_runs TO countersign_worker;
GRANT SELECT ON standing_orders_shown TO countersign_worker, countersign_api, countersign_mcp;
GRANT SELECT ON standing_order_runs_shown TO countersign_api, countersign_mcp;
GRANT SELECT (order_id, version, countersigns, outcome) ON standing_order_terms TO countersign_api;
GRANT SELECT (order_id, outcome) ON standing_order_terms TO countersign_mcp;
GRANT SELECT (order_id, step, heard, stepped_at) ON standing_orders TO countersign_api;
GRANT EXECUTE ON FUNCTION plan_standing_order, sign_standing_order, drop_standing_terms, open_run, settle_run,
    heed_standing_order, finish_standing_order TO countersign_worker;
GRANT EXECUTE ON FUNCTION step_standing_order TO countersign_worker, countersign_api, countersign_mcp;
