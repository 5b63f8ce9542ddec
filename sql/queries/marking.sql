-- :marking_queue
SELECT t.task_id, t.purpose, t.component, t.question, t.mark_max, t.mark_step, t.revision, t.status, t.note, t.value, t.criteria::text[],
       coalesce(t.seconds, -1), t.entered_at, t.final_at
  FROM khoacu.script_tasks($1, $2, $3, $4) t;

-- :marking_freeze
-- :roles worker
SELECT r.outcome, r.missing, r.scripts, r.sha256, r.frozen_at FROM khoacu.do_marking_freeze($1, $2) r;

-- :marking_freeze_state
SELECT c.cycle_id, (SELECT count(*) FROM khoacu.script s WHERE s.cycle_id = c.cycle_id),
       (SELECT count(*) FROM khoacu.script s WHERE s.cycle_id = c.cycle_id
           AND NOT EXISTS (SELECT 1 FROM khoacu.script_outcome l WHERE l.blind_id = s.blind_id)),
       f.sha256, f.frozen_at
  FROM khoacu.cycle c LEFT JOIN khoacu.marks_freeze f ON f.cycle_id = c.cycle_id
 WHERE c.code = $1;

-- :marking_cycle_state
SELECT c.cycle_id, EXISTS (SELECT 1 FROM khoacu.marks_freeze f WHERE f.cycle_id = c.cycle_id)
  FROM khoacu.cycle c WHERE c.code = $1;

-- :marking_scripts_exist
-- :roles server,worker
SELECT EXISTS (SELECT 1 FROM khoacu.script WHERE cycle_id = $1);

-- :marking_scripts_insert
-- :roles worker
INSERT INTO khoacu.script (blind_id, cycle_id, component, mark_max, mark_step, question)
SELECT r.blind_id, $1, $3, $4::numeric, $5::numeric, $6::smallint
  FROM unnest($2::bigint[]) WITH ORDINALITY AS r(blind_id, n)
 ORDER BY r.n;

-- :marking_identities_insert
-- :roles worker
INSERT INTO khoacu.script_identity (blind_id, candidate_id, component, question)
SELECT r.blind_id, r.candidate_id, $1, $4::smallint
  FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS r(blind_id, candidate_id, n)
 ORDER BY r.n;

-- :marking_exclude
-- :roles worker
SELECT khoacu.do_marking_exclude($1, $2::bigint[], $3::bigint[]);

-- :marking_assignments_insert
-- :roles worker
INSERT INTO khoacu.marking_assignment (blind_id, marking_round, marker_id)
SELECT r.blind_id, $1::smallint, r.marker_id
  FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS r(blind_id, marker_id, n)
 ORDER BY r.n;

-- :marking_draw_count
-- :roles server,worker
SELECT count(*) FROM khoacu.script s WHERE s.cycle_id = $1 AND s.component = $2;

-- :marking_draw_scripts
-- :roles server,worker
SELECT s.blind_id FROM khoacu.script s WHERE s.cycle_id = $1 AND s.component = $2 ORDER BY s.blind_id;

-- :marking_draw_pairs
-- :roles worker
SELECT p.blind_id, p.marker_id FROM khoacu.do_marking_pairs($1, $2, $3::bigint[]) p;

-- :marking_draw_insert
-- :roles worker
INSERT INTO khoacu.marking_draw (draw_id, cycle_id, component, per_script, marker_ids, scripts, commitment, committed_at)
VALUES ($1, $2, $3, $4::smallint, $5::bigint[], $6::integer, $7, clock_timestamp());

-- :marking_draw_committed
-- :roles worker
SELECT d.draw_id, c.code, d.per_script, d.marker_ids, d.commitment,
       EXISTS (SELECT 1 FROM khoacu.marking_draw_outcome o WHERE o.draw_id = d.draw_id)
  FROM khoacu.marking_draw d JOIN khoacu.cycle c ON c.cycle_id = d.cycle_id
 WHERE d.cycle_id = $1 AND d.component = $2
   FOR UPDATE OF c;

-- :marking_draw_outcome_insert
-- :roles worker
INSERT INTO khoacu.marking_draw_outcome (draw_id, entropy, seed, outcome, least, most, drawn_by, drawn_at)
VALUES ($1, $2, $3, $4, $5::integer, $6::integer, $7, clock_timestamp());

