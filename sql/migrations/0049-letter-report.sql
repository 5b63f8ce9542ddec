-- Letters that come back: a mail server may refuse a mail long after ours was rid of it, and says so in a report (RFC 3464).
ALTER TABLE khoacu.letter_mail DROP CONSTRAINT letter_mail_state_check,
  ADD CONSTRAINT letter_mail_state_check CHECK (state IN ('waiting', 'sending', 'sent', 'refused', 'deferred', 'unsure', 'returned'));
COMMENT ON TABLE khoacu.letter_mail IS 'One mail to a candidate for each release: waiting -> sending -> sent | refused | deferred (for now) | unsure (the worker died in between); sent | unsure -> returned (by a report)';
GRANT UPDATE (address) ON khoacu.letter_mail TO khoacu_server;

CREATE TABLE khoacu.letter_report (
  run_id        bigint NOT NULL,
  candidate_id  bigint NOT NULL,
  report_sha256 bytea NOT NULL CHECK (octet_length(report_sha256) = 32),
  attempt       integer CHECK (attempt BETWEEN 1 AND 1000),
  action        text NOT NULL CHECK (action IN ('failed', 'delayed', 'delivered', 'relayed', 'expanded')),
  status        text NOT NULL CHECK (status ~ '^([245]\.[0-9]{1,3}\.[0-9]{1,3})?$'),
  recipient     text NOT NULL CHECK (length(recipient) BETWEEN 1 AND 500),
  diagnostic    text NOT NULL CHECK (length(diagnostic) <= 500),
  effect        text NOT NULL CHECK (effect IN ('returned', 'noted', 'older')),
  recorded_by   bigint NOT NULL REFERENCES khoacu.staff,
  recorded_at   timestamptz NOT NULL,
  PRIMARY KEY (run_id, candidate_id, report_sha256),
  FOREIGN KEY (run_id, candidate_id) REFERENCES khoacu.letter_mail,
  CHECK (effect <> 'returned' OR action = 'failed')
);
COMMENT ON TABLE khoacu.letter_report IS 'What mail servers reported about letters after they had taken them; append-only';
COMMENT ON COLUMN khoacu.letter_report.run_id IS 'The run whose letter it is about';
COMMENT ON COLUMN khoacu.letter_report.candidate_id IS 'The candidate whose letter it is about';
COMMENT ON COLUMN khoacu.letter_report.report_sha256 IS 'SHA-256 of what makes the report this one: the same report again is no other';
COMMENT ON COLUMN khoacu.letter_report.attempt IS 'Which attempt it is about; null: the report does not tell';
COMMENT ON COLUMN khoacu.letter_report.action IS 'What became of the letter, in the words of RFC 3464';
COMMENT ON COLUMN khoacu.letter_report.status IS 'Its code, such as 5.1.1, or nothing';
COMMENT ON COLUMN khoacu.letter_report.recipient IS 'The address that it tells about';
COMMENT ON COLUMN khoacu.letter_report.diagnostic IS 'The words of the mail server that refused';
COMMENT ON COLUMN khoacu.letter_report.effect IS 'returned: the letter counts as not arrived; noted: nothing changed; older: a later attempt is on its way or was';
COMMENT ON COLUMN khoacu.letter_report.recorded_by IS 'Who brought it in';
COMMENT ON COLUMN khoacu.letter_report.recorded_at IS 'When';
GRANT SELECT, INSERT ON khoacu.letter_report TO khoacu_server;
GRANT SELECT ON khoacu.letter_report TO khoacu_worker;
GRANT SELECT (run_id, candidate_id, report_sha256, attempt, action, status, effect, recorded_by, recorded_at) ON khoacu.letter_report TO khoacu_auditor;

CREATE OR REPLACE FUNCTION khoacu.letter_mail_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NEW.state = 'returned' AND OLD.state <> 'returned' THEN
    IF OLD.state NOT IN ('sent', 'unsure') OR NOT EXISTS (
         SELECT 1 FROM letter_report r WHERE r.run_id = NEW.run_id AND r.candidate_id = NEW.candidate_id AND r.effect = 'returned' AND r.recorded_at = NEW.changed_at) THEN
      RAISE EXCEPTION 'a letter comes back by a report about it' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF OLD.state = 'sent' OR (NEW.state = 'sending' AND OLD.state <> 'waiting') THEN
    RAISE EXCEPTION 'one mail to a candidate for each release' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.address <> OLD.address AND NEW.state <> 'waiting' THEN
    RAISE EXCEPTION 'an address changes only for a mail that waits' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.letter_mail_guard() IS 'A mail that was sent stays so unless a report brings it back, and only a waiting one is sent';
