-- Keeps a file that a candidate sends, while her sitting is open. The room is held as by a save: a sitting that ends after
-- this answer counts what it names.

CREATE OR REPLACE FUNCTION khoacu.do_sitting_file_keep(
  p_room_id bigint, p_sitting_id bigint, p_generation integer, p_sha256 bytea, p_type text, p_bytes bytea, p_now timestamptz,
  OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  facts record;
BEGIN
  PERFORM 1 FROM khoacu.room m WHERE m.room_id = p_room_id FOR KEY SHARE;
  SELECT t.state, t.access_generation, t.closes_at + make_interval(secs => t.grace_s) AS last_at INTO facts
    FROM khoacu.sitting t
   WHERE t.room_id = p_room_id AND t.sitting_id = p_sitting_id
     FOR NO KEY UPDATE; -- two files of one candidate are counted one after the other
  outcome := CASE
    WHEN facts.state IS NULL THEN 'unknown'
    WHEN facts.state = 'assigned' THEN 'not-open'
    WHEN facts.state <> 'open' OR p_now > facts.last_at THEN 'ended'
    WHEN facts.access_generation <> p_generation THEN 'revoked'
    WHEN EXISTS (SELECT 1 FROM khoacu.response_file f
                  WHERE f.room_id = p_room_id AND f.sitting_id = p_sitting_id AND f.sha256 = p_sha256) THEN 'kept'
    WHEN (SELECT count(*) >= 60 OR coalesce(sum(octet_length(f.bytes)), 0) + octet_length(p_bytes) > 209715200
            FROM khoacu.response_file f WHERE f.room_id = p_room_id AND f.sitting_id = p_sitting_id) THEN 'limit'
    ELSE 'new' END;
  IF outcome = 'new' THEN
    INSERT INTO khoacu.response_file (room_id, sitting_id, sha256, type, bytes, received_at)
    VALUES (p_room_id, p_sitting_id, p_sha256, p_type, p_bytes, p_now);
    outcome := 'kept';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_file_keep IS 'kept: now or before; unknown, not-open, ended, revoked, limit: not';
REVOKE ALL ON FUNCTION khoacu.do_sitting_file_keep FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_sitting_file_keep TO khoacu_server;
