-- What the database itself holds about items, against whoever writes as khoacu_bank: legal ways from state to state,
-- separate hands in reviews, versions one after another, ciphertext that is only ever sealed anew.
CREATE OR REPLACE FUNCTION khoacu.bank_rights(p_staff_id bigint, p_bank_id bigint, p_topic text) RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT coalesce(bit_or(m.rights)::integer, 0)
    FROM khoacu.bank_member m
    JOIN khoacu.staff s ON s.staff_id = m.staff_id AND s.state = 'active'
   WHERE m.staff_id = p_staff_id AND m.bank_id = p_bank_id
     AND (m.topic = '' OR m.topic = p_topic OR starts_with(p_topic, m.topic || '/'))
$$;
COMMENT ON FUNCTION khoacu.bank_rights(bigint, bigint, text) IS
  'Sum of the rights of a person on a topic of a bank: 1 author, 2 reviewer, 4 assembler, 8 owner; 0: not to be seen';

CREATE OR REPLACE FUNCTION khoacu.bank_item_accepted(p_item_id bigint, p_version integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT (SELECT count(*)
            FROM (SELECT DISTINCT ON (r.staff_id) r.staff_id, r.verdict
                    FROM khoacu.item_review r
                   WHERE r.item_id = p_item_id AND r.version = p_version
                   ORDER BY r.staff_id, r.turn DESC) l
           WHERE l.verdict = 'accept'
             AND NOT EXISTS (SELECT 1 FROM khoacu.item_version v WHERE v.item_id = p_item_id AND v.created_by = l.staff_id))
         >= (SELECT b.reviewers_needed FROM khoacu.item i JOIN khoacu.bank b ON b.bank_id = i.bank_id WHERE i.item_id = p_item_id)
     AND NOT EXISTS (SELECT 1 FROM khoacu.item_comment c
                      WHERE c.item_id = p_item_id
                        AND NOT EXISTS (SELECT 1 FROM khoacu.item_answer a WHERE a.item_id = c.item_id AND a.number = c.number))
$$;
COMMENT ON FUNCTION khoacu.bank_item_accepted(bigint, integer) IS
  'Whether enough persons who are no authors of the item accept the version, and every comment is answered';

CREATE OR REPLACE FUNCTION khoacu.bank_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  way text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW.state, NEW.version, NEW.exposure) IS DISTINCT FROM ('draft', 1, 0) THEN
      RAISE EXCEPTION 'an item begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.version <> OLD.version THEN
    IF NEW.version <> OLD.version + 1 OR NEW.state <> 'draft' OR OLD.state = 'retired'
       OR NOT EXISTS (SELECT 1 FROM khoacu.item_version v WHERE v.item_id = NEW.item_id AND v.version = NEW.version) THEN
      RAISE EXCEPTION 'a new version is the next one, and makes a draft' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.state <> OLD.state THEN
    way := OLD.state || '>' || NEW.state;
    IF way NOT IN ('draft>in_review', 'in_review>draft', 'in_review>approved', 'approved>live', 'approved>draft', 'approved>in_review',
                   'live>approved', 'draft>retired', 'in_review>retired', 'approved>retired', 'live>retired', 'retired>approved',
                   'retired>draft') THEN
      RAISE EXCEPTION 'an item does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF (way = 'in_review>approved' OR NEW.state = 'live' OR way = 'retired>approved')
       AND NOT khoacu.bank_item_accepted(NEW.item_id, NEW.version) THEN
      RAISE EXCEPTION 'the version has not been accepted by other persons than its authors' USING ERRCODE = 'check_violation';
    END IF;
    IF way = 'approved>live' AND NEW.source_expires_on <= current_date THEN
      RAISE EXCEPTION 'its source has expired' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF (NEW.kind, NEW.subject, NEW.level, NEW.facility, NEW.seconds, NEW.source_expires_on)
       IS DISTINCT FROM (OLD.kind, OLD.subject, OLD.level, OLD.facility, OLD.seconds, OLD.source_expires_on)
     AND NOT EXISTS (SELECT 1 FROM khoacu.item_version v
                      WHERE v.item_id = NEW.item_id AND v.version = NEW.version
                        AND (v.kind, v.subject, v.level, v.facility, v.seconds, v.source_expires_on)
                            IS NOT DISTINCT FROM (NEW.kind, NEW.subject, NEW.level, NEW.facility, NEW.seconds, NEW.source_expires_on)) THEN
    RAISE EXCEPTION 'an item is what its newest version says' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.exposure < OLD.exposure THEN
    RAISE EXCEPTION 'what was shown stays shown' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.changed <= OLD.changed OR NEW.changed <> (SELECT b.changes FROM khoacu.bank b WHERE b.bank_id = NEW.bank_id) THEN
    RAISE EXCEPTION 'a change of an item is counted by its bank' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.bank_item_guard() IS 'Holds the life cycle of items';
CREATE OR REPLACE TRIGGER bank_item_guard BEFORE INSERT OR UPDATE ON khoacu.item
  FOR EACH ROW EXECUTE FUNCTION khoacu.bank_item_guard();

CREATE OR REPLACE FUNCTION khoacu.bank_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> 1 + coalesce((SELECT max(v.version) FROM khoacu.item_version v WHERE v.item_id = NEW.item_id), 0) THEN
    RAISE EXCEPTION 'versions follow one another' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.bank_version_guard() IS 'Holds versions in their order';
