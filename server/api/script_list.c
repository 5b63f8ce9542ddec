#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/marking/marking.h"

#include "khoacu/base/banned.h"

static void put_script(struct json_writer *writer, const struct marking_script *script) {
    char code[MARKING_BLIND_CODE_SIZE];
    marking_blind_code(script->blind_id, code);
    json_open_object(writer);
    json_member_id(writer, "blind_id", script->blind_id);
    json_member_text(writer, "blind_code", code);
    json_member_text(writer, "component", script->component);
    json_member_hundredths(writer, "mark_max", script->mark_max);
    json_member_hundredths(writer, "mark_step", script->mark_step);
    json_member_text(writer, "status", script->status);
    json_put_key(writer, "value");
    if (script->status && marking_status_find(script->status) == MARKING_AWARDED)
        json_put_hundredths(writer, script->value);
    else
        json_put_null(writer);
    json_member_text(writer, "note", script->note);
    json_member_int(writer, "revision", script->revision);
    json_member_time(writer, "entered_at", script->entered_us);
    json_close_object(writer);
}

void api_script_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    struct marking_queue queue;
    int64_t after = 0;
    if (!api_query_page(request, reply, &asked))
        return;
    if (*asked.after && !text_parse_id(asked.after, &after)) {
        api_invalid_field(reply, request, "after", "kind");
        return;
    }
    const char *state = http_query(request, "state");
    int filter = state ? marking_filter_find(state) : MARKING_FILTER_ALL;
    if (filter < 0) {
        api_invalid_field(reply, request, "state", "unknown");
        return;
    }
    enum err err = marking_queue_read(api->db, request->arena, api->actor.staff_id, (enum marking_filter)filter, after,
                                      asked.limit, &queue);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = 0; i < queue.count; i++)
        put_script(&writer, &queue.scripts[i]);
    json_close_array(&writer);
    json_put_key(&writer, "counts");
    json_open_object(&writer);
    json_member_int(&writer, "waiting", queue.waiting);
    json_member_int(&writer, "marked", queue.marked);
    json_close_object(&writer);
    char next[TEXT_ID_LEN + 1] = "";
    if (queue.more)
        text_format_id(queue.scripts[queue.count - 1].blind_id, next);
    int64_t total = filter == MARKING_FILTER_WAITING  ? queue.waiting
                    : filter == MARKING_FILTER_MARKED ? queue.marked
                                                      : queue.waiting + queue.marked;
    api_close_list(&writer, queue.more ? next : NULL, total);
    api_json(reply, request, 200);
}
