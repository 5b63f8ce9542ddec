-- A script that is marked again on appeal lies before its re-markers under a fresh code: nobody who marked it first can say of
-- which script a colleague speaks, nor can a re-marker find what was said of the old code.
CREATE TABLE khoacu.appeal_code (
  blind_id bigint PRIMARY KEY REFERENCES khoacu.appeal_script,
  code     bigint NOT NULL UNIQUE CHECK (code > 0 AND code <> blind_id)
);
COMMENT ON TABLE khoacu.appeal_code IS 'Fresh codes of scripts under appeal, given when the appeal is accepted; no role reads it; append-only. Appeals accepted before there were such codes have none and keep the first code';
COMMENT ON COLUMN khoacu.appeal_code.blind_id IS 'The script by its first code, under which its marks stand';
COMMENT ON COLUMN khoacu.appeal_code.code IS 'Random; what re-markers see';
CREATE TRIGGER appeal_code_unchanged BEFORE UPDATE OR DELETE ON khoacu.appeal_code FOR EACH ROW EXECUTE FUNCTION khoacu.appeal_unchanged();

-- These now say which script a code was; they come again with sql/functions.
DROP FUNCTION IF EXISTS khoacu.do_script_final(bigint, bigint, integer);
DROP FUNCTION IF EXISTS khoacu.do_marking_mark_put(bigint, bigint, integer, text, numeric, text, numeric[], integer);
DROP FUNCTION IF EXISTS khoacu.do_marking_replace(bigint, bigint, text, text);
DROP FUNCTION IF EXISTS khoacu.do_marking_lease(bigint, bigint, integer);
DROP FUNCTION IF EXISTS khoacu.do_appeal_word(bigint, text, bigint, text, numeric, text);
