-- A right code that could not be handed to its workflow was no try: who repeats it must not use them up.

-- Tries still only count up, but for this one step back, and only within the function below.
CREATE OR REPLACE FUNCTION guard_elicitation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE least integer := OLD.tries - (current_setting('countersign.gives_back', true) = OLD.elicitation_id)::integer;
BEGIN
    IF OLD.state IN ('completed', 'expired', 'failed', 'cancelled') THEN
        RAISE EXCEPTION 'elicitation % is %', OLD.elicitation_id, OLD.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.tries < coalesce(least, OLD.tries) OR NEW.counter < OLD.counter OR NEW.secret <> OLD.secret THEN
        RAISE EXCEPTION 'elicitation % only counts up', OLD.elicitation_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION give_back_try(id text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE e elicitations;
BEGIN
    SELECT * INTO e FROM elicitations WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND OR e.closed_at IS NOT NULL OR e.tries = 0 THEN RETURN; END IF;
    PERFORM set_config('countersign.gives_back', id, true);
    UPDATE elicitations SET tries = e.tries - 1 WHERE elicitation_id = id;
    PERFORM set_config('countersign.gives_back', '', true);
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (e.user_id, 'elicitation.try_given_back', id, jsonb_build_object('tries', e.tries - 1));
END $$;

REVOKE EXECUTE ON FUNCTION give_back_try FROM PUBLIC;
GRANT EXECUTE ON FUNCTION give_back_try TO countersign_api;
