-- What one examiner has before her: the pages of a script, the guide by which it is marked, her annotations and reports; and the
-- scripts with definitive marks by which examiners are made alike.

-- ---- pages ----
CREATE TABLE khoacu.script_page (
  blind_id bigint NOT NULL REFERENCES khoacu.script,
  page     smallint NOT NULL CHECK (page BETWEEN 1 AND 400),
  question smallint NOT NULL CHECK (question BETWEEN 0 AND 200),
  kind     text NOT NULL CHECK (kind IN ('text', 'image', 'withheld')),
  body     text CHECK (octet_length(body) <= 131072),
  type     text CHECK (type IN ('image/jpeg', 'image/png')),
  bytes    bytea CHECK (octet_length(bytes) BETWEEN 1 AND 20971520),
  width    integer CHECK (width BETWEEN 1 AND 30000),
  height   integer CHECK (height BETWEEN 1 AND 30000),
  sha256   bytea NOT NULL CHECK (octet_length(sha256) = 32),
  PRIMARY KEY (blind_id, page),
  CHECK (CASE kind WHEN 'text' THEN body IS NOT NULL AND body IS NFC NORMALIZED AND num_nonnulls(type, bytes, width, height) = 0
                   WHEN 'image' THEN body IS NULL AND num_nonnulls(type, bytes, width, height) = 4
                   ELSE num_nonnulls(body, type, bytes, width, height) = 0 END)
);
COMMENT ON TABLE khoacu.script_page IS 'What a script says, page by page, stripped of all that is not content; written once, before anybody marks it';
COMMENT ON COLUMN khoacu.script_page.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.script_page.page IS '1, 2, …';
COMMENT ON COLUMN khoacu.script_page.question IS 'Position in the paper that it answers; 0: not known, as on paper';
COMMENT ON COLUMN khoacu.script_page.kind IS 'text: body; image: bytes; withheld: a file of a kind that is not shown to examiners';
COMMENT ON COLUMN khoacu.script_page.body IS 'The text, in NFC';
COMMENT ON COLUMN khoacu.script_page.type IS 'Media type of bytes';
COMMENT ON COLUMN khoacu.script_page.bytes IS 'The picture, drawn anew from its pixels, so that nothing else is in it';
COMMENT ON COLUMN khoacu.script_page.width IS 'Pixels';
COMMENT ON COLUMN khoacu.script_page.height IS 'Pixels';
COMMENT ON COLUMN khoacu.script_page.sha256 IS 'Of body in UTF-8, of bytes, or of the file that is withheld';
GRANT SELECT (blind_id, page, question, kind, type, width, height, sha256) ON khoacu.script_page TO khoacu_auditor;

-- ---- the guide ----
CREATE TABLE khoacu.rubric (
  cycle_id  bigint NOT NULL REFERENCES khoacu.cycle,
  component text NOT NULL CHECK (component IN ('written', 'interview')),
  question  smallint NOT NULL CHECK (question BETWEEN 0 AND 50),
  version   integer NOT NULL CHECK (version BETWEEN 1 AND 1000),
  task_vi   text NOT NULL CHECK (length(task_vi) <= 20000),
  task_en   text NOT NULL CHECK (length(task_en) <= 20000),
  made_by   bigint REFERENCES khoacu.staff,
  reason    text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  made_at   timestamptz NOT NULL,
  PRIMARY KEY (cycle_id, component, question, version)
);
COMMENT ON TABLE khoacu.rubric IS 'Marking guides by part and question; the highest version counts, and from the first mark on there is no other';
COMMENT ON COLUMN khoacu.rubric.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.rubric.component IS 'As of script';
COMMENT ON COLUMN khoacu.rubric.question IS 'As of script';
COMMENT ON COLUMN khoacu.rubric.version IS '1, 2, …';
COMMENT ON COLUMN khoacu.rubric.task_vi IS 'What the candidate was asked, in Vietnamese; may be empty';
COMMENT ON COLUMN khoacu.rubric.task_en IS 'The same in English; may be empty';
COMMENT ON COLUMN khoacu.rubric.made_by IS 'The chief marker who entered it; null: taken from the item';
COMMENT ON COLUMN khoacu.rubric.reason IS 'Why, or where from';
COMMENT ON COLUMN khoacu.rubric.made_at IS 'When';

