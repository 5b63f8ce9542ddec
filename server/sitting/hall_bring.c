/* Photos and numbers of identity documents, as HR brings them in. */
#include "khoacu/sitting/hall.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/csv.h"
#include "khoacu/doc/photo.h"
#include "khoacu/doc/zip.h"
#include "khoacu/ledger/ledger.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

enum { LINES_MAX = 40000, ROLL_MAX = 20 };

struct bringing {
    struct arena *arena;
    const struct hall_bringing *by;
    struct hall_brought_list list;
    size_t room; /* lines that there is memory for */
    const char *roll_number, *bytes;
    size_t len;
    int64_t photos, documents;
    const char *reason;
};

static void note(struct bringing *b, const char *name, const char *outcome, const char *reason) {
    if (b->list.count < b->room)
        b->list.lines[b->list.count++] = (struct hall_brought){.name = name, .outcome = outcome, .reason = reason};
}

/* 0: no candidate of that roll number. */
static enum err find(struct bringing *b, struct db *db, const char *roll_number, int64_t *ret_id) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, b->arena, DB_HALL_CANDIDATE, DB_PARAMS(P_INT(b->by->cycle_id), P_TEXT(roll_number)), &row);
    *ret_id = err == ERR_NONE ? db_int(row, 0) : 0;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

static enum err bring_photo(struct bringing *b, struct db *db, const char *name, const char *roll_number, const char *bytes, size_t len) {
    struct buf clean CLEANUP(buf_release);
    int width = 0, height = 0;
    int64_t candidate_id = 0;
    const struct db_row *row = NULL;
    buf_init(&clean, PHOTO_BYTES_MAX);
    enum photo_verdict verdict = photo_clean(bytes, len, &clean, &width, &height);
    if (verdict != PHOTO_GOOD) {
        note(b, name, "refused", photo_verdict_key(verdict));
        return ERR_NONE;
    }
    enum err err = find(b, db, roll_number, &candidate_id);
    if (err != ERR_NONE || candidate_id == 0) {
        note(b, name, "refused", "unknown-roll");
        return err;
    }
    err = db_one(db, b->arena, DB_HALL_PHOTO_KEEP,
                 DB_PARAMS(P_INT(candidate_id), P_BYTES(clean.data, clean.len), P_INT(width), P_INT(height), P_INT(b->by->staff_id), P_TIME(b->by->now_us)), &row);
    if (err != ERR_NONE)
        return err;
    note(b, name, db_text(row, 0), NULL);
    b->photos += strcmp(db_text(row, 0), "unchanged") != 0;
    return ERR_NONE;
}

static enum err bring_number(struct bringing *b, struct db *db, const char *name, const char *roll_number, const char *typed) {
    char number[HALL_DOCUMENT_MAX];
    uint8_t hmac[CRYPTO_SHA256_LEN];
    int64_t candidate_id = 0;
    const struct db_row *row = NULL;
    if (!hall_document_clean(typed, number)) {
        note(b, name, "refused", "number");
        return ERR_NONE;
    }
    enum err err = find(b, db, roll_number, &candidate_id);
    if (err != ERR_NONE || candidate_id == 0) {
        note(b, name, "refused", "unknown-roll");
        return err;
    }
    hall_document_hmac(b->by->secret, candidate_id, number, hmac);
    crypto_wipe(number, sizeof number);
    err = db_one(db, b->arena, DB_HALL_DOCUMENT_KEEP,
                 DB_PARAMS(P_INT(candidate_id), P_BYTES(hmac, sizeof hmac), P_INT(b->by->staff_id), P_TIME(b->by->now_us)), &row);
    if (err != ERR_NONE)
        return err;
    note(b, name, db_text(row, 0), NULL);
    b->documents += strcmp(db_text(row, 0), "unchanged") != 0;
    return ERR_NONE;
}

static int column_of(const struct csv *csv, const char *english, const char *vietnamese) {
    int column = csv_column(csv, english);
    return column >= 0 ? column : csv_column(csv, vietnamese);
}

static enum err bring_csv(struct bringing *b, struct db *db, const char *name, const char *bytes, size_t len) {
    struct csv csv;
    struct csv_error fault = {0};
    if (csv_read(b->arena, bytes, len, &csv, &fault) != ERR_NONE) {
        note(b, name, "refused", "broken");
        return ERR_NONE;
    }
    int roll = column_of(&csv, "roll_number", "số báo danh"), document = column_of(&csv, "document_number", "số giấy tờ");
    if (roll < 0 || document < 0) {
        note(b, name, "refused", "heads");
        return ERR_NONE;
    }
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < csv.row_count; i++) {
        const char *line = arena_printf(b->arena, "%s:%zu", name, csv.rows[i].line);
        err = line ? bring_number(b, db, line, csv.rows[i].cells[roll], csv.rows[i].cells[document]) : ERR_MEMORY;
    }
    return err;
}

