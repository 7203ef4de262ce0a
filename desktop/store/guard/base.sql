-- Who is who on the server, what the policy lets them do, and whose projects they see.
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

-- ---- what people hold: desktop.services.standing and desktop.domain.rights, in SQL

CREATE FUNCTION guard.policy() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN (SELECT o.policy_id FROM public.office o ORDER BY o.created_at, o.id LIMIT 1);
END $$;

-- Every role that somebody holds on a day, in parts of departments at any depth, and '@plan' where a plan names them.
CREATE FUNCTION guard.holdings(person uuid, day date)
RETURNS TABLE (role text, department_id uuid, project_id uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.person p WHERE p.id = person AND p.active) THEN
        RETURN;
    END IF;
    RETURN QUERY
        WITH RECURSIVE held AS (
            SELECT a.role_key, a.department_id, a.project_id
            FROM public.assignment a
            WHERE a.person_id = person AND a.since <= day AND (a.until IS NULL OR a.until >= day)
            UNION
            SELECT held.role_key, d.id, held.project_id
            FROM held JOIN public.department d ON d.parent_id = held.department_id
        )
        SELECT held.role_key, held.department_id, held.project_id FROM held
        UNION ALL
        SELECT DISTINCT '@plan' COLLATE "C", NULL::uuid, l.project_id
        FROM public.plan_line l
        WHERE l.person_id = person AND l.to_baseline IS NULL AND l.register IN ('organization', 'schedule');
END $$;

-- How far the right of whoever is logged in goes; empty where there is none.
CREATE TYPE guard.span AS (
    office boolean,
    departments uuid[],
    projects uuid[],
    held_as text[]
);

CREATE FUNCTION guard.reach(wanted text, form text) RETURNS guard.span
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    span guard.span := (false, '{}', '{}', '{}');
    actor uuid := guard.me();
    ruling uuid := guard.policy();
BEGIN
    IF actor IS NULL THEN
        RETURN span;
    END IF;
    SELECT
        coalesce(bool_or(
            r.scope = 'office' OR (r.scope = 'department' AND h.department_id IS NULL AND h.project_id IS NULL)
        ), false),
        coalesce(array_agg(DISTINCT h.department_id) FILTER (
            WHERE r.scope = 'department' AND h.department_id IS NOT NULL
        ), '{}'),
        coalesce(array_agg(DISTINCT h.project_id) FILTER (
            WHERE h.project_id IS NOT NULL
            AND (r.scope = 'project' OR (r.scope = 'department' AND h.department_id IS NULL))
        ), '{}')
    INTO span.office, span.departments, span.projects
    FROM guard.holdings(actor, guard.today()) h
    JOIN guard.roles o ON o.policy_id = ruling AND (o.key = h.role OR (h.role = '@plan' AND o.by_plan))
    JOIN guard.rights r ON r.policy_id = ruling AND r.role = o.key
    WHERE r.action = wanted AND r.on_form IN ('*', form);
    SELECT coalesce(array_agg(DISTINCT o.held_as), '{}')
    INTO span.held_as
    FROM guard.rights r JOIN guard.roles o ON o.policy_id = r.policy_id AND o.key = r.role
    WHERE r.policy_id = ruling AND r.action = wanted AND r.on_form IN ('*', form) AND o.held_as <> '';
    RETURN span;
END $$;

-- The projects within a span of whoever is logged in.
CREATE FUNCTION guard.projects_within(span guard.span) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1000 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    actor uuid := guard.me();
BEGIN
    IF span.office THEN
        RETURN QUERY SELECT p.id FROM public.project p;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT p.id FROM public.project p
        WHERE p.department_id = ANY (span.departments)
        OR p.sub_department_id = ANY (span.departments)
        OR p.id = ANY (span.projects)
        OR ('manager' = ANY (span.held_as) AND p.manager_id = actor)
        OR ('client_manager' = ANY (span.held_as) AND p.client_manager_id = actor)
        OR ('program_manager' = ANY (span.held_as)
            AND p.program_id IN (SELECT g.id FROM public.program g WHERE g.manager_id = actor));
END $$;

CREATE FUNCTION guard.may(action text, on_form text DEFAULT '*', project uuid DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    span guard.span := guard.reach(action, coalesce(on_form, '*'));
    actor uuid;
BEGIN
    IF span.office OR project IS NULL THEN
        RETURN span.office;
    END IF;
    actor := guard.me();
    RETURN EXISTS (
        SELECT FROM public.project p LEFT JOIN public.program g ON g.id = p.program_id
        WHERE p.id = project AND (
            p.department_id = ANY (span.departments)
            OR p.sub_department_id = ANY (span.departments)
            OR p.id = ANY (span.projects)
            OR ('manager' = ANY (span.held_as) AND p.manager_id = actor)
            OR ('client_manager' = ANY (span.held_as) AND p.client_manager_id = actor)
            OR ('program_manager' = ANY (span.held_as) AND g.manager_id = actor)
        )
    );
END $$;

-- Whether somebody plays a role of a policy with regard to a project (or none: the office) on a day.
CREATE FUNCTION guard.plays(person uuid, role text, project uuid, policy uuid, day date) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    part guard.roles;
    subject public.project;
    leader uuid;
BEGIN
    SELECT o.* INTO part FROM guard.roles o WHERE o.policy_id = plays.policy AND o.key = plays.role;
    IF part.key IS NULL OR NOT EXISTS (SELECT FROM public.person p WHERE p.id = plays.person AND p.active) THEN
        RETURN false;
    END IF;
    SELECT p.* INTO subject FROM public.project p WHERE p.id = plays.project;
    IF part.held_as <> '' THEN
        SELECT g.manager_id INTO leader FROM public.program g WHERE g.id = subject.program_id;
        IF (part.held_as = 'manager' AND plays.person = subject.manager_id)
            OR (part.held_as = 'client_manager' AND plays.person = subject.client_manager_id)
            OR (part.held_as = 'program_manager' AND plays.person = leader)
        THEN
            RETURN true;
        END IF;
    END IF;
    RETURN EXISTS (
        SELECT FROM guard.holdings(plays.person, plays.day) h
        WHERE (h.role = part.key OR (h.role = '@plan' AND part.by_plan))
        AND CASE part.scope
            WHEN 'office' THEN true
            WHEN 'department' THEN
                (h.department_id IS NULL AND h.project_id IS NULL)
                OR h.department_id IN (subject.department_id, subject.sub_department_id)
            ELSE h.project_id = subject.id
        END
    );
END $$;

CREATE FUNCTION guard.sees_all() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN (guard.reach('see', '*')).office;
END $$;

CREATE FUNCTION guard.seen_projects() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1000 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT guard.projects_within(guard.reach('see', '*'));
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
    guard.now(), guard.today(), guard.known(), guard.me(), guard.is_administrator(), guard.policy(),
    guard.reach(text, text), guard.may(text, text, uuid), guard.plays(uuid, text, uuid, uuid, date),
    guard.sees_all(), guard.seen_projects(), guard.load_policy(uuid, jsonb)
TO @people@, @admins@;
GRANT EXECUTE ON FUNCTION
    guard.invite(text, uuid, boolean), guard.close(text), guard.note_event(text, text, uuid, text)
TO @admins@;
GRANT SELECT ON guard.events TO @admins@;
