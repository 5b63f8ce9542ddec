/* lates.h: what the endpoints of late answers share.
 *
 * Used by: late_*.c, sitting_late_post.c, emergency_file_post.c. Threads: the request's.
 */
#ifndef KHOACU_SERVER_API_LATES_H
#define KHOACU_SERVER_API_LATES_H

#include "api.h"

#include "khoacu/sitting/late.h"

/* Reads events in the order of items that the sitting sees. */
enum err api_read_events(const struct api *api, struct arena *arena, const struct sitting *sitting, const struct json *array,
                         struct late_events *ret_events, struct late_fault *ret_fault) MUST_CHECK;
/* 422 `chain`. */
void api_late_fault(struct http_reply *reply, const struct http_request *request, const struct late_fault *fault);
/* The id, or null when it is 0. */
void api_member_id_or_null(struct json_writer *writer, const char *key, int64_t id);
/* Answers with what came of a proposal or a confirmation. */
void api_put_late(struct http_reply *reply, const struct http_request *request, const struct late_outcome *outcome);

#endif
