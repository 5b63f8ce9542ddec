-- Where a winner of a jointly recruited post finds no place left on her own list, the council decides on the agency.
CREATE TABLE khoacu.placement_decision (
  cycle_id     bigint NOT NULL REFERENCES khoacu.cycle,
  number       integer NOT NULL CHECK (number BETWEEN 1 AND 1000000),
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  agency_id    bigint NOT NULL REFERENCES khoacu.agency,
  reason       text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
  decided_by   bigint NOT NULL REFERENCES khoacu.staff,
  decided_at   timestamptz NOT NULL,
  PRIMARY KEY (cycle_id, number)
);
COMMENT ON TABLE khoacu.placement_decision IS 'Decisions of the council on the agency of winners on whose own lists no place is left; append-only, the highest number of a candidate counts';
COMMENT ON COLUMN khoacu.placement_decision.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.placement_decision.number IS '1, 2, … of the cycle';
COMMENT ON COLUMN khoacu.placement_decision.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.placement_decision.agency_id IS 'An agency with places of her post';
COMMENT ON COLUMN khoacu.placement_decision.reason IS 'Reason, shown with the list';
COMMENT ON COLUMN khoacu.placement_decision.decided_by IS 'Who recorded it';
COMMENT ON COLUMN khoacu.placement_decision.decided_at IS 'When';
GRANT SELECT, INSERT ON khoacu.placement_decision TO khoacu_server;
GRANT SELECT ON khoacu.placement_decision TO khoacu_worker, khoacu_auditor;
