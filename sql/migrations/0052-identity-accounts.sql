-- An account whose password another person has set again may do nothing but choose one of its own.
ALTER TABLE khoacu.staff ADD COLUMN reset_at timestamptz;
COMMENT ON COLUMN khoacu.staff.reset_at IS 'When somebody else set the password again; null once its owner has chosen one';
GRANT UPDATE (reset_at) ON khoacu.staff TO khoacu_server;
GRANT SELECT (reset_at) ON khoacu.staff TO khoacu_worker, khoacu_auditor;