CREATE TABLE khoacu.rubric_criterion (
  cycle_id  bigint NOT NULL,
  component text NOT NULL,
  question  smallint NOT NULL,
  version   integer NOT NULL,
  place     smallint NOT NULL CHECK (place BETWEEN 1 AND 60),
  title_vi  text NOT NULL CHECK (length(title_vi) <= 2000),
  title_en  text NOT NULL CHECK (length(title_en) <= 2000),
  mark_max  numeric(5,2) NOT NULL CHECK (mark_max > 0 AND mark_max <= 100),
  mark_step numeric(5,2) NOT NULL CHECK (mark_step > 0),
  levels    text NOT NULL CHECK (length(levels) BETWEEN 2 AND 60000),
  PRIMARY KEY (cycle_id, component, question, version, place),
  FOREIGN KEY (cycle_id, component, question, version) REFERENCES khoacu.rubric,
  CHECK (mark_max % mark_step = 0),
  CHECK (title_vi <> '' OR title_en <> '')
);
COMMENT ON TABLE khoacu.rubric_criterion IS 'Criteria of a guide; the mark of a script is their sum';
COMMENT ON COLUMN khoacu.rubric_criterion.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.rubric_criterion.component IS 'As of rubric';
COMMENT ON COLUMN khoacu.rubric_criterion.question IS 'As of rubric';
COMMENT ON COLUMN khoacu.rubric_criterion.version IS 'As of rubric';
COMMENT ON COLUMN khoacu.rubric_criterion.place IS '1, 2, … as they stand on the screen and in mark.criteria';
COMMENT ON COLUMN khoacu.rubric_criterion.title_vi IS 'What is looked at, in Vietnamese';
COMMENT ON COLUMN khoacu.rubric_criterion.title_en IS 'In English';
COMMENT ON COLUMN khoacu.rubric_criterion.mark_max IS 'Highest mark';
COMMENT ON COLUMN khoacu.rubric_criterion.mark_step IS 'Marks are multiples of it';
COMMENT ON COLUMN khoacu.rubric_criterion.levels IS 'JSON: [{"value":"2.50","vi":"…","en":"…"}, …] what stands for which mark; may be empty';
GRANT SELECT ON khoacu.rubric, khoacu.rubric_criterion TO khoacu_server, khoacu_worker, khoacu_auditor;

ALTER TABLE khoacu.mark ADD COLUMN criteria numeric(5,2)[] CHECK (cardinality(criteria) BETWEEN 1 AND 60);
ALTER TABLE khoacu.mark ADD COLUMN seconds integer CHECK (seconds BETWEEN 0 AND 86400);
COMMENT ON COLUMN khoacu.mark.criteria IS 'Marks of the criteria of the guide, in their order; null where there is no guide or no value';
COMMENT ON COLUMN khoacu.mark.seconds IS 'How long the script stood before the examiner, as her screen says; null: not said';

-- What does not fit between the marks of criteria and the guide: null when all fits.
CREATE FUNCTION khoacu.script_criteria_fault(p_cycle_id bigint, p_component text, p_question smallint, p_value numeric, p_criteria numeric[])
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_version integer;
  v_count integer;
  v_place smallint;
  v_scale boolean;
