#include "khoacu/marking/standard.h"

#include "khoacu/ledger/ledger.h"
#include "khoacu/marking/rubric.h"
#include "khoacu/marking/settlement.h"
#include "marking_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define PARTS_MAX 102
#define POOL_MAX 50

/* ---- reading ---- */

struct reading {
    struct arena *arena;
    struct marking_alike *alike;
};

static enum err take_standard(void *ctx, const struct db_row *row) {
    struct marking_alike *alike = ((struct reading *)ctx)->alike;
    alike->standards[alike->standard_count++] = (struct marking_standard){.component = db_text(row, 0),
                                                                          .question = db_int(row, 1),
                                                                          .version = db_int(row, 2),
                                                                          .qualify_scripts = db_int(row, 3),
                                                                          .qualify_passes = db_int(row, 4),
                                                                          .chances = db_int(row, 5),
                                                                          .tolerance = db_hundredths(row, 6),
                                                                          .criterion_tolerance = db_is_null(row, 7) ? -1 : db_hundredths(row, 7),
                                                                          .seed_every = db_int(row, 8),
                                                                          .seed_misses = db_int(row, 9),
                                                                          .quick_seconds = db_int(row, 10)};
    return ERR_NONE;
}

static enum err take_sample(void *ctx, const struct db_row *row) {
    struct reading *reading = ctx;
    struct marking_sample *sample = &reading->alike->samples[reading->alike->sample_count++];
    *sample = (struct marking_sample){.blind_id = db_int(row, 0),
                                      .component = db_text(row, 1),
                                      .question = (int32_t)db_int(row, 2),
                                      .purpose = db_text(row, 3),
                                      .value = db_hundredths(row, 4),
                                      .reason = db_text(row, 6)};
    return marking_criteria_take(reading->arena, row, 5, &sample->criteria, &sample->criteria_count);
}

static enum err take_trial(void *ctx, const struct db_row *row) {
    struct reading *reading = ctx;
    struct marking_alike *alike = reading->alike;
    if ((alike->trial_count & (alike->trial_count - 1)) == 0) { /* the list doubles when it is full */
        size_t room = alike->trial_count ? alike->trial_count * 2 : 1;
        struct marking_trial *more = ARENA_ARRAY(reading->arena, room, struct marking_trial);
        if (!more)
            return ERR_MEMORY;
        if (alike->trial_count)
            memcpy(more, alike->trials, alike->trial_count * sizeof *more);
        alike->trials = more;
    }
    alike->trials[alike->trial_count++] = (struct marking_trial){.component = db_text(row, 0),
                                                                 .question = (int32_t)db_int(row, 1),
                                                                 .marker_id = db_int(row, 2),
                                                                 .login_name = db_text(row, 3),
                                                                 .full_name = db_text(row, 4),
                                                                 .state = db_text(row, 5),
                                                                 .purpose = db_text(row, 6),
                                                                 .final_us = db_time(row, 7),
                                                                 .difference = db_int(row, 8),
                                                                 .within = db_bool(row, 9)};
    return ERR_NONE;
}

enum err marking_alike_read(struct db *db, struct arena *arena, int64_t cycle_id, struct marking_alike *ret_alike) {
    struct marking_alike alike = {.standards = ARENA_ARRAY(arena, PARTS_MAX, struct marking_standard),
                                  .samples = ARENA_ARRAY(arena, MARKING_SAMPLES_MAX, struct marking_sample)};
    struct reading reading = {.arena = arena, .alike = &alike};
    if (!alike.standards || !alike.samples)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_SCRIPT_STANDARDS, DB_PARAMS(P_INT(cycle_id)), PARTS_MAX, take_standard, &reading);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_SCRIPT_SAMPLES, DB_PARAMS(P_INT(cycle_id)), MARKING_SAMPLES_MAX, take_sample, &reading);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_SCRIPT_DRIFT, DB_PARAMS(P_INT(cycle_id)), MARKING_TRIALS_MAX, take_trial, &reading);
    if (err == ERR_NONE)
        *ret_alike = alike;
    return err;
}

struct ids {
    int64_t *list;
    size_t count;
};

static enum err take_id(void *ctx, const struct db_row *row) {
    struct ids *ids = ctx;
    ids->list[ids->count++] = db_int(row, 0);
    return ERR_NONE;
}

