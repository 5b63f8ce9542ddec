-- A list is frozen, signed by two persons who prove at that moment who they are, and published at once or when its time comes.
CREATE TABLE khoacu.step_up (
  step_up_id bigint PRIMARY KEY CHECK (step_up_id > 0),
  staff_id   bigint NOT NULL REFERENCES khoacu.staff,
  act        text NOT NULL CHECK (length(act) BETWEEN 1 AND 60),
  subject_id bigint NOT NULL,
  made_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > made_at AND expires_at <= made_at + interval '5 minutes')
);
COMMENT ON TABLE khoacu.step_up IS 'A person gave her password once more, for one act on one subject; append-only, used once, short-lived';
COMMENT ON COLUMN khoacu.step_up.step_up_id IS 'Random id';
COMMENT ON COLUMN khoacu.step_up.staff_id IS 'Who';
COMMENT ON COLUMN khoacu.step_up.act IS 'The act that it is for, as the audit trail calls it';
COMMENT ON COLUMN khoacu.step_up.subject_id IS 'What it is for: the run or the person struck off';
COMMENT ON COLUMN khoacu.step_up.made_at IS 'When the password was right';
COMMENT ON COLUMN khoacu.step_up.expires_at IS 'Until when the act may follow';

CREATE TABLE khoacu.list_freeze (
  run_id    bigint PRIMARY KEY REFERENCES khoacu.ranking_run,
  frozen_by bigint NOT NULL REFERENCES khoacu.staff,
  frozen_at timestamptz NOT NULL,
  reason    text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000)
);
COMMENT ON TABLE khoacu.list_freeze IS 'The run that lies on the table to be signed: one of a cycle at a time; append-only';
COMMENT ON COLUMN khoacu.list_freeze.run_id IS 'The run';
COMMENT ON COLUMN khoacu.list_freeze.frozen_by IS 'Who put it there';
COMMENT ON COLUMN khoacu.list_freeze.frozen_at IS 'When';
COMMENT ON COLUMN khoacu.list_freeze.reason IS 'Her words: what of the quality page was looked at';

CREATE TABLE khoacu.result_signature (
  run_id        bigint NOT NULL REFERENCES khoacu.list_freeze,
  place         text NOT NULL CHECK (place IN ('A', 'B')),
  signed_by     bigint NOT NULL REFERENCES khoacu.staff,
  signed_at     timestamptz NOT NULL,
  verdict       text NOT NULL CHECK (verdict IN ('approved', 'refused')),
  reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  bundle_sha256 bytea NOT NULL CHECK (length(bundle_sha256) = 32),
  step_up_id    bigint UNIQUE REFERENCES khoacu.step_up,
  PRIMARY KEY (run_id, place),
  UNIQUE (run_id, signed_by),
  CHECK (place = 'B' OR verdict = 'approved')
);
COMMENT ON TABLE khoacu.result_signature IS 'Signature A and signature B under a frozen list; two persons, and B never the one who computed it; append-only';
COMMENT ON COLUMN khoacu.result_signature.run_id IS 'The run';
COMMENT ON COLUMN khoacu.result_signature.place IS 'A signs first; B checks and signs, or refuses';
COMMENT ON COLUMN khoacu.result_signature.signed_by IS 'Who';
COMMENT ON COLUMN khoacu.result_signature.signed_at IS 'When';
COMMENT ON COLUMN khoacu.result_signature.verdict IS 'approved, or refused by B: the list leaves the table';
COMMENT ON COLUMN khoacu.result_signature.reason IS 'Her words';
COMMENT ON COLUMN khoacu.result_signature.bundle_sha256 IS 'SHA-256 of the file that was signed';
COMMENT ON COLUMN khoacu.result_signature.step_up_id IS 'The password given for this signature; null: from before there were such';

-- What was approved so far was computed by one person and approved by another: signatures A and B.
INSERT INTO khoacu.list_freeze (run_id, frozen_by, frozen_at, reason)
SELECT r.run_id, r.computed_by, a.approved_at, r.cause
  FROM khoacu.run_approval a JOIN khoacu.ranking_run r ON r.run_id = a.run_id;
INSERT INTO khoacu.result_signature (run_id, place, signed_by, signed_at, verdict, reason, bundle_sha256)
SELECT r.run_id, 'A', r.computed_by, a.approved_at, 'approved', r.cause, r.bundle_sha256
  FROM khoacu.run_approval a JOIN khoacu.ranking_run r ON r.run_id = a.run_id
UNION ALL
SELECT r.run_id, 'B', a.approved_by, a.approved_at, a.verdict, a.reason, r.bundle_sha256
  FROM khoacu.run_approval a JOIN khoacu.ranking_run r ON r.run_id = a.run_id;
DROP TABLE khoacu.run_approval;
DROP FUNCTION khoacu.run_approval_by_another();
DROP FUNCTION IF EXISTS khoacu.do_result_run_approve(bigint, bigint, text, text, timestamptz);

