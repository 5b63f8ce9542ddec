-- Time that is given and time that stands still; answers that come late; keys of emergency files; devices.
ALTER TABLE khoacu.shift
  ADD two_persons  boolean NOT NULL DEFAULT false,
  ADD late_s       integer NOT NULL DEFAULT 7200 CHECK (late_s BETWEEN 0 AND 86400),
  ADD sections     jsonb CHECK (jsonb_typeof(sections) = 'array'),
  ADD item_seconds integer CHECK (item_seconds BETWEEN 5 AND 36000),
  ADD CHECK (sections IS NULL OR item_seconds IS NULL);
COMMENT ON COLUMN khoacu.shift.two_persons IS 'Extra time and compensation act only after a second person has approved';
COMMENT ON COLUMN khoacu.shift.late_s IS 'Seconds after the end of a sitting in which answers that were made in time are still taken, to be decided on';
COMMENT ON COLUMN khoacu.shift.sections IS 'Parts of the paper with their own time, one after another: [{"first":1,"last":20,"minutes":15},…] by shown position';
COMMENT ON COLUMN khoacu.shift.item_seconds IS 'Each shown position has so many seconds, one after another';

ALTER TABLE khoacu.candidate ADD extra_time_percent smallint NOT NULL DEFAULT 0 CHECK (extra_time_percent BETWEEN 0 AND 200);
COMMENT ON COLUMN khoacu.candidate.extra_time_percent IS 'Accommodation: so much more working time';

ALTER TABLE khoacu.sitting
  ADD accommodation_s integer NOT NULL DEFAULT 0 CHECK (accommodation_s BETWEEN 0 AND 72000),
  ADD extra_s         integer NOT NULL DEFAULT 0 CHECK (extra_s BETWEEN 0 AND 86400),
  ADD held_s          integer NOT NULL DEFAULT 0 CHECK (held_s BETWEEN 0 AND 864000),
  ADD holds           smallint NOT NULL DEFAULT 0 CHECK (holds BETWEEN 0 AND 7),
  ADD held_at         timestamptz,
  ADD CHECK ((holds = 0) = (held_at IS NULL));
COMMENT ON COLUMN khoacu.sitting.closes_at IS 'Deadline; set when the paper is opened, later moved by adjustments alone, and never back';
COMMENT ON COLUMN khoacu.sitting.accommodation_s IS 'Working time that the candidate''s record adds';
COMMENT ON COLUMN khoacu.sitting.extra_s IS 'Sum of extra time and compensation';
COMMENT ON COLUMN khoacu.sitting.held_s IS 'Sum of the pauses that are over';
COMMENT ON COLUMN khoacu.sitting.holds IS 'Why the clock stands: 1 this sitting is held, 2 its room, 4 its shift, summed; 0: it runs';
COMMENT ON COLUMN khoacu.sitting.held_at IS 'Since when the clock stands';

