#include "khoacu/marking/marking.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define QUEUE_MAX 200

struct listing {
    struct marking_queue *queue;
    size_t limit;
};

static enum err take_script(void *ctx, const struct db_row *row) {
    struct listing *listing = ctx;
    struct marking_queue *queue = listing->queue;
    if (queue->count == listing->limit) {
        queue->more = true;
        return ERR_NONE;
    }
    queue->scripts[queue->count++] = (struct marking_script){.blind_id = db_int(row, 0),
                                                             .component = db_text(row, 1),
                                                             .mark_max = db_hundredths(row, 2),
                                                             .mark_step = db_hundredths(row, 3),
                                                             .revision = (int32_t)db_int(row, 4),
                                                             .status = db_text(row, 5),
                                                             .note = db_text(row, 6),
                                                             .value = db_hundredths(row, 7),
                                                             .entered_us = db_time(row, 8)};
    return ERR_NONE;
}

enum err marking_queue_read(struct db *db, struct arena *arena, int64_t marker_id, enum marking_filter filter,
                            int64_t after, size_t limit, struct marking_queue *ret_queue) {
    static const char *const FILTERS[] = {"all", "waiting", "marked"};
    if (limit < 1 || limit > QUEUE_MAX)
        return ERR_RANGE;
    struct marking_queue queue = {.scripts = ARENA_ARRAY(arena, limit, struct marking_script)};
    if (!queue.scripts)
        return ERR_MEMORY;
    struct listing listing = {.queue = &queue, .limit = limit};
    enum err err =
        db_many(db, arena, DB_MARKING_QUEUE,
                DB_PARAMS(P_INT(marker_id), P_INT(after), P_TEXT(FILTERS[filter]), P_INT((int64_t)limit + 1)),
                limit + 1, take_script, &listing);
    const struct db_row *row = NULL;
    if (err == ERR_NONE)
        err = db_one(db, arena, DB_MARKING_QUEUE_COUNTS, DB_PARAMS(P_INT(marker_id)), &row);
    if (err != ERR_NONE)
        return err;
    queue.waiting = db_int(row, 0);
    queue.marked = db_int(row, 1);
    *ret_queue = queue;
    return ERR_NONE;
}

/* ---- one mark ---- */

struct putting {
    struct arena *arena;
    int64_t marker_id, now_us;
    const struct marking_entry *entry;
    enum marking_put_verdict verdict;
    int32_t revision;
    int64_t entered_us;
};

static enum marking_put_verdict verdict_of(const char *outcome) {
    static const struct {
        const char *outcome;
        enum marking_put_verdict verdict;
    } rows[] = {{"entered", MARKING_PUT_ENTERED},     {"repeated", MARKING_PUT_ENTERED},
                {"stale", MARKING_PUT_STALE},         {"frozen", MARKING_PUT_FROZEN},
                {"off_scale", MARKING_PUT_OFF_SCALE}, {"off_step", MARKING_PUT_OFF_STEP}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].outcome, outcome) == 0)
            return rows[i].verdict;
    return MARKING_PUT_NOT_ASSIGNED;
}

static enum err log_mark(struct putting *p, struct db *db) {
    char value[24] = "";
    if (p->entry->status == MARKING_AWARDED)
        text_format_hundredths(p->entry->value, value);
    const char *details = arena_printf(p->arena, "{\"revision\":%d,\"status\":\"%s\",\"value\":\"%s\"}", p->revision,
                                       marking_status_key(p->entry->status), value);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, p->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(p->marker_id),
                                                .act = "marking.mark",
                                                .subject_kind = "script",
                                                .subject_id = p->entry->blind_id,
                                                .details = details,
                                                .at_us = p->now_us});
}

