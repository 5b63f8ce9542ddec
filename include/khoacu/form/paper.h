/* paper.h: what a form says, kept ready so that a candidate's paper is put together by copying.
 *
 * Each form is read once per server: its secret seed, the shape of each position, and every text already as escaped
 * JSON. A paper of 60 items in a candidate's own order is then a few hundred copies, well under 0.1 ms. A sealed form
 * never changes, so that nothing here ever becomes stale. No key is read: the server's role cannot.
 *
 * A paper is {"items":[…],"stimuli":[…],"parts":[{title, title_en?, first, last}]}, parts being the form's sections by shown
 * position; an item
 *   {position, kind, stem, stem_html?, stem_en?, stem_html_en?, stimulus?, choices_min?, choices_max?, unit?, lines?, words_max?,
 *    upload? {types, files_max, bytes_max}, options [{id, text, html?, text_en?, html_en?}], columns?, gaps? [{id, options}]}
 * and a stimulus {id, stem, …as above}. Texts are in Vietnamese, or in English where there is nothing else; …_en is there
 * where both are. …html is stored markup (markup.h), there when it says more than words; its media have the addresses
 * /api/v1/sittings/own/media/SHA256.
 *
 * Used by: sitting, api, main. Uses: order, answer, item, bank, json, db. Threads: any; a paper is constant and lives as long as its cache.
 */
#ifndef KHOACU_FORM_PAPER_H
#define KHOACU_FORM_PAPER_H

#include "khoacu/bank/bank_vault.h"
#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/form/answer.h"
#include "khoacu/form/order.h"
#include "khoacu/json/json.h"

#include <stddef.h>
#include <stdint.h>

struct form_cache;
struct form_paper;

/* The vault opens the texts; it must live as long as the cache. */
enum err form_cache_new(struct bank_vault *vault, struct form_cache **ret_cache) MUST_CHECK;
/* Accepts NULL. No paper of it may be in use. */
void form_cache_free(struct form_cache *cache);
/* The form, read from the database when it is not there yet. ERR_DB_NO_ROW: no such form. */
enum err form_cache_get(struct form_cache *cache, struct db *db, int64_t form_id,
                        const struct form_paper **ret_paper) MUST_CHECK;
/* Number of positions. */
size_t form_paper_count(const struct form_paper *paper);
/* The key of a sitting's sealed paper: HMAC-SHA256 of the form's seed over "khoacu/paper/v1\n" and the sitting's id. */
void form_paper_key(const struct form_paper *paper, int64_t sitting_id, uint8_t out[CRYPTO_SHA256_LEN]);
/* The order that a sitting sees; free() ends it. */
enum err form_paper_order(const struct form_paper *paper, int64_t sitting_id, struct form_order **ret_order) MUST_CHECK;
/* Writes the members items, stimuli and parts, in that order, into an object that is open. */
void form_paper_put(const struct form_paper *paper, const struct form_order *order, struct json_writer *writer);
/* The gaps of a canonical position; *ret_count 0: it has none. */
const struct form_gap *form_paper_gaps(const struct form_paper *paper, int canonical, size_t *ret_count);
/* Whether a text of the paper shows that picture or sound; the bank that keeps it. */
bool form_paper_shows(const struct form_paper *paper, const char *sha256, int64_t *ret_bank_id);
/* What a candidate may send as files of a position. */
struct form_upload {
    const char *const *types; /* media types; none: any that we know */
    size_t type_count;
    int64_t files_max, bytes_max;
};
/* Of a canonical position; NULL: it takes none. */
const struct form_upload *form_paper_upload(const struct form_paper *paper, int canonical);

#endif
