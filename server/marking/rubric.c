#include "khoacu/marking/rubric.h"

#include "khoacu/base/text.h"
#include "khoacu/marking/script.h"
#include "marking_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define GUIDES_MAX 102 /* two parts, questions 0 to 50 */

enum err marking_hundredths_texts(struct arena *arena, const int64_t *values, size_t count, const char **ret_texts) {
    for (size_t i = 0; i < count; i++) {
        char text[24];
        text_format_hundredths(values[i], text);
        ret_texts[i] = arena_strdup(arena, text);
        if (!ret_texts[i])
            return ERR_MEMORY;
    }
    return ERR_NONE;
}

static enum err take_criterion(void *ctx, const struct db_row *row) {
    struct marking_guide *guide = ctx;
    guide->version = (int32_t)db_int(row, 0);
    guide->task_vi = db_text(row, 1);
    guide->task_en = db_text(row, 2);
    guide->criteria[guide->criterion_count++] = (struct marking_criterion){.title_vi = db_text(row, 3),
                                                                          .title_en = db_text(row, 4),
                                                                          .mark_max = db_hundredths(row, 5),
                                                                          .mark_step = db_hundredths(row, 6),
                                                                          .levels = db_text(row, 7)};
    return ERR_NONE;
}

enum err marking_guide_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, int32_t question,
                            struct marking_guide **ret_guide) {
    struct marking_guide *guide = ARENA_NEW(arena, struct marking_guide);
    if (!guide)
        return ERR_MEMORY;
    *guide = (struct marking_guide){.component = component,
                                    .question = question,
                                    .criteria = ARENA_ARRAY(arena, MARKING_CRITERIA_MAX, struct marking_criterion)};
    if (!guide->criteria)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_SCRIPT_GUIDE, DB_PARAMS(P_INT(cycle_id), P_TEXT(component), P_INT(question)),
                           MARKING_CRITERIA_MAX, take_criterion, guide);
    *ret_guide = guide->criterion_count > 0 ? guide : NULL;
    return err;
}

struct parts {
    size_t count;
    const char *components[GUIDES_MAX];
    int32_t questions[GUIDES_MAX];
};

static enum err take_part(void *ctx, const struct db_row *row) {
    struct parts *parts = ctx;
    parts->components[parts->count] = db_text(row, 0);
    parts->questions[parts->count++] = (int32_t)db_int(row, 1);
    return ERR_NONE;
}

enum err marking_guides_list(struct db *db, struct arena *arena, int64_t cycle_id, struct marking_guide ***ret_guides,
                             size_t *ret_count) {
    struct parts parts = {.count = 0};
    enum err err = db_many(db, arena, DB_SCRIPT_GUIDES, DB_PARAMS(P_INT(cycle_id)), GUIDES_MAX, take_part, &parts);
    struct marking_guide **guides = ARENA_ARRAY(arena, parts.count, struct marking_guide *);
    if (err == ERR_NONE && parts.count > 0 && !guides)
        err = ERR_MEMORY;
    for (size_t i = 0; i < parts.count && err == ERR_NONE; i++)
        err = marking_guide_read(db, arena, cycle_id, parts.components[i], parts.questions[i], &guides[i]);
    *ret_guides = guides;
    *ret_count = parts.count;
    return err;
}

/* ---- entering ---- */

/* The criteria as columns. */
struct columns {
    const char *titles_vi[MARKING_CRITERIA_MAX], *titles_en[MARKING_CRITERIA_MAX], *levels[MARKING_CRITERIA_MAX];
    const char *maxima[MARKING_CRITERIA_MAX], *steps[MARKING_CRITERIA_MAX];
};

static enum err lay_out(struct arena *arena, const struct marking_guide *guide, struct columns *columns) {
    for (size_t i = 0; i < guide->criterion_count; i++) {
        const struct marking_criterion *criterion = &guide->criteria[i];
        columns->titles_vi[i] = criterion->title_vi;
        columns->titles_en[i] = criterion->title_en;
        columns->levels[i] = criterion->levels;
        enum err err = marking_hundredths_texts(arena, &criterion->mark_max, 1, &columns->maxima[i]);
        if (err == ERR_NONE)
            err = marking_hundredths_texts(arena, &criterion->mark_step, 1, &columns->steps[i]);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

static enum marking_guide_verdict verdict_of(const char *outcome) {
    static const char *const OUTCOMES[] = {"kept", "stale", "frozen", "sum", "step"};
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof *OUTCOMES; i++)
        if (strcmp(OUTCOMES[i], outcome) == 0)
            return (enum marking_guide_verdict)i;
    return MARKING_GUIDE_NO_PART;
}

enum err marking_guide_put(struct db *db, struct arena *arena, int64_t cycle_id, const struct marking_guide *guide,
                           struct ledger_actor actor, const char *reason, int64_t now_us,
                           enum marking_guide_verdict *ret_verdict) {
    struct columns columns;
    size_t n = guide->criterion_count;
    const struct db_row *row = NULL;
    if (n < 1 || n > MARKING_CRITERIA_MAX)
        return ERR_RANGE;
    enum err err = lay_out(arena, guide, &columns);
    if (err == ERR_NONE)
        err = db_one(db, arena, DB_SCRIPT_GUIDE_PUT,
                     DB_PARAMS(P_INT(cycle_id), P_TEXT(guide->component), P_INT(guide->question), P_INT(guide->version),
                               P_TEXT(guide->task_vi), P_TEXT(guide->task_en), P_TEXTS(columns.titles_vi, n),
                               P_TEXTS(columns.titles_en, n), P_TEXTS(columns.maxima, n), P_TEXTS(columns.steps, n),
                               P_TEXTS(columns.levels, n), actor.kind == LEDGER_ACTOR_STAFF ? P_INT(actor.id) : P_NULL, P_TEXT(reason)),
                     &row);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = verdict_of(db_text(row, 0));
    if (*ret_verdict != MARKING_GUIDE_KEPT)
        return ERR_NONE;
    const char *details = arena_printf(arena, "{\"component\":\"%s\",\"criteria\":%zu,\"question\":%d,\"version\":%lld}", guide->component,
                                       n, guide->question, (long long)db_int(row, 1));
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, arena,
                         &(struct ledger_event){.actor = actor,
                                                .act = "marking.rubric",
                                                .subject_kind = "cycle",
                                                .subject_id = cycle_id,
                                                .reason = reason,
                                                .details = details,
                                                .at_us = now_us});
}
