-- The database roles. Run by the administrator's login of the cluster (the embedded cluster does it
-- by itself); may be run again. khoacu_owner owns every object and changes the schema; khoacu_server
-- answers requests and cannot read keys; khoacu_bank writes and reads items for the officers of the banks; khoacu_worker
-- closes sittings, reads keys, scores and ranks; khoacu_auditor reads.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['khoacu_owner', 'khoacu_server', 'khoacu_bank', 'khoacu_worker', 'khoacu_auditor'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', name);
    END IF;
  END LOOP;
END
$$;
