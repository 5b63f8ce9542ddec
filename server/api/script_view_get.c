/* GET /script-views/{blind_id} and its pictures: a script as the chief marker reads it. */
#include "handlers.h"
#include "scripts.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/marking/standard.h"

#include "khoacu/base/banned.h"

#define PICTURE_ARENA_MAX ((size_t)64 << 20)

void api_script_view_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t blind_id = 0;
    struct marking_page *pages = NULL;
    struct marking_guide *guide = NULL;
    size_t count = 0;
    if (!api_param_id(request, reply, 0, &blind_id))
        return;
    enum err err = marking_script_view(api->db, request->arena, blind_id, &pages, &count, &guide);
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
    api_put_pages(&writer, pages, count);
    json_put_key(&writer, "rubric");
    api_put_guide(&writer, guide);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_script_view_page_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t blind_id = 0, page = 0;
    const char *type = NULL;
    const uint8_t *bytes = NULL;
    size_t len = 0;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, PICTURE_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &blind_id) || !api_param_int(request, reply, 1, 1, MARKING_PAGES_MAX, &page))
        return;
    enum err err = marking_view_page_read(api->db, &arena, blind_id, (int32_t)page, &type, &bytes, &len);
    if (err == ERR_DB_NO_ROW)
        api_not_found(reply, request);
    else if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_send_picture(reply, request, type, bytes, len);
}
