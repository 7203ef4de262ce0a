-- Filings: who begins, submits and moves them, and what of them never changes.

-- Whether a person may file a form on a project (or for the office) today, by the policy in force.
CREATE FUNCTION guard.files(person uuid, form text, project uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    subject public.project;
    leader uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM public.person p WHERE p.id = files.person AND p.active) THEN
        RETURN false;
    END IF;
    SELECT p.* INTO subject FROM public.project p WHERE p.id = files.project;
    SELECT g.manager_id INTO leader FROM public.program g WHERE g.id = subject.program_id;
    RETURN EXISTS (
        SELECT FROM guard.rights r JOIN guard.roles o ON o.policy_id = r.policy_id AND o.key = r.role
        WHERE r.policy_id = guard.policy() AND r.action = 'file' AND r.on_form IN ('*', files.form)
        AND (
            files.person = CASE o.held_as
                WHEN 'manager' THEN subject.manager_id
                WHEN 'client_manager' THEN subject.client_manager_id
                WHEN 'program_manager' THEN leader
            END
            OR EXISTS (
                SELECT FROM guard.holdings(files.person, guard.today()) h
                WHERE (h.role = o.key OR (h.role = '@plan' AND o.by_plan))
                AND CASE
                    WHEN r.scope = 'office' THEN true
                    WHEN r.scope = 'department' AND h.department_id IS NULL AND h.project_id IS NULL THEN true
                    WHEN r.scope = 'department' AND h.department_id IS NOT NULL THEN
                        h.department_id IN (subject.department_id, subject.sub_department_id)
                    ELSE h.project_id = subject.id
                END
            )
        )
    );
END $$;

-- Whether somebody goes on with a filing: its author, or the project's manager once the author may not file any more.
CREATE FUNCTION guard.acts_as_author(person uuid, filing public.filing) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN filing.author_id = person OR (
        EXISTS (SELECT FROM public.project p WHERE p.id = filing.project_id AND p.manager_id = person)
        AND guard.files(person, filing.form_key, filing.project_id)
        AND NOT guard.files(filing.author_id, filing.form_key, filing.project_id)
    );
END $$;

