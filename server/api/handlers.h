/* handlers.h: one handler per route of routes.c, in its order. */
#ifndef KHOACU_SERVER_API_HANDLERS_H
#define KHOACU_SERVER_API_HANDLERS_H

#include "api.h"

api_handler api_sitting_response_put;
api_handler api_static_get;
api_handler api_clock_get;
api_handler api_openapi_get;
api_handler api_login_post;
api_handler api_login_get;
api_handler api_login_delete;
api_handler api_candidate_login_post;
api_handler api_candidate_login_delete;
api_handler api_password_put;
api_handler api_cycle_list;
api_handler api_cycle_post;
api_handler api_cycle_get;
api_handler api_cycle_candidates_list;
api_handler api_access_codes_post;
api_handler api_item_list;
api_handler api_form_post;
api_handler api_shift_post;
api_handler api_shift_live_get;
api_handler api_staff_list;
api_handler api_import_post;
api_handler api_import_template_get;
api_handler api_sitting_own_get;
api_handler api_sitting_start_post;
api_handler api_sitting_paper_get;
api_handler api_sitting_responses_get;
api_handler api_sitting_submit_post;
api_handler api_sitting_receipt_get;
api_handler api_shift_close_post;
api_handler api_job_get;
api_handler api_audit_list;
api_handler api_release_list;
api_handler api_release_get;
api_handler api_release_json;
api_handler api_release_csv;
api_handler api_release_lookup;
api_handler api_round2_post;
api_handler api_script_list;
api_handler api_script_mark_put;
api_handler api_marks_freeze_post;
api_handler api_run_post;
api_handler api_run_list;
api_handler api_run_get;
api_handler api_run_decisions_list;
api_handler api_tie_decision_post;
api_handler api_run_approve_post;
api_handler api_run_publish_post;

#endif
