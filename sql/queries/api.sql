-- :api_ready
SELECT count(*) FROM khoacu.migration;
