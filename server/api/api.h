/* api.h: where the interface meets the domain: what a handler has, and how it answers.
 *
 * One file per endpoint. A handler reads its input by a field table (api_read: all fields or one 400 that names every
 * bad one), calls ONE domain operation, maps its verdict in a switch without default, and fills the reply. The guard
 * has run before: the actor is known and holds the route's permission, the request is no forgery, the rate is fair.
 *
 * To add an endpoint: a row in routes.c, a declaration in handlers.h, server/api/<name>.c, a path in openapi.json.
 *
 * Used by: every file of server/api, main. Threads: struct api belongs to one request; struct api_state is shared and
 * constant after api_state_init, but for what its members guard themselves.
 */
#ifndef KHOACU_SERVER_API_API_H
#define KHOACU_SERVER_API_API_H

#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/http/http.h"
#include "khoacu/identity/identity.h"
#include "khoacu/json/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- permissions: which roles hold which stands in permissions.c ---- */

/* X(name, key in login_get's list of permissions). The order of anybody, candidate, staff matters to the guard. */
#define API_PERMISSION_TABLE(X)                                                                                        \
    X(PUBLIC, "public")                                                                                                \
    X(CANDIDATE, "candidate")                                                                                          \
    X(OWN, "own") /* one's own log-in and password */                                                                  \
    X(STAFF, "staff")                                                                                                  \
    X(ACCOUNTS, "accounts")                                                                                            \
    X(CYCLE_READ, "cycle-read")                                                                                        \
    X(CYCLE_WRITE, "cycle-write")                                                                                      \
    X(PACK_WRITE, "pack-write")                                                                                        \
    X(BANK_READ, "bank-read")                                                                                          \
    X(BANK_WRITE, "bank-write")                                                                                        \
    X(BANK_REVIEW, "bank-review")                                                                                      \
    X(FORM_SEAL, "form-seal")                                                                                          \
    X(HALL, "hall")                                                                                                    \
    X(MARK, "mark")                                                                                                    \
    X(MARK_LEAD, "mark-lead")                                                                                          \
    X(CHAIR, "chair")                                                                                          \
    X(PANEL, "panel")                                                                                                  \
    X(PANEL_READ, "panel-read")                                                                                        \
    X(PANEL_MAKE, "panel-make")                                                                                        \
    X(SCRIPT, "script")                                                                                          \
    X(RESULT_READ, "result-read")                                                                                      \
    X(RESULT_RUN, "result-run")                                                                                        \
    X(RESULT_APPROVE, "result-approve")                                                                                \
    X(APPEAL_READ, "appeal-read")                                                                                      \
    X(APPEAL_WORD, "appeal-word")                                                                                      \
    X(AUDIT_READ, "audit-read")

enum api_permission {
    PERM_UNSAID, /* zero: a route that forgot its permission; the server does not start */
#define X(name, key) PERM_##name,
    API_PERMISSION_TABLE(X)
#undef X
        PERM_COUNT
};
const char *api_permission_key(enum api_permission permission);
/* Whether the actor holds it. PERM_UNSAID is held by nobody. */
bool api_permitted(const struct identity_actor *actor, enum api_permission permission);

/* ---- what lives as long as the server ---- */

#define API_LOOPS_MAX 64

struct bank_index;
struct bank_vault;
struct form_cache;
struct sitting_journal;
struct api_limits;
struct api_tokens;
struct api_metrics;
struct api_assets;
struct api_hall_hub;
struct opening;
struct presence;
struct seb_judged;
struct seb_watch;

