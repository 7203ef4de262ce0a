-- Who is who on the server: the office's logins, who asks, and the policy's rights rows.
-- Names of roles stand between @ signs and are put in by install.py; everything here is run as the owner.

CREATE SCHEMA IF NOT EXISTS guard;
REVOKE ALL ON SCHEMA guard FROM PUBLIC;
GRANT USAGE ON SCHEMA guard TO @people@, @admins@;

CREATE TABLE IF NOT EXISTS guard.config (
    key text COLLATE "C" PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);

CREATE TABLE IF NOT EXISTS guard.login (
    name text COLLATE "C" PRIMARY KEY,
    person_id uuid REFERENCES public.person (id),
    administrator boolean NOT NULL DEFAULT false,
    made_at timestamptz NOT NULL,
    made_by text COLLATE "C" NOT NULL,
    closed_at timestamptz
);

CREATE TABLE IF NOT EXISTS guard.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    made_by text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    login text COLLATE "C" NOT NULL,
    person_id uuid,
    note text COLLATE "C" NOT NULL DEFAULT ''
);

CREATE TABLE IF NOT EXISTS guard.roles (
    policy_id uuid NOT NULL REFERENCES public.policy_version (id),
    key text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    held_as text COLLATE "C" NOT NULL,
    by_plan boolean NOT NULL,
    PRIMARY KEY (policy_id, key)
);

CREATE TABLE IF NOT EXISTS guard.rights (
    policy_id uuid NOT NULL REFERENCES public.policy_version (id),
    role text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    on_form text COLLATE "C" NOT NULL,
    FOREIGN KEY (policy_id, role) REFERENCES guard.roles
);
CREATE INDEX IF NOT EXISTS ix_rights_action ON guard.rights (policy_id, action);

CREATE TABLE IF NOT EXISTS guard.forms (
    policy_id uuid NOT NULL REFERENCES public.policy_version (id),
    key text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    number text COLLATE "C" NOT NULL,
    once text COLLATE "C" NOT NULL,
    PRIMARY KEY (policy_id, key)
);

CREATE TABLE IF NOT EXISTS guard.numbering (
    policy_id uuid PRIMARY KEY REFERENCES public.policy_version (id),
    pattern text COLLATE "C" NOT NULL,
    provisional text COLLATE "C" NOT NULL,
    kinds jsonb NOT NULL
);

CREATE TABLE IF NOT EXISTS guard.steps (
    policy_id uuid NOT NULL,
    form_key text COLLATE "C" NOT NULL,
    place integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    signer text COLLATE "C" NOT NULL,
    covers jsonb NOT NULL,
    stage text COLLATE "C" NOT NULL,
    lane text COLLATE "C" NOT NULL,
    conditions jsonb NOT NULL,
    every boolean NOT NULL,
    confirms jsonb NOT NULL,
    needs jsonb NOT NULL,
    asks text COLLATE "C" NOT NULL,
    PRIMARY KEY (policy_id, form_key, key),
    FOREIGN KEY (policy_id, form_key) REFERENCES guard.forms
);

REVOKE ALL ON ALL TABLES IN SCHEMA guard FROM PUBLIC, @people@, @admins@;
GRANT SELECT ON guard.rights, guard.roles, guard.forms, guard.steps TO @people@, @admins@;
GRANT SELECT ON guard.config, guard.login, guard.event TO @admins@;

-- ---- time

CREATE FUNCTION guard.now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'SELECT pg_catalog.statement_timestamp()';

-- The day on the office's wall: its time zone is written down at founding.
CREATE FUNCTION guard.today() RETURNS date
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN (guard.now() AT TIME ZONE (SELECT value FROM guard.config WHERE key = 'zone'))::date;
END $$;

-- ---- who asks: always session_user, whatever role was set since

-- The record that counts for a person: that one, or the one into which it was merged.
CREATE FUNCTION guard.counting(person uuid) RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    target uuid;
BEGIN
    LOOP
        SELECT p.merged_into_id INTO target FROM public.person p WHERE p.id = person;
        EXIT WHEN target IS NULL;
        person := target;
    END LOOP;
    RETURN person;
END $$;

-- The record that counts for whoever is logged in, here or gone; none for closed and unknown logins.
CREATE FUNCTION guard.known() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN guard.counting(
        (SELECT l.person_id FROM guard.login l WHERE l.name = session_user AND l.closed_at IS NULL)
    );
END $$;

-- The person who is logged in, while they are here: who has left has no rights, whatever records still name them.
-- Whoever takes leave of the office themselves is themselves to the end of that transaction.
CREATE FUNCTION guard.me() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT p.id FROM public.person p
        WHERE p.id = guard.known() AND (p.active OR p.xmin = pg_current_xact_id_if_assigned()::xid)
    );
END $$;

CREATE FUNCTION guard.is_administrator() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM guard.login l WHERE l.name = session_user AND l.administrator AND l.closed_at IS NULL
    );
END $$;

-- ---- the policy's rights rows

