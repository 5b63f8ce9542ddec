#include "cycles.h"
#include "handlers.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/form/form.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define NO_SEED INT64_C(-1)
#define SEED_MAX INT64_C(9007199254740991)

struct input {
    const char *code, *bank;
    const struct json *topics;
    int64_t seed;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, code, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, bank, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct input, topics, JSON_ARRAY, true, 1, FORM_TOPICS_MAX),
    JSON_FIELD(struct input, seed, JSON_INT, false, 0, SEED_MAX),
    {0},
};
static const struct json_field TOPIC_FIELDS[] = {
    JSON_FIELD(struct form_topic, topic, JSON_STRING, true, 2, 60),
    JSON_FIELD(struct form_topic, count, JSON_INT, true, 1, 200),
    {0},
};

static void read_topics(struct http_request *request, const struct json *list, struct form_request *form,
                        struct json_misfits *misfits) {
    struct arena *arena = request->arena;
    form->topic_count = json_count(list);
    form->topics = ARENA_ARRAY(arena, form->topic_count, struct form_topic);
    for (size_t i = 0; form->topics && i < form->topic_count; i++) {
        struct form_topic *topic = &form->topics[i];
        misfits->prefix = arena_printf(arena, "topics[%zu]", i);
        topic->topic = "";
        if (!json_fit(arena, json_at(list, i), TOPIC_FIELDS, topic, misfits))
            continue;
        if (!bank_topic_valid(topic->topic))
            json_misfit_add(arena, misfits, "topic", "form", 0, 0);
        for (size_t k = 0; k < i; k++)
            if (strcmp(form->topics[k].topic, topic->topic) == 0)
                json_misfit_add(arena, misfits, "topic", "unique", 0, 0);
    }
    misfits->prefix = NULL;
}

static bool read_input(struct http_request *request, struct http_reply *reply, struct form_request *form) {
    struct input input = {.seed = NO_SEED};
    struct json_misfits misfits = {0};
    if (!api_read(request, reply, FIELDS, &input))
        return false;
    form->code = input.code;
    form->bank_code = input.bank;
    form->seeded = input.seed != NO_SEED;
    form->seed = input.seed;
    if (!cycle_short_code_valid(input.code))
        json_misfit_add(request->arena, &misfits, "code", "form", 0, 0);
    if (!cycle_code_valid(input.bank))
        json_misfit_add(request->arena, &misfits, "bank", "form", 0, 0);
    read_topics(request, input.topics, form, &misfits);
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

static void sealed(struct http_request *request, struct http_reply *reply, const struct form_request *form,
                   const struct form_sealed *made) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", made->form_id);
    json_member_text(&writer, "code", form->code);
    json_member_int(&writer, "item_count", made->item_count);
    json_member_text(&writer, "sha256", made->sha256);
    json_close_object(&writer);
    api_json(reply, request, 201);
}

static void too_few(struct http_request *request, struct http_reply *reply, const struct form_request *form) {
    struct json_writer writer =
        api_problem_open(reply, request, 409, "too-few-items", "The bank has too few items of a topic");
    json_put_key(&writer, "errors");
    json_open_array(&writer);
    for (size_t i = 0; i < form->topic_count; i++) {
        const struct form_topic *topic = &form->topics[i];
        if (topic->available >= topic->count)
            continue;
        json_open_object(&writer);
        json_member_text(&writer, "path", arena_printf(request->arena, "topics[%zu].count", i));
        json_member_text(&writer, "rule", "available");
        json_member_int(&writer, "min", 0);
        json_member_int(&writer, "max", topic->available);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    api_problem_close(reply, request, &writer);
}

static void wrong_size(struct http_request *request, struct http_reply *reply, int64_t questions) {
    struct json_misfits misfits = {.list[0] = {.path = "topics", .rule = "total", .min = questions, .max = questions},
                                   .count = 1};
    api_invalid(reply, request, &misfits);
}

void api_form_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    struct form_request form = {.cycle = &cycle, .vault = api->state->vault, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    if (!read_input(request, reply, &form) || !api_find_cycle(api, request, reply, &cycle))
        return;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_CYCLE_ARENA_MAX);
    enum form_verdict verdict;
    struct form_sealed made;
    enum err err = form_seal(api->db, &arena, &form, &verdict, &made);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case FORM_SEALED:
        sealed(request, reply, &form, &made);
        return;
    case FORM_CYCLE_LATE:
        api_problem(reply, request, 409, "wrong-state", "The cycle is past round 1");
        return;
    case FORM_BANK_UNKNOWN:
        api_invalid_field(reply, request, "bank", "unknown-value");
        return;
    case FORM_SIZE_WRONG:
        wrong_size(request, reply, made.item_count);
        return;
    case FORM_TOO_FEW_ITEMS:
        too_few(request, reply, &form);
        return;
    case FORM_CODE_TAKEN:
        api_problem(reply, request, 409, "code-taken", "The cycle has a form of this code");
        return;
    }
}
