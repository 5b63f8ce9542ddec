-- What the chief marker does for a part: the guide, samples, what is asked of examiners, releases, and the word on reports.

-- Enters the next version of a guide. Criteria come as arrays in their order. Holds the cycle, so that no mark comes between.
CREATE OR REPLACE FUNCTION khoacu.do_script_rubric_put(
  p_cycle_id bigint, p_component text, p_question smallint, p_seen integer, p_task_vi text, p_task_en text, p_titles_vi text[],
  p_titles_en text[], p_maxima numeric[], p_steps numeric[], p_levels text[], p_staff_id bigint, p_reason text, OUT outcome text,
  OUT version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_max numeric;
  v_step numeric;
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = p_cycle_id FOR UPDATE;
  SELECT s.mark_max, s.mark_step INTO v_max, v_step FROM script s
   WHERE s.cycle_id = p_cycle_id AND s.component = p_component AND s.question = p_question LIMIT 1;
  SELECT coalesce(max(r.version), 0) INTO version FROM rubric r
   WHERE r.cycle_id = p_cycle_id AND r.component = p_component AND r.question = p_question;
  IF v_max IS NULL AND p_question = 0 THEN
    SELECT CASE p_component WHEN 'written' THEN c.written_max ELSE c.interview_max END INTO v_max FROM cycle c WHERE c.cycle_id = p_cycle_id;
  END IF;
  IF v_max IS NULL THEN
    outcome := 'no_part';
  ELSIF version <> p_seen THEN
    outcome := 'stale';
  ELSIF EXISTS (SELECT 1 FROM script s WHERE s.cycle_id = p_cycle_id AND s.component = p_component AND s.question = p_question
                   AND (EXISTS (SELECT 1 FROM mark m WHERE m.blind_id = s.blind_id)
                        OR EXISTS (SELECT 1 FROM script_sample p WHERE p.blind_id = s.blind_id))) THEN
    outcome := 'frozen';
  ELSIF (SELECT sum(x) FROM unnest(p_maxima) x) <> v_max THEN
    outcome := 'sum';
  ELSIF EXISTS (SELECT 1 FROM unnest(p_maxima, p_steps) AS u (a, b) WHERE a % b <> 0 OR b % coalesce(v_step, b) <> 0) THEN
    outcome := 'step';
  ELSE
    version := p_seen + 1;
    INSERT INTO rubric (cycle_id, component, question, version, task_vi, task_en, made_by, reason, made_at)
    VALUES (p_cycle_id, p_component, p_question, do_script_rubric_put.version, p_task_vi, p_task_en, p_staff_id, p_reason, clock_timestamp());
    INSERT INTO rubric_criterion (cycle_id, component, question, version, place, title_vi, title_en, mark_max, mark_step, levels)
    SELECT p_cycle_id, p_component, p_question, do_script_rubric_put.version, u.place, u.vi, u.en, u.mark_max, u.mark_step, u.levels
      FROM unnest(p_titles_vi, p_titles_en, p_maxima, p_steps, p_levels) WITH ORDINALITY AS u (vi, en, mark_max, mark_step, levels, place);
    outcome := 'kept';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_rubric_put IS 'kept, no_part (no such question), stale, frozen (something is marked by it), sum (the highest marks do not add up to that of the script) or step';
REVOKE ALL ON FUNCTION khoacu.do_script_rubric_put FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_script_rubric_put TO khoacu_server, khoacu_worker;

-- Pages of texts, one a script, by candidates whom only this function joins to their codes.
CREATE OR REPLACE FUNCTION khoacu.do_script_texts_put(
  p_cycle_id bigint, p_component text, p_question smallint, p_position smallint, p_candidate_ids bigint[], p_pages bigint[], p_bodies text[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_count bigint;
BEGIN
  IF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN
    RAISE EXCEPTION 'the marks of the cycle are frozen' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO script_page (blind_id, page, question, kind, body, sha256)
  SELECT i.blind_id, u.page, p_position, 'text', t.body, sha256(convert_to(t.body, 'UTF8'))
    FROM unnest(p_candidate_ids, p_pages, p_bodies) AS u (candidate_id, page, body)
   CROSS JOIN LATERAL (SELECT normalize(u.body, NFC) AS body) t
    JOIN script_identity i ON i.candidate_id = u.candidate_id AND i.component = p_component AND i.question = p_question
    JOIN script s ON s.blind_id = i.blind_id AND s.cycle_id = p_cycle_id
   WHERE NOT EXISTS (SELECT 1 FROM mark m WHERE m.blind_id = i.blind_id)
   ORDER BY i.blind_id;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_texts_put IS 'Writes the text of a page for many candidates; gives how many';
REVOKE ALL ON FUNCTION khoacu.do_script_texts_put FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_script_texts_put TO khoacu_worker;

CREATE OR REPLACE FUNCTION khoacu.do_script_image_put(
  p_cycle_id bigint, p_component text, p_question smallint, p_page smallint, p_position smallint, p_candidate_id bigint, p_type text,
  p_bytes bytea, p_width integer, p_height integer, p_sha256 bytea)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_count bigint;
BEGIN
  IF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN
    RAISE EXCEPTION 'the marks of the cycle are frozen' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO script_page (blind_id, page, question, kind, type, bytes, width, height, sha256)
  SELECT i.blind_id, p_page, p_position, CASE WHEN p_bytes IS NULL THEN 'withheld' ELSE 'image' END, p_type, p_bytes, p_width, p_height, p_sha256
    FROM script_identity i JOIN script s ON s.blind_id = i.blind_id AND s.cycle_id = p_cycle_id
   WHERE i.candidate_id = p_candidate_id AND i.component = p_component AND i.question = p_question
     AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.blind_id = i.blind_id);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_image_put IS 'Writes one picture, or without bytes that a file is withheld; gives 1, or 0 where there is no such script';
REVOKE ALL ON FUNCTION khoacu.do_script_image_put FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_script_image_put TO khoacu_worker;

CREATE OR REPLACE FUNCTION khoacu.do_script_sample_put(
  p_cycle_id bigint, p_blind_id bigint, p_purpose text, p_value numeric, p_criteria numeric[], p_reason text, p_staff_id bigint, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_script record;
  v_fault text;
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = p_cycle_id FOR NO KEY UPDATE;
  SELECT s.blind_id, s.cycle_id, s.component, s.question, s.mark_max, s.mark_step INTO v_script FROM script s WHERE s.blind_id = p_blind_id AND s.cycle_id = p_cycle_id;
  v_fault := script_criteria_fault(v_script.cycle_id, v_script.component, v_script.question, p_value, p_criteria);
  outcome := CASE
    WHEN v_script.blind_id IS NULL THEN 'unknown'
    WHEN EXISTS (SELECT 1 FROM script_sample p WHERE p.blind_id = p_blind_id AND p.purpose = p_purpose AND p.value = p_value
                    AND p.criteria IS NOT DISTINCT FROM p_criteria AND p.reason = p_reason) THEN 'repeated'
    WHEN EXISTS (SELECT 1 FROM script_sample p WHERE p.blind_id = p_blind_id) THEN 'taken'
    WHEN EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN 'frozen'
    WHEN EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = p_blind_id AND a.marker_id = p_staff_id) THEN 'own'
    WHEN p_value > v_script.mark_max THEN 'off_scale'
    WHEN p_value % v_script.mark_step <> 0 THEN 'off_step'
    WHEN v_fault IS NOT NULL THEN v_fault
    ELSE 'kept' END;
  IF outcome = 'kept' THEN
    INSERT INTO script_sample (sample_id, blind_id, purpose, value, criteria, reason, chosen_by, chosen_at)
    VALUES (script_random_id(), p_blind_id, p_purpose, p_value, p_criteria, p_reason, p_staff_id, clock_timestamp());
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_sample_put IS 'kept, repeated, unknown, taken, frozen, own, off_scale, off_step or a word of script_criteria_fault';
CREATE OR REPLACE FUNCTION khoacu.do_script_standard_put(
  p_cycle_id bigint, p_component text, p_question smallint, p_seen integer, p_qualify_scripts smallint, p_qualify_passes smallint,
  p_chances smallint, p_tolerance numeric, p_criterion_tolerance numeric, p_seed_every smallint, p_seed_misses smallint,
  p_quick_seconds smallint, p_reason text, p_staff_id bigint, OUT outcome text, OUT version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = p_cycle_id FOR NO KEY UPDATE;
  SELECT coalesce(max(d.version), 0) INTO version FROM script_standard d
   WHERE d.cycle_id = p_cycle_id AND d.component = p_component AND d.question = p_question;
  IF version <> p_seen THEN
    outcome := 'stale';
  ELSIF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN
    outcome := 'frozen';
  ELSE
    version := p_seen + 1;
    INSERT INTO script_standard (cycle_id, component, question, version, qualify_scripts, qualify_passes, chances, tolerance,
                                 criterion_tolerance, seed_every, seed_misses, quick_seconds, reason, set_by, set_at)
    VALUES (p_cycle_id, p_component, p_question, do_script_standard_put.version, p_qualify_scripts, p_qualify_passes, p_chances, p_tolerance,
            p_criterion_tolerance, p_seed_every, p_seed_misses, p_quick_seconds, p_reason, p_staff_id, clock_timestamp());
    outcome := 'kept';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_standard_put IS 'kept, stale or frozen';
CREATE OR REPLACE FUNCTION khoacu.do_script_release(
  p_cycle_id bigint, p_component text, p_question smallint, p_marker_id bigint, p_reason text, p_staff_id bigint, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(p_marker_id);
  outcome := CASE
    WHEN p_marker_id = p_staff_id THEN 'own'
    WHEN NOT EXISTS (SELECT 1 FROM marking_assignment a JOIN script s ON s.blind_id = a.blind_id
                      WHERE a.marker_id = p_marker_id AND s.cycle_id = p_cycle_id AND s.component = p_component AND s.question = p_question)
      THEN 'unknown'
    WHEN script_marker_state(p_marker_id, p_cycle_id, p_component, p_question) <> 'stopped' THEN 'not_stopped'
    ELSE 'released' END;
  IF outcome = 'released' THEN
    INSERT INTO script_release (cycle_id, component, question, marker_id, turn, released_by, reason, released_at)
    SELECT p_cycle_id, p_component, p_question, p_marker_id, 1 + count(*), p_staff_id, p_reason, clock_timestamp()
      FROM script_release r
     WHERE r.cycle_id = p_cycle_id AND r.component = p_component AND r.question = p_question AND r.marker_id = p_marker_id;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_release IS 'released, unknown, not_stopped or own';

-- The word on a report: zero settles the script, whatever its marks; suspected has more examiners mark it, whatever had been settled;
-- dismissed leaves it to its marks. Whether the scheme has a rule for signs is the program's to know.
CREATE OR REPLACE FUNCTION khoacu.do_script_report_decide(
  p_report_id bigint, p_staff_id bigint, p_verdict text, p_reason text, OUT outcome text, OUT blind_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_report record;
BEGIN
  SELECT r.blind_id, r.marker_id, r.article, s.cycle_id, s.component INTO v_report
    FROM script_report r JOIN script s ON s.blind_id = r.blind_id WHERE r.report_id = p_report_id;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN;
  END IF;
  blind_id := v_report.blind_id;
  PERFORM pg_advisory_xact_lock(v_report.blind_id);
  outcome := CASE
    WHEN EXISTS (SELECT 1 FROM script_report_decision d WHERE d.report_id = p_report_id AND d.verdict = p_verdict AND d.decided_by = p_staff_id
                    AND d.reason = p_reason) THEN 'repeated'
    WHEN EXISTS (SELECT 1 FROM script_report_decision d WHERE d.report_id = p_report_id) THEN 'decided'
    WHEN EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = v_report.cycle_id)
      OR p_verdict <> 'dismissed' AND EXISTS (SELECT 1 FROM part_freeze f WHERE f.cycle_id = v_report.cycle_id AND f.component = v_report.component) THEN 'frozen'
    WHEN EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = v_report.blind_id AND a.marker_id = p_staff_id)
         OR v_report.marker_id = p_staff_id THEN 'own'
    WHEN p_verdict = 'zero' AND v_report.article NOT IN ('two_scripts', 'two_hands', 'two_inks', 'foreign_paper')
      OR p_verdict = 'suspected' AND v_report.article <> 'sign' THEN 'no_article'
    WHEN EXISTS (SELECT 1 FROM script_report r JOIN script_report_decision d ON d.report_id = r.report_id
                  WHERE r.blind_id = v_report.blind_id AND d.verdict = 'zero') AND p_verdict <> 'dismissed' THEN 'zeroed'
    ELSE 'kept' END;
  IF outcome = 'kept' THEN
    INSERT INTO script_report_decision (report_id, verdict, reason, decided_by, decided_at)
    VALUES (p_report_id, p_verdict, p_reason, p_staff_id, clock_timestamp());
    IF p_verdict = 'zero' THEN
      INSERT INTO script_settlement (blind_id, revision, source, status, value, why, derivation, settled_by, settled_at)
      SELECT v_report.blind_id, 1 + coalesce(max(l.revision), 0), 'marks', 'awarded', 0, 'zero_report',
             json_build_object('article', v_report.article, 'report', lpad(to_hex(p_report_id), 16, '0'))::text, p_staff_id, clock_timestamp()
        FROM script_settlement l WHERE l.blind_id = v_report.blind_id;
    ELSIF p_verdict = 'suspected' THEN
      INSERT INTO script_remark (blind_id, why, after_revision, report_id, asked_by, asked_at)
      SELECT v_report.blind_id, 'sign', coalesce(max(l.revision), 0), p_report_id, p_staff_id, clock_timestamp()
        FROM script_settlement l WHERE l.blind_id = v_report.blind_id
      ON CONFLICT ON CONSTRAINT script_remark_pkey DO NOTHING; -- a second report of the same sign
    END IF;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_report_decide IS 'kept, repeated, unknown, decided, frozen, own, zeroed or no_article (nothing for which the regulation gives that)';

-- Scripts that count nothing by a report, for the worker that settles everything again before the freeze.
CREATE OR REPLACE FUNCTION khoacu.script_zeroed(p_cycle_id bigint) RETURNS TABLE (blind_id bigint, decided_by bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT r.blind_id, min(d.decided_by)
    FROM script_report_decision d JOIN script_report r ON r.report_id = d.report_id JOIN script s ON s.blind_id = r.blind_id
   WHERE s.cycle_id = p_cycle_id AND d.verdict = 'zero' GROUP BY r.blind_id
$$;
COMMENT ON FUNCTION khoacu.script_zeroed IS 'Scripts of a cycle that a report brought to zero, and by whose word';
REVOKE ALL ON FUNCTION khoacu.script_zeroed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.script_zeroed TO khoacu_worker;

-- Drift: how each examiner stood to the definitive marks, in order of time. Differences, never marks of live scripts.
CREATE OR REPLACE FUNCTION khoacu.script_drift(p_cycle_id bigint)
RETURNS TABLE (component text, question smallint, marker_id bigint, login_name text, full_name text, state text, purpose text,
               final_at timestamptz, difference numeric, within boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT q.component, q.question, q.marker_id, f.login_name, f.full_name, script_marker_state(q.marker_id, p_cycle_id, q.component, q.question),
         t.purpose, t.final_at, t.difference, t.within
    FROM (SELECT DISTINCT s.component, s.question, a.marker_id
            FROM marking_assignment a JOIN script s ON s.blind_id = a.blind_id WHERE s.cycle_id = p_cycle_id) q
    JOIN staff f ON f.staff_id = q.marker_id
    LEFT JOIN LATERAL (
         SELECT p.purpose, n.final_at, m.value - p.value AS difference, n.within
           FROM script_trial t JOIN script_sample p ON p.sample_id = t.sample_id
           JOIN script s ON s.blind_id = p.blind_id AND s.cycle_id = p_cycle_id AND s.component = q.component AND s.question = q.question
           JOIN script_trial_final n ON n.trial_id = t.trial_id
           JOIN script_trial_mark m ON m.trial_id = n.trial_id AND m.revision = n.revision
          WHERE t.marker_id = q.marker_id) t ON true
   ORDER BY q.component DESC, q.question, f.login_name, t.final_at
$$;
COMMENT ON FUNCTION khoacu.script_drift IS 'Every final mark of a sample beside the definitive one, by examiner and time; a row without a sample for who has none';
CREATE OR REPLACE FUNCTION khoacu.script_samples(p_cycle_id bigint)
RETURNS TABLE (blind_id bigint, component text, question smallint, purpose text, value numeric, criteria numeric[], reason text, chosen_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT p.blind_id, s.component, s.question, p.purpose, p.value, p.criteria, p.reason, p.chosen_at
    FROM script_sample p JOIN script s ON s.blind_id = p.blind_id WHERE s.cycle_id = p_cycle_id ORDER BY p.chosen_at, p.blind_id
$$;
COMMENT ON FUNCTION khoacu.script_samples IS 'The samples of a cycle, for the chief marker';
-- Scripts of a part among which the chief marker looks for samples: some, in order of random codes.
CREATE OR REPLACE FUNCTION khoacu.script_pool(p_cycle_id bigint, p_component text, p_question smallint, p_after bigint)
RETURNS TABLE (blind_id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT s.blind_id FROM script s
   WHERE s.cycle_id = p_cycle_id AND s.component = p_component AND s.question = p_question AND s.blind_id > p_after
     AND NOT EXISTS (SELECT 1 FROM script_sample p WHERE p.blind_id = s.blind_id)
   ORDER BY s.blind_id LIMIT 50
$$;
COMMENT ON FUNCTION khoacu.script_pool IS 'Fifty scripts of a part that are no samples, behind a code';
CREATE OR REPLACE FUNCTION khoacu.script_lead_pages(p_blind_id bigint)
RETURNS TABLE (page smallint, question smallint, kind text, body text, width integer, height integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT g.page, g.question, g.kind, g.body, g.width, g.height FROM script_page g WHERE g.blind_id = p_blind_id ORDER BY g.page
$$;
COMMENT ON FUNCTION khoacu.script_lead_pages IS 'The pages of a script, for the chief marker';
CREATE OR REPLACE FUNCTION khoacu.script_lead_page_bytes(p_blind_id bigint, p_page smallint)
RETURNS TABLE (type text, bytes bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT g.type, g.bytes FROM script_page g WHERE g.blind_id = p_blind_id AND g.page = p_page AND g.kind = 'image'
$$;
COMMENT ON FUNCTION khoacu.script_lead_page_bytes IS 'One picture of a script, for the chief marker';
CREATE OR REPLACE FUNCTION khoacu.script_reports(p_cycle_id bigint)
RETURNS TABLE (report_id bigint, blind_id bigint, component text, question smallint, login_name text, article text, reason text,
               reported_at timestamptz, verdict text, decision_reason text, decided_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT r.report_id, r.blind_id, s.component, s.question, f.login_name, r.article, r.reason, r.reported_at, d.verdict, d.reason, d.decided_at
    FROM script_report r JOIN script s ON s.blind_id = r.blind_id JOIN staff f ON f.staff_id = r.marker_id
    LEFT JOIN script_report_decision d ON d.report_id = r.report_id
   WHERE s.cycle_id = p_cycle_id ORDER BY d.report_id IS NOT NULL, r.reported_at LIMIT 500
$$;
COMMENT ON FUNCTION khoacu.script_reports IS 'Reports on scripts of a cycle, those without a word first';
REVOKE ALL ON FUNCTION khoacu.do_script_sample_put, khoacu.do_script_standard_put, khoacu.do_script_release, khoacu.do_script_report_decide,
  khoacu.script_drift, khoacu.script_samples, khoacu.script_pool, khoacu.script_lead_pages, khoacu.script_lead_page_bytes,
  khoacu.script_reports FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_script_sample_put, khoacu.do_script_standard_put, khoacu.do_script_release, khoacu.do_script_report_decide,
  khoacu.script_drift, khoacu.script_samples, khoacu.script_pool, khoacu.script_lead_pages, khoacu.script_lead_page_bytes,
  khoacu.script_reports TO khoacu_server;

-- What auditors compare with the answers, once the map may be opened.
CREATE OR REPLACE FUNCTION khoacu.script_pages_told(p_cycle_id bigint)
RETURNS TABLE (blind_id bigint, page smallint, question smallint, kind text, type text, width integer, height integer, sha256 bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN
    RAISE EXCEPTION 'pages stay closed until the marks are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN QUERY
  SELECT g.blind_id, g.page, g.question, g.kind, g.type, g.width, g.height, g.sha256
    FROM script s JOIN script_page g ON g.blind_id = s.blind_id WHERE s.cycle_id = p_cycle_id ORDER BY g.blind_id, g.page;
END
$$;
COMMENT ON FUNCTION khoacu.script_pages_told IS 'Pages with their hashes, for auditors; only after the freeze';
REVOKE ALL ON FUNCTION khoacu.script_pages_told FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.script_pages_told TO khoacu_auditor;
