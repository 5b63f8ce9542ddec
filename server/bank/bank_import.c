#include "khoacu/bank/bank_load.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/json/json.h"
#include "khoacu/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { CODE, TOPIC, LEVEL, STEM, OPTION_A, OPTION_B, OPTION_C, OPTION_D, KEY, SOURCE, NEW_VERSION, FACILITY };
enum { OPTIONS = OPTION_D - OPTION_A + 1, STEM_MAX = 4000, OPTION_MAX = 1000, SOURCE_MAX = 500 };

const struct import_column BANK_ITEM_COLUMNS[] = {
    [CODE] = {.name = "code", .aliases = {"mã", "mã câu hỏi"}, .required = true, .example = "HT-001"},
    [TOPIC] = {.name = "topic", .aliases = {"chủ đề"}, .required = true, .example = "he-thong-chinh-tri"},
    [LEVEL] = {.name = "level", .aliases = {"mức độ"}, .required = true, .example = "2"},
    [STEM] = {.name = "stem",
              .aliases = {"câu hỏi", "nội dung"},
              .required = true,
              .example = "Cơ quan nào có quyền lập hiến, quyền lập pháp?"},
    [OPTION_A] = {.name = "option_a", .aliases = {"phương án a"}, .required = true, .example = "Quốc hội"},
    [OPTION_B] = {.name = "option_b", .aliases = {"phương án b"}, .required = true, .example = "Chính phủ"},
    [OPTION_C] = {.name = "option_c", .aliases = {"phương án c"}, .example = "Chủ tịch nước"},
    [OPTION_D] = {.name = "option_d", .aliases = {"phương án d"}, .example = "Tòa án nhân dân tối cao"},
    [KEY] = {.name = "key", .aliases = {"đáp án"}, .required = true, .example = "A"},
    [SOURCE] = {.name = "source",
                .aliases = {"căn cứ", "nguồn"},
                .required = true,
                .example = "Hiến pháp 2013, Điều 69"},
    [NEW_VERSION] = {.name = "new_version", .aliases = {"phiên bản mới"}, .example = ""},
    [FACILITY] = {.name = "facility", .aliases = {"độ dễ", "độ dễ dự kiến"}, .example = "0.65"},
    {0},
};

/* "0.65" as thousandths, at most three places and between 0 and 1. */
static bool parse_facility(const char *text, int64_t *ret_facility) {
    int64_t value = 0, scale = 100;
    if (text[0] != '0' && text[0] != '1')
        return false;
    value = (text[0] - '0') * INT64_C(1000);
    if (text[1] && (text[1] != '.' || !text[2] || strlen(text + 2) > 3))
        return false;
    for (const char *digit = text[1] ? text + 2 : ""; *digit; digit++, scale /= 10) {
        if (*digit < '0' || *digit > '9')
            return false;
        value += (*digit - '0') * scale;
    }
    *ret_facility = value;
    return value <= 1000;
}

struct items_import {
    struct arena *arena;
    const struct import_request *request;
    struct import_report *report;
    struct import_table table;
    struct import_mark mark;
    size_t count;
};

static const char *cell(const struct items_import *import, size_t row, size_t column) {
    return import_cell(&import->table, row, column);
}

static void refuse(struct items_import *import, size_t row, size_t column, enum import_code code) {
    import_refuse(import->report, &import->table, row, column, code);
}

static void check_length(struct items_import *import, size_t row, size_t column, size_t max) {
    if (text_utf8_len(cell(import, row, column)) > max)
        refuse(import, row, column, IMPORT_LENGTH);
}

/* Options stand without a gap and differ; the key is one of them. */
static void check_options(struct items_import *import, size_t row) {
    const char *key = cell(import, row, KEY);
    int place = key[0] && !key[1] ? (key[0] | 0x20) - 'a' : -1;
    for (size_t i = OPTION_A; i <= OPTION_D; i++) {
        const char *option = cell(import, row, i);
        check_length(import, row, i, OPTION_MAX);
        if (i > OPTION_B && option[0] && !cell(import, row, i - 1)[0])
            refuse(import, row, i - 1, IMPORT_REQUIRED);
        for (size_t j = OPTION_A; option[0] && j < i; j++)
            if (strcmp(option, cell(import, row, j)) == 0)
                refuse(import, row, i, IMPORT_DUPLICATE);
    }
    if (key[0] && (place < 0 || place >= OPTIONS))
        refuse(import, row, KEY, IMPORT_SYNTAX);
    else if (key[0] && !cell(import, row, OPTION_A + (size_t)place)[0])
        refuse(import, row, KEY, IMPORT_UNKNOWN);
}

