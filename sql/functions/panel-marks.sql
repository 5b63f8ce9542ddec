-- What panels gave, criterion by criterion, for the list that tells it: as the map of blind codes, only after the freeze. Of a part
-- whose mark is no longer the panel's there is nothing.
CREATE OR REPLACE FUNCTION khoacu.do_panel_marks_open(p_cycle_id bigint)
RETURNS TABLE (candidate_id bigint, panel text, kind text, way text, titles text[], maxes bigint[], marks bigint[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN
    RAISE EXCEPTION 'the marks of panels stay closed until the marks are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN QUERY
  SELECT h.candidate_id, p.code, p.kind, h.why, k.titles, k.maxes,
         (SELECT array_agg((m.value * 100)::bigint ORDER BY w.place, m.criterion)
            FROM panel_markers(h.hearing_id) w JOIN panel_mark m ON m.hearing_id = h.hearing_id AND m.staff_id = w.staff_id)
    FROM panel p
    JOIN panel_hearing h ON h.panel_id = p.panel_id AND h.status = 'awarded'
    JOIN script_identity i ON i.candidate_id = h.candidate_id AND i.component = p.component AND i.question = 0
    JOIN LATERAL (SELECT l.source FROM script_settlement l WHERE l.blind_id = i.blind_id ORDER BY l.revision DESC LIMIT 1) s ON s.source = 'panel'
   CROSS JOIN LATERAL (SELECT array_agg(c.title ORDER BY c.criterion) AS titles, array_agg((c.mark_max * 100)::bigint ORDER BY c.criterion) AS maxes
                         FROM panel_criterion c WHERE c.panel_id = p.panel_id) k
   WHERE p.cycle_id = p_cycle_id AND p.state = 'closed'
   ORDER BY p.code COLLATE "C", h.candidate_id;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_marks_open IS 'What the members of closed panels gave, in rows of criteria by their places, by candidate; only after the freeze';
REVOKE ALL ON FUNCTION khoacu.do_panel_marks_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_marks_open TO khoacu_worker;
