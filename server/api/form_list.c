#include "cycles.h"
#include "forms.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_form_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *cycle = "";
    struct bank_desk desk;
    struct form *forms = NULL;
    size_t count = 0;
    if (!api_query_text(request, reply, "cycle", 40, &cycle) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = form_list(&desk, cycle, &forms, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&writer);
        api_put_form(&writer, &forms[i]);
        json_close_object(&writer);
    }
    api_list_page(reply, request, &writer, NULL, (int64_t)count);
}
