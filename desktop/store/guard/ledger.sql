-- The ledger: only a posting changes it, in the transaction in which its filing is approved; and the mergers of two
-- records of one person or department, which change no fact but which record stands for them.

CREATE FUNCTION guard.check_ledger(own xid8, entities text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    ledger CONSTANT text[] := '{project,contract,program,baseline,plan_line,month_budget,expense,report_line,problem}';
    approved text[];
    projects text[];
    astray record;
BEGIN
    IF 'waiver' = ANY (entities) AND EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = own AND w.entity = 'waiver'
        AND NOT guard.may('waive', '*', (w.fields ->> 'project_id')::uuid)
    ) THEN
        PERFORM guard.refuse('EP008', 'an exception is granted by who may');
    END IF;
    IF 'filing' = ANY (entities) AND EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = own AND w.entity = 'filing' AND w.op = 'update'
        AND w.fields ? 'author_id' AND NOT w.fields ? 'revision_id' AND NOT guard.is_merger(own, w)
        AND NOT EXISTS (
            SELECT FROM guard.written r
            WHERE r.xid = own AND r.entity = 'filing' AND r.key = w.key AND r.fields ? 'revision_id'
        )
    ) THEN
        PERFORM guard.refuse('EP006', 'a filing keeps its author');
    END IF;
    IF NOT entities && ledger THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(f.id::text), '{}'), coalesce(array_agg(coalesce(f.project_id::text, '')), '{}')
    INTO approved, projects
    FROM public.filing f
    WHERE f.id::text IN (
        SELECT w.key FROM guard.written w
        WHERE w.xid = own AND w.entity = 'filing' AND w.op = 'update' AND w.fields -> 'state' ->> 1 = 'approved'
    );
    SELECT w.entity, w.key, w.op INTO astray FROM guard.written w
    WHERE w.xid = own AND w.entity = ANY (ledger)
    AND NOT guard.is_posted(w, approved, projects) AND NOT guard.is_merger(own, w)
    LIMIT 1;
    IF FOUND THEN
        PERFORM guard.refuse('EP008', 'the ledger is changed by approved filings alone',
            format('%s %s %s', astray.entity, astray.op, astray.key));
    END IF;
END $$;

-- Whether a change of the ledger belongs to a filing that was approved in its transaction.
CREATE FUNCTION guard.is_posted(w guard.written, approved text[], projects text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    attached CONSTANT text[] := '{contract_id,contract_no,contract_kind,customer,client_manager_id,amount,'
        'planned_preliminary_on,planned_final_on,program_id,program}';
BEGIN
    IF cardinality(approved) = 0 THEN
        RETURN false;
    END IF;
    RETURN CASE w.entity || ' ' || w.op
        WHEN 'project insert' THEN w.fields ->> 'origin_filing_id' = ANY (approved)
        WHEN 'project update' THEN
            NOT w.fields ?| '{origin_filing_id,predecessor_id}'
            AND (w.key = ANY (projects) OR w.fields - attached = '{}')
        WHEN 'program insert' THEN w.fields ->> 'filing_id' = ANY (approved)
        WHEN 'program update' THEN
            (SELECT g.filing_id::text FROM public.program g WHERE g.id = w.key::uuid) = ANY (approved)
        WHEN 'baseline insert' THEN
            w.fields ->> 'filing_id' = ANY (approved) AND w.fields ->> 'project_id' = ANY (projects)
        WHEN 'plan_line insert' THEN w.fields ->> 'project_id' = ANY (projects)
        WHEN 'plan_line update' THEN
            w.fields - 'to_baseline' = '{}' AND w.fields -> 'to_baseline' -> 0 = 'null'
            AND (SELECT l.project_id::text FROM public.plan_line l WHERE l.id = w.key::uuid) = ANY (projects)
        WHEN 'month_budget delete' THEN w.fields ->> 'project_id' = ANY (projects)
        WHEN 'problem update' THEN
            (SELECT coalesce(p.project_id::text, '') FROM public.problem p WHERE p.id = w.key::uuid) = ANY (projects)
        WHEN 'contract insert' THEN w.fields ->> 'filing_id' = ANY (approved)
        WHEN 'month_budget insert' THEN w.fields ->> 'filing_id' = ANY (approved)
        WHEN 'expense insert' THEN w.fields ->> 'filing_id' = ANY (approved)
        WHEN 'report_line insert' THEN w.fields ->> 'filing_id' = ANY (approved)
        WHEN 'problem insert' THEN w.fields ->> 'filing_id' = ANY (approved)
        ELSE false
    END;
END $$;

-- Whether a change only lets the record that counts take the place of one that was merged into it just now.
CREATE FUNCTION guard.is_merger(own xid8, w guard.written) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    moved CONSTANT text[] := '{author_id,manager_id,client_manager_id,owner_id,department_id,sub_department_id}';
BEGIN
    RETURN w.op = 'update' AND w.fields - moved = '{}' AND guard.may('manage people') AND NOT EXISTS (
        SELECT FROM jsonb_each(w.fields) f
        WHERE NOT EXISTS (
            SELECT FROM guard.written m
            WHERE m.xid = own AND m.entity IN ('person', 'department') AND m.key = f.value ->> 0
            AND m.fields -> 'merged_into_id' ->> 1 = f.value ->> 1
        )
    );
END $$;

REVOKE ALL ON ALL ROUTINES IN SCHEMA guard FROM PUBLIC;
