-- Acts on forms, each one outcome. Rights: 1 author, 2 reviewer, 4 assembler, 8 owner of the whole bank.

CREATE OR REPLACE FUNCTION khoacu.form_rights(p_form_id bigint, p_staff_id bigint) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT khoacu.bank_rights(p_staff_id, d.bank_id, '') FROM khoacu.form_draft d WHERE d.form_id = p_form_id), 0)
$$;
COMMENT ON FUNCTION khoacu.form_rights(bigint, bigint) IS 'Rights of a person on the bank of a form; 0: the form is not to be seen';

-- Items of a list that must not stand in a form of the bank: the first one's place, or null.
CREATE OR REPLACE FUNCTION khoacu.form_unfit(p_bank_id bigint, p_item_ids bigint[], p_versions bigint[], OUT place integer, OUT why text)
LANGUAGE sql STABLE AS $$
  SELECT l.n::integer,
         CASE WHEN i.bank_id IS DISTINCT FROM p_bank_id THEN 'unknown'
              WHEN v.kind = 'stimulus' THEN 'stimulus'
              ELSE khoacu.bank_item_fit(l.item_id, l.version::integer) END
    FROM unnest(p_item_ids, p_versions) WITH ORDINALITY AS l (item_id, version, n)
    LEFT JOIN khoacu.item i ON i.item_id = l.item_id
    LEFT JOIN khoacu.item_version v ON v.item_id = l.item_id AND v.version = l.version
   WHERE i.bank_id IS DISTINCT FROM p_bank_id OR v.kind = 'stimulus' OR khoacu.bank_item_fit(l.item_id, l.version::integer) <> 'fit'
   ORDER BY l.n
   LIMIT 1
$$;
COMMENT ON FUNCTION khoacu.form_unfit(bigint, bigint[], bigint[]) IS 'The first item of a list that must not be drawn, and why';

