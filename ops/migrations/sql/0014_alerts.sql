-- Alerts and reminders. Their workflows decide when; here is kept what each has said, once for each crossing, event or
-- occurrence. As before: one call, one transaction; 'ok' or a code of domain/errors/, having then changed nothing.

CREATE TABLE alerts (
    alert_id     text PRIMARY KEY,
    user_id      text NOT NULL REFERENCES users,
    tenant_id    text NOT NULL,
    customer_ref text NOT NULL,
    session_id   text NOT NULL DEFAULT '',
    digest       text NOT NULL,
    version      integer NOT NULL DEFAULT 1 CHECK (version >= 1),
    state        text NOT NULL DEFAULT 'DRAFT' CHECK (state IN ('DRAFT', 'ACTIVE', 'PAUSED', 'DELETED')),
    kind         text NOT NULL DEFAULT '' CHECK (kind IN (
        '', 'low_balance', 'large_transaction', 'payment_due', 'deposit_received', 'reminder')),
    account_id   text REFERENCES accounts,  -- null: any of the customer's
    terms        jsonb NOT NULL DEFAULT '{}',
    missing      text[] NOT NULL DEFAULT '{}',
    active_since timestamptz,  -- what happened before that is no concern of these terms
    created_at   timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    CHECK (state IN ('DRAFT', 'DELETED') OR (kind <> '' AND cardinality(missing) = 0)),
    CHECK ((deleted_at IS NULL) = (state <> 'DELETED'))
) WITH (fillfactor = 80);
CREATE INDEX alerts_of_user ON alerts (user_id, created_at) WHERE state <> 'DELETED';
CREATE INDEX alerts_watching ON alerts (user_id) WHERE state = 'ACTIVE'
    AND kind IN ('low_balance', 'large_transaction', 'deposit_received');

-- What an alert has said. `key` names the crossing, the event or the occurrence; nobody gets it said twice.
CREATE TABLE alert_firings (
    firing_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id    text NOT NULL REFERENCES alerts,
    key         text NOT NULL,
    user_id     text NOT NULL REFERENCES users,
    said        text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}',
    fired_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    deliver_at  timestamptz NOT NULL,
    kept_back   boolean NOT NULL,  -- by quiet hours
    released_at timestamptz,
    told_in     text NOT NULL DEFAULT '',  -- the session in which it was spoken
    UNIQUE (alert_id, key)
) WITH (fillfactor = 80);
CREATE INDEX alert_firings_due ON alert_firings (deliver_at) WHERE released_at IS NULL;
CREATE INDEX alert_firings_untold ON alert_firings (user_id, firing_id) WHERE told_in = '';

-- How a customer wants to be told. No row: no quiet hours, and the way that their codes take.
CREATE TABLE alert_choices (
    user_id    text PRIMARY KEY REFERENCES users,
    quiet_from time,
    quiet_to   time,
    zone       text NOT NULL DEFAULT 'UTC',
    ways       text[] CHECK (ways <@ ARRAY['sms', 'email']),
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);

-- Messages that are to be taken to a customer, each by one way.
CREATE TABLE alert_messages (
    message_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      text NOT NULL REFERENCES users,
    channel      text NOT NULL CHECK (channel IN ('sms', 'email')),
    said         text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    tried_at     timestamptz,
    tries        integer NOT NULL DEFAULT 0,
    delivered_at timestamptz
);
CREATE INDEX alert_messages_waiting ON alert_messages (message_id) WHERE delivered_at IS NULL;

