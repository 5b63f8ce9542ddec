#include "handlers.h"

#include "khoacu/ledger/log.h"

#include <inttypes.h>
#include <string.h>

#include "khoacu/base/banned.h"

void api_log_checkpoint_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *note = NULL;
    enum err err = ledger_log_checkpoint(api->db, request->arena, &note);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!note) {
        api_not_found(reply, request);
        return;
    }
    buf_reset(&reply->body);
    buf_adds(&reply->body, note);
    reply->status = 200;
    reply->type = "text/plain; charset=utf-8";
    http_reply_header(reply, "Cache-Control", "no-store");
}

void api_log_entry_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t from = 0, limit = LEDGER_ENTRIES_MAX;
    struct ledger_commitments entries = {0};
    if (!api_query_int(request, reply, "from", 0, INT64_C(1) << 53, &from) || !api_query_int(request, reply, "limit", 1, LEDGER_ENTRIES_MAX, &limit))
        return;
    enum err err = ledger_log_entries(api->db, request->arena, from, (size_t)limit, &entries);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_int(&writer, "from", from);
    json_put_key(&writer, "commitments");
    json_open_array(&writer);
    for (size_t i = 0; i < entries.count; i++)
        json_put_text(&writer, entries.list[i]);
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
