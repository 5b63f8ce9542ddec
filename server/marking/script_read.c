#include "khoacu/marking/rubric.h"
#include "khoacu/marking/script.h"

#include "khoacu/base/random.h"
#include "khoacu/ledger/ledger.h"
#include "marking_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define REPORTS_MAX 20

/* ---- reading ---- */

struct pages {
    struct marking_page *list;
    size_t count;
};

static enum err take_page(void *ctx, const struct db_row *row) {
    struct pages *pages = ctx;
    pages->list[pages->count++] = (struct marking_page){.page = (int32_t)db_int(row, 0),
                                                        .question = (int32_t)db_int(row, 1),
                                                        .kind = db_text(row, 2),
                                                        .body = db_text(row, 3),
                                                        .width = db_int(row, 4),
                                                        .height = db_int(row, 5)};
    return ERR_NONE;
}

enum err marking_pages_read(struct db *db, struct arena *arena, enum db_statement statement, int64_t blind_id, int64_t marker_id,
                            struct marking_page **ret_pages, size_t *ret_count) {
    struct pages pages = {.list = ARENA_ARRAY(arena, MARKING_PAGES_MAX, struct marking_page)};
    if (!pages.list)
        return ERR_MEMORY;
    const struct db_param params[] = {P_INT(blind_id), P_INT(marker_id)};
    enum err err = db_many(db, arena, statement, params, DB_ARITIES[statement], MARKING_PAGES_MAX, take_page, &pages);
    *ret_pages = pages.list;
    *ret_count = pages.count;
    return err;
}

static enum err take_annotation(void *ctx, const struct db_row *row) {
    struct marking_reading *reading = ctx;
    struct marking_annotation *annotation = &reading->annotations[reading->annotation_count++];
    *annotation = (struct marking_annotation){.number = (int32_t)db_int(row, 0),
                                              .revision = (int32_t)db_int(row, 1),
                                              .page = (int32_t)db_int(row, 2),
                                              .body = db_text(row, 4)};
    annotation->place = db_ints(row, 3, &annotation->place_count);
    return ERR_NONE;
}

static enum err take_report(void *ctx, const struct db_row *row) {
    struct marking_reading *reading = ctx;
    reading->reports[reading->report_count++] =
        (struct marking_report){.article = db_text(row, 0), .reason = db_text(row, 1), .reported_us = db_time(row, 2)};
    return ERR_NONE;
}

struct lesson {
    struct arena *arena;
    struct marking_lesson *lesson;
};

static enum err take_lesson(void *ctx, const struct db_row *row) {
    struct lesson *l = ctx;
    l->lesson->shown = true;
    l->lesson->value = db_hundredths(row, 0);
    l->lesson->reason = db_text(row, 2);
    l->lesson->within = db_bool(row, 3);
    return marking_criteria_take(l->arena, row, 1, &l->lesson->criteria, &l->lesson->criteria_count);
}

static enum err read_beside(struct db *db, struct arena *arena, int64_t marker_id, int64_t blind_id, struct marking_reading *reading) {
    struct lesson lesson = {.arena = arena, .lesson = &reading->lesson};
    enum err err = db_many(db, arena, DB_SCRIPT_ANNOTATIONS, DB_PARAMS(P_INT(blind_id), P_INT(marker_id)), MARKING_ANNOTATIONS_MAX,
                           take_annotation, reading);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_SCRIPT_OWN_REPORTS, DB_PARAMS(P_INT(blind_id), P_INT(marker_id)), REPORTS_MAX, take_report,
                      reading);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_SCRIPT_PRACTICE, DB_PARAMS(P_INT(blind_id), P_INT(marker_id)), 1, take_lesson, &lesson);
    return err;
}

enum err marking_script_read(struct db *db, struct arena *arena, int64_t marker_id, int64_t blind_id,
                             struct marking_reading *ret_reading) {
    const struct db_row *row = NULL;
    struct marking_reading reading = {
        .annotations = ARENA_ARRAY(arena, MARKING_ANNOTATIONS_MAX, struct marking_annotation),
        .reports = ARENA_ARRAY(arena, REPORTS_MAX, struct marking_report)};
    if (!reading.annotations || !reading.reports)
        return ERR_MEMORY;
    enum err err = db_one(db, arena, DB_SCRIPT_TASK, DB_PARAMS(P_INT(blind_id), P_INT(marker_id)), &row);
    if (err != ERR_NONE)
        return err;
    if (db_is_null(row, 0) || !db_bool(row, 4))
        return ERR_DB_NO_ROW;
    err = marking_guide_read(db, arena, db_int(row, 1), db_text(row, 2), (int32_t)db_int(row, 3), &reading.guide);
    if (err == ERR_NONE)
        err = marking_pages_read(db, arena, DB_SCRIPT_PAGES, blind_id, marker_id, &reading.pages, &reading.page_count);
    if (err == ERR_NONE)
        err = read_beside(db, arena, marker_id, blind_id, &reading);
    if (err == ERR_NONE)
        *ret_reading = reading;
    return err;
}

