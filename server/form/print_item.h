/* print_item.h: an item as it is printed: what its content says, and its key where that is printed too.
 *
 * Used by: print*.c.
 */
#ifndef KHOACU_SERVER_FORM_PRINT_ITEM_H
#define KHOACU_SERVER_FORM_PRINT_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
struct item_text {
    const char *vi, *en; /* markup; NULL: not in this language */
};
struct item_option {
    const char *id;
    struct item_text text;
    const char *credit; /* key */
};
struct item_gap {
    const char *id;
    struct item_option *options;
    size_t option_count;
    const char *correct; /* key: an option's id */
};
struct item_pair {
    const char *row, *column, *credit;
};
struct item_accepted {
    const char *value, *tolerance, *low, *high, *credit;
    bool relative;
};
struct item_criterion {
    const char *id, *max;
    struct item_text text;
    struct item_option *levels;
    size_t level_count;
};
struct item {
    enum item_kind kind;
    struct item_text body;
    struct item_option *options, *columns; /* rows of matching are options */
    struct item_gap *gaps;
    size_t option_count, column_count, gap_count;
    int64_t choices_min, choices_max, words_max, lines;
    const char *unit;
    const char *const *upload_types;
    size_t upload_type_count;
    /* key */
    const char *points;
    const char *const *order;
    struct item_pair *pairs;
    struct item_accepted *accepted;
    struct item_criterion *rubric;
    size_t order_count, pair_count, accepted_count, criterion_count;
    struct item_text rationale;
};

#endif
