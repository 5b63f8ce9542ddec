-- What the database itself holds about corrections of keys, against whoever writes: two persons for the release and for every
-- decision, a preview before it, versions one after another, challenges by those alone who sat, in time. All acts on one
-- form follow each other.

CREATE OR REPLACE FUNCTION khoacu.rekey_say(p_wrong boolean, p_words text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_wrong THEN
    RAISE EXCEPTION '%', p_words USING ERRCODE = 'check_violation';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.rekey_say(boolean, text) IS 'Refuses with these words where it is wrong';

CREATE OR REPLACE FUNCTION khoacu.rekey_newest(p_form_id bigint) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(v.version), 0) FROM khoacu.form_key_version v WHERE v.form_id = p_form_id
$$;
COMMENT ON FUNCTION khoacu.rekey_newest(bigint) IS 'The newest version of a form''s key; 0: it was never released';

-- Confirmed, but not every sitting has been scored by it.
CREATE OR REPLACE FUNCTION khoacu.rekey_pending(p_form_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM khoacu.key_proposal p JOIN khoacu.key_verdict d ON d.proposal_id = p.proposal_id AND d.verdict = 'confirmed'
                  WHERE p.form_id = p_form_id
                    AND EXISTS (SELECT 1 FROM khoacu.key_proposal_item i WHERE i.proposal_id = p.proposal_id AND i.decision <> 'stands')
                    AND NOT EXISTS (SELECT 1 FROM khoacu.form_key_version v JOIN khoacu.form_key_applied a USING (form_id, version)
                                     WHERE v.proposal_id = p.proposal_id))
$$;
COMMENT ON FUNCTION khoacu.rekey_pending(bigint) IS 'Whether a confirmed correction of the form''s key is still being applied';

-- A list that was computed before a key was corrected says what no longer holds.
CREATE OR REPLACE FUNCTION khoacu.rekey_overtook(p_run_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM khoacu.ranking_run r JOIN khoacu.form f ON f.cycle_id = r.cycle_id
                  WHERE r.run_id = p_run_id
                    AND (khoacu.rekey_pending(f.form_id)
                         OR EXISTS (SELECT 1 FROM khoacu.form_key_applied a
                                     WHERE a.form_id = f.form_id AND a.version > 1 AND a.applied_at > r.computed_at)))
$$;
COMMENT ON FUNCTION khoacu.rekey_overtook(bigint) IS 'Whether a key of the cycle was corrected after the run was asked for';

CREATE OR REPLACE FUNCTION khoacu.release_key_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM rekey_say(rekey_overtook(NEW.run_id), 'a key was corrected after this list was computed');
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.release_key_guard() IS 'Keeps lists back that were computed before a key was corrected';
REVOKE ALL ON FUNCTION khoacu.release_key_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER release_key_guard BEFORE INSERT ON khoacu.release FOR EACH ROW EXECUTE FUNCTION khoacu.release_key_guard();

CREATE OR REPLACE FUNCTION khoacu.key_review_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(NEW.form_id);
  PERFORM rekey_say(NOT EXISTS (SELECT 1 FROM shift s WHERE s.form_id = NEW.form_id)
                    OR EXISTS (SELECT 1 FROM shift s WHERE s.form_id = NEW.form_id AND s.state <> 'closed'),
                    'a key is reviewed when every shift of the form is closed');
  PERFORM rekey_say(EXISTS (SELECT 1 FROM key_review r LEFT JOIN key_review_verdict v ON v.review_id = r.review_id
                             WHERE r.form_id = NEW.form_id AND v.verdict IS DISTINCT FROM 'refused'),
                    'the form has a review');
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.key_review_guard() IS 'Holds reviews back until every shift of the form is closed; one a form';
REVOKE ALL ON FUNCTION khoacu.key_review_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER key_review_guard BEFORE INSERT ON khoacu.key_review FOR EACH ROW EXECUTE FUNCTION khoacu.key_review_guard();

CREATE OR REPLACE FUNCTION khoacu.key_review_verdict_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM rekey_say(EXISTS (SELECT 1 FROM key_review r WHERE r.review_id = NEW.review_id AND r.opened_by = NEW.decided_by),
                    'a key is released by another person than the one who asked for it');
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.key_review_verdict_guard() IS 'Two persons release a key';
REVOKE ALL ON FUNCTION khoacu.key_review_verdict_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER key_review_verdict_guard BEFORE INSERT ON khoacu.key_review_verdict
  FOR EACH ROW EXECUTE FUNCTION khoacu.key_review_verdict_guard();

