#include "khoacu/ledger/note.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/sign.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum {
    KEY_ID_LEN = 4,
    LINE_LEN = KEY_ID_LEN + CRYPTO_SIGNATURE_LEN,
    PEM_MAX = 200,
    BASE64_MAX = 100,
};
#define SIZE_MAX_OF_LOG (INT64_C(1) << 53)
static const char dash[] = "— ";

/* ---- base64 with padding, as notes want it ---- */

static void add_base64(struct buf *out, const uint8_t *bytes, size_t len) {
    char text[BASE64_MAX + 1];
    text_base64url(bytes, len, text);
    for (char *c = text; *c; c++)
        *c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
    buf_addf(out, "%s%s", text, len % 3 == 1 ? "==" : len % 3 == 2 ? "=" : "");
}

/* Exactly `len` bytes, or false. */
static bool read_base64(const char *text, size_t text_len, uint8_t *out, size_t len) {
    char plain[BASE64_MAX];
    size_t padding = (3 - len % 3) % 3;
    if (text_len > BASE64_MAX || text_len != (len + 2) / 3 * 4 || memcmp(text + text_len - padding, "==", padding) != 0)
        return false;
    for (size_t i = 0; i < text_len - padding; i++) {
        if (text[i] == '-' || text[i] == '_')
            return false;
        plain[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    }
    return text_unbase64url(plain, text_len - padding, out, len);
}

/* ---- making ---- */

static void key_id(const char *origin, const uint8_t public_key[CRYPTO_PUBLIC_LEN], uint8_t ret_id[CRYPTO_SHA256_LEN]) {
    uint8_t named[LEDGER_ORIGIN_MAX + 2 + CRYPTO_PUBLIC_LEN];
    size_t len = strlen(origin);
    memcpy(named, origin, len);
    named[len] = '\n';
    named[len + 1] = 1; /* Ed25519 */
    memcpy(named + len + 2, public_key, CRYPTO_PUBLIC_LEN);
    crypto_sha256(named, len + 2 + CRYPTO_PUBLIC_LEN, ret_id);
}

static void add_signature(const char *origin, const uint8_t public_key[CRYPTO_PUBLIC_LEN], const uint8_t signature[CRYPTO_SIGNATURE_LEN],
                          struct buf *out) {
    uint8_t id[CRYPTO_SHA256_LEN], line[LINE_LEN];
    key_id(origin, public_key, id);
    memcpy(line, id, KEY_ID_LEN);
    memcpy(line + KEY_ID_LEN, signature, CRYPTO_SIGNATURE_LEN);
    buf_addf(out, "\n%s%s ", dash, origin);
    add_base64(out, line, sizeof line);
    buf_adds(out, "\n");
}

enum err ledger_note_make(const char *key_file, const char *origin, int64_t size, const uint8_t root[CRYPTO_SHA256_LEN], struct buf *note) {
    struct crypto_sign_key *key = NULL;
    struct buf pem CLEANUP(buf_release);
    uint8_t signature[CRYPTO_SIGNATURE_LEN], public_key[CRYPTO_PUBLIC_LEN];
    size_t start = note->len;
    buf_init(&pem, PEM_MAX);
    if (!*origin || strlen(origin) > LEDGER_ORIGIN_MAX)
        return ERR_RANGE;
    buf_addf(note, "%s\n%" PRId64 "\n", origin, size);
    add_base64(note, root, CRYPTO_SHA256_LEN);
    buf_adds(note, "\n");
    enum err err = note->failed ? ERR_MEMORY : crypto_sign_open(key_file, &key);
    if (err == ERR_NONE)
        err = crypto_sign_public(key, &pem);
    if (err == ERR_NONE)
        err = crypto_sign(key, note->data + start, note->len - start, signature);
    if (err == ERR_NONE && !crypto_sign_check(pem.data, pem.len, note->data + start, note->len - start, signature, public_key))
        err = ERR_CONFIG;
    crypto_sign_free(key);
    if (err != ERR_NONE)
        return err;
    add_signature(origin, public_key, signature, note);
    return note->failed ? ERR_MEMORY : ERR_NONE;
}

/* ---- reading ---- */

struct line {
    const char *text;
    size_t len;
};

/* The next line, without its end; false: there is none that ends. */
static bool next_line(const char **at, const char *end, struct line *ret_line) {
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    if (!stop)
        return false;
    *ret_line = (struct line){.text = *at, .len = (size_t)(stop - *at)};
    *at = stop + 1;
    return true;
}

static bool is_signature(const struct line *line) {
    return line->len > sizeof dash - 1 && memcmp(line->text, dash, sizeof dash - 1) == 0;
}

bool ledger_note_read(const char *text, size_t len, struct ledger_note *ret_note) {
    struct ledger_note note = {.text = text};
    struct line line;
    char size[24];
    const char *at = text, *end = text + (len < LEDGER_NOTE_MAX ? len : LEDGER_NOTE_MAX), *stop;
    if (!next_line(&at, end, &line) || line.len == 0 || line.len > LEDGER_ORIGIN_MAX || memchr(line.text, '\0', line.len))
        return false;
    memcpy(note.origin, line.text, line.len);
    if (!next_line(&at, end, &line) || line.len >= sizeof size)
        return false;
    memcpy(size, line.text, line.len);
    size[line.len] = '\0';
    if (strlen(size) != line.len || !text_parse_int(size, 0, SIZE_MAX_OF_LOG, &note.size) || !next_line(&at, end, &line) ||
        !read_base64(line.text, line.len, note.root, CRYPTO_SHA256_LEN))
        return false;
    note.signed_len = (size_t)(at - text);
    if (!next_line(&at, end, &line) || line.len != 0)
        return false;
    for (stop = at; next_line(&at, end, &line) && is_signature(&line);)
        stop = at;
    note.len = (size_t)(stop - text);
    if (note.len == note.signed_len + 1)
        return false;
    *ret_note = note;
    return true;
}

bool ledger_note_signed(const struct ledger_note *note, const char *pem, size_t pem_len) {
    const char *at = note->text + note->signed_len + 1, *end = note->text + note->len;
    size_t name = strlen(note->origin), front = sizeof dash - 1 + name + 1;
    for (struct line line; next_line(&at, end, &line);) {
        uint8_t signature[LINE_LEN], public_key[CRYPTO_PUBLIC_LEN], id[CRYPTO_SHA256_LEN];
        if (line.len <= front || memcmp(line.text + sizeof dash - 1, note->origin, name) != 0 || line.text[front - 1] != ' ' ||
            !read_base64(line.text + front, line.len - front, signature, sizeof signature) ||
            !crypto_sign_check(pem, pem_len, note->text, note->signed_len, signature + KEY_ID_LEN, public_key))
            continue;
        key_id(note->origin, public_key, id);
        if (memcmp(id, signature, KEY_ID_LEN) == 0)
            return true;
    }
    return false;
}
