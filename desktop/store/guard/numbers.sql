-- Numbers: taken one by one, in the transaction that uses them, and kept by whatever bears them.

-- A number as a pattern of the policy spells it (`{code}{kind}-{year}-{n:03}`); null for a pattern of another make.
CREATE FUNCTION guard.spell_number(pattern text, year text, n bigint, code text, kind text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    spelt text := pattern;
    found text[];
    digits text;
BEGIN
    found := regexp_match(spelt, '\{n(?::0(\d+))?\}');
    IF found IS NULL THEN
        RETURN NULL;
    END IF;
    digits := lpad(n::text, greatest(length(n::text), coalesce(found[1], '0')::integer), '0');
    spelt := regexp_replace(spelt, '\{n(:0\d+)?\}', digits, 'g');
    spelt := replace(replace(replace(spelt, '{year}', year), '{code}', code), '{kind}', kind);
    RETURN CASE WHEN spelt !~ '[{}]' THEN spelt END;
END $$;

-- The numbers that a transaction took, with the series each is of and how it is spelt.
CREATE FUNCTION guard.taken_numbers(own xid8)
RETURNS TABLE (sort text, pattern text, kind text, number text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    code text := (SELECT o.code FROM public.office o ORDER BY o.created_at, o.id LIMIT 1);
    rule guard.numbering;
BEGIN
    SELECT r.* INTO rule FROM guard.numbering r WHERE r.policy_id = guard.policy();
    RETURN QUERY
        WITH series AS (
            SELECT coalesce(
                    regexp_match(c.key, '^(filing):(.*):(\d{4})$'),
                    regexp_match(c.key, '^project:(provisional)():(\d{4})$'),
                    regexp_match(c.key, '^(project):(.*):(\d{4})$'),
                    ARRAY['', '', '']
                ) AS parts,
                CASE w.op WHEN 'insert' THEN 1 ELSE (w.fields -> 'next' ->> 0)::bigint END AS n
            FROM guard.written w JOIN public.counter c ON c.id = w.key::uuid
            WHERE w.xid = own AND w.entity = 'counter' AND NOT (w.op = 'insert' AND w.fields -> 'next' = '1')
        )
        SELECT s.parts[1],
            CASE WHEN s.parts[1] = 'filing' THEN s.parts[2] END,
            CASE WHEN s.parts[1] = 'project' THEN s.parts[2] END,
            CASE
                WHEN s.parts[3] <> to_char(guard.today(), 'YYYY') THEN ''
                WHEN s.parts[1] = 'filing' THEN guard.spell_number(s.parts[2], s.parts[3], s.n, code, '')
                WHEN s.parts[1] = 'provisional' THEN
                    guard.spell_number(rule.provisional, s.parts[3], s.n, code, '')
                WHEN s.parts[1] = 'project' THEN guard.spell_number(
                    rule.pattern, s.parts[3], s.n, code, coalesce(rule.kinds ->> s.parts[2], ''))
                ELSE ''
            END
        FROM series s;
END $$;

CREATE FUNCTION guard.check_numbers(own xid8) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    wrong text;
BEGIN
    IF EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = own AND w.entity = 'counter' AND CASE w.op
            WHEN 'insert' THEN w.fields -> 'next' NOT IN ('1', '2')
            WHEN 'update' THEN w.fields - 'next' <> '{}'
                OR (w.fields -> 'next' ->> 1)::bigint <> (w.fields -> 'next' ->> 0)::bigint + 1
            ELSE true
        END
    ) THEN
        PERFORM guard.refuse('EP007', 'numbers are taken one by one');
    END IF;
    -- none is taken for nothing: it is a new filing's, a project's, or one that an imported ledger uses already
    SELECT t.number INTO wrong FROM guard.taken_numbers(own) t
    WHERE t.number IS NOT NULL AND NOT CASE t.sort
        WHEN 'filing' THEN EXISTS (
            SELECT FROM guard.written w
            JOIN guard.forms f ON f.policy_id::text = w.fields ->> 'policy_id' AND f.key = w.fields ->> 'form_key'
            WHERE w.xid = own AND w.entity = 'filing' AND w.op = 'insert'
            AND w.fields ->> 'number' = t.number AND f.number = t.pattern
        )
        WHEN 'provisional' THEN EXISTS (
            SELECT FROM guard.written w
            WHERE w.xid = own AND w.entity = 'project' AND w.op = 'insert' AND w.fields ->> 'provisional' = t.number
        )
        ELSE EXISTS (SELECT FROM public.project p WHERE p.number = t.number)
    END
    LIMIT 1;
    IF FOUND THEN
        PERFORM guard.refuse('EP007', 'a number is taken by what bears it', wrong);
    END IF;
    -- none is borne that was not taken
    SELECT w.fields ->> 'number' INTO wrong FROM guard.written w
    WHERE w.xid = own AND w.entity = 'filing' AND w.op = 'insert' AND NOT EXISTS (
        SELECT FROM guard.taken_numbers(own) t
        JOIN guard.forms f ON f.policy_id::text = w.fields ->> 'policy_id' AND f.key = w.fields ->> 'form_key'
        WHERE t.sort = 'filing' AND t.pattern = f.number AND coalesce(t.number, w.fields ->> 'number') = w.fields ->> 'number'
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM guard.refuse('EP007', 'a filing bears the number that was taken for it', wrong);
    END IF;
    PERFORM guard.check_project_numbers(own);
END $$;

-- A project gets its number once: taken from the office's series, or brought along by the paper that opens it.
CREATE FUNCTION guard.check_project_numbers(own xid8) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = own AND w.entity = 'project' AND w.op = 'update' AND (
            w.fields ? 'provisional'
            OR (w.fields ? 'number' AND (
                w.fields -> 'number' -> 0 <> 'null' OR NOT EXISTS (
                    SELECT FROM guard.taken_numbers(own) t
                    WHERE t.sort = 'project' AND coalesce(t.number, w.fields -> 'number' ->> 1) = w.fields -> 'number' ->> 1
                )
            ))
        )
    ) THEN
        PERFORM guard.refuse('EP007', 'a project gets the number that was taken for it, and keeps it');
    END IF;
    IF EXISTS (
        SELECT FROM guard.written w
        WHERE w.xid = own AND w.entity = 'project' AND w.op = 'insert' AND w.fields ? 'provisional'
        AND w.fields ->> 'provisional' NOT IN (
            SELECT coalesce(t.number, w.fields ->> 'provisional') FROM guard.taken_numbers(own) t
            WHERE t.sort = 'provisional'
        )
    ) OR EXISTS (
        SELECT w.fields ->> 'origin_filing_id', w.fields ->> 'number' FROM guard.written w
        WHERE w.xid = own AND w.entity = 'project' AND w.op = 'insert' AND w.fields ? 'number'
        EXCEPT
        SELECT f.id::text, line ->> 'number'
        FROM public.filing f
        JOIN public.section s ON s.revision_id = f.revision_id
        CROSS JOIN LATERAL jsonb_path_query(s.text::jsonb, '$[*]') AS lines (line)
        WHERE f.id::text IN (
            SELECT w.fields ->> 'origin_filing_id' FROM guard.written w
            WHERE w.xid = own AND w.entity = 'project' AND w.op = 'insert'
        )
    ) THEN
        PERFORM guard.refuse('EP007', 'a new project brings its number along, or takes the next provisional one');
    END IF;
END $$;
