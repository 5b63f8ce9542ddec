-- The item bank. Whatever an item says is ciphertext (bank_vault.h); in clear stands only what lists are made of.
CREATE TABLE khoacu.bank (
  bank_id          bigint PRIMARY KEY CHECK (bank_id > 0),
  code             text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'),
  name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  reviewers_needed smallint NOT NULL DEFAULT 1 CHECK (reviewers_needed BETWEEN 1 AND 2),
  exposure_max     integer NOT NULL DEFAULT 0 CHECK (exposure_max >= 0),
  changes          bigint NOT NULL DEFAULT 0,
  last_number      integer NOT NULL DEFAULT 0,
  created_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE khoacu.bank IS 'Item banks';
COMMENT ON COLUMN khoacu.bank.bank_id IS 'Random id';
COMMENT ON COLUMN khoacu.bank.code IS 'Short code';
COMMENT ON COLUMN khoacu.bank.name IS 'Name';
COMMENT ON COLUMN khoacu.bank.reviewers_needed IS 'How many persons must accept a version';
COMMENT ON COLUMN khoacu.bank.exposure_max IS 'How many sealed forms may hold an item; 0: no limit';
COMMENT ON COLUMN khoacu.bank.changes IS 'Counter of changes of its items; whoever changes an item holds this row until the commit';
COMMENT ON COLUMN khoacu.bank.last_number IS 'Last number given in a code made by the program';
COMMENT ON COLUMN khoacu.bank.created_at IS 'When it was made';

CREATE TABLE khoacu.bank_data_key (
  bank_id    bigint NOT NULL REFERENCES khoacu.bank,
  generation integer NOT NULL CHECK (generation >= 0),
  wrapped    bytea NOT NULL CHECK (octet_length(wrapped) = 60),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (bank_id, generation)
);
COMMENT ON TABLE khoacu.bank_data_key IS 'Keys of a bank''s texts, wrapped by the master key, which is not in the database';
COMMENT ON COLUMN khoacu.bank_data_key.bank_id IS 'The bank';
COMMENT ON COLUMN khoacu.bank_data_key.generation IS '1, 2, … for texts; 0 for fingerprints';
COMMENT ON COLUMN khoacu.bank_data_key.wrapped IS 'AES-256-GCM of the 32 bytes: nonce, ciphertext, tag';
COMMENT ON COLUMN khoacu.bank_data_key.created_at IS 'When it was made';

CREATE TABLE khoacu.bank_member (
  bank_id  bigint NOT NULL REFERENCES khoacu.bank,
  staff_id bigint NOT NULL REFERENCES khoacu.staff,
  topic    text NOT NULL CHECK (topic = '' OR topic ~ '^[a-z0-9-]+(/[a-z0-9-]+)*$'),
  rights   smallint NOT NULL CHECK (rights BETWEEN 1 AND 15),
  PRIMARY KEY (bank_id, staff_id, topic),
  CHECK (topic = '' OR rights & 8 = 0)
);
COMMENT ON TABLE khoacu.bank_member IS 'Who may do what in which bank and branch of its topics; nobody else sees it';
COMMENT ON COLUMN khoacu.bank_member.bank_id IS 'The bank';
COMMENT ON COLUMN khoacu.bank_member.staff_id IS 'The person';
COMMENT ON COLUMN khoacu.bank_member.topic IS 'The topic and all below it; empty: the whole bank';
COMMENT ON COLUMN khoacu.bank_member.rights IS 'Sum of 1 author, 2 reviewer, 4 assembler, 8 owner';
CREATE INDEX bank_member_staff ON khoacu.bank_member (staff_id);
COMMENT ON INDEX khoacu.bank_member_staff IS 'Serves bank_scope, bank_list';

CREATE TABLE khoacu.item (
  item_id           bigint PRIMARY KEY CHECK (item_id > 0),
  bank_id           bigint NOT NULL REFERENCES khoacu.bank,
  code              text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'),
  state             text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'in_review', 'approved', 'live', 'retired')),
  version           integer NOT NULL DEFAULT 1 CHECK (version > 0),
  kind              text NOT NULL CHECK (kind ~ '^[a-z]{3,20}$'),
  subject           text NOT NULL DEFAULT '' CHECK (subject ~ '^[a-z0-9-]{0,60}$'),
  topic             text NOT NULL CHECK (topic ~ '^[a-z0-9-]+(/[a-z0-9-]+)*$' AND length(topic) BETWEEN 2 AND 120),
  level             smallint NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 4),
  facility          smallint CHECK (facility BETWEEN 0 AND 1000),
  seconds           integer NOT NULL DEFAULT 0 CHECK (seconds BETWEEN 0 AND 86400),
  source_expires_on date,
  tags              text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 40),
  enemies           text[] NOT NULL DEFAULT '{}' CHECK (cardinality(enemies) <= 40),
  external          bytea CHECK (octet_length(external) = 32),
  exposure          integer NOT NULL DEFAULT 0 CHECK (exposure >= 0),
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  changed           bigint NOT NULL DEFAULT 0,
  UNIQUE (bank_id, code)
);
COMMENT ON TABLE khoacu.item IS 'Items: their state and what stands in clear of their newest version';
COMMENT ON COLUMN khoacu.item.item_id IS 'Random id';
COMMENT ON COLUMN khoacu.item.bank_id IS 'The bank';
COMMENT ON COLUMN khoacu.item.code IS 'Code, unique in the bank';
COMMENT ON COLUMN khoacu.item.state IS 'Place in the life of an item; only live ones are drawn';
COMMENT ON COLUMN khoacu.item.version IS 'The newest version';
COMMENT ON COLUMN khoacu.item.kind IS 'Type of item';
COMMENT ON COLUMN khoacu.item.subject IS 'Subject';
COMMENT ON COLUMN khoacu.item.topic IS 'Topic path by which forms are assembled and rights are given';
COMMENT ON COLUMN khoacu.item.level IS 'Cognitive level: 1 recall, 2 understanding, 3 application, 4 analysis; 0 unknown';
COMMENT ON COLUMN khoacu.item.facility IS 'Intended share of right answers in thousandths';
COMMENT ON COLUMN khoacu.item.seconds IS 'Time that it should take; 0 unknown';
COMMENT ON COLUMN khoacu.item.source_expires_on IS 'Day from which its source no longer holds: it cannot be drawn then';
COMMENT ON COLUMN khoacu.item.tags IS 'Words to find it by';
COMMENT ON COLUMN khoacu.item.enemies IS 'Codes of items in the same bank that must not stand in one form with it';
COMMENT ON COLUMN khoacu.item.external IS 'HMAC of its identifier in a foreign file, by which a repeated import finds it';
COMMENT ON COLUMN khoacu.item.exposure IS 'How many sealed forms hold it';
COMMENT ON COLUMN khoacu.item.created_at IS 'When it was made';
COMMENT ON COLUMN khoacu.item.updated_at IS 'When it was last changed';
COMMENT ON COLUMN khoacu.item.changed IS 'The bank''s counter of changes at its last change';
CREATE INDEX item_bank_changed ON khoacu.item (bank_id, changed);
COMMENT ON INDEX khoacu.item_bank_changed IS 'Serves bank_changed_ids';
CREATE UNIQUE INDEX item_bank_external ON khoacu.item (bank_id, external) WHERE external IS NOT NULL;
COMMENT ON INDEX khoacu.item_bank_external IS 'Serves bank_items_write';
CREATE INDEX item_bank_topic ON khoacu.item (bank_id, topic) WHERE state = 'live';
COMMENT ON INDEX khoacu.item_bank_topic IS 'Serves form_pool';

