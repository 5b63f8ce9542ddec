#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_cycle_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle_list list;
    enum err err = cycle_list_read(api->db, request->arena, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < list.count; i++) {
        json_open_object(&writer);
        api_put_cycle(&writer, &list.cycles[i]);
        json_close_object(&writer);
    }
    api_list_page(reply, request, &writer, NULL, (int64_t)list.count);
}
