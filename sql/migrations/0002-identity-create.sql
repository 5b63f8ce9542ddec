-- Staff accounts, their roles, logins of staff and candidates, and the brake on guessing.
CREATE TABLE khoacu.staff (
  staff_id      bigint PRIMARY KEY CHECK (staff_id > 0),
  login_name    text NOT NULL UNIQUE CHECK (login_name ~ '^[a-z][a-z0-9._-]{1,39}$'),
  full_name     text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 120),
  unit          text NOT NULL DEFAULT '' CHECK (length(unit) <= 200),
  password_hash text NOT NULL CHECK (password_hash ~ '^\$scrypt\$'),
  state         text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE khoacu.staff IS 'Accounts of officers, examiners, invigilators, administrators and inspectors';
COMMENT ON COLUMN khoacu.staff.staff_id IS 'Random id';
COMMENT ON COLUMN khoacu.staff.login_name IS 'What the person types';
COMMENT ON COLUMN khoacu.staff.full_name IS 'Name as shown to colleagues';
COMMENT ON COLUMN khoacu.staff.unit IS 'Where the person works';
COMMENT ON COLUMN khoacu.staff.password_hash IS 'scrypt with its parameters and salt (crypto.h)';
COMMENT ON COLUMN khoacu.staff.state IS 'active may sign in, disabled may not';
COMMENT ON COLUMN khoacu.staff.created_at IS 'When the account was made';

CREATE TABLE khoacu.staff_role (
  staff_id bigint NOT NULL REFERENCES khoacu.staff,
  role     text NOT NULL CHECK (role IN ('administrator', 'hr_officer', 'item_officer', 'examiner', 'invigilator', 'inspector')),
  PRIMARY KEY (staff_id, role)
);
COMMENT ON TABLE khoacu.staff_role IS 'Roles that a person holds';
COMMENT ON COLUMN khoacu.staff_role.staff_id IS 'The person';
COMMENT ON COLUMN khoacu.staff_role.role IS 'The role; its rights stand beside the routes of the interface';

CREATE TABLE khoacu.login (
  token_sha256 bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
  staff_id     bigint REFERENCES khoacu.staff,
  candidate_id bigint,
  created_at   timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  ended_at     timestamptz,
  CHECK ((staff_id IS NULL) <> (candidate_id IS NULL))
);
COMMENT ON TABLE khoacu.login IS 'Web sessions; the token itself is never stored';
COMMENT ON COLUMN khoacu.login.token_sha256 IS 'SHA-256 of the 32 random bytes in the cookie';
COMMENT ON COLUMN khoacu.login.staff_id IS 'The staff member who is signed in';
COMMENT ON COLUMN khoacu.login.candidate_id IS 'Or the candidate';
COMMENT ON COLUMN khoacu.login.created_at IS 'Sign-in';
COMMENT ON COLUMN khoacu.login.last_seen_at IS 'Last request, to the minute';
COMMENT ON COLUMN khoacu.login.expires_at IS 'End whatever happens';
COMMENT ON COLUMN khoacu.login.ended_at IS 'Sign-out or revocation';
CREATE INDEX login_staff ON khoacu.login (staff_id) WHERE ended_at IS NULL;
COMMENT ON INDEX khoacu.login_staff IS 'Serves identity_logins_end_of_staff';
CREATE INDEX login_candidate ON khoacu.login (candidate_id) WHERE ended_at IS NULL;
COMMENT ON INDEX khoacu.login_candidate IS 'Serves identity_candidate_login_make and identity_candidate_login_end';

CREATE TABLE khoacu.login_brake (
  subject       text PRIMARY KEY CHECK (length(subject) BETWEEN 1 AND 100),
  failures      integer NOT NULL CHECK (failures >= 0),
  blocked_until timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.login_brake IS 'Failed sign-ins per account; each failure past the third doubles the wait, up to 60 s, never for ever';
COMMENT ON COLUMN khoacu.login_brake.subject IS 'staff:NAME or candidate:CYCLE:ROLL';
COMMENT ON COLUMN khoacu.login_brake.failures IS 'Failures since the last success';
COMMENT ON COLUMN khoacu.login_brake.blocked_until IS 'Before this time the answer is «wait»';
COMMENT ON COLUMN khoacu.login_brake.updated_at IS 'Last failure';
CREATE INDEX login_brake_updated ON khoacu.login_brake (updated_at);
COMMENT ON INDEX khoacu.login_brake_updated IS 'Serves identity_brake_purge';

GRANT SELECT, INSERT ON khoacu.staff, khoacu.staff_role, khoacu.login TO khoacu_server;
GRANT UPDATE (full_name, unit, password_hash, state) ON khoacu.staff TO khoacu_server;
GRANT DELETE ON khoacu.staff_role TO khoacu_server;
GRANT UPDATE (last_seen_at, ended_at) ON khoacu.login TO khoacu_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON khoacu.login_brake TO khoacu_server;
GRANT SELECT (staff_id, login_name, full_name, unit, state, created_at) ON khoacu.staff TO khoacu_worker, khoacu_auditor;
GRANT SELECT ON khoacu.staff_role TO khoacu_worker, khoacu_auditor;
