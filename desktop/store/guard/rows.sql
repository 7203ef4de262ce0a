-- What people may read and write of the office's tables: what services show them, and what the rights rows let them do.
-- Whatever a condition asks about the person stands in a subquery of its own, so that it is asked once per query.

REVOKE ALL ON SCHEMA public FROM PUBLIC, @people@, @admins@;
GRANT USAGE ON SCHEMA public TO @people@, @admins@;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, @people@, @admins@;
REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM PUBLIC, @people@, @admins@;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC, @people@, @admins@', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO @people@, @admins@', current_database());
END $$;

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

-- ---- grants: what nobody changes has no grant to change it

GRANT SELECT, INSERT ON
    public.absence, public.assignment, public.baseline, public.blob, public.blob_chunk, public.calendar_day,
    public.chain_edit, public.change, public.changeset, public.contract, public.counter, public.delegation,
    public.department, public.device, public.document, public.erasure, public.expense, public.filing,
    public.identity_record, public.line_check, public.month_budget, public.person, public.plan_line,
    public.policy_version, public.presence, public.problem, public.program, public.project, public.report_line,
    public.revision, public.section, public.setting, public.sign_off, public.turn, public.urge, public.waiver
TO @people@;
GRANT SELECT ON public.office, public.relocation, public.schema_change, public.schema_version TO @people@;
GRANT DELETE ON
    public.absence, public.assignment, public.calendar_day, public.delegation, public.month_budget, public.presence,
    public.setting, public.turn
TO @people@;

DO $$
DECLARE
    kept CONSTANT jsonb := '{
        "absence": ["person_id"],
        "assignment": ["role_key", "project_id"],
        "calendar_day": [],
        "contract": ["filing_id"],
        "counter": ["key"],
        "delegation": [],
        "department": [],
        "device": ["registered_at"],
        "filing": ["form_key", "subject_kind", "subject_id", "project_id", "number", "policy_id", "created_at"],
        "month_budget": ["project_id", "month"],
        "office": ["created_at"],
        "person": [],
        "plan_line": ["project_id", "register", "line", "from_baseline", "content", "amount", "subject", "month",
            "starts_on", "ends_on"],
        "presence": ["since"],
        "problem": ["project_id", "number", "line", "source", "content", "raised_on", "filing_id"],
        "program": ["name"],
        "project": ["origin_filing_id", "predecessor_id"],
        "setting": ["key"],
        "turn": ["filing_id", "step_key", "role"]
    }';
    place text;
    columns text;
BEGIN
    FOR place IN SELECT jsonb_object_keys(kept) LOOP
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = format('public.%I', place)::regclass AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attname <> 'id' AND NOT kept -> place ? a.attname;
        EXECUTE format('GRANT UPDATE (%s) ON public.%I TO @people@', columns, place);
    END LOOP;
END $$;

-- ---- row security

DO $$
DECLARE
    place text;
BEGIN
    FOR place IN
        SELECT c.relname FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', place);
    END LOOP;
END $$;

-- One policy for each deed; %1$s is the table's name.
CREATE PROCEDURE guard.permit(places text[], deed text, condition text)
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    place text;
    clause text;
BEGIN
    FOREACH place IN ARRAY places LOOP
        clause := replace(condition, '#', format('%I', place));
        EXECUTE format(
            CASE deed
                WHEN 'insert' THEN 'CREATE POLICY people_%3$s ON public.%1$I FOR %3$s TO @people@ WITH CHECK (%2$s)'
                ELSE 'CREATE POLICY people_%3$s ON public.%1$I FOR %3$s TO @people@ USING (%2$s)'
            END,
            place, clause, deed
        );
    END LOOP;
END $$;
REVOKE ALL ON PROCEDURE guard.permit(text[], text, text) FROM PUBLIC;

