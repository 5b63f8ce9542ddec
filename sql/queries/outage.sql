-- Signs of life of the servers.
-- :outage_beat
SELECT away_s, sittings FROM khoacu.do_sitting_beat($1, $2, $3);
