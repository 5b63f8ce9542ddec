-- Panels: interviews, practical tests and project defences before several members. What a member gave is read by nobody,
-- not even by the server's role, before all have given theirs; only functions of the schema write here.
CREATE TABLE khoacu.panel (
  panel_id     bigint PRIMARY KEY CHECK (panel_id > 0),
  cycle_id     bigint NOT NULL REFERENCES khoacu.cycle,
  code         text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,19}$'),
  component    text NOT NULL CHECK (component = 'interview'),
  kind         text NOT NULL CHECK (kind IN ('interview', 'practical', 'project')),
  room         text NOT NULL CHECK (length(room) BETWEEN 1 AND 100),
  least        smallint NOT NULL CHECK (least BETWEEN 1 AND 20),
  prepare_min  smallint NOT NULL CHECK (prepare_min BETWEEN 0 AND 600),
  present_min  smallint NOT NULL CHECK (present_min BETWEEN 0 AND 600),
  questions_min smallint NOT NULL CHECK (questions_min BETWEEN 0 AND 600),
  questions_least smallint NOT NULL CHECK (questions_least BETWEEN 0 AND 600),
  state        text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'committed', 'drawn', 'minuted', 'closed')),
  made_by      bigint NOT NULL REFERENCES khoacu.staff,
  made_at      timestamptz NOT NULL,
  entropy_plan text CHECK (length(entropy_plan) BETWEEN 3 AND 300),
  commitment   bytea CHECK (octet_length(commitment) = 32),
  committed_by bigint REFERENCES khoacu.staff,
  committed_at timestamptz,
  entropy      text CHECK (length(entropy) BETWEEN 1 AND 300),
  seed         bytea CHECK (octet_length(seed) = 32),
  drawn_by     bigint REFERENCES khoacu.staff CHECK (drawn_by <> committed_by),
  drawn_at     timestamptz,
  minutes      text CHECK (length(minutes) BETWEEN 2 AND 4000000),
  minutes_sha256 bytea CHECK (minutes_sha256 = sha256(convert_to(minutes, 'UTF8'))),
  minuted_by   bigint REFERENCES khoacu.staff,
  minuted_at   timestamptz,
  closed_at    timestamptz,
  UNIQUE (cycle_id, code),
  CHECK ((state = 'draft') = (commitment IS NULL)),
  CHECK ((state IN ('draft', 'committed')) = (seed IS NULL)),
  CHECK ((state IN ('minuted', 'closed')) = (minutes_sha256 IS NOT NULL)),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
COMMENT ON TABLE khoacu.panel IS 'A panel that hears candidates: its room, its times by the pack, the draw of their order, its minutes';
COMMENT ON COLUMN khoacu.panel.panel_id IS 'Random id';
COMMENT ON COLUMN khoacu.panel.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.panel.code IS 'Short code, unique in the cycle';
COMMENT ON COLUMN khoacu.panel.component IS 'Whose marks it gives, as in script';
COMMENT ON COLUMN khoacu.panel.kind IS 'interview, practical test or project defence';
COMMENT ON COLUMN khoacu.panel.room IS 'Where it sits';
COMMENT ON COLUMN khoacu.panel.least IS 'Fewest members that must mark a candidate, by the scheme of the pack';
COMMENT ON COLUMN khoacu.panel.prepare_min IS 'Minutes of preparation; 0: there is none';
COMMENT ON COLUMN khoacu.panel.present_min IS 'Minutes of the presentation; 0: no limit';
COMMENT ON COLUMN khoacu.panel.questions_min IS 'Minutes of the questions; 0: they share those of the presentation';
COMMENT ON COLUMN khoacu.panel.questions_least IS 'Fewest minutes of the questions; ending before needs a reason';
COMMENT ON COLUMN khoacu.panel.state IS 'draft, committed (list and plan fixed), drawn (hears), minuted (minutes fixed, being signed), closed';
COMMENT ON COLUMN khoacu.panel.made_by IS 'Who made it';
COMMENT ON COLUMN khoacu.panel.made_at IS 'When';
COMMENT ON COLUMN khoacu.panel.entropy_plan IS 'Which numbers decide the draw, written down before they are known';
COMMENT ON COLUMN khoacu.panel.commitment IS 'SHA-256 over the plan and the sorted list (do_panel_commit)';
COMMENT ON COLUMN khoacu.panel.committed_by IS 'Who fixed the list and the plan';
COMMENT ON COLUMN khoacu.panel.committed_at IS 'When';
COMMENT ON COLUMN khoacu.panel.entropy IS 'The numbers as they fell';
COMMENT ON COLUMN khoacu.panel.seed IS 'Seed of the draw (do_panel_draw)';
COMMENT ON COLUMN khoacu.panel.drawn_by IS 'Who entered them: another person';
COMMENT ON COLUMN khoacu.panel.drawn_at IS 'When';
COMMENT ON COLUMN khoacu.panel.minutes IS 'The minutes as JSON (do_panel_minutes)';
COMMENT ON COLUMN khoacu.panel.minutes_sha256 IS 'What each member signs';
COMMENT ON COLUMN khoacu.panel.minuted_by IS 'Who drew the minutes up';
COMMENT ON COLUMN khoacu.panel.minuted_at IS 'When';
COMMENT ON COLUMN khoacu.panel.closed_at IS 'When the last one signed';

