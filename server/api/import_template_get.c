#include "handlers.h"
#include "imports.h"

#include "khoacu/base/banned.h"

void api_import_template_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    (void)api;
    const struct api_import *import = api_import_find(request->params[0]);
    if (!import) {
        api_not_found(reply, request);
        return;
    }
    const char *name = arena_printf(request->arena, "%s.csv", import->kind);
    import_template(&reply->body, import->columns);
    api_attachment(reply, request, "text/csv; charset=utf-8", name ? name : "template.csv");
}
