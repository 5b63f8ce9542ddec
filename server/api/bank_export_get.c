#include "banks.h"
#include "cycles.h"
#include "handlers.h"

#include "khoacu/bank/bank_exchange.h"
#include "khoacu/base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define EXPORT_ARENA_MAX ((size_t)512 << 20)
#define LINES_MAX 5000
#define LINES_BYTES_MAX ((size_t)8 << 20)

/* The file's bytes into the reply. ERR_LIMIT: more than a reply may hold. */
static enum err take_file(const char *path, struct buf *out) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    char bytes[65536];
    size_t len;
    if (!file)
        return ERR_IO;
    while ((len = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(out, bytes, len);
    return ferror(file) ? ERR_IO : (out->failed ? ERR_LIMIT : ERR_NONE);
}

struct lines {
    struct buf text;
    size_t count;
};

/* Those that are as they are need no line: of a bank of 50,000 the rest alone is read by anybody. */
static enum err take_line(void *ctx, const struct bank_export_line *line) {
    struct lines *lines = ctx;
    struct json_writer writer;
    if (line->outcome == BANK_EXPORTED_WHOLE || lines->count == LINES_MAX)
        return ERR_NONE;
    if (lines->count++)
        buf_addc(&lines->text, ',');
    json_writer_init(&writer, &lines->text);
    bank_export_put_line(&writer, line);
    return lines->text.failed ? ERR_MEMORY : ERR_NONE;
}

static void report(struct http_request *request, struct http_reply *reply, const struct bank_export_counts *counts, const struct lines *lines) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "counts");
    json_open_object(&writer);
    json_member_int(&writer, "found", (int64_t)counts->found);
    json_member_int(&writer, "exported", (int64_t)counts->exported);
    json_member_int(&writer, "changed", (int64_t)counts->changed);
    json_member_int(&writer, "left_out", (int64_t)counts->left_out);
    json_member_int(&writer, "refused", (int64_t)counts->refused);
    json_close_object(&writer);
    json_put_key(&writer, "lines");
    json_open_array(&writer);
    if (lines->text.len > 0)
        json_put_raw(&writer, lines->text.data);
    json_close_array(&writer);
    json_member_bool(&writer, "truncated", lines->count == LINES_MAX);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

static void answer(struct api *api, struct http_request *request, struct http_reply *reply, enum err err, enum bank_verdict verdict,
                   const struct bank_export_request *asked, const struct bank_export_counts *counts) {
    const char *name = arena_printf(request->arena, "%s%s", asked->bank, exchange_format_suffix(asked->format));
    if (err == ERR_LIMIT) {
        buf_reset(&reply->body);
        api_problem(reply, request, 413, "export-too-large", "The bank is too large for the screen; `khoacu bank export` writes it");
    } else if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!api_bank_done(reply, request, verdict))
        return;
    else if (asked->dry_run)
        report(request, reply, counts, asked->ctx);
    else if (!counts->written)
        api_problem(reply, request, 409, "export-refused", "The format does not hold every item; a dry run names them");
    else
        api_attachment(reply, request, exchange_format_type(asked->format), name ? name : "bank");
}

void api_bank_export_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *key = "";
    struct lines lines = {.count = 0};
    struct bank_desk desk;
    enum bank_verdict verdict = BANK_UNKNOWN;
    struct bank_export_counts counts = {0};
    char path[] = "/tmp/khoacu-export-XXXXXX";
    struct bank_export_request asked = {.bank = request->params[0], .path = path, .line = take_line, .ctx = &lines};
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, EXPORT_ARENA_MAX);
    if (!api_query_text(request, reply, "format", 20, &key) || !api_query_bool(request, reply, "dry_run", &asked.dry_run) ||
        !api_query_bool(request, reply, "valid_only", &asked.valid_only))
        return;
    if (!exchange_format_find(key, &asked.format) || !exchange_format_writable(asked.format)) {
        api_invalid_field(reply, request, "format", "unknown-value");
        return;
    }
    if (!api_desk_in(api, request, reply, &arena, &desk))
        return;
    int fd = mkstemp(path); /* readable by this process alone, and gone before the answer is */
    if (fd < 0) {
        api_failure(api, reply, request, ERR_IO);
        return;
    }
    (void)close(fd);
    buf_init(&lines.text, LINES_BYTES_MAX);
    buf_reset(&reply->body);
    enum err err = bank_exchange_export(&desk, &asked, &verdict, &counts);
    if (err == ERR_NONE && counts.written)
        err = take_file(path, &reply->body);
    (void)unlink(path);
    answer(api, request, reply, err, verdict, &asked, &counts);
    buf_release(&lines.text);
}
