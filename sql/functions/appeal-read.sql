-- What people see of appeals, as JSON. Nothing here tells a blind code together with a candidate, and first marks stay covered
-- until both re-marks are final.

CREATE OR REPLACE FUNCTION khoacu.appeal_time(p_at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
COMMENT ON FUNCTION khoacu.appeal_time IS 'A time as the interface writes it';
REVOKE ALL ON FUNCTION khoacu.appeal_time FROM PUBLIC;
CREATE OR REPLACE FUNCTION khoacu.appeal_id_text(p_id bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lpad(to_hex(p_id), 16, '0') $$;
COMMENT ON FUNCTION khoacu.appeal_id_text IS 'An id as the interface writes it';
REVOKE ALL ON FUNCTION khoacu.appeal_id_text FROM PUBLIC;

-- The line of an appeal that every list has.
CREATE OR REPLACE FUNCTION khoacu.appeal_line(p_appeal_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT jsonb_build_object(
           'id', appeal_id_text(a.appeal_id), 'number', a.number, 'component', a.component,
           'title_vi', appeal_part(a.cycle_id, a.component) #>> '{title,vi}', 'title_en', appeal_part(a.cycle_id, a.component) #>> '{title,en}',
           'reason', a.reason, 'lodged_at', appeal_time(a.lodged_at), 'on_paper', a.lodged_by IS NOT NULL, 'basis', a.basis, 'article', appeal_article(a.cycle_id),
           'last_day', a.last_day, 'decide_by', (SELECT w.decide_by FROM appeal_window(a.cycle_id) w),
           'overdue', d.appeal_id IS NULL AND (SELECT w.decide_by FROM appeal_window(a.cycle_id) w) < (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
                      AND appeal_state(a.appeal_id) NOT IN ('withdrawn', 'refused'),
           'state', appeal_state(a.appeal_id),
           'answer', (SELECT t.reason FROM appeal_act t WHERE t.appeal_id = a.appeal_id AND t.act = 'refused'),
           'decided_at', appeal_time(d.decided_at), 'verdict', CASE WHEN d.appeal_id IS NOT NULL THEN p.verdict END,
           'explanation', CASE WHEN d.appeal_id IS NOT NULL THEN p.reason END,
           'before', CASE WHEN d.appeal_id IS NOT NULL THEN m.before END, 'after', CASE WHEN d.appeal_id IS NOT NULL THEN m.after END)
    FROM appeal a
    LEFT JOIN appeal_decision d ON d.appeal_id = a.appeal_id
    LEFT JOIN appeal_proposal p ON p.appeal_id = d.appeal_id AND p.number = d.number
    LEFT JOIN LATERAL (SELECT sum(k.before)::text AS before, sum(k.value)::text AS after FROM appeal_proposal_mark k
                        WHERE k.appeal_id = p.appeal_id AND k.number = p.number) m ON true
   WHERE a.appeal_id = p_appeal_id
$$;
COMMENT ON FUNCTION khoacu.appeal_line IS 'An appeal in short, as its candidate may see it';
REVOKE ALL ON FUNCTION khoacu.appeal_line FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.appeal_list(p_cycle_id bigint, p_state text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT jsonb_build_object(
           'released_at', appeal_time(w.released_at), 'last_day', w.last_day, 'decide_by', w.decide_by, 'extended', coalesce(w.extended, 0),
           'basis', appeal_basis(c.cycle_id), 'article', appeal_article(c.cycle_id),
           'parts', (SELECT coalesce(jsonb_agg(jsonb_build_object('component', s.source, 'title_vi', appeal_part(c.cycle_id, s.source) #>> '{title,vi}',
                                                                  'title_en', appeal_part(c.cycle_id, s.source) #>> '{title,en}',
                                                                  'remark', (appeal_part(c.cycle_id, s.source) ->> 'remark')::boolean) ORDER BY s.source), '[]')
                       FROM unnest('{computer,interview,written}'::text[]) AS s (source) WHERE appeal_part(c.cycle_id, s.source) IS NOT NULL),
           'counts', (SELECT coalesce(jsonb_object_agg(k.state, k.n), '{}') FROM (SELECT appeal_state(a.appeal_id) AS state, count(*) AS n FROM appeal a
                       WHERE a.cycle_id = c.cycle_id GROUP BY 1) k),
           'items', (SELECT coalesce(jsonb_agg(appeal_line(a.appeal_id) || jsonb_build_object('roll_number', k.roll_number, 'full_name', k.full_name)
                                               ORDER BY a.number), '[]')
                       FROM (SELECT b.appeal_id, b.number, b.candidate_id FROM appeal b
                              WHERE b.cycle_id = c.cycle_id AND (p_state = 'all' OR appeal_state(b.appeal_id) = p_state) ORDER BY b.number LIMIT 2000) a
                       JOIN candidate k ON k.candidate_id = a.candidate_id))::text
    FROM cycle c LEFT JOIN LATERAL appeal_window(c.cycle_id) w ON true WHERE c.cycle_id = p_cycle_id
$$;
COMMENT ON FUNCTION khoacu.appeal_list IS 'The appeals of a cycle with its window, for the staff';
REVOKE ALL ON FUNCTION khoacu.appeal_list FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.appeal_list TO khoacu_server;

-- One script of an appeal; its marks only when both re-marks are final.
CREATE OR REPLACE FUNCTION khoacu.appeal_script_show(p_blind_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  WITH f AS (SELECT m.marking_round, m.status, m.value FROM mark_final f
               JOIN mark m ON (m.blind_id, m.marking_round, m.revision) = (f.blind_id, f.marking_round, f.revision) WHERE f.blind_id = p_blind_id),
       l AS (SELECT c.next, c.stage, c.gap FROM appeal_call c WHERE c.blind_id = p_blind_id ORDER BY c.position DESC LIMIT 1)
  SELECT jsonb_build_object(
           'question', s.question, 'mark_max', s.mark_max::text,
           'remarkers', (SELECT count(*) FROM marking_assignment a WHERE a.blind_id = p_blind_id AND a.marking_round BETWEEN 6 AND 8),
           'final', (SELECT count(*) FROM f WHERE f.marking_round BETWEEN 6 AND 8),
           'next', (SELECT l.next FROM l), 'stage', (SELECT l.stage FROM l), 'gap', (SELECT l.gap::text FROM l),
           'before', CASE WHEN (SELECT count(*) FROM l) > 0 THEN
             (SELECT k.value::text FROM script_settlement k WHERE k.blind_id = p_blind_id AND k.source <> 'appeal' ORDER BY k.revision DESC LIMIT 1) END,
           'marks', CASE WHEN (SELECT count(*) FROM l) > 0
                         THEN (SELECT jsonb_agg(jsonb_build_object('round', f.marking_round, 'status', f.status, 'value', f.value::text) ORDER BY f.marking_round) FROM f)
                         ELSE '[]' END,
           'words', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', w.kind, 'said', w.said, 'value', w.value::text, 'words', w.words, 'stage', w.stage,
                                                                  'by', t.full_name, 'at', appeal_time(w.said_at)) ORDER BY w.position), '[]')
                       FROM appeal_word w JOIN staff t ON t.staff_id = w.staff_id WHERE w.blind_id = p_blind_id))
    FROM script s WHERE s.blind_id = p_blind_id
$$;
COMMENT ON FUNCTION khoacu.appeal_script_show IS 'A script of an appeal without its code';
REVOKE ALL ON FUNCTION khoacu.appeal_script_show FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.appeal_show(p_appeal_id bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT (appeal_line(a.appeal_id) || jsonb_build_object(
           'cycle', c.code, 'roll_number', k.roll_number, 'full_name', k.full_name, 'lodged_by', (SELECT t.full_name FROM staff t WHERE t.staff_id = a.lodged_by),
           'acts', (SELECT coalesce(jsonb_agg(jsonb_build_object('act', t.act, 'by', f.full_name, 'reason', t.reason, 'at', appeal_time(t.acted_at)) ORDER BY t.position), '[]')
                      FROM appeal_act t LEFT JOIN staff f ON f.staff_id = t.acted_by WHERE t.appeal_id = a.appeal_id),
           'scripts', (SELECT coalesce(jsonb_agg(appeal_script_show(s.blind_id) ORDER BY x.question), '[]')
                         FROM appeal_script s JOIN script x ON x.blind_id = s.blind_id WHERE s.appeal_id = a.appeal_id),
           'proposal', (SELECT jsonb_build_object('number', p.number, 'verdict', p.verdict, 'reason', p.reason, 'trial_id', appeal_id_text(p.trial_id),
                                                  'previewed', EXISTS (SELECT 1 FROM ranking_trial r WHERE r.trial_id = p.trial_id),
                                                  'by', f.full_name, 'at', appeal_time(p.proposed_at),
                                                  'before', (SELECT sum(m.before)::text FROM appeal_proposal_mark m WHERE (m.appeal_id, m.number) = (p.appeal_id, p.number)),
                                                  'after', (SELECT sum(m.value)::text FROM appeal_proposal_mark m WHERE (m.appeal_id, m.number) = (p.appeal_id, p.number)),
                                                  'derivations', (SELECT jsonb_agg(m.derivation::jsonb) FROM appeal_proposal_mark m
                                                                   WHERE (m.appeal_id, m.number) = (p.appeal_id, p.number)))
                          FROM appeal_proposal p JOIN staff f ON f.staff_id = p.proposed_by WHERE p.appeal_id = a.appeal_id ORDER BY p.number DESC LIMIT 1),
           'decision', (SELECT jsonb_build_object('by', f.full_name, 'reason', d.reason, 'at', appeal_time(d.decided_at))
                          FROM appeal_decision d JOIN staff f ON f.staff_id = d.decided_by WHERE d.appeal_id = a.appeal_id),
           'run_id', (SELECT appeal_id_text(l.run_id) FROM release l WHERE l.cycle_id = a.cycle_id ORDER BY l.version DESC LIMIT 1)))::text
    FROM appeal a JOIN cycle c ON c.cycle_id = a.cycle_id JOIN candidate k ON k.candidate_id = a.candidate_id
   WHERE a.appeal_id = p_appeal_id
$$;
COMMENT ON FUNCTION khoacu.appeal_show IS 'One appeal for the staff; NULL: there is none';
REVOKE ALL ON FUNCTION khoacu.appeal_show FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.appeal_show TO khoacu_server;

-- It stands before script_guide, which it calls, when a schema is new.
SET LOCAL check_function_bodies = off;
-- Her own script with its marks and what settled it, without a code and without a name.
CREATE OR REPLACE FUNCTION khoacu.appeal_own_script(p_blind_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT jsonb_build_object(
           'question', s.question, 'mark_max', s.mark_max::text, 'status', l.status, 'value', l.value::text, 'why', l.why,
           'pages', (SELECT coalesce(jsonb_agg(jsonb_build_object('page', g.page, 'kind', g.kind, 'body', g.body) ORDER BY g.page), '[]')
                       FROM script_page g WHERE g.blind_id = p_blind_id),
           'criteria', (SELECT coalesce(jsonb_agg(jsonb_build_object('title_vi', g.title_vi, 'title_en', g.title_en, 'mark_max', g.mark_max::text) ORDER BY g.place), '[]')
                          FROM script_guide(s.cycle_id, s.component, s.question) g),
           'marks', (SELECT coalesce(jsonb_agg(jsonb_build_object('round', m.marking_round, 'status', m.status, 'value', m.value::text,
                                                                  'criteria', coalesce(to_jsonb(m.criteria::text[]), '[]')) ORDER BY m.marking_round), '[]')
                       FROM mark_final f JOIN mark m ON (m.blind_id, m.marking_round, m.revision) = (f.blind_id, f.marking_round, f.revision)
                      WHERE f.blind_id = p_blind_id
                        AND (f.marking_round = ANY (marking_rounds(p_blind_id, '{1,2,3,4,5}'))
                             OR f.marking_round BETWEEN 6 AND 8 AND EXISTS (SELECT 1 FROM appeal_script a JOIN appeal_decision d ON d.appeal_id = a.appeal_id
                                                              WHERE a.blind_id = p_blind_id))))
    FROM script s
    LEFT JOIN LATERAL (SELECT k.status, k.value, k.why FROM script_settlement k WHERE k.blind_id = p_blind_id ORDER BY k.revision DESC LIMIT 1) l ON true
   WHERE s.blind_id = p_blind_id
$$;
COMMENT ON FUNCTION khoacu.appeal_own_script IS 'A script as its author sees it after the publication';
REVOKE ALL ON FUNCTION khoacu.appeal_own_script FROM PUBLIC;

SET LOCAL check_function_bodies = on;

CREATE OR REPLACE FUNCTION khoacu.appeal_own(p_candidate_id bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT jsonb_build_object(
           'released_at', appeal_time(w.released_at), 'last_day', w.last_day, 'decide_by', w.decide_by, 'basis', appeal_basis(k.cycle_id),
           'article', appeal_article(k.cycle_id),
           'open', coalesce((now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= w.last_day, false),
           'parts', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'component', p.source, 'code', p.part ->> 'code', 'title_vi', p.part #>> '{title,vi}', 'title_en', p.part #>> '{title,en}',
                        'remark', (p.part ->> 'remark')::boolean,
                        'appeal', (SELECT appeal_line(a.appeal_id) FROM appeal a WHERE a.candidate_id = p_candidate_id AND a.component = p.source),
                        'scripts', CASE WHEN w.released_at IS NOT NULL AND (p.part ->> 'remark')::boolean THEN
                          (SELECT coalesce(jsonb_agg(appeal_own_script(i.blind_id) ORDER BY i.question), '[]') FROM script_identity i
                            WHERE i.candidate_id = p_candidate_id AND i.component = p.source) ELSE '[]' END) ORDER BY p.n), '[]')
                       FROM (SELECT s.source, s.n, appeal_part(k.cycle_id, s.source) AS part
                               FROM unnest('{computer,written,interview}'::text[]) WITH ORDINALITY AS s (source, n)) p
                      WHERE p.part IS NOT NULL))::text
    FROM candidate k LEFT JOIN LATERAL appeal_window(k.cycle_id) w ON true WHERE k.candidate_id = p_candidate_id
$$;
COMMENT ON FUNCTION khoacu.appeal_own IS 'What a candidate sees: her parts, her scripts with marks where the pack lets them be marked again, her appeals';
REVOKE ALL ON FUNCTION khoacu.appeal_own FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.appeal_own TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.appeal_own_page(p_candidate_id bigint, p_component text, p_question smallint, p_page smallint)
RETURNS TABLE (type text, bytes bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT g.type, g.bytes
    FROM candidate k
    JOIN script_identity i ON i.candidate_id = k.candidate_id AND i.component = p_component AND i.question = p_question
    JOIN script_page g ON g.blind_id = i.blind_id AND g.page = p_page AND g.kind = 'image'
   WHERE k.candidate_id = p_candidate_id AND (SELECT w.released_at IS NOT NULL FROM appeal_window(k.cycle_id) w)
     AND (appeal_part(k.cycle_id, p_component) ->> 'remark')::boolean
$$;
COMMENT ON FUNCTION khoacu.appeal_own_page IS 'One picture of her own script, after the publication';
REVOKE ALL ON FUNCTION khoacu.appeal_own_page FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.appeal_own_page TO khoacu_server;

-- For the head of the marking board, who draws another where a re-marker does not come to it: re-marks that are not final.
CREATE OR REPLACE FUNCTION khoacu.appeal_waiting(p_staff_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'blind_id', appeal_id_text(appeal_code_for(a.blind_id, a.marker_id)), 'component', x.component, 'marker', f.login_name, 'full_name', f.full_name,
           'since', appeal_time((SELECT max(w.drawn_at) FROM marking_redraw w WHERE w.blind_id = a.blind_id AND w.marking_round = a.marking_round)))
           ORDER BY f.full_name, a.blind_id), '[]')
    FROM appeal_script s
    JOIN marking_assignment a ON a.blind_id = s.blind_id AND a.marking_round BETWEEN 6 AND 8
    JOIN script x ON x.blind_id = s.blind_id
    JOIN staff f ON f.staff_id = a.marker_id
   WHERE appeal_open(s.blind_id)
     AND EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'chief_marker') AND NOT appeal_touched(s.appeal_id, p_staff_id)
     AND NOT EXISTS (SELECT 1 FROM mark_final m WHERE m.blind_id = a.blind_id AND m.marking_round = a.marking_round)
