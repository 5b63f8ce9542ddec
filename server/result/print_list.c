#include "print_head.h"
#include "words.h"

#include "khoacu/doc/pdf.h"
#include "khoacu/result/print.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { COLUMNS = 9 };
static const double SHARES[COLUMNS] = {30, 58, 44, 44, 44, 36, 72, 48, 134};
static const char *const HEADS[COLUMNS] = {"print.column.place", "print.column.roll",    "print.column.raw",    "print.column.priority", "print.column.total",
                                           "print.column.rank",  "print.column.outcome", "print.column.agency", "print.column.note"};

enum range { ALL, PASSED, SELECTED, RANGE_COUNT };

struct printing {
    const struct result_paper *paper;
    struct result_words words;
    struct arena *arena; /* the document's: what the drawing callbacks read lives there */
    struct pdf *pdf;
    const char *authority, *title, *url;
    enum range range;
};

static const char *number(struct printing *p, int64_t value) {
    const char *text = arena_printf(p->arena, "%lld", (long long)value);
    return text ? text : "";
}

static bool within(enum range range, const struct result_row *row) {
    return range == ALL || (range == PASSED && row->rank > 0) || strcmp(row->outcome, "selected") == 0;
}

static size_t rows_of(const struct result_release_list *list, enum range range) {
    size_t count = 0;
    for (size_t i = 0; i < list->row_count; i++)
        count += within(range, &list->rows[i]);
    return count;
}

static void line(struct printing *p, const char *words, unsigned style, struct pdf_look look) {
    pdf_paragraph(p->pdf, pdf_words(p->pdf, words, style), &look);
}

/* ---- head and foot ---- */

static double centred(struct pdf_canvas *canvas, double x, double y, double width, double size, const char *words, unsigned style) {
    return y + pdf_draw_text(canvas, x, y, width, PDF_CENTRE, size, words, style);
}

static void draw_head(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    struct printing *p = ctx;
    const struct result_release *release = p->paper->release;
    (void)page, (void)pages;
    const char *number = release->document_number ? RESULT_FILL(&p->words, "print.number", {"number", release->document_number})
                                                  : result_word(&p->words, "print.number_blank");
    result_draw_head(p->pdf, canvas, width, &p->words,
                     &(struct result_paper_head){.authority = p->authority, .number = number, .at_us = p->paper->made_us});
}

static void draw_signatures(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    struct printing *p = ctx;
    double half = width / 2;
    (void)page, (void)pages;
    double y = centred(canvas, 0, 4, half, 11, result_word(&p->words, "print.sign.left"), PDF_BOLD);
    (void)centred(canvas, 0, y, half, 10, result_word(&p->words, "print.sign.how_left"), PDF_ITALIC);
    y = centred(canvas, half, 4, half, 11, result_word(&p->words, "print.sign.right"), PDF_BOLD);
    (void)centred(canvas, half, y, half, 10, result_word(&p->words, "print.sign.how_right"), PDF_ITALIC);
    pdf_draw_line(canvas, half * 0.2, 112, half * 0.8, 112, 0.6, true);
    pdf_draw_line(canvas, half * 1.2, 112, half * 1.8, 112, 0.6, true);
}

static void draw_check(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    struct printing *p = ctx;
    const struct result_release *release = p->paper->release;
    (void)page, (void)pages;
    pdf_draw_qr(canvas, 0, 0, 84, p->url);
    double y = 16 + pdf_draw_text(canvas, 94, 16, width - 94, PDF_LEFT, 9.5, RESULT_FILL(&p->words, "print.verify", {"url", p->url}), 0);
    y += pdf_draw_text(canvas, 94, y, width - 94, PDF_LEFT, 9.5, RESULT_FILL(&p->words, "print.code", {"code", release->verify_code}), PDF_BOLD);
    (void)pdf_draw_text(canvas, 94, y, width - 94, PDF_LEFT, 8, RESULT_FILL(&p->words, "print.hash", {"hash", release->sha256}), 0);
}

/* ---- body ---- */

