-- Keys of the tables that grow with candidates, and of those that must not be guessed.
BEGIN;
SELECT * FROM no_plan();

SELECT is((SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = ('khoacu.' || t.name)::regclass AND i.indisprimary), 'room_id',
          format('the key of %s begins with room_id, by which the schema can be spread', t.name))
  FROM unnest('{room,sitting,response,receipt}'::text[]) AS t (name);

-- A unique index of a distributed table must hold the distribution key too.
SELECT ok(EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attname = 'room_id' AND a.attnum = ANY (i.indkey)),
          format('unique index %s holds room_id', i.indexrelid::regclass))
  FROM pg_index i
 WHERE i.indisunique AND i.indrelid IN ('sitting'::regclass, 'response'::regclass, 'receipt'::regclass);

-- Ids come from random_id, never from a counter.
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'khoacu'::regnamespace AND relkind = 'S'), 0::bigint, 'no sequence');

-- Marks are exact.
SELECT is((SELECT count(*) FROM information_schema.columns WHERE table_schema = 'khoacu' AND data_type IN ('real', 'double precision', 'money')),
          0::bigint, 'no floating-point column');
-- Times are instants.
SELECT is((SELECT count(*) FROM information_schema.columns WHERE table_schema = 'khoacu' AND data_type = 'timestamp without time zone'),
          0::bigint, 'no time without zone');

-- Every table has a primary key; every text and array a bound, or says why not.
SELECT has_pk('khoacu', c.relname::name, format('%s has a primary key', c.relname))
  FROM pg_class c WHERE c.relnamespace = 'khoacu'::regnamespace AND c.relkind = 'r';

SELECT * FROM finish();
ROLLBACK;
