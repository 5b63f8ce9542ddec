/* rank_work.h: what the files of this module share while one field is being decided. */
#ifndef KHOACU_SERVER_RANK_RANK_WORK_H
#define KHOACU_SERVER_RANK_RANK_WORK_H

#include "khoacu/rank/rank.h"

/* Facts of a tie key on which a candidate has no value. */
#define RANK_WORK_NO_VALUE INT64_MIN

struct rank_work {
    const struct rank_inputs *inputs;
    const struct rank_pack *pack;
    struct rank_decision *decisions;
    struct rank_post_result *posts;
    uint32_t *order; /* those who passed, sorted; order_count of them */
    uint32_t order_count;
    uint32_t *equals;     /* order_count: members of rank_tie_cut under way */
    uint32_t *contenders; /* order_count: members of the allocation under way */
    /* By seat of the post under way: */
    int32_t *left;   /* places left */
    int32_t *before; /* places left before the equals under way chose */
    int32_t *wanted; /* first choices among them; zero between uses */
    uint32_t *taker; /* who of them took the last place */
    int64_t gate_bounds[RANK_GATES_MAX];
    bool gate_applies[RANK_GATES_MAX];
};

/* rank_check.c: the pack and the shape of the field, without judging anybody. */
enum err rank_check_shape(const struct rank_inputs *inputs, struct rank_misfit *ret_misfit) MUST_CHECK;
/* Fills a misfit and returns ERR_RANGE. */
enum err rank_refuse(struct rank_misfit *misfit, int64_t value, const char *reason, const char *format, ...)
    __attribute__((format(printf, 4, 5))) MUST_CHECK;

/* rank.c: gates, raw, priority and total of one candidate; ERR_RANGE when a result that is needed is missing. */
void rank_work_bind(struct rank_work *work, const struct rank_inputs *inputs);
enum err rank_judge(const struct rank_work *work, uint32_t candidate, struct rank_decision *ret_decision,
                    struct rank_misfit *ret_misfit) MUST_CHECK;

/* rank_tie.c */
/* The chain without its manual end: below 0 when `a` goes first, 0 when it cannot tell them apart. *ret_key is the
 * index of the key that decided. */
int rank_tie_compare(const struct rank_work *work, uint32_t a, uint32_t b, uint8_t *ret_key);
/* The value of a key for a candidate, or RANK_WORK_NO_VALUE. */
int64_t rank_tie_value(const struct rank_work *work, uint8_t key, uint32_t candidate);
/* Sorts equals by the chain, those whom it cannot tell apart by roll number. */
void rank_tie_sort(const struct rank_work *work, uint32_t *members, uint32_t count);
/* Sorts by the recorded order when one and the same order tells all members apart; else false. */
bool rank_tie_sort_manual(const struct rank_work *work, uint32_t *members, uint32_t count);
/* Gives `seats` places to the first of `members`, who are sorted by total; asks the chain only across the last. */
void rank_tie_cut(const struct rank_work *work, const uint32_t *members, uint32_t count, uint32_t seats,
                  struct rank_post_result *post);

/* rank_allocate.c: decides about `count` members of one post, who have passed and are sorted by total. */
void rank_allocate_post(const struct rank_work *work, uint32_t post, const uint32_t *members, uint32_t count);

#endif
