-- Sections of a form: what a blueprint divides stays divided, with its titles, in print and on the screen.
ALTER TABLE khoacu.form_version ADD sections jsonb CHECK (jsonb_typeof(sections) = 'array' AND jsonb_array_length(sections) BETWEEN 1 AND 20);
COMMENT ON COLUMN khoacu.form_version.sections IS
  'Sections, one after another: [{"code","items","title_en","title_vi"},…], items: how many positions; null: the form is one';
GRANT SELECT (form_id, version, item_count, sections) ON khoacu.form_version TO khoacu_server, khoacu_worker;
DROP FUNCTION IF EXISTS khoacu.form_version_put(bigint, integer, bigint[], bigint[], bigint[], bigint[], bytea, text, bigint, timestamptz);
DROP FUNCTION IF EXISTS khoacu.do_form_draft(bigint, bigint, bigint, text, bigint, bigint[], bigint[], bigint[], bigint[], bytea, bigint, timestamptz);
DROP FUNCTION IF EXISTS khoacu.do_form_change(bigint, integer, bigint[], bigint[], bigint[], bigint[], bytea, text, bigint, timestamptz);
