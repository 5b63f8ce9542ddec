-- Quality in numbers.
-- :quality_run
-- :roles server,worker
SELECT r.cycle_id, r.version, c.code
  FROM khoacu.ranking_run r JOIN khoacu.cycle c ON c.cycle_id = r.cycle_id
 WHERE r.run_id = $1;

-- :quality_cycle
-- :roles server,worker
SELECT cycle_id FROM khoacu.cycle WHERE code = $1;

-- :quality_newest
-- :roles server,worker
-- The newest report about a list, or (run null) about the marking of a cycle.
SELECT q.report_id, q.version, q.engine, q.inputs_sha256, q.body_sha256, q.body, s.full_name, q.computed_at
  FROM khoacu.quality_report q JOIN khoacu.staff s ON s.staff_id = q.requested_by
 WHERE q.cycle_id = $1 AND q.run_id IS NOT DISTINCT FROM $2
 ORDER BY q.version DESC
 LIMIT 1;

-- :quality_insert
-- :roles worker
INSERT INTO khoacu.quality_report (report_id, cycle_id, run_id, version, engine, inputs_sha256, body, body_sha256, requested_by, computed_at)
VALUES ($1, $2, $3, $4::integer, $5, $6, $7, $8, $9, $10);

-- :quality_forms
-- :roles worker
-- The forms that were sat, and by how many.
SELECT f.form_id, f.code, string_agg(DISTINCT s.code, ', ' ORDER BY s.code), count(*)
  FROM khoacu.shift s
  JOIN khoacu.form f ON f.form_id = s.form_id
  JOIN khoacu.sitting t ON t.shift_id = s.shift_id AND t.state IN ('submitted', 'closed')
 WHERE s.cycle_id = $1
 GROUP BY f.form_id, f.code
 ORDER BY f.code COLLATE "C";

-- :quality_items
-- :roles worker
SELECT i.item_id, i.code, i.topic
  FROM khoacu.form_position p JOIN khoacu.item i ON i.item_id = p.item_id
 WHERE p.form_id = $1
 ORDER BY p.position;

-- :quality_rooms
-- :roles worker
SELECT m.room_id, m.code, s.code, s.shift_id
  FROM khoacu.room m JOIN khoacu.shift s ON s.shift_id = m.shift_id
 WHERE s.cycle_id = $1 AND s.form_id = $2
 ORDER BY s.code COLLATE "C", m.code COLLATE "C";

-- :quality_room_sittings
-- :roles worker
-- Points as they were scored last (-1: a person marks it), the last choice of each position and when it was first answered.
SELECT t.sitting_id, s.points, a.positions, a.choices, a.answered, a.first_ms,
       CASE WHEN d.derivation IS NOT NULL THEN
         (SELECT g.step ->> 'verdict' FROM jsonb_array_elements(d.derivation::jsonb) AS g(step)
           WHERE g.step ->> 'step' = 'gate' AND g.step ->> 'component' = 'computer' ORDER BY g.step ->> 'verdict' LIMIT 1) END
  FROM khoacu.sitting t
  JOIN LATERAL (
       SELECT ARRAY(SELECT coalesce(p.e7, -1) FROM unnest(k.item_points_e7) WITH ORDINALITY AS p(e7, n) ORDER BY p.n) AS points
         FROM (SELECT l.status, l.item_points_e7 FROM khoacu.sitting_score l
                WHERE l.candidate_id = t.candidate_id ORDER BY l.revision DESC LIMIT 1) k
        WHERE k.status = 'counted' AND k.item_points_e7 IS NOT NULL) s ON true
 CROSS JOIN LATERAL (
       SELECT array_agg(l.position ORDER BY l.position) AS positions, array_agg(l.choice ORDER BY l.position) AS choices,
              array_agg(l.answered ORDER BY l.position) AS answered, array_agg(l.first_ms ORDER BY l.position) AS first_ms
         FROM (SELECT r.position, (array_agg(r.choice ORDER BY r.seq DESC))[1] AS choice,
                      (array_agg((r.choice <> 0 OR r.answer IS NOT NULL)::integer ORDER BY r.seq DESC))[1] AS answered,
                      (extract(epoch FROM min(r.received_at) - t.started_at) * 1000)::bigint AS first_ms
                 FROM khoacu.response r
                WHERE r.room_id = t.room_id AND r.sitting_id = t.sitting_id
                GROUP BY r.position) l) a
  LEFT JOIN khoacu.decision d ON d.run_id = $2 AND d.candidate_id = t.candidate_id
 WHERE t.room_id = $1 AND t.state IN ('submitted', 'closed')
 ORDER BY t.seat;