$$;
COMMENT ON FUNCTION khoacu.appeal_waiting IS 'Re-marks that are not final, by their fresh codes, for the head of the marking board; to others nothing';
REVOKE ALL ON FUNCTION khoacu.appeal_waiting FROM PUBLIC;

-- What waits for the word of one person: dialogues of an examiner's scripts, decisions of head and chair. No candidate is named.
CREATE OR REPLACE FUNCTION khoacu.appeal_words_due(p_staff_id bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT jsonb_build_object('waiting', appeal_waiting(p_staff_id), 'items', coalesce(jsonb_agg(appeal_script_show(c.blind_id) || jsonb_build_object(
           'blind_id', appeal_id_text(appeal_code_for(c.blind_id, p_staff_id)), 'component', x.component, 'kind', CASE WHEN c.next IN ('dialogue', 'minutes') THEN 'dialogue' ELSE c.next END,
           'signed', EXISTS (SELECT 1 FROM appeal_word w WHERE w.blind_id = c.blind_id AND w.staff_id = p_staff_id AND w.stage = c.stage)) ORDER BY c.blind_id), '[]'))::text
    FROM (SELECT DISTINCT ON (l.blind_id) l.blind_id, l.next, l.stage FROM appeal_call l ORDER BY l.blind_id, l.position DESC) c
    JOIN script x ON x.blind_id = c.blind_id
    JOIN appeal_script s ON s.blind_id = c.blind_id
   WHERE appeal_open(c.blind_id)
     AND CASE WHEN c.next IN ('dialogue', 'minutes') THEN EXISTS (SELECT 1 FROM appeal_markers(c.blind_id, c.stage) k WHERE k.marker_id = p_staff_id)
              WHEN c.next IN ('head', 'collective') THEN EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'chief_marker')
                AND NOT appeal_touched(s.appeal_id, p_staff_id)
              WHEN c.next = 'chair' THEN EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'council_chair')
                AND NOT appeal_touched(s.appeal_id, p_staff_id)
              ELSE false END