-- How far the ledger's events were taken to the alerts, and until when somebody is at it.
CREATE TABLE alert_feed (
    one_row      boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    seq          bigint NOT NULL,
    leased_until timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO alert_feed (seq) SELECT coalesce(max(seq), 0) FROM outbox;
CREATE INDEX outbox_postings ON outbox (seq) WHERE kind = 'account.posted';

CREATE FUNCTION alerts_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'DELETED' OR (NEW.alert_id, NEW.user_id) <> (OLD.alert_id, OLD.user_id)
        OR (OLD.state <> 'DRAFT' AND NEW.kind <> OLD.kind) THEN
        RAISE EXCEPTION 'alert % is %', OLD.alert_id, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alerts_guard BEFORE UPDATE ON alerts FOR EACH ROW EXECUTE FUNCTION alerts_kept();
CREATE TRIGGER alerts_stay BEFORE DELETE OR TRUNCATE ON alerts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_firings_stay BEFORE DELETE OR TRUNCATE ON alert_firings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An entry's account is brought up to date before the entry is written and stays locked until the commit, so the balance
-- read here is the one after this entry and no other: a crossing is a property of one event, whatever the order or
-- number of times that events are delivered in. Where nobody watches, two look-ups by index are all that it costs.
CREATE FUNCTION tell_watchers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE a accounts;
BEGIN
    SELECT * INTO a FROM accounts WHERE account_id = NEW.account_id;
    IF a.user_id IS NULL OR NOT EXISTS (SELECT FROM alerts w WHERE w.user_id = a.user_id AND w.state = 'ACTIVE'
            AND w.kind IN ('low_balance', 'large_transaction', 'deposit_received')
            AND coalesce(w.account_id, a.account_id) = a.account_id) THEN
        RETURN NULL;
    END IF;
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES ('account.posted', a.user_id, '', a.account_id,
        'account.posted:' || NEW.transfer_id || ':' || NEW.account_id, jsonb_build_object(
        'transfer_id', NEW.transfer_id, 'account_id', a.account_id, 'account', lower(a.name),
        'amount_minor', NEW.amount_minor, 'before_minor', a.balance_minor - NEW.amount_minor,
        'after_minor', a.balance_minor, 'currency', NEW.currency, 'counterparty', NEW.counterparty));
    RETURN NULL;
END $$;
CREATE TRIGGER entries_told AFTER INSERT ON entries FOR EACH ROW EXECUTE FUNCTION tell_watchers();

-- As it was, but the balances first: see above.
CREATE OR REPLACE FUNCTION book(key text, debit text, credit text, minor bigint, purpose text, booked_at timestamptz)
RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE new_id bigint; money text; debit_name text; credit_name text;
BEGIN
    PERFORM FROM accounts WHERE account_id IN (debit, credit) ORDER BY account_id FOR NO KEY UPDATE;
    SELECT currency, name INTO STRICT money, debit_name FROM accounts WHERE account_id = debit;
    SELECT name INTO STRICT credit_name FROM accounts WHERE account_id = credit;
    INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency, created_at)
    VALUES (key, 'book', 'posted', debit, credit, minor, money, booked_at)
    ON CONFLICT (payment_id, version, step) DO NOTHING RETURNING transfer_id INTO new_id;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE accounts SET balance_minor = balance_minor + CASE account_id WHEN debit THEN -minor ELSE minor END
    WHERE account_id IN (debit, credit);
    INSERT INTO entries (transfer_id, account_id, amount_minor, currency, counterparty, description, created_at) VALUES
        (new_id, debit, -minor, money, credit_name, purpose, booked_at),
        (new_id, credit, minor, money, debit_name, purpose, booked_at);
    RETURN true;
END $$;

