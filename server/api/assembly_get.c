#include "handlers.h"

#include "khoacu/assembly/assembly.h"

#include "khoacu/base/banned.h"

void api_assembly_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    struct assembly_state *state = NULL;
    int64_t assembly_id = 0;
    if (!api_param_id(request, reply, 0, &assembly_id) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = assembly_get(&desk, assembly_id, &state);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!state) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", state->assembly_id);
    json_member_text(&writer, "bank", state->bank);
    json_member_id(&writer, "blueprint_id", state->blueprint_id);
    json_member_text(&writer, "blueprint", state->blueprint);
    json_member_int(&writer, "version", state->version);
    json_member_text(&writer, "pool_sha256", state->pool_sha256);
    json_member_time(&writer, "requested_at", state->requested_us);
    json_member_text(&writer, "requested_by", state->by);
    json_member_text(&writer, "state", state->state);
    json_member_int(&writer, "done_count", state->done_count);
    json_member_int(&writer, "total_count", state->total_count);
    json_member_text(&writer, "message", state->message);
    json_member_bool(&writer, "stopping", state->stopping);
    json_member_time(&writer, "finished_at", state->finished_us);
    json_member_text(&writer, "verdict", state->verdict);
    json_put_key(&writer, "result");
    if (state->result)
        json_put_raw(&writer, state->result);
    else
        json_put_null(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
