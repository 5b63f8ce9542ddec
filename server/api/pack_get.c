#include "handlers.h"

#include "khoacu/cycle/cycle.h"
#include "khoacu/cycle/pack.h"

#include "khoacu/base/banned.h"

/* The text as it is stored, from which anybody recomputes its hash. */
void api_pack_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *id = request->params[0], *text = NULL;
    int64_t version = 0;
    if (!api_param_int(request, reply, 1, 1, 1000000, &version))
        return;
    enum err err = cycle_code_valid(id) ? cycle_pack_text(api->db, request->arena, id, version, &text) : ERR_NONE;
    const char *name = err == ERR_NONE && text ? arena_printf(request->arena, "%s-%lld.json", id, (long long)version) : "";
    if (err == ERR_NONE && !name)
        err = ERR_MEMORY;
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!text)
        api_not_found(reply, request);
    else {
        buf_adds(&reply->body, text);
        api_attachment(reply, request, "application/json", name);
    }
}
