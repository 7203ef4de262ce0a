-- A filing's own chain and whose turn it is: desktop.domain.approval and desktop.services.chains, in SQL.

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