CREATE TABLE khoacu.sitting_adjustment (
  adjustment_id  bigint PRIMARY KEY CHECK (adjustment_id > 0),
  shift_id       bigint NOT NULL REFERENCES khoacu.shift,
  room_id        bigint REFERENCES khoacu.room,
  sitting_id     bigint,
  kind           text NOT NULL CHECK (kind IN ('extra_time', 'compensation', 'pause', 'resume')),
  seconds        integer NOT NULL CHECK (seconds BETWEEN 0 AND 14400),
  reason         text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  needs_approval boolean NOT NULL,
  requested_by   bigint NOT NULL REFERENCES khoacu.staff,
  requested_at   timestamptz NOT NULL,
  UNIQUE (adjustment_id, requested_by),
  FOREIGN KEY (room_id, sitting_id) REFERENCES khoacu.sitting,
  CHECK (sitting_id IS NULL OR room_id IS NOT NULL),
  CHECK ((kind IN ('extra_time', 'compensation')) = (seconds > 0)),
  CHECK (NOT needs_approval OR kind IN ('extra_time', 'compensation'))
);
COMMENT ON TABLE khoacu.sitting_adjustment IS 'What was asked of the clock of a shift, a room or a sitting; append-only. Pauses act at once, whoever asks: they take nothing from anybody';
COMMENT ON COLUMN khoacu.sitting_adjustment.adjustment_id IS 'Random id';
COMMENT ON COLUMN khoacu.sitting_adjustment.shift_id IS 'The shift';
COMMENT ON COLUMN khoacu.sitting_adjustment.room_id IS 'The room; null: the whole shift';
COMMENT ON COLUMN khoacu.sitting_adjustment.sitting_id IS 'The sitting; null: the whole room or shift';
COMMENT ON COLUMN khoacu.sitting_adjustment.kind IS 'extra_time by decision, compensation of a disturbance, pause of the clock, resume of it';
COMMENT ON COLUMN khoacu.sitting_adjustment.seconds IS 'Working time that is added; 0 of a pause, whose length the clock tells';
COMMENT ON COLUMN khoacu.sitting_adjustment.reason IS 'Why, in the words of whoever asks';
COMMENT ON COLUMN khoacu.sitting_adjustment.needs_approval IS 'It acts only after another person has approved';
COMMENT ON COLUMN khoacu.sitting_adjustment.requested_by IS 'Who asks';
COMMENT ON COLUMN khoacu.sitting_adjustment.requested_at IS 'When';
CREATE INDEX sitting_adjustment_shift ON khoacu.sitting_adjustment (shift_id, requested_at);
COMMENT ON INDEX khoacu.sitting_adjustment_shift IS 'Serves adjust_list';

CREATE TABLE khoacu.sitting_adjustment_decision (
  adjustment_id bigint PRIMARY KEY,
  requested_by  bigint NOT NULL,
  decided_by    bigint NOT NULL REFERENCES khoacu.staff,
  verdict       text NOT NULL CHECK (verdict IN ('approved', 'refused')),
  decided_at    timestamptz NOT NULL,
  FOREIGN KEY (adjustment_id, requested_by) REFERENCES khoacu.sitting_adjustment (adjustment_id, requested_by),
  CHECK (decided_by <> requested_by)
);
COMMENT ON TABLE khoacu.sitting_adjustment_decision IS 'The second person''s word on an adjustment; append-only';
COMMENT ON COLUMN khoacu.sitting_adjustment_decision.adjustment_id IS 'The adjustment';
COMMENT ON COLUMN khoacu.sitting_adjustment_decision.requested_by IS 'Who asked; the key makes sure of it';
COMMENT ON COLUMN khoacu.sitting_adjustment_decision.decided_by IS 'Another person';
COMMENT ON COLUMN khoacu.sitting_adjustment_decision.verdict IS 'approved: it acted then; refused: it never will';
COMMENT ON COLUMN khoacu.sitting_adjustment_decision.decided_at IS 'When';

CREATE TABLE khoacu.sitting_adjustment_effect (
  adjustment_id bigint NOT NULL REFERENCES khoacu.sitting_adjustment,
  room_id       bigint NOT NULL,
  sitting_id    bigint NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('extra_time', 'compensation', 'pause', 'resume')),
  from_at       timestamptz NOT NULL,
  seconds       integer NOT NULL CHECK (seconds >= 0),
  applied_at    timestamptz NOT NULL,
  PRIMARY KEY (room_id, sitting_id, adjustment_id),
  FOREIGN KEY (room_id, sitting_id) REFERENCES khoacu.sitting
);
COMMENT ON TABLE khoacu.sitting_adjustment_effect IS 'What an adjustment did to each sitting; append-only. The sums stand in the sitting';
COMMENT ON COLUMN khoacu.sitting_adjustment_effect.adjustment_id IS 'The adjustment';
COMMENT ON COLUMN khoacu.sitting_adjustment_effect.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.sitting_adjustment_effect.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.sitting_adjustment_effect.kind IS 'As the adjustment';
COMMENT ON COLUMN khoacu.sitting_adjustment_effect.from_at IS 'From when on times are moved: of a resume, when the clock was stopped';
COMMENT ON COLUMN khoacu.sitting_adjustment_effect.seconds IS 'By how much';
COMMENT ON COLUMN khoacu.sitting_adjustment_effect.applied_at IS 'When it acted';
CREATE INDEX sitting_adjustment_effect_adjustment ON khoacu.sitting_adjustment_effect (adjustment_id);
COMMENT ON INDEX khoacu.sitting_adjustment_effect_adjustment IS 'Serves adjust_list';

