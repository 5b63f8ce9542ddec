/* What the chief marker does to make examiners alike: /cycles/{code}/marking-standards, /marking-samples, /marker-releases. */
#include "cycles.h"
#include "handlers.h"
#include "scripts.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/marking/standard.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define ALIKE_ARENA_MAX ((size_t)64 << 20)

/* Words of the schema that are the same for every act; false: it was done. */
static bool refused(struct http_request *request, struct http_reply *reply, const char *outcome) {
    static const struct {
        const char *outcome, *path, *rule;
    } fields[] = {{"off_scale", "value", "range"},        {"off_step", "value", "step"},           {"criteria_missing", "criteria", "required"},
                  {"criteria_extra", "criteria", "unknown"}, {"criteria_count", "criteria", "count"}, {"criteria_sum", "value", "total"},
                  {"criterion_scale", "criteria", "range"}, {"criterion_step", "criteria", "step"}};
    static const struct {
        const char *outcome, *code, *title;
    } problems[] = {{"stale", "stale-version", "Another version is the newest"},
                    {"frozen", "frozen", "The marks of this cycle are frozen"},
                    {"taken", "sample-taken", "The script is a sample already"},
                    {"own", "own-work", "Nobody does this to her own work"},
                    {"not_stopped", "not-stopped", "The examiner is not stopped"},
                    {"decided", "already-decided", "Somebody has decided already"},
                    {"no_article", "no-article", "The regulation has nothing of the kind for what was reported"},
                    {"zeroed", "script-zeroed", "The script counts nothing already by another report"},
                    {"no_rule", "no-sign-rule", "The rules of this cycle have no marking for a suspected sign"},
                    {"nobody", "nobody-left", "Nobody else may mark this script: name more examiners"}};
    size_t len = strcspn(outcome, ":");
    if (strcmp(outcome, "kept") == 0 || strcmp(outcome, "repeated") == 0 || strcmp(outcome, "released") == 0)
        return false;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strlen(fields[i].outcome) == len && strncmp(fields[i].outcome, outcome, len) == 0) {
            api_invalid_field(reply, request, fields[i].path, fields[i].rule);
            return true;
        }
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
        if (strcmp(problems[i].outcome, outcome) == 0) {
            api_problem(reply, request, 409, problems[i].code, problems[i].title);
            return true;
        }
    api_not_found(reply, request);
    return true;
}

/* Answers an act: a failure, a refusal, or its outcome. */
static void answer(struct api *api, struct http_request *request, struct http_reply *reply, enum err err, const char *outcome) {
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (refused(request, reply, outcome))
        return;
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "outcome", outcome);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

static bool component_fits(struct http_request *request, struct http_reply *reply, const char *component) {
    if (!api_component_known(component))
        api_invalid_field(reply, request, "component", "unknown-value");
    return api_component_known(component);
}

/* ---- reading ---- */

