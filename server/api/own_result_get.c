#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/banned.h"

void api_own_result_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_own own;
    enum err err = result_own_read(api->db, request->arena, api->actor.candidate_id, &own);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (own.version == 0) {
        api_problem(reply, request, 404, "not-released", "The list of this cycle is not published");
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "cycle", own.cycle_code);
    json_member_int(&writer, "version", own.version);
    json_put_key(&writer, "row");
    json_open_object(&writer);
    json_member_text(&writer, "post", own.row.post);
    api_put_row(&writer, &own.row);
    json_close_object(&writer);
    json_put_key(&writer, "derivation");
    json_put_raw(&writer, own.row.derivation);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
