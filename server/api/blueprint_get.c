#include "blueprints.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

static void put_versions(struct json_writer *writer, const struct assembly_stored *stored) {
    json_put_key(writer, "versions");
    json_open_array(writer);
    for (size_t i = 0; i < stored->version_count; i++) {
        json_open_object(writer);
        json_member_int(writer, "version", stored->versions[i].version);
        json_member_time(writer, "saved_at", stored->versions[i].saved_us);
        json_member_text(writer, "author", stored->versions[i].author);
        json_member_text(writer, "reason", stored->versions[i].reason);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_assemblies(struct json_writer *writer, const struct assembly_stored *stored) {
    json_put_key(writer, "assemblies");
    json_open_array(writer);
    for (size_t i = 0; i < stored->assembly_count; i++) {
        json_open_object(writer);
        json_member_id(writer, "id", stored->assemblies[i].assembly_id);
        json_member_int(writer, "version", stored->assemblies[i].version);
        json_member_time(writer, "requested_at", stored->assemblies[i].requested_us);
        json_member_text(writer, "requested_by", stored->assemblies[i].by);
        json_member_time(writer, "finished_at", stored->assemblies[i].finished_us);
        json_member_text(writer, "verdict", stored->assemblies[i].verdict);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void api_blueprint_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    struct assembly_stored *stored = NULL;
    int64_t blueprint_id = 0, version = 0;
    if (!api_param_id(request, reply, 0, &blueprint_id) ||
        !api_query_int(request, reply, "version", 1, 10000, &version) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = assembly_blueprint_get(&desk, blueprint_id, version, &stored);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!stored) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", stored->blueprint_id);
    json_member_text(&writer, "bank", stored->bank);
    json_member_text(&writer, "code", stored->code);
    json_member_text(&writer, "title", stored->title);
    json_member_int(&writer, "version", stored->version);
    json_member_text(&writer, "sha256", stored->sha256);
    json_member_bool(&writer, "may_write", stored->may_write);
    json_put_key(&writer, "document");
    json_put_raw(&writer, stored->document);
    put_versions(&writer, stored);
    put_assemblies(&writer, stored);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