$$;
COMMENT ON FUNCTION khoacu.appeal_words_due IS 'Scripts under appeal that wait for somebody''s word, and for the head those that are not marked yet';
REVOKE ALL ON FUNCTION khoacu.appeal_words_due FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.appeal_words_due TO khoacu_server;

-- What the scheme judges, script by script of one appeal, or of the appeal that a script belongs to.
CREATE OR REPLACE FUNCTION khoacu.appeal_facts(p_appeal_id bigint, p_blind_id bigint)
RETURNS TABLE (appeal_id bigint, blind_id bigint, cycle_id bigint, component text, question smallint, mark_max numeric, mark_step numeric, before numeric,
               pack_id text, pack_version bigint, remarkers bigint, marks bigint[], statuses text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT a.appeal_id, s.blind_id, a.cycle_id, a.component, x.question, x.mark_max, x.mark_step,
         (SELECT l.value FROM script_settlement l WHERE l.blind_id = s.blind_id ORDER BY l.revision DESC LIMIT 1),
         c.pack_id, c.pack_version::bigint, (SELECT count(*) FROM marking_assignment g WHERE g.blind_id = s.blind_id AND g.marking_round BETWEEN 6 AND 8),
         f.marks, f.statuses
    FROM appeal_script s
    JOIN appeal a ON a.appeal_id = s.appeal_id
    JOIN cycle c ON c.cycle_id = a.cycle_id
    JOIN script x ON x.blind_id = s.blind_id
   CROSS JOIN LATERAL (SELECT coalesce(array_agg((coalesce(m.value, 0) * 100)::bigint ORDER BY m.marking_round), '{}') AS marks,
                              coalesce(array_agg(m.status ORDER BY m.marking_round), '{}') AS statuses
                         FROM mark_final f JOIN mark m ON (m.blind_id, m.marking_round, m.revision) = (f.blind_id, f.marking_round, f.revision)
                        WHERE f.blind_id = s.blind_id AND f.marking_round BETWEEN 6 AND 8) f
   WHERE (s.appeal_id = p_appeal_id OR s.blind_id = p_blind_id) AND appeal_open(s.blind_id)
   ORDER BY x.question, s.blind_id
$$;
COMMENT ON FUNCTION khoacu.appeal_facts IS 'Facts of scripts that are marked again; none when the appeal is not open';
REVOKE ALL ON FUNCTION khoacu.appeal_facts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.appeal_facts TO khoacu_server;

-- The words that count: of each stage the last one of each person, and how many must sign its minutes.
CREATE OR REPLACE FUNCTION khoacu.appeal_words(p_blind_id bigint)
RETURNS TABLE (stage text, kind text, said text, value numeric, words text, needed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT w.stage, w.kind, w.said, w.value, w.words, (SELECT count(*) FROM appeal_markers(p_blind_id, w.stage))
    FROM (SELECT DISTINCT ON (v.stage, v.kind, v.staff_id) v.stage, v.kind, v.said, v.value, v.words, v.position FROM appeal_word v
           WHERE v.blind_id = p_blind_id ORDER BY v.stage, v.kind, v.staff_id, v.position DESC) w
   ORDER BY w.position
$$;
COMMENT ON FUNCTION khoacu.appeal_words IS 'The words on a script under appeal as they count';
REVOKE ALL ON FUNCTION khoacu.appeal_words FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.appeal_words TO khoacu_server;

-- The marks of a part as they would be by a proposal, for the worker that previews it.
CREATE OR REPLACE FUNCTION khoacu.appeal_would(p_trial_id bigint) RETURNS TABLE (candidate_id bigint, component text, value numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT a.candidate_id, a.component,
         sum(coalesce(m.value, (SELECT l.value FROM script_settlement l WHERE l.blind_id = i.blind_id ORDER BY l.revision DESC LIMIT 1)))
    FROM appeal_proposal p
    JOIN appeal a ON a.appeal_id = p.appeal_id
    JOIN script_identity i ON i.candidate_id = a.candidate_id AND i.component = a.component
    LEFT JOIN appeal_proposal_mark m ON m.appeal_id = p.appeal_id AND m.number = p.number AND m.blind_id = i.blind_id
   WHERE p.trial_id = p_trial_id
   GROUP BY a.candidate_id, a.component
$$;
COMMENT ON FUNCTION khoacu.appeal_would IS 'What a proposal would make of a part; no row for a trial of another kind';
REVOKE ALL ON FUNCTION khoacu.appeal_would FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.appeal_would TO khoacu_worker;
