-- What an administrator may do to another's account. Nobody does it to his own: passwords have their own way, and whoever
-- disables himself may leave nobody to undo it.

CREATE OR REPLACE FUNCTION khoacu.do_identity_password_reset(p_staff_id bigint, p_by bigint, p_password_hash text, p_now timestamptz,
                                                             OUT outcome text, OUT login_name text)
LANGUAGE plpgsql AS $$
BEGIN
  IF p_staff_id = p_by THEN
    outcome := 'own';
    RETURN;
  END IF;
  UPDATE khoacu.staff s SET password_hash = p_password_hash, reset_at = p_now WHERE s.staff_id = p_staff_id RETURNING s.login_name INTO login_name;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN;
  END IF;
  UPDATE khoacu.login SET ended_at = p_now WHERE staff_id = p_staff_id AND ended_at IS NULL;
  DELETE FROM khoacu.login_brake WHERE subject = 'staff:' || login_name;
  outcome := 'done';
END
$$;
COMMENT ON FUNCTION khoacu.do_identity_password_reset(bigint, bigint, text, timestamptz) IS
  'Gives an account another password, which its owner must change before anything else; ends its log-ins. outcome: done, own, unknown';

CREATE OR REPLACE FUNCTION khoacu.do_identity_state_set(p_staff_id bigint, p_by bigint, p_state text, p_now timestamptz, OUT outcome text)
LANGUAGE plpgsql AS $$
BEGIN
  IF p_staff_id = p_by THEN
    outcome := 'own';
    RETURN;
  END IF;
  UPDATE khoacu.staff s SET state = p_state WHERE s.staff_id = p_staff_id AND s.state <> p_state;
  IF NOT FOUND THEN
    outcome := CASE WHEN EXISTS (SELECT 1 FROM khoacu.staff s WHERE s.staff_id = p_staff_id) THEN 'same' ELSE 'unknown' END;
    RETURN;
  END IF;
  IF p_state = 'disabled' THEN
    UPDATE khoacu.login SET ended_at = p_now WHERE staff_id = p_staff_id AND ended_at IS NULL;
  END IF;
  outcome := 'done';
END
$$;
COMMENT ON FUNCTION khoacu.do_identity_state_set(bigint, bigint, text, timestamptz) IS
  'Disables an account and ends its log-ins, or lets it sign in again. outcome: done, same, own, unknown';
