-- The hash of a page is that of the answer it was made from, as are its size and how many there are: with the answers, which auditors read, they were the map of
-- blind codes. Auditors get them when the map may be opened (script_pages_told, sql/functions/script-lead.sql).
REVOKE SELECT (blind_id, page, question, kind, type, width, height, sha256) ON khoacu.script_page FROM khoacu_auditor;