-- :marking_draws
SELECT d.draw_id, d.component, d.per_script, d.scripts, cardinality(d.marker_ids), d.commitment, d.committed_at, o.entropy, o.seed,
       o.outcome, o.least, o.most, f.login_name, o.drawn_at
  FROM khoacu.marking_draw d
  LEFT JOIN khoacu.marking_draw_outcome o ON o.draw_id = d.draw_id
  LEFT JOIN khoacu.staff f ON f.staff_id = o.drawn_by
 WHERE d.cycle_id = $1
 ORDER BY d.component DESC;

-- :marking_draw_markers
SELECT unnest(d.marker_ids) FROM khoacu.marking_draw d WHERE d.draw_id = $1;

-- :marking_draw_excluded
SELECT p.blind_id, p.marker_id FROM khoacu.do_marking_pairs_show($1) p;

-- :marking_draw_redraws
SELECT w.blind_id, w.marking_round, w.number, w.eligible, w.marker_id, w.replaced_id, w.why FROM khoacu.do_marking_redraws_show($1) w;

-- :marking_draw_allocated
-- Who was drawn at first: whom the first redraw of a place replaced, else who has it.
SELECT s.blind_id, a.marking_round, coalesce(w.replaced_id, a.marker_id)
  FROM khoacu.script s
  JOIN khoacu.marking_assignment a ON a.blind_id = s.blind_id AND a.marking_round <= $3::smallint
  LEFT JOIN khoacu.marking_redraw w ON w.blind_id = a.blind_id AND w.marking_round = a.marking_round AND w.number = 1
 WHERE s.cycle_id = $1 AND s.component = $2
 ORDER BY s.blind_id, a.marking_round;

-- :marking_map_open
-- :roles worker
SELECT candidate_id, component, status, value FROM khoacu.do_marking_map_open($1);

-- :marking_part_open
-- :roles worker
SELECT candidate_id, component, status, value FROM khoacu.do_marking_part_open($1);

-- :marking_part_freeze
-- :roles worker
SELECT r.outcome, r.missing, r.scripts, r.sha256 FROM khoacu.do_marking_part_freeze($1, $2, $3) r;

-- :marking_part_read
-- :roles server,worker
SELECT (SELECT count(*) FROM khoacu.script s
         WHERE s.cycle_id = $1 AND s.component = $2
           AND NOT EXISTS (SELECT 1 FROM khoacu.script_outcome l WHERE l.blind_id = s.blind_id)),
       EXISTS (SELECT 1 FROM khoacu.part_freeze f WHERE f.cycle_id = $1 AND f.component = $2);

-- :marking_script_lock
SELECT pg_advisory_xact_lock($1);

-- :marking_script_facts
SELECT s.cycle_id, s.component, s.question, s.mark_max, s.mark_step, c.pack_id, c.pack_version,
       EXISTS (SELECT 1 FROM khoacu.script_outcome l WHERE l.blind_id = s.blind_id),
       coalesce(d.instead_of, 0), g.blind_id IS NOT NULL, greatest(d.asked_at, g.asked_at), CASE WHEN s.question > 0 THEN c.written_max ELSE s.mark_max END
  FROM khoacu.script s
  JOIN khoacu.cycle c ON c.cycle_id = s.cycle_id
  LEFT JOIN khoacu.script_remark d ON d.blind_id = s.blind_id AND d.why = 'doubt'
  LEFT JOIN khoacu.script_remark g ON g.blind_id = s.blind_id AND g.why = 'sign'
 WHERE s.blind_id = $1;

-- :marking_script_finals
SELECT m.marking_round, m.marker_id, m.status, m.value
  FROM khoacu.mark_final f
  JOIN khoacu.mark m ON m.blind_id = f.blind_id AND m.marking_round = f.marking_round AND m.revision = f.revision
 WHERE f.blind_id = $1 AND (f.marking_round <= 5 OR f.marking_round = 9)
 ORDER BY m.marking_round;

-- :marking_script_words
SELECT w.kind, w.said, w.staff_id, w.status, w.value, w.words, w.said_at
  FROM khoacu.marking_word w WHERE w.blind_id = $1 ORDER BY w.position;

