-- The hall. Who acts there is judged here, as the owner: the program cannot write these tables past the functions.

CREATE OR REPLACE FUNCTION khoacu.hall_watches(p_staff_id bigint, p_room_id bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = khoacu, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM khoacu.staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'hr_officer')
      OR (EXISTS (SELECT 1 FROM khoacu.staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'invigilator')
          AND coalesce((SELECT s.assigned FROM khoacu.room_staff s WHERE s.room_id = p_room_id AND s.staff_id = p_staff_id
                         ORDER BY s.number DESC LIMIT 1), false))
$$;
COMMENT ON FUNCTION khoacu.hall_watches(bigint, bigint) IS 'Whether a person is of this hall: an invigilator who is assigned to it, or an HR officer';
REVOKE ALL ON FUNCTION khoacu.hall_watches(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.hall_watches(bigint, bigint) TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_hall_assign(p_room_id bigint, p_login_name text, p_assigned boolean, p_staff_id bigint, p_now timestamptz,
                                                 OUT outcome text, OUT person bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  before record;
BEGIN
  SELECT s.staff_id INTO person FROM khoacu.staff s JOIN khoacu.staff_role r ON r.staff_id = s.staff_id AND r.role = 'invigilator'
   WHERE s.login_name = p_login_name AND s.state = 'active';
  PERFORM 1 FROM khoacu.room m JOIN khoacu.shift h ON h.shift_id = m.shift_id WHERE m.room_id = p_room_id AND h.state = 'scheduled' FOR UPDATE OF m;
  IF NOT FOUND THEN
    outcome := 'unknown_room';
  ELSIF NOT EXISTS (SELECT 1 FROM khoacu.staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'hr_officer') OR person = p_staff_id THEN
    outcome := 'not_yours'; -- nobody puts herself in a hall
  ELSIF person IS NULL THEN
    outcome := 'unknown_person';
  ELSE
    SELECT s.number, s.assigned INTO before FROM khoacu.room_staff s WHERE s.room_id = p_room_id AND s.staff_id = person ORDER BY s.number DESC LIMIT 1;
    outcome := CASE WHEN coalesce(before.assigned, false) = p_assigned THEN 'same' ELSE 'set' END;
    IF outcome = 'set' THEN
      INSERT INTO khoacu.room_staff (room_id, staff_id, number, assigned, set_by, set_at)
      VALUES (p_room_id, person, coalesce(before.number, 0) + 1, p_assigned, p_staff_id, p_now);
    END IF;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_hall_assign IS 'set; same: it was so; not_yours: no HR officer, or herself; unknown_room, unknown_person';
REVOKE ALL ON FUNCTION khoacu.do_hall_assign FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_hall_assign TO khoacu_server;

-- What candidates bring: pictures and hashes of numbers, many at once; those that are there already as they are stay.
CREATE OR REPLACE FUNCTION khoacu.do_hall_photo_keep(p_candidate_id bigint, p_jpeg bytea, p_width integer, p_height integer, p_staff_id bigint,
                                                     p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  before record;
BEGIN
  PERFORM 1 FROM khoacu.candidate c WHERE c.candidate_id = p_candidate_id FOR UPDATE;
  SELECT p.number, p.sha256 INTO before FROM khoacu.candidate_photo p WHERE p.candidate_id = p_candidate_id ORDER BY p.number DESC LIMIT 1;
  outcome := CASE WHEN before.sha256 = sha256(p_jpeg) THEN 'unchanged' WHEN before.number IS NULL THEN 'stored' ELSE 'replaced' END;
  IF outcome <> 'unchanged' THEN
    INSERT INTO khoacu.candidate_photo (candidate_id, number, jpeg, sha256, width, height, added_by, added_at)
    VALUES (p_candidate_id, coalesce(before.number, 0) + 1, p_jpeg, sha256(p_jpeg), p_width, p_height, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_hall_photo_keep IS 'stored, replaced or unchanged';
REVOKE ALL ON FUNCTION khoacu.do_hall_photo_keep FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_hall_photo_keep TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_hall_document_keep(p_candidate_id bigint, p_hmac bytea, p_staff_id bigint, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  before record;
BEGIN
  PERFORM 1 FROM khoacu.candidate c WHERE c.candidate_id = p_candidate_id FOR UPDATE;
  SELECT d.number, d.hmac INTO before FROM khoacu.candidate_document d WHERE d.candidate_id = p_candidate_id ORDER BY d.number DESC LIMIT 1;
  outcome := CASE WHEN before.hmac = p_hmac THEN 'unchanged' WHEN before.number IS NULL THEN 'stored' ELSE 'replaced' END;
  IF outcome <> 'unchanged' THEN
    INSERT INTO khoacu.candidate_document (candidate_id, number, hmac, added_by, added_at)
    VALUES (p_candidate_id, coalesce(before.number, 0) + 1, p_hmac, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_hall_document_keep IS 'stored, replaced or unchanged';
REVOKE ALL ON FUNCTION khoacu.do_hall_document_keep FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_hall_document_keep TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.sitting_evacuated(p_room_id bigint, p_sitting_id bigint, p_held_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT p_held_at IS NOT NULL
     AND EXISTS (SELECT 1 FROM khoacu.sitting_adjustment_effect e JOIN khoacu.sitting_adjustment j ON j.adjustment_id = e.adjustment_id
                  WHERE e.room_id = p_room_id AND e.sitting_id = p_sitting_id AND e.kind = 'pause' AND e.applied_at >= p_held_at AND j.cause = 'evacuation'
                    AND NOT EXISTS (SELECT 1 FROM khoacu.sitting_adjustment_effect f JOIN khoacu.sitting_adjustment r ON r.adjustment_id = f.adjustment_id
                                     WHERE f.room_id = e.room_id AND f.sitting_id = e.sitting_id AND f.kind = 'resume' AND f.applied_at > e.applied_at
                                       AND r.room_id IS NOT DISTINCT FROM j.room_id AND r.sitting_id IS NULL))
$$;
COMMENT ON FUNCTION khoacu.sitting_evacuated(bigint, bigint, timestamptz) IS 'Whether a clock that stands since p_held_at stands because the hall was left';

CREATE OR REPLACE FUNCTION khoacu.sitting_checked_in(p_room_id bigint, p_sitting_id bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT c.verdict = 'present' FROM khoacu.check_in c
                    WHERE c.room_id = p_room_id AND c.sitting_id = p_sitting_id ORDER BY c.number DESC LIMIT 1), false)
$$;
COMMENT ON FUNCTION khoacu.sitting_checked_in(bigint, bigint) IS 'Whether the last word on her is that she is present';

CREATE OR REPLACE FUNCTION khoacu.sitting_open_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT h.check_in FROM khoacu.shift h WHERE h.shift_id = NEW.shift_id) AND NOT khoacu.sitting_checked_in(NEW.room_id, NEW.sitting_id) THEN
    RAISE EXCEPTION 'nobody opens a paper of this shift before she is checked in' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.sitting_open_guard() IS 'Refuses the opening where the shift asks for a check-in and there is none';
CREATE OR REPLACE TRIGGER sitting_open BEFORE UPDATE OF state ON khoacu.sitting
  FOR EACH ROW WHEN (OLD.state = 'assigned' AND NEW.state = 'open') EXECUTE FUNCTION khoacu.sitting_open_guard();

CREATE OR REPLACE FUNCTION khoacu.do_hall_check_in(p_sitting_id bigint, p_verdict text, p_hmac bytea, p_photo text, p_reason text, p_staff_id bigint,
                                                   p_now timestamptz, OUT outcome text, OUT document text, OUT photo text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  seat record;
  held record;
  picture record;
BEGIN
  SELECT t.room_id, t.candidate_id, t.state, h.state AS shift_state INTO seat
    FROM khoacu.sitting t JOIN khoacu.shift h ON h.shift_id = t.shift_id WHERE t.sitting_id = p_sitting_id FOR UPDATE OF t;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN;
  END IF;
  SELECT d.hmac, d.added_by INTO held FROM khoacu.candidate_document d WHERE d.candidate_id = seat.candidate_id ORDER BY d.number DESC LIMIT 1;
  SELECT f.added_by INTO picture FROM khoacu.candidate_photo f WHERE f.candidate_id = seat.candidate_id ORDER BY f.number DESC LIMIT 1;
  document := CASE WHEN held.hmac IS NULL THEN 'no_record' WHEN p_hmac IS NULL THEN 'not_shown' WHEN held.hmac = p_hmac THEN 'match' ELSE 'mismatch' END;
  photo := CASE WHEN picture.added_by IS NULL THEN 'no_record' ELSE p_photo END;
  outcome := CASE
    WHEN NOT khoacu.hall_watches(p_staff_id, seat.room_id) THEN 'not_yours'
    WHEN p_staff_id IN (held.added_by, picture.added_by) THEN 'same_person'
    WHEN seat.shift_state <> 'scheduled' OR seat.state NOT IN ('assigned', 'open') THEN 'ended'
    WHEN p_verdict = 'refused' AND seat.state = 'open' THEN 'open'
    WHEN p_reason IS NULL AND (p_verdict = 'refused' OR document <> 'match' OR photo <> 'alike') THEN 'reason'
    ELSE 'recorded' END;
  IF outcome = 'recorded' THEN
    INSERT INTO khoacu.check_in (room_id, sitting_id, number, verdict, document, photo, reason, checked_by, checked_at)
    SELECT seat.room_id, p_sitting_id, coalesce(max(c.number), 0) + 1, p_verdict, do_hall_check_in.document, do_hall_check_in.photo, p_reason, p_staff_id, p_now
      FROM khoacu.check_in c WHERE c.room_id = seat.room_id AND c.sitting_id = p_sitting_id;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_hall_check_in IS
  'recorded; reason: one is wanted, nothing was written; same_person: she brought in what is checked by; not_yours, open, ended, unknown: nothing was changed';
REVOKE ALL ON FUNCTION khoacu.do_hall_check_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_hall_check_in TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_hall_incident(p_incident_id bigint, p_room_id bigint, p_sitting_id bigint, p_category text, p_minutes integer, p_words text,
                                                   p_adjustment_id bigint, p_corrects bigint, p_staff_id bigint, p_now timestamptz, OUT outcome text, OUT shift_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  SELECT m.shift_id INTO shift_id FROM khoacu.room m WHERE m.room_id = p_room_id;
  outcome := CASE
    WHEN shift_id IS NULL THEN 'unknown_room'
    WHEN NOT khoacu.hall_watches(p_staff_id, p_room_id) THEN 'not_yours'
    WHEN p_sitting_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM khoacu.sitting t WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id) THEN 'unknown_sitting'
    WHEN p_adjustment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM khoacu.sitting_adjustment j WHERE j.adjustment_id = p_adjustment_id
           AND j.shift_id = do_hall_incident.shift_id AND (j.room_id IS NULL OR j.room_id = p_room_id)) THEN 'unknown_adjustment'
    WHEN p_corrects IS NOT NULL AND NOT EXISTS (SELECT 1 FROM khoacu.incident i WHERE i.incident_id = p_corrects AND i.room_id = p_room_id) THEN 'unknown_incident'
    WHEN p_corrects IS NOT NULL AND EXISTS (SELECT 1 FROM khoacu.incident i WHERE i.corrects = p_corrects) THEN 'corrected'
    ELSE 'recorded' END;
  IF outcome = 'recorded' THEN
    INSERT INTO khoacu.incident (incident_id, shift_id, room_id, sitting_id, category, minutes, words, adjustment_id, corrects, recorded_by, recorded_at)
    VALUES (p_incident_id, do_hall_incident.shift_id, p_room_id, p_sitting_id, p_category, p_minutes, p_words, p_adjustment_id, p_corrects, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_hall_incident IS
  'recorded; corrected: it was before, correct that one; not_yours, unknown_room, unknown_sitting, unknown_adjustment, unknown_incident: nothing was written';
REVOKE ALL ON FUNCTION khoacu.do_hall_incident FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_hall_incident TO khoacu_server;
