-- :script_trials_issue
SELECT khoacu.do_script_trials_issue($1);

-- :script_queue_counts
SELECT c.waiting, c.marked, c.final FROM khoacu.script_counts($1) c;

-- :script_standings
SELECT component, question, state FROM khoacu.script_marker_parts($1) ORDER BY component DESC, question;

-- :script_pace
SELECT p.own_ms, p.all_ms FROM khoacu.script_pace($1) p;

-- :script_task
SELECT t.blind_id, t.cycle_id, t.component, t.question, t.state = 'open' OR t.marked FROM khoacu.script_task($1, $2) t;

-- :script_pages
SELECT page, question, kind, body, width, height FROM khoacu.script_pages($1, $2);

-- :script_page_bytes
SELECT type, bytes FROM khoacu.script_page_bytes($1, $2, $3::smallint);

-- :script_annotations
SELECT number, revision, page, place::bigint[], body FROM khoacu.script_annotations($1, $2) WHERE body <> '';

-- :script_own_reports
SELECT article, reason, reported_at FROM khoacu.script_own_reports($1, $2);

-- :script_practice
SELECT value, criteria::text[], reason, within FROM khoacu.script_practice($1, $2);

-- :script_mark_put
SELECT r.outcome, r.revision, r.entered_at, r.quick, r.script_id
  FROM khoacu.do_marking_mark_put($1, $2, $3::integer, $4, $5::numeric, $6, $7::text[]::numeric[], $8::integer) r;

-- :script_final
SELECT r.outcome, r.live, r.final_at, r.script_id FROM khoacu.do_script_final($1, $2, $3::integer) r;

-- :script_annotation_put
SELECT r.outcome, r.revision FROM khoacu.do_script_annotation_put($1, $2, $3::smallint, $4::integer, $5::smallint, $6::bigint[]::integer[], $7) r;

-- :script_report_put
SELECT r.outcome, r.reported_at FROM khoacu.do_script_report_put($1, $2, $3, $4, $5) r;

-- :script_guide
-- :roles server,worker
SELECT version, task_vi, task_en, title_vi, title_en, mark_max, mark_step, levels FROM khoacu.script_guide($1, $2, $3::smallint);

-- :script_guides
SELECT DISTINCT component, question FROM khoacu.rubric WHERE cycle_id = $1 ORDER BY component DESC, question;

-- :script_guide_put
-- :roles server,worker
SELECT r.outcome, r.version
  FROM khoacu.do_script_rubric_put($1, $2, $3::smallint, $4::integer, $5, $6, $7::text[], $8::text[], $9::text[]::numeric[],
                                   $10::text[]::numeric[], $11::text[], $12, $13) r;

-- :script_texts_put
-- :roles worker
SELECT khoacu.do_script_texts_put($1, $2, $3::smallint, $4::smallint, $5::bigint[], $6::bigint[], $7::text[]);

-- :script_image_put
-- :roles worker
SELECT khoacu.do_script_image_put($1, $2, $3::smallint, $4::smallint, $5::smallint, $6, $7, $8, $9::integer, $10::integer, $11);

-- :script_standards
SELECT DISTINCT ON (component, question) component, question, version, qualify_scripts, qualify_passes, chances, tolerance, criterion_tolerance,
       seed_every, seed_misses, quick_seconds
  FROM khoacu.script_standard WHERE cycle_id = $1 ORDER BY component DESC, question, version DESC;

-- :script_samples
SELECT blind_id, component, question, purpose, value, criteria::text[], reason FROM khoacu.script_samples($1);

-- :script_drift
SELECT component, question, marker_id, login_name, full_name, state, purpose, final_at, (100 * difference)::bigint, within FROM khoacu.script_drift($1);

-- :script_pool
SELECT blind_id FROM khoacu.script_pool($1, $2, $3::smallint, $4);

-- :script_standard_put
SELECT r.outcome, r.version
  FROM khoacu.do_script_standard_put($1, $2, $3::smallint, $4::integer, $5::smallint, $6::smallint, $7::smallint, $8::numeric, $9::numeric,
                                     $10::smallint, $11::smallint, $12::smallint, $13, $14) r;

-- :script_sample_put
SELECT khoacu.do_script_sample_put($1, $2, $3, $4::numeric, $5::text[]::numeric[], $6, $7);

-- :script_release_put
SELECT khoacu.do_script_release($1, $2, $3::smallint, $4, $5, $6);

-- :script_of_cycle
SELECT c.code, s.cycle_id, s.component, s.question FROM khoacu.script s JOIN khoacu.cycle c USING (cycle_id) WHERE s.blind_id = $1;

-- :script_lead_pages
SELECT page, question, kind, body, width, height FROM khoacu.script_lead_pages($1);

-- :script_lead_page_bytes
SELECT type, bytes FROM khoacu.script_lead_page_bytes($1, $2::smallint);

-- :script_reports
SELECT report_id, blind_id, component, question, login_name, article, reason, reported_at, verdict, decision_reason, decided_at
  FROM khoacu.script_reports($1);

-- :script_report_decide
SELECT r.outcome, r.blind_id FROM khoacu.do_script_report_decide($1, $2, $3, $4) r;
