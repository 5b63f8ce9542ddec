-- The way of a list to the public: frozen, signed twice, published at once or at its time. Each locks its cycle first, so
-- that what it reads stays true until it is written; guards on the tables refuse the rest.

CREATE OR REPLACE FUNCTION khoacu.do_result_list_freeze(
  p_run_id bigint, p_staff_id bigint, p_reason text, p_document_number text, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  run record;
BEGIN
  SELECT r.cycle_id, r.release_version, r.unresolved INTO run
    FROM khoacu.ranking_run r JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
   WHERE r.run_id = p_run_id FOR UPDATE OF c;
  outcome := CASE
    WHEN run.cycle_id IS NULL THEN 'no_run'
    WHEN EXISTS (SELECT 1 FROM khoacu.list_freeze f WHERE f.run_id = p_run_id) THEN 'repeated'
    WHEN run.unresolved > 0 THEN 'ties'
    WHEN EXISTS (SELECT 1 FROM khoacu.release l WHERE l.cycle_id = run.cycle_id AND l.version >= run.release_version)
      OR khoacu.rekey_overtook(p_run_id) THEN 'overtaken'
    WHEN EXISTS (SELECT 1 FROM khoacu.list_freeze f JOIN khoacu.ranking_run r ON r.run_id = f.run_id
                  WHERE r.cycle_id = run.cycle_id
                    AND NOT EXISTS (SELECT 1 FROM khoacu.release l WHERE l.run_id = f.run_id)
                    AND NOT EXISTS (SELECT 1 FROM khoacu.result_signature s WHERE s.run_id = f.run_id AND s.verdict = 'refused'))
      THEN 'other_frozen'
    WHEN NOT EXISTS (SELECT 1 FROM khoacu.quality_report q WHERE q.run_id = p_run_id) THEN 'no_quality'
    ELSE 'recorded' END;
  IF outcome = 'recorded' THEN
    INSERT INTO khoacu.list_freeze (run_id, frozen_by, frozen_at, reason, document_number)
    VALUES (p_run_id, p_staff_id, p_now, p_reason, p_document_number);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_list_freeze IS 'Puts a run on the table to be signed; outcome recorded, repeated, no_run, ties, overtaken, other_frozen or no_quality (its statistics were not computed)';
REVOKE ALL ON FUNCTION khoacu.do_result_list_freeze FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_list_freeze TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_result_run_sign(
  p_run_id bigint, p_place text, p_staff_id bigint, p_verdict text, p_reason text, p_step_up_id bigint, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  run record;
BEGIN
  SELECT r.computed_by, r.bundle_sha256 INTO run
    FROM khoacu.ranking_run r JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
   WHERE r.run_id = p_run_id FOR UPDATE OF c;
  outcome := CASE
    WHEN run.computed_by IS NULL THEN 'no_run'
    WHEN NOT EXISTS (SELECT 1 FROM khoacu.list_freeze f WHERE f.run_id = p_run_id) THEN 'not_frozen'
    WHEN EXISTS (SELECT 1 FROM khoacu.result_signature s WHERE s.run_id = p_run_id AND s.place = p_place
                    AND s.signed_by = p_staff_id AND s.verdict = p_verdict) THEN 'repeated'
    WHEN EXISTS (SELECT 1 FROM khoacu.result_signature s WHERE s.run_id = p_run_id AND (s.place = p_place OR s.verdict = 'refused')) THEN 'decided'
    WHEN EXISTS (SELECT 1 FROM khoacu.result_signature s WHERE s.run_id = p_run_id AND s.signed_by = p_staff_id)
      OR (p_place = 'B' AND run.computed_by = p_staff_id) THEN 'same_officer'
    WHEN p_place = 'B' AND p_verdict = 'approved'
      AND NOT EXISTS (SELECT 1 FROM khoacu.result_signature s WHERE s.run_id = p_run_id AND s.place = 'A') THEN 'not_first'
    ELSE 'recorded' END;
  IF outcome = 'recorded' THEN
    INSERT INTO khoacu.result_signature (run_id, place, signed_by, signed_at, verdict, reason, bundle_sha256, step_up_id)
    VALUES (p_run_id, p_place, p_staff_id, p_now, p_verdict, p_reason, run.bundle_sha256, p_step_up_id);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_run_sign IS 'Signature A or B under a frozen list; outcome recorded, repeated, no_run, not_frozen, decided, same_officer or not_first';
REVOKE ALL ON FUNCTION khoacu.do_result_run_sign FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_run_sign TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_result_run_publish(
  p_run_id bigint, p_staff_id bigint, p_now timestamptz, OUT outcome text, OUT version integer)
LANGUAGE plpgsql AS $$
DECLARE
  v_cycle_id bigint;
BEGIN
  SELECT r.cycle_id, r.release_version INTO v_cycle_id, version
    FROM khoacu.ranking_run r JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
   WHERE r.run_id = p_run_id FOR UPDATE OF c;
  outcome := CASE
    WHEN v_cycle_id IS NULL THEN 'no_run'
    WHEN EXISTS (SELECT 1 FROM khoacu.release l WHERE l.run_id = p_run_id) THEN 'already'
    WHEN EXISTS (SELECT 1 FROM khoacu.release l WHERE l.cycle_id = v_cycle_id AND l.version >= do_result_run_publish.version)
      OR khoacu.rekey_overtook(p_run_id) THEN 'overtaken'
    WHEN NOT khoacu.run_signed(p_run_id) THEN 'not_signed'
    WHEN EXISTS (SELECT 1 FROM khoacu.release_schedule s WHERE s.run_id = p_run_id
                    AND NOT EXISTS (SELECT 1 FROM khoacu.release_withdrawal w WHERE w.schedule_id = s.schedule_id)) THEN 'scheduled'
    ELSE 'published' END;
  IF outcome = 'published' THEN
    INSERT INTO khoacu.release (cycle_id, version, run_id, published_by, published_at)
    VALUES (v_cycle_id, do_result_run_publish.version, p_run_id, p_staff_id, p_now);
    UPDATE khoacu.cycle c SET state = 'released' WHERE c.cycle_id = v_cycle_id AND c.state <> 'released';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_run_publish IS 'Publishes a signed run now; outcome published, already, no_run, overtaken, not_signed or scheduled (it has a time)';
REVOKE ALL ON FUNCTION khoacu.do_result_run_publish FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_run_publish TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_result_release_schedule(
  p_schedule_id bigint, p_run_id bigint, p_publish_at timestamptz, p_staff_id bigint, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  run record;
BEGIN
  SELECT r.cycle_id, r.release_version INTO run
    FROM khoacu.ranking_run r JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
   WHERE r.run_id = p_run_id FOR UPDATE OF c;
  outcome := CASE
    WHEN run.cycle_id IS NULL THEN 'no_run'
    WHEN EXISTS (SELECT 1 FROM khoacu.release l WHERE l.run_id = p_run_id) THEN 'published'
    WHEN EXISTS (SELECT 1 FROM khoacu.release l WHERE l.cycle_id = run.cycle_id AND l.version >= run.release_version)
      OR khoacu.rekey_overtook(p_run_id) THEN 'overtaken'
    WHEN NOT khoacu.run_signed(p_run_id) THEN 'not_signed'
    WHEN EXISTS (SELECT 1 FROM khoacu.release_schedule s WHERE s.run_id = p_run_id
                    AND NOT EXISTS (SELECT 1 FROM khoacu.release_withdrawal w WHERE w.schedule_id = s.schedule_id)) THEN 'has_time'
    WHEN p_publish_at <= p_now THEN 'past'
    ELSE 'recorded' END;
  IF outcome = 'recorded' THEN
    INSERT INTO khoacu.release_schedule (schedule_id, run_id, publish_at, set_by, set_at)
    VALUES (p_schedule_id, p_run_id, p_publish_at, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_release_schedule IS 'Sets the time of a signed list; outcome recorded, no_run, published, overtaken, not_signed, has_time or past';
REVOKE ALL ON FUNCTION khoacu.do_result_release_schedule FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_release_schedule TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_result_release_withdraw(
  p_run_id bigint, p_staff_id bigint, p_reason text, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  v_schedule_id bigint;
  v_publish_at timestamptz;
BEGIN
  PERFORM 1 FROM khoacu.ranking_run r JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id WHERE r.run_id = p_run_id FOR UPDATE OF c;
  SELECT s.schedule_id, s.publish_at INTO v_schedule_id, v_publish_at FROM khoacu.release_schedule s
   WHERE s.run_id = p_run_id AND NOT EXISTS (SELECT 1 FROM khoacu.release_withdrawal w WHERE w.schedule_id = s.schedule_id);
  outcome := CASE
    WHEN v_schedule_id IS NULL THEN 'no_time'
    WHEN v_publish_at <= p_now OR EXISTS (SELECT 1 FROM khoacu.release l WHERE l.run_id = p_run_id) THEN 'late'
    ELSE 'recorded' END;
  IF outcome = 'recorded' THEN
    INSERT INTO khoacu.release_withdrawal (schedule_id, withdrawn_by, withdrawn_at, reason) VALUES (v_schedule_id, p_staff_id, p_now, p_reason);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_release_withdraw IS 'Takes back the time of a list before it has come; outcome recorded, no_time or late';
REVOKE ALL ON FUNCTION khoacu.do_result_release_withdraw FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_release_withdraw TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_result_due_publish(
  p_now timestamptz, OUT run_id bigint, OUT cycle_id bigint, OUT version integer, OUT bundle_sha256 bytea, OUT set_by bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  due record;
BEGIN
  FOR due IN
    SELECT s.schedule_id, s.run_id, s.set_by, r.cycle_id, r.release_version, r.bundle_sha256
      FROM release_schedule s JOIN ranking_run r ON r.run_id = s.run_id
     WHERE s.publish_at <= p_now
       AND NOT EXISTS (SELECT 1 FROM release_withdrawal w WHERE w.schedule_id = s.schedule_id)
       AND NOT EXISTS (SELECT 1 FROM release l WHERE l.cycle_id = r.cycle_id AND l.version >= r.release_version)
     ORDER BY s.publish_at, s.schedule_id LIMIT 20
  LOOP
    PERFORM 1 FROM cycle c WHERE c.cycle_id = due.cycle_id FOR UPDATE;
    -- Another server may have done it, or a person taken it back, while this one waited.
    CONTINUE WHEN EXISTS (SELECT 1 FROM release_withdrawal w WHERE w.schedule_id = due.schedule_id)
      OR EXISTS (SELECT 1 FROM release l WHERE l.cycle_id = due.cycle_id AND l.version >= due.release_version);
    INSERT INTO release (cycle_id, version, run_id, published_by, published_at)
    VALUES (due.cycle_id, due.release_version, due.run_id, due.set_by, p_now);
    UPDATE cycle c SET state = 'released' WHERE c.cycle_id = due.cycle_id AND c.state <> 'released';
    run_id := due.run_id;
    cycle_id := due.cycle_id;
    version := due.release_version;
    bundle_sha256 := due.bundle_sha256;
    set_by := due.set_by;
    RETURN;
  END LOOP;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_due_publish(timestamptz) IS 'Publishes one list whose time has come and says which; a row of nulls: there is none';
REVOKE ALL ON FUNCTION khoacu.do_result_due_publish(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_due_publish(timestamptz) TO khoacu_worker;
