-- :release_document_read
SELECT bytes FROM khoacu.release_document WHERE run_id = $1 AND kind = $2;

-- :release_document_insert
INSERT INTO khoacu.release_document (run_id, kind, bytes, sha256, made_at) VALUES ($1, $2, $3, sha256($3), $4)
ON CONFLICT (run_id, kind) DO NOTHING;

-- :release_terms
-- :roles server,worker
SELECT t.published::text, t.first_published::text, t.appeal_until::text, t.file_until::text, t.decision_until::text, t.report_until::text,
       t.reserve_until::text, coalesce(t.notice_days, 0), t.basis
  FROM khoacu.result_terms($1, $2) t;

-- :release_letters
-- :roles server,worker
-- What letters say of the candidates of a run: all, those of a post, one, or those whom no mail has reached.
SELECT c.candidate_id, c.roll_number, c.full_name, p.code, p.title, d.outcome, coalesce(g.name, ''), d.reason, d.derivation,
       coalesce(c.email, '')
  FROM khoacu.decision d
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
  JOIN khoacu.post p ON p.post_id = d.post_id
  LEFT JOIN khoacu.agency g ON g.agency_id = d.agency_id
 WHERE d.run_id = $1 AND ($2::text IS NULL OR p.code = $2) AND ($3::text IS NULL OR c.roll_number = $3)
   AND ($4::bigint IS NULL OR c.candidate_id = $4)
   AND (NOT $7 OR NOT EXISTS (SELECT 1 FROM khoacu.letter_mail m WHERE m.run_id = d.run_id AND m.candidate_id = d.candidate_id AND m.state = 'sent'))
 ORDER BY p.code COLLATE "C", d.rank NULLS LAST, d.outcome <> 'selected', c.roll_number COLLATE "C"
OFFSET $5 LIMIT $6;

-- :release_mails_prepare
-- One for each candidate with an address, as far as there is none yet.
INSERT INTO khoacu.letter_mail (run_id, candidate_id, mail_id, address, changed_at)
SELECT d.run_id, d.candidate_id, (('x' || encode(substring(sha256(convert_to(d.run_id || ' ' || d.candidate_id, 'UTF8')) FROM 1 FOR 8), 'hex'))::bit(64)::bigint & 9223372036854775807) | 1,
       c.email, $2
  FROM khoacu.decision d JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
 WHERE d.run_id = $1 AND c.email IS NOT NULL
ON CONFLICT (run_id, candidate_id) DO NOTHING;

-- :release_mails_again
-- What was refused, came back, was deferred or left unsure waits once more, for the address that is known now.
UPDATE khoacu.letter_mail m SET state = 'waiting', address = c.email, changed_at = $2
  FROM khoacu.candidate c
 WHERE c.candidate_id = m.candidate_id AND c.email IS NOT NULL AND m.run_id = $1 AND m.state IN ('refused', 'deferred', 'unsure', 'returned');

-- :release_mails_deferred
UPDATE khoacu.letter_mail SET state = 'waiting', changed_at = $2 WHERE run_id = $1 AND state = 'deferred';

-- :release_mails_counts
-- :roles server,worker
SELECT count(*), count(*) FILTER (WHERE m.state = 'waiting'), count(*) FILTER (WHERE m.state = 'sent'), count(*) FILTER (WHERE m.state = 'refused'),
       count(*) FILTER (WHERE m.state = 'deferred'), count(*) FILTER (WHERE m.state IN ('unsure', 'sending')),
       count(*) FILTER (WHERE m.state = 'returned')
  FROM khoacu.letter_mail m WHERE m.run_id = $1;

-- :release_mails_troubled
SELECT c.roll_number, m.address, m.state, m.answer, m.attempts
  FROM khoacu.letter_mail m JOIN khoacu.candidate c ON c.candidate_id = m.candidate_id
 WHERE m.run_id = $1 AND m.state IN ('refused', 'deferred', 'unsure', 'returned')
 ORDER BY c.roll_number COLLATE "C" LIMIT 200;

-- :release_mails_addresses
-- Candidates, those with an address, and those whom no mail is known to have reached.
SELECT count(*), count(c.email), count(*) FILTER (WHERE m.state IS DISTINCT FROM 'sent')
  FROM khoacu.decision d
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
  LEFT JOIN khoacu.letter_mail m ON m.run_id = d.run_id AND m.candidate_id = d.candidate_id
 WHERE d.run_id = $1;

-- :release_mails_recover
-- :roles worker
-- What was under way when the worker died: it may have gone out, and nobody knows.
UPDATE khoacu.letter_mail SET state = 'unsure', changed_at = $2 WHERE run_id = $1 AND state = 'sending';

