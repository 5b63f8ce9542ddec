-- The freeze: from here on no mark of the cycle is taken, and only now may the map from blind codes to candidates open. The
-- worker alone freezes, after it has settled every script again by the pack (marking_freeze_check).
-- Its hash is SHA-256 over one line for each script in order of blind codes, ended by line feeds:
-- blind code (16 hexadecimal digits) | component | question | source | status | mark that counts, two places, or nothing | why
-- and for each final mark by round: | round : marker (likewise) : revision : status : mark.
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
  SELECT count(*), count(*) FILTER (WHERE l.revision IS NULL),
         string_agg(concat(lpad(to_hex(s.blind_id), 16, '0'), '|', s.component, '|', s.question, '|', l.source, '|', l.status, '|',
                           l.value::numeric(5,2), '|', l.why, m.marks, E'\n'), '' ORDER BY s.blind_id)
    INTO scripts, missing, v_lines
    FROM script s
    LEFT JOIN script_outcome l ON l.blind_id = s.blind_id
    LEFT JOIN LATERAL (SELECT string_agg(concat('|', f.marking_round, ':', lpad(to_hex(k.marker_id), 16, '0'), ':', k.revision, ':', k.status,
                                                ':', k.value::numeric(5,2)), '' ORDER BY f.marking_round) AS marks
                         FROM mark_final f
                         JOIN mark k ON k.blind_id = f.blind_id AND k.marking_round = f.marking_round AND k.revision = f.revision
                        WHERE f.blind_id = s.blind_id) m ON true
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
COMMENT ON FUNCTION khoacu.do_marking_freeze IS 'Freezes the marks of a cycle when every script is settled; outcome frozen, already, missing or no_scripts';
REVOKE ALL ON FUNCTION khoacu.do_marking_freeze FROM PUBLIC, khoacu_server;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_freeze TO khoacu_worker;

-- The mark of a part is the sum of its questions. A suspension or a void of one question is one of the part; a question that was
-- not answered counts nothing, unless none was.
CREATE OR REPLACE FUNCTION khoacu.marking_part_marks(p_cycle_id bigint)
RETURNS TABLE (candidate_id bigint, component text, status text, value numeric) LANGUAGE sql STABLE AS $$
  SELECT p.candidate_id, p.component, p.status, CASE WHEN p.status = 'awarded' THEN p.total END
    FROM (SELECT i.candidate_id, s.component, sum(l.value) AS total,
                 CASE WHEN bool_or(l.status = 'suspended') THEN 'suspended' WHEN bool_or(l.status = 'void') THEN 'void'
                      WHEN bool_and(l.status = 'absent') THEN 'absent' ELSE 'awarded' END AS status
            FROM khoacu.script s
            JOIN khoacu.script_identity i ON i.blind_id = s.blind_id
            JOIN LATERAL (SELECT k.status, k.value FROM khoacu.script_settlement k WHERE k.blind_id = s.blind_id
                           ORDER BY k.revision DESC LIMIT 1) l ON true
           WHERE s.cycle_id = p_cycle_id
           GROUP BY i.candidate_id, s.component) p
$$;
COMMENT ON FUNCTION khoacu.marking_part_marks IS 'What each candidate has in each part, whether it may be told or not: for the functions that open it alone';
REVOKE ALL ON FUNCTION khoacu.marking_part_marks FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.do_marking_map_open(p_cycle_id bigint)
RETURNS TABLE (candidate_id bigint, component text, status text, value numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN
    RAISE EXCEPTION 'the map of blind codes stays closed until the marks are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN QUERY SELECT m.candidate_id, m.component, m.status, m.value FROM marking_part_marks(p_cycle_id) m;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_map_open IS 'What counts of each part by candidate; only after the freeze';
REVOKE ALL ON FUNCTION khoacu.do_marking_map_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_map_open TO khoacu_worker;
