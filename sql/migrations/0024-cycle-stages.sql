-- Packs whose written part and project are two stages, each of its own marks: what a cycle may set follows from its pack, and
-- the marks of the first stage are frozen before the second opens for those who passed it.
ALTER TABLE khoacu.cycle DROP CONSTRAINT cycle_check;

CREATE FUNCTION khoacu.cycle_scale_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_shared boolean;
  v_fixed boolean;
  v_written numeric;
  v_interview numeric;
BEGIN
  SELECT coalesce(bool_or(p.part ->> 'mark_max' = 'cycle'), false), coalesce(bool_or(p.part ->> 'mark_max' <> 'cycle'), false),
         coalesce(max((p.part ->> 'mark_max')::numeric) FILTER (WHERE p.part ->> 'mark_max' <> 'cycle' AND p.part ->> 'source' = 'written'), 0),
         coalesce(max((p.part ->> 'mark_max')::numeric) FILTER (WHERE p.part ->> 'mark_max' <> 'cycle' AND p.part ->> 'source' = 'interview'), 0)
    INTO v_shared, v_fixed, v_written, v_interview
    FROM rule_pack r
   CROSS JOIN LATERAL jsonb_array_elements(coalesce(r.body::jsonb -> 'stages', '[]')) AS s (stage)
   CROSS JOIN LATERAL jsonb_array_elements(coalesce(s.stage -> 'components', '[]')) AS p (part)
   WHERE r.pack_id = NEW.pack_id AND r.version = NEW.pack_version AND p.part ->> 'source' IN ('written', 'interview');
  IF v_fixed AND NOT v_shared THEN
    IF (NEW.written_max, NEW.interview_max) IS DISTINCT FROM (v_written, v_interview) THEN
      RAISE EXCEPTION 'the pack fixes the marks of each part' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.written_max + NEW.interview_max <> 100 THEN
    RAISE EXCEPTION 'the parts share 100 marks' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.cycle_scale_guard() IS 'Refuses marks of parts that the pack of the cycle does not allow: 100 in all where the cycle shares them out, the pack''s own otherwise';
REVOKE ALL ON FUNCTION khoacu.cycle_scale_guard() FROM PUBLIC;
CREATE TRIGGER cycle_scale_guard BEFORE INSERT OR UPDATE OF written_max, interview_max ON khoacu.cycle
  FOR EACH ROW EXECUTE FUNCTION khoacu.cycle_scale_guard();

CREATE TABLE khoacu.part_freeze (
  cycle_id  bigint NOT NULL REFERENCES khoacu.cycle,
  component text NOT NULL CHECK (component = 'written'),
  frozen_at timestamptz NOT NULL,
  frozen_by bigint NOT NULL REFERENCES khoacu.staff,
  scripts   integer NOT NULL CHECK (scripts > 0),
  sha256    bytea NOT NULL CHECK (octet_length(sha256) = 32),
  PRIMARY KEY (cycle_id, component)
);
COMMENT ON TABLE khoacu.part_freeze IS 'From this moment no mark of this part is taken but by appeal; only after it may the worker read who passed, and open the next stage';
COMMENT ON COLUMN khoacu.part_freeze.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.part_freeze.component IS 'The part, as in script';
COMMENT ON COLUMN khoacu.part_freeze.frozen_at IS 'When';
COMMENT ON COLUMN khoacu.part_freeze.frozen_by IS 'Who asked for it';
COMMENT ON COLUMN khoacu.part_freeze.scripts IS 'How many scripts it has';
COMMENT ON COLUMN khoacu.part_freeze.sha256 IS 'SHA-256 over what counts, in order of blind code (do_marking_part_freeze)';
GRANT SELECT ON khoacu.part_freeze TO khoacu_server, khoacu_worker, khoacu_auditor;