-- :release_mail_take
-- :roles worker
UPDATE khoacu.letter_mail m SET state = 'sending', attempts = m.attempts + 1, changed_at = $2
  FROM (SELECT l.run_id, l.candidate_id FROM khoacu.letter_mail l WHERE l.run_id = $1 AND l.state = 'waiting'
         ORDER BY l.mail_id LIMIT 1 FOR UPDATE SKIP LOCKED) n
 WHERE m.run_id = n.run_id AND m.candidate_id = n.candidate_id
RETURNING m.candidate_id, m.mail_id, m.address, m.attempts;

-- :release_mail_done
-- :roles worker
UPDATE khoacu.letter_mail SET state = $3, answer = left($4, 500), changed_at = $5 WHERE run_id = $1 AND candidate_id = $2 AND state = 'sending';

-- :release_letter_report
SELECT r.outcome, r.run_id, r.roll_number, r.cycle_code, r.version FROM khoacu.do_letter_report($1, $2, $3::integer, $4, $5, $6, $7, $8, $9) r;

-- :release_strike_propose
SELECT r.outcome, r.until::text, r.basis FROM khoacu.do_result_strike_propose($1, $2, $3, $4, $5, $6, $7, $8) r;

-- :release_strike_decide
SELECT r.outcome, r.until::text, r.basis FROM khoacu.do_result_strike_decide($1, $2, $3, $4, $5, $6) r;

-- :release_strikes
-- Proposals of a cycle, the last day for the substitute's publication, and the release that took each up.
SELECT p.strike_id, c.roll_number, c.full_name, p.ground, p.article, p.reason, p.proposed_by, a.login_name, a.full_name, p.proposed_at,
       d.decided_by, b.login_name, b.full_name, d.decided_at, d.verdict, d.reason,
       CASE WHEN d.verdict = 'confirmed'
            THEN khoacu.term_end_working((d.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, (khoacu.result_terms(p.run_id, p.candidate_id)).notice_days)::text END,
       coalesce((SELECT min(l.version) FROM khoacu.release l JOIN khoacu.decision x ON x.run_id = l.run_id
                  WHERE l.cycle_id = $1 AND x.candidate_id = p.candidate_id AND x.outcome = 'withdrawn'), 0)
  FROM khoacu.strike_proposal p
  JOIN khoacu.release s ON s.run_id = p.run_id AND s.cycle_id = $1
  JOIN khoacu.candidate c ON c.candidate_id = p.candidate_id
  JOIN khoacu.staff a ON a.staff_id = p.proposed_by
  LEFT JOIN khoacu.strike_decision d ON d.strike_id = p.strike_id
  LEFT JOIN khoacu.staff b ON b.staff_id = d.decided_by
 ORDER BY p.proposed_at DESC, p.strike_id LIMIT 200;

-- :release_strikes_open
-- Whether a confirmed strike waits for its substitution.
SELECT EXISTS (SELECT 1 FROM khoacu.strike_decision d JOIN khoacu.strike_proposal p ON p.strike_id = d.strike_id
                 JOIN khoacu.candidate c ON c.candidate_id = p.candidate_id
                WHERE c.cycle_id = $1 AND d.verdict = 'confirmed'
                  AND NOT EXISTS (SELECT 1 FROM khoacu.release l JOIN khoacu.decision x ON x.run_id = l.run_id
                                   WHERE l.cycle_id = $1 AND x.candidate_id = p.candidate_id AND x.outcome = 'withdrawn'));

-- :release_withdrawn
-- :roles worker
SELECT c.roll_number
  FROM khoacu.strike_decision d JOIN khoacu.strike_proposal p ON p.strike_id = d.strike_id
  JOIN khoacu.candidate c ON c.candidate_id = p.candidate_id
 WHERE c.cycle_id = $1 AND d.verdict = 'confirmed';

-- :release_kept
-- :roles worker
-- Who holds which seat in the newest release.
SELECT c.roll_number, g.code
  FROM (SELECT l.run_id FROM khoacu.release l WHERE l.cycle_id = $1 ORDER BY l.version DESC LIMIT 1) n
  JOIN khoacu.decision d ON d.run_id = n.run_id AND d.outcome = 'selected'
  JOIN khoacu.candidate c ON c.candidate_id = d.candidate_id
  JOIN khoacu.agency g ON g.agency_id = d.agency_id;

-- :release_days
SELECT d.day::text, d.kind, d.name FROM khoacu.calendar_day d WHERE extract(year FROM d.day) = $1::bigint ORDER BY d.day;

-- :release_day_write
INSERT INTO khoacu.calendar_day AS d (day, kind, name, changed_by, changed_at) VALUES ($1::date, $2, $3, $4, $5)
ON CONFLICT (day) DO UPDATE SET kind = EXCLUDED.kind, name = EXCLUDED.name, changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at;
