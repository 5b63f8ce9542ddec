-- An authority brings in rule packs of its own: who did it stands beside the pack.
ALTER TABLE khoacu.rule_pack ADD COLUMN added_by bigint REFERENCES khoacu.staff;
COMMENT ON COLUMN khoacu.rule_pack.added_by IS 'Who brought it in; null: it comes with the program';