CREATE TABLE khoacu.panel_member (
  panel_id bigint NOT NULL REFERENCES khoacu.panel,
  staff_id bigint NOT NULL REFERENCES khoacu.staff,
  office   text NOT NULL CHECK (office IN ('chair', 'member', 'secretary')),
  place    smallint NOT NULL CHECK (place BETWEEN 0 AND 20),
  PRIMARY KEY (panel_id, staff_id),
  UNIQUE (panel_id, place),
  CHECK ((office = 'secretary') = (place = 0)),
  CHECK ((office = 'chair') = (place = 1))
);
COMMENT ON TABLE khoacu.panel_member IS 'Who sits in a panel';
COMMENT ON COLUMN khoacu.panel_member.panel_id IS 'The panel';
COMMENT ON COLUMN khoacu.panel_member.staff_id IS 'The person';
COMMENT ON COLUMN khoacu.panel_member.office IS 'The chair and the members mark, the secretary keeps the time and the minutes';
COMMENT ON COLUMN khoacu.panel_member.place IS '0 the secretary, 1 the chair, 2, 3, … the members';
CREATE INDEX panel_member_staff ON khoacu.panel_member (staff_id);
COMMENT ON INDEX khoacu.panel_member_staff IS 'Serves panel_list';

CREATE TABLE khoacu.panel_criterion (
  panel_id  bigint NOT NULL REFERENCES khoacu.panel,
  criterion smallint NOT NULL CHECK (criterion BETWEEN 1 AND 20),
  title     text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
  mark_max  numeric(5,2) NOT NULL CHECK (mark_max > 0 AND mark_max <= 100),
  mark_step numeric(5,2) NOT NULL CHECK (mark_step > 0 AND mark_max % mark_step = 0),
  PRIMARY KEY (panel_id, criterion)
);
COMMENT ON TABLE khoacu.panel_criterion IS 'What each member marks; the highest marks add up to the scale of the part';
COMMENT ON COLUMN khoacu.panel_criterion.panel_id IS 'The panel';
COMMENT ON COLUMN khoacu.panel_criterion.criterion IS '1, 2, …';
COMMENT ON COLUMN khoacu.panel_criterion.title IS 'What it is about';
COMMENT ON COLUMN khoacu.panel_criterion.mark_max IS 'Highest mark';
COMMENT ON COLUMN khoacu.panel_criterion.mark_step IS 'Marks are multiples of it';

