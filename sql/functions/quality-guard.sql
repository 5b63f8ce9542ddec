-- A list is looked at before it is signed: without statistics of it, nobody puts it on the table, whatever the program does.
CREATE OR REPLACE FUNCTION khoacu.list_freeze_quality() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM quality_report q WHERE q.run_id = NEW.run_id) THEN
    RAISE EXCEPTION 'a list is frozen after its statistics were computed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.list_freeze_quality() IS 'No list is frozen whose quality page was never computed';
REVOKE ALL ON FUNCTION khoacu.list_freeze_quality() FROM PUBLIC;
CREATE OR REPLACE TRIGGER list_freeze_quality BEFORE INSERT ON khoacu.list_freeze
  FOR EACH ROW EXECUTE FUNCTION khoacu.list_freeze_quality();
