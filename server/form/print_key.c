#include "print_private.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define COMPACT_COLUMNS 10

/* ---- answers in letters ---- */

static size_t place_of(const struct item_option *options, size_t count, const char *id) {
    for (size_t i = 0; id && i < count; i++)
        if (strcmp(options[i].id, id) == 0)
            return i;
    return 26; /* «?» */
}

static bool earns(const struct item_option *option) {
    return option->credit && strtod(option->credit, NULL) > 0;
}

static void add_letters(const struct item *item, struct buf *out) {
    double best = 0;
    for (size_t i = 0; i < item->option_count; i++)
        if (earns(&item->options[i]) && strtod(item->options[i].credit, NULL) > best)
            best = strtod(item->options[i].credit, NULL);
    for (size_t i = 0; i < item->option_count; i++) {
        const struct item_option *option = &item->options[i];
        if (!earns(option) || (item->kind != ITEM_MULTIPLE && item->kind != ITEM_GRADED && strtod(option->credit, NULL) < best))
            continue;
        buf_addf(out, "%s%s", out->len ? ", " : "", print_letter(i));
        if (item->kind == ITEM_GRADED)
            buf_addf(out, " (%s)", option->credit);
    }
}

/* An accepted text as it is written by hand: an asterisk is itself, and what stands for any characters is left out as in a
 * quotation. */
static void add_accepted_text(const char *value, struct buf *out) {
    for (const char *at = value; *at; at++) {
        bool sign = at[0] == '\\' && at[1] == '*';
        at += sign;
        if (*at == '*' && !sign)
            buf_adds(out, "[…]");
        else
            buf_addc(out, *at);
    }
}

static void add_accepted(const struct item *item, struct buf *out) {
    for (size_t i = 0; i < item->accepted_count; i++) {
        const struct item_accepted *accepted = &item->accepted[i];
        buf_adds(out, i > 0 ? " / " : "");
        if (accepted->low && accepted->high)
            buf_addf(out, "%s – %s", accepted->low, accepted->high);
        else if (item->kind == ITEM_TEXT)
            add_accepted_text(accepted->value ? accepted->value : "", out);
        else
            buf_adds(out, accepted->value ? accepted->value : "");
        if (accepted->tolerance && strcmp(accepted->tolerance, "0") != 0)
            buf_addf(out, " ± %s%s", accepted->tolerance, accepted->relative ? " ×" : "");
        if (accepted->credit && strcmp(accepted->credit, "1") != 0)
            buf_addf(out, " (%s)", accepted->credit);
    }
    if (item->unit && *item->unit)
        buf_addf(out, " %s", item->unit);
}

static void add_pairs(const struct item *item, struct buf *out) {
    for (size_t i = 0; i < item->pair_count; i++) {
        const struct item_pair *pair = &item->pairs[i];
        if (pair->credit && strtod(pair->credit, NULL) <= 0)
            continue;
        buf_addf(out, "%s%zu–%s", out->len ? "; " : "", place_of(item->options, item->option_count, pair->row) + 1,
                 print_letter(place_of(item->columns, item->column_count, pair->column)));
    }
}

static void add_answer(struct print *print, const struct item *item, struct buf *out) {
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_MULTIPLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
        add_letters(item, out);
        return;
    case ITEM_ORDERING:
        for (size_t i = 0; i < item->order_count; i++)
            buf_addf(out, "%s%s", i > 0 ? " → " : "", print_letter(place_of(item->options, item->option_count, item->order[i])));
        return;
    case ITEM_MATCHING:
        add_pairs(item, out);
        return;
    case ITEM_INLINE:
        for (size_t i = 0; i < item->gap_count; i++)
            buf_addf(out, "%s(%zu) %s", i > 0 ? "; " : "", i + 1,
                     print_letter(place_of(item->gaps[i].options, item->gaps[i].option_count, item->gaps[i].correct)));
        return;
    case ITEM_NUMERIC:
    case ITEM_TEXT:
        add_accepted(item, out);
        return;
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        buf_adds(out, print_word(print, PRINT_KEY_GUIDE));
        return;
    }
}

static const char *answer(struct print *print, const struct item *item) {
    struct buf out;
    buf_init(&out, 1 << 16);
    add_answer(print, item, &out);
    const char *text = arena_strdup(print->arena, out.data ? out.data : "");
    buf_release(&out);
    return text ? text : "";
}

/* ---- tables ---- */

static bool by_letter(const struct item *item) {
    return item->kind == ITEM_SINGLE || item->kind == ITEM_TRUEFALSE || item->kind == ITEM_MULTIPLE;
}