struct api_config {
    const struct identity_secret *secret;
    const char *trusted_proxy; /* address whose X-Forwarded-For is believed; NULL or "": none */
    const char *sign_key;      /* file of the key that signs documents */
    int64_t saves_per_s;       /* of one candidate, with bursts of five times that; 0: not limited */
    bool limits_off;           /* no rate limits at all: for load tests alone */
    const char *version;       /* of the program */
    const char *public_url;    /* under which the public finds the pages, without a slash at its end; in QR codes */
};
struct api_state {
    struct api_config config;
    struct api_limits *limits;     /* token buckets */
    struct api_tokens *tokens;     /* candidate log-ins known to this process, for the loop lane */
    struct api_metrics *metrics;   /* counters */
    struct api_assets *assets;     /* files of the web applications with their entity tags */
    struct form_cache *forms;      /* set by main */
    struct bank_vault *vault;      /* set by main */
    struct bank_index *items;      /* of the banks, opened */
    struct presence *presence;     /* of candidates' machines; main flushes it */
    struct opening *opening;       /* papers opened together */
    struct seb_watch *seb;         /* halls that ask for the locked browser; main renews it */
    struct api_hall_hub *hall;     /* set by main: who listens to which hall */
    struct work_pool *work, *slow; /* set by main, for metrics; may be NULL */
    _Atomic bool draining;         /* set by main at SIGTERM: /readyz says no */
    struct {                       /* set by main before the loops run */
        struct loop *loop;
        struct sitting_journal *journal;
    } loops[API_LOOPS_MAX];
    size_t loop_count;
};
/* Requires: crypto_init. Stops with ERR_STATE when a route has no permission or is there twice. */
enum err api_state_init(struct api_state *state, const struct api_config *config) MUST_CHECK;
void api_state_release(struct api_state *state);

/* The tables for http_config, and its two callbacks: ctx is the struct api_state, slot the worker's struct api_slot, NULL on
 * a loop. */
extern const struct http_route API_ROUTES[];
extern const struct http_route API_ADMIN_ROUTES[]; /* second server on the admin port */
bool api_dispatch(void *ctx, void *slot, struct http_request *request, struct http_reply *reply);
void api_observe(void *ctx, const struct http_route *route, int status, int64_t duration_us);

/* What a worker thread has for its requests. */
struct api_slot {
    struct db *db;             /* as khoacu_server */
    struct db *bank;           /* as khoacu_bank, opened at first use; NULL before */
    const char *bank_conninfo; /* lives as long as the server */
};

/* ---- one request ---- */

struct api {
    struct db *db; /* this worker's connection as khoacu_server; NULL on the loop lane */
    struct identity_actor actor;
    int64_t now_us; /* platform time when the request was complete: use this, not the clock */
    struct api_slot *slot; /* of the worker; use api_desk */
    const struct seb_judged *seb; /* what this request of a candidate says of the locked browser; NULL: it is not asked for */
    bool kept;      /* a LANE_LOOP handler that keeps request->exchange sets it */
    const struct api_state *state;
};
/* Who acts on banks, with this worker's connection as khoacu_bank and the request's arena. False: the reply is filled. */
struct bank_desk;
bool api_desk(struct api *api, struct http_request *request, struct http_reply *reply, struct bank_desk *ret_desk);
typedef void api_handler(struct api *api, struct http_request *request, struct http_reply *reply);
/* The journal of the loop that serves the request, or NULL. */
struct sitting_journal *api_journal(const struct api *api, const struct http_request *request);
/* The address that counts for limits: the peer's, or the last one before the trusted proxy. */
const char *api_client(const struct api_state *state, const struct http_request *request);

/* Input. Each returns false after it has filled the reply with the problem. */
bool api_read(struct http_request *request, struct http_reply *reply, const struct json_field *fields, void *target);
bool api_param_id(const struct http_request *request, struct http_reply *reply, size_t index, int64_t *ret_id);
bool api_param_int(const struct http_request *request, struct http_reply *reply, size_t index, int64_t min, int64_t max,
                   int64_t *ret_number);
/* Query parameters; absent leaves *ret alone. */
bool api_query_id(const struct http_request *request, struct http_reply *reply, const char *name, int64_t *ret_id);
bool api_query_int(const struct http_request *request, struct http_reply *reply, const char *name, int64_t min,
                   int64_t max, int64_t *ret_number);
bool api_query_bool(const struct http_request *request, struct http_reply *reply, const char *name, bool *ret_truth);
/* lang: "vi" (default) or "en". */
bool api_query_lang(struct http_request *request, struct http_reply *reply, const char **ret_lang);
/* after (up to 200 bytes, "" when absent) and limit (1..200, default 50). */
struct api_page {
    const char *after;
    size_t limit;
};
bool api_query_page(const struct http_request *request, struct http_reply *reply, struct api_page *ret_page);
/* The same of a list that goes on after an id (0 when absent). */
bool api_query_page_id(const struct http_request *request, struct http_reply *reply, struct api_page *ret_page, int64_t *ret_after);

