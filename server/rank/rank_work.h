/* rank_work.h: what the files of this module share while one field is being decided. */
#ifndef KHOACU_SERVER_RANK_RANK_WORK_H
#define KHOACU_SERVER_RANK_RANK_WORK_H

#include "khoacu/rank/rank.h"

/* Facts of a tie key on which a candidate has no value. */
#define RANK_WORK_NO_VALUE INT64_MIN

struct rank_work {
    const struct rank_inputs *inputs;
    const struct rank_pack *pack;
    const int64_t *values; /* of the inputs, or own ones with the statistics in their columns */
    const uint8_t *statuses;
    int64_t *own_values;
    uint8_t *own_statuses;
    struct rank_decision *decisions;
    struct rank_post_result *posts;
    uint32_t *order; /* those who passed, sorted; order_count of them */
    uint32_t order_count;
    uint32_t *equals;     /* order_count: members of rank_tie_cut under way */
    uint32_t *contenders; /* order_count: members of the allocation under way */
    uint32_t *seatless;   /* order_count: members who keep no seat */
    /* By seat of the post under way: */
    int32_t *left;   /* places left */
    int32_t *before; /* places left before the equals under way chose */
    int32_t *wanted; /* first choices among them; zero between uses */
    uint32_t *taker; /* who of them took the last place */
    int64_t gate_bounds[RANK_GATES_MAX];
    bool gate_applies[RANK_GATES_MAX];
    bool formula_may_lack[RANK_FORMULAS_MAX];
};

/* rank_check.c: the pack and the shape of the field, without judging anybody. */
enum err rank_check_shape(const struct rank_inputs *inputs, struct rank_misfit *ret_misfit) MUST_CHECK;
bool rank_code_valid(const char *code);
/* rank_check_rules.c: what of a pack has kinds: statistics, formulas; and the cuts and groups. */
enum err rank_check_statistic(const struct rank_pack *pack, int component, struct rank_misfit *misfit) MUST_CHECK;
enum err rank_check_formulas(const struct rank_pack *pack, struct rank_misfit *misfit) MUST_CHECK;
enum err rank_check_cuts(const struct rank_pack *pack, struct rank_misfit *misfit) MUST_CHECK;
/* Fills a misfit and returns ERR_RANGE. */
enum err rank_refuse(struct rank_misfit *misfit, int64_t value, const char *reason, const char *format, ...)
    __attribute__((format(printf, 4, 5))) MUST_CHECK;

/* rank_formula.c */
bool rank_op_holds(enum rank_op op, int64_t value, int64_t bound);
bool rank_formula_value(const struct rank_pack *pack, const struct rank_formula *formula, const int64_t *values,
                        const uint8_t *statuses, int64_t *ret_value);
/* Whether a formula can be without a value though its terms are there; and why it is: it leaves a remainder that the pack does
 * not round, or has too few marks to drop some of. NULL: it has a value, or one of its terms is exempt or left out. */
bool rank_formula_may_lack(const struct rank_pack *pack, const struct rank_formula *formula);
const char *rank_formula_lack(const struct rank_pack *pack, const struct rank_formula *formula, const int64_t *values,
                              const uint8_t *statuses);
int64_t rank_formula_max(const struct rank_pack *pack, const struct rank_formula *formula);

/* rank_quantity.c: whether what became of a component ends its candidate's way there. */
bool rank_component_stops(const struct rank_component *component, uint8_t status);

/* rank_derive.c: fills the columns of statistics. ERR_RANGE where a group has none. */
enum err rank_derive(struct rank_work *work, struct rank_misfit *ret_misfit) MUST_CHECK;

/* rank_stage.c: everybody's way through the stages, and totals; fills decisions (room for all, posts zero and zero
 * again afterwards). ERR_RANGE when a result that is needed is missing. */
enum err rank_judge(struct rank_work *work, struct rank_misfit *ret_misfit) MUST_CHECK;

/* rank.c */
enum err rank_work_open(struct rank_work *work, const struct rank_inputs *inputs, struct rank_misfit *ret_misfit) MUST_CHECK;
void rank_work_close(struct rank_work *work);

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