CREATE OR REPLACE FUNCTION khoacu.key_challenge_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  review record;
BEGIN
  PERFORM pg_advisory_xact_lock(NEW.candidate_id);
  SELECT r.form_id, r.opens_at, r.closes_at INTO review FROM key_review r WHERE r.review_id = NEW.review_id;
  PERFORM rekey_say(NOT EXISTS (SELECT 1 FROM form_key_version v WHERE v.review_id = NEW.review_id AND v.version = 1), 'the key is not released');
  PERFORM rekey_say(clock_timestamp() NOT BETWEEN review.opens_at AND review.closes_at, 'a question is challenged while the review is open');
  PERFORM rekey_say(NOT EXISTS (SELECT 1 FROM sitting t JOIN shift s ON s.shift_id = t.shift_id
                                 WHERE t.candidate_id = NEW.candidate_id AND s.form_id = review.form_id AND t.state IN ('submitted', 'closed')),
                    'a question is challenged by who sat it');
  PERFORM rekey_say(NOT EXISTS (SELECT 1 FROM form_position p WHERE p.form_id = review.form_id AND p.position = NEW.position), 'the form has no such question');
  PERFORM rekey_say(EXISTS (SELECT 1 FROM key_challenge c
                             WHERE c.review_id = NEW.review_id AND c.candidate_id = NEW.candidate_id AND c.position = NEW.position
                               AND NOT EXISTS (SELECT 1 FROM key_challenge_withdrawal w WHERE w.challenge_id = c.challenge_id)),
                    'one challenge a question and candidate');
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.key_challenge_guard() IS 'Challenges come from who sat the form, in time, one a question';
REVOKE ALL ON FUNCTION khoacu.key_challenge_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER key_challenge_guard BEFORE INSERT ON khoacu.key_challenge FOR EACH ROW EXECUTE FUNCTION khoacu.key_challenge_guard();

CREATE OR REPLACE FUNCTION khoacu.key_challenge_withdrawal_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM rekey_say(EXISTS (SELECT 1 FROM key_challenge c JOIN key_review r ON r.review_id = c.review_id
                             WHERE c.challenge_id = NEW.challenge_id AND clock_timestamp() > r.closes_at),
                    'a challenge is taken back while the review is open');
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.key_challenge_withdrawal_guard() IS 'Challenges are taken back in time';
REVOKE ALL ON FUNCTION khoacu.key_challenge_withdrawal_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER key_challenge_withdrawal_guard BEFORE INSERT ON khoacu.key_challenge_withdrawal
  FOR EACH ROW EXECUTE FUNCTION khoacu.key_challenge_withdrawal_guard();

CREATE OR REPLACE FUNCTION khoacu.key_proposal_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(NEW.form_id);
  PERFORM rekey_say(NEW.base_version <> rekey_newest(NEW.form_id) OR rekey_pending(NEW.form_id), 'a proposal changes the newest version of a released key');
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.key_proposal_guard() IS 'Proposals stand on the newest version of a released key';
REVOKE ALL ON FUNCTION khoacu.key_proposal_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER key_proposal_guard BEFORE INSERT ON khoacu.key_proposal FOR EACH ROW EXECUTE FUNCTION khoacu.key_proposal_guard();

CREATE OR REPLACE FUNCTION khoacu.key_proposal_item_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(NEW.proposal_id);
  PERFORM rekey_say(EXISTS (SELECT 1 FROM key_preview v WHERE v.proposal_id = NEW.proposal_id)
                    OR EXISTS (SELECT 1 FROM key_verdict d WHERE d.proposal_id = NEW.proposal_id), 'a proposal holds what it was made with');
  PERFORM rekey_say(NOT EXISTS (SELECT 1 FROM key_proposal p JOIN form_position f ON f.form_id = p.form_id
                                 WHERE p.proposal_id = NEW.proposal_id AND f.position = NEW.position), 'the form has no such question');
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.key_proposal_item_guard() IS 'Lets nothing into a proposal whose effect was computed';
REVOKE ALL ON FUNCTION khoacu.key_proposal_item_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER key_proposal_item_guard BEFORE INSERT ON khoacu.key_proposal_item
  FOR EACH ROW EXECUTE FUNCTION khoacu.key_proposal_item_guard();