-- :quality_parts
-- :roles worker
-- The values of each part as the list has them, and of the totals, in hundredths or counts as they stand there.
SELECT v.component, v.most, v.value, count(*)
  FROM (SELECT g.step ->> 'component' AS component, g.step ->> 'max' AS most, g.step ->> 'value' AS value
          FROM khoacu.decision d CROSS JOIN LATERAL jsonb_array_elements(d.derivation::jsonb) AS g(step)
         WHERE d.run_id = $1 AND g.step ->> 'step' = 'part' AND g.step ->> 'verdict' = 'value'
        UNION ALL
        SELECT 'total', NULL, d.total::text FROM khoacu.decision d WHERE d.run_id = $1 AND d.total IS NOT NULL) v
 WHERE v.component IS NOT NULL AND v.value IS NOT NULL
 GROUP BY v.component, v.most, v.value
 ORDER BY v.component COLLATE "C", v.value::numeric;

-- :quality_gates
-- :roles worker
SELECT DISTINCT g.step ->> 'component', g.step ->> 'op', g.step ->> 'bound'
  FROM khoacu.decision d CROSS JOIN LATERAL jsonb_array_elements(d.derivation::jsonb) AS g(step)
 WHERE d.run_id = $1 AND g.step ->> 'step' = 'gate' AND g.step ->> 'bound' IS NOT NULL
 ORDER BY 1, 2, 3;

-- :quality_open
-- :roles worker
-- What is not settled: kind, the shift where there is one, how many.
SELECT o.kind, s.shift_id, s.code, count(*)
  FROM (SELECT 'late' AS kind, b.shift_id FROM khoacu.late_batch b
         WHERE NOT EXISTS (SELECT 1 FROM khoacu.late_decision e WHERE e.batch_id = b.batch_id)
        UNION ALL
        SELECT 'adjustment', j.shift_id FROM khoacu.sitting_adjustment j
         WHERE j.needs_approval AND NOT EXISTS (SELECT 1 FROM khoacu.sitting_adjustment_decision e WHERE e.adjustment_id = j.adjustment_id)
        UNION ALL
        SELECT 'device', t.shift_id FROM khoacu.sitting t
          JOIN khoacu.sitting_device v ON v.room_id = t.room_id AND v.sitting_id = t.sitting_id
                                      AND v.number = khoacu.sitting_device_change(t.room_id, t.sitting_id)
         WHERE NOT v.given_back
           AND NOT EXISTS (SELECT 1 FROM khoacu.sitting_device_decision e
                            WHERE e.room_id = v.room_id AND e.sitting_id = v.sitting_id AND e.number = v.number)
        UNION ALL
        SELECT 'sitting', t.shift_id FROM khoacu.sitting t WHERE t.state IN ('assigned', 'open')
        UNION ALL
        SELECT 'unscored', t.shift_id FROM khoacu.sitting t
         WHERE t.state IN ('submitted', 'closed', 'absent')
           AND NOT EXISTS (SELECT 1 FROM khoacu.sitting_score k WHERE k.candidate_id = t.candidate_id AND NOT khoacu.score_of_credential(k.status, k.sitting_id))) o
  JOIN khoacu.shift s ON s.shift_id = o.shift_id
 WHERE s.cycle_id = $1
 GROUP BY o.kind, s.shift_id, s.code
UNION ALL
SELECT 'no-score', NULL, NULL, count(*) FROM khoacu.candidate c
 WHERE c.cycle_id = $1 AND NOT EXISTS (SELECT 1 FROM khoacu.sitting_score k WHERE k.candidate_id = c.candidate_id)
HAVING count(*) > 0
UNION ALL
SELECT 'no-mark', NULL, NULL, count(*) FROM khoacu.script s
 WHERE s.cycle_id = $1 AND NOT EXISTS (SELECT 1 FROM khoacu.mark m WHERE m.blind_id = s.blind_id)
   AND NOT EXISTS (SELECT 1 FROM khoacu.script_settlement e WHERE e.blind_id = s.blind_id)
HAVING count(*) > 0
UNION ALL
SELECT 'key-window', NULL, NULL, count(*)
  FROM khoacu.key_review r
  JOIN khoacu.key_review_verdict v ON v.review_id = r.review_id AND v.verdict = 'released'
  JOIN khoacu.form f ON f.form_id = r.form_id
 WHERE f.cycle_id = $1 AND r.closes_at > $2