-- Receipts have revisions: late answers that count make a new one beside the old.
ALTER TABLE khoacu.receipt ADD revision smallint NOT NULL DEFAULT 1 CHECK (revision BETWEEN 1 AND 1000);
ALTER TABLE khoacu.receipt DROP CONSTRAINT receipt_pkey;
ALTER TABLE khoacu.receipt ADD PRIMARY KEY (room_id, sitting_id, revision);
COMMENT ON COLUMN khoacu.receipt.revision IS '1 at the end of the sitting; more when late answers were counted. The highest counts';

CREATE TABLE khoacu.late_batch (
  batch_id    bigint PRIMARY KEY CHECK (batch_id > 0),
  room_id     bigint NOT NULL,
  sitting_id  bigint NOT NULL,
  shift_id    bigint NOT NULL REFERENCES khoacu.shift,
  source      text NOT NULL CHECK (source IN ('client', 'file')),
  file_sha256 bytea CHECK (octet_length(file_sha256) = 32),
  received_at timestamptz NOT NULL,
  received_by bigint REFERENCES khoacu.staff,
  UNIQUE (room_id, sitting_id, batch_id),
  FOREIGN KEY (room_id, sitting_id) REFERENCES khoacu.sitting,
  CHECK ((source = 'file') = (file_sha256 IS NOT NULL)),
  CHECK ((source = 'file') = (received_by IS NOT NULL))
);
COMMENT ON TABLE khoacu.late_batch IS 'Answers made in time that arrived after the end, as they came together; append-only. They wait for a decision of two persons';
COMMENT ON COLUMN khoacu.late_batch.batch_id IS 'Random id';
COMMENT ON COLUMN khoacu.late_batch.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.late_batch.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.late_batch.shift_id IS 'Its shift';
COMMENT ON COLUMN khoacu.late_batch.source IS 'client: sent by the candidate''s machine; file: an emergency file that staff brought in';
COMMENT ON COLUMN khoacu.late_batch.file_sha256 IS 'Hash of the file';
COMMENT ON COLUMN khoacu.late_batch.received_at IS 'When they arrived';
COMMENT ON COLUMN khoacu.late_batch.received_by IS 'Who brought the file in';
CREATE INDEX late_batch_shift ON khoacu.late_batch (shift_id, received_at);
COMMENT ON INDEX khoacu.late_batch_shift IS 'Serves late_list';

CREATE TABLE khoacu.late_response (
  room_id    bigint NOT NULL,
  sitting_id bigint NOT NULL,
  batch_id   bigint NOT NULL,
  hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
  prev       bytea NOT NULL CHECK (octet_length(prev) = 32),
  n          integer NOT NULL CHECK (n BETWEEN 1 AND 1000000),
  position   smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
  seq        integer NOT NULL CHECK (seq BETWEEN 1 AND 1000000),
  choice     smallint NOT NULL CHECK (choice BETWEEN 0 AND 250),
  answer     text CHECK (octet_length(answer) BETWEEN 1 AND 131072),
  flagged    boolean NOT NULL,
  made_at    timestamptz NOT NULL,
  PRIMARY KEY (room_id, sitting_id, hash),
  FOREIGN KEY (room_id, sitting_id, batch_id) REFERENCES khoacu.late_batch (room_id, sitting_id, batch_id)
);
COMMENT ON TABLE khoacu.late_response IS 'The single late answers; append-only';
COMMENT ON COLUMN khoacu.late_response.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.late_response.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.late_response.batch_id IS 'With which it came';
COMMENT ON COLUMN khoacu.late_response.hash IS 'SHA-256 of the event, by which it is kept once';
COMMENT ON COLUMN khoacu.late_response.prev IS 'That of the event before it';
COMMENT ON COLUMN khoacu.late_response.n IS 'The client''s number of the event';
COMMENT ON COLUMN khoacu.late_response.position IS 'Canonical position in the form';
COMMENT ON COLUMN khoacu.late_response.seq IS 'The client''s number of the change at this position';
COMMENT ON COLUMN khoacu.late_response.choice IS 'Canonical option, 0 = nothing chosen';
COMMENT ON COLUMN khoacu.late_response.answer IS 'Canonical answer of items of other kinds';
COMMENT ON COLUMN khoacu.late_response.flagged IS 'The candidate''s flag for herself';
COMMENT ON COLUMN khoacu.late_response.made_at IS 'When it was made, by the clock of the candidate''s machine: a claim';
CREATE INDEX late_response_batch ON khoacu.late_response (batch_id);
COMMENT ON INDEX khoacu.late_response_batch IS 'Serves late_list and late_decide';

