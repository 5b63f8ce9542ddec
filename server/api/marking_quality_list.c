#include "handlers.h"

#include "khoacu/quality/quality.h"

#include "khoacu/base/banned.h"

void api_marking_quality_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct quality_cycles cycles;
    enum err err = quality_cycle_list(api->db, request->arena, &cycles);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < cycles.count; i++) {
        const struct quality_cycle *cycle = &cycles.cycles[i];
        json_open_object(&writer);
        json_member_text(&writer, "code", cycle->code);
        json_member_text(&writer, "title_vi", cycle->title_vi);
        json_member_text(&writer, "title_en", cycle->title_en);
        json_member_int(&writer, "scripts", cycle->scripts);
        json_member_int(&writer, "version", cycle->version);
        json_member_time(&writer, "computed_at", cycle->computed_us);
        json_close_object(&writer);
    }
    api_list_close(reply, request, &writer);
}
