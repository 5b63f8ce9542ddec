-- Every object of the schema says what it is.
BEGIN;
SELECT * FROM no_plan();

SELECT isnt(obj_description(c.oid, 'pg_class'), NULL, format('table %s has a comment', c.relname))
  FROM pg_class c
 WHERE c.relnamespace = 'khoacu'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
 ORDER BY c.relname;

SELECT isnt(col_description(c.oid, a.attnum), NULL, format('column %s.%s has a comment', c.relname, a.attname))
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'khoacu'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY c.relname, a.attnum;

-- An index behind a key or a UNIQUE explains itself by it.
SELECT matches(obj_description(c.oid, 'pg_class'), '^Serves ', format('index %s says which statement it serves', c.relname))
  FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
 WHERE c.relnamespace = 'khoacu'::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
 ORDER BY c.relname;

SELECT isnt(obj_description(p.oid, 'pg_proc'), NULL, format('function %s has a comment', p.oid::regprocedure))
  FROM pg_proc p
 WHERE p.pronamespace = 'khoacu'::regnamespace
 ORDER BY p.proname;

SELECT * FROM finish();
ROLLBACK;
