/* GET /scripts/{blind_id} and its pictures: what one examiner reads. Nothing in it says whose the script is. */
#include "handlers.h"
#include "scripts.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

#define PICTURE_ARENA_MAX ((size_t)64 << 20)

static void put_beside(struct json_writer *writer, const struct marking_reading *reading) {
    json_put_key(writer, "annotations");
    json_open_array(writer);
    for (size_t i = 0; i < reading->annotation_count; i++) {
        const struct marking_annotation *annotation = &reading->annotations[i];
        json_open_object(writer);
        json_member_int(writer, "number", annotation->number);
        json_member_int(writer, "revision", annotation->revision);
        json_member_int(writer, "page", annotation->page);
        json_put_key(writer, "place");
        json_open_array(writer);
        for (size_t k = 0; k < annotation->place_count; k++)
            json_put_int(writer, annotation->place[k]);
        json_close_array(writer);
        json_member_text(writer, "body", annotation->body);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_put_key(writer, "reports");
    json_open_array(writer);
    for (size_t i = 0; i < reading->report_count; i++) {
        json_open_object(writer);
        json_member_text(writer, "article", reading->reports[i].article);
        json_member_text(writer, "reason", reading->reports[i].reason);
        json_member_time(writer, "reported_at", reading->reports[i].reported_us);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_lesson(struct json_writer *writer, const struct marking_lesson *lesson) {
    json_put_key(writer, "definitive");
    if (!lesson->shown) {
        json_put_null(writer);
        return;
    }
    json_open_object(writer);
    json_member_hundredths(writer, "value", lesson->value);
    api_put_criteria(writer, "criteria", lesson->criteria, lesson->criteria_count);
    json_member_text(writer, "reason", lesson->reason);
    json_member_bool(writer, "within", lesson->within);
    json_close_object(writer);
}

void api_script_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct marking_reading reading;
    int64_t blind_id = 0;
    if (!api_param_id(request, reply, 0, &blind_id))
        return;
    enum err err = marking_script_read(api->db, request->arena, api->actor.staff_id, blind_id, &reading);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
        return;
    }
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "blind_id", blind_id);
    api_put_pages(&writer, reading.pages, reading.page_count);
    json_put_key(&writer, "rubric");
    api_put_guide(&writer, reading.guide);
    put_beside(&writer, &reading);
    put_lesson(&writer, &reading.lesson);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_script_page_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t blind_id = 0, page = 0;
    const char *type = NULL;
    const uint8_t *bytes = NULL;
    size_t len = 0;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, PICTURE_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &blind_id) || !api_param_int(request, reply, 1, 1, MARKING_PAGES_MAX, &page))
        return;
    enum err err = marking_page_read(api->db, &arena, api->actor.staff_id, blind_id, (int32_t)page, &type, &bytes, &len);
    if (err == ERR_DB_NO_ROW)
        api_not_found(reply, request);
    else if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_send_picture(reply, request, type, bytes, len);
}