DO $$
DECLARE
    everybody CONSTANT text := '(SELECT guard.enters())';
    here CONSTANT text := '(SELECT guard.is_here())';
    manages_people CONSTANT text := $c$(SELECT guard.may('manage people'))$c$;
    manages_office CONSTANT text := $c$(SELECT guard.may('manage office'))$c$;
    sees_all CONSTANT text := '(SELECT guard.sees_all())';
    -- OFFSET 0: looked up for each row that is read; hashed, all projects would be read for a list's first page
    of_project CONSTANT text := $c$(
        EXISTS (SELECT FROM guard.named_projects n WHERE n.id = #.project_id OFFSET 0)
        OR #.project_id IN (SELECT guard.open_projects())
    )$c$;
    of_filing CONSTANT text := 'EXISTS (SELECT FROM public.filing f WHERE f.id = #.filing_id)';
    of_revision CONSTANT text := 'EXISTS (SELECT FROM public.revision r WHERE r.id = #.revision_id)';
    staffs CONSTANT text := $c$(
        #.project_id IN (SELECT guard.projects_for('staff project')) AND #.role_key IN (SELECT guard.project_roles())
    )$c$;
BEGIN
    -- what the whole office knows
    CALL guard.permit(ARRAY[
        'absence', 'assignment', 'calendar_day', 'changeset', 'counter', 'delegation', 'department', 'device', 'erasure',
        'identity_record', 'office', 'person', 'policy_version', 'presence', 'setting'
    ], 'select', everybody);
    -- the schema's number, to whoever has a grant to read it: logins that are closed, and the founder who upgrades
    CREATE POLICY all_select ON public.schema_version FOR SELECT USING (true);
    CREATE POLICY all_select ON public.schema_change FOR SELECT USING (true);
    CREATE POLICY all_select ON public.relocation FOR SELECT USING (true);
    CALL guard.permit(ARRAY['office'], 'update', manages_office);
    CALL guard.permit(ARRAY['policy_version', 'calendar_day'], 'insert', manages_office);
    CALL guard.permit(ARRAY['calendar_day'], 'update', manages_office);
    CALL guard.permit(ARRAY['calendar_day'], 'delete', manages_office);
    CALL guard.permit(ARRAY['setting'], 'insert', manages_office || $c$ OR (#.key LIKE '% mapping' AND $c$ || here || ')');
    CALL guard.permit(ARRAY['setting'], 'update', manages_office || $c$ OR (#.key LIKE '% mapping' AND $c$ || here || ')');
    CALL guard.permit(ARRAY['setting'], 'delete', manages_office);
    CALL guard.permit(ARRAY['person', 'department'], 'insert', manages_people || ' OR (SELECT guard.at_work())');
    CALL guard.permit(ARRAY['person', 'department'], 'update', manages_people);
    CALL guard.permit(ARRAY['assignment'], 'insert', manages_people || ' OR ' || staffs);
    CALL guard.permit(ARRAY['assignment'], 'update', manages_people || ' OR ' || staffs);
    CALL guard.permit(ARRAY['assignment'], 'delete', manages_people || ' OR ' || staffs);
    CALL guard.permit(ARRAY['delegation'], 'insert', manages_people || ' OR person_id = (SELECT guard.me())');
    CALL guard.permit(ARRAY['delegation'], 'update', manages_people || ' OR person_id = (SELECT guard.me())');
    CALL guard.permit(ARRAY['delegation'], 'delete', manages_people || ' OR person_id = (SELECT guard.me())');
    CALL guard.permit(ARRAY['absence'], 'insert',
        'person_id = (SELECT guard.me()) OR person_id IN (SELECT guard.keeps_absences_of())');
    CALL guard.permit(ARRAY['absence'], 'update',
        'person_id = (SELECT guard.me()) OR person_id IN (SELECT guard.keeps_absences_of())');
    CALL guard.permit(ARRAY['absence'], 'delete',
        'person_id = (SELECT guard.me()) OR person_id IN (SELECT guard.keeps_absences_of())');
    CALL guard.permit(ARRAY['counter', 'changeset', 'change', 'identity_record'], 'insert', here);
    CALL guard.permit(ARRAY['counter'], 'update', here);
    CALL guard.permit(ARRAY['device'], 'insert', everybody);
    CALL guard.permit(ARRAY['device'], 'update', everybody);
    CALL guard.permit(ARRAY['erasure'], 'insert', manages_office);
    CALL guard.permit(ARRAY['presence'], 'insert', 'person_id = (SELECT guard.me())');
    CALL guard.permit(ARRAY['presence'], 'update', 'person_id = (SELECT guard.me())');
    CALL guard.permit(ARRAY['presence'], 'delete', here);

    -- the ledger: read by project, written by approvals (what else may write is the triggers' affair)
    CREATE POLICY people_select ON public.project FOR SELECT TO @people@ USING (
        ARRAY[department_id, sub_department_id, program_id, manager_id, '00000000-0000-0000-0000-000000000000']
            && (SELECT guard.keys())
        OR client_manager_id = (SELECT guard.as_client_manager())
        OR id IN (SELECT guard.near_projects())
    );
    CALL guard.permit(ARRAY['project', 'program', 'contract'], 'insert', here);
    CALL guard.permit(ARRAY['problem'], 'insert', of_filing);
    CALL guard.permit(ARRAY['project', 'program', 'contract', 'problem'], 'update', here);
    CALL guard.permit(ARRAY['program'], 'select', sees_all || $c$
        OR manager_id = (SELECT guard.me())
        OR filing_id IN (SELECT guard.touched_filings())
        OR EXISTS (SELECT FROM public.project p WHERE p.program_id = #.id)$c$);
    CALL guard.permit(ARRAY['contract'], 'select', sees_all || $c$
        OR client_manager_id = (SELECT guard.me())
        OR filing_id IN (SELECT guard.touched_filings())
        OR EXISTS (SELECT FROM public.project p WHERE p.contract_id = #.id)$c$);
    CALL guard.permit(ARRAY['problem'], 'select', sees_all || $c$
        OR owner_id = (SELECT guard.me()) OR raised_by_id = (SELECT guard.me()) OR $c$ || of_project);
    CALL guard.permit(ARRAY['baseline', 'plan_line', 'expense', 'month_budget', 'waiver'], 'select', of_project);
    CALL guard.permit(ARRAY['report_line'], 'select', 'person_id = (SELECT guard.me()) OR ' || of_project);
    CALL guard.permit(ARRAY['baseline', 'plan_line', 'expense', 'month_budget', 'report_line'], 'insert', of_project);
    CALL guard.permit(ARRAY['plan_line', 'month_budget'], 'update', of_project);
    CALL guard.permit(ARRAY['month_budget'], 'delete', of_project);
    CALL guard.permit(ARRAY['waiver'], 'insert',
        $c$by_id = (SELECT guard.me()) AND project_id IN (SELECT guard.projects_for('waive'))$c$);

    -- the journal's bodies: of what is there by whoever may read that, of what is gone by whoever sees all
    EXECUTE format('CREATE POLICY people_select ON public.change FOR SELECT TO @people@ USING (%s)', sees_all || $c$
        OR CASE change.entity
            WHEN 'blob' THEN EXISTS (SELECT FROM public.blob b WHERE b.sha256 = change.entity_id)
            $c$ || (
                SELECT string_agg(format(
                    $c$ WHEN %L THEN EXISTS (SELECT FROM public.%I x WHERE x.id = change.entity_id::uuid)$c$, name, name
                ), '') FROM unnest(ARRAY[
                    'baseline', 'chain_edit', 'contract', 'document', 'expense', 'filing', 'line_check', 'month_budget',
                    'plan_line', 'problem', 'program', 'project', 'report_line', 'revision', 'section', 'sign_off',
                    'urge', 'waiver'
                ]) name
            ) || $c$
            ELSE $c$ || everybody || $c$ AND change.entity IN (
                'absence', 'assignment', 'calendar_day', 'counter', 'delegation', 'department', 'erasure',
                'identity_record', 'office', 'person', 'policy_version', 'setting'
            )
        END$c$);

    -- papers and everything that hangs on them
    CALL guard.permit(ARRAY['filing'], 'select', everybody || $c$ AND (
        project_id IS NULL OR author_id = (SELECT guard.me()) OR $c$ || of_project
        || $c$ OR id IN (SELECT guard.near_filings()))$c$);
    CALL guard.permit(ARRAY['filing'], 'insert', here || $c$ AND (
        project_id IS NULL
        OR EXISTS (SELECT FROM public.project p WHERE p.id = #.project_id)
        OR project_id IN (SELECT guard.projects_for('file', form_key))
        OR project_id IN (SELECT guard.projects_for('record paper', form_key)))$c$);
    CALL guard.permit(ARRAY['filing'], 'update', here);
    CALL guard.permit(ARRAY['revision', 'sign_off', 'line_check', 'chain_edit', 'urge', 'turn'], 'select', of_filing);
    CALL guard.permit(ARRAY['revision', 'sign_off', 'line_check', 'chain_edit', 'urge', 'turn'], 'insert',
        here || ' AND (guard.no_filing(filing_id) OR ' || of_filing || ')');
    CALL guard.permit(ARRAY['turn'], 'update', of_filing);
    CALL guard.permit(ARRAY['turn'], 'delete', of_filing);
    CALL guard.permit(ARRAY['section'], 'select', of_revision);
    CALL guard.permit(ARRAY['section'], 'insert', here || ' AND (guard.no_revision(revision_id) OR ' || of_revision || ')');
    CALL guard.permit(ARRAY['document'], 'select', of_filing || ' OR ' || of_project);
    CALL guard.permit(ARRAY['document'], 'insert', 'added_by = (SELECT guard.me()) AND (CASE WHEN filing_id IS NULL '
        || $c$THEN project_id IN (SELECT guard.projects_for('archive')) ELSE guard.no_filing(filing_id) OR $c$
        || of_filing || ' END)');
    CALL guard.permit(ARRAY['blob'], 'select', $c$
        EXISTS (SELECT FROM public.document d WHERE d.blob_sha = #.sha256)
        OR EXISTS (SELECT FROM public.office o WHERE o.logo_sha = #.sha256)
        OR guard.brought_in(sha256)$c$);
    CALL guard.permit(ARRAY['blob'], 'insert', here);
    CALL guard.permit(ARRAY['blob_chunk'], 'select', 'EXISTS (SELECT FROM public.blob b WHERE b.sha256 = #.sha256)');
    CALL guard.permit(ARRAY['blob_chunk'], 'insert', 'guard.is_fresh_blob(sha256)');
END $$;