static enum err put_body(void *ctx, struct db *db) {
    struct putting *p = ctx;
    const struct marking_entry *entry = p->entry;
    const struct db_row *row = NULL;
    enum err err =
        db_one(db, p->arena, DB_MARKING_MARK_PUT,
               DB_PARAMS(P_INT(entry->blind_id), P_INT(p->marker_id), P_INT(entry->seen_revision),
                         P_TEXT(marking_status_key(entry->status)),
                         entry->status == MARKING_AWARDED ? P_HUNDREDTHS(entry->value) : P_NULL, P_TEXT(entry->note)),
               &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    p->verdict = verdict_of(outcome);
    p->revision = (int32_t)db_int(row, 1);
    p->entered_us = db_time(row, 2);
    return strcmp(outcome, "entered") == 0 ? log_mark(p, db) : DB_ROLLBACK;
}

enum err marking_mark_put(struct db *db, struct arena *arena, int64_t marker_id, const struct marking_entry *entry,
                          int64_t now_us, enum marking_put_verdict *ret_verdict, int32_t *ret_revision,
                          int64_t *ret_entered_us) {
    struct putting p = {.arena = arena, .marker_id = marker_id, .now_us = now_us, .entry = entry};
    enum err err = db_transact(db, put_body, &p);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = p.verdict;
    *ret_revision = p.revision;
    *ret_entered_us = p.entered_us;
    return ERR_NONE;
}

/* ---- the freeze ---- */

struct freezing {
    struct arena *arena;
    int64_t staff_id, now_us;
    const char *cycle_code, *reason;
    enum marking_freeze_verdict verdict;
    struct marking_freeze out;
};

static enum err take_id(void *ctx, const struct db_row *row) {
    *(int64_t *)ctx = db_int(row, 0);
    return ERR_NONE;
}

static enum err log_freeze(struct freezing *f, struct db *db, int64_t cycle_id) {
    const char *details = arena_printf(f->arena, "{\"cycle\":\"%s\",\"scripts\":%lld,\"sha256\":\"%s\"}", f->cycle_code,
                                       (long long)f->out.scripts, f->out.sha256);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, f->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(f->staff_id),
                                                .act = "marking.freeze",
                                                .subject_kind = "cycle",
                                                .subject_id = cycle_id,
                                                .reason = f->reason,
                                                .details = details,
                                                .at_us = f->now_us});
}

static enum err freeze_body(void *ctx, struct db *db) {
    struct freezing *f = ctx;
    int64_t cycle_id = 0;
    f->out = (struct marking_freeze){0};
    enum err err =
        db_many(db, f->arena, DB_MARKING_CYCLE_FIND, DB_PARAMS(P_TEXT(f->cycle_code)), 1, take_id, &cycle_id);
    if (err != ERR_NONE)
        return err;
    f->verdict = MARKING_FREEZE_NO_CYCLE;
    if (cycle_id == 0)
        return DB_ROLLBACK;
    const struct db_row *row = NULL;
    err = db_one(db, f->arena, DB_MARKING_FREEZE, DB_PARAMS(P_INT(cycle_id), P_INT(f->staff_id)), &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    size_t len = 0;
    const uint8_t *sha256 = db_bytes(row, 3, &len);
    if (sha256 && len == CRYPTO_SHA256_LEN)
        text_hex(sha256, len, f->out.sha256);
    f->out.missing = db_int(row, 1);
    f->out.scripts = db_int(row, 2);
    f->out.frozen_us = db_time(row, 4);
    bool now = strcmp(outcome, "frozen") == 0;
    if (now || strcmp(outcome, "already") == 0)
        f->verdict = MARKING_FROZEN;
    else
        f->verdict = strcmp(outcome, "missing") == 0 ? MARKING_FREEZE_MISSING : MARKING_FREEZE_NO_SCRIPTS;
    return now ? log_freeze(f, db, cycle_id) : DB_ROLLBACK;
}

enum err marking_marks_freeze(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                              const char *reason, int64_t now_us, enum marking_freeze_verdict *ret_verdict,
                              struct marking_freeze *ret_freeze) {
    struct freezing f = {
        .arena = arena, .staff_id = staff_id, .now_us = now_us, .cycle_code = cycle_code, .reason = reason};
    enum err err = db_transact(db, freeze_body, &f);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = f.verdict;
    *ret_freeze = f.out;
    return ERR_NONE;
}
