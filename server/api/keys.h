/* keys.h: what the endpoints about keys of forms share: reviews, challenges, decisions.
 *
 * Used by: key_*.c, sitting_key_get.c, sitting_challenge_post.c. Threads: the request's.
 */
#ifndef KHOACU_SERVER_API_KEYS_H
#define KHOACU_SERVER_API_KEYS_H

#include "api.h"

#include "khoacu/form/paper.h"
#include "khoacu/score/rekey.h"

/* A review as officers see it, as an object; null fields where there is none. */
void api_put_key_review(struct json_writer *writer, const struct rekey_review *review);
/* Answers an act that was not done. */
void api_key_outcome(struct http_reply *reply, const struct http_request *request, enum rekey_outcome outcome);
/* Reads {verdict, reason}, lets the second person decide and answers with the verdict and the job that follows from it.
 * `yes_word` is the verdict that consents; the other is "refused". */
typedef enum err api_key_decision_fn(struct db *db, struct arena *arena, const struct rekey_word *word, enum rekey_outcome *ret_outcome,
                                     int64_t *ret_job_id);
void api_key_decide(struct api *api, struct http_request *request, struct http_reply *reply, const char *yes_word, api_key_decision_fn *decide);
/* The right answers of a position, as the screen with that order takes answers. */
void api_put_right(struct arena *arena, const struct form_paper *paper, const struct form_order *order, const struct rekey_position *position,
                   struct json_writer *writer);

#endif