CREATE TABLE khoacu.panel_hearing (
  hearing_id   bigint PRIMARY KEY CHECK (hearing_id > 0),
  panel_id     bigint NOT NULL REFERENCES khoacu.panel,
  candidate_id bigint NOT NULL UNIQUE REFERENCES khoacu.candidate,
  place        smallint CHECK (place BETWEEN 1 AND 5000),
  state        text NOT NULL DEFAULT 'waiting' CHECK (state IN
    ('waiting', 'called', 'preparation', 'presentation', 'questions', 'marking', 'open', 'settled')),
  status       text CHECK (status IN ('awarded', 'absent', 'suspended')),
  due_at       timestamptz,
  next         text CHECK (length(next) BETWEEN 1 AND 40),
  why          text CHECK (length(why) BETWEEN 1 AND 40),
  gap          numeric(5,2),
  value        numeric(5,2) CHECK (value BETWEEN 0 AND 100),
  sentence_vi  text CHECK (length(sentence_vi) BETWEEN 1 AND 2000),
  sentence_en  text CHECK (length(sentence_en) BETWEEN 1 AND 2000),
  UNIQUE (panel_id, place),
  CHECK ((state = 'settled') = (status IS NOT NULL)),
  CHECK ((status = 'awarded') = (value IS NOT NULL))
);
COMMENT ON TABLE khoacu.panel_hearing IS 'One candidate before a panel';
COMMENT ON COLUMN khoacu.panel_hearing.hearing_id IS 'Random id';
COMMENT ON COLUMN khoacu.panel_hearing.panel_id IS 'The panel';
COMMENT ON COLUMN khoacu.panel_hearing.candidate_id IS 'The candidate, heard by one panel';
COMMENT ON COLUMN khoacu.panel_hearing.place IS 'Place in the order by lot';
COMMENT ON COLUMN khoacu.panel_hearing.state IS 'waiting, called, preparation, presentation, questions, marking, open (all marks are in), settled';
COMMENT ON COLUMN khoacu.panel_hearing.status IS 'As of mark';
COMMENT ON COLUMN khoacu.panel_hearing.due_at IS 'When the phase should end';
COMMENT ON COLUMN khoacu.panel_hearing.next IS 'What the scheme asks for once all marks are in: a key of settle.h';
COMMENT ON COLUMN khoacu.panel_hearing.why IS 'Why, likewise; or veto';
COMMENT ON COLUMN khoacu.panel_hearing.gap IS 'Highest less lowest total';
COMMENT ON COLUMN khoacu.panel_hearing.value IS 'The mark that counts';
COMMENT ON COLUMN khoacu.panel_hearing.sentence_vi IS 'How it came about, in Vietnamese';
COMMENT ON COLUMN khoacu.panel_hearing.sentence_en IS 'The same in English';

CREATE TABLE khoacu.panel_phase (
  hearing_id bigint NOT NULL REFERENCES khoacu.panel_hearing,
  seq        smallint NOT NULL CHECK (seq BETWEEN 1 AND 100),
  phase      text NOT NULL,
  began_at   timestamptz NOT NULL,
  by_staff   bigint NOT NULL REFERENCES khoacu.staff,
  over_s     integer NOT NULL CHECK (over_s >= 0),
  reason     text CHECK (length(reason) BETWEEN 1 AND 2000),
  PRIMARY KEY (hearing_id, seq)
);
COMMENT ON TABLE khoacu.panel_phase IS 'When each phase of a hearing began by the clock of the server; append-only';
COMMENT ON COLUMN khoacu.panel_phase.hearing_id IS 'The hearing';
COMMENT ON COLUMN khoacu.panel_phase.seq IS '1, 2, …';
COMMENT ON COLUMN khoacu.panel_phase.phase IS 'As panel_hearing.state, or absent, suspended';
COMMENT ON COLUMN khoacu.panel_phase.began_at IS 'When it began and the one before it ended';
COMMENT ON COLUMN khoacu.panel_phase.by_staff IS 'The secretary';
COMMENT ON COLUMN khoacu.panel_phase.over_s IS 'Seconds by which the phase before it ran over';
COMMENT ON COLUMN khoacu.panel_phase.reason IS 'Why it ran over, ended early, or was called out of order';

