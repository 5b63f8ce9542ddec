#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/result/trial.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define PACKS_ARENA_MAX ((size_t)64 << 20)

/* Ids of the packs that could be tried, of the program's and of those that were brought in. */
static enum err put_packs(struct api *api, struct json_writer *writer) {
    struct arena arena CLEANUP(arena_release);
    struct cycle_pack_list list;
    arena_init(&arena, PACKS_ARENA_MAX);
    enum err err = cycle_pack_list_read(api->db, &arena, &list);
    if (err != ERR_NONE)
        return err;
    json_put_key(writer, "packs");
    json_open_array(writer);
    for (size_t i = 0; i < list.count; i++)
        if (i == 0 || strcmp(list.rows[i].id, list.rows[i - 1].id) != 0)
            json_put_text(writer, list.rows[i].id);
    json_close_array(writer);
    return ERR_NONE;
}

void api_trial_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_trials list;
    enum err err = result_trial_list(api->db, request->arena, request->params[0], &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < list.count; i++) {
        const struct result_trial *trial = &list.trials[i];
        json_open_object(&writer);
        json_member_id(&writer, "id", trial->trial_id);
        json_member_text(&writer, "pack", trial->pack_id);
        json_member_int(&writer, "pack_version", trial->pack_version);
        json_member_text(&writer, "cause", trial->cause);
        json_member_text(&writer, "login_name", trial->login_name);
        json_member_text(&writer, "full_name", trial->full_name);
        json_member_time(&writer, "computed_at", trial->computed_us);
        json_member_int(&writer, "selected", trial->selected);
        json_member_int(&writer, "unresolved", trial->unresolved);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    err = put_packs(api, &writer);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    json_close_object(&writer);
    api_json(reply, request, 200);
}
