-- The draw of trust.md 2.3: u64 = first 8 bytes of SHA-256(seed, label, counter of 8 bytes), rejected above the last whole
-- multiple of n; Fisher-Yates from the top. Gives 0 … n-1 in the order drawn.
CREATE OR REPLACE FUNCTION khoacu.panel_draw_order(p_seed bytea, p_label text, p_count integer) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_order integer[] := (SELECT array_agg(n ORDER BY n) FROM generate_series(0, p_count - 1) AS n);
  v_counter bigint := 0;
  v_hash bytea;
  v_number numeric;
  v_kept integer;
  k integer;
BEGIN
  FOR i IN REVERSE p_count .. 2 LOOP
    LOOP
      v_hash := sha256(p_seed || convert_to(p_label, 'UTF8') || int8send(v_counter));
      v_counter := v_counter + 1;
      v_number := 0;
      FOR b IN 0 .. 7 LOOP
        v_number := v_number * 256 + get_byte(v_hash, b);
      END LOOP;
      EXIT WHEN v_number < div(18446744073709551616, i) * i;
    END LOOP;
    k := mod(v_number, i)::integer + 1;
    v_kept := v_order[i];
    v_order[i] := v_order[k];
    v_order[k] := v_kept;
  END LOOP;
  RETURN v_order;
END
$$;
COMMENT ON FUNCTION khoacu.panel_draw_order IS 'The recomputable draw: an order of 0 … n-1 from a seed';
REVOKE ALL ON FUNCTION khoacu.panel_draw_order FROM PUBLIC;

-- SHA-256 of: khoacu/panel-order/v1, cycle, panel, plan, then the roll numbers in order, each ended by a line feed.
CREATE OR REPLACE FUNCTION khoacu.panel_commitment(p_panel_id bigint, p_plan text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT sha256(convert_to(concat(E'khoacu/panel-order/v1\n', c.code, E'\n', p.code, E'\n', p_plan, E'\n',
                  (SELECT string_agg(k.roll_number || E'\n', '' ORDER BY k.roll_number COLLATE "C")
                     FROM panel_hearing h JOIN candidate k ON k.candidate_id = h.candidate_id WHERE h.panel_id = p.panel_id)), 'UTF8'))
    FROM panel p JOIN cycle c ON c.cycle_id = p.cycle_id WHERE p.panel_id = p_panel_id
$$;
COMMENT ON FUNCTION khoacu.panel_commitment IS 'What the draw is bound to: the list of a panel and where its luck comes from';
REVOKE ALL ON FUNCTION khoacu.panel_commitment FROM PUBLIC;

-- Fixes the list and says, before it is known, which number decides.
CREATE OR REPLACE FUNCTION khoacu.do_panel_commit(p_panel_id bigint, p_staff_id bigint, p_plan text, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_panel panel%ROWTYPE;
BEGIN
  SELECT p.panel_id, p.cycle_id, p.code, p.state INTO v_panel.panel_id, v_panel.cycle_id, v_panel.code, v_panel.state
    FROM panel p WHERE p.panel_id = p_panel_id FOR UPDATE;
  IF v_panel.panel_id IS NULL THEN
    outcome := 'not_found';
  ELSIF NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role IN ('hr_officer', 'chief_marker')) THEN
    outcome := 'forbidden';
  ELSIF v_panel.state <> 'draft' THEN
    outcome := 'state';
  ELSIF panel_frozen(v_panel.cycle_id) THEN
    outcome := 'frozen';
  ELSE
    UPDATE panel SET state = 'committed', entropy_plan = p_plan, commitment = panel_commitment(p_panel_id, p_plan), committed_by = p_staff_id,
           committed_at = clock_timestamp()
     WHERE panel_id = p_panel_id RETURNING encode(commitment, 'hex') INTO detail;
    outcome := 'done';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_commit IS 'Fixes list and plan of a draw; detail: the commitment';
REVOKE ALL ON FUNCTION khoacu.do_panel_commit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_commit TO khoacu_server;

-- The numbers as they fell, entered by the secretary or the chair of the panel: the order follows from them alone.
CREATE OR REPLACE FUNCTION khoacu.do_panel_draw(p_panel_id bigint, p_staff_id bigint, p_entropy text, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_state text;
  v_cycle bigint;
  v_seed bytea;
  v_rolls text[];
  v_order integer[];
BEGIN
  SELECT p.state, p.cycle_id INTO v_state, v_cycle FROM panel p WHERE p.panel_id = p_panel_id FOR UPDATE;
  IF v_state IS NULL THEN
    outcome := 'not_found';
  ELSIF NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = p_panel_id AND m.staff_id = p_staff_id AND m.office IN ('chair', 'secretary')) THEN
    outcome := 'forbidden';
  ELSIF v_state <> 'committed' THEN
    outcome := 'state';
  ELSIF panel_frozen(v_cycle) THEN
    outcome := 'frozen';
  END IF;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT sha256(convert_to(E'exam/draw/v1\n' || c.code || E'\npanel-order/' || p.code || E'\n', 'UTF8') || p.commitment || convert_to(E'\n' || p_entropy, 'UTF8'))
    INTO v_seed FROM panel p JOIN cycle c ON c.cycle_id = p.cycle_id WHERE p.panel_id = p_panel_id;
  SELECT array_agg(k.roll_number ORDER BY k.roll_number COLLATE "C") INTO v_rolls
    FROM panel_hearing h JOIN candidate k ON k.candidate_id = h.candidate_id WHERE h.panel_id = p_panel_id;
  v_order := panel_draw_order(v_seed, 'order', cardinality(v_rolls));
  UPDATE panel_hearing h SET place = o.place
    FROM unnest(v_order) WITH ORDINALITY AS o (at, place), candidate k
   WHERE h.panel_id = p_panel_id AND k.candidate_id = h.candidate_id AND k.roll_number = v_rolls[o.at + 1];
  UPDATE panel SET state = 'drawn', entropy = p_entropy, seed = v_seed, drawn_by = p_staff_id, drawn_at = clock_timestamp() WHERE panel_id = p_panel_id;
  outcome := 'done';
  detail := encode(v_seed, 'hex');
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_draw IS 'Draws the order of the candidates; detail: the seed';
REVOKE ALL ON FUNCTION khoacu.do_panel_draw FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_draw TO khoacu_server;
