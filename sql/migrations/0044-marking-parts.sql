-- The desk of an examiner with hundreds of scripts beside three hundred others: which parts are hers is known without looking at
-- every script, and a page of her list costs what is on it.
CREATE TABLE khoacu.marking_marker_part (
  marker_id bigint NOT NULL REFERENCES khoacu.staff,
  cycle_id  bigint NOT NULL REFERENCES khoacu.cycle,
  component text NOT NULL CHECK (component IN ('written', 'interview')),
  question  smallint NOT NULL CHECK (question BETWEEN 0 AND 50),
  PRIMARY KEY (marker_id, cycle_id, component, question)
);
COMMENT ON TABLE khoacu.marking_marker_part IS 'Parts in which an examiner has or had scripts to mark; marking_assignment_check keeps it';
COMMENT ON COLUMN khoacu.marking_marker_part.marker_id IS 'The examiner';
COMMENT ON COLUMN khoacu.marking_marker_part.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.marking_marker_part.component IS 'As of script';
COMMENT ON COLUMN khoacu.marking_marker_part.question IS 'As of script';
INSERT INTO khoacu.marking_marker_part
SELECT DISTINCT a.marker_id, s.cycle_id, s.component, s.question FROM khoacu.marking_assignment a JOIN khoacu.script s ON s.blind_id = a.blind_id;
GRANT SELECT ON khoacu.marking_marker_part TO khoacu_auditor;

CREATE INDEX script_part ON khoacu.script (cycle_id, component, question, blind_id);
COMMENT ON INDEX khoacu.script_part IS 'Serves marking_draw_scripts, marking_freeze_state, marking_progress_parts and script_pool';

-- They take a page, and a filter.
DROP FUNCTION IF EXISTS khoacu.script_tasks(bigint);
