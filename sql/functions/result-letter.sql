-- A report about a letter: kept once, and the letter counts as returned when its last attempt failed.
CREATE OR REPLACE FUNCTION khoacu.do_letter_report(
  p_mail_id bigint, p_sha256 bytea, p_attempt integer, p_action text, p_status text, p_recipient text, p_diagnostic text, p_staff_id bigint,
  p_now timestamptz, OUT outcome text, OUT run_id bigint, OUT roll_number text, OUT cycle_code text, OUT version integer)
LANGUAGE plpgsql AS $$
DECLARE
  m record;
BEGIN
  SELECT l.run_id, l.candidate_id, l.state, l.attempts INTO m FROM khoacu.letter_mail l WHERE l.mail_id = p_mail_id AND l.attempts > 0 FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN;
  END IF;
  run_id := m.run_id;
  SELECT c.roll_number, y.code INTO roll_number, cycle_code
    FROM khoacu.candidate c JOIN khoacu.cycle y ON y.cycle_id = c.cycle_id WHERE c.candidate_id = m.candidate_id;
  SELECT r.version INTO version FROM khoacu.release r WHERE r.run_id = m.run_id;
  IF EXISTS (SELECT 1 FROM khoacu.letter_report r WHERE r.run_id = m.run_id AND r.candidate_id = m.candidate_id AND r.report_sha256 = p_sha256) THEN
    outcome := 'repeated';
    RETURN;
  END IF;
  outcome := CASE WHEN p_action <> 'failed' THEN 'noted'
                  WHEN p_attempt < m.attempts OR m.state IN ('waiting', 'sending') THEN 'older'
                  WHEN m.state IN ('sent', 'unsure') THEN 'returned'
                  ELSE 'noted' END;
  INSERT INTO khoacu.letter_report (run_id, candidate_id, report_sha256, attempt, action, status, recipient, diagnostic, effect, recorded_by, recorded_at)
  VALUES (m.run_id, m.candidate_id, p_sha256, p_attempt, p_action, p_status, p_recipient, p_diagnostic, outcome, p_staff_id, p_now);
  IF outcome = 'returned' THEN
    UPDATE khoacu.letter_mail l SET state = 'returned', answer = left(concat_ws(' ', nullif(p_status, ''), p_diagnostic), 500), changed_at = p_now
     WHERE l.run_id = m.run_id AND l.candidate_id = m.candidate_id;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_letter_report IS 'Keeps a report about a letter; outcome returned, noted, older (about an attempt before the last), repeated or unknown (no letter that went out has this id)';
REVOKE ALL ON FUNCTION khoacu.do_letter_report FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_letter_report TO khoacu_server;
