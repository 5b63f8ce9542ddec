/* POST /bank-imports, POST /bank-import-columns, GET /bank-import-template: items of foreign files into a bank. */
#include "banks.h"
#include "cycles.h"
#include "handlers.h"

#include "khoacu/bank/bank_exchange.h"
#include "khoacu/base/cleanup.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define IMPORT_ARENA_MAX ((size_t)512 << 20)
#define LINES_MAX 20000
#define LINES_BYTES_MAX ((size_t)48 << 20)
#define MAPPING_MAX 8000 /* bytes */

struct asked {
    const char *bank, *format, *mode, *topic, *name, *mapping, *lang;
    bool dry_run;
    enum exchange_format kind;
    struct exchange_options options;
};

/* {"heading": "field"} */
static bool read_mapping(struct http_request *request, struct http_reply *reply, struct arena *arena, struct asked *asked) {
    const struct json *value = NULL;
    if (!*asked->mapping)
        return true;
    if (json_read(arena, asked->mapping, strlen(asked->mapping), &value, NULL) != ERR_NONE || json_kind(value) != JSON_OBJECT) {
        api_invalid_field(reply, request, "mapping", "form");
        return false;
    }
    struct exchange_mapping *list = ARENA_ARRAY(arena, json_count(value) + 1, struct exchange_mapping);
    for (size_t i = 0; list && i < json_count(value); i++) {
        list[i] = (struct exchange_mapping){.column = json_key_at(value, i), .field = json_text(json_at(value, i))};
        if (!list[i].field) {
            api_invalid_field(reply, request, "mapping", "kind");
            return false;
        }
    }
    asked->options.mapping = list;
    asked->options.mapping_count = list ? json_count(value) : 0;
    return true;
}

static bool read_format(struct http_request *request, struct http_reply *reply, struct asked *asked) {
    asked->kind = EXCHANGE_AUTO;
    if (!*asked->format || exchange_format_find(asked->format, &asked->kind))
        return true;
    api_invalid_field(reply, request, "format", "unknown-value");
    return false;
}

static bool read_asked(struct http_request *request, struct http_reply *reply, struct arena *arena, struct asked *asked) {
    *asked = (struct asked){.bank = ""};
    if (!api_query_text(request, reply, "bank", 40, &asked->bank) || !api_query_text(request, reply, "format", 20, &asked->format) ||
        !api_query_text(request, reply, "mode", 10, &asked->mode) || !api_query_text(request, reply, "topic", 120, &asked->topic) ||
        !api_query_text(request, reply, "name", 300, &asked->name) || !api_query_text(request, reply, "lang", 2, &asked->lang) ||
        !api_query_text(request, reply, "mapping", MAPPING_MAX, &asked->mapping) ||
        !api_query_bool(request, reply, "dry_run", &asked->dry_run) || !read_format(request, reply, asked))
        return false;
    asked->mode = *asked->mode ? asked->mode : "all";
    asked->lang = *asked->lang ? asked->lang : "vi";
    const char *wrong = !cycle_code_valid(asked->bank)                                              ? "bank"
                        : strcmp(asked->mode, "all") != 0 && strcmp(asked->mode, "valid") != 0      ? "mode"
                        : *asked->topic && !bank_topic_valid(asked->topic)                          ? "topic"
                        : strcmp(asked->lang, "vi") != 0 && strcmp(asked->lang, "en") != 0          ? "lang"
                                                                                                    : NULL;
    if (wrong) {
        api_invalid_field(reply, request, wrong, "form");
        return false;
    }
    asked->options.lang = asked->lang;
    return read_mapping(request, reply, arena, asked);
}

/* ---- the report ---- */

struct lines {
    struct buf text;
    size_t count;
    bool truncated;
};

static void again(void *ctx) {
    struct lines *lines = ctx;
    buf_reset(&lines->text);
    lines->count = 0;
    lines->truncated = false;
}

static enum err take_line(void *ctx, struct arena *arena, const struct bank_exchange_line *line) {
    struct lines *lines = ctx;
    struct json_writer writer;
    (void)arena;
    if (lines->count == LINES_MAX || lines->text.len > LINES_BYTES_MAX / 2) {
        lines->truncated = true;
        return ERR_NONE;
    }
    if (lines->count++)
        buf_addc(&lines->text, ',');
    json_writer_init(&writer, &lines->text);
    bank_exchange_put_line(&writer, line);
    return lines->text.failed ? ERR_MEMORY : ERR_NONE;
}

