#include "work.h"

#include "khoacu/base/buf.h"
#include "khoacu/item/item.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

#define TEXT_MAX ((size_t)64 * 1024)
enum { NUMBER_MAX = 24 };

/* What a constraint is about: X(kind, Vietnamese, English) */
#define ABOUT_TABLE(X)                                                                                                 \
    X(ITEMS, "Số câu hỏi của đề", "Items of the form")                                                                 \
    X(SECTION_ITEMS, "Số câu hỏi", "Items")                                                                            \
    X(SECTION_SECONDS, "Thời gian (giây)", "Time (seconds)")                                                           \
    X(SECTION_WORDS, "Số từ", "Words")                                                                                 \
    X(CELL, "Số câu hỏi", "Items")                                                                                     \
    X(SECONDS, "Thời gian của đề (giây)", "Time of the form (seconds)")                                                \
    X(WORDS, "Số từ của đề", "Words of the form")                                                                      \
    X(MEAN, "Độ dễ trung bình", "Mean facility")                                                                       \
    X(CURVE, "Độ dễ kỳ vọng ở mức năng lực %s", "Expected facility at ability %s")                                     \
    X(INFORMATION, "Lượng thông tin ở mức năng lực %s", "Information at ability %s")                                   \
    X(ENEMIES, "Cặp câu hỏi xung khắc trong một đề", "Pairs of enemies in one form")                                   \
    X(ANCHOR, "Câu neo %s", "Anchor item %s")                                                                          \
    X(STIMULUS_ITEMS, "Số câu hỏi của mỗi ngữ liệu được dùng", "Items of each stimulus that is used")                  \
    X(STIMULUS_COUNT, "Số ngữ liệu của đề", "Stimuli of the form")                                                     \
    X(PREVIOUS, "Số câu trùng với đề trước %s", "Items shared with the earlier form %s")                               \
    X(USES, "Số đề có chung một câu hỏi", "Forms in which one item stands")                                            \
    X(EXPOSURE, "Số lần sử dụng của một câu hỏi", "Exposure of one item")                                              \
    X(OVERLAP, "Số câu trùng giữa hai đề", "Items shared by two forms")                                                \
    X(MEAN_DIFFERENCE, "Chênh lệch độ dễ trung bình giữa các đề", "Difference of mean facility between forms")         \
    X(CURVE_DIFFERENCE, "Chênh lệch độ dễ kỳ vọng giữa các đề ở mức năng lực %s",                                      \
      "Difference of expected facility between forms at ability %s")                                                   \
    X(INFORMATION_DIFFERENCE, "Chênh lệch lượng thông tin giữa các đề ở mức năng lực %s",                              \
      "Difference of information between forms at ability %s")

/* Kinds of items, as the bank calls them: X(kind, Vietnamese, English) */
#define KIND_WORDS_TABLE(X)                                                                                            \
    X(SINGLE, "một đáp án", "single choice")                                                                           \
    X(MULTIPLE, "nhiều đáp án", "multiple choice")                                                                     \
    X(TRUEFALSE, "đúng – sai", "true or false")                                                                        \
    X(ORDERING, "sắp xếp", "ordering")                                                                                 \
    X(MATCHING, "ghép đôi", "matching")                                                                                \
    X(NUMERIC, "số", "numeric")                                                                                        \
    X(TEXT, "trả lời ngắn", "short text")                                                                              \
    X(INLINE, "chọn trong câu", "inline choice")                                                                       \
    X(GRADED, "phương án có điểm", "graded options")                                                                   \
    X(ESSAY, "tự luận", "essay")                                                                                       \
    X(UPLOAD, "nộp tệp", "file upload")                                                                                \
    X(STIMULUS, "ngữ liệu chung", "stimulus")

/* A kind that a pool from elsewhere has made up is called what it is called there. */
static const char *kind_words(const char *key, bool english) {
    static const char *const TEXTS[ITEM_KIND_COUNT][2] = {
#define X(name, vi, en) [ITEM_##name] = {vi, en},
        KIND_WORDS_TABLE(X)
#undef X
    };
    enum item_kind kind;
    return item_kind_find(key, &kind) && TEXTS[kind][english] ? TEXTS[kind][english] : key;
}

static const char *about(enum assembly_kind kind, bool english) {
    static const char *const TEXTS[ASSEMBLY_KIND_COUNT][2] = {
#define X(name, vi, en) [ASSEMBLY_KIND_##name] = {vi, en},
        ABOUT_TABLE(X)
#undef X
    };
    return TEXTS[kind][english];
}

