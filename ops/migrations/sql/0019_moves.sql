-- Between a customer's own accounts a yes is enough: so the ledger itself looks whose they are.

CREATE FUNCTION fit_own() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE from_kind text; from_name text;
BEGIN
    SELECT kind, name INTO from_kind, from_name FROM accounts
    WHERE account_id = NEW.payer_account AND user_id = NEW.user_id;
    IF coalesce(from_kind, '') NOT IN ('checking', 'savings')
        OR NOT EXISTS (SELECT FROM accounts WHERE account_id = NEW.payee_account AND user_id = NEW.user_id) THEN
        RAISE EXCEPTION 'payment % is not between own accounts', NEW.payment_id USING ERRCODE = 'check_violation';
    END IF;
    NEW.payer_name := 'your ' || lower(from_name) || ' account';  -- what the other account's statement says
    RETURN NEW;
END $$;
CREATE TRIGGER payments_own BEFORE INSERT OR UPDATE OF kind, payer_account, payee_account ON payments FOR EACH ROW
    WHEN (NEW.kind = 'own') EXECUTE FUNCTION fit_own();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
