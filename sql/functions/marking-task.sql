-- What lies before one examiner. A task is a script that is assigned to her, or a sample under a code of its own; nothing that is
-- given out tells a seed from a live script.

CREATE OR REPLACE FUNCTION khoacu.script_random_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT ('x' || left(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex'), 16))::bit(64)::bigint
         & 9223372036854775807
$$;
COMMENT ON FUNCTION khoacu.script_random_id() IS 'A random code of 63 bits, as scripts have';
REVOKE ALL ON FUNCTION khoacu.script_random_id() FROM PUBLIC;

-- Whether an examiner may mark live scripts of a part: open; qualify: not yet; stopped: not before the chief marker's word.
CREATE OR REPLACE FUNCTION khoacu.script_marker_state(p_marker_id bigint, p_cycle_id bigint, p_component text, p_question smallint)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_std record;
  v_since timestamptz;
  v_passed boolean;
  v_failed integer;
  v_misses integer;
BEGIN
  SELECT d.qualify_scripts, d.qualify_passes, d.chances, d.seed_misses INTO v_std FROM script_standard d
   WHERE d.cycle_id = p_cycle_id AND d.component = p_component AND d.question = p_question ORDER BY d.version DESC LIMIT 1;
  IF NOT FOUND THEN
    RETURN 'open';
  END IF;
  SELECT max(r.released_at) INTO v_since FROM script_release r
   WHERE r.cycle_id = p_cycle_id AND r.component = p_component AND r.question = p_question AND r.marker_id = p_marker_id;
  IF v_std.qualify_scripts > 0 AND v_since IS NULL THEN
    SELECT coalesce(bool_or(good >= v_std.qualify_passes AND done >= v_std.qualify_scripts), false),
           count(*) FILTER (WHERE done - good > v_std.qualify_scripts - v_std.qualify_passes)
      INTO v_passed, v_failed
      FROM (SELECT t.chance, count(*) AS done, count(*) FILTER (WHERE f.within) AS good
              FROM script_trial t JOIN script_sample p ON p.sample_id = t.sample_id AND p.purpose = 'qualification'
              JOIN script s ON s.blind_id = p.blind_id JOIN script_trial_final f ON f.trial_id = t.trial_id
             WHERE t.marker_id = p_marker_id AND s.cycle_id = p_cycle_id AND s.component = p_component AND s.question = p_question
             GROUP BY t.chance) c;
    IF NOT v_passed THEN
      RETURN CASE WHEN v_failed >= v_std.chances THEN 'stopped' ELSE 'qualify' END;
    END IF;
  END IF;
  SELECT count(*) FILTER (WHERE NOT l.within) INTO v_misses
    FROM (SELECT f.within
            FROM script_trial t JOIN script_sample p ON p.sample_id = t.sample_id AND p.purpose = 'seed'
            JOIN script s ON s.blind_id = p.blind_id JOIN script_trial_final f ON f.trial_id = t.trial_id
           WHERE t.marker_id = p_marker_id AND s.cycle_id = p_cycle_id AND s.component = p_component AND s.question = p_question
             AND f.final_at > coalesce(v_since, '-infinity')
           ORDER BY f.final_at DESC, f.trial_id LIMIT v_std.seed_misses) l;
  RETURN CASE WHEN v_misses >= v_std.seed_misses THEN 'stopped' ELSE 'open' END;
END
$$;
COMMENT ON FUNCTION khoacu.script_marker_state IS 'open, qualify or stopped: whether an examiner may mark live scripts of a part';
REVOKE ALL ON FUNCTION khoacu.script_marker_state FROM PUBLIC;

-- What a code is to an examiner; blind_id null: nothing. Round 0: a sample.
CREATE OR REPLACE FUNCTION khoacu.script_task(
  p_task_id bigint, p_marker_id bigint, OUT blind_id bigint, OUT marking_round smallint, OUT purpose text, OUT cycle_id bigint,
  OUT component text, OUT question smallint, OUT mark_max numeric, OUT mark_step numeric, OUT last_revision integer, OUT marked boolean,
  OUT final boolean, OUT state text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  SELECT a.blind_id, a.marking_round, 'live' INTO blind_id, marking_round, purpose FROM marking_assigned(p_task_id, p_marker_id) a;
  IF blind_id IS NOT NULL THEN
    SELECT m.revision, m.marker_id = p_marker_id INTO last_revision, marked FROM mark m
     WHERE m.blind_id = script_task.blind_id AND m.marking_round = script_task.marking_round ORDER BY m.revision DESC LIMIT 1;
    final := EXISTS (SELECT 1 FROM mark_final f WHERE f.blind_id = script_task.blind_id AND f.marking_round = script_task.marking_round);
  ELSE
    SELECT p.blind_id, 0, p.purpose INTO blind_id, marking_round, purpose
      FROM script_trial t JOIN script_sample p ON p.sample_id = t.sample_id
     WHERE t.trial_id = p_task_id AND t.marker_id = p_marker_id
       AND NOT EXISTS (SELECT 1 FROM script_trial_return r WHERE r.trial_id = t.trial_id);
    IF NOT FOUND THEN
      RETURN;
    END IF;
    SELECT max(m.revision), true INTO last_revision, marked FROM script_trial_mark m WHERE m.trial_id = p_task_id HAVING count(*) > 0;
    final := EXISTS (SELECT 1 FROM script_trial_final f WHERE f.trial_id = p_task_id);
  END IF;
  last_revision := coalesce(last_revision, 0);
  marked := coalesce(marked, false); -- who had the script before her is not her
  SELECT s.cycle_id, s.component, s.question, s.mark_max, s.mark_step INTO cycle_id, component, question, mark_max, mark_step
    FROM script s WHERE s.blind_id = script_task.blind_id;
  state := CASE WHEN purpose IN ('live', 'seed') THEN script_marker_state(p_marker_id, cycle_id, component, question) ELSE 'open' END;
END
$$;
COMMENT ON FUNCTION khoacu.script_task IS 'What a code is to an examiner; blind_id is null when it is nothing to her';
REVOKE ALL ON FUNCTION khoacu.script_task FROM PUBLIC;

-- Gives an examiner the samples that are due, before she looks: all seeds of a share at once, under random codes, so that
-- neither place nor time tells one.
CREATE OR REPLACE FUNCTION khoacu.do_script_trials_issue(p_marker_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_part record;
  v_state text;
  v_chance smallint;
  v_want bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(p_marker_id);
  FOR v_part IN
    SELECT q.cycle_id, q.component, q.question, d.qualify_scripts, d.qualify_passes, d.seed_every
      FROM marking_marker_part q
      JOIN LATERAL (SELECT z.qualify_scripts, z.qualify_passes, z.seed_every FROM script_standard z
                     WHERE z.cycle_id = q.cycle_id AND z.component = q.component AND z.question = q.question
                     ORDER BY z.version DESC LIMIT 1) d ON true
     WHERE q.marker_id = p_marker_id AND NOT EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = q.cycle_id)
  LOOP
    v_state := script_marker_state(p_marker_id, v_part.cycle_id, v_part.component, v_part.question);
    IF v_state = 'qualify' THEN
      PERFORM script_trials_draw(p_marker_id, v_part.cycle_id, v_part.component, v_part.question, 'practice', 1::smallint, 100);
      SELECT 1 + count(*) FILTER (WHERE c.done - c.good > v_part.qualify_scripts - v_part.qualify_passes), coalesce(sum(c.issued), 0)
        INTO v_chance, v_want
        FROM (SELECT count(*) AS issued, count(f.trial_id) AS done, count(*) FILTER (WHERE f.within) AS good
                FROM script_trial t JOIN script_sample p ON p.sample_id = t.sample_id AND p.purpose = 'qualification'
                JOIN script s ON s.blind_id = p.blind_id LEFT JOIN script_trial_final f ON f.trial_id = t.trial_id
               WHERE t.marker_id = p_marker_id AND s.cycle_id = v_part.cycle_id AND s.component = v_part.component
                 AND s.question = v_part.question
                 AND NOT EXISTS (SELECT 1 FROM script_trial_return r WHERE r.trial_id = t.trial_id)
               GROUP BY t.chance) c;
      v_want := v_chance::bigint * v_part.qualify_scripts - v_want; -- fewer than a whole set where one was handed back
      IF v_want > 0
         AND script_samples_left(p_marker_id, v_part.cycle_id, v_part.component, v_part.question, 'qualification') >= v_want THEN
        PERFORM script_trials_draw(p_marker_id, v_part.cycle_id, v_part.component, v_part.question, 'qualification', v_chance,
                                   v_want::integer);
      END IF;
    ELSIF v_state = 'open' AND v_part.seed_every > 0 THEN
      SELECT (SELECT count(*) FROM marking_assignment a JOIN script s ON s.blind_id = a.blind_id
               WHERE a.marker_id = p_marker_id AND s.cycle_id = v_part.cycle_id AND s.component = v_part.component
                 AND s.question = v_part.question) / v_part.seed_every - count(*) INTO v_want
        FROM script_trial t JOIN script_sample p ON p.sample_id = t.sample_id AND p.purpose = 'seed'
        JOIN script s ON s.blind_id = p.blind_id
       WHERE t.marker_id = p_marker_id AND s.cycle_id = v_part.cycle_id AND s.component = v_part.component
         AND s.question = v_part.question
         AND NOT EXISTS (SELECT 1 FROM script_trial_return r WHERE r.trial_id = t.trial_id);
      IF v_want > 0 THEN
        PERFORM script_trials_draw(p_marker_id, v_part.cycle_id, v_part.component, v_part.question, 'seed', 1::smallint, v_want::integer);
      END IF;
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION khoacu.do_script_trials_issue IS 'Gives an examiner the samples that are due to her';
REVOKE ALL ON FUNCTION khoacu.do_script_trials_issue FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_script_trials_issue TO khoacu_server;

-- Samples that an examiner has not had and does not mark herself.
CREATE OR REPLACE FUNCTION khoacu.script_samples_of(
  p_marker_id bigint, p_cycle_id bigint, p_component text, p_question smallint, p_purpose text)
RETURNS TABLE (sample_id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT p.sample_id
    FROM script_sample p JOIN script s ON s.blind_id = p.blind_id
   WHERE s.cycle_id = p_cycle_id AND s.component = p_component AND s.question = p_question AND p.purpose = p_purpose
     AND p.chosen_by <> p_marker_id
     AND NOT EXISTS (SELECT 1 FROM script_trial t WHERE t.marker_id = p_marker_id AND t.sample_id = p.sample_id)
     AND NOT EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = p.blind_id AND a.marker_id = p_marker_id)
$$;
COMMENT ON FUNCTION khoacu.script_samples_of IS 'Samples of a purpose that an examiner may still be given';
REVOKE ALL ON FUNCTION khoacu.script_samples_of FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.script_samples_left(
  p_marker_id bigint, p_cycle_id bigint, p_component text, p_question smallint, p_purpose text)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT count(*) FROM script_samples_of(p_marker_id, p_cycle_id, p_component, p_question, p_purpose)
$$;
COMMENT ON FUNCTION khoacu.script_samples_left IS 'How many samples of a purpose an examiner may still be given';
REVOKE ALL ON FUNCTION khoacu.script_samples_left FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.script_trials_draw(
  p_marker_id bigint, p_cycle_id bigint, p_component text, p_question smallint, p_purpose text, p_chance smallint, p_count integer)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  INSERT INTO script_trial (trial_id, marker_id, sample_id, chance, issued_at)
  SELECT script_random_id(), p_marker_id, d.sample_id, p_chance, clock_timestamp()
    FROM (SELECT l.sample_id FROM script_samples_of(p_marker_id, p_cycle_id, p_component, p_question, p_purpose) l
           ORDER BY script_random_id() LIMIT p_count) d
$$;
COMMENT ON FUNCTION khoacu.script_trials_draw IS 'Gives an examiner so many samples of a purpose, drawn at random';
REVOKE ALL ON FUNCTION khoacu.script_trials_draw FROM PUBLIC;

-- The parts that an examiner marks in, with what she may do there.
CREATE OR REPLACE FUNCTION khoacu.script_marker_parts(p_marker_id bigint)
RETURNS TABLE (cycle_id bigint, component text, question smallint, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT q.cycle_id, q.component, q.question, script_marker_state(p_marker_id, q.cycle_id, q.component, q.question)
    FROM marking_marker_part q WHERE q.marker_id = p_marker_id
$$;
COMMENT ON FUNCTION khoacu.script_marker_parts IS 'Parts that an examiner marks in and whether she may';
REVOKE ALL ON FUNCTION khoacu.script_marker_parts FROM PUBLIC;

-- A script as an examiner has it before her in a round; what another had entered before her is not hers. Without settings of its own,
-- so that it becomes a part of the question that asks for it.
CREATE OR REPLACE FUNCTION khoacu.script_work(p_blind_id bigint, p_round smallint, p_marker_id bigint)
RETURNS TABLE (part text, component text, question smallint, mark_max numeric, mark_step numeric, revision integer, status text, note text,
               value numeric, criteria numeric[], seconds integer, entered_at timestamptz, final_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT s.cycle_id || '/' || s.component || '/' || s.question, s.component, s.question, s.mark_max, s.mark_step, coalesce(k.revision, 0),
         m.status, m.note, m.value, m.criteria, m.seconds, m.entered_at, f.final_at
    FROM khoacu.script s
    LEFT JOIN LATERAL (SELECT z.revision, z.marker_id, z.status, z.note, z.value, z.criteria, z.seconds, z.entered_at FROM khoacu.mark z
                        WHERE z.blind_id = p_blind_id AND z.marking_round = p_round
                        ORDER BY z.blind_id DESC, z.marking_round DESC, z.revision DESC LIMIT 1) k ON true
    LEFT JOIN LATERAL (SELECT k.status, k.note, k.value, k.criteria, k.seconds, k.entered_at WHERE k.marker_id = p_marker_id) m ON true
    LEFT JOIN khoacu.mark_final f ON f.blind_id = p_blind_id AND f.marking_round = p_round
   WHERE s.blind_id = p_blind_id
$$;
COMMENT ON FUNCTION khoacu.script_work IS 'A script as an examiner has it before her in a round, for functions of the schema alone';
REVOKE ALL ON FUNCTION khoacu.script_work FROM PUBLIC;
CREATE OR REPLACE FUNCTION khoacu.script_wanted(p_filter text, p_status text, p_final_at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_filter WHEN 'waiting' THEN p_status IS NULL WHEN 'marked' THEN p_status IS NOT NULL
                       WHEN 'draft' THEN p_status IS NOT NULL AND p_final_at IS NULL WHEN 'final' THEN p_final_at IS NOT NULL ELSE true END
$$;
COMMENT ON FUNCTION khoacu.script_wanted IS 'Whether a filter (marking_filter) names a script in this state';
REVOKE ALL ON FUNCTION khoacu.script_wanted FROM PUBLIC;

-- The tasks of an examiner by code, behind one of them, so many of those that a filter names. Live scripts that she may not mark yet
-- are not among them. Live scripts, those of appeals (with codes of their own) and samples are taken apart, so that each stops when it
-- has a page; in plpgsql, which keeps their plans, and along the indexes, because plans for few examiners read every script.
CREATE OR REPLACE FUNCTION khoacu.script_tasks(
  p_marker_id bigint, p_after bigint DEFAULT 0, p_filter text DEFAULT 'all', p_limit bigint DEFAULT NULL)
RETURNS TABLE (task_id bigint, purpose text, component text, question smallint, mark_max numeric, mark_step numeric, revision integer,
               status text, note text, value numeric, criteria numeric[], seconds integer, entered_at timestamptz, final_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
  -- Parts that she must not mark in now, as "cycle/component/question".
  v_held text[] := ARRAY(SELECT q.cycle_id || '/' || q.component || '/' || q.question FROM script_marker_parts(p_marker_id) q WHERE q.state <> 'open');
BEGIN
  RETURN QUERY
  SELECT l.task_id, l.purpose, l.component, l.question, l.mark_max, l.mark_step, l.revision, l.status, l.note, l.value, l.criteria, l.seconds,
         l.entered_at, l.final_at
    FROM ((SELECT a.blind_id AS task_id, 'live'::text AS purpose, w.*
             FROM marking_assignment a CROSS JOIN LATERAL script_work(a.blind_id, a.marking_round, p_marker_id) w
            WHERE a.marker_id = p_marker_id AND a.blind_id > p_after
              AND NOT (a.marking_round BETWEEN 6 AND 8 AND EXISTS (SELECT 1 FROM appeal_code n WHERE n.blind_id = a.blind_id))
              AND (w.status IS NOT NULL OR NOT w.part = ANY (v_held)) AND script_wanted(p_filter, w.status, w.final_at)
            ORDER BY a.blind_id LIMIT p_limit)
          UNION ALL
          (SELECT n.code, 'live', w.*
             FROM appeal_code n
             JOIN marking_assignment a ON a.blind_id = n.blind_id AND a.marking_round BETWEEN 6 AND 8 AND a.marker_id = p_marker_id
            CROSS JOIN LATERAL script_work(a.blind_id, a.marking_round, p_marker_id) w
            WHERE n.code > p_after AND (w.status IS NOT NULL OR NOT w.part = ANY (v_held)) AND script_wanted(p_filter, w.status, w.final_at)
            ORDER BY n.code LIMIT p_limit)
          UNION ALL
          (SELECT t.trial_id, CASE d.purpose WHEN 'seed' THEN 'live' ELSE d.purpose END,
                  s.cycle_id || '/' || s.component || '/' || s.question, s.component, s.question, s.mark_max, s.mark_step,
                  coalesce(m.revision, 0), m.status, m.note, m.value, m.criteria, m.seconds, m.entered_at, f.final_at
             FROM script_trial t
             JOIN script_sample d ON d.sample_id = t.sample_id
             JOIN script s ON s.blind_id = d.blind_id
             LEFT JOIN LATERAL (SELECT z.revision, z.status, z.note, z.value, z.criteria, z.seconds, z.entered_at FROM script_trial_mark z
                                 WHERE z.trial_id = t.trial_id ORDER BY z.revision DESC LIMIT 1) m ON true
             LEFT JOIN script_trial_final f ON f.trial_id = t.trial_id
            WHERE t.marker_id = p_marker_id AND t.trial_id > p_after
              AND (d.purpose <> 'seed' OR m.revision IS NOT NULL OR NOT s.cycle_id || '/' || s.component || '/' || s.question = ANY (v_held))
              AND NOT EXISTS (SELECT 1 FROM script_trial_return r WHERE r.trial_id = t.trial_id)
              AND script_wanted(p_filter, m.status, f.final_at)
            ORDER BY t.trial_id LIMIT p_limit)) l
   ORDER BY l.task_id LIMIT p_limit;
END
$$;
COMMENT ON FUNCTION khoacu.script_tasks IS 'What lies before an examiner, page by page: her own marks alone, and seeds as live scripts';
REVOKE ALL ON FUNCTION khoacu.script_tasks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.script_tasks, khoacu.script_marker_parts TO khoacu_server;

-- How much lies before her: still to be marked, marked, final.
CREATE OR REPLACE FUNCTION khoacu.script_counts(p_marker_id bigint, OUT waiting bigint, OUT marked bigint, OUT final bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_seen bigint;
BEGIN
  IF EXISTS (SELECT 1 FROM script_marker_parts(p_marker_id) q WHERE q.state <> 'open') OR EXISTS (SELECT 1 FROM script_trial t WHERE t.marker_id = p_marker_id) THEN
    SELECT count(*) FILTER (WHERE t.status IS NULL), count(t.status), count(t.final_at) INTO waiting, marked, final FROM script_tasks(p_marker_id) t;
  ELSE
    SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM mark m WHERE m.blind_id = a.blind_id AND m.marking_round = a.marking_round AND m.marker_id = p_marker_id)),
           count(f.blind_id)
      INTO v_seen, marked, final
      FROM marking_assignment a LEFT JOIN mark_final f ON f.blind_id = a.blind_id AND f.marking_round = a.marking_round
     WHERE a.marker_id = p_marker_id;
    waiting := v_seen - marked;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.script_counts IS 'How many scripts wait for an examiner, are marked, and are final';
REVOKE ALL ON FUNCTION khoacu.script_counts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.script_counts TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.script_pages(p_task_id bigint, p_marker_id bigint)
RETURNS TABLE (page smallint, question smallint, kind text, body text, width integer, height integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT g.page, g.question, g.kind, g.body, g.width, g.height
    FROM script_task(p_task_id, p_marker_id) t JOIN script_page g ON g.blind_id = t.blind_id
   WHERE t.state = 'open' OR t.marked
   ORDER BY g.page
$$;
COMMENT ON FUNCTION khoacu.script_pages IS 'The pages of a script that lies before an examiner';
CREATE OR REPLACE FUNCTION khoacu.script_page_bytes(p_task_id bigint, p_marker_id bigint, p_page smallint)
RETURNS TABLE (type text, bytes bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT g.type, g.bytes
    FROM script_task(p_task_id, p_marker_id) t JOIN script_page g ON g.blind_id = t.blind_id
   WHERE (t.state = 'open' OR t.marked) AND g.page = p_page AND g.kind = 'image'
$$;
COMMENT ON FUNCTION khoacu.script_page_bytes IS 'One picture of a script that lies before an examiner';
CREATE OR REPLACE FUNCTION khoacu.script_annotations(p_task_id bigint, p_marker_id bigint)
RETURNS TABLE (number smallint, revision integer, page smallint, place integer[], body text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT DISTINCT ON (n.number) n.number, n.revision, n.page, n.place, n.body
    FROM script_annotation n WHERE n.task_id = p_task_id AND n.marker_id = p_marker_id
   ORDER BY n.number, n.revision DESC
$$;
COMMENT ON FUNCTION khoacu.script_annotations IS 'An examiner''s own remarks on a script, in their last revision';
CREATE OR REPLACE FUNCTION khoacu.script_own_reports(p_task_id bigint, p_marker_id bigint)
RETURNS TABLE (article text, reason text, reported_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT r.article, r.reason, r.reported_at FROM script_report r
   WHERE r.task_id = p_task_id AND r.marker_id = p_marker_id ORDER BY r.reported_at
$$;
COMMENT ON FUNCTION khoacu.script_own_reports IS 'An examiner''s own reports on a script';
-- After practice the definitive mark is shown, and only then.
CREATE OR REPLACE FUNCTION khoacu.script_practice(p_task_id bigint, p_marker_id bigint)
RETURNS TABLE (value numeric, criteria numeric[], reason text, within boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT d.value, d.criteria, d.reason, f.within
    FROM script_trial t JOIN script_sample d ON d.sample_id = t.sample_id AND d.purpose = 'practice'
    JOIN script_trial_final f ON f.trial_id = t.trial_id
   WHERE t.trial_id = p_task_id AND t.marker_id = p_marker_id
$$;
COMMENT ON FUNCTION khoacu.script_practice IS 'The definitive mark of a practice script, once one''s own is final';
-- Time for a script: the examiner's own mean and everybody's, over first marks of the parts that she marks in. Of many marks some are
-- enough: codes are random, so those behind any code are a sample like another.
CREATE OR REPLACE FUNCTION khoacu.script_pace(p_marker_id bigint, OUT own_ms bigint, OUT all_ms bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_from bigint := ((random() * 9007199254740992)::bigint) << 10;
BEGIN
  SELECT (1000 * avg(o.seconds))::bigint INTO own_ms
    FROM (SELECT m.seconds FROM marking_assignment a
            JOIN mark m ON m.blind_id = a.blind_id AND m.marking_round = a.marking_round AND m.revision = 1 AND m.marker_id = p_marker_id
           WHERE a.marker_id = p_marker_id AND m.seconds IS NOT NULL ORDER BY a.blind_id LIMIT 200) o;
  SELECT (1000 * avg(x.seconds))::bigint INTO all_ms
    FROM ((SELECT m.blind_id, m.seconds FROM mark m WHERE m.blind_id >= v_from AND m.revision = 1 ORDER BY m.blind_id LIMIT 500)
          UNION ALL
          (SELECT m.blind_id, m.seconds FROM mark m WHERE m.blind_id < v_from AND m.revision = 1 ORDER BY m.blind_id LIMIT 500)) x
    JOIN script s ON s.blind_id = x.blind_id
    JOIN marking_marker_part p ON p.marker_id = p_marker_id AND p.cycle_id = s.cycle_id AND p.component = s.component AND p.question = s.question;
END
$$;
COMMENT ON FUNCTION khoacu.script_pace IS 'Mean time for a script: one''s own and everybody''s, of a sample where there are many; null while there is none';
CREATE OR REPLACE FUNCTION khoacu.script_guide(p_cycle_id bigint, p_component text, p_question smallint)
RETURNS TABLE (version integer, task_vi text, task_en text, place smallint, title_vi text, title_en text, mark_max numeric, mark_step numeric,
               levels text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT r.version, r.task_vi, r.task_en, c.place, c.title_vi, c.title_en, c.mark_max, c.mark_step, c.levels
    FROM rubric r JOIN rubric_criterion c USING (cycle_id, component, question, version)
   WHERE r.cycle_id = p_cycle_id AND r.component = p_component AND r.question = p_question
     AND r.version = (SELECT max(l.version) FROM rubric l WHERE l.cycle_id = p_cycle_id AND l.component = p_component AND l.question = p_question)
   ORDER BY c.place
$$;
COMMENT ON FUNCTION khoacu.script_guide IS 'The guide of a part as it counts, a row for each criterion';
REVOKE ALL ON FUNCTION khoacu.script_pages, khoacu.script_page_bytes, khoacu.script_annotations, khoacu.script_own_reports, khoacu.script_practice,
  khoacu.script_pace, khoacu.script_guide FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.script_task, khoacu.script_pages, khoacu.script_page_bytes, khoacu.script_annotations, khoacu.script_own_reports,
  khoacu.script_practice, khoacu.script_pace, khoacu.script_guide TO khoacu_server;
GRANT EXECUTE ON FUNCTION khoacu.script_guide TO khoacu_worker;
