-- That a payment went back is told its customer as what an alert has to say is: after quiet hours, in an open
-- conversation, by message, and in the next greeting. The words and the hour are the worker's, in a step of its own.
ALTER TABLE alert_firings
    DROP CONSTRAINT alert_firings_of_one,
    ADD COLUMN payment_id text REFERENCES payments,
    ADD CONSTRAINT alert_firings_of_one CHECK (num_nonnulls(alert_id, order_id, payment_id) = 1),
    ADD CONSTRAINT alert_firings_worded CHECK (said <> '' OR released_at IS NULL);
CREATE UNIQUE INDEX alert_firings_of_payment ON alert_firings (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX alert_firings_unworded ON alert_firings (firing_id) WHERE said = '';

CREATE FUNCTION fire_reversal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO alert_firings (payment_id, key, user_id, said, detail, deliver_at, kept_back)
    SELECT payment_id, 'reversed', user_id, '', jsonb_build_object('amount', amount, 'currency', currency, 'payee',
        payee_name, 'account', payer_account_name, 'own', kind = 'own'), 'infinity', false
    FROM payments WHERE payment_id = NEW.reverses
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_reversal_fired AFTER UPDATE OF state ON payments FOR EACH ROW
    WHEN (NEW.reverses IS NOT NULL AND NEW.state = 'COMPLETED') EXECUTE FUNCTION fire_reversal();

-- Once: the first words stay.
CREATE FUNCTION word_firing(id bigint, words text, deliver timestamptz, kept boolean) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE alert_firings SET said = words, deliver_at = deliver, kept_back = kept WHERE firing_id = id AND said = '';
$$;

CREATE OR REPLACE FUNCTION release_firings(ids bigint[], words text, usual_way text) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one alert_firings; waiting integer; chosen text[]; event text; name text;
BEGIN
    PERFORM FROM alert_firings WHERE firing_id = ANY (ids) AND released_at IS NULL ORDER BY firing_id FOR UPDATE;
    GET DIAGNOSTICS waiting = ROW_COUNT;
    IF waiting <> cardinality(ids) OR waiting = 0 THEN RETURN false; END IF;
    UPDATE alert_firings SET released_at = clock_timestamp() WHERE firing_id = ANY (ids);
    SELECT * INTO STRICT one FROM alert_firings WHERE firing_id = ids[cardinality(ids)];
    event := CASE WHEN one.alert_id IS NOT NULL THEN 'alert.fired' WHEN one.order_id IS NOT NULL
        THEN 'standing_order.told' ELSE 'payment.told' END;
    name := CASE event WHEN 'alert.fired' THEN 'alert_id' WHEN 'standing_order.told' THEN 'order_id' ELSE 'payment_id' END;
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (event, one.user_id, '', coalesce(one.alert_id, one.order_id, one.payment_id),
        'alert.fired:' || one.firing_id, jsonb_build_object(name, coalesce(one.alert_id, one.order_id, one.payment_id),
        'text', words, 'fired_at', one.fired_at, 'count', waiting, 'detail', one.detail));
    SELECT coalesce(c.ways, ARRAY[coalesce(nullif(u.code_channel, ''), usual_way)]) INTO chosen
    FROM users u LEFT JOIN alert_choices c USING (user_id) WHERE u.user_id = one.user_id;
    INSERT INTO alert_messages (user_id, channel, said)
    SELECT u.user_id, way, words FROM users u, unnest(chosen) way
    WHERE u.user_id = one.user_id AND CASE way WHEN 'email' THEN u.email ELSE u.phone END <> '';
    RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION word_firing TO countersign_worker;
