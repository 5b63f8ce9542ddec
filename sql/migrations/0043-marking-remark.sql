-- Scripts that are marked again before the freeze, because a mark is doubted or a sign is suspected; and scripts and samples that
-- an examiner hands back.
CREATE TABLE khoacu.script_remark (
  blind_id       bigint NOT NULL REFERENCES khoacu.script,
  why            text NOT NULL CHECK (why IN ('doubt', 'sign')),
  instead_of     smallint CHECK (instead_of BETWEEN 1 AND 5),
  after_revision integer NOT NULL CHECK (after_revision BETWEEN 0 AND 999),
  request_id     bigint REFERENCES khoacu.remark_request,
  report_id      bigint REFERENCES khoacu.script_report,
  asked_by       bigint NOT NULL REFERENCES khoacu.staff,
  asked_at       timestamptz NOT NULL,
  PRIMARY KEY (blind_id, why),
  CHECK ((why = 'doubt') = (instead_of IS NOT NULL)),
  CHECK ((why = 'doubt') = (request_id IS NOT NULL)),
  CHECK ((why = 'sign') = (report_id IS NOT NULL))
);
COMMENT ON TABLE khoacu.script_remark IS 'Scripts that are marked again, by the word of the head of the marking board: what had been settled until then counts no more. Append-only';
COMMENT ON COLUMN khoacu.script_remark.blind_id IS 'The script';
COMMENT ON COLUMN khoacu.script_remark.why IS 'doubt: another examiner marks it in round 9, and her mark stands where the doubted one stood; sign: as many examiners as the scheme says for a script that may bear a sign';
COMMENT ON COLUMN khoacu.script_remark.instead_of IS 'Of doubt: the round whose mark gives way';
COMMENT ON COLUMN khoacu.script_remark.after_revision IS 'The last settlement that had been when it was asked; the script is settled again by a later one';
COMMENT ON COLUMN khoacu.script_remark.request_id IS 'Of doubt: the request';
COMMENT ON COLUMN khoacu.script_remark.report_id IS 'Of sign: the report of an examiner';
COMMENT ON COLUMN khoacu.script_remark.asked_by IS 'Who asked';
COMMENT ON COLUMN khoacu.script_remark.asked_at IS 'When; what was said about the marks before it counts no more';
GRANT SELECT ON khoacu.script_remark TO khoacu_server, khoacu_worker, khoacu_auditor;

-- What counts of a script now: its newest settlement, unless the script is to be marked again after it.
CREATE VIEW khoacu.script_outcome AS
  SELECT l.blind_id, l.revision, l.source, l.status, l.value, l.why, l.settled_by
    FROM khoacu.script_settlement l
   WHERE NOT EXISTS (SELECT 1 FROM khoacu.script_settlement n WHERE n.blind_id = l.blind_id AND n.revision > l.revision)
     AND NOT EXISTS (SELECT 1 FROM khoacu.script_remark r WHERE r.blind_id = l.blind_id AND r.after_revision >= l.revision);
COMMENT ON VIEW khoacu.script_outcome IS 'What counts of each script that is settled; a script that is being marked again is not among them';
COMMENT ON COLUMN khoacu.script_outcome.blind_id IS 'As of script_settlement';
COMMENT ON COLUMN khoacu.script_outcome.revision IS 'As of script_settlement';
COMMENT ON COLUMN khoacu.script_outcome.source IS 'As of script_settlement';
COMMENT ON COLUMN khoacu.script_outcome.status IS 'As of script_settlement';
COMMENT ON COLUMN khoacu.script_outcome.value IS 'As of script_settlement';
COMMENT ON COLUMN khoacu.script_outcome.why IS 'As of script_settlement';
COMMENT ON COLUMN khoacu.script_outcome.settled_by IS 'As of script_settlement';
GRANT SELECT ON khoacu.script_outcome TO khoacu_server, khoacu_worker, khoacu_auditor;