static void put_title(struct printing *p) {
    const struct result_release *release = p->paper->release;
    line(p, result_word(&p->words, "print.list.title"), PDF_BOLD, (struct pdf_look){.role = PDF_H1, .align = PDF_CENTRE, .size = 14, .before = 8});
    line(p, p->title, PDF_BOLD, (struct pdf_look){.align = PDF_CENTRE, .size = 12, .after = 2});
    if (release->version > 1)
        line(p, RESULT_FILL(&p->words, "print.list.version", {"version", number(p, release->version)}, {"before", number(p, release->version - 1)},
                            {"cause", release->cause}),
             PDF_ITALIC, (struct pdf_look){.align = PDF_CENTRE, .after = 2});
    char *basis = arena_strdup(p->arena, release->pack_basis ? release->pack_basis : "");
    for (char *at = basis; at && *at;) {
        char *end = strstr(at, "; ");
        if (end)
            *end = '\0';
        line(p, RESULT_FILL(&p->words, "print.list.basis", {"basis", at}), PDF_ITALIC, (struct pdf_look){.indent = 28});
        at = end ? end + 2 : NULL;
    }
    line(p, result_word(&p->words, "print.list.intro"), 0, (struct pdf_look){.before = 6, .after = 4});
    if (p->range != ALL)
        line(p, RESULT_FILL(&p->words, "print.list.cut", {"shown", number(p, (int64_t)rows_of(p->paper->list, p->range))},
                            {"all", number(p, (int64_t)p->paper->list->row_count)}),
             PDF_BOLD, (struct pdf_look){.after = 4});
}

static struct pdf_cell cell(struct printing *p, const char *words, enum pdf_align align) {
    return (struct pdf_cell){.text = words && *words ? pdf_words(p->pdf, words, 0) : NULL, .align = align};
}

static void put_row(struct printing *p, const struct result_row *row, int64_t place, struct pdf_cell *cells) {
    bool passed = row->rank > 0, open = passed && !row->withheld;
    cells[0] = cell(p, number(p, place), PDF_RIGHT);
    cells[1] = cell(p, row->roll_number, PDF_LEFT);
    cells[2] = cell(p, open ? result_mark(&p->words, row->raw) : "", PDF_RIGHT);
    cells[3] = cell(p, open ? result_mark(&p->words, row->priority) : "", PDF_RIGHT);
    cells[4] = cell(p, passed ? result_mark(&p->words, row->total) : "", PDF_RIGHT);
    cells[5] = cell(p, passed ? number(p, row->rank) : "", PDF_RIGHT);
    cells[6] = cell(p, result_word_of(&p->words, "outcome.", row->outcome), PDF_LEFT);
    cells[7] = cell(p, row->agency, PDF_LEFT);
    const char *reason = result_word_of(&p->words, "reason.", row->reason), *parts = result_parts_line(p->arena, row->parts, p->words.english ? '.' : ',');
    cells[8] = cell(p, row->parts && parts ? arena_printf(p->arena, "%s. %s", reason, parts) : reason, PDF_LEFT);
}

static const char *total_of(struct printing *p, const struct result_post *post) {
    int64_t passed = 0, selected = 0;
    for (size_t i = 0; i < post->row_count; i++) {
        const struct result_row *row = &p->paper->list->rows[post->first_row + i];
        passed += row->rank > 0;
        selected += strcmp(row->outcome, "selected") == 0;
    }
    return RESULT_FILL(&p->words, "print.list.total", {"all", number(p, (int64_t)post->row_count)}, {"passed", number(p, passed)},
                       {"selected", number(p, selected)}, {"quota", number(p, post->quota)});
}

static void put_table(struct printing *p, const struct result_post *post) {
    size_t rows = 0;
    struct pdf_cell *cells = ARENA_ARRAY(p->arena, (post->row_count + 2) * COLUMNS, struct pdf_cell);
    size_t *counts = ARENA_ARRAY(p->arena, post->row_count + 2, size_t);
    if (!cells || !counts)
        return;
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct pdf_cell){.text = pdf_words(p->pdf, result_word(&p->words, HEADS[i]), PDF_BOLD), .head = true, .align = PDF_CENTRE};
    counts[rows++] = COLUMNS;
    for (size_t i = 0; i < post->row_count; i++) {
        const struct result_row *row = &p->paper->list->rows[post->first_row + i];
        if (!within(p->range, row))
            continue;
        put_row(p, row, (int64_t)rows, &cells[rows * COLUMNS]);
        counts[rows++] = COLUMNS;
    }
    cells[rows * COLUMNS] = (struct pdf_cell){.text = pdf_words(p->pdf, total_of(p, post), PDF_BOLD), .across = COLUMNS};
    counts[rows++] = 1;
    pdf_table(p->pdf, &(struct pdf_table){.cells = cells, .row_cells = counts, .rows = rows, .columns = COLUMNS, .head_rows = 1,
                                          .shares = SHARES, .size = 9});
}

static void put_post(struct printing *p, const struct result_post *post) {
    struct buf seats;
    buf_init(&seats, 1 << 16);
    pdf_open(p->pdf, PDF_KEPT);
    for (size_t i = 0; i < post->seat_count; i++)
        buf_addf(&seats, "%s%s: %lld", i ? "; " : "", post->seats[i].name, (long long)post->seats[i].quota);
    line(p, RESULT_FILL(&p->words, "print.list.post", {"code", post->code}, {"title", post->title}), PDF_BOLD,
         (struct pdf_look){.role = PDF_H2, .before = 8, .keep_next = true});
    line(p, RESULT_FILL(&p->words, "print.list.seats", {"quota", number(p, post->quota)}, {"seats", seats.failed || !seats.data ? "" : seats.data}), 0,
         (struct pdf_look){.after = 3, .keep_next = true});
    buf_release(&seats);
    put_table(p, post);
    pdf_close(p->pdf);
}

