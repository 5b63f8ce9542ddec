-- :appeal_lodge
SELECT r.outcome, r.number, r.last_day::text, r.basis, r.part, r.lodged_at,
       (SELECT khoacu.appeal_article(k.cycle_id)::text FROM khoacu.candidate k WHERE k.candidate_id = $2)
  FROM khoacu.do_appeal_lodge($1, $2, $3, $4, $5) r;

-- :appeal_candidate_find
SELECT k.candidate_id FROM khoacu.candidate k JOIN khoacu.cycle c ON c.cycle_id = k.cycle_id WHERE c.code = $1 AND k.roll_number = $2;

-- :appeal_withdraw
SELECT khoacu.do_appeal_withdraw($1, $2);

-- :appeal_verdict
SELECT r.outcome, r.draws FROM khoacu.do_appeal_verdict($1, $2, $3, $4) r;

-- :appeal_third
SELECT khoacu.do_appeal_third($1);

-- :appeal_call
SELECT khoacu.do_appeal_call($1, $2, $3, $4::numeric);

-- :appeal_word
SELECT r.outcome, r.script_id FROM khoacu.do_appeal_word($1, $2, $3, $4, $5::numeric, $6) r;

-- :appeal_extend
SELECT r.outcome, r.decide_by::text FROM khoacu.do_appeal_extend($1, $2, $3::integer, $4) r;

-- :appeal_propose
-- Marks are hundredths.
SELECT r.outcome, r.number::bigint
  FROM khoacu.do_appeal_propose($1, $2, $3, $4, $5, ARRAY(SELECT v / 100.0 FROM unnest($6::bigint[]) WITH ORDINALITY AS u(v, n) ORDER BY n), $7, $8) r;

-- :appeal_decide
SELECT r.outcome, coalesce(r.before::text, ''), coalesce(r.after::text, ''), r.proposed_by, r.changed FROM khoacu.do_appeal_decide($1, $2, $3, $4) r;

-- :appeal_list
SELECT khoacu.appeal_list(c.cycle_id, $2) FROM khoacu.cycle c WHERE c.code = $1;

-- :appeal_show
SELECT khoacu.appeal_show($1);

-- :appeal_own
SELECT khoacu.appeal_own($1);

-- :appeal_own_page
SELECT type, bytes FROM khoacu.appeal_own_page($1, $2, $3::smallint, $4::smallint);

-- :appeal_words_due
SELECT khoacu.appeal_words_due($1);

-- :appeal_facts
SELECT f.appeal_id, f.blind_id, f.cycle_id, f.component, f.question, f.mark_max, f.mark_step, f.before, f.pack_id, f.pack_version, f.remarkers,
       f.marks, f.statuses, CASE WHEN f.question > 0 THEN c.written_max ELSE f.mark_max END
  FROM khoacu.appeal_facts($1, $2) f
  JOIN khoacu.cycle c ON c.cycle_id = f.cycle_id
 ORDER BY f.question, f.blind_id;

-- :appeal_words
SELECT w.stage, w.kind, w.said, w.value, w.words, w.needed FROM khoacu.appeal_words($1) w;

-- :appeal_of
-- Whose appeal it is, and where a preview of it stands.
SELECT a.candidate_id, c.code, (SELECT l.run_id FROM khoacu.release l WHERE l.cycle_id = a.cycle_id ORDER BY l.version DESC LIMIT 1),
       (SELECT p.trial_id FROM khoacu.appeal_proposal p WHERE p.appeal_id = a.appeal_id ORDER BY p.number DESC LIMIT 1),
       k.roll_number, k.full_name, c.authority_vi, c.authority_en, c.title_vi, c.title_en, khoacu.appeal_show(a.appeal_id)
  FROM khoacu.appeal a JOIN khoacu.cycle c ON c.cycle_id = a.cycle_id JOIN khoacu.candidate k ON k.candidate_id = a.candidate_id
 WHERE a.appeal_id = $1;

-- :appeal_open_among
-- Which of these scripts are marked again on appeal.
SELECT b FROM unnest($1::bigint[]) AS b WHERE khoacu.appeal_open(b);