static void answer(struct http_request *request, struct http_reply *reply, const struct asked *asked, const struct bank_exchange_counts *counts,
                   const struct lines *lines) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "counts");
    json_open_object(&writer);
    json_member_int(&writer, "found", (int64_t)counts->found);
    json_member_int(&writer, "imported", (int64_t)counts->imported);
    json_member_int(&writer, "changed", (int64_t)counts->changed);
    json_member_int(&writer, "refused", (int64_t)counts->refused);
    json_member_int(&writer, "same", (int64_t)counts->same);
    json_member_int(&writer, "renewed", (int64_t)counts->renewed);
    json_member_int(&writer, "repeated", (int64_t)counts->repeated);
    json_member_bool(&writer, "applied", counts->applied);
    json_close_object(&writer);
    json_member_bool(&writer, "dry_run", asked->dry_run);
    json_put_key(&writer, "lines");
    json_open_array(&writer);
    if (lines->text.len > 0)
        json_put_raw(&writer, lines->text.data);
    json_close_array(&writer);
    json_member_bool(&writer, "truncated", lines->truncated);
    json_close_object(&writer);
    api_json(reply, request, 200); /* refusals are what was asked for: `applied` says whether anything is stored */
}

void api_bank_import_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct asked asked;
    struct bank_desk desk;
    struct lines lines = {.count = 0};
    struct bank_exchange_counts counts = {0};
    enum bank_load_verdict verdict = BANK_LOAD_UNKNOWN;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, IMPORT_ARENA_MAX);
    if (!read_asked(request, reply, &arena, &asked) || !api_desk_in(api, request, reply, &arena, &desk))
        return;
    buf_init(&lines.text, LINES_BYTES_MAX);
    const struct bank_exchange_import import = {.bank = asked.bank,
                                                .dry_run = asked.dry_run,
                                                .mode = strcmp(asked.mode, "all") == 0 ? BANK_LOAD_WHOLE : BANK_LOAD_VALID,
                                                .topic = *asked.topic ? asked.topic : NULL,
                                                .format = asked.kind,
                                                .options = &asked.options,
                                                .name = asked.name,
                                                .bytes = request->body ? request->body : "",
                                                .len = request->body_len,
                                                .line = take_line,
                                                .again = again,
                                                .ctx = &lines};
    enum err err = bank_exchange_import(&desk, &import, &verdict, &counts);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (verdict == BANK_LOAD_UNKNOWN)
        api_not_found(reply, request);
    else if (verdict == BANK_LOAD_FORBIDDEN)
        api_right_missing(reply, request);
    else
        answer(request, reply, &asked, &counts, &lines);
    buf_release(&lines.text);
}

/* ---- tables ---- */

void api_bank_import_columns_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct asked asked = {.format = ""};
    struct exchange_columns columns = {0};
    struct arena arena CLEANUP(arena_release);
    (void)api;
    arena_init(&arena, IMPORT_ARENA_MAX);
    if (!api_query_text(request, reply, "format", 20, &asked.format) || !read_format(request, reply, &asked))
        return;
    if (asked.kind != EXCHANGE_CSV && asked.kind != EXCHANGE_XLSX) {
        api_invalid_field(reply, request, "format", "unknown-value");
        return;
    }
    enum err err = exchange_table_columns(&arena, asked.kind, request->body ? request->body : "", request->body_len, &columns);
    if (err == ERR_SYNTAX || err == ERR_LIMIT) {
        api_problem(reply, request, 422, "unreadable", "The file cannot be read as a table of this format");
        return;
    }
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "columns");
    json_open_array(&writer);
    for (size_t i = 0; i < columns.count; i++) {
        json_open_object(&writer);
        json_member_text(&writer, "heading", columns.list[i].heading);
        json_member_text(&writer, "field", columns.list[i].field);
        json_put_key(&writer, "samples");
        json_open_array(&writer);
        for (size_t k = 0; k < 3 && columns.list[i].samples[k]; k++)
            json_put_text(&writer, columns.list[i].samples[k]);
        json_close_array(&writer);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_member_int(&writer, "rows", (int64_t)columns.rows);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_bank_import_template_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct asked asked = {.format = "", .lang = "vi"};
    if (!api_query_text(request, reply, "format", 20, &asked.format) || !api_query_text(request, reply, "lang", 2, &asked.lang) ||
        !read_format(request, reply, &asked))
        return;
    asked.lang = *asked.lang ? asked.lang : "vi";
    bool table = asked.kind == EXCHANGE_CSV || asked.kind == EXCHANGE_XLSX, lang = strcmp(asked.lang, "vi") == 0 || strcmp(asked.lang, "en") == 0;
    if (!table || !lang) {
        api_invalid_field(reply, request, table ? "lang" : "format", "unknown-value");
        return;
    }
    buf_reset(&reply->body);
    enum err err = exchange_template(asked.kind, asked.lang, &reply->body);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_attachment(reply, request, exchange_format_type(asked.kind), asked.kind == EXCHANGE_CSV ? "khoacu-items.csv" : "khoacu-items.xlsx");
}
