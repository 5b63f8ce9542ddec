-- A login that may act as the roles of roles.sql, and the database it stands in made theirs. Run by psql after roles.sql, by an
-- administrator, in the database that Khoacu is to use; may be run again:
--   KHOACU_DB_PASSWORD=… psql -d khoacu -f sql/roles/roles.sql -f sql/roles/login.sql
-- Without the variable the login has no password, for clusters that know their users otherwise (peer, certificates).
\getenv password KHOACU_DB_PASSWORD
SELECT current_database() AS database, NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'khoacu') AS missing \gset
\if :missing
CREATE ROLE khoacu LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
\endif
\if :{?password}
ALTER ROLE khoacu PASSWORD :'password';
\endif
-- NOINHERIT: the login by itself has no right; each connection takes one role and its rights alone.
ALTER ROLE khoacu NOINHERIT;
GRANT khoacu_owner, khoacu_server, khoacu_bank, khoacu_worker, khoacu_auditor TO khoacu;
ALTER DATABASE :"database" OWNER TO khoacu_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO khoacu;
