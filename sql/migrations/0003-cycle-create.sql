-- The recruitment cycle: rule pack, agencies, posts with quotas, candidates and what they apply for.
CREATE TABLE khoacu.rule_pack (
  pack_id  text NOT NULL CHECK (pack_id ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'),
  version  integer NOT NULL CHECK (version > 0),
  body     text NOT NULL,
  sha256   bytea NOT NULL CHECK (sha256 = sha256(convert_to(body, 'UTF8'))),
  added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (pack_id, version)
);
COMMENT ON TABLE khoacu.rule_pack IS 'Dated rule sets as data; a version never changes';
COMMENT ON COLUMN khoacu.rule_pack.pack_id IS 'E.g. CC-2026';
COMMENT ON COLUMN khoacu.rule_pack.version IS 'Version of the pack''s text';
COMMENT ON COLUMN khoacu.rule_pack.body IS 'Canonical JSON (pack.h describes every key)';
COMMENT ON COLUMN khoacu.rule_pack.sha256 IS 'SHA-256 of body';
COMMENT ON COLUMN khoacu.rule_pack.added_at IS 'When it was added';

CREATE TABLE khoacu.cycle (
  cycle_id     bigint PRIMARY KEY CHECK (cycle_id > 0),
  code         text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'),
  title_vi     text NOT NULL CHECK (length(title_vi) BETWEEN 1 AND 300),
  title_en     text NOT NULL CHECK (length(title_en) BETWEEN 1 AND 300),
  authority_vi text NOT NULL CHECK (length(authority_vi) BETWEEN 1 AND 300),
  authority_en text NOT NULL CHECK (length(authority_en) BETWEEN 1 AND 300),
  notice       text NOT NULL CHECK (length(notice) BETWEEN 1 AND 20000),
  notice_on    date NOT NULL,
  pack_id      text NOT NULL,
  pack_version integer NOT NULL,
  written_max  numeric(5,2) NOT NULL CHECK (written_max BETWEEN 0 AND 100),
  interview_max numeric(5,2) NOT NULL CHECK (interview_max BETWEEN 0 AND 100),
  demonstration boolean NOT NULL DEFAULT false,
  state        text NOT NULL DEFAULT 'preparing' CHECK (state IN ('preparing', 'round1', 'round2', 'ranking', 'released')),
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_by   bigint NOT NULL REFERENCES khoacu.staff,
  FOREIGN KEY (pack_id, pack_version) REFERENCES khoacu.rule_pack,
  CHECK (written_max + interview_max = 100)
);
COMMENT ON TABLE khoacu.cycle IS 'One recruitment cycle; it pins one version of one rule pack for ever';
COMMENT ON COLUMN khoacu.cycle.cycle_id IS 'Random id';
COMMENT ON COLUMN khoacu.cycle.code IS 'Short public code';
COMMENT ON COLUMN khoacu.cycle.title_vi IS 'Title in Vietnamese';
COMMENT ON COLUMN khoacu.cycle.title_en IS 'Title in English';
COMMENT ON COLUMN khoacu.cycle.authority_vi IS 'Recruiting authority in Vietnamese';
COMMENT ON COLUMN khoacu.cycle.authority_en IS 'Recruiting authority in English';
COMMENT ON COLUMN khoacu.cycle.notice IS 'Text of the recruitment notice';
COMMENT ON COLUMN khoacu.cycle.notice_on IS 'Date of the notice';
COMMENT ON COLUMN khoacu.cycle.pack_id IS 'Rule pack';
COMMENT ON COLUMN khoacu.cycle.pack_version IS 'Its version';
COMMENT ON COLUMN khoacu.cycle.written_max IS 'Marks of the written part of round 2 (0: none)';
COMMENT ON COLUMN khoacu.cycle.interview_max IS 'Marks of the interview of round 2 (0: none)';
COMMENT ON COLUMN khoacu.cycle.demonstration IS 'Generated for demonstration; every page and file of it says so';
COMMENT ON COLUMN khoacu.cycle.state IS 'preparing -> round1 -> round2 -> ranking -> released';
COMMENT ON COLUMN khoacu.cycle.created_at IS 'When it was made';
COMMENT ON COLUMN khoacu.cycle.created_by IS 'Who made it';

CREATE TABLE khoacu.agency (
  agency_id bigint PRIMARY KEY CHECK (agency_id > 0),
  cycle_id  bigint NOT NULL REFERENCES khoacu.cycle,
  code      text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,19}$'),
  name      text NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
  UNIQUE (cycle_id, code)
);
COMMENT ON TABLE khoacu.agency IS 'Agencies that recruit in a cycle';
COMMENT ON COLUMN khoacu.agency.agency_id IS 'Random id';
COMMENT ON COLUMN khoacu.agency.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.agency.code IS 'Short code, unique in the cycle';
COMMENT ON COLUMN khoacu.agency.name IS 'Official name';

