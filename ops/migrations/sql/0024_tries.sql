-- A right code that could not be handed to its workflow was no try: who repeats it must not use them up.

CREATE FUNCTION give_back_try(id text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE e elicitations;
BEGIN
    SELECT * INTO e FROM elicitations WHERE elicitation_id = id FOR NO KEY UPDATE;
    IF NOT FOUND OR e.closed_at IS NOT NULL OR e.tries = 0 THEN RETURN; END IF;
    UPDATE elicitations SET tries = e.tries - 1 WHERE elicitation_id = id;
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (e.user_id, 'elicitation.try_given_back', id, jsonb_build_object('tries', e.tries - 1));
END $$;

REVOKE EXECUTE ON FUNCTION give_back_try FROM PUBLIC;
GRANT EXECUTE ON FUNCTION give_back_try TO countersign_api;
