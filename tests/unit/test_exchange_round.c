#include "exchange_field.h"
#include "zip_field.h"

#include "khoacu/base/banned.h"

#define TEXT(text) text, sizeof text - 1

static const enum exchange_format FORMATS[] = {EXCHANGE_GIFT, EXCHANGE_CSV, EXCHANGE_XLSX};

struct writing {
    struct exchange_writer *writer;
    struct buf expected; /* canonical JSON of the items, a line each */
    size_t count;
};

static void add(void *ctx, const struct item *item, const char *json) {
    struct writing *writing = ctx;
    if (exchange_writer_add(writing->writer, item, NULL, 0) != ERR_NONE)
        fail_msg("not written: %.200s", json);
    buf_adds(&writing->expected, json);
    buf_addc(&writing->expected, '\n');
    writing->count++;
}

/* Writes all kinds into a file of that format and gives its bytes, to be freed. */
static char *write_all(enum exchange_format format, const char *lang, struct writing *writing, size_t *ret_len) {
    char path[] = "build/test/exchange-XXXXXX";
    int fd = mkstemp(path);
    struct exchange_options options = {.lang = lang};
    assert_true(fd >= 0);
    (void)close(fd);
    *writing = (struct writing){0};
    buf_init(&writing->expected, FIELD_CAP);
    assert_int_equal(exchange_writer_new(format, path, &options, &writing->writer), ERR_NONE);
    field_each(add, writing);
    assert_int_equal(exchange_writer_close(writing->writer), ERR_NONE);
    exchange_writer_free(writing->writer);
    char *bytes = field_load(path, ret_len);
    assert_non_null(bytes);
    assert_int_equal(unlink(path), 0);
    return bytes;
}

/* The items of the sink's lines, as writing->expected has them. */
static void compare(const struct writing *writing, const struct field_sink *sink, const char *key) {
    const char *wanted = writing->expected.data, *got = sink->lines.data;
    assert_non_null(got);
    for (size_t i = 0; i < writing->count; i++) {
        const char *item = strstr(got, "} {"), *end = strchr(got, '\n'), *wanted_end = strchr(wanted, '\n');
        if (!item || item > end)
            fail_msg("%s: item %zu has no content: %.400s", key, i + 1, got);
        item += 2;
        if (end - item != wanted_end - wanted || memcmp(item, wanted, (size_t)(end - item)) != 0)
            fail_msg("%s: item %zu\nwanted %.1500s\n   got %.3000s", key, i + 1, wanted, got);
        got = end + 1;
        wanted = wanted_end + 1;
    }
}

static void every_kind_comes_back(void **state) {
    (void)state;
    static const char *const LANGS[] = {"vi", "en"};
    for (size_t i = 0; i < LENGTH(FORMATS) * 2; i++) {
        enum exchange_format format = FORMATS[i / 2];
        struct writing writing;
        struct field_sink sink;
        size_t len = 0;
        /* Written in one language of the reader, read in the other. */
        struct exchange_options options = {.lang = LANGS[1 - i % 2]};
        char *bytes = write_all(format, LANGS[i % 2], &writing, &len);
        const char *key = exchange_format_key(format);
        enum exchange_format found = EXCHANGE_AUTO;
        assert_true(exchange_detect(NULL, bytes, len, &found));
        assert_int_equal(found, format);
        assert_int_equal(field_read(format, key, bytes, len, &options, &sink), ERR_NONE);
        if (sink.calls != writing.count || sink.imported != writing.count)
            fail_msg("%s: %zu of %zu items as they were: %s", key, sink.imported, writing.count, field_odd(&sink));
        compare(&writing, &sink, key);
        buf_release(&sink.lines);
        buf_release(&writing.expected);
        free(bytes);
    }
}

/* ---- what a person changed counts ---- */

static char *replace(const char *bytes, size_t len, const char *from, const char *to, size_t *ret_len) {
    const char *at = memmem(bytes, len, from, strlen(from));
    if (!at)
        fail_msg("nowhere: %s", from);
    char *edited = calloc(1, len + strlen(to) + 1);
    assert_non_null(edited);
    size_t before = (size_t)(at - bytes), behind = len - before - strlen(from);
    memcpy(edited, bytes, before);
    memcpy(edited + before, to, strlen(to));
    memcpy(edited + before + strlen(to), at + strlen(from), behind);
    *ret_len = before + strlen(to) + behind;
    return edited;
}

