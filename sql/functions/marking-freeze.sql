-- The freeze: from here on no mark of the cycle is taken, and only now may the map from blind codes to candidates open.
-- Its hash is SHA-256 over one line for each script in order of blind codes, ended by line feeds:
-- blind code (16 hexadecimal digits) | component | marker (likewise) | revision | status | mark with two places or nothing.
CREATE OR REPLACE FUNCTION khoacu.do_marking_freeze(
  p_cycle_id bigint, p_staff_id bigint, OUT outcome text, OUT missing bigint, OUT scripts bigint, OUT sha256 bytea,
  OUT frozen_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_lines text;
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = p_cycle_id FOR UPDATE; -- marks under way end first
  SELECT f.sha256, f.frozen_at INTO sha256, frozen_at FROM marks_freeze f WHERE f.cycle_id = p_cycle_id;
  IF FOUND THEN
    outcome := 'already';
    RETURN;
  END IF;
  SELECT count(*), count(*) FILTER (WHERE m.revision IS NULL),
         string_agg(concat(lpad(to_hex(s.blind_id), 16, '0'), '|', s.component, '|', lpad(to_hex(m.marker_id), 16, '0'), '|',
                           m.revision, '|', m.status, '|', m.value::numeric(5,2), E'\n'), '' ORDER BY s.blind_id)
    INTO scripts, missing, v_lines
    FROM script s
    LEFT JOIN LATERAL (SELECT k.revision, k.marker_id, k.status, k.value FROM mark k
                        WHERE k.blind_id = s.blind_id AND k.marking_round = 1
                        ORDER BY k.revision DESC LIMIT 1) m ON true
   WHERE s.cycle_id = p_cycle_id;
  IF scripts = 0 THEN
    outcome := 'no_scripts';
  ELSIF missing > 0 THEN
    outcome := 'missing';
  ELSE
    sha256 := pg_catalog.sha256(convert_to(v_lines, 'UTF8'));
    frozen_at := clock_timestamp();
    INSERT INTO marks_freeze (cycle_id, frozen_at, frozen_by, sha256)
    VALUES (p_cycle_id, do_marking_freeze.frozen_at, p_staff_id, do_marking_freeze.sha256);
    UPDATE cycle SET state = 'ranking' WHERE cycle_id = p_cycle_id AND state = 'round2';
    outcome := 'frozen';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_freeze IS 'Freezes the marks of a cycle when none is missing; outcome frozen, already, missing or no_scripts';
REVOKE ALL ON FUNCTION khoacu.do_marking_freeze FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_freeze TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_marking_map_open(p_cycle_id bigint)
RETURNS TABLE (candidate_id bigint, component text, status text, value numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN
    RAISE EXCEPTION 'the map of blind codes stays closed until the marks are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN QUERY
  SELECT i.candidate_id, s.component, m.status, m.value
    FROM script s
    JOIN script_identity i ON i.blind_id = s.blind_id
    JOIN LATERAL (SELECT k.status, k.value FROM mark k WHERE k.blind_id = s.blind_id AND k.marking_round = 1
                   ORDER BY k.revision DESC LIMIT 1) m ON true
   WHERE s.cycle_id = p_cycle_id;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_map_open IS 'The final marks of a cycle by candidate; only after the freeze';
REVOKE ALL ON FUNCTION khoacu.do_marking_map_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_map_open TO khoacu_worker;
