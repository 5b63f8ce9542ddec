#include "khoacu/settle/settle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Between braces stands: {mark} what counts, {gap}, {bound} the tier's bound, {marks} the marks of all, {before}, {wanted},
 * {deduct}, {exact} the mean before it is rounded, {across} the pass line where the marks stand on both sides of it. */
#define SETTLED(X)                                                                                                      \
    X(MARKS_MISSING, "Còn thiếu {wanted} bài chấm độc lập.", "{wanted} more independent marks are needed.")              \
    X(GAP, "Điểm chấm {marks} chênh nhau {gap} ({bound}){across}.", "The marks {marks} lie {gap} apart ({bound}){across}.") \
    X(MEAN, "Điểm {mark}: trung bình cộng của {marks}, chênh lệch {gap} ({bound}){across}; trước khi làm tròn {exact}.",  \
      "Mark {mark}: the mean of {marks}, {gap} apart ({bound}){across}; {exact} before rounding.")                      \
    X(TRIMMED, "Điểm {mark}: trung bình cộng của {marks} sau khi bỏ điểm cao nhất và thấp nhất theo quy chế; trước khi làm tròn {exact}.", \
      "Mark {mark}: the mean of {marks} without the highest and lowest that the rules drop; {exact} before rounding.")  \
    X(EQUAL, "Điểm {mark}: hai trong ba người chấm cho điểm này ({marks}).", "Mark {mark}: two of the three gave it ({marks}).") \
    X(NEAREST, "Điểm {mark}: trung bình hai điểm gần nhau nhất trong {marks}.", "Mark {mark}: the mean of the two nearest of {marks}.") \
    X(LAST, "Điểm {mark}: điểm chấm sau cùng thay cho điểm trước ({marks}{before}).", "Mark {mark}: the last mark replaces those before ({marks}{before}).") \
    X(KEPT, "Giữ nguyên điểm {mark}: chấm phúc khảo lệch {gap}, chưa đến mức phải sửa.", "The mark {mark} stands: the re-mark differs by {gap}, too little to change it.") \
    X(AGREED, "Điểm {mark}: hai người chấm đối thoại và thống nhất, có biên bản ({marks}{before}, chênh lệch {gap}).",     \
      "Mark {mark}: agreed in a minuted dialogue ({marks}{before}, {gap} apart).")                                      \
    X(HEAD, "Điểm {mark}: trưởng ban chấm thi quyết định ({marks}{before}, chênh lệch {gap}).", "Mark {mark}: decided by the head of the board ({marks}{before}, {gap} apart).") \
    X(CHAIR, "Điểm {mark}: chủ tịch hội đồng quyết định ({marks}{before}, chênh lệch {gap}).", "Mark {mark}: decided by the chair of the council ({marks}{before}, {gap} apart).") \
    X(COLLECTIVE, "Điểm {mark}: chấm tập thể ({marks}, chênh lệch {gap}).", "Mark {mark}: marked collectively ({marks}, {gap} apart).") \
    X(SUSPECTED, "Điểm {mark}: bài nghi có dấu hiệu đánh dấu, trung bình của {marks}; không có kết luận vi phạm.",        \
      "Mark {mark}: a script suspected of a sign, the mean of {marks}; nothing was proved.")                            \
    X(PROVED, "Điểm {mark}: bài bị kết luận đánh dấu, trung bình của {marks} và trừ {deduct} %.",                        \
      "Mark {mark}: a sign on the script was proved, the mean of {marks} less {deduct} %.")
#define NEXTS(X)                                                                                                        \
    X(SETTLED, "", "")                                                                                                  \
    X(MARKS, " Cần thêm {wanted} người chấm.", " {wanted} more markers are asked.")                                      \
    X(DIALOGUE, " Những người chấm phải đối thoại.", " The markers are to confer.")                                      \
    X(MINUTES, " Biên bản đối thoại phải có chữ ký của cả hai người chấm.", " The minutes of the dialogue need both signatures.") \
    X(HEAD, " Trưởng ban chấm thi quyết định.", " The head of the board decides.")                                      \
    X(CHAIR, " Chủ tịch hội đồng quyết định.", " The chair of the council decides.")                                     \
    X(COLLECTIVE, " Bài được chấm tập thể.", " The script is marked collectively.")

struct words {
    const char *vi, *en;
};
#define X(name, vi, en) [SETTLE_WHY_##name] = {vi, en},
static const struct words WHYS[SETTLE_WHY_COUNT] = {SETTLED(X)};
#undef X
#define X(name, vi, en) [SETTLE_NEXT_##name] = {vi, en},
static const struct words NEXTS_OF[SETTLE_NEXT_COUNT] = {NEXTS(X)};
#undef X

struct telling {
    const struct settle_scheme *scheme;
    const struct settle_facts *facts;
    const struct settle_result *result;
    bool vi;
    char *out;
};

static void add(char *out, const char *text) {
    size_t len = strlen(out);
    (void)snprintf(out + len, SETTLE_TEXT_SIZE - len, "%s", text);
}

static void add_mark(const struct telling *t, int64_t mark) {
    char text[32];
    (void)snprintf(text, sizeof text, "%lld%c%02lld", (long long)(mark / 100), t->vi ? ',' : '.', (long long)(mark % 100));
    add(t->out, text);
}

static void add_marks(const struct telling *t) {
    for (uint8_t i = 0; i < t->facts->mark_count; i++) {
        add(t->out, i ? "; " : "");
        add_mark(t, t->facts->marks[i]);
    }
}

