/* item.h: one test item as a document: what a candidate may see, and the key by which it is scored.
 *
 * A document is pure data; the bank keeps it as immutable, encrypted versions, exchange reads and writes it in foreign
 * formats, form prints and shows it. It stands in three JSON objects. `content` (item_put_content) never says anything
 * of `key` (item_put_key): option ids are letters in the order in which they were written, which says nothing of the
 * key. `meta` (item_put_meta) is what the bank keeps in columns.
 *
 * What is written is canonical: members sorted, what is empty, zero or false left out, decimals in their shortest form.
 * So the same document is the same bytes, and read again it is the same document.
 *
 *   content  {body:{en,vi}, choices_max, choices_min, columns:[{id,text}], gaps:[{id,options:[{id,text}]}], kind, lines,
 *            options:[{id,text}], shuffle, stimulus, title, unit, upload_bytes_max, upload_files_max, upload_types:[],
 *            words_max}
 *   key      {accepted:[{credit,high,low,note,relative,tolerance,value}], fold_case, fold_marks, fold_spaces,
 *            gaps:[{correct,id}], kind, options:[{credit,id,note}], order:[], pairs:[{column,credit,row}], points,
 *            points_max, points_min, rationale, rubric:[{id,levels:[{credit,id,text}],max,text}], rule}
 *   meta     {code, enemies:[], external_id, facility, level, seconds, source, source_expires_on, subject, tags:[], topic}
 *
 * Texts are markup, the small XHTML of khoacu/doc/markup.h: media are named by src="media:<sha256 hex>", and
 * <span data-gap="g1"/> stands where an inline choice is made.
 *
 * Credits and points are decimal strings of at most 7 decimals ("1", "0.3333333", "-0.5"), never floats. `points` is what
 * the whole item is worth. Under the rule MAP a credit is what the choice earns in points, added up and held between
 * points_min and points_max; under every other rule the credit "1" marks what is right. The credit of an accepted answer
 * is a part of the points, "1" the whole.
 *
 *   kind       what is shown                    what is the key                         rules
 *   single     options, one is chosen           credit of options                       ALL MAP
 *   multiple   options, several are chosen      credit of options                       ALL PER_OPTION RIGHT_MINUS_WRONG MAP
 *   truefalse  two options                      credit of options                       ALL
 *   ordering   options, put in order            order                                   ALL ADJACENT POSITION
 *   matching   options (rows) and columns       pairs                                   ALL PER_OPTION MAP
 *   numeric    a field, a unit behind it        accepted: value ± tolerance, or range   ALL
 *   text       a field                          accepted: texts with '*' '\*', folds     ALL
 *   inline     gaps in the body with choices    correct of gaps                         ALL PER_OPTION
 *   graded     options, one is chosen           credit of options                       MAP
 *   essay      a field of several lines         rubric (may be empty)                   ALL
 *   upload     files                            rubric (may be empty)                   ALL
 *   stimulus   the body, for several items      none                                    ALL
 *
 * Used by: exchange, bank, assembly, form, score, api, main. Uses: base, json, doc. Threads: constant once made.
 */
#ifndef KHOACU_ITEM_ITEM_H
#define KHOACU_ITEM_ITEM_H

#include "khoacu/base/arena.h"
#include "khoacu/json/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ITEM_OPTIONS_MAX 60     /* options, columns, choices of a gap, accepted answers, criteria, levels: each list */
#define ITEM_GAPS_MAX 60
#define ITEM_PAIRS_MAX 600
#define ITEM_ID_MAX 32          /* bytes */
#define ITEM_MARKUP_MAX 200000  /* bytes of one text in one language */
#define ITEM_TITLE_MAX 300      /* code points */
#define ITEM_VALUE_MAX 1000     /* code points of an accepted text */
#define ITEM_UNIT_MAX 60
#define ITEM_SOURCE_MAX 2000
#define ITEM_WORDS_MAX 100000
#define ITEM_LINES_MAX 500
#define ITEM_UPLOAD_TYPES_MAX 20
#define ITEM_UPLOAD_FILES_MAX 20
#define ITEM_UPLOAD_BYTES_MAX ((int64_t)100 << 20)
#define ITEM_TAGS_MAX 40        /* each 1..40 code points */
#define ITEM_ENEMIES_MAX 40

