#include "handlers.h"
#include "quality_json.h"

#include "khoacu/base/banned.h"

static void put_remarks(struct json_writer *writer, const struct quality_remarks *remarks) {
    json_put_key(writer, "remark_requests");
    json_open_array(writer);
    for (size_t i = 0; i < remarks->count; i++) {
        const struct quality_remark_entry *entry = &remarks->entries[i];
        json_open_object(writer);
        json_member_id(writer, "id", entry->request_id);
        json_member_text(writer, "marker", entry->marker);
        json_member_text(writer, "marker_name", entry->marker_name);
        json_member_text(writer, "reason", entry->reason);
        json_member_text(writer, "requested_by", entry->requested_by);
        json_member_time(writer, "requested_at", entry->requested_us);
        json_member_int(writer, "scripts", entry->scripts);
        json_member_int(writer, "marked", entry->marked);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void api_marking_quality_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct quality_report report;
    struct quality_remarks remarks;
    bool found = false;
    enum err err = quality_marking_read(api->db, request->arena, request->params[0], &found, &report);
    if (err == ERR_NONE && found)
        err = quality_remark_list(api->db, request->arena, request->params[0], &found, &remarks);
    if (err != ERR_NONE || !found) {
        if (err == ERR_NONE)
            api_not_found(reply, request);
        else
            api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    api_put_report(&writer, &report);
    put_remarks(&writer, &remarks);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
