#include "print_private.h"

#include "khoacu/form/section.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define OPTIONS_MAX 64
#define LABEL_WIDTH 19.0
#define INDENT 10.0

/* ---- the places for name and roll number, and the code ---- */

static void draw_person(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    struct print *print = ctx;
    double code = 118, field = width - code - 14;
    (void)page, (void)pages;
    pdf_draw_text(canvas, 0, 2, 130, PDF_LEFT, 10.5, print_word(print, PRINT_NAME), PDF_BOLD);
    pdf_draw_line(canvas, print->english ? 104 : 122, 15, field, 15, 0.8, true);
    pdf_draw_text(canvas, 0, 22, 130, PDF_LEFT, 10.5, print_word(print, PRINT_ROLL), PDF_BOLD);
    pdf_draw_line(canvas, print->english ? 74 : 78, 35, field, 35, 0.8, true);
    pdf_draw_box(canvas, width - code, 4, code, 30, 1);
    pdf_draw_text(canvas, width - code, 10, code, PDF_CENTRE, 12, print_words(print, PRINT_FORM, print->form->form_code), PDF_BOLD);
}

static void put_instructions(struct print *print) {
    static const enum print_word lines[] = {PRINT_HOW_1, PRINT_HOW_2, PRINT_HOW_3};
    struct pdf *pdf = print->pdf;
    struct pdf_text *text = pdf_text(pdf);
    pdf_text_add(text, print_word(print, PRINT_HOW_TITLE), PDF_BOLD | PDF_ITALIC | PDF_SMALL);
    pdf_text_add(text, ". ", PDF_BOLD | PDF_ITALIC | PDF_SMALL);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        pdf_text_add(text, print_word(print, lines[i]), PDF_ITALIC | PDF_SMALL);
        pdf_text_add(text, " ", PDF_SMALL);
    }
    pdf_paragraph(pdf, text, &(struct pdf_look){.align = PDF_JUSTIFY, .after = 3});
    pdf_rule(pdf);
}

/* ---- items ---- */

