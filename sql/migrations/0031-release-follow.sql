-- What follows a release: its documents.
ALTER TABLE khoacu.list_freeze ADD document_number text CHECK (length(document_number) BETWEEN 1 AND 60);
COMMENT ON COLUMN khoacu.list_freeze.document_number IS 'Number of the official document in the books of the authority; null: written by hand';
DROP FUNCTION IF EXISTS khoacu.do_result_list_freeze(bigint, bigint, text, timestamptz);

CREATE TABLE khoacu.release_document (
  run_id  bigint NOT NULL REFERENCES khoacu.release (run_id),
  kind    text NOT NULL CHECK (kind IN ('pdf', 'xlsx')),
  bytes   bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 268435456),
  sha256  bytea NOT NULL CHECK (sha256 = sha256(bytes)),
  made_at timestamptz NOT NULL,
  PRIMARY KEY (run_id, kind)
);
COMMENT ON TABLE khoacu.release_document IS 'The official document and the workbook of a release, made once from its rows; append-only';
COMMENT ON COLUMN khoacu.release_document.run_id IS 'The run that is published';
COMMENT ON COLUMN khoacu.release_document.kind IS 'pdf: the official document; xlsx: the workbook';
COMMENT ON COLUMN khoacu.release_document.bytes IS 'The file';
COMMENT ON COLUMN khoacu.release_document.sha256 IS 'SHA-256 of it';
COMMENT ON COLUMN khoacu.release_document.made_at IS 'When it was made';
GRANT SELECT, INSERT ON khoacu.release_document TO khoacu_server;
GRANT SELECT ON khoacu.release_document TO khoacu_worker, khoacu_auditor;

-- Letters by mail.
ALTER TABLE khoacu.candidate ADD email text CHECK (length(email) BETWEEN 3 AND 254 AND email ~ '^[^[:space:]<>,;"]+@[^[:space:]<>,;"]+$');
COMMENT ON COLUMN khoacu.candidate.email IS 'Where letters about the result go; null: none was given';
GRANT UPDATE (email) ON khoacu.candidate TO khoacu_server;
GRANT SELECT (email) ON khoacu.candidate TO khoacu_worker;

CREATE TABLE khoacu.letter_mail (
  run_id       bigint NOT NULL REFERENCES khoacu.release (run_id),
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  mail_id      bigint NOT NULL UNIQUE CHECK (mail_id > 0),
  address      text NOT NULL CHECK (length(address) BETWEEN 3 AND 254),
  state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'refused', 'deferred', 'unsure')),
  attempts     integer NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 1000),
  answer       text NOT NULL DEFAULT '' CHECK (length(answer) <= 500),
  changed_at   timestamptz NOT NULL,
  PRIMARY KEY (run_id, candidate_id)
);
COMMENT ON TABLE khoacu.letter_mail IS 'One mail to a candidate for each release: waiting -> sending -> sent | refused | deferred (for now) | unsure (the worker died in between)';
COMMENT ON COLUMN khoacu.letter_mail.run_id IS 'The run that is published';
COMMENT ON COLUMN khoacu.letter_mail.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.letter_mail.mail_id IS 'Random id; the Message-ID, the same for every attempt';
COMMENT ON COLUMN khoacu.letter_mail.address IS 'Where it goes';
COMMENT ON COLUMN khoacu.letter_mail.state IS 'Where it stands';
COMMENT ON COLUMN khoacu.letter_mail.attempts IS 'How often it was tried';
COMMENT ON COLUMN khoacu.letter_mail.answer IS 'What the mail server said last';
COMMENT ON COLUMN khoacu.letter_mail.changed_at IS 'When it changed';
GRANT SELECT, INSERT ON khoacu.letter_mail TO khoacu_server;
GRANT SELECT ON khoacu.letter_mail TO khoacu_worker;
GRANT UPDATE (state, attempts, answer, changed_at) ON khoacu.letter_mail TO khoacu_server, khoacu_worker;
GRANT SELECT (run_id, candidate_id, mail_id, state, attempts, changed_at) ON khoacu.letter_mail TO khoacu_auditor;

-- A letter that was sent is not sent again, whoever asks.
CREATE FUNCTION khoacu.letter_mail_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF OLD.state = 'sent' OR (NEW.state = 'sending' AND OLD.state <> 'waiting') THEN
    RAISE EXCEPTION 'one mail to a candidate for each release' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.letter_mail_guard() IS 'A mail that was sent stays so, and only a waiting one is sent';