static void edits_count(void **state) {
    (void)state;
    static const struct {
        enum exchange_format format;
        const char *from, *to, *wanted;
    } rows[] = {
        {EXCHANGE_GIFT, "[html]<p>Cơ quan nào", "[html]<p>Tổ chức nào", "Tổ chức nào có quyền lập hiến?"},
        {EXCHANGE_GIFT, "\n$CATEGORY: luat/hien-phap", "\n$CATEGORY: lịch sử/cận đại", "\"topic\":\"lich-su/can-dai\""},
        {EXCHANGE_GIFT, "// [tag:c,d]", "// [tag:mới]", "\"tags\":[\"hiến pháp\",\"a;b\",\"mới\"]"},
        {EXCHANGE_CSV, "HT-001,single", "HT-901,single", "\"code\":\"HT-901\""},
        {EXCHANGE_CSV, ",Cơ quan nào có quyền lập hiến?", ",Ai có quyền lập hiến?", "{\"en\":\"<p>Which body makes the constitution?</p>\",\"vi\":\"<p>Ai có quyền lập hiến?</p>\"}"},
        {EXCHANGE_CSV, ",\"B;C;A\",", ",\"C;B;A\",", "\"order\":[\"c\",\"b\",\"a\"]"},
        {EXCHANGE_CSV, ",0.805,", ",\"80,5%\",", "\"facility\":805"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct writing writing;
        struct field_sink sink;
        size_t len = 0, edited_len = 0;
        char *bytes = write_all(rows[i].format, "vi", &writing, &len);
        char *edited = replace(bytes, len, rows[i].from, rows[i].to, &edited_len);
        assert_int_equal(field_read(rows[i].format, "edited", edited, edited_len, NULL, &sink), ERR_NONE);
        assert_int_equal(sink.calls, writing.count);
        if (sink.refused)
            fail_msg("%s: %s", rows[i].to, field_odd(&sink));
        if (!field_said(&sink, rows[i].wanted))
            fail_msg("%s is not there: %s", rows[i].wanted, field_odd(&sink));
        buf_release(&sink.lines);
        buf_release(&writing.expected);
        free(bytes);
        free(edited);
    }
}

/* ---- templates, columns, mapping ---- */

static void templates_are_read(void **state) {
    (void)state;
    static const char *const LANGS[] = {"vi", "en"};
    for (size_t i = 0; i < 4; i++) {
        enum exchange_format format = i < 2 ? EXCHANGE_CSV : EXCHANGE_XLSX;
        struct exchange_columns columns;
        struct field_sink sink;
        struct arena arena;
        struct buf file;
        buf_init(&file, FIELD_CAP);
        arena_init(&arena, FIELD_CAP);
        assert_int_equal(exchange_template(format, LANGS[i % 2], &file), ERR_NONE);
        assert_int_equal(exchange_table_columns(&arena, format, file.data, file.len, &columns), ERR_NONE);
        for (size_t k = 0; k < columns.count; k++)
            assert_string_equal(columns.list[k].field, exchange_fields()[k].name);
        assert_null(exchange_fields()[columns.count].name);
        assert_string_equal(columns.list[0].samples[0], "HT-001");
        assert_int_equal(field_read(format, "template", file.data, file.len, NULL, &sink), ERR_NONE);
        if (sink.imported != 8 || sink.calls != 8)
            fail_msg("%zu: %s", sink.calls, field_odd(&sink));
        assert_int_equal(columns.rows, sink.calls);
        buf_release(&sink.lines);
        buf_release(&file);
        arena_release(&arena);
    }
    struct buf file;
    buf_init(&file, FIELD_CAP);
    assert_int_equal(exchange_template(EXCHANGE_GIFT, "vi", &file), ERR_STATE);
    buf_release(&file);
}

static void columns_are_mapped(void **state) {
    (void)state;
    static const char TABLE[] = "STT;Noi dung cau;Chon 1;Chon 2;Dung;Code\n1;Hai cộng hai?;4;5;A;Q-1\n";
    static const struct exchange_mapping MAPPING[] = {{"noi dung CAU", "stem"}, {"Chon 1", "option_a"}, {"Chon 2", "option_b"},
                                                      {"Dung", "key"},          {"STT", ""}};
    struct exchange_options options = {.lang = "vi", .mapping = MAPPING, .mapping_count = LENGTH(MAPPING)};
    struct exchange_columns columns;
    struct field_sink sink;
    struct arena arena;
    arena_init(&arena, FIELD_CAP);
    assert_int_equal(exchange_table_columns(&arena, EXCHANGE_CSV, TABLE, strlen(TABLE), &columns), ERR_NONE);
    assert_int_equal(columns.count, 6);
    assert_int_equal(columns.rows, 1);
    assert_string_equal(columns.list[1].field, "");
    assert_string_equal(columns.list[1].samples[0], "Hai cộng hai?");
    assert_string_equal(columns.list[5].field, "code");
    arena_release(&arena);

    assert_int_equal(field_read(EXCHANGE_CSV, "t", TABLE, strlen(TABLE), NULL, &sink), ERR_NONE);
    assert_true(sink.refused == 1 && field_said(&sink, "table-no-stem"));
    buf_release(&sink.lines);
    assert_int_equal(field_read(EXCHANGE_CSV, "t", TABLE, strlen(TABLE), &options, &sink), ERR_NONE);
    if (sink.imported != 1 || !field_said(&sink, "\"code\":\"Q-1\""))
        fail_msg("%s", sink.lines.data);
    buf_release(&sink.lines);
}

/* Old programs end a sheet with row 65,536 and go on in the next one, without headings. */
static void sheets_go_on(void **state) {
    (void)state;
    struct field_sink sink;
    struct zip_field zip;
    struct buf first;
    static const char BOOK[] = "<workbook><sheets><sheet name=\"S1\" id=\"a\"/><sheet name=\"S2\" id=\"b\"/>"
                               "<sheet name=\"S3\" id=\"c\"/></sheets></workbook>";
    static const char RELATIONS[] = "<R><Relationship Id=\"a\" Type=\"t/worksheet\" Target=\"s1.xml\"/><Relationship Id=\"b\" "
                                    "Type=\"t/worksheet\" Target=\"s2.xml\"/><Relationship Id=\"c\" Type=\"t/worksheet\" Target=\"s3.xml\"/></R>";
    static const char ROW[] = "<row r=\"%d\"><c t=\"str\"><v>%s</v></c><c t=\"str\"><v>%s</v></c><c t=\"str\"><v>%s</v></c><c t=\"str\"><v>%s</v></c></row>";
    buf_init(&first, 1 << 20);
    buf_adds(&first, "<worksheet><sheetData>");
    buf_addf(&first, ROW, 3, "Câu hỏi", "Phương án A", "Phương án B", "Đáp án");
    buf_addf(&first, ROW, 65536, "Một?", "có", "không", "A");
    buf_adds(&first, "</sheetData></worksheet>");
    zip_field_init(&zip);
    zip_field_add(&zip, "xl/workbook.xml", BOOK, strlen(BOOK));
    zip_field_add(&zip, "xl/_rels/workbook.xml.rels", RELATIONS, strlen(RELATIONS));
    zip_field_add(&zip, "xl/s1.xml", first.data, first.len);
    buf_reset(&first);
    buf_adds(&first, "<worksheet><sheetData>");
    buf_addf(&first, ROW, 1, "Hai?", "có", "không", "B");
    buf_adds(&first, "</sheetData></worksheet>");
    zip_field_add(&zip, "xl/s2.xml", first.data, first.len);
    zip_field_add(&zip, "xl/s3.xml", first.data, first.len);
    zip_field_end(&zip);
    assert_int_equal(field_read(EXCHANGE_XLSX, "f", zip.out.data, zip.out.len, NULL, &sink), ERR_NONE);
    /* The third one goes on from no full sheet. */
    if (sink.imported != 2 || sink.refused != 1 || !field_said(&sink, "Hai?") || !field_said(&sink, "table-no-stem"))
        fail_msg("%s", sink.lines.data);
    buf_release(&sink.lines);
    buf_release(&first);
    zip_field_release(&zip);
}

/* ---- files as a whole ---- */

static void whole_files_are_refused(void **state) {
    (void)state;
    static const struct {
        enum exchange_format format;
        const char *bytes;
        size_t len;
        const char *code;
    } rows[] = {
        {EXCHANGE_GIFT, "", 0, "file-empty"},
        {EXCHANGE_GIFT, "// nothing but a remark\n", 24, "file-empty"},
        {EXCHANGE_AIKEN, "\n\n", 2, "file-empty"},
        {EXCHANGE_CSV, "stem,key\n", 9, "file-empty"},
        {EXCHANGE_CSV, "stem,key\n\"a,b\n", 14, "csv-quote"},
        {EXCHANGE_CSV, "stem,stem\na,b\n", 14, "table-column-twice"},
        {EXCHANGE_GIFT, "a\0b{=1}", 7, "file-not-text"},
        {EXCHANGE_GIFT, "\xff\xfe" "a", 3, "file-not-text"},
        {EXCHANGE_XLSX, "PK\3\4", 4, "xlsx-zip"},
        {EXCHANGE_XLSX, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", 11, "xlsx-encrypted"},
        {EXCHANGE_AUTO, "words", 5, "format-unknown"},
        {EXCHANGE_MOODLE, TEXT("<!DOCTYPE quiz [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><quiz><question>&a;</question></quiz>"), "xml-doctype"},
        {EXCHANGE_MOODLE, TEXT("<!DOCTYPE q [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><quiz>&b;</quiz>"), "xml-doctype"},
        {EXCHANGE_MOODLE, TEXT("<?xml version=\"1.0\" encoding=\"UTF-7\"?><quiz/>"), "xml-encoding"},
        {EXCHANGE_MOODLE, TEXT("<quiz><question></quiz>"), "xml-broken"},
        {EXCHANGE_MOODLE, TEXT("<questestinterop/>"), "moodle-root"},
        {EXCHANGE_MOODLE, TEXT("<quiz/>"), "file-empty"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct field_sink sink;
        assert_int_equal(field_read(rows[i].format, "f", rows[i].bytes, rows[i].len, NULL, &sink), ERR_NONE);
        if (sink.calls != 1 || sink.refused != 1 || !field_said(&sink, rows[i].code))
            fail_msg("%s: %s", rows[i].code, sink.lines.data);
        buf_release(&sink.lines);
    }
}

/* ---- what is told of single items ---- */

#define QUIZ(type, rest) "<quiz><question type=\"" type "\"><questiontext format=\"html\"><text>Hỏi?</text></questiontext>" rest "</question></quiz>"
#define CATEGORY(rest) "<question type=\"category\"><category><text>luat</text></category>" rest "</question>"
#define MOODLE_ESSAY "<question type=\"essay\"><questiontext format=\"html\"><text>Hỏi?</text></questiontext></question>"
#define ANSWER(fraction, text) "<answer fraction=\"" fraction "\"><text>" text "</text></answer>"

static void every_loss_is_told(void **state) {
    (void)state;
    static const struct {
        const char *name, *bytes, *outcome, *said;
    } rows[] = {
        {"a.xml", QUIZ("truefalse", ANSWER("100", "true") ANSWER("0", "false")), "imported", "{\"credit\":\"1\",\"id\":\"true\"}"},
        {"a.xml", QUIZ("truefalse", ANSWER("50", "true") ANSWER("0", "false")), "changed", "{\"credit\":\"1\",\"id\":\"true\"}"},
        {"a.xml", QUIZ("truefalse", ANSWER("0", "true") ANSWER("0", "false")), "refused", "item-invalid"},
        {"a.xml", QUIZ("multichoice", ANSWER("100", "a") ANSWER("half", "b")), "refused", "moodle-fraction"},
        {"a.xml", QUIZ("multichoice", "<defaultgrade>-1</defaultgrade>" ANSWER("100", "a") ANSWER("0", "b")), "changed", "setting-dropped"},
        {"a.xml", "<quiz>" CATEGORY("<info format=\"html\"><text> </text></info><idnumber></idnumber>") MOODLE_ESSAY "</quiz>", "imported", "\"topic\":\"luat\""},
        {"a.xml", "<quiz>" CATEGORY("<info format=\"html\"><text>&lt;p&gt;Mô tả&lt;/p&gt;</text></info>") MOODLE_ESSAY "</quiz>", "changed", "category-dropped"},
        {"a.xml", "<quiz>" CATEGORY("<idnumber>L-1</idnumber>") MOODLE_ESSAY "</quiz>", "changed", "category-dropped"},
        {"a.xml", "<quiz>" MOODLE_ESSAY CATEGORY("<info><text>Mô tả</text></info>") "</quiz>", "changed", "category-dropped"},
        {"a.gift", "Bảng\x01 nào? {=a ~b}", "changed", "control-dropped"},
        {"a.gift", "Bảng nào? {=a\x02 ~b}", "changed", "control-dropped"},
        {"a.gift", "Bảng nào? {=a\x1f}", "changed", "control-dropped"},
        {"a.gift", "::Tên\x07:: Bảng\tnào? {=a ~b}", "changed", "control-dropped"},
        {"a.gift", "::Tên:: Bảng\tnào? {=a ~b}", "imported", "Bảng nào?"},
        {"a.gift", "Tính $$x^2$$ với x = 2 {#4}", "changed", "tex-dollars"},
        {"a.gift", "Giá $$ nào? {=a ~b}", "imported", "$$"},
        {"a.txt", "Hỏi?\nA.một\nB.hai\nANSWER: A\n", "refused", "aiken-options-few"},
        {"a.csv", "stem,option_a,option_b,key\nHỏi?,a,b,\n", "refused", "line 2, key"},
        {"a.csv", "stem,option_a,option_b,key,x,y,z\nHỏi?,a,b,A,1,,2\n", "changed", "line 2, «x», «z»"},
        {"a.csv", "stem,option_a,option_b,key\nHỏi?,a,b,A,thừa\n", "changed", "cells-ignored"},
        {"a.csv", "sep=;\r\nstem;option_a;option_b;key\r\nHỏi?;a,b;c;A\r\n", "imported", "\"place\":null"},
        {"a", "sep=|\nstem|option_a|option_b|key\nHỏi?|a|b|A\n", "imported", "\"format\":\"csv\""},
        {"a.csv", "stem,option_a,option_b,key\rHỏi?,a,b,A\r", "imported", "\"format\":\"csv\""},
        {"a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "refused", "xlsx-encrypted"},
        {"a.xml", "<questestinterop/>", "refused", "qti-version"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct field_sink sink;
        assert_int_equal(field_read(EXCHANGE_AUTO, rows[i].name, rows[i].bytes, strlen(rows[i].bytes), NULL, &sink), ERR_NONE);
        const char *outcome = sink.refused ? "refused" : sink.changed ? "changed" : "imported";
        if (sink.calls != 1 || strcmp(outcome, rows[i].outcome) != 0 || !field_said(&sink, rows[i].said))
            fail_msg("row %zu: not %s with %s: %s", i, rows[i].outcome, rows[i].said, sink.lines.data);
        buf_release(&sink.lines);
    }
}

/* What a spreadsheet shows and keeps otherwise. */
static void cells_say_what_they_lost(void **state) {
    (void)state;
    static const struct {
        const char *cell, *outcome, *said;
    } rows[] = {
        {"<c s=\"1\"><v>27514</v></c>", "changed", "\"place\":\"S!2, option_a\",\"notes\":[{\"code\":\"date-cell\""},
        {"<c s=\"2\"><v>0.5</v></c>", "imported", "50%"},
        {"<c t=\"e\"><v>#REF!</v></c>", "refused", "table-cell-broken"},
        {"<c><f>1+1</f></c>", "refused", "S!2, option_a"},
        {"<c t=\"inlineStr\"><is><r><t>l</t></r><r><rPr><u/></rPr><t>oo</t></r><r><t>k</t></r></is></c>", "changed", "cell-format-dropped"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct zip_field zip;
        struct field_sink sink;
        struct buf sheet;
        static const char *const PARTS[][2] = {
            {"xl/workbook.xml", "<workbook><sheets><sheet name=\"S\" id=\"a\"/></sheets></workbook>"},
            {"xl/_rels/workbook.xml.rels", "<R><Relationship Id=\"a\" Type=\"t/worksheet\" Target=\"s.xml\"/><Relationship Id=\"b\" Type=\"t/styles\" Target=\"t.xml\"/></R>"},
            {"xl/t.xml", "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"9\"/></cellXfs></styleSheet>"},
        };
        buf_init(&sheet, 1 << 16);
        buf_adds(&sheet, "<worksheet><sheetData><row>");
        for (const char *const *head = (const char *const[]){"stem", "option_b", "key", "option_a", NULL}; *head; head++)
            buf_addf(&sheet, "<c t=\"str\"><v>%s</v></c>", *head);
        buf_addf(&sheet, "</row><row><c t=\"str\"><v>Hỏi?</v></c><c t=\"str\"><v>b</v></c><c t=\"str\"><v>A</v></c>%s</row></sheetData></worksheet>", rows[i].cell);
        zip_field_init(&zip);
        for (size_t k = 0; k < LENGTH(PARTS); k++)
            zip_field_add(&zip, PARTS[k][0], PARTS[k][1], strlen(PARTS[k][1]));
        zip_field_add(&zip, "xl/s.xml", sheet.data, sheet.len);
        zip_field_end(&zip);
        assert_int_equal(field_read(EXCHANGE_XLSX, "f", zip.out.data, zip.out.len, NULL, &sink), ERR_NONE);
        const char *outcome = sink.refused ? "refused" : sink.changed ? "changed" : "imported";
        if (sink.calls != 1 || strcmp(outcome, rows[i].outcome) != 0 || !field_said(&sink, rows[i].said))
            fail_msg("row %zu: not %s with %s: %s", i, rows[i].outcome, rows[i].said, sink.lines.data);
        buf_release(&sink.lines);
        buf_release(&sheet);
        zip_field_release(&zip);
    }
}

/* What other programs do not see of an item that was written. */
static void writers_tell_what_others_lose(void **state) {
    (void)state;
    struct item item;
    struct item_accepted accepted = {.value = "Hà*"};
    item_init(&item, ITEM_TEXT);
    item.body.vi = "một";
    item.accepted = &accepted;
    item.accepted_count = 1;
    assert_string_equal(exchange_written_note(EXCHANGE_QTI30, &item)->code, "rule-adapted");
    accepted.value = "3\\*4";
    assert_null(exchange_written_note(EXCHANGE_QTI30, &item));
    item.body.en = "one";
    assert_string_equal(exchange_written_note(EXCHANGE_GIFT, &item)->code, "language-apart");
    item.stimulus = "NL-1";
    assert_string_equal(exchange_written_note(EXCHANGE_QTI21, &item)->code, "stimulus-apart");
    assert_null(exchange_written_note(EXCHANGE_XLSX, &item));
}

static enum err count_only(void *ctx, struct arena *arena, const struct exchange_item *item) {
    size_t *counts = ctx;
    (void)arena;
    counts[item->item ? 0 : 1]++;
    if (!item->item)
        assert_string_equal(item->refusal.code, "too-many-items");
    return ERR_NONE;
}

static bool stop_soon(void *ctx, const struct exchange_progress *progress) {
    (void)ctx;
    return progress->done < 8 || progress->done < progress->total / 2;
}

static void limits_hold(void **state) {
    (void)state;
    static const char QUESTION[] = "a{T}\n\n";
    size_t len = (EXCHANGE_ITEMS_MAX + 1) * strlen(QUESTION), counts[2] = {0};
    char *bytes = malloc(len);
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i += strlen(QUESTION))
        memcpy(bytes + i, QUESTION, strlen(QUESTION));
    assert_int_equal(exchange_read(EXCHANGE_GIFT, "f", bytes, len, NULL, count_only, counts), ERR_LIMIT);
    assert_true(counts[0] == EXCHANGE_ITEMS_MAX && counts[1] == 1);

    struct exchange_options options = {.progress = stop_soon};
    counts[0] = counts[1] = 0;
    assert_int_equal(exchange_read(EXCHANGE_GIFT, "f", bytes, 1000, &options, count_only, counts), ERR_STATE);
    assert_true(counts[0] > 0 && counts[0] < 100);
    free(bytes);

    struct field_sink sink;
    bytes = calloc(1, EXCHANGE_BYTES_MAX + 1);
    assert_non_null(bytes);
    assert_int_equal(field_read(EXCHANGE_AUTO, "f.gift", bytes, EXCHANGE_BYTES_MAX + 1, NULL, &sink), ERR_NONE);
    assert_true(sink.refused == 1 && field_said(&sink, "file-too-large"));
    buf_release(&sink.lines);
    free(bytes);
}

static void the_sink_stops_it(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(FORMATS); i++) {
        struct writing writing;
        struct field_sink sink;
        size_t len = 0;
        char *bytes = write_all(FORMATS[i], "vi", &writing, &len);
        field_sink_init(&sink);
        sink.stop = ERR_LIMIT;
        assert_int_equal(exchange_read(FORMATS[i], "f", bytes, len, NULL, field_take, &sink), ERR_LIMIT);
        assert_int_equal(sink.calls, 1);
        buf_release(&sink.lines);
        buf_release(&writing.expected);
        free(bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_comes_back), cmocka_unit_test(edits_count),      cmocka_unit_test(templates_are_read),
        cmocka_unit_test(columns_are_mapped), cmocka_unit_test(sheets_go_on),    cmocka_unit_test(whole_files_are_refused), cmocka_unit_test(every_loss_is_told),
        cmocka_unit_test(cells_say_what_they_lost), cmocka_unit_test(writers_tell_what_others_lose), cmocka_unit_test(the_sink_stops_it),
        cmocka_unit_test(limits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
