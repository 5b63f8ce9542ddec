-- Items of an import, all in one statement: a new item, a new version where anything differs, or nothing.
--
-- The caller cannot read keys, and neither does this function: the same texts count as unchanged unless the row asks for
-- a new version (p_forced). Imports into one bank follow each other.
CREATE OR REPLACE FUNCTION khoacu.do_bank_items_store(
  p_bank_id bigint, p_item_ids bigint[], p_codes text[], p_topics text[], p_levels bigint[], p_stems text[],
  p_options_a text[], p_options_b text[], p_options_c text[], p_options_d text[], p_choices bigint[], p_sources text[],
  p_forced bigint[], p_staff_id bigint, p_now timestamptz,
  OUT imported bigint, OUT changed bigint, OUT unchanged bigint, OUT items bigint)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(p_bank_id);
  WITH given AS (
    SELECT g.item_id, g.code, g.topic, g.level::smallint AS level, g.stem, array_remove(ARRAY[g.a, g.b, g.c, g.d], '') AS options,
           g.choice::smallint AS choice, g.source, g.forced <> 0 AS forced
      FROM unnest(p_item_ids, p_codes, p_topics, p_levels, p_stems, p_options_a, p_options_b, p_options_c, p_options_d,
                  p_choices, p_sources, p_forced)
           AS g (item_id, code, topic, level, stem, a, b, c, d, choice, source, forced)
  ), judged AS (
    SELECT coalesce(i.item_id, g.item_id) AS item_id, i.item_id IS NULL AS fresh, coalesce(v.version, 0) + 1 AS version,
           g.code, g.topic, g.level, g.stem, g.options, g.choice, g.source,
           NOT g.forced AND (i.topic, v.level, v.stem, v.options, v.source)
                            IS NOT DISTINCT FROM (g.topic, g.level, g.stem, g.options, g.source) AS same
      FROM given g
      LEFT JOIN khoacu.item i ON i.bank_id = p_bank_id AND i.code = g.code
      LEFT JOIN LATERAL (SELECT n.version, n.level, n.stem, n.options, n.source FROM khoacu.item_version n
                          WHERE n.item_id = i.item_id ORDER BY n.version DESC LIMIT 1) v ON true
  ), made AS (
    INSERT INTO khoacu.item (item_id, bank_id, code, topic)
    SELECT j.item_id, p_bank_id, j.code, j.topic FROM judged j WHERE j.fresh
  ), moved AS (
    UPDATE khoacu.item i SET topic = j.topic FROM judged j WHERE i.item_id = j.item_id AND i.topic <> j.topic
  ), versions AS (
    INSERT INTO khoacu.item_version (item_id, version, level, stem, options, source, created_at, created_by)
    SELECT j.item_id, j.version, j.level, j.stem, j.options, j.source, p_now, p_staff_id FROM judged j WHERE NOT j.same
  ), keys AS (
    INSERT INTO khoacu.item_key (item_id, version, choice)
    SELECT j.item_id, j.version, j.choice FROM judged j WHERE NOT j.same
  )
  SELECT count(*) FILTER (WHERE j.fresh), count(*) FILTER (WHERE NOT j.fresh AND NOT j.same), count(*) FILTER (WHERE j.same)
    INTO imported, changed, unchanged
    FROM judged j;
  SELECT count(*) INTO items FROM khoacu.item i WHERE i.bank_id = p_bank_id;
END
$$;
COMMENT ON FUNCTION khoacu.do_bank_items_store(bigint, bigint[], text[], text[], bigint[], text[], text[], text[], text[], text[],
                                               bigint[], text[], bigint[], bigint, timestamptz) IS
  'Stores imported items; gives how many were new, changed and unchanged, and how many the bank has';
