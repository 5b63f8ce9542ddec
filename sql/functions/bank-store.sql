-- One item of an import: a new item, a new version when anything differs, or nothing.
--
-- The caller cannot read keys, so the same texts count as unchanged unless the row asks for a new version.
CREATE OR REPLACE FUNCTION khoacu.do_bank_item_store(
  p_bank_id bigint, p_item_id bigint, p_code text, p_topic text, p_level smallint, p_stem text, p_options text[],
  p_choice smallint, p_source text, p_staff_id bigint, p_now timestamptz, p_new_version boolean)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  known bigint;
  newest integer;
  outcome text := 'changed';
BEGIN
  SELECT i.item_id INTO known FROM khoacu.item i WHERE i.bank_id = p_bank_id AND i.code = p_code FOR UPDATE;
  IF known IS NULL THEN
    INSERT INTO khoacu.item (item_id, bank_id, code, topic) VALUES (p_item_id, p_bank_id, p_code, p_topic);
    known := p_item_id;
    newest := 0;
    outcome := 'imported';
  ELSE
    SELECT max(v.version) INTO newest FROM khoacu.item_version v WHERE v.item_id = known;
    IF NOT p_new_version AND EXISTS (
         SELECT 1 FROM khoacu.item i JOIN khoacu.item_version v ON v.item_id = i.item_id AND v.version = newest
          WHERE i.item_id = known AND i.topic = p_topic AND v.level = p_level AND v.stem = p_stem
            AND v.options = p_options AND v.source = p_source) THEN
      RETURN 'unchanged';
    END IF;
    UPDATE khoacu.item SET topic = p_topic WHERE item_id = known AND topic <> p_topic;
  END IF;
  INSERT INTO khoacu.item_version (item_id, version, level, stem, options, source, created_at, created_by)
  VALUES (known, newest + 1, p_level, p_stem, p_options, p_source, p_now, p_staff_id);
  INSERT INTO khoacu.item_key (item_id, version, choice) VALUES (known, newest + 1, p_choice);
  RETURN outcome;
END
$$;
COMMENT ON FUNCTION khoacu.do_bank_item_store IS 'Stores an imported item: imported, changed or unchanged';
REVOKE ALL ON FUNCTION khoacu.do_bank_item_store FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_bank_item_store TO khoacu_server;