/* X(name, key) */
#define ITEM_KINDS(X)                                                                                                  \
    X(SINGLE, "single")                                                                                                \
    X(MULTIPLE, "multiple")                                                                                            \
    X(TRUEFALSE, "truefalse")                                                                                          \
    X(ORDERING, "ordering")                                                                                            \
    X(MATCHING, "matching")                                                                                            \
    X(NUMERIC, "numeric")                                                                                              \
    X(TEXT, "text")                                                                                                    \
    X(INLINE, "inline")                                                                                                \
    X(GRADED, "graded")                                                                                                \
    X(ESSAY, "essay")                                                                                                  \
    X(UPLOAD, "upload")                                                                                                \
    X(STIMULUS, "stimulus")
enum item_kind {
#define X(name, key) ITEM_##name,
    ITEM_KINDS(X)
#undef X
        ITEM_KIND_COUNT
};
const char *item_kind_key(enum item_kind kind); /* "" for what is none */
bool item_kind_find(const char *key, enum item_kind *ret_kind);

/* How credits make the points. X(name, key) */
#define ITEM_RULES(X)                                                                                                  \
    X(ALL, "all")                             /* all right and nothing wrong: the points; else nothing */              \
    X(PER_OPTION, "per_option")               /* each option (row, gap) decided rightly earns its equal part */        \
    X(RIGHT_MINUS_WRONG, "right_minus_wrong") /* each right one earns its part, each wrong one takes it, never below 0 */ \
    X(MAP, "map")                             /* the sum of the credits, held between points_min and points_max */     \
    X(ADJACENT, "adjacent")                   /* each pair of neighbours in right order earns its part */              \
    X(POSITION, "position")                   /* each option at its right place earns its part */
enum item_rule {
#define X(name, key) ITEM_RULE_##name,
    ITEM_RULES(X)
#undef X
        ITEM_RULE_COUNT
};
const char *item_rule_key(enum item_rule rule);
bool item_rule_find(const char *key, enum item_rule *ret_rule);
bool item_rule_fits(enum item_kind kind, enum item_rule rule);

/* ---- the document ---- */

struct item_text {
    const char *vi, *en; /* markup; NULL: not in this language */
};
/* An option, a choice of a gap, a row or column of matching, a level of a criterion. */
struct item_option {
    const char *id; /* a-z A-Z 0-9 '_' '-', 1..32 bytes, unique in its list */
    struct item_text text;
    const char *credit;    /* KEY; NULL: none */
    struct item_text note; /* KEY: why right or wrong */
};
struct item_gap {
    const char *id; /* as in data-gap of the body */
    struct item_option *options;
    size_t option_count;
    const char *correct; /* KEY: id of one of its options */
};
struct item_pair { /* KEY of matching */
    const char *row, *column;
    const char *credit; /* NULL: "1" */
};
struct item_accepted {     /* KEY of numeric and text */
    const char *value;     /* a decimal, at most 18 digits before and behind the point; or the text: '*' any characters, "\*" an asterisk */
    const char *tolerance; /* numeric: decimal or NULL */
    bool relative;         /* the tolerance is a part of the value */
    const char *low, *high; /* numeric: a range in place of the value, both ends in it */
    const char *credit;     /* NULL: "1" */
    struct item_text note;
};
struct item_criterion { /* KEY: a line of the marking guide */
    const char *id;
    struct item_text text;
    const char *max;
    struct item_option *levels; /* credit: points of the level */
    size_t level_count;
};
struct item_meta {
    const char *code; /* [A-Z0-9][A-Z0-9-]{1,39}, or NULL */
    const char *subject, *topic; /* topic path "law/public-service" of [a-z0-9-] parts; NULL or "" none */
    int64_t level;               /* 1 recall … 4 analysis; 0 unknown */
    int64_t facility;            /* intended, in thousandths; -1 unknown */
    int64_t seconds;             /* 0 unknown */
    const char *source;
    int64_t source_expires_day; /* days since 1970; 0 none */
    const char *const *tags;
    size_t tag_count;
    const char *const *enemies; /* codes in the same bank */
    size_t enemy_count;
    const char *external_id; /* identifier in a foreign file; what makes an import repeatable */
};
struct item {
    enum item_kind kind;
    const char *title;     /* plain, for staff */
    struct item_text body; /* the stem, or the stimulus itself */
    const char *stimulus;  /* code of the stimulus item that it belongs to, in the same bank, or NULL */
    struct item_option *options;
    size_t option_count;
    struct item_option *columns; /* matching */
    size_t column_count;
    struct item_gap *gaps; /* inline */
    size_t gap_count;
    int64_t choices_min, choices_max; /* multiple; matching: for each row; 0 no limit */
    bool shuffle;                     /* options may be shown in another order */
    const char *unit;                 /* numeric: shown behind the field */
    int64_t words_max, lines;         /* essay, text; 0 none */
    const char *const *upload_types;  /* media types */
    size_t upload_type_count;
    int64_t upload_bytes_max, upload_files_max; /* 0: ours */
    /* ---- key ---- */
    const char *points;
    const char *points_min, *points_max; /* MAP; NULL no bound */
    enum item_rule rule;
    const char *const *order; /* ordering: ids in the right order */
    size_t order_count;
    struct item_pair *pairs;
    size_t pair_count;
    struct item_accepted *accepted;
    size_t accepted_count;
    bool fold_case, fold_marks, fold_spaces; /* text: what makes no difference */
    struct item_criterion *rubric;
    size_t criterion_count;
    struct item_text rationale; /* general feedback, model answer */
    /* ---- neither ---- */
    struct item_meta meta;
};
/* An empty item of that kind: one point, no facility known, the rule that the kind has. */
void item_init(struct item *item, enum item_kind kind);

