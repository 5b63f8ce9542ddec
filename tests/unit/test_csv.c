#include "unit.h"

#include "khoacu/doc/csv.h"

#include "khoacu/base/banned.h"

#define CAP ((size_t)512 << 20)

/* Cells as "[a|b][c|d]"; extra cells as "+n"; the line of each row in front. */
static void describe(const struct csv *csv, struct buf *out) {
    for (size_t i = 0; i < csv->row_count; i++) {
        buf_addf(out, "%zu[", csv->rows[i].line);
        for (size_t k = 0; k < csv->column_count; k++)
            buf_addf(out, k ? "|%s" : "%s", csv->rows[i].cells[k]);
        if (csv->rows[i].extra)
            buf_addf(out, "+%zu", csv->rows[i].extra);
        buf_addc(out, ']');
    }
}

static void good_files(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
        const char *rows;
    } rows[] = {
        {"a,b\n1,2\n", 2, "2[1|2]"},
        {"a,b\r\n1,2\r\n", 2, "2[1|2]"},
        {"a,b\r\n1,2", 2, "2[1|2]"},
        {"\xef\xbb\xbf" "a,b\n1,2\n", 2, "2[1|2]"},
        {"a;b\n1,5;2\n", 2, "2[1,5|2]"},
        {"a\tb\n1\t2\n", 2, "2[1|2]"},
        {"\"a,x\";b\n1;2\n", 2, "2[1|2]"},
        {"a\n1\n\n2\n", 1, "2[1]4[2]"},
        {"\n\r\n a \n1\n", 1, "4[1]"},
        {"a,b\n1\n", 2, "2[1|]"},
        {"a,b\n1,2,3,4\n", 2, "2[1|2+2]"},
        {"a,b\n,\n , \n", 2, ""},
        {"a,b\n\"x, \"\"y\"\"\",\"line 1\nline 2\"\nz,\n", 2, "2[x, \"y\"|line 1\nline 2]4[z|]"},
        {"a,b\n\"\",\"\"\n1,\"\"\n", 2, "3[1|]"},
        {"a,b\n 1 , 2 \n", 2, "2[ 1 | 2 ]"},
        {"a,b", 2, ""},
        {"a\nNguye\xcc\x82\xcc\x83n\n", 1, "2[Nguy\xe1\xbb\x85n]"},
        {"a\nx\ry\n", 1, "2[x\ry]"},
        {"sep=;\r\na;b\r\n1,5;2\r\n", 2, "3[1,5|2]"},
        {"\xef\xbb\xbf" "SEP=|\na|b,c;d\n1;2|3\n", 2, "3[1;2|3]"},
        {"sep=\t\na\tb\n1\t2\n", 2, "3[1|2]"},
        {"\"sep=,\"\n\na,b;\n1,2\n", 2, "4[1|2]"},
        {"sep=,a\n1,2\n", 2, "2[1|2]"},
        {"sep=x\n1\n", 1, "2[1]"},
        {"a,b\r1,2\r\r\"x\r\"\"y\"\"\",3\r4,\"p\nq\"\r5,6", 2, "2[1|2]4[x\r\"y\"|3]6[4|p\nq]8[5|6]"},
        {"\r \rsep=;\ra;b\r1,5;2\r", 2, "5[1,5|2]"},
        {"a,b\r\r\n1,2\r\r\n", 2, "3[1|2]"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena arena;
        struct csv csv = {0};
        struct csv_error error = {0};
        struct buf found;
        arena_init(&arena, CAP);
        buf_init(&found, 4096);
        buf_adds(&found, "");
        ROW_TRUE(csv_read(&arena, rows[i].text, strlen(rows[i].text), &csv, &error) == ERR_NONE, rows[i].text);
        ROW_TRUE(csv.column_count == rows[i].columns, rows[i].text);
        describe(&csv, &found);
        assert_string_equal(found.data, rows[i].rows);
        buf_release(&found);
        arena_release(&arena);
    }
}

static void header_names(void **state) {
    (void)state;
    static const char text[] = " SỐ Báo Danh ,\"Đơn vị\",HỌ\xc2\xa0,\n1,2,3,4\n";
    struct arena arena;
    struct csv csv = {0};
    arena_init(&arena, CAP);
    assert_int_equal(csv_read(&arena, text, strlen(text), &csv, NULL), ERR_NONE);
    assert_int_equal(csv_column(&csv, "số báo danh"), 0);
    assert_int_equal(csv_column(&csv, "đơn vị"), 1);
    assert_int_equal(csv_column(&csv, "họ"), 2);
    assert_int_equal(csv_column(&csv, "HỌ"), -1);
    arena_release(&arena);
}

