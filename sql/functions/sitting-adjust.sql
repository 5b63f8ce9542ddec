-- The clock of sittings: extra time, compensation, pauses. Only the functions here move times, as the owner; the guard holds for
-- everybody: a deadline moves by what was given, and never back.

CREATE OR REPLACE FUNCTION khoacu.sitting_time_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.extra_s < OLD.extra_s OR NEW.held_s < OLD.held_s OR NEW.accommodation_s <> OLD.accommodation_s THEN
    RAISE EXCEPTION 'working time is never taken back' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.closes_at IS NOT NULL AND NEW.closes_at IS DISTINCT FROM
     OLD.closes_at + make_interval(secs => (NEW.extra_s - OLD.extra_s) + (NEW.held_s - OLD.held_s)) THEN
    RAISE EXCEPTION 'a deadline moves by adjustments alone' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.sitting_time_guard() IS 'Refuses times that do not follow from adjustments';
CREATE OR REPLACE TRIGGER sitting_time BEFORE UPDATE OF closes_at, accommodation_s, extra_s, held_s ON khoacu.sitting
  FOR EACH ROW EXECUTE FUNCTION khoacu.sitting_time_guard();

-- Acts under the locks of the rooms, in order, as every batch of saves takes them.
CREATE OR REPLACE FUNCTION khoacu.sitting_adjustment_apply(p_adjustment_id bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = khoacu, pg_temp AS $$
DECLARE
  a record;
  bit smallint;
  changed integer;
BEGIN
  SELECT j.shift_id, j.room_id, j.sitting_id, j.kind, j.seconds INTO a
    FROM khoacu.sitting_adjustment j WHERE j.adjustment_id = p_adjustment_id;
  bit := CASE WHEN a.sitting_id IS NOT NULL THEN 1 WHEN a.room_id IS NOT NULL THEN 2 ELSE 4 END;
  PERFORM 1 FROM khoacu.room m
    WHERE m.shift_id = a.shift_id AND (a.room_id IS NULL OR m.room_id = a.room_id)
    ORDER BY m.room_id FOR UPDATE;
  WITH scope AS (
    SELECT t.room_id, t.sitting_id, t.held_at, h.starts_at
      FROM khoacu.shift h
      JOIN khoacu.room m ON m.shift_id = h.shift_id AND (a.room_id IS NULL OR m.room_id = a.room_id)
      JOIN khoacu.sitting t ON t.room_id = m.room_id AND (a.sitting_id IS NULL OR t.sitting_id = a.sitting_id)
     WHERE h.shift_id = a.shift_id AND h.state = 'scheduled' AND t.state IN ('assigned', 'open')
       AND CASE a.kind
             WHEN 'pause' THEN t.holds & bit = 0
                               AND (t.closes_at IS NULL OR t.holds > 0 OR p_now <= t.closes_at + make_interval(secs => t.grace_s))
             WHEN 'resume' THEN t.holds & bit <> 0
             ELSE true END
  ), given AS (
    -- Of the pause only what lies behind the scheduled start has cost anybody time; never less than it lasted.
    SELECT s.room_id, s.sitting_id, s.held_at,
           CASE a.kind WHEN 'resume' THEN greatest(0, ceil(extract(epoch FROM p_now - greatest(s.held_at, s.starts_at))))::integer
                       ELSE a.seconds END AS seconds
      FROM scope s
  ), moved AS (
    UPDATE khoacu.sitting t
       SET holds = CASE a.kind WHEN 'pause' THEN t.holds | bit WHEN 'resume' THEN t.holds & ~bit ELSE t.holds END,
           held_at = CASE a.kind WHEN 'pause' THEN coalesce(t.held_at, p_now)
                                 WHEN 'resume' THEN CASE WHEN t.holds & ~bit = 0 THEN NULL ELSE t.held_at END
                                 ELSE t.held_at END,
           extra_s = t.extra_s + CASE WHEN a.kind IN ('extra_time', 'compensation') THEN g.seconds ELSE 0 END,
           held_s = t.held_s + CASE WHEN a.kind = 'resume' AND t.holds & ~bit = 0 THEN g.seconds ELSE 0 END,
           closes_at = t.closes_at + make_interval(secs => CASE WHEN a.kind = 'pause' OR (a.kind = 'resume' AND t.holds & ~bit <> 0)
                                                                THEN 0 ELSE g.seconds END)
      FROM given g
     WHERE t.room_id = g.room_id AND t.sitting_id = g.sitting_id
    RETURNING t.room_id, t.sitting_id, t.holds, g.held_at, g.seconds
  )
  INSERT INTO khoacu.sitting_adjustment_effect (adjustment_id, room_id, sitting_id, kind, from_at, seconds, applied_at)
  SELECT p_adjustment_id, v.room_id, v.sitting_id, a.kind,
         CASE a.kind WHEN 'resume' THEN v.held_at ELSE p_now END,
         CASE WHEN a.kind = 'pause' OR (a.kind = 'resume' AND v.holds <> 0) THEN 0 ELSE v.seconds END, p_now
    FROM moved v;
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM pg_notify('khoacu_time', lpad(to_hex(m.room_id), 16, '0'))
     FROM khoacu.room m WHERE m.shift_id = a.shift_id AND (a.room_id IS NULL OR m.room_id = a.room_id) AND changed > 0;
  RETURN changed;
END
$$;
COMMENT ON FUNCTION khoacu.sitting_adjustment_apply(bigint, timestamptz) IS
  'Moves the times of the sittings in the scope of an adjustment; gives their number. For the functions below alone';
REVOKE ALL ON FUNCTION khoacu.sitting_adjustment_apply(bigint, timestamptz) FROM PUBLIC;

-- p_room '' and p_roll_number '': the whole shift. p_sitting_id names a sitting without its roll number.
CREATE OR REPLACE FUNCTION khoacu.do_sitting_adjustment_request(
  p_adjustment_id bigint, p_shift_id bigint, p_scope text, p_room text, p_roll_number text, p_sitting_id bigint, p_kind text,
  p_seconds integer, p_reason text, p_staff_id bigint, p_now timestamptz, p_cause text DEFAULT 'hold', OUT outcome text, OUT sittings integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  facts record;
  of_room bigint;
  of_sitting bigint;
  needs boolean;
BEGIN
  sittings := 0;
  SELECT h.state, h.two_persons INTO facts FROM khoacu.shift h WHERE h.shift_id = p_shift_id FOR KEY SHARE;
  IF NOT FOUND THEN
    outcome := 'unknown_shift';
    RETURN;
  END IF;
  IF facts.state <> 'scheduled' THEN
    outcome := 'closed';
    RETURN;
  END IF;
  IF p_scope = 'room' THEN
    SELECT m.room_id INTO of_room FROM khoacu.room m WHERE m.shift_id = p_shift_id AND m.code = p_room;
  ELSIF p_scope = 'sitting' THEN
    SELECT t.room_id, t.sitting_id INTO of_room, of_sitting
      FROM khoacu.sitting t JOIN khoacu.candidate c ON c.candidate_id = t.candidate_id
     WHERE t.shift_id = p_shift_id
       AND CASE WHEN p_sitting_id IS NULL THEN c.roll_number = p_roll_number ELSE t.sitting_id = p_sitting_id END;
  END IF;
  IF p_scope <> 'shift' AND of_room IS NULL THEN
    outcome := 'unknown_target';
    RETURN;
  END IF;
  needs := facts.two_persons AND p_kind IN ('extra_time', 'compensation');
  INSERT INTO khoacu.sitting_adjustment (adjustment_id, shift_id, room_id, sitting_id, kind, seconds, reason, needs_approval,
                                         requested_by, requested_at, cause)
  VALUES (p_adjustment_id, p_shift_id, of_room, of_sitting, p_kind, p_seconds, p_reason, needs, p_staff_id, p_now, p_cause);
  outcome := 'waiting';
  IF NOT needs THEN
    sittings := khoacu.sitting_adjustment_apply(p_adjustment_id, p_now);
    outcome := CASE WHEN sittings > 0 THEN 'applied' ELSE 'nothing' END;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_adjustment_request IS
  'applied; waiting for a second person; nothing: no sitting in the scope that it could move; unknown_shift, unknown_target, closed';
REVOKE ALL ON FUNCTION khoacu.do_sitting_adjustment_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_sitting_adjustment_request TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_sitting_adjustment_decide(
  p_adjustment_id bigint, p_verdict text, p_staff_id bigint, p_now timestamptz,
  OUT outcome text, OUT sittings integer, OUT shift_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  facts record;
BEGIN
  sittings := 0;
  SELECT j.requested_by, j.needs_approval, j.shift_id, h.state INTO facts
    FROM khoacu.sitting_adjustment j JOIN khoacu.shift h ON h.shift_id = j.shift_id
   WHERE j.adjustment_id = p_adjustment_id;
  shift_id := facts.shift_id;
  -- Two who decide at once follow each other.
  PERFORM pg_advisory_xact_lock(p_adjustment_id);
  outcome := CASE
    WHEN facts.shift_id IS NULL THEN 'unknown'
    WHEN NOT facts.needs_approval THEN 'decided'
    WHEN EXISTS (SELECT 1 FROM khoacu.sitting_adjustment_decision d WHERE d.adjustment_id = p_adjustment_id) THEN 'decided'
    WHEN facts.requested_by = p_staff_id THEN 'same_person'
    WHEN facts.state <> 'scheduled' AND p_verdict = 'approved' THEN 'closed'
    ELSE p_verdict END;
  IF outcome = p_verdict THEN
    INSERT INTO khoacu.sitting_adjustment_decision (adjustment_id, requested_by, decided_by, verdict, decided_at)
    VALUES (p_adjustment_id, facts.requested_by, p_staff_id, p_verdict, p_now);
    IF p_verdict = 'approved' THEN
      sittings := khoacu.sitting_adjustment_apply(p_adjustment_id, p_now);
    END IF;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_adjustment_decide IS
  'approved: it acted; refused; same_person, decided, closed, unknown: nothing was changed';
REVOKE ALL ON FUNCTION khoacu.do_sitting_adjustment_decide FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_sitting_adjustment_decide TO khoacu_server;