enum err marking_page_read(struct db *db, struct arena *arena, int64_t marker_id, int64_t blind_id, int32_t page,
                           const char **ret_type, const uint8_t **ret_bytes, size_t *ret_len) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SCRIPT_PAGE_BYTES, DB_PARAMS(P_INT(blind_id), P_INT(marker_id), P_INT(page)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_type = db_text(row, 0);
    *ret_bytes = db_bytes(row, 1, ret_len);
    return ERR_NONE;
}

/* ---- beside the mark ---- */

struct noting {
    struct arena *arena;
    int64_t marker_id, blind_id, now_us;
    struct marking_annotation *annotation; /* or a report */
    const char *article, *reason;
    enum marking_act act;
    int32_t revision;
    int64_t reported_us;
};

static enum marking_act act_of(const char *outcome) {
#define X(name, key) key,
    static const char *const KEYS[] = {MARKING_ACT_TABLE(X)};
#undef X
    for (int i = 0; i < MARKING_ACT_COUNT; i++)
        if (strcmp(KEYS[i], outcome) == 0)
            return (enum marking_act)i;
    return MARKING_ACT_NOT_ASSIGNED;
}

static enum err annotation_body(void *ctx, struct db *db) {
    struct noting *n = ctx;
    const struct marking_annotation *a = n->annotation;
    const struct db_row *row = NULL;
    enum err err = db_one(db, n->arena, DB_SCRIPT_ANNOTATION_PUT,
                          DB_PARAMS(P_INT(n->blind_id), P_INT(n->marker_id), P_INT(a->number), P_INT(a->revision), P_INT(a->page),
                                    P_INTS(a->place, a->place_count), P_TEXT(a->body)),
                          &row);
    if (err != ERR_NONE)
        return err;
    n->act = act_of(db_text(row, 0));
    n->revision = (int32_t)db_int(row, 1);
    if (n->act != MARKING_ACT_KEPT)
        return DB_ROLLBACK;
    const char *details = arena_printf(n->arena, "{\"number\":%d,\"page\":%d,\"revision\":%d}", a->number, a->page, n->revision);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, n->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(n->marker_id),
                                                .act = "marking.annotate",
                                                .subject_kind = "script",
                                                .subject_id = n->blind_id,
                                                .details = details,
                                                .at_us = n->now_us});
}

enum err marking_annotation_put(struct db *db, struct arena *arena, int64_t marker_id, int64_t blind_id,
                                struct marking_annotation *annotation, int64_t now_us, enum marking_act *ret_act) {
    struct noting n = {.arena = arena, .marker_id = marker_id, .blind_id = blind_id, .now_us = now_us, .annotation = annotation};
    enum err err = db_transact(db, annotation_body, &n);
    if (err != ERR_NONE)
        return err;
    annotation->revision = n.revision;
    *ret_act = n.act;
    return ERR_NONE;
}

static enum err report_body(void *ctx, struct db *db) {
    struct noting *n = ctx;
    const struct db_row *row = NULL;
    int64_t report_id = random_id();
    enum err err = db_one(db, n->arena, DB_SCRIPT_REPORT_PUT,
                          DB_PARAMS(P_INT(n->blind_id), P_INT(n->marker_id), P_INT(report_id), P_TEXT(n->article), P_TEXT(n->reason)), &row);
    if (err != ERR_NONE)
        return err;
    n->act = act_of(db_text(row, 0));
    n->reported_us = db_time(row, 1);
    if (n->act != MARKING_ACT_KEPT)
        return DB_ROLLBACK;
    const char *details = arena_printf(n->arena, "{\"article\":\"%s\"}", n->article);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, n->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(n->marker_id),
                                                .act = "marking.report",
                                                .subject_kind = "script",
                                                .subject_id = n->blind_id,
                                                .reason = n->reason,
                                                .details = details,
                                                .at_us = n->now_us});
}

enum err marking_report_put(struct db *db, struct arena *arena, int64_t marker_id, int64_t blind_id, const char *article,
                            const char *reason, int64_t now_us, enum marking_act *ret_act, int64_t *ret_reported_us) {
    struct noting n = {
        .arena = arena, .marker_id = marker_id, .blind_id = blind_id, .now_us = now_us, .article = article, .reason = reason};
    enum err err = db_transact(db, report_body, &n);
    if (err != ERR_NONE)
        return err;
    *ret_act = n.act;
    *ret_reported_us = n.reported_us;
    return ERR_NONE;
}
