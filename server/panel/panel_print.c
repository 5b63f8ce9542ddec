#include "panel_private.h"
#include "panel_words.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/pdf.h"
#include "khoacu/json/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define ZONE_US ((int64_t)7 * 3600 * 1000000) /* Indochina time */
#define QR_SIZE 76.0

enum word {
#define X(name, vi, en) WORD_##name,
    PANEL_WORDS(X)
#undef X
        WORD_COUNT
};
static const struct {
    const char *name, *in[2];
} WORDS[WORD_COUNT] = {
#define X(name, vi, en) {#name, {vi, en}},
    PANEL_WORDS(X)
#undef X
};

struct sheet {
    struct arena *arena;
    struct pdf *pdf;
    bool english;
    const struct json *minutes; /* as they were fixed */
    const struct json *now;     /* with the signatures */
};

static const char *member(const struct json *object, const char *key) {
    const char *text = json_text(json_get(object, key));
    return text ? text : "";
}

static const char *word(const struct sheet *s, enum word word) {
    return WORDS[word].in[s->english];
}

/* The word of a key as "PHASE_called". */
static const char *word_of(const struct sheet *s, const char *group, const char *key) {
    char name[40];
    (void)snprintf(name, sizeof name, "%s_%s", group, key);
    for (int i = 0; i < WORD_COUNT; i++)
        if (strcmp(WORDS[i].name, name) == 0)
            return WORDS[i].in[s->english];
    return key;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const char *words(const struct sheet *s, enum word which, ...) {
    char line[9000];
    va_list arguments;
    va_start(arguments, which);
    (void)vsnprintf(line, sizeof line, word(s, which), arguments);
    va_end(arguments);
    const char *text = arena_strdup(s->arena, line);
    return text ? text : "";
}
#pragma GCC diagnostic pop

/* "16:22:28 29/11/2026" */
static const char *local_time(const struct sheet *s, const char *text) {
    char at[25];
    int64_t us = 0;
    if (!text || !text_parse_time(text, &us))
        return "";
    text_format_time(us + ZONE_US, at);
    const char *out = arena_printf(s->arena, "%.8s %.2s/%.2s/%.4s", at + 11, at + 8, at + 5, at);
    return out ? out : "";
}

static const char *localised(const struct sheet *s, const char *number) {
    char *text = arena_strdup(s->arena, number);
    for (char *p = text; p && *p && !s->english; p++)
        if (*p == '.')
            *p = ',';
    return text ? text : "";
}

static void heading(const struct sheet *s, const char *text) {
    pdf_paragraph(s->pdf, pdf_words(s->pdf, text, PDF_BOLD), &(struct pdf_look){.role = PDF_H2, .before = 8, .after = 3, .keep_next = true});
}

static void line(const struct sheet *s, const char *text) {
    pdf_paragraph(s->pdf, pdf_words(s->pdf, text, 0), &(struct pdf_look){.align = PDF_LEFT, .after = 2});
}

/* ---- tables ---- */

struct grid {
    const struct sheet *s;
    struct pdf_cell *cells;
    size_t *row_cells;
    size_t rows, columns, used;
};

static bool grid_open(struct grid *g, const struct sheet *s, size_t rows, size_t columns) {
    *g = (struct grid){.s = s, .rows = rows, .columns = columns};
    g->cells = ARENA_ARRAY(s->arena, rows * columns, struct pdf_cell);
    g->row_cells = ARENA_ARRAY(s->arena, rows, size_t);
    for (size_t i = 0; g->row_cells && i < rows; i++)
        g->row_cells[i] = columns;
    return g->cells && g->row_cells;
}

static void put(struct grid *g, const char *text, enum pdf_align align) {
    bool head = g->used < g->columns;
    g->cells[g->used++] = (struct pdf_cell){.text = pdf_words(g->s->pdf, text, head ? PDF_BOLD : 0), .head = head, .align = align};
}

static void grid_close(const struct grid *g, const double *shares) {
    pdf_table(g->s->pdf, &(struct pdf_table){.cells = g->cells, .row_cells = g->row_cells, .rows = g->rows, .columns = g->columns, .head_rows = 1,
                                             .shares = shares, .size = g->columns > 8 ? 8.5 : 10});
}

/* How much of a committee sits, where the pack asks for it. */
static void put_committee(const struct sheet *s) {
    const struct json *committee = json_get(s->minutes, "committee");
    int64_t size = 0, sit = 0;
    if (json_int(json_get(committee, "size"), &size) && json_int(json_get(committee, "sit"), &sit))
        line(s, words(s, WORD_COMMITTEE, member(committee, s->english ? "title_en" : "title_vi"), (long long)sit, (long long)size));
}

/* The office of a member as it is named on paper. */
static const char *office_of(const struct sheet *s, const struct json *one) {
    bool substitute = false;
    (void)json_bool(json_get(one, "substitute"), &substitute);
    return word_of(s, "OFFICE", substitute ? "substitute" : member(one, "office"));
}

static void put_people(const struct sheet *s) {
    static const double shares[] = {4, 5, 2};
    const struct json *people = json_get(s->minutes, "members");
    struct grid g;
    heading(s, word(s, WORD_PEOPLE));
    if (!grid_open(&g, s, 1 + json_count(people), 3))
        return;
    put(&g, word(s, WORD_NAME), PDF_LEFT);
    put(&g, word(s, WORD_UNIT), PDF_LEFT);
    put(&g, word(s, WORD_OFFICE), PDF_LEFT);
    for (size_t i = 0; i < json_count(people); i++) {
        const struct json *one = json_at(people, i);
        put(&g, member(one, "full_name"), PDF_LEFT);
        put(&g, member(one, "unit"), PDF_LEFT);
        put(&g, office_of(s, one), PDF_LEFT);
    }
    grid_close(&g, shares);
    put_committee(s);
}

static void put_criteria(const struct sheet *s) {
    static const double shares[] = {1, 8, 2, 2};
    const struct json *criteria = json_get(s->minutes, "criteria");
    struct grid g;
    heading(s, word(s, WORD_CRITERIA));
    if (!grid_open(&g, s, 1 + json_count(criteria), 4))
        return;
    put(&g, word(s, WORD_PLACE), PDF_RIGHT);
    put(&g, word(s, WORD_CRITERION), PDF_LEFT);
    put(&g, word(s, WORD_MAX), PDF_RIGHT);
    put(&g, word(s, WORD_STEP), PDF_RIGHT);
    for (size_t i = 0; i < json_count(criteria); i++) {
        const struct json *one = json_at(criteria, i);
        const char *number = arena_printf(s->arena, "%zu", i + 1);
        put(&g, number ? number : "", PDF_RIGHT);
        put(&g, member(one, "title"), PDF_LEFT);
        put(&g, localised(s, member(one, "mark_max")), PDF_RIGHT);
        put(&g, localised(s, member(one, "mark_step")), PDF_RIGHT);
    }
    grid_close(&g, shares);
}

static void put_marks(const struct sheet *s, const struct json *hearing) {
    const struct json *markers = json_get(hearing, "markers");
    size_t criteria = json_count(json_get(s->minutes, "criteria"));
    double shares[PANEL_CRITERIA_MAX + 2] = {5};
    struct grid g;
    if (criteria > PANEL_CRITERIA_MAX || !grid_open(&g, s, 1 + json_count(markers), criteria + 2))
        return;
    put(&g, word(s, WORD_MEMBER), PDF_LEFT);
    for (size_t i = 0; i < criteria; i++) {
        const char *number = arena_printf(s->arena, "%zu", i + 1);
        put(&g, number ? number : "", PDF_RIGHT);
        shares[i + 1] = 1.3;
    }
    put(&g, word(s, WORD_TOTAL), PDF_RIGHT);
    shares[criteria + 1] = 1.6;
    for (size_t i = 0; i < json_count(markers); i++) {
        const struct json *one = json_at(markers, i), *marks = json_get(one, "marks");
        put(&g, member(one, "full_name"), PDF_LEFT);
        for (size_t k = 0; k < criteria; k++) {
            const char *mark = json_text(json_at(marks, k));
            put(&g, localised(s, mark ? mark : ""), PDF_RIGHT);
        }
        put(&g, localised(s, member(one, "total")), PDF_RIGHT);
    }
    grid_close(&g, shares);
}

/* ---- one hearing ---- */

static void put_phases(const struct sheet *s, const struct json *phases) {
    for (size_t i = 0; i < json_count(phases); i++) {
        const struct json *phase = json_at(phases, i);
        const char *reason = json_text(json_get(phase, "reason"));
        int64_t over = 0;
        const char *text = words(s, WORD_PHASE, word_of(s, "PHASE", member(phase, "phase")), local_time(s, member(phase, "began_at")));
        if (json_int(json_get(phase, "over_s"), &over) && over > 0)
            text = arena_printf(s->arena, "%s%s", text, words(s, WORD_OVER, (long long)over));
        if (text && reason)
            text = arena_printf(s->arena, "%s%s", text, words(s, WORD_REASON, reason));
        line(s, text ? text : "");
    }
}

static void put_exceptions(const struct sheet *s, const struct json *hearing) {
    const struct json *conflicts = json_get(hearing, "conflicts"), *absences = json_get(hearing, "absences"), *substitutes = json_get(hearing, "substitutes");
    for (size_t i = 0; i < json_count(conflicts); i++) {
        const struct json *one = json_at(conflicts, i);
        const char *reason = json_text(json_get(one, "reason"));
        line(s, words(s, WORD_CONFLICT, member(one, "full_name"), reason ? reason : word_of(s, "TIE", member(one, "why"))));
    }
    for (size_t i = 0; i < json_count(absences); i++) {
        const struct json *one = json_at(absences, i);
        if (json_text(json_get(one, "confirmed_by")))
            line(s, words(s, WORD_ABSENCE, member(one, "full_name"), member(one, "reason"), member(one, "confirmed_by")));
    }
    for (size_t i = 0; i < json_count(substitutes); i++) {
        const struct json *one = json_at(substitutes, i);
        line(s, words(s, WORD_SUBSTITUTE, member(one, "full_name"), member(one, "reason"), member(one, "appointed_by"), local_time(s, member(one, "appointed_at"))));
    }
}

static void put_decision(const struct sheet *s, const struct json *hearing) {
    const struct json *dialogue = json_get(hearing, "dialogue"), *said = json_get(hearing, "words");
    if (json_kind(dialogue) == JSON_OBJECT) {
        line(s, words(s, WORD_DIALOGUE, member(dialogue, "minutes")));
        if (json_text(json_get(dialogue, "agreed")))
            line(s, words(s, WORD_AGREED, localised(s, member(dialogue, "agreed"))));
    }
    for (size_t i = 0; i < json_count(said); i++) {
        const struct json *one = json_at(said, i);
        const char *value = json_text(json_get(one, "value"));
        line(s, words(s, WORD_WORD, word_of(s, "WORD", member(one, "office")), member(one, "full_name"),
                      value ? localised(s, value) : word(s, WORD_PASSED_UP), member(one, "reason")));
    }
    if (*member(hearing, "sentence_vi"))
        line(s, member(hearing, s->english ? "sentence_en" : "sentence_vi"));
}

static const char *result_of(const struct sheet *s, const struct json *hearing) {
    const char *value = json_text(json_get(hearing, "value"));
    return value ? localised(s, value) : word_of(s, "PHASE", member(hearing, "status"));
}

static void put_hearing(const struct sheet *s, const struct json *hearing) {
    int64_t place = 0;
    (void)json_int(json_get(hearing, "place"), &place);
    pdf_open(s->pdf, PDF_SECTION);
    pdf_paragraph(s->pdf, pdf_words(s->pdf, words(s, WORD_HEARING, (long long)place, member(hearing, "roll_number"), member(hearing, "full_name")), PDF_BOLD),
                  &(struct pdf_look){.role = PDF_H3, .before = 7, .after = 2, .keep_next = true});
    line(s, words(s, WORD_POST, member(hearing, "post")));
    put_phases(s, json_get(hearing, "phases"));
    put_exceptions(s, hearing);
    if (strcmp(member(hearing, "status"), "awarded") == 0)
        put_marks(s, hearing);
    put_decision(s, hearing);
    pdf_paragraph(s->pdf, pdf_words(s->pdf, words(s, WORD_RESULT, result_of(s, hearing)), PDF_BOLD), &(struct pdf_look){.before = 2, .after = 4});
    pdf_close(s->pdf);
}

static void put_results(const struct sheet *s) {
    static const double shares[] = {1, 2, 5, 2};
    const struct json *hearings = json_get(s->minutes, "hearings");
    struct grid g;
    heading(s, word(s, WORD_RESULTS));
    if (!grid_open(&g, s, 1 + json_count(hearings), 4))
        return;
    put(&g, word(s, WORD_PLACE), PDF_RIGHT);
    put(&g, word(s, WORD_ROLL), PDF_LEFT);
    put(&g, word(s, WORD_NAME), PDF_LEFT);
    put(&g, word(s, WORD_MARK), PDF_RIGHT);
    for (size_t i = 0; i < json_count(hearings); i++) {
        const struct json *one = json_at(hearings, i);
        const char *number = arena_printf(s->arena, "%zu", i + 1);
        put(&g, number ? number : "", PDF_RIGHT);
        put(&g, member(one, "roll_number"), PDF_LEFT);
        put(&g, member(one, "full_name"), PDF_LEFT);
        put(&g, result_of(s, one), PDF_RIGHT);
    }
    grid_close(&g, shares);
}

/* ---- signatures ---- */

static const char *signed_words(const struct sheet *s, const char *login) {
    const struct json *signatures = json_get(s->now, "signatures");
    for (size_t i = 0; i < json_count(signatures); i++) {
        const struct json *one = json_at(signatures, i);
        if (strcmp(member(one, "login_name"), login) != 0)
            continue;
        return json_text(json_get(one, "excused_by")) ? words(s, WORD_EXCUSED, member(one, "reason"), member(one, "excused_by"))
                                                      : words(s, WORD_SIGNED, local_time(s, member(one, "signed_at")));
    }
    return word(s, WORD_UNSIGNED);
}

struct place {
    const struct sheet *s;
    const struct json *people[2]; /* side by side; the second may be missing */
};

static void draw_place(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    const struct place *place = ctx;
    const struct sheet *s = place->s;
    double part = width / 2;
    (void)page, (void)pages;
    for (int i = 0; i < 2 && place->people[i]; i++) {
        const struct json *one = place->people[i];
        double x = part * i;
        pdf_draw_text(canvas, x, 0, part - 8, PDF_CENTRE, 10, office_of(s, one), PDF_BOLD);
        pdf_draw_text(canvas, x, 14, part - 8, PDF_CENTRE, 8.5, signed_words(s, member(one, "login_name")), PDF_ITALIC);
        pdf_draw_text(canvas, x, 62, part - 8, PDF_CENTRE, 10, member(one, "full_name"), 0);
    }
}

static void draw_qr(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    const struct sheet *s = ctx;
    char code[200];
    (void)page, (void)pages;
    (void)snprintf(code, sizeof code, "KHOACU:1:PANEL:%s:%s:%s", member(s->minutes, "cycle"), member(s->minutes, "code"), member(s->now, "minutes_sha256"));
    pdf_draw_qr(canvas, 0, 0, QR_SIZE, code);
    pdf_draw_text(canvas, QR_SIZE + 8, 8, width - QR_SIZE - 8, PDF_LEFT, 9, words(s, WORD_HASH, member(s->now, "minutes_sha256")), 0);
}

static void put_signatures(struct sheet *s) {
    const struct json *people = json_get(s->minutes, "members");
    heading(s, word(s, WORD_SIGNATURES));
    pdf_canvas(s->pdf, QR_SIZE + 4, draw_qr, s, NULL);
    for (size_t i = 0; i < json_count(people); i += 2) {
        struct place *place = arena_alloc(s->arena, sizeof *place);
        if (!place)
            return;
        *place = (struct place){s, {json_at(people, i), i + 1 < json_count(people) ? json_at(people, i + 1) : NULL}};
        pdf_canvas(s->pdf, 84, draw_place, place, NULL);
    }
}

/* ---- the document ---- */

static void put_head(const struct sheet *s) {
    const char *end = s->english ? "en" : "vi";
    char authority[16], title[20];
    (void)snprintf(authority, sizeof authority, "authority_%s", end);
    (void)snprintf(title, sizeof title, "cycle_title_%s", end);
    pdf_paragraph(s->pdf, pdf_words(s->pdf, member(s->minutes, authority), PDF_BOLD), &(struct pdf_look){.align = PDF_CENTRE});
    pdf_paragraph(s->pdf, pdf_words(s->pdf, member(s->minutes, title), 0), &(struct pdf_look){.align = PDF_CENTRE, .after = 6});
    pdf_paragraph(s->pdf, pdf_words(s->pdf, word(s, WORD_TITLE), PDF_BOLD),
                  &(struct pdf_look){.role = PDF_H1, .align = PDF_CENTRE, .size = 15, .before = 4, .after = 8});
    line(s, words(s, WORD_PANEL, member(s->minutes, "code")));
    line(s, word_of(s, "KIND", member(s->minutes, "kind")));
    line(s, words(s, WORD_ROOM, member(s->minutes, "room")));
}

static void put_all(struct sheet *s) {
    const struct json *hearings = json_get(s->minutes, "hearings");
    put_head(s);
    put_people(s);
    heading(s, word(s, WORD_ORDER));
    line(s, words(s, WORD_PLAN, member(s->minutes, "entropy_plan"), member(s->minutes, "commitment")));
    line(s, words(s, WORD_ENTROPY, member(s->minutes, "entropy"), member(s->minutes, "seed")));
    put_criteria(s);
    heading(s, word(s, WORD_HEARINGS));
    for (size_t i = 0; i < json_count(hearings); i++)
        put_hearing(s, json_at(hearings, i));
    put_results(s);
    put_signatures(s);
}

static enum err make(struct sheet *s, int64_t now_us, struct buf *out) {
    char made[25];
    bool demonstration = false;
    text_format_time(now_us, made);
    made[19] = 'Z'; /* whole seconds */
    made[20] = '\0';
    (void)json_bool(json_get(s->minutes, "demonstration"), &demonstration);
    const char *title = words(s, WORD_PANEL, member(s->minutes, "code"));
    struct pdf_setup setup = {.title = title, .author = member(s->minutes, "authority_vi"), .lang = s->english ? "en" : "vi", .made_at = made,
                              .foot_right = word(s, WORD_FOOT), .foot_left = demonstration ? word(s, WORD_DEMONSTRATION) : NULL, .foot_middle = title,
                              .watermark = strcmp(member(s->now, "state"), "closed") == 0 ? NULL : word(s, WORD_UNCLOSED)};
    enum err err = pdf_new(&setup, &s->pdf);
    if (err == ERR_NONE) {
        put_all(s);
        err = pdf_finish(s->pdf, out, NULL);
    }
    pdf_free(s->pdf);
    return err;
}

static enum err take_text(void *ctx, const struct db_row *row) {
    *(const char **)ctx = db_text(row, 0);
    return ERR_NONE;
}

enum err panel_print(struct db *db, struct arena *arena, int64_t panel_id, int64_t staff_id, const char *lang, int64_t now_us, struct buf *out,
                     bool *ret_found) {
    struct sheet s = {.arena = arena, .english = strcmp(lang, "en") == 0};
    const char *now = NULL, *minutes = NULL;
    enum err err = panel_sheet_read(db, arena, panel_id, staff_id, &now);
    if (err == ERR_NONE && now)
        err = db_many(db, arena, DB_PANEL_MINUTES_READ, DB_PARAMS(P_INT(panel_id)), 1, take_text, &minutes);
    *ret_found = now && minutes;
    if (err != ERR_NONE || !*ret_found)
        return err;
    err = json_read(arena, minutes, strlen(minutes), &s.minutes, NULL);
    if (err == ERR_NONE)
        err = json_read(arena, now, strlen(now), &s.now, NULL);
    return err == ERR_NONE ? make(&s, now_us, out) : err;
}
