-- The judgement on a batch of answers that did not go in as a whole (sql/queries/journal.sql), one transaction.
--
-- Rooms and rows as there, save that a number that is there already is left as it is: it is never written over.
--
-- Nothing is returned when all rows went in. Otherwise each row that was not newly inserted comes back with its place in
-- the batch and its outcome: 1 repeated (the same save, sent again), 2 stale (the number is taken by another
-- content; the newest one follows), 3 ended, 4 not open, 5 revoked, 6 unknown sitting, 7 held. The decision rests on what is
-- stored, so it is the same whichever server asks and however often.
--
-- Every table is reached row by row through its primary key, whatever the planner believes: a batch must cost what its rows
-- cost, not what the tables hold, also right after the first rows of an examination came and before any statistics. Hence
-- LATERAL … LIMIT 1, no sequential scan, no bitmap, one plan for all batches.

CREATE OR REPLACE FUNCTION khoacu.do_sitting_responses_record(
  rooms bigint[], room_ids bigint[], sitting_ids bigint[], generations integer[], positions smallint[], seqs integer[],
  choices smallint[], flags boolean[], times timestamptz[], answers text[])
RETURNS TABLE (place integer, outcome integer, current_seq integer, current_choice integer, current_flagged integer)
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
DECLARE
  inserted integer;
BEGIN
  PERFORM 1 FROM khoacu.room r WHERE r.room_id = ANY (rooms) ORDER BY r.room_id FOR KEY SHARE;

  INSERT INTO khoacu.response (room_id, sitting_id, received_at, seq, position, choice, flagged, answer)
  SELECT i.room_id, i.sitting_id, i.received_at, i.seq, i.position, i.choice, i.flagged, i.answer
    FROM (SELECT unnest(room_ids) AS room_id, unnest(sitting_ids) AS sitting_id, unnest(generations) AS generation,
                 unnest(positions) AS position, unnest(seqs) AS seq, unnest(choices) AS choice, unnest(flags) AS flagged,
                 unnest(times) AS received_at, unnest(answers) AS answer) i
   CROSS JOIN LATERAL (SELECT t.state, t.access_generation, t.holds, t.closes_at, t.grace_s FROM khoacu.sitting t
                        WHERE t.room_id = i.room_id AND t.sitting_id = i.sitting_id LIMIT 1) s
   WHERE s.state = 'open' AND s.holds = 0 AND s.access_generation = i.generation AND i.received_at <= s.closes_at + s.grace_s * interval '1 second'
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS inserted = ROW_COUNT;
  IF inserted = cardinality(room_ids) THEN
    RETURN;
  END IF;

  RETURN QUERY
  SELECT i.place::integer,
         CASE WHEN r.seq IS NOT NULL AND r.choice = i.choice AND r.flagged = i.flagged AND r.answer IS NOT DISTINCT FROM i.answer THEN 1
              WHEN r.seq IS NOT NULL THEN 2
              WHEN s.state IS NULL THEN 6
              WHEN s.state = 'assigned' THEN 4
              WHEN s.state <> 'open' THEN 3
              WHEN s.access_generation <> i.generation THEN 5
              WHEN s.holds <> 0 THEN 7
              ELSE 3
         END,
         newest.seq, newest.choice::integer, newest.flagged::integer
    FROM unnest(room_ids, sitting_ids, generations, positions, seqs, choices, flags, times, answers)
         WITH ORDINALITY AS i(room_id, sitting_id, generation, position, seq, choice, flagged, received_at, answer, place)
    LEFT JOIN LATERAL (SELECT t.state, t.access_generation, t.holds FROM khoacu.sitting t
                        WHERE t.room_id = i.room_id AND t.sitting_id = i.sitting_id LIMIT 1) s ON true
    LEFT JOIN LATERAL (SELECT t.seq, t.choice, t.flagged, t.answer, t.received_at FROM khoacu.response t
                        WHERE t.room_id = i.room_id AND t.sitting_id = i.sitting_id AND t.position = i.position AND t.seq = i.seq
                        LIMIT 1) r ON true
    LEFT JOIN LATERAL (SELECT n.seq, n.choice, n.flagged FROM khoacu.response n
                        WHERE n.room_id = i.room_id AND n.sitting_id = i.sitting_id AND n.position = i.position
                        ORDER BY n.seq DESC LIMIT 1) newest ON true
   WHERE r.seq IS NULL OR r.choice <> i.choice OR r.flagged <> i.flagged OR r.answer IS DISTINCT FROM i.answer
      OR r.received_at <> i.received_at;
END
$$;
COMMENT ON FUNCTION khoacu.do_sitting_responses_record IS 'Records a batch of answers; returns only what was not newly inserted';
REVOKE ALL ON FUNCTION khoacu.do_sitting_responses_record FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_sitting_responses_record TO khoacu_server;
