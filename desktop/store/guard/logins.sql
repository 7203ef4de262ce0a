-- The life of a login: handed out with a one-time password, made one's own, seen, closed. Run after base.sql.

ALTER TABLE guard.login
    ADD COLUMN IF NOT EXISTS one_time boolean NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS seen_at timestamptz;

-- Whose login this is; no row for a login that nobody invited.
CREATE FUNCTION guard.whoami()
RETURNS TABLE (person_id uuid, person text, administrator boolean, one_time boolean, closed boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT p.id, p.name::text, l.administrator, l.one_time,
            l.closed_at IS NOT NULL OR (l.person_id IS NOT NULL AND p.active IS NOT TRUE)
        FROM guard.login l LEFT JOIN public.person p ON p.id = coalesce(guard.known(), l.person_id)
        WHERE l.name = session_user;
END $$;

-- The office's name, for whoever has a login.
CREATE FUNCTION guard.office_name() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    RETURN (SELECT o.name FROM public.office o ORDER BY o.created_at, o.id LIMIT 1);
END $$;

-- Write down that the login was used.
CREATE FUNCTION guard.arrive() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    UPDATE guard.login l SET seen_at = guard.now() WHERE l.name = session_user AND l.closed_at IS NULL;
END $$;

-- Write down that an administrator has given the login another one-time password.
CREATE FUNCTION guard.hand_out(login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    whose uuid;
BEGIN
    PERFORM guard.need_open_login();
    UPDATE guard.login l SET one_time = true WHERE l.name = hand_out.login RETURNING l.person_id INTO whose;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('nobody was invited as %I', login);
    END IF;
    PERFORM guard.note_event('password', login, whose, 'one-time');
END $$;

-- Write down that the login's person has chosen a password of their own.
CREATE FUNCTION guard.make_own() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    whose uuid;
BEGIN
    UPDATE guard.login l SET one_time = false WHERE l.name = session_user AND l.closed_at IS NULL
        RETURNING l.person_id INTO whose;
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'nobody was invited as this login, or it is closed';
    END IF;
    PERFORM guard.note_event('password', session_user::text, whose, 'own');
END $$;

-- The logins of a person that still let in, for whoever manages people.
CREATE FUNCTION guard.open_logins(person uuid) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
BEGIN
    IF guard.is_administrator() OR guard.may('manage people') THEN
        RETURN QUERY SELECT l.name FROM guard.login l
            WHERE l.person_id = open_logins.person AND l.closed_at IS NULL ORDER BY l.name;
    END IF;
END $$;

REVOKE ALL ON FUNCTION
    guard.whoami(), guard.office_name(), guard.arrive(), guard.hand_out(text), guard.make_own(), guard.open_logins(uuid)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    guard.whoami(), guard.office_name(), guard.arrive(), guard.make_own(), guard.open_logins(uuid)
TO @people@, @admins@;
GRANT EXECUTE ON FUNCTION guard.hand_out(text) TO @admins@;

-- Whoever may connect may learn which program this data needs: also a founder who is nobody in the office.
GRANT SELECT ON public.schema_version, public.schema_change TO PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
