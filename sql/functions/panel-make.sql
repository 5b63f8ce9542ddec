-- How the pack settles what a panel marks: its scheme for this source that is not one of re-marks.
CREATE OR REPLACE FUNCTION khoacu.panel_scheme(p_cycle_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT s.scheme
    FROM cycle c
    JOIN rule_pack r ON r.pack_id = c.pack_id AND r.version = c.pack_version
   CROSS JOIN LATERAL jsonb_array_elements(r.body::jsonb #> '{marking,schemes}') AS s (scheme)
   WHERE c.cycle_id = p_cycle_id AND s.scheme -> 'for' ? 'interview' AND NOT s.scheme ? 'change'
   LIMIT 1
$$;
COMMENT ON FUNCTION khoacu.panel_scheme IS 'The scheme of the cycle''s pack for panels; NULL: it has none';
REVOKE ALL ON FUNCTION khoacu.panel_scheme FROM PUBLIC;

-- Beside the chair and the members sits a secretary; a panel has at most 20 people.
CREATE OR REPLACE FUNCTION khoacu.panel_most(p_cycle_id bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT coalesce((panel_scheme(p_cycle_id) #>> '{panel,most}')::integer, 19)
$$;
COMMENT ON FUNCTION khoacu.panel_most IS 'How many may mark in a panel by the cycle''s pack';
REVOKE ALL ON FUNCTION khoacu.panel_most FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.panel_part(p_cycle_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT p.part
    FROM cycle c
    JOIN rule_pack r ON r.pack_id = c.pack_id AND r.version = c.pack_version
   CROSS JOIN LATERAL jsonb_array_elements(r.body::jsonb -> 'stages') AS s (stage)
   CROSS JOIN LATERAL jsonb_array_elements(s.stage -> 'components') AS p (part)
   WHERE c.cycle_id = p_cycle_id AND p.part ->> 'source' = 'interview'
   LIMIT 1
$$;
COMMENT ON FUNCTION khoacu.panel_part IS 'The component of the cycle''s pack that panels mark; NULL: it has none';
REVOKE ALL ON FUNCTION khoacu.panel_part FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.panel_frozen(p_cycle_id bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM cycle c WHERE c.cycle_id = p_cycle_id FOR KEY SHARE) AND
         EXISTS (SELECT 1 FROM marks_freeze f WHERE f.cycle_id = p_cycle_id)
$$;
COMMENT ON FUNCTION khoacu.panel_frozen IS 'Whether the marks of the cycle are frozen; waits for a freeze under way';
REVOKE ALL ON FUNCTION khoacu.panel_frozen FROM PUBLIC;

-- A conflict declared to a panel, a kinship declared before, or what keeps an examiner from the script (own unit). This and who sits
-- is asked for each member of each hearing of a sheet: in a language that keeps its plans.
CREATE OR REPLACE FUNCTION khoacu.panel_tie(p_candidate_id bigint, p_staff_id bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  RETURN CASE
    WHEN EXISTS (SELECT 1 FROM panel_conflict c WHERE c.candidate_id = p_candidate_id AND c.staff_id = p_staff_id) THEN 'declared'
    WHEN EXISTS (SELECT 1 FROM marking_kinship k WHERE k.candidate_id = p_candidate_id AND k.marker_id = p_staff_id) THEN 'kinship'
    ELSE (SELECT CASE WHEN x.why = 'unit' THEN 'unit' ELSE 'excluded' END FROM script_identity i JOIN marking_exclusion x ON x.blind_id = i.blind_id
           WHERE i.candidate_id = p_candidate_id AND i.component = 'interview' AND i.question = 0 AND x.marker_id = p_staff_id) END;
END
$$;
COMMENT ON FUNCTION khoacu.panel_tie IS 'What keeps a person from marking a candidate in a panel: declared, kinship, unit or excluded; NULL: nothing';
REVOKE ALL ON FUNCTION khoacu.panel_tie FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.panel_tied(p_candidate_id bigint, p_staff_id bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  RETURN panel_tie(p_candidate_id, p_staff_id) IS NOT NULL;
END
$$;
COMMENT ON FUNCTION khoacu.panel_tied IS 'Whether something keeps a person from marking a candidate in a panel';
REVOKE ALL ON FUNCTION khoacu.panel_tied FROM PUBLIC;

-- Whether somebody works in a unit that the candidate applied to, now.
CREATE OR REPLACE FUNCTION khoacu.panel_own_unit(p_candidate_id bigint, p_staff_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM candidate c JOIN agency a ON a.agency_id = ANY (c.agency_ids) JOIN staff f ON f.staff_id = p_staff_id
                  WHERE c.candidate_id = p_candidate_id AND btrim(f.unit) <> '' AND lower(btrim(f.unit)) IN (lower(btrim(a.name)), lower(a.code)))
$$;
COMMENT ON FUNCTION khoacu.panel_own_unit IS 'Whether the candidate applied to the unit in which a person works';
REVOKE ALL ON FUNCTION khoacu.panel_own_unit FROM PUBLIC;

-- Who sits for a candidate beside the secretary: the chair, the members, and the substitutes who were appointed for her.
CREATE OR REPLACE FUNCTION khoacu.panel_sitting(p_hearing_id bigint) RETURNS TABLE (staff_id bigint, place smallint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT m.staff_id, m.place
    FROM panel_hearing h
    JOIN panel_member m ON m.panel_id = h.panel_id AND m.office <> 'secretary'
   WHERE h.hearing_id = p_hearing_id
     AND (NOT m.substitute OR EXISTS (SELECT 1 FROM panel_substitute s WHERE s.hearing_id = h.hearing_id AND s.staff_id = m.staff_id));
END
$$;
COMMENT ON FUNCTION khoacu.panel_sitting IS 'Who sits in a hearing, whether or not something keeps her from marking';
REVOKE ALL ON FUNCTION khoacu.panel_sitting FROM PUBLIC;

-- Who marks a candidate in a panel: those who sit for her, less those who are tied, less those absent with confirmation.
CREATE OR REPLACE FUNCTION khoacu.panel_markers(p_hearing_id bigint) RETURNS TABLE (staff_id bigint, place smallint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT m.staff_id, m.place
    FROM panel_hearing h
   CROSS JOIN LATERAL panel_sitting(h.hearing_id) m
   WHERE h.hearing_id = p_hearing_id
     AND NOT panel_tied(h.candidate_id, m.staff_id)
     AND NOT EXISTS (SELECT 1 FROM panel_absence a WHERE a.hearing_id = h.hearing_id AND a.staff_id = m.staff_id AND a.confirmed_at IS NOT NULL);
END
$$;
COMMENT ON FUNCTION khoacu.panel_markers IS 'Who marks in a hearing';
REVOKE ALL ON FUNCTION khoacu.panel_markers FROM PUBLIC;

-- An absence counts here as soon as it is recorded: it is confirmed only when there are enough without her.
CREATE OR REPLACE FUNCTION khoacu.panel_lacks(p_hearing_id bigint) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  RETURN (SELECT greatest(0, p.least - (SELECT count(*) FROM panel_markers(h.hearing_id) k
                                 WHERE NOT EXISTS (SELECT 1 FROM panel_absence a WHERE a.hearing_id = h.hearing_id AND a.staff_id = k.staff_id)))::integer
    FROM panel_hearing h JOIN panel p ON p.panel_id = h.panel_id WHERE h.hearing_id = p_hearing_id);
END
$$;
COMMENT ON FUNCTION khoacu.panel_lacks IS 'How many more must mark in a hearing for the scheme of the pack, when all who are recorded absent stay away';
REVOKE ALL ON FUNCTION khoacu.panel_lacks FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.panel_random_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT 1 + (('x' || substr(md5(gen_random_uuid()::text || gen_random_uuid()::text), 1, 16))::bit(64)::bigint & 9223372036854775806)
$$;
COMMENT ON FUNCTION khoacu.panel_random_id IS 'A random positive id';
REVOKE ALL ON FUNCTION khoacu.panel_random_id FROM PUBLIC;

-- What is wrong with a committee that should be on a panel, or NULL. The pack asks for a share of its members among those who mark.
CREATE OR REPLACE FUNCTION khoacu.panel_committee_fault(p_wanted jsonb, p_names text[], p_size integer, p_committee text[], OUT outcome text, OUT detail text)
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF p_wanted IS NULL THEN
    outcome := CASE WHEN p_size IS NOT NULL OR p_committee IS NOT NULL THEN 'no_committee' END;
    RETURN;
  END IF;
  SELECT n.name INTO detail FROM unnest(p_committee) WITH ORDINALITY AS n (name, place)
   WHERE NOT n.name = ANY (p_names[2:]) OR n.name = ANY (p_committee[1:n.place - 1]) ORDER BY n.place LIMIT 1;
  IF detail IS NOT NULL THEN
    outcome := 'committee_name';
  ELSIF p_size IS NULL OR coalesce(cardinality(p_committee), 0) > p_size THEN
    outcome := 'committee_size';
  ELSIF coalesce(cardinality(p_committee), 0) < p_size * (p_wanted ->> 'share')::numeric THEN
    outcome := 'committee';
    detail := format('%s/%s', ceil(p_size * (p_wanted ->> 'share')::numeric), p_size);
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.panel_committee_fault IS 'Why these people do not make up the committee that the pack wants; outcome NULL: they do. Detail of committee: how many of how many are needed';
REVOKE ALL ON FUNCTION khoacu.panel_committee_fault FROM PUBLIC;

-- What is wrong with who should sit, or NULL. `names` has the secretary, the chair, the members.
CREATE OR REPLACE FUNCTION khoacu.panel_people_fault(p_staff_id bigint, p_names text[], p_least integer, p_most integer, OUT outcome text, OUT detail text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_name text;
  v_id bigint;
BEGIN
  FOR i IN 1 .. cardinality(p_names) LOOP
    v_name := p_names[i];
    SELECT s.staff_id INTO v_id FROM khoacu.staff s WHERE s.login_name = v_name AND s.state = 'active';
    detail := v_name;
    IF v_id IS NULL THEN
      outcome := 'unknown_person';
    ELSIF v_id = p_staff_id THEN
      outcome := 'maker_sits';
    ELSIF v_name = ANY (p_names[1:i - 1]) THEN
      outcome := 'sits_twice';
    ELSIF NOT EXISTS (SELECT 1 FROM khoacu.staff_role r WHERE r.staff_id = v_id
                         AND (r.role = 'examiner' OR (i = 1 AND r.role = 'script_officer'))) THEN
      outcome := 'not_examiner';
    END IF;
    IF outcome IS NOT NULL THEN
      RETURN;
    END IF;
  END LOOP;
  IF cardinality(p_names) - 1 < p_least THEN
    outcome := 'too_few';
    detail := p_least::text;
  ELSIF cardinality(p_names) - 1 > p_most THEN
    outcome := 'too_many';
    detail := p_most::text;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.panel_people_fault IS 'Why these people cannot sit in a panel; outcome NULL: they can';
REVOKE ALL ON FUNCTION khoacu.panel_people_fault FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.panel_taken(p_candidate_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM script_identity i WHERE i.candidate_id = p_candidate_id AND i.component = 'interview'
                    AND (EXISTS (SELECT 1 FROM mark m WHERE m.blind_id = i.blind_id) OR EXISTS (SELECT 1 FROM marking_lease l WHERE l.blind_id = i.blind_id)
                         OR EXISTS (SELECT 1 FROM marking_redraw r WHERE r.blind_id = i.blind_id)))
$$;
COMMENT ON FUNCTION khoacu.panel_taken IS 'Whether single examiners have begun to mark what a panel would';
REVOKE ALL ON FUNCTION khoacu.panel_taken FROM PUBLIC;

-- The candidates for a panel: those named, or all who have a script of the part and are before no panel yet.
CREATE OR REPLACE FUNCTION khoacu.panel_candidates_take(p_panel_id bigint, p_cycle_id bigint, p_rolls text[], p_least integer,
                                                        OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_roll text;
  v_ids bigint[];
BEGIN
  FOREACH v_roll IN ARRAY coalesce(p_rolls, '{}') LOOP
    detail := v_roll;
    SELECT array_agg(c.candidate_id) INTO v_ids FROM candidate c JOIN script_identity i ON i.candidate_id = c.candidate_id AND i.component = 'interview'
     WHERE c.cycle_id = p_cycle_id AND c.roll_number = v_roll;
    IF v_ids IS NULL THEN
      outcome := 'unknown_candidate';
    ELSIF EXISTS (SELECT 1 FROM panel_hearing h WHERE h.candidate_id = v_ids[1]) THEN
      outcome := 'heard_elsewhere';
    ELSIF panel_taken(v_ids[1]) THEN
      outcome := 'marked_before';
    END IF;
    IF outcome IS NOT NULL THEN
      RETURN;
    END IF;
  END LOOP;
  SELECT array_agg(c.candidate_id) INTO v_ids
    FROM candidate c
   WHERE c.cycle_id = p_cycle_id AND (p_rolls IS NULL OR c.roll_number = ANY (p_rolls))
     AND EXISTS (SELECT 1 FROM script_identity i WHERE i.candidate_id = c.candidate_id AND i.component = 'interview')
     AND NOT panel_taken(c.candidate_id)
     AND NOT EXISTS (SELECT 1 FROM panel_hearing h WHERE h.candidate_id = c.candidate_id);
  IF v_ids IS NULL OR cardinality(v_ids) > 5000 THEN
    outcome := 'nobody';
    detail := NULL;
    RETURN;
  END IF;
  INSERT INTO panel_hearing (hearing_id, panel_id, candidate_id)
  SELECT panel_random_id(), p_panel_id, n.id FROM unnest(v_ids) AS n (id);
  -- As for single markers, and from now on: whoever changes units later keeps the marks that she gave.
  INSERT INTO marking_exclusion (blind_id, marker_id, why)
  SELECT i.blind_id, m.staff_id, 'unit'
    FROM panel_hearing h
    JOIN panel_member m ON m.panel_id = h.panel_id AND m.office <> 'secretary'
    JOIN script_identity i ON i.candidate_id = h.candidate_id AND i.component = 'interview'
   WHERE h.panel_id = p_panel_id AND panel_own_unit(h.candidate_id, m.staff_id)
   ORDER BY i.blind_id, m.staff_id
  ON CONFLICT DO NOTHING;
  SELECT c.roll_number INTO detail
    FROM panel_hearing h JOIN candidate c ON c.candidate_id = h.candidate_id
   WHERE h.panel_id = p_panel_id AND (SELECT count(*) FROM panel_markers(h.hearing_id)) < p_least
   ORDER BY c.roll_number LIMIT 1;
  IF detail IS NOT NULL THEN
    outcome := 'tied';
    RETURN;
  END IF;
  DELETE FROM marking_assignment a USING script_identity i
   WHERE a.blind_id = i.blind_id AND i.component = 'interview' AND i.candidate_id = ANY (v_ids);
  detail := cardinality(v_ids)::text;
END
$$;
COMMENT ON FUNCTION khoacu.panel_candidates_take IS 'Puts candidates before a panel and takes them from single markers; outcome NULL: done';
REVOKE ALL ON FUNCTION khoacu.panel_candidates_take FROM PUBLIC;

-- A panel is whole or not there: an outcome other than made asks the caller to roll back.
CREATE OR REPLACE FUNCTION khoacu.do_panel_make(
  p_panel_id bigint, p_cycle text, p_staff_id bigint, p_code text, p_kind text, p_room text, p_titles text[], p_maxes numeric[],
  p_steps numeric[], p_names text[], p_rolls text[], p_committee_size integer DEFAULT NULL, p_committee text[] DEFAULT NULL,
  OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_cycle bigint;
  v_scheme jsonb;
  v_part jsonb;
  v_max numeric;
  v_step numeric;
BEGIN
  SELECT c.cycle_id INTO v_cycle FROM cycle c WHERE c.code = p_cycle;
  SELECT s.mark_max, s.mark_step INTO v_max, v_step FROM script s WHERE s.cycle_id = v_cycle AND s.component = 'interview' LIMIT 1;
  v_scheme := panel_scheme(v_cycle);
  v_part := panel_part(v_cycle);
  IF v_cycle IS NULL THEN
    outcome := 'not_found';
  ELSIF NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role IN ('hr_officer', 'chief_marker')) THEN
    outcome := 'forbidden';
  ELSIF v_max IS NULL THEN
    outcome := 'not_open';
  ELSIF panel_frozen(v_cycle) THEN
    outcome := 'frozen';
  ELSIF v_scheme IS NULL OR v_scheme #>> '{round,mode}' <> 'half_up' OR EXISTS (
      SELECT 1 FROM jsonb_array_elements(v_scheme -> 'tiers') AS t (tier)
       WHERE t.tier ->> 'do' NOT IN ('mean', 'dialogue', 'dialogue_then_head', 'head', 'chair') OR t.tier ? 'share' OR t.tier ? 'across' OR t.tier ? 'equal') THEN
    outcome := 'scheme';
  ELSIF EXISTS (SELECT 1 FROM panel p WHERE p.cycle_id = v_cycle AND p.code = p_code) THEN
    outcome := 'taken';
  ELSIF (SELECT sum(m) FROM unnest(p_maxes) AS n (m)) IS DISTINCT FROM v_max THEN
    outcome := 'scale';
    detail := v_max::text;
  ELSIF EXISTS (SELECT 1 FROM unnest(p_maxes, p_steps) AS n (m, s) WHERE m <= 0 OR s <= 0 OR s % v_step <> 0 OR m % s <> 0) THEN
    outcome := 'steps';
    detail := v_step::text;
  ELSE
    SELECT f.outcome, f.detail INTO outcome, detail
      FROM panel_people_fault(p_staff_id, p_names, (v_scheme ->> 'marks')::integer, panel_most(v_cycle)) f;
    IF outcome IS NULL THEN
      SELECT f.outcome, f.detail INTO outcome, detail FROM panel_committee_fault(v_scheme #> '{panel,committee}', p_names, p_committee_size, p_committee) f;
    END IF;
  END IF;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  INSERT INTO panel (panel_id, cycle_id, code, component, kind, room, least, prepare_min, present_min, questions_min, questions_least, made_by, made_at,
                     committee_size)
  VALUES (p_panel_id, v_cycle, p_code, 'interview', p_kind, p_room, (v_scheme ->> 'marks')::smallint, coalesce((v_part ->> 'minutes_prepare')::smallint, 0),
          coalesce((v_scheme #>> '{panel,present}')::smallint, (v_part ->> 'minutes')::smallint, 0),
          coalesce((v_scheme #>> '{panel,questions}')::smallint, 0), coalesce((v_scheme #>> '{panel,questions_least}')::smallint, 0), p_staff_id, clock_timestamp(),
          p_committee_size);
  INSERT INTO panel_member (panel_id, staff_id, office, place, committee)
  SELECT p_panel_id, s.staff_id, CASE n.place WHEN 1 THEN 'secretary' WHEN 2 THEN 'chair' ELSE 'member' END, n.place - 1,
         coalesce(n.name = ANY (p_committee), false)
    FROM unnest(p_names) WITH ORDINALITY AS n (name, place) JOIN staff s ON s.login_name = n.name;
  INSERT INTO panel_criterion (panel_id, criterion, title, mark_max, mark_step)
  SELECT p_panel_id, n.place, n.title, n.m, n.s FROM unnest(p_titles, p_maxes, p_steps) WITH ORDINALITY AS n (title, m, s, place);
  SELECT t.outcome, t.detail INTO outcome, detail FROM panel_candidates_take(p_panel_id, v_cycle, p_rolls, (v_scheme ->> 'marks')::integer) t;
  outcome := coalesce(outcome, 'made');
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_make IS 'Makes a panel with its people, criteria and candidates; every outcome but made is to be rolled back';
REVOKE ALL ON FUNCTION khoacu.do_panel_make FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_make TO khoacu_server;
