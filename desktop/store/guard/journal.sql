-- The journal, held by the server: what a person's login writes is told by one sealed changeset of their own, whole.
--
-- Statement triggers note what is really written; one deferred check at the commit (commit.sql) compares that with what
-- the transaction's changeset tells, and asks what the other files demand of the contents. Whoever founds, upgrades or
-- restores (the owner's members and superusers without a login of the office) is not asked: nothing binds them anyway.

CREATE UNLOGGED TABLE IF NOT EXISTS guard.running (
    xid xid8 PRIMARY KEY,
    changeset_id uuid,
    header_id uuid,
    behind boolean NOT NULL DEFAULT false
);

CREATE UNLOGGED TABLE IF NOT EXISTS guard.written (
    xid xid8 NOT NULL,
    n bigint GENERATED ALWAYS AS IDENTITY,
    entity text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    op text COLLATE "C" NOT NULL,
    fields jsonb NOT NULL,
    PRIMARY KEY (xid, n)
);

REVOKE ALL ON guard.running, guard.written FROM PUBLIC, @people@, @admins@;

CREATE FUNCTION guard.refuse(code text, what text, details text DEFAULT '') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = what, DETAIL = details;
END $$;

-- Whether whoever is logged in stands above the office: no login of it, and the owner's powers.
CREATE FUNCTION guard.unbound() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM guard.login l WHERE l.name = session_user) THEN
        RETURN false;
    END IF;
    RETURN pg_has_role(session_user, (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'guard'), 'MEMBER');
END $$;

