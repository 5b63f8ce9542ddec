-- Minutes of a hall, and the locked browser of a shift. Written by these functions alone, as the owner.

CREATE OR REPLACE FUNCTION khoacu.do_minutes_make(p_minutes_id bigint, p_room_id bigint, p_kind text, p_lang text, p_body text, p_staff_id bigint,
                                                  p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  outcome := 'not_yours';
  IF khoacu.hall_watches(p_staff_id, p_room_id) THEN
    INSERT INTO khoacu.hall_minutes (minutes_id, shift_id, room_id, kind, lang, body, body_sha256, made_by, made_at)
    SELECT p_minutes_id, m.shift_id, p_room_id, p_kind, p_lang, p_body, sha256(convert_to(p_body, 'UTF8')), p_staff_id, p_now
      FROM khoacu.room m WHERE m.room_id = p_room_id;
    outcome := 'made';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_minutes_make IS 'made; not_yours: nothing was written';
REVOKE ALL ON FUNCTION khoacu.do_minutes_make FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_minutes_make TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_minutes_confirm(p_minutes_id bigint, p_staff_id bigint, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  minutes record;
  before integer;
BEGIN
  SELECT n.room_id INTO minutes FROM khoacu.hall_minutes n WHERE n.minutes_id = p_minutes_id FOR UPDATE;
  SELECT count(*) INTO before FROM khoacu.hall_minutes_confirmation c WHERE c.minutes_id = p_minutes_id;
  outcome := CASE
    WHEN minutes.room_id IS NULL THEN 'unknown'
    WHEN NOT khoacu.hall_watches(p_staff_id, minutes.room_id) THEN 'not_yours'
    WHEN EXISTS (SELECT 1 FROM khoacu.hall_minutes_confirmation c WHERE c.minutes_id = p_minutes_id AND c.staff_id = p_staff_id) THEN 'same_person'
    WHEN before >= 2 THEN 'decided'
    WHEN before = 1 THEN 'second'
    ELSE 'first' END;
  IF outcome IN ('first', 'second') THEN
    INSERT INTO khoacu.hall_minutes_confirmation (minutes_id, number, staff_id, confirmed_at) VALUES (p_minutes_id, before + 1, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_minutes_confirm IS 'first, second: confirmed; same_person, decided, not_yours, unknown: nothing was written';
REVOKE ALL ON FUNCTION khoacu.do_minutes_confirm FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_minutes_confirm TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_minutes_seal(p_minutes_id bigint, p_pdf bytea, p_signature bytea, p_public_key text, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  outcome := 'unconfirmed';
  IF (SELECT count(*) FROM khoacu.hall_minutes_confirmation c WHERE c.minutes_id = p_minutes_id) = 2 THEN
    INSERT INTO khoacu.hall_minutes_document (minutes_id, pdf, sha256, signature, public_key, signed_at)
    VALUES (p_minutes_id, p_pdf, sha256(p_pdf), p_signature, p_public_key, p_now);
    outcome := 'sealed';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_minutes_seal IS 'sealed; unconfirmed: two persons must have confirmed first';
REVOKE ALL ON FUNCTION khoacu.do_minutes_seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_minutes_seal TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_seb_set(p_shift_id bigint, p_mode text, p_quit_sha256 text, p_keep_quit boolean, p_browser_keys text[], p_staff_id bigint,
                                             p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  before record;
BEGIN
  PERFORM 1 FROM khoacu.shift h WHERE h.shift_id = p_shift_id AND h.state = 'scheduled' FOR UPDATE;
  outcome := CASE WHEN NOT FOUND THEN 'unknown'
                  WHEN NOT EXISTS (SELECT 1 FROM khoacu.staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'hr_officer') THEN 'not_yours'
                  ELSE 'set' END;
  IF outcome = 'set' THEN
    SELECT s.number, s.quit_sha256 INTO before FROM khoacu.shift_seb s WHERE s.shift_id = p_shift_id ORDER BY s.number DESC LIMIT 1;
    INSERT INTO khoacu.shift_seb (shift_id, number, mode, quit_sha256, browser_keys, set_by, set_at)
    VALUES (p_shift_id, coalesce(before.number, 0) + 1, p_mode, CASE WHEN p_keep_quit THEN before.quit_sha256 ELSE p_quit_sha256 END, p_browser_keys,
            p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_seb_set IS 'set; unknown: no such shift, or it is closed; not_yours: no HR officer';
REVOKE ALL ON FUNCTION khoacu.do_seb_set FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_seb_set TO khoacu_server;