-- :marking_call
SELECT r.outcome FROM khoacu.do_marking_call($1, $2, $3, $4::smallint, $5::numeric) r;

-- :marking_round_open
SELECT r.outcome, r.marker_id FROM khoacu.do_marking_round_open($1, $2::smallint) r;

-- :marking_settle
SELECT r.outcome FROM khoacu.do_marking_settle($1, $2, $3::numeric, $4, $5, $6) r;

-- :marking_word
SELECT r.outcome FROM khoacu.do_marking_word($1, $2, $3, $4, $5, $6::numeric, $7) r;

-- :marking_replace
SELECT r.outcome, r.marking_round, r.marker_id, r.script_id FROM khoacu.do_marking_replace($1, $2, $3, $4) r;

-- :marking_give_back
SELECT r.outcome, r.marking_round, r.marker_id, r.script_id FROM khoacu.do_marking_give_back($1, $2, $3, $4) r;

-- :marking_lease
SELECT l.leased_until FROM khoacu.do_marking_lease($1, $2, $3::integer) l;

-- :marking_lease_next
SELECT l.task_id, l.leased_until FROM khoacu.do_marking_lease_next($1, $2::integer) l;

-- :marking_freeze_scripts
-- :roles worker
SELECT s.blind_id, s.component, s.question, s.mark_max, s.mark_step, l.source, l.status, l.value, l.why, l.settled_by,
       coalesce(d.instead_of, 0), g.blind_id IS NOT NULL, greatest(d.asked_at, g.asked_at), coalesce(z.decided_by, 0)
  FROM khoacu.script s
  LEFT JOIN khoacu.script_outcome l ON l.blind_id = s.blind_id
  LEFT JOIN khoacu.script_remark d ON d.blind_id = s.blind_id AND d.why = 'doubt'
  LEFT JOIN khoacu.script_remark g ON g.blind_id = s.blind_id AND g.why = 'sign'
  LEFT JOIN khoacu.script_zeroed($1) z ON z.blind_id = s.blind_id
 WHERE s.cycle_id = $1
 ORDER BY s.blind_id;

-- :marking_freeze_finals
-- :roles worker
SELECT f.blind_id, m.marking_round, m.marker_id, m.status, m.value
  FROM khoacu.script s
  JOIN khoacu.mark_final f ON f.blind_id = s.blind_id AND (f.marking_round <= 5 OR f.marking_round = 9)
  JOIN khoacu.mark m ON m.blind_id = f.blind_id AND m.marking_round = f.marking_round AND m.revision = f.revision
 WHERE s.cycle_id = $1
 ORDER BY f.blind_id, f.marking_round;

-- :marking_freeze_words
-- :roles worker
SELECT w.blind_id, w.kind, w.said, w.staff_id, w.status, w.value, w.words, w.said_at
  FROM khoacu.script s JOIN khoacu.marking_word w ON w.blind_id = s.blind_id
 WHERE s.cycle_id = $1
 ORDER BY w.blind_id, w.position;

-- :marking_progress_parts
SELECT s.component, s.question, count(*), count(l.blind_id), coalesce(sum(a.assigned), 0)::bigint, coalesce(sum(a.final), 0)::bigint,
       count(*) FILTER (WHERE l.blind_id IS NULL AND c.next = 'marks'),
       count(*) FILTER (WHERE l.blind_id IS NULL AND c.next IN ('dialogue', 'minutes')),
       count(*) FILTER (WHERE l.blind_id IS NULL AND c.next = 'head'),
       count(*) FILTER (WHERE l.blind_id IS NULL AND c.next = 'chair'),
       count(*) FILTER (WHERE l.blind_id IS NULL AND c.next = 'collective')
  FROM khoacu.script s
  LEFT JOIN (SELECT g.blind_id, count(*) AS assigned, count(f.blind_id) AS final
               FROM khoacu.marking_assignment g
               LEFT JOIN khoacu.mark_final f ON f.blind_id = g.blind_id AND f.marking_round = g.marking_round
              WHERE g.marking_round <= 5 OR g.marking_round = 9 GROUP BY g.blind_id) a ON a.blind_id = s.blind_id
  LEFT JOIN khoacu.script_outcome l ON l.blind_id = s.blind_id
  LEFT JOIN (SELECT DISTINCT ON (k.blind_id) k.blind_id, k.next FROM khoacu.marking_call k
              ORDER BY k.blind_id, k.position DESC) c ON c.blind_id = s.blind_id
 WHERE s.cycle_id = $1
 GROUP BY s.component, s.question
 ORDER BY s.component DESC, s.question;

