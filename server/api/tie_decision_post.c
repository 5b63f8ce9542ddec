#include "handlers.h"

#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

struct input {
    const struct json *order;
    const char *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, order, JSON_ARRAY, true, 2, 1000),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 10, 2000),
    {0},
};

static void refuse_place(struct http_reply *reply, const struct http_request *request, size_t place, const char *rule) {
    const char *path = arena_printf(request->arena, "order[%zu]", place);
    api_invalid_field(reply, request, path ? path : "order", rule);
}

/* The roll numbers; false after it has filled the reply. */
static bool read_order(struct http_request *request, struct http_reply *reply, const struct json *order,
                       const char ***ret_rolls) {
    const char **rolls = ARENA_ARRAY(request->arena, json_count(order), const char *);
    for (size_t i = 0; rolls && i < json_count(order); i++) {
        rolls[i] = json_text(json_at(order, i));
        if (!rolls[i]) {
            refuse_place(reply, request, i, "kind");
            return false;
        }
    }
    *ret_rolls = rolls;
    return true;
}

void api_tie_decision_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    const char **rolls = NULL;
    enum result_tie_verdict verdict;
    size_t place = 0;
    int64_t number = 0;
    if (!api_read(request, reply, FIELDS, &input) || !read_order(request, reply, input.order, &rolls))
        return;
    enum err err =
        rolls ? result_tie_record(api->db, request->arena, api->actor.staff_id, request->params[0], rolls,
                                  json_count(input.order), input.reason, api->now_us, &verdict, &place, &number)
              : ERR_MEMORY;
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer;
    switch (verdict) {
    case RESULT_TIE_RECORDED:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_int(&writer, "number", number);
        json_close_object(&writer);
        api_json(reply, request, 200);
        return;
    case RESULT_TIE_NO_CYCLE:
        api_not_found(reply, request);
        return;
    case RESULT_TIE_UNKNOWN_ROLL:
        refuse_place(reply, request, place, "unknown");
        return;
    case RESULT_TIE_DUPLICATE_ROLL:
        refuse_place(reply, request, place, "unique");
        return;
    }
}