static void check_row(struct items_import *import, size_t row) {
    const char *code = cell(import, row, CODE), *topic = cell(import, row, TOPIC), *level = cell(import, row, LEVEL);
    const char *forced = cell(import, row, NEW_VERSION);
    int64_t number;
    if (code[0] && !cycle_code_valid(code))
        refuse(import, row, CODE, IMPORT_SYNTAX);
    if (topic[0] && !bank_topic_valid(topic))
        refuse(import, row, TOPIC, IMPORT_SYNTAX);
    if (level[0] && !text_parse_int(level, 1, 4, &number))
        refuse(import, row, LEVEL, IMPORT_NUMBER);
    if (forced[0] && strcmp(forced, "x") != 0 && strcmp(forced, "X") != 0)
        refuse(import, row, NEW_VERSION, IMPORT_SYNTAX);
    if (cell(import, row, FACILITY)[0] && !parse_facility(cell(import, row, FACILITY), &number))
        refuse(import, row, FACILITY, IMPORT_NUMBER);
    check_length(import, row, STEM, STEM_MAX);
    check_length(import, row, SOURCE, SOURCE_MAX);
    check_options(import, row);
}

struct coded {
    const char *code;
    size_t row;
};

static int by_code(const void *a, const void *b) {
    const struct coded *x = a, *y = b;
    int order = strcmp(x->code, y->code);
    return order != 0 ? order : x->row < y->row ? -1 : 1;
}

static enum err check_rows(struct items_import *import) {
    struct coded *list = ARENA_ARRAY(import->arena, import->count + 1, struct coded);
    if (!list)
        return ERR_MEMORY;
    for (size_t i = 0; i < import->count; i++) {
        check_row(import, i);
        list[i] = (struct coded){.code = cell(import, i, CODE), .row = i};
    }
    qsort(list, import->count, sizeof *list, by_code);
    for (size_t i = 1; i < import->count; i++)
        if (list[i].code[0] && strcmp(list[i].code, list[i - 1].code) == 0)
            refuse(import, list[i].row, CODE, IMPORT_DUPLICATE);
    return ERR_NONE;
}

/* ---- storing ---- */

/* A plain text as markup of one paragraph. */
static void add_markup(struct buf *out, const char *text) {
    for (; *text; text++) {
        if (*text == '&')
            buf_adds(out, "&amp;");
        else if (*text == '<')
            buf_adds(out, "&lt;");
        else if (*text == '>')
            buf_adds(out, "&gt;");
        else if (*text == '\n')
            buf_adds(out, "<br/>");
        else if (*text != '\r')
            buf_addc(out, *text);
    }
}

static void put_text(struct json_writer *writer, const char *key, const char *text) {
    struct buf markup CLEANUP(buf_release);
    buf_init(&markup, 16 * STEM_MAX);
    add_markup(&markup, text);
    json_put_key(writer, key);
    json_open_object(writer);
    json_member_text(writer, "vi", markup.data ? markup.data : "");
    json_close_object(writer);
    writer->out->failed |= markup.failed;
}

static void put_content(struct items_import *import, size_t row, struct json_writer *writer) {
    json_open_object(writer);
    put_text(writer, "body", cell(import, row, STEM));
    json_member_text(writer, "kind", "single");
    json_put_key(writer, "options");
    json_open_array(writer);
    for (size_t i = OPTION_A; i <= OPTION_D && cell(import, row, i)[0]; i++) {
        json_open_object(writer);
        json_member_text(writer, "id", (const char[]){(char)('a' + (char)(i - OPTION_A)), '\0'});
        put_text(writer, "text", cell(import, row, i));
        json_close_object(writer);
    }
    json_close_array(writer);
    json_member_bool(writer, "shuffle", true);
    json_close_object(writer);
}

static void put_key(struct items_import *import, size_t row, struct json_writer *writer) {
    const char id[] = {(char)(cell(import, row, KEY)[0] | 0x20), '\0'};
    json_open_object(writer);
    json_member_text(writer, "kind", "single");
    json_put_key(writer, "options");
    json_open_array(writer);
    json_open_object(writer);
    json_member_text(writer, "credit", "1");
    json_member_text(writer, "id", id);
    json_close_object(writer);
    json_close_array(writer);
    json_member_text(writer, "points", "1");
    json_close_object(writer);
}

static void say_refusal(struct items_import *import, size_t row, enum bank_loaded loaded) {
    switch (loaded) {
    case BANK_LOADED_TAKEN:
    case BANK_LOADED_TWICE:
        refuse(import, row, CODE, IMPORT_CONFLICT);
        return;
    case BANK_LOADED_RETIRED:
        refuse(import, row, CODE, IMPORT_LOCKED);
        return;
    case BANK_LOADED_FORBIDDEN:
        refuse(import, row, TOPIC, IMPORT_LOCKED);
        return;
    case BANK_LOADED_FULL:
        refuse(import, row, CODE, IMPORT_FILE_LIMIT);
        return;
    case BANK_LOADED_INVALID:
        refuse(import, row, CODE, IMPORT_SYNTAX);
        return;
    case BANK_LOADED_NEW:
    case BANK_LOADED_CHANGED:
    case BANK_LOADED_UNCHANGED:
    case BANK_LOADED_REPEATED: /* codes stand once in a table: check_rows */
    case BANK_LOADED_COUNT:
        return;
    }
}

