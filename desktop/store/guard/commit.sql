-- The one check at the commit: what a transaction wrote is what its sealed changeset tells. Run after journal.sql.

CREATE FUNCTION guard.check_transaction() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    run guard.running;
    made public.changeset;
BEGIN
    SELECT r.* INTO run FROM guard.running r WHERE r.xid = NEW.xid;
    IF run.xid IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT c.* INTO made FROM public.changeset c WHERE c.id = run.header_id;
    IF made.id IS NULL OR run.changeset_id IS DISTINCT FROM made.id THEN
        PERFORM guard.refuse('EP004', 'what is written leaves a sealed changeset that tells of it');
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.device d
        WHERE d.id = made.device_id AND (d.seq, d.head_hash, d.lamport) = (made.seq, made.hash, made.lamport)
    ) THEN
        PERFORM guard.refuse('EP003', 'the head of a chain moves with its changeset');
    END IF;
    PERFORM guard.check_seals(made);
    PERFORM guard.check_told(run.xid, made);
    IF run.behind THEN
        PERFORM guard.check_order(run.xid, made);
    END IF;
    PERFORM guard.check_contents(run.xid, made);
    DELETE FROM guard.written w WHERE w.xid = run.xid;
    DELETE FROM guard.running r WHERE r.xid = run.xid;
    RETURN NULL;
END $$;

-- Each change is sealed by its salt, tells of the record that it names, and all are under the header's root.
CREATE FUNCTION guard.check_seals(made public.changeset) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    sealed boolean;
    numbered boolean;
    hashes text;
BEGIN
    SELECT
        bool_and(
            c.body IS NOT NULL AND c.salt ~ '^[0-9a-f]{32}$'
            AND c.hash = encode(sha256(decode(c.salt, 'hex') || convert_to(c.body, 'UTF8')), 'hex')
            AND c.body::jsonb - 'fields'
                = jsonb_build_object('entity', c.entity, 'id', c.entity_id, 'op', c.op)
        ),
        min(c.n) = 1 AND max(c.n) = count(*),
        string_agg(c.hash, E'\n' ORDER BY c.n)
    INTO sealed, numbered, hashes
    FROM public.change c WHERE c.changeset_id = made.id;
    IF sealed IS NOT TRUE OR numbered IS NOT TRUE THEN
        PERFORM guard.refuse('EP003', 'a change is sealed by its salt and hash, and says what it is of');
    END IF;
    IF made.root <> guard.sha256(hashes) THEN
        PERFORM guard.refuse('EP003', 'the root is over the hashes of the changes');
    END IF;
END $$;

-- What is told is just what was written, record by record in the same order: nothing left out, nothing invented. The
-- first changeset of an installation introduces it.
CREATE FUNCTION guard.check_told(own xid8, made public.changeset) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    astray record;
BEGIN
    WITH told AS (
        SELECT c.entity, c.entity_id AS key, c.op, c.body::jsonb -> 'fields' AS fields,
            row_number() OVER (PARTITION BY c.entity, c.entity_id ORDER BY c.n) AS turn
        FROM public.change c WHERE c.changeset_id = made.id
    ), done AS (
        SELECT w.entity, w.key, w.op, w.fields,
            row_number() OVER (PARTITION BY w.entity, w.key ORDER BY w.n) AS turn
        FROM guard.written w WHERE w.xid = own
        UNION ALL
        SELECT 'device', d.id::text, 'insert',
            jsonb_build_object('name', d.name, 'registered_at', guard.spell(d.registered_at)), 1
        FROM public.device d WHERE d.id = made.device_id AND made.seq = 1
    )
    SELECT coalesce(told.entity, done.entity) AS entity, coalesce(told.key, done.key) AS key,
        coalesce(told.op, done.op) AS op, told.fields AS told, done.fields AS done
    INTO astray
    FROM told FULL JOIN done
        ON told.entity = done.entity AND told.key = done.key AND told.turn = done.turn AND told.op = done.op
    WHERE told.fields IS DISTINCT FROM done.fields
    LIMIT 1;
    IF FOUND THEN
        PERFORM guard.refuse('EP004', 'the journal tells what is written, and nothing else',
            left(format('%s %s %s: told %s, written %s', astray.entity, astray.key, astray.op,
                coalesce(astray.told::text, 'nothing'), coalesce(astray.done::text, 'nothing')), 2000));
    END IF;
END $$;

-- What two installations wrote at once may bear one Lamport number, unless it is of one record.
CREATE FUNCTION guard.check_order(own xid8, made public.changeset) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM guard.written w
        JOIN public.change c ON c.entity = w.entity AND c.entity_id = w.key AND c.changeset_id <> made.id
        JOIN public.changeset s ON s.id = c.changeset_id
        WHERE w.xid = own AND s.lamport >= made.lamport
    ) THEN
        PERFORM guard.refuse('EP003', 'a later change of a record bears a higher Lamport number');
    END IF;
END $$;

CREATE CONSTRAINT TRIGGER check_transaction AFTER INSERT ON guard.running
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guard.check_transaction();