/* A picture or sound that the markup of an item names. */
struct item_media {
    const char *sha256; /* hex */
    const char *type, *name;
    const void *bytes;
    size_t len;
};
/* The media that an item's texts name, each once, by first place. False: no memory. */
bool item_media_names(struct arena *arena, const struct item *item, const char *const **ret_names, size_t *ret_count);

/* The shortest form of a decimal with at most `places` behind the point and 18 digits before it ("1.50" -> "1.5",
 * "-0" -> "0"), or NULL when it is none: no '+', no exponent, no comma, no blanks. */
const char *item_decimal(struct arena *arena, const char *text, int places);
#define ITEM_PLACES 7 /* of credits and points */
#define ITEM_VALUE_PLACES 18
/* Points or a credit times 10^7: at most 7 places and 9 digits before the point. False: it is none. */
bool item_decimal_units(const char *text, int64_t *ret_units);

/* ---- faults ---- */

/* What can be wrong. X(name, rule, may a draft have it, in Vietnamese, in English) */
#define ITEM_FAULTS(X)                                                                                                 \
    X(REQUIRED, "required", true, "còn thiếu", "is missing")                                                           \
    X(UNKNOWN, "unknown", false, "không phải là thành phần của câu hỏi", "is no part of an item")                      \
    X(KIND, "kind", false, "không đúng kiểu dữ liệu", "is of the wrong type")                                          \
    X(RANGE, "range", false, "nằm ngoài giới hạn", "is out of range")                                                  \
    X(LENGTH, "length", false, "dài quá hoặc ngắn quá", "is too long or too short")                                    \
    X(MANY, "count", false, "nhiều quá hoặc ít quá", "are too many or too few")                                        \
    X(FEW, "few", true, "ít quá", "are too few")                                                                       \
    X(ID, "id", false, "không phải là mã hợp lệ", "is not a valid id")                                                 \
    X(UNIQUE, "unique", false, "bị lặp lại", "is there twice")                                                         \
    X(REFERENCE, "reference", false, "chỉ tới thứ không có", "names something that is not there")                      \
    X(DECIMAL, "decimal", false, "không phải là số thập phân hợp lệ", "is not a valid decimal number")                 \
    X(TEXT, "text", false, "có ký tự không dùng được", "has characters that cannot be used")                           \
    X(MARKUP, "markup", false, "có phần trình bày không hợp lệ", "has markup that is not allowed")                     \
    X(FORMULA, "formula", false, "có công thức không chuyển được", "has a formula that cannot be converted")           \
    X(NOT_HERE, "not-here", false, "không thuộc loại câu hỏi này", "does not belong to this kind of item")             \
    X(WORD, "word", false, "không nằm trong các giá trị được dùng", "is none of the values that can be used")          \
    X(DATE, "date", false, "không phải là ngày hợp lệ", "is not a valid date")                                         \
    X(ONE_RIGHT, "one-right", true, "phải có đúng một phương án đúng", "must have exactly one right option")           \
    X(SOME_RIGHT, "some-right", true, "phải có ít nhất một phương án đúng", "must have at least one right option")     \
    X(PERMUTATION, "permutation", true, "phải có mỗi phương án đúng một lần", "must have each option exactly once")    \
    X(GAP_ABSENT, "gap-absent", true, "thiếu chỗ chọn trong nội dung", "is not in the body")                           \
    X(GAP_TWICE, "gap-twice", false, "có hai lần trong nội dung", "is in the body twice")                              \
    X(LANGUAGE, "language", true, "không có ở ngôn ngữ mà nội dung có", "is not in a language that the body has")
