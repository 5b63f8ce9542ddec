-- The item bank. Keys stand in a table of their own that the role of the server cannot read.
CREATE TABLE khoacu.bank (
  bank_id    bigint PRIMARY KEY CHECK (bank_id > 0),
  code       text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'),
  name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE khoacu.bank IS 'Item banks';
COMMENT ON COLUMN khoacu.bank.bank_id IS 'Random id';
COMMENT ON COLUMN khoacu.bank.code IS 'Short code';
COMMENT ON COLUMN khoacu.bank.name IS 'Name';
COMMENT ON COLUMN khoacu.bank.created_at IS 'When it was made';

CREATE TABLE khoacu.item (
  item_id bigint PRIMARY KEY CHECK (item_id > 0),
  bank_id bigint NOT NULL REFERENCES khoacu.bank,
  code    text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'),
  topic   text NOT NULL CHECK (topic ~ '^[a-z0-9-]{2,60}$'),
  UNIQUE (bank_id, code)
);
COMMENT ON TABLE khoacu.item IS 'Items; their text is in versions';
COMMENT ON COLUMN khoacu.item.item_id IS 'Random id';
COMMENT ON COLUMN khoacu.item.bank_id IS 'The bank';
COMMENT ON COLUMN khoacu.item.code IS 'Code, unique in the bank';
COMMENT ON COLUMN khoacu.item.topic IS 'Topic by which forms are assembled';

CREATE TABLE khoacu.item_version (
  item_id    bigint NOT NULL REFERENCES khoacu.item,
  version    integer NOT NULL CHECK (version > 0),
  level      smallint NOT NULL CHECK (level BETWEEN 1 AND 4),
  stem       text NOT NULL CHECK (length(stem) BETWEEN 1 AND 4000),
  options    text[] NOT NULL CHECK (cardinality(options) BETWEEN 2 AND 8),
  source     text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
  created_at timestamptz NOT NULL,
  created_by bigint NOT NULL REFERENCES khoacu.staff,
  PRIMARY KEY (item_id, version)
);
COMMENT ON TABLE khoacu.item_version IS 'Immutable versions of items, without their keys';
COMMENT ON COLUMN khoacu.item_version.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_version.version IS '1, 2, …';
COMMENT ON COLUMN khoacu.item_version.level IS 'Cognitive level: 1 recall, 2 understanding, 3 application, 4 analysis';
COMMENT ON COLUMN khoacu.item_version.stem IS 'The question';
COMMENT ON COLUMN khoacu.item_version.options IS 'Options in canonical order';
COMMENT ON COLUMN khoacu.item_version.source IS 'Article or fact that the item rests on';
COMMENT ON COLUMN khoacu.item_version.created_at IS 'When it was saved';
COMMENT ON COLUMN khoacu.item_version.created_by IS 'Who saved it';

CREATE TABLE khoacu.item_key (
  item_id bigint NOT NULL,
  version integer NOT NULL,
  choice  smallint NOT NULL CHECK (choice BETWEEN 1 AND 8),
  PRIMARY KEY (item_id, version),
  FOREIGN KEY (item_id, version) REFERENCES khoacu.item_version
);
COMMENT ON TABLE khoacu.item_key IS 'Keys of item versions; the server writes them and cannot read them, only the worker scores with them';
COMMENT ON COLUMN khoacu.item_key.item_id IS 'The item';
COMMENT ON COLUMN khoacu.item_key.version IS 'Its version';
COMMENT ON COLUMN khoacu.item_key.choice IS 'The right option, 1 = first in canonical order';

GRANT SELECT, INSERT ON khoacu.bank, khoacu.item, khoacu.item_version TO khoacu_server;
GRANT INSERT ON khoacu.item_key TO khoacu_server;
GRANT UPDATE (topic) ON khoacu.item TO khoacu_server;
GRANT SELECT ON khoacu.bank, khoacu.item, khoacu.item_version, khoacu.item_key TO khoacu_worker;
GRANT SELECT ON khoacu.bank, khoacu.item TO khoacu_auditor;