CREATE OR REPLACE FUNCTION khoacu.form_version_put(
  p_form_id bigint, p_version integer, p_item_ids bigint[], p_versions bigint[], p_stimulus_ids bigint[], p_stimulus_versions bigint[],
  p_sections jsonb, p_sha256 bytea, p_reason text, p_staff_id bigint, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO khoacu.form_version (form_id, version, item_count, sections, sha256, reason, created_at, created_by)
  VALUES (p_form_id, p_version, cardinality(p_item_ids), p_sections, p_sha256, p_reason, p_at, p_staff_id);
  INSERT INTO khoacu.form_version_item (form_id, form_version, position, item_id, version)
  SELECT p_form_id, p_version, l.n, l.item_id, l.version
    FROM unnest(p_item_ids, p_versions) WITH ORDINALITY AS l (item_id, version, n)
   UNION ALL
  SELECT p_form_id, p_version, -l.n, l.item_id, l.version
    FROM unnest(p_stimulus_ids, p_stimulus_versions) WITH ORDINALITY AS l (item_id, version, n);
END
$$;
COMMENT ON FUNCTION khoacu.form_version_put(bigint, integer, bigint[], bigint[], bigint[], bigint[], jsonb, bytea, text, bigint, timestamptz) IS
  'Writes a version of a form and what stands in it';

CREATE OR REPLACE FUNCTION khoacu.do_form_draft(
  p_form_id bigint, p_cycle_id bigint, p_bank_id bigint, p_code text, p_assembly_id bigint, p_item_ids bigint[], p_versions bigint[],
  p_stimulus_ids bigint[], p_stimulus_versions bigint[], p_sections jsonb, p_sha256 bytea, p_staff_id bigint, p_at timestamptz,
  OUT outcome text, OUT place integer, OUT why text)
LANGUAGE plpgsql AS $$
BEGIN
  IF khoacu.bank_rights(p_staff_id, p_bank_id, '') & 12 = 0 THEN
    outcome := 'forbidden';
    RETURN;
  END IF;
  SELECT u.place, u.why INTO do_form_draft.place, do_form_draft.why FROM khoacu.form_unfit(p_bank_id, p_item_ids, p_versions) u;
  IF do_form_draft.place IS NOT NULL THEN
    outcome := 'unfit';
    RETURN;
  END IF;
  INSERT INTO khoacu.form_draft (form_id, cycle_id, bank_id, code, assembly_id, created_at, created_by)
  VALUES (p_form_id, p_cycle_id, p_bank_id, p_code, p_assembly_id, p_at, p_staff_id)
  ON CONFLICT (cycle_id, code) DO NOTHING;
  IF NOT FOUND THEN
    outcome := 'code-taken';
    RETURN;
  END IF;
  PERFORM khoacu.form_version_put(p_form_id, 1, p_item_ids, p_versions, p_stimulus_ids, p_stimulus_versions, p_sections, p_sha256, '', p_staff_id, p_at);
  outcome := 'done';
END
$$;
COMMENT ON FUNCTION khoacu.do_form_draft(bigint, bigint, bigint, text, bigint, bigint[], bigint[], bigint[], bigint[], jsonb, bytea, bigint, timestamptz)
  IS 'Makes a form and its version 1: done, forbidden, unfit (place and why), code-taken';

CREATE OR REPLACE FUNCTION khoacu.do_form_change(
  p_form_id bigint, p_base integer, p_item_ids bigint[], p_versions bigint[], p_stimulus_ids bigint[], p_stimulus_versions bigint[],
  p_sections jsonb, p_sha256 bytea, p_reason text, p_staff_id bigint, p_at timestamptz, OUT outcome text, OUT place integer, OUT why text)
LANGUAGE plpgsql AS $$
DECLARE
  rights integer := khoacu.form_rights(p_form_id, p_staff_id);
BEGIN
  PERFORM pg_advisory_xact_lock(p_form_id);
  SELECT u.place, u.why INTO do_form_change.place, do_form_change.why
    FROM khoacu.form_draft d, khoacu.form_unfit(d.bank_id, p_item_ids, p_versions) u WHERE d.form_id = p_form_id;
  outcome := CASE WHEN rights = 0 THEN 'unknown'
                  WHEN rights & 12 = 0 THEN 'forbidden'
                  WHEN EXISTS (SELECT 1 FROM khoacu.form f WHERE f.form_id = p_form_id) THEN 'sealed'
                  WHEN khoacu.form_newest(p_form_id) <> p_base THEN 'stale-version'
                  WHEN do_form_change.place IS NOT NULL THEN 'unfit'
                  ELSE 'done' END;
  IF outcome = 'done' THEN
    PERFORM khoacu.form_version_put(p_form_id, p_base + 1, p_item_ids, p_versions, p_stimulus_ids, p_stimulus_versions,
                                    p_sections, p_sha256, p_reason, p_staff_id, p_at);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_form_change(bigint, integer, bigint[], bigint[], bigint[], bigint[], jsonb, bytea, text, bigint, timestamptz) IS
  'Makes the next version of a form: done, unknown, forbidden, sealed, stale-version, unfit (place and why)';

CREATE OR REPLACE FUNCTION khoacu.do_form_review(
  p_form_id bigint, p_version integer, p_turn integer, p_verdict text, p_generation integer, p_sealed bytea, p_staff_id bigint,
  p_at timestamptz, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  rights integer := khoacu.form_rights(p_form_id, p_staff_id);
BEGIN
  PERFORM pg_advisory_xact_lock(p_form_id);
  outcome := CASE WHEN rights = 0 THEN 'unknown'
                  WHEN rights & 14 = 0 THEN 'forbidden'
                  WHEN EXISTS (SELECT 1 FROM khoacu.form f WHERE f.form_id = p_form_id) THEN 'sealed'
                  WHEN khoacu.form_newest(p_form_id) <> p_version THEN 'stale-version'
                  WHEN p_verdict = 'accept' AND EXISTS (SELECT 1 FROM khoacu.form_seal s WHERE s.form_id = p_form_id AND s.version = p_version)
                    THEN 'sealed'
                  WHEN EXISTS (SELECT 1 FROM khoacu.form_review r WHERE r.form_id = p_form_id AND r.turn >= p_turn) THEN 'again'
                  ELSE 'done' END;
  IF outcome = 'done' THEN
    INSERT INTO khoacu.form_review (form_id, version, turn, staff_id, verdict, generation, sealed, at)
    VALUES (p_form_id, p_version, p_turn, p_staff_id, p_verdict, p_generation, p_sealed, p_at);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_form_review(bigint, integer, integer, text, integer, bytea, bigint, timestamptz) IS
  'Puts down a review: done, unknown, forbidden, sealed, stale-version, again (the turn is taken)';

CREATE OR REPLACE FUNCTION khoacu.do_form_seal(
  p_form_id bigint, p_version integer, p_sha256 bytea, p_seed bytea, p_staff_id bigint, p_at timestamptz,
  OUT outcome text, OUT seal_place integer, OUT place integer, OUT why text)
LANGUAGE plpgsql AS $$
DECLARE
  rights integer := khoacu.form_rights(p_form_id, p_staff_id);
  first  record;
BEGIN
  PERFORM pg_advisory_xact_lock(p_form_id);
  SELECT s.place, s.staff_id, s.sealed_at INTO first FROM khoacu.form_seal s WHERE s.form_id = p_form_id AND s.version = p_version AND s.place = 1;
  seal_place := CASE WHEN first.place IS NULL THEN 1 ELSE 2 END;
  SELECT u.n::integer, khoacu.bank_item_fit(u.item_id, u.version) INTO do_form_seal.place, do_form_seal.why
    FROM (SELECT i.position AS n, i.item_id, i.version FROM khoacu.form_version_item i
           WHERE i.form_id = p_form_id AND i.form_version = p_version) u
   WHERE khoacu.bank_item_fit(u.item_id, u.version) <> 'fit'
   ORDER BY u.n LIMIT 1;
  outcome := CASE WHEN rights = 0 THEN 'unknown'
                  WHEN rights & 14 = 0 THEN 'forbidden'
                  WHEN EXISTS (SELECT 1 FROM khoacu.form f WHERE f.form_id = p_form_id) THEN 'sealed'
                  WHEN khoacu.form_newest(p_form_id) <> p_version
                    OR NOT EXISTS (SELECT 1 FROM khoacu.form_version v WHERE v.form_id = p_form_id AND v.version = p_version AND v.sha256 = p_sha256)
                    THEN 'stale-version'
                  WHEN NOT khoacu.form_accepted(p_form_id, p_version) THEN 'not-reviewed'
                  WHEN first.staff_id = p_staff_id THEN 'same-person'
                  WHEN do_form_seal.place IS NOT NULL THEN 'unfit'
                  ELSE 'done' END;
  IF outcome <> 'done' THEN
    RETURN;
  END IF;
  INSERT INTO khoacu.form_seal (form_id, version, place, staff_id, sha256, sealed_at)
  VALUES (p_form_id, p_version, seal_place, p_staff_id, p_sha256, p_at);
  IF seal_place = 2 THEN
    INSERT INTO khoacu.form (form_id, cycle_id, code, version, seed, item_count, sha256, first_by, first_at, sealed_by, sealed_at)
    SELECT d.form_id, d.cycle_id, d.code, p_version, p_seed, v.item_count, v.sha256, first.staff_id, first.sealed_at, p_staff_id, p_at
      FROM khoacu.form_draft d JOIN khoacu.form_version v ON v.form_id = d.form_id AND v.version = p_version
     WHERE d.form_id = p_form_id;
    INSERT INTO khoacu.form_position (form_id, position, item_id, version)
    SELECT i.form_id, i.position, i.item_id, i.version
      FROM khoacu.form_version_item i
     WHERE i.form_id = p_form_id AND i.form_version = p_version AND i.position > 0
     ORDER BY i.position;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_form_seal(bigint, integer, bytea, bytea, bigint, timestamptz) IS
  'Sets the first or the second seal; the second makes the form that is sat: done (seal_place), unknown, forbidden, sealed, '
  'stale-version, not-reviewed, same-person, unfit (place and why)';
