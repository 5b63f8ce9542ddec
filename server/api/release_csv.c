#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/text.h"
#include "khoacu/doc/csv.h"
#include "khoacu/result/print.h"

#include <stdio.h>

#include "khoacu/base/banned.h"

/* Columns in both languages: the file goes into spreadsheets of people. */
static const char *const COLUMNS[] = {
    "Vị trí việc làm (post)", "Tên vị trí (post title)", "Thứ hạng (rank)",   "Số báo danh (roll number)",
    "Điểm vòng 2 (raw)",      "Điểm ưu tiên (priority)", "Tổng điểm (total)", "Kết quả (outcome)",
    "Cơ quan (agency)",       "Lý do (reason)",           "Điểm thành phần (sub-scores)"}; /* the last one only where there are any */

static void put_number(struct buf *out, bool there, int64_t number) {
    char text[24] = "";
    if (there)
        (void)snprintf(text, sizeof text, "%lld", (long long)number);
    csv_put(out, text, false);
}

static void put_mark(struct buf *out, bool there, int64_t value) {
    char text[24] = "";
    if (there)
        text_format_hundredths(value, text);
    csv_put(out, text, false);
}

static void put_row(struct buf *out, struct arena *arena, const struct result_post *post, const struct result_row *row, bool with_parts) {
    const char *parts = with_parts ? result_parts_line(arena, row->parts, ',') : "";
    bool passed = row->rank > 0;
    csv_put(out, post->code, true);
    csv_put(out, post->title, false);
    put_number(out, passed, row->rank);
    csv_put(out, row->roll_number, false);
    put_mark(out, passed && !row->withheld, row->raw);
    put_mark(out, passed && !row->withheld, row->priority);
    put_mark(out, passed, row->total);
    csv_put(out, row->outcome, false);
    csv_put(out, row->agency ? row->agency : "", false);
    csv_put(out, row->reason, false);
    if (with_parts)
        csv_put(out, parts ? parts : "", false);
    out->failed = out->failed || !parts;
    csv_end_row(out);
}

void api_put_release_csv(struct buf *out, struct arena *arena, const struct result_release_list *list) {
    bool with_parts = result_list_has_parts(list);
    buf_adds(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS - !with_parts; i++)
        csv_put(out, COLUMNS[i], i == 0);
    csv_end_row(out);
    for (size_t i = 0; i < list->post_count; i++)
        for (size_t k = 0; k < list->posts[i].row_count; k++)
            put_row(out, arena, &list->posts[i], &list->rows[list->posts[i].first_row + k], with_parts);
}

static void answer(struct api *api, struct http_request *request, struct http_reply *reply, struct arena *arena) {
    struct result_release release;
    struct result_release_list list;
    if (!api_find_release(api, request, reply, arena, &release))
        return;
    enum err err = result_release_rows(api->db, arena, release.run_id, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    buf_reset(&reply->body);
    api_put_release_csv(&reply->body, arena, &list);
    const char *name = arena_printf(request->arena, "%s-v%lld.csv", release.cycle_code, (long long)release.version);
    api_attachment(reply, request, "text/csv; charset=utf-8", name ? name : "list.csv");
}

void api_release_csv(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena;
    arena_init(&arena, API_LIST_ARENA_MAX);
    answer(api, request, reply, &arena);
    arena_release(&arena);
}
