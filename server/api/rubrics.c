/* GET and PUT /cycles/{code}/rubrics: the guides by which scripts are marked. */
#include "cycles.h"
#include "handlers.h"
#include "scripts.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

void api_rubric_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    struct marking_guide **guides = NULL;
    size_t count = 0;
    if (!api_find_cycle(api, request, reply, &cycle))
        return;
    enum err err = marking_guides_list(api->db, request->arena, cycle.cycle_id, &guides, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "rubrics");
    json_open_array(&writer);
    for (size_t i = 0; i < count; i++)
        api_put_guide(&writer, guides[i]);
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

/* ---- entering one ---- */

struct input {
    const char *component, *task_vi, *task_en, *reason;
    int64_t question, version;
    const struct json *criteria;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, component, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, question, JSON_INT, true, 0, 50),
    JSON_FIELD(struct input, version, JSON_INT, true, 0, 999),
    JSON_FIELD(struct input, task_vi, JSON_STRING, false, 0, 20000),
    JSON_FIELD(struct input, task_en, JSON_STRING, false, 0, 20000),
    JSON_FIELD(struct input, criteria, JSON_ARRAY, true, 1, MARKING_CRITERIA_MAX),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};
struct criterion_input {
    const char *title_vi, *title_en, *mark_max, *mark_step;
    const struct json *levels;
};
static const struct json_field CRITERION_FIELDS[] = {
    JSON_FIELD(struct criterion_input, title_vi, JSON_STRING, true, 1, 2000),
    JSON_FIELD(struct criterion_input, title_en, JSON_STRING, false, 0, 2000),
    JSON_FIELD(struct criterion_input, mark_max, JSON_STRING, true, 1, 12),
    JSON_FIELD(struct criterion_input, mark_step, JSON_STRING, true, 1, 12),
    JSON_FIELD(struct criterion_input, levels, JSON_ARRAY, false, 0, MARKING_CRITERIA_MAX),
    {0},
};
struct level_input {
    const char *value, *vi, *en;
};
static const struct json_field LEVEL_FIELDS[] = {
    JSON_FIELD(struct level_input, value, JSON_STRING, true, 1, 12),
    JSON_FIELD(struct level_input, vi, JSON_STRING, true, 1, 500),
    JSON_FIELD(struct level_input, en, JSON_STRING, false, 0, 500),
    {0},
};