/* ROLL.jpg in any folder; hidden files of packers are passed over. */
static enum err bring_entry(struct bringing *b, struct db *db, struct zipfile *zip, size_t index) {
    const char *name = zipfile_name(zip, index), *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name, *dot = strrchr(base, '.');
    enum zipfile_reason reason = ZIPFILE_NONE;
    char *bytes = NULL;
    size_t len = 0;
    if (*base == '\0' || *base == '.' || strncmp(name, "__MACOSX/", 9) == 0)
        return ERR_NONE;
    struct arena own CLEANUP(arena_release);
    arena_init(&own, ZIPFILE_ENTRY_MAX + 65536);
    enum err err = zipfile_read(zip, &own, index, &bytes, &len, &reason);
    const char *kept = arena_strdup(b->arena, name);
    if (err == ERR_SYNTAX || err == ERR_LIMIT) {
        note(b, kept ? kept : "", "refused", err == ERR_LIMIT ? "too-large" : "broken");
        return ERR_NONE;
    }
    if (err != ERR_NONE || !kept)
        return err != ERR_NONE ? err : ERR_MEMORY;
    if (dot && strcasecmp(dot, ".csv") == 0)
        return bring_csv(b, db, kept, bytes, len);
    if (!dot || (size_t)(dot - base) > ROLL_MAX)
        return bring_photo(b, db, kept, "", bytes, len);
    char roll[ROLL_MAX + 1];
    (void)snprintf(roll, sizeof roll, "%.*s", (int)(dot - base), base);
    return bring_photo(b, db, kept, roll, bytes, len);
}

static enum err bring_zip(struct bringing *b, struct db *db) {
    struct zipfile *zip = NULL;
    enum zipfile_reason reason = ZIPFILE_NONE;
    enum err err = zipfile_open(b->bytes, b->len, &zip, &reason);
    if (err != ERR_NONE) {
        b->reason = zipfile_reason_key(reason);
        return err == ERR_LIMIT ? ERR_SYNTAX : err;
    }
    for (size_t i = 0; err == ERR_NONE && i < zipfile_count(zip); i++)
        err = bring_entry(b, db, zip, i);
    zipfile_free(zip);
    return err;
}

static enum err bring_all(struct bringing *b, struct db *db) {
    if (b->len > 4 && memcmp(b->bytes, "PK\x03\x04", 4) == 0)
        return bring_zip(b, db);
    if (b->len > 3 && memcmp(b->bytes, "\xFF\xD8\xFF", 3) == 0)
        return bring_photo(b, db, b->roll_number, b->roll_number, b->bytes, b->len);
    return bring_csv(b, db, "csv", b->bytes, b->len);
}

static enum err bring_body(void *ctx, struct db *db) {
    struct bringing *b = ctx;
    b->list.count = 0;
    b->photos = b->documents = 0;
    enum err err = bring_all(b, db);
    if (err != ERR_NONE)
        return err;
    if (b->photos == 0 && b->documents == 0)
        return DB_ROLLBACK;
    const char *details = arena_printf(b->arena, "{\"documents\":%lld,\"photos\":%lld}", (long long)b->documents, (long long)b->photos);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, b->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(b->by->staff_id),
                                                .act = "hall.identity_files",
                                                .subject_kind = "cycle",
                                                .subject_id = b->by->cycle_id,
                                                .details = details,
                                                .at_us = b->by->now_us});
}

enum err hall_bring(struct db *db, struct arena *arena, const struct hall_bringing *bringing, const char *roll_number, const char *bytes, size_t len,
                    struct hall_brought_list *ret_list, const char **ret_reason) {
    struct bringing b = {.arena = arena, .by = bringing, .roll_number = roll_number, .bytes = bytes, .len = len, .room = LINES_MAX, .reason = "broken"};
    b.list.lines = ARENA_ARRAY(arena, LINES_MAX, struct hall_brought);
    if (!b.list.lines)
        return ERR_MEMORY;
    enum err err = db_transact(db, bring_body, &b);
    if (err == ERR_NONE)
        *ret_list = b.list;
    else
        *ret_reason = b.reason;
    return err;
}
