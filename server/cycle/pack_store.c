#include "khoacu/cycle/pack.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define LIST_MAX 300
#define BUILTIN_MAX 100
#define SCRATCH_MAX ((size_t)64 << 20)

static const char *const OUTCOMES[CYCLE_PACK_OUTCOME_COUNT] = {
#define X(name, key) [CYCLE_PACK_##name] = key,
    CYCLE_PACK_OUTCOME_TABLE(X)
#undef X
};

const char *cycle_pack_outcome_key(enum cycle_pack_outcome outcome) {
    return OUTCOMES[outcome];
}

/* ---- one pack in ---- */

struct bringing {
    struct arena *arena;
    const struct cycle_pack_file *file;
    struct cycle_pack_report report;
};

static void fault(struct bringing *b, const char *path, const char *reason, const char *value) {
    struct cycle_pack_report *report = &b->report;
    if (report->fault_count < sizeof report->faults / sizeof *report->faults)
        report->faults[report->fault_count++] = (struct cycle_pack_fault){.path = path, .reason = reason, .value = value};
}

static void fault_at(struct bringing *b, const char *path, const char *reason) {
    const char *own = arena_strdup(b->arena, path), *why = arena_strdup(b->arena, reason);
    if (own && why)
        fault(b, own, why, cycle_pack_value(b->arena, b->file->text, b->file->len, own));
}

/* What the reader has against it. */
static enum err read_pack(struct bringing *b) {
    struct cycle_pack *pack = ARENA_NEW(b->arena, struct cycle_pack);
    struct json_misfits misfits = {0};
    struct json_error error = {0};
    struct rank_misfit misfit = {0};
    if (!pack)
        return ERR_MEMORY;
    enum err err = cycle_pack_read(b->arena, b->file->text, b->file->len, pack, &misfits, &error);
    if (err == ERR_MEMORY)
        return err;
    size_t listed = sizeof misfits.list / sizeof *misfits.list;
    for (size_t i = 0; i < misfits.count && i < listed; i++)
        fault_at(b, misfits.list[i].path, misfits.list[i].rule);
    if (err == ERR_NONE) {
        b->report.pack = pack;
        if (!cycle_pack_deliverable(pack, &misfit))
            fault_at(b, misfit.path, misfit.reason);
    } else if (b->report.fault_count == 0) { /* no JSON, or too much of it */
        const char *place = arena_printf(b->arena, "byte %zu", error.offset);
        if (!place)
            return ERR_MEMORY;
        fault(b, place, *error.reason ? "syntax" : "limit", *error.reason ? arena_strdup(b->arena, error.reason) : NULL);
    }
    return ERR_NONE;
}

static enum err append(struct bringing *b, struct db *db) {
    const struct cycle_pack *pack = b->report.pack;
    const char *details = arena_printf(b->arena, "{\"pack\":\"%s\",\"pack_sha256\":\"%s\",\"pack_version\":%lld}", pack->id, pack->sha256,
                                       (long long)pack->version);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, b->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(b->file->staff_id),
                                                .act = "cycle.pack_import",
                                                .subject_kind = "rule_pack",
                                                .details = details,
                                                .at_us = b->file->now_us});
}

static enum err store(struct bringing *b, struct db *db) {
    const struct cycle_pack *pack = b->report.pack;
    const struct db_row *row = NULL;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    int64_t rows = 0;
    crypto_sha256(pack->text, pack->text_len, sha256);
    enum err err = db_one(db, b->arena, DB_CYCLE_PACK_SAME, DB_PARAMS(P_TEXT(pack->id), P_INT(pack->version), P_BYTES(sha256, sizeof sha256)), &row);
    if (err != ERR_NONE)
        return err;
    if (db_int(row, 0) > 0) {
        b->report.outcome = CYCLE_PACK_UNCHANGED;
        return DB_ROLLBACK;
    }
    err = db_one(db, b->arena, DB_CYCLE_PACK_NEWEST, DB_PARAMS(P_TEXT(pack->id)), &row);
    if (err != ERR_NONE)
        return err;
    if (db_int(row, 0) < pack->version) {
        err = db_run(db, DB_CYCLE_PACK_BRING,
                     DB_PARAMS(P_TEXT(pack->id), P_INT(pack->version), P_TEXT(pack->text), P_BYTES(sha256, sizeof sha256), P_TIME(b->file->now_us),
                               P_INT(b->file->staff_id)),
                     &rows);
        if (err != ERR_NONE)
            return err;
    }
    if (rows == 0) { /* or another has stored it meanwhile */
        fault_at(b, "version", "version-not-new");
        return DB_ROLLBACK;
    }
    b->report.outcome = CYCLE_PACK_IMPORTED;
    return b->file->dry_run ? DB_ROLLBACK : append(b, db);
}

static enum err bring_body(void *ctx, struct db *db) {
    struct bringing *b = ctx;
    size_t len = 0;
    b->report = (struct cycle_pack_report){.dry_run = b->file->dry_run};
    enum err err = read_pack(b);
    if (err != ERR_NONE || !b->report.pack)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    if (cycle_pack_builtin(b->report.pack->id, &len))
        fault_at(b, "id", "id-reserved");
    return b->report.fault_count > 0 ? DB_ROLLBACK : store(b, db);
}

enum err cycle_pack_import(struct db *db, struct arena *arena, const struct cycle_pack_file *file, struct cycle_pack_report *ret_report) {
    struct bringing b = {.arena = arena, .file = file};
    enum err err = db_transact(db, bring_body, &b);
    if (err != ERR_NONE)
        return err;
    b.report.applied = b.report.outcome == CYCLE_PACK_IMPORTED && !file->dry_run;
    *ret_report = b.report;
    return ERR_NONE;
}

