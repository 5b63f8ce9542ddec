-- Keys of emergency files.
-- :emergency_key_public
SELECT public_key FROM khoacu.emergency_key WHERE shift_id = $1;

-- :emergency_key_sealed
SELECT sealed FROM khoacu.emergency_key WHERE shift_id = $1;

-- :emergency_key_insert
INSERT INTO khoacu.emergency_key (shift_id, public_key, sealed, made_at) VALUES ($1, $2, $3, $4);

-- :emergency_key_lock
SELECT 1 FROM pg_advisory_xact_lock($1);

-- :emergency_sitting
SELECT t.room_id FROM khoacu.sitting t WHERE t.shift_id = $1 AND t.sitting_id = $2;
