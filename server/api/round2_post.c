#include "handlers.h"

#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

struct input {
    const struct json *examiners;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, examiners, JSON_ARRAY, false, 0, 2000),
    {0},
};

/* The log-in names; false after it has filled the reply. */
static bool read_logins(struct http_request *request, struct http_reply *reply, const struct json *list,
                        const char ***ret_logins) {
    const char **logins = ARENA_ARRAY(request->arena, json_count(list), const char *);
    for (size_t i = 0; logins && i < json_count(list); i++) {
        logins[i] = json_text(json_at(list, i));
        if (!logins[i]) {
            const char *path = arena_printf(request->arena, "examiners[%zu]", i);
            api_invalid_field(reply, request, path ? path : "examiners", "kind");
            return false;
        }
    }
    *ret_logins = logins;
    return true;
}

void api_round2_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    const char **logins = NULL, *unknown = NULL;
    enum result_round2_verdict verdict;
    int64_t job_id = 0, missing = 0;
    if (!api_read(request, reply, FIELDS, &input) || !read_logins(request, reply, input.examiners, &logins))
        return;
    enum err err =
        logins ? result_round2_request(api->db, request->arena, api->actor.staff_id, request->params[0], logins,
                                       json_count(input.examiners), api->now_us, &verdict, &job_id, &missing, &unknown)
               : ERR_MEMORY;
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer;
    switch (verdict) {
    case RESULT_ROUND2_REQUESTED:
        api_accepted(reply, request, job_id, NULL, 0);
        return;
    case RESULT_ROUND2_NO_CYCLE:
        api_not_found(reply, request);
        return;
    case RESULT_ROUND2_INCOMPLETE:
        writer = api_problem_open(reply, request, 409, "round1-incomplete", "Round 1 is not counted for everybody");
        json_member_int(&writer, "missing", missing);
        api_problem_close(reply, request, &writer);
        return;
    case RESULT_ROUND2_UNSETTLED:
        writer = api_problem_open(reply, request, 409, "part-unsettled", "Scripts of the written part are not settled");
        json_member_int(&writer, "missing", missing);
        api_problem_close(reply, request, &writer);
        return;
    case RESULT_ROUND2_OPEN:
        api_problem(reply, request, 409, "already-open", "Round 2 is open already");
        return;
    case RESULT_ROUND2_NO_EXAMINERS:
        api_problem(reply, request, 409, "no-examiners", "There is no active examiner");
        return;
    case RESULT_ROUND2_NOT_EXAMINER:
        writer = api_problem_open(reply, request, 409, "not-examiner", "One of the names is no active examiner");
        json_member_text(&writer, "login_name", unknown);
        api_problem_close(reply, request, &writer);
        return;
    }
}
