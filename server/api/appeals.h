/* appeals.h: what the endpoints about appeals share.
 *
 * Used by: appeal_*.c. Threads: the request's.
 */
#ifndef KHOACU_SERVER_API_APPEALS_H
#define KHOACU_SERVER_API_APPEALS_H

#include "api.h"

#include "khoacu/appeal/appeal.h"

/* Answers an act that was not done. */
void api_appeal_refuse(struct http_reply *reply, const struct http_request *request, enum appeal_outcome outcome);
/* JSON of the domain as the reply; NULL: not found. */
void api_appeal_send(struct api *api, struct http_request *request, struct http_reply *reply, enum err err, const char *json);
/* The receipt, or the refusal with the last day, the document and the part. */
void api_appeal_receipt(struct http_reply *reply, const struct http_request *request, const struct appeal_receipt *receipt);
/* The letter of an appeal, of this candidate alone where it is not 0. */
void api_appeal_letter(struct api *api, struct http_request *request, struct http_reply *reply, int64_t candidate_id);

#endif