static void add_bound(const struct telling *t) {
    static const char *const OPS[] = {"≥ ", "> ", "≤ ", "< "};
    const struct settle_tier *tier = &t->scheme->tiers[t->result->round][t->result->tier];
    char text[32];
    if (!tier->bounded) {
        add(t->out, t->vi ? "mức còn lại" : "beyond the other tiers");
        return;
    }
    add(t->out, OPS[tier->op]);
    if (!tier->share_den) {
        add_mark(t, tier->value);
        if (t->facts->part && t->facts->part != t->facts->max) {
            add(t->out, t->vi ? " trên thang " : " of ");
            add_mark(t, t->facts->part);
        }
        return;
    }
    (void)snprintf(text, sizeof text, "%d %%", tier->share_num * 100 / tier->share_den);
    add(t->out, text);
}

static void add_number(char *out, int64_t number) {
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    add(out, text);
}

static void add_fact(const struct telling *t, char name) {
    const struct settle_result *r = t->result;
    switch (name) {
    case 'k': /* mark */
        add_mark(t, r->mark);
        break;
    case 's': /* marks */
        add_marks(t);
        break;
    case 'p': /* gap */
        add_mark(t, r->gap < 0 ? 0 : r->gap);
        break;
    case 'x': /* exact, three places, cut */
        add_mark(t, r->of ? r->sum / r->of : 0);
        add(t->out, r->of && r->sum % r->of ? "…" : "");
        break;
    case 'b': /* bound */
        add_bound(t);
        break;
    case 'w':
        add_number(t->out, r->wanted);
        break;
    case 'd':
        add_number(t->out, t->scheme->suspect_deduct);
        break;
    case 'e': /* before */
        if (t->facts->remark) {
            add(t->out, t->vi ? "; trước phúc khảo " : "; before the re-mark ");
            add_mark(t, t->facts->before);
        }
        break;
    default: /* across */
        if (r->across) {
            add(t->out, t->vi ? ", hai bên mức đạt " : ", on both sides of ");
            add_mark(t, t->facts->pass);
        }
    }
}

static void tell(const struct telling *t, const char *text) {
    static const struct {
        const char *name, fact;
    } FACTS[] = {{"{marks}", 's'}, {"{mark}", 'k'}, {"{gap}", 'p'}, {"{exact}", 'x'}, {"{bound}", 'b'}, {"{wanted}", 'w'}, {"{deduct}", 'd'}, {"{before}", 'e'}, {"{across}", 'a'}};
    while (*text) {
        size_t plain = strcspn(text, "{"), len = strlen(t->out);
        (void)snprintf(t->out + len, SETTLE_TEXT_SIZE - len, "%.*s", (int)plain, text);
        text += plain;
        for (size_t i = 0; *text == '{' && i < sizeof FACTS / sizeof *FACTS; i++)
            if (strncmp(text, FACTS[i].name, strlen(FACTS[i].name)) == 0) {
                add_fact(t, FACTS[i].fact);
                text += strlen(FACTS[i].name);
            }
    }
}

/* A text that was cut ends with a whole character. */
static void mend(char *out) {
    size_t len = strlen(out), from = len;
    while (from > 0 && ((unsigned char)out[from - 1] & 0xC0) == 0x80)
        from--;
    if (len + 1 < SETTLE_TEXT_SIZE || from == 0)
        return;
    unsigned char lead = (unsigned char)out[from - 1];
    size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (len - from + 1 < wanted)
        out[from - 1] = '\0';
}

void settle_sentence(const struct settle_scheme *scheme, const struct settle_facts *facts, const struct settle_result *result,
                     const char *lang, char out[SETTLE_TEXT_SIZE]) {
    struct telling t = {.scheme = scheme, .facts = facts, .result = result, .vi = strcmp(lang, "vi") == 0, .out = out};
    *out = '\0';
    tell(&t, t.vi ? WHYS[result->why].vi : WHYS[result->why].en);
    if (result->why == SETTLE_WHY_GAP)
        tell(&t, t.vi ? NEXTS_OF[result->next].vi : NEXTS_OF[result->next].en);
    mend(out);
}

void settle_ballot_sentence(const struct settle_ballot *ballot, const char *title, const struct settle_ballot_facts *facts,
                            const struct settle_ballot_result *result, const char *lang, char out[SETTLE_TEXT_SIZE]) {
    static const struct words ENDS[] = {
        [SETTLE_BALLOT_WON] = {"một người được quá mức này và đi tiếp", "one has so many and goes on"},
        [SETTLE_BALLOT_FALLBACK] = {"không ai đạt; những người được từ mức thấp hơn trở lên đi tiếp", "nobody has; all with the lower share go on"},
        [SETTLE_BALLOT_HEAD_PICKS] = {"hai người ngang mức; người đứng đầu chọn và báo cáo cả hai ý kiến", "two stand exactly at the share; the head picks and reports both views"},
        [SETTLE_BALLOT_STOPPED] = {"không ai đạt; dừng lại và báo cáo", "nobody has; the procedure stops and is reported"}};
    bool vi = strcmp(lang, "vi") == 0;
    const char *whom = ballot->of_present ? (vi ? "có mặt" : "present") : (vi ? "được triệu tập" : "summoned");
    uint32_t most = 0;
    for (uint32_t i = 0; i < facts->names; i++)
        most = facts->votes[i] > most ? facts->votes[i] : most;
    (void)snprintf(out, SETTLE_TEXT_SIZE, vi ? "%s: %u người %s, cần ít nhất %u phiếu, cao nhất %u phiếu: %s." : "%s: %u %s, at least %u votes are needed, the most is %u: %s.",
                   title, result->of, whom, result->bar, most, vi ? ENDS[result->end].vi : ENDS[result->end].en);
}
