-- :ledger_event_insert
-- :roles server,bank,worker
INSERT INTO khoacu.audit_event (event_id, occurred_at, actor, act, subject, reason, payload, payload_sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :ledger_events_page
SELECT event_id, occurred_at, actor, act, subject, reason, payload, payload_sha256, l.leaf_index, l.salt
  FROM khoacu.audit_event
  LEFT JOIN khoacu.log_leaf l USING (event_id)
 WHERE ($1::text IS NULL OR actor = $1)
   AND ($2::text IS NULL OR $2 IN (act, split_part(act, '.', 1)))
   AND occurred_at >= coalesce($3::timestamptz, '-infinity') AND occurred_at < coalesce($4::timestamptz, 'infinity')
   AND ($5::timestamptz IS NULL OR (occurred_at, event_id) < ($5::timestamptz, $6::bigint))
 ORDER BY occurred_at DESC, event_id DESC
 LIMIT $7;

-- :ledger_events_count
SELECT count(*)
  FROM khoacu.audit_event
 WHERE ($1::text IS NULL OR actor = $1)
   AND ($2::text IS NULL OR $2 IN (act, split_part(act, '.', 1)))
   AND occurred_at >= coalesce($3::timestamptz, '-infinity') AND occurred_at < coalesce($4::timestamptz, 'infinity');

-- :ledger_events_of_subject
SELECT event_id, occurred_at, actor, act, subject, reason, payload, payload_sha256, l.leaf_index, l.salt
  FROM khoacu.audit_event
  LEFT JOIN khoacu.log_leaf l USING (event_id)
 WHERE subject = $8
   AND ($1::text IS NULL OR actor = $1)
   AND ($2::text IS NULL OR $2 IN (act, split_part(act, '.', 1)))
   AND occurred_at >= coalesce($3::timestamptz, '-infinity') AND occurred_at < coalesce($4::timestamptz, 'infinity')
   AND ($5::timestamptz IS NULL OR (occurred_at, event_id) < ($5::timestamptz, $6::bigint))
 ORDER BY occurred_at DESC, event_id DESC
 LIMIT $7;

-- :ledger_events_of_subject_count
SELECT count(*)
  FROM khoacu.audit_event
 WHERE subject = $5
   AND ($1::text IS NULL OR actor = $1)
   AND ($2::text IS NULL OR $2 IN (act, split_part(act, '.', 1)))
   AND occurred_at >= coalesce($3::timestamptz, '-infinity') AND occurred_at < coalesce($4::timestamptz, 'infinity');

-- :ledger_log_extend
-- :roles server
SELECT origin, size, root, added FROM khoacu.do_ledger_log_extend($1, $2);

-- :ledger_log_holds
-- :roles server
SELECT khoacu.ledger_log_holds($1, $2);

-- :ledger_checkpoint_put
-- :roles server
SELECT khoacu.do_ledger_checkpoint_put($1, $2, $3);

-- :ledger_checkpoint_newest
-- :roles server
SELECT c.size, c.note FROM khoacu.log_checkpoint c ORDER BY c.size DESC LIMIT 1;

-- :ledger_log_entries
-- :roles server
-- Of the checkpoint shown last: what is not signed is not shown.
SELECT l.commitment
  FROM khoacu.log_leaf l
 WHERE l.leaf_index >= $1 AND l.leaf_index < $1 + $2 AND l.leaf_index < (SELECT max(c.size) FROM khoacu.log_checkpoint c)
 ORDER BY l.leaf_index;
