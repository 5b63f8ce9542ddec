#include "khoacu/appeal/appeal.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/pdf.h"
#include "khoacu/json/json.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define LETTER_WORDS(X)                                                                                                \
    X(TITLE, "TRẢ LỜI ĐƠN PHÚC KHẢO", "ANSWER TO AN APPEAL")                                                          \
    X(TO, "Kính gửi thí sinh", "To the candidate")                                                                     \
    X(ROLL, "Số báo danh", "Roll number")                                                                              \
    X(CYCLE, "Kỳ thi", "Examination")                                                                                  \
    X(NUMBER, "Số đơn phúc khảo", "Number of the appeal")                                                              \
    X(LODGED, "Ngày nhận đơn", "Lodged on")                                                                            \
    X(PART, "Phần thi được phúc khảo", "Part appealed")                                                                \
    X(WORDS, "Lý do thí sinh nêu", "Your reason")                                                                      \
    X(BEFORE, "Điểm trước phúc khảo", "Mark before")                                                                   \
    X(AFTER, "Điểm sau phúc khảo", "Mark after")                                                                       \
    X(RESULT, "Kết luận", "Outcome")                                                                                   \
    X(CHANGED, "Điểm thay đổi. Danh sách kết quả được lập lại và công bố thành phiên bản mới.", "The mark changes. The list is computed again and published as a new version.") \
    X(UNCHANGED, "Giữ nguyên điểm đã công bố.", "The published mark stands.")                                          \
    X(REFUSED, "Đơn không được nhận để chấm phúc khảo.", "The appeal was not accepted for re-marking.")                \
    X(REASON, "Lý do", "Reason")                                                                                       \
    X(HOW, "Cách tính", "How it was settled")                                                                          \
    X(BASIS, "Căn cứ", "By")                                                                                           \
    X(SIGNED, "Người duyệt", "Approved by")

enum word {
#define X(name, vi, en) WORD_##name,
    LETTER_WORDS(X)
#undef X
        WORD_COUNT
};
static const char *const WORDS[WORD_COUNT][2] = {
#define X(name, vi, en) {vi, en},
    LETTER_WORDS(X)
#undef X
};

struct letter {
    struct arena *arena;
    struct pdf *pdf;
    const struct appeal_place *place;
    const struct json *appeal;
    int lang; /* 0: vi, 1: en */
};

static const char *member(const struct json *object, const char *key) {
    const char *text = json_text(json_get(object, key));
    return text ? text : "";
}

static void fact(const struct letter *l, enum word word, const char *value) {
    if (!value || !*value)
        return;
    struct pdf_text *text = pdf_text(l->pdf);
    pdf_text_add(text, WORDS[word][l->lang], PDF_BOLD);
    pdf_text_add(text, ": ", PDF_BOLD);
    pdf_text_add(text, value, 0);
    pdf_paragraph(l->pdf, text, &(struct pdf_look){.align = PDF_LEFT, .after = 3});
}

/* "2026-11-29T…" as people write a day. */
static const char *day(const struct letter *l, const char *time) {
    return strlen(time) < 10 ? "" : arena_printf(l->arena, "%.2s/%.2s/%.4s", time + 8, time + 5, time);
}

static const char *mark(const struct letter *l, const char *value) {
    char *text = arena_strdup(l->arena, value);
    for (char *p = text; p && *p && l->lang == 0; p++)
        if (*p == '.')
            *p = ',';
    return text;
}

static const char *const LANGS[] = {"vi", "en"};

/* The article before its document, where the pack names one. */
static const char *law(const struct letter *l) {
    const char *article = member(json_get(l->appeal, "article"), LANGS[l->lang]), *basis = member(l->appeal, "basis");
    return *article ? arena_printf(l->arena, "%s, %s", article, basis) : basis;
}

static void write_one(const struct letter *l) {
    static const char *const TITLES[] = {"title_vi", "title_en"};
    const struct json *a = l->appeal, *proposal = json_get(a, "proposal"), *decision = json_get(a, "decision");
    bool decided = strcmp(member(a, "state"), "decided") == 0;
    pdf_paragraph(l->pdf, pdf_words(l->pdf, l->place->authority[l->lang], PDF_BOLD), &(struct pdf_look){.align = PDF_CENTRE, .after = 8});
    pdf_paragraph(l->pdf, pdf_words(l->pdf, WORDS[WORD_TITLE][l->lang], PDF_BOLD),
                  &(struct pdf_look){.role = PDF_H1, .align = PDF_CENTRE, .size = 15, .after = 10, .keep_next = true});
    fact(l, WORD_TO, l->place->full_name);
    fact(l, WORD_ROLL, l->place->roll_number);
    fact(l, WORD_CYCLE, l->place->title[l->lang]);
    fact(l, WORD_NUMBER, member(a, "number"));
    fact(l, WORD_LODGED, day(l, member(a, "lodged_at")));
    fact(l, WORD_PART, member(a, TITLES[l->lang]));
    fact(l, WORD_WORDS, member(a, "reason"));
    if (decided) {
        fact(l, WORD_BEFORE, mark(l, member(a, "before")));
        fact(l, WORD_AFTER, mark(l, member(a, "after")));
        fact(l, WORD_RESULT, WORDS[strcmp(member(a, "verdict"), "changed") == 0 ? WORD_CHANGED : WORD_UNCHANGED][l->lang]);
        fact(l, WORD_REASON, member(a, "explanation"));
        for (size_t i = 0; i < json_count(json_get(proposal, "derivations")); i++)
            fact(l, WORD_HOW, member(json_at(json_get(proposal, "derivations"), i), LANGS[l->lang]));
    } else {
        fact(l, WORD_RESULT, WORDS[WORD_REFUSED][l->lang]);
        fact(l, WORD_REASON, member(a, "answer"));
    }
    fact(l, WORD_BASIS, law(l));
    if (decided)
        fact(l, WORD_SIGNED, arena_printf(l->arena, "%s; %s, %s", member(proposal, "by"), member(decision, "by"), day(l, member(decision, "at"))));
}

enum err appeal_letter_print(struct arena *arena, const struct appeal_place *place, struct buf *out, bool *ret_written) {
    struct letter l = {.arena = arena, .place = place};
    char made_at[25];
    enum err err = json_read(arena, place->json, strlen(place->json), &l.appeal, NULL);
    if (err != ERR_NONE)
        return err;
    const char *state = member(l.appeal, "state");
    *ret_written = strcmp(state, "decided") == 0 || strcmp(state, "refused") == 0;
    if (!*ret_written)
        return ERR_NONE;
    text_format_time(clock_now_us(), made_at);
    err = pdf_new(&(struct pdf_setup){.title = WORDS[WORD_TITLE][0],
                                      .author = place->authority[0],
                                      .lang = "vi",
                                      .made_at = made_at,
                                      .foot_left = member(l.appeal, "number"),
                                      .foot_right = "{page}/{pages}"},
                  &l.pdf);
    if (err != ERR_NONE)
        return err;
    write_one(&l);
    pdf_new_page(l.pdf);
    l.lang = 1;
    write_one(&l);
    err = pdf_finish(l.pdf, out, NULL);
    pdf_free(l.pdf);
    return err;
}
