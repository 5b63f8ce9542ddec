-- Which kinds of jobs there are is the program's to say (score/job.h); the table only keeps the shape of their names, so that
-- a new kind needs no change of the schema. A kind that no worker knows stays waiting.
ALTER TABLE khoacu.job DROP CONSTRAINT job_kind_check;
ALTER TABLE khoacu.job ADD CONSTRAINT job_kind_check CHECK (kind ~ '^[a-z][a-z0-9_]{2,39}$');
