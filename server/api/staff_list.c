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
    struct json_writer writer = api_list_open(reply);
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
        json_member_bool(&writer, "password_reset", staff->reset_us != 0);
        json_close_object(&writer);
    }
    api_list_page(reply, request, &writer, page.more ? page.staff[page.count - 1].login_name : NULL, page.total);
}