/* What a kind asks for beside its question. */
static void add_hint(struct print *print, const struct item *item, struct pdf_text *text) {
    const char *hint = NULL;
    switch (item->kind) {
    case ITEM_MULTIPLE:
        hint = item->choices_max <= 0 ? print_word(print, PRINT_MULTIPLE)
               : item->choices_min == item->choices_max
                   ? print_words(print, PRINT_MULTIPLE_EXACTLY, (long long)item->choices_max)
                   : print_words(print, PRINT_MULTIPLE_UP_TO, (long long)item->choices_max);
        break;
    case ITEM_ORDERING:
        hint = print_word(print, PRINT_ORDERING);
        break;
    case ITEM_MATCHING:
        hint = print_word(print, PRINT_MATCHING);
        break;
    case ITEM_INLINE:
        hint = print_word(print, PRINT_INLINE);
        break;
    case ITEM_ESSAY:
    case ITEM_TEXT:
        hint = item->words_max > 0 ? print_words(print, PRINT_WORDS_MAX, (long long)item->words_max) : NULL;
        break;
    case ITEM_UPLOAD:
        hint = item->upload_type_count > 0 ? print_words(print, PRINT_UPLOAD, item->upload_types[0]) : NULL;
        break;
    case ITEM_SINGLE:
    case ITEM_TRUEFALSE:
    case ITEM_NUMERIC:
    case ITEM_GRADED:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
    if (hint) {
        pdf_text_add(text, hint, PDF_ITALIC | PDF_SMALL);
        pdf_text_add(text, " ", 0);
    }
}

/* As many side by side as all fit: four, two or one. */
static void put_entries(struct print *print, struct pdf_entry *entries, size_t count, double indent) {
    struct pdf *pdf = print->pdf;
    double widest = 0, room = pdf_width(pdf) - indent;
    for (size_t i = 0; i < count; i++) {
        double width = pdf_text_width(entries[i].text, 0) + LABEL_WIDTH + 10;
        widest = width > widest ? width : widest;
    }
    size_t beside = widest <= room / 4 && count % 4 == 0 ? 4 : widest <= room / 3 && count % 3 == 0 ? 3 : widest <= room / 2 && count > 1 ? 2 : 1;
    pdf_open(pdf, PDF_LIST);
    for (size_t i = 0; i < count; i += beside) {
        struct pdf_entry row[4];
        size_t here = count - i < beside ? count - i : beside;
        for (size_t k = 0; k < beside; k++)
            row[k] = k < here ? entries[i + k] : (struct pdf_entry){"", pdf_text(pdf)};
        pdf_entries(pdf, row, beside, indent, LABEL_WIDTH);
    }
    pdf_close(pdf);
}

static void put_options(struct print *print, const struct item_option *options, size_t count, double indent) {
    struct pdf_entry entries[OPTIONS_MAX];
    count = count < OPTIONS_MAX ? count : OPTIONS_MAX;
    for (size_t i = 0; i < count; i++) {
        const char *label = arena_printf(print->arena, "%s.", print_letter(i));
        entries[i] = (struct pdf_entry){label ? label : "", print_inline(print, print_text(print, &options[i].text))};
    }
    put_entries(print, entries, count, indent);
}

static void put_gaps(struct print *print, const struct item *item) {
    for (size_t i = 0; i < item->gap_count; i++) {
        char number[24];
        snprintf(number, sizeof number, "(%zu)", i + 1);
        pdf_paragraph(print->pdf, pdf_words(print->pdf, number, PDF_BOLD), &(struct pdf_look){.indent = INDENT, .keep_next = true});
        put_options(print, item->gaps[i].options, item->gaps[i].option_count, INDENT + 18);
    }
}

/* Rows by number on the left, columns by letter on the right, and boxes below for the pairs. */
static void put_matching(struct print *print, const struct item *item) {
    size_t rows = item->option_count > item->column_count ? item->option_count : item->column_count;
    struct pdf *pdf = print->pdf;
    struct pdf_cell *cells = ARENA_ARRAY(print->arena, rows * 2, struct pdf_cell);
    size_t *row_cells = ARENA_ARRAY(print->arena, rows, size_t);
    if (!cells || !row_cells)
        return;
    for (size_t i = 0; i < rows; i++) {
        row_cells[i] = 2;
        if (i < item->option_count) {
            cells[2 * i].text = pdf_words(pdf, arena_printf(print->arena, "%zu. ", i + 1), PDF_BOLD);
            print_inline_into(print, print_text(print, &item->options[i].text), cells[2 * i].text);
        }
        if (i < item->column_count) {
            cells[2 * i + 1].text = pdf_words(pdf, arena_printf(print->arena, "%s. ", print_letter(i)), PDF_BOLD);
            print_inline_into(print, print_text(print, &item->columns[i].text), cells[2 * i + 1].text);
        }
    }
    pdf_table(pdf, &(struct pdf_table){.cells = cells, .row_cells = row_cells, .rows = rows, .columns = 2, .shares = (double[]){1, 1}});
}

static void put_answer_line(struct print *print, enum print_word word, const char *unit) {
    struct pdf_text *text = pdf_words(print->pdf, print_word(print, word), PDF_BOLD);
    pdf_text_add(text, " ........................................", 0);
    if (unit && *unit) {
        pdf_text_add(text, " ", 0);
        pdf_text_add(text, unit, 0);
    }
    pdf_paragraph(print->pdf, text, &(struct pdf_look){.indent = INDENT, .after = 2});
}

static bool has_more(const struct item *item) {
    return item->option_count > 0 || item->gap_count > 0 || item->kind == ITEM_NUMERIC || item->kind == ITEM_TEXT;
}

static void put_item(struct print *print, const struct print_item *entry, size_t number) {
    const struct item *item = entry->item;
    struct pdf *pdf = print->pdf;
    struct pdf_text *lead = pdf_words(pdf, print_words(print, PRINT_ITEM, number), PDF_BOLD);
    pdf_open(pdf, PDF_KEPT);
    pdf_text_add(lead, " ", 0);
    if (item->kind == ITEM_ESSAY && item->points)
        pdf_text_add(lead, arena_printf(print->arena, "%s ", print_words(print, PRINT_POINTS, item->points)), PDF_ITALIC);
    add_hint(print, item, lead);
    print_markup(print, print_text(print, &item->body), lead,
                 &(struct print_look){.after = 3, .keep_last = has_more(item), .align = PDF_JUSTIFY});
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_MULTIPLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
    case ITEM_ORDERING:
        put_options(print, item->options, item->option_count, INDENT);
        break;
    case ITEM_MATCHING:
        put_matching(print, item);
        break;
    case ITEM_INLINE:
        put_gaps(print, item);
        break;
    case ITEM_NUMERIC:
        put_answer_line(print, PRINT_NUMERIC, item->unit);
        break;
    case ITEM_TEXT:
        put_answer_line(print, PRINT_TEXT, NULL);
        break;
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
    pdf_close(pdf);
    pdf_space(pdf, 6);
}

/* How many items from `at` on share its stimulus. */
static size_t sharing(const struct print_form *form, size_t at) {
    size_t end = at;
    while (end < form->count && form->items[end].stimulus == form->items[at].stimulus)
        end++;
    return end - at;
}

static void put_stimulus(struct print *print, size_t at) {
    const struct print_form *form = print->form;
    size_t count = sharing(form, at);
    struct pdf *pdf = print->pdf;
    const char *words = count > 1 ? print_words(print, PRINT_STIMULUS_MANY, at + 1, at + count) : print_words(print, PRINT_STIMULUS_ONE, at + 1);
    pdf_paragraph(pdf, pdf_words(pdf, words, PDF_BOLD | PDF_ITALIC), &(struct pdf_look){.before = 4, .after = 3, .keep_next = true});
    print_markup(print, print_text(print, &form->items[at].stimulus->body), NULL,
                 &(struct print_look){.indent = INDENT, .after = 3, .align = PDF_JUSTIFY, .keep_last = true});
    pdf_space(pdf, 3);
}

/* The head of the section that begins at item `at`, if one does. */
static void put_section(struct print *print, size_t at) {
    const struct form_sections *sections = print->form->sections;
    size_t number = sections ? form_sections_of(sections, at + 1) : 0;
    if (number == 0 || (at > 0 && form_sections_of(sections, at) == number))
        return;
    const struct form_section *section = &sections->list[number - 1];
    bool english = strcmp(print->form->lang, "en") == 0 && *section->title_en;
    struct pdf_text *text = pdf_words(print->pdf, english ? section->title_en : section->title_vi, PDF_BOLD);
    const char *range = section->items > 1 ? print_words(print, PRINT_SECTION_MANY, at + 1, at + (size_t)section->items)
                                           : print_words(print, PRINT_SECTION_ONE, at + 1);
    pdf_text_add(text, " ", 0);
    pdf_text_add(text, range, PDF_ITALIC);
    pdf_paragraph(print->pdf, text, &(struct pdf_look){.role = PDF_H2, .size = 11.5, .before = at > 0 ? 8 : 2, .after = 4, .keep_next = true});
}

static void put_end(struct print *print) {
    const char *end = arena_printf(print->arena, "------------- %s -------------", print_word(print, PRINT_END));
    pdf_paragraph(print->pdf, pdf_words(print->pdf, end ? end : "", PDF_BOLD),
                  &(struct pdf_look){.align = PDF_CENTRE, .before = 6, .after = 2, .keep_next = true});
    pdf_paragraph(print->pdf, pdf_words(print->pdf, print_word(print, PRINT_RULE_AIDS), PDF_ITALIC | PDF_SMALL),
                  &(struct pdf_look){.align = PDF_CENTRE});
}

enum err print_booklet(const struct print_form *form, struct buf *out, size_t *ret_pages) {
    struct print print;
    struct pdf_setup setup = {.size = 11};
    enum err err = print_open(&print, form, PRINT_BOOKLET_TITLE, &setup);
    if (err != ERR_NONE)
        return err;
    print_head(&print, PRINT_BOOKLET, form->sealed ? PRINT_OFFICIAL : PRINT_DRAFT_BOX, true);
    pdf_canvas(print.pdf, 44, draw_person, &print, NULL);
    put_instructions(&print);
    if (form->columns == 2)
        pdf_columns(print.pdf, 2);
    for (size_t i = 0; i < form->count; i++) {
        const struct item *stimulus = form->items[i].stimulus;
        put_section(&print, i);
        if (stimulus && (i == 0 || form->items[i - 1].stimulus != stimulus))
            put_stimulus(&print, i);
        if (i + 1 == form->count) /* the end mark stays with the last item */
            pdf_open(print.pdf, PDF_KEPT);
        put_item(&print, &form->items[i], i + 1);
    }
    put_end(&print);
    if (form->count > 0)
        pdf_close(print.pdf);
    err = pdf_finish(print.pdf, out, ret_pages);
    pdf_free(print.pdf);
    return err;
}
