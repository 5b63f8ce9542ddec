#include "handlers.h"

#include "khoacu/base/banned.h"

/* What a body may be, and how long. */
#define NO_BODY .body_max = 0, .body_type = NULL
#define JSON_KIB(n) .body_max = (size_t)(n)*1024, .body_type = "application/json"
#define CSV_KIB(n) .body_max = (size_t)(n)*1024, .body_type = "text/csv"
#define ANY_KIB(n) .body_max = (size_t)(n)*1024, .body_type = NULL

/* A row of the interface: api_<name> in server/api/<name>.c answers it. */
#define ROUTE(method_, path_, permission_, lane_, name_, body_)                                                        \
    {                                                                                                                  \
        .method = HTTP_##method_, .path = path_, .permission = PERM_##permission_, .lane = LANE_##lane_,               \
        .name = #name_, .handle = (void (*)(void))api_##name_, body_                                                   \
    }
/* A page or asset of the web applications. */
#define STATIC(path_) ROUTE(GET, path_, PUBLIC, LOOP, static_get, NO_BODY)

/* clang-format off */
const struct http_route API_ROUTES[] = {
    /* method, path, permission, lane, name, longest body and its type */
    STATIC("/"),
    STATIC("/thi"),
    STATIC("/thi/"),
    STATIC("/can-bo"),
    STATIC("/can-bo/"),
    STATIC("/ket-qua"),
    STATIC("/ket-qua/"),
    STATIC("/favicon.ico"),
    STATIC("/kiem-tra"),
    STATIC("/verify/{code}"),
    STATIC("/assets/{a}"),
    STATIC("/assets/{a}/{b}"),
    STATIC("/assets/{a}/{b}/{c}"),
    STATIC("/assets/{a}/{b}/{c}/{d}"),

    /* everybody */
    ROUTE(GET,    "/api/v1/clock",                     PUBLIC,    LOOP, clock_get,              NO_BODY),
    ROUTE(GET,    "/api/v1/openapi.json",              PUBLIC,    LOOP, openapi_get,            NO_BODY),
    ROUTE(POST,   "/api/v1/candidate-logins",          PUBLIC,    WORK, candidate_login_post,   JSON_KIB(1)),
    ROUTE(POST,   "/api/v1/logins",                    PUBLIC,    SLOW, login_post,             JSON_KIB(2)),
    ROUTE(GET,    "/api/v1/releases",                  PUBLIC,    WORK, release_list,           NO_BODY),
    ROUTE(GET,    "/api/v1/releases/{cycle_code}",     PUBLIC,    WORK, release_get,            NO_BODY),
    ROUTE(GET,    "/api/v1/releases/{cycle_code}/list.json", PUBLIC, WORK, release_json,        NO_BODY),
    ROUTE(GET,    "/api/v1/releases/{cycle_code}/list.csv", PUBLIC, WORK, release_csv,          NO_BODY),
    ROUTE(POST,   "/api/v1/releases/{cycle_code}/lookup", PUBLIC, WORK, release_lookup,         JSON_KIB(1)),
    ROUTE(GET,    "/api/v1/verifications/{code}",      PUBLIC,    WORK, verification_get,       NO_BODY),

    /* the candidate */
    ROUTE(PUT,    "/api/v1/sittings/{id}/responses/{position}", CANDIDATE, LOOP, sitting_response_put, JSON_KIB(256)),
    ROUTE(DELETE, "/api/v1/candidate-logins/current",  CANDIDATE, WORK, candidate_login_delete, NO_BODY),
    ROUTE(GET,    "/api/v1/sittings/own",              CANDIDATE, WORK, sitting_own_get,        NO_BODY),
    ROUTE(POST,   "/api/v1/sittings/{id}/start",       CANDIDATE, WORK, sitting_start_post,     JSON_KIB(1)),
    ROUTE(GET,    "/api/v1/sittings/{id}/paper",       CANDIDATE, WORK, sitting_paper_get,      NO_BODY),
    ROUTE(GET,    "/api/v1/sittings/{id}/responses",   CANDIDATE, WORK, sitting_responses_get,  NO_BODY),
    ROUTE(POST,   "/api/v1/sittings/{id}/submit",      CANDIDATE, WORK, sitting_submit_post,    JSON_KIB(1)),
    ROUTE(GET,    "/api/v1/sittings/{id}/receipt",     CANDIDATE, WORK, sitting_receipt_get,    NO_BODY),
    ROUTE(GET,    "/api/v1/sittings/{id}/sealed-paper", CANDIDATE, WORK, sealed_paper_get,     NO_BODY),
    ROUTE(POST,   "/api/v1/sittings/{id}/files",       CANDIDATE, SLOW, sitting_file_post,     ANY_KIB(20 * 1024)),
    ROUTE(GET,    "/api/v1/sittings/own/media/{sha256}", CANDIDATE, WORK, sitting_media_get,   NO_BODY),
    ROUTE(POST,   "/api/v1/sittings/{id}/late-responses", CANDIDATE, WORK, sitting_late_post,   JSON_KIB(4 * 1024)),

    /* any staff */
    ROUTE(GET,    "/api/v1/logins/current",            STAFF,     WORK, login_get,              NO_BODY),
    ROUTE(DELETE, "/api/v1/logins/current",            STAFF,     WORK, login_delete,           NO_BODY),
    ROUTE(PUT,    "/api/v1/staff/current/password",    STAFF,     SLOW, password_put,           JSON_KIB(2)),
    ROUTE(POST,   "/api/v1/imports/{kind}",            STAFF,     SLOW, import_post,            CSV_KIB(16 * 1024)),
    ROUTE(GET,    "/api/v1/imports/{kind}/template.csv", STAFF,   WORK, import_template_get,    NO_BODY),
    ROUTE(GET,    "/api/v1/jobs/{id}",                 STAFF,     WORK, job_get,                NO_BODY),
    ROUTE(POST,   "/api/v1/jobs/{id}/cancel",          RESULT_RUN, WORK, job_cancel_post,       JSON_KIB(1)),

    /* invigilators */
    ROUTE(POST,   "/api/v1/shifts/{id}/close",         HALL,      WORK, shift_close_post,       JSON_KIB(16)),
    ROUTE(POST,   "/api/v1/shifts/{id}/adjustments",   HALL,      WORK, adjustment_post,        JSON_KIB(16)),
    ROUTE(GET,    "/api/v1/shifts/{id}/adjustments",   HALL,      WORK, adjustment_list,        NO_BODY),
    ROUTE(POST,   "/api/v1/adjustments/{id}/approve",  HALL,      WORK, adjustment_approve_post, JSON_KIB(16)),
    ROUTE(GET,    "/api/v1/shifts/{id}/devices",       HALL,      WORK, device_list,            NO_BODY),
    ROUTE(POST,   "/api/v1/sittings/{id}/device-decision", HALL,  WORK, device_decide_post,     JSON_KIB(16)),
    ROUTE(GET,    "/api/v1/shifts/{id}/late-answers",  HALL,      WORK, late_list,              NO_BODY),
    ROUTE(POST,   "/api/v1/late-answers/{id}/proposal", HALL,     WORK, late_propose_post,      JSON_KIB(16)),
    ROUTE(POST,   "/api/v1/late-answers/{id}/confirmation", HALL, WORK, late_confirm_post,      JSON_KIB(1)),
    ROUTE(POST,   "/api/v1/shifts/{id}/emergency-files", HALL,    WORK, emergency_file_post,    ANY_KIB(8 * 1024)),

    /* cycles, banks, forms, shifts */
    ROUTE(GET,    "/api/v1/cycles",                    CYCLE_READ, WORK, cycle_list,            NO_BODY),
    ROUTE(POST,   "/api/v1/cycles",                    CYCLE_WRITE, WORK, cycle_post,           JSON_KIB(256)),
    ROUTE(GET,    "/api/v1/cycles/{code}",             CYCLE_READ, WORK, cycle_get,             NO_BODY),
    ROUTE(GET,    "/api/v1/cycles/{code}/candidates",  CYCLE_READ, WORK, cycle_candidates_list, NO_BODY),
    ROUTE(POST,   "/api/v1/cycles/{code}/access-codes", CYCLE_WRITE, SLOW, access_codes_post,   JSON_KIB(16)),
    ROUTE(GET,    "/api/v1/items",                     BANK_READ, WORK, item_list,              NO_BODY),
    ROUTE(GET,    "/api/v1/banks",                     BANK_READ, WORK, bank_list,             NO_BODY),
    ROUTE(POST,   "/api/v1/banks",                     BANK_WRITE, WORK, bank_post,            JSON_KIB(4)),
    ROUTE(GET,    "/api/v1/banks/{bank}",              BANK_READ, WORK, bank_get,              NO_BODY),
    ROUTE(PATCH,  "/api/v1/banks/{bank}",              BANK_WRITE, WORK, bank_patch,           JSON_KIB(4)),
    ROUTE(GET,    "/api/v1/banks/{bank}/members",      BANK_READ, WORK, bank_members_get,      NO_BODY),
    ROUTE(PUT,    "/api/v1/banks/{bank}/members",      BANK_WRITE, WORK, bank_members_put,     JSON_KIB(256)),
    ROUTE(GET,    "/api/v1/banks/{bank}/topics",       BANK_READ, WORK, bank_topic_list,       NO_BODY),
    ROUTE(GET,    "/api/v1/banks/{bank}/health",       BANK_READ, SLOW, bank_health_get,       NO_BODY),
    ROUTE(POST,   "/api/v1/items",                     BANK_WRITE, WORK, item_post,            JSON_KIB(1200)),
    ROUTE(GET,    "/api/v1/items/{id}",                BANK_READ, WORK, item_get,              NO_BODY),
    ROUTE(POST,   "/api/v1/items/{id}/versions",       BANK_WRITE, WORK, item_version_post,    JSON_KIB(1200)),
    ROUTE(POST,   "/api/v1/items/{id}/state",          BANK_WRITE, WORK, item_state_post,      JSON_KIB(32)),
    ROUTE(POST,   "/api/v1/items/{id}/comments",       BANK_READ, WORK, item_comment_post,     JSON_KIB(32)),
    ROUTE(POST,   "/api/v1/items/{id}/comments/{number}/answer",BANK_READ, WORK, item_answer_post,JSON_KIB(32)),
    ROUTE(POST,   "/api/v1/items/{id}/reviews",        BANK_REVIEW, WORK, item_review_post,    JSON_KIB(32)),
    ROUTE(GET,    "/api/v1/items/{id}/duplicates",     BANK_READ, WORK, item_duplicates_get,   NO_BODY),
    ROUTE(GET,    "/api/v1/items/{id}/diff",           BANK_READ, WORK, item_diff_get,         NO_BODY),
    ROUTE(POST,   "/api/v1/bank-imports",              BANK_WRITE, SLOW, bank_import_post,     ANY_KIB(64 * 1024)),
    ROUTE(POST,   "/api/v1/bank-import-columns",       BANK_WRITE, SLOW, bank_import_columns_post, ANY_KIB(64 * 1024)),
    ROUTE(GET,    "/api/v1/bank-import-template",      BANK_READ, WORK, bank_import_template_get, NO_BODY),
    ROUTE(GET,    "/api/v1/banks/{bank}/export",       BANK_READ, SLOW, bank_export_get,       NO_BODY),
    ROUTE(POST,   "/api/v1/item-preview",              BANK_WRITE, WORK, item_preview_post,    JSON_KIB(1200)),
    ROUTE(POST,   "/api/v1/formulas",                  BANK_WRITE, WORK, formula_post,         JSON_KIB(32)),
    ROUTE(GET,    "/api/v1/items/{id}/access",         BANK_READ, WORK, item_access_get,       NO_BODY),
    ROUTE(POST,   "/api/v1/item-acts",                 BANK_WRITE, SLOW, item_act_post,        JSON_KIB(128)),
    ROUTE(POST,   "/api/v1/item-acts/{id}/undo",       BANK_WRITE, SLOW, item_act_undo_post,   JSON_KIB(1)),
    ROUTE(PUT,    "/api/v1/media",                     BANK_WRITE, SLOW, media_put,            ANY_KIB(8 * 1024)),
    ROUTE(GET,    "/api/v1/media/{sha256}",            BANK_READ, WORK, media_get,             NO_BODY),
    ROUTE(POST,   "/api/v1/cycles/{code}/forms",       FORM_SEAL, SLOW, form_post,              JSON_KIB(32)),
    ROUTE(GET,    "/api/v1/forms",                     FORM_SEAL, WORK, form_list,              NO_BODY),
    ROUTE(GET,    "/api/v1/forms/{id}",                FORM_SEAL, WORK, form_get,               NO_BODY),
    ROUTE(POST,   "/api/v1/forms/{id}/versions",       FORM_SEAL, SLOW, form_version_post,      JSON_KIB(32)),
    ROUTE(POST,   "/api/v1/forms/{id}/reviews",        FORM_SEAL, WORK, form_review_post,       JSON_KIB(32)),
    ROUTE(POST,   "/api/v1/forms/{id}/seal",           FORM_SEAL, WORK, form_seal_post,         JSON_KIB(1)),
    ROUTE(GET,    "/api/v1/forms/{id}/booklet.pdf",    FORM_SEAL, SLOW, form_booklet_get,       NO_BODY),
    ROUTE(GET,    "/api/v1/forms/{id}/answer-sheet.pdf", FORM_SEAL, SLOW, form_answer_sheet_get, NO_BODY),
    ROUTE(GET,    "/api/v1/forms/{id}/key.pdf",        FORM_SEAL, SLOW, form_key_get,           NO_BODY),
    ROUTE(POST,   "/api/v1/cycles/{code}/shifts",      CYCLE_WRITE, SLOW, shift_post,           JSON_KIB(2)),
    ROUTE(GET,    "/api/v1/shifts/{id}/live",          HALL,      WORK, shift_live_get,         NO_BODY),

    /* marking and results */
    ROUTE(POST,   "/api/v1/cycles/{code}/round2",      CYCLE_WRITE, WORK, round2_post,          JSON_KIB(64)),
    ROUTE(GET,    "/api/v1/scripts",                   MARK,      WORK, script_list,            NO_BODY),
    ROUTE(PUT,    "/api/v1/scripts/{blind_id}/mark",   MARK,      WORK, script_mark_put,        JSON_KIB(16)),
    ROUTE(POST,   "/api/v1/cycles/{code}/marks-freeze", RESULT_RUN, WORK, marks_freeze_post,    JSON_KIB(16)),
    ROUTE(POST,   "/api/v1/cycles/{code}/runs",        RESULT_RUN, WORK, run_post,              JSON_KIB(16)),
    ROUTE(GET,    "/api/v1/cycles/{code}/runs",        RESULT_READ, WORK, run_list,             NO_BODY),
    ROUTE(GET,    "/api/v1/runs/{id}",                 RESULT_READ, WORK, run_get,              NO_BODY),
    ROUTE(GET,    "/api/v1/runs/{id}/decisions",       RESULT_READ, WORK, run_decisions_list,   NO_BODY),
    ROUTE(POST,   "/api/v1/cycles/{code}/tie-decisions", RESULT_RUN, WORK, tie_decision_post,   JSON_KIB(64)),
    ROUTE(POST,   "/api/v1/runs/{id}/approval",        RESULT_APPROVE, WORK, run_approve_post,  JSON_KIB(16)),
    ROUTE(POST,   "/api/v1/runs/{id}/release",         RESULT_RUN, WORK, run_publish_post,      JSON_KIB(1)),

    /* blueprints and the forms assembled by them */
    ROUTE(GET,    "/api/v1/blueprints",                BANK_READ, WORK, blueprint_list,         NO_BODY),
    ROUTE(POST,   "/api/v1/blueprints",                BANK_WRITE, WORK, blueprint_post,        JSON_KIB(264)),
    ROUTE(GET,    "/api/v1/blueprints/{id}",           BANK_READ, WORK, blueprint_get,          NO_BODY),
    ROUTE(PUT,    "/api/v1/blueprints/{id}",           BANK_WRITE, WORK, blueprint_put,         JSON_KIB(264)),
    ROUTE(POST,   "/api/v1/blueprints/{id}/assemble",  FORM_SEAL, SLOW, blueprint_assemble_post, JSON_KIB(1)),
    ROUTE(GET,    "/api/v1/assemblies/{id}",           FORM_SEAL, WORK, assembly_get,           NO_BODY),
    ROUTE(POST,   "/api/v1/assemblies/{id}/stop",      FORM_SEAL, WORK, assembly_stop_post,     JSON_KIB(1)),

    /* administrators */
    ROUTE(GET,    "/api/v1/staff",                     ACCOUNTS,  WORK, staff_list,             NO_BODY),

    /* inspectors */
    ROUTE(GET,    "/api/v1/audit-events",              AUDIT_READ, WORK, audit_list,            NO_BODY),
    {0},
};
/* clang-format on */
