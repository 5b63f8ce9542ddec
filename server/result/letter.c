#include "result_db.h"
#include "print_head.h"
#include "words.h"

#include "khoacu/doc/pdf.h"
#include "khoacu/result/letter.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define MAIL_MAX ((size_t)1 << 20)

/* ---- what is read ---- */

enum err result_terms_read(struct db *db, struct arena *arena, int64_t run_id, int64_t candidate_id, struct result_terms *ret_terms) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_RELEASE_TERMS, DB_PARAMS(P_INT(run_id), P_INT(candidate_id)), &row);
    if (err == ERR_NONE)
        *ret_terms = (struct result_terms){.published = db_text(row, 0), .first_published = db_text(row, 1), .appeal = db_text(row, 2),
                                           .file = db_text(row, 3), .decision = db_text(row, 4), .report = db_text(row, 5),
                                           .reserve = db_text(row, 6), .notice_days = db_int(row, 7), .basis = db_text(row, 8)};
    return err;
}

static enum err take_letter(void *ctx, const struct db_row *row) {
    struct result_letters *list = ctx;
    list->letters[list->count++] = (struct result_letter){.candidate_id = db_int(row, 0), .roll_number = db_text(row, 1), .full_name = db_text(row, 2),
                                                          .post = db_text(row, 3), .post_title = db_text(row, 4), .outcome = db_text(row, 5),
                                                          .agency = db_text(row, 6), .reason = db_text(row, 7), .derivation = db_text(row, 8),
                                                          .email = db_text(row, 9)};
    return ERR_NONE;
}

enum err result_letters_read(struct db *db, struct arena *arena, int64_t run_id, const struct result_letter_filter *filter,
                             struct result_letters *ret_letters) {
    if (filter->limit < 1 || filter->limit > RESULT_LETTERS_MAX)
        return ERR_RANGE;
    struct result_letters list = {.letters = ARENA_ARRAY(arena, filter->limit, struct result_letter)};
    if (!list.letters)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_RELEASE_LETTERS,
                           DB_PARAMS(P_INT(run_id), filter->post ? P_TEXT(filter->post) : P_NULL,
                                     filter->roll_number ? P_TEXT(filter->roll_number) : P_NULL,
                                     filter->candidate_id ? P_INT(filter->candidate_id) : P_NULL, P_INT((int64_t)filter->after),
                                     P_INT((int64_t)filter->limit), P_BOOL(filter->unreached)),
                           filter->limit, take_letter, &list);
    if (err == ERR_NONE)
        *ret_letters = list;
    return err;
}

/* ---- what is said ---- */

struct said {
    const char *title, *to, *sentence, *next, *appeal, *close;
    const struct json *steps;
};

/* "2026-12-14" as the language writes it. */
static const char *day(const struct result_words *words, const char *date) {
    int y = 0, m = 0, d = 0;
    if (!date || sscanf(date, "%d-%d-%d", &y, &m, &d) != 3)
        return "";
    const char *text = arena_printf(words->arena, "%02d/%02d/%d", d, m, y);
    return text ? text : "";
}

static int64_t reserve_place(const struct json *steps) {
    int64_t place = 0;
    for (size_t i = 0; i < json_count(steps); i++) {
        const char *step = json_text(json_get(json_at(steps, i), "step"));
        if (step && strcmp(step, "reserve") == 0)
            (void)json_int(json_get(json_at(steps, i), "place"), &place);
    }
    return place;
}

/* The last gate that was failed, as the derivation says it. */
static const char *failed_gate(const struct result_words *words, const struct json *steps) {
    const char *line = "", *figure = "", *found = "";
    for (size_t i = 0; i < json_count(steps); i++) {
        const char *step = json_text(json_get(json_at(steps, i), "step")), *verdict = json_text(json_get(json_at(steps, i), "verdict"));
        if (!step || !verdict || strcmp(verdict, "failed") != 0)
            continue;
        result_step_words(words, json_at(steps, i), &line, &figure);
        found = arena_printf(words->arena, "%s%s%s", line, *figure ? ": " : "", figure);
    }
    return found ? found : "";
}

