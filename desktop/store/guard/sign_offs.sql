-- Who signs what when, and what happens around a chain: hand-ons, confirmed lines, reminders.

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
