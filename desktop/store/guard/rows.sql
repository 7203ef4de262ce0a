-- What people may read and write of the office's tables.

REVOKE ALL ON SCHEMA public FROM PUBLIC, @people@, @admins@;
GRANT USAGE ON SCHEMA public TO @people@, @admins@;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, @people@, @admins@;
REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM PUBLIC, @people@, @admins@;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO @people@;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC, @people@, @admins@', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO @people@, @admins@', current_database());
END $$;
