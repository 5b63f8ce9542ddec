-- A re-mark that the head of the marking board asks for. It changes no mark: another examiner is drawn for each script, and the
-- scheme settles it again with hers in the place of the doubted one. The program notes for each what it waits for.
CREATE OR REPLACE FUNCTION khoacu.do_quality_remark_request(
  p_request_id bigint, p_cycle_id bigint, p_marker_id bigint, p_scripts bigint[], p_reason text, p_staff_id bigint, p_now timestamptz,
  OUT outcome text, OUT place integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  of_report bigint;
  v_script record;
  v_drawn text;
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = p_cycle_id FOR KEY SHARE; -- waits for a freeze under way
  SELECT q.report_id INTO of_report FROM quality_report q
   WHERE q.cycle_id = p_cycle_id AND q.run_id IS NULL ORDER BY q.version DESC LIMIT 1;
  SELECT min(g.n) - 1 INTO place
    FROM unnest(p_scripts) WITH ORDINALITY AS g(blind_id, n)
   WHERE NOT EXISTS (SELECT 1 FROM mark_final f JOIN mark m ON (m.blind_id, m.marking_round, m.revision) = (f.blind_id, f.marking_round, f.revision)
                       JOIN script s ON s.blind_id = f.blind_id
                      WHERE f.blind_id = g.blind_id AND s.cycle_id = p_cycle_id AND m.marker_id = p_marker_id AND f.marking_round <= 5);
  outcome := CASE
    WHEN NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'chief_marker') THEN 'forbidden'
    WHEN p_staff_id = p_marker_id THEN 'own'
    WHEN EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN 'frozen'
    WHEN of_report IS NULL THEN 'no-report'
    WHEN place IS NOT NULL THEN 'not-marked'
    ELSE 'recorded' END;
  IF outcome <> 'recorded' THEN
    RETURN;
  END IF;
  INSERT INTO remark_request (request_id, cycle_id, marker_id, report_id, reason, requested_by, requested_at)
  VALUES (p_request_id, p_cycle_id, p_marker_id, of_report, p_reason, p_staff_id, p_now);
  FOR v_script IN
    SELECT g.blind_id, min(g.n)::integer - 1 AS place FROM unnest(p_scripts) WITH ORDINALITY AS g(blind_id, n)
     GROUP BY g.blind_id ORDER BY g.blind_id -- so that two requests never wait for each other
  LOOP
    PERFORM pg_advisory_xact_lock(v_script.blind_id);
    place := v_script.place;
    outcome := CASE
      WHEN EXISTS (SELECT 1 FROM script_remark r WHERE r.blind_id = v_script.blind_id AND r.why = 'doubt') THEN 'asked-before'
      WHEN EXISTS (SELECT 1 FROM part_freeze p JOIN script s ON s.cycle_id = p.cycle_id AND s.component = p.component
                    WHERE s.blind_id = v_script.blind_id) THEN 'frozen'
      WHEN EXISTS (SELECT 1 FROM script_settlement l WHERE l.blind_id = v_script.blind_id AND l.why = 'zero_report') THEN 'zeroed'
      WHEN EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = v_script.blind_id AND a.marker_id = p_staff_id) THEN 'own'
      ELSE 'recorded' END;
    IF outcome <> 'recorded' THEN
      RETURN; -- the caller takes everything back
    END IF;
    INSERT INTO remark_request_script (request_id, blind_id) VALUES (p_request_id, v_script.blind_id);
    INSERT INTO script_remark (blind_id, why, instead_of, after_revision, request_id, asked_by, asked_at)
    SELECT v_script.blind_id, 'doubt', a.marking_round, (SELECT coalesce(max(l.revision), 0) FROM script_settlement l WHERE l.blind_id = v_script.blind_id),
           p_request_id, p_staff_id, clock_timestamp()
      FROM marking_assignment a WHERE a.blind_id = v_script.blind_id AND a.marker_id = p_marker_id;
    SELECT r.outcome INTO v_drawn FROM marking_redraw_one(v_script.blind_id, 9::smallint, NULL, 'remark', NULL) r;
    IF v_drawn <> 'drawn' THEN
      outcome := CASE v_drawn WHEN 'no_draw' THEN 'no-draw' ELSE v_drawn END;
      RETURN;
    END IF;
  END LOOP;
  place := NULL;
END
$$;
COMMENT ON FUNCTION khoacu.do_quality_remark_request(bigint, bigint, bigint, bigint[], text, bigint, timestamptz) IS
  'Has scripts with a final mark of a marker marked again: recorded; forbidden, own, frozen, no-report; or, with the place of the script, not-marked, asked-before, zeroed, own, nobody or no-draw, after which the caller rolls back';
REVOKE ALL ON FUNCTION khoacu.do_quality_remark_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_quality_remark_request TO khoacu_server;
