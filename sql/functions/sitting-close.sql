-- A shift is closed when the last of its sittings has ended, once, whoever notices.

CREATE OR REPLACE FUNCTION khoacu.do_sitting_shift_close(p_shift_id bigint, OUT outcome text)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM khoacu.shift h WHERE h.shift_id = p_shift_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM khoacu.sitting t WHERE t.shift_id = p_shift_id AND t.state IN ('assigned', 'open')) THEN
    outcome := 'unfinished';
    RETURN;
  END IF;
  UPDATE khoacu.shift h SET state = 'closed' WHERE h.shift_id = p_shift_id AND h.state = 'scheduled';
  outcome := CASE WHEN FOUND THEN 'closed' ELSE 'before' END;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_shift_close(bigint) IS
  'closed: by this call; before: it was; unfinished: a sitting has not ended';
