/* bank_private.h: what the files of this module share: rows into structs, texts into ciphertext.
 *
 * Used by: bank only. Threads: that of the desk.
 */
#ifndef KHOACU_SERVER_BANK_BANK_PRIVATE_H
#define KHOACU_SERVER_BANK_BANK_PRIVATE_H

#include "khoacu/bank/bank.h"
#include "khoacu/base/buf.h"
#include "khoacu/ledger/ledger.h"

/* Columns 0 to 21 of bank_item and bank_entries_of. False: a word of the row is not known. */
bool bank_take_item(const struct db_row *row, struct bank_item *item);
enum { BANK_ITEM_COLUMN_TEXT = 22 /* generation, content, extra */ };

/* The extra part: {"external":…,"reason":…,"source":…}. */
struct bank_extra {
    const char *external_id, *source, *reason;
};
enum err bank_extra_seal(const struct bank_desk *desk, int64_t bank_id, int64_t item_id, int64_t version, const struct bank_extra *extra,
                         struct bank_sealed *ret_sealed) MUST_CHECK;
enum err bank_extra_open(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t bank_id, int64_t item_id, int64_t version,
                         const struct bank_sealed *sealed, struct bank_extra *ret_extra) MUST_CHECK;
/* A note (comment, answer, reason) of an item. */
enum err bank_note_seal(const struct bank_desk *desk, int64_t bank_id, int64_t item_id, int64_t number, const char *part,
                        const char *text, struct bank_sealed *ret_sealed) MUST_CHECK;
/* The ciphertext in columns `column` (generation) and `column` + 1; NULL where they are null. */
enum err bank_note_open(const struct bank_desk *desk, int64_t bank_id, int64_t item_id, int64_t number, const char *part,
                        const struct db_row *row, int column, const char **ret_text) MUST_CHECK;
struct bank_sealed bank_sealed_at(const struct db_row *row, int generation, int bytes);

/* Meta data that the tables would refuse: false. */
bool bank_meta_valid(const struct bank_meta *meta);
/* One item version as a row of do_bank_items_write. */
struct bank_write {
    int64_t item_id, version;
    const char *code;
    const uint8_t *external; /* 32 bytes or NULL */
    const uint8_t *fingerprint;
    const struct bank_meta *meta;
    const struct bank_text *text;
    const char *reason;
};
enum err bank_write_row(const struct bank_desk *desk, int64_t bank_id, const struct bank_write *write, struct buf *out,
                        int64_t *ret_generation) MUST_CHECK;
/* Over content, key and meta data: what makes two versions different. */
enum err bank_text_fingerprint(const struct bank_desk *desk, int64_t bank_id, const struct bank_meta *meta,
                               const struct bank_text *text, uint8_t out[CRYPTO_SHA256_LEN]) MUST_CHECK;

/* Makes a bank with its keys and its first owner, inside a transaction. *ret_bank_id 0: the code is taken. */
enum err bank_make_inside(const struct bank_desk *desk, struct db *db, const char *code, const struct bank_settings *settings,
                          int64_t *ret_bank_id) MUST_CHECK;
/* Appends an event in the name of the desk's person. */
enum err bank_event(const struct bank_desk *desk, struct db *db, const char *act, const char *subject_kind, int64_t subject_id,
                    const char *details) MUST_CHECK;

#endif
