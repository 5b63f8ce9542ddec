-- What the worker knows while scripts get their codes, and nobody after it: who must not mark which of them.

CREATE OR REPLACE FUNCTION khoacu.do_marking_exclude(p_cycle_id bigint, p_blind_ids bigint[], p_candidate_ids bigint[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  WITH examiners AS (
    SELECT f.staff_id, lower(btrim(f.unit)) AS unit
      FROM staff f JOIN staff_role r ON r.staff_id = f.staff_id AND r.role = 'examiner'
     WHERE f.state = 'active'
  ), units AS (
    SELECT a.agency_id, e.staff_id
      FROM agency a JOIN examiners e ON e.unit <> '' AND e.unit IN (lower(btrim(a.name)), lower(a.code))
     WHERE a.cycle_id = p_cycle_id
  ), pairs AS (
    SELECT r.blind_id, u.staff_id, 'unit' AS why, 2 AS place
      FROM unnest(p_blind_ids, p_candidate_ids) AS r(blind_id, candidate_id)
      JOIN candidate c ON c.candidate_id = r.candidate_id
      JOIN units u ON u.agency_id = ANY (c.agency_ids)
    UNION
    SELECT r.blind_id, k.marker_id, 'kinship', 1
      FROM unnest(p_blind_ids, p_candidate_ids) AS r(blind_id, candidate_id)
      JOIN marking_kinship k ON k.cycle_id = p_cycle_id AND k.candidate_id = r.candidate_id
    UNION
    SELECT r.blind_id, e.staff_id, 'handled', 3
      FROM unnest(p_blind_ids, p_candidate_ids) AS r(blind_id, candidate_id)
      JOIN scan_register g ON g.candidate_id = r.candidate_id
      LEFT JOIN scan_page p ON p.sheet_id = g.sheet_id
      JOIN examiners e ON e.staff_id IN (g.registered_by, p.captured_by)
  ), added AS (
    INSERT INTO marking_exclusion (blind_id, marker_id, why)
    SELECT DISTINCT ON (p.blind_id, p.staff_id) p.blind_id, p.staff_id, p.why
      FROM pairs p ORDER BY p.blind_id, p.staff_id, p.place
    RETURNING 1
  )
  SELECT count(*) FROM added
$$;
COMMENT ON FUNCTION khoacu.do_marking_exclude IS 'Notes who must not mark which script: whose unit the candidate applied to, who is tied to her, who handled her sheets; how many pairs';
REVOKE ALL ON FUNCTION khoacu.do_marking_exclude FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_exclude TO khoacu_worker;

-- The same for one script, as things stand now: whoever became an examiner, moved to a unit or handled a sheet after the codes.
CREATE OR REPLACE FUNCTION khoacu.marking_barred(p_blind_id bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT coalesce(array_agg(b.staff_id), '{}')
    FROM (SELECT x.marker_id AS staff_id FROM marking_exclusion x WHERE x.blind_id = p_blind_id
          UNION
          SELECT h.staff_id
            FROM script_identity i
            JOIN candidate c ON c.candidate_id = i.candidate_id
           CROSS JOIN LATERAL (
                 SELECT f.staff_id FROM agency a JOIN staff f ON btrim(f.unit) <> '' AND lower(btrim(f.unit)) IN (lower(btrim(a.name)), lower(a.code))
                  WHERE a.cycle_id = c.cycle_id AND a.agency_id = ANY (c.agency_ids)
                 UNION SELECT k.marker_id FROM marking_kinship k WHERE k.cycle_id = c.cycle_id AND k.candidate_id = c.candidate_id
                 UNION SELECT g.registered_by FROM scan_register g WHERE g.candidate_id = c.candidate_id
                 UNION SELECT p.captured_by FROM scan_register g JOIN scan_page p ON p.sheet_id = g.sheet_id WHERE g.candidate_id = c.candidate_id) h
           WHERE i.blind_id = p_blind_id) b
$$;
COMMENT ON FUNCTION khoacu.marking_barred IS 'Who must not mark a script, for functions of the schema alone';
REVOKE ALL ON FUNCTION khoacu.marking_barred FROM PUBLIC;

-- Whoever writes assignments, the worker as well: never to one who must not mark the script. One check for all rows of a
-- statement, because a draw writes some hundred thousand.
CREATE OR REPLACE FUNCTION khoacu.marking_assignment_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM new_rows n JOIN marking_exclusion x ON x.blind_id = n.blind_id AND x.marker_id = n.marker_id)
     OR EXISTS (SELECT 1 FROM new_rows n JOIN staff_role r ON r.staff_id = n.marker_id AND r.role = 'script_officer')
     OR EXISTS (SELECT 1 FROM new_rows n JOIN script_identity i ON i.blind_id = n.blind_id
                  JOIN scan_register g ON g.candidate_id = i.candidate_id LEFT JOIN scan_page p ON p.sheet_id = g.sheet_id
                 WHERE n.marker_id IN (g.registered_by, p.captured_by)) THEN
    RAISE EXCEPTION 'this examiner must not mark this script' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM 1 FROM cycle c WHERE c.cycle_id IN (SELECT s.cycle_id FROM new_rows n JOIN script s ON s.blind_id = n.blind_id) FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM new_rows n JOIN script s ON s.blind_id = n.blind_id LEFT JOIN marks_freeze f ON f.cycle_id = s.cycle_id
              WHERE (f.cycle_id IS NOT NULL) <> (n.marking_round BETWEEN 6 AND 8)) THEN
    RAISE EXCEPTION 'after the freeze scripts go to re-markers of an appeal alone, and before it to nobody of them'
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND EXISTS (SELECT 1 FROM new_rows n JOIN mark_final f ON f.blind_id = n.blind_id AND f.marking_round = n.marking_round) THEN
    RAISE EXCEPTION 'a script whose mark is final stays with its marker' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO marking_marker_part (marker_id, cycle_id, component, question)
  SELECT DISTINCT n.marker_id, s.cycle_id, s.component, s.question FROM new_rows n JOIN script s ON s.blind_id = n.blind_id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION khoacu.marking_assignment_check() IS
  'Refuses a script to whoever is excluded from it, handled its sheets or handles codes, out of season, or from one who has marked it; keeps marking_marker_part';
REVOKE ALL ON FUNCTION khoacu.marking_assignment_check() FROM PUBLIC;

-- The excluded pairs that a draw was committed to.
CREATE OR REPLACE FUNCTION khoacu.do_marking_pairs(p_cycle_id bigint, p_component text, p_marker_ids bigint[])
RETURNS TABLE (blind_id bigint, marker_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT x.blind_id, x.marker_id
    FROM marking_exclusion x JOIN script s ON s.blind_id = x.blind_id
   WHERE s.cycle_id = p_cycle_id AND s.component = p_component AND x.why IN ('unit', 'kinship', 'handled')
     AND x.marker_id = ANY (p_marker_ids)
   ORDER BY x.blind_id, x.marker_id
$$;
COMMENT ON FUNCTION khoacu.do_marking_pairs IS 'Excluded pairs of a draw, for the worker that holds it';
REVOKE ALL ON FUNCTION khoacu.do_marking_pairs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_pairs TO khoacu_worker;

-- The same for whoever draws again; only when the marks are frozen, because a pair tells where somebody applied.
CREATE OR REPLACE FUNCTION khoacu.do_marking_pairs_show(p_draw_id bigint)
RETURNS TABLE (blind_id bigint, marker_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM marking_draw d JOIN marks_freeze f ON f.cycle_id = d.cycle_id WHERE d.draw_id = p_draw_id) THEN
    RAISE EXCEPTION 'excluded pairs stay closed until the marks are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN QUERY
  SELECT p.blind_id, p.marker_id
    FROM marking_draw d CROSS JOIN LATERAL do_marking_pairs(d.cycle_id, d.component, d.marker_ids) p
   WHERE d.draw_id = p_draw_id;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_pairs_show IS 'Excluded pairs of a draw after the freeze';
REVOKE ALL ON FUNCTION khoacu.do_marking_pairs_show FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_pairs_show TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_marking_redraws_show(p_draw_id bigint)
RETURNS TABLE (blind_id bigint, marking_round smallint, number smallint, eligible bigint[], marker_id bigint, replaced_id bigint, why text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM marking_draw d JOIN marks_freeze f ON f.cycle_id = d.cycle_id WHERE d.draw_id = p_draw_id) THEN
    RAISE EXCEPTION 'redraws stay closed until the marks are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN QUERY
  SELECT w.blind_id, w.marking_round, w.number, w.eligible, w.marker_id, w.replaced_id, w.why
    FROM marking_redraw w WHERE w.draw_id = p_draw_id ORDER BY w.blind_id, w.marking_round, w.number;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_redraws_show IS 'Markers drawn one by one from the seed of a draw, after the freeze';
REVOKE ALL ON FUNCTION khoacu.do_marking_redraws_show FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_redraws_show TO khoacu_server;
