-- A position of a sealed form shows an item: it must be fit, and counts.
CREATE OR REPLACE FUNCTION khoacu.form_position_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM khoacu.bank_item_expose(NEW.item_id, NEW.version);
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.form_position_guard() IS 'Keeps retired, over-exposed and expired items out of forms, and counts their exposure';
CREATE OR REPLACE TRIGGER form_position_guard BEFORE INSERT ON khoacu.form_position
  FOR EACH ROW EXECUTE FUNCTION khoacu.form_position_guard();
