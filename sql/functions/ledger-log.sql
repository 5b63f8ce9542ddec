-- The public log is laid on the audit trail afterwards, so that no act waits for a sequencer. One server at a time lengthens it, under the
-- lock of its head row: places have no gaps, and each size has one root. What is public of an event is a salted commitment: a row
-- that is destroyed together with its salt leaves nothing behind that tells of a person.

CREATE OR REPLACE FUNCTION khoacu.ledger_log_root(p_frontier bytea[]) RETURNS bytea LANGUAGE plpgsql IMMUTABLE SET search_path = khoacu, pg_temp AS $$
DECLARE
  root bytea := p_frontier[cardinality(p_frontier)];
BEGIN
  FOR i IN REVERSE cardinality(p_frontier) - 1 .. 1 LOOP
    root := sha256('\x01'::bytea || p_frontier[i] || root);
  END LOOP;
  RETURN root;
END
$$;
COMMENT ON FUNCTION khoacu.ledger_log_root(bytea[]) IS 'The root of the tree whose whole subtrees have these roots; null: there is no leaf';
REVOKE ALL ON FUNCTION khoacu.ledger_log_root(bytea[]) FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.ledger_log_leaf(p_commitment bytea) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = khoacu, pg_temp AS $$
  SELECT sha256('\x00'::bytea || convert_to('{"c":"' || encode(p_commitment, 'hex') || '","t":"event","v":1}', 'UTF8'))
$$;
COMMENT ON FUNCTION khoacu.ledger_log_leaf(bytea) IS 'Hash of the leaf of an entry; the entry is canonical JSON (RFC 8785)';
REVOKE ALL ON FUNCTION khoacu.ledger_log_leaf(bytea) FROM PUBLIC;

CREATE OR REPLACE FUNCTION khoacu.ledger_log_frontier(p_frontier bytea[], p_size bigint, p_leaves bytea[]) RETURNS bytea[]
LANGUAGE plpgsql IMMUTABLE SET search_path = khoacu, pg_temp AS $$
DECLARE
  roots bytea[] := p_frontier;
  node bytea;
  size bigint := p_size;
  below bigint;
BEGIN
  FOREACH node IN ARRAY p_leaves LOOP
    below := size;
    WHILE below & 1 = 1 LOOP
      node := sha256('\x01'::bytea || roots[cardinality(roots)] || node);
      roots := trim_array(roots, 1);
      below := below >> 1;
    END LOOP;
    roots := roots || node;
    size := size + 1;
  END LOOP;
  RETURN roots;
END
$$;
COMMENT ON FUNCTION khoacu.ledger_log_frontier(bytea[], bigint, bytea[]) IS 'The roots of the whole subtrees of p_size leaves, after more leaves';
REVOKE ALL ON FUNCTION khoacu.ledger_log_frontier(bytea[], bigint, bytea[]) FROM PUBLIC;

-- p_since: only events that occurred since then are looked at; null: all. Another server that is at it is left alone: then size is null.
-- The plan is made for the time that is asked for: one for any time would read the whole trail every few seconds.
CREATE OR REPLACE FUNCTION khoacu.do_ledger_log_extend(p_since timestamptz, p_most integer, OUT origin text, OUT size bigint, OUT root bytea, OUT added integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  head record;
  leaves bytea[];
BEGIN
  added := 0;
  SELECT h.origin, h.size, h.frontier INTO head FROM log_head h FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  origin := head.origin;
  WITH fresh AS MATERIALIZED (
    SELECT head.size + row_number() OVER (ORDER BY e.occurred_at, e.event_id) - 1 AS leaf_index, e.event_id, e.payload_sha256,
           uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) AS salt
      FROM audit_event e
     WHERE e.occurred_at >= coalesce(p_since, '-infinity') AND NOT EXISTS (SELECT 1 FROM log_leaf l WHERE l.event_id = e.event_id)
     ORDER BY e.occurred_at, e.event_id
     LIMIT p_most
  ), kept AS (
    INSERT INTO log_leaf (leaf_index, event_id, salt, commitment)
    SELECT f.leaf_index, f.event_id, f.salt, sha256(convert_to(E'exam/commit/v1\nevent\n', 'UTF8') || f.salt || f.payload_sha256) FROM fresh f
    RETURNING log_leaf.leaf_index, log_leaf.commitment
  )
  SELECT coalesce(array_agg(ledger_log_leaf(k.commitment) ORDER BY k.leaf_index), '{}') INTO leaves FROM kept k;
  added := cardinality(leaves);
  size := head.size + added;
  head.frontier := ledger_log_frontier(head.frontier, head.size, leaves);
  IF added > 0 THEN
    UPDATE log_head h SET size = do_ledger_log_extend.size, frontier = head.frontier;
  END IF;
  root := ledger_log_root(head.frontier);
END
$$;
COMMENT ON FUNCTION khoacu.do_ledger_log_extend(timestamptz, integer) IS
  'Puts up to p_most events that are not in the public log at its end. size null: another server is at it; added: how many; root null: it is empty';
REVOKE ALL ON FUNCTION khoacu.do_ledger_log_extend(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ledger_log_extend(timestamptz, integer) TO khoacu_server;

-- What a signer that remembers (p_size, p_root) must know before it signs again: whether this log still has that tree.
CREATE OR REPLACE FUNCTION khoacu.ledger_log_holds(p_size bigint, p_root bytea) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  known bytea;
  leaves bytea[];
BEGIN
  SELECT c.root INTO known FROM log_checkpoint c WHERE c.size = p_size;
  IF FOUND THEN
    RETURN known = p_root AND p_size <= (SELECT h.size FROM log_head h);
  END IF;
  SELECT coalesce(array_agg(ledger_log_leaf(l.commitment) ORDER BY l.leaf_index), '{}') INTO leaves FROM log_leaf l WHERE l.leaf_index < p_size;
  RETURN cardinality(leaves) = p_size AND coalesce(ledger_log_root(ledger_log_frontier('{}', 0, leaves)) = p_root, false);
END
$$;
COMMENT ON FUNCTION khoacu.ledger_log_holds(bigint, bytea) IS 'Whether the first p_size entries have this root; from the checkpoint of that size, else from the entries';
REVOKE ALL ON FUNCTION khoacu.ledger_log_holds(bigint, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.ledger_log_holds(bigint, bytea) TO khoacu_server;

CREATE OR REPLACE FUNCTION khoacu.do_ledger_checkpoint_put(p_size bigint, p_root bytea, p_note text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = khoacu, pg_temp AS $$
DECLARE
  head record;
BEGIN
  SELECT h.size, h.frontier INTO head FROM log_head h FOR UPDATE;
  IF head.size <> p_size THEN
    RETURN 'moved';
  END IF;
  IF ledger_log_root(head.frontier) IS DISTINCT FROM p_root OR EXISTS (SELECT 1 FROM log_checkpoint c WHERE c.size > p_size OR (c.size = p_size AND c.root <> p_root)) THEN
    RETURN 'forked';
  END IF;
  INSERT INTO log_checkpoint (size, root, note) VALUES (p_size, p_root, p_note) ON CONFLICT (size) DO NOTHING;
  RETURN 'put';
END
$$;
COMMENT ON FUNCTION khoacu.do_ledger_checkpoint_put(bigint, bytea, text) IS
  'Keeps a signed checkpoint: put; moved: the log is longer by now; forked: another root was shown for this size, or a longer log: nothing is kept';
REVOKE ALL ON FUNCTION khoacu.do_ledger_checkpoint_put(bigint, bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION khoacu.do_ledger_checkpoint_put(bigint, bytea, text) TO khoacu_server;
