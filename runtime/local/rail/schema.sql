CREATE TABLE IF NOT EXISTS payments (
    seq          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    key          text PRIMARY KEY,
    digest       text NOT NULL,
    asked_minor  bigint NOT NULL,
    amount_minor bigint NOT NULL,
    currency     text NOT NULL,
    creditor     jsonb NOT NULL,
    debtor       jsonb NOT NULL,
    status       text NOT NULL CHECK (status IN ('pending', 'settled', 'refused', 'barred', 'returned')),
    rail_ref     text NOT NULL,
    reason       text NOT NULL DEFAULT '',
    next_status  text,
    next_at      timestamptz,
    loud         integer NOT NULL DEFAULT 0,  -- how many events tell of what comes next, each so often
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS payments_due ON payments (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS asked (key text PRIMARY KEY, account text NOT NULL, name text NOT NULL);
CREATE TABLE IF NOT EXISTS behaviours (whom text PRIMARY KEY, mode text NOT NULL, after_s double precision NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    event_id   text PRIMARY KEY,
    body       text NOT NULL,
    copies     integer NOT NULL,
    tries      integer NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS events_due ON events (due_at) WHERE copies > 0;