HAVING count(*) > 0
UNION ALL
SELECT 'key-proposal', NULL, NULL, count(*)
  FROM khoacu.key_proposal p JOIN khoacu.form f ON f.form_id = p.form_id
 WHERE f.cycle_id = $1 AND NOT EXISTS (SELECT 1 FROM khoacu.key_verdict v WHERE v.proposal_id = p.proposal_id)
HAVING count(*) > 0
UNION ALL
SELECT 'key', NULL, NULL, count(*)
  FROM khoacu.key_challenge h
  JOIN khoacu.key_review r ON r.review_id = h.review_id
  JOIN khoacu.form f ON f.form_id = r.form_id
 WHERE f.cycle_id = $1
   AND NOT EXISTS (SELECT 1 FROM khoacu.key_challenge_withdrawal w WHERE w.challenge_id = h.challenge_id)
   AND NOT EXISTS (SELECT 1 FROM khoacu.key_proposal p
                     JOIN khoacu.key_proposal_item i ON i.proposal_id = p.proposal_id AND i.position = h.position
                     JOIN khoacu.key_verdict v ON v.proposal_id = p.proposal_id
                    WHERE p.review_id = h.review_id AND v.verdict = 'confirmed')
HAVING count(*) > 0
 ORDER BY 1, 3;

-- :quality_ties
-- :roles worker
SELECT p.code, d.reason, d.total::text, array_agg(c.roll_number ORDER BY c.roll_number COLLATE "C")
  FROM khoacu.decision d
  JOIN khoacu.post p ON p.post_id = d.post_id
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
 WHERE d.run_id = $1 AND d.outcome = 'tied'
 GROUP BY p.code, d.reason, d.total
 ORDER BY p.code COLLATE "C", d.total DESC;

-- :quality_marks
-- :roles worker
-- Final marks before any appeal, by blind code.
SELECT s.component, s.question, s.mark_max, s.mark_step, f.blind_id, f.marking_round, m.marker_id, m.value, f.final_at
  FROM khoacu.mark_final f
  JOIN khoacu.mark m ON m.blind_id = f.blind_id AND m.marking_round = f.marking_round AND m.revision = f.revision
  JOIN khoacu.script s ON s.blind_id = f.blind_id
 WHERE s.cycle_id = $1 AND m.status = 'awarded' AND (f.marking_round <= 5 OR f.marking_round = 9)
 ORDER BY s.component, s.question, f.blind_id, f.marking_round;

-- :quality_markers
-- :roles worker
SELECT s.staff_id, s.login_name, s.full_name FROM khoacu.staff s WHERE s.staff_id = ANY ($1) ORDER BY s.login_name;

-- :quality_remark_request
SELECT r.outcome, r.place FROM khoacu.do_quality_remark_request($1, $2, $3, $4, $5, $6, $7) r;

-- :quality_remarks
SELECT r.request_id, m.login_name, m.full_name, r.reason, b.full_name, r.requested_at,
       (SELECT count(*) FROM khoacu.remark_request_script g WHERE g.request_id = r.request_id),
       (SELECT count(*) FROM khoacu.remark_request_script g WHERE g.request_id = r.request_id
           AND EXISTS (SELECT 1 FROM khoacu.mark_final f WHERE f.blind_id = g.blind_id AND f.marking_round = 9 AND f.final_at > r.requested_at))
  FROM khoacu.remark_request r
  JOIN khoacu.staff m ON m.staff_id = r.marker_id
  JOIN khoacu.staff b ON b.staff_id = r.requested_by
 WHERE r.cycle_id = $1
 ORDER BY r.requested_at DESC, r.request_id
 LIMIT 200;

-- :quality_cycles
SELECT c.code, c.title_vi, c.title_en, n.scripts, coalesce(q.version, 0), q.computed_at
  FROM khoacu.cycle c
  JOIN (SELECT s.cycle_id, count(*) AS scripts FROM khoacu.script s GROUP BY s.cycle_id) n ON n.cycle_id = c.cycle_id
  LEFT JOIN LATERAL (SELECT r.version, r.computed_at FROM khoacu.quality_report r
                      WHERE r.cycle_id = c.cycle_id AND r.run_id IS NULL ORDER BY r.version DESC LIMIT 1) q ON true
 ORDER BY c.notice_on DESC, c.code
 LIMIT 200;
