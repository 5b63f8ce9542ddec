#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/banned.h"

static void put_posts(struct json_writer *writer, const struct result_run_detail *detail) {
    json_put_key(writer, "posts");
    json_open_array(writer);
    for (size_t i = 0; i < detail->post_count; i++) {
        const struct result_post *post = &detail->posts[i];
        json_open_object(writer);
        json_member_text(writer, "code", post->code);
        json_member_text(writer, "title", post->title);
        json_member_int(writer, "quota", post->quota);
        json_member_int(writer, "candidates", post->candidates);
        json_member_int(writer, "passed", post->passed);
        json_member_int(writer, "selected", post->selected);
        json_member_int(writer, "tied", post->tied);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_ties(struct json_writer *writer, const struct result_run_detail *detail) {
    json_put_key(writer, "ties");
    json_open_array(writer);
    for (size_t i = 0; i < detail->tie_count; i++) {
        const struct result_open_tie *tie = &detail->ties[i];
        json_open_object(writer);
        json_member_text(writer, "post", tie->post);
        json_member_text(writer, "reason", tie->reason);
        json_member_hundredths(writer, "total", tie->total);
        json_put_key(writer, "roll_numbers");
        json_open_array(writer);
        for (size_t k = 0; k < tie->count; k++)
            json_put_text(writer, tie->rolls[k]);
        json_close_array(writer);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_exhausted(struct json_writer *writer, const struct result_run_detail *detail) {
    json_put_key(writer, "exhausted");
    json_open_array(writer);
    for (size_t i = 0; i < detail->exhausted_count; i++) {
        const struct result_exhausted *one = &detail->exhausted[i];
        json_open_object(writer);
        json_member_text(writer, "post", one->post);
        json_member_text(writer, "roll_number", one->roll);
        json_member_hundredths(writer, "total", one->total);
        json_put_key(writer, "agencies");
        json_open_array(writer);
        for (size_t k = 0; k < one->agency_count; k++)
            json_put_text(writer, one->agencies[k]);
        json_close_array(writer);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void api_run_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t run_id = 0;
    bool found = false;
    struct result_run_detail detail;
    if (!api_param_id(request, reply, 0, &run_id))
        return;
    enum err err = result_run_read(api->db, request->arena, run_id, &found, &detail);
    if (err != ERR_NONE || !found) {
        if (err == ERR_NONE)
            api_not_found(reply, request);
        else
            api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    api_put_run(&writer, &detail.run);
    put_posts(&writer, &detail);
    put_ties(&writer, &detail);
    put_exhausted(&writer, &detail);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