enum err marking_pool_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, int32_t question, int64_t after,
                           int64_t ret_ids[50], size_t *ret_count) {
    struct ids ids = {.list = ret_ids};
    enum err err = db_many(db, arena, DB_SCRIPT_POOL, DB_PARAMS(P_INT(cycle_id), P_TEXT(component), P_INT(question), P_INT(after)), POOL_MAX,
                           take_id, &ids);
    *ret_count = ids.count;
    return err;
}

struct lines {
    struct marking_report_line *list;
    size_t count;
};

static enum err take_line(void *ctx, const struct db_row *row) {
    struct lines *lines = ctx;
    lines->list[lines->count++] = (struct marking_report_line){.report_id = db_int(row, 0),
                                                               .blind_id = db_int(row, 1),
                                                               .component = db_text(row, 2),
                                                               .question = (int32_t)db_int(row, 3),
                                                               .login_name = db_text(row, 4),
                                                               .article = db_text(row, 5),
                                                               .reason = db_text(row, 6),
                                                               .reported_us = db_time(row, 7),
                                                               .verdict = db_text(row, 8),
                                                               .decision_reason = db_text(row, 9),
                                                               .decided_us = db_time(row, 10)};
    return ERR_NONE;
}

enum err marking_reports_list(struct db *db, struct arena *arena, int64_t cycle_id, struct marking_report_line **ret_reports,
                              size_t *ret_count) {
    struct lines lines = {.list = ARENA_ARRAY(arena, MARKING_REPORTS_MAX, struct marking_report_line)};
    if (!lines.list)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_SCRIPT_REPORTS, DB_PARAMS(P_INT(cycle_id)), MARKING_REPORTS_MAX, take_line, &lines);
    *ret_reports = lines.list;
    *ret_count = lines.count;
    return err;
}

enum err marking_script_view(struct db *db, struct arena *arena, int64_t blind_id, struct marking_page **ret_pages, size_t *ret_count,
                             struct marking_guide **ret_guide) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SCRIPT_OF_CYCLE, DB_PARAMS(P_INT(blind_id)), &row);
    if (err == ERR_NONE)
        err = marking_guide_read(db, arena, db_int(row, 1), db_text(row, 2), (int32_t)db_int(row, 3), ret_guide);
    if (err == ERR_NONE)
        err = marking_pages_read(db, arena, DB_SCRIPT_LEAD_PAGES, blind_id, 0, ret_pages, ret_count);
    return err;
}

enum err marking_view_page_read(struct db *db, struct arena *arena, int64_t blind_id, int32_t page, const char **ret_type,
                                const uint8_t **ret_bytes, size_t *ret_len) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SCRIPT_LEAD_PAGE_BYTES, DB_PARAMS(P_INT(blind_id), P_INT(page)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_type = db_text(row, 0);
    *ret_bytes = db_bytes(row, 1, ret_len);
    return ERR_NONE;
}

/* ---- acts ---- */

struct acting {
    struct arena *arena;
    const struct marking_lead *lead;
    const struct marking_standard *standard; /* one of the four */
    const struct marking_sample *sample;
    const char *component;
    int32_t question;
    int64_t marker_id, report_id;
    const char *verdict;
    const char *outcome;
};

static enum err call(struct acting *a, struct db *db, const struct db_row **ret_row) {
    const struct marking_lead *lead = a->lead;
    if (a->standard) {
        const struct marking_standard *s = a->standard;
        return db_one(db, a->arena, DB_SCRIPT_STANDARD_PUT,
                      DB_PARAMS(P_INT(lead->cycle_id), P_TEXT(s->component), P_INT(s->question), P_INT(s->version), P_INT(s->qualify_scripts),
                                P_INT(s->qualify_passes), P_INT(s->chances), P_HUNDREDTHS(s->tolerance),
                                s->criterion_tolerance < 0 ? P_NULL : P_HUNDREDTHS(s->criterion_tolerance), P_INT(s->seed_every),
                                P_INT(s->seed_misses), P_INT(s->quick_seconds), P_TEXT(lead->reason), P_INT(lead->staff_id)),
                      ret_row);
    }
    if (a->sample) {
        const char *criteria[MARKING_CRITERIA_MAX];
        if (a->sample->criteria_count > MARKING_CRITERIA_MAX)
            return ERR_LIMIT;
        enum err err = marking_hundredths_texts(a->arena, a->sample->criteria, a->sample->criteria_count, criteria);
        return err != ERR_NONE ? err
                               : db_one(db, a->arena, DB_SCRIPT_SAMPLE_PUT,
                                        DB_PARAMS(P_INT(lead->cycle_id), P_INT(a->sample->blind_id), P_TEXT(a->sample->purpose),
                                                  P_HUNDREDTHS(a->sample->value),
                                                  a->sample->criteria ? P_TEXTS(criteria, a->sample->criteria_count) : P_NULL,
                                                  P_TEXT(lead->reason), P_INT(lead->staff_id)),
                                        ret_row);
    }
    if (a->verdict)
        return db_one(db, a->arena, DB_SCRIPT_REPORT_DECIDE,
                      DB_PARAMS(P_INT(a->report_id), P_INT(lead->staff_id), P_TEXT(a->verdict), P_TEXT(lead->reason)), ret_row);
    return db_one(db, a->arena, DB_SCRIPT_RELEASE_PUT,
                  DB_PARAMS(P_INT(lead->cycle_id), P_TEXT(a->component), P_INT(a->question), P_INT(a->marker_id), P_TEXT(lead->reason),
                            P_INT(lead->staff_id)),
                  ret_row);
}