CREATE TABLE khoacu.panel_conflict (
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  staff_id     bigint NOT NULL REFERENCES khoacu.staff,
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  declared_by  bigint NOT NULL REFERENCES khoacu.staff,
  declared_at  timestamptz NOT NULL,
  PRIMARY KEY (candidate_id, staff_id)
);
COMMENT ON TABLE khoacu.panel_conflict IS 'Kinship and other conflicts of interest: the person marks this candidate in no panel';
COMMENT ON COLUMN khoacu.panel_conflict.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.panel_conflict.staff_id IS 'The person';
COMMENT ON COLUMN khoacu.panel_conflict.reason IS 'In her words';
COMMENT ON COLUMN khoacu.panel_conflict.declared_by IS 'Who declared it';
COMMENT ON COLUMN khoacu.panel_conflict.declared_at IS 'When';

CREATE TABLE khoacu.panel_mark (
  hearing_id bigint NOT NULL REFERENCES khoacu.panel_hearing,
  staff_id   bigint NOT NULL REFERENCES khoacu.staff,
  criterion  smallint NOT NULL CHECK (criterion BETWEEN 1 AND 20),
  value      numeric(5,2) NOT NULL CHECK (value >= 0),
  final_at   timestamptz NOT NULL,
  PRIMARY KEY (hearing_id, staff_id, criterion)
);
COMMENT ON TABLE khoacu.panel_mark IS 'What a member gave, final; drafts stay on her own device. No role reads it: do_panel_sheet shows it when all are in';
COMMENT ON COLUMN khoacu.panel_mark.hearing_id IS 'The hearing';
COMMENT ON COLUMN khoacu.panel_mark.staff_id IS 'The member';
COMMENT ON COLUMN khoacu.panel_mark.criterion IS 'The criterion';
COMMENT ON COLUMN khoacu.panel_mark.value IS 'The mark';
COMMENT ON COLUMN khoacu.panel_mark.final_at IS 'When she declared it final';

CREATE TABLE khoacu.panel_absence (
  hearing_id   bigint NOT NULL REFERENCES khoacu.panel_hearing,
  staff_id     bigint NOT NULL REFERENCES khoacu.staff,
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  recorded_by  bigint NOT NULL REFERENCES khoacu.staff,
  recorded_at  timestamptz NOT NULL,
  confirmed_by bigint REFERENCES khoacu.staff CHECK (confirmed_by NOT IN (recorded_by, staff_id)),
  confirmed_at timestamptz,
  PRIMARY KEY (hearing_id, staff_id),
  CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);
COMMENT ON TABLE khoacu.panel_absence IS 'A member who does not hear a candidate: recorded by the secretary, confirmed by another person';
COMMENT ON COLUMN khoacu.panel_absence.hearing_id IS 'The hearing';
COMMENT ON COLUMN khoacu.panel_absence.staff_id IS 'The member';
COMMENT ON COLUMN khoacu.panel_absence.reason IS 'Why';
COMMENT ON COLUMN khoacu.panel_absence.recorded_by IS 'The secretary';
COMMENT ON COLUMN khoacu.panel_absence.recorded_at IS 'When';
COMMENT ON COLUMN khoacu.panel_absence.confirmed_by IS 'The panel''s chair, or the head of the marking board where it is the chair who is absent';
COMMENT ON COLUMN khoacu.panel_absence.confirmed_at IS 'When';