CREATE TABLE khoacu.item_version (
  item_id           bigint NOT NULL REFERENCES khoacu.item,
  version           integer NOT NULL CHECK (version > 0),
  kind              text NOT NULL CHECK (kind ~ '^[a-z]{3,20}$'),
  subject           text NOT NULL DEFAULT '' CHECK (subject ~ '^[a-z0-9-]{0,60}$'),
  topic             text NOT NULL CHECK (topic ~ '^[a-z0-9-]+(/[a-z0-9-]+)*$'),
  level             smallint NOT NULL CHECK (level BETWEEN 0 AND 4),
  facility          smallint CHECK (facility BETWEEN 0 AND 1000),
  seconds           integer NOT NULL DEFAULT 0 CHECK (seconds BETWEEN 0 AND 86400),
  source_expires_on date,
  fingerprint       bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
  created_at        timestamptz NOT NULL,
  created_by        bigint NOT NULL REFERENCES khoacu.staff,
  PRIMARY KEY (item_id, version)
);
COMMENT ON TABLE khoacu.item_version IS 'Immutable versions of items; what they say is in item_text and item_key';
COMMENT ON COLUMN khoacu.item_version.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_version.version IS '1, 2, …';
COMMENT ON COLUMN khoacu.item_version.kind IS 'Type of item';
COMMENT ON COLUMN khoacu.item_version.subject IS 'Subject';
COMMENT ON COLUMN khoacu.item_version.topic IS 'Topic path when the version was made';
COMMENT ON COLUMN khoacu.item_version.level IS 'Cognitive level, 0 unknown';
COMMENT ON COLUMN khoacu.item_version.facility IS 'Intended share of right answers in thousandths';
COMMENT ON COLUMN khoacu.item_version.seconds IS 'Time that it should take; 0 unknown';
COMMENT ON COLUMN khoacu.item_version.source_expires_on IS 'Day from which its source no longer holds';
COMMENT ON COLUMN khoacu.item_version.fingerprint IS 'HMAC of everything in it under the bank''s own key: equal when nothing differs';
COMMENT ON COLUMN khoacu.item_version.created_at IS 'When it was saved';
COMMENT ON COLUMN khoacu.item_version.created_by IS 'Who saved it, an author of the item from then on';

