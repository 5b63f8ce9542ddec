-- What the database itself holds about forms, against whoever writes: versions one after another, seals by two persons on
-- what was reviewed, and nothing after the second. All changes of one form follow each other.

CREATE OR REPLACE FUNCTION khoacu.form_open(p_form_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(p_form_id);
  IF EXISTS (SELECT 1 FROM khoacu.form f WHERE f.form_id = p_form_id) THEN
    RAISE EXCEPTION 'the form is sealed' USING ERRCODE = 'check_violation';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.form_open(bigint) IS 'Waits for other changes of the form; refuses when it is sealed';

CREATE OR REPLACE FUNCTION khoacu.form_newest(p_form_id bigint) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(v.version), 0) FROM khoacu.form_version v WHERE v.form_id = p_form_id
$$;
COMMENT ON FUNCTION khoacu.form_newest(bigint) IS 'The newest version of a form; 0: it has none';

CREATE OR REPLACE FUNCTION khoacu.form_accepted(p_form_id bigint, p_version integer) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT r.verdict = 'accept' FROM khoacu.form_review r
                    WHERE r.form_id = p_form_id AND r.version = p_version ORDER BY r.turn DESC LIMIT 1), false)
$$;
COMMENT ON FUNCTION khoacu.form_accepted(bigint, integer) IS 'Whether the last review of the version accepts it';

CREATE OR REPLACE FUNCTION khoacu.form_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM khoacu.form_open(NEW.form_id);
  IF NEW.version <> khoacu.form_newest(NEW.form_id) + 1 THEN
    RAISE EXCEPTION 'versions follow one another' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.item_count <> (SELECT sum((s ->> 'items')::integer) FROM jsonb_array_elements(NEW.sections) s) THEN
    RAISE EXCEPTION 'sections cover the positions' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.form_version_guard() IS 'Holds versions of forms in their order, and sealed forms closed';
CREATE OR REPLACE TRIGGER form_version_guard BEFORE INSERT ON khoacu.form_version
  FOR EACH ROW EXECUTE FUNCTION khoacu.form_version_guard();

CREATE OR REPLACE FUNCTION khoacu.form_version_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM khoacu.form_open(NEW.form_id);
  IF EXISTS (SELECT 1 FROM khoacu.form_review r WHERE r.form_id = NEW.form_id AND r.version = NEW.form_version)
     OR EXISTS (SELECT 1 FROM khoacu.form_seal s WHERE s.form_id = NEW.form_id AND s.version = NEW.form_version)
     OR NEW.position > (SELECT v.item_count FROM khoacu.form_version v WHERE v.form_id = NEW.form_id AND v.version = NEW.form_version) THEN
    RAISE EXCEPTION 'a version holds what it was made with' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.form_version_item_guard() IS 'Lets nothing into a version that was reviewed or sealed, or is full';
CREATE OR REPLACE TRIGGER form_version_item_guard BEFORE INSERT ON khoacu.form_version_item
  FOR EACH ROW EXECUTE FUNCTION khoacu.form_version_item_guard();

CREATE OR REPLACE FUNCTION khoacu.form_review_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM khoacu.form_open(NEW.form_id);
  IF NEW.version <> khoacu.form_newest(NEW.form_id) THEN
    RAISE EXCEPTION 'a review is of the newest version' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM khoacu.form_seal s WHERE s.form_id = NEW.form_id AND s.version = NEW.version) AND NEW.verdict = 'accept' THEN
    RAISE EXCEPTION 'the version has a seal' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.form_review_guard() IS 'Holds reviews to the newest version of a form that is not sealed';
CREATE OR REPLACE TRIGGER form_review_guard BEFORE INSERT ON khoacu.form_review
  FOR EACH ROW EXECUTE FUNCTION khoacu.form_review_guard();

