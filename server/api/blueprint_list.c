#include "blueprints.h"
#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_blueprint_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    struct assembly_listed *list = NULL;
    size_t count = 0;
    const char *bank = "";
    if (!api_query_text(request, reply, "bank", 40, &bank) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = assembly_blueprints_list(&desk, bank, &list, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&writer);
        json_member_id(&writer, "id", list[i].blueprint_id);
        json_member_text(&writer, "bank", list[i].bank);
        json_member_text(&writer, "code", list[i].code);
        json_member_text(&writer, "title", list[i].title);
        json_member_int(&writer, "version", list[i].version);
        json_member_time(&writer, "saved_at", list[i].saved_us);
        json_member_text(&writer, "author", list[i].author);
        json_close_object(&writer);
    }
    api_list_page(reply, request, &writer, NULL, (int64_t)count);
}
