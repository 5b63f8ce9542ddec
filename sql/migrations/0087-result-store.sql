-- Decisions are stored by one function, with their run and in its transaction (do_result_decisions_store). It looks every row up in
-- its cycle, so that the four foreign keys, which took a lock on each candidate and more than half of the time of storing, add
-- nothing; what they said to whoever deletes is said by decision_keeps.
ALTER TABLE khoacu.decision
  DROP CONSTRAINT decision_run_id_fkey, DROP CONSTRAINT decision_candidate_id_fkey,
  DROP CONSTRAINT decision_post_id_fkey, DROP CONSTRAINT decision_agency_id_fkey;
REVOKE INSERT ON khoacu.decision FROM khoacu_worker;
COMMENT ON TABLE khoacu.decision IS 'The decision on each candidate in a run, with its reason; written by do_result_decisions_store alone, whose rows belong to the cycle of the run';

-- No role of the program deletes any of these; an owner who does is stopped as a foreign key would.
CREATE FUNCTION khoacu.decision_keeps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_kept boolean;
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = OLD.cycle_id FOR UPDATE; -- a run under way, which holds its cycle, ends first
  IF TG_TABLE_NAME = 'candidate' THEN
    v_kept := EXISTS (SELECT FROM decision d WHERE d.candidate_id = OLD.candidate_id);
  ELSIF TG_TABLE_NAME = 'post' THEN
    v_kept := EXISTS (SELECT FROM decision d WHERE d.post_id = OLD.post_id);
  ELSIF TG_TABLE_NAME = 'agency' THEN
    v_kept := EXISTS (SELECT FROM decision d WHERE d.agency_id = OLD.agency_id);
  ELSE
    v_kept := EXISTS (SELECT FROM decision d WHERE d.run_id = OLD.run_id);
  END IF;
  IF v_kept THEN
    RAISE EXCEPTION 'a decision names this % of the cycle', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION khoacu.decision_keeps() IS 'What a decision names is neither deleted nor given another id';
REVOKE ALL ON FUNCTION khoacu.decision_keeps() FROM PUBLIC;
CREATE TRIGGER decision_keeps BEFORE DELETE OR UPDATE OF run_id ON khoacu.ranking_run FOR EACH ROW EXECUTE FUNCTION khoacu.decision_keeps();
CREATE TRIGGER decision_keeps BEFORE DELETE OR UPDATE OF candidate_id ON khoacu.candidate FOR EACH ROW EXECUTE FUNCTION khoacu.decision_keeps();
CREATE TRIGGER decision_keeps BEFORE DELETE OR UPDATE OF post_id ON khoacu.post FOR EACH ROW EXECUTE FUNCTION khoacu.decision_keeps();
CREATE TRIGGER decision_keeps BEFORE DELETE OR UPDATE OF agency_id ON khoacu.agency FOR EACH ROW EXECUTE FUNCTION khoacu.decision_keeps();

-- 50 MB of a list compress ten times as fast; where PostgreSQL was built without it, the file is stored as before.
DO $$
BEGIN
  ALTER TABLE khoacu.ranking_run ALTER COLUMN bundle SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END
$$;
