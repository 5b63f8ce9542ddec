#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_cycle_candidates_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    struct cycle cycle;
    struct cycle_candidate_page page;
    const char *search;
    if (!api_query_page(request, reply, &asked) || !api_query_text(request, reply, "q", API_SEARCH_MAX, &search) ||
        !api_find_cycle(api, request, reply, &cycle))
        return;
    enum err err =
        cycle_candidates_read(api->db, request->arena, cycle.cycle_id, search, asked.after, asked.limit, &page);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < page.count; i++) {
        const struct cycle_candidate *candidate = &page.candidates[i];
        json_open_object(&writer);
        json_member_text(&writer, "roll_number", candidate->roll_number);
        json_member_text(&writer, "full_name", candidate->full_name);
        json_member_text(&writer, "birth_date", candidate->birth_date);
        json_member_text(&writer, "post_code", candidate->post_code);
        api_put_texts(&writer, "priority_classes", candidate->classes, candidate->class_count);
        api_put_texts(&writer, "agencies", candidate->agencies, candidate->agency_count);
        json_member_bool(&writer, "has_code", candidate->has_code);
        json_member_text(&writer, "credential", candidate->credential);
        json_member_text(&writer, "credential_on", candidate->credential_on);
        json_close_object(&writer);
    }
    api_list_page(reply, request, &writer, page.more ? page.candidates[page.count - 1].roll_number : NULL, page.total);
}
