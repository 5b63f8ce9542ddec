#include "handlers.h"
#include "keys.h"

#include "khoacu/base/banned.h"

void api_key_review_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct rekey_review *reviews = NULL;
    size_t count = 0;
    enum err err = rekey_form_list(api->db, request->arena, request->params[0], &reviews, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < count; i++)
        api_put_key_review(&writer, &reviews[i]);
    api_list_close(reply, request, &writer);
}
