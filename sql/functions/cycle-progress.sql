-- How far a cycle is, for the officers' page: counts of every stage and what comes next. Read-only.
CREATE OR REPLACE FUNCTION khoacu.cycle_progress(p_cycle_id bigint) RETURNS json LANGUAGE sql STABLE AS $$
WITH posts AS (
  SELECT p.post_id, p.code, p.title, sum(q.quota)::integer AS quota,
         json_agg(json_build_object('code', a.code, 'name', a.name, 'quota', q.quota) ORDER BY a.code) AS agencies,
         (SELECT count(*) FROM khoacu.candidate c WHERE c.post_id = p.post_id) AS applicants
    FROM khoacu.post p
    JOIN khoacu.post_quota q ON q.post_id = p.post_id
    JOIN khoacu.agency a ON a.agency_id = q.agency_id
   WHERE p.cycle_id = p_cycle_id
   GROUP BY p.post_id),
people AS (
  SELECT count(*) AS total, count(*) FILTER (WHERE access_code_hmac IS NULL) AS codeless,
         count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM khoacu.sitting t WHERE t.candidate_id = c.candidate_id)) AS seatless
    FROM khoacu.candidate c WHERE c.cycle_id = p_cycle_id),
forms AS (
  SELECT f.form_id, f.code, f.item_count, f.sha256, f.sealed_at FROM khoacu.form f WHERE f.cycle_id = p_cycle_id),
shifts AS (
  SELECT h.shift_id, h.code, h.state, h.clock, h.starts_at, h.ends_at, h.minutes,
         (SELECT json_object_agg(s.state, s.n)
            FROM (SELECT t.state, count(*) AS n FROM khoacu.sitting t WHERE t.shift_id = h.shift_id GROUP BY t.state) s) AS counts
    FROM khoacu.shift h WHERE h.cycle_id = p_cycle_id),
scores AS (
  SELECT DISTINCT ON (s.candidate_id) s.status, s.correct, s.questions
    FROM khoacu.sitting_score s JOIN khoacu.candidate c ON c.candidate_id = s.candidate_id
   WHERE c.cycle_id = p_cycle_id ORDER BY s.candidate_id, s.revision DESC),
scripts AS (
  SELECT s.component, count(*) AS total,
         count(*) FILTER (WHERE EXISTS (SELECT 1 FROM khoacu.mark m WHERE m.blind_id = s.blind_id)) AS marked
    FROM khoacu.script s WHERE s.cycle_id = p_cycle_id GROUP BY s.component),
runs AS (
  SELECT r.run_id, r.version, r.cause, r.computed_at, r.selected, r.candidates, r.unresolved, a.verdict,
         l.version AS release_version, l.published_at
    FROM khoacu.ranking_run r
    LEFT JOIN khoacu.run_approval a ON a.run_id = r.run_id
    LEFT JOIN khoacu.release l ON l.run_id = r.run_id
   WHERE r.cycle_id = p_cycle_id),
newest AS (SELECT verdict, unresolved, release_version FROM runs ORDER BY version DESC LIMIT 1)
SELECT json_build_object(
  'posts', coalesce((SELECT json_agg(json_build_object('code', code, 'title', title, 'quota', quota, 'agencies', agencies, 'applicants', applicants) ORDER BY code) FROM posts), '[]'),
  'candidates', (SELECT total FROM people),
  'codeless', (SELECT codeless FROM people),
  'seatless', (SELECT seatless FROM people),
  'forms', coalesce((SELECT json_agg(json_build_object('id', khoacu.id_text(form_id), 'code', code, 'item_count', item_count, 'sha256', encode(sha256, 'hex'), 'sealed_at', khoacu.time_text(sealed_at)) ORDER BY sealed_at) FROM forms), '[]'),
  'shifts', coalesce((SELECT json_agg(json_build_object('id', khoacu.id_text(shift_id), 'code', code, 'state', state, 'clock', clock, 'starts_at', khoacu.time_text(starts_at), 'ends_at', khoacu.time_text(ends_at), 'minutes', minutes, 'counts', coalesce(counts, '{}')) ORDER BY starts_at, code) FROM shifts), '[]'),
  'round1', (SELECT json_build_object('counted', count(*) FILTER (WHERE status = 'counted'), 'absent', count(*) FILTER (WHERE status = 'absent'),
                                      'passed', (SELECT coalesce(max(total), 0) FROM scripts)) FROM scores),
  'scripts', coalesce((SELECT json_object_agg(component, json_build_object('total', total, 'marked', marked)) FROM scripts), '{}'),
  'frozen', EXISTS (SELECT 1 FROM khoacu.marks_freeze f WHERE f.cycle_id = p_cycle_id),
  'runs', coalesce((SELECT json_agg(json_build_object('id', khoacu.id_text(run_id), 'version', version, 'cause', cause, 'computed_at', khoacu.time_text(computed_at), 'candidates', candidates, 'selected', selected, 'unresolved', unresolved,
            'approval', CASE WHEN verdict IS NOT NULL THEN json_build_object('verdict', verdict) END,
            'release', CASE WHEN release_version IS NOT NULL THEN json_build_object('version', release_version, 'published_at', khoacu.time_text(published_at)) END) ORDER BY version DESC) FROM runs), '[]'),
  'next_step', CASE
    WHEN NOT EXISTS (SELECT 1 FROM posts) THEN 'posts'
    WHEN (SELECT total FROM people) = 0 THEN 'candidates'
    WHEN NOT EXISTS (SELECT 1 FROM forms) THEN 'form'
    WHEN (SELECT seatless FROM people) > 0 THEN 'shift'
    WHEN (SELECT codeless FROM people) > 0 THEN 'codes'
    WHEN EXISTS (SELECT 1 FROM shifts WHERE state <> 'closed') THEN 'sitting'
    WHEN NOT EXISTS (SELECT 1 FROM scripts) AND NOT EXISTS (SELECT 1 FROM runs) THEN 'round2'
    WHEN EXISTS (SELECT 1 FROM scripts WHERE marked < total) THEN 'marking'
    WHEN NOT EXISTS (SELECT 1 FROM khoacu.marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN 'freeze'
    WHEN NOT EXISTS (SELECT 1 FROM runs) OR (SELECT verdict FROM newest) = 'refused' THEN 'run'
    WHEN (SELECT unresolved FROM newest) > 0 THEN 'ties'
    WHEN (SELECT verdict FROM newest) IS NULL THEN 'approve'
    WHEN (SELECT release_version FROM newest) IS NULL THEN 'publish'
    ELSE 'done' END)
$$;
COMMENT ON FUNCTION khoacu.cycle_progress(bigint) IS 'Counts of every stage of a cycle and its next step, as JSON';
