-- What a person allows an MCP client of theirs (OAuth 2.1): single-use codes, and grants. A grant is a sign-in of the
-- method `mcp`: its refresh tokens rotate, its reuse is noticed, and signing out everywhere ends it, as with any other.

ALTER TABLE sign_ins DROP CONSTRAINT sign_ins_method_check;
ALTER TABLE sign_ins ADD CONSTRAINT sign_ins_method_check
    CHECK (method IN ('password', 'password+totp', 'password+recovery', 'passkey', 'mcp'));

ALTER TABLE sessions DROP CONSTRAINT sessions_channel_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_channel_check CHECK (channel IN ('voice', 'text', 'mcp'));

CREATE TABLE oauth_codes (
    digest       bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    user_id      text NOT NULL REFERENCES users,
    client       bytea NOT NULL CHECK (octet_length(client) = 32),  -- SHA-256 of the client's id
    client_name  text NOT NULL CHECK (length(client_name) <= 120),
    redirect_uri text NOT NULL CHECK (length(redirect_uri) <= 2000),
    challenge    text NOT NULL CHECK (challenge ~ '^[A-Za-z0-9_-]{43}$'),
    scopes       text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'transact', 'configure'] AND cardinality(scopes) > 0),
    ends_at      timestamptz NOT NULL,
    used_at      timestamptz,
    sign_in_id   text NOT NULL DEFAULT ''
);

CREATE TABLE oauth_grants (
    sign_in_id text PRIMARY KEY REFERENCES sign_ins ON DELETE CASCADE,
    client     bytea NOT NULL CHECK (octet_length(client) = 32),
    scopes     text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'transact', 'configure'] AND cardinality(scopes) > 0)
);

CREATE FUNCTION issue_code(
    code_digest bytea, of_user text, for_client bytea, named text, to_uri text, s256 text, allowed text[],
    lives_s double precision
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM oauth_codes WHERE user_id = of_user AND ends_at < now() - interval '1 day';
    INSERT INTO oauth_codes (digest, user_id, client, client_name, redirect_uri, challenge, scopes, ends_at)
    VALUES (code_digest, of_user, for_client, named, to_uri, s256, allowed, now() + make_interval(secs => lives_s));
    INSERT INTO audit (actor, action, subject_id, detail)
    VALUES (of_user, 'mcp.allowed', of_user, jsonb_build_object('client', named, 'to', to_uri, 'scopes', allowed));
END $$;

-- A code for a grant, once. A code that comes again was stolen, from one side or the other: what it gave is over.
CREATE FUNCTION redeem_code(
    code_digest bytea, by_client bytea, to_uri text, s256 text, id text, lives_s double precision, first_refresh bytea,
    OUT of_user text, OUT allowed text[], OUT over timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE c oauth_codes;
BEGIN
    SELECT * INTO c FROM oauth_codes WHERE digest = code_digest FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    IF c.used_at IS NOT NULL THEN
        PERFORM end_sign_ins(c.user_id, c.sign_in_id, 'revoked');
        RETURN;
    END IF;
    UPDATE oauth_codes SET used_at = clock_timestamp(), sign_in_id = id WHERE digest = code_digest;
    IF c.client <> by_client OR c.redirect_uri <> to_uri OR c.challenge <> s256 OR c.ends_at <= now() THEN RETURN; END IF;
    over := begin_sign_in(id, c.user_id, 'mcp', c.client_name, '', lives_s, first_refresh);
    INSERT INTO oauth_grants (sign_in_id, client, scopes) VALUES (id, c.client, c.scopes);
    -- what is shown through the client, such as who they are, counts in a session of its own
    INSERT INTO sessions (session_id, user_id, channel, platform, sign_in_id)
    VALUES ('mcp-' || id, c.user_id, 'mcp', 'web', id);
    of_user := c.user_id;
    allowed := c.scopes;
END $$;

-- What the grant of a refresh token allows, to whom; nothing where the token is of no grant.
CREATE FUNCTION grant_of(refresh bytea, OUT client bytea, OUT scopes text[]) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT g.client, g.scopes FROM refresh_tokens t JOIN oauth_grants g USING (sign_in_id) WHERE t.digest = refresh;
$$;

-- What a customer is asked, without what answers it.
CREATE VIEW asked AS
    SELECT elicitation_id, payment_id, user_id, type, state, error_code, request, created_at, closed_at FROM elicitations;

GRANT EXECUTE ON FUNCTION issue_code, redeem_code, grant_of TO countersign_api;

-- mcp_tools: whether a grant is open, and how far what a client began has come.
GRANT SELECT (user_id, ends_at, last_used_at, method) ON sign_ins TO countersign_mcp;
GRANT SELECT (state, error_code, version, created_at, settled_at) ON payments TO countersign_mcp;
GRANT SELECT ON asked TO countersign_mcp;