CREATE TABLE khoacu.panel_dialogue (
  hearing_id  bigint PRIMARY KEY REFERENCES khoacu.panel_hearing,
  minutes     text NOT NULL CHECK (length(minutes) BETWEEN 1 AND 8000),
  sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
  agreed      numeric(5,2) CHECK (agreed BETWEEN 0 AND 100),
  recorded_by bigint NOT NULL REFERENCES khoacu.staff,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.panel_dialogue IS 'What the members said to each other about a gap that the scheme does not let pass';
COMMENT ON COLUMN khoacu.panel_dialogue.hearing_id IS 'The hearing';
COMMENT ON COLUMN khoacu.panel_dialogue.minutes IS 'Its minutes';
COMMENT ON COLUMN khoacu.panel_dialogue.sha256 IS 'What each member signs: SHA-256 of the agreed mark or a dash, a line feed, and the minutes';
COMMENT ON COLUMN khoacu.panel_dialogue.agreed IS 'The mark on which they agreed; NULL: on none';
COMMENT ON COLUMN khoacu.panel_dialogue.recorded_by IS 'The secretary';
COMMENT ON COLUMN khoacu.panel_dialogue.recorded_at IS 'When';

CREATE TABLE khoacu.panel_word (
  hearing_id bigint NOT NULL REFERENCES khoacu.panel_hearing,
  office     text NOT NULL CHECK (office IN ('head', 'chair')),
  staff_id   bigint NOT NULL REFERENCES khoacu.staff,
  value      numeric(5,2) CHECK (value BETWEEN 0 AND 100),
  reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  said_at    timestamptz NOT NULL,
  PRIMARY KEY (hearing_id, office),
  UNIQUE (hearing_id, staff_id),
  CHECK (office = 'head' OR value IS NOT NULL)
);
COMMENT ON TABLE khoacu.panel_word IS 'The mark of the head of the marking board, or of the chair of the council, where the scheme asks for it';
COMMENT ON COLUMN khoacu.panel_word.hearing_id IS 'The hearing';
COMMENT ON COLUMN khoacu.panel_word.office IS 'head or chair';
COMMENT ON COLUMN khoacu.panel_word.staff_id IS 'Who decided';
COMMENT ON COLUMN khoacu.panel_word.value IS 'The mark; NULL: the head passes it up to the chair';
COMMENT ON COLUMN khoacu.panel_word.reason IS 'Why';
COMMENT ON COLUMN khoacu.panel_word.said_at IS 'When';

CREATE TABLE khoacu.panel_signature (
  panel_id  bigint NOT NULL REFERENCES khoacu.panel,
  staff_id  bigint NOT NULL REFERENCES khoacu.staff,
  document  text NOT NULL CHECK (document ~ '^(minutes|[0-9a-f]{16})$'),
  sha256    bytea NOT NULL CHECK (octet_length(sha256) = 32),
  excused_by bigint REFERENCES khoacu.staff CHECK (excused_by <> staff_id),
  reason    text CHECK (length(reason) BETWEEN 1 AND 2000),
  step_up_id bigint NOT NULL UNIQUE,
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (panel_id, document, staff_id),
  CHECK ((excused_by IS NULL) = (reason IS NULL)),
  FOREIGN KEY (panel_id, staff_id) REFERENCES khoacu.panel_member
);
COMMENT ON TABLE khoacu.panel_signature IS 'Who confirmed which text with a password; append-only';
COMMENT ON COLUMN khoacu.panel_signature.panel_id IS 'The panel';
COMMENT ON COLUMN khoacu.panel_signature.staff_id IS 'Who signed';
COMMENT ON COLUMN khoacu.panel_signature.document IS 'minutes, or the hearing whose dialogue it is';
COMMENT ON COLUMN khoacu.panel_signature.sha256 IS 'The text that was signed';
COMMENT ON COLUMN khoacu.panel_signature.excused_by IS 'NULL: signed in person. Else the head of the marking board, who excuses somebody who cannot sign';
COMMENT ON COLUMN khoacu.panel_signature.reason IS 'Why excused';
COMMENT ON COLUMN khoacu.panel_signature.step_up_id IS 'The password given for it (step_up); each serves one signature';
COMMENT ON COLUMN khoacu.panel_signature.signed_at IS 'When';

-- Whatever program asks: nothing before a panel changes after the freeze or after its minutes.
CREATE FUNCTION khoacu.panel_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_cycle bigint;
  v_state text;
BEGIN
  SELECT p.cycle_id, p.state INTO v_cycle, v_state FROM panel_hearing h JOIN panel p ON p.panel_id = h.panel_id WHERE h.hearing_id = NEW.hearing_id;
  PERFORM 1 FROM cycle c WHERE c.cycle_id = v_cycle FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = v_cycle) THEN
    RAISE EXCEPTION 'the marks of the cycle are frozen' USING ERRCODE = 'check_violation';
  END IF;
  IF v_state <> 'drawn' THEN
    RAISE EXCEPTION 'the panel does not hear: its order is not drawn, or its minutes are fixed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.panel_guard() IS 'Refuses marks, absences, dialogues and decisions of panels that do not hear, and any after the freeze';
