#include "handlers.h"
#include "staff_json.h"

#include "khoacu/base/banned.h"

void api_staff_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    struct identity_staff_page page;
    if (!api_query_page(request, reply, &asked))
        return;
    enum err err = identity_staff_list(api->db, request->arena, asked.after, asked.limit, &page);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = 0; i < page.count; i++) {
        const struct identity_staff *staff = &page.staff[i];
        json_open_object(&writer);
        json_member_id(&writer, "id", staff->staff_id);
        json_member_text(&writer, "login_name", staff->login_name);
        json_member_text(&writer, "full_name", staff->full_name);
        json_member_text(&writer, "unit", staff->unit);
        json_member_text(&writer, "state", staff->state);
        api_put_roles(&writer, staff->roles);
        json_member_time(&writer, "created_at", staff->created_us);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    api_close_list(&writer, page.more ? page.staff[page.count - 1].login_name : NULL, page.total);
    api_json(reply, request, 200);
}
