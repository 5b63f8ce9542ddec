#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/result/bounce.h"

#include "khoacu/base/banned.h"

/* Reports of mail servers about letters, as a file: one mail, or a mailbox. */

#define REPORTS_ARENA_MAX ((size_t)64 << 20)

static void put_bounce(struct json_writer *w, const struct result_bounce *b) {
    json_open_object(w);
    json_member_int(w, "mail", (int64_t)b->mail);
    json_member_text(w, "outcome", result_bounce_key(b->outcome));
    json_member_text(w, "why", b->why);
    json_member_text(w, "cycle", b->cycle_code);
    json_member_int(w, "version", b->version);
    json_member_text(w, "roll_number", b->roll_number);
    json_member_text(w, "address", b->address);
    json_member_text(w, "action", b->action);
    json_member_text(w, "status", b->status);
    json_member_text(w, "diagnostic", b->diagnostic);
    json_close_object(w);
}

void api_letter_reports_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena CLEANUP(arena_release);
    struct result_bounces bounces;
    arena_init(&arena, REPORTS_ARENA_MAX);
    if (request->body_len == 0) {
        api_problem(reply, request, 400, "empty-file", "There is nothing in the file");
        return;
    }
    enum err err = result_bounces_take(api->db, &arena, api->actor.staff_id, request->body, request->body_len, api->now_us, &bounces);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    json_member_int(&w, "mails", bounces.mails);
    for (size_t i = 0; i < RESULT_BOUNCE_COUNT; i++)
        json_member_int(&w, result_bounce_key((enum result_bounce_outcome)i), bounces.counts[i]);
    json_put_key(&w, "items");
    json_open_array(&w);
    for (size_t i = 0; i < bounces.listed; i++)
        put_bounce(&w, &bounces.list[i]);
    json_close_array(&w);
    json_close_object(&w);
    api_json(reply, request, 200);
}
