-- The roots of the log's subtrees are made for many leaves at once (ledger_log_frontier, sql/functions/ledger-log.sql): the form that took one goes.
DROP FUNCTION IF EXISTS khoacu.ledger_log_frontier(bytea[], bigint, bytea);