/* The levels as they are kept; NULL: no memory. */
static const char *read_levels(struct arena *arena, const struct json *levels, const struct marking_criterion *criterion,
                               const char *prefix, struct json_misfits *misfits) {
    struct buf out CLEANUP(buf_release);
    struct json_writer writer;
    buf_init(&out, 60000);
    json_writer_init(&writer, &out);
    json_open_array(&writer);
    for (size_t i = 0; i < json_count(levels); i++) {
        struct level_input level = {.en = ""};
        int64_t value = 0;
        misfits->prefix = arena_printf(arena, "%s.levels[%zu]", prefix, i);
        if (!json_fit(arena, json_at(levels, i), LEVEL_FIELDS, &level, misfits))
            continue;
        if (!text_parse_hundredths(level.value, &value))
            json_misfit_add(arena, misfits, "value", "number", 0, 0);
        else if (value > criterion->mark_max)
            json_misfit_add(arena, misfits, "value", "range", 0, criterion->mark_max);
        else if (criterion->mark_step > 0 && value % criterion->mark_step != 0)
            json_misfit_add(arena, misfits, "value", "step", 0, 0);
        json_open_object(&writer);
        json_member_hundredths(&writer, "value", value);
        json_member_text(&writer, "vi", level.vi);
        json_member_text(&writer, "en", level.en);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}

static void read_criterion(struct arena *arena, const struct json *value, size_t i, struct marking_criterion *criterion,
                           struct json_misfits *misfits) {
    struct criterion_input input = {.title_en = ""};
    const char *prefix = arena_printf(arena, "criteria[%zu]", i);
    misfits->prefix = prefix;
    if (!prefix || !json_fit(arena, value, CRITERION_FIELDS, &input, misfits))
        return;
    criterion->title_vi = input.title_vi;
    criterion->title_en = input.title_en;
    if (!text_parse_hundredths(input.mark_max, &criterion->mark_max) || criterion->mark_max < 1 || criterion->mark_max > 10000)
        json_misfit_add(arena, misfits, "mark_max", "number", 0, 0);
    if (!text_parse_hundredths(input.mark_step, &criterion->mark_step) || criterion->mark_step < 1 || criterion->mark_step > 10000)
        json_misfit_add(arena, misfits, "mark_step", "number", 0, 0);
    criterion->levels = read_levels(arena, input.levels, criterion, prefix, misfits);
    if (!criterion->levels) {
        misfits->prefix = prefix;
        json_misfit_add(arena, misfits, "levels", "length", 0, 60000);
    }
}

struct putting {
    struct arena *arena;
    int64_t cycle_id, staff_id, now_us;
    const struct marking_guide *guide;
    const char *reason;
    enum marking_guide_verdict verdict;
};

static enum err put_body(void *ctx, struct db *db) {
    struct putting *p = ctx;
    enum err err = marking_guide_put(db, p->arena, p->cycle_id, p->guide, LEDGER_STAFF(p->staff_id), p->reason, p->now_us, &p->verdict);
    return err == ERR_NONE && p->verdict != MARKING_GUIDE_KEPT ? DB_ROLLBACK : err;
}

static void answer(struct http_request *request, struct http_reply *reply, const struct marking_guide *guide,
                   enum marking_guide_verdict verdict) {
    struct json_writer writer;
    switch (verdict) {
    case MARKING_GUIDE_KEPT:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_int(&writer, "version", guide->version + 1);
        json_close_object(&writer);
        api_json(reply, request, 200);
        return;
    case MARKING_GUIDE_STALE:
        api_problem(reply, request, 409, "stale-version", "Another version of the guide is the newest");
        return;
    case MARKING_GUIDE_FROZEN:
        api_problem(reply, request, 409, "rubric-frozen", "Scripts are marked by this guide already");
        return;
    case MARKING_GUIDE_SUM:
        api_invalid_field(reply, request, "criteria", "total");
        return;
    case MARKING_GUIDE_STEP:
        api_invalid_field(reply, request, "criteria", "step");
        return;
    case MARKING_GUIDE_NO_PART:
        api_invalid_field(reply, request, "question", "unknown-value");
        return;
    }
}

void api_rubric_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {.task_vi = "", .task_en = ""};
    struct cycle cycle;
    struct json_misfits misfits = {0};
    struct marking_criterion criteria[MARKING_CRITERIA_MAX] = {0};
    if (!api_find_cycle(api, request, reply, &cycle) || !api_read(request, reply, FIELDS, &input))
        return;
    size_t count = json_count(input.criteria);
    for (size_t i = 0; i < count; i++)
        read_criterion(request->arena, json_at(input.criteria, i), i, &criteria[i], &misfits);
    misfits.prefix = NULL;
    if (!api_component_known(input.component))
        json_misfit_add(request->arena, &misfits, "component", "unknown-value", 0, 0);
    if (misfits.count > 0) {
        api_invalid(reply, request, &misfits);
        return;
    }
    struct marking_guide guide = {.component = input.component,
                                  .question = (int32_t)input.question,
                                  .version = (int32_t)input.version,
                                  .task_vi = input.task_vi,
                                  .task_en = input.task_en,
                                  .criteria = criteria,
                                  .criterion_count = count};
    struct putting p = {.arena = request->arena,
                        .cycle_id = cycle.cycle_id,
                        .staff_id = api->actor.staff_id,
                        .now_us = api->now_us,
                        .guide = &guide,
                        .reason = input.reason};
    enum err err = db_transact(api->db, put_body, &p);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, &guide, p.verdict);
}