static void faults_have_a_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum err err;
        size_t line, column;
        const char *reason;
    } rows[] = {
        {"", ERR_SYNTAX, 1, 0, "empty"},
        {"\xef\xbb\xbf", ERR_SYNTAX, 1, 0, "empty"},
        {"\n \r\n", ERR_SYNTAX, 1, 0, "empty"},
        {"a,b\n1,\xff\n", ERR_SYNTAX, 2, 0, "utf8"},
        {"a\n\xc3\nb", ERR_SYNTAX, 2, 0, "utf8"},
        {"a,b\n1,\"x\n", ERR_SYNTAX, 2, 2, "quote"},
        {"a,b\n1,2\n\"x\ny\"z,1\n", ERR_SYNTAX, 4, 1, "quote"},
        {"a,b\n1,x\"y\n", ERR_SYNTAX, 2, 2, "quote"},
        {"a,b,A\n", ERR_SYNTAX, 1, 3, "duplicate-column"},
        {"sep=;", ERR_SYNTAX, 1, 0, "empty"},
        {"sep=;\na;b\n1;\"\n", ERR_SYNTAX, 3, 2, "quote"},
        {"a,b\r1,2\r3,\xff\r", ERR_SYNTAX, 3, 0, "utf8"},
        {"a,b\r1,2\r3,x\"y\r", ERR_SYNTAX, 3, 2, "quote"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena arena;
        struct csv csv = {0};
        struct csv_error error = {0};
        arena_init(&arena, CAP);
        ROW_TRUE(csv_read(&arena, rows[i].text, strlen(rows[i].text), &csv, &error) == rows[i].err, rows[i].text);
        ROW_TRUE(error.line == rows[i].line && error.column == rows[i].column, rows[i].text);
        assert_string_equal(error.reason, rows[i].reason);
        assert_null(csv.rows);
        arena_release(&arena);
    }
}

static enum err read_repeated(const char *head, const char *body, size_t count, const char *tail, struct csv_error *error) {
    struct arena arena;
    struct buf text;
    struct csv csv = {0};
    arena_init(&arena, CAP);
    buf_init(&text, CAP);
    buf_adds(&text, head);
    for (size_t i = 0; i < count; i++)
        buf_adds(&text, body);
    buf_adds(&text, tail);
    assert_false(text.failed);
    enum err err = csv_read(&arena, text.data, text.len, &csv, error);
    buf_release(&text);
    arena_release(&arena);
    return err;
}

static void limits_hold(void **state) {
    (void)state;
    struct csv_error error = {0};
    assert_int_equal(read_repeated("a\n", "1\n", 2000000, "", &error), ERR_NONE);
    assert_int_equal(read_repeated("a\n", "1\n", 2000001, "", &error), ERR_LIMIT);
    assert_int_equal(error.line, 2000002);
    assert_string_equal(error.reason, "limit");
    assert_int_equal(read_repeated("a\r", "1\r", 2000000, "", &error), ERR_NONE);
    assert_int_equal(read_repeated("a", ",", 63, "\n", &error), ERR_NONE);
    assert_int_equal(read_repeated("a", ",", 64, "\n", &error), ERR_LIMIT);
    assert_int_equal(read_repeated("a\n", "x", 65536, "\n", &error), ERR_NONE);
    assert_int_equal(read_repeated("a\n", "x", 65537, "\n", &error), ERR_LIMIT);
    assert_int_equal(error.line, 2);
    assert_int_equal(read_repeated("a\n\"", "x\n", 40000, "\"", &error), ERR_LIMIT);
    assert_int_equal(error.line, 2);
    assert_int_equal(read_repeated("a\n1", ",", 2000, "\n", &error), ERR_LIMIT);
}

static void cells_are_written(void **state) {
    (void)state;
    static const struct {
        const char *cell, *guarded, *plain;
    } rows[] = {
        {"", "", ""},
        {"abc", "abc", "abc"},
        {"a,b", "\"a,b\"", "\"a,b\""},
        {"a;b", "\"a;b\"", "\"a;b\""},
        {"say \"x\"", "\"say \"\"x\"\"\"", "\"say \"\"x\"\"\""},
        {"two\nlines", "\"two\nlines\"", "\"two\nlines\""},
        {" edge", "\" edge\"", "\" edge\""},
        {"=1+1", "'=1+1", "=1+1"},
        {"+84", "'+84", "+84"},
        {"-5", "'-5", "-5"},
        {"@x", "'@x", "@x"},
        {"\tx", "\"'\tx\"", "\"\tx\""},
        {"\rx", "\"'\rx\"", "\"\rx\""},
        {"=a,b", "\"'=a,b\"", "\"=a,b\""},
        {"a=b", "a=b", "a=b"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buf out;
        buf_init(&out, 4096);
        csv_put(&out, rows[i].cell, true);
        csv_put_plain(&out, rows[i].cell, false);
        csv_end_row(&out);
        char expected[256];
        (void)snprintf(expected, sizeof(expected), "%s,%s\r\n", rows[i].guarded, rows[i].plain);
        assert_string_equal(out.data, expected);
        buf_release(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files),  cmocka_unit_test(header_names),     cmocka_unit_test(faults_have_a_place),
        cmocka_unit_test(limits_hold), cmocka_unit_test(cells_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
