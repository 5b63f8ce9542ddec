-- Ranking runs, the decisions in them, approval by a second officer, releases.
CREATE TABLE khoacu.tie_decision (
  cycle_id     bigint NOT NULL REFERENCES khoacu.cycle,
  number       integer NOT NULL CHECK (number BETWEEN 1 AND 1000000),
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  preference   integer NOT NULL CHECK (preference BETWEEN 1 AND 1000),
  reason       text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
  decided_by   bigint NOT NULL REFERENCES khoacu.staff,
  decided_at   timestamptz NOT NULL,
  PRIMARY KEY (cycle_id, number, candidate_id),
  UNIQUE (cycle_id, number, preference)
);
COMMENT ON TABLE khoacu.tie_decision IS 'Decisions of the head of the authority where the tie chain ends; append-only, the highest number in which a candidate stands counts for her';
COMMENT ON COLUMN khoacu.tie_decision.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.tie_decision.number IS '1, 2, … of the cycle: one decision, an order among several candidates';
COMMENT ON COLUMN khoacu.tie_decision.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.tie_decision.preference IS '1 goes before 2 in this decision';
COMMENT ON COLUMN khoacu.tie_decision.reason IS 'Reason, shown with the list';
COMMENT ON COLUMN khoacu.tie_decision.decided_by IS 'Who recorded it';
COMMENT ON COLUMN khoacu.tie_decision.decided_at IS 'When';

CREATE TABLE khoacu.ranking_run (
  run_id        bigint PRIMARY KEY CHECK (run_id > 0),
  cycle_id      bigint NOT NULL REFERENCES khoacu.cycle,
  version       integer NOT NULL CHECK (version > 0),
  release_version integer NOT NULL CHECK (release_version > 0),
  cause         text NOT NULL CHECK (length(cause) BETWEEN 1 AND 2000),
  computed_by   bigint NOT NULL REFERENCES khoacu.staff,
  computed_at   timestamptz NOT NULL,
  engine        text NOT NULL CHECK (length(engine) BETWEEN 1 AND 40),
  posts         text NOT NULL,
  ties          text NOT NULL,
  bundle        text NOT NULL,
  bundle_sha256 bytea NOT NULL CHECK (bundle_sha256 = sha256(convert_to(bundle, 'UTF8'))),
  candidates    integer NOT NULL,
  selected      integer NOT NULL,
  unresolved    integer NOT NULL CHECK (unresolved >= 0),
  UNIQUE (cycle_id, version)
);
COMMENT ON TABLE khoacu.ranking_run IS 'Computed lists, whole and immutable: inputs, pack, decisions';
COMMENT ON COLUMN khoacu.ranking_run.run_id IS 'Random id';
COMMENT ON COLUMN khoacu.ranking_run.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.ranking_run.version IS '1, 2, … of the cycle';
COMMENT ON COLUMN khoacu.ranking_run.release_version IS 'The version as which it may be published: it stands in the bundle, beside the hash of the version before';
COMMENT ON COLUMN khoacu.ranking_run.cause IS 'Why this run was made';
COMMENT ON COLUMN khoacu.ranking_run.computed_by IS 'Officer who ran it';
COMMENT ON COLUMN khoacu.ranking_run.computed_at IS 'When';
COMMENT ON COLUMN khoacu.ranking_run.engine IS 'Version of the ranking engine';
COMMENT ON COLUMN khoacu.ranking_run.posts IS 'Posts and quotas as the run knew them, as JSON: [{code, title, quota, agencies [{code, name, quota}]}]';
COMMENT ON COLUMN khoacu.ranking_run.ties IS 'The recorded decisions that the run knew, as JSON: [{number, post, roll_numbers, reason}]';
COMMENT ON COLUMN khoacu.ranking_run.bundle IS 'The public result file as canonical JSON (bundle.h)';
COMMENT ON COLUMN khoacu.ranking_run.bundle_sha256 IS 'SHA-256 of bundle';
COMMENT ON COLUMN khoacu.ranking_run.candidates IS 'Candidates in it';
COMMENT ON COLUMN khoacu.ranking_run.selected IS 'Candidates selected';
COMMENT ON COLUMN khoacu.ranking_run.unresolved IS 'Ties at a last seat that still need a recorded decision';

CREATE TABLE khoacu.decision (
  run_id       bigint NOT NULL REFERENCES khoacu.ranking_run,
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  post_id      bigint NOT NULL REFERENCES khoacu.post,
  outcome      text NOT NULL CHECK (outcome IN ('selected', 'not_selected', 'tied', 'failed', 'absent', 'suspended', 'void')),
  rank         integer CHECK (rank > 0),
  raw          numeric(7,2),
  priority     numeric(5,2) NOT NULL,
  priority_class text CHECK (length(priority_class) BETWEEN 1 AND 31),
  total        numeric(7,2),
  agency_id    bigint REFERENCES khoacu.agency,
  reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 60),
  derivation   text NOT NULL,
  opening      text,
  PRIMARY KEY (run_id, candidate_id)
);
COMMENT ON TABLE khoacu.decision IS 'The decision on each candidate in a run, with its reason';
COMMENT ON COLUMN khoacu.decision.run_id IS 'The run';
COMMENT ON COLUMN khoacu.decision.candidate_id IS 'The candidate';
COMMENT ON COLUMN khoacu.decision.post_id IS 'The post';
COMMENT ON COLUMN khoacu.decision.outcome IS 'What was decided';
COMMENT ON COLUMN khoacu.decision.rank IS 'Place in the post among those who passed';
COMMENT ON COLUMN khoacu.decision.raw IS 'Raw mark of round 2';
COMMENT ON COLUMN khoacu.decision.priority IS 'Priority points added';
COMMENT ON COLUMN khoacu.decision.priority_class IS 'The class that was used; for officers, never published';
COMMENT ON COLUMN khoacu.decision.total IS 'Ranking score';
COMMENT ON COLUMN khoacu.decision.agency_id IS 'Agency where the seat was taken';
COMMENT ON COLUMN khoacu.decision.reason IS 'Stable key of the reason';
COMMENT ON COLUMN khoacu.decision.derivation IS 'Every step as JSON (result.h)';
COMMENT ON COLUMN khoacu.decision.opening IS 'What the public file withholds of her, as the canonical JSON whose hash stands there; null: nothing is withheld';
CREATE INDEX decision_post ON khoacu.decision (run_id, post_id, rank);
COMMENT ON INDEX khoacu.decision_post IS 'Serves result_decisions_page and result_release_rows';

