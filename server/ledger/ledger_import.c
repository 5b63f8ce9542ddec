#include "khoacu/ledger/ledger.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/import.h"

#include "khoacu/base/banned.h"

enum err ledger_append_import(struct db *db, struct arena *arena, const char *act, const char *subject_kind,
                              int64_t subject_id, const struct import_request *request,
                              const struct import_report *report) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    crypto_sha256(request->bytes, request->len, sha256);
    text_hex(sha256, sizeof sha256, hex);
    const char *details = arena_printf(arena, "{\"changed\":%zu,\"file_sha256\":\"%s\",\"imported\":%zu,\"rows\":%zu}",
                                       report->changed, hex, report->imported, report->rows);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(request->staff_id),
                                                .act = act,
                                                .subject_kind = subject_kind,
                                                .subject_id = subject_id,
                                                .details = details,
                                                .at_us = request->now_us});
}
