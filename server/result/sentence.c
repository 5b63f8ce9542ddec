#include "khoacu/result/table.h"

#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* What a candidate is told, by reason. Between braces stands: {total} {raw} {priority} {place} {seats} {value} {bound}
 * {at} the part, or what the gate or cut looks at, {need} the gate's operator and bound, {key} the tie key, {agency},
 * {wish} which of the candidate's it is, {group} whose seat, {post}. */
#define SENTENCES(X)                                                                                                    \
    X(WITHIN_QUOTA, "Trúng tuyển: tổng điểm {total} đứng thứ {place}, trong {seats} chỉ tiêu của vị trí {post}.",        \
      "Selected: the total {total} takes place {place} within the {seats} places of post {post}.")                       \
    X(TIE_WON, "Trúng tuyển: bằng tổng điểm {total} ở chỉ tiêu cuối, hơn ở tiêu chí {key}: {value} so với {bound}.",      \
      "Selected: equal at the last place with {total}; goes first by {key}: {value} against {bound}.")                   \
    X(TIE_WON_MANUAL, "Trúng tuyển: bằng điểm ở chỉ tiêu cuối; được chọn theo quyết định có ghi lại của người có thẩm quyền.", \
      "Selected: equal at the last place; goes first by the recorded decision of the authority.")                        \
    X(BELOW_LAST_SEAT, "Không trúng tuyển: tổng điểm {value} thấp hơn {bound}, điểm của chỉ tiêu cuối.",                 \
      "Not selected: the total {value} is below {bound}, the total at the last place.")                                  \
    X(TIE_LOST, "Không trúng tuyển: bằng tổng điểm {total} ở chỉ tiêu cuối, kém ở tiêu chí {key}: {value} so với {bound}.", \
      "Not selected: equal at the last place with {total}; goes behind by {key}: {value} against {bound}.")              \
    X(TIE_LOST_MANUAL, "Không trúng tuyển: bằng điểm ở chỉ tiêu cuối; người khác được chọn theo quyết định có ghi lại.",  \
      "Not selected: equal at the last place; another goes first by the recorded decision.")                             \
    X(NO_SEATS, "Không trúng tuyển: vị trí {post} không còn chỉ tiêu cho nguyện vọng này.",                              \
      "Not selected: post {post} has no place left that was wished for.")                                                \
    X(LIST_EXHAUSTED, "Trúng tuyển theo chỉ tiêu chung; các cơ quan đã đăng ký đều hết chỉ tiêu, cơ quan do hội đồng quyết định.", \
      "Selected within the common quota; every agency on the list is full, the council decides on the agency.")         \
    X(AGENCY_WAITS, "Trúng tuyển; cơ quan được xác định sau khi xử lý trường hợp bằng điểm ở trên.",                     \
      "Selected; the agency is settled once the tie above is decided.")                                                 \
    X(TIED_LAST_SEAT, "Bằng điểm ở chỉ tiêu cuối sau mọi tiêu chí; chờ quyết định của người có thẩm quyền.",              \
      "Equal at the last place after every criterion; waits for the decision of the authority.")                         \
    X(TIED_AGENCY, "Trúng tuyển; bằng điểm ở chỉ tiêu cuối của một cơ quan, chờ quyết định của người có thẩm quyền.",         \
      "Selected; equal at the last place of an agency, waits for the decision of the authority.")                        \
    X(GATE, "Không đạt: {at} được {value}, cần {need}.", "Failed: {at} is {value}, where {need} is needed.")             \
    X(ABSENT, "Vắng thi: {at}.", "Was absent: {at}.")                                                                       \
    X(SUSPENDED, "Bị đình chỉ thi: {at}.", "Was suspended: {at}.")                                                          \
    X(VOID, "Kết quả bị hủy, chờ xử lý: {at}.", "The result is void and under review: {at}.")                           \
    X(SEAT_KEPT, "Trúng tuyển: giữ chỉ tiêu đã được công bố tại {agency}.", "Selected: keeps the place published before, at {agency}.") \
    X(CUT, "Không vào vòng sau: {at} được {value}, người cuối cùng được vào có {bound}.",                               \
      "Not shortlisted: {at} is {value}, the last let in has {bound}.")                                               \
    X(TOTAL_LOW, "Không đạt: tổng điểm {value} kể cả điểm ưu tiên, ngưỡng {bound}.",                                     \
      "Failed: the total {value}, points counted, is below {bound}.")                                                   \
    X(EQUAL_ADMITTED, "Trúng tuyển: tổng điểm {total} bằng điểm của chỉ tiêu cuối; mọi người bằng điểm đều được nhận.",  \
      "Selected: the total {total} equals that of the last place; all equals are admitted.")                             \
    X(FIELD_SMALL, "Không tổ chức: chỉ có {value} người dự tuyển, cần ít nhất {bound}.",                                 \
      "Not held: {value} candidates, at least {bound} are needed.")                                                     \
    X(PLACED, "Trúng tuyển theo chỉ tiêu chung; các cơ quan đã đăng ký đều hết chỉ tiêu, hội đồng quyết định nhận về {agency}.", \
      "Selected within the common quota; every agency on the list is full, the council decided on {agency}.")            \
    X(SEAT_LEFT, "Trúng tuyển: tổng điểm {total} cao nhất trong những người chưa trúng tuyển, nhận chỉ tiêu còn trống tại {agency}.", \
      "Selected: with {total} first among those without a place; takes one that every wish had left, at {agency}.")       \
    X(WITHDRAWN, "Kết quả trúng tuyển đã bị hủy bỏ hoặc người dự tuyển đã rút.", "Struck off or withdrawn after the result.")

