#include "handlers.h"

#include "khoacu/form/form.h"

#include "khoacu/base/banned.h"

struct body {
    const char *code, *bank;
    const struct json *topics;
    int64_t seed;
};

static const struct json_field BODY[] = {
    JSON_FIELD(struct body, code, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct body, bank, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct body, topics, JSON_ARRAY, true, 1, FORM_TOPICS_MAX),
    JSON_FIELD(struct body, seed, JSON_INT, false, 1, INT64_MAX),
    {0},
};
static const struct json_field TOPIC[] = {
    JSON_FIELD(struct form_topic, topic, JSON_STRING, true, 2, 60),
    JSON_FIELD(struct form_topic, count, JSON_INT, true, 1, 200),
    {0},
};

static bool read_topics(struct http_request *request, struct http_reply *reply, const struct json *list, struct form_topic *topics) {
    struct json_misfits misfits = {.count = 0};
    bool fit = true;
    for (size_t i = 0; i < json_count(list); i++)
        fit = json_fit(request->arena, json_at(list, i), TOPIC, &topics[i], &misfits) && fit;
    if (!fit)
        api_invalid(reply, request, &misfits);
    return fit;
}

static void put_shortage(struct http_request *request, struct http_reply *reply, const struct form_request *form) {
    struct json_writer writer = api_problem_open(reply, request, 409, "too-few-items", "The bank has too few items for a topic");
    json_put_key(&writer, "topics");
    json_open_array(&writer);
    for (size_t i = 0; i < form->topic_count; i++) {
        if (form->topics[i].available >= form->topics[i].count)
            continue;
        json_open_object(&writer);
        json_member_text(&writer, "topic", form->topics[i].topic);
        json_member_int(&writer, "asked", form->topics[i].count);
        json_member_int(&writer, "available", form->topics[i].available);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    api_problem_close(reply, request, &writer);
}

static void answer(struct http_request *request, struct http_reply *reply, enum form_verdict verdict, const struct form_request *form,
                   const struct form_sealed *sealed) {
    struct json_writer writer;
    switch (verdict) {
    case FORM_SEALED:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_id(&writer, "id", sealed->form_id);
        json_member_text(&writer, "code", form->code);
        json_member_int(&writer, "item_count", sealed->item_count);
        json_member_text(&writer, "sha256", sealed->sha256);
        json_close_object(&writer);
        api_json(reply, request, 201);
        return;
    case FORM_CYCLE_UNKNOWN:
        api_not_found(reply, request);
        return;
    case FORM_BANK_UNKNOWN:
        api_invalid_field(reply, request, "bank", "unknown-value");
        return;
    case FORM_CODE_TAKEN:
        api_problem(reply, request, 409, "code-taken", "A form of this code exists already");
        return;
    case FORM_TOO_FEW_ITEMS:
        put_shortage(request, reply, form);
        return;
    case FORM_SIZE_WRONG:
        api_invalid_field(reply, request, "topics", "count");
        return;
    }
}

void api_form_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct body body = {0};
    struct form_topic topics[FORM_TOPICS_MAX] = {0};
    if (!api_read(request, reply, BODY, &body) || !read_topics(request, reply, body.topics, topics))
        return;
    struct form_request form = {.cycle_code = request->params[0], .code = body.code, .bank_code = body.bank, .topics = topics,
                                .topic_count = json_count(body.topics), .seeded = body.seed != 0, .seed = body.seed,
                                .staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum form_verdict verdict;
    struct form_sealed sealed = {0};
    enum err err = form_seal(api->db, request->arena, &form, &verdict, &sealed);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, verdict, &form, &sealed);
}
