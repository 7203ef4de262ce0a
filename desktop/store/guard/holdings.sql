-- What people hold, how far their rights go and whose projects they see: desktop.services.standing and
-- desktop.domain.rights, in SQL. Run after base.sql.

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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA guard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    guard.policy(), guard.reach(text, text), guard.may(text, text, uuid),
    guard.plays(uuid, text, uuid, uuid, date), guard.sees_all(), guard.seen_projects()
TO @people@, @admins@;
