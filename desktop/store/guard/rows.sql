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