/* As it is read out: ten items a line, number above letter. */
static void put_compact(struct print *print) {
    const struct print_form *form = print->form;
    size_t count = 0, *row_cells = ARENA_ARRAY(print->arena, form->count + 2, size_t);
    struct pdf_cell *cells = ARENA_ARRAY(print->arena, form->count + COMPACT_COLUMNS, struct pdf_cell);
    for (size_t i = 0; cells && row_cells && i < form->count; i++) {
        if (!by_letter(form->items[i].item))
            continue;
        struct pdf_text *text = pdf_words(print->pdf, arena_printf(print->arena, "%zu. ", i + 1), 0);
        pdf_text_add(text, answer(print, form->items[i].item), PDF_BOLD);
        cells[count] = (struct pdf_cell){.text = text, .align = PDF_CENTRE};
        row_cells[count++ / COMPACT_COLUMNS]++;
    }
    if (count == 0)
        return;
    pdf_paragraph(print->pdf, pdf_words(print->pdf, print_word(print, PRINT_KEY_COMPACT), 0), &(struct pdf_look){.role = PDF_H2, .size = 11.5, .before = 4, .after = 2});
    for (; count % COMPACT_COLUMNS != 0; count++)
        row_cells[count / COMPACT_COLUMNS]++;
    static const double shares[COMPACT_COLUMNS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    pdf_table(print->pdf, &(struct pdf_table){.cells = cells, .row_cells = row_cells, .rows = count / COMPACT_COLUMNS,
                                              .columns = COMPACT_COLUMNS, .shares = shares, .size = 10});
}

static void put_details(struct print *print) {
    enum { COLUMNS = 5 };
    static const enum print_word heads[COLUMNS] = {PRINT_ITEM_NUMBER, PRINT_KEY_CODE, PRINT_KEY_TOPIC, PRINT_KEY_ANSWER, PRINT_KEY_POINTS};
    static const double shares[COLUMNS] = {8, 26, 30, 28, 10};
    const struct print_form *form = print->form;
    struct pdf *pdf = print->pdf;
    struct pdf_cell *cells = ARENA_ARRAY(print->arena, (form->count + 1) * COLUMNS, struct pdf_cell);
    size_t *row_cells = ARENA_ARRAY(print->arena, form->count + 1, size_t);
    if (!cells || !row_cells)
        return;
    pdf_paragraph(pdf, pdf_words(pdf, print_word(print, PRINT_KEY_DETAILS), 0), &(struct pdf_look){.role = PDF_H2, .size = 11.5, .before = 8, .after = 2});
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct pdf_cell){.text = pdf_words(pdf, print_word(print, heads[i]), 0), .head = true, .align = PDF_CENTRE};
    row_cells[0] = COLUMNS;
    for (size_t i = 0; i < form->count; i++) {
        const struct print_item *entry = &form->items[i];
        struct pdf_cell *row = &cells[(i + 1) * COLUMNS];
        row_cells[i + 1] = COLUMNS;
        row[0] = (struct pdf_cell){.text = pdf_words(pdf, arena_printf(print->arena, "%zu", i + 1), PDF_BOLD), .align = PDF_CENTRE};
        row[1].text = pdf_words(pdf, arena_printf(print->arena, "%s (%lld)", entry->code, (long long)entry->version), 0);
        row[2].text = pdf_words(pdf, entry->topic, 0);
        row[3] = (struct pdf_cell){.text = pdf_words(pdf, answer(print, entry->item), PDF_BOLD), .align = PDF_CENTRE};
        row[4] = (struct pdf_cell){.text = pdf_words(pdf, entry->item->points, 0), .align = PDF_CENTRE};
    }
    pdf_table(pdf, &(struct pdf_table){.cells = cells, .row_cells = row_cells, .rows = form->count + 1, .columns = COLUMNS,
                                       .head_rows = 1, .shares = shares, .size = 9.5});
}

