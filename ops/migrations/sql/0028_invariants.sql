-- What the ledger's functions have always kept, kept by the database itself.

ALTER TABLE transfers ADD CONSTRAINT transfers_step_state CHECK (state = CASE step WHEN 'hold' THEN 'pending'
    WHEN 'void' THEN 'voided' WHEN 'expire' THEN 'expired' ELSE 'posted' END);
ALTER TABLE payments ADD CONSTRAINT payments_settled CHECK (is_final(state) = (settled_at IS NOT NULL));

CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holds_kept BEFORE DELETE OR TRUNCATE ON holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An entry is one side of its transfer, which was posted, and at the commit the other side is there, too.
CREATE OR REPLACE FUNCTION entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM transfers t WHERE t.transfer_id = NEW.transfer_id AND t.state = 'posted'
        AND t.currency = NEW.currency AND NEW.amount_minor = CASE NEW.account_id
            WHEN t.debit_account THEN -t.amount_minor WHEN t.credit_account THEN t.amount_minor END)
        OR (SELECT count(*) FROM entries WHERE transfer_id = NEW.transfer_id) <> 2 THEN
        RAISE EXCEPTION 'debits and credits of transfer % differ', NEW.transfer_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

-- A transfer that is called posted has its entries by the commit.
CREATE FUNCTION transfer_has_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM entries WHERE transfer_id = NEW.transfer_id) THEN
        RAISE EXCEPTION 'transfer % has no entries', NEW.transfer_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transfers_entered AFTER INSERT ON transfers DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'posted') EXECUTE FUNCTION transfer_has_entries();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
