-- Filings, their revisions, and who signs what when: desktop.domain.approval and desktop.services.chains, in SQL.

CREATE TYPE guard.link AS (
    place integer,
    key text,
    signer text,
    covers jsonb,
    stage text,
    lane text,
    conditions jsonb,
    every boolean,
    confirms jsonb,
    asks text,
    state text,
    open_to uuid[]
);

-- The record that counts for a person: that one, or the one into which it was merged.
CREATE FUNCTION guard.counting(person uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
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

-- Who plays a role with regard to a project on a day; with `gone` also who has left since.
CREATE FUNCTION guard.holders(role text, project uuid, policy uuid, day date, gone boolean DEFAULT false)
RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    part guard.roles;
    subject public.project;
    leader uuid;
BEGIN
    SELECT o.* INTO part FROM guard.roles o WHERE o.policy_id = holders.policy AND o.key = holders.role;
    IF part.key IS NULL THEN
        RETURN;
    END IF;
    SELECT p.* INTO subject FROM public.project p WHERE p.id = holders.project;
    SELECT g.manager_id INTO leader FROM public.program g WHERE g.id = subject.program_id;
    RETURN QUERY
        WITH RECURSIVE held AS (
            SELECT a.id, a.person_id, a.department_id, a.project_id
            FROM public.assignment a
            WHERE a.role_key = part.key AND a.since <= holders.day AND (a.until IS NULL OR a.until >= holders.day)
            UNION
            SELECT held.id, held.person_id, d.id, held.project_id
            FROM held JOIN public.department d ON d.parent_id = held.department_id
        )
        SELECT p.id FROM public.person p
        WHERE (p.active OR holders.gone) AND p.id IN (
            SELECT held.person_id FROM held
            WHERE CASE part.scope
                WHEN 'office' THEN true
                WHEN 'department' THEN
                    (held.department_id IS NULL AND held.project_id IS NULL)
                    OR held.department_id IN (subject.department_id, subject.sub_department_id)
                ELSE held.project_id = subject.id
            END
            UNION ALL
            SELECT CASE part.held_as
                WHEN 'manager' THEN subject.manager_id
                WHEN 'client_manager' THEN subject.client_manager_id
                WHEN 'program_manager' THEN leader
            END
            UNION ALL
            SELECT l.person_id FROM public.plan_line l
            WHERE part.by_plan AND l.project_id = subject.id AND l.to_baseline IS NULL
            AND l.register IN ('organization', 'schedule')
        );
END $$;

-- A filing's own chain: the policy's steps with what its signers did to them, in the order done.
CREATE FUNCTION guard.chain(filing public.filing) RETURNS guard.link[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    links guard.link[];
    edit public.chain_edit;
    base guard.link;
    made guard.link;
    at integer;
    after jsonb := '{}';
BEGIN
    SELECT coalesce(array_agg(
        (s.place, s.key, s.signer, s.covers, coalesce(nullif(s.stage, ''), s.key), coalesce(nullif(s.lane, ''), s.key),
            s.conditions, s.every, s.confirms, s.asks, NULL, NULL)::guard.link
        ORDER BY s.place
    ), '{}')
    INTO links
    FROM guard.steps s WHERE s.policy_id = filing.policy_id AND s.form_key = filing.form_key;
    FOR edit IN
        SELECT e.* FROM public.chain_edit e WHERE e.filing_id = filing.id ORDER BY e.at, e.id
    LOOP
        at := (SELECT min(n) FROM generate_subscripts(links, 1) n WHERE (links[n]).key = edit.step_key);
        CONTINUE WHEN at IS NULL;
        base := links[at];
        IF edit.kind = 'hand on' THEN
            IF NOT base.every THEN
                base.signer := 'person:' || edit.person_id;
                links[at] := base;
            END IF;
            CONTINUE;
        END IF;
        made := base;
        made.key := edit.new_key;
        made.signer := 'person:' || edit.person_id;
        made.every := false;
        made.confirms := '[]';
        made.asks := '';
        IF edit.kind <> 'add before' THEN
            after := after || jsonb_build_object(base.key, coalesce((after ->> base.key)::integer, 0) + 1);
            at := at + (after ->> base.key)::integer;
        END IF;
        links := links[:at - 1] || made || links[at:];
    END LOOP;
    RETURN links;
END $$;

CREATE FUNCTION guard.hashes(revision uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT coalesce(jsonb_object_agg(s.key, s.sha256), '{}') FROM public.section s WHERE s.revision_id = revision
$$;

-- The sections that a step signs for, with their hashes.
CREATE FUNCTION guard.covered(covers jsonb, hashes jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN covers ? '*' THEN hashes
        ELSE (SELECT coalesce(jsonb_object_agg(k, hashes -> k), '{}') FROM jsonb_array_elements_text(covers) k)
    END
$$;

-- How one signature stands: nothing later has changed, been given back, or taken its place.
CREATE FUNCTION guard.stands(given public.sign_off, place bigint, again bigint, covered jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN given.id IS NULL THEN 'open'
        WHEN given.decision = 'return' THEN 'returned'
        WHEN given.decision = 'reject' THEN 'rejected'
        WHEN NOT given.covers::jsonb @> covered THEN 'void'
        WHEN place < again THEN 'again'
        ELSE 'signed'
    END
$$;

-- Who must each sign a step, where some have handed their signature on.
CREATE FUNCTION guard.asked(filing public.filing, one guard.link) RETURNS uuid[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    people uuid[] := ARRAY(
        SELECT h FROM guard.holders(one.signer, filing.project_id, filing.policy_id, guard.today()) h
    );
    edit public.chain_edit;
BEGIN
    FOR edit IN
        SELECT e.* FROM public.chain_edit e
        WHERE e.filing_id = filing.id AND e.kind = 'hand on' AND e.step_key = one.key ORDER BY e.at, e.id
    LOOP
        people := array_replace(people, coalesce(edit.for_id, edit.by_id), edit.person_id);
    END LOOP;
    RETURN ARRAY(SELECT DISTINCT p FROM unnest(people) p);
END $$;

-- Each step of a filing's chain and how it stands for its present revision; `doubtful` where older programs sealed no
-- conditions, so that only its readers can say whether a step applies.
CREATE FUNCTION guard.progress(filing public.filing) RETURNS guard.link[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    links guard.link[] := guard.chain(filing);
    hashes jsonb := guard.hashes(filing.revision_id);
    holding jsonb := (SELECT r.conditions::jsonb FROM public.revision r WHERE r.id = filing.revision_id);
    given public.sign_off[] := ARRAY(
        SELECT s FROM public.sign_off s JOIN public.revision r ON r.id = s.revision_id
        WHERE s.filing_id = filing.id ORDER BY r.n, s.at, s.id
    );
    one guard.link;
    wanted jsonb;
    again bigint;
    place bigint;
    asked uuid[];
    person uuid;
    state text;
    states text[];
BEGIN
    FOR n IN 1 .. cardinality(links) LOOP
        one := links[n];
        IF NOT one.conditions <@ coalesce(holding, '[]') THEN
            one.state := CASE WHEN holding IS NULL THEN 'doubtful' ELSE 'skipped' END;
            links[n] := one;
            CONTINUE;
        END IF;
        wanted := guard.covered(one.covers, hashes);
        again := coalesce((
            SELECT max(g) FROM generate_subscripts(given, 1) g
            WHERE given[g].decision = 'return' AND given[g].back_to = one.key AND given[g].step_key <> one.key
        ), -1);
        asked := CASE WHEN one.every THEN guard.asked(filing, one) ELSE '{}' END;
        IF cardinality(asked) = 0 THEN
            place := (SELECT max(g) FROM generate_subscripts(given, 1) g WHERE given[g].step_key = one.key);
            one.state := guard.stands(given[place], place, again, wanted);
            links[n] := one;
            CONTINUE;
        END IF;
        states := '{}';
        one.open_to := '{}';
        FOREACH person IN ARRAY asked LOOP
            place := (
                SELECT max(g) FROM generate_subscripts(given, 1) g
                WHERE given[g].step_key = one.key AND coalesce(given[g].for_id, given[g].signer_id) = person
            );
            state := guard.stands(given[place], place, again, wanted);
            states := states || state;
            IF state <> 'signed' THEN
                one.open_to := one.open_to || person;
            END IF;
        END LOOP;
        one.state := CASE
            WHEN 'rejected' = ANY (states) THEN 'rejected'
            WHEN 'returned' = ANY (states) THEN 'returned'
            WHEN 'void' = ANY (states) THEN 'void'
            WHEN 'again' = ANY (states) THEN 'again'
            WHEN cardinality(one.open_to) = 0 THEN 'signed'
            ELSE 'open'
        END;
        links[n] := one;
    END LOOP;
    RETURN links;
END $$;

CREATE FUNCTION guard.is_complete(links guard.link[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT NOT EXISTS (
        SELECT FROM unnest(links) l WHERE l.state NOT IN ('signed', 'skipped', 'doubtful')
    )
$$;

-- Whether it is a step's turn: all earlier stages are settled, and in its own whatever comes before it in its lane.
CREATE FUNCTION guard.is_due(links guard.link[], key text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, guard, pg_temp
AS $$
DECLARE
    own bigint := (SELECT min(n) FROM generate_subscripts(links, 1) n WHERE links[n].key = is_due.key);
    first bigint := (
        SELECT min(n) FROM generate_subscripts(links, 1) n
        WHERE links[n].state NOT IN ('signed', 'skipped', 'doubtful')
    );
BEGIN
    IF own IS NULL OR links[own].state IN ('signed', 'skipped') THEN
        RETURN false;
    END IF;
    IF links[own].state = 'doubtful' AND (first IS NULL OR own < first) THEN
        RETURN true;
    END IF;
    RETURN links[own].stage = links[first].stage AND NOT EXISTS (
        SELECT FROM generate_subscripts(links, 1) n
        WHERE n < own AND links[n].stage = links[own].stage AND links[n].lane = links[own].lane
        AND links[n].state NOT IN ('signed', 'skipped', 'doubtful')
    );
END $$;

-- The person whom a step asks by name: added, handed on to, or named in the form.
CREATE FUNCTION guard.named(filing public.filing, one guard.link) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT CASE
        WHEN one.signer LIKE 'person:%' THEN jsonb_build_object('id', substr(one.signer, 8))
        WHEN one.signer LIKE 'field:%' THEN (
            SELECT s.text::jsonb -> split_part(one.signer, '.', 2) FROM public.section s
            WHERE s.revision_id = filing.revision_id AND s.key = split_part(substr(one.signer, 7), '.', 1)
        )
    END
$$;

CREATE FUNCTION guard.by_role(one guard.link) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT one.signer NOT LIKE 'person:%' AND one.signer NOT LIKE 'field:%' $$;

-- Whether a step asks for a person's signature today.
CREATE FUNCTION guard.is_asked(person uuid, filing public.filing, one guard.link) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF NOT guard.by_role(one) THEN
        RETURN guard.counting(nullif(guard.named(filing, one) ->> 'id', '')::uuid) = person;
    END IF;
    IF cardinality(one.open_to) > 0 THEN
        RETURN person = ANY (one.open_to);
    END IF;
    RETURN guard.plays(person, one.signer, filing.project_id, filing.policy_id, guard.today());
END $$;

-- Whether somebody stands in for a person on a day at a step of that role (empty: one that names a person).
CREATE FUNCTION guard.stands_in(stand_in uuid, person uuid, role text, day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM public.delegation d
        WHERE d.stand_in_id = stand_in AND d.person_id = person AND d.role_key IN ('', role)
        AND d.since <= day AND d.until >= day
    )
$$;

-- Whether a step asks for a person's signature, theirs or that of `represented`, for whom they stand in.
CREATE FUNCTION guard.signs(person uuid, represented uuid, filing public.filing, one guard.link) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF represented IS NULL OR represented = person THEN
        RETURN guard.is_asked(person, filing, one);
    END IF;
    RETURN guard.stands_in(person, represented, CASE WHEN guard.by_role(one) THEN one.signer ELSE '' END, guard.today())
        AND EXISTS (SELECT FROM public.person p WHERE p.id = represented AND p.active)
        AND guard.is_asked(represented, filing, one);
END $$;

-- The same, for whomever they stand in.
CREATE FUNCTION guard.signs_anyhow(person uuid, filing public.filing, one guard.link) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN guard.is_asked(person, filing, one) OR EXISTS (
        SELECT FROM public.delegation d WHERE d.stand_in_id = person AND guard.signs(person, d.person_id, filing, one)
    );
END $$;

CREATE FUNCTION guard.day(moment timestamptz) RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, guard, pg_temp
AS $$ SELECT (moment AT TIME ZONE (SELECT c.value FROM guard.config c WHERE c.key = 'zone'))::date $$;

-- ---- filings

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

-- ---- sign-offs

CREATE FUNCTION guard.check_sign_off() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    paper public.filing;
    links guard.link[];
    one guard.link;
BEGIN
    IF guard.unbound() THEN
        RETURN NEW;
    END IF;
    IF NEW.recorded_by IS DISTINCT FROM guard.me() THEN
        PERFORM guard.refuse('EP001', 'a signature is recorded by whoever is logged in');
    END IF;
    SELECT f.* INTO paper FROM public.filing f WHERE f.id = NEW.filing_id FOR NO KEY UPDATE;
    IF paper.state IS DISTINCT FROM 'in approval' OR NEW.revision_id IS DISTINCT FROM paper.revision_id THEN
        PERFORM guard.refuse('EP005', 'what is signed is in approval, in its present revision');
    END IF;
    links := guard.progress(paper);
    SELECT l.* INTO one FROM unnest(links) l WHERE l.key = NEW.step_key LIMIT 1;
    IF one.key IS NULL OR NOT guard.is_due(links, NEW.step_key) THEN
        PERFORM guard.refuse('EP005', 'it is not this step''s turn');
    END IF;
    IF NEW.covers::jsonb <> guard.covered(one.covers, guard.hashes(paper.revision_id))
        OR NEW.policy_sha256 <> (SELECT v.sha256 FROM public.policy_version v WHERE v.id = paper.policy_id)
    THEN
        PERFORM guard.refuse('EP005', 'a signature covers the sections of its step as they are');
    END IF;
    PERFORM guard.check_decision(NEW, links, one);
    IF NEW.on_paper THEN
        PERFORM guard.check_paper(NEW, paper, one);
    ELSE
        PERFORM guard.check_screen(NEW, paper, one);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION guard.check_decision(given public.sign_off, links guard.link[], one guard.link) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    own bigint := (SELECT min(n) FROM generate_subscripts(links, 1) n WHERE links[n].key = one.key);
BEGIN
    IF given.decision NOT IN ('approve', 'return', 'reject')
        OR (btrim(given.opinion) = '' AND (given.decision <> 'approve' OR one.asks <> ''))
    THEN
        PERFORM guard.refuse('EP005', 'a decision is to approve, or to return or reject with a reason');
    END IF;
    IF given.back_to IS NOT NULL AND (given.decision <> 'return' OR NOT EXISTS (
        SELECT FROM generate_subscripts(links, 1) n
        WHERE n < own AND links[n].key = given.back_to AND links[n].state = 'signed'
        AND (links[n].stage <> one.stage OR links[n].lane = one.lane)
    )) THEN
        PERFORM guard.refuse('EP005', 'a return goes to an earlier step that is signed');
    END IF;
    IF (given.signer_id IS NULL AND (btrim(given.signer_name) = '' OR NOT given.on_paper))
        OR given.signer_name IS DISTINCT FROM coalesce(
            (SELECT p.name FROM public.person p WHERE p.id = given.signer_id), given.signer_name)
    THEN
        PERFORM guard.refuse('EP005', 'a signature bears its signer''s name');
    END IF;
END $$;

CREATE FUNCTION guard.check_screen(given public.sign_off, filing public.filing, one guard.link) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF given.signer_id IS DISTINCT FROM guard.me() OR given.scan_sha IS NOT NULL THEN
        PERFORM guard.refuse('EP001', 'on the screen people sign for themselves');
    END IF;
    IF given.signed_on <> guard.today() THEN
        PERFORM guard.refuse('EP002', 'on the screen people sign today');
    END IF;
    IF NOT guard.signs(given.signer_id, given.for_id, filing, one) THEN
        PERFORM guard.refuse('EP005', 'this step is another''s to sign');
    END IF;
    IF given.decision = 'approve' AND EXISTS (
        SELECT FROM public.section s, jsonb_path_query(s.text::jsonb, '$[*]') AS lines (whole)
        WHERE s.revision_id = filing.revision_id AND one.confirms ? s.key
        AND 'yes' IS DISTINCT FROM (
            SELECT c.verdict FROM public.line_check c
            WHERE c.filing_id = filing.id AND c.section = s.key AND c.line = lines.whole ->> 'id'
            AND c.by_id = given.signer_id
            ORDER BY c.at DESC, c.id DESC LIMIT 1
        )
    ) THEN
        PERFORM guard.refuse('EP005', 'this step is signed once every line is confirmed');
    END IF;
END $$;

-- A signature on paper: recorded by who may, with its scan, dated between the revision and today, of one of the
-- step's people now or then; a bare name only where the office has registered nobody.
CREATE FUNCTION guard.check_paper(given public.sign_off, filing public.filing, one guard.link) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    named jsonb;
    people uuid[];
    then_too uuid[];
    role text := CASE WHEN guard.by_role(one) THEN one.signer ELSE '' END;
BEGIN
    IF NOT guard.may('record paper', '*', filing.project_id) THEN
        PERFORM guard.refuse('EP005', 'signatures on paper are recorded by who may');
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.document d
        WHERE d.filing_id = filing.id AND d.blob_sha = given.scan_sha AND d.kind = 'signed scan'
    ) THEN
        PERFORM guard.refuse('EP005', 'a signature on paper has its scan');
    END IF;
    IF given.signed_on > guard.today()
        OR given.signed_on < guard.day((SELECT r.at FROM public.revision r WHERE r.id = filing.revision_id))
    THEN
        PERFORM guard.refuse('EP005', 'a signature on paper is no older than what it signs, and not of tomorrow');
    END IF;
    IF guard.by_role(one) AND cardinality(coalesce(one.open_to, '{}')) > 0 THEN
        people := one.open_to || ARRAY(SELECT guard.counting(p) FROM unnest(one.open_to) p);
        then_too := people;
    ELSIF guard.by_role(one) THEN
        people := ARRAY(
            SELECT h FROM guard.holders(one.signer, filing.project_id, filing.policy_id, guard.today()) h);
        then_too := people || ARRAY(
            SELECT h FROM guard.holders(one.signer, filing.project_id, filing.policy_id, given.signed_on, true) h);
    ELSE
        named := guard.named(filing, one);
        people := array_remove(ARRAY[guard.counting(nullif(named ->> 'id', '')::uuid)], NULL);
        then_too := people;
    END IF;
    IF coalesce(given.for_id, given.signer_id) = ANY (then_too) THEN
        IF given.for_id IS NULL OR guard.stands_in(given.signer_id, given.for_id, role, given.signed_on) THEN
            RETURN;
        END IF;
    ELSIF cardinality(people) = 0 AND given.for_id IS NULL
        AND (given.signer_id IS NOT NULL
            OR coalesce(nullif(named ->> 'name', ''), given.signer_name) = given.signer_name)
    THEN
        RETURN;
    END IF;
    PERFORM guard.refuse('EP005', 'this step is another''s to sign');
END $$;

CREATE TRIGGER guard_check_sign_off BEFORE INSERT ON public.sign_off
FOR EACH ROW EXECUTE FUNCTION guard.check_sign_off();

-- ---- what happens around a chain

CREATE FUNCTION guard.check_chain_edit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    actor uuid := guard.me();
    paper public.filing;
    links guard.link[];
    one guard.link;
BEGIN
    IF guard.unbound() THEN
        RETURN NEW;
    END IF;
    SELECT f.* INTO paper FROM public.filing f WHERE f.id = NEW.filing_id FOR NO KEY UPDATE;
    links := guard.progress(paper);
    SELECT l.* INTO one FROM unnest(links) l WHERE l.key = NEW.step_key LIMIT 1;
    IF paper.state IS DISTINCT FROM 'in approval' OR one.key IS NULL OR NOT guard.is_due(links, NEW.step_key) THEN
        PERFORM guard.refuse('EP005', 'a chain is changed at the step whose turn it is');
    END IF;
    IF NEW.by_id IS DISTINCT FROM actor OR NEW.person_id = actor OR btrim(NEW.reason) = ''
        OR NOT EXISTS (SELECT FROM public.person p WHERE p.id = NEW.person_id AND p.active)
        OR NEW.kind NOT IN ('hand on', 'add before', 'add after')
        OR (NEW.kind = 'hand on' AND NEW.new_key <> '')
        OR (NEW.kind <> 'hand on' AND (NEW.new_key !~ '^added-[0-9a-f]{32}$' OR NEW.for_id IS NOT NULL))
        OR EXISTS (SELECT FROM unnest(links) l WHERE l.key = NEW.new_key)
    THEN
        PERFORM guard.refuse('EP005', 'a chain is changed by its signers, with a reason, to bring in a colleague');
    END IF;
    IF NEW.kind = 'hand on' THEN
        IF guard.signs(actor, NEW.for_id, paper, one)
            OR (guard.is_stuck(paper, one) AND guard.may('manage people', '*', paper.project_id))
        THEN
            RETURN NEW;
        END IF;
    ELSIF guard.signs_anyhow(actor, paper, one) THEN
        RETURN NEW;
    END IF;
    PERFORM guard.refuse('EP005', 'this step is another''s to sign');
    RETURN NULL;
END $$;

-- Whether nobody who is here can sign a step.
CREATE FUNCTION guard.is_stuck(filing public.filing, one guard.link) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    people uuid[];
    role text := CASE WHEN guard.by_role(one) THEN one.signer ELSE '' END;
BEGIN
    IF NOT guard.by_role(one) THEN
        people := ARRAY[guard.counting(nullif(guard.named(filing, one) ->> 'id', '')::uuid)];
        RETURN EXISTS (SELECT FROM public.person p WHERE p.id = ANY (people) AND NOT p.active);
    ELSIF cardinality(coalesce(one.open_to, '{}')) > 0 THEN
        people := one.open_to;
    ELSE
        people := ARRAY(
            SELECT h FROM guard.holders(one.signer, filing.project_id, filing.policy_id, guard.today()) h);
    END IF;
    RETURN NOT EXISTS (
        SELECT FROM public.person p WHERE p.active AND (
            p.id = ANY (people)
            OR EXISTS (SELECT FROM unnest(people) held WHERE guard.stands_in(p.id, held, role, guard.today()))
        )
    );
END $$;

CREATE TRIGGER guard_check_chain_edit BEFORE INSERT ON public.chain_edit
FOR EACH ROW EXECUTE FUNCTION guard.check_chain_edit();

CREATE FUNCTION guard.check_line_check() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    actor uuid := guard.me();
    paper public.filing;
    links guard.link[];
BEGIN
    IF guard.unbound() THEN
        RETURN NEW;
    END IF;
    SELECT f.* INTO paper FROM public.filing f WHERE f.id = NEW.filing_id;
    links := guard.progress(paper);
    IF NEW.by_id IS DISTINCT FROM actor OR NEW.verdict NOT IN ('yes', 'no')
        OR (NEW.verdict = 'no' AND btrim(NEW.remark) = '')
        OR paper.state IS DISTINCT FROM 'in approval'
        OR NOT EXISTS (
            SELECT FROM unnest(links) l
            WHERE l.confirms ? NEW.section AND guard.is_due(links, l.key)
            AND (guard.may('record paper', '*', paper.project_id) OR guard.signs_anyhow(actor, paper, l))
        )
    THEN
        PERFORM guard.refuse('EP005', 'lines are confirmed by the signer of the step whose turn it is');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_check_line_check BEFORE INSERT ON public.line_check
FOR EACH ROW EXECUTE FUNCTION guard.check_line_check();

CREATE FUNCTION guard.check_urge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    actor uuid := guard.me();
BEGIN
    IF NOT guard.unbound() AND (NEW.by_id IS DISTINCT FROM actor OR NOT EXISTS (
        SELECT FROM public.filing f
        WHERE f.id = NEW.filing_id AND f.state = 'in approval'
        AND (f.author_id = actor OR guard.may('record paper', '*', f.project_id))
    )) THEN
        PERFORM guard.refuse('EP005', 'signers are reminded by the author, or by who records for others');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_check_urge BEFORE INSERT ON public.urge
FOR EACH ROW EXECUTE FUNCTION guard.check_urge();

-- ---- contents

-- Pieces of a file come with the file's own record, and not later.
CREATE FUNCTION guard.check_chunk() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF NOT guard.unbound() AND NOT EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = pg_current_xact_id() AND w.entity = 'blob' AND w.key = NEW.sha256 AND w.op = 'insert'
    ) THEN
        PERFORM guard.refuse('EP009', 'a file is archived in one transaction');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_check_chunk BEFORE INSERT ON public.blob_chunk
FOR EACH ROW EXECUTE FUNCTION guard.check_chunk();

-- What a transaction wrote, looked at as a whole before its commit.
CREATE FUNCTION guard.check_contents(own xid8, made public.changeset) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    entities text[] := ARRAY(SELECT DISTINCT w.entity FROM guard.written w WHERE w.xid = own);
BEGIN
    PERFORM guard.check_hands(own, made);
    IF entities && '{filing,revision,section}' THEN
        PERFORM guard.check_revisions(own);
    END IF;
    IF entities && '{blob,document}' THEN
        PERFORM guard.check_files(own);
    END IF;
    IF 'policy_version' = ANY (entities) THEN
        PERFORM guard.check_policies(own);
    END IF;
    IF entities && '{counter,filing,project}' THEN
        PERFORM guard.check_numbers(own);
    END IF;
    PERFORM guard.check_ledger(own, entities);
END $$;

-- Whoever is named as having done something is the changeset's author, and it was done at its moment.
CREATE FUNCTION guard.check_hands(own xid8, made public.changeset) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    astray record;
BEGIN
    SELECT w.entity, w.key INTO astray
    FROM guard.written w
    JOIN (VALUES
        ('revision', 'author_id'), ('sign_off', 'recorded_by'), ('document', 'added_by'), ('chain_edit', 'by_id'),
        ('urge', 'by_id'), ('line_check', 'by_id'), ('waiver', 'by_id'), ('erasure', 'by_id')
    ) AS hand (entity, hand) ON hand.entity = w.entity
    WHERE w.xid = own AND w.op = 'insert' AND w.fields ->> hand.hand IS DISTINCT FROM made.author_id::text
    LIMIT 1;
    IF FOUND THEN
        PERFORM guard.refuse('EP001', 'people write in their own name', format('%s %s', astray.entity, astray.key));
    END IF;
    SELECT w.entity, w.key INTO astray
    FROM guard.written w
    JOIN (VALUES
        ('revision', 'at'), ('sign_off', 'at'), ('document', 'at'), ('chain_edit', 'at'), ('urge', 'at'),
        ('line_check', 'at'), ('waiver', 'at'), ('erasure', 'at'), ('baseline', 'at'), ('filing', 'created_at'),
        ('filing', 'submitted_at'), ('filing', 'decided_at'), ('policy_version', 'loaded_at')
    ) AS moment (entity, name) ON moment.entity = w.entity
    WHERE w.xid = own AND w.fields ? moment.name
    AND guard.spell(made.at) IS DISTINCT FROM
        CASE w.op WHEN 'insert' THEN w.fields ->> moment.name ELSE w.fields -> moment.name ->> 1 END
    AND NOT (w.entity = 'filing' AND w.op = 'update' AND w.fields -> moment.name -> 1 = 'null')
    LIMIT 1;
    IF FOUND THEN
        PERFORM guard.refuse('EP004', 'what is done is dated by its own transaction',
            format('%s %s', astray.entity, astray.key));
    END IF;
END $$;

-- Sections are what their hashes say and come with their revision; a revision is the next one of its filing.
CREATE FUNCTION guard.check_revisions(own xid8) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = own AND w.entity = 'section' AND (
            w.fields ->> 'sha256' <> guard.sha256(w.fields ->> 'text')
            OR NOT EXISTS (
                SELECT FROM guard.written r
                WHERE r.xid = own AND r.entity = 'revision' AND r.key = w.fields ->> 'revision_id'
            )
        )
    ) THEN
        PERFORM guard.refuse('EP009', 'a section is sealed by its hash, together with its revision');
    END IF;
    IF EXISTS (
        SELECT FROM guard.written w
        JOIN public.revision r ON r.id = w.key::uuid
        LEFT JOIN public.filing f ON f.id = r.filing_id
        LEFT JOIN public.policy_version v ON v.id = f.policy_id
        LEFT JOIN public.revision p ON p.id = r.parent_id
        WHERE w.xid = own AND w.entity = 'revision' AND (
            r.id IS DISTINCT FROM f.revision_id OR r.n <> f.revision_no
            OR (r.n = 1) <> (r.parent_id IS NULL)
            OR (r.n > 1 AND (p.filing_id, p.n) IS DISTINCT FROM (r.filing_id, r.n - 1))
            OR NOT EXISTS (
                SELECT FROM guard.written g WHERE g.xid = own AND g.entity = 'filing' AND g.key = r.filing_id::text
                AND g.fields ? 'revision_id'
            )
            OR r.sha256 IS DISTINCT FROM guard.sha256(format(
                '{"form":%s,"policy":"%s","sections":{%s},"subject":%s}', to_json(f.form_key), v.sha256, (
                    SELECT string_agg(format('%s:"%s"', to_json(s.key), s.sha256), ',' ORDER BY s.key)
                    FROM public.section s WHERE s.revision_id = r.id
                ), to_json(f.subject_kind || ':' || f.subject_id)
            ))
        )
    ) THEN
        PERFORM guard.refuse('EP009', 'a revision is the next of its filing, sealed by its hash');
    END IF;
    IF EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = own AND w.entity = 'filing' AND w.fields ? 'revision_id' AND NOT EXISTS (
            SELECT FROM guard.written r JOIN public.filing f ON f.revision_id = r.key::uuid
            WHERE r.xid = own AND r.entity = 'revision' AND f.id = w.key::uuid
        )
    ) THEN
        PERFORM guard.refuse('EP009', 'a filing gets its content with its revision');
    END IF;
END $$;

-- Files are what their hashes say; who lists one has submitted the filing, or may record for others, or may archive.
CREATE FUNCTION guard.check_files(own xid8) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = own AND w.entity = 'blob' AND NOT EXISTS (
            SELECT FROM public.blob_chunk c WHERE c.sha256 = w.key
            HAVING encode(sha256(string_agg(c.data, '' ORDER BY c.n)), 'hex') = w.key
            AND sum(length(c.data)) = (w.fields ->> 'size')::bigint
        )
    ) THEN
        PERFORM guard.refuse('EP009', 'a file is what its hash says');
    END IF;
    IF EXISTS (
        SELECT FROM guard.written w
        JOIN public.document d ON d.id = w.key::uuid
        JOIN public.blob b ON b.sha256 = d.blob_sha
        LEFT JOIN public.filing f ON f.id = d.filing_id
        WHERE w.xid = own AND w.entity = 'document' AND (
            d.size <> b.size
            OR (f.id IS NULL AND NOT guard.may('archive', '*', d.project_id))
            OR (f.id IS NOT NULL AND (
                d.project_id IS DISTINCT FROM f.project_id
                OR NOT (
                    guard.may('record paper', '*', f.project_id)
                    OR (d.kind <> 'signed scan' AND EXISTS (
                        SELECT FROM guard.written g
                        WHERE g.xid = own AND g.entity = 'filing' AND g.key = f.id::text AND g.fields ? 'revision_id'
                    ))
                )
            ))
        )
    ) THEN
        PERFORM guard.refuse('EP009', 'a file is listed by who may archive it there');
    END IF;
END $$;

CREATE FUNCTION guard.check_policies(own xid8) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = own AND w.entity = 'policy_version' AND (
            w.fields ->> 'sha256' <> guard.sha256(w.fields ->> 'text')
            OR NOT EXISTS (SELECT FROM guard.roles o WHERE o.policy_id = w.key::uuid)
        )
    ) THEN
        PERFORM guard.refuse('EP009', 'a policy is what its hash says, and comes with its rights');
    END IF;
END $$;