CREATE FUNCTION khoacu.list_freeze_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  run record;
BEGIN
  SELECT r.cycle_id, r.release_version, r.unresolved INTO run
    FROM ranking_run r JOIN cycle c ON c.cycle_id = r.cycle_id WHERE r.run_id = NEW.run_id FOR UPDATE OF c;
  IF run.unresolved > 0 THEN
    RAISE EXCEPTION 'a run with an unresolved tie is not frozen' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM list_freeze f JOIN ranking_run r ON r.run_id = f.run_id
              WHERE r.cycle_id = run.cycle_id AND f.run_id <> NEW.run_id
                AND NOT EXISTS (SELECT 1 FROM release l WHERE l.run_id = f.run_id)
                AND NOT EXISTS (SELECT 1 FROM result_signature s WHERE s.run_id = f.run_id AND s.verdict = 'refused')) THEN
    RAISE EXCEPTION 'another list of the cycle waits to be signed or published' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM release l WHERE l.cycle_id = run.cycle_id AND l.version >= run.release_version) THEN
    RAISE EXCEPTION 'another run was published as this version' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.list_freeze_guard() IS 'One list of a cycle at a time, without open ties, for the version that comes next';
REVOKE ALL ON FUNCTION khoacu.list_freeze_guard() FROM PUBLIC;
CREATE TRIGGER list_freeze_guard BEFORE INSERT ON khoacu.list_freeze
  FOR EACH ROW EXECUTE FUNCTION khoacu.list_freeze_guard();

CREATE FUNCTION khoacu.result_signature_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  run record;
BEGIN
  SELECT r.computed_by, r.bundle_sha256 INTO run
    FROM ranking_run r JOIN cycle c ON c.cycle_id = r.cycle_id WHERE r.run_id = NEW.run_id FOR UPDATE OF c;
  IF NEW.bundle_sha256 IS DISTINCT FROM run.bundle_sha256 THEN
    RAISE EXCEPTION 'a signature is given to the file of the run' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM step_up u WHERE u.step_up_id = NEW.step_up_id AND u.staff_id = NEW.signed_by
                    AND u.act = 'result.sign' AND u.subject_id = NEW.run_id
                    AND NEW.signed_at BETWEEN u.made_at AND u.expires_at) THEN
    RAISE EXCEPTION 'whoever signs gives her password for it' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.place = 'B' AND run.computed_by = NEW.signed_by THEN
    RAISE EXCEPTION 'signature B is given by another officer than the one who computed the list' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM result_signature s WHERE s.run_id = NEW.run_id AND (s.signed_by = NEW.signed_by OR s.verdict = 'refused')) THEN
    RAISE EXCEPTION 'two persons sign, and nothing that was refused' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.place = 'B' AND NEW.verdict = 'approved'
     AND NOT EXISTS (SELECT 1 FROM result_signature s WHERE s.run_id = NEW.run_id AND s.place = 'A') THEN
    RAISE EXCEPTION 'signature A comes first' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.result_signature_guard() IS 'Two persons, each with a password of the moment, under one file; whatever the program does';
REVOKE ALL ON FUNCTION khoacu.result_signature_guard() FROM PUBLIC;
CREATE TRIGGER result_signature_guard BEFORE INSERT ON khoacu.result_signature
  FOR EACH ROW EXECUTE FUNCTION khoacu.result_signature_guard();

CREATE TABLE khoacu.release_schedule (
  schedule_id bigint PRIMARY KEY CHECK (schedule_id > 0),
  run_id      bigint NOT NULL REFERENCES khoacu.ranking_run,
  publish_at  timestamptz NOT NULL,
  set_by      bigint NOT NULL REFERENCES khoacu.staff,
  set_at      timestamptz NOT NULL,
  CHECK (publish_at > set_at)
);
COMMENT ON TABLE khoacu.release_schedule IS 'When a signed list is to be published; append-only';
COMMENT ON COLUMN khoacu.release_schedule.schedule_id IS 'Random id';
COMMENT ON COLUMN khoacu.release_schedule.run_id IS 'The run';
COMMENT ON COLUMN khoacu.release_schedule.publish_at IS 'The time set';
COMMENT ON COLUMN khoacu.release_schedule.set_by IS 'Who set it';
COMMENT ON COLUMN khoacu.release_schedule.set_at IS 'When it was set';
CREATE INDEX release_schedule_run ON khoacu.release_schedule (run_id);
COMMENT ON INDEX khoacu.release_schedule_run IS 'Serves result_runs';
CREATE TABLE khoacu.release_withdrawal (
  schedule_id  bigint PRIMARY KEY REFERENCES khoacu.release_schedule,
  withdrawn_by bigint NOT NULL REFERENCES khoacu.staff,
  withdrawn_at timestamptz NOT NULL,
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000)
);
COMMENT ON TABLE khoacu.release_withdrawal IS 'A time that was taken back before it came; append-only';
COMMENT ON COLUMN khoacu.release_withdrawal.schedule_id IS 'The time set';
COMMENT ON COLUMN khoacu.release_withdrawal.withdrawn_by IS 'Who took it back';
COMMENT ON COLUMN khoacu.release_withdrawal.withdrawn_at IS 'When';
COMMENT ON COLUMN khoacu.release_withdrawal.reason IS 'Why';

