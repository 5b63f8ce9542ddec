-- Terms after a release, counted by the calendar of days; and who loses her place.

CREATE OR REPLACE FUNCTION khoacu.works(p_day date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE (SELECT d.kind FROM khoacu.calendar_day d WHERE d.day = p_day) WHEN 'off' THEN false WHEN 'work' THEN true
         ELSE extract(isodow FROM p_day) < 6 END
$$;
COMMENT ON FUNCTION khoacu.works(date) IS 'Whether a day is a working day';
CREATE OR REPLACE FUNCTION khoacu.term_end(p_from date, p_days integer) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT min(x.day)::date FROM generate_series(p_from + p_days, p_from + p_days + 60, interval '1 day') AS x (day) WHERE khoacu.works(x.day::date)
$$;
COMMENT ON FUNCTION khoacu.term_end(date, integer) IS 'Last day of a term in days of the calendar; one that would be a day off is the next working day (Civil Code, article 148)';
CREATE OR REPLACE FUNCTION khoacu.term_end_working(p_from date, p_days integer) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT x.day::date FROM generate_series(p_from + 1, p_from + 30 + 4 * p_days, interval '1 day') AS x (day)
   WHERE khoacu.works(x.day::date) ORDER BY x.day OFFSET p_days - 1 LIMIT 1
$$;
COMMENT ON FUNCTION khoacu.term_end_working(date, integer) IS 'Last day of a term in working days';
REVOKE ALL ON FUNCTION khoacu.works(date), khoacu.term_end(date, integer), khoacu.term_end_working(date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.works(date), khoacu.term_end(date, integer), khoacu.term_end_working(date, integer) TO khoacu_server, khoacu_worker;

CREATE OR REPLACE FUNCTION khoacu.result_terms(
  p_run_id bigint, p_candidate_id bigint, OUT published date, OUT first_published date, OUT appeal_until date, OUT file_until date,
  OUT decision_until date, OUT report_until date, OUT reserve_until date, OUT notice_days integer, OUT basis text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  pack jsonb;
  days jsonb;
BEGIN
  -- The term of a person runs from the release in which she first held her place.
  SELECT min(l.published_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date INTO published
    FROM khoacu.release l JOIN khoacu.release mine ON mine.cycle_id = l.cycle_id AND mine.run_id = p_run_id
   WHERE l.version <= mine.version
     AND (l.run_id = p_run_id OR EXISTS (SELECT 1 FROM khoacu.decision d WHERE d.run_id = l.run_id AND d.candidate_id = p_candidate_id AND d.outcome = 'selected'));
  SELECT k.body::jsonb, min(l.published_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date INTO pack, first_published
    FROM khoacu.release mine JOIN khoacu.cycle c ON c.cycle_id = mine.cycle_id
    JOIN khoacu.rule_pack k ON k.pack_id = c.pack_id AND k.version = c.pack_version
    JOIN khoacu.release l ON l.cycle_id = mine.cycle_id
   WHERE mine.run_id = p_run_id GROUP BY k.body;
  days := coalesce(pack -> 'calendar', '{}');
  appeal_until := khoacu.term_end(published, (days ->> 'remark_lodge_days')::integer);
  file_until := khoacu.term_end(published, (days ->> 'file_days')::integer);
  decision_until := khoacu.term_end_working(file_until, (days ->> 'decision_working_days')::integer);
  report_until := khoacu.term_end(coalesce(decision_until, file_until), (days ->> 'report_to_work_days')::integer);
  reserve_until := (first_published + make_interval(months => (pack -> 'reserve' ->> 'months')::integer))::date;
  notice_days := (days ->> 'substitute_notice_working_days')::integer;
  basis := (SELECT string_agg(b.value ->> 'ref', '; ' ORDER BY b.n) FROM jsonb_array_elements(pack -> 'basis') WITH ORDINALITY AS b (value, n)
             WHERE b.value ->> 'ref' LIKE 'Ngh%');
END
$$;
COMMENT ON FUNCTION khoacu.result_terms(bigint, bigint) IS 'The days that follow from a release by the pack''s calendar, for one candidate or (0) for the release; null: the pack does not say';
REVOKE ALL ON FUNCTION khoacu.result_terms(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.result_terms(bigint, bigint) TO khoacu_server, khoacu_worker;

CREATE OR REPLACE FUNCTION khoacu.do_result_strike_propose(
  p_strike_id bigint, p_cycle_id bigint, p_roll text, p_ground text, p_article text, p_reason text, p_staff_id bigint, p_now timestamptz,
  OUT outcome text, OUT until date, OUT basis text)
LANGUAGE plpgsql AS $$
DECLARE
  v_run_id bigint;
  v_candidate_id bigint;
  terms record;
  today date := (p_now AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
BEGIN
  PERFORM 1 FROM khoacu.cycle c WHERE c.cycle_id = p_cycle_id FOR UPDATE;
  SELECT l.run_id INTO v_run_id FROM khoacu.release l WHERE l.cycle_id = p_cycle_id ORDER BY l.version DESC LIMIT 1;
  SELECT d.candidate_id INTO v_candidate_id
    FROM khoacu.decision d JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
   WHERE d.run_id = v_run_id AND c.roll_number = p_roll AND d.outcome = 'selected';
  IF v_run_id IS NULL OR v_candidate_id IS NULL THEN
    outcome := CASE WHEN v_run_id IS NULL THEN 'no_release' ELSE 'no_winner' END;
    RETURN;
  END IF;
  terms := khoacu.result_terms(v_run_id, v_candidate_id);
  basis := terms.basis;
  until := CASE WHEN p_ground = 'no_file' AND today <= terms.file_until THEN terms.file_until
                WHEN p_ground = 'no_report' AND today <= terms.report_until THEN terms.report_until
                WHEN today > terms.reserve_until THEN terms.reserve_until END;
  outcome := CASE
    WHEN EXISTS (SELECT 1 FROM khoacu.strike_proposal p LEFT JOIN khoacu.strike_decision d ON d.strike_id = p.strike_id
                  WHERE p.candidate_id = v_candidate_id AND d.verdict IS DISTINCT FROM 'refused') THEN 'proposed_before'
    WHEN today > terms.reserve_until THEN 'late'
    WHEN until IS NOT NULL THEN 'early'
    ELSE 'recorded' END;
  IF outcome = 'recorded' THEN
    INSERT INTO khoacu.strike_proposal (strike_id, run_id, candidate_id, ground, article, reason, proposed_by, proposed_at)
    VALUES (p_strike_id, v_run_id, v_candidate_id, p_ground, p_article, p_reason, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_strike_propose IS 'Proposes to strike a winner off; outcome recorded, no_release, no_winner, proposed_before, early (her term runs) or late (the reserve has expired)';
REVOKE ALL ON FUNCTION khoacu.do_result_strike_propose FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_strike_propose TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_result_strike_decide(
  p_strike_id bigint, p_verdict text, p_reason text, p_staff_id bigint, p_step_up_id bigint, p_now timestamptz,
  OUT outcome text, OUT until date, OUT basis text)
LANGUAGE plpgsql AS $$
DECLARE
  proposal record;
  terms record;
BEGIN
  SELECT p.run_id, p.candidate_id, p.proposed_by INTO proposal
    FROM khoacu.strike_proposal p JOIN khoacu.ranking_run r ON r.run_id = p.run_id JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
   WHERE p.strike_id = p_strike_id FOR UPDATE OF c;
  IF NOT FOUND THEN
    outcome := 'no_proposal';
    RETURN;
  END IF;
  terms := khoacu.result_terms(proposal.run_id, proposal.candidate_id);
  basis := terms.basis;
  until := terms.reserve_until;
  outcome := CASE
    WHEN EXISTS (SELECT 1 FROM khoacu.strike_decision d WHERE d.strike_id = p_strike_id AND d.decided_by = p_staff_id AND d.verdict = p_verdict) THEN 'repeated'
    WHEN EXISTS (SELECT 1 FROM khoacu.strike_decision d WHERE d.strike_id = p_strike_id) THEN 'decided'
    WHEN proposal.proposed_by = p_staff_id THEN 'same_officer'
    WHEN p_verdict = 'confirmed' AND (p_now AT TIME ZONE 'Asia/Ho_Chi_Minh')::date > terms.reserve_until THEN 'late'
    ELSE 'recorded' END;
  IF outcome = 'recorded' THEN
    INSERT INTO khoacu.strike_decision (strike_id, verdict, decided_by, decided_at, reason, step_up_id)
    VALUES (p_strike_id, p_verdict, p_staff_id, p_now, p_reason, p_step_up_id);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_result_strike_decide IS 'Another person decides on a proposal; outcome recorded, repeated, no_proposal, decided, same_officer or late';
REVOKE ALL ON FUNCTION khoacu.do_result_strike_decide FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_result_strike_decide TO khoacu_server;