enum item_rule_broken {
#define X(name, key, draft, vi, en) ITEM_FAULT_##name,
    ITEM_FAULTS(X)
#undef X
        ITEM_FAULT_COUNT
};
struct item_fault {
    const char *path; /* "options[2].text.vi" in the document's names; "" the whole */
    const char *rule; /* "required" */
    bool open;        /* something is still missing: a draft may have this */
    const char *detail; /* of markup and formulas: what and where, in English; else NULL */
};
#define ITEM_FAULTS_MAX 64
struct item_faults {
    struct item_fault list[ITEM_FAULTS_MAX];
    size_t count; /* more are counted, not listed */
    bool grave;   /* at least one is not open */
};
void item_fault_add(struct arena *arena, struct item_faults *faults, enum item_rule_broken broken, const char *detail, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* What the rule says, behind the name of the place; `lang` "vi" or "en". */
const char *item_fault_words(const char *rule, const char *lang);

/* ---- operations ---- */

/* Finds every fault of the document, and adds them to those there. True: none. A draft may be kept while no fault is
 * grave. */
bool item_check(struct arena *arena, const struct item *item, struct item_faults *faults);

/* Brings every text into stored markup (markup_clean), where it stands: formulas are converted, what cannot be is left out.
 * Calls `note` (may be NULL) for each change with the place of the text ("body.vi"). False: no memory. */
struct markup_note;
typedef void item_clean_fn(void *ctx, const char *path, const struct markup_note *note);
bool item_clean(struct arena *arena, struct item *item, item_clean_fn *note, void *ctx);

/* Each writes one object; errors stick in the writer's buf. */
void item_put_content(struct json_writer *writer, const struct item *item);
void item_put_key(struct json_writer *writer, const struct item *item);
void item_put_meta(struct json_writer *writer, const struct item *item);

/* Reads what is given; each of the three may be NULL. Strict about shape: unknown members, wrong types, passed limits and
 * a key for options that are not there are faults; what the document means item_check says. `ret` holds what could be
 * read also when there are faults; the texts are those of the JSON. A key without content gives options by their ids
 * alone. True: no fault. */
bool item_read(struct arena *arena, const struct json *content, const struct json *key, const struct json *meta, struct item *ret,
               struct item_faults *faults);

/* What a candidate reads, in words alone: body, then options, columns and gaps, a line each; for search, lists,
 * duplicates. `lang` "vi" or "en"; a text that is not in it counts in the other; NULL: both languages. */
const char *item_plain(struct arena *arena, const struct item *item, const char *lang);
/* Words of the body alone. */
const char *item_plain_body(struct arena *arena, const struct item *item, const char *lang);
/* How many words a candidate reads in that language: pieces between blanks that hold a letter or a digit. */
size_t item_words(struct arena *arena, const struct item *item, const char *lang);

/* One difference of two versions. `before` or `after` is NULL where the part was not there. */
struct item_change {
    const char *path; /* "options[b].text.vi": entries of lists by their ids; meta as "meta.topic" */
    const char *before, *after;
    bool markup; /* both are markup */
};
struct item_changes {
    struct item_change *list;
    size_t count;
};
/* False: no memory. */
bool item_diff(struct arena *arena, const struct item *before, const struct item *after, struct item_changes *ret_changes);

#endif
