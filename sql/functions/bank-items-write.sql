-- New items and new versions, as many as the caller brings, all or none. Rows: item_id, version (1: a new item), code,
-- external, kind, subject, topic, level, facility, seconds, expires (day), tags, enemies, fingerprint, content, extra, key.
-- The rows are few beside the bank, and a plan made while it was empty must not walk it: plans are
-- made for each call, and use indexes.
CREATE OR REPLACE FUNCTION khoacu.do_bank_items_write(
  p_bank_id bigint, p_staff_id bigint, p_now timestamptz, p_generation bigint, p_rows jsonb, p_most bigint, OUT outcome text)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  counted bigint;
BEGIN
  UPDATE khoacu.bank SET changes = changes + 1 WHERE bank_id = p_bank_id RETURNING changes INTO counted;
  WITH given AS (
    SELECT r.item_id, r.version, r.code, r.external
      FROM jsonb_to_recordset(p_rows) AS r (item_id bigint, version integer, code text, external bytea)
  )
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM given g WHERE g.version > 1 AND NOT EXISTS (
                   SELECT 1 FROM khoacu.item i WHERE i.item_id = g.item_id AND i.bank_id = p_bank_id AND i.version = g.version - 1)) THEN 'stale'
    WHEN EXISTS (SELECT 1 FROM given g JOIN khoacu.item i ON i.item_id = g.item_id WHERE g.version > 1 AND i.state = 'retired') THEN 'retired'
    WHEN EXISTS (SELECT 1 FROM given g WHERE g.version = 1
                    AND (SELECT i.item_id FROM khoacu.item i WHERE i.bank_id = p_bank_id AND i.code = g.code) IS NOT NULL)
      OR EXISTS (SELECT 1 FROM given g WHERE g.external IS NOT NULL
                    AND (SELECT i.item_id FROM khoacu.item i WHERE i.bank_id = p_bank_id AND i.external = g.external) <> g.item_id) THEN 'taken'
    WHEN (SELECT count(*) FROM khoacu.item i WHERE i.bank_id = p_bank_id)
         + (SELECT count(*) FROM given g WHERE g.version = 1) > p_most THEN 'full'
    ELSE 'done' END
    INTO outcome;
  IF outcome <> 'done' THEN
    RETURN;
  END IF;
  WITH given AS MATERIALIZED (
    SELECT r.item_id, r.version, r.code, r.external, r.kind, r.subject, r.topic, r.level, r.facility, r.seconds,
           date '1970-01-01' + r.expires AS expires_on, r.tags, r.enemies, r.fingerprint, r.content, r.extra, r.key
      FROM jsonb_to_recordset(p_rows) AS r (
           item_id bigint, version integer, code text, external bytea, kind text, subject text, topic text, level smallint,
           facility smallint, seconds integer, expires integer, tags text[], enemies text[], fingerprint bytea, content bytea,
           extra bytea, key bytea)
  ), items AS (
    INSERT INTO khoacu.item (item_id, bank_id, code, kind, subject, topic, level, facility, seconds, source_expires_on, tags, enemies,
                             external, created_at, updated_at, changed)
    SELECT g.item_id, p_bank_id, g.code, g.kind, g.subject, g.topic, g.level, g.facility, g.seconds, g.expires_on, g.tags, g.enemies,
           g.external, p_now, p_now, counted
      FROM given g WHERE g.version = 1
  ), versions AS (
    INSERT INTO khoacu.item_version (item_id, version, kind, subject, topic, level, facility, seconds, source_expires_on, fingerprint,
                                     created_at, created_by)
    SELECT g.item_id, g.version, g.kind, g.subject, g.topic, g.level, g.facility, g.seconds, g.expires_on, g.fingerprint, p_now, p_staff_id
      FROM given g
  ), texts AS (
    INSERT INTO khoacu.item_text (item_id, version, generation, content, extra)
    SELECT g.item_id, g.version, p_generation, g.content, g.extra FROM given g
  )
  INSERT INTO khoacu.item_key (item_id, version, generation, sealed)
  SELECT g.item_id, g.version, p_generation, g.key FROM given g;
  UPDATE khoacu.item i
     SET version = g.version, state = 'draft', kind = g.kind, subject = g.subject, topic = g.topic, level = g.level,
         facility = g.facility, seconds = g.seconds, source_expires_on = date '1970-01-01' + g.expires, tags = g.tags,
         enemies = g.enemies, external = coalesce(g.external, i.external), updated_at = p_now, changed = counted
    FROM jsonb_to_recordset(p_rows) AS g (
         item_id bigint, version integer, external bytea, kind text, subject text, topic text, level smallint, facility smallint,
         seconds integer, expires integer, tags text[], enemies text[])
   WHERE g.version > 1 AND i.item_id = g.item_id;
END
$$;
COMMENT ON FUNCTION khoacu.do_bank_items_write(bigint, bigint, timestamptz, bigint, jsonb, bigint) IS
  'Stores new items and versions; outcome done, or why nothing was stored: stale, retired, taken, full';
