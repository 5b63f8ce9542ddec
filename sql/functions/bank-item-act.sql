-- One act on one item: rights, state, separate hands, and what is kept so that it can be undone.
--
-- p_event_id names the review and the passage that the act leaves; the reason is sealed under it. The bank's row is held
-- first, so that acts on one bank follow each other.
CREATE OR REPLACE FUNCTION khoacu.do_bank_item_act(
  p_act_id bigint, p_staff_id bigint, p_now timestamptz, p_item_id bigint, p_version bigint, p_act text, p_value text,
  p_event_id bigint, p_generation bigint, p_sealed bytea, OUT outcome text, OUT state text)
LANGUAGE plpgsql AS $$
DECLARE
  i        record;
  rights   integer;
  own      boolean;
  target   text;
  judged   text;
  new_tags text[];
  new_topic text;
  counted  bigint;
BEGIN
  outcome := 'unknown';
  PERFORM 1 FROM khoacu.bank b WHERE b.bank_id = (SELECT n.bank_id FROM khoacu.item n WHERE n.item_id = p_item_id) FOR UPDATE;
  SELECT n.bank_id, n.state, n.version, n.topic, n.tags, n.source_expires_on INTO i FROM khoacu.item n WHERE n.item_id = p_item_id;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  rights := khoacu.bank_rights(p_staff_id, i.bank_id, i.topic);
  IF rights = 0 THEN
    RETURN;
  END IF;
  own := EXISTS (SELECT 1 FROM khoacu.item_version v WHERE v.item_id = p_item_id AND v.created_by = p_staff_id);
  state := i.state;
  new_tags := i.tags;
  new_topic := i.topic;
  judged := CASE p_act WHEN 'approve' THEN 'accept' WHEN 'return' THEN 'return' END;
  outcome := CASE
    WHEN rights & CASE p_act WHEN 'submit' THEN 9 WHEN 'withdraw' THEN 9 WHEN 'approve' THEN 2 WHEN 'return' THEN 2 WHEN 'publish' THEN 10
                             WHEN 'retire' THEN 10 WHEN 'restore' THEN 10 ELSE 9 END = 0 THEN 'forbidden'
    WHEN p_act = 'withdraw' AND NOT own AND rights & 8 = 0 THEN 'forbidden'
    WHEN p_act = 'topic' AND ((NOT own AND rights & 8 = 0) OR khoacu.bank_rights(p_staff_id, i.bank_id, p_value) & 9 = 0) THEN 'forbidden'
    WHEN p_version <> 0 AND p_version <> i.version THEN 'stale-version'
    WHEN own AND p_act IN ('approve', 'return', 'publish') THEN 'own-item'
    WHEN p_act = 'submit' THEN CASE i.state WHEN 'draft' THEN 'done' WHEN 'in_review' THEN 'unchanged' ELSE 'wrong-state' END
    WHEN p_act = 'withdraw' THEN CASE i.state WHEN 'in_review' THEN 'done' WHEN 'draft' THEN 'unchanged' ELSE 'wrong-state' END
    WHEN p_act = 'approve' THEN CASE
      WHEN i.state IN ('approved', 'live') THEN 'unchanged'
      WHEN i.state <> 'in_review' THEN 'wrong-state'
      WHEN EXISTS (SELECT 1 FROM khoacu.item_comment c WHERE c.item_id = p_item_id AND NOT EXISTS (
                     SELECT 1 FROM khoacu.item_answer a WHERE a.item_id = c.item_id AND a.number = c.number)) THEN 'comments-open'
      WHEN 'accept' = (SELECT r.verdict FROM khoacu.item_review r
                        WHERE r.item_id = p_item_id AND r.version = i.version AND r.staff_id = p_staff_id
                        ORDER BY r.turn DESC LIMIT 1) AND NOT khoacu.bank_item_accepted(p_item_id, i.version) THEN 'unchanged'
      ELSE 'accepted' END
    WHEN p_act = 'return' THEN CASE WHEN i.state IN ('in_review', 'approved') THEN 'done' WHEN i.state = 'draft' THEN 'unchanged' ELSE 'wrong-state' END
    WHEN p_act = 'publish' THEN CASE WHEN i.state = 'live' THEN 'unchanged' WHEN i.state <> 'approved' THEN 'wrong-state'
                                     WHEN i.source_expires_on <= current_date THEN 'source-expired' ELSE 'done' END
    WHEN p_act = 'retire' THEN CASE WHEN i.state = 'retired' THEN 'unchanged' ELSE 'done' END
    WHEN p_act = 'restore' THEN CASE WHEN i.state = 'retired' THEN 'done' ELSE 'unchanged' END
    WHEN p_act = 'tag' THEN CASE WHEN p_value = ANY (i.tags) THEN 'unchanged' WHEN cardinality(i.tags) >= 40 THEN 'limit' ELSE 'done' END
    WHEN p_act = 'untag' THEN CASE WHEN p_value = ANY (i.tags) THEN 'done' ELSE 'unchanged' END
    WHEN p_act = 'topic' THEN CASE WHEN p_value = i.topic THEN 'unchanged' ELSE 'done' END
    ELSE 'unknown' END;
  IF outcome NOT IN ('done', 'accepted') THEN
    RETURN;
  END IF;
  IF judged IS NOT NULL THEN
    INSERT INTO khoacu.item_review (review_id, item_id, version, turn, staff_id, verdict, generation, sealed, at)
    SELECT p_event_id, p_item_id, i.version, 1 + coalesce(max(r.turn), 0), p_staff_id, judged, p_generation, p_sealed, p_now
      FROM khoacu.item_review r WHERE r.item_id = p_item_id;
  END IF;
  target := CASE p_act
    WHEN 'submit' THEN 'in_review' WHEN 'withdraw' THEN 'draft' WHEN 'return' THEN 'draft' WHEN 'publish' THEN 'live'
    WHEN 'retire' THEN 'retired'
    WHEN 'approve' THEN CASE WHEN khoacu.bank_item_accepted(p_item_id, i.version) THEN 'approved' ELSE i.state END
    WHEN 'restore' THEN CASE WHEN khoacu.bank_item_accepted(p_item_id, i.version) THEN 'approved' ELSE 'draft' END
    ELSE i.state END;
  outcome := CASE WHEN p_act = 'approve' AND target = i.state THEN 'accepted' ELSE 'done' END;
  CASE p_act
    WHEN 'tag' THEN new_tags := array_append(i.tags, p_value);
    WHEN 'untag' THEN new_tags := array_remove(i.tags, p_value);
    WHEN 'topic' THEN new_topic := p_value;
    ELSE NULL;
  END CASE;
  IF target <> i.state THEN
    INSERT INTO khoacu.item_passage (passage_id, item_id, version, from_state, to_state, staff_id, generation, sealed, at)
    VALUES (p_event_id, p_item_id, i.version, i.state, target, p_staff_id, p_generation, p_sealed, p_now);
  END IF;
  UPDATE khoacu.bank SET changes = changes + 1 WHERE bank_id = i.bank_id RETURNING changes INTO counted;
  UPDATE khoacu.item n SET state = target, tags = new_tags, topic = new_topic, updated_at = p_now, changed = counted WHERE n.item_id = p_item_id;
  INSERT INTO khoacu.bank_act_item (act_id, item_id, before_state, before_topic, before_tags, changed)
  VALUES (p_act_id, p_item_id, i.state, i.topic, i.tags, counted);
  state := target;