CREATE OR REPLACE FUNCTION khoacu.key_verdict_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  proposal record;
BEGIN
  SELECT p.form_id, p.base_version, p.proposed_by INTO proposal FROM key_proposal p WHERE p.proposal_id = NEW.proposal_id;
  PERFORM pg_advisory_xact_lock(proposal.form_id);
  PERFORM rekey_say(proposal.proposed_by = NEW.decided_by, 'a proposal is decided by another person than the one who made it');
  IF NEW.verdict = 'confirmed' THEN
    PERFORM rekey_say(NOT EXISTS (SELECT 1 FROM key_preview v WHERE v.proposal_id = NEW.proposal_id), 'the effect is looked at before it is confirmed');
    PERFORM rekey_say(proposal.base_version <> rekey_newest(proposal.form_id) OR rekey_pending(proposal.form_id), 'the key has changed since');
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.key_verdict_guard() IS 'Two persons decide, the second after the preview, on the key as it is';
REVOKE ALL ON FUNCTION khoacu.key_verdict_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER key_verdict_guard BEFORE INSERT ON khoacu.key_verdict FOR EACH ROW EXECUTE FUNCTION khoacu.key_verdict_guard();

CREATE OR REPLACE FUNCTION khoacu.form_key_version_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(NEW.form_id);
  PERFORM rekey_say(NEW.version <> rekey_newest(NEW.form_id) + 1, 'versions of a key follow one another');
  PERFORM rekey_say(NEW.version = 1 AND NOT EXISTS (SELECT 1 FROM key_review_verdict v WHERE v.review_id = NEW.review_id AND v.verdict = 'released'),
                    'a key leaves the vault when two persons release it');
  PERFORM rekey_say(NEW.version > 1 AND NOT EXISTS (
                      SELECT 1 FROM key_proposal p JOIN key_verdict d ON d.proposal_id = p.proposal_id
                       WHERE p.proposal_id = NEW.proposal_id AND p.form_id = NEW.form_id AND p.review_id = NEW.review_id
                         AND p.base_version = NEW.version - 1 AND d.verdict = 'confirmed' AND d.decided_by <> p.proposed_by),
                    'a key is corrected when two persons decide it');
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.form_key_version_guard() IS 'Holds versions of keys to what two persons released or decided';
REVOKE ALL ON FUNCTION khoacu.form_key_version_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER form_key_version_guard BEFORE INSERT ON khoacu.form_key_version
  FOR EACH ROW EXECUTE FUNCTION khoacu.form_key_version_guard();

CREATE OR REPLACE FUNCTION khoacu.form_key_item_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM rekey_say(EXISTS (SELECT 1 FROM form_key_applied a WHERE a.form_id = NEW.form_id AND a.version >= NEW.version), 'a version of a key holds what it was made with');
  PERFORM rekey_say(NEW.version > 1 AND NEW.decision <> coalesce(
                      (SELECT CASE i.decision WHEN 'stands' THEN NULL ELSE i.decision END
                         FROM form_key_version v JOIN key_proposal_item i ON i.proposal_id = v.proposal_id AND i.position = NEW.position
                        WHERE v.form_id = NEW.form_id AND v.version = NEW.version),
                      (SELECT b.decision FROM form_key_item b WHERE b.form_id = NEW.form_id AND b.version = NEW.version - 1 AND b.position = NEW.position)),
                    'a version of a key says what was decided');
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.form_key_item_guard() IS 'Holds a version of a key to the decisions behind it';
REVOKE ALL ON FUNCTION khoacu.form_key_item_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER form_key_item_guard BEFORE INSERT ON khoacu.form_key_item FOR EACH ROW EXECUTE FUNCTION khoacu.form_key_item_guard();

-- No right of any role is needed to be refused here: the owner of the tables is too.
CREATE OR REPLACE FUNCTION khoacu.rekey_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was said about keys is never changed: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'check_violation';
END
$$;
COMMENT ON FUNCTION khoacu.rekey_refuse() IS 'Refuses to change or delete reviews, decisions, versions of keys and scores';
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.key_review FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.key_review_verdict FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.key_proposal FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.key_proposal_item FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.key_verdict FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.form_key_version FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.form_key_item FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.form_key_applied FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.key_challenge FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();
CREATE OR REPLACE TRIGGER rekey_refuse BEFORE UPDATE OR DELETE ON khoacu.sitting_score FOR EACH ROW EXECUTE FUNCTION khoacu.rekey_refuse();

-- ---- acts, with the word of what became of them ----

