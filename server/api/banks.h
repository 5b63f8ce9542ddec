/* banks.h: what the endpoints of banks and items have in common.
 *
 * Used by: bank_*, item_*, media_*. A person without a right in a bank, or on a topic of it, gets 404 where the thing
 * would have been.
 */
#ifndef KHOACU_SERVER_API_BANKS_H
#define KHOACU_SERVER_API_BANKS_H

#include "api.h"

#include "khoacu/bank/bank.h"
#include "khoacu/bank/bank_index.h"

/* What one answer about thousands of items may take beside its body. */
#define API_BANK_ARENA_MAX ((size_t)256 << 20)

/* api_desk with an arena of the caller's. */
bool api_desk_in(struct api *api, struct http_request *request, struct http_reply *reply, struct arena *arena,
                 struct bank_desk *ret_desk);
/* The route's first parameter as the code of a bank that the person sees: 404 otherwise. */
bool api_find_bank(struct api *api, struct http_request *request, struct http_reply *reply, const struct bank_desk *desk,
                   struct bank **ret_bank);
/* Days since 1970 in UTC. */
int64_t api_today(int64_t now_us);
/* "2026-12-31" or null, as a member. */
void api_put_day(struct json_writer *writer, const char *key, int64_t day);
bool api_read_day(const char *text, int64_t *ret_day);

void api_put_rights(struct json_writer *writer, unsigned rights);
/* Members of a bank, into an object that is open. */
void api_put_bank(struct json_writer *writer, const struct bank *bank);
/* Members of an item as lists show it, into an object that is open. */
void api_put_item_row(struct json_writer *writer, const struct bank_index_row *row);
/* Notes that the texts of these rows were shown. */
enum err api_note_rows(const struct bank_desk *desk, enum bank_purpose purpose, const struct bank_index_row *rows,
                       size_t count) MUST_CHECK;

/* One act on one item: what became of it as a reply: 200 with outcome, state and the token by which it can be undone, or
 * a problem. `act_id` 0: no token. */
void api_outcome(struct http_reply *reply, const struct http_request *request, enum bank_outcome outcome, enum bank_state state,
                 int64_t act_id);
/* Runs the act on one item and replies. `version` 0: any. */
void api_act_one(struct api *api, struct http_request *request, struct http_reply *reply, enum bank_act act, int64_t item_id,
                 int64_t version, const char *reason);
/* 404 or 403; for BANK_DONE true and nothing. */
bool api_bank_done(struct http_reply *reply, const struct http_request *request, enum bank_verdict verdict);
void api_right_missing(struct http_reply *reply, const struct http_request *request);

#endif