CREATE TABLE khoacu.post (
  post_id  bigint PRIMARY KEY CHECK (post_id > 0),
  cycle_id bigint NOT NULL REFERENCES khoacu.cycle,
  code     text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,19}$'),
  title    text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
  UNIQUE (cycle_id, code)
);
COMMENT ON TABLE khoacu.post IS 'Posts (vi tri viec lam) that a cycle fills';
COMMENT ON COLUMN khoacu.post.post_id IS 'Random id';
COMMENT ON COLUMN khoacu.post.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.post.code IS 'Short code, unique in the cycle';
COMMENT ON COLUMN khoacu.post.title IS 'Title of the post';

CREATE TABLE khoacu.post_quota (
  post_id   bigint NOT NULL REFERENCES khoacu.post,
  agency_id bigint NOT NULL REFERENCES khoacu.agency,
  quota     integer NOT NULL CHECK (quota BETWEEN 0 AND 10000),
  PRIMARY KEY (post_id, agency_id)
);
COMMENT ON TABLE khoacu.post_quota IS 'Places of a post by agency; several agencies make it a jointly recruited post';
COMMENT ON COLUMN khoacu.post_quota.post_id IS 'The post';
COMMENT ON COLUMN khoacu.post_quota.agency_id IS 'The agency';
COMMENT ON COLUMN khoacu.post_quota.quota IS 'Number of places (chi tieu)';

CREATE TABLE khoacu.candidate (
  candidate_id     bigint PRIMARY KEY CHECK (candidate_id > 0),
  cycle_id         bigint NOT NULL REFERENCES khoacu.cycle,
  roll_number      text NOT NULL CHECK (roll_number ~ '^[A-Z0-9-]{2,20}$'),
  full_name        text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 120),
  birth_date       date NOT NULL CHECK (birth_date BETWEEN '1900-01-01' AND '2100-01-01'),
  access_code_hmac bytea CHECK (octet_length(access_code_hmac) = 32),
  post_id          bigint NOT NULL REFERENCES khoacu.post,
  priority_classes text[] NOT NULL DEFAULT '{}' CHECK (cardinality(priority_classes) <= 8),
  agency_ids       bigint[] NOT NULL CHECK (cardinality(agency_ids) BETWEEN 1 AND 20),
  UNIQUE (cycle_id, roll_number)
);
COMMENT ON TABLE khoacu.candidate IS 'Candidates of a cycle with the application that each made';
COMMENT ON COLUMN khoacu.candidate.candidate_id IS 'Random id';
COMMENT ON COLUMN khoacu.candidate.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.candidate.roll_number IS 'So bao danh';
COMMENT ON COLUMN khoacu.candidate.full_name IS 'Name; never published with marks';
COMMENT ON COLUMN khoacu.candidate.birth_date IS 'Second datum of the public look-up';
COMMENT ON COLUMN khoacu.candidate.access_code_hmac IS 'HMAC-SHA256 of the access code under the server''s key; null until codes are issued';
COMMENT ON COLUMN khoacu.candidate.post_id IS 'The post applied for';
COMMENT ON COLUMN khoacu.candidate.priority_classes IS 'Accepted priority classes of the pack (P1, P2, …); only the highest counts';
COMMENT ON COLUMN khoacu.candidate.agency_ids IS 'Agencies of the post in order of preference';
CREATE INDEX candidate_post ON khoacu.candidate (post_id);
COMMENT ON INDEX khoacu.candidate_post IS 'Serves cycle_posts';

GRANT SELECT, INSERT ON khoacu.rule_pack, khoacu.cycle, khoacu.agency, khoacu.post, khoacu.post_quota, khoacu.candidate TO khoacu_server;
GRANT UPDATE (state) ON khoacu.cycle TO khoacu_server, khoacu_worker;
GRANT UPDATE (full_name, birth_date, access_code_hmac, post_id, priority_classes, agency_ids) ON khoacu.candidate TO khoacu_server;
GRANT UPDATE (name) ON khoacu.agency TO khoacu_server;
GRANT UPDATE (title) ON khoacu.post TO khoacu_server;
GRANT UPDATE (quota) ON khoacu.post_quota TO khoacu_server;
GRANT SELECT ON khoacu.rule_pack, khoacu.cycle, khoacu.agency, khoacu.post, khoacu.post_quota TO khoacu_worker;
GRANT SELECT (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, priority_classes, agency_ids)
  ON khoacu.candidate TO khoacu_worker;
GRANT SELECT ON khoacu.rule_pack, khoacu.cycle, khoacu.agency, khoacu.post, khoacu.post_quota TO khoacu_auditor;
GRANT SELECT (candidate_id, cycle_id, roll_number, post_id, priority_classes, agency_ids) ON khoacu.candidate TO khoacu_auditor;