-- :marking_progress_markers
-- Pace: the median of the last twenty times between final marks, pauses left out.
WITH own AS (
  SELECT a.marker_id, s.component, f.final_at, m.blind_id IS NOT NULL AS marked, e.blind_id IS NOT NULL AS leased,
         f.final_at - lag(f.final_at) OVER w AS took, row_number() OVER (PARTITION BY a.marker_id, s.component ORDER BY f.final_at DESC NULLS LAST) AS place
    FROM khoacu.marking_assignment a
    JOIN khoacu.script s ON s.blind_id = a.blind_id
    LEFT JOIN khoacu.mark_final f ON f.blind_id = a.blind_id AND f.marking_round = a.marking_round
    LEFT JOIN khoacu.mark m ON m.blind_id = a.blind_id AND m.marking_round = a.marking_round AND m.revision = 1
    LEFT JOIN khoacu.marking_lease e ON e.blind_id = a.blind_id AND e.marking_round = a.marking_round AND e.leased_until > clock_timestamp()
   WHERE s.cycle_id = $1 AND (a.marking_round <= 5 OR a.marking_round = 9)
  WINDOW w AS (PARTITION BY a.marker_id, s.component ORDER BY f.final_at)
)
SELECT o.marker_id, t.login_name, t.full_name, o.component, count(*), count(*) FILTER (WHERE o.marked AND o.final_at IS NULL),
       count(o.final_at),
       coalesce(ceil(extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY o.took)
                                        FILTER (WHERE o.place <= 20 AND o.took < interval '30 minutes'))), 0)::bigint,
       max(o.final_at), count(*) FILTER (WHERE o.leased),
       (SELECT count(*) FROM khoacu.marking_redraw w JOIN khoacu.script s ON s.blind_id = w.blind_id
         WHERE w.replaced_id = o.marker_id AND w.why IN ('conflict', 'given_back') AND s.cycle_id = $1 AND s.component = o.component)
  FROM own o JOIN khoacu.staff t ON t.staff_id = o.marker_id
 GROUP BY o.marker_id, t.login_name, t.full_name, o.component
 ORDER BY o.component DESC, t.login_name;

-- :marking_cases
-- Of view lead, chair or dialogues. Nobody sees a script here that she has to mark, but in a dialogue of hers.
SELECT s.blind_id, y.code, s.component, s.question, s.mark_max, c.next, c.stage, c.tier, c.gap, c.called_at, l.status, l.value, l.why
  FROM (SELECT DISTINCT ON (k.blind_id) k.blind_id, k.next, k.stage, k.tier, k.gap, k.called_at FROM khoacu.marking_call k
         ORDER BY k.blind_id, k.position DESC) c
  JOIN khoacu.script s ON s.blind_id = c.blind_id
  JOIN khoacu.cycle y ON y.cycle_id = s.cycle_id
  LEFT JOIN khoacu.script_outcome l ON l.blind_id = c.blind_id
  LEFT JOIN khoacu.marking_assignment a ON a.blind_id = c.blind_id AND a.marker_id = $5
 WHERE c.blind_id > $6
   AND CASE $1::text
       WHEN 'lead' THEN y.code = $2 AND ($3::text IS NULL OR c.next = $3) AND (l.blind_id IS NOT NULL) = $4 AND a.blind_id IS NULL
       WHEN 'chair' THEN l.blind_id IS NULL AND c.next = 'chair' AND a.blind_id IS NULL
       ELSE l.blind_id IS NULL AND c.next IN ('dialogue', 'minutes')
            AND a.marking_round = ANY (khoacu.marking_rounds(c.blind_id, CASE c.stage WHEN 'tiers' THEN '{1,2}'::smallint[]
                                                               WHEN 'third' THEN '{1,2,3}' WHEN 'pair' THEN '{4,5}' END))
       END
 ORDER BY c.blind_id
 LIMIT $7;

