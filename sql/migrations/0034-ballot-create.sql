-- The ballots that follow a leadership examination: an appointment for one title, its ballots in the order of the pack, slips
-- that are drawn from a box, and papers that nobody can lead back to a person.
CREATE TABLE khoacu.appointment (
  appointment_id bigint PRIMARY KEY CHECK (appointment_id > 0),
  cycle_id  bigint NOT NULL REFERENCES khoacu.cycle,
  post_id   bigint NOT NULL UNIQUE REFERENCES khoacu.post,
  reason    text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  opened_by bigint NOT NULL REFERENCES khoacu.staff,
  opened_at timestamptz NOT NULL,
  state     text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'stopped')),
  chosen    bigint REFERENCES khoacu.candidate,
  ended_at  timestamptz,
  CHECK ((state = 'decided') = (chosen IS NOT NULL)),
  CHECK ((state = 'open') = (ended_at IS NULL))
);
COMMENT ON TABLE khoacu.appointment IS 'The procedure that decides on the appointment to one title after its examination';
COMMENT ON COLUMN khoacu.appointment.appointment_id IS 'Id';
COMMENT ON COLUMN khoacu.appointment.cycle_id IS 'The cycle';
COMMENT ON COLUMN khoacu.appointment.post_id IS 'The title';
COMMENT ON COLUMN khoacu.appointment.reason IS 'On what it rests';
COMMENT ON COLUMN khoacu.appointment.opened_by IS 'Who opened it';
COMMENT ON COLUMN khoacu.appointment.opened_at IS 'When';
COMMENT ON COLUMN khoacu.appointment.state IS 'open, decided or stopped';
COMMENT ON COLUMN khoacu.appointment.chosen IS 'Who was chosen by the last ballot';
COMMENT ON COLUMN khoacu.appointment.ended_at IS 'When it ended';
CREATE INDEX appointment_cycle ON khoacu.appointment (cycle_id, opened_at);
COMMENT ON INDEX khoacu.appointment_cycle IS 'Serves ballot_appointments';

CREATE TABLE khoacu.appointment_name (
  appointment_id bigint NOT NULL REFERENCES khoacu.appointment,
  number       smallint NOT NULL CHECK (number BETWEEN 1 AND 40),
  candidate_id bigint NOT NULL REFERENCES khoacu.candidate,
  PRIMARY KEY (appointment_id, number),
  UNIQUE (appointment_id, candidate_id)
);
COMMENT ON TABLE khoacu.appointment_name IS 'Who is proposed, by the number that stands on the ballots';
COMMENT ON COLUMN khoacu.appointment_name.appointment_id IS 'The appointment';
COMMENT ON COLUMN khoacu.appointment_name.number IS '1, 2, … by roll number';
COMMENT ON COLUMN khoacu.appointment_name.candidate_id IS 'The person';

