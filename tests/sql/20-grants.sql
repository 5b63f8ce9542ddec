-- What each role may do. The owner changes the schema and takes no part in daily work.
BEGIN;
SELECT * FROM no_plan();

CREATE TEMP TABLE daily (role name);
INSERT INTO daily VALUES ('khoacu_server'), ('khoacu_bank'), ('khoacu_worker'), ('khoacu_auditor'), ('public');

-- Append-only: nobody changes, deletes or empties.
SELECT ok(NOT has_any_column_privilege(d.role, 'khoacu.' || t.name, 'UPDATE')
          AND NOT has_table_privilege(d.role, 'khoacu.' || t.name, 'UPDATE, DELETE, TRUNCATE, TRIGGER'),
          format('%s cannot change %s', d.role, t.name))
  FROM unnest('{key_review,key_review_verdict,key_proposal,key_proposal_item,key_preview,key_preview_row,key_verdict,form_key_version,form_key_item,form_key_applied,key_challenge,key_challenge_withdrawal,
                part_freeze,audit_event,log_head,log_leaf,log_checkpoint,response,receipt,sitting_adjustment,sitting_adjustment_decision,sitting_adjustment_effect,late_batch,late_response,late_proposal,late_decision,
                emergency_key,sitting_device,sitting_device_decision,mark,mark_final,marks_freeze,marking_draw,marking_draw_outcome,marking_exclusion,marking_redraw,marking_call,marking_word,marking_kinship,panel_substitute,script_settlement,item_version,form,form_position,form_draft,form_version,form_version_item,form_review,form_seal,sitting_score,
                ranking_run,decision,tie_decision,placement_decision,list_freeze,result_signature,step_up,release_schedule,release_withdrawal,release_document,strike_proposal,strike_decision,release,rule_pack,credential,credential_withdrawal,credential_withdrawal_decision,script,script_identity,migration,item_access,item_calibration}'::text[]) AS t (name)
 CROSS JOIN daily d;

-- Ciphertext is written once; rotation alone, as khoacu_bank, puts a newer one in its place.
SELECT ok(NOT has_table_privilege(d.role, 'khoacu.' || t.name, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
          AND (d.role = 'khoacu_bank' OR NOT has_any_column_privilege(d.role, 'khoacu.' || t.name, 'UPDATE')),
          format('%s does not write %s again', d.role, t.name))
  FROM unnest('{item_text,item_key,item_comment,item_answer,item_review,item_passage,bank_media}'::text[]) AS t (name)
 CROSS JOIN daily d;
SELECT is((SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
            WHERE a.attrelid = ('khoacu.' || t.name)::regclass AND a.attnum > 0 AND has_column_privilege('khoacu_bank', a.attrelid, a.attnum, 'UPDATE')),
          t.columns, format('of %s the role of the banks may change %s', t.name, t.columns))
  FROM (VALUES ('item_text', '{content,extra,generation}'::text[]), ('item_key', '{generation,sealed}'), ('item_comment', '{generation,sealed}'),
               ('item_answer', '{generation,sealed}'), ('item_review', '{generation,sealed}'), ('item_passage', '{generation,sealed}'),
               ('bank_media', '{generation,sealed}'), ('bank_data_key', '{wrapped}'), ('item_version', NULL)) AS t (name, columns);

-- Nobody empties a table, sets triggers or refers to it; the auditor writes nothing; PUBLIC has nothing.
SELECT ok(NOT has_table_privilege(d.role, c.oid, 'TRUNCATE, TRIGGER, REFERENCES'), format('%s only uses %s', d.role, c.relname))
  FROM pg_class c CROSS JOIN daily d
 WHERE c.relnamespace = 'khoacu'::regnamespace AND c.relkind IN ('r', 'p');
SELECT ok(NOT has_table_privilege('khoacu_auditor', c.oid, 'INSERT, DELETE') AND NOT has_any_column_privilege('khoacu_auditor', c.oid, 'INSERT, UPDATE'),
          format('the auditor cannot write %s', c.relname))
  FROM pg_class c
 WHERE c.relnamespace = 'khoacu'::regnamespace AND c.relkind IN ('r', 'p');
SELECT ok(NOT has_any_column_privilege('public', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') AND NOT has_table_privilege('public', c.oid, 'DELETE'),
          format('PUBLIC has no part in %s', c.relname))
  FROM pg_class c
 WHERE c.relnamespace = 'khoacu'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm');
SELECT ok(NOT has_schema_privilege(d.role, 'khoacu', 'CREATE'), format('%s makes nothing in the schema', d.role)) FROM daily d;

-- Secrets of the examination.
SELECT ok(NOT has_any_column_privilege(who, 'khoacu.' || what, 'SELECT'), format('%s cannot read %s', who, what))
  FROM (VALUES ('khoacu_server', 'item_key'), ('khoacu_server', 'script_identity'),
               ('khoacu_auditor', 'item_key'), ('khoacu_auditor', 'script_identity'), ('khoacu_auditor', 'item_text'), ('khoacu_auditor', 'bank_data_key'), ('khoacu_server', 'item_comment'),
               ('khoacu_server', 'ballot_paper'), ('khoacu_worker', 'ballot_paper'), ('khoacu_auditor', 'ballot_paper'), ('khoacu_auditor', 'ballot_slip'),
               ('khoacu_server', 'item_review'), ('khoacu_bank', 'candidate'), ('khoacu_bank', 'response'), ('khoacu_bank', 'script_identity')) AS v (who, what);
SELECT ok(NOT has_column_privilege(who, 'khoacu.' || what, columns, 'SELECT'), format('%s cannot read %s.%s', who, what, columns))
  FROM (VALUES ('khoacu_auditor', 'form', 'seed'), ('khoacu_auditor', 'staff', 'password_hash'), ('khoacu_worker', 'staff', 'password_hash'),
               ('khoacu_auditor', 'candidate', 'access_code_hmac'), ('khoacu_worker', 'candidate', 'access_code_hmac')) AS v (who, what, columns);

-- The roles have no powers of their own, and nobody but an administrator is a member of the owner.
SELECT ok(NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolreplication), format('%s has no powers', r.rolname))
  FROM pg_roles r WHERE r.rolname LIKE 'khoacu\_%';
SELECT ok(NOT pg_has_role(d.role, 'khoacu_owner', 'MEMBER'), format('%s is not the owner', d.role)) FROM daily d WHERE d.role <> 'public';

-- Everything belongs to the owner; functions run as their caller, or fix their search path.
SELECT is(pg_get_userbyid(c.relowner), 'khoacu_owner', format('%s belongs to the owner', c.relname))
  FROM pg_class c WHERE c.relnamespace = 'khoacu'::regnamespace;
SELECT ok(NOT p.prosecdef OR coalesce(p.proconfig::text LIKE '%search_path=%', false), format('%s fixes its search path', p.proname))
  FROM pg_proc p WHERE p.pronamespace = 'khoacu'::regnamespace;
SELECT ok(NOT p.prosecdef OR NOT has_function_privilege('public', p.oid, 'EXECUTE'), format('%s lends its rights to named roles alone', p.proname))
  FROM pg_proc p WHERE p.pronamespace = 'khoacu'::regnamespace;

SELECT * FROM finish();
ROLLBACK;
