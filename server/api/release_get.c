#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/banned.h"

static void put_post(struct json_writer *writer, const struct result_post *post, const struct result_row *rows) {
    json_open_object(writer);
    json_member_text(writer, "code", post->code);
    json_member_text(writer, "title", post->title);
    json_member_int(writer, "quota", post->quota);
    json_put_key(writer, "agencies");
    json_open_array(writer);
    for (size_t i = 0; i < post->seat_count; i++) {
        json_open_object(writer);
        json_member_text(writer, "code", post->seats[i].agency);
        json_member_text(writer, "name", post->seats[i].name);
        json_member_int(writer, "quota", post->seats[i].quota);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_put_key(writer, "rows");
    json_open_array(writer);
    for (size_t i = 0; i < post->row_count; i++) {
        json_open_object(writer);
        api_put_row(writer, &rows[post->first_row + i]);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void put_head(struct json_writer *writer, const struct result_release *release,
                     const struct result_releases *versions) {
    api_put_release_cycle(writer, release);
    json_put_key(writer, "pack");
    json_open_object(writer);
    json_member_text(writer, "id", release->pack_id);
    json_member_int(writer, "version", release->pack_version);
    json_member_text(writer, "basis", release->pack_basis);
    json_close_object(writer);
    json_member_int(writer, "version", release->version);
    json_put_key(writer, "versions");
    json_open_array(writer);
    for (size_t i = 0; i < versions->count; i++) {
        json_open_object(writer);
        json_member_int(writer, "version", versions->releases[i].version);
        json_member_time(writer, "published_at", versions->releases[i].published_us);
        json_member_text(writer, "cause", versions->releases[i].cause);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_member_time(writer, "published_at", release->published_us);
    json_member_time(writer, "approved_at", release->approved_us);
    json_member_text(writer, "sha256", release->sha256);
}

static void answer(struct api *api, struct http_request *request, struct http_reply *reply, struct arena *arena) {
    struct result_release release;
    struct result_releases versions;
    struct result_release_list list;
    if (!api_find_release(api, request, reply, arena, &release))
        return;
    enum err err = result_release_versions(api->db, arena, release.cycle_code, &versions);
    if (err == ERR_NONE)
        err = result_release_rows(api->db, arena, release.run_id, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    put_head(&writer, &release, &versions);
    json_put_key(&writer, "posts");
    json_open_array(&writer);
    for (size_t i = 0; i < list.post_count; i++)
        put_post(&writer, &list.posts[i], list.rows);
    json_close_array(&writer);
    json_put_key(&writer, "ties");
    json_put_raw(&writer, release.ties);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_release_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena;
    arena_init(&arena, API_LIST_ARENA_MAX);
    answer(api, request, reply, &arena);
    arena_release(&arena);
}
