#include "cycles.h"
#include "forms.h"
#include "handlers.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/cleanup.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define NO_SEED INT64_C(-1)
#define SEED_MAX INT64_C(9007199254740991)

struct input {
    const char *code, *bank;
    const struct json *topics, *items, *sections;
    int64_t seed;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, code, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, bank, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct input, topics, JSON_ARRAY, false, 1, FORM_TOPICS_MAX),
    JSON_FIELD(struct input, items, JSON_ARRAY, false, 1, FORM_POSITIONS_MAX),
    JSON_FIELD(struct input, sections, JSON_ARRAY, false, 1, FORM_SECTIONS_MAX),
    JSON_FIELD(struct input, seed, JSON_INT, false, 0, SEED_MAX),
    {0},
};
static const struct json_field TOPIC_FIELDS[] = {
    JSON_FIELD(struct form_topic, topic, JSON_STRING, true, 2, 120),
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
    if (!input.topics == !input.items)
        json_misfit_add(request->arena, &misfits, input.topics ? "items" : "topics", input.topics ? "unknown" : "required", 0, 0);
    read_topics(request, input.topics, form, &misfits);
    struct form_item *items = ARENA_ARRAY(request->arena, FORM_POSITIONS_MAX, struct form_item);
    if (items && input.items)
        (void)api_read_form_items(request->arena, input.items, items, &form->item_count, &misfits);
    form->items = items;
    if (input.sections && !input.items)
        json_misfit_add(request->arena, &misfits, "sections", "unknown", 0, 0);
    else
        (void)api_read_form_sections(request->arena, input.sections, form->item_count, &form->sections, &misfits);
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

static void drafted(struct http_request *request, struct http_reply *reply, const struct form_request *form,
                    const struct form_result *made) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", made->form_id);
    json_member_text(&writer, "code", form->code);
    json_member_text(&writer, "state", form_state_key(FORM_STATE_DRAFT));
    json_member_int(&writer, "version", made->version);
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

void api_form_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    struct form_request form = {.cycle = &cycle};
    struct form_result made;
    struct bank_desk desk;
    const struct cycle_rules *rules = NULL;
    if (!read_input(request, reply, &form) || !api_find_cycle(api, request, reply, &cycle) || !api_desk(api, request, reply, &desk))
        return;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_FORM_ARENA_MAX);
    desk.arena = &arena;
    enum err err = cycle_rules_read(api->db, &arena, &cycle, &rules);
    if (err == ERR_NONE) {
        form.questions = form.topic_count > 0 ? rules->questions : 0; /* a list may be of another part */
        err = form_draft(&desk, &form, &made);
    }
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (made.outcome == FORM_DONE)
        drafted(request, reply, &form, &made);
    else if (made.outcome == FORM_TOO_FEW)
        too_few(request, reply, &form);
    else if (made.outcome == FORM_CYCLE_LATE)
        api_cycle_past(request, reply, &cycle);
    else
        api_form_refused(request, reply, &made);
}
