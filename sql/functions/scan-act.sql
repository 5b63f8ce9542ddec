-- Paper scripts: every act is a script officer's, and none is taken once the scripts of the cycle are open.

-- unknown, forbidden, opened; null: the bag takes acts of this person. Holds the cycle against an opening meanwhile.
CREATE OR REPLACE FUNCTION khoacu.scan_fault(p_cycle_id bigint, p_staff_id bigint) RETURNS text
LANGUAGE plpgsql SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = p_cycle_id FOR SHARE;
  IF NOT FOUND THEN
    RETURN 'unknown';
  ELSIF NOT EXISTS (SELECT 1 FROM staff f JOIN staff_role r ON r.staff_id = f.staff_id AND r.role = 'script_officer'
                     WHERE f.staff_id = p_staff_id AND f.state = 'active') THEN
    RETURN 'forbidden';
  END IF;
  RETURN CASE WHEN EXISTS (SELECT 1 FROM script s WHERE s.cycle_id = p_cycle_id) THEN 'opened' END;
END
$$;
COMMENT ON FUNCTION khoacu.scan_fault IS 'Why an act on paper scripts of a cycle is refused, or null';
REVOKE ALL ON FUNCTION khoacu.scan_fault FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.do_scan_bag_make(p_bag_id bigint, p_cycle_id bigint, p_code text, p_sheets bigint[], p_staff_id bigint, p_now timestamptz,
  OUT outcome text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  outcome := scan_fault(p_cycle_id, p_staff_id);
  IF outcome IS NULL THEN
    INSERT INTO scan_bag (bag_id, cycle_id, code, sheets, made_by, made_at)
    VALUES (p_bag_id, p_cycle_id, p_code, cardinality(p_sheets), p_staff_id, p_now) ON CONFLICT (cycle_id, code) DO NOTHING;
    outcome := CASE WHEN FOUND THEN 'kept' ELSE 'taken' END;
  END IF;
  IF outcome = 'kept' THEN
    INSERT INTO scan_sheet (sheet_id, bag_id, number) SELECT s.id, p_bag_id, s.n FROM unnest(p_sheets) WITH ORDINALITY AS s(id, n);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_scan_bag_make IS 'kept, taken, unknown, forbidden, opened';

-- Whoever asks again about a sheet that is registered learns that it is, not whose it is.
CREATE OR REPLACE FUNCTION khoacu.do_scan_register(p_bag_id bigint, p_sheet_id bigint, p_roll_number text, p_again boolean, p_staff_id bigint, p_now timestamptz,
  OUT outcome text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_cycle_id bigint;
  v_candidate_id bigint;
  v_revision smallint;
BEGIN
  SELECT b.cycle_id INTO v_cycle_id FROM scan_bag b WHERE b.bag_id = p_bag_id;
  outcome := scan_fault(v_cycle_id, p_staff_id);
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM 1 FROM scan_sheet s WHERE s.sheet_id = p_sheet_id AND s.bag_id = p_bag_id FOR SHARE;
  IF NOT FOUND THEN
    outcome := 'no_sheet';
    RETURN;
  END IF;
  SELECT c.candidate_id INTO v_candidate_id FROM candidate c WHERE c.cycle_id = v_cycle_id AND c.roll_number = p_roll_number FOR SHARE;
  IF NOT FOUND THEN
    outcome := 'no_candidate';
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(p_sheet_id);
  SELECT coalesce(max(r.revision), 0) + 1 INTO v_revision FROM scan_register r WHERE r.sheet_id = p_sheet_id;
  IF v_revision > 1 AND NOT p_again THEN
    outcome := 'registered';
    RETURN;
  END IF;
  INSERT INTO scan_register (sheet_id, revision, candidate_id, page, registered_by, registered_at)
  VALUES (p_sheet_id, v_revision, v_candidate_id,
          (SELECT coalesce(max(r.page), 0) + 1 FROM scan_register r WHERE r.candidate_id = v_candidate_id), p_staff_id, p_now);
  outcome := CASE WHEN v_revision > 1 THEN 'corrected' ELSE 'kept' END;
END
$$;
COMMENT ON FUNCTION khoacu.do_scan_register IS 'kept, corrected, registered, no_sheet, no_candidate, unknown, forbidden, opened';

CREATE OR REPLACE FUNCTION khoacu.do_scan_capture(p_bag_id bigint, p_sha256 bytea, p_pages smallint, p_staff_id bigint, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  outcome := scan_fault((SELECT b.cycle_id FROM scan_bag b WHERE b.bag_id = p_bag_id), p_staff_id);
  IF outcome IS NULL THEN
    INSERT INTO scan_file (bag_id, sha256, pages, captured_by, captured_at) VALUES (p_bag_id, p_sha256, p_pages, p_staff_id, p_now)
    ON CONFLICT (bag_id, sha256) DO NOTHING;
    outcome := CASE WHEN FOUND THEN 'kept' ELSE 'known' END;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_scan_capture IS 'kept, known, unknown, forbidden, opened';

-- Of a file that do_scan_capture took. kept, foreign, twice.
CREATE OR REPLACE FUNCTION khoacu.do_scan_page_put(p_bag_id bigint, p_sha256 bytea, p_sheet_id bigint, p_bytes bytea, p_width integer, p_height integer,
  OUT outcome text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_file record;
BEGIN
  SELECT f.captured_by, f.captured_at, scan_fault(b.cycle_id, f.captured_by) AS fault INTO v_file
    FROM scan_file f JOIN scan_bag b ON b.bag_id = f.bag_id WHERE f.bag_id = p_bag_id AND f.sha256 = p_sha256;
  IF v_file.captured_by IS NULL OR v_file.fault IS NOT NULL THEN
    RAISE EXCEPTION 'no such file is taken' USING ERRCODE = 'check_violation';
  ELSIF NOT EXISTS (SELECT 1 FROM scan_sheet s WHERE s.sheet_id = p_sheet_id AND s.bag_id = p_bag_id) THEN
    outcome := 'foreign';
    RETURN;
  END IF;
  INSERT INTO scan_page (sheet_id, bytes, width, height, captured_by, captured_at)
  VALUES (p_sheet_id, p_bytes, p_width, p_height, v_file.captured_by, v_file.captured_at) ON CONFLICT (sheet_id) DO NOTHING;
  outcome := CASE WHEN FOUND THEN 'kept' ELSE 'twice' END;
END
$$;
COMMENT ON FUNCTION khoacu.do_scan_page_put IS 'kept, foreign, twice';

CREATE OR REPLACE FUNCTION khoacu.do_scan_aside_put(p_aside_id bigint, p_bag_id bigint, p_sha256 bytea, p_page smallint, p_why text, p_bytes bytea)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  INSERT INTO scan_aside (aside_id, bag_id, sha256, page, why, bytes) VALUES (p_aside_id, p_bag_id, p_sha256, p_page, p_why, p_bytes)
$$;
COMMENT ON FUNCTION khoacu.do_scan_aside_put IS 'Keeps a page for a person to look at';

-- p_sheet_id null: the page is left out.
CREATE OR REPLACE FUNCTION khoacu.do_scan_aside_decide(p_aside_id bigint, p_sheet_id bigint, p_bytes bytea, p_width integer, p_height integer, p_reason text,
  p_staff_id bigint, p_now timestamptz, OUT outcome text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_bag_id bigint;
BEGIN
  SELECT a.bag_id INTO v_bag_id FROM scan_aside a WHERE a.aside_id = p_aside_id;
  outcome := scan_fault((SELECT b.cycle_id FROM scan_bag b WHERE b.bag_id = v_bag_id), p_staff_id);
  IF outcome IS NOT NULL THEN
    RETURN;
  ELSIF p_sheet_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM scan_sheet s WHERE s.sheet_id = p_sheet_id AND s.bag_id = v_bag_id) THEN
    outcome := 'no_sheet';
    RETURN;
  ELSIF EXISTS (SELECT 1 FROM scan_page g WHERE g.sheet_id = p_sheet_id) THEN
    outcome := 'taken';
    RETURN;
  END IF;
  INSERT INTO scan_aside_decision (aside_id, sheet_id, reason, decided_by, decided_at)
  VALUES (p_aside_id, p_sheet_id, p_reason, p_staff_id, p_now) ON CONFLICT (aside_id) DO NOTHING;
  outcome := CASE WHEN FOUND THEN 'kept' ELSE 'decided' END;
  IF outcome = 'kept' AND p_sheet_id IS NOT NULL THEN
    INSERT INTO scan_page (sheet_id, bytes, width, height, captured_by, captured_at)
    VALUES (p_sheet_id, p_bytes, p_width, p_height, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_scan_aside_decide IS 'kept, decided, taken, no_sheet, unknown, forbidden, opened';

-- Which sheets have what; never whose they are.
CREATE OR REPLACE FUNCTION khoacu.scan_sheets(p_bag_id bigint) RETURNS TABLE (sheet_id bigint, registered boolean, scanned boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT s.sheet_id, EXISTS (SELECT 1 FROM scan_register r WHERE r.sheet_id = s.sheet_id),
         EXISTS (SELECT 1 FROM scan_page g WHERE g.sheet_id = s.sheet_id)
    FROM scan_sheet s WHERE s.bag_id = p_bag_id
$$;
COMMENT ON FUNCTION khoacu.scan_sheets IS 'Sheets of a bag: whether they are registered and scanned';

-- What the opening of scripts waits for: registered sheets without a page, pages of sheets that nobody registered, pages kept aside.
CREATE OR REPLACE FUNCTION khoacu.scan_missing(p_cycle_id bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT (SELECT count(*) FROM scan_bag b CROSS JOIN LATERAL scan_sheets(b.bag_id) s WHERE b.cycle_id = p_cycle_id AND s.registered <> s.scanned)
       + (SELECT count(*) FROM scan_bag b JOIN scan_aside a ON a.bag_id = b.bag_id
           WHERE b.cycle_id = p_cycle_id AND NOT EXISTS (SELECT 1 FROM scan_aside_decision d WHERE d.aside_id = a.aside_id))
$$;
COMMENT ON FUNCTION khoacu.scan_missing IS 'How many sheets and pages of a cycle do not add up';

-- With the opening of scripts: the pages of each candidate behind what her scripts of the written part hold already.
CREATE OR REPLACE FUNCTION khoacu.do_scan_pages_write(p_cycle_id bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_count bigint;
BEGIN
  IF scan_missing(p_cycle_id) > 0 OR EXISTS (SELECT 1 FROM mark m JOIN script s ON s.blind_id = m.blind_id WHERE s.cycle_id = p_cycle_id) THEN
    RAISE EXCEPTION 'scans are incomplete, or marking has begun' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO script_page (blind_id, page, question, kind, type, bytes, width, height, sha256)
  SELECT i.blind_id,
         coalesce((SELECT max(p.page) FROM script_page p WHERE p.blind_id = i.blind_id), 0) + row_number() OVER (PARTITION BY i.blind_id ORDER BY r.page, g.sheet_id),
         0, 'image', 'image/jpeg', g.bytes, g.width, g.height, sha256(g.bytes)
    FROM scan_bag b
    JOIN scan_sheet s ON s.bag_id = b.bag_id
    JOIN scan_page g ON g.sheet_id = s.sheet_id
    JOIN LATERAL (SELECT o.candidate_id, o.page FROM scan_register o WHERE o.sheet_id = s.sheet_id ORDER BY o.revision DESC LIMIT 1) r ON true
    JOIN script_identity i ON i.candidate_id = r.candidate_id AND i.component = 'written'
   WHERE b.cycle_id = p_cycle_id
   ORDER BY i.blind_id, r.page;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END
$$;
COMMENT ON FUNCTION khoacu.do_scan_pages_write IS 'Puts scanned pages into scripts; how many';

REVOKE ALL ON FUNCTION khoacu.do_scan_bag_make, khoacu.do_scan_register, khoacu.do_scan_capture, khoacu.do_scan_page_put, khoacu.do_scan_aside_put,
  khoacu.do_scan_aside_decide, khoacu.scan_sheets, khoacu.scan_missing, khoacu.do_scan_pages_write FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_scan_bag_make, khoacu.do_scan_register, khoacu.do_scan_capture, khoacu.do_scan_page_put, khoacu.do_scan_aside_put,
  khoacu.do_scan_aside_decide, khoacu.scan_sheets TO khoacu_server;
GRANT EXECUTE ON FUNCTION khoacu.scan_missing, khoacu.do_scan_pages_write TO khoacu_worker;