CREATE TABLE khoacu.item_text (
  item_id    bigint NOT NULL,
  version    integer NOT NULL,
  generation integer NOT NULL CHECK (generation > 0),
  content    bytea NOT NULL CHECK (octet_length(content) BETWEEN 28 AND 1048604),
  extra      bytea NOT NULL CHECK (octet_length(extra) BETWEEN 28 AND 65564),
  PRIMARY KEY (item_id, version),
  FOREIGN KEY (item_id, version) REFERENCES khoacu.item_version
);
COMMENT ON TABLE khoacu.item_text IS 'Ciphertext of item versions, without their keys; rotation alone seals it again';
COMMENT ON COLUMN khoacu.item_text.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_text.version IS 'Its version';
COMMENT ON COLUMN khoacu.item_text.generation IS 'Data key under which both are sealed';
COMMENT ON COLUMN khoacu.item_text.content IS 'What a candidate may see';
COMMENT ON COLUMN khoacu.item_text.extra IS 'Source, foreign identifier, reason of the version';

CREATE TABLE khoacu.item_key (
  item_id    bigint NOT NULL,
  version    integer NOT NULL,
  generation integer NOT NULL CHECK (generation > 0),
  sealed     bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 28 AND 1048604),
  PRIMARY KEY (item_id, version),
  FOREIGN KEY (item_id, version) REFERENCES khoacu.item_version
);
COMMENT ON TABLE khoacu.item_key IS 'Ciphertext of the keys of item versions; the role of the candidates'' server cannot read it';
COMMENT ON COLUMN khoacu.item_key.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_key.version IS 'Its version';
COMMENT ON COLUMN khoacu.item_key.generation IS 'Data key under which it is sealed';
COMMENT ON COLUMN khoacu.item_key.sealed IS 'By what the item is scored';

