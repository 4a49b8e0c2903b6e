-- A turn that is sent again after its reply was lost is known by the answer that it gave.
CREATE INDEX elicitations_answered ON elicitations (user_id, response_id) WHERE response_id <> '';