-- :marking_case_marks
-- Why somebody gave no mark is said to whoever decides; a note beside a mark is its marker's alone. A mark that gave way to
-- another is shown where $2 says so.
SELECT f.blind_id, m.marking_round, m.marker_id, m.status, m.value, t.login_name, CASE WHEN m.status <> 'awarded' THEN m.note END,
       r.blind_id IS NOT NULL
  FROM khoacu.mark_final f
  JOIN khoacu.mark m ON m.blind_id = f.blind_id AND m.marking_round = f.marking_round AND m.revision = f.revision
  JOIN khoacu.staff t ON t.staff_id = m.marker_id
  LEFT JOIN khoacu.script_remark r ON r.blind_id = f.blind_id AND r.instead_of = f.marking_round
 WHERE f.blind_id = ANY ($1::bigint[]) AND (f.marking_round <= 5 OR f.marking_round = 9) AND ($2 OR r.blind_id IS NULL)
 ORDER BY f.blind_id, f.marking_round;

-- :marking_case_waiting
-- Who has yet to declare a mark final, and whether she has the script open.
SELECT a.blind_id, a.marking_round, t.login_name, t.full_name, coalesce(e.leased_until > clock_timestamp(), false)
  FROM khoacu.marking_assignment a
  JOIN khoacu.staff t ON t.staff_id = a.marker_id
  LEFT JOIN khoacu.marking_lease e ON e.blind_id = a.blind_id AND e.marking_round = a.marking_round
 WHERE a.blind_id = ANY ($1::bigint[]) AND (a.marking_round <= 5 OR a.marking_round = 9)
   AND NOT EXISTS (SELECT 1 FROM khoacu.mark_final f WHERE f.blind_id = a.blind_id AND f.marking_round = a.marking_round)
 ORDER BY a.blind_id, a.marking_round;

-- :marking_case_words
SELECT w.blind_id, w.kind, w.said, w.staff_id, w.status, w.value, w.words, w.said_at, t.login_name
  FROM khoacu.marking_word w JOIN khoacu.staff t ON t.staff_id = w.staff_id
 WHERE w.blind_id = ANY ($1::bigint[])
 ORDER BY w.blind_id, w.position;

-- :marking_staff_find
SELECT f.staff_id FROM khoacu.staff f WHERE f.login_name = $1;

-- :marking_cycles
SELECT c.code, c.title_vi, c.title_en, c.state, EXISTS (SELECT 1 FROM khoacu.script s WHERE s.cycle_id = c.cycle_id),
       EXISTS (SELECT 1 FROM khoacu.marks_freeze f WHERE f.cycle_id = c.cycle_id)
  FROM khoacu.cycle c
 ORDER BY c.created_at DESC
 LIMIT 1000;

-- :marking_kinship_facts
SELECT coalesce(c.cycle_id, 0),
       coalesce((SELECT f.staff_id FROM khoacu.staff f JOIN khoacu.staff_role r ON r.staff_id = f.staff_id AND r.role = 'examiner'
                  WHERE f.login_name = $2), 0),
       coalesce((SELECT d.candidate_id FROM khoacu.candidate d WHERE d.cycle_id = c.cycle_id AND d.roll_number = $3), 0),
       EXISTS (SELECT 1 FROM khoacu.script s WHERE s.cycle_id = c.cycle_id)
  FROM (SELECT 1) one LEFT JOIN khoacu.cycle c ON c.code = $1;

-- :marking_kinship_insert
INSERT INTO khoacu.marking_kinship (marker_id, candidate_id, cycle_id, relation, declared_by, declared_at)
VALUES ($1, $2, $3, $4, $5, clock_timestamp())
ON CONFLICT DO NOTHING;

-- :marking_kinships
SELECT f.login_name, d.roll_number, k.relation, o.login_name, k.declared_at
  FROM khoacu.marking_kinship k
  JOIN khoacu.cycle c ON c.cycle_id = k.cycle_id
  JOIN khoacu.staff f ON f.staff_id = k.marker_id
  JOIN khoacu.staff o ON o.staff_id = k.declared_by
  JOIN khoacu.candidate d ON d.candidate_id = k.candidate_id
 WHERE c.code = $1
 ORDER BY k.declared_at
 LIMIT 20000;