CREATE OR REPLACE FUNCTION khoacu.do_rekey_review_open(
  p_review_id bigint, p_form_id bigint, p_opens_at timestamptz, p_closes_at timestamptz, p_reason text, p_staff_id bigint, p_now timestamptz,
  OUT outcome text)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(p_form_id);
  outcome := CASE
    WHEN NOT EXISTS (SELECT 1 FROM khoacu.form f WHERE f.form_id = p_form_id) THEN 'unknown'
    WHEN NOT EXISTS (SELECT 1 FROM khoacu.shift s WHERE s.form_id = p_form_id)
      OR EXISTS (SELECT 1 FROM khoacu.shift s WHERE s.form_id = p_form_id AND s.state <> 'closed') THEN 'not_closed'
    WHEN EXISTS (SELECT 1 FROM khoacu.key_review r LEFT JOIN khoacu.key_review_verdict v ON v.review_id = r.review_id
                  WHERE r.form_id = p_form_id AND v.verdict IS DISTINCT FROM 'refused') THEN 'exists'
    ELSE 'done' END;
  IF outcome = 'done' THEN
    INSERT INTO khoacu.key_review (review_id, form_id, opens_at, closes_at, reason, opened_by, opened_at)
    VALUES (p_review_id, p_form_id, p_opens_at, p_closes_at, p_reason, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_rekey_review_open IS 'Asks for a review of a form''s key; outcome done, unknown, not_closed or exists';

CREATE OR REPLACE FUNCTION khoacu.do_rekey_review_decide(
  p_review_id bigint, p_verdict text, p_reason text, p_staff_id bigint, p_now timestamptz, OUT outcome text, OUT form_id bigint, OUT cycle_id bigint)
LANGUAGE plpgsql AS $$
DECLARE
  review record;
BEGIN
  SELECT r.form_id, r.opened_by, f.cycle_id INTO review
    FROM khoacu.key_review r JOIN khoacu.form f ON f.form_id = r.form_id WHERE r.review_id = p_review_id;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN;
  END IF;
  form_id := review.form_id;
  cycle_id := review.cycle_id;
  PERFORM pg_advisory_xact_lock(review.form_id);
  outcome := CASE
    WHEN EXISTS (SELECT 1 FROM khoacu.key_review_verdict v WHERE v.review_id = p_review_id) THEN 'decided'
    WHEN review.opened_by = p_staff_id THEN 'same_person'
    ELSE 'done' END;
  IF outcome = 'done' THEN
    INSERT INTO khoacu.key_review_verdict (review_id, verdict, reason, decided_by, decided_at)
    VALUES (p_review_id, p_verdict, p_reason, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_rekey_review_decide IS 'The second person''s word on a review; outcome done, unknown, decided or same_person';

CREATE OR REPLACE FUNCTION khoacu.do_rekey_challenge_file(
  p_challenge_id bigint, p_candidate_id bigint, p_form_id bigint, p_position smallint, p_reason text, p_source text, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  review record;
  last record;
BEGIN
  PERFORM pg_advisory_xact_lock(p_candidate_id);
  SELECT r.review_id, r.opens_at, r.closes_at INTO review
    FROM khoacu.key_review r JOIN khoacu.form_key_version v ON v.review_id = r.review_id AND v.version = 1 WHERE r.form_id = p_form_id;
  SELECT c.turn, EXISTS (SELECT 1 FROM khoacu.key_challenge_withdrawal w WHERE w.challenge_id = c.challenge_id) AS withdrawn INTO last
    FROM khoacu.key_challenge c
   WHERE c.review_id = review.review_id AND c.candidate_id = p_candidate_id AND c.position = p_position ORDER BY c.turn DESC LIMIT 1;
  outcome := CASE
    WHEN review.review_id IS NULL THEN 'none'
    WHEN clock_timestamp() < review.opens_at THEN 'early'
    WHEN clock_timestamp() > review.closes_at THEN 'late'
    WHEN NOT EXISTS (SELECT 1 FROM khoacu.sitting t JOIN khoacu.shift s ON s.shift_id = t.shift_id
                      WHERE t.candidate_id = p_candidate_id AND s.form_id = p_form_id AND t.state IN ('submitted', 'closed')) THEN 'not_sat'
    WHEN NOT last.withdrawn THEN 'exists'
    WHEN last.turn >= 5 THEN 'limit'
    ELSE 'done' END;
  IF outcome = 'done' THEN
    INSERT INTO khoacu.key_challenge (challenge_id, review_id, candidate_id, position, turn, reason, source, filed_at)
    VALUES (p_challenge_id, review.review_id, p_candidate_id, p_position, coalesce(last.turn, 0) + 1, p_reason, p_source, clock_timestamp());
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_rekey_challenge_file IS 'Files a challenge; outcome done, none, early, late, not_sat, exists or limit';

CREATE OR REPLACE FUNCTION khoacu.do_rekey_challenge_withdraw(p_challenge_id bigint, p_candidate_id bigint, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  closes timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(p_candidate_id);
  SELECT r.closes_at INTO closes FROM khoacu.key_challenge c JOIN khoacu.key_review r ON r.review_id = c.review_id
   WHERE c.challenge_id = p_challenge_id AND c.candidate_id = p_candidate_id;
  outcome := CASE
    WHEN closes IS NULL THEN 'none'
    WHEN EXISTS (SELECT 1 FROM khoacu.key_challenge_withdrawal w WHERE w.challenge_id = p_challenge_id) THEN 'again'
    WHEN clock_timestamp() > closes THEN 'late'
    ELSE 'done' END;
  IF outcome = 'done' THEN
    INSERT INTO khoacu.key_challenge_withdrawal (challenge_id, withdrawn_at) VALUES (p_challenge_id, clock_timestamp());
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_rekey_challenge_withdraw IS 'Takes a candidate''s own challenge back; outcome done, again, none or late';

CREATE OR REPLACE FUNCTION khoacu.do_rekey_propose(
  p_proposal_id bigint, p_review_id bigint, p_reason text, p_staff_id bigint, p_now timestamptz,
  p_positions bigint[], p_decisions text[], p_keys text[], p_reasons text[], OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  v_form_id bigint;
  newest integer;
BEGIN
  SELECT r.form_id INTO v_form_id FROM khoacu.key_review r WHERE r.review_id = p_review_id;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(v_form_id);
  newest := khoacu.rekey_newest(v_form_id);
  outcome := CASE WHEN newest = 0 THEN 'not_released' WHEN khoacu.rekey_pending(v_form_id) THEN 'pending' ELSE 'done' END;
  IF outcome = 'done' THEN
    INSERT INTO khoacu.key_proposal (proposal_id, review_id, form_id, base_version, reason, proposed_by, proposed_at)
    VALUES (p_proposal_id, p_review_id, v_form_id, newest, p_reason, p_staff_id, p_now);
    INSERT INTO khoacu.key_proposal_item (proposal_id, position, decision, keys, reason)
    SELECT p_proposal_id, i.position, i.decision, i.keys, i.reason
      FROM unnest(p_positions, p_decisions, p_keys, p_reasons) AS i (position, decision, keys, reason);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_rekey_propose IS 'Proposes decisions on questions; outcome done, unknown, not_released or pending';

CREATE OR REPLACE FUNCTION khoacu.do_rekey_decide(
  p_proposal_id bigint, p_verdict text, p_reason text, p_staff_id bigint, p_now timestamptz,
  OUT outcome text, OUT form_id bigint, OUT cycle_id bigint, OUT changes boolean)
LANGUAGE plpgsql AS $$
DECLARE
  proposal record;
BEGIN
  SELECT p.form_id, p.base_version, p.proposed_by, f.cycle_id INTO proposal
    FROM khoacu.key_proposal p JOIN khoacu.form f ON f.form_id = p.form_id WHERE p.proposal_id = p_proposal_id;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN;
  END IF;
  form_id := proposal.form_id;
  cycle_id := proposal.cycle_id;
  changes := EXISTS (SELECT 1 FROM khoacu.key_proposal_item i WHERE i.proposal_id = p_proposal_id AND i.decision <> 'stands');
  PERFORM pg_advisory_xact_lock(proposal.form_id);
  outcome := CASE
    WHEN EXISTS (SELECT 1 FROM khoacu.key_verdict d WHERE d.proposal_id = p_proposal_id) THEN 'decided'
    WHEN proposal.proposed_by = p_staff_id THEN 'same_person'
    WHEN p_verdict = 'refused' THEN 'done'
    WHEN NOT EXISTS (SELECT 1 FROM khoacu.key_preview v WHERE v.proposal_id = p_proposal_id) THEN 'no_preview'
    WHEN khoacu.rekey_pending(proposal.form_id) THEN 'pending'
    WHEN proposal.base_version <> khoacu.rekey_newest(proposal.form_id) THEN 'stale'
    ELSE 'done' END;
  IF outcome = 'done' THEN
    INSERT INTO khoacu.key_verdict (proposal_id, verdict, reason, decided_by, decided_at)
    VALUES (p_proposal_id, p_verdict, p_reason, p_staff_id, p_now);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_rekey_decide IS 'The second person''s word on a proposal; outcome done, unknown, decided, same_person, no_preview, pending or stale';