static const struct {
    const char *vi, *en;
} TEXTS[RANK_REASON_COUNT] = {
#define X(name, vi, en) [RANK_BY_##name] = {vi, en},
    SENTENCES(X)
#undef X
};

/* Where seats are not simply the best totals of the post, the sentence says whose seat it is; and a cut may let nobody in. */
#define SPECIAL(X)                                                                                                \
    X(WISHED, "Trúng tuyển: tổng điểm {total}, trong số chỉ tiêu của {agency} theo nguyện vọng {wish}.",                  \
      "Selected: with the total {total} within the places of {agency}, wish {wish}.")                                    \
    X(OPEN, "Trúng tuyển: tổng điểm {total}, trong số chỉ tiêu chung, xét theo kết quả, của vị trí {post}.",               \
      "Selected: with the total {total} within the open places of post {post}.")                                         \
    X(RESERVED, "Trúng tuyển: tổng điểm {total}, trong số chỉ tiêu của vị trí {post} dành cho {group}.",                  \
      "Selected: with the total {total} within the places of post {post} reserved for {group}.")                         \
    X(BELOW, "Không trúng tuyển: tổng điểm {value} thấp hơn {bound}, điểm của chỉ tiêu cuối mà người dự tuyển được xét.", \
      "Not selected: the total {value} is below {bound}, the total at the last place that was open to the candidate.")   \
    X(NOBODY, "Không vào vòng sau: {at} được {value}; không ai được vào.",                                                \
      "Not shortlisted: {at} is {value}; nobody was let in.")
#define X(name, vi, en) SPECIAL_##name,
enum { SPECIAL(X) SPECIAL_COUNT };
#undef X
static const struct cycle_words SPECIALS[SPECIAL_COUNT] = {
#define X(name, vi, en) [SPECIAL_##name] = {vi, en},
    SPECIAL(X)
#undef X
};

struct facts {
    const struct result_field *field;
    const struct rank_result *result;
    const struct rank_decision *d;
    uint32_t post;
    const char *lang;
};

static const char *text_of(const struct facts *f) {
    bool wishes = f->field->rules.allocation == RANK_ALLOCATE_WISHES, reserved = f->field->rules.allocation == RANK_ALLOCATE_RESERVED;
    struct cycle_words words = {TEXTS[f->d->reason].vi, TEXTS[f->d->reason].en};
    if (f->d->reason == RANK_BY_WITHIN_QUOTA && (wishes || reserved))
        words = SPECIALS[wishes ? SPECIAL_WISHED : f->d->group == RANK_NONE ? SPECIAL_OPEN : SPECIAL_RESERVED];
    if (f->d->reason == RANK_BY_BELOW_LAST_SEAT && (wishes || reserved))
        words = SPECIALS[SPECIAL_BELOW];
    if (f->d->reason == RANK_BY_CUT && f->d->cut_empty)
        words = SPECIALS[SPECIAL_NOBODY];
    return strcmp(f->lang, "vi") == 0 ? words.vi : words.en;
}

/* What a value of the reason is measured in. */
static uint8_t quantity_of(const struct facts *f) {
    const struct rank_pack *rules = &f->field->rules;
    if (f->d->reason == RANK_BY_GATE)
        return rules->gates[f->d->row].quantity;
    if (f->d->reason == RANK_BY_CUT)
        return rules->cuts[f->d->row].quantity;
    return f->d->key != RANK_NONE ? rules->keys[f->d->key].quantity : rules->rank_quantity;
}

static const char *title_of(const struct facts *f, uint8_t quantity) {
    bool vi = strcmp(f->lang, "vi") == 0;
    uint8_t parts = f->field->rules.component_count;
    const struct cycle_words *title = quantity < parts ? &f->field->pack->parts[quantity].title : &f->field->pack->formula_titles[quantity - parts];
    if (title->vi)
        return vi ? title->vi : title->en;
    if (quantity == f->field->rules.rank_quantity)
        return vi ? "kết quả chưa cộng điểm ưu tiên" : "result before priority points";
    return rank_quantity_code(&f->field->rules, quantity);
}

/* A figure as the language writes it. */
static void add_figure(const struct facts *f, struct buf *out, char text[RESULT_VALUE_SIZE]) {
    char *point = strcmp(f->lang, "vi") == 0 ? strchr(text, '.') : NULL;
    if (point)
        *point = ',';
    buf_adds(out, text);
}