CREATE TABLE khoacu.item_comment (
  item_id     bigint NOT NULL REFERENCES khoacu.item,
  number      integer NOT NULL CHECK (number > 0),
  version     integer NOT NULL,
  staff_id    bigint NOT NULL REFERENCES khoacu.staff,
  generation  integer NOT NULL CHECK (generation > 0),
  sealed      bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 28 AND 65564),
  at          timestamptz NOT NULL,
  PRIMARY KEY (item_id, number),
  FOREIGN KEY (item_id, version) REFERENCES khoacu.item_version
);
COMMENT ON TABLE khoacu.item_comment IS 'Comments on items; each waits for an answer before the item can be approved';
COMMENT ON COLUMN khoacu.item_comment.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_comment.number IS '1, 2, … in the item';
COMMENT ON COLUMN khoacu.item_comment.version IS 'The version that was read';
COMMENT ON COLUMN khoacu.item_comment.staff_id IS 'Who wrote it';
COMMENT ON COLUMN khoacu.item_comment.generation IS 'Data key under which it is sealed';
COMMENT ON COLUMN khoacu.item_comment.sealed IS 'The words';
COMMENT ON COLUMN khoacu.item_comment.at IS 'When';

CREATE TABLE khoacu.item_answer (
  item_id    bigint NOT NULL,
  number     integer NOT NULL,
  staff_id   bigint NOT NULL REFERENCES khoacu.staff,
  generation integer NOT NULL CHECK (generation > 0),
  sealed     bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 28 AND 65564),
  at         timestamptz NOT NULL,
  PRIMARY KEY (item_id, number),
  FOREIGN KEY (item_id, number) REFERENCES khoacu.item_comment
);
COMMENT ON TABLE khoacu.item_answer IS 'The answer to a comment';
COMMENT ON COLUMN khoacu.item_answer.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_answer.number IS 'The comment';
COMMENT ON COLUMN khoacu.item_answer.staff_id IS 'Who answered';
COMMENT ON COLUMN khoacu.item_answer.generation IS 'Data key under which it is sealed';
COMMENT ON COLUMN khoacu.item_answer.sealed IS 'The words';
COMMENT ON COLUMN khoacu.item_answer.at IS 'When';

CREATE TABLE khoacu.item_review (
  review_id  bigint PRIMARY KEY CHECK (review_id > 0),
  item_id    bigint NOT NULL,
  version    integer NOT NULL,
  turn       integer NOT NULL,
  staff_id   bigint NOT NULL REFERENCES khoacu.staff,
  verdict    text NOT NULL CHECK (verdict IN ('accept', 'return', 'withdraw')),
  generation integer NOT NULL CHECK (generation > 0),
  sealed     bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 28 AND 65564),
  at         timestamptz NOT NULL,
  UNIQUE (item_id, turn),
  FOREIGN KEY (item_id, version) REFERENCES khoacu.item_version
);
COMMENT ON TABLE khoacu.item_review IS 'Judgements of reviewers; a person''s last one on a version counts, and none of an author';
COMMENT ON COLUMN khoacu.item_review.review_id IS 'Random id';
COMMENT ON COLUMN khoacu.item_review.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_review.version IS 'The version that was judged';
COMMENT ON COLUMN khoacu.item_review.turn IS '1, 2, … in the item';
COMMENT ON COLUMN khoacu.item_review.staff_id IS 'Who judged';
COMMENT ON COLUMN khoacu.item_review.verdict IS 'accept, return to its author, or withdraw what was said';
COMMENT ON COLUMN khoacu.item_review.generation IS 'Data key under which the reason is sealed';
COMMENT ON COLUMN khoacu.item_review.sealed IS 'The reason';
COMMENT ON COLUMN khoacu.item_review.at IS 'When';

CREATE TABLE khoacu.item_passage (
  passage_id bigint PRIMARY KEY CHECK (passage_id > 0),
  item_id    bigint NOT NULL REFERENCES khoacu.item,
  version    integer NOT NULL,
  from_state text NOT NULL,
  to_state   text NOT NULL,
  staff_id   bigint NOT NULL REFERENCES khoacu.staff,
  generation integer NOT NULL CHECK (generation > 0),
  sealed     bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 28 AND 65564),
  at         timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.item_passage IS 'How items went from state to state';