-- Whether a run has both signatures under its own file.
CREATE FUNCTION khoacu.run_signed(p_run_id bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM ranking_run r
      JOIN result_signature a ON a.run_id = r.run_id AND a.place = 'A' AND a.bundle_sha256 = r.bundle_sha256
      JOIN result_signature b ON b.run_id = r.run_id AND b.place = 'B' AND b.bundle_sha256 = r.bundle_sha256
     WHERE r.run_id = p_run_id AND r.unresolved = 0 AND a.verdict = 'approved' AND b.verdict = 'approved'
       AND a.signed_by <> b.signed_by AND b.signed_by <> r.computed_by)
$$;
COMMENT ON FUNCTION khoacu.run_signed(bigint) IS 'Whether a list without open ties has signature A and signature B of two persons';
REVOKE ALL ON FUNCTION khoacu.run_signed(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.run_signed(bigint) TO khoacu_server, khoacu_worker;

CREATE FUNCTION khoacu.release_schedule_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM 1 FROM ranking_run r JOIN cycle c ON c.cycle_id = r.cycle_id WHERE r.run_id = NEW.run_id FOR UPDATE OF c;
  IF NOT run_signed(NEW.run_id) THEN
    RAISE EXCEPTION 'only a list with both signatures gets a time' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM release_schedule s WHERE s.run_id = NEW.run_id
                AND NOT EXISTS (SELECT 1 FROM release_withdrawal w WHERE w.schedule_id = s.schedule_id)) THEN
    RAISE EXCEPTION 'the list has a time already' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.release_schedule_guard() IS 'A time for what is signed, one at a time';
REVOKE ALL ON FUNCTION khoacu.release_schedule_guard() FROM PUBLIC;
CREATE TRIGGER release_schedule_guard BEFORE INSERT ON khoacu.release_schedule
  FOR EACH ROW EXECUTE FUNCTION khoacu.release_schedule_guard();

CREATE FUNCTION khoacu.release_withdrawal_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM 1 FROM release_schedule s JOIN ranking_run r ON r.run_id = s.run_id JOIN cycle c ON c.cycle_id = r.cycle_id
   WHERE s.schedule_id = NEW.schedule_id FOR UPDATE OF c;
  IF EXISTS (SELECT 1 FROM release_schedule s WHERE s.schedule_id = NEW.schedule_id
                AND (s.publish_at <= NEW.withdrawn_at OR EXISTS (SELECT 1 FROM release l WHERE l.run_id = s.run_id))) THEN
    RAISE EXCEPTION 'the time has come: a published list is corrected by a new version' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.release_withdrawal_guard() IS 'A time is taken back before it has come';
REVOKE ALL ON FUNCTION khoacu.release_withdrawal_guard() FROM PUBLIC;
CREATE TRIGGER release_withdrawal_guard BEFORE INSERT ON khoacu.release_withdrawal
  FOR EACH ROW EXECUTE FUNCTION khoacu.release_withdrawal_guard();

CREATE OR REPLACE FUNCTION khoacu.release_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = NEW.cycle_id FOR UPDATE; -- versions follow each other
  IF NOT EXISTS (SELECT 1 FROM ranking_run r
                  WHERE r.run_id = NEW.run_id AND r.cycle_id = NEW.cycle_id AND r.release_version = NEW.version)
     OR NOT run_signed(NEW.run_id) THEN
    RAISE EXCEPTION 'only a run with both signatures is published, as the version that it was computed for'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.version <> 1 + coalesce((SELECT max(l.version) FROM release l WHERE l.cycle_id = NEW.cycle_id), 0) THEN
    RAISE EXCEPTION 'a release is the next version of its cycle' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM release_schedule s WHERE s.run_id = NEW.run_id AND s.publish_at > NEW.published_at
                AND NOT EXISTS (SELECT 1 FROM release_withdrawal w WHERE w.schedule_id = s.schedule_id)) THEN
    RAISE EXCEPTION 'the time that was set has not come' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.release_guard() IS 'Publishes only what two persons signed, in unbroken versions, not before its time';

GRANT SELECT, INSERT ON khoacu.step_up, khoacu.list_freeze, khoacu.result_signature, khoacu.release_schedule, khoacu.release_withdrawal
  TO khoacu_server;
GRANT SELECT ON khoacu.list_freeze, khoacu.result_signature, khoacu.release_schedule, khoacu.release_withdrawal TO khoacu_worker;
GRANT SELECT ON khoacu.step_up, khoacu.list_freeze, khoacu.result_signature, khoacu.release_schedule, khoacu.release_withdrawal
  TO khoacu_auditor;
