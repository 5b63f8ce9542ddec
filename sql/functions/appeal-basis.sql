-- What the pack of a cycle says of appeals: which parts, how long, by which document, and which changes need a dialogue.

CREATE OR REPLACE FUNCTION khoacu.appeal_pack(p_cycle_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT r.body::jsonb FROM cycle c JOIN rule_pack r ON r.pack_id = c.pack_id AND r.version = c.pack_version WHERE c.cycle_id = p_cycle_id
$$;
COMMENT ON FUNCTION khoacu.appeal_pack IS 'The pack of a cycle';
REVOKE ALL ON FUNCTION khoacu.appeal_pack FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.appeal_part(p_cycle_id bigint, p_source text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT p.part
    FROM jsonb_array_elements(appeal_pack(p_cycle_id) -> 'stages') AS s (stage)
   CROSS JOIN LATERAL jsonb_array_elements(s.stage -> 'components') AS p (part)
   WHERE p.part ->> 'source' = p_source
   LIMIT 1
$$;
COMMENT ON FUNCTION khoacu.appeal_part IS 'The part of the pack that a kind of scripts feeds; NULL: there is none';
REVOKE ALL ON FUNCTION khoacu.appeal_part FROM PUBLIC;

-- What the pack says; else the document that speaks of re-marking, else the regulations of the examination, else the decree, else the first.
CREATE OR REPLACE FUNCTION khoacu.appeal_basis(p_cycle_id bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT coalesce(appeal_pack(p_cycle_id) #>> '{appeals,by}',
                  (SELECT left(b.basis ->> 'ref', 400)
                     FROM jsonb_array_elements(appeal_pack(p_cycle_id) -> 'basis') WITH ORDINALITY AS b (basis, n)
                    ORDER BY CASE WHEN b.basis #>> '{about,vi}' ILIKE '%phúc khảo%' THEN 0 WHEN b.basis #>> '{about,vi}' ILIKE '%quy chế%' THEN 1
                                  WHEN b.basis ->> 'ref' ILIKE 'nghị định%' THEN 2 ELSE 3 END, b.n
                    LIMIT 1), '')
$$;
COMMENT ON FUNCTION khoacu.appeal_basis IS 'Reference of the document by which appeals are taken and refused';
REVOKE ALL ON FUNCTION khoacu.appeal_basis FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.appeal_article(p_cycle_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT appeal_pack(p_cycle_id) #> '{appeals,article}'
$$;
COMMENT ON FUNCTION khoacu.appeal_article IS 'The article of that document, {vi, en}; NULL: the pack names none';
REVOKE ALL ON FUNCTION khoacu.appeal_article FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.appeal_article TO khoacu_server;

-- The window opens with the first publication and closes at the end of its last day in Viet Nam; then the days to decide run.
CREATE OR REPLACE FUNCTION khoacu.appeal_window(
  p_cycle_id bigint, OUT released_at timestamptz, OUT last_day date, OUT decide_by date, OUT extended integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT w.released_at, w.last_day, w.last_day + w.decide + w.extended, w.extended
    FROM (SELECT l.published_at AS released_at,
                 (l.published_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
                   + coalesce(nullif((appeal_pack(p_cycle_id) #>> '{calendar,remark_lodge_days}')::integer, 0), 15) AS last_day,
                 coalesce(nullif((appeal_pack(p_cycle_id) #>> '{calendar,remark_decide_days}')::integer, 0), 15) AS decide,
                 (SELECT coalesce(sum(e.days), 0)::integer FROM appeal_extension e WHERE e.cycle_id = p_cycle_id) AS extended
            FROM release l WHERE l.cycle_id = p_cycle_id AND l.version = 1) w
$$;
COMMENT ON FUNCTION khoacu.appeal_window IS 'Publication, last day to lodge, last day to decide, days of extension; NULLs before a list was published';
REVOKE ALL ON FUNCTION khoacu.appeal_window FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.appeal_holds(p_op text, p_left numeric, p_right numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_op WHEN 'lt' THEN p_left < p_right WHEN 'le' THEN p_left <= p_right WHEN 'eq' THEN p_left = p_right
                   WHEN 'ge' THEN p_left >= p_right WHEN 'gt' THEN p_left > p_right END
$$;
COMMENT ON FUNCTION khoacu.appeal_holds IS 'A comparison that is named in a pack';
REVOKE ALL ON FUNCTION khoacu.appeal_holds FROM PUBLIC;

-- The lowest mark that passes a part that has a gate of its own: where it asks for more than so much, the next hundredth.
CREATE OR REPLACE FUNCTION khoacu.appeal_pass(p_cycle_id bigint, p_source text, p_max numeric) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT CASE g.gate ->> 'op' WHEN 'gt' THEN coalesce((g.gate ->> 'value')::numeric, floor((g.gate ->> 'share')::numeric * p_max * 100) / 100) + 0.01
                              ELSE coalesce((g.gate ->> 'value')::numeric, ceil((g.gate ->> 'share')::numeric * p_max * 100) / 100) END
    FROM jsonb_array_elements(appeal_pack(p_cycle_id) -> 'stages') AS s (stage)
   CROSS JOIN LATERAL jsonb_array_elements(s.stage -> 'gates') AS g (gate)
   WHERE g.gate ->> 'on' = appeal_part(p_cycle_id, p_source) ->> 'code' AND g.gate ->> 'op' IN ('ge', 'gt')
   LIMIT 1
$$;
COMMENT ON FUNCTION khoacu.appeal_pass IS 'The lowest mark that passes a part by itself; NULL: none';
REVOKE ALL ON FUNCTION khoacu.appeal_pass FROM PUBLIC;

-- The act that the pack asks for when a re-mark moves a mark so far; a pack without such a table is judged by that of the
-- Justice schemes, 10 points or 5 across the pass line.
CREATE OR REPLACE FUNCTION khoacu.appeal_change_act(p_cycle_id bigint, p_source text, p_max numeric, p_whole boolean, p_before numeric, p_after numeric)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_tiers jsonb;
  v_pass numeric := CASE WHEN p_whole THEN appeal_pass(p_cycle_id, p_source, p_max) END;
  v_part numeric := p_max; -- of one question of a part bounds in points are taken in proportion
BEGIN
  IF NOT p_whole THEN
    SELECT c.written_max INTO v_part FROM cycle c WHERE c.cycle_id = p_cycle_id;
  END IF;
  SELECT s.scheme -> 'change' INTO v_tiers
    FROM jsonb_array_elements(appeal_pack(p_cycle_id) #> '{marking,schemes}') AS s (scheme)
   WHERE s.scheme -> 'for' ? p_source AND s.scheme ? 'change' LIMIT 1;
  v_tiers := coalesce(v_tiers, '[{"op":"ge","value":"10","do":"dialogue"},{"op":"ge","value":"5","across":true,"do":"dialogue"},{"do":"last_replaces"}]');
  RETURN (SELECT t.tier ->> 'do' FROM jsonb_array_elements(v_tiers) WITH ORDINALITY AS t (tier, n)
           WHERE (NOT t.tier ? 'op' OR appeal_holds(t.tier ->> 'op', abs(p_after - p_before) * v_part,
                                                       coalesce((t.tier ->> 'value')::numeric, (t.tier ->> 'share')::numeric * v_part) * p_max))
             AND (NOT coalesce((t.tier ->> 'across')::boolean, false) OR coalesce((p_before < v_pass) <> (p_after < v_pass), false))
           ORDER BY t.n LIMIT 1);
END
$$;
COMMENT ON FUNCTION khoacu.appeal_change_act IS 'What the pack asks for when a re-mark changes a mark so: a key of settle.h';
REVOKE ALL ON FUNCTION khoacu.appeal_change_act FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.appeal_state(p_appeal_id bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM appeal_decision d WHERE d.appeal_id = p_appeal_id) THEN 'decided'
    WHEN EXISTS (SELECT 1 FROM appeal_act a WHERE a.appeal_id = p_appeal_id AND a.act = 'withdrawn') THEN 'withdrawn'
    WHEN EXISTS (SELECT 1 FROM appeal_act a WHERE a.appeal_id = p_appeal_id AND a.act = 'refused') THEN 'refused'
    WHEN NOT EXISTS (SELECT 1 FROM appeal_act a WHERE a.appeal_id = p_appeal_id AND a.act = 'accepted') THEN 'lodged'
    WHEN (SELECT count(*) FROM appeal_proposal p WHERE p.appeal_id = p_appeal_id)
         > (SELECT count(*) FROM appeal_act a WHERE a.appeal_id = p_appeal_id AND a.act = 'returned') THEN 'proposed'
    WHEN EXISTS (SELECT 1 FROM appeal_script s WHERE s.appeal_id = p_appeal_id
                    AND coalesce((SELECT c.next FROM appeal_call c WHERE c.blind_id = s.blind_id ORDER BY c.position DESC LIMIT 1), 'marks') <> 'settled')
      THEN CASE WHEN EXISTS (SELECT 1 FROM appeal_script s WHERE s.appeal_id = p_appeal_id
                                AND (SELECT c.next FROM appeal_call c WHERE c.blind_id = s.blind_id ORDER BY c.position DESC LIMIT 1)
                                    NOT IN ('marks', 'settled')) THEN 'words' ELSE 'marking' END
    ELSE 'settled' END
$$;
COMMENT ON FUNCTION khoacu.appeal_state IS 'lodged, withdrawn, refused, marking, words (a dialogue or decision is waited for), settled, proposed or decided';
REVOKE ALL ON FUNCTION khoacu.appeal_state FROM PUBLIC;

-- Whether somebody's hand was in a script: who marked, was to mark, or must not.
CREATE OR REPLACE FUNCTION khoacu.appeal_touched(p_appeal_id bigint, p_staff_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM appeal_script s
                  WHERE s.appeal_id = p_appeal_id
                    AND (EXISTS (SELECT 1 FROM marking_assignment a WHERE a.blind_id = s.blind_id AND a.marker_id = p_staff_id)
                         OR EXISTS (SELECT 1 FROM mark m WHERE m.blind_id = s.blind_id AND m.marker_id = p_staff_id)
                         OR EXISTS (SELECT 1 FROM marking_exclusion x WHERE x.blind_id = s.blind_id AND x.marker_id = p_staff_id)))
$$;
COMMENT ON FUNCTION khoacu.appeal_touched IS 'Whether somebody marked a script of the appeal or must not';
REVOKE ALL ON FUNCTION khoacu.appeal_touched FROM PUBLIC;
