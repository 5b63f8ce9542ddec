/* Printed documents: what comes out of the PDF is what went in, kept parts stay whole, structure and metadata are there. */
#include "unit.h"

#include "khoacu/doc/pdf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

/* fontconfig keeps some of what it has read until the end. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfontconfig\n";
}

static const struct pdf_setup SETUP = {.title = "Đề thi – thử (1)", .author = "Hội đồng", .lang = "vi", .made_at = "2026-11-23T07:00:00Z",
                                       .foot_right = "Trang {page}/{pages}", .head_left = "Tiếp theo"};
static const char PANGRAM[] = "Ẵ Ễ Ự ặ ữ ẩ ọ đ Đ ỷ ỡ ằ: «Nhân dân làm chủ» – khoảng 12,5 % (điều 6, khoản 2).";

struct made {
    struct buf file;
    size_t pages;
};

static void finish(struct pdf *pdf, struct made *made) {
    buf_init(&made->file, 16u << 20);
    assert_int_equal(pdf_finish(pdf, &made->file, &made->pages), ERR_NONE);
    pdf_free(pdf);
}

static bool has(const struct made *made, const char *words) {
    return memmem(made->file.data, made->file.len, words, strlen(words)) != NULL;
}

/* What pdftotext gives; the caller frees it. */
static char *text_of(const struct made *made) {
    char path[] = "/tmp/khoacu-pdf-XXXXXX", command[200];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, made->file.data, made->file.len), (ssize_t)made->file.len);
    close(fd);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execlp("pdftotext", "pdftotext", "-layout", path, "-", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    struct buf out;
    ssize_t got;
    buf_init(&out, 1u << 22);
    while ((got = read(ends[0], command, sizeof command)) > 0)
        buf_add(&out, command, (size_t)got);
    close(ends[0]);
    unlink(path);
    return out.data ? out.data : strdup("");
}

static void text_comes_out_as_it_went_in(void **state) {
    struct pdf *pdf = NULL;
    struct made made;
    (void)state;
    assert_int_equal(pdf_new(&SETUP, &pdf), ERR_NONE);
    pdf_paragraph(pdf, pdf_words(pdf, "ĐỀ THI TRẮC NGHIỆM", 0), &(struct pdf_look){.role = PDF_H1, .align = PDF_CENTRE});
    struct pdf_text *text = pdf_words(pdf, "Câu 1. ", PDF_BOLD);
    pdf_text_add(text, PANGRAM, 0);
    pdf_paragraph(pdf, text, NULL);
    pdf_open(pdf, PDF_LIST);
    struct pdf_entry entries[] = {{"A.", pdf_words(pdf, "Quốc hội", 0)}, {"B.", pdf_words(pdf, "Chính phủ", PDF_ITALIC)}};
    pdf_entries(pdf, entries, 2, 8, 18);
    pdf_close(pdf);
    finish(pdf, &made);
    char *words = text_of(&made);
    assert_non_null(strstr(words, "ĐỀ THI TRẮC NGHIỆM"));
    assert_non_null(strstr(words, "Câu 1. Ẵ Ễ Ự ặ ữ ẩ ọ đ Đ ỷ ỡ ằ: «Nhân dân làm chủ» – khoảng 12,5 % (điều 6, khoản 2)."));
    assert_non_null(strstr(words, "A. Quốc hội"));
    assert_non_null(strstr(words, "B. Chính phủ"));
    assert_non_null(strstr(words, "Trang 1/1"));
    assert_null(strstr(words, "Tiếp theo")); /* heads from the second page on */
    free(words);
    assert_true(has(&made, "/Lang (vi)"));
    assert_true(has(&made, "/DisplayDocTitle true"));
    assert_true(has(&made, "/Marked true"));
    assert_true(has(&made, "/S /H1"));
    assert_true(has(&made, "/S /LBody"));
    assert_true(has(&made, "20261123070000"));
    buf_release(&made.file);
}