CREATE FUNCTION guard.sha256(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT encode(sha256(convert_to(words, 'UTF8')), 'hex') $$;

-- A moment as the program spells it.
CREATE FUNCTION guard.spell(moment timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

-- A row as the journal tells it: without its key, its version and blanks.
CREATE FUNCTION guard.told(whole jsonb, key text, moments text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, guard, pg_temp
AS $$
DECLARE
    told jsonb := whole - key - 'version';
    moment text;
BEGIN
    FOREACH moment IN ARRAY moments LOOP
        told := told || jsonb_build_object(moment, guard.spell((whole ->> moment)::timestamptz));
    END LOOP;
    RETURN jsonb_strip_nulls(told);
END $$;

CREATE FUNCTION guard.changed(before jsonb, after jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        jsonb_object_agg(key, jsonb_build_array(coalesce(o.value, 'null'), coalesce(n.value, 'null'))), '{}'
    )
    FROM jsonb_each(before) o FULL JOIN jsonb_each(after) n USING (key)
    WHERE o.value IS DISTINCT FROM n.value
$$;

-- ---- what is written

-- After each statement on a journaled table; arguments: its key, then its columns that are moments.
CREATE FUNCTION guard.note_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    own xid8 := pg_current_xact_id();
    key_name text := TG_ARGV[0];
    moments text[] := coalesce(TG_ARGV[1:TG_NARGS - 1], '{}');
    rows bigint;
    noted bigint;
BEGIN
    IF guard.unbound() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO guard.written (xid, entity, key, op, fields)
            SELECT own, TG_TABLE_NAME, r.whole ->> key_name, 'insert',
                guard.told(r.whole, key_name, moments)
            FROM (SELECT to_jsonb(fresh_row) AS whole FROM new_rows fresh_row) r
            WHERE NOT r.whole ? 'version' OR r.whole ->> 'version' = '1';
        GET DIAGNOSTICS noted = ROW_COUNT;
        SELECT count(*) INTO rows FROM new_rows;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO guard.written (xid, entity, key, op, fields)
            SELECT own, TG_TABLE_NAME, n.whole ->> key_name, 'update',
                guard.changed(
                    guard.told(o.whole, key_name, moments), guard.told(n.whole, key_name, moments)
                )
            FROM (SELECT to_jsonb(fresh_row) AS whole FROM new_rows fresh_row) n
            JOIN (SELECT to_jsonb(stale_row) AS whole FROM old_rows stale_row) o
                ON o.whole ->> key_name = n.whole ->> key_name
            WHERE NOT n.whole ? 'version'
            OR (n.whole ->> 'version')::integer = (o.whole ->> 'version')::integer + 1;
        GET DIAGNOSTICS noted = ROW_COUNT;
        SELECT count(*) INTO rows FROM new_rows;
    ELSE
        INSERT INTO guard.written (xid, entity, key, op, fields)
            SELECT own, TG_TABLE_NAME, r.whole ->> key_name, 'delete',
                guard.told(r.whole, key_name, moments)
            FROM (SELECT to_jsonb(stale_row) AS whole FROM old_rows stale_row) r;
        GET DIAGNOSTICS noted = ROW_COUNT;
        rows := noted;
    END IF;
    IF rows <> noted THEN
        PERFORM guard.refuse('EP004', 'a record keeps its key, and its version counts how often it was saved',
            TG_TABLE_NAME);
    END IF;
    IF rows > 0 THEN
        INSERT INTO guard.running (xid) VALUES (own) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

-- ---- what is told

CREATE FUNCTION guard.note_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    told uuid;
    known uuid;
BEGIN
    IF guard.unbound() THEN
        RETURN NULL;
    END IF;
    FOR told IN SELECT DISTINCT n.changeset_id FROM new_rows n LOOP
        INSERT INTO guard.running AS r (xid, changeset_id) VALUES (pg_current_xact_id(), told)
            ON CONFLICT (xid) DO UPDATE SET changeset_id = coalesce(r.changeset_id, excluded.changeset_id)
            RETURNING r.changeset_id INTO known;
        IF known <> told THEN
            PERFORM guard.refuse('EP003', 'one transaction leaves one changeset');
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Who writes: the person who is logged in, also where this very transaction is the one by which they leave.
CREATE FUNCTION guard.author() RETURNS uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, guard, public, pg_temp
AS $$
    SELECT coalesce(guard.me(), (
        SELECT guard.known() FROM guard.written w
        WHERE w.xid = pg_current_xact_id_if_assigned() AND w.entity = 'person' AND w.key = guard.known()::text
        AND w.fields -> 'active' = '[true, false]' LIMIT 1
    ))
$$;

-- A header is the canonical text of its columns, sealed, by whoever is logged in, now, and next in its chain.
CREATE FUNCTION guard.check_header() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    own public.device;
    highest bigint;
    known uuid;
    off interval;
BEGIN
    IF guard.unbound() THEN
        RETURN NEW;
    END IF;
    IF guard.author() IS NULL THEN
        PERFORM guard.refuse('EP011', 'this login belongs to nobody in the office');
    END IF;
    IF NEW.author_id IS DISTINCT FROM guard.author() THEN
        PERFORM guard.refuse('EP001', 'a changeset is its author''s own');
    END IF;
    off := NEW.at - guard.now();
    IF off NOT BETWEEN interval '-5 minutes' AND interval '5 minutes' THEN
        PERFORM guard.refuse('EP002', 'the clock differs from the server''s',
            round(extract(epoch FROM off))::text);
    END IF;
    SELECT d.* INTO own FROM public.device d WHERE d.id = NEW.device_id FOR UPDATE;
    SELECT max(d.lamport) INTO highest FROM public.device d;
    IF own.id IS NULL OR NEW.seq <> own.seq + 1 OR NEW.prev_hash <> own.head_hash
        OR NEW.lamport <= own.lamport OR NEW.lamport > highest + 1
    THEN
        PERFORM guard.refuse('EP003', 'a changeset follows its installation''s last one');
    END IF;
    IF NEW.schema_no <> (SELECT v.version_num::integer FROM public.schema_version v) THEN
        PERFORM guard.refuse('EP003', 'a changeset names the schema that there is');
    END IF;
    IF NEW.parents !~ '^\[("[0-9a-f]{64}"(,"[0-9a-f]{64}")*)?\]$' OR NEW.prev_hash !~ '^([0-9a-f]{64})?$'
        OR NEW.root !~ '^[0-9a-f]{64}$' OR NEW.signature !~ '^(\{"key":"[0-9a-f]{64}","sig":"[0-9a-f]{128}"\})?$'
        OR NEW.header <> format(
            '{"at":"%s","author":"%s","device":"%s",%s"lamport":%s,"parents":%s,"prev":"%s","root":"%s","schema":%s,"seq":%s}',
            guard.spell(NEW.at), NEW.author_id, NEW.device_id,
            coalesce(substring(NEW.signature FROM '"key":"[0-9a-f]{64}"') || ',', ''), NEW.lamport, NEW.parents,
            NEW.prev_hash, NEW.root, NEW.schema_no, NEW.seq)
    THEN
        PERFORM guard.refuse('EP003', 'a header says what its columns say');
    END IF;
    IF NEW.hash <> guard.sha256(NEW.header) THEN
        PERFORM guard.refuse('EP003', 'a header is sealed by its own hash');
    END IF;
    INSERT INTO guard.running AS r (xid, header_id, behind)
        VALUES (pg_current_xact_id(), NEW.id, NEW.lamport <= highest)
        ON CONFLICT (xid) DO UPDATE SET header_id = excluded.header_id, behind = excluded.behind
            WHERE r.header_id IS NULL
        RETURNING r.header_id INTO known;
    IF known IS NULL THEN
        PERFORM guard.refuse('EP003', 'one transaction leaves one changeset');
    END IF;
    RETURN NEW;
END $$;

-- An installation joins with an empty chain, and its head moves with its changeset.
CREATE FUNCTION guard.check_device() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    made public.changeset;
BEGIN
    IF guard.unbound() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF guard.me() IS NULL THEN
            PERFORM guard.refuse('EP011', 'this login belongs to nobody in the office');
        END IF;
        IF (NEW.seq, NEW.head_hash, NEW.lamport) <> (0, '', 0) THEN
            PERFORM guard.refuse('EP003', 'an installation joins with an empty chain');
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT c.* INTO made FROM public.changeset c JOIN guard.running r ON r.header_id = c.id
            WHERE r.xid = pg_current_xact_id() AND c.device_id = OLD.id;
        IF made.id IS NOT NULL
            AND (NEW.id, NEW.name, NEW.registered_at) = (OLD.id, OLD.name, OLD.registered_at)
            AND (NEW.seq, NEW.head_hash, NEW.lamport) = (made.seq, made.hash, made.lamport)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    PERFORM guard.refuse('EP003', 'the head of a chain moves with its changeset alone');
    RETURN NULL;
END $$;

-- ---- nothing is emptied, and the older triggers look for no tables but the office's own

CREATE FUNCTION guard.refuse_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, pg_temp
AS $$
BEGIN
    IF NOT guard.unbound() THEN
        PERFORM guard.refuse('EP003', 'no table of the office is emptied', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', p.oid::regprocedure)
        FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    LOOP
        EXECUTE command;
    END LOOP;
END $$;

DO $$
DECLARE
    unwatched CONSTANT text[] := '{change,changeset,device,blob_chunk,turn,presence,relocation,schema_change,schema_version}';
    found record;
BEGIN
    FOR found IN
        SELECT c.oid, c.relname,
            CASE c.relname WHEN 'blob' THEN 'sha256' ELSE 'id' END AS key,
            (
                SELECT coalesce(string_agg(', ' || quote_literal(a.attname), '' ORDER BY a.attnum), '')
                FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND a.atttypid = 'timestamptz'::regtype
            ) AS moments
        FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format(
            'CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON public.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION guard.refuse_truncate()', found.relname);
        CONTINUE WHEN found.relname = ANY (unwatched);
        EXECUTE format(
            'CREATE TRIGGER guard_note_insert AFTER INSERT ON public.%I REFERENCING NEW TABLE AS new_rows '
            'FOR EACH STATEMENT EXECUTE FUNCTION guard.note_rows(%L%s)', found.relname, found.key, found.moments);
        EXECUTE format(
            'CREATE TRIGGER guard_note_update AFTER UPDATE ON public.%I '
            'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows '
            'FOR EACH STATEMENT EXECUTE FUNCTION guard.note_rows(%L%s)', found.relname, found.key, found.moments);
        EXECUTE format(
            'CREATE TRIGGER guard_note_delete AFTER DELETE ON public.%I REFERENCING OLD TABLE AS old_rows '
            'FOR EACH STATEMENT EXECUTE FUNCTION guard.note_rows(%L%s)', found.relname, found.key, found.moments);
    END LOOP;
END $$;

CREATE TRIGGER guard_note_changes AFTER INSERT ON public.change REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION guard.note_changes();
CREATE TRIGGER guard_check_header BEFORE INSERT ON public.changeset
FOR EACH ROW EXECUTE FUNCTION guard.check_header();
CREATE TRIGGER guard_check_device BEFORE INSERT OR UPDATE OR DELETE ON public.device
FOR EACH ROW EXECUTE FUNCTION guard.check_device();
