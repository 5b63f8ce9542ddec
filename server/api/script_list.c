#include "handlers.h"
#include "scripts.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

static void put_script(struct json_writer *writer, const struct marking_script *script) {
    char code[MARKING_BLIND_CODE_SIZE];
    marking_blind_code(script->blind_id, code);
    json_open_object(writer);
    json_member_id(writer, "blind_id", script->blind_id);
    json_member_text(writer, "blind_code", code);
    json_member_text(writer, "purpose", script->purpose);
    json_member_text(writer, "component", script->component);
    json_member_int(writer, "question", script->question);
    json_member_hundredths(writer, "mark_max", script->mark_max);
    json_member_hundredths(writer, "mark_step", script->mark_step);
    json_member_text(writer, "status", script->status);
    json_put_key(writer, "value");
    if (script->status && marking_status_find(script->status) == MARKING_AWARDED)
        json_put_hundredths(writer, script->value);
    else
        json_put_null(writer);
    api_put_criteria(writer, "criteria", script->criteria, script->criteria_count);
    json_member_text(writer, "note", script->note);
    json_member_int(writer, "revision", script->revision);
    json_member_time(writer, "entered_at", script->entered_us);
    json_member_time(writer, "final_at", script->final_us);
    json_close_object(writer);
}

/* What is said of the whole, on the first page. */
static void put_facts(struct json_writer *writer, const struct marking_queue *queue, int64_t total) {
    json_member_int(writer, "total", total);
    json_put_key(writer, "counts");
    json_open_object(writer);
    json_member_int(writer, "waiting", queue->waiting);
    json_member_int(writer, "marked", queue->marked);
    json_member_int(writer, "final", queue->final);
    json_close_object(writer);
    json_put_key(writer, "pace");
    json_open_object(writer);
    json_member_int(writer, "own_ms", queue->own_ms);
    json_member_int(writer, "all_ms", queue->all_ms);
    json_close_object(writer);
    json_put_key(writer, "parts");
    json_open_array(writer);
    for (size_t i = 0; i < queue->standing_count; i++) {
        json_open_object(writer);
        json_member_text(writer, "component", queue->standings[i].component);
        json_member_int(writer, "question", queue->standings[i].question);
        json_member_text(writer, "state", queue->standings[i].state);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static int64_t total_of(const struct marking_queue *queue, int filter) {
    switch ((enum marking_filter)filter) {
    case MARKING_FILTER_WAITING:
        return queue->waiting;
    case MARKING_FILTER_MARKED:
        return queue->marked;
    case MARKING_FILTER_DRAFT:
        return queue->marked - queue->final;
    case MARKING_FILTER_FINAL:
        return queue->final;
    case MARKING_FILTER_ALL:
    case MARKING_FILTER_COUNT:
        break;
    }
    return queue->waiting + queue->marked;
}

void api_script_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    struct marking_queue queue;
    int64_t after = 0;
    if (!api_query_page_id(request, reply, &asked, &after))
        return;
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
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < queue.count; i++)
        put_script(&writer, &queue.scripts[i]);
    json_close_array(&writer);
    if (after == 0)
        put_facts(&writer, &queue, total_of(&queue, filter));
    char next[TEXT_ID_LEN + 1] = "";
    if (queue.more)
        text_format_id(queue.scripts[queue.count - 1].blind_id, next);
    json_member_text(&writer, "next", queue.more ? next : NULL);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