/* The person's password once more, for one act on one subject (identity_step_up). Requires: LANE_SLOW. */
bool api_step_up(struct api *api, struct http_request *request, struct http_reply *reply, const char *password, const char *act,
                 int64_t subject_id, int64_t *ret_step_up_id);
/* The second officer's word on a proposal, the id of which is the first parameter of the path: {verdict: confirmed or refused, reason,
 * password}, and the password is right. Requires: LANE_SLOW. */
struct api_confirmation {
    int64_t id, step_up_id;
    bool confirm;
    const char *reason;
};
bool api_read_confirmation(struct api *api, struct http_request *request, struct http_reply *reply, const char *act,
                           struct api_confirmation *ret_confirmation);

/* Output. A JSON body: init a writer on it, write, then api_json with the status. */
struct json_writer api_writer(struct http_reply *reply);
void api_json(struct http_reply *reply, const struct http_request *request, int status);
/* 202 for what a worker will do: {"job_id", NAME: id}; name NULL: the job alone. */
void api_accepted(struct http_reply *reply, const struct http_request *request, int64_t job_id, const char *name, int64_t id);
/* Lists are {"items":[…]}: opened, rows written by the caller, then closed and answered with 200. A page says which is
 * `next` (NULL: it is the last), most pages how many there are in `total`. */
struct json_writer api_list_open(struct http_reply *reply);
void api_list_close(struct http_reply *reply, const struct http_request *request, struct json_writer *writer);
void api_list_next(struct http_reply *reply, const struct http_request *request, struct json_writer *writer, const char *next);
void api_list_page(struct http_reply *reply, const struct http_request *request, struct json_writer *writer, const char *next,
                   int64_t total);
/* The end of a page whose array is closed already, where other members stand behind it. */
void api_close_list(struct json_writer *writer, const char *next, int64_t total);
/* A file to be saved. `name` is ASCII without quotes. The body is filled already. */
void api_attachment(struct http_reply *reply, const struct http_request *request, const char *type, const char *name);
void api_no_content(struct http_reply *reply);

/* Problem documents. */
void api_problem(struct http_reply *reply, const struct http_request *request, int status, const char *code,
                 const char *title);
/* The same with further members between open and close. */
struct json_writer api_problem_open(struct http_reply *reply, const struct http_request *request, int status,
                                    const char *code, const char *title);
void api_problem_close(struct http_reply *reply, const struct http_request *request, struct json_writer *writer);
void api_not_found(struct http_reply *reply, const struct http_request *request);
/* 400 `invalid` that names each field. */
void api_invalid(struct http_reply *reply, const struct http_request *request, const struct json_misfits *misfits);
/* 400 `invalid` for one field that the table could not judge. */
void api_invalid_field(struct http_reply *reply, const struct http_request *request, const char *path,
                       const char *rule);
/* 401 `not-signed-in` with the reason `other-device`: the sitting is at another machine now; `decided`: an invigilator has said so. */
void api_other_device(struct http_reply *reply, const struct http_request *request, bool decided);
/* 429 or 503 with Retry-After. */
void api_too_many(struct http_reply *reply, const struct http_request *request, int retry_after_s);
void api_overload(struct http_reply *reply, const struct http_request *request);
/* A failure of the machinery: logs it with the request id, answers by err_status. */
void api_failure(const struct api *api, struct http_reply *reply, const struct http_request *request, enum err err);

/* Cookies. */
#define API_COOKIE_STAFF "__Host-khoacu"
#define API_COOKIE_CANDIDATE "__Host-khoacu-sitting"
#define API_COOKIE_DEVICE "__Host-khoacu-device" /* by which a machine is known again */
void api_set_cookie(struct http_reply *reply, const struct http_request *request, const char *name, const char *token,
                    int64_t max_age_s);
void api_clear_cookie(struct http_reply *reply, const struct http_request *request, const char *name);

#endif
