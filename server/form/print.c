#include "print_private.h"

#include "khoacu/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const char *const WORDS[PRINT_WORD_COUNT][2] = {
#define X(name, vi, en) [PRINT_##name] = {vi, en},
    PRINT_WORDS(X)
#undef X
};

const char *print_word(const struct print *print, enum print_word word) {
    return WORDS[word][print->english];
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
const char *print_words(const struct print *print, enum print_word word, ...) {
    char line[1024];
    va_list arguments;
    va_start(arguments, word);
    (void)vsnprintf(line, sizeof line, print_word(print, word), arguments);
    va_end(arguments);
    const char *text = arena_strdup(print->arena, line);
    return text ? text : "";
}
#pragma GCC diagnostic pop

const char *print_text(const struct print *print, const struct item_text *text) {
    const char *wanted = print->english ? text->en : text->vi, *other = print->english ? text->vi : text->en;
    return wanted ? wanted : other ? other : "";
}

const char *print_letter(size_t place) {
    static const char letters[26][2] = {"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M",
                                        "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z"};
    return place < 26 ? letters[place] : "?";
}

enum err print_open(struct print *print, const struct print_form *form, enum print_word title, struct pdf_setup *setup) {
    char made[25], name[300], foot[200];
    *print = (struct print){.form = form, .english = strcmp(form->lang, "en") == 0};
    text_format_time(form->made_us, made);
    made[19] = 'Z'; /* whole seconds */
    made[20] = '\0';
    snprintf(name, sizeof name, "%s %s – %s", print_word(print, title), form->form_code, form->cycle_title);
    const char *page = WORDS[PRINT_FOOT][print->english];
    size_t before = (size_t)(strstr(page, "%s") - page);
    snprintf(foot, sizeof foot, "%.*s%s%s", (int)before, page, form->form_code, page + before + 2);
    setup->title = name;
    setup->author = form->authority;
    setup->subject = form->cycle_code;
    setup->lang = form->lang;
    setup->made_at = made;
    setup->foot_right = foot;
    setup->foot_left = form->demonstration ? print_word(print, PRINT_DEMONSTRATION) : NULL;
    setup->watermark = form->sealed ? setup->watermark : print_word(print, PRINT_DRAFT);
    enum err err = pdf_new(setup, &print->pdf);
    if (err == ERR_NONE)
        print->arena = pdf_arena(print->pdf);
    return err;
}

/* ---- the head ---- */

struct head {
    struct print *print;
    const char *title, *stamp, *pages;
    double height;
};

static double middle(struct pdf_canvas *canvas, double x, double y, double width, double size, const char *words, unsigned style) {
    return y + pdf_draw_text(canvas, x, y, width, PDF_CENTRE, size, words, style);
}

static void framed(struct pdf_canvas *canvas, double x, double y, double width, double size, const char *words) {
    double height = pdf_draw_text(canvas, x, y + 2, width, PDF_CENTRE, size, words, PDF_BOLD);
    pdf_draw_box(canvas, x, y, width, height + 4, 0.8);
}

static char *upper(struct print *print, const char *words) {
    char *text = arena_strdup(print->arena, words);
    return text ? pdf_upper(print->pdf, text) : NULL;
}

static void draw_head(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    const struct head *head = ctx;
    struct print *print = head->print;
    const struct print_form *form = print->form;
    double left = width * 0.42, right = width - left, y = 0;
    (void)page, (void)pages;
    y = middle(canvas, 0, y, left - 8, 10.5, upper(print, form->authority), PDF_BOLD);
    pdf_draw_line(canvas, left * 0.32, y + 3, left * 0.64, y + 3, 0.7, false);
    framed(canvas, left / 2 - 72, y + 9, 136, 10, head->stamp);
    if (head->pages)
        (void)middle(canvas, 0, y + 30, left - 8, 9.5, head->pages, PDF_ITALIC);
    y = middle(canvas, left, 0, right, 10.5, upper(print, form->cycle_title), PDF_BOLD);
    y = middle(canvas, left, y + 1, right, 11.5, head->title, PDF_BOLD);
    if (form->minutes > 0)
        y = middle(canvas, left, y + 1, right, 9.5, print_words(print, PRINT_MINUTES, (long long)form->minutes), PDF_ITALIC);
    (void)middle(canvas, left, y + 1, right, 9.5, print_words(print, PRINT_ITEMS, form->count), PDF_ITALIC);
}

void print_head(struct print *print, enum print_word title, enum print_word stamp, bool pages) {
    struct head *head = arena_alloc(print->arena, sizeof *head);
    if (!head)
        return;
    *head = (struct head){.print = print, .title = print_word(print, title), .stamp = print_word(print, stamp),
                          .pages = pages ? print_word(print, PRINT_PAGES) : NULL};
    pdf_canvas(print->pdf, 84, draw_head, head, NULL);
}
