-- :panel_list
SELECT p.panel_id, c.code, p.code, p.kind, p.room, p.state, m.office, p.made_at,
       (SELECT count(*) FROM khoacu.panel_hearing h WHERE h.panel_id = p.panel_id),
       (SELECT count(*) FROM khoacu.panel_hearing h WHERE h.panel_id = p.panel_id AND h.state = 'settled')
  FROM khoacu.panel p
  JOIN khoacu.cycle c ON c.cycle_id = p.cycle_id
  LEFT JOIN khoacu.panel_member m ON m.panel_id = p.panel_id AND m.staff_id = $1
 WHERE m.staff_id IS NOT NULL OR EXISTS (SELECT 1 FROM khoacu.staff_role r WHERE r.staff_id = $1
                                            AND r.role IN ('hr_officer', 'chief_marker', 'council_chair', 'inspector'))
 ORDER BY p.made_at DESC, p.panel_id
 LIMIT 500;

-- :panel_sheet
SELECT khoacu.do_panel_sheet($1, $2);

-- :panel_minutes_read
SELECT p.minutes FROM khoacu.panel p WHERE p.panel_id = $1 AND p.minutes IS NOT NULL;

-- :panel_make
SELECT r.outcome, r.detail FROM khoacu.do_panel_make($1, $2, $3, $4, $5, $6, $7::text[], $8::text[]::numeric[], $9::text[]::numeric[], $10::text[], $11::text[],
                                                 $12::integer, $13::text[]) r;

-- :panel_commit
SELECT r.outcome, r.detail FROM khoacu.do_panel_commit($1, $2, $3) r;

-- :panel_draw
SELECT r.outcome, r.detail FROM khoacu.do_panel_draw($1, $2, $3) r;

-- :panel_conflict
SELECT r.outcome, r.detail FROM khoacu.do_panel_conflict($1, $2, $3, $4, $5) r;

-- :panel_substitute
SELECT r.outcome, r.detail FROM khoacu.do_panel_substitute($1, $2, $3, $4) r;

-- :panel_phase
SELECT r.outcome, r.detail FROM khoacu.do_panel_phase($1, $2, $3, $4) r;

-- :panel_mark
SELECT r.outcome, r.detail FROM khoacu.do_panel_mark($1, $2, $3::text[]::numeric[]) r;

-- :panel_absence
SELECT r.outcome, r.detail FROM khoacu.do_panel_absence($1, $2, $3, $4) r;

-- :panel_absence_confirm
SELECT r.outcome, r.detail FROM khoacu.do_panel_absence_confirm($1, $2, $3) r;

-- :panel_dialogue
SELECT r.outcome, r.detail FROM khoacu.do_panel_dialogue($1, $2, $3, $4::numeric) r;

-- :panel_word
SELECT r.outcome, r.detail FROM khoacu.do_panel_word($1, $2, $3::numeric, $4) r;

-- :panel_facts
SELECT f.pack_id, f.pack_version, f.mark_max, f.mark_step, f.totals, f.ratings, f.dialogue, f.signed, f.agreed, f.head, f.head_up, f.head_mark,
       f.chair, f.chair_mark
  FROM khoacu.do_panel_facts($1) f;

-- :panel_reckon
SELECT r.outcome, r.detail FROM khoacu.do_panel_reckon($1, $2, $3, $4::numeric, $5::numeric, $6, $7) r;

-- :panel_minutes
SELECT r.outcome, r.detail FROM khoacu.do_panel_minutes($1, $2) r;

-- :panel_sign
SELECT r.outcome, r.detail FROM khoacu.do_panel_sign($1, $2, $3, $4, $5, $6, $7) r;