CREATE TABLE khoacu.late_proposal (
  proposal_id bigint PRIMARY KEY CHECK (proposal_id > 0),
  batch_id    bigint NOT NULL REFERENCES khoacu.late_batch,
  decision    text NOT NULL CHECK (decision IN ('count', 'leave')),
  reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  proposed_by bigint NOT NULL REFERENCES khoacu.staff,
  proposed_at timestamptz NOT NULL,
  UNIQUE (proposal_id, batch_id, proposed_by)
);
COMMENT ON TABLE khoacu.late_proposal IS 'What one person proposes to do with late answers; append-only, the latest counts';
COMMENT ON COLUMN khoacu.late_proposal.proposal_id IS 'Random id';
COMMENT ON COLUMN khoacu.late_proposal.batch_id IS 'The late answers';
COMMENT ON COLUMN khoacu.late_proposal.decision IS 'count: they are answers like all others; leave: they stay where they are';
COMMENT ON COLUMN khoacu.late_proposal.reason IS 'Why';
COMMENT ON COLUMN khoacu.late_proposal.proposed_by IS 'The first person';
COMMENT ON COLUMN khoacu.late_proposal.proposed_at IS 'When';
CREATE INDEX late_proposal_batch ON khoacu.late_proposal (batch_id, proposed_at);
COMMENT ON INDEX khoacu.late_proposal_batch IS 'Serves late_list and late_decide';

CREATE TABLE khoacu.late_decision (
  batch_id     bigint PRIMARY KEY,
  proposal_id  bigint NOT NULL,
  proposed_by  bigint NOT NULL,
  confirmed_by bigint NOT NULL REFERENCES khoacu.staff,
  decided_at   timestamptz NOT NULL,
  FOREIGN KEY (proposal_id, batch_id, proposed_by) REFERENCES khoacu.late_proposal (proposal_id, batch_id, proposed_by),
  CHECK (confirmed_by <> proposed_by)
);
COMMENT ON TABLE khoacu.late_decision IS 'The second person''s agreement: it is decided, once; append-only';
COMMENT ON COLUMN khoacu.late_decision.batch_id IS 'The late answers';
COMMENT ON COLUMN khoacu.late_decision.proposal_id IS 'What is agreed to';
COMMENT ON COLUMN khoacu.late_decision.proposed_by IS 'Who proposed; the key makes sure of it';
COMMENT ON COLUMN khoacu.late_decision.confirmed_by IS 'Another person';
COMMENT ON COLUMN khoacu.late_decision.decided_at IS 'When';

CREATE TABLE khoacu.emergency_key (
  shift_id   bigint PRIMARY KEY REFERENCES khoacu.shift,
  public_key bytea NOT NULL CHECK (octet_length(public_key) BETWEEN 100 AND 2000),
  sealed     bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 100 AND 8000),
  made_at    timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.emergency_key IS 'The pair of keys for emergency files of a shift: RSA of 3072 bits';
COMMENT ON COLUMN khoacu.emergency_key.shift_id IS 'The shift';
COMMENT ON COLUMN khoacu.emergency_key.public_key IS 'SubjectPublicKeyInfo, DER; candidates'' machines have it';
COMMENT ON COLUMN khoacu.emergency_key.sealed IS 'The private key, PKCS #8 DER, sealed by a key that is derived from the server''s secret file';
COMMENT ON COLUMN khoacu.emergency_key.made_at IS 'When it was made';

