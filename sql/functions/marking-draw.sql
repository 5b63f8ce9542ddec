-- Markers drawn one by one after the draw, by its seed (allocation.h), leases, and the codes by which markers know their scripts.

-- The code under which a round of a script lies before its marker: a script under appeal has a fresh one for its re-markers.
CREATE OR REPLACE FUNCTION khoacu.marking_code(p_blind_id bigint, p_round smallint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT coalesce((SELECT c.code FROM appeal_code c WHERE p_round BETWEEN 6 AND 8 AND c.blind_id = p_blind_id), p_blind_id)
$$;
COMMENT ON FUNCTION khoacu.marking_code IS 'The code by which the marker of a round knows a script';
REVOKE ALL ON FUNCTION khoacu.marking_code FROM PUBLIC;

-- The script that is assigned to an examiner under a code, which is no code of hers in another round.
CREATE OR REPLACE FUNCTION khoacu.marking_assigned(p_code bigint, p_marker_id bigint, OUT blind_id bigint, OUT marking_round smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT a.blind_id, a.marking_round
    FROM marking_assignment a
   WHERE a.blind_id = coalesce((SELECT c.blind_id FROM appeal_code c WHERE c.code = p_code), p_code) AND a.marker_id = p_marker_id
     AND marking_code(a.blind_id, a.marking_round) = p_code
$$;
COMMENT ON FUNCTION khoacu.marking_assigned IS 'Which script and round of hers an examiner means by a code; blind_id NULL: none';
REVOKE ALL ON FUNCTION khoacu.marking_assigned FROM PUBLIC;

-- u64 = first 8 bytes of SHA-256(seed label counter), those above the last whole multiple thrown away; 0 .. bound-1.
CREATE OR REPLACE FUNCTION khoacu.marking_pick(p_seed bytea, p_label text, p_bound integer) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_counter bigint := 0;
  v_value numeric;
BEGIN
  LOOP
    v_value := ('x' || encode(substr(sha256(p_seed || convert_to(p_label, 'UTF8') || int8send(v_counter)), 1, 8), 'hex'))::bit(64)::bigint;
    IF v_value < 0 THEN
      v_value := v_value + 18446744073709551616;
    END IF;
    EXIT WHEN v_value < 18446744073709551616 - 18446744073709551616 % p_bound;
    v_counter := v_counter + 1;
  END LOOP;
  RETURN (v_value % p_bound)::integer;
END
$$;
COMMENT ON FUNCTION khoacu.marking_pick IS 'A number of the stream of draws, as marking_redraw_pick';
REVOKE ALL ON FUNCTION khoacu.marking_pick FROM PUBLIC;

-- Draws a marker for a round of a script and gives her the place, which is new or held by p_replaced.
CREATE OR REPLACE FUNCTION khoacu.marking_redraw_one(
  p_blind_id bigint, p_round smallint, p_replaced bigint, p_why text, p_reason text, OUT outcome text, OUT marker_id bigint)
LANGUAGE plpgsql SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_draw record;
  v_number smallint;
  v_eligible bigint[];
  v_barred bigint[] := marking_barred(p_blind_id);
BEGIN
  SELECT d.draw_id, d.marker_ids, d.committed_at, o.seed INTO v_draw
    FROM script s
    JOIN marking_draw d ON d.cycle_id = s.cycle_id AND d.component = s.component
    JOIN marking_draw_outcome o ON o.draw_id = d.draw_id
   WHERE s.blind_id = p_blind_id;
  IF NOT FOUND THEN
    outcome := 'no_draw';
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(v_draw.draw_id); -- the counts below are of what has been drawn before
  -- First those of the draw; when none of them is left, others who were examiners when it was committed to.
  SELECT array_agg(r.staff_id ORDER BY r.staff_id) INTO v_eligible
    FROM (SELECT e.staff_id, rank() OVER (ORDER BY e.outside, e.extra) AS place
            FROM (SELECT f.staff_id, NOT f.staff_id = ANY (v_draw.marker_ids) AS outside,
                         (SELECT count(*) FROM marking_redraw w WHERE w.draw_id = v_draw.draw_id AND w.marker_id = f.staff_id) AS extra
                    FROM staff f
                   WHERE f.state = 'active' AND f.created_at <= v_draw.committed_at
                     AND EXISTS (SELECT 1 FROM staff_role l WHERE l.staff_id = f.staff_id AND l.role = 'examiner')
                     AND NOT EXISTS (SELECT 1 FROM staff_role l WHERE l.staff_id = f.staff_id AND l.role = 'script_officer')
                     AND NOT f.staff_id = ANY (v_barred)
                     AND NOT EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = p_blind_id AND a.marker_id = f.staff_id)
                     AND NOT EXISTS (SELECT 1 FROM marking_redraw w WHERE w.blind_id = p_blind_id AND w.replaced_id = f.staff_id)
                     AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.blind_id = p_blind_id AND m.marker_id = f.staff_id)) e) r
   WHERE r.place = 1;
  IF v_eligible IS NULL THEN
    outcome := 'nobody';
    RETURN;
  END IF;
  SELECT coalesce(max(w.number), 0) + 1 INTO v_number
    FROM marking_redraw w WHERE w.blind_id = p_blind_id AND w.marking_round = p_round;
  marker_id := v_eligible[1 + marking_pick(v_draw.seed, format('redraw/%s/%s/%s', lpad(to_hex(p_blind_id), 16, '0'), p_round, v_number),
                                           cardinality(v_eligible))];
  IF p_replaced IS NULL THEN
    INSERT INTO marking_assignment (blind_id, marking_round, marker_id) VALUES (p_blind_id, p_round, marking_redraw_one.marker_id);
  ELSE
    UPDATE marking_assignment a SET marker_id = marking_redraw_one.marker_id
     WHERE a.blind_id = p_blind_id AND a.marking_round = p_round AND a.marker_id = p_replaced;
  END IF;
  INSERT INTO marking_redraw (blind_id, marking_round, number, draw_id, eligible, marker_id, replaced_id, why, reason, drawn_at)
  VALUES (p_blind_id, p_round, v_number, v_draw.draw_id, v_eligible, marking_redraw_one.marker_id, p_replaced, p_why, p_reason,
          clock_timestamp());
  outcome := 'drawn';