COMMENT ON COLUMN khoacu.item_passage.passage_id IS 'Random id';
COMMENT ON COLUMN khoacu.item_passage.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_passage.version IS 'Its newest version then';
COMMENT ON COLUMN khoacu.item_passage.from_state IS 'State before';
COMMENT ON COLUMN khoacu.item_passage.to_state IS 'State after';
COMMENT ON COLUMN khoacu.item_passage.staff_id IS 'Who did it';
COMMENT ON COLUMN khoacu.item_passage.generation IS 'Data key under which the reason is sealed';
COMMENT ON COLUMN khoacu.item_passage.sealed IS 'The reason';
COMMENT ON COLUMN khoacu.item_passage.at IS 'When';
CREATE INDEX item_passage_item ON khoacu.item_passage (item_id, at);
COMMENT ON INDEX khoacu.item_passage_item IS 'Serves bank_passages';

CREATE TABLE khoacu.item_access (
  access_id bigint PRIMARY KEY CHECK (access_id > 0),
  item_id   bigint NOT NULL REFERENCES khoacu.item,
  version   integer NOT NULL,
  staff_id  bigint NOT NULL REFERENCES khoacu.staff,
  purpose   text NOT NULL CHECK (purpose ~ '^[a-z]{2,20}$'),
  at        timestamptz NOT NULL
);
COMMENT ON TABLE khoacu.item_access IS 'Who was shown the text of which item, and what for';
COMMENT ON COLUMN khoacu.item_access.access_id IS 'Random id';
COMMENT ON COLUMN khoacu.item_access.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_access.version IS 'Its version';
COMMENT ON COLUMN khoacu.item_access.staff_id IS 'Who';
COMMENT ON COLUMN khoacu.item_access.purpose IS 'What for';
COMMENT ON COLUMN khoacu.item_access.at IS 'When';
CREATE INDEX item_access_item ON khoacu.item_access (item_id, at);
COMMENT ON INDEX khoacu.item_access_item IS 'Serves bank_access';

CREATE TABLE khoacu.bank_act (
  act_id    bigint PRIMARY KEY CHECK (act_id > 0),
  staff_id  bigint NOT NULL REFERENCES khoacu.staff,
  act       text NOT NULL CHECK (act ~ '^[a-z]{2,20}$'),
  at        timestamptz NOT NULL,
  undone_at timestamptz
);
COMMENT ON TABLE khoacu.bank_act IS 'Acts on one or many items, so that they can be undone';
COMMENT ON COLUMN khoacu.bank_act.act_id IS 'Random id';
COMMENT ON COLUMN khoacu.bank_act.staff_id IS 'Who did it';
COMMENT ON COLUMN khoacu.bank_act.act IS 'What';
COMMENT ON COLUMN khoacu.bank_act.at IS 'When';
COMMENT ON COLUMN khoacu.bank_act.undone_at IS 'When it was undone';

CREATE TABLE khoacu.bank_act_item (
  act_id       bigint NOT NULL REFERENCES khoacu.bank_act,
  item_id      bigint NOT NULL REFERENCES khoacu.item,
  before_state text NOT NULL,
  before_topic text NOT NULL,
  before_tags  text[] NOT NULL,
  changed      bigint NOT NULL,
  PRIMARY KEY (act_id, item_id)
);
COMMENT ON TABLE khoacu.bank_act_item IS 'What the items of an act were before';
COMMENT ON COLUMN khoacu.bank_act_item.act_id IS 'The act';
COMMENT ON COLUMN khoacu.bank_act_item.item_id IS 'The item';
COMMENT ON COLUMN khoacu.bank_act_item.before_state IS 'Its state before';
COMMENT ON COLUMN khoacu.bank_act_item.before_topic IS 'Its topic before';
COMMENT ON COLUMN khoacu.bank_act_item.before_tags IS 'Its tags before';
COMMENT ON COLUMN khoacu.bank_act_item.changed IS 'Its counter of changes after the act: an item that has another now is not put back';

