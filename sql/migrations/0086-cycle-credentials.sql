-- A certificate in force on the last day of applications stands in for a part: whose it is, and by which day it is judged.
ALTER TABLE khoacu.cycle ADD COLUMN applications_until date;
COMMENT ON COLUMN khoacu.cycle.applications_until IS 'Last day of applications, by which certificates are judged; null: not said';

CREATE TABLE khoacu.credential (
  candidate_id bigint PRIMARY KEY REFERENCES khoacu.candidate,
  kind         text NOT NULL CHECK (kind ~ '^[A-Z0-9_]{1,31}$'),
  issued_on    date NOT NULL,
  months       integer NOT NULL CHECK (months BETWEEN 1 AND 1200),
  mark         integer CHECK (mark BETWEEN 0 AND 1000000000),
  reference    text NOT NULL CHECK (length(reference) BETWEEN 1 AND 200),
  recorded_by  bigint NOT NULL REFERENCES khoacu.staff,
  recorded_at  timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.credential IS 'Certificates that stand in for the part that a computer counts; append-only, one a candidate';
COMMENT ON COLUMN khoacu.credential.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.credential.kind IS 'Its type, as the waiver of the pack names it, e.g. KD';
COMMENT ON COLUMN khoacu.credential.issued_on IS 'Day of the decision from which it holds';
COMMENT ON COLUMN khoacu.credential.months IS 'How long it holds, by the pack when it was recorded';
COMMENT ON COLUMN khoacu.credential.mark IS 'What was reached in it, where a tie key asks for it; null: not said';
COMMENT ON COLUMN khoacu.credential.reference IS 'Number and issuer of the decision, for whoever checks it';
COMMENT ON COLUMN khoacu.credential.recorded_by IS 'Who recorded it';
COMMENT ON COLUMN khoacu.credential.recorded_at IS 'When';
GRANT SELECT ON khoacu.credential TO khoacu_server, khoacu_worker, khoacu_auditor;
