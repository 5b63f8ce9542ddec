-- The sub-scores of a project, as the public list shows them beside the mark.
ALTER TABLE khoacu.decision ADD parts text CHECK (length(parts) BETWEEN 2 AND 20000);
COMMENT ON COLUMN khoacu.decision.parts IS 'Of a project: [{max, mean, title}] of the criteria that its panel marked, for the public; null: there are none, or they are withheld';
