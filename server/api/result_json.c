#include "result_json.h"

#include "khoacu/base/text.h"

#include <stdio.h>

#include "khoacu/base/banned.h"

static void put_person(struct json_writer *writer, const char *name, const struct result_person *person) {
    json_put_key(writer, name);
    json_open_object(writer);
    json_member_id(writer, "id", person->staff_id);
    json_member_text(writer, "login_name", person->login_name);
    json_member_text(writer, "full_name", person->full_name);
    json_close_object(writer);
}

/* What somebody said, or null. */
static void put_word(struct json_writer *writer, const char *name, const struct result_word *word, int64_t publish_us) {
    json_put_key(writer, name);
    if (!word->at_us) {
        json_put_null(writer);
        return;
    }
    json_open_object(writer);
    put_person(writer, "by", &word->by);
    json_member_time(writer, "at", word->at_us);
    if (word->verdict)
        json_member_text(writer, "verdict", word->verdict);
    if (word->reason)
        json_member_text(writer, "reason", word->reason);
    if (publish_us)
        json_member_time(writer, "publish_at", publish_us);
    json_close_object(writer);
}

void api_put_run(struct json_writer *writer, const struct result_run *run) {
    json_member_id(writer, "id", run->run_id);
    json_put_key(writer, "cycle");
    json_open_object(writer);
    json_member_text(writer, "code", run->cycle_code);
    json_member_text(writer, "title_vi", run->title_vi);
    json_member_text(writer, "title_en", run->title_en);
    json_member_text(writer, "authority_vi", run->authority_vi);
    json_member_text(writer, "authority_en", run->authority_en);
    json_member_bool(writer, "demonstration", run->demonstration);
    json_close_object(writer);
    json_member_int(writer, "version", run->version);
    json_member_int(writer, "release_version", run->release_version);
    json_member_text(writer, "cause", run->cause);
    put_person(writer, "computed_by", &run->computed_by);
    json_member_time(writer, "computed_at", run->computed_us);
    json_member_text(writer, "engine", run->engine);
    json_member_text(writer, "sha256", run->sha256);
    json_member_int(writer, "candidates", run->candidates);
    json_member_int(writer, "selected", run->selected);
    json_member_int(writer, "unresolved", run->unresolved);
    put_word(writer, "freeze", &run->freeze, 0);
    put_word(writer, "signature_a", &run->sign_a, 0);
    put_word(writer, "signature_b", &run->sign_b, 0);
    put_word(writer, "schedule", &run->schedule, run->publish_us);
    json_put_key(writer, "release");
    if (run->published_us) {
        json_open_object(writer);
        json_member_int(writer, "version", run->release_version);
        json_member_time(writer, "published_at", run->published_us);
        json_close_object(writer);
    } else {
        json_put_null(writer);
    }
}

static void put_mark(struct json_writer *writer, const char *name, int64_t value, bool there) {
    json_put_key(writer, name);
    if (there)
        json_put_hundredths(writer, value);
    else
        json_put_null(writer);
}

void api_put_row(struct json_writer *writer, const struct result_row *row) {
    bool passed = row->rank > 0;
    json_put_key(writer, "rank");
    if (passed)
        json_put_int(writer, row->rank);
    else
        json_put_null(writer);
    json_member_text(writer, "roll_number", row->roll_number);
    put_mark(writer, "raw", row->raw, passed && !row->withheld);
    put_mark(writer, "priority", row->priority, !row->withheld);
    put_mark(writer, "total", row->total, passed);
    json_member_text(writer, "outcome", row->outcome);
    json_member_text(writer, "agency", row->agency);
    json_member_text(writer, "reason", row->reason);
    if (row->parts) {
        json_put_key(writer, "parts");
        json_put_raw(writer, row->parts);
    }
}

void api_put_release_cycle(struct json_writer *writer, const struct result_release *release) {
    json_put_key(writer, "cycle");
    json_open_object(writer);
    json_member_text(writer, "code", release->cycle_code);
    json_member_text(writer, "title_vi", release->title_vi);
    json_member_text(writer, "title_en", release->title_en);
    json_member_text(writer, "authority_vi", release->authority_vi);
    json_member_text(writer, "authority_en", release->authority_en);
    json_member_bool(writer, "demonstration", release->demonstration);
    json_close_object(writer);
}

static void put_post_head(struct json_writer *writer, const struct result_post *post) {
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
}

void api_put_post(struct json_writer *writer, const struct result_post *post, const struct result_row *rows) {
    json_open_object(writer);
    put_post_head(writer, post);
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

static void put_post_apart(struct json_writer *writer, const struct result_post *post, const struct result_row *rows,
                           const char *folder, size_t index) {
    char path[400];
    int64_t passed = 0;
    for (size_t i = 0; i < post->row_count; i++)
        passed += rows[post->first_row + i].rank > 0;
    (void)snprintf(path, sizeof path, "/%s/posts/%zu.json", folder, index);
    json_open_object(writer);
    put_post_head(writer, post);
    json_member_int(writer, "candidates", (int64_t)post->row_count);
    json_member_int(writer, "passed", passed);
    json_member_text(writer, "file", path);
    json_close_object(writer);
}

static void put_release_head(struct json_writer *writer, const struct result_release *release,
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
    json_member_text(writer, "verify_code", release->verify_code);
}

void api_put_release(struct json_writer *writer, const struct result_release *release, const struct result_releases *versions,
                     const struct result_release_list *list, const char *folder) {
    json_open_object(writer);
    put_release_head(writer, release, versions);
    json_put_key(writer, "posts");
    json_open_array(writer);
    for (size_t i = 0; i < list->post_count; i++)
        if (folder)
            put_post_apart(writer, &list->posts[i], list->rows, folder, i);
        else
            api_put_post(writer, &list->posts[i], list->rows);
    json_close_array(writer);
    json_put_key(writer, "ties");
    json_put_raw(writer, release->ties);
    json_close_object(writer);
}

bool api_find_release(struct api *api, struct http_request *request, struct http_reply *reply, struct arena *arena,
                      struct result_release *ret_release) {
    int64_t version = 0;
    bool found = false;
    if (!api_query_int(request, reply, "version", 1, 1000000, &version))
        return false;
    enum err err = result_release_read(api->db, arena, request->params[0], version, &found, ret_release);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!found)
        api_not_found(reply, request);
    return err == ERR_NONE && found;
}