END
$$;
COMMENT ON FUNCTION khoacu.marking_redraw_one IS 'For functions of the schema alone; outcome drawn, nobody or no_draw';
REVOKE ALL ON FUNCTION khoacu.marking_redraw_one FROM PUBLIC;

-- A round that the scheme asks for. That it does is checked again before the freeze, from the marks.
CREATE OR REPLACE FUNCTION khoacu.do_marking_round_open(p_blind_id bigint, p_round smallint, OUT outcome text, OUT marker_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(p_blind_id);
  IF EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = p_blind_id AND a.marking_round = p_round) THEN
    outcome := 'open';
  ELSIF p_round NOT IN (3, 4, 5)
     OR (SELECT count(*) FROM mark_final f WHERE f.blind_id = p_blind_id AND f.marking_round IN (1, 2)) < marking_needed(p_blind_id)
     OR EXISTS (SELECT 1 FROM script_outcome l WHERE l.blind_id = p_blind_id) THEN
    outcome := 'not_asked';
  ELSE
    SELECT r.outcome, r.marker_id INTO outcome, marker_id
      FROM marking_redraw_one(p_blind_id, p_round, NULL, 'round', NULL) r;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_round_open IS 'Further markers, drawn when all first marks are final; outcome drawn, open, not_asked, nobody or no_draw';
REVOKE ALL ON FUNCTION khoacu.do_marking_round_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_round_open TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_marking_replace(
  p_code bigint, p_marker_id bigint, p_why text, p_reason text, OUT outcome text, OUT marking_round smallint, OUT marker_id bigint, OUT script_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  SELECT a.blind_id INTO script_id FROM marking_assigned(p_code, p_marker_id) a;
  IF script_id IS NULL THEN
    outcome := 'not_assigned';
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(script_id);
  SELECT a.marking_round INTO marking_round FROM marking_assigned(p_code, p_marker_id) a;
  IF marking_round IS NULL THEN -- it changed hands meanwhile
    outcome := 'not_assigned';
  ELSIF EXISTS (SELECT 1 FROM mark_final f WHERE f.blind_id = script_id AND f.marking_round = do_marking_replace.marking_round) THEN
    outcome := 'final';
  ELSIF marking_round NOT BETWEEN 6 AND 8
     AND EXISTS (SELECT 1 FROM script s JOIN marks_freeze f ON f.cycle_id = s.cycle_id WHERE s.blind_id = script_id) THEN
    outcome := 'frozen';
  ELSIF p_why = 'chief' AND EXISTS (SELECT 1 FROM marking_lease l
                                     WHERE l.blind_id = script_id AND l.marking_round = do_marking_replace.marking_round
                                       AND l.marker_id = p_marker_id AND l.leased_until > clock_timestamp()) THEN
    outcome := 'leased';
  ELSE
    SELECT r.outcome, r.marker_id INTO outcome, marker_id
      FROM marking_redraw_one(script_id, marking_round, p_marker_id, p_why, p_reason) r;
    IF outcome = 'drawn' THEN
      DELETE FROM marking_lease l WHERE l.blind_id = script_id AND l.marking_round = do_marking_replace.marking_round;
      IF p_why <> 'chief' THEN
        INSERT INTO marking_exclusion (blind_id, marker_id, why) VALUES (script_id, p_marker_id, p_why) ON CONFLICT DO NOTHING;
      END IF;
    END IF;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_marking_replace IS 'Another marker is drawn in the place of one who has the script under this code; outcome drawn, not_assigned, final, frozen, leased, nobody or no_draw';
REVOKE ALL ON FUNCTION khoacu.do_marking_replace FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_marking_replace TO khoacu_server;