CREATE TABLE khoacu.sitting_device (
  room_id       bigint NOT NULL,
  sitting_id    bigint NOT NULL,
  number        integer NOT NULL CHECK (number BETWEEN 1 AND 1000000),
  device_sha256 bytea NOT NULL CHECK (octet_length(device_sha256) = 32),
  token_sha256  bytea NOT NULL CHECK (octet_length(token_sha256) = 32),
  generation    integer NOT NULL CHECK (generation > 0),
  came_at       timestamptz NOT NULL,
  while_open    boolean NOT NULL,
  given_back    boolean NOT NULL,
  PRIMARY KEY (room_id, sitting_id, number),
  FOREIGN KEY (room_id, sitting_id) REFERENCES khoacu.sitting
);
COMMENT ON TABLE khoacu.sitting_device IS 'Log-ins of a sitting by device, one after another; append-only';
COMMENT ON COLUMN khoacu.sitting_device.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.sitting_device.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.sitting_device.number IS '1, 2, …; the highest is the newest';
COMMENT ON COLUMN khoacu.sitting_device.device_sha256 IS 'Hash of the random number that the device keeps in a cookie';
COMMENT ON COLUMN khoacu.sitting_device.token_sha256 IS 'The log-in';
COMMENT ON COLUMN khoacu.sitting_device.generation IS 'That of the sitting then';
COMMENT ON COLUMN khoacu.sitting_device.came_at IS 'When';
COMMENT ON COLUMN khoacu.sitting_device.while_open IS 'The paper was open then';
COMMENT ON COLUMN khoacu.sitting_device.given_back IS 'An invigilator gave the sitting back to it: no new log-in';

CREATE TABLE khoacu.sitting_device_decision (
  room_id    bigint NOT NULL,
  sitting_id bigint NOT NULL,
  number     integer NOT NULL,
  keep       text NOT NULL CHECK (keep IN ('new', 'first')),
  reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  decided_by bigint NOT NULL REFERENCES khoacu.staff,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (room_id, sitting_id, number),
  FOREIGN KEY (room_id, sitting_id, number) REFERENCES khoacu.sitting_device
);
COMMENT ON TABLE khoacu.sitting_device_decision IS 'What an invigilator said about a second device; append-only';
COMMENT ON COLUMN khoacu.sitting_device_decision.room_id IS 'Distribution key';
COMMENT ON COLUMN khoacu.sitting_device_decision.sitting_id IS 'The sitting';
COMMENT ON COLUMN khoacu.sitting_device_decision.number IS 'The device that came';
COMMENT ON COLUMN khoacu.sitting_device_decision.keep IS 'new: it stays; first: the one before has the sitting again';
COMMENT ON COLUMN khoacu.sitting_device_decision.reason IS 'Why';
COMMENT ON COLUMN khoacu.sitting_device_decision.decided_by IS 'The invigilator';
COMMENT ON COLUMN khoacu.sitting_device_decision.decided_at IS 'When';

GRANT UPDATE (extra_time_percent) ON khoacu.candidate TO khoacu_server;
-- Adjustments and decisions are written by functions of the owner alone, which also move the times.
GRANT SELECT ON khoacu.sitting_adjustment, khoacu.sitting_adjustment_decision, khoacu.sitting_adjustment_effect,
                khoacu.late_batch, khoacu.late_response, khoacu.late_proposal, khoacu.late_decision,
                khoacu.sitting_device, khoacu.sitting_device_decision TO khoacu_server, khoacu_auditor;
GRANT INSERT ON khoacu.late_batch, khoacu.late_response, khoacu.late_proposal, khoacu.emergency_key, khoacu.sitting_device, khoacu.sitting_device_decision
  TO khoacu_server;
GRANT SELECT ON khoacu.emergency_key TO khoacu_server;
GRANT SELECT (shift_id, public_key, made_at) ON khoacu.emergency_key TO khoacu_auditor;