static void put_criteria(struct print *print, const struct item *item) {
    enum { COLUMNS = 3 };
    static const enum print_word heads[COLUMNS] = {PRINT_KEY_CRITERION, PRINT_KEY_LEVELS, PRINT_KEY_MAX};
    static const double shares[COLUMNS] = {36, 48, 16};
    struct pdf *pdf = print->pdf;
    struct pdf_cell *cells = ARENA_ARRAY(print->arena, (item->criterion_count + 1) * COLUMNS, struct pdf_cell);
    size_t *row_cells = ARENA_ARRAY(print->arena, item->criterion_count + 1, size_t);
    if (!cells || !row_cells || item->criterion_count == 0)
        return;
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct pdf_cell){.text = pdf_words(pdf, print_word(print, heads[i]), 0), .head = true};
    row_cells[0] = COLUMNS;
    for (size_t i = 0; i < item->criterion_count; i++) {
        const struct item_criterion *criterion = &item->rubric[i];
        struct pdf_cell *row = &cells[(i + 1) * COLUMNS];
        row_cells[i + 1] = COLUMNS;
        row[0].text = print_inline(print, print_text(print, &criterion->text));
        row[1].text = pdf_text(pdf);
        for (size_t k = 0; k < criterion->level_count; k++) {
            if (k > 0)
                pdf_text_break(row[1].text);
            pdf_text_add(row[1].text, arena_printf(print->arena, "%s: ", criterion->levels[k].credit ? criterion->levels[k].credit : "0"), PDF_BOLD);
            print_inline_into(print, print_text(print, &criterion->levels[k].text), row[1].text);
        }
        row[2] = (struct pdf_cell){.text = pdf_words(pdf, criterion->max, 0), .align = PDF_CENTRE};
    }
    pdf_table(pdf, &(struct pdf_table){.cells = cells, .row_cells = row_cells, .rows = item->criterion_count + 1, .columns = COLUMNS,
                                       .head_rows = 1, .shares = shares, .size = 9.5});
}

static void put_guides(struct print *print) {
    for (size_t i = 0; i < print->form->count; i++) {
        const struct item *item = print->form->items[i].item;
        const char *rationale = print_text(print, &item->rationale);
        if ((item->kind != ITEM_ESSAY && item->kind != ITEM_UPLOAD) || (item->criterion_count == 0 && !*rationale))
            continue;
        pdf_paragraph(print->pdf, pdf_words(print->pdf, print_words(print, PRINT_KEY_RUBRIC, i + 1), 0),
                      &(struct pdf_look){.role = PDF_H3, .size = 11, .before = 8, .after = 3});
        print_markup(print, rationale, NULL, &(struct print_look){.after = 3});
        put_criteria(print, item);
    }
}

/* ---- who answers for it ---- */

static void draw_signatures(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    static const enum print_word who[] = {PRINT_KEY_SIGN_FIRST, PRINT_KEY_SIGN_SECOND};
    struct print *print = ctx;
    (void)page, (void)pages;
    for (int i = 0; i < 2; i++) {
        double y = pdf_draw_text(canvas, i * width / 2, 12, width / 2, PDF_CENTRE, 10.5, print_word(print, who[i]), PDF_BOLD);
        pdf_draw_text(canvas, i * width / 2, 12 + y, width / 2, PDF_CENTRE, 9, print_word(print, PRINT_SIGN_HOW), PDF_ITALIC);
    }
}

static void put_seals(struct print *print) {
    const struct print_form *form = print->form;
    struct pdf *pdf = print->pdf;
    struct pdf_look look = {.after = 2, .size = 9.5};
    pdf_open(pdf, PDF_KEPT);
    pdf_paragraph(pdf, pdf_words(pdf, print_word(print, PRINT_KEY_SEALS), 0), &(struct pdf_look){.role = PDF_H2, .size = 11.5, .before = 8, .after = 2});
    if (!form->sealed)
        pdf_paragraph(pdf, pdf_words(pdf, print_word(print, PRINT_KEY_UNSEALED), PDF_BOLD), &look);
    for (int i = 0; i < 2; i++) {
        char at[25];
        if (!form->seals[i].name)
            continue;
        text_format_time(form->seals[i].at_us, at);
        pdf_paragraph(pdf, pdf_words(pdf, print_words(print, PRINT_KEY_SEAL, i + 1, form->seals[i].name, at), 0), &look);
    }
    const char *hash = print_words(print, PRINT_KEY_HASH, (long long)form->version, form->sha256);
    pdf_paragraph(pdf, pdf_words(pdf, hash, 0), &look);
    pdf_canvas(pdf, 96, draw_signatures, print, NULL);
    pdf_close(pdf);
}

enum err print_key(const struct print_form *form, struct buf *out, size_t *ret_pages) {
    struct print print;
    struct pdf_setup setup = {.size = 11, .foot_middle = NULL};
    enum err err = print_open(&print, form, PRINT_KEY_TITLE, &setup);
    if (err != ERR_NONE)
        return err;
    print_head(&print, PRINT_KEY, PRINT_SECRET, false);
    const char *code = print_words(&print, PRINT_FORM, form->form_code);
    pdf_paragraph(print.pdf, pdf_words(print.pdf, code, 0), &(struct pdf_look){.role = PDF_H1, .size = 14, .align = PDF_CENTRE, .after = 4});
    put_compact(&print);
    put_details(&print);
    put_guides(&print);
    put_seals(&print);
    err = pdf_finish(print.pdf, out, ret_pages);
    pdf_free(print.pdf);
    return err;
}