/* The head's orders, as the public list has them. */
static void put_ties(struct printing *p) {
    const struct json *ties = NULL;
    const char *text = p->paper->release->ties;
    if (!text || json_read(p->arena, text, strlen(text), &ties, NULL) != ERR_NONE || json_count(ties) == 0)
        return;
    line(p, result_word(&p->words, "print.list.ties"), PDF_BOLD, (struct pdf_look){.role = PDF_H2, .before = 8, .keep_next = true});
    for (size_t i = 0; i < json_count(ties); i++) {
        const struct json *tie = json_at(ties, i), *rolls = json_get(tie, "roll_numbers");
        struct buf order;
        buf_init(&order, 1 << 16);
        for (size_t k = 0; k < json_count(rolls); k++)
            buf_addf(&order, "%s%s", k ? ", " : "", json_text(json_at(rolls, k)));
        line(p, RESULT_FILL(&p->words, "print.list.tie", {"post", json_text(json_get(tie, "post"))},
                            {"rolls", order.failed || !order.data ? "" : order.data}, {"reason", json_text(json_get(tie, "reason"))}),
             0, (struct pdf_look){.after = 2});
        buf_release(&order);
    }
}

static void put_end(struct printing *p) {
    const struct result_release *release = p->paper->release;
    line(p, RESULT_FILL(&p->words, "print.list.whole", {"all", number(p, release->candidates)}, {"selected", number(p, release->selected)},
                        {"posts", number(p, (int64_t)p->paper->list->post_count)}),
         PDF_BOLD, (struct pdf_look){.before = 8, .after = 6});
    pdf_open(p->pdf, PDF_KEPT);
    pdf_canvas(p->pdf, 124, draw_signatures, p, NULL);
    pdf_canvas(p->pdf, 90, draw_check, p, NULL);
    pdf_close(p->pdf);
}

static enum err open_document(struct printing *p) {
    const struct result_release *release = p->paper->release;
    char made[25];
    text_format_time(p->paper->made_us, made);
    (void)snprintf(made + 19, sizeof made - 19, "Z"); /* whole seconds */
    return pdf_new(&(struct pdf_setup){.title = RESULT_FILL(&p->words, "print.list.name", {"cycle", p->title}),
                                       .author = p->authority,
                                       .subject = release->cycle_code,
                                       .lang = p->paper->lang,
                                       .made_at = made,
                                       .head_left = release->cycle_code,
                                       .head_right = release->verify_code,
                                       .foot_left = release->demonstration ? result_word(&p->words, "print.demonstration") : NULL,
                                       .head_middle = "{page}",
                                       .foot_right = result_word(&p->words, "print.page"),
                                       .foot_middle = release->published_us ? NULL : result_word(&p->words, "print.draft"),
                                       .watermark = release->published_us ? NULL : result_word(&p->words, "print.draft"),
                                       .size = 11},
                   &p->pdf);
}

enum err result_paper_print(struct arena *arena, const struct result_paper *paper, struct buf *out) {
    struct printing *p = ARENA_NEW(arena, struct printing);
    if (!p)
        return ERR_MEMORY;
    *p = (struct printing){.paper = paper, .arena = arena};
    while (p->range < RANGE_COUNT && rows_of(paper->list, p->range) > RESULT_PAPER_ROWS_MAX)
        p->range++;
    if (p->range == RANGE_COUNT)
        return ERR_LIMIT;
    enum err err = result_words_load(arena, paper->lang, &p->words);
    if (err != ERR_NONE)
        return err;
    p->authority = p->words.english ? paper->release->authority_en : paper->release->authority_vi;
    p->title = p->words.english ? paper->release->title_en : paper->release->title_vi;
    p->url = arena_printf(arena, "%s/verify/%s", paper->public_url, paper->release->verify_code);
    if (!p->url || (err = open_document(p)) != ERR_NONE)
        return p->url ? err : ERR_MEMORY;
    pdf_canvas(p->pdf, RESULT_HEAD_HEIGHT, draw_head, p, NULL);
    put_title(p);
    for (size_t i = 0; i < paper->list->post_count; i++)
        put_post(p, &paper->list->posts[i]);
    put_ties(p);
    put_end(p);
    err = arena->failed ? ERR_MEMORY : pdf_finish(p->pdf, out, NULL);
    pdf_free(p->pdf);
    return err;
}
