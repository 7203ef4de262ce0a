-- What a transaction wrote beside: revisions, sections, files, policies, and in whose name.

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
