-- New access codes: their keyed hashes are stored, and whoever was signed in with an older code is signed out, with saves
-- cut off, as when a log-in ends (do_identity_candidate_logins_end does the same for one candidate). As one statement
-- each for all, because a lock per candidate would not fit into the lock table.
CREATE OR REPLACE FUNCTION khoacu.do_cycle_codes_store(p_candidate_ids bigint[], p_hmacs text[], p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  stored bigint;
BEGIN
  UPDATE khoacu.candidate c SET access_code_hmac = decode(g.hmac, 'hex')
    FROM unnest(p_candidate_ids, p_hmacs) AS g (candidate_id, hmac)
   WHERE c.candidate_id = g.candidate_id;
  GET DIAGNOSTICS stored = ROW_COUNT;
  WITH ended AS (
    UPDATE khoacu.login l SET ended_at = p_now
     WHERE l.candidate_id = ANY (p_candidate_ids) AND l.ended_at IS NULL
    RETURNING l.candidate_id
  )
  UPDATE khoacu.sitting t SET access_generation = t.access_generation + 1
    FROM (SELECT DISTINCT e.candidate_id FROM ended e) AS d
   WHERE t.candidate_id = d.candidate_id;
  RETURN stored;
END
$$;
COMMENT ON FUNCTION khoacu.do_cycle_codes_store(bigint[], text[], timestamptz) IS
  'Stores hashes of access codes and ends the log-ins of their candidates; gives the number stored';