CREATE TABLE khoacu.ballot (
  ballot_id   bigint PRIMARY KEY CHECK (ballot_id > 0),
  appointment_id bigint NOT NULL REFERENCES khoacu.appointment,
  step        smallint NOT NULL CHECK (step BETWEEN 1 AND 8),
  names       smallint[] NOT NULL CHECK (cardinality(names) BETWEEN 1 AND 40),
  summoned    integer NOT NULL CHECK (summoned BETWEEN 1 AND 2000),
  excused     integer NOT NULL CHECK (excused >= 0 AND excused < summoned),
  prepared_by bigint NOT NULL REFERENCES khoacu.staff,
  prepared_at timestamptz NOT NULL,
  opened_at   timestamptz,
  closed_at   timestamptz,
  closed_by   bigint REFERENCES khoacu.staff,
  present     integer CHECK (present BETWEEN 0 AND 2000),
  votes       integer[],
  outcome     text CHECK (outcome IN ('won', 'fallback', 'head_picks', 'stopped')),
  goes_on     smallint[],
  picked      smallint,
  picked_by   bigint REFERENCES khoacu.staff,
  pick_reason text CHECK (length(pick_reason) BETWEEN 10 AND 2000),
  UNIQUE (appointment_id, step),
  CHECK (closed_by <> prepared_by),
  CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (votes IS NULL) AND (closed_at IS NULL) = (present IS NULL)),
  CHECK ((picked IS NULL) = (picked_by IS NULL) AND (picked IS NULL) = (pick_reason IS NULL)),
  CHECK (picked IS NULL OR outcome = 'head_picks')
);
COMMENT ON TABLE khoacu.ballot IS 'One secret ballot of an appointment';
COMMENT ON COLUMN khoacu.ballot.ballot_id IS 'Id';
COMMENT ON COLUMN khoacu.ballot.appointment_id IS 'The appointment';
COMMENT ON COLUMN khoacu.ballot.step IS 'Which of the pack''s ballots: 1, 2, …';
COMMENT ON COLUMN khoacu.ballot.names IS 'Numbers of those who stand on it';
COMMENT ON COLUMN khoacu.ballot.summoned IS 'How many were summoned';
COMMENT ON COLUMN khoacu.ballot.excused IS 'Of these, absent by force majeure: taken out of the summoned';
COMMENT ON COLUMN khoacu.ballot.prepared_by IS 'Who had the slips made';
COMMENT ON COLUMN khoacu.ballot.prepared_at IS 'When';
COMMENT ON COLUMN khoacu.ballot.opened_at IS 'From when papers are taken';
COMMENT ON COLUMN khoacu.ballot.closed_at IS 'Until when';
COMMENT ON COLUMN khoacu.ballot.closed_by IS 'Who closed and counted it: another person than who had the slips made';
COMMENT ON COLUMN khoacu.ballot.present IS 'How many were present by the attendance list; never fewer than papers';
COMMENT ON COLUMN khoacu.ballot.votes IS 'Votes in the order of names';
COMMENT ON COLUMN khoacu.ballot.outcome IS 'What the rule of the pack says to the votes (settle.h)';
COMMENT ON COLUMN khoacu.ballot.goes_on IS 'Numbers of those who go on';
COMMENT ON COLUMN khoacu.ballot.picked IS 'Whom the head picked of two at exactly half';
COMMENT ON COLUMN khoacu.ballot.picked_by IS 'The head';
COMMENT ON COLUMN khoacu.ballot.pick_reason IS 'The head''s reason; both views are reported';

CREATE TABLE khoacu.ballot_slip (
  ballot_id bigint NOT NULL REFERENCES khoacu.ballot,
  slip_hmac bytea NOT NULL CHECK (octet_length(slip_hmac) = 32),
  PRIMARY KEY (ballot_id, slip_hmac)
);
COMMENT ON TABLE khoacu.ballot_slip IS 'Keyed hashes of the codes on the slips that are drawn from a box; nothing says who drew which';
COMMENT ON COLUMN khoacu.ballot_slip.ballot_id IS 'The ballot';
COMMENT ON COLUMN khoacu.ballot_slip.slip_hmac IS 'HMAC-SHA256 of the code with the server''s key';
CREATE UNIQUE INDEX ballot_slip_code ON khoacu.ballot_slip (slip_hmac);
COMMENT ON INDEX khoacu.ballot_slip_code IS 'Serves ballot_slip_look';

CREATE TABLE khoacu.ballot_paper (
  ballot_id  bigint NOT NULL,
  slip_hmac  bytea NOT NULL,
  choice     smallint NOT NULL CHECK (choice BETWEEN 0 AND 40),
  salt       bytea NOT NULL CHECK (octet_length(salt) = 32),
  commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
  PRIMARY KEY (ballot_id, slip_hmac),
  FOREIGN KEY (ballot_id, slip_hmac) REFERENCES khoacu.ballot_slip,
  CHECK (commitment = sha256(convert_to('khoacu/ballot/v1' || E'\n' || lpad(to_hex(ballot_id), 16, '0') || E'\n' || choice || E'\n', 'UTF8') || salt))
);
COMMENT ON TABLE khoacu.ballot_paper IS 'Papers as cast, append-only; they bear no time and no person';
COMMENT ON COLUMN khoacu.ballot_paper.ballot_id IS 'The ballot';
COMMENT ON COLUMN khoacu.ballot_paper.slip_hmac IS 'The slip, which casts one paper';
COMMENT ON COLUMN khoacu.ballot_paper.choice IS 'Number of the name; 0: blank';
COMMENT ON COLUMN khoacu.ballot_paper.salt IS 'Random; keeps the receipt from telling the choice';
COMMENT ON COLUMN khoacu.ballot_paper.commitment IS 'SHA-256 over ballot, choice and salt; the receipt is its first 80 bits';

GRANT SELECT ON khoacu.appointment, khoacu.appointment_name, khoacu.ballot TO khoacu_server, khoacu_auditor;
GRANT SELECT ON khoacu.ballot_slip, khoacu.ballot_paper TO khoacu_auditor;