BEGIN
  SELECT max(r.version) INTO v_version FROM rubric r
   WHERE r.cycle_id = p_cycle_id AND r.component = p_component AND r.question = p_question;
  IF v_version IS NULL OR p_value IS NULL THEN
    RETURN CASE WHEN p_criteria IS NOT NULL THEN 'criteria_extra' END;
  ELSIF p_criteria IS NULL THEN
    RETURN 'criteria_missing';
  END IF;
  SELECT count(*) INTO v_count FROM rubric_criterion c
   WHERE c.cycle_id = p_cycle_id AND c.component = p_component AND c.question = p_question AND c.version = v_version;
  IF cardinality(p_criteria) <> v_count OR array_position(p_criteria, NULL) IS NOT NULL THEN
    RETURN 'criteria_count';
  END IF;
  SELECT c.place, p_criteria[c.place] NOT BETWEEN 0 AND c.mark_max INTO v_place, v_scale
    FROM rubric_criterion c
   WHERE c.cycle_id = p_cycle_id AND c.component = p_component AND c.question = p_question AND c.version = v_version
     AND (p_criteria[c.place] NOT BETWEEN 0 AND c.mark_max OR p_criteria[c.place] % c.mark_step <> 0)
   ORDER BY c.place LIMIT 1;
  IF FOUND THEN
    RETURN CASE WHEN v_scale THEN 'criterion_scale:' ELSE 'criterion_step:' END || v_place;
  END IF;
  RETURN CASE WHEN (SELECT sum(x) FROM unnest(p_criteria) x) <> p_value THEN 'criteria_sum' END;
END
$$;
COMMENT ON FUNCTION khoacu.script_criteria_fault IS 'criteria_extra, criteria_missing, criteria_count, criterion_scale:PLACE, criterion_step:PLACE, criteria_sum, or null';
REVOKE ALL ON FUNCTION khoacu.script_criteria_fault FROM PUBLIC;

CREATE FUNCTION khoacu.mark_criteria_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_fault text;
BEGIN
  IF EXISTS (SELECT 1 FROM mark_final f WHERE f.blind_id = NEW.blind_id AND f.marking_round = NEW.marking_round) THEN
    RAISE EXCEPTION 'a mark that was declared final stays' USING ERRCODE = 'check_violation';
  END IF;
  SELECT script_criteria_fault(s.cycle_id, s.component, s.question, NEW.value, NEW.criteria) INTO v_fault
    FROM script s WHERE s.blind_id = NEW.blind_id;
  IF v_fault IS NOT NULL THEN
    RAISE EXCEPTION 'a mark is the sum of the marks of its criteria (%)', v_fault USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.mark_criteria_guard() IS 'Refuses marks after the final one, and marks that are not the sum of criteria on their scales and steps';
REVOKE ALL ON FUNCTION khoacu.mark_criteria_guard() FROM PUBLIC;
CREATE TRIGGER mark_criteria_guard BEFORE INSERT ON khoacu.mark FOR EACH ROW EXECUTE FUNCTION khoacu.mark_criteria_guard();

