#include "handlers.h"
#include "keys.h"

#include "khoacu/base/banned.h"

void api_key_review_decide_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    api_key_decide(api, request, reply, "released", rekey_release);
}
