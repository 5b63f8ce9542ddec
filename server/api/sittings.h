/* sittings.h: what the endpoints of a candidate's sitting share: whose it is, and its JSON.
 *
 * Used by: sitting_*.c. Threads: the request's.
 */
#ifndef KHOACU_SERVER_API_SITTINGS_H
#define KHOACU_SERVER_API_SITTINGS_H

#include "api.h"

#include "khoacu/sitting/sitting.h"

/* The place of the sitting in the path, which must be the candidate's own. False after a 404. */
bool api_own_sitting(const struct api *api, struct http_request *request, struct http_reply *reply,
                     struct sitting_place *ret_place);
/* The receipt as an object; null when there is none. */
void api_put_receipt(struct json_writer *writer, const struct sitting_receipt *receipt);
/* Answers with the paper of an open sitting, in the candidate's own order, and what is saved of it. */
void api_send_paper(const struct api *api, struct http_request *request, struct http_reply *reply,
                    const struct sitting *sitting);
/* Writes the member "responses": the latest answer of each position, in the candidate's own terms. */
enum err api_put_responses(const struct api *api, struct arena *arena, const struct sitting *sitting,
                           struct json_writer *writer) MUST_CHECK;
/* The paper of a sitting, sealed under its own key: nonce, AES-256-GCM and tag, as base64url in the arena. */
enum err api_seal_paper(const struct api *api, struct arena *arena, const struct sitting *sitting, const char **ret_sealed) MUST_CHECK;
/* Writes the member "paper_key": base64url once the sitting is open and its clock runs, else null. */
enum err api_put_paper_key(const struct api *api, const struct sitting *sitting, struct json_writer *writer) MUST_CHECK;
/* Writes the member "sections": when each part of the paper runs. */
enum err api_put_sections(const struct api *api, struct arena *arena, const struct sitting *sitting, struct json_writer *writer) MUST_CHECK;
/* 409 `ended`. */
void api_sitting_ended(struct http_reply *reply, const struct http_request *request);
/* 409 `held`: the clock stands. */
void api_sitting_held(struct http_reply *reply, const struct http_request *request);
/* 409 `not-open`. */
void api_sitting_not_open(struct http_reply *reply, const struct http_request *request);

#endif