-- Whether whoever is logged in may submit a filing of that author's: their own, or one that they bring in for them.
CREATE FUNCTION guard.submits(author uuid, form text, project uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN CASE
        WHEN author = guard.me() THEN guard.files(author, form, project)
        ELSE author IS NOT NULL AND guard.may('record paper', form, project)
    END;
END $$;

CREATE FUNCTION guard.check_filing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    actor uuid := guard.me();
BEGIN
    IF guard.unbound() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM guard.refuse('EP006', 'a filing is never deleted');
    ELSIF TG_OP = 'INSERT' THEN
        IF NOT guard.submits(NEW.author_id, NEW.form_key, NEW.project_id) THEN
            PERFORM guard.refuse('EP001', 'a filing is its author''s own, who may file it');
        END IF;
        IF NEW.state <> 'in approval' OR NEW.number IS NULL OR NEW.revision_id IS NULL OR NEW.revision_no <> 1
            OR NEW.policy_id IS DISTINCT FROM guard.policy()
            OR NEW.submitted_at IS DISTINCT FROM NEW.created_at
            OR NEW.decided_at IS NOT NULL OR NEW.effective_on IS NOT NULL
            OR NOT EXISTS (SELECT FROM guard.forms f WHERE f.policy_id = NEW.policy_id AND f.key = NEW.form_key)
            OR (NEW.subject_kind, NEW.subject_id) IS DISTINCT FROM (
                CASE WHEN NEW.project_id IS NULL THEN 'office' ELSE 'project' END,
                coalesce(NEW.project_id, (SELECT o.id FROM public.office o ORDER BY o.created_at, o.id LIMIT 1))::text
            )
        THEN
            PERFORM guard.refuse('EP006', 'a filing is born numbered and in approval, under the policy in force');
        END IF;
    ELSE
        PERFORM guard.check_filing_kept(OLD, NEW);
        PERFORM guard.check_filing_moved(OLD, NEW, actor);
    END IF;
    RETURN NEW;
END $$;

-- What of a filing never changes, and what changes with its state alone.
CREATE FUNCTION guard.check_filing_kept(before public.filing, after public.filing) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    decided CONSTANT boolean := after.state IN ('approved', 'rejected');
BEGIN
    IF (before.id, before.form_key, before.subject_kind, before.subject_id, before.project_id, before.number,
            before.title, before.policy_id, before.created_at)
        IS DISTINCT FROM
        (after.id, after.form_key, after.subject_kind, after.subject_id, after.project_id, after.number,
            after.title, after.policy_id, after.created_at)
    THEN
        PERFORM guard.refuse('EP006', 'a filing keeps its form, subject, number and policy');
    END IF;
    IF before.state IN ('approved', 'rejected') THEN
        PERFORM guard.refuse('EP006', 'a decided filing never changes');
    END IF;
    IF (after.revision_id IS NOT DISTINCT FROM before.revision_id) <> (
            (after.revision_no, after.submitted_at) IS NOT DISTINCT FROM (before.revision_no, before.submitted_at)
        )
        OR (after.revision_id = before.revision_id AND after.period IS DISTINCT FROM before.period)
        OR (after.decided_at IS NOT NULL) <> decided
        OR (after.effective_on IS NOT NULL) <> (after.state = 'approved')
    THEN
        PERFORM guard.refuse('EP006', 'a filing''s dates go with what happens to it');
    END IF;
END $$;

-- From which state to which a filing goes, and by whose hand; that it keeps its author is asked at the commit.
CREATE FUNCTION guard.check_filing_moved(before public.filing, after public.filing, actor uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    again CONSTANT boolean := after.revision_id IS DISTINCT FROM before.revision_id;
BEGIN
    IF again THEN
        IF after.state <> 'in approval' OR after.revision_no <> before.revision_no + 1
            OR NOT guard.acts_as_author(after.author_id, before)
            OR NOT guard.submits(after.author_id, after.form_key, after.project_id)
        THEN
            PERFORM guard.refuse('EP006', 'a filing is submitted again by its author, one revision further');
        END IF;
        RETURN;
    END IF;
    IF after.state = before.state THEN
        RETURN;
    END IF;
    IF before.state = 'in approval' THEN
        CASE after.state
            WHEN 'recalled' THEN
                IF guard.acts_as_author(actor, before)
                    OR guard.may('record paper', before.form_key, before.project_id)
                THEN
                    RETURN;
                END IF;
            WHEN 'returned' THEN
                IF guard.decided_now(before, 'return') THEN
                    RETURN;
                END IF;
            WHEN 'rejected' THEN
                IF guard.decided_now(before, 'reject') THEN
                    RETURN;
                END IF;
            WHEN 'approved' THEN
                PERFORM guard.check_approved(before, after);
                RETURN;
            ELSE
                NULL;
        END CASE;
    END IF;
    PERFORM guard.refuse('EP006', format('a filing does not go from %s to %s so', before.state, after.state));
END $$;

-- Whether a decision on a filing's present revision was given in this transaction.
CREATE FUNCTION guard.decided_now(filing public.filing, decision text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = pg_current_xact_id() AND w.entity = 'sign_off' AND w.op = 'insert'
        AND w.fields ->> 'filing_id' = filing.id::text AND w.fields ->> 'revision_id' = filing.revision_id::text
        AND w.fields ->> 'decision' = decision AND NOT w.fields ? 'back_to'
    )
$$;

CREATE FUNCTION guard.check_approved(before public.filing, after public.filing) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    latest date := (
        SELECT max(s.signed_on) FROM public.sign_off s
        WHERE s.filing_id = before.id AND s.revision_id = before.revision_id AND s.decision = 'approve'
    );
BEGIN
    IF NOT guard.is_complete(guard.progress(before)) THEN
        PERFORM guard.refuse('EP006', 'a filing is approved once every step is signed for its present content');
    END IF;
    IF after.effective_on > guard.today() OR after.effective_on < coalesce(latest, after.effective_on) THEN
        PERFORM guard.refuse('EP006', 'an approval counts from its last signature on');
    END IF;
END $$;

CREATE TRIGGER guard_check_filing BEFORE INSERT OR UPDATE OR DELETE ON public.filing
FOR EACH ROW EXECUTE FUNCTION guard.check_filing();
