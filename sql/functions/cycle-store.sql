-- One row of the imports of posts and candidates. The outcome is imported, changed or unchanged, or what is wrong with
-- the row: post_unknown, agency_unknown, agency_missing, class_unknown, locked.

-- A post at an agency. Quotas are locked once the cycle has left «preparing».
CREATE OR REPLACE FUNCTION khoacu.do_cycle_post_store(
  p_cycle_id bigint, p_post_id bigint, p_agency_id bigint, p_post_code text, p_title text, p_agency_code text,
  p_agency_name text, p_quota integer)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  the_post bigint;
  the_agency bigint;
  changed boolean := false;
  known integer;
BEGIN
  SELECT p.post_id INTO the_post FROM khoacu.post p WHERE p.cycle_id = p_cycle_id AND p.code = p_post_code;
  SELECT a.agency_id INTO the_agency FROM khoacu.agency a WHERE a.cycle_id = p_cycle_id AND a.code = p_agency_code;
  SELECT q.quota INTO known FROM khoacu.post_quota q WHERE q.post_id = the_post AND q.agency_id = the_agency;
  IF known IS DISTINCT FROM p_quota
     AND EXISTS (SELECT 1 FROM khoacu.cycle c WHERE c.cycle_id = p_cycle_id AND c.state <> 'preparing') THEN
    RETURN 'locked';
  END IF;
  IF the_post IS NULL THEN
    INSERT INTO khoacu.post (post_id, cycle_id, code, title) VALUES (p_post_id, p_cycle_id, p_post_code, p_title);
    the_post := p_post_id;
  ELSE
    UPDATE khoacu.post SET title = p_title WHERE post_id = the_post AND title <> p_title;
    changed := FOUND;
  END IF;
  IF the_agency IS NULL THEN
    INSERT INTO khoacu.agency (agency_id, cycle_id, code, name) VALUES (p_agency_id, p_cycle_id, p_agency_code, p_agency_name);
    the_agency := p_agency_id;
  ELSE
    UPDATE khoacu.agency SET name = p_agency_name WHERE agency_id = the_agency AND name <> p_agency_name;
    changed := changed OR FOUND;
  END IF;
  IF known IS NULL THEN
    INSERT INTO khoacu.post_quota (post_id, agency_id, quota) VALUES (the_post, the_agency, p_quota);
    RETURN 'imported';
  END IF;
  UPDATE khoacu.post_quota SET quota = p_quota WHERE post_id = the_post AND agency_id = the_agency AND quota <> p_quota;
  RETURN CASE WHEN changed OR FOUND THEN 'changed' ELSE 'unchanged' END;
END
$$;
COMMENT ON FUNCTION khoacu.do_cycle_post_store IS 'Stores a post at an agency from an import';

-- A candidate with what she applies for. What decides about her is locked once the cycle has left «preparing», and new
-- candidates are refused then; her name and date of birth may be corrected until the marks are frozen.
CREATE OR REPLACE FUNCTION khoacu.do_cycle_candidate_store(
  p_cycle_id bigint, p_candidate_id bigint, p_roll text, p_name text, p_birth date, p_post_code text, p_classes text[],
  p_agencies text[])
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  the_post bigint;
  preparing boolean;
  agencies bigint[];
  known record;
BEGIN
  SELECT c.state = 'preparing' INTO preparing FROM khoacu.cycle c WHERE c.cycle_id = p_cycle_id;
  SELECT p.post_id INTO the_post FROM khoacu.post p WHERE p.cycle_id = p_cycle_id AND p.code = p_post_code;
  IF the_post IS NULL THEN
    RETURN 'post_unknown';
  END IF;
  IF EXISTS (SELECT 1
               FROM khoacu.cycle c
               JOIN khoacu.rule_pack k ON k.pack_id = c.pack_id AND k.version = c.pack_version
              CROSS JOIN unnest(p_classes) AS u(class)
              WHERE c.cycle_id = p_cycle_id
                AND NOT jsonb_path_exists(k.body::jsonb, '$.priority.classes[*].code ? (@ == $c)', jsonb_build_object('c', u.class))) THEN
    RETURN 'class_unknown';
  END IF;
  SELECT array_agg(q.agency_id ORDER BY u.place) INTO agencies
    FROM unnest(p_agencies) WITH ORDINALITY AS u(code, place)
    JOIN khoacu.agency a ON a.cycle_id = p_cycle_id AND a.code = u.code
    JOIN khoacu.post_quota q ON q.post_id = the_post AND q.agency_id = a.agency_id;
  IF coalesce(cardinality(agencies), 0) <> cardinality(p_agencies)
     OR (SELECT count(DISTINCT u) FROM unnest(p_agencies) AS u) <> cardinality(p_agencies) THEN
    RETURN 'agency_unknown';
  END IF;
  IF agencies IS NULL THEN
    SELECT array_agg(q.agency_id) INTO agencies FROM khoacu.post_quota q WHERE q.post_id = the_post;
    IF cardinality(agencies) <> 1 THEN
      RETURN 'agency_missing';
    END IF;
  END IF;

  SELECT c.candidate_id, c.full_name, c.birth_date, c.post_id, c.priority_classes, c.agency_ids INTO known
    FROM khoacu.candidate c WHERE c.cycle_id = p_cycle_id AND c.roll_number = p_roll;
  IF known.candidate_id IS NULL THEN
    IF NOT preparing THEN
      RETURN 'locked';
    END IF;
    INSERT INTO khoacu.candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, priority_classes, agency_ids)
    VALUES (p_candidate_id, p_cycle_id, p_roll, p_name, p_birth, the_post, p_classes, agencies);
    RETURN 'imported';
  END IF;
  IF (known.post_id, known.priority_classes, known.agency_ids) = (the_post, p_classes, agencies) THEN
    IF (known.full_name, known.birth_date) = (p_name, p_birth) THEN
      RETURN 'unchanged';
    END IF;
    IF EXISTS (SELECT 1 FROM khoacu.marks_freeze f WHERE f.cycle_id = p_cycle_id) THEN
      RETURN 'locked';
    END IF;
  ELSIF NOT preparing THEN
    RETURN 'locked';
  END IF;
  UPDATE khoacu.candidate
     SET full_name = p_name, birth_date = p_birth, post_id = the_post, priority_classes = p_classes, agency_ids = agencies
   WHERE candidate_id = known.candidate_id;
  RETURN 'changed';
END
$$;
COMMENT ON FUNCTION khoacu.do_cycle_candidate_store IS 'Stores a candidate from an import';
REVOKE ALL ON FUNCTION khoacu.do_cycle_post_store, khoacu.do_cycle_candidate_store FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_cycle_post_store, khoacu.do_cycle_candidate_store TO khoacu_server;