static void number(const struct assembly_constraint *constraint, int64_t value, char out[NUMBER_MAX]) {
    if (assembly_kind_decimal(constraint->kind))
        assembly_decimal_format(value, out);
    else
        snprintf(out, NUMBER_MAX, "%lld", (long long)value);
}

/* The text with its one "%s", if there is one, filled in. */
static void put_about(struct buf *out, const char *text, const char *name) {
    const char *gap = strstr(text, "%s");
    if (!gap) {
        buf_adds(out, text);
        return;
    }
    buf_add(out, text, (size_t)(gap - text));
    buf_adds(out, name);
    buf_adds(out, gap + 2);
}

static void put_section(struct buf *out, const struct assembly_blueprint *blueprint, size_t index, bool english) {
    if (index == ASSEMBLY_NOWHERE || !*blueprint->sections[index].code)
        return;
    const struct assembly_section *section = &blueprint->sections[index];
    const char *title = english ? section->title_en : section->title_vi, *word = english ? "Section " : "Phần ";
    if (strncasecmp(title, word, strlen(word)) != 0) /* which many a title begins with */
        buf_adds(out, word);
    buf_adds(out, *title ? title : section->code);
}

/* «topic law, level 3, kind single choice» */
static void put_cell(struct buf *out, const struct assembly_count *cell, bool english) {
    const char *gap = "";
    if (*cell->topic) {
        buf_addf(out, english ? "topic %s" : "chủ đề %s", cell->topic);
        gap = ", ";
    }
    if (cell->level > 0) {
        buf_addf(out, english ? "%slevel %lld" : "%smức %lld", gap, (long long)cell->level);
        gap = ", ";
    }
    if (*cell->kind)
        buf_addf(out, english ? "%skind %s" : "%sloại %s", gap, kind_words(cell->kind, english));
    if (!*cell->topic && cell->level == 0 && !*cell->kind)
        buf_adds(out, english ? "all items" : "mọi câu hỏi");
}

static const char *name_of(const struct assembly_blueprint *blueprint, const struct assembly_constraint *constraint,
                           char theta[NUMBER_MAX]) {
    if (constraint->kind == ASSEMBLY_KIND_ANCHOR)
        return blueprint->anchors[constraint->index].item;
    if (constraint->kind == ASSEMBLY_KIND_PREVIOUS)
        return blueprint->previous[constraint->index].code;
    assembly_decimal_format(assembly_constraint_target(blueprint, constraint)->theta, theta);
    return theta;
}

static void put_subject(struct buf *out, const struct assembly_blueprint *blueprint,
                        const struct assembly_constraint *constraint, bool english) {
    char theta[NUMBER_MAX];
    size_t before = out->len;
    put_section(out, blueprint, constraint->section, english);
    if (out->len > before)
        buf_adds(out, ", ");
    if (constraint->kind == ASSEMBLY_KIND_CELL) {
        put_cell(out, assembly_constraint_count(blueprint, constraint), english);
        return;
    }
    put_about(out, about(constraint->kind, english), name_of(blueprint, constraint, theta));
}

static void put_bounds(struct buf *out, const struct assembly_constraint *constraint, bool english) {
    char min[NUMBER_MAX], max[NUMBER_MAX];
    const struct assembly_range *range = &constraint->range;
    if (range->min != ASSEMBLY_NO_MIN)
        number(constraint, range->min, min);
    if (range->max != ASSEMBLY_NO_MAX)
        number(constraint, range->max, max);
    if (range->min == range->max)
        buf_addf(out, english ? "exactly %s" : "đúng %s", min);
    else if (range->min == ASSEMBLY_NO_MIN)
        buf_addf(out, english ? "at most %s" : "nhiều nhất %s", max);
    else if (range->max == ASSEMBLY_NO_MAX)
        buf_addf(out, english ? "at least %s" : "ít nhất %s", min);
    else
        buf_addf(out, english ? "%s to %s" : "từ %s đến %s", min, max);
    if (constraint->kind == ASSEMBLY_KIND_CELL)
        buf_adds(out, english ? " items" : " câu hỏi");
}

static const char *done(struct arena *arena, struct buf *out) {
    const char *text = out->failed ? NULL : arena_strdup(arena, out->data ? out->data : "");
    buf_release(out);
    return text;
}

const char *assembly_constraint_words(struct arena *arena, const struct assembly_blueprint *blueprint,
                                      const struct assembly_constraint *constraint, bool english) {
    struct buf out;
    buf_init(&out, TEXT_MAX);
    put_subject(&out, blueprint, constraint, english);
    buf_adds(&out, ": ");
    put_bounds(&out, constraint, english);
    return done(arena, &out);
}

/* ---- why there is no form ---- */

