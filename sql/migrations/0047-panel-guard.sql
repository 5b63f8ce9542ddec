-- Whom a panel may have: no member marks a candidate of her own unit; a committee that the pack wants on it is on it. And a
-- panel is closed by nobody while a signature or a hearing is missing.
ALTER TABLE khoacu.panel ADD COLUMN committee_size smallint CHECK (committee_size BETWEEN 1 AND 200);
COMMENT ON COLUMN khoacu.panel.committee_size IS 'How many members the committee has of which the pack wants a share on the panel; NULL: it wants none';
ALTER TABLE khoacu.panel_member ADD COLUMN committee boolean NOT NULL DEFAULT false CHECK (NOT committee OR office <> 'secretary');
COMMENT ON COLUMN khoacu.panel_member.committee IS 'Whether the person is of that committee, as whoever made the panel says';

-- It comes again with sql/functions, with the committee.
DROP FUNCTION IF EXISTS khoacu.do_panel_make(bigint, text, bigint, text, text, text, text[], numeric[], numeric[], text[], text[]);

CREATE OR REPLACE FUNCTION khoacu.panel_mark_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_hearing panel_hearing%ROWTYPE;
BEGIN
  SELECT h.hearing_id, h.panel_id, h.candidate_id, h.place, h.state INTO v_hearing FROM panel_hearing h WHERE h.hearing_id = NEW.hearing_id;
  IF TG_OP = 'UPDATE' OR v_hearing.state <> 'marking' THEN
    RAISE EXCEPTION 'a panel marks once, after the questions' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = v_hearing.panel_id AND m.staff_id = NEW.staff_id AND m.office <> 'secretary')
     OR panel_tied(v_hearing.candidate_id, NEW.staff_id) THEN
    RAISE EXCEPTION 'members of the panel without a conflict of interest mark' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM panel_criterion k WHERE k.panel_id = v_hearing.panel_id AND k.criterion = NEW.criterion
                    AND NEW.value <= k.mark_max AND NEW.value % k.mark_step = 0) THEN
    RAISE EXCEPTION 'a mark is at most the highest of its criterion and a multiple of its step' USING ERRCODE = 'check_violation';
  END IF;
  NEW.final_at := clock_timestamp();
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.panel_mark_guard() IS 'Refuses marks of others, off the scale, in another phase, against a conflict, a kinship or the own unit, and every change';

CREATE FUNCTION khoacu.panel_close_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NEW.state = 'closed' AND (EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = NEW.panel_id
                                          AND NOT EXISTS (SELECT 1 FROM panel_signature g WHERE g.panel_id = NEW.panel_id AND g.document = 'minutes'
                                                             AND g.staff_id = m.staff_id AND g.sha256 = NEW.minutes_sha256))
                               OR EXISTS (SELECT 1 FROM panel_hearing h WHERE h.panel_id = NEW.panel_id AND h.state <> 'settled')) THEN
    RAISE EXCEPTION 'a panel closes when every hearing is settled and everybody signed its minutes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.panel_close_guard() IS 'Refuses to close a panel while a hearing or a signature is missing, whoever asks';
REVOKE ALL ON FUNCTION khoacu.panel_close_guard() FROM PUBLIC;
CREATE TRIGGER panel_close_guard BEFORE UPDATE OF state ON khoacu.panel FOR EACH ROW EXECUTE FUNCTION khoacu.panel_close_guard();
