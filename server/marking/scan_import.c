#include "scan_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/qr.h"
#include "khoacu/doc/zip.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define FILE_ARENA_MAX ((size_t)512 << 20)
#define STRIP 25      /* hundredths of the code's height that are cut off below it as well */
#define CUT_MOST 6000 /* a code further down stands at no place of ours */

struct page {
    struct raster_page whole, shown;
    int64_t sheet_id; /* 0: to be kept aside */
};
struct file {
    struct arena *arena;
    const struct scan_actor *actor;
    int64_t bag_id;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    struct page pages[RASTER_PAGES_MAX];
    size_t page_count;
    enum scan_verdict verdict;
    int64_t kept, aside;
};

/* ---- looking ---- */

static enum err look(struct file *file, struct page *page) {
    struct arena arena CLEANUP(arena_release);
    struct raster_grey grey;
    struct qr_found found;
    enum raster_end end;
    arena_init(&arena, FILE_ARENA_MAX);
    enum err err = raster_grey(&arena, &page->whole, &grey, &end);
    if (err != ERR_NONE || end != RASTER_DONE)
        return err;
    err = qr_find(&grey, SCAN_QR_PREFIX, &found);
    int cut = found.bottom + found.height * STRIP / 100;
    int64_t sheet_id = 0;
    if (err != ERR_NONE || found.count != 1 || cut > CUT_MOST || !scan_code_parse(found.words, &sheet_id))
        return err;
    err = raster_turn(file->arena, &page->whole, found.turns, cut, &page->shown, &end);
    page->sheet_id = err == ERR_NONE && end == RASTER_DONE ? sheet_id : 0;
    return err;
}

static enum err draw(struct file *file, const void *bytes, size_t len) {
    struct raster_page *pages = ARENA_ARRAY(file->arena, RASTER_PAGES_MAX, struct raster_page);
    enum raster_end end;
    if (!pages)
        return ERR_MEMORY;
    enum err err = raster_pages(file->arena, bytes, len, pages, &file->page_count, &end);
    if (err == ERR_NONE && end == RASTER_NO_PROGRAM)
        return ERR_CONFIG;
    file->verdict = end == RASTER_DONE ? SCAN_KEPT : SCAN_BROKEN;
    for (size_t i = 0; err == ERR_NONE && i < file->page_count; i++) {
        file->pages[i] = (struct page){.whole = pages[i]};
        err = look(file, &file->pages[i]);
    }
    return err;
}

/* ---- keeping ---- */

static enum err keep_page(struct file *file, struct db *db, size_t index) {
    const struct page *page = &file->pages[index];
    const struct db_row *row = NULL;
    const char *why = "no_code";
    enum err err = ERR_NONE;
    if (page->sheet_id != 0) {
        err = db_one(db, file->arena, DB_SCAN_PAGE_PUT,
                     DB_PARAMS(P_INT(file->bag_id), P_BYTES(file->sha256, sizeof file->sha256), P_INT(page->sheet_id),
                               P_BYTES(page->shown.bytes, page->shown.len), P_INT(page->shown.width), P_INT(page->shown.height)),
                     &row);
        if (err != ERR_NONE)
            return err;
        why = db_text(row, 0);
    }
    if (strcmp(why, "kept") == 0) {
        file->kept++;
        return ERR_NONE;
    }
    file->aside++;
    return db_one(db, file->arena, DB_SCAN_ASIDE_PUT,
                  DB_PARAMS(P_INT(random_id()), P_INT(file->bag_id), P_BYTES(file->sha256, sizeof file->sha256), P_INT((int64_t)index + 1),
                            P_TEXT(why), P_BYTES(page->whole.bytes, page->whole.len)),
                  &row);
}

static enum err keep_body(void *ctx, struct db *db) {
    struct file *file = ctx;
    const struct db_row *row = NULL;
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    file->kept = file->aside = 0;
    enum err err = db_one(db, file->arena, DB_SCAN_CAPTURE,
                          DB_PARAMS(P_INT(file->bag_id), P_BYTES(file->sha256, sizeof file->sha256), P_INT((int64_t)file->page_count),
                                    P_INT(file->actor->staff_id), P_TIME(file->actor->now_us)),
                          &row);
    if (err == ERR_NONE)
        err = scan_word(row, &file->verdict);
    if (err != ERR_NONE || file->verdict != SCAN_KEPT)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    for (size_t i = 0; err == ERR_NONE && i < file->page_count; i++)
        err = keep_page(file, db, i);
    text_hex(file->sha256, sizeof file->sha256, hex);
    return err != ERR_NONE ? err
                           : scan_event(db, file->arena, file->actor, "scan.capture", file->bag_id,
                                        arena_printf(file->arena, "{\"aside\":%lld,\"file_sha256\":\"%s\",\"kept\":%lld,\"pages\":%zu}",
                                                     (long long)file->aside, hex, (long long)file->kept, file->page_count));
}