/* Items of growing height: whichever page one begins on, it ends there. */
/* The line before a break within a paragraph is not stretched over the page, the others are. */
static void broken_lines_are_not_stretched(void **state) {
    struct pdf *pdf = NULL;
    struct made made;
    (void)state;
    assert_int_equal(pdf_new(&SETUP, &pdf), ERR_NONE);
    struct pdf_text *text = pdf_words(pdf, "Một hai ba", 0);
    pdf_text_break(text);
    pdf_text_add(text, "bốn năm sáu", 0);
    pdf_paragraph(pdf, text, &(struct pdf_look){.align = PDF_JUSTIFY});
    finish(pdf, &made);
    char *words = text_of(&made);
    assert_non_null(strstr(words, "Một hai ba\n"));
    assert_non_null(strstr(words, "bốn năm sáu"));
    free(words);
    buf_release(&made.file);
    /* A break behind the last word makes no line of its own. */
    size_t pages[2];
    for (size_t with = 0; with < 2; with++) {
        assert_int_equal(pdf_new(&SETUP, &pdf), ERR_NONE);
        for (size_t i = 0; i < 100; i++) {
            text = pdf_words(pdf, "Một dòng", 0);
            if (with)
                pdf_text_break(text);
            pdf_paragraph(pdf, text, &(struct pdf_look){.align = PDF_JUSTIFY});
        }
        finish(pdf, &made);
        pages[with] = made.pages;
        buf_release(&made.file);
    }
    assert_int_equal(pages[0], pages[1]);
}

static void kept_parts_stay_whole(void **state) {
    for (int columns = 1; columns <= 2; columns++) {
        struct pdf *pdf = NULL;
        struct made made;
        (void)state;
        assert_int_equal(pdf_new(&SETUP, &pdf), ERR_NONE);
        pdf_columns(pdf, columns);
        for (int i = 1; i <= 60; i++) {
            char mark[40];
            pdf_open(pdf, PDF_KEPT);
            snprintf(mark, sizeof mark, "dau%d", i);
            pdf_paragraph(pdf, pdf_words(pdf, mark, 0), NULL);
            for (int k = 0; k < i % 9; k++)
                pdf_paragraph(pdf, pdf_words(pdf, PANGRAM, 0), NULL);
            snprintf(mark, sizeof mark, "cuoi%d", i);
            pdf_paragraph(pdf, pdf_words(pdf, mark, 0), NULL);
            pdf_close(pdf);
        }
        finish(pdf, &made);
        assert_true(made.pages > 4);
        char *words = text_of(&made);
        for (int i = 1; i <= 60; i++) {
            char first[40], last[40];
            snprintf(first, sizeof first, "dau%d", i);
            snprintf(last, sizeof last, "cuoi%d", i);
            const char *from = strstr(words, first), *to = strstr(words, last);
            assert_true(from && to);
            if (columns == 1)
                assert_null(memchr(from, '\f', (size_t)(to - from)));
        }
        free(words);
        buf_release(&made.file);
    }
}

static void heads_of_tables_come_again(void **state) {
    struct pdf *pdf = NULL;
    struct made made;
    (void)state;
    assert_int_equal(pdf_new(&SETUP, &pdf), ERR_NONE);
    struct pdf_cell cells[202] = {{.text = pdf_words(pdf, "Mục", 0), .head = true}, {.text = pdf_words(pdf, "Nội dung", 0), .head = true}};
    size_t row_cells[101];
    for (size_t i = 0; i < 101; i++)
        row_cells[i] = 2;
    for (size_t i = 1; i < 101; i++)
        cells[2 * i].text = cells[2 * i + 1].text = pdf_words(pdf, PANGRAM, 0);
    pdf_table(pdf, &(struct pdf_table){.cells = cells, .row_cells = row_cells, .rows = 101, .columns = 2, .head_rows = 1});
    finish(pdf, &made);
    char *words = text_of(&made);
    size_t heads = 0;
    for (const char *at = words; (at = strstr(at, "Nội dung")); at++)
        heads++;
    assert_int_equal(heads, made.pages);
    free(words);
    buf_release(&made.file);
}