static enum err act_body(void *ctx, struct db *db) {
    struct acting *a = ctx;
    const struct db_row *row = NULL;
    enum err err = call(a, db, &row);
    if (err != ERR_NONE)
        return err;
    a->outcome = db_text(row, 0);
    if (strcmp(a->outcome, "kept") == 0 && a->verdict && strcmp(a->verdict, MARKING_VERDICT_SUSPECTED) == 0) {
        err = marking_script_resume(db, db_int(row, 1), a->lead->now_us, &a->outcome);
        if (err != ERR_NONE)
            return err;
    }
    if (strcmp(a->outcome, "kept") != 0 && strcmp(a->outcome, "released") != 0)
        return DB_ROLLBACK;
    const char *act = a->standard ? "marking.standard" : a->sample ? "marking.sample" : a->verdict ? "marking.report_decide" : "marking.release";
    const char *kind = a->standard ? "cycle" : a->marker_id ? "staff" : "script";
    int64_t subject = a->standard ? a->lead->cycle_id : a->sample ? a->sample->blind_id : a->verdict ? db_int(row, 1) : a->marker_id;
    const char *details = a->standard  ? arena_printf(a->arena, "{\"component\":\"%s\",\"question\":%lld,\"version\":%lld}", a->standard->component,
                                                      (long long)a->standard->question, (long long)db_int(row, 1))
                          : a->sample  ? arena_printf(a->arena, "{\"purpose\":\"%s\"}", a->sample->purpose)
                          : a->verdict ? arena_printf(a->arena, "{\"verdict\":\"%s\"}", a->verdict)
                                       : arena_printf(a->arena, "{\"component\":\"%s\",\"question\":%d}", a->component, a->question);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, a->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(a->lead->staff_id),
                                                .act = act,
                                                .subject_kind = kind,
                                                .subject_id = subject,
                                                .reason = a->lead->reason,
                                                .details = details,
                                                .at_us = a->lead->now_us});
}

static enum err run(struct db *db, struct acting *a, const char **ret_outcome) {
    enum err err = db_transact(db, act_body, a);
    if (err == ERR_NONE)
        *ret_outcome = a->outcome;
    return err;
}

enum err marking_standard_put(struct db *db, struct arena *arena, const struct marking_lead *lead, const struct marking_standard *standard,
                              const char **ret_outcome) {
    struct acting a = {.arena = arena, .lead = lead, .standard = standard};
    return run(db, &a, ret_outcome);
}

enum err marking_sample_put(struct db *db, struct arena *arena, const struct marking_lead *lead, const struct marking_sample *sample,
                            const char **ret_outcome) {
    struct acting a = {.arena = arena, .lead = lead, .sample = sample};
    return run(db, &a, ret_outcome);
}

enum err marking_marker_release(struct db *db, struct arena *arena, const struct marking_lead *lead, const char *component,
                                int32_t question, int64_t marker_id, const char **ret_outcome) {
    struct acting a = {.arena = arena, .lead = lead, .component = component, .question = question, .marker_id = marker_id};
    return run(db, &a, ret_outcome);
}

enum err marking_report_decide(struct db *db, struct arena *arena, const struct marking_lead *lead, int64_t report_id, const char *verdict,
                               const char **ret_outcome) {
    struct acting a = {.arena = arena, .lead = lead, .report_id = report_id, .verdict = verdict};
    return run(db, &a, ret_outcome);
}
