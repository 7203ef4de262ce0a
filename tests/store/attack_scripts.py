"""What people try with psql and their own password: each script is one transaction, and each must be refused."""

from tests.services.world import CLERK, FINANCE, HEAD, MANAGER, OTHER_MANAGER, OTHER_TECHNICAL, TECHNICAL
from tests.store.attacked import CLOSED, KEEPER, STRANGER

HISTORY = {
    "a change's body": "UPDATE change SET body = replace(body, '1', '2')",
    "a change erased without an erasure": "UPDATE change SET body = NULL, salt = '' WHERE entity = 'person'",
    "a change deleted": "DELETE FROM change WHERE changeset_id = '{changeset}'",
    "a change added to an old changeset": (
        "INSERT INTO change VALUES ('{changeset}', 99, 'person', '{manager}', 'update', repeat('0', 32), "
        "'{{\"entity\":\"person\"}}', repeat('0', 64))"
    ),
    "a changeset backdated": "UPDATE changeset SET at = at - interval '1 year' WHERE id = '{changeset}'",
    "a changeset under another name": "UPDATE changeset SET author_id = '{head}' WHERE id = '{changeset}'",
    "the last changeset cut off": "DELETE FROM changeset WHERE id = '{changeset}'",
    "the journal emptied": "TRUNCATE change, changeset CASCADE",
    "everything emptied": "TRUNCATE device, person CASCADE",
    "a chain's head moved": "UPDATE device SET seq = seq - 1, head_hash = '' WHERE id = '{device}'",
    "a chain's head moved forward": "UPDATE device SET lamport = 4611686018427387904 WHERE id = '{device}'",
    "an installation deleted": "DELETE FROM device WHERE id = '{device}'",
    "an installation with a made-up chain": (
        "INSERT INTO device VALUES (gen_random_uuid(), 'X', 7, repeat('a', 64), 9000, '{now}')"
    ),
    "a changeset out of nothing": (
        "INSERT INTO changeset SELECT gen_random_uuid(), id, seq + 1, '{head}', '{now}', head_hash, lamport + 1, '[]', "
        "5, repeat('a', 64), 'x', repeat('b', 64), '' FROM device WHERE id = '{device}'"
    ),
    "the schema's own history": "UPDATE schema_change SET program = 'x'",
}
SIGNATURES = {
    "a signature out of nothing": (
        "INSERT INTO sign_off (id, filing_id, revision_id, step_key, decision, signer_id, signer_name, recorded_by, "
        "signed_on, at, opinion, covers, policy_sha256, on_paper, signature) VALUES (gen_random_uuid(), '{filing}', "
        "'{revision}', 'technical', 'approve', '{head}', '张建国', '{head}', '{today}', '{now}', '', '{{}}', 'x', "
        "false, '')"
    ),
    "a signature turned round": "UPDATE sign_off SET decision = 'reject' WHERE filing_id = '{approved}'",
    "a signature backdated": "UPDATE sign_off SET signed_on = '2026-01-01', at = at - interval '9 months'",
    "a signature under another name": "UPDATE sign_off SET signer_id = '{clerk}', recorded_by = '{clerk}'",
    "a signature deleted": "DELETE FROM sign_off WHERE filing_id = '{half}'",
    "all signatures emptied": "TRUNCATE sign_off",
    "a signature deleted by its filing": "DELETE FROM filing WHERE id = '{half}'",
    "a reminder in another's name": (
        "INSERT INTO urge VALUES (gen_random_uuid(), '{filing}', 'technical', '{clerk}', '{now}', '')"
    ),
    "a step handed on by a stranger": (
        "INSERT INTO chain_edit (id, filing_id, kind, step_key, new_key, person_id, by_id, at, reason) VALUES "
        "(gen_random_uuid(), '{filing}', 'hand on', 'technical', '', '{manager}', '{head}', '{now}', '忙')"
    ),
    "a line confirmed by a stranger": (
        "INSERT INTO line_check VALUES (gen_random_uuid(), '{filing}', 'reason', 'x', 'x', 'yes', '', '{head}', "
        "'{now}')"
    ),
    "a filing approved by hand": (
        "UPDATE filing SET state = 'approved', decided_at = '{now}', effective_on = '{today}', version = version + 1 "
        "WHERE id = '{filing}'"
    ),
    "a filing returned by hand": "UPDATE filing SET state = 'returned', version = version + 1 WHERE id = '{filing}'",
    "an approved filing opened again": "UPDATE filing SET state = 'in approval' WHERE id = '{approved}'",
    "a filing under another number": "UPDATE filing SET number = 'ZT-2026-9999' WHERE id = '{filing}'",
    "a filing under another policy": "UPDATE filing SET policy_id = gen_random_uuid() WHERE id = '{filing}'",
    "a filing under another author": "UPDATE filing SET author_id = '{clerk}' WHERE id = '{filing}'",
    "content changed": "UPDATE section SET text = '{{}}' WHERE revision_id = '{revision}'",
    "a section added": (
        "INSERT INTO section VALUES (gen_random_uuid(), '{revision}', 'more', '{{}}', encode(sha256('{{}}'), 'hex'))"
    ),
    "a revision changed": "UPDATE revision SET conditions = '[]', at = at - interval '1 day' WHERE id = '{revision}'",
    "a file changed": "UPDATE blob_chunk SET data = 'x' WHERE sha256 = '{blob}'",
    "a file lengthened": "INSERT INTO blob_chunk VALUES ('{blob}', 99, 'x')",
    "a document taken away": "DELETE FROM document",
    "a document in another's name": (
        "INSERT INTO document SELECT gen_random_uuid(), '{running}', NULL, 'x.pdf', sha256, size, media_type, '', "
        "'{clerk}', '{now}', NULL FROM blob WHERE sha256 = '{blob}'"
    ),
}
LEDGER = {
    "a budget": "UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}'",
    "a project made one's own": "UPDATE project SET manager_id = '{manager}' WHERE id = '{software}'",
    "a project's state": "UPDATE project SET state = 'closed' WHERE id = '{running}'",
    "a project's number": "UPDATE project SET number = 'JC-2026-001' WHERE id = '{running}'",
    "a project deleted": "DELETE FROM project WHERE id = '{running}'",
    "a project of one's own": (
        "INSERT INTO project SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'number', "
        "'JC-2026-777', 'version', 1))).* FROM project p WHERE id = '{running}'"
    ),
    "money spent": (
        "INSERT INTO expense VALUES (gen_random_uuid(), '{running}', 'travel', '2026-11', 100, '{today}', NULL, "
        "'', NULL)"
    ),
    "a report nobody wrote": (
        "INSERT INTO report_line (id, project_id, week, place, line, task, plan_line, status, content) VALUES "
        "(gen_random_uuid(), '{running}', '2026-W45', 1, 'x', 'x', '', '', '{{}}')"
    ),
    "a plan nobody approved": (
        "INSERT INTO baseline VALUES (gen_random_uuid(), '{running}', 9, '{approved}', '{today}', '{now}', '')"
    ),
    "a problem nobody raised": (
        "INSERT INTO problem (id, project_id, number, line, source, title, content, raised_on, severity, level, "
        "evidence, version) VALUES (gen_random_uuid(), '{running}', 'X', 'x', 'x', 'x', '{{}}', '{today}', '', "
        "'', '', 1)"
    ),
    "an exception nobody granted": (
        "INSERT INTO waiver VALUES (gen_random_uuid(), '{running}', 'x', 'x', 'x', '{manager}', '{now}')"
    ),
    "the next number stolen": "UPDATE counter SET next = next + 1, version = version + 1 WHERE id = '{counter}'",
    "numbers set back": "UPDATE counter SET next = 1, version = version + 1 WHERE id = '{counter}'",
    "numbers stolen by upsert": (
        "INSERT INTO counter VALUES ('{counter}', 'filing:ZT-{{year}}-{{n:04}}:2026', 9, 1) "
        "ON CONFLICT (id) DO UPDATE SET next = 99"
    ),
    "numbers stolen by merge": "MERGE INTO counter USING (SELECT 1) o ON true WHEN MATCHED THEN UPDATE SET next = 99",
    "a series forgotten": "DELETE FROM counter",
    "a series of one's own": "INSERT INTO counter VALUES (gen_random_uuid(), 'filing:X-{{year}}-{{n:04}}:2026', 2, 1)",
}
ROLES = {
    "a role for oneself": (
        "INSERT INTO assignment (id, role_key, person_id, since, version) VALUES "
        "(gen_random_uuid(), 'pmo_head', '{manager}', '{today}', 1)"
    ),
    "another's role": (
        "UPDATE assignment SET person_id = '{manager}', version = version + 1 WHERE role_key = 'pmo_head'"
    ),
    "a rival's role ended": "DELETE FROM assignment WHERE role_key = 'clerk'",
    "a stand-in for the head": (
        "INSERT INTO delegation (id, person_id, stand_in_id, role_key, since, until, reason, version) VALUES "
        "(gen_random_uuid(), '{head}', '{manager}', '', '{today}', '{today}', '', 1)"
    ),
    "a person renamed": "UPDATE person SET name = '张建国', version = version + 1 WHERE id = '{manager}'",
    "two people merged": "UPDATE person SET merged_into_id = '{manager}' WHERE id = '{head}'",
    "another policy": "UPDATE office SET policy_id = '{policy}', name = 'X', version = version + 1",
    "a policy without its right": (
        "INSERT INTO policy_version VALUES (gen_random_uuid(), 'epm', 'x', '9', repeat('a', 64), 'x', '{now}')"
    ),
    "rights rows": "UPDATE guard.rights SET scope = 'office'",
    "a right added": "INSERT INTO guard.rights VALUES ('{policy}', 'manager', 'office', 'manage people', '*')",
    "steps taken out": "DELETE FROM guard.steps",
    "rights filled in": "SELECT guard.fill_policy('{policy}', '{{}}')",
    "rights loaded": "SELECT guard.load_policy('{policy}', '{{}}')",
    "another's login made one's own": "UPDATE guard.login SET person_id = '{head}'",
    "a login added": "INSERT INTO guard.login VALUES (session_user, '{head}', true, now(), 'x', NULL)",
    "an invitation": "SELECT guard.invite(session_user::text, '{head}', true)",
    "a rival's login closed": "SELECT guard.close('{clerks_login}')",
    "the guard's history": "DELETE FROM guard.event",
    "what is noted of this transaction": (
        "UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}'; DELETE FROM guard.written"
    ),
    "this transaction declared sealed": (
        "UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}'; DELETE FROM guard.running"
    ),
}
POWERS = {
    "the owner's role": 'SET ROLE "{owner}"',
    "another's session": 'SET SESSION AUTHORIZATION "{clerks_login}"',
    "another's session by a setting": "SELECT set_config('session_authorization', '{clerks_login}', false)",
    "a superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "the right to make roles": "ALTER ROLE CURRENT_USER CREATEROLE BYPASSRLS",
    "another's password": "ALTER ROLE \"{clerks_login}\" PASSWORD 'x'",
    "membership of the owner": 'GRANT "{owner}" TO CURRENT_USER',
    "membership of a colleague": 'GRANT "{clerks_login}" TO CURRENT_USER',
    "rights on tables": "GRANT ALL ON ALL TABLES IN SCHEMA public, guard TO CURRENT_USER",
    "triggers switched off": "ALTER TABLE sign_off DISABLE TRIGGER ALL",
    "a trigger dropped": "DROP TRIGGER sign_off_refuse_rewriting ON sign_off",
    "a rule instead": "CREATE RULE r AS ON UPDATE TO sign_off DO INSTEAD NOTHING",
    "row security off": "ALTER TABLE project DISABLE ROW LEVEL SECURITY",
    "a policy for oneself": "CREATE POLICY p ON project USING (true)",
    "triggers asleep": "SET session_replication_role = replica",
    "ownership": 'REASSIGN OWNED BY "{owner}" TO CURRENT_USER',
    "the owner's things dropped": 'DROP OWNED BY "{owner}"',
    "a table taken over": "ALTER TABLE sign_off OWNER TO CURRENT_USER",
    "who am I": "CREATE OR REPLACE FUNCTION guard.me() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "what time is it": "ALTER FUNCTION guard.now() SET search_path = public",
    "a function beside": "CREATE FUNCTION public.pg_current_xact_id() RETURNS xid8 LANGUAGE sql AS 'SELECT NULL::xid8'",
    "a table beside": "CREATE TABLE public.login (name text)",
    "a table in front": (
        "CREATE TEMP TABLE erasure AS SELECT 'person' AS entity, '{head}' AS entity_id, now() AS upto; "
        "UPDATE change SET body = NULL, salt = '' WHERE entity = 'person'"
    ),
    "a function in front": (
        "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'; SET search_path = "
        "pg_temp, public; "
        "UPDATE section SET text = '{{}}'"
    ),
    "an operator in front": "CREATE OPERATOR public.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = uuid_ne)",
    "a schema": "CREATE SCHEMA mine",
    "a language": "CREATE LANGUAGE mine HANDLER plpgsql_call_handler",
    "another database's door": "CREATE EXTENSION dblink",
    "an event trigger": "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION guard.me()",
    "the catalogue's functions": "UPDATE pg_catalog.pg_proc SET prosrc = 'SELECT NULL::uuid' WHERE proname = 'me'",
    "the catalogue's roles": "UPDATE pg_catalog.pg_authid SET rolsuper = true WHERE rolname = session_user",
    "passwords read": "SELECT rolpassword FROM pg_catalog.pg_authid",
    "a program": "COPY (SELECT 1) TO PROGRAM 'id'",
    "a file written": "COPY sign_off TO '/tmp/epm-attack'",
    "a file read": "SELECT pg_read_file('/etc/hostname')",
    "a large object from a file": "SELECT lo_import('/etc/hostname')",
    "a large object into a file": "SELECT lo_export(lo_from_bytea(0, 'x'), '/tmp/epm-attack')",
    "a library": "LOAD '/tmp/x.so'",
    "the server's settings": "ALTER SYSTEM SET row_security = off",
    "the database's settings": (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = x', current_database()); END $$"
    ),
    "a colleague's connection": (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' "
        "AND pid <> pg_backend_pid() AND datname = current_database()"
    ),
}
TRICKS = {
    "an anonymous block": (
        "DO $$ BEGIN UPDATE project SET budget = 1, version = version + 1; "
        "IF NOT FOUND THEN RAISE insufficient_privilege; END IF; END $$"
    ),
    "a prepared statement": (
        "PREPARE p AS UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}'; EXECUTE p"
    ),
    "a query that writes": (
        "WITH w AS (UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}' RETURNING 1) "
        "SELECT * FROM w"
    ),
    "savepoints": (
        "SAVEPOINT a; UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}'; RELEASE a; "
        "SAVEPOINT b; DELETE FROM counter; ROLLBACK TO b"
    ),
    "checks brought forward": (
        "SET CONSTRAINTS ALL IMMEDIATE; UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}'"
    ),
    "checks put off": (
        "SET CONSTRAINTS ALL DEFERRED; UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}'"
    ),
    "another search path": (
        "SET search_path = pg_temp, public; UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}'"
    ),
    "copied in": "COPY urge FROM '/etc/hostname'",
    "a cursor": (
        "DECLARE c CURSOR FOR SELECT * FROM project WHERE id = '{running}' FOR UPDATE; FETCH c; "
        "UPDATE project SET budget = 1, version = version + 1 WHERE CURRENT OF c"
    ),
    "two writes that take each other back": (
        "UPDATE project SET budget = 1, version = version + 1 WHERE id = '{running}'; "
        "UPDATE project SET budget = 1800000000, version = version - 1 WHERE id = '{running}'"
    ),
    "rights through a role of the group": 'SET ROLE "{people}"; UPDATE project SET budget = 1, version = version + 1',
}
BY = {
    "history": (HISTORY, (MANAGER, CLERK)),
    "signatures": (SIGNATURES, (MANAGER, OTHER_TECHNICAL)),
    "ledger": (LEDGER, (MANAGER, FINANCE)),
    "roles": (ROLES, (MANAGER, TECHNICAL)),
    "powers": (POWERS, (MANAGER, KEEPER)),
    "tricks": (TRICKS, (OTHER_MANAGER, HEAD)),
    "strangers": ({**SIGNATURES, **TRICKS}, (STRANGER, CLOSED)),
}
"""Which scripts are tried by whom."""