CREATE OR REPLACE FUNCTION khoacu.form_seal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM khoacu.form_open(NEW.form_id);
  IF NEW.version <> khoacu.form_newest(NEW.form_id) OR NOT khoacu.form_accepted(NEW.form_id, NEW.version) THEN
    RAISE EXCEPTION 'a seal is set on the newest version, when it was reviewed and accepted' USING ERRCODE = 'check_violation';
  END IF;
  IF (SELECT count(*) FROM khoacu.form_version_item i
       WHERE i.form_id = NEW.form_id AND i.form_version = NEW.version AND i.position > 0)
     <> (SELECT v.item_count FROM khoacu.form_version v WHERE v.form_id = NEW.form_id AND v.version = NEW.version) THEN
    RAISE EXCEPTION 'the version is not whole' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.form_seal_guard() IS 'Holds seals to what was reviewed; that two persons set them is a key of the table';
CREATE OR REPLACE TRIGGER form_seal_guard BEFORE INSERT ON khoacu.form_seal
  FOR EACH ROW EXECUTE FUNCTION khoacu.form_seal_guard();

-- A position of a sealed form is one of the version that was sealed. Its item must be fit, and counts as shown.
CREATE OR REPLACE FUNCTION khoacu.form_position_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM khoacu.form f
                   JOIN khoacu.form_version_item i ON i.form_id = f.form_id AND i.form_version = f.version
                  WHERE f.form_id = NEW.form_id AND i.position = NEW.position AND i.item_id = NEW.item_id AND i.version = NEW.version) THEN
    RAISE EXCEPTION 'the sealed version does not have this item at this position' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM khoacu.bank_item_expose(NEW.item_id, NEW.version);
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.form_position_guard() IS
  'Holds a sealed form to its version; keeps retired, over-exposed and expired items out, and counts their exposure';
CREATE OR REPLACE TRIGGER form_position_guard BEFORE INSERT ON khoacu.form_position
  FOR EACH ROW EXECUTE FUNCTION khoacu.form_position_guard();

-- No right of any role is needed to be refused here: the owner of the tables is too.
CREATE OR REPLACE FUNCTION khoacu.form_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'forms are never changed: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'check_violation';
END
$$;
COMMENT ON FUNCTION khoacu.form_refuse() IS 'Refuses to change or delete what forms are made of';
CREATE OR REPLACE TRIGGER form_refuse BEFORE UPDATE OR DELETE ON khoacu.form_draft FOR EACH ROW EXECUTE FUNCTION khoacu.form_refuse();
CREATE OR REPLACE TRIGGER form_refuse BEFORE UPDATE OR DELETE ON khoacu.form_version FOR EACH ROW EXECUTE FUNCTION khoacu.form_refuse();
CREATE OR REPLACE TRIGGER form_refuse BEFORE UPDATE OR DELETE ON khoacu.form_version_item FOR EACH ROW EXECUTE FUNCTION khoacu.form_refuse();
CREATE OR REPLACE TRIGGER form_refuse BEFORE UPDATE OR DELETE ON khoacu.form_review FOR EACH ROW EXECUTE FUNCTION khoacu.form_refuse();
CREATE OR REPLACE TRIGGER form_refuse BEFORE UPDATE OR DELETE ON khoacu.form_seal FOR EACH ROW EXECUTE FUNCTION khoacu.form_refuse();
CREATE OR REPLACE TRIGGER form_refuse BEFORE UPDATE OR DELETE ON khoacu.form FOR EACH ROW EXECUTE FUNCTION khoacu.form_refuse();
CREATE OR REPLACE TRIGGER form_refuse BEFORE UPDATE OR DELETE ON khoacu.form_position FOR EACH ROW EXECUTE FUNCTION khoacu.form_refuse();
CREATE OR REPLACE TRIGGER form_refuse_all BEFORE TRUNCATE ON khoacu.form FOR EACH STATEMENT EXECUTE FUNCTION khoacu.form_refuse();
CREATE OR REPLACE TRIGGER form_refuse_all BEFORE TRUNCATE ON khoacu.form_position FOR EACH STATEMENT EXECUTE FUNCTION khoacu.form_refuse();
CREATE OR REPLACE TRIGGER form_refuse_all BEFORE TRUNCATE ON khoacu.form_seal FOR EACH STATEMENT EXECUTE FUNCTION khoacu.form_refuse();