static void add_number(const struct facts *f, struct buf *out, int64_t value) {
    char text[RESULT_VALUE_SIZE];
    const struct rank_pack *rules = &f->field->rules;
    bool plain = f->d->reason == RANK_BY_FIELD_SMALL || (f->d->key != RANK_NONE && rules->keys[f->d->key].kind == RANK_KEY_EXEMPT);
    if (value == INT64_MIN) {
        buf_adds(out, "–");
    } else if (plain) {
        buf_addf(out, "%lld", (long long)value);
    } else if (f->d->key != RANK_NONE && rules->keys[f->d->key].kind == RANK_KEY_CLASS) {
        text_format_hundredths(value, text);
        add_figure(f, out, text);
    } else {
        result_format_value(rules, quantity_of(f), value, text);
        add_figure(f, out, text);
    }
}

static void add_key(const struct facts *f, struct buf *out) {
    bool vi = strcmp(f->lang, "vi") == 0;
    const struct rank_key *key = &f->field->rules.keys[f->d->key];
    if (key->kind == RANK_KEY_CLASS)
        buf_adds(out, vi ? "đối tượng ưu tiên" : "priority class");
    else
        buf_addf(out, "%s%s", key->kind == RANK_KEY_EXEMPT ? (vi ? "được miễn " : "exempt from ") : "", title_of(f, key->quantity));
}

/* "at least 20.00": how the value would have had to stand to the bound of the gate. */
static void add_need(const struct facts *f, struct buf *out) {
    static const struct cycle_words OPS[RANK_OP_COUNT] = {[RANK_OP_GE] = {"ít nhất", "at least"},
                                                          [RANK_OP_GT] = {"trên", "more than"},
                                                          [RANK_OP_LE] = {"không quá", "at most"},
                                                          [RANK_OP_LT] = {"dưới", "less than"}};
    const struct cycle_words *op = &OPS[f->field->rules.gates[f->d->row].op];
    buf_addf(out, "%s ", strcmp(f->lang, "vi") == 0 ? op->vi : op->en);
    add_number(f, out, f->d->bound);
}

static void add_fact(const struct facts *f, const char *name, size_t len, struct buf *out) {
    const struct rank_pack *rules = &f->field->rules;
    const struct rank_decision *d = f->d;
    char text[RESULT_VALUE_SIZE];
    if (len == 5 && memcmp(name, "total", len) == 0) {
        result_format_value(rules, rules->rank_quantity, d->total, text);
        add_figure(f, out, text);
    } else if (len == 5 && memcmp(name, "place", len) == 0) {
        buf_addf(out, "%u", d->place);
    } else if (len == 5 && memcmp(name, "seats", len) == 0) {
        buf_addf(out, "%u", f->result->posts[f->post].seats);
    } else if (len == 5 && memcmp(name, "value", len) == 0) {
        add_number(f, out, d->value);
    } else if (len == 5 && memcmp(name, "bound", len) == 0) {
        add_number(f, out, d->bound);
    } else if (len == 4 && memcmp(name, "post", len) == 0) {
        buf_adds(out, f->field->posts[f->post].code);
    } else if (len == 6 && memcmp(name, "agency", len) == 0) {
        buf_adds(out, d->agency == RANK_NO_AGENCY ? "" : f->field->agency_names[d->agency]);
    } else if (len == 3 && memcmp(name, "key", len) == 0) {
        add_key(f, out);
    } else if (len == 4 && memcmp(name, "wish", len) == 0) {
        buf_addf(out, "%u", d->preference);
    } else if (len == 5 && memcmp(name, "group", len) == 0) {
        const struct cycle_words *title = &f->field->pack->group_titles[d->group];
        buf_adds(out, strcmp(f->lang, "vi") == 0 ? title->vi : title->en);
    } else if (len == 4 && memcmp(name, "need", len) == 0) {
        add_need(f, out);
    } else if (d->reason == RANK_BY_GATE || d->reason == RANK_BY_CUT) {
        buf_adds(out, title_of(f, quantity_of(f)));
    } else {
        buf_adds(out, title_of(f, d->row));
    }
}

const char *result_sentence(struct arena *arena, const struct result_field *field, const struct rank_result *result, uint32_t candidate,
                            const char *lang) {
    const struct rank_decision *d = &result->decisions[candidate];
    struct facts f = {.field = field, .result = result, .d = d, .post = field->candidates[candidate].post, .lang = lang};
    struct buf out CLEANUP(buf_release);
    buf_init(&out, 65536);
    for (const char *at = text_of(&f); *at;) {
        size_t plain = strcspn(at, "{");
        buf_add(&out, at, plain);
        at += plain;
        if (*at != '{')
            break;
        size_t len = strcspn(at + 1, "}");
        add_fact(&f, at + 1, len, &out);
        at += len + 2;
    }
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}
