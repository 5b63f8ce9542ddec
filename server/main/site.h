/* site.h: the published lists as a folder of static files that any web server serves, signed as a whole.
 *
 *   manifest.json      {files: {path: {sha256, size}}, format: "khoacu-site/1", made_at}: every other file
 *   manifest.sig       Ed25519 over manifest.json, 64 raw bytes
 *   public-key.pem     the key; its fingerprint is compared with the one on paper
 *   index.html, kiem-tra/, verify/CODE/, assets/   the public pages
 *   data/releases.json, data/verifications.json, data/CYCLE/vN/{list.json, posts/I.json, CYCLE-vN.json, .csv, .xlsx, .pdf, lookup/}
 *   NAME.gz            beside what is worth it, the same compressed
 *
 * Look-up: PBKDF2 of roll number and date of birth, with the salt of the release, gives a tag and a key; the shard by the tag's
 * first digits has all records whose tags begin so, sealed, filled up with made-up ones to one size for all shards: what is fetched
 * is alike for right, wrong and absent. A date of birth has few values: who knows a roll number can try them all, at `rounds` each.
 *
 * Invariant: the folder changes as a whole (a new one takes its place), or not at all.
 *
 * Used by: main. Threads: one.
 */
#ifndef KHOACU_MAIN_SITE_H
#define KHOACU_MAIN_SITE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/crypto/sign.h"
#include "khoacu/json/json.h"
#include "khoacu/result/result.h"

#include <limits.h>
#include <stdbool.h>

#define SITE_FORMAT "khoacu-site/1"
#define SITE_FILE_MAX ((size_t)1 << 30)

struct site_entry {
    const char *path; /* below the folder */
    char sha256[2 * CRYPTO_SHA256_LEN + 1];
    size_t size;
};
struct site {
    char root[PATH_MAX];
    struct arena *arena;
    struct site_entry *entries;
    size_t count, room;
    enum err err;             /* the first failure; later calls do nothing */
    char broken[PATH_MAX + 64]; /* what it was about */
};

/* ---- making ---- */

/* Writes one file, and the same compressed beside it where `zip` and that is shorter by a tenth. */
void site_put(struct site *site, const char *path, const void *bytes, size_t len, bool zip);
void site_put_buf(struct site *site, const char *path, struct buf *bytes, bool zip);
/* manifest.json, manifest.sig and public-key.pem, when all else is written. */
void site_seal(struct site *site, const struct crypto_sign_key *key);
/* Pages and assets, as they are built in. `codes`: of the documents, each a page of its own. */
void site_put_pages(struct site *site, const char *const *codes, size_t count);
/* Look-up shards of one release below `folder`. */
void site_put_lookup(struct site *site, const char *folder, const struct result_row *rows, const char *const *dates, size_t count, int rounds);

/* ---- checking ---- */

/* Reads a whole file into the arena, a NUL behind it; NULL: it cannot be read, or is over 1 GiB. */
char *site_read(struct arena *arena, const char *root, const char *path, size_t *ret_len);
/* Whether the folder is a site at all. */
bool site_is(const char *root);
struct site_check {
    bool holds;
    char line[PATH_MAX + 200];          /* the first thing that does not hold, in English */
    char fingerprint[2 * CRYPTO_SHA256_LEN + 1]; /* SHA-256 of the 32 bytes of the key */
    const char **results;               /* paths of the result files, below the folder, by name */
    size_t result_count, files;
};
/* Signature, manifest, every file, none too many. `key`: PEM that must be the folder's own, or NULL. */
enum err site_check(struct arena *arena, const char *root, const char *key, size_t key_len, struct site_check *ret_check) MUST_CHECK;

#endif
