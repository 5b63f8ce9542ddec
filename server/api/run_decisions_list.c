#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define SEARCH_MAX 100

/* The filter; false after it has filled the reply. */
static bool read_filter(struct http_request *request, struct http_reply *reply, struct result_filter *filter) {
    struct api_page asked;
    if (!api_query_page(request, reply, &asked))
        return false;
    filter->limit = asked.limit;
    filter->post = http_query(request, "post");
    filter->outcome = http_query(request, "outcome");
    filter->search = http_query(request, "q");
    filter->reason = http_query(request, "reason");
    filter->sort = http_query(request, "sort");
    if (*asked.after && !text_parse_int(asked.after, 0, 100000000, &filter->after)) {
        api_invalid_field(reply, request, "after", "kind");
        return false;
    }
    if (filter->outcome && *filter->outcome && rank_outcome_find(filter->outcome) < 0) {
        api_invalid_field(reply, request, "outcome", "unknown");
        return false;
    }
    if (filter->reason && *filter->reason && rank_reason_find(filter->reason) < 0) {
        api_invalid_field(reply, request, "reason", "unknown");
        return false;
    }
    static const char *const SORTS[] = {"", "list", "roll", "name", "raw", "total"};
    bool sorted = !filter->sort;
    filter->reversed = filter->sort && filter->sort[0] == '-';
    filter->sort += filter->reversed;
    for (size_t i = 0; !sorted && i < sizeof SORTS / sizeof *SORTS; i++)
        sorted = strcmp(SORTS[i], filter->sort) == 0;
    if (!sorted) {
        api_invalid_field(reply, request, "sort", "unknown");
        return false;
    }
    if (filter->search && text_utf8_len(filter->search) > SEARCH_MAX) {
        api_invalid_field(reply, request, "q", "length");
        return false;
    }
    return true;
}

static void put_rows(struct json_writer *writer, const struct result_rows *rows) {
    json_put_key(writer, "items");
    json_open_array(writer);
    for (size_t i = 0; i < rows->count; i++) {
        const struct result_row *row = &rows->rows[i];
        json_open_object(writer);
        json_member_text(writer, "full_name", row->full_name);
        json_member_text(writer, "post", row->post);
        api_put_row(writer, row);
        json_member_text(writer, "priority_class", row->priority_class);
        json_put_key(writer, "derivation");
        json_put_raw(writer, row->derivation);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void api_run_decisions_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_filter filter = {0};
    struct result_rows rows;
    struct result_run_detail detail;
    int64_t run_id = 0;
    bool found = false;
    if (!api_param_id(request, reply, 0, &run_id) || !read_filter(request, reply, &filter))
        return;
    enum err err = result_run_read(api->db, request->arena, run_id, &found, &detail);
    if (err == ERR_NONE && found)
        err = result_rows_read(api->db, request->arena, run_id, &filter, &rows);
    if (err != ERR_NONE || !found) {
        if (err == ERR_NONE)
            api_not_found(reply, request);
        else
            api_failure(api, reply, request, err);
        return;
    }
    char next[24];
    int64_t end = filter.after + (int64_t)rows.count;
    (void)snprintf(next, sizeof next, "%lld", (long long)end);
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    put_rows(&writer, &rows);
    api_close_list(&writer, rows.count && end < rows.total ? next : NULL, rows.total);
    api_json(reply, request, 200);
}
