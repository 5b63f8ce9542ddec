-- Working time that an outage of the service took is given back by the service itself.
ALTER TABLE khoacu.sitting_adjustment
  DROP CONSTRAINT sitting_adjustment_kind_check,
  DROP CONSTRAINT sitting_adjustment_seconds_check,
  DROP CONSTRAINT sitting_adjustment_check1,
  ALTER requested_by DROP NOT NULL,
  ADD CONSTRAINT sitting_adjustment_kind_check CHECK (kind IN ('extra_time', 'compensation', 'pause', 'resume', 'outage')),
  ADD CONSTRAINT sitting_adjustment_seconds_check CHECK (seconds BETWEEN 0 AND CASE kind WHEN 'outage' THEN 31536000 ELSE 14400 END),
  ADD CONSTRAINT sitting_adjustment_timed_check CHECK ((kind IN ('extra_time', 'compensation', 'outage')) = (seconds > 0)),
  ADD CONSTRAINT sitting_adjustment_person_check CHECK ((kind = 'outage') = (requested_by IS NULL));
COMMENT ON COLUMN khoacu.sitting_adjustment.kind IS 'extra_time by decision, compensation of a disturbance, pause of the clock, resume of it; outage: the service was away and gives the time back by itself';
COMMENT ON COLUMN khoacu.sitting_adjustment.seconds IS 'Working time that is added; 0 of a pause, whose length the clock tells; of an outage how long it lasted, what each lost is in the effects';
COMMENT ON COLUMN khoacu.sitting_adjustment.requested_by IS 'Who asks; null: the service itself, after an outage';

ALTER TABLE khoacu.sitting_adjustment_effect
  DROP CONSTRAINT sitting_adjustment_effect_kind_check,
  ADD CONSTRAINT sitting_adjustment_effect_kind_check CHECK (kind IN ('extra_time', 'compensation', 'pause', 'resume', 'outage'));
COMMENT ON COLUMN khoacu.sitting_adjustment_effect.from_at IS 'From when on times are moved: of a resume, when the clock was stopped; of an outage, when it began for this sitting';

CREATE TABLE khoacu.service_beat (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  beat_at  timestamptz NOT NULL,
  boot     text NOT NULL CHECK (length(boot) BETWEEN 1 AND 64),
  boot_ms  bigint NOT NULL CHECK (boot_ms >= 0)
) WITH (fillfactor = 10);
COMMENT ON TABLE khoacu.service_beat IS 'When a server was last at work with this database: one row, written every second by whichever server is there';
COMMENT ON COLUMN khoacu.service_beat.only_one IS 'There is one row';
COMMENT ON COLUMN khoacu.service_beat.beat_at IS 'When, by the clock of the database';
COMMENT ON COLUMN khoacu.service_beat.boot IS 'Since which start of which machine its monotonic clock counts';
COMMENT ON COLUMN khoacu.service_beat.boot_ms IS 'When, by that clock: a stepped clock is no outage';
GRANT SELECT ON khoacu.service_beat TO khoacu_server, khoacu_worker, khoacu_auditor;