static void compose(const struct result_words *words, const struct result_letters_paper *paper, const struct result_letter *letter, struct said *said) {
    const struct result_terms *terms = paper->terms;
    *said = (struct said){.title = result_word(words, "letter.title"), .next = "", .close = result_word(words, "letter.close")};
    if (json_read(words->arena, letter->derivation, strlen(letter->derivation), &said->steps, NULL) != ERR_NONE)
        said->steps = NULL;
    int64_t reserve = reserve_place(said->steps);
    const char *outcome = reserve > 0 && strcmp(letter->outcome, "not_selected") == 0 ? "reserve" : letter->outcome;
    const char *key = arena_printf(words->arena, "letter.say.%s", outcome), *place = arena_printf(words->arena, "%lld", (long long)reserve);
    if (!key || strcmp(result_word(words, key), key) == 0)
        key = "letter.say.other";
    said->to = paper->unnamed ? RESULT_FILL(words, "letter.to_number", {"roll", letter->roll_number})
                              : RESULT_FILL(words, "letter.to", {"name", letter->full_name}, {"roll", letter->roll_number});
    said->sentence = RESULT_FILL(words, key, {"post", letter->post_title}, {"code", letter->post}, {"agency", letter->agency}, {"place", place},
                                 {"outcome", result_word_of(words, "outcome.", letter->outcome)}, {"gate", failed_gate(words, said->steps)},
                                 {"until", day(words, terms->reserve)});
    if (strcmp(outcome, "selected") == 0 && terms->file)
        said->next = RESULT_FILL(words, "letter.next.selected", {"file", day(words, terms->file)}, {"decision", day(words, terms->decision)},
                                 {"report", day(words, terms->report)});
    else if (strcmp(outcome, "reserve") == 0 && terms->reserve)
        said->next = RESULT_FILL(words, "letter.next.reserve", {"until", day(words, terms->reserve)});
    said->appeal = terms->appeal ? RESULT_FILL(words, "letter.appeal", {"until", day(words, terms->appeal)}) : result_word(words, "letter.appeal_open");
}

/* ---- on paper ---- */

struct heading {
    const struct result_letters_paper *paper;
    struct result_words *words;
    struct pdf *pdf;
    const char *url;
};

static double centred(struct pdf_canvas *canvas, double x, double y, double width, double size, const char *words, unsigned style) {
    return y + pdf_draw_text(canvas, x, y, width, PDF_CENTRE, size, words, style);
}

static void draw_head(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    const struct heading *h = ctx;
    const struct result_release *release = h->paper->release;
    (void)page, (void)pages;
    result_draw_head(h->pdf, canvas, width, h->words,
                     &(struct result_paper_head){.authority = h->words->english ? release->authority_en : release->authority_vi, .at_us = release->published_us});
}

static void draw_check(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    const struct heading *h = ctx;
    (void)page, (void)pages;
    pdf_draw_qr(canvas, 0, 0, 72, h->url);
    (void)pdf_draw_text(canvas, 82, 18, width * 0.5 - 82, PDF_LEFT, 9, RESULT_FILL(h->words, "print.verify", {"url", h->url}), 0);
    double y = centred(canvas, width * 0.5, 4, width * 0.5, 11, result_word(h->words, "print.sign.right"), PDF_BOLD);
    (void)centred(canvas, width * 0.5, y, width * 0.5, 10, result_word(h->words, "print.sign.how_right"), PDF_ITALIC);
}

static void put(struct pdf *pdf, const char *words, unsigned style, struct pdf_look look) {
    if (*words)
        pdf_paragraph(pdf, pdf_words(pdf, words, style), &look);
}

static void put_steps(struct pdf *pdf, const struct result_words *words, const struct json *steps) {
    static const double SHARES[2] = {350, 150};
    size_t count = json_count(steps);
    struct pdf_cell *cells = ARENA_ARRAY(words->arena, 2 * count + 2, struct pdf_cell);
    size_t *counts = ARENA_ARRAY(words->arena, count + 1, size_t);
    if (!cells || !counts || count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        const char *line = "", *figure = "";
        result_step_words(words, json_at(steps, i), &line, &figure);
        cells[2 * i] = (struct pdf_cell){.text = pdf_words(pdf, line, 0)};
        cells[2 * i + 1] = (struct pdf_cell){.text = *figure ? pdf_words(pdf, figure, 0) : NULL, .align = PDF_RIGHT};
        counts[i] = 2;
    }
    pdf_table(pdf, &(struct pdf_table){.cells = cells, .row_cells = counts, .rows = count, .columns = 2, .shares = SHARES, .size = 9.5});
}