CREATE TABLE khoacu.run_approval (
  run_id      bigint PRIMARY KEY REFERENCES khoacu.ranking_run,
  approved_by bigint NOT NULL REFERENCES khoacu.staff,
  approved_at timestamptz NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('approved', 'refused')),
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000)
);
COMMENT ON TABLE khoacu.run_approval IS 'The second officer''s word on a run; never the officer who computed it (do_result_approve refuses, run_approval_by_another checks)';
COMMENT ON COLUMN khoacu.run_approval.run_id IS 'The run';
COMMENT ON COLUMN khoacu.run_approval.approved_by IS 'The second officer';
COMMENT ON COLUMN khoacu.run_approval.approved_at IS 'When';
COMMENT ON COLUMN khoacu.run_approval.verdict IS 'approved or refused';
COMMENT ON COLUMN khoacu.run_approval.reason IS 'Her words';

CREATE FUNCTION khoacu.run_approval_by_another() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ranking_run r WHERE r.run_id = NEW.run_id AND r.computed_by = NEW.approved_by) THEN
    RAISE EXCEPTION 'a run is approved by another officer than the one who computed it' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.verdict = 'approved' AND EXISTS (SELECT 1 FROM ranking_run r WHERE r.run_id = NEW.run_id AND r.unresolved > 0) THEN
    RAISE EXCEPTION 'a run with an unresolved tie is not approved' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.run_approval_by_another() IS 'Separation of duties, whatever the program does';
REVOKE ALL ON FUNCTION khoacu.run_approval_by_another() FROM PUBLIC;
CREATE TRIGGER run_approval_by_another BEFORE INSERT ON khoacu.run_approval
  FOR EACH ROW EXECUTE FUNCTION khoacu.run_approval_by_another();

CREATE FUNCTION khoacu.ranking_run_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = NEW.cycle_id) THEN
    RAISE EXCEPTION 'a list is computed from frozen marks' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.ranking_run_guard() IS 'Refuses lists from marks that may still change';
REVOKE ALL ON FUNCTION khoacu.ranking_run_guard() FROM PUBLIC;
CREATE TRIGGER ranking_run_guard BEFORE INSERT ON khoacu.ranking_run
  FOR EACH ROW EXECUTE FUNCTION khoacu.ranking_run_guard();

CREATE TABLE khoacu.release (
  cycle_id     bigint NOT NULL REFERENCES khoacu.cycle,
  version      integer NOT NULL CHECK (version > 0),
  run_id       bigint NOT NULL UNIQUE REFERENCES khoacu.ranking_run,
  published_by bigint NOT NULL REFERENCES khoacu.staff,
  published_at timestamptz NOT NULL,
  PRIMARY KEY (cycle_id, version)
);
COMMENT ON TABLE khoacu.release IS 'Published lists; one-way: a correction is a new version with the cause of its run';
COMMENT ON COLUMN khoacu.release.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.release.version IS '1, 2, … of the cycle';
COMMENT ON COLUMN khoacu.release.run_id IS 'The run that is published';
COMMENT ON COLUMN khoacu.release.published_by IS 'Who published it';
COMMENT ON COLUMN khoacu.release.published_at IS 'When';

CREATE FUNCTION khoacu.release_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  PERFORM 1 FROM cycle c WHERE c.cycle_id = NEW.cycle_id FOR UPDATE; -- versions follow each other
  IF NOT EXISTS (SELECT 1 FROM ranking_run r JOIN run_approval a ON a.run_id = r.run_id
                  WHERE r.run_id = NEW.run_id AND r.cycle_id = NEW.cycle_id AND r.release_version = NEW.version
                    AND r.unresolved = 0 AND a.verdict = 'approved' AND a.approved_by <> r.computed_by) THEN
    RAISE EXCEPTION 'only a run that another officer approved is published, as the version that it was computed for'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.version <> 1 + coalesce((SELECT max(l.version) FROM release l WHERE l.cycle_id = NEW.cycle_id), 0) THEN
    RAISE EXCEPTION 'a release is the next version of its cycle' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.release_guard() IS 'Publishes only what is approved, in unbroken versions';
REVOKE ALL ON FUNCTION khoacu.release_guard() FROM PUBLIC;
CREATE TRIGGER release_guard BEFORE INSERT ON khoacu.release
  FOR EACH ROW EXECUTE FUNCTION khoacu.release_guard();

GRANT SELECT ON khoacu.ranking_run, khoacu.decision TO khoacu_server;
GRANT SELECT, INSERT ON khoacu.tie_decision, khoacu.run_approval, khoacu.release TO khoacu_server;
GRANT SELECT, INSERT ON khoacu.ranking_run, khoacu.decision TO khoacu_worker;
GRANT SELECT ON khoacu.tie_decision, khoacu.run_approval, khoacu.release TO khoacu_worker;
GRANT SELECT ON khoacu.tie_decision, khoacu.ranking_run, khoacu.decision, khoacu.run_approval, khoacu.release TO khoacu_auditor;