/* «topic law needs 12 live items of level 3, the bank has 9» */
static void put_short(struct buf *out, const struct assembly_blueprint *blueprint,
                      const struct assembly_constraint *constraint, bool english) {
    struct assembly_count all = {.topic = "", .kind = ""};
    const struct assembly_count *cell =
        constraint->kind == ASSEMBLY_KIND_CELL ? assembly_constraint_count(blueprint, constraint) : &all;
    size_t before = out->len;
    long long need = (long long)constraint->range.min, has = (long long)constraint->supply;
    put_section(out, blueprint, constraint->section, english);
    if (out->len > before)
        buf_adds(out, ": ");
    if (*cell->topic)
        buf_addf(out, english ? "topic %s" : "chủ đề %s", cell->topic);
    else
        buf_adds(out, english ? "the form" : "đề");
    buf_addf(out, english ? " needs %lld live items" : " cần %lld câu hỏi đang dùng", need);
    if (cell->level > 0)
        buf_addf(out, english ? " of level %lld" : " mức %lld", (long long)cell->level);
    if (*cell->kind)
        buf_addf(out, english ? " of kind %s" : " loại %s", kind_words(cell->kind, english));
    buf_addf(out, english ? ", the bank has %lld" : ", ngân hàng có %lld", has);
}

static void put_member(struct buf *out, const struct assembly_blueprint *blueprint,
                       const struct assembly_constraint *constraint, bool english) {
    put_subject(out, blueprint, constraint, english);
    buf_adds(out, ": ");
    put_bounds(out, constraint, english);
    if (constraint->supply != ASSEMBLY_UNKNOWN)
        buf_addf(out, english ? " (the bank has %lld live items)" : " (ngân hàng có %lld câu hỏi đang dùng)",
                 (long long)constraint->supply);
}

static void put_clash(struct buf *out, const struct assembly_blueprint *blueprint, const struct assembly_result *result,
                      bool english) {
    const struct assembly_constraint *first = &result->constraints[result->clash[0]];
    if (result->clash_count == 1 && first->supply != ASSEMBLY_UNKNOWN && first->supply < first->range.min) {
        put_short(out, blueprint, first, english);
        return;
    }
    if (result->clash_count == 1)
        buf_adds(out,
                 english ? "No choice of items meets this: " : "Không cách chọn câu hỏi nào đáp ứng được điều này: ");
    else if (blueprint->forms == 1)
        buf_adds(out, english ? "No form can meet all of these: " : "Không đề nào đáp ứng được đồng thời: ");
    else
        buf_addf(out,
                 english ? "No %lld forms can meet all of these: " : "Không thể có %lld đề đáp ứng được đồng thời: ",
                 (long long)blueprint->forms);
    for (size_t i = 0; i < result->clash_count; i++) {
        buf_adds(out, i > 0 ? "; " : "");
        put_member(out, blueprint, &result->constraints[result->clash[i]], english);
    }
    if (result->clash_irreducible && result->clash_count > 1)
        buf_adds(out, english ? ". Any one of them left out, the others can be met"
                              : ". Bỏ bất kỳ điều nào thì đáp ứng được các điều còn lại");
}

/* Items that the pool holds and the blueprint does not let in count for none above. */
static void put_refused(struct buf *out, const struct assembly_result *result, bool english) {
    const struct {
        size_t count;
        const char *vi, *en;
    } reasons[] = {
        {result->refused.no_facility, "%zu câu chưa biết độ dễ", "%zu whose facility is not known"},
        {result->refused.no_information, "%zu câu chưa có tham số", "%zu without parameters"},
        {result->refused.exposed, "%zu câu đã dùng đủ số lần", "%zu that were used as often as they may"},
        {result->refused.left_out, "%zu câu bị loại ra", "%zu that the blueprint leaves out"},
    };
    const char *before = english ? ". Not counted are " : ". Không tính ";
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (!reasons[i].count)
            continue;
        buf_adds(out, before);
        buf_addf(out, english ? reasons[i].en : reasons[i].vi, reasons[i].count);
        before = ", ";
    }
}

const char *assembly_clash_words(struct arena *arena, const struct assembly_blueprint *blueprint,
                                 const struct assembly_result *result, bool english) {
    struct buf out;
    buf_init(&out, TEXT_MAX);
    if (result->clash_count > 0)
        put_clash(&out, blueprint, result, english);
    else
        buf_adds(&out, english
                           ? "The constraints cannot all be met; which of them clash was not found in time"
                           : "Không thể đáp ứng đồng thời mọi ràng buộc; chưa kịp tìm ra những ràng buộc mâu thuẫn");
    put_refused(&out, result, english);
    return done(arena, &out);
}
