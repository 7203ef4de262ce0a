-- A person's data leaves the journal: bodies and salts of the changes that an erasure covers, by whoever cares for
-- people. The trigger on the journal lets exactly this through (migration 0005).

CREATE FUNCTION guard.erase_bodies(person uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, guard, public, pg_temp
AS $$
DECLARE
    erased bigint;
BEGIN
    IF NOT guard.may('manage people') THEN
        RAISE insufficient_privilege USING MESSAGE = 'only whoever manages people erases their data';
    END IF;
    UPDATE public.change c SET body = NULL, salt = ''
        WHERE c.entity = 'person' AND c.entity_id = person::text AND c.body IS NOT NULL
        AND EXISTS (
            SELECT FROM public.erasure e JOIN public.changeset s ON s.id = c.changeset_id
            WHERE e.entity = c.entity AND e.entity_id = c.entity_id AND s.at <= e.upto
        );
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$;

REVOKE ALL ON FUNCTION guard.erase_bodies(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.erase_bodies(uuid) TO @people@;
