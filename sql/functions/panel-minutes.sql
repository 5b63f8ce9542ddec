CREATE OR REPLACE FUNCTION khoacu.panel_time(p_at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
COMMENT ON FUNCTION khoacu.panel_time IS 'A time as the interface writes it';
REVOKE ALL ON FUNCTION khoacu.panel_time FROM PUBLIC;

-- One hearing as JSON. Marks are in it once all are in, whoever asks; before, only who has given hers.
CREATE OR REPLACE FUNCTION khoacu.panel_hearing_json(p_hearing_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT jsonb_build_object(
    'hearing_id', lpad(to_hex(h.hearing_id), 16, '0'), 'place', h.place, 'roll_number', c.roll_number, 'full_name', c.full_name,
    'birth_date', to_char(c.birth_date, 'YYYY-MM-DD'), 'post', o.title, 'state', h.state, 'status', h.status, 'due_at', panel_time(h.due_at),
    'next', h.next, 'why', h.why, 'gap', h.gap::text, 'value', h.value::text, 'sentence_vi', h.sentence_vi, 'sentence_en', h.sentence_en,
    'phases', coalesce((SELECT jsonb_agg(jsonb_build_object('phase', e.phase, 'began_at', panel_time(e.began_at), 'over_s', e.over_s, 'reason', e.reason)
                                ORDER BY e.seq) FROM panel_phase e WHERE e.hearing_id = h.hearing_id), '[]'),
    'conflicts', coalesce((SELECT jsonb_agg(jsonb_build_object('login_name', s.login_name, 'full_name', s.full_name, 'why', panel_tie(h.candidate_id, m.staff_id),
                                              'reason', (SELECT k.reason FROM panel_conflict k WHERE k.candidate_id = h.candidate_id AND k.staff_id = m.staff_id))
                                            ORDER BY m.place)
                             FROM panel_sitting(h.hearing_id) m JOIN staff s ON s.staff_id = m.staff_id
                            WHERE panel_tied(h.candidate_id, m.staff_id)), '[]'),
    'lacks', CASE WHEN h.state NOT IN ('open', 'settled') THEN panel_lacks(h.hearing_id) END,
    'substitutes', coalesce((SELECT jsonb_agg(jsonb_build_object('login_name', s.login_name, 'full_name', s.full_name, 'reason', u.reason,
                                                                 'appointed_by', b.full_name, 'appointed_at', panel_time(u.appointed_at)) ORDER BY s.login_name)
                               FROM panel_substitute u JOIN staff s ON s.staff_id = u.staff_id JOIN staff b ON b.staff_id = u.appointed_by
                              WHERE u.hearing_id = h.hearing_id), '[]'),
    'absences', coalesce((SELECT jsonb_agg(jsonb_build_object('login_name', s.login_name, 'full_name', s.full_name, 'reason', a.reason,
                                                              'confirmed_by', b.full_name) ORDER BY s.login_name)
                            FROM panel_absence a JOIN staff s ON s.staff_id = a.staff_id LEFT JOIN staff b ON b.staff_id = a.confirmed_by
                           WHERE a.hearing_id = h.hearing_id), '[]'),
    'markers', coalesce((SELECT jsonb_agg(jsonb_build_object('login_name', s.login_name, 'full_name', s.full_name,
                                 'final_at', panel_time((SELECT max(m.final_at) FROM panel_mark m WHERE m.hearing_id = h.hearing_id AND m.staff_id = k.staff_id)),
                                 'marks', CASE WHEN h.state IN ('open', 'settled') THEN coalesce((SELECT jsonb_agg(m.value::text ORDER BY m.criterion)
                                            FROM panel_mark m WHERE m.hearing_id = h.hearing_id AND m.staff_id = k.staff_id), '[]') END,
                                 'total', CASE WHEN h.state IN ('open', 'settled') THEN (SELECT sum(m.value)::text
                                            FROM panel_mark m WHERE m.hearing_id = h.hearing_id AND m.staff_id = k.staff_id) END) ORDER BY k.place)
                           FROM panel_markers(h.hearing_id) k JOIN staff s ON s.staff_id = k.staff_id), '[]'),
    'dialogue', (SELECT jsonb_build_object('minutes', d.minutes, 'agreed', d.agreed::text, 'sha256', encode(d.sha256, 'hex'),
                          'signed', coalesce((SELECT jsonb_agg(s.login_name ORDER BY s.login_name) FROM panel_signature g JOIN staff s ON s.staff_id = g.staff_id
                                               WHERE g.panel_id = h.panel_id AND g.document = lpad(to_hex(h.hearing_id), 16, '0')), '[]'))
                   FROM panel_dialogue d WHERE d.hearing_id = h.hearing_id),
    'words', coalesce((SELECT jsonb_agg(jsonb_build_object('office', w.office, 'full_name', s.full_name, 'value', w.value::text, 'reason', w.reason) ORDER BY w.said_at)
                         FROM panel_word w JOIN staff s ON s.staff_id = w.staff_id WHERE w.hearing_id = h.hearing_id), '[]'))
    FROM panel_hearing h
    JOIN candidate c ON c.candidate_id = h.candidate_id
    JOIN post o ON o.post_id = c.post_id
   WHERE h.hearing_id = p_hearing_id
$$;
COMMENT ON FUNCTION khoacu.panel_hearing_json IS 'A hearing with what may be known of it now';
REVOKE ALL ON FUNCTION khoacu.panel_hearing_json FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.panel_json(p_panel_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT jsonb_build_object(
    'panel_id', lpad(to_hex(p.panel_id), 16, '0'), 'cycle', c.code, 'cycle_title_vi', c.title_vi, 'cycle_title_en', c.title_en,
    'authority_vi', c.authority_vi, 'authority_en', c.authority_en, 'demonstration', c.demonstration, 'code', p.code, 'kind', p.kind, 'room', p.room, 'least', p.least,
    'prepare_min', p.prepare_min, 'present_min', p.present_min, 'questions_min', p.questions_min, 'questions_least', p.questions_least,
    'entropy_plan', p.entropy_plan, 'commitment', encode(p.commitment, 'hex'), 'committed_at', panel_time(p.committed_at), 'entropy', p.entropy,
    'seed', encode(p.seed, 'hex'), 'drawn_at', panel_time(p.drawn_at),
    'committee', CASE WHEN p.committee_size IS NOT NULL THEN
      (SELECT jsonb_build_object('size', p.committee_size, 'sit', count(*), 'title_vi', panel_scheme(p.cycle_id) #>> '{panel,committee,title,vi}',
                                 'title_en', panel_scheme(p.cycle_id) #>> '{panel,committee,title,en}')
         FROM panel_member m WHERE m.panel_id = p.panel_id AND m.committee) END,
    'members', (SELECT jsonb_agg(jsonb_build_object('login_name', s.login_name, 'full_name', s.full_name, 'unit', s.unit, 'office', m.office,
                                                    'committee', m.committee, 'substitute', m.substitute) ORDER BY m.place)
                  FROM panel_member m JOIN staff s ON s.staff_id = m.staff_id WHERE m.panel_id = p.panel_id),
    'criteria', (SELECT jsonb_agg(jsonb_build_object('title', k.title, 'mark_max', k.mark_max::text, 'mark_step', k.mark_step::text) ORDER BY k.criterion)
                   FROM panel_criterion k WHERE k.panel_id = p.panel_id),
    'hearings', (SELECT jsonb_agg(panel_hearing_json(h.hearing_id) ORDER BY h.place, k.roll_number) FROM panel_hearing h
                   JOIN candidate k ON k.candidate_id = h.candidate_id WHERE h.panel_id = p.panel_id))
    FROM panel p JOIN cycle c ON c.cycle_id = p.cycle_id WHERE p.panel_id = p_panel_id
$$;
COMMENT ON FUNCTION khoacu.panel_json IS 'A panel with its hearings, as its minutes hold it';
REVOKE ALL ON FUNCTION khoacu.panel_json FROM PUBLIC;

-- What somebody may see of a panel; NULL: nothing, or there is none.
CREATE OR REPLACE FUNCTION khoacu.do_panel_sheet(p_panel_id bigint, p_staff_id bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT (panel_json(p.panel_id) || jsonb_build_object('state', p.state,
    'office', (SELECT m.office FROM panel_member m WHERE m.panel_id = p.panel_id AND m.staff_id = p_staff_id),
    'now', panel_time(clock_timestamp()), 'minutes_sha256', encode(p.minutes_sha256, 'hex'), 'minuted_at', panel_time(p.minuted_at), 'closed_at', panel_time(p.closed_at),
    'signatures', coalesce((SELECT jsonb_agg(jsonb_build_object('login_name', s.login_name, 'full_name', s.full_name, 'signed_at', panel_time(g.signed_at),
                                                                'excused_by', b.full_name, 'reason', g.reason) ORDER BY g.signed_at)
                              FROM panel_signature g JOIN staff s ON s.staff_id = g.staff_id LEFT JOIN staff b ON b.staff_id = g.excused_by
                             WHERE g.panel_id = p.panel_id AND g.document = 'minutes'), '[]')))::text
    FROM panel p
   WHERE p.panel_id = p_panel_id
     AND (EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = p.panel_id AND m.staff_id = p_staff_id)
          OR EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id
                        AND r.role IN ('hr_officer', 'chief_marker', 'council_chair', 'inspector')))
$$;
COMMENT ON FUNCTION khoacu.do_panel_sheet IS 'A panel as JSON, with marks once all of a hearing are in';
REVOKE ALL ON FUNCTION khoacu.do_panel_sheet FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_sheet TO khoacu_server;

-- Fixes the minutes: only when every hearing is settled.
CREATE OR REPLACE FUNCTION khoacu.do_panel_minutes(p_panel_id bigint, p_staff_id bigint, OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_state text;
  v_cycle bigint;
  v_left bigint;
  v_text text;
BEGIN
  SELECT p.state, p.cycle_id INTO v_state, v_cycle FROM panel p WHERE p.panel_id = p_panel_id FOR UPDATE;
  SELECT count(*) FILTER (WHERE h.state <> 'settled') INTO v_left FROM panel_hearing h WHERE h.panel_id = p_panel_id;
  IF v_state IS NULL OR NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = p_panel_id AND m.staff_id = p_staff_id) THEN
    outcome := 'not_found';
  ELSIF NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = p_panel_id AND m.staff_id = p_staff_id AND m.office = 'secretary') THEN
    outcome := 'forbidden';
  ELSIF v_state IN ('minuted', 'closed') THEN
    outcome := 'done';
    detail := 'repeated';
  ELSIF panel_frozen(v_cycle) THEN
    outcome := 'frozen';
  ELSIF v_state <> 'drawn' THEN
    outcome := 'not_drawn';
  ELSIF v_left > 0 THEN
    outcome := 'unsettled';
    detail := v_left::text;
  ELSE
    v_text := panel_json(p_panel_id)::text;
    UPDATE panel SET state = 'minuted', minutes = v_text, minutes_sha256 = sha256(convert_to(v_text, 'UTF8')), minuted_by = p_staff_id,
           minuted_at = clock_timestamp() WHERE panel_id = p_panel_id
    RETURNING encode(minutes_sha256, 'hex') INTO detail;
    outcome := 'done';
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_minutes IS 'Fixes the minutes of a panel; detail: their hash, or how many hearings are not settled';
REVOKE ALL ON FUNCTION khoacu.do_panel_minutes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_minutes TO khoacu_server;

-- What was given for each criterion, members in order of their places, and its mean: the sub-scores behind a project's mark.
CREATE OR REPLACE FUNCTION khoacu.panel_parts(p_hearing_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
  SELECT jsonb_agg(jsonb_build_object('title', k.title, 'max', k.mark_max::text, 'given', g.given, 'mean', g.mean) ORDER BY k.criterion)
    FROM panel_hearing h
    JOIN panel_criterion k ON k.panel_id = h.panel_id
   CROSS JOIN LATERAL (SELECT jsonb_agg(m.value::text ORDER BY w.place) AS given, round(avg(m.value), 2)::text AS mean
                         FROM panel_markers(h.hearing_id) w
                         JOIN panel_mark m ON m.hearing_id = h.hearing_id AND m.staff_id = w.staff_id AND m.criterion = k.criterion) g
   WHERE h.hearing_id = p_hearing_id AND h.status = 'awarded'
$$;
COMMENT ON FUNCTION khoacu.panel_parts IS 'The marks of a settled hearing by criterion, with the mean of each; NULL: none was given';
REVOKE ALL ON FUNCTION khoacu.panel_parts FROM PUBLIC;

-- Closes a panel that all have signed: what it gave becomes what counts of the scripts.
CREATE OR REPLACE FUNCTION khoacu.panel_close(p_panel_id bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = p_panel_id
                AND NOT EXISTS (SELECT 1 FROM panel_signature g WHERE g.panel_id = p_panel_id AND g.document = 'minutes' AND g.staff_id = m.staff_id))
     OR EXISTS (SELECT 1 FROM panel_hearing h WHERE h.panel_id = p_panel_id AND h.state <> 'settled') THEN
    RETURN false;
  END IF;
  INSERT INTO script_settlement (blind_id, revision, source, status, value, why, derivation, settled_at)
  SELECT i.blind_id, 1, 'panel', h.status, h.value, h.why,
         jsonb_build_object('panel', p.code, 'minutes', encode(p.minutes_sha256, 'hex'), 'gap', h.gap::text, 'sentence_vi', h.sentence_vi, 'sentence_en', h.sentence_en,
                            'totals', (SELECT jsonb_agg(t.total::text ORDER BY t.total) FROM panel_totals(h.hearing_id) t),
                            'parts', panel_parts(h.hearing_id))::text, clock_timestamp()
    FROM panel_hearing h
    JOIN panel p ON p.panel_id = h.panel_id
    JOIN script_identity i ON i.candidate_id = h.candidate_id AND i.component = p.component AND i.question = 0
   WHERE h.panel_id = p_panel_id
   ORDER BY i.blind_id;
  UPDATE panel SET state = 'closed', closed_at = clock_timestamp() WHERE panel_id = p_panel_id;
  RETURN true;
END
$$;
COMMENT ON FUNCTION khoacu.panel_close IS 'Closes a panel when the last signature is there; whether it did';
REVOKE ALL ON FUNCTION khoacu.panel_close FROM PUBLIC;

-- A signature under the minutes, or under a dialogue (document: the hearing). The head of the marking board may excuse somebody
-- from the minutes with a reason.
CREATE OR REPLACE FUNCTION khoacu.do_panel_sign(p_panel_id bigint, p_staff_id bigint, p_document text, p_sha256 bytea, p_person text, p_reason text, p_step_up_id bigint,
                                                OUT outcome text, OUT detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  v_state text;
  v_cycle bigint;
  v_sha256 bytea;
  v_signer bigint := p_staff_id;
BEGIN
  SELECT p.state, p.cycle_id, p.minutes_sha256 INTO v_state, v_cycle, v_sha256 FROM panel p WHERE p.panel_id = p_panel_id FOR UPDATE;
  IF p_person IS NOT NULL THEN
    SELECT m.staff_id INTO v_signer FROM panel_member m JOIN staff s ON s.staff_id = m.staff_id WHERE m.panel_id = p_panel_id AND s.login_name = p_person;
  END IF;
  IF p_document <> 'minutes' THEN
    SELECT d.sha256 INTO v_sha256 FROM panel_dialogue d JOIN panel_hearing h ON h.hearing_id = d.hearing_id
     WHERE h.panel_id = p_panel_id AND lpad(to_hex(h.hearing_id), 16, '0') = p_document;
  END IF;
  IF v_state IS NULL OR v_signer IS NULL OR v_sha256 IS NULL
     OR NOT EXISTS (SELECT 1 FROM panel_member m WHERE m.panel_id = p_panel_id AND m.staff_id = v_signer) THEN
    outcome := 'not_found';
  ELSIF v_signer <> p_staff_id AND (p_document <> 'minutes' OR p_reason IS NULL
        OR NOT EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = p_staff_id AND r.role = 'chief_marker')) THEN
    outcome := 'forbidden';
  ELSIF NOT EXISTS (SELECT 1 FROM step_up u WHERE u.step_up_id = p_step_up_id AND u.staff_id = p_staff_id AND u.act = 'panel.sign'
                       AND u.subject_id = p_panel_id AND clock_timestamp() BETWEEN u.made_at - interval '1 minute' AND u.expires_at)
     OR EXISTS (SELECT 1 FROM panel_signature g WHERE g.step_up_id = p_step_up_id) THEN
    outcome := 'forbidden';
  ELSIF v_sha256 <> p_sha256 THEN
    outcome := 'other_text';
  ELSIF EXISTS (SELECT 1 FROM panel_signature g WHERE g.panel_id = p_panel_id AND g.document = p_document AND g.staff_id = v_signer) THEN
    outcome := 'done';
    detail := 'repeated';
  ELSIF v_state <> (CASE p_document WHEN 'minutes' THEN 'minuted' ELSE 'drawn' END) THEN
    outcome := 'state';
    detail := v_state;
  ELSIF panel_frozen(v_cycle) THEN
    outcome := 'frozen';
  ELSE
    INSERT INTO panel_signature (panel_id, staff_id, document, sha256, excused_by, reason, step_up_id, signed_at)
    VALUES (p_panel_id, v_signer, p_document, p_sha256, CASE WHEN v_signer <> p_staff_id THEN p_staff_id END,
            CASE WHEN v_signer <> p_staff_id THEN p_reason END, p_step_up_id, clock_timestamp());
    outcome := 'done';
    IF p_document = 'minutes' AND panel_close(p_panel_id) THEN
      detail := 'closed';
    END IF;
  END IF;
END
$$;
COMMENT ON FUNCTION khoacu.do_panel_sign IS 'Keeps a signature; the last one under the minutes closes the panel';
REVOKE ALL ON FUNCTION khoacu.do_panel_sign FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_panel_sign TO khoacu_server;
