#include "handlers.h"
#include "keys.h"

#include "khoacu/base/banned.h"

static void put_row(struct json_writer *w, const struct rekey_preview_line *line) {
    json_open_object(w);
    json_member_text(w, "roll_number", line->roll_number);
    json_member_text(w, "post", line->post);
    json_member_int(w, "before", line->before);
    json_member_int(w, "after", line->after);
    json_member_bool(w, "passed_before", line->passed_before);
    json_member_bool(w, "passed_after", line->passed_after);
    json_member_text(w, "outcome_before", line->outcome_before);
    json_member_text(w, "outcome_after", line->outcome_after);
    json_member_int(w, "rank_before", line->rank_before);
    json_member_int(w, "rank_after", line->rank_after);
    json_close_object(w);
}

void api_key_preview_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page page;
    struct rekey_preview_line *lines = NULL;
    int64_t proposal_id = 0;
    bool touched = false;
    size_t count = 0;
    if (!api_param_id(request, reply, 0, &proposal_id) || !api_query_bool(request, reply, "touched", &touched) ||
        !api_query_page(request, reply, &page))
        return;
    enum err err = rekey_preview_rows(api->db, request->arena, proposal_id, touched, page.after, page.limit + 1, &lines, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    bool more = count > page.limit;
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < count && i < page.limit; i++)
        put_row(&writer, &lines[i]);
    api_list_next(reply, request, &writer, more ? lines[page.limit - 1].roll_number : NULL);
}
