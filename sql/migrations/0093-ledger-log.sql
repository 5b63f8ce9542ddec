-- The public log: every event of the audit trail as a salted commitment at a place of its own, and signed checkpoints over all up to a size.
CREATE TABLE khoacu.log_head (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  origin   text NOT NULL CHECK (origin ~ '^khoacu/[0-9a-f]{16}$'),
  size     bigint NOT NULL CHECK (size >= 0),
  frontier bytea[] NOT NULL
);
COMMENT ON TABLE khoacu.log_head IS 'How far the public log is: one row, locked by whoever lengthens it';
COMMENT ON COLUMN khoacu.log_head.only_one IS 'There is one row';
COMMENT ON COLUMN khoacu.log_head.origin IS 'Name of this log, drawn once; stands in every checkpoint';
COMMENT ON COLUMN khoacu.log_head.size IS 'Leaves so far';
COMMENT ON COLUMN khoacu.log_head.frontier IS 'Roots of the whole subtrees that these leaves make, the largest first: as many as size has binary ones';
INSERT INTO khoacu.log_head (origin, size, frontier) VALUES ('khoacu/' || substr(md5(gen_random_uuid()::text || gen_random_uuid()::text), 1, 16), 0, '{}');

CREATE TABLE khoacu.log_leaf (
  leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
  event_id   bigint NOT NULL UNIQUE,
  salt       bytea NOT NULL CHECK (octet_length(salt) = 32),
  commitment bytea NOT NULL CHECK (octet_length(commitment) = 32)
);
COMMENT ON TABLE khoacu.log_leaf IS 'The entries of the public log in their order; append-only, written by do_ledger_log_extend alone';
COMMENT ON COLUMN khoacu.log_leaf.leaf_index IS 'Place, from 0, without gaps';
COMMENT ON COLUMN khoacu.log_leaf.event_id IS 'The event of the audit trail';
COMMENT ON COLUMN khoacu.log_leaf.salt IS 'Opens the commitment together with the event; not public';
COMMENT ON COLUMN khoacu.log_leaf.commitment IS 'SHA-256 of "exam/commit/v1\nevent\n", the salt, and the SHA-256 of the event''s payload';
COMMENT ON CONSTRAINT log_leaf_event_id_key ON khoacu.log_leaf IS 'An event is there once; serves do_ledger_log_extend and ledger_events_page';

CREATE TABLE khoacu.log_checkpoint (
  size      bigint PRIMARY KEY CHECK (size > 0),
  root      bytea NOT NULL CHECK (octet_length(root) = 32),
  note      text NOT NULL CHECK (length(note) BETWEEN 1 AND 1000),
  signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE khoacu.log_checkpoint IS 'Signed statements of the public log: one root for each size that was ever shown; append-only';
COMMENT ON COLUMN khoacu.log_checkpoint.size IS 'Of so many entries';
COMMENT ON COLUMN khoacu.log_checkpoint.root IS 'Root of their tree (RFC 6962)';
COMMENT ON COLUMN khoacu.log_checkpoint.note IS 'The checkpoint as published: a signed note (C2SP tlog-checkpoint)';
COMMENT ON COLUMN khoacu.log_checkpoint.signed_at IS 'When';
GRANT SELECT ON khoacu.log_head, khoacu.log_leaf, khoacu.log_checkpoint TO khoacu_server, khoacu_auditor;