/* ---- what there is ---- */

struct listing {
    struct arena *arena, *scratch;
    struct cycle_pack_list list;
};

/* A row of what a pack's text says. */
static enum err describe(struct listing *l, const char *text, size_t len, struct cycle_pack_row *row) {
    struct json_misfits misfits = {0};
    int64_t fixed[CYCLE_PACK_SOURCE_COUNT];
    arena_reset(l->scratch);
    struct cycle_pack *pack = ARENA_NEW(l->scratch, struct cycle_pack);
    if (!pack)
        return ERR_MEMORY;
    enum err err = cycle_pack_read(l->scratch, text, len, pack, &misfits, NULL);
    if (err != ERR_NONE)
        return err;
    row->id = arena_strdup(l->arena, pack->id);
    row->version = pack->version;
    row->title = (struct cycle_words){arena_strdup(l->arena, pack->title.vi), arena_strdup(l->arena, pack->title.en)};
    row->valid_from = arena_strdup(l->arena, pack->valid_from);
    row->valid_to = pack->valid_to ? arena_strdup(l->arena, pack->valid_to) : NULL;
    memcpy(row->sha256, pack->sha256, sizeof row->sha256);
    row->deliverable = cycle_pack_deliverable(pack, NULL);
    row->shares_marks = cycle_pack_shares_marks(pack, &pack->rank, fixed);
    row->written_max = fixed[CYCLE_PACK_WRITTEN];
    row->interview_max = fixed[CYCLE_PACK_INTERVIEW];
    return row->id && row->title.vi && row->title.en && row->valid_from ? ERR_NONE : ERR_MEMORY;
}

static enum err add_stored(void *ctx, const struct db_row *row) {
    struct listing *l = ctx;
    struct cycle_pack_row *to = &l->list.rows[l->list.count];
    const char *text = db_text(row, 2);
    enum err err = describe(l, text, strlen(text), to);
    if (err == ERR_MEMORY)
        return err;
    if (err != ERR_NONE) { /* what an earlier program took and this one does not: shown, and no cycle can examine by it */
        uint8_t sha256[CRYPTO_SHA256_LEN];
        const char *id = db_text(row, 0);
        crypto_sha256(text, strlen(text), sha256);
        *to = (struct cycle_pack_row){.id = id, .version = db_int(row, 1), .title = {id, id}, .valid_from = "", .shares_marks = true};
        text_hex(sha256, sizeof sha256, to->sha256);
    }
    to->brought_us = db_is_null(row, 4) ? 0 : db_time(row, 3);
    to->brought_by = db_is_null(row, 4) ? NULL : db_text(row, 4);
    to->cycles = db_int(row, 5);
    l->list.count++;
    return ERR_NONE;
}

/* Those that come with the program and that no cycle has asked for yet. */
static enum err add_builtin(struct listing *l) {
    const char *id;
    size_t stored = l->list.count;
    for (size_t i = 0; i < BUILTIN_MAX && (id = cycle_pack_builtin_id(l->arena, i)); i++) {
        struct cycle_pack_row row = {0};
        size_t len = 0;
        bool there = false;
        const char *text = cycle_pack_builtin(id, &len);
        enum err err = describe(l, text, len, &row);
        if (err != ERR_NONE)
            return err == ERR_MEMORY ? err : ERR_CONFIG; /* a test reads every built-in pack */
        for (size_t k = 0; k < stored; k++)
            there = there || (l->list.rows[k].version == row.version && strcmp(l->list.rows[k].id, row.id) == 0);
        if (!there)
            l->list.rows[l->list.count++] = row;
    }
    return ERR_NONE;
}

static int by_id(const void *a, const void *b) {
    const struct cycle_pack_row *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order != 0 ? order : (x->version < y->version) - (x->version > y->version);
}

enum err cycle_pack_list_read(struct db *db, struct arena *arena, struct cycle_pack_list *ret_list) {
    struct arena scratch CLEANUP(arena_release);
    arena_init(&scratch, SCRATCH_MAX);
    struct listing l = {.arena = arena, .scratch = &scratch, .list.rows = ARENA_ARRAY(arena, LIST_MAX + BUILTIN_MAX, struct cycle_pack_row)};
    if (!l.list.rows)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_CYCLE_PACK_LIST, DB_PARAMS(P_INT(LIST_MAX)), LIST_MAX, add_stored, &l);
    if (err == ERR_NONE)
        err = add_builtin(&l);
    if (err != ERR_NONE)
        return err;
    qsort(l.list.rows, l.list.count, sizeof *l.list.rows, by_id);
    *ret_list = l.list;
    return ERR_NONE;
}

enum err cycle_pack_text(struct db *db, struct arena *arena, const char *id, int64_t version, const char **ret_text) {
    const struct db_row *row = NULL;
    struct json_misfits misfits = {0};
    size_t len = 0;
    enum err err = db_one(db, arena, DB_CYCLE_PACK_READ, DB_PARAMS(P_TEXT(id), P_INT(version)), &row);
    if (err == ERR_NONE)
        *ret_text = db_text(row, 0);
    if (err != ERR_DB_NO_ROW)
        return err;
    const char *text = cycle_pack_builtin(id, &len);
    struct cycle_pack *pack = text ? ARENA_NEW(arena, struct cycle_pack) : NULL;
    bool same = pack && cycle_pack_read(arena, text, len, pack, &misfits, NULL) == ERR_NONE && pack->version == version;
    *ret_text = same ? pack->text : NULL;
    return ERR_NONE;
}
