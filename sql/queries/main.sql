-- Statements of the main floor.

-- The database's clock, which rules the platform's time.
-- :main_clock
-- :roles server,worker
SELECT clock_timestamp();
