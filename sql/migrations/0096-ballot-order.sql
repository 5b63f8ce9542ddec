-- Rows lie in the order in which they were written, and the database knows of each in which transaction: whoever could read papers as they lie
-- knew the order of the voters by it. An auditor has them in an order of their own, once the ballot is closed (ballot_papers, sql/functions/ballot-act.sql).
REVOKE SELECT ON khoacu.ballot_slip, khoacu.ballot_paper FROM khoacu_auditor;
