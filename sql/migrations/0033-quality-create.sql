-- Quality in numbers: reports that the worker computes, and re-marks that the head of the marking board asks for because of them.
CREATE TABLE khoacu.quality_report (
  report_id     bigint PRIMARY KEY CHECK (report_id > 0),
  cycle_id      bigint NOT NULL REFERENCES khoacu.cycle,
  run_id        bigint REFERENCES khoacu.ranking_run,
  version       integer NOT NULL CHECK (version > 0),
  engine        text NOT NULL CHECK (length(engine) BETWEEN 1 AND 40),
  inputs_sha256 bytea NOT NULL CHECK (octet_length(inputs_sha256) = 32),
  body          text NOT NULL CHECK (octet_length(body) <= 8388608),
  body_sha256   bytea NOT NULL CHECK (body_sha256 = sha256(convert_to(body, 'UTF8'))),
  requested_by  bigint NOT NULL REFERENCES khoacu.staff,
  computed_at   timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (cycle_id, run_id, version)
);
COMMENT ON TABLE khoacu.quality_report IS 'Statistics of a list before it is signed, or of the marking of a cycle; append-only, the highest version counts. They decide nothing';
COMMENT ON COLUMN khoacu.quality_report.report_id IS 'Random id';
COMMENT ON COLUMN khoacu.quality_report.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.quality_report.run_id IS 'The list that it is about; null: about the marking of the cycle';
COMMENT ON COLUMN khoacu.quality_report.version IS '1, 2, … of the list, or of the marking; a new one only where inputs differ';
COMMENT ON COLUMN khoacu.quality_report.engine IS 'Version of the arithmetic';
COMMENT ON COLUMN khoacu.quality_report.inputs_sha256 IS 'SHA-256 over everything that went in, with the thresholds (quality.h)';
COMMENT ON COLUMN khoacu.quality_report.body IS 'The report as JSON (quality.h); no candidate stands in it but by roll number in an open tie';
COMMENT ON COLUMN khoacu.quality_report.body_sha256 IS 'SHA-256 of body';
COMMENT ON COLUMN khoacu.quality_report.requested_by IS 'Who asked for it';
COMMENT ON COLUMN khoacu.quality_report.computed_at IS 'When it was computed';

CREATE TABLE khoacu.remark_request (
  request_id   bigint PRIMARY KEY CHECK (request_id > 0),
  cycle_id     bigint NOT NULL REFERENCES khoacu.cycle,
  marker_id    bigint NOT NULL REFERENCES khoacu.staff,
  report_id    bigint NOT NULL REFERENCES khoacu.quality_report,
  reason       text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
  requested_by bigint NOT NULL REFERENCES khoacu.staff,
  requested_at timestamptz NOT NULL,
  CHECK (requested_by <> marker_id)
);
COMMENT ON TABLE khoacu.remark_request IS 'The head of the marking board wants scripts of a marker marked again because of what a report shows; append-only. No mark changes by it';
COMMENT ON COLUMN khoacu.remark_request.request_id IS 'Random id';
COMMENT ON COLUMN khoacu.remark_request.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.remark_request.marker_id IS 'Whose marks gave rise to it';
COMMENT ON COLUMN khoacu.remark_request.report_id IS 'The report that shows it';
COMMENT ON COLUMN khoacu.remark_request.reason IS 'Why, in the words of whoever asks';
COMMENT ON COLUMN khoacu.remark_request.requested_by IS 'The head of the marking board';
COMMENT ON COLUMN khoacu.remark_request.requested_at IS 'When';
CREATE INDEX remark_request_cycle ON khoacu.remark_request (cycle_id, requested_at);
COMMENT ON INDEX khoacu.remark_request_cycle IS 'Serves quality_remarks';

CREATE TABLE khoacu.remark_request_script (
  request_id bigint NOT NULL REFERENCES khoacu.remark_request,
  blind_id   bigint NOT NULL REFERENCES khoacu.script,
  PRIMARY KEY (blind_id, request_id)
);
COMMENT ON TABLE khoacu.remark_request_script IS 'The scripts of such a request, by blind code; append-only';
COMMENT ON COLUMN khoacu.remark_request_script.request_id IS 'The request';
COMMENT ON COLUMN khoacu.remark_request_script.blind_id IS 'The script';
CREATE INDEX remark_request_script_request ON khoacu.remark_request_script (request_id);
COMMENT ON INDEX khoacu.remark_request_script_request IS 'Serves quality_remarks';

-- Written by do_quality_remark_request alone; a report by the worker alone.
GRANT SELECT ON khoacu.quality_report, khoacu.remark_request, khoacu.remark_request_script TO khoacu_server, khoacu_worker, khoacu_auditor;
GRANT INSERT ON khoacu.quality_report TO khoacu_worker;
-- What is still open when a list is about to be signed.
GRANT SELECT ON khoacu.sitting_adjustment, khoacu.sitting_adjustment_decision, khoacu.late_batch, khoacu.late_decision,
                khoacu.sitting_device, khoacu.sitting_device_decision TO khoacu_worker;