-- The rows of one version, for the owner's hands alone (install.py).
CREATE FUNCTION guard.fill_policy(policy uuid, facts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    INSERT INTO guard.roles
        SELECT policy, r.key, r.scope, r.held_as, r.by_plan
        FROM jsonb_to_recordset(facts -> 'roles') r (key text, scope text, held_as text, by_plan boolean);
    INSERT INTO guard.rights
        SELECT policy, r.role, r.scope, r.action, r.on_form
        FROM jsonb_to_recordset(facts -> 'rights') r (role text, scope text, action text, on_form text);
    INSERT INTO guard.forms
        SELECT policy, f.key, f.code, f.number, f.once
        FROM jsonb_to_recordset(facts -> 'forms') f (key text, code text, number text, once text);
    INSERT INTO guard.numbering
        SELECT policy, n.pattern, n.provisional, n.kinds
        FROM jsonb_to_record(facts -> 'numbering') n (pattern text, provisional text, kinds jsonb);
    INSERT INTO guard.steps
        SELECT policy, s.form_key, s.place, s.key, s.signer, s.covers, s.stage, s.lane, s.conditions, s.every,
            s.confirms, s.needs, s.asks
        FROM jsonb_to_recordset(facts -> 'steps') s (
            form_key text, place integer, key text, signer text, covers jsonb, stage text, lane text,
            conditions jsonb, every boolean, confirms jsonb, needs jsonb, asks text
        );
END $$;

-- The rows of a version that was stored in this very transaction by somebody who may; once.
CREATE FUNCTION guard.load_policy(policy uuid, facts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF NOT guard.may('manage office') THEN
        RAISE insufficient_privilege USING MESSAGE = 'who loads a policy must be allowed to manage the office';
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.policy_version v WHERE v.id = policy AND v.xmin = pg_current_xact_id()::xid
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a policy is loaded by the transaction that stores it';
    END IF;
    IF EXISTS (SELECT FROM guard.roles o WHERE o.policy_id = policy) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a policy is loaded once';
    END IF;
    PERFORM guard.fill_policy(policy, facts);
END $$;

-- ---- logins

CREATE FUNCTION guard.note_event(kind text, login text, person uuid, note text DEFAULT '') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    INSERT INTO guard.event (at, made_by, kind, login, person_id, note)
        VALUES (guard.now(), session_user, kind, login, person, note);
END $$;

-- Go on only where the login that asks was not closed.
CREATE FUNCTION guard.need_open_login() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM guard.login l WHERE l.name = session_user AND l.closed_at IS NOT NULL) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this login is closed';
    END IF;
END $$;

-- Say whose an existing login is (none: an administrator who is nobody in the office). Calling it again changes that.
CREATE FUNCTION guard.invite(login text, person uuid, administrator boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    known pg_catalog.pg_roles;
BEGIN
    PERFORM guard.need_open_login();
    SELECT r.* INTO known FROM pg_catalog.pg_roles r WHERE r.rolname = invite.login;
    IF known.oid IS NULL OR NOT known.rolcanlogin THEN
        RAISE undefined_object USING MESSAGE = format('there is no login %I', invite.login);
    END IF;
    IF NOT administrator AND (known.rolsuper OR known.rolcreaterole OR known.rolbypassrls) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a login with powers of its own is an administrator''s';
    END IF;
    IF person IS NULL AND NOT administrator THEN
        RAISE not_null_violation USING MESSAGE = 'a login needs its person';
    END IF;
    IF person IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.person p WHERE p.id = invite.person AND p.active AND p.merged_into_id IS NULL
    ) THEN
        RAISE foreign_key_violation USING MESSAGE = 'there is no such person in the office';
    END IF;
    INSERT INTO guard.login (name, person_id, administrator, made_at, made_by)
        VALUES (invite.login, invite.person, invite.administrator, guard.now(), session_user)
        ON CONFLICT (name) DO UPDATE SET person_id = excluded.person_id, administrator = excluded.administrator,
            made_at = excluded.made_at, made_by = excluded.made_by, closed_at = NULL;
    PERFORM guard.note_event('invite', invite.login, invite.person, CASE WHEN administrator THEN 'administrator' ELSE '' END);
END $$;

CREATE FUNCTION guard.close(login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    whose uuid;
BEGIN
    PERFORM guard.need_open_login();
    UPDATE guard.login l SET closed_at = guard.now()
        WHERE l.name = "close".login AND l.closed_at IS NULL RETURNING l.person_id INTO whose;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('there is no open login %I', login);
    END IF;
    PERFORM guard.note_event('close', login, whose);
END $$;

-- What of the logins' life an administrator's page shows.
CREATE VIEW guard.events AS SELECT id, at, made_by, kind, login, person_id, note FROM guard.event;

-- ---- who may call what

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA guard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    guard.now(), guard.today(), guard.known(), guard.me(), guard.is_administrator(), guard.load_policy(uuid, jsonb)
TO @people@, @admins@;
GRANT EXECUTE ON FUNCTION
    guard.invite(text, uuid, boolean), guard.close(text), guard.note_event(text, text, uuid, text)
TO @admins@;
GRANT SELECT ON guard.events TO @admins@;
