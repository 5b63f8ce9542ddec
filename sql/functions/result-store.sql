-- The decisions of a run, a chunk at a time. Marks are hundredths; rank 0 and agency 0 are none, and without a rank there is no raw
-- mark and no total. In place of foreign keys: the run was made by this transaction (a run that is stored never gets another
-- decision), each candidate is of its cycle and stands for her own post, each agency is of the cycle.
CREATE OR REPLACE FUNCTION khoacu.do_result_decisions_store(
  p_run_id bigint, p_candidates bigint[], p_posts bigint[], p_outcomes text[], p_ranks bigint[], p_raws bigint[], p_priorities bigint[],
  p_classes text[], p_agencies bigint[], p_reasons text[], p_derivations text[], p_openings text[], p_parts text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_cycle_id bigint;
  v_stored bigint;
BEGIN
  SELECT r.cycle_id INTO v_cycle_id FROM ranking_run r WHERE r.run_id = p_run_id AND r.xmin = pg_current_xact_id()::xid;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'decisions are stored with their run, in its transaction' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO decision (run_id, candidate_id, post_id, outcome, rank, raw, priority, priority_class, total, agency_id, reason, derivation,
                        opening, parts)
  SELECT p_run_id, d.candidate_id, d.post_id, d.outcome, nullif(d.rank, 0)::integer,
         CASE WHEN d.rank > 0 THEN d.raw / 100.0 END, d.priority / 100.0, nullif(d.class, ''),
         CASE WHEN d.rank > 0 THEN (d.raw + d.priority) / 100.0 END, nullif(d.agency_id, 0), d.reason, d.derivation,
         nullif(d.opening, ''), nullif(d.parts, '')
    FROM unnest(p_candidates, p_posts, p_outcomes, p_ranks, p_raws, p_priorities, p_classes, p_agencies, p_reasons, p_derivations,
                p_openings, p_parts)
         AS d(candidate_id, post_id, outcome, rank, raw, priority, class, agency_id, reason, derivation, opening, parts)
    JOIN candidate c ON c.candidate_id = d.candidate_id AND c.cycle_id = v_cycle_id AND c.post_id = d.post_id
    LEFT JOIN agency g ON g.agency_id = d.agency_id AND g.cycle_id = v_cycle_id
   WHERE d.agency_id = 0 OR g.agency_id IS NOT NULL;
  GET DIAGNOSTICS v_stored = ROW_COUNT;
  IF v_stored <> cardinality(p_candidates) THEN
    RAISE EXCEPTION 'a decision names a candidate, a post or an agency that is not of its run''s cycle' USING ERRCODE = 'foreign_key_violation';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_decisions_store IS 'Stores decisions of a run that this transaction made; refuses what is not of its cycle';
REVOKE ALL ON FUNCTION khoacu.do_result_decisions_store FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_decisions_store TO khoacu_worker;
