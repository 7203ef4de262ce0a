-- What somebody sees, asked by the row security in rows.sql: filings at hand, projects, parts, archived files.
-- Run after holdings.sql.

-- ---- filings at hand: what waits for whoever is logged in, and what this transaction works on

CREATE UNLOGGED TABLE IF NOT EXISTS guard.touched (
    xid xid8 NOT NULL,
    filing_id uuid NOT NULL,
    PRIMARY KEY (xid, filing_id)
);
REVOKE ALL ON guard.touched FROM PUBLIC, @people@, @admins@;

-- Note which filing a transaction submits, signs, returns or approves; what others noted long ago is swept.
CREATE FUNCTION guard.touch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    filing uuid := CASE WHEN TG_TABLE_NAME = 'filing' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'filing_id' END;
BEGIN
    INSERT INTO guard.touched VALUES (pg_current_xact_id(), filing) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        DELETE FROM guard.touched t WHERE t.ctid = ANY (ARRAY(
            SELECT o.ctid FROM guard.touched o
            WHERE o.xid < pg_snapshot_xmin(pg_current_snapshot()) LIMIT 20 FOR UPDATE SKIP LOCKED
        ));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_touch AFTER INSERT ON public.filing
    FOR EACH ROW EXECUTE FUNCTION guard.touch();
CREATE TRIGGER guard_touch_moved AFTER UPDATE ON public.filing
    FOR EACH ROW WHEN (old.state <> new.state OR old.revision_id IS DISTINCT FROM new.revision_id)
    EXECUTE FUNCTION guard.touch();
CREATE TRIGGER guard_touch AFTER INSERT ON public.sign_off
    FOR EACH ROW EXECUTE FUNCTION guard.touch();
CREATE TRIGGER guard_touch AFTER INSERT ON public.chain_edit
    FOR EACH ROW EXECUTE FUNCTION guard.touch();

CREATE FUNCTION guard.touched_filings() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT t.filing_id FROM guard.touched t WHERE t.xid = pg_current_xact_id_if_assigned();
END $$;

-- Whether this transaction works on a filing: what an approval writes elsewhere belongs to it.
CREATE FUNCTION guard.at_work() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM guard.touched t WHERE t.xid = pg_current_xact_id_if_assigned());
END $$;

-- The filings whose next signature is the person's own or that of one for whom they stand in (services/turns.py).
CREATE FUNCTION guard.waiting_filings() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    actor uuid := guard.me();
    day date := guard.today();
    ruling uuid := guard.policy();
BEGIN
    IF actor IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
        WITH signer AS (
            SELECT actor AS person, '' COLLATE "C" AS only_role
            UNION
            SELECT g.person_id, g.role_key
            FROM public.delegation g JOIN public.person p ON p.id = g.person_id AND p.active
            WHERE g.stand_in_id = actor AND g.since <= day AND g.until >= day
        ), held AS (
            SELECT s.person, s.only_role, o.key, o.scope, h.department_id, h.project_id
            FROM signer s
            CROSS JOIN LATERAL guard.holdings(s.person, day) h
            JOIN guard.roles o ON o.policy_id = ruling AND o.key = h.role
            WHERE s.only_role IN ('', o.key)
        )
        SELECT t.filing_id FROM public.turn t JOIN signer s ON t.person_id = s.person
        WHERE s.only_role IN ('', t.role)
        UNION
        SELECT t.filing_id FROM public.turn t JOIN held ON held.key = t.role
        WHERE t.person_id IS NULL
        AND (held.scope = 'office' OR (held.department_id IS NULL AND held.project_id IS NULL))
        UNION
        SELECT t.filing_id
        FROM public.turn t
        JOIN held ON held.key = t.role AND held.scope <> 'office'
        JOIN public.filing f ON f.id = t.filing_id
        JOIN public.project p ON p.id = f.project_id
        WHERE t.person_id IS NULL
        AND CASE held.scope
            WHEN 'department' THEN held.department_id IN (p.department_id, p.sub_department_id)
            ELSE held.project_id = p.id
        END
        UNION
        SELECT t.filing_id
        FROM public.turn t
        JOIN guard.roles o ON o.policy_id = ruling AND o.key = t.role AND o.held_as <> ''
        JOIN signer s ON s.only_role IN ('', t.role)
        JOIN public.filing f ON f.id = t.filing_id
        JOIN public.project p ON p.id = f.project_id
        LEFT JOIN public.program g ON g.id = p.program_id
        WHERE t.person_id IS NULL
        AND s.person = CASE o.held_as
            WHEN 'manager' THEN p.manager_id
            WHEN 'client_manager' THEN p.client_manager_id
            ELSE g.manager_id
        END;
END $$;

-- Filings that somebody may read beside those of their projects and their own: signed, waiting, about their problems.
CREATE FUNCTION guard.near_filings() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    actor uuid := guard.me();
BEGIN
    RETURN QUERY
        SELECT s.filing_id FROM public.sign_off s WHERE s.signer_id = actor
        UNION
        SELECT b.filing_id FROM public.problem b WHERE b.owner_id = actor AND b.filing_id IS NOT NULL
        UNION
        SELECT guard.waiting_filings()
        UNION
        SELECT guard.touched_filings();
END $$;

-- ---- projects

-- What a project must name to be seen: departments, programs, the person as manager; all zeros where all are seen.
CREATE FUNCTION guard.keys() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    span guard.span := guard.reach('see', '*');
    actor uuid;