ALTER TABLE khoacu.script_report_decision DROP CONSTRAINT script_report_decision_verdict_check;
ALTER TABLE khoacu.script_report_decision ADD CONSTRAINT script_report_decision_verdict_check CHECK (verdict IN ('zero', 'suspected', 'dismissed'));
COMMENT ON COLUMN khoacu.script_report_decision.verdict IS
  'zero: the script counts nothing; suspected: it may bear a sign, and more examiners mark it; dismissed: the marks count';
CREATE INDEX script_report_script ON khoacu.script_report (blind_id);
COMMENT ON INDEX khoacu.script_report_script IS 'Serves do_script_report_decide';

ALTER TABLE khoacu.marking_call DROP CONSTRAINT marking_call_stage_check;
ALTER TABLE khoacu.marking_call ADD CONSTRAINT marking_call_stage_check CHECK (stage IN ('tiers', 'third', 'pair', 'change', 'status', 'remark', 'sign'));
COMMENT ON COLUMN khoacu.marking_call.stage IS
  'Whose marks: tiers of the first two, third, pair; status: one gave a mark and the other a status; remark: a doubted mark is given anew; sign: the script may bear one';

ALTER TABLE khoacu.marking_word DROP CONSTRAINT marking_word_kind_check;
ALTER TABLE khoacu.marking_word DROP CONSTRAINT marking_word_said_check;
ALTER TABLE khoacu.marking_word ADD CONSTRAINT marking_word_kind_check CHECK (kind IN ('dialogue', 'head', 'chair', 'collective', 'sign'));
ALTER TABLE khoacu.marking_word ADD CONSTRAINT marking_word_said_check CHECK (said IN ('agreed', 'differ', 'decided', 'passed_up', 'proved', 'not_proved'));
ALTER TABLE khoacu.marking_word ADD CONSTRAINT marking_word_sign_check CHECK ((kind = 'sign') = (said IN ('proved', 'not_proved')));
COMMENT ON COLUMN khoacu.marking_word.kind IS
  'dialogue: a marker signs its minutes, her last signature counts; head of the board, chair of the council, board together; sign: the chair says whether one is proved';
COMMENT ON COLUMN khoacu.marking_word.said IS 'agreed on a mark or differ still; decided, or passed up to the chair; a sign is proved or not';

ALTER TABLE khoacu.marking_redraw DROP CONSTRAINT marking_redraw_why_check;
ALTER TABLE khoacu.marking_redraw ADD CONSTRAINT marking_redraw_why_check CHECK (why IN ('round', 'remark', 'conflict', 'given_back', 'chief'));
COMMENT ON COLUMN khoacu.marking_redraw.why IS
  'round: asked for by the scheme; remark: a doubted mark is given anew; conflict, given_back: by the marker; chief: taken from a marker';

CREATE TABLE khoacu.script_trial_return (
  trial_id    bigint PRIMARY KEY REFERENCES khoacu.script_trial,
  why         text NOT NULL CHECK (why IN ('conflict', 'given_back')),
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  returned_at timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.script_trial_return IS 'Samples that an examiner hands back, as she may any script, so that handing back tells no seed; append-only';
COMMENT ON COLUMN khoacu.script_trial_return.trial_id IS 'The sample as she got it';
COMMENT ON COLUMN khoacu.script_trial_return.why IS 'As of marking_redraw';
COMMENT ON COLUMN khoacu.script_trial_return.reason IS 'Her words';
COMMENT ON COLUMN khoacu.script_trial_return.returned_at IS 'When';
GRANT SELECT ON khoacu.script_trial_return TO khoacu_auditor;

-- Rounds as they stand: where a doubted mark gave way, its place is round 9's.
CREATE FUNCTION khoacu.marking_rounds(p_blind_id bigint, p_rounds smallint[]) RETURNS smallint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT coalesce((SELECT array_replace(p_rounds, r.instead_of, 9::smallint) FROM script_remark r
                    WHERE r.blind_id = p_blind_id AND r.why = 'doubt'), p_rounds)
$$;
COMMENT ON FUNCTION khoacu.marking_rounds IS 'The rounds whose marks count in the place of these';
REVOKE ALL ON FUNCTION khoacu.marking_rounds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.marking_rounds TO khoacu_server;