END
$$;
COMMENT ON FUNCTION khoacu.do_bank_item_act(bigint, bigint, timestamptz, bigint, bigint, text, text, bigint, bigint, bytea) IS
  'One act on one item; outcome is a word of bank.h (BANK_OUTCOME_TABLE), state the item''s afterwards';

CREATE OR REPLACE FUNCTION khoacu.do_bank_item_undo(
  p_act_id bigint, p_staff_id bigint, p_now timestamptz, p_item_id bigint, p_event_id bigint, p_generation bigint, p_sealed bytea,
  OUT outcome text, OUT state text)
LANGUAGE plpgsql AS $$
DECLARE
  i       record;
  a       record;
  act     text;
  step    text;
  counted bigint;
BEGIN
  SELECT b.act INTO act FROM khoacu.bank_act b WHERE b.act_id = p_act_id;
  SELECT x.before_state, x.before_topic, x.before_tags, x.changed INTO a
    FROM khoacu.bank_act_item x WHERE x.act_id = p_act_id AND x.item_id = p_item_id;
  PERFORM 1 FROM khoacu.bank b WHERE b.bank_id = (SELECT n.bank_id FROM khoacu.item n WHERE n.item_id = p_item_id) FOR UPDATE;
  SELECT n.bank_id, n.state, n.version, n.topic, n.changed INTO i FROM khoacu.item n WHERE n.item_id = p_item_id;
  state := i.state;
  outcome := CASE WHEN khoacu.bank_rights(p_staff_id, i.bank_id, i.topic) = 0 THEN 'unknown'
                  WHEN i.changed <> a.changed THEN 'moved-on' ELSE 'done' END;
  IF outcome <> 'done' THEN
    RETURN;
  END IF;
  BEGIN
    IF act IN ('approve', 'return') THEN
      INSERT INTO khoacu.item_review (review_id, item_id, version, turn, staff_id, verdict, generation, sealed, at)
      SELECT p_event_id, p_item_id, i.version, 1 + max(r.turn), p_staff_id, 'withdraw', p_generation, p_sealed, p_now
        FROM khoacu.item_review r WHERE r.item_id = p_item_id;
    END IF;
    FOREACH step IN ARRAY CASE
      WHEN i.state = a.before_state THEN ARRAY[i.state]
      WHEN i.state = 'retired' AND a.before_state = 'live' THEN ARRAY['approved', 'live']
      WHEN i.state = 'retired' AND a.before_state = 'in_review' THEN ARRAY['draft', 'in_review']
      WHEN i.state = 'draft' AND a.before_state = 'approved' THEN ARRAY['in_review']
      ELSE ARRAY[a.before_state] END
    LOOP
      UPDATE khoacu.bank SET changes = changes + 1 WHERE bank_id = i.bank_id RETURNING changes INTO counted;
      UPDATE khoacu.item n SET state = step, topic = a.before_topic, tags = a.before_tags, updated_at = p_now, changed = counted
       WHERE n.item_id = p_item_id;
      state := step;
    END LOOP;
    IF state <> i.state THEN
      INSERT INTO khoacu.item_passage (passage_id, item_id, version, from_state, to_state, staff_id, generation, sealed, at)
      VALUES (p_event_id, p_item_id, i.version, i.state, state, p_staff_id, p_generation, p_sealed, p_now);
    END IF;
  EXCEPTION WHEN check_violation THEN
    outcome := 'wrong-state';
    state := i.state;
  END;
END
$$;
COMMENT ON FUNCTION khoacu.do_bank_item_undo(bigint, bigint, timestamptz, bigint, bigint, bigint, bytea) IS
  'Puts one item back to what it was before an act; outcome done, moved-on, unknown or wrong-state';