static void put_letter(struct heading *h, const struct result_letter *letter) {
    const struct result_release *release = h->paper->release;
    struct said said;
    compose(h->words, h->paper, letter, &said);
    pdf_canvas(h->pdf, RESULT_HEAD_HEIGHT, draw_head, h, NULL);
    put(h->pdf, said.title, PDF_BOLD, (struct pdf_look){.role = PDF_H1, .align = PDF_CENTRE, .size = 14, .before = 6});
    put(h->pdf, h->words->english ? release->title_en : release->title_vi, PDF_BOLD, (struct pdf_look){.align = PDF_CENTRE, .after = 8});
    put(h->pdf, said.to, PDF_BOLD, (struct pdf_look){.after = 5});
    put(h->pdf, said.sentence, 0, (struct pdf_look){.after = 5, .align = PDF_JUSTIFY});
    put(h->pdf, said.next, 0, (struct pdf_look){.after = 5, .align = PDF_JUSTIFY});
    put(h->pdf, result_word(h->words, "letter.steps"), PDF_BOLD, (struct pdf_look){.role = PDF_H2, .before = 4, .after = 3, .keep_next = true});
    put_steps(h->pdf, h->words, said.steps);
    put(h->pdf, said.appeal, 0, (struct pdf_look){.before = 6, .after = 5, .align = PDF_JUSTIFY});
    put(h->pdf, said.close, 0, (struct pdf_look){.after = 6});
    pdf_canvas(h->pdf, 76, draw_check, h, NULL);
}

enum err result_letters_print(struct arena *arena, const struct result_letters_paper *paper, struct buf *out) {
    struct result_words *words = ARENA_NEW(arena, struct result_words);
    struct heading *h = ARENA_NEW(arena, struct heading);
    char made[25];
    if (!words || !h)
        return ERR_MEMORY;
    enum err err = result_words_load(arena, paper->lang, words);
    if (err != ERR_NONE)
        return err;
    *h = (struct heading){.paper = paper, .words = words, .url = arena_printf(arena, "%s/verify/%s", paper->public_url, paper->release->verify_code)};
    text_format_time(paper->release->published_us, made);
    (void)snprintf(made + 19, sizeof made - 19, "Z"); /* whole seconds */
    err = pdf_new(&(struct pdf_setup){.title = result_word(words, "letter.title"), .author = words->english ? paper->release->authority_en : paper->release->authority_vi,
                                      .subject = paper->release->cycle_code, .lang = paper->lang, .made_at = made,
                                      .foot_left = paper->release->demonstration ? result_word(words, "print.demonstration") : NULL, .size = 11},
                  &h->pdf);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < paper->count; i++) {
        if (i > 0)
            pdf_new_page(h->pdf);
        put_letter(h, &paper->letters[i]);
    }
    err = arena->failed || !h->url ? ERR_MEMORY : pdf_finish(h->pdf, out, NULL);
    pdf_free(h->pdf);
    return err;
}

/* ---- by mail ---- */

static enum err put_mail(struct arena *arena, const struct result_letters_paper *paper, const struct result_letter *letter, const char *lang,
                         struct buf *out, const char **ret_subject) {
    struct result_words words;
    struct said said;
    enum err err = result_words_load(arena, lang, &words);
    if (err != ERR_NONE)
        return err;
    const struct result_release *release = paper->release;
    compose(&words, paper, letter, &said);
    buf_addf(out, "%s\n%s\n\n%s\n\n%s\n\n", words.english ? release->authority_en : release->authority_vi, words.english ? release->title_en : release->title_vi,
             said.to, said.sentence);
    if (*said.next)
        buf_addf(out, "%s\n\n", said.next);
    buf_addf(out, "%s\n", result_word(&words, "letter.steps"));
    for (size_t i = 0; i < json_count(said.steps); i++) {
        const char *line = "", *figure = "";
        result_step_words(&words, json_at(said.steps, i), &line, &figure);
        buf_addf(out, "- %s%s%s\n", line, *figure ? ": " : "", figure);
    }
    buf_addf(out, "\n%s\n\n%s\n%s/verify/%s\n", said.appeal, said.close, paper->public_url, release->verify_code);
    *ret_subject = RESULT_FILL(&words, "letter.subject", {"roll", letter->roll_number}, {"cycle", words.english ? release->title_en : release->title_vi});
    return arena->failed ? ERR_MEMORY : ERR_NONE;
}

enum err result_letter_mail(struct arena *arena, const struct result_letters_paper *paper, const struct result_letter *letter,
                            const char **ret_subject, const char **ret_text) {
    struct buf out CLEANUP(buf_release);
    const char *ignored = NULL;
    buf_init(&out, MAIL_MAX);
    enum err err = put_mail(arena, paper, letter, "vi", &out, ret_subject);
    buf_adds(&out, "\n----------\n\n");
    if (err == ERR_NONE)
        err = put_mail(arena, paper, letter, "en", &out, &ignored);
    if (err != ERR_NONE)
        return err;
    *ret_text = out.failed ? NULL : arena_strndup(arena, out.data, out.len);
    return *ret_text ? ERR_NONE : ERR_MEMORY;
}
