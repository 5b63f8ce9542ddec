#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/panel/panel.h"

#include <string.h>

#include "khoacu/base/banned.h"

static void put_line(struct json_writer *writer, const struct panel_line *line) {
    json_open_object(writer);
    json_member_id(writer, "panel_id", line->panel_id);
    json_member_text(writer, "cycle", line->cycle_code);
    json_member_text(writer, "code", line->code);
    json_member_text(writer, "kind", line->kind);
    json_member_text(writer, "room", line->room);
    json_member_text(writer, "state", line->state);
    json_member_text(writer, "office", line->office);
    json_member_time(writer, "made_at", line->made_us);
    json_member_int(writer, "hearings", line->hearings);
    json_member_int(writer, "settled", line->settled);
    json_close_object(writer);
}

void api_panel_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct panel_list *list = ARENA_NEW(request->arena, struct panel_list);
    enum err err = list ? panel_list_read(api->db, request->arena, api->actor.staff_id, list) : ERR_MEMORY;
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < list->count; i++)
        put_line(&writer, &list->lines[i]);
    api_list_page(reply, request, &writer, NULL, (int64_t)list->count);
}

void api_panel_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *sheet = NULL;
    int64_t panel_id = 0;
    if (!api_param_id(request, reply, 0, &panel_id))
        return;
    enum err err = panel_sheet_read(api->db, request->arena, panel_id, api->actor.staff_id, &sheet);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!sheet) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_put_raw(&writer, sheet);
    api_json(reply, request, 200);
}

void api_panel_minutes_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *lang = http_query(request, "lang");
    int64_t panel_id = 0;
    bool found = false;
    if (!api_param_id(request, reply, 0, &panel_id))
        return;
    if (lang && strcmp(lang, "vi") != 0 && strcmp(lang, "en") != 0) {
        api_invalid_field(reply, request, "lang", "form");
        return;
    }
    enum err err = panel_print(api->db, request->arena, panel_id, api->actor.staff_id, lang ? lang : "vi", api->now_us, &reply->body, &found);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!found)
        api_not_found(reply, request);
    else
        api_attachment(reply, request, "application/pdf", "minutes.pdf");
}