REVOKE ALL ON FUNCTION khoacu.panel_guard() FROM PUBLIC;
CREATE TRIGGER panel_guard BEFORE INSERT OR UPDATE ON khoacu.panel_mark FOR EACH ROW EXECUTE FUNCTION khoacu.panel_guard();
CREATE TRIGGER panel_guard BEFORE INSERT OR UPDATE ON khoacu.panel_phase FOR EACH ROW EXECUTE FUNCTION khoacu.panel_guard();
CREATE TRIGGER panel_guard BEFORE INSERT OR UPDATE ON khoacu.panel_absence FOR EACH ROW EXECUTE FUNCTION khoacu.panel_guard();
CREATE TRIGGER panel_guard BEFORE INSERT OR UPDATE ON khoacu.panel_dialogue FOR EACH ROW EXECUTE FUNCTION khoacu.panel_guard();
CREATE TRIGGER panel_guard BEFORE INSERT OR UPDATE ON khoacu.panel_word FOR EACH ROW EXECUTE FUNCTION khoacu.panel_guard();

-- A mark is given by those who sit, on the scale, for somebody with whom they have no conflict, and never changed.
CREATE FUNCTION khoacu.panel_mark_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_hearing panel_hearing%ROWTYPE;
BEGIN
  SELECT h.hearing_id, h.panel_id, h.candidate_id, h.place, h.state INTO v_hearing FROM panel_hearing h WHERE h.hearing_id = NEW.hearing_id;
  IF TG_OP = 'UPDATE' OR v_hearing.state <> 'marking' THEN
    RAISE EXCEPTION 'a panel marks once, after the questions' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = v_hearing.panel_id AND m.staff_id = NEW.staff_id AND m.office <> 'secretary')
     OR EXISTS (SELECT 1 FROM panel_conflict c WHERE c.candidate_id = v_hearing.candidate_id AND c.staff_id = NEW.staff_id) THEN
    RAISE EXCEPTION 'members of the panel without a conflict of interest mark' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM panel_criterion k WHERE k.panel_id = v_hearing.panel_id AND k.criterion = NEW.criterion
                    AND NEW.value <= k.mark_max AND NEW.value % k.mark_step = 0) THEN
    RAISE EXCEPTION 'a mark is at most the highest of its criterion and a multiple of its step' USING ERRCODE = 'check_violation';
  END IF;
  NEW.final_at := clock_timestamp();
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.panel_mark_guard() IS 'Refuses marks of others, off the scale, in another phase, against a declared conflict, and every change';
REVOKE ALL ON FUNCTION khoacu.panel_mark_guard() FROM PUBLIC;
CREATE TRIGGER panel_mark_guard BEFORE INSERT OR UPDATE ON khoacu.panel_mark
  FOR EACH ROW EXECUTE FUNCTION khoacu.panel_mark_guard();

-- What a panel marks is dealt to no single marker.
CREATE FUNCTION khoacu.panel_assignment_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM script_identity i JOIN panel_hearing h ON h.candidate_id = i.candidate_id
              WHERE i.blind_id = NEW.blind_id AND i.component = 'interview') THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.panel_assignment_guard() IS 'Passes over assignments of what a panel hears';
REVOKE ALL ON FUNCTION khoacu.panel_assignment_guard() FROM PUBLIC;
CREATE TRIGGER panel_assignment_guard BEFORE INSERT ON khoacu.marking_assignment
  FOR EACH ROW EXECUTE FUNCTION khoacu.panel_assignment_guard();

GRANT SELECT ON khoacu.panel, khoacu.panel_member, khoacu.panel_criterion, khoacu.panel_hearing, khoacu.panel_phase, khoacu.panel_conflict,
  khoacu.panel_absence, khoacu.panel_dialogue, khoacu.panel_word, khoacu.panel_signature TO khoacu_server, khoacu_auditor;
