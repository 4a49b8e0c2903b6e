-- What a customer asks about: loans, the terms of credit cards, cards on their way, and payments that are to come.

-- Counts whatever changes an account or its terms, in the same transaction: what was remembered of a customer under
-- another sum of these is old. Nothing else would do: the bank's own bookings write no event, a payment's event names
-- its payer alone, and an event reaches its readers after the commit.
ALTER TABLE accounts ADD COLUMN revision bigint NOT NULL DEFAULT 1;
CREATE FUNCTION count_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_revised BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION count_revision();

CREATE FUNCTION is_kind(id text, wanted text) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM accounts WHERE account_id = id AND kind = wanted AND user_id IS NOT NULL);

-- What is owed is the account's own balance. `rate_bp`: a year's interest in hundredths of a per cent. Instalments
-- follow each other by months, from `next_due` on.
CREATE TABLE loans (
    account_id       text PRIMARY KEY REFERENCES accounts,
    principal_minor  bigint NOT NULL CHECK (principal_minor > 0),
    rate_bp          integer NOT NULL CHECK (rate_bp BETWEEN 0 AND 100000),
    instalment_minor bigint NOT NULL CHECK (instalment_minor > 0),
    next_due         date,
    instalments_left integer NOT NULL CHECK (instalments_left BETWEEN 0 AND 1200),
    pays_from        text REFERENCES accounts,
    CHECK ((next_due IS NULL) = (instalments_left = 0))
);

-- The limit is the account's overdraft limit. `pays_from` null: the customer pays by hand.
CREATE TABLE credit_terms (
    account_id    text PRIMARY KEY REFERENCES accounts,
    payment_due   date NOT NULL,
    minimum_minor bigint NOT NULL CHECK (minimum_minor >= 0),
    pays_from     text REFERENCES accounts
);

CREATE TABLE cards (
    card_id    text PRIMARY KEY,
    user_id    text NOT NULL REFERENCES users,
    account_id text NOT NULL REFERENCES accounts,
    kind       text NOT NULL CHECK (kind IN ('debit', 'credit')),
    last4      text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX cards_of_user ON cards (user_id);

-- A card is sent again where it comes back or is lost: the last one counts.
CREATE TABLE card_deliveries (
    card_id      text NOT NULL REFERENCES cards,
    number       integer NOT NULL CHECK (number >= 1),
    status       text NOT NULL CHECK (status IN ('ordered', 'produced', 'shipped', 'delivered', 'returned')),
    ordered_on   date NOT NULL,
    produced_on  date CHECK (produced_on >= ordered_on),
    shipped_on   date CHECK (shipped_on >= ordered_on),
    expected_on  date CHECK (expected_on >= ordered_on),
    delivered_on date CHECK (delivered_on >= shipped_on),
    returned_on  date CHECK (returned_on >= shipped_on),
    carrier      text NOT NULL DEFAULT '',
    tracking     text NOT NULL DEFAULT '',
    PRIMARY KEY (card_id, number),
    CHECK (status NOT IN ('shipped', 'delivered', 'returned') OR (shipped_on IS NOT NULL AND carrier <> '')),
    CHECK ((status = 'delivered') = (delivered_on IS NOT NULL)),
    CHECK ((status = 'returned') = (returned_on IS NOT NULL))
);

-- One row a payment. Instalments of loans are none of these: they follow from the loan.
CREATE TABLE scheduled_payments (
    scheduled_id text PRIMARY KEY,
    account_id   text NOT NULL,
    payee        text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency     text NOT NULL,
    due_on       date NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('bill', 'standing')),
    cancelled_at timestamptz,
    FOREIGN KEY (account_id, currency) REFERENCES accounts (account_id, currency)
);
CREATE INDEX scheduled_payments_due ON scheduled_payments (account_id, due_on) WHERE cancelled_at IS NULL;

CREATE FUNCTION fit_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_kind(NEW.account_id, TG_ARGV[0]) THEN
        RAISE EXCEPTION 'account % is no %', NEW.account_id, TG_ARGV[0] USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER loans_fit BEFORE INSERT OR UPDATE OF account_id ON loans
    FOR EACH ROW EXECUTE FUNCTION fit_terms('loan');
CREATE TRIGGER credit_terms_fit BEFORE INSERT OR UPDATE OF account_id ON credit_terms
    FOR EACH ROW EXECUTE FUNCTION fit_terms('credit card');

-- What is remembered of a customer's terms is as old as what is remembered of their balance.
CREATE FUNCTION revise_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts SET revision = revision WHERE account_id IN (OLD.account_id, NEW.account_id);
    RETURN NULL;
END $$;
CREATE TRIGGER loans_revised AFTER INSERT OR UPDATE OR DELETE ON loans
    FOR EACH ROW EXECUTE FUNCTION revise_account();
CREATE TRIGGER credit_terms_revised AFTER INSERT OR UPDATE OR DELETE ON credit_terms
    FOR EACH ROW EXECUTE FUNCTION revise_account();
CREATE TRIGGER scheduled_payments_revised AFTER INSERT OR UPDATE OR DELETE ON scheduled_payments
    FOR EACH ROW EXECUTE FUNCTION revise_account();

CREATE VIEW loans_shown AS
    SELECT a.user_id, a.account_id, a.name, a.currency, -a.balance_minor AS outstanding_minor, l.rate_bp,
        l.instalment_minor, l.next_due, l.instalments_left
    FROM loans l JOIN accounts a USING (account_id) WHERE a.closed_at IS NULL;

CREATE VIEW credit_shown AS
    SELECT a.user_id, a.account_id, a.name, a.currency, a.overdraft_limit_minor AS limit_minor,
        greatest(-a.balance_minor, 0) AS owed_minor,
        a.balance_minor - a.held_minor + a.overdraft_limit_minor AS available_minor, c.payment_due, c.minimum_minor
    FROM accounts a LEFT JOIN credit_terms c USING (account_id)
    WHERE a.kind = 'credit card' AND a.closed_at IS NULL;

CREATE VIEW cards_shown AS
    SELECT c.user_id, c.card_id, c.kind, c.last4, d.status, d.ordered_on, d.produced_on, d.shipped_on, d.expected_on,
        d.delivered_on, d.returned_on, d.carrier, d.tracking
    FROM cards c, LATERAL (SELECT * FROM card_deliveries d WHERE d.card_id = c.card_id
                           ORDER BY d.number DESC LIMIT 1) d;

-- Everything that will be taken from a customer's accounts: what is scheduled, the instalments of loans for a year, and
-- what a credit card takes by itself. A day that is past is no reason to leave one out: whoever reads says from when.
CREATE VIEW scheduled_shown AS
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
    WHERE a.closed_at IS NULL AND a.balance_minor < 0 AND c.minimum_minor > 0;

-- "At City Power": an account's lines by name, and which names there are.
CREATE INDEX entries_of_counterparty ON entries (account_id, counterparty, created_at);

GRANT SELECT ON loans_shown, credit_shown, cards_shown, scheduled_shown TO countersign_mcp;
GRANT SELECT ON loans_shown, credit_shown, scheduled_shown TO countersign_worker;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
