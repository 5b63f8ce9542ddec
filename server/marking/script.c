#include "khoacu/marking/script.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/marking/settlement.h"
#include "marking_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define QUEUE_MAX 200
#define STANDINGS_MAX 200

/* ---- the queue ---- */

struct listing {
    struct arena *arena;
    struct marking_queue *queue;
    size_t limit;
};

enum err marking_criteria_take(struct arena *arena, const struct db_row *row, int column, const int64_t **ret_values, size_t *ret_count) {
    size_t count = 0;
    const char *const *texts = db_texts(row, column, &count);
    int64_t *values = ARENA_ARRAY(arena, count, int64_t);
    if (count > 0 && !values)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (!texts[i] || !text_parse_hundredths(texts[i], &values[i]))
            return ERR_STATE;
    *ret_values = values;
    *ret_count = count;
    return ERR_NONE;
}

static enum err take_script(void *ctx, const struct db_row *row) {
    struct listing *listing = ctx;
    struct marking_queue *queue = listing->queue;
    if (queue->count == listing->limit) {
        queue->more = true;
        return ERR_NONE;
    }
    struct marking_script *script = &queue->scripts[queue->count++];
    *script = (struct marking_script){.blind_id = db_int(row, 0),
                                      .purpose = db_text(row, 1),
                                      .component = db_text(row, 2),
                                      .question = (int32_t)db_int(row, 3),
                                      .mark_max = db_hundredths(row, 4),
                                      .mark_step = db_hundredths(row, 5),
                                      .revision = (int32_t)db_int(row, 6),
                                      .status = db_text(row, 7),
                                      .note = db_text(row, 8),
                                      .value = db_hundredths(row, 9),
                                      .seconds = db_int(row, 11),
                                      .entered_us = db_time(row, 12),
                                      .final_us = db_time(row, 13)};
    return marking_criteria_take(listing->arena, row, 10, &script->criteria, &script->criteria_count);
}

static enum err take_standing(void *ctx, const struct db_row *row) {
    struct marking_queue *queue = ctx;
    queue->standings[queue->standing_count++] = (struct marking_standing){
        .component = db_text(row, 0), .question = (int32_t)db_int(row, 1), .state = db_text(row, 2)};
    return ERR_NONE;
}

static enum err read_counts(struct db *db, struct arena *arena, int64_t marker_id, struct marking_queue *queue) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SCRIPT_QUEUE_COUNTS, DB_PARAMS(P_INT(marker_id)), &row);
    if (err != ERR_NONE)
        return err;
    queue->waiting = db_int(row, 0);
    queue->marked = db_int(row, 1);
    queue->final = db_int(row, 2);
    err = db_one(db, arena, DB_SCRIPT_PACE, DB_PARAMS(P_INT(marker_id)), &row);
    if (err != ERR_NONE)
        return err;
    queue->own_ms = db_int(row, 0);
    queue->all_ms = db_int(row, 1);
    return db_many(db, arena, DB_SCRIPT_STANDINGS, DB_PARAMS(P_INT(marker_id)), STANDINGS_MAX, take_standing, queue);
}

enum err marking_queue_read(struct db *db, struct arena *arena, int64_t marker_id, enum marking_filter filter,
                            int64_t after, size_t limit, struct marking_queue *ret_queue) {
    static const char *const FILTERS[] = {"all", "waiting", "marked", "draft", "final"};
    if (limit < 1 || limit > QUEUE_MAX)
        return ERR_RANGE;
    struct marking_queue queue = {.scripts = ARENA_ARRAY(arena, limit, struct marking_script),
                                  .standings = ARENA_ARRAY(arena, STANDINGS_MAX, struct marking_standing)};
    if (!queue.scripts || !queue.standings)
        return ERR_MEMORY;
    struct listing listing = {.arena = arena, .queue = &queue, .limit = limit};
    enum err err = after == 0 ? db_run(db, DB_SCRIPT_TRIALS_ISSUE, DB_PARAMS(P_INT(marker_id)), NULL) : ERR_NONE;
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_QUEUE,
                      DB_PARAMS(P_INT(marker_id), P_INT(after), P_TEXT(FILTERS[filter]), P_INT((int64_t)limit + 1)),
                      limit + 1, take_script, &listing);
    if (err == ERR_NONE && after == 0)
        err = read_counts(db, arena, marker_id, &queue);
    if (err == ERR_NONE)
        *ret_queue = queue;
    return err;
}

/* ---- one mark ---- */

struct putting {
    struct arena *arena;
    int64_t marker_id, now_us;
    const struct marking_entry *entry;
    struct marking_put put;
};

static enum marking_put_verdict verdict_of(const char *outcome) {
    static const struct {
        const char *outcome;
        enum marking_put_verdict verdict;
    } rows[] = {{"entered", MARKING_PUT_ENTERED},
                {"repeated", MARKING_PUT_ENTERED},
                {"stale", MARKING_PUT_STALE},
                {"frozen", MARKING_PUT_FROZEN},
                {"final", MARKING_PUT_FINAL},
                {"qualify", MARKING_PUT_QUALIFY},
                {"stopped", MARKING_PUT_STOPPED},
                {"off_scale", MARKING_PUT_OFF_SCALE},
                {"off_step", MARKING_PUT_OFF_STEP},
                {"criterion_scale", MARKING_PUT_OFF_SCALE},
                {"criterion_step", MARKING_PUT_OFF_STEP},
                {"criteria_missing", MARKING_PUT_CRITERIA_MISSING},
                {"criteria_extra", MARKING_PUT_CRITERIA_EXTRA},
                {"criteria_count", MARKING_PUT_CRITERIA_COUNT},
                {"criteria_sum", MARKING_PUT_CRITERIA_SUM}};
    size_t len = strcspn(outcome, ":");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strlen(rows[i].outcome) == len && strncmp(rows[i].outcome, outcome, len) == 0)
            return rows[i].verdict;
    return MARKING_PUT_NOT_ASSIGNED;
}