-- Whether the project, interview or practical test of a cycle is a stage of its own behind the written one.
CREATE FUNCTION khoacu.cycle_staged(p_cycle_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT c.written_max > 0 AND c.interview_max > 0 AND coalesce(
           max(s.n) FILTER (WHERE s.stage -> 'components' @> '[{"source": "interview"}]')
             > min(s.n) FILTER (WHERE s.stage -> 'components' @> '[{"source": "written"}]'), false)
    FROM cycle c
    JOIN rule_pack r ON r.pack_id = c.pack_id AND r.version = c.pack_version
    LEFT JOIN LATERAL jsonb_array_elements(coalesce(r.body::jsonb -> 'stages', '[]')) WITH ORDINALITY AS s (stage, n) ON true
   WHERE c.cycle_id = p_cycle_id
   GROUP BY c.cycle_id
$$;
COMMENT ON FUNCTION khoacu.cycle_staged IS 'Whether who goes on from the written part is known only after its marks are frozen';
REVOKE ALL ON FUNCTION khoacu.cycle_staged FROM PUBLIC;

CREATE FUNCTION khoacu.part_freeze_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'script_settlement' THEN
    IF NEW.source = 'appeal' THEN
      RETURN NEW;
    END IF;
  ELSIF NEW.marking_round BETWEEN 6 AND 8 THEN
    RETURN NEW;
  END IF;
  -- Waits for a freeze under way, which holds the cycle FOR UPDATE.
  PERFORM 1 FROM script s JOIN cycle c ON c.cycle_id = s.cycle_id WHERE s.blind_id = NEW.blind_id FOR KEY SHARE OF c;
  IF EXISTS (SELECT 1 FROM script s JOIN part_freeze f ON f.cycle_id = s.cycle_id AND f.component = s.component WHERE s.blind_id = NEW.blind_id) THEN
    RAISE EXCEPTION 'the marks of this part are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.part_freeze_guard() IS 'Refuses marks and settlements of a part whose marks are frozen, but by appeal';
REVOKE ALL ON FUNCTION khoacu.part_freeze_guard() FROM PUBLIC;
CREATE TRIGGER part_freeze_guard BEFORE INSERT ON khoacu.mark FOR EACH ROW EXECUTE FUNCTION khoacu.part_freeze_guard();
CREATE TRIGGER part_freeze_guard BEFORE INSERT ON khoacu.mark_final FOR EACH ROW EXECUTE FUNCTION khoacu.part_freeze_guard();
CREATE TRIGGER part_freeze_guard BEFORE INSERT ON khoacu.script_settlement FOR EACH ROW EXECUTE FUNCTION khoacu.part_freeze_guard();

-- Scripts of the second stage tell who passed the first: there are none before its marks are frozen.
CREATE FUNCTION khoacu.script_stage_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT n.cycle_id FROM new_rows n WHERE n.component = 'interview') i
              WHERE cycle_staged(i.cycle_id) AND NOT EXISTS (SELECT 1 FROM part_freeze f WHERE f.cycle_id = i.cycle_id AND f.component = 'written')) THEN
    RAISE EXCEPTION 'the next stage opens when the marks of the written part are frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION khoacu.script_stage_guard() IS 'Refuses scripts of the second stage before the marks of the first are frozen';
REVOKE ALL ON FUNCTION khoacu.script_stage_guard() FROM PUBLIC;
CREATE TRIGGER script_stage_guard AFTER INSERT ON khoacu.script REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION khoacu.script_stage_guard();

-- Nobody shuts those out who passed the written part by freezing everything before the next stage has opened.
CREATE FUNCTION khoacu.marks_freeze_stage_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF cycle_staged(NEW.cycle_id) AND NOT EXISTS (SELECT 1 FROM part_freeze f WHERE f.cycle_id = NEW.cycle_id) THEN
    RAISE EXCEPTION 'the next stage is not open yet' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.marks_freeze_stage_guard() IS 'Refuses the freeze of a cycle of two stages before the second has opened';
REVOKE ALL ON FUNCTION khoacu.marks_freeze_stage_guard() FROM PUBLIC;
CREATE TRIGGER marks_freeze_stage_guard BEFORE INSERT ON khoacu.marks_freeze
  FOR EACH ROW EXECUTE FUNCTION khoacu.marks_freeze_stage_guard();