BEGIN
    IF span.office THEN
        RETURN ARRAY['00000000-0000-0000-0000-000000000000'::uuid];
    END IF;
    IF cardinality(span.held_as) = 0 THEN
        RETURN span.departments;
    END IF;
    actor := guard.me();
    RETURN span.departments
        || CASE WHEN 'manager' = ANY (span.held_as) THEN ARRAY[actor] END
        || CASE WHEN 'program_manager' = ANY (span.held_as)
            THEN ARRAY(SELECT g.id FROM public.program g WHERE g.manager_id = actor) END;
END $$;

-- The person, where a project's client manager sees it.
CREATE FUNCTION guard.as_client_manager() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM guard.rights r JOIN guard.roles o ON o.policy_id = r.policy_id AND o.key = r.role
        WHERE r.policy_id = guard.policy() AND r.action = 'see' AND r.on_form = '*' AND o.held_as = 'client_manager'
    ) THEN
        RETURN guard.me();
    END IF;
    RETURN NULL;
END $$;

-- Projects whose papers and plan somebody reads for other reasons than `keys`: roles on them, signatures to give now.
CREATE FUNCTION guard.open_projects() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    span guard.span := guard.reach('see', '*');
BEGIN
    IF span.office THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT unnest(span.projects)
        UNION
        SELECT f.project_id FROM public.filing f
        WHERE f.project_id IS NOT NULL
        AND f.id IN (SELECT guard.waiting_filings() UNION ALL SELECT guard.touched_filings())
        UNION
        SELECT p.id FROM public.project p WHERE p.origin_filing_id IN (SELECT guard.touched_filings());
END $$;

-- Projects of which somebody reads what the ledger says, because they may read a filing about them.
CREATE FUNCTION guard.near_projects() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    actor uuid;
BEGIN
    IF guard.sees_all() THEN
        RETURN;
    END IF;
    actor := guard.me();
    RETURN QUERY
        SELECT guard.open_projects()
        UNION
        SELECT f.project_id FROM public.filing f WHERE f.author_id = actor AND f.project_id IS NOT NULL
        UNION
        SELECT f.project_id FROM public.filing f
        WHERE f.project_id IS NOT NULL AND f.id IN (SELECT guard.near_filings());
END $$;

-- Projects that somebody sees because of what the project's own record names; read past the row security of projects.
CREATE VIEW guard.named_projects WITH (security_barrier) AS
    SELECT p.id FROM public.project p
    WHERE ARRAY[p.department_id, p.sub_department_id, p.program_id, p.manager_id,
        '00000000-0000-0000-0000-000000000000'] && (SELECT guard.keys())
    OR p.client_manager_id = (SELECT guard.as_client_manager());

-- ---- rights that reach some projects or departments

CREATE FUNCTION guard.projects_for(action text, form text DEFAULT '*') RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT guard.projects_within(guard.reach(action, form));
END $$;

-- Whose absences somebody keeps (services/absences.py).
CREATE FUNCTION guard.keeps_absences_of() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    span guard.span := guard.reach('record paper', 'weekly_report');
BEGIN
    RETURN QUERY SELECT p.id FROM public.person p WHERE span.office OR p.department_id = ANY (span.departments);
END $$;

-- The roles that people are given on projects, in the policy in force; those that the ledger names are not among them.
CREATE FUNCTION guard.project_roles() RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT o.key FROM guard.roles o WHERE o.policy_id = guard.policy() AND o.scope = 'project'
        AND o.held_as = '';
END $$;

-- Whether whoever is logged in has a login here at all, be they in the office or not.
CREATE FUNCTION guard.enters() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM guard.login l WHERE l.name = session_user AND l.closed_at IS NULL);
END $$;

-- Whether it is somebody in the office, or who was until this very transaction.
CREATE FUNCTION guard.is_here() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN guard.author() IS NOT NULL;
END $$;

-- Whether there is a record of that key, seen or not: what was not found may be kept from whoever asks.
CREATE FUNCTION guard.is_there(entity text, key text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    found boolean;
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname = entity AND a.attname = 'id'
        AND a.atttypid = 'uuid'::regtype
    ) OR NOT guard.enters() THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I t WHERE t.id = $1::uuid)', entity) INTO found USING key;
    RETURN found;
END $$;

-- ---- parts that are written before what they belong to: rows of one transaction come in any order

CREATE FUNCTION guard.no_filing(key uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM public.filing f WHERE f.id = key);
END $$;

CREATE FUNCTION guard.no_revision(key uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM public.revision r WHERE r.id = key);
END $$;

-- ---- archived files

-- Whether a content is one that this transaction brings in: nobody adds pieces to another's.
CREATE FUNCTION guard.is_fresh_blob(sha text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.blob b WHERE b.sha256 = sha AND b.xmin = pg_current_xact_id()::xid);
END $$;

-- The size of a content that is archived already, seen or not; null where it is new.
CREATE FUNCTION guard.blob_size(sha text) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN (SELECT b.size FROM public.blob b WHERE b.sha256 = sha);
END $$;

-- Whether somebody brought a content in themselves (an attachment of a draft).
CREATE FUNCTION guard.brought_in(sha text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM public.change c JOIN public.changeset s ON s.id = c.changeset_id
        WHERE c.entity = 'blob' AND c.entity_id = sha AND s.author_id = guard.me()
    );
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA guard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    guard.touched_filings(), guard.at_work(), guard.waiting_filings(), guard.near_filings(), guard.keys(),
    guard.as_client_manager(), guard.open_projects(), guard.near_projects(), guard.projects_for(text, text),
    guard.keeps_absences_of(), guard.project_roles(), guard.enters(), guard.is_here(), guard.no_filing(uuid),
    guard.is_there(text, text), guard.no_revision(uuid), guard.is_fresh_blob(text), guard.blob_size(text), guard.brought_in(text)
TO @people@;

GRANT SELECT ON guard.named_projects TO @people@;
