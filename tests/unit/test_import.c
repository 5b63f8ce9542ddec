/* The import engine: columns by name and alias, faults with their place, the template. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "khoacu/doc/import.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { ROLL, NAME, NOTE };
static const struct import_column COLUMNS[] = {
    [ROLL] = {.name = "roll_number", .aliases = {"số báo danh", "sbd"}, .required = true, .example = "A-001"},
    [NAME] = {.name = "full_name", .aliases = {"họ và tên"}, .required = true, .example = "Nguyễn, An"},
    [NOTE] = {.name = "note"},
    {0},
};

struct file {
    struct arena arena;
    struct import_report report;
    struct import_table table;
    bool opened;
};

static void open_file(struct file *file, const char *text) {
    struct import_request request = {.bytes = text, .len = strlen(text)};
    arena_init(&file->arena, 8 << 20);
    import_report_init(&file->report, &file->arena, &request);
    file->opened = import_open(&file->report, &request, COLUMNS, &file->table);
}

static void assert_fault(const struct file *file, size_t index, size_t line, const char *column,
                         enum import_code code) {
    assert_true(index < file->report.error_count);
    const struct import_error *error = &file->report.errors[index];
    assert_int_equal(error->line, line);
    assert_string_equal(error->column, column);
    assert_string_equal(import_code_key(error->code), import_code_key(code));
}

static void columns_are_found_by_any_name(void **state) {
    (void)state;
    static const char *const HEADERS[] = {"roll_number,full_name", "Số báo danh,HỌ VÀ TÊN", "so bao danh,ho va ten",
                                          "SBD,Full Name", "so\xCC\x82\xCC\x81 báo danh,họ_và-tên"};
    for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "%s\nA1, An \n", HEADERS[i]);
        struct file file;
        open_file(&file, text);
        assert_true(file.opened);
        assert_int_equal(file.report.rows, 1);
        assert_string_equal(import_cell(&file.table, 0, ROLL), "A1");
        assert_string_equal(import_cell(&file.table, 0, NAME), "An");
        assert_string_equal(import_cell(&file.table, 0, NOTE), "");
        arena_release(&file.arena);
    }
}

static void a_file_that_does_not_fit_is_refused_whole(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t line;
        const char *column;
        enum import_code code;
    } CASES[] = {
        {"roll_number,full_name,ghost\nA,B,C\n", 1, "ghost", IMPORT_COLUMN_UNKNOWN},
        {"roll_number,note\nA,B\n", 1, "full_name", IMPORT_COLUMN_MISSING},
        {"roll_number,sbd,full_name\nA,B,C\n", 1, "sbd", IMPORT_COLUMN_TWICE},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct file file;
        open_file(&file, CASES[i].text);
        assert_false(file.opened);
        assert_fault(&file, 0, CASES[i].line, CASES[i].column, CASES[i].code);
        assert_int_equal(file.report.refused, file.report.rows);
        assert_false(import_may_apply(&file.report));
        arena_release(&file.arena);
    }
}

static void an_empty_file_is_refused(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"", "roll_number,full_name\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct file file;
        open_file(&file, TEXTS[i]);
        assert_false(file.opened);
        assert_int_equal(file.report.error_count, 1);
        assert_string_equal(import_code_key(file.report.errors[0].code), "empty");
        arena_release(&file.arena);
    }
}

static void rows_are_counted_once_and_faults_sorted(void **state) {
    (void)state;
    struct file file;
    open_file(&file, "roll_number,full_name\nA1,An\n,Binh\nA3,Chi,extra\nA4,Dung\n");
    assert_true(file.opened);
    import_refuse(&file.report, &file.table, 3, ROLL, IMPORT_SYNTAX);
    import_refuse(&file.report, &file.table, 0, NAME, IMPORT_LENGTH);
    import_refuse(&file.report, &file.table, 0, ROLL, IMPORT_UNKNOWN);
    import_close(&file.report, false);
    assert_int_equal(file.report.rows, 4);
    assert_int_equal(file.report.refused, 4);
    assert_int_equal(file.report.fault_count, 5);
    assert_true(import_row_refused(&file.table, 0));
    assert_false(import_may_apply(&file.report));
    for (size_t i = 1; i < file.report.error_count; i++)
        assert_true(file.report.errors[i - 1].line <= file.report.errors[i].line);
    assert_fault(&file, 0, 2, "full_name", IMPORT_LENGTH);
    assert_string_equal(file.report.errors[0].value, "An");
    assert_fault(&file, 2, 3, "roll_number", IMPORT_REQUIRED);
    assert_fault(&file, 3, 4, "", IMPORT_EXTRA);
    arena_release(&file.arena);
}

static void more_faults_than_listed_are_counted(void **state) {
    (void)state;
    struct file file;
    open_file(&file, "roll_number,full_name\nA1,An\n");
    for (int i = 0; i < IMPORT_ERRORS_MAX + 7; i++)
        import_refuse(&file.report, &file.table, 0, ROLL, IMPORT_SYNTAX);
    assert_int_equal(file.report.error_count, IMPORT_ERRORS_MAX);
    assert_int_equal(file.report.fault_count, IMPORT_ERRORS_MAX + 7);
    assert_int_equal(file.report.refused, 1);
    arena_release(&file.arena);
}

static void a_dry_run_never_applies(void **state) {
    (void)state;
    static const char TEXT[] = "roll_number,full_name\nA,B\n";
    struct import_request request = {.bytes = TEXT, .len = strlen(TEXT), .dry_run = true};
    struct arena arena;
    struct import_report report;
    struct import_table table;
    arena_init(&arena, 8 << 20);
    import_report_init(&report, &arena, &request);
    assert_true(import_open(&report, &request, COLUMNS, &table));
    assert_false(import_may_apply(&report));
    assert_true(import_add_secret(&report, "a", "b"));
    import_close(&report, false);
    assert_int_equal(report.secret_count, 0);
    arena_release(&arena);
}

static void cells_split_at_semicolons(void **state) {
    (void)state;
    struct arena arena;
    const char *parts[3];
    arena_init(&arena, 4096);
    assert_int_equal(import_split(&arena, " P1; P2 ;;", parts, 3), 2);
    assert_string_equal(parts[0], "P1");
    assert_string_equal(parts[1], "P2");
    assert_int_equal(import_split(&arena, "", parts, 3), 0);
    assert_int_equal(import_split(&arena, "a;b;c;d", parts, 3), 4);
    arena_release(&arena);
}

static void the_template_can_be_read_back(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 4096);
    import_template(&out, COLUMNS);
    assert_memory_equal(out.data, "\xEF\xBB\xBFroll_number,full_name,note\r\n", 31);
    struct file file;
    open_file(&file, out.data);
    assert_true(file.opened);
    assert_string_equal(import_cell(&file.table, 0, NAME), "Nguyễn, An");
    arena_release(&file.arena);
    buf_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_found_by_any_name),
        cmocka_unit_test(a_file_that_does_not_fit_is_refused_whole),
        cmocka_unit_test(an_empty_file_is_refused),
        cmocka_unit_test(rows_are_counted_once_and_faults_sorted),
        cmocka_unit_test(more_faults_than_listed_are_counted),
        cmocka_unit_test(a_dry_run_never_applies),
        cmocka_unit_test(cells_split_at_semicolons),
        cmocka_unit_test(the_template_can_be_read_back),
    };
    return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
