-- No question outlives what asked it, be that a mandate, a standing order's terms or a check of who is speaking, as none
-- outlives its payment. One whose code could not be sent has no workflow of its own that would close it.
CREATE FUNCTION close_left_questions(asker text, kind text, of_version integer, why text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE left_open text; code text := coalesce(nullif(why, ''), 'withdrawn');
BEGIN
    FOR left_open IN SELECT elicitation_id FROM elicitations WHERE payment_id = asker AND closed_at IS NULL
        AND request ->> 'transaction_type' = kind AND (request ->> 'version')::integer = of_version ORDER BY elicitation_id
    LOOP
        PERFORM close_elicitation(left_open, 'failed', '', code, jsonb_build_object('type', 'elicitation_status',
            'elicitation_id', left_open, 'status', 'failed', 'error_code', code));
    END LOOP;
END $$;

CREATE FUNCTION close_mandate_questions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM close_left_questions(NEW.mandate_id, 'mandate', NEW.version, NEW.error_code);
    RETURN NULL;
END $$;
CREATE TRIGGER mandates_leave_no_question AFTER UPDATE OF closed_at ON mandates FOR EACH ROW
    WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION close_mandate_questions();

CREATE FUNCTION close_terms_questions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM close_left_questions(NEW.order_id, 'standing_order', NEW.version, NEW.error_code);
    RETURN NULL;
END $$;
CREATE TRIGGER standing_order_terms_leave_no_question AFTER UPDATE OF outcome ON standing_order_terms FOR EACH ROW
    WHEN (OLD.outcome = '' AND NEW.outcome <> '') EXECUTE FUNCTION close_terms_questions();

CREATE FUNCTION close_identity_questions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM close_left_questions(NEW.verification_id, 'identity_check', 1, NEW.error_code);
    RETURN NULL;
END $$;
CREATE TRIGGER verifications_leave_no_question AFTER UPDATE OF state ON verifications FOR EACH ROW
    WHEN (NEW.state <> 'PENDING') EXECUTE FUNCTION close_identity_questions();

-- As before, but of any number at once, one after the other: the last one holds.
CREATE OR REPLACE FUNCTION delegate(lender text, borrower text, ends timestamptz) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE new_id bigint;
BEGIN
    PERFORM FROM supervisors WHERE user_id = lender FOR NO KEY UPDATE;
    UPDATE delegations SET ended_at = now() WHERE from_user = lender AND to_user = borrower AND ended_at IS NULL;
    INSERT INTO delegations (from_user, to_user, until) VALUES (lender, borrower, ends)
    RETURNING delegation_id INTO new_id;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (lender, 'delegation.made', borrower, jsonb_build_object('delegation_id', new_id, 'until', ends));
    RETURN new_id;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
