#include "cycles.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

bool api_find_cycle(const struct api *api, struct http_request *request, struct http_reply *reply,
                    struct cycle *ret_cycle) {
    const char *code = request->params[0];
    struct cycle cycle = {0};
    enum err err = cycle_code_valid(code) ? cycle_find(api->db, request->arena, code, &cycle) : ERR_NONE;
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (cycle.cycle_id == 0)
        api_not_found(reply, request);
    else
        *ret_cycle = cycle;
    return err == ERR_NONE && cycle.cycle_id != 0;
}

void api_cycle_past(struct http_request *request, struct http_reply *reply, const struct cycle *cycle) {
    struct json_writer writer = api_problem_open(reply, request, 409, "cycle-past", "The cycle is past round 1");
    json_member_text(&writer, "cycle", cycle->code);
    json_member_text(&writer, "state", cycle_state_key(cycle->state));
    api_problem_close(reply, request, &writer);
}

bool api_query_text(const struct http_request *request, struct http_reply *reply, const char *name, int64_t max,
                    const char **ret_text) {
    const char *text = http_query(request, name);
    if (text && text_utf8_len(text) > (size_t)max) {
        struct json_misfits misfits = {.list[0] = {.path = name, .rule = "length", .max = max}, .count = 1};
        api_invalid(reply, request, &misfits);
        return false;
    }
    *ret_text = text ? text : "";
    return true;
}

void api_put_cycle(struct json_writer *writer, const struct cycle *cycle) {
    json_member_id(writer, "id", cycle->cycle_id);
    json_member_text(writer, "code", cycle->code);
    json_member_text(writer, "title_vi", cycle->title_vi);
    json_member_text(writer, "title_en", cycle->title_en);
    json_member_text(writer, "authority_vi", cycle->authority_vi);
    json_member_text(writer, "authority_en", cycle->authority_en);
    json_member_text(writer, "notice_on", cycle->notice_on);
    json_member_text(writer, "applications_until", cycle->applications_until);
    json_member_text(writer, "pack_id", cycle->pack_id);
    json_member_int(writer, "pack_version", cycle->pack_version);
    json_member_hundredths(writer, "written_max", cycle->written_max);
    json_member_hundredths(writer, "interview_max", cycle->interview_max);
    json_member_bool(writer, "demonstration", cycle->demonstration);
    json_member_text(writer, "state", cycle_state_key(cycle->state));
}

void api_put_texts(struct json_writer *writer, const char *key, const char *const *texts, size_t count) {
    json_put_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++)
        json_put_text(writer, texts[i]);
    json_close_array(writer);
}