CREATE FUNCTION emit_alert(a alerts, event text, key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES (event, a.user_id, a.session_id, a.alert_id, event || ':' || key, jsonb_build_object(
        'alert_id', a.alert_id, 'state', a.state, 'kind', a.kind, 'version', a.version, 'terms', a.terms - 'account_id'));
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (a.user_id, event, a.alert_id, jsonb_build_object('version', a.version, 'kind', a.kind));
END $$;

CREATE FUNCTION open_alert(plan jsonb, content_digest text, most integer) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a alerts; u users;
BEGIN
    SELECT * INTO u FROM users WHERE user_id = plan ->> 'user_id' FOR NO KEY UPDATE;  -- one at a time: they are counted
    IF NOT FOUND THEN RETURN 'unauthenticated'; END IF;
    SELECT * INTO a FROM alerts WHERE alert_id = plan ->> 'alert_id';
    IF FOUND THEN
        RETURN CASE WHEN a.user_id <> u.user_id THEN 'alert_not_found'
            WHEN a.digest <> content_digest THEN 'idempotency_conflict' ELSE 'ok' END;
    END IF;
    IF (SELECT count(*) FROM alerts WHERE user_id = u.user_id AND state <> 'DELETED') >= most THEN
        RETURN 'too_many_alerts';
    END IF;
    INSERT INTO alerts (alert_id, user_id, tenant_id, customer_ref, session_id, digest)
    VALUES (plan ->> 'alert_id', u.user_id, u.tenant_id, u.customer_ref, coalesce(plan ->> 'session_id', ''),
        content_digest)
    ON CONFLICT (alert_id) DO NOTHING;
    IF NOT FOUND THEN RETURN 'alert_not_found'; END IF;  -- somebody else's, this moment
    RETURN 'ok';
END $$;

-- By its workflow, which numbers the versions: a repeat of one changes nothing.
CREATE FUNCTION save_alert(id text, new_version integer, new_state text, plan jsonb) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a alerts; event text;
BEGIN
    SELECT * INTO a FROM alerts WHERE alert_id = id FOR UPDATE;
    IF NOT FOUND THEN RETURN 'alert_not_found'; END IF;
    IF a.version >= new_version AND a.state = new_state THEN RETURN 'ok'; END IF;
    IF a.state = 'DELETED' THEN RETURN 'alert_closed'; END IF;
    event := CASE WHEN new_state = 'DELETED' THEN 'alert.deleted' WHEN new_state = 'PAUSED' THEN 'alert.paused'
        WHEN new_state = 'ACTIVE' AND a.state <> 'ACTIVE' THEN 'alert.active' ELSE 'alert.changed' END;
    UPDATE alerts SET version = new_version, state = new_state, kind = coalesce(plan ->> 'kind', kind),
        account_id = nullif(plan ->> 'account_id', ''), terms = plan -> 'terms',
        missing = ARRAY(SELECT jsonb_array_elements_text(plan -> 'missing')),
        active_since = CASE WHEN new_state = 'ACTIVE' THEN clock_timestamp() END,
        deleted_at = CASE WHEN new_state = 'DELETED' THEN clock_timestamp() END
    WHERE alert_id = id RETURNING * INTO a;
    PERFORM emit_alert(a, event, id || ':' || new_version || ':' || new_state);
    RETURN 'ok';
END $$;

-- Said once for each key, and by an active alert alone: the row lock puts a pause, or the end, before or after it.
CREATE FUNCTION fire_alert(id text, of_key text, words text, about jsonb, happened timestamptz, fires_at timestamptz,
    due timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a alerts; new_id bigint;
BEGIN
    SELECT * INTO a FROM alerts WHERE alert_id = id FOR SHARE;
    IF NOT FOUND OR a.state <> 'ACTIVE' OR happened < a.active_since THEN RETURN NULL; END IF;
    INSERT INTO alert_firings (alert_id, key, user_id, said, detail, fired_at, deliver_at, kept_back)
    VALUES (id, of_key, a.user_id, words, about, fires_at, due, due > fires_at)
    ON CONFLICT (alert_id, key) DO NOTHING RETURNING firing_id INTO new_id;
    IF FOUND THEN
        INSERT INTO audit (actor, action, subject_id, detail)
        VALUES (a.user_id, 'alert.fired', id, jsonb_build_object('key', of_key, 'version', a.version));
    END IF;
    RETURN new_id;
END $$;

-- What is due goes out as one event and one message a way. All of them or none: another worker may be at it.
CREATE FUNCTION release_firings(ids bigint[], words text, usual_way text) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one alert_firings; waiting integer; chosen text[];
BEGIN
    PERFORM FROM alert_firings WHERE firing_id = ANY (ids) AND released_at IS NULL ORDER BY firing_id FOR UPDATE;
    GET DIAGNOSTICS waiting = ROW_COUNT;
    IF waiting <> cardinality(ids) OR waiting = 0 THEN RETURN false; END IF;
    UPDATE alert_firings SET released_at = clock_timestamp() WHERE firing_id = ANY (ids);
    SELECT * INTO STRICT one FROM alert_firings WHERE firing_id = ids[cardinality(ids)];
    INSERT INTO outbox (kind, user_id, session_id, subject_id, dedupe_key, body)
    VALUES ('alert.fired', one.user_id, '', one.alert_id, 'alert.fired:' || one.firing_id, jsonb_build_object(
        'alert_id', one.alert_id, 'text', words, 'fired_at', one.fired_at, 'count', waiting, 'detail', one.detail));
    SELECT coalesce(c.ways, ARRAY[coalesce(nullif(u.code_channel, ''), usual_way)]) INTO chosen
    FROM users u LEFT JOIN alert_choices c USING (user_id) WHERE u.user_id = one.user_id;
    INSERT INTO alert_messages (user_id, channel, said)
    SELECT u.user_id, way, words FROM users u, unnest(chosen) way
    WHERE u.user_id = one.user_id AND CASE way WHEN 'email' THEN u.email ELSE u.phone END <> '';
    RETURN true;
END $$;

-- The oldest that wait, lent for a minute: a worker that dies leaves them to the next. After ten tries, or a day, no more.
CREATE FUNCTION take_alert_messages(most integer) RETURNS SETOF alert_messages LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE alert_messages SET tried_at = clock_timestamp(), tries = tries + 1 WHERE message_id IN (
        SELECT message_id FROM alert_messages
        WHERE delivered_at IS NULL AND tries < 10 AND created_at > now() - interval '1 day'
            AND (tried_at IS NULL OR tried_at < now() - interval '1 minute')
        ORDER BY message_id LIMIT most FOR UPDATE SKIP LOCKED)
    RETURNING *;
$$;

CREATE FUNCTION note_alert_message(id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE alert_messages SET delivered_at = clock_timestamp() WHERE message_id = id AND delivered_at IS NULL;
$$;

-- The next of the ledger's events, while nobody else is at them. Who dies leaves them to the next after `lease_s`.
CREATE FUNCTION take_postings(most integer, lease_s double precision) RETURNS SETOF outbox LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE last_seq bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM outbox o, alert_feed f WHERE o.kind = 'account.posted' AND o.seq > f.seq) THEN
        RETURN;
    END IF;
    UPDATE alert_feed SET leased_until = clock_timestamp() + make_interval(secs => lease_s)
    WHERE leased_until < clock_timestamp() RETURNING seq INTO last_seq;
    IF NOT FOUND THEN RETURN; END IF;
    RETURN QUERY SELECT * FROM outbox WHERE kind = 'account.posted' AND seq > last_seq ORDER BY seq LIMIT most;
END $$;

CREATE FUNCTION note_postings(upto bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE alert_feed SET seq = greatest(seq, upto), leased_until = '-infinity';
$$;

-- What nobody has told this customer of yet is this session's to tell; the same session gets the same again.
CREATE FUNCTION take_alert_news(of_user text, session text) RETURNS SETOF alert_firings LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE alert_firings SET told_in = session
    WHERE user_id = of_user AND told_in = '' AND released_at > now() - interval '30 days';
    SELECT * FROM alert_firings WHERE user_id = of_user AND told_in = session ORDER BY firing_id;
$$;

CREATE FUNCTION mark_alerts_told(ids bigint[], session text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE alert_firings SET told_in = session WHERE firing_id = ANY (ids) AND told_in = '';
$$;

-- Conversations in which somebody was there of late.
CREATE FUNCTION open_conversations(of_user text) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT session_id FROM sessions
    WHERE user_id = of_user AND ended_at IS NULL AND last_seen_at > now() - interval '1 hour'
    ORDER BY last_seen_at DESC LIMIT 5;
$$;

-- Without quiet hours nothing is kept back any longer.
CREATE FUNCTION choose_alerts(of_user text, begins time, ends time, in_zone text, by_ways text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO alert_choices (user_id, quiet_from, quiet_to, zone, ways)
    VALUES (of_user, begins, ends, in_zone, by_ways)
    ON CONFLICT (user_id) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
        zone = excluded.zone, ways = excluded.ways;
    INSERT INTO audit (actor, action, subject_id, detail) VALUES (of_user, 'alerts.chosen', of_user,
        jsonb_build_object('quiet_from', begins, 'quiet_to', ends, 'zone', in_zone, 'ways', by_ways));
    IF begins IS NULL THEN
        UPDATE alert_firings SET deliver_at = now() WHERE user_id = of_user AND released_at IS NULL;
    END IF;
END $$;

CREATE VIEW alerts_shown AS
    SELECT a.alert_id, a.user_id, a.state, a.kind, a.version, a.terms, a.missing, a.created_at,
        count(f.firing_id) AS fired, max(f.fired_at) AS last_fired_at
    FROM alerts a LEFT JOIN alert_firings f USING (alert_id) GROUP BY a.alert_id;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT SELECT ON alerts_shown, alert_choices TO countersign_worker, countersign_api, countersign_mcp;
GRANT SELECT ON alerts, alert_firings TO countersign_worker;
GRANT EXECUTE ON FUNCTION open_alert, save_alert, fire_alert, release_firings, take_alert_messages, note_alert_message,
    take_postings, note_postings, take_alert_news, mark_alerts_told, open_conversations TO countersign_worker;
GRANT EXECUTE ON FUNCTION choose_alerts TO countersign_api, countersign_mcp;
