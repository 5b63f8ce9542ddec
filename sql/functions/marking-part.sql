-- The marks of one part of a cycle whose next stage waits for them: frozen when every script is settled, then read by the
-- worker that opens the next stage, and by nobody else. The caller holds the cycle FOR UPDATE.
-- The hash is SHA-256 over one line for each script in order of blind codes, ended by line feeds:
-- blind code (16 hexadecimal digits) | component | question | source | status | mark that counts, two places, or nothing | why.
CREATE OR REPLACE FUNCTION khoacu.do_marking_part_freeze(
  p_cycle_id bigint, p_component text, p_staff_id bigint, OUT outcome text, OUT missing bigint, OUT scripts bigint, OUT sha256 bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_lines text;
BEGIN
  SELECT count(*), count(*) FILTER (WHERE l.revision IS NULL),
         string_agg(concat(lpad(to_hex(s.blind_id), 16, '0'), '|', s.component, '|', s.question, '|', l.source, '|', l.status, '|',
                           l.value::numeric(5,2), '|', l.why, E'\n'), '' ORDER BY s.blind_id)
    INTO scripts, missing, v_lines
    FROM script s
    LEFT JOIN script_outcome l ON l.blind_id = s.blind_id
   WHERE s.cycle_id = p_cycle_id AND s.component = p_component;
  IF scripts = 0 OR missing > 0 THEN
    outcome := 'missing';
    RETURN;
  END IF;
  sha256 := pg_catalog.sha256(convert_to(v_lines, 'UTF8'));
  INSERT INTO part_freeze (cycle_id, component, frozen_at, frozen_by, scripts, sha256)
  VALUES (p_cycle_id, p_component, clock_timestamp(), p_staff_id, do_marking_part_freeze.scripts, do_marking_part_freeze.sha256);
  outcome := 'frozen';
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_part_freeze IS 'Freezes the marks of one part when every script of it is settled; outcome frozen or missing';
REVOKE ALL ON FUNCTION khoacu.do_marking_part_freeze FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_part_freeze TO khoacu_worker;

CREATE OR REPLACE FUNCTION khoacu.do_marking_part_open(p_cycle_id bigint)
RETURNS TABLE (candidate_id bigint, component text, status text, value numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM part_freeze f WHERE f.cycle_id = p_cycle_id) THEN
    RAISE EXCEPTION 'the map of blind codes stays closed until the marks of the part are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN QUERY
  SELECT m.candidate_id, m.component, m.status, m.value
    FROM marking_part_marks(p_cycle_id) m JOIN part_freeze f ON f.cycle_id = p_cycle_id AND f.component = m.component;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_part_open IS 'What counts of the frozen parts by candidate, for the worker that opens the next stage';
REVOKE ALL ON FUNCTION khoacu.do_marking_part_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_part_open TO khoacu_worker;
