#include "banks.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

void api_bank_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    struct bank *banks;
    size_t count;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = bank_list(&desk, &banks, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&writer);
        api_put_bank(&writer, &banks[i]);
        json_close_object(&writer);
    }
    api_list_page(reply, request, &writer, NULL, (int64_t)count);
}
