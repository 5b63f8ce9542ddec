-- What beside the paper a shift allows.
ALTER TABLE khoacu.shift ADD calculator boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN khoacu.shift.calculator IS 'The calculator of the screen may be used';