-- ---- examiners made alike ----
CREATE TABLE khoacu.script_sample (
  sample_id bigint PRIMARY KEY CHECK (sample_id > 0),
  blind_id  bigint NOT NULL UNIQUE REFERENCES khoacu.script,
  purpose   text NOT NULL CHECK (purpose IN ('practice', 'qualification', 'seed')),
  value     numeric(5,2) NOT NULL CHECK (value >= 0),
  criteria  numeric(5,2)[],
  reason    text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  chosen_by bigint NOT NULL REFERENCES khoacu.staff,
  chosen_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.script_sample IS 'Scripts with a definitive mark, chosen by the chief marker';
COMMENT ON COLUMN khoacu.script_sample.sample_id IS 'Random id';
COMMENT ON COLUMN khoacu.script_sample.blind_id IS 'The script; examiners get it under other codes';
COMMENT ON COLUMN khoacu.script_sample.purpose IS 'practice: the definitive mark is shown after one''s own; qualification: before live scripts; seed: among them, unseen';
COMMENT ON COLUMN khoacu.script_sample.value IS 'The definitive mark';
COMMENT ON COLUMN khoacu.script_sample.criteria IS 'By criterion, where there is a guide';
COMMENT ON COLUMN khoacu.script_sample.reason IS 'Why this mark; shown after practice';
COMMENT ON COLUMN khoacu.script_sample.chosen_by IS 'Who chose it';
COMMENT ON COLUMN khoacu.script_sample.chosen_at IS 'When';

CREATE TABLE khoacu.script_standard (
  cycle_id            bigint NOT NULL REFERENCES khoacu.cycle,
  component           text NOT NULL CHECK (component IN ('written', 'interview')),
  question            smallint NOT NULL CHECK (question BETWEEN 0 AND 50),
  version             integer NOT NULL CHECK (version BETWEEN 1 AND 1000),
  qualify_scripts     smallint NOT NULL CHECK (qualify_scripts BETWEEN 0 AND 50),
  qualify_passes      smallint NOT NULL CHECK (qualify_passes BETWEEN 0 AND 50),
  chances             smallint NOT NULL CHECK (chances BETWEEN 1 AND 5),
  tolerance           numeric(5,2) NOT NULL CHECK (tolerance >= 0),
  criterion_tolerance numeric(5,2) CHECK (criterion_tolerance >= 0),
  seed_every          smallint NOT NULL CHECK (seed_every = 0 OR seed_every BETWEEN 2 AND 1000),
  seed_misses         smallint NOT NULL CHECK (seed_misses BETWEEN 1 AND 10),
  quick_seconds       smallint NOT NULL CHECK (quick_seconds BETWEEN 0 AND 3600),
  reason              text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  set_by              bigint NOT NULL REFERENCES khoacu.staff,
  set_at              timestamptz NOT NULL,
  PRIMARY KEY (cycle_id, component, question, version),
  CHECK (qualify_passes <= qualify_scripts)
);
COMMENT ON TABLE khoacu.script_standard IS 'What is asked of examiners of a part; the highest version counts, and without one nothing is';
COMMENT ON COLUMN khoacu.script_standard.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.script_standard.component IS 'As of script';
COMMENT ON COLUMN khoacu.script_standard.question IS 'As of script';
COMMENT ON COLUMN khoacu.script_standard.version IS '1, 2, …';
COMMENT ON COLUMN khoacu.script_standard.qualify_scripts IS 'Scripts of a qualification; 0: none is asked for';
COMMENT ON COLUMN khoacu.script_standard.qualify_passes IS 'How many of them must be within tolerance';
COMMENT ON COLUMN khoacu.script_standard.chances IS 'How many qualifications an examiner may try';
COMMENT ON COLUMN khoacu.script_standard.tolerance IS 'Largest distance of a mark from the definitive one, itself allowed';
COMMENT ON COLUMN khoacu.script_standard.criterion_tolerance IS 'The same for each criterion; null: only the whole counts';
COMMENT ON COLUMN khoacu.script_standard.seed_every IS 'One seed for so many live scripts; 0: none';
COMMENT ON COLUMN khoacu.script_standard.seed_misses IS 'So many seeds in a row out of tolerance stop the examiner';
COMMENT ON COLUMN khoacu.script_standard.quick_seconds IS 'A mark in less time is asked about; 0: none is';
COMMENT ON COLUMN khoacu.script_standard.reason IS 'Why';
COMMENT ON COLUMN khoacu.script_standard.set_by IS 'Who set it';
COMMENT ON COLUMN khoacu.script_standard.set_at IS 'When';

CREATE TABLE khoacu.script_trial (
  trial_id  bigint PRIMARY KEY CHECK (trial_id > 0),
  marker_id bigint NOT NULL REFERENCES khoacu.staff,
  sample_id bigint NOT NULL REFERENCES khoacu.script_sample,
  chance    smallint NOT NULL CHECK (chance BETWEEN 1 AND 100),
  issued_at timestamptz NOT NULL,
  UNIQUE (marker_id, sample_id)
);
COMMENT ON TABLE khoacu.script_trial IS 'A sample as one examiner gets it: under a code of its own, like any script';
COMMENT ON COLUMN khoacu.script_trial.trial_id IS 'Random code, of the same kind as script.blind_id';
COMMENT ON COLUMN khoacu.script_trial.marker_id IS 'The examiner';
COMMENT ON COLUMN khoacu.script_trial.sample_id IS 'Which sample';
COMMENT ON COLUMN khoacu.script_trial.chance IS 'Of qualifications: the first, the second, …; else 1';
COMMENT ON COLUMN khoacu.script_trial.issued_at IS 'When she got it';

CREATE TABLE khoacu.script_trial_mark (
  trial_id   bigint NOT NULL REFERENCES khoacu.script_trial,
  revision   integer NOT NULL CHECK (revision BETWEEN 1 AND 1000),
  status     text NOT NULL CHECK (status IN ('awarded', 'absent', 'suspended', 'void')),
  value      numeric(5,2) CHECK (value >= 0),
  criteria   numeric(5,2)[],
  note       text CHECK (length(note) BETWEEN 1 AND 2000),
  seconds    integer CHECK (seconds BETWEEN 0 AND 86400),
  entered_at timestamptz NOT NULL,
  PRIMARY KEY (trial_id, revision),
  CHECK ((status = 'awarded') = (value IS NOT NULL))
);
COMMENT ON TABLE khoacu.script_trial_mark IS 'Marks of samples, as mark';
COMMENT ON COLUMN khoacu.script_trial_mark.trial_id IS 'The sample as she got it';
COMMENT ON COLUMN khoacu.script_trial_mark.revision IS '1, 2, …';
COMMENT ON COLUMN khoacu.script_trial_mark.status IS 'As of mark';
COMMENT ON COLUMN khoacu.script_trial_mark.value IS 'The mark';
COMMENT ON COLUMN khoacu.script_trial_mark.criteria IS 'By criterion';
COMMENT ON COLUMN khoacu.script_trial_mark.note IS 'As of mark';
COMMENT ON COLUMN khoacu.script_trial_mark.seconds IS 'As of mark';
COMMENT ON COLUMN khoacu.script_trial_mark.entered_at IS 'When';

CREATE TABLE khoacu.script_trial_final (
  trial_id bigint PRIMARY KEY,
  revision integer NOT NULL,
  within   boolean NOT NULL,
  final_at timestamptz NOT NULL,
  FOREIGN KEY (trial_id, revision) REFERENCES khoacu.script_trial_mark
);
COMMENT ON TABLE khoacu.script_trial_final IS 'Marks of samples that were declared final, and whether they were within tolerance';
COMMENT ON COLUMN khoacu.script_trial_final.trial_id IS 'The sample as she got it';
COMMENT ON COLUMN khoacu.script_trial_final.revision IS 'Which revision counts';
COMMENT ON COLUMN khoacu.script_trial_final.within IS 'By the standard of that moment';
COMMENT ON COLUMN khoacu.script_trial_final.final_at IS 'When';

CREATE TABLE khoacu.script_release (
  cycle_id    bigint NOT NULL REFERENCES khoacu.cycle,
  component   text NOT NULL CHECK (component IN ('written', 'interview')),
  question    smallint NOT NULL CHECK (question BETWEEN 0 AND 50),
  marker_id   bigint NOT NULL REFERENCES khoacu.staff,
  turn        integer NOT NULL CHECK (turn BETWEEN 1 AND 1000),
  released_by bigint NOT NULL REFERENCES khoacu.staff,
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  released_at timestamptz NOT NULL,
  PRIMARY KEY (cycle_id, component, question, marker_id, turn),
  CHECK (released_by <> marker_id)
);
COMMENT ON TABLE khoacu.script_release IS 'Examiners who were stopped and may go on, by the word of the chief marker';
COMMENT ON COLUMN khoacu.script_release.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.script_release.component IS 'As of script';
COMMENT ON COLUMN khoacu.script_release.question IS 'As of script';
COMMENT ON COLUMN khoacu.script_release.marker_id IS 'Who may go on';
COMMENT ON COLUMN khoacu.script_release.turn IS '1, 2, …';
COMMENT ON COLUMN khoacu.script_release.released_by IS 'Whose word it is; never one''s own';
COMMENT ON COLUMN khoacu.script_release.reason IS 'Why';
COMMENT ON COLUMN khoacu.script_release.released_at IS 'When';

-- ---- what examiners write beside the mark ----
CREATE TABLE khoacu.script_annotation (
  task_id    bigint NOT NULL CHECK (task_id > 0),
  marker_id  bigint NOT NULL REFERENCES khoacu.staff,
  number     smallint NOT NULL CHECK (number BETWEEN 1 AND 200),
  revision   integer NOT NULL CHECK (revision BETWEEN 1 AND 1000),
  page       smallint NOT NULL CHECK (page BETWEEN 1 AND 400),
  place      integer[] NOT NULL CHECK (cardinality(place) IN (2, 4)),
  body       text NOT NULL CHECK (length(body) <= 2000),
  entered_at timestamptz NOT NULL,
  PRIMARY KEY (task_id, marker_id, number, revision)
);
COMMENT ON TABLE khoacu.script_annotation IS 'Remarks of an examiner at a place of a script, append-only; the highest revision counts';
COMMENT ON COLUMN khoacu.script_annotation.task_id IS 'The code under which she has the script';
COMMENT ON COLUMN khoacu.script_annotation.marker_id IS 'The examiner';
COMMENT ON COLUMN khoacu.script_annotation.number IS '1, 2, … in the script';
COMMENT ON COLUMN khoacu.script_annotation.revision IS '1, 2, …';
COMMENT ON COLUMN khoacu.script_annotation.page IS 'The page';
COMMENT ON COLUMN khoacu.script_annotation.place IS 'Of a text: from and to, in code points; of a picture: left, top, width, height in ten-thousandths';
COMMENT ON COLUMN khoacu.script_annotation.body IS 'The remark; empty: taken back';
COMMENT ON COLUMN khoacu.script_annotation.entered_at IS 'When';

CREATE TABLE khoacu.script_report (
  report_id   bigint PRIMARY KEY CHECK (report_id > 0),
  task_id     bigint NOT NULL CHECK (task_id > 0),
  blind_id    bigint NOT NULL REFERENCES khoacu.script,
  marker_id   bigint NOT NULL REFERENCES khoacu.staff,
  article     text NOT NULL CHECK (article IN ('two_scripts', 'two_hands', 'two_inks', 'foreign_paper', 'sign', 'other')),
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  reported_at timestamptz NOT NULL,
  UNIQUE (task_id, marker_id, article)
);
COMMENT ON TABLE khoacu.script_report IS 'What an examiner reports of a script to the head of the board; it changes no mark by itself';
COMMENT ON COLUMN khoacu.script_report.report_id IS 'Random id';
COMMENT ON COLUMN khoacu.script_report.task_id IS 'The code under which she has the script';
COMMENT ON COLUMN khoacu.script_report.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.script_report.marker_id IS 'The examiner';
COMMENT ON COLUMN khoacu.script_report.article IS 'two scripts for one part, two hands, two inks or a wrong one, paper not issued: zero by the regulation; sign: suspected mark of recognition; other';
COMMENT ON COLUMN khoacu.script_report.reason IS 'Her words';
COMMENT ON COLUMN khoacu.script_report.reported_at IS 'When';

CREATE TABLE khoacu.script_report_decision (
  report_id  bigint PRIMARY KEY REFERENCES khoacu.script_report,
  verdict    text NOT NULL CHECK (verdict IN ('zero', 'dismissed')),
  reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  decided_by bigint NOT NULL REFERENCES khoacu.staff,
  decided_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.script_report_decision IS 'What the head of the board said to a report';
COMMENT ON COLUMN khoacu.script_report_decision.report_id IS 'The report';
COMMENT ON COLUMN khoacu.script_report_decision.verdict IS 'zero: the script counts nothing; dismissed: the marks count';
COMMENT ON COLUMN khoacu.script_report_decision.reason IS 'Why';
COMMENT ON COLUMN khoacu.script_report_decision.decided_by IS 'Who; never the examiner who reported';
COMMENT ON COLUMN khoacu.script_report_decision.decided_at IS 'When';

GRANT SELECT ON khoacu.script_sample, khoacu.script_standard, khoacu.script_trial, khoacu.script_trial_mark, khoacu.script_trial_final,
  khoacu.script_release, khoacu.script_annotation, khoacu.script_report, khoacu.script_report_decision TO khoacu_auditor;

GRANT SELECT ON khoacu.script_standard TO khoacu_server;

-- Replaced by one that takes criteria too.
DROP FUNCTION IF EXISTS khoacu.do_marking_mark_put(bigint, bigint, integer, text, numeric, text);
