/* minutes.h: the attendance list and the incident minutes of a hall: drawn up, confirmed by two persons, printed, signed.
 *
 *   drawn up (what the hall knows then, frozen) -> confirmed by a first person -> by a second: printed and signed
 *
 * Until then the document is a draft across every page. When the second person confirms, the final document is made of the
 * frozen text, with both names, and the server signs its bytes (sign.h): a detached signature that anybody checks with
 *   openssl pkeyutl -verify -rawin -pubin -inkey signing-key.pem -sigfile X.sig -in X.pdf
 * The document has page numbers, places for two signatures by hand, its code (the first 80 bits of the frozen text's hash in
 * base32) and a QR code that leads to /verify/CODE.
 *
 * Invariants, held by the database: the two persons are of the hall and differ; nothing is signed before both; nothing is changed.
 *
 * Used by: api. Uses: hall, adjust, ledger, json, crypto (sign), doc (pdf), db, base. Threads: that of the struct db.
 */
#ifndef KHOACU_SITTING_MINUTES_H
#define KHOACU_SITTING_MINUTES_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/sign.h"
#include "khoacu/db/db.h"
#include "khoacu/sitting/hall.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MINUTES_PDF_MAX ((size_t)16 << 20)
#define MINUTES_LIST_MAX 200
#define MINUTES_CODE_SIZE 20 /* XXXX-XXXX-XXXX-XXXX with NUL */

enum minutes_kind { MINUTES_ATTENDANCE, MINUTES_INCIDENTS };
const char *minutes_kind_key(enum minutes_kind kind);
bool minutes_kind_parse(const char *key, enum minutes_kind *ret_kind);

struct minutes_making {
    const struct hall_room *room;
    enum minutes_kind kind;
    const char *lang; /* "vi" or "en" */
    int64_t staff_id, now_us;
};
/* *ret_made false: the person is not of the hall. Side effects: event hall.minutes. */
enum err minutes_make(struct db *db, struct arena *arena, const struct minutes_making *making, bool *ret_made, int64_t *ret_minutes_id) MUST_CHECK;

struct minutes {
    int64_t minutes_id, room_id, shift_id, made_us;
    enum minutes_kind kind;
    const char *lang, *body;
    char code[MINUTES_CODE_SIZE];
    bool watches; /* the person who asks is of the hall */
    struct {
        const char *name; /* NULL: not yet */
        int64_t at_us;
    } confirmed[2];
};
/* ERR_DB_NO_ROW: no such minutes. */
enum err minutes_read(struct db *db, struct arena *arena, int64_t minutes_id, int64_t staff_id, struct minutes *ret_minutes) MUST_CHECK;
/* The document; a draft while one of two has not confirmed. `origin` for the QR code. */
enum err minutes_print(const struct minutes *minutes, const char *origin, struct buf *out) MUST_CHECK;

struct minutes_document {
    const uint8_t *pdf, *signature;
    size_t pdf_len;
    const char *public_key;
};
/* *ret_document->pdf NULL: it is not signed yet. */
enum err minutes_document_read(struct db *db, struct arena *arena, int64_t minutes_id, struct minutes_document *ret_document) MUST_CHECK;

enum minutes_confirm_verdict {
    MINUTES_FIRST,
    MINUTES_SIGNED, /* the second: it is printed and signed now */
    MINUTES_SAME_PERSON,
    MINUTES_DECIDED,
    MINUTES_NOT_YOURS,
    MINUTES_UNKNOWN
};
struct minutes_confirming {
    int64_t minutes_id, staff_id, now_us;
    const char *origin, *sign_key; /* file of the key, made when missing */
};
/* Side effects: event hall.minutes_confirm. */
enum err minutes_confirm(struct db *db, struct arena *arena, const struct minutes_confirming *confirming,
                         enum minutes_confirm_verdict *ret_verdict) MUST_CHECK;

struct minutes_entry {
    int64_t minutes_id, made_us;
    const char *kind, *lang, *made_by, *confirmed_by[2], *sha256; /* sha256 NULL: not signed yet */
    int64_t confirmed_us[2];
    char code[MINUTES_CODE_SIZE];
};
struct minutes_list {
    struct minutes_entry *entries; /* newest first, at most MINUTES_LIST_MAX */
    size_t count;
};
enum err minutes_list(struct db *db, struct arena *arena, int64_t room_id, struct minutes_list *ret_list) MUST_CHECK;

/* What anybody may know of a signed document by its code. */
struct minutes_known {
    const char *kind, *room, *shift, *cycle, *sha256;
    int64_t made_us, signed_us;
    bool replaced; /* a later one of its kind is signed */
};
enum err minutes_find(struct db *db, struct arena *arena, const char *code, bool *ret_found, struct minutes_known *ret_known) MUST_CHECK;

#endif