CREATE TABLE khoacu.bank_media (
  bank_id    bigint NOT NULL REFERENCES khoacu.bank,
  sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
  type       text NOT NULL CHECK (type ~ '^[a-z]+/[a-z0-9.+-]{1,60}$'),
  generation integer NOT NULL CHECK (generation > 0),
  sealed     bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 28 AND 8388636),
  added_by   bigint NOT NULL REFERENCES khoacu.staff,
  added_at   timestamptz NOT NULL,
  PRIMARY KEY (bank_id, sha256)
);
COMMENT ON TABLE khoacu.bank_media IS 'Pictures and sounds of items, encrypted';
COMMENT ON COLUMN khoacu.bank_media.bank_id IS 'The bank';
COMMENT ON COLUMN khoacu.bank_media.sha256 IS 'SHA-256 of the plain bytes, by which items name it';
COMMENT ON COLUMN khoacu.bank_media.type IS 'Media type';
COMMENT ON COLUMN khoacu.bank_media.generation IS 'Data key under which it is sealed';
COMMENT ON COLUMN khoacu.bank_media.sealed IS 'The bytes';
COMMENT ON COLUMN khoacu.bank_media.added_by IS 'Who brought it first';
COMMENT ON COLUMN khoacu.bank_media.added_at IS 'When';

GRANT SELECT ON khoacu.bank, khoacu.item, khoacu.item_version, khoacu.item_text, khoacu.bank_data_key, khoacu.bank_media TO khoacu_server;
GRANT SELECT ON khoacu.bank, khoacu.item, khoacu.item_version, khoacu.item_text, khoacu.item_key, khoacu.bank_data_key TO khoacu_worker;
GRANT SELECT ON khoacu.bank, khoacu.item, khoacu.item_version, khoacu.bank_member, khoacu.item_access, khoacu.bank_act TO khoacu_auditor;
GRANT SELECT (review_id, item_id, version, turn, staff_id, verdict, at) ON khoacu.item_review TO khoacu_auditor;
GRANT SELECT (passage_id, item_id, version, from_state, to_state, staff_id, at) ON khoacu.item_passage TO khoacu_auditor;

GRANT SELECT, INSERT ON khoacu.bank, khoacu.bank_data_key, khoacu.bank_member, khoacu.item, khoacu.item_version, khoacu.item_text,
  khoacu.item_key, khoacu.item_comment, khoacu.item_answer, khoacu.item_review, khoacu.item_passage, khoacu.item_access,
  khoacu.bank_act, khoacu.bank_act_item, khoacu.bank_media TO khoacu_bank;
GRANT UPDATE (name, reviewers_needed, exposure_max, changes, last_number) ON khoacu.bank TO khoacu_bank;
GRANT UPDATE (wrapped) ON khoacu.bank_data_key TO khoacu_bank;
GRANT DELETE ON khoacu.bank_member TO khoacu_bank;
GRANT UPDATE (state, version, kind, subject, topic, level, facility, seconds, source_expires_on, tags, enemies, external, exposure,
  updated_at, changed) ON khoacu.item TO khoacu_bank;
GRANT UPDATE (undone_at) ON khoacu.bank_act TO khoacu_bank;
-- Rotation: only the key generation and what is sealed under it; triggers see that it goes forward.
GRANT UPDATE (generation, content, extra) ON khoacu.item_text TO khoacu_bank;
GRANT UPDATE (generation, sealed) ON khoacu.item_key, khoacu.item_comment, khoacu.item_answer, khoacu.item_review, khoacu.item_passage,
  khoacu.bank_media TO khoacu_bank;
-- The audit trail and the names of people.
GRANT SELECT, INSERT ON khoacu.audit_event TO khoacu_bank;
GRANT SELECT (staff_id, login_name, full_name, state) ON khoacu.staff TO khoacu_bank;
GRANT SELECT ON khoacu.staff_role TO khoacu_bank;
