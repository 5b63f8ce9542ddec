/* guard.h: what stands before every handler: who is it, may they, is it no forgery, is the rate fair.
 *
 * Used by: dispatch alone. Threads: any.
 */
#ifndef KHOACU_SERVER_API_GUARD_H
#define KHOACU_SERVER_API_GUARD_H

#include "api.h"

enum guard_verdict {
    GUARD_PASSED,
    GUARD_ANSWERED, /* the reply is the refusal */
    GUARD_KEPT      /* the exchange went to a worker, which knows the database */
};
enum guard_verdict api_guard(struct api *api, struct http_request *request, struct http_reply *reply);

#endif
