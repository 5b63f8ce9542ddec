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
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = 0; i < list.count; i++) {
        json_open_object(&writer);
        api_put_cycle(&writer, &list.cycles[i]);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    api_close_list(&writer, NULL, (int64_t)list.count);
    api_json(reply, request, 200);
}