static enum err load_row(struct items_import *import, struct bank_load *load, size_t row) {
    struct buf content CLEANUP(buf_release), key CLEANUP(buf_release);
    struct json_writer writer;
    enum bank_loaded loaded;
    buf_init(&content, BANK_TEXT_MAX);
    buf_init(&key, BANK_TEXT_MAX);
    json_writer_init(&writer, &content);
    put_content(import, row, &writer);
    json_writer_init(&writer, &key);
    put_key(import, row, &writer);
    if (content.failed || key.failed)
        return ERR_LIMIT;
    struct bank_load_item item = {
        .code = cell(import, row, CODE),
        .meta = {.kind = "single", .subject = "", .topic = cell(import, row, TOPIC), .facility = -1},
        .text = {.content = content.data, .content_len = content.len, .key = key.data, .key_len = key.len, .source = cell(import, row, SOURCE),
                 .external_id = ""},
        .new_version = cell(import, row, NEW_VERSION)[0] != '\0'};
    (void)text_parse_int(cell(import, row, LEVEL), 1, 4, &item.meta.level);
    if (cell(import, row, FACILITY)[0])
        (void)parse_facility(cell(import, row, FACILITY), &item.meta.facility);
    enum err err = bank_load_add(load, &item, &loaded, NULL);
    if (err == ERR_NONE && bank_loaded_refused(loaded))
        say_refusal(import, row, loaded);
    return err;
}

static enum err load_rows(void *ctx, struct bank_load *load) {
    struct items_import *import = ctx;
    enum err err = ERR_NONE;
    import_rewind(import->report, &import->table, &import->mark);
    for (size_t row = 0; err == ERR_NONE && row < import->count; row++) {
        if (import_row_refused(&import->table, row))
            bank_load_refuse(load);
        else
            err = load_row(import, load, row);
    }
    return err;
}

static enum err note_import(void *ctx, struct db *db, int64_t bank_id, const struct bank_load_counts *counts) {
    struct items_import *import = ctx;
    import->report->imported = counts->imported;
    import->report->changed = counts->changed;
    import->report->unchanged = counts->unchanged;
    return ledger_append_import(db, import->arena, "bank.items_import", "bank", bank_id, import->request, import->report);
}

static enum err store(struct items_import *import, const struct bank_desk *desk) {
    struct import_report *report = import->report;
    const struct bank_load_request load = {.bank = import->request->bank_code, .make_bank = true, .dry_run = import->request->dry_run,
                                           .mode = BANK_LOAD_WHOLE, .reason = "", .note = note_import};
    enum bank_load_verdict verdict;
    struct bank_load_counts counts;
    if (!import_mark(report, &import->table, &import->mark))
        return ERR_MEMORY;
    enum err err = bank_load_run(desk, &load, load_rows, import, &verdict, &counts);
    if (err != ERR_NONE)
        return err;
    switch (verdict) {
    case BANK_LOAD_DONE:
        break;
    case BANK_LOAD_UNKNOWN:
        import_refuse_target(report, "bank", IMPORT_UNKNOWN, import->request->bank_code);
        break;
    case BANK_LOAD_FORBIDDEN:
        import_refuse_target(report, "bank", IMPORT_LOCKED, import->request->bank_code);
        break;
    }
    report->imported = counts.imported;
    report->changed = counts.changed;
    report->unchanged = counts.unchanged;
    import_close(report, counts.applied);
    return ERR_NONE;
}

enum err bank_import_items(const struct bank_desk *desk, const struct import_request *request, struct import_report *report) {
    struct items_import import = {.arena = desk->arena, .request = request, .report = report};
    const char *code = request->bank_code ? request->bank_code : "";
    import_report_init(report, desk->arena, request);
    if (!cycle_code_valid(code))
        import_refuse_target(report, "bank", IMPORT_SYNTAX, code);
    bool open = report->fault_count == 0 && import_open(report, request, BANK_ITEM_COLUMNS, &import.table);
    if (open && import.table.csv.row_count > BANK_ITEMS_MAX) {
        import_refuse_target(report, "", IMPORT_FILE_LIMIT, "");
        open = false;
    }
    if (!open) {
        import_close(report, false);
        return ERR_NONE;
    }
    import.count = import.table.csv.row_count;
    enum err err = check_rows(&import);
    return err == ERR_NONE ? store(&import, desk) : err;
}
