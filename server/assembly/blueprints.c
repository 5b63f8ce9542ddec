#include "khoacu/assembly/assembly.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { VERSIONS_MAX = 10000, PAST_MAX = 50 };

static unsigned rights_in(const struct bank_scope *scope, int64_t bank_id) {
    unsigned rights = 0;
    for (size_t i = 0; i < scope->count; i++)
        rights |= scope->rows[i].bank_id == bank_id ? scope->rows[i].rights : 0;
    return rights;
}

static bool may_write(unsigned rights) {
    return rights & (BANK_RIGHT_ASSEMBLER | BANK_RIGHT_OWNER);
}

static enum err read_rights(const struct bank_desk *desk, int64_t bank_id, unsigned *ret_rights) {
    struct bank_scope scope = {0};
    enum err err = bank_scope_read(desk, &scope);
    if (err == ERR_NONE)
        *ret_rights = rights_in(&scope, bank_id);
    return err;
}

/* ---- reading ---- */

struct listing {
    struct assembly_listed *list;
    size_t count;
};

static enum err take_listed(void *ctx, const struct db_row *row) {
    struct listing *listing = ctx;
    listing->list[listing->count++] = (struct assembly_listed){.blueprint_id = db_int(row, 0),
                                                               .bank = db_text(row, 1),
                                                               .code = db_text(row, 2),
                                                               .version = db_int(row, 3),
                                                               .title = db_text(row, 4),
                                                               .saved_us = db_time(row, 5),
                                                               .author = db_text(row, 6)};
    return ERR_NONE;
}

enum err assembly_blueprints_list(const struct bank_desk *desk, const char *bank, struct assembly_listed **ret_list,
                                  size_t *ret_count) {
    struct bank_scope scope = {0};
    struct listing listing = {.list = ARENA_ARRAY(desk->arena, ASSEMBLY_BLUEPRINTS_MAX, struct assembly_listed)};
    enum err err = bank_scope_read(desk, &scope);
    int64_t *ids = ARENA_ARRAY(desk->arena, scope.count + 1, int64_t);
    size_t count = 0;
    if (err == ERR_NONE && (!ids || !listing.list))
        err = ERR_MEMORY;
    for (size_t i = 0; err == ERR_NONE && i < scope.count; i++)
        if (!*bank || strcmp(bank, scope.rows[i].bank_code) == 0)
            ids[count++] = scope.rows[i].bank_id;
    if (err == ERR_NONE)
        err = db_many(desk->db, desk->arena, DB_ASSEMBLY_BLUEPRINTS, DB_PARAMS(P_INTS(ids, count)),
                      ASSEMBLY_BLUEPRINTS_MAX, take_listed, &listing);
    if (err != ERR_NONE)
        return err;
    *ret_list = listing.list;
    *ret_count = listing.count;
    return ERR_NONE;
}

static enum err take_version(void *ctx, const struct db_row *row) {
    struct assembly_stored *stored = ctx;
    stored->versions[stored->version_count++] = (struct assembly_saved_version){
        .version = db_int(row, 0), .saved_us = db_time(row, 1), .author = db_text(row, 2), .reason = db_text(row, 3)};
    return ERR_NONE;
}

static enum err take_past(void *ctx, const struct db_row *row) {
    struct assembly_stored *stored = ctx;
    stored->assemblies[stored->assembly_count++] = (struct assembly_past){.assembly_id = db_int(row, 0),
                                                                          .version = db_int(row, 1),
                                                                          .requested_us = db_time(row, 2),
                                                                          .by = db_text(row, 3),
                                                                          .verdict = db_text(row, 4),
                                                                          .finished_us = db_time(row, 5)};
    return ERR_NONE;
}