REVOKE ALL ON FUNCTION khoacu.letter_mail_guard() FROM PUBLIC;
CREATE TRIGGER letter_mail_guard BEFORE UPDATE ON khoacu.letter_mail FOR EACH ROW EXECUTE FUNCTION khoacu.letter_mail_guard();

-- Days off and days worked in their stead, by which terms are counted.
CREATE TABLE khoacu.calendar_day (
  day        date PRIMARY KEY,
  kind       text NOT NULL CHECK (kind IN ('off', 'work', 'plain')),
  name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  changed_by bigint REFERENCES khoacu.staff,
  changed_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.calendar_day IS 'Public holidays, and weekend days worked in their stead';
COMMENT ON COLUMN khoacu.calendar_day.day IS 'The day';
COMMENT ON COLUMN khoacu.calendar_day.kind IS 'off: a holiday; work: a weekend day that is worked; plain: as the week has it';
COMMENT ON COLUMN khoacu.calendar_day.name IS 'Which holiday, or by which decision';
COMMENT ON COLUMN khoacu.calendar_day.changed_by IS 'Who entered it; null: came with the program';
COMMENT ON COLUMN khoacu.calendar_day.changed_at IS 'When';
GRANT SELECT, INSERT, UPDATE ON khoacu.calendar_day TO khoacu_server;
GRANT SELECT ON khoacu.calendar_day TO khoacu_worker, khoacu_auditor;
INSERT INTO khoacu.calendar_day (day, kind, name, changed_at)
SELECT d.day::date, 'off', d.name, now()
  FROM (VALUES ('2026-01-01', 'Tết Dương lịch'), ('2026-02-16', 'Tết Nguyên đán'), ('2026-02-17', 'Tết Nguyên đán'), ('2026-02-18', 'Tết Nguyên đán'),
               ('2026-02-19', 'Tết Nguyên đán'), ('2026-02-20', 'Tết Nguyên đán'), ('2026-04-26', 'Giỗ Tổ Hùng Vương'),
               ('2026-04-27', 'Nghỉ bù Giỗ Tổ Hùng Vương'), ('2026-04-30', 'Ngày Chiến thắng'), ('2026-05-01', 'Quốc tế Lao động'),
               ('2026-09-01', 'Quốc khánh'), ('2026-09-02', 'Quốc khánh'), ('2027-01-01', 'Tết Dương lịch'), ('2027-02-05', 'Tết Nguyên đán'),
               ('2027-02-06', 'Tết Nguyên đán'), ('2027-02-07', 'Tết Nguyên đán'), ('2027-02-08', 'Tết Nguyên đán'), ('2027-02-09', 'Tết Nguyên đán'),
               ('2027-04-16', 'Giỗ Tổ Hùng Vương'), ('2027-04-30', 'Ngày Chiến thắng'), ('2027-05-01', 'Quốc tế Lao động'),
               ('2027-09-02', 'Quốc khánh'), ('2027-09-03', 'Quốc khánh')) AS d (day, name);

ALTER TABLE khoacu.decision DROP CONSTRAINT decision_outcome_check,
  ADD CONSTRAINT decision_outcome_check CHECK (outcome IN ('selected', 'not_selected', 'tied', 'not_shortlisted', 'failed', 'absent', 'suspended', 'void', 'not_held', 'withdrawn'));

-- Whoever loses her place after a release: proposed by one person, decided by another.
CREATE TABLE khoacu.strike_proposal (
  strike_id    bigint PRIMARY KEY CHECK (strike_id > 0),
  run_id       bigint NOT NULL REFERENCES khoacu.release (run_id),
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  ground       text NOT NULL CHECK (ground IN ('no_file', 'false_statement', 'bad_diploma', 'no_report', 'gave_up')),
  article      text NOT NULL CHECK (length(article) BETWEEN 3 AND 300),
  reason       text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
  proposed_by  bigint NOT NULL REFERENCES khoacu.staff,
  proposed_at  timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.strike_proposal IS 'Proposals to strike a winner off after a release; append-only';
COMMENT ON COLUMN khoacu.strike_proposal.strike_id IS 'Random id';
COMMENT ON COLUMN khoacu.strike_proposal.run_id IS 'The newest release when it was proposed, in which she holds a place';
COMMENT ON COLUMN khoacu.strike_proposal.candidate_id IS 'Whom it is about';
COMMENT ON COLUMN khoacu.strike_proposal.ground IS 'no_file: did not complete the file in time; no_report: did not report for work in time; gave_up: says so herself';
COMMENT ON COLUMN khoacu.strike_proposal.article IS 'The provision that it rests on';
COMMENT ON COLUMN khoacu.strike_proposal.reason IS 'What happened';
COMMENT ON COLUMN khoacu.strike_proposal.proposed_by IS 'Who proposes';
COMMENT ON COLUMN khoacu.strike_proposal.proposed_at IS 'When';
CREATE INDEX strike_proposal_run ON khoacu.strike_proposal (run_id);
COMMENT ON INDEX khoacu.strike_proposal_run IS 'Serves release_strikes';
CREATE TABLE khoacu.strike_decision (
  strike_id   bigint PRIMARY KEY REFERENCES khoacu.strike_proposal,
  verdict     text NOT NULL CHECK (verdict IN ('confirmed', 'refused')),
  decided_by  bigint NOT NULL REFERENCES khoacu.staff,
  decided_at  timestamptz NOT NULL,
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  step_up_id  bigint NOT NULL UNIQUE REFERENCES khoacu.step_up
);
COMMENT ON TABLE khoacu.strike_decision IS 'Another person''s decision on a proposal; append-only';
COMMENT ON COLUMN khoacu.strike_decision.strike_id IS 'The proposal';
COMMENT ON COLUMN khoacu.strike_decision.verdict IS 'confirmed: she is struck off, the next-ranked may follow; refused: she keeps her place';
COMMENT ON COLUMN khoacu.strike_decision.decided_by IS 'Who decides';
COMMENT ON COLUMN khoacu.strike_decision.decided_at IS 'When';
COMMENT ON COLUMN khoacu.strike_decision.reason IS 'Her words';
COMMENT ON COLUMN khoacu.strike_decision.step_up_id IS 'The password given for it';
GRANT SELECT, INSERT ON khoacu.strike_proposal, khoacu.strike_decision TO khoacu_server;
GRANT SELECT ON khoacu.strike_proposal, khoacu.strike_decision TO khoacu_worker, khoacu_auditor;

CREATE FUNCTION khoacu.strike_proposal_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM 1 FROM ranking_run r JOIN cycle c ON c.cycle_id = r.cycle_id WHERE r.run_id = NEW.run_id FOR UPDATE OF c;
  IF NOT EXISTS (SELECT 1 FROM release l JOIN decision d ON d.run_id = l.run_id
                  WHERE l.run_id = NEW.run_id AND d.candidate_id = NEW.candidate_id AND d.outcome = 'selected'
                    AND l.version = (SELECT max(n.version) FROM release n WHERE n.cycle_id = l.cycle_id)) THEN
    RAISE EXCEPTION 'only who holds a place in the newest release is struck off' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM strike_proposal p LEFT JOIN strike_decision d ON d.strike_id = p.strike_id
              WHERE p.candidate_id = NEW.candidate_id AND d.verdict IS DISTINCT FROM 'refused') THEN
    RAISE EXCEPTION 'there is a proposal about her already' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.strike_proposal_guard() IS 'About a winner of the newest release, one at a time';
REVOKE ALL ON FUNCTION khoacu.strike_proposal_guard() FROM PUBLIC;
CREATE TRIGGER strike_proposal_guard BEFORE INSERT ON khoacu.strike_proposal FOR EACH ROW EXECUTE FUNCTION khoacu.strike_proposal_guard();

CREATE FUNCTION khoacu.strike_decision_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM strike_proposal p WHERE p.strike_id = NEW.strike_id AND p.proposed_by = NEW.decided_by) THEN
    RAISE EXCEPTION 'another person decides than the one who proposes' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM step_up u WHERE u.step_up_id = NEW.step_up_id AND u.staff_id = NEW.decided_by
                    AND u.act = 'result.strike' AND u.subject_id = NEW.strike_id
                    AND NEW.decided_at BETWEEN u.made_at AND u.expires_at) THEN
    RAISE EXCEPTION 'whoever decides gives her password for it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.strike_decision_guard() IS 'Two persons, the second with a password of the moment';
REVOKE ALL ON FUNCTION khoacu.strike_decision_guard() FROM PUBLIC;
CREATE TRIGGER strike_decision_guard BEFORE INSERT ON khoacu.strike_decision FOR EACH ROW EXECUTE FUNCTION khoacu.strike_decision_guard();
