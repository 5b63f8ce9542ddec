-- :ledger_event_insert
-- :roles server,bank,worker
INSERT INTO khoacu.audit_event (event_id, occurred_at, actor, act, subject, reason, payload, payload_sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- :ledger_events_page
SELECT event_id, occurred_at, actor, act, subject, reason, payload, payload_sha256
  FROM khoacu.audit_event
 WHERE $1::timestamptz IS NULL OR (occurred_at, event_id) < ($1::timestamptz, $2::bigint)
 ORDER BY occurred_at DESC, event_id DESC
 LIMIT $3;

-- :ledger_events_count
SELECT count(*) FROM khoacu.audit_event;

-- :ledger_events_of_subject
SELECT event_id, occurred_at, actor, act, subject, reason, payload, payload_sha256
  FROM khoacu.audit_event
 WHERE subject = $1
   AND ($2::timestamptz IS NULL OR (occurred_at, event_id) < ($2::timestamptz, $3::bigint))
 ORDER BY occurred_at DESC, event_id DESC
 LIMIT $4;

-- :ledger_events_of_subject_count
SELECT count(*) FROM khoacu.audit_event WHERE subject = $1;
