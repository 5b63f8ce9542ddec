/* cycles.h: what the endpoints of cycles have in common.
 *
 * Used by: cycle_list, cycle_post, cycle_get, cycle_candidates_list, access_codes_post, form_post, shift_post,
 * item_list.
 */
#ifndef KHOACU_SERVER_API_CYCLES_H
#define KHOACU_SERVER_API_CYCLES_H

#include "api.h"

#include "khoacu/cycle/cycle.h"

/* Longest text of a search, code points. */
#define API_SEARCH_MAX 100
/* What one answer about thousands of candidates may take beside its body. */
#define API_CYCLE_ARENA_MAX ((size_t)256 << 20)

/* The cycle whose code is the route's first parameter. False: 404 or a failure, the reply is filled. */
bool api_find_cycle(const struct api *api, struct http_request *request, struct http_reply *reply,
                    struct cycle *ret_cycle);
/* 409 cycle-past with the cycle's code and state: what is wanted belongs before or into round 1. */
void api_cycle_past(struct http_request *request, struct http_reply *reply, const struct cycle *cycle);
/* A query parameter that is a text of at most `max` code points; absent gives "". */
bool api_query_text(const struct http_request *request, struct http_reply *reply, const char *name, int64_t max,
                    const char **ret_text);
/* Members of a cycle, into an object that is open. */
void api_put_cycle(struct json_writer *writer, const struct cycle *cycle);
/* An array of texts. */
void api_put_texts(struct json_writer *writer, const char *key, const char *const *texts, size_t count);

#endif