CREATE OR REPLACE TRIGGER bank_version_guard BEFORE INSERT ON khoacu.item_version
  FOR EACH ROW EXECUTE FUNCTION khoacu.bank_version_guard();

CREATE OR REPLACE FUNCTION khoacu.bank_review_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM khoacu.item_version v WHERE v.item_id = NEW.item_id AND v.created_by = NEW.staff_id) THEN
    RAISE EXCEPTION 'an author does not review his own item' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM khoacu.item i
                  WHERE i.item_id = NEW.item_id AND i.version = NEW.version
                    AND (NEW.verdict = 'withdraw' OR i.state IN ('in_review', 'approved'))
                    AND khoacu.bank_rights(NEW.staff_id, i.bank_id, i.topic) & 2 <> 0) THEN
    RAISE EXCEPTION 'a review is of the newest version, while it is in review, by a reviewer' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.bank_review_guard() IS 'Holds separate hands in reviews';
CREATE OR REPLACE TRIGGER bank_review_guard BEFORE INSERT ON khoacu.item_review
  FOR EACH ROW EXECUTE FUNCTION khoacu.bank_review_guard();

-- Who writes a version after having reviewed an older one becomes an author; his reviews of the new version are refused
-- above, and those of the older versions no longer count for anything.

CREATE OR REPLACE FUNCTION khoacu.bank_reseal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.generation <= OLD.generation THEN
    RAISE EXCEPTION 'a text is sealed again under a newer key only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION khoacu.bank_reseal_guard() IS 'Lets rotation alone write ciphertext again';
CREATE OR REPLACE TRIGGER bank_reseal_guard BEFORE UPDATE ON khoacu.item_text FOR EACH ROW EXECUTE FUNCTION khoacu.bank_reseal_guard();
CREATE OR REPLACE TRIGGER bank_reseal_guard BEFORE UPDATE ON khoacu.item_key FOR EACH ROW EXECUTE FUNCTION khoacu.bank_reseal_guard();
CREATE OR REPLACE TRIGGER bank_reseal_guard BEFORE UPDATE ON khoacu.item_comment FOR EACH ROW EXECUTE FUNCTION khoacu.bank_reseal_guard();
CREATE OR REPLACE TRIGGER bank_reseal_guard BEFORE UPDATE ON khoacu.item_answer FOR EACH ROW EXECUTE FUNCTION khoacu.bank_reseal_guard();
CREATE OR REPLACE TRIGGER bank_reseal_guard BEFORE UPDATE ON khoacu.item_review FOR EACH ROW EXECUTE FUNCTION khoacu.bank_reseal_guard();
CREATE OR REPLACE TRIGGER bank_reseal_guard BEFORE UPDATE ON khoacu.item_passage FOR EACH ROW EXECUTE FUNCTION khoacu.bank_reseal_guard();
CREATE OR REPLACE TRIGGER bank_reseal_guard BEFORE UPDATE ON khoacu.bank_media FOR EACH ROW EXECUTE FUNCTION khoacu.bank_reseal_guard();

-- For forms: whether a version may be drawn, and the count of the forms that show it.
CREATE OR REPLACE FUNCTION khoacu.bank_item_fit(p_item_id bigint, p_version integer) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN i.item_id IS NULL THEN 'unknown'
              WHEN i.state = 'retired' THEN 'retired'
              WHEN i.state <> 'live' OR i.version <> p_version THEN 'not-live'
              WHEN b.exposure_max > 0 AND i.exposure >= b.exposure_max THEN 'exposed'
              WHEN i.source_expires_on <= current_date THEN 'expired'
              ELSE 'fit' END
    FROM (SELECT 1) o
    LEFT JOIN khoacu.item i ON i.item_id = p_item_id
    LEFT JOIN khoacu.bank b ON b.bank_id = i.bank_id
$$;
COMMENT ON FUNCTION khoacu.bank_item_fit(bigint, integer) IS
  'fit, or why this version of an item must not be drawn: unknown, retired, not-live, exposed, expired';

-- Runs with the owner's rights, since whoever seals a form changes nothing else of an item.
CREATE OR REPLACE FUNCTION khoacu.bank_item_expose(p_item_id bigint, p_version integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  counted bigint;
  fit     text;
BEGIN
  UPDATE khoacu.bank b SET changes = b.changes + 1
    FROM khoacu.item i WHERE i.item_id = p_item_id AND b.bank_id = i.bank_id RETURNING b.changes INTO counted;
  fit := khoacu.bank_item_fit(p_item_id, p_version);
  IF fit <> 'fit' THEN
    RAISE EXCEPTION 'the item must not be drawn: %', fit USING ERRCODE = 'check_violation';
  END IF;
  UPDATE khoacu.item SET exposure = exposure + 1, changed = counted WHERE item_id = p_item_id;
END
$$;
COMMENT ON FUNCTION khoacu.bank_item_expose(bigint, integer) IS
  'Counts one more sealed form that holds the item; refuses an item that must not be drawn';
REVOKE ALL ON FUNCTION khoacu.bank_item_expose(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.bank_item_expose(bigint, integer) TO khoacu_server, khoacu_bank;
