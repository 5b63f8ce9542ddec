-- Signing in tells what came of it: a machine that waits for an invigilator's word does not take the sitting back by itself.
DROP FUNCTION IF EXISTS khoacu.do_identity_candidate_login(bytea, bigint, bigint, bigint, timestamptz, timestamptz, text, bigint, text, text, text, bytea,
                                                           bytea, bigint, text, text, bytea);
