-- What became of each answer, by the client's response id; the factor itself is kept nowhere.
CREATE TABLE answers (
    elicitation_id text NOT NULL REFERENCES elicitations,
    response_id    text NOT NULL,
    outcome        text NOT NULL,
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (elicitation_id, response_id)
);
CREATE TRIGGER answers_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON answers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION record_answer(id text, response text, answered_by text, what text) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO answers (elicitation_id, response_id, outcome) VALUES (id, response, what) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO audit (actor, action, subject_id, detail)
        VALUES (answered_by, 'elicitation.answered', id, jsonb_build_object('response_id', response, 'outcome', what));
    END IF;
END $$;

REVOKE ALL ON FUNCTION record_answer FROM PUBLIC;
GRANT SELECT ON answers TO countersign_app;
GRANT EXECUTE ON FUNCTION record_answer TO countersign_app;
