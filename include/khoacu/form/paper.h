/* paper.h: what a form says, kept ready so that a candidate's paper is put together by copying.
 *
 * Each form is read once per server: its secret seed, the number of options of each position, and every text already
 * as escaped JSON. A paper of 60 items in a candidate's own order is then a few hundred copies, well under 0.1 ms. A
 * sealed form never changes, so that nothing here ever becomes stale. No key is read: the server's role cannot. Items of
 * single choice and true/false are shown; what their markup says is given as plain text.
 *
 * Used by: sitting, api, main. Uses: order, json, db. Threads: any; a paper is constant and lives as long as its cache.
 */
#ifndef KHOACU_FORM_PAPER_H
#define KHOACU_FORM_PAPER_H

#include "khoacu/bank/bank_vault.h"
#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
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
/* What a markup says, without its elements; never longer. */
const char *form_plain(struct arena *arena, const char *markup);
/* Number of positions. */
size_t form_paper_count(const struct form_paper *paper);
/* The key of a sitting's sealed paper: HMAC-SHA256 of the form's seed over "khoacu/paper/v1\n" and the sitting's id. */
void form_paper_key(const struct form_paper *paper, int64_t sitting_id, uint8_t out[CRYPTO_SHA256_LEN]);
/* The order that a sitting sees; free() ends it. */
enum err form_paper_order(const struct form_paper *paper, int64_t sitting_id, struct form_order **ret_order) MUST_CHECK;
/* Writes the array of items in that order: [{"position":1,"stem":"…","options":[{"id":"…","text":"…"},…]},…]. */
void form_paper_put(const struct form_paper *paper, const struct form_order *order, struct json_writer *writer);

#endif
