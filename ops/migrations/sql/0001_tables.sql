-- Amounts are bigint minor units beside their ISO 4217 currency. An account's balance is the sum of its entries and its
-- held amount the sum of its open holds; both are kept in the same transaction as what they sum up.

CREATE TABLE users (
    user_id       text PRIMARY KEY,
    username      text NOT NULL UNIQUE CHECK (username = lower(username)),
    display_name  text NOT NULL,
    role          text NOT NULL CHECK (role IN ('customer', 'supervisor', 'compliance', 'admin')),
    tenant_id     text NOT NULL,
    customer_ref  text NOT NULL UNIQUE,
    platform      text NOT NULL CHECK (platform IN ('web', 'mobile', 'phone')),
    phone         text NOT NULL,
    email         text NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE accounts (
    account_id            text PRIMARY KEY,
    user_id               text REFERENCES users,  -- null: not a customer of the demo's, or the bank itself
    kind                  text NOT NULL CHECK (kind IN ('checking', 'savings', 'credit card', 'loan', 'equity')),
    name                  text NOT NULL,
    currency              text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    balance_minor         bigint NOT NULL DEFAULT 0,
    held_minor            bigint NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
    overdraft_limit_minor bigint DEFAULT 0 CHECK (overdraft_limit_minor >= 0),  -- null: the bank's own, no limit
    closed_at             timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, currency),
    CONSTRAINT accounts_no_overdraft
        CHECK (overdraft_limit_minor IS NULL OR balance_minor - held_minor >= -overdraft_limit_minor),
    CONSTRAINT accounts_only_equity_unlimited CHECK (overdraft_limit_minor IS NOT NULL OR kind = 'equity')
) WITH (fillfactor = 50);  -- room for in-page updates of balances
CREATE INDEX accounts_of_user ON accounts (user_id);

CREATE TABLE payees (
    payee_id   text PRIMARY KEY,
    user_id    text NOT NULL REFERENCES users,
    name       text NOT NULL,
    account_id text NOT NULL REFERENCES accounts,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, name)
);

CREATE TABLE sessions (
    session_id   text PRIMARY KEY,
    user_id      text NOT NULL REFERENCES users,
    channel      text NOT NULL CHECK (channel IN ('voice', 'text')),
    platform     text NOT NULL,
    room_name    text NOT NULL DEFAULT '',
    started_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz
);
CREATE UNIQUE INDEX sessions_one_open_text ON sessions (user_id) WHERE channel = 'text' AND ended_at IS NULL;

CREATE TABLE payments (
    payment_id         text PRIMARY KEY,
    user_id            text NOT NULL REFERENCES users,
    tenant_id          text NOT NULL,
    customer_ref       text NOT NULL,
    session_id         text NOT NULL DEFAULT '',
    tool_call_id       text NOT NULL DEFAULT '',
    version            integer NOT NULL CHECK (version >= 1),
    amount_minor       bigint NOT NULL CHECK (amount_minor > 0),
    currency           text NOT NULL,
    amount             text NOT NULL,
    payer_account      text NOT NULL,
    payer_account_name text NOT NULL,
    payer_name         text NOT NULL,
    payee_account      text NOT NULL,
    payee_name         text NOT NULL,
    transaction_hash   text NOT NULL,
    countersigns       text[] NOT NULL,
    policy_version     text NOT NULL,
    reason             text NOT NULL,
    description        text NOT NULL DEFAULT '',
    digest             text NOT NULL,
    state              text NOT NULL DEFAULT 'CREATED' CHECK (state IN (
        'CREATED', 'SCREENING', 'AWAITING_CUSTOMER', 'AWAITING_SUPERVISOR', 'COOLING_OFF', 'EXECUTING',
        'COMPLETED', 'CANCELLED', 'EXPIRED', 'REJECTED', 'FAILED', 'UNKNOWN')),
    error_code         text NOT NULL DEFAULT '',
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    settled_at         timestamptz,
    CHECK (payer_account <> payee_account),
    FOREIGN KEY (payer_account, currency) REFERENCES accounts (account_id, currency),
    FOREIGN KEY (payee_account, currency) REFERENCES accounts (account_id, currency)
) WITH (fillfactor = 80);
CREATE INDEX payments_of_user ON payments (user_id, created_at DESC);

CREATE TABLE holds (
    payment_id   text PRIMARY KEY REFERENCES payments,
    account_id   text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency     text NOT NULL,
    state        text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'posted', 'voided', 'expired')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    released_at  timestamptz,
    CHECK ((state = 'held') = (released_at IS NULL))
) WITH (fillfactor = 80);

-- One row a step, written once. `payment_id` names the payment, or is the bank's own key for a booking without one.
CREATE TABLE transfers (
    transfer_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id     text NOT NULL,
    step           text NOT NULL CHECK (step IN ('hold', 'post', 'void', 'expire', 'book')),
    state          text NOT NULL CHECK (state IN ('pending', 'posted', 'voided', 'expired')),
    debit_account  text NOT NULL,
    credit_account text NOT NULL,
    amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
    currency       text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (payment_id, step),
    CHECK (debit_account <> credit_account)
);
CREATE UNIQUE INDEX transfers_one_end ON transfers (payment_id) WHERE step IN ('post', 'void', 'expire');

-- `amount_minor` is negative for money out of the account.
CREATE TABLE entries (
    transfer_id  bigint NOT NULL REFERENCES transfers,
    account_id   text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    currency     text NOT NULL,
    counterparty text NOT NULL,
    description  text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (transfer_id, account_id),
    FOREIGN KEY (account_id, currency) REFERENCES accounts (account_id, currency)
);
CREATE INDEX entries_of_account ON entries (account_id, created_at DESC, transfer_id DESC);

CREATE TABLE elicitations (
    elicitation_id text PRIMARY KEY,
    payment_id     text NOT NULL,
    user_id        text NOT NULL REFERENCES users,
    session_id     text NOT NULL,
    type           text NOT NULL,
    request        jsonb NOT NULL,
    state          text NOT NULL CHECK (state IN (
        'created', 'pending', 'processing', 'completed', 'expired', 'failed', 'cancelled')),
    tries          integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    secret         text NOT NULL DEFAULT '',
    counter        integer NOT NULL DEFAULT 0 CHECK (counter >= 0),
    response_id    text NOT NULL DEFAULT '',
    error_code     text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now(),
    closed_at      timestamptz
);
CREATE INDEX elicitations_open ON elicitations (user_id, created_at)
    WHERE state IN ('created', 'pending', 'processing');

-- Which messages were asked for; what they said is kept nowhere.
CREATE TABLE notifications (
    key            text PRIMARY KEY,
    user_id        text NOT NULL REFERENCES users,
    elicitation_id text NOT NULL REFERENCES elicitations,
    channel        text NOT NULL CHECK (channel IN ('sms')),
    created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE audit (
    audit_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor      text NOT NULL,
    action     text NOT NULL,
    subject_id text NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_of_subject ON audit (subject_id);

-- `seq` is given by the relay after commit: dense, in the order of publication, and never changed.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq        bigint UNIQUE,
    kind       text NOT NULL,
    user_id    text NOT NULL,
    session_id text NOT NULL,
    subject_id text NOT NULL,
    body       jsonb NOT NULL,
    dedupe_key text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);
CREATE INDEX outbox_unsequenced ON outbox (id) WHERE seq IS NULL;
CREATE INDEX outbox_of_user ON outbox (user_id, seq);
CREATE INDEX outbox_of_session ON outbox (session_id, seq);