static enum err read_history(const struct bank_desk *desk, struct assembly_stored *stored) {
    stored->versions = ARENA_ARRAY(desk->arena, (size_t)stored->newest, struct assembly_saved_version);
    stored->assemblies = ARENA_ARRAY(desk->arena, PAST_MAX, struct assembly_past);
    if (!stored->versions || !stored->assemblies)
        return ERR_MEMORY;
    enum err err = db_many(desk->db, desk->arena, DB_ASSEMBLY_BLUEPRINT_VERSIONS,
                           DB_PARAMS(P_INT(stored->blueprint_id)), (size_t)stored->newest, take_version, stored);
    if (err == ERR_NONE)
        err = db_many(desk->db, desk->arena, DB_ASSEMBLY_OF_BLUEPRINT, DB_PARAMS(P_INT(stored->blueprint_id)), PAST_MAX,
                      take_past, stored);
    return err;
}

static bool take_stored(const struct db_row *row, int64_t blueprint_id, struct assembly_stored *stored) {
    size_t len = 0;
    const uint8_t *sha256 = db_bytes(row, 7, &len);
    *stored = (struct assembly_stored){.blueprint_id = blueprint_id,
                                       .bank_id = db_int(row, 0),
                                       .bank = db_text(row, 1),
                                       .code = db_text(row, 2),
                                       .newest = db_int(row, 3),
                                       .version = db_int(row, 4),
                                       .title = db_text(row, 5),
                                       .document = db_text(row, 6),
                                       .bank_exposure_max = db_int(row, 8)};
    if (len == CRYPTO_SHA256_LEN)
        text_hex(sha256, len, stored->sha256);
    return len == CRYPTO_SHA256_LEN && stored->newest <= VERSIONS_MAX;
}

enum err assembly_blueprint_get(const struct bank_desk *desk, int64_t blueprint_id, int64_t version,
                                struct assembly_stored **ret_stored) {
    struct assembly_stored *stored = ARENA_NEW(desk->arena, struct assembly_stored);
    const struct db_row *row = NULL;
    unsigned rights = 0;
    *ret_stored = NULL;
    enum err err =
        db_one(desk->db, desk->arena, DB_ASSEMBLY_BLUEPRINT_GET, DB_PARAMS(P_INT(blueprint_id), P_INT(version)), &row);
    if (err == ERR_DB_NO_ROW)
        return ERR_NONE;
    if (err != ERR_NONE || !stored)
        return err != ERR_NONE ? err : ERR_MEMORY;
    if (!take_stored(row, blueprint_id, stored))
        return ERR_STATE;
    err = read_rights(desk, stored->bank_id, &rights);
    if (err != ERR_NONE || rights == 0)
        return err;
    stored->may_write = may_write(rights);
    err = read_history(desk, stored);
    if (err == ERR_NONE)
        *ret_stored = stored;
    return err;
}

/* ---- writing ---- */

struct saving {
    const struct bank_desk *desk;
    int64_t blueprint_id, bank_id, version; /* version: the new one */
    const char *code, *title, *reason;
    struct buf document;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    enum assembly_save_verdict verdict;
};

static enum err compose(struct saving *saving, const struct json *document) {
    buf_init(&saving->document, ASSEMBLY_BLUEPRINT_BYTES_MAX);
    enum err err = json_canonical(document, &saving->document);
    if (err != ERR_NONE)
        return err;
    const char *title = json_text(json_get(document, "title"));
    saving->title = title ? title : "";
    crypto_sha256(saving->document.data, saving->document.len, saving->sha256);
    return ERR_NONE;
}

static enum err add_version(const struct saving *saving, struct db *db) {
    const struct bank_desk *desk = saving->desk;
    char sha256[2 * CRYPTO_SHA256_LEN + 1];
    text_hex(saving->sha256, sizeof saving->sha256, sha256);
    enum err err = db_run(db, DB_ASSEMBLY_BLUEPRINT_VERSION_INSERT,
                          DB_PARAMS(P_INT(saving->blueprint_id), P_INT(saving->version), P_TEXT(saving->title),
                                    P_TEXT(saving->document.data), P_BYTES(saving->sha256, sizeof saving->sha256),
                                    P_TEXT(saving->reason), P_TIME(desk->now_us), P_INT(desk->staff_id)),
                          NULL);
    const char *details =
        arena_printf(desk->arena, "{\"version\":%lld,\"sha256\":\"%s\"}", (long long)saving->version, sha256);
    if (err != ERR_NONE || !details)
        return err != ERR_NONE ? err : ERR_MEMORY;
    return ledger_append(
        db, desk->arena,
        &(struct ledger_event){.actor = LEDGER_STAFF(desk->staff_id),
                               .act = saving->version == 1 ? "assembly.blueprint_make" : "assembly.blueprint_save",
                               .subject_kind = "blueprint",
                               .subject_id = saving->blueprint_id,
                               .reason = *saving->reason ? saving->reason : NULL,
                               .details = details,
                               .at_us = desk->now_us});
}

