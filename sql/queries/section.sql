-- The clock of a sitting with its sections.
-- :section_clock
SELECT t.started_at, t.closes_at, t.grace_s, h.clock, h.starts_at, h.minutes, t.accommodation_s, h.sections::text, h.item_seconds,
       f.item_count, e.froms, e.seconds, e.pauses, t.state, t.held_at, t.held_at IS NOT NULL AND khoacu.sitting_evacuated(t.room_id, t.sitting_id, t.held_at)
  FROM khoacu.sitting t
  JOIN khoacu.shift h ON h.shift_id = t.shift_id
  JOIN khoacu.form f ON f.form_id = h.form_id
 CROSS JOIN LATERAL (
       SELECT array_agg((extract(epoch FROM a.from_at) * 1000000)::bigint ORDER BY a.from_at, a.adjustment_id) AS froms,
              array_agg(a.seconds ORDER BY a.from_at, a.adjustment_id) AS seconds,
              array_agg((a.kind IN ('resume', 'outage'))::integer ORDER BY a.from_at, a.adjustment_id) AS pauses
         FROM khoacu.sitting_adjustment_effect a
        WHERE a.room_id = t.room_id AND a.sitting_id = t.sitting_id AND a.seconds > 0
          AND (h.sections IS NOT NULL OR h.item_seconds IS NOT NULL)) e
 WHERE t.room_id = $1 AND t.sitting_id = $2;