/* A red dot of 1 x 1, and files that only look like pictures. */
static void pictures(void **state) {
    static const uint8_t dot[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0,
                                  0x90, 0x77, 0x53, 0xDE, 0, 0, 0, 12, 'I', 'D', 'A', 'T', 8, 0xD7, 0x63, 0xF8, 0xCF, 0xC0, 0, 0, 3, 1, 1, 0,
                                  0x18, 0xDD, 0x8D, 0xB0, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};
    struct pdf *pdf = NULL;
    struct made made;
    (void)state;
    assert_int_equal(pdf_new(&SETUP, &pdf), ERR_NONE);
    for (size_t len = 0; len < sizeof dot - 12; len++)
        (void)pdf_image(pdf, dot, len); /* cut anywhere: refused or a picture, never a fault */
    uint8_t huge[sizeof dot];
    memcpy(huge, dot, sizeof dot);
    huge[17] = 0xFF;
    assert_null(pdf_image(pdf, huge, sizeof huge));
    assert_null(pdf_image(pdf, "\xFF\xD8\xFF\xE0 not a picture at all", 26));
    assert_null(pdf_image(pdf, "GIF89a", 6));
    const struct pdf_image *image = pdf_image(pdf, dot, sizeof dot);
    assert_non_null(image);
    pdf_figure(pdf, image, 100, "Chấm đỏ");
    finish(pdf, &made);
    assert_true(has(&made, "/Alt <FEFF004300681EA5006D00200111")); /* Chấm đ */
    buf_release(&made.file);
}

static void same_calls_same_bytes(void **state) {
    struct made made[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct pdf *pdf = NULL;
        assert_int_equal(pdf_new(&SETUP, &pdf), ERR_NONE);
        struct pdf_math *half = pdf_math_fraction(pdf, pdf_math_token(pdf, PDF_MATH_NUMBER, "1"), pdf_math_token(pdf, PDF_MATH_NUMBER, "2"), true);
        struct pdf_text *text = pdf_words(pdf, "x = ", PDF_ITALIC);
        pdf_text_math(text, pdf_math_fenced(pdf, "(", pdf_math_scripts(pdf, half, NULL, pdf_math_token(pdf, PDF_MATH_LETTER, "n")), ")"));
        pdf_text_math(text, pdf_math_root(pdf, pdf_math_token(pdf, PDF_MATH_LETTER, "y"), NULL));
        pdf_paragraph(pdf, text, NULL);
        finish(pdf, &made[i]);
    }
    assert_int_equal(made[0].file.len, made[1].file.len);
    assert_memory_equal(made[0].file.data, made[1].file.data, made[0].file.len);
    buf_release(&made[0].file);
    buf_release(&made[1].file);
}

static void too_long_is_refused(void **state) {
    struct pdf *pdf = NULL;
    struct buf out;
    (void)state;
    assert_int_equal(pdf_new(&SETUP, &pdf), ERR_NONE);
    for (int i = 0; i < PDF_PAGES_MAX + 1; i++)
        pdf_new_page(pdf);
    buf_init(&out, 1u << 20);
    assert_int_equal(pdf_finish(pdf, &out, NULL), ERR_LIMIT);
    pdf_free(pdf);
    assert_int_equal(pdf_new(&SETUP, &pdf), ERR_NONE);
    pdf_paragraph(pdf, pdf_words(pdf, PANGRAM, 0), NULL);
    buf_release(&out);
    buf_init(&out, 100);
    assert_int_equal(pdf_finish(pdf, &out, NULL), ERR_LIMIT);
    pdf_free(pdf);
    buf_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_comes_out_as_it_went_in), cmocka_unit_test(broken_lines_are_not_stretched), cmocka_unit_test(kept_parts_stay_whole),
        cmocka_unit_test(heads_of_tables_come_again),   cmocka_unit_test(pictures),
        cmocka_unit_test(same_calls_same_bytes),        cmocka_unit_test(too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