static void put_standards(struct json_writer *writer, const struct marking_alike *alike) {
    json_put_key(writer, "standards");
    json_open_array(writer);
    for (size_t i = 0; i < alike->standard_count; i++) {
        const struct marking_standard *s = &alike->standards[i];
        json_open_object(writer);
        json_member_text(writer, "component", s->component);
        json_member_int(writer, "question", s->question);
        json_member_int(writer, "version", s->version);
        json_member_int(writer, "qualify_scripts", s->qualify_scripts);
        json_member_int(writer, "qualify_passes", s->qualify_passes);
        json_member_int(writer, "chances", s->chances);
        json_member_hundredths(writer, "tolerance", s->tolerance);
        json_put_key(writer, "criterion_tolerance");
        if (s->criterion_tolerance < 0)
            json_put_null(writer);
        else
            json_put_hundredths(writer, s->criterion_tolerance);
        json_member_int(writer, "seed_every", s->seed_every);
        json_member_int(writer, "seed_misses", s->seed_misses);
        json_member_int(writer, "quick_seconds", s->quick_seconds);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_samples(struct json_writer *writer, const struct marking_alike *alike) {
    json_put_key(writer, "samples");
    json_open_array(writer);
    for (size_t i = 0; i < alike->sample_count; i++) {
        const struct marking_sample *s = &alike->samples[i];
        char code[MARKING_BLIND_CODE_SIZE];
        marking_blind_code(s->blind_id, code);
        json_open_object(writer);
        json_member_id(writer, "blind_id", s->blind_id);
        json_member_text(writer, "blind_code", code);
        json_member_text(writer, "component", s->component);
        json_member_int(writer, "question", s->question);
        json_member_text(writer, "purpose", s->purpose);
        json_member_hundredths(writer, "value", s->value);
        api_put_criteria(writer, "criteria", s->criteria, s->criteria_count);
        json_member_text(writer, "reason", s->reason);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* Examiners by part, each with her marks of samples in order of time. */
static void put_markers(struct json_writer *writer, const struct marking_alike *alike) {
    json_put_key(writer, "markers");
    json_open_array(writer);
    for (size_t i = 0; i < alike->trial_count;) {
        const struct marking_trial *first = &alike->trials[i];
        json_open_object(writer);
        json_member_text(writer, "component", first->component);
        json_member_int(writer, "question", first->question);
        json_member_id(writer, "marker_id", first->marker_id);
        json_member_text(writer, "login_name", first->login_name);
        json_member_text(writer, "full_name", first->full_name);
        json_member_text(writer, "state", first->state);
        json_put_key(writer, "trials");
        json_open_array(writer);
        for (; i < alike->trial_count && alike->trials[i].marker_id == first->marker_id && alike->trials[i].question == first->question &&
               strcmp(alike->trials[i].component, first->component) == 0;
             i++) {
            const struct marking_trial *t = &alike->trials[i];
            if (t->final_us == 0)
                continue;
            json_open_object(writer);
            json_member_text(writer, "purpose", t->purpose);
            json_member_time(writer, "final_at", t->final_us);
            json_member_int(writer, "difference_hundredths", t->difference);
            json_member_bool(writer, "within", t->within);
            json_close_object(writer);
        }
        json_close_array(writer);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void api_standard_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    struct marking_alike alike;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, ALIKE_ARENA_MAX);
    if (!api_find_cycle(api, request, reply, &cycle))
        return;
    enum err err = marking_alike_read(api->db, &arena, cycle.cycle_id, &alike);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    put_standards(&writer, &alike);
    put_samples(&writer, &alike);
    put_markers(&writer, &alike);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_sample_pool_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    int64_t ids[50], question = 0, after = 0;
    size_t count = 0;
    const char *component = "";
    if (!api_find_cycle(api, request, reply, &cycle) || !api_query_text(request, reply, "component", 20, &component) ||
        !api_query_int(request, reply, "question", 0, 50, &question) || !api_query_id(request, reply, "after", &after) ||
        !component_fits(request, reply, component))
        return;
    enum err err = marking_pool_read(api->db, request->arena, cycle.cycle_id, component, (int32_t)question, after, ids, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "scripts");
    json_open_array(&writer);
    for (size_t i = 0; i < count; i++) {
        char code[MARKING_BLIND_CODE_SIZE];
        marking_blind_code(ids[i], code);
        json_open_object(&writer);
        json_member_id(&writer, "blind_id", ids[i]);
        json_member_text(&writer, "blind_code", code);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

/* ---- acts ---- */

struct standard_input {
    const char *component, *tolerance, *criterion_tolerance, *reason;
    int64_t question, version, qualify_scripts, qualify_passes, chances, seed_every, seed_misses, quick_seconds;
};
static const struct json_field STANDARD_FIELDS[] = {
    JSON_FIELD(struct standard_input, component, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct standard_input, question, JSON_INT, true, 0, 50),
    JSON_FIELD(struct standard_input, version, JSON_INT, true, 0, 999),
    JSON_FIELD(struct standard_input, qualify_scripts, JSON_INT, true, 0, 50),
    JSON_FIELD(struct standard_input, qualify_passes, JSON_INT, true, 0, 50),
    JSON_FIELD(struct standard_input, chances, JSON_INT, true, 1, 5),
    JSON_FIELD(struct standard_input, tolerance, JSON_STRING, true, 1, 12),
    JSON_FIELD(struct standard_input, criterion_tolerance, JSON_STRING, false, 1, 12),
    JSON_FIELD(struct standard_input, seed_every, JSON_INT, true, 0, 1000),
    JSON_FIELD(struct standard_input, seed_misses, JSON_INT, true, 1, 10),
    JSON_FIELD(struct standard_input, quick_seconds, JSON_INT, true, 0, 3600),
    JSON_FIELD(struct standard_input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

static bool read_standard(struct http_request *request, struct http_reply *reply, const struct standard_input *input,
                          struct marking_standard *standard) {
    struct json_misfits misfits = {0};
    *standard = (struct marking_standard){.component = input->component,
                                          .question = input->question,
                                          .version = input->version,
                                          .qualify_scripts = input->qualify_scripts,
                                          .qualify_passes = input->qualify_passes,
                                          .chances = input->chances,
                                          .seed_every = input->seed_every,
                                          .seed_misses = input->seed_misses,
                                          .quick_seconds = input->quick_seconds,
                                          .criterion_tolerance = -1};
    if (!api_component_known(input->component))
        json_misfit_add(request->arena, &misfits, "component", "unknown-value", 0, 0);
    if (input->qualify_passes > input->qualify_scripts)
        json_misfit_add(request->arena, &misfits, "qualify_passes", "range", 0, input->qualify_scripts);
    if (input->seed_every == 1)
        json_misfit_add(request->arena, &misfits, "seed_every", "range", 2, 1000);
    if (!text_parse_hundredths(input->tolerance, &standard->tolerance) || standard->tolerance > 10000)
        json_misfit_add(request->arena, &misfits, "tolerance", "number", 0, 0);
    if (input->criterion_tolerance &&
        (!text_parse_hundredths(input->criterion_tolerance, &standard->criterion_tolerance) || standard->criterion_tolerance > 10000))
        json_misfit_add(request->arena, &misfits, "criterion_tolerance", "number", 0, 0);
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

static struct marking_lead lead_of(const struct api *api, int64_t cycle_id, const char *reason) {
    return (struct marking_lead){.cycle_id = cycle_id, .staff_id = api->actor.staff_id, .now_us = api->now_us, .reason = reason};
}

void api_standard_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct standard_input input = {0};
    struct marking_standard standard;
    struct cycle cycle;
    const char *outcome = "";
    if (!api_find_cycle(api, request, reply, &cycle) || !api_read(request, reply, STANDARD_FIELDS, &input) ||
        !read_standard(request, reply, &input, &standard))
        return;
    struct marking_lead lead = lead_of(api, cycle.cycle_id, input.reason);
    enum err err = marking_standard_put(api->db, request->arena, &lead, &standard, &outcome);
    answer(api, request, reply, err, outcome);
}

struct sample_input {
    const char *blind_id, *purpose, *value, *reason;
    const struct json *criteria;
};
static const struct json_field SAMPLE_FIELDS[] = {
    JSON_FIELD(struct sample_input, blind_id, JSON_STRING, true, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct sample_input, purpose, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct sample_input, value, JSON_STRING, true, 1, 12),
    JSON_FIELD(struct sample_input, criteria, JSON_ARRAY, false, 1, MARKING_CRITERIA_MAX),
    JSON_FIELD(struct sample_input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_sample_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sample_input input = {0};
    struct marking_sample sample = {0};
    struct cycle cycle;
    int64_t *criteria = NULL;
    const char *outcome = "";
    if (!api_find_cycle(api, request, reply, &cycle) || !api_read(request, reply, SAMPLE_FIELDS, &input) ||
        (input.criteria && !api_read_criteria(request, reply, input.criteria, &criteria, &sample.criteria_count)))
        return;
    sample.criteria = criteria;
    sample.purpose = input.purpose;
    const char *wrong = !text_parse_id(input.blind_id, &sample.blind_id)         ? "blind_id"
                        : !text_parse_hundredths(input.value, &sample.value)     ? "value"
                        : strcmp(input.purpose, "practice") != 0 && strcmp(input.purpose, "qualification") != 0 && strcmp(input.purpose, "seed") != 0
                            ? "purpose"
                            : NULL;
    if (wrong) {
        api_invalid_field(reply, request, wrong, "unknown-value");
        return;
    }
    struct marking_lead lead = lead_of(api, cycle.cycle_id, input.reason);
    enum err err = marking_sample_put(api->db, request->arena, &lead, &sample, &outcome);
    answer(api, request, reply, err, outcome);
}

struct release_input {
    const char *component, *marker_id, *reason;
    int64_t question;
};
static const struct json_field RELEASE_FIELDS[] = {
    JSON_FIELD(struct release_input, component, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct release_input, question, JSON_INT, true, 0, 50),
    JSON_FIELD(struct release_input, marker_id, JSON_STRING, true, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct release_input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_marker_release_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct release_input input = {0};
    struct cycle cycle;
    int64_t marker_id = 0;
    const char *outcome = "";
    if (!api_find_cycle(api, request, reply, &cycle) || !api_read(request, reply, RELEASE_FIELDS, &input) ||
        !component_fits(request, reply, input.component))
        return;
    if (!text_parse_id(input.marker_id, &marker_id)) {
        api_invalid_field(reply, request, "marker_id", "unknown-value");
        return;
    }
    struct marking_lead lead = lead_of(api, cycle.cycle_id, input.reason);
    enum err err = marking_marker_release(api->db, request->arena, &lead, input.component, (int32_t)input.question, marker_id, &outcome);
    answer(api, request, reply, err, outcome);
}

/* ---- reports ---- */

void api_script_report_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    struct marking_report_line *lines = NULL;
    size_t count = 0;
    if (!api_find_cycle(api, request, reply, &cycle))
        return;
    enum err err = marking_reports_list(api->db, request->arena, cycle.cycle_id, &lines, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "reports");
    json_open_array(&writer);
    for (size_t i = 0; i < count; i++) {
        char code[MARKING_BLIND_CODE_SIZE];
        marking_blind_code(lines[i].blind_id, code);
        json_open_object(&writer);
        json_member_id(&writer, "id", lines[i].report_id);
        json_member_id(&writer, "blind_id", lines[i].blind_id);
        json_member_text(&writer, "blind_code", code);
        json_member_text(&writer, "component", lines[i].component);
        json_member_int(&writer, "question", lines[i].question);
        json_member_text(&writer, "login_name", lines[i].login_name);
        json_member_text(&writer, "article", lines[i].article);
        json_member_text(&writer, "reason", lines[i].reason);
        json_member_time(&writer, "reported_at", lines[i].reported_us);
        json_member_text(&writer, "verdict", lines[i].verdict);
        json_member_text(&writer, "decision_reason", lines[i].decision_reason);
        json_member_time(&writer, "decided_at", lines[i].decided_us);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

struct decision_input {
    const char *verdict, *reason;
};
static const struct json_field DECISION_FIELDS[] = {
    JSON_FIELD(struct decision_input, verdict, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct decision_input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_script_report_decide_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct decision_input input = {0};
    int64_t report_id = 0;
    const char *outcome = "";
    if (!api_param_id(request, reply, 0, &report_id) || !api_read(request, reply, DECISION_FIELDS, &input))
        return;
    if (strcmp(input.verdict, "zero") != 0 && strcmp(input.verdict, MARKING_VERDICT_SUSPECTED) != 0 && strcmp(input.verdict, "dismissed") != 0) {
        api_invalid_field(reply, request, "verdict", "unknown-value");
        return;
    }
    struct marking_lead lead = lead_of(api, 0, input.reason);
    enum err err = marking_report_decide(api->db, request->arena, &lead, report_id, input.verdict, &outcome);
    answer(api, request, reply, err, outcome);
}