static enum err make_body(void *ctx, struct db *db) {
    struct saving *saving = ctx;
    int64_t rows = 0;
    enum err err = db_run(db, DB_ASSEMBLY_BLUEPRINT_INSERT,
                          DB_PARAMS(P_INT(saving->blueprint_id), P_INT(saving->bank_id), P_TEXT(saving->code)), &rows);
    saving->verdict = rows == 0 ? ASSEMBLY_SAVE_CODE_TAKEN : ASSEMBLY_SAVED;
    if (err != ERR_NONE || rows == 0)
        return err != ERR_NONE ? err : DB_ROLLBACK;
    return add_version(saving, db);
}

enum err assembly_blueprint_make(const struct bank_desk *desk, const char *bank, const char *code,
                                 const struct json *document, const char *reason,
                                 enum assembly_save_verdict *ret_verdict, int64_t *ret_blueprint_id) {
    struct saving saving = {.desk = desk, .blueprint_id = random_id(), .version = 1, .code = code, .reason = reason};
    unsigned rights = 0;
    enum err err = bank_find(desk->db, desk->arena, bank, &saving.bank_id);
    if (err == ERR_NONE && saving.bank_id != 0)
        err = read_rights(desk, saving.bank_id, &rights);
    if (err != ERR_NONE)
        return err;
    saving.verdict = rights == 0 ? ASSEMBLY_SAVE_UNKNOWN : ASSEMBLY_SAVE_FORBIDDEN;
    if (may_write(rights)) {
        err = compose(&saving, document);
        if (err == ERR_NONE)
            err = db_transact(desk->db, make_body, &saving);
        buf_release(&saving.document);
    }
    if (err != ERR_NONE)
        return err;
    *ret_verdict = saving.verdict;
    *ret_blueprint_id = saving.blueprint_id;
    return ERR_NONE;
}

static enum err save_body(void *ctx, struct db *db) {
    struct saving *saving = ctx;
    int64_t rows = 0;
    enum err err = db_run(db, DB_ASSEMBLY_BLUEPRINT_NEXT,
                          DB_PARAMS(P_INT(saving->blueprint_id), P_INT(saving->version - 1)), &rows);
    saving->verdict = rows == 0 ? ASSEMBLY_SAVE_STALE : ASSEMBLY_SAVED;
    if (err != ERR_NONE || rows == 0)
        return err != ERR_NONE ? err : DB_ROLLBACK;
    return add_version(saving, db);
}

enum err assembly_blueprint_save(const struct bank_desk *desk, int64_t blueprint_id, int64_t base_version,
                                 const struct json *document, const char *reason,
                                 enum assembly_save_verdict *ret_verdict, int64_t *ret_version) {
    struct saving saving = {.desk = desk, .blueprint_id = blueprint_id, .version = base_version + 1, .reason = reason};
    struct assembly_stored *stored = NULL;
    enum err err = assembly_blueprint_get(desk, blueprint_id, 0, &stored);
    if (err != ERR_NONE)
        return err;
    saving.verdict = !stored ? ASSEMBLY_SAVE_UNKNOWN : ASSEMBLY_SAVE_FORBIDDEN;
    if (stored && stored->may_write) {
        err = compose(&saving, document);
        if (err == ERR_NONE)
            err = db_transact(desk->db, save_body, &saving);
        buf_release(&saving.document);
    }
    if (err != ERR_NONE)
        return err;
    *ret_verdict = saving.verdict;
    *ret_version = saving.verdict == ASSEMBLY_SAVED || !stored ? saving.version : stored->newest;
    return ERR_NONE;
}
