/* bank_index.h: the newest versions of all items in this process's memory, for lists, searches and likenesses.
 *
 * The database holds ciphertext alone, so a search cannot be asked of it. Each serving process keeps what it has opened:
 * words with and without marks, what can be filtered by, and a sketch of each text. It is filled at first use and
 * followed by the banks' counters of changes: a call first asks for the counters (one small statement) and reads what
 * has changed since, so that whoever has written sees it in his next list, whichever process answers.
 *
 * A search finds items that have all its words, the last one as far as it is typed, "in quotation marks" next to each
 * other; a word typed with marks is found with these marks only, one without in any writing. Searched are code, title,
 * all words of the item in both languages and its source.
 *
 * Likeness of two items: the share that their sets of trigrams (three bytes of words without marks) have in common, in thousandths. Sketches
 * (128 minima of hashes) choose whom to compare, so that one item against 20,000 takes about a millisecond.
 *
 * Scope is bank_scope: what the person has no right to is not counted, not listed, not compared. Access is noted by
 * the caller (bank_access_note). Keys are never in the index.
 *
 * Used by: api, main. Uses: bank, item, doc, base. Threads: any number of readers; a refresh excludes them for the time
 * of one item.
 */
#ifndef KHOACU_BANK_BANK_INDEX_H
#define KHOACU_BANK_BANK_INDEX_H

#include "khoacu/bank/bank.h"

#define BANK_SEARCH_MAX 100   /* code points */
#define BANK_FACETS_MAX 200   /* names listed of one kind, the most frequent first */
#define BANK_LIKE_MAX 50      /* items alike that are listed */
#define BANK_LIKE_LEAST 700   /* thousandths from which two items are called alike */
#define BANK_TWINS_LEAST 850  /* the same in reports on a whole bank */

struct bank_index;
enum err bank_index_new(struct bank_index **ret_index) MUST_CHECK;
/* Accepts NULL. */
void bank_index_free(struct bank_index *index);

/* X(name, key): orders of a list, from the least; items that are equal in it stand by id */
#define BANK_SORT_TABLE(X)                                                                                             \
    X(UPDATED, "updated")                                                                                              \
    X(CODE, "code") /* by bank and code */                                                                             \
    X(TOPIC, "topic")                                                                                                  \
    X(EXPOSURE, "exposure")                                                                                            \
    X(FACILITY, "facility") /* unknown last, either way */                                                             \
    X(LEVEL, "level")
enum bank_sort {
#define X(name, key) BANK_SORT_##name,
    BANK_SORT_TABLE(X)
#undef X
        BANK_SORT_COUNT
};
/* A key, with '-' before it for the other way round. */
bool bank_sort_parse(const char *key, enum bank_sort *ret_sort, bool *ret_down);

/* X(name, key): what waits for the person who asks */
#define BANK_QUEUE_TABLE(X)                                                                                            \
    X(ALL, "all")                                                                                                      \
    X(MINE, "mine")     /* he is one of the authors */                                                                 \
    X(REVIEW, "review") /* in review, he is a reviewer there and no author of it */
enum bank_queue {
#define X(name, key) BANK_QUEUE_##name,
    BANK_QUEUE_TABLE(X)
#undef X
        BANK_QUEUE_COUNT
};
bool bank_queue_parse(const char *key, enum bank_queue *ret_queue);

struct bank_index_query {
    const char *search;           /* "" none; one without any word finds nothing */
    const char *bank;             /* code, "" all */
    const char *topic;            /* prefix, "" all */
    const char *kind, *tag;       /* "" all */
    unsigned states;              /* bits 1 << enum bank_state; 0 all */
    int64_t level;                /* -1 all */
    int64_t author;               /* staff id, 0 all */
    bool stale, exposed;          /* only what has an expired source; only what is at its limit of exposure */
    int64_t today;                /* days since 1970 */
    enum bank_queue queue;
    enum bank_sort sort;
    bool down;                    /* from the greatest */
    const char *after;            /* `next` of the page before, "" from the start */
    size_t limit;                 /* 1..200 */
};
struct bank_index_row {
    struct bank_item item; /* with rights and own of who asks */
    const char *title, *excerpt; /* plain text, the excerpt at most 200 code points */
    bool stale, exposed;
};
struct bank_facet {
    const char *name;
    int64_t count;
};
struct bank_facets {
    int64_t states[BANK_STATE_COUNT], levels[5];
    struct bank_facet *kinds, *topics, *tags, *banks;
    size_t kind_count, topic_count, tag_count, bank_count;
};
struct bank_index_page {
    struct bank_index_row *rows;
    size_t count;
    int64_t total;
    const char *next; /* NULL: the last page */
    struct bank_facets facets; /* over all that was found, not the page alone */
    bool place_wrong; /* `after` is no place of this order; nothing else is filled */
};
/* Allocates: in the desk's arena. */
enum err bank_index_find(struct bank_index *index, const struct bank_desk *desk, const struct bank_index_query *query,
                         struct bank_index_page *ret_page) MUST_CHECK;

struct bank_like {
    struct bank_index_row row;
    int64_t likeness; /* thousandths; 1000: the same words */
};
/* Items that are like this one, the most alike first, across all banks that the person sees. *ret_found false: the item
 * is not to be seen. */
enum err bank_index_like(struct bank_index *index, const struct bank_desk *desk, int64_t item_id, bool *ret_found,
                         struct bank_like **ret_list, size_t *ret_count) MUST_CHECK;

/* Pairs of one bank that are alike by BANK_TWINS_LEAST; of large groups each with its neighbours only. Retired items
 * are left out. */
struct bank_twins {
    const char *code, *other_code;
    int64_t item_id, other_id, likeness;
};
struct bank_index_health {
    int64_t items, drafts, in_review, stale, stale_live, exposed;
    struct bank_index_row *stale_rows, *exposed_rows, *waiting_rows; /* the first hundred of each, oldest change first */
    size_t stale_count, exposed_count, waiting_count;
    struct bank_twins *twins; /* at most a hundred */
    size_t twin_count;
    int64_t twin_total;
};
enum err bank_index_health(struct bank_index *index, const struct bank_desk *desk, const char *bank, int64_t today,
                           struct bank_index_health *ret_health) MUST_CHECK;

/* How many items of a bank can be drawn now (live, source not expired, not at the limit of exposure): one walk for many
 * questions. */
struct bank_cell {
    const char *topic, *kind; /* "" any */
    int64_t level;            /* 0 any */
    int64_t supply;           /* filled */
};
enum err bank_index_supply(struct bank_index *index, const struct bank_desk *desk, const char *bank, int64_t today,
                           struct bank_cell *cells, size_t count) MUST_CHECK;

#endif
