-- Statements of the main floor.

-- The database's clock, which rules the platform's time.
-- :main_clock
SELECT clock_timestamp();