/* Without the mark: the trail is read before the other examiner's is final. Settling tells all of them. */
static enum err log_mark(struct putting *p, struct db *db, int64_t subject_id) {
    const char *details = arena_printf(p->arena, "{\"revision\":%d}", p->put.revision);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, p->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(p->marker_id),
                                                .act = "marking.mark",
                                                .subject_kind = "script",
                                                .subject_id = subject_id,
                                                .details = details,
                                                .at_us = p->now_us});
}

static enum err put_body(void *ctx, struct db *db) {
    struct putting *p = ctx;
    const struct marking_entry *entry = p->entry;
    const struct db_row *row = NULL;
    const char *criteria[MARKING_CRITERIA_MAX];
    if (entry->criteria_count > MARKING_CRITERIA_MAX)
        return ERR_LIMIT;
    enum err err = marking_hundredths_texts(p->arena, entry->criteria, entry->criteria_count, criteria);
    if (err == ERR_NONE)
        err = db_one(db, p->arena, DB_SCRIPT_MARK_PUT,
                     DB_PARAMS(P_INT(entry->blind_id), P_INT(p->marker_id), P_INT(entry->seen_revision),
                               P_TEXT(marking_status_key(entry->status)),
                               entry->status == MARKING_AWARDED ? P_HUNDREDTHS(entry->value) : P_NULL, P_TEXT(entry->note),
                               entry->criteria ? P_TEXTS(criteria, entry->criteria_count) : P_NULL,
                               entry->seconds >= 0 ? P_INT(entry->seconds) : P_NULL),
                     &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0), *place = strchr(outcome, ':');
    int64_t number = 0;
    if (place)
        (void)text_parse_int(place + 1, 1, MARKING_CRITERIA_MAX, &number);
    p->put = (struct marking_put){.verdict = verdict_of(outcome),
                                  .revision = (int32_t)db_int(row, 1),
                                  .place = (int32_t)number,
                                  .entered_us = db_time(row, 2),
                                  .quick = db_bool(row, 3)};
    return strcmp(outcome, "entered") == 0 ? log_mark(p, db, db_is_null(row, 4) ? entry->blind_id : db_int(row, 4)) : DB_ROLLBACK;
}

enum err marking_mark_put(struct db *db, struct arena *arena, int64_t marker_id, const struct marking_entry *entry,
                          int64_t now_us, struct marking_put *ret_put) {
    struct putting p = {.arena = arena, .marker_id = marker_id, .now_us = now_us, .entry = entry};
    enum err err = db_transact(db, put_body, &p);
    if (err == ERR_NONE)
        *ret_put = p.put;
    return err;
}

/* ---- the final word ---- */

struct declaring {
    struct arena *arena;
    int64_t marker_id, now_us;
    struct marking_declaration *list;
    const size_t *order; /* ascending codes, so that two of them never wait for each other */
    size_t count;
};

static enum err declare_one(struct declaring *d, struct db *db, struct marking_declaration *declaration) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, d->arena, DB_SCRIPT_FINAL,
                          DB_PARAMS(P_INT(declaration->blind_id), P_INT(d->marker_id), P_INT(declaration->revision)), &row);
    if (err != ERR_NONE)
        return err;
    declaration->outcome = db_text(row, 0);
    declaration->final_us = db_time(row, 2);
    declaration->script_id = db_is_null(row, 3) ? 0 : db_int(row, 3);
    if (strcmp(declaration->outcome, "declared") != 0)
        return ERR_NONE;
    int64_t subject_id = declaration->script_id ? declaration->script_id : declaration->blind_id;
    const char *details = arena_printf(d->arena, "{\"revision\":%d}", declaration->revision);
    if (!details)
        return ERR_MEMORY;
    err = ledger_append(db, d->arena,
                        &(struct ledger_event){.actor = LEDGER_STAFF(d->marker_id),
                                               .act = "marking.final",
                                               .subject_kind = "script",
                                               .subject_id = subject_id,
                                               .details = details,
                                               .at_us = d->now_us});
    if (err == ERR_NONE && db_bool(row, 1))
        err = marking_script_settle(db, declaration->script_id, d->now_us);
    return err;
}

static enum err declare_body(void *ctx, struct db *db) {
    struct declaring *d = ctx;
    enum err err = ERR_NONE;
    for (size_t i = 0; i < d->count && err == ERR_NONE; i++)
        err = declare_one(d, db, &d->list[d->order[i]]);
    return err;
}

enum err marking_finals_declare(struct db *db, struct arena *arena, int64_t marker_id, struct marking_declaration *declarations,
                                size_t count, int64_t now_us) {
    size_t order[MARKING_FINALS_AT_ONCE] = {0};
    if (count > MARKING_FINALS_AT_ONCE)
        return ERR_RANGE;
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && declarations[order[at - 1]].blind_id > declarations[i].blind_id; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    struct declaring d = {.arena = arena, .marker_id = marker_id, .now_us = now_us, .list = declarations, .order = order, .count = count};
    return db_transact(db, declare_body, &d);
}