static enum err take(struct file *file, struct db *db, const void *bytes, size_t len) {
    const struct db_row *row = NULL;
    crypto_sha256(bytes, len, file->sha256);
    enum err err = db_one(db, file->arena, DB_SCAN_FILE_KNOWN, DB_PARAMS(P_INT(file->bag_id), P_BYTES(file->sha256, sizeof file->sha256)), &row);
    file->verdict = SCAN_KNOWN;
    if (err != ERR_NONE || db_bool(row, 0))
        return err;
    err = draw(file, bytes, len);
    return err == ERR_NONE && file->verdict == SCAN_KEPT ? db_transact(db, keep_body, file) : err;
}

static void refuse(struct arena *arena, struct scan_report *report, const char *name, enum scan_verdict verdict) {
    const char *kept = arena_strndup(arena, name, strlen(name));
    if (report->refused < (int64_t)(sizeof report->refusals / sizeof *report->refusals))
        report->refusals[report->refused] = (struct scan_refusal){.name = kept ? kept : "", .verdict = verdict};
    report->refused++;
}

static enum err import_one(struct db *db, const struct scan_actor *actor, struct arena *arena, int64_t bag_id, const char *name,
                           const void *bytes, size_t len, struct scan_report *report) {
    struct arena own CLEANUP(arena_release);
    arena_init(&own, FILE_ARENA_MAX);
    struct file *file = ARENA_NEW(&own, struct file);
    if (!file)
        return ERR_MEMORY;
    *file = (struct file){.arena = &own, .actor = actor, .bag_id = bag_id};
    enum err err = take(file, db, bytes, len);
    if (err != ERR_NONE)
        return err;
    report->files++;
    if (file->verdict == SCAN_KEPT) {
        report->pages += (int64_t)file->page_count;
        report->kept += file->kept;
        report->aside += file->aside;
    } else if (file->verdict == SCAN_KNOWN) {
        report->known++;
    } else {
        refuse(arena, report, name, file->verdict);
    }
    return ERR_NONE;
}

static enum err import_zip(struct db *db, const struct scan_actor *actor, struct arena *arena, int64_t bag_id, const char *name,
                           const void *bytes, size_t len, struct scan_report *report) {
    struct zipfile *zip = NULL;
    enum zipfile_reason reason;
    enum err err = zipfile_open(bytes, len, &zip, &reason);
    if (err == ERR_SYNTAX || err == ERR_LIMIT) {
        report->files++;
        refuse(arena, report, name, SCAN_BROKEN);
        return ERR_NONE;
    }
    for (size_t i = 0; err == ERR_NONE && i < zipfile_count(zip); i++) {
        struct arena own CLEANUP(arena_release);
        const char *entry = zipfile_name(zip, i);
        char *content = NULL;
        size_t content_len = 0;
        arena_init(&own, FILE_ARENA_MAX);
        if (entry[strlen(entry) - 1] == '/')
            continue;
        err = zipfile_read(zip, &own, i, &content, &content_len, &reason);
        if (err == ERR_NONE) {
            err = import_one(db, actor, arena, bag_id, entry, content, content_len, report);
        } else if (err == ERR_SYNTAX || err == ERR_LIMIT) {
            report->files++;
            refuse(arena, report, entry, SCAN_BROKEN);
            err = ERR_NONE;
        }
    }
    zipfile_free(zip);
    return err;
}

enum err scan_import(struct db *db, const struct scan_actor *actor, struct arena *arena, int64_t bag_id, const char *name, const void *bytes,
                     size_t len, struct scan_report *report) {
    if (len > SCAN_FILE_MAX) {
        report->files++;
        refuse(arena, report, name, SCAN_BROKEN);
        return ERR_NONE;
    }
    bool zipped = len > 4 && memcmp(bytes, "PK\3\4", 4) == 0;
    return (zipped ? import_zip : import_one)(db, actor, arena, bag_id, name, bytes, len, report);
}
