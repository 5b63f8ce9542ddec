-- A certificate is taken back by two persons, with a reason; what was recorded stays, and another certificate may follow it.
ALTER TABLE khoacu.credential ADD COLUMN number integer NOT NULL DEFAULT 1 CHECK (number BETWEEN 1 AND 100);
COMMENT ON COLUMN khoacu.credential.number IS '1, 2, … of the candidate: each but the last was taken back';
ALTER TABLE khoacu.credential DROP CONSTRAINT credential_pkey, ADD PRIMARY KEY (candidate_id, number);
COMMENT ON TABLE khoacu.credential IS 'Certificates that stand in for the part that a computer counts; append-only, one of a candidate in force (credential_in_force)';

CREATE TABLE khoacu.credential_withdrawal (
  withdrawal_id bigint PRIMARY KEY CHECK (withdrawal_id > 0),
  candidate_id  bigint NOT NULL,
  number        integer NOT NULL,
  reason        text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
  proposed_by   bigint NOT NULL REFERENCES khoacu.staff,
  proposed_at   timestamptz NOT NULL,
  FOREIGN KEY (candidate_id, number) REFERENCES khoacu.credential,
  UNIQUE (withdrawal_id, proposed_by)
);
COMMENT ON TABLE khoacu.credential_withdrawal IS 'Proposals to take a certificate back; append-only, written by do_cycle_credential_propose alone';
COMMENT ON COLUMN khoacu.credential_withdrawal.withdrawal_id IS 'Random id';
COMMENT ON COLUMN khoacu.credential_withdrawal.candidate_id IS 'Whose certificate';
COMMENT ON COLUMN khoacu.credential_withdrawal.number IS 'Which of hers';
COMMENT ON COLUMN khoacu.credential_withdrawal.reason IS 'Why it should not count';
COMMENT ON COLUMN khoacu.credential_withdrawal.proposed_by IS 'Who proposed';
COMMENT ON COLUMN khoacu.credential_withdrawal.proposed_at IS 'When';
CREATE INDEX credential_withdrawal_of ON khoacu.credential_withdrawal (candidate_id, number);
COMMENT ON INDEX khoacu.credential_withdrawal_of IS 'Serves cycle_credential_list, cycle_candidates';

CREATE TABLE khoacu.credential_withdrawal_decision (
  withdrawal_id bigint PRIMARY KEY,
  proposed_by   bigint NOT NULL,
  verdict       text NOT NULL CHECK (verdict IN ('confirmed', 'refused')),
  reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  decided_by    bigint NOT NULL REFERENCES khoacu.staff CHECK (decided_by <> proposed_by),
  decided_at    timestamptz NOT NULL,
  step_up_id    bigint NOT NULL UNIQUE REFERENCES khoacu.step_up,
  FOREIGN KEY (withdrawal_id, proposed_by) REFERENCES khoacu.credential_withdrawal (withdrawal_id, proposed_by)
);
COMMENT ON TABLE khoacu.credential_withdrawal_decision IS 'Another person''s word on a proposal; append-only, written by do_cycle_credential_decide alone';
COMMENT ON COLUMN khoacu.credential_withdrawal_decision.withdrawal_id IS 'The proposal';
COMMENT ON COLUMN khoacu.credential_withdrawal_decision.proposed_by IS 'Who proposed; the key makes sure of it';
COMMENT ON COLUMN khoacu.credential_withdrawal_decision.verdict IS 'confirmed: the certificate counts no more; refused: it stays';
COMMENT ON COLUMN khoacu.credential_withdrawal_decision.reason IS 'Her words';
COMMENT ON COLUMN khoacu.credential_withdrawal_decision.decided_by IS 'Another person';
COMMENT ON COLUMN khoacu.credential_withdrawal_decision.decided_at IS 'When';
COMMENT ON COLUMN khoacu.credential_withdrawal_decision.step_up_id IS 'Her password, given for it';
GRANT SELECT ON khoacu.credential_withdrawal, khoacu.credential_withdrawal_decision TO khoacu_server, khoacu_worker, khoacu_auditor;

CREATE VIEW khoacu.credential_in_force AS
SELECT k.candidate_id, k.number, k.kind, k.issued_on, k.months, k.mark, k.reference
  FROM khoacu.credential k
 WHERE NOT EXISTS (SELECT 1 FROM khoacu.credential_withdrawal w JOIN khoacu.credential_withdrawal_decision d ON d.withdrawal_id = w.withdrawal_id
                    WHERE w.candidate_id = k.candidate_id AND w.number = k.number AND d.verdict = 'confirmed');
COMMENT ON VIEW khoacu.credential_in_force IS 'Certificates that were not taken back: one a candidate at most';
COMMENT ON COLUMN khoacu.credential_in_force.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.credential_in_force.number IS 'Which of hers';
COMMENT ON COLUMN khoacu.credential_in_force.kind IS 'As of credential';
COMMENT ON COLUMN khoacu.credential_in_force.issued_on IS 'As of credential';
COMMENT ON COLUMN khoacu.credential_in_force.months IS 'As of credential';
COMMENT ON COLUMN khoacu.credential_in_force.mark IS 'As of credential';
COMMENT ON COLUMN khoacu.credential_in_force.reference IS 'As of credential';
GRANT SELECT ON khoacu.credential_in_force TO khoacu_server, khoacu_worker, khoacu_auditor;

CREATE FUNCTION khoacu.score_of_credential(p_status text, p_sitting_id bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT p_sitting_id = 0 AND p_status IN ('exempt', 'void')
$$;
COMMENT ON FUNCTION khoacu.score_of_credential IS 'Whether a row of sitting_score stands for a certificate or for one taken back, not for a sitting';
REVOKE ALL ON FUNCTION khoacu.score_of_credential FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.score_of_credential TO khoacu_server, khoacu_worker;
