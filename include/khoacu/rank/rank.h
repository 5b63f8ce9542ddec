/* rank.h: who is selected and why: a rule pack, posts and candidates in, one decision with its grounds for each out.
 *
 * Pure integer arithmetic on plain arrays: no database, no clock, no floating point, no text formats. The same facts
 * give the same decisions on every machine and whatever the order of the candidates, so that a published list can be
 * computed again by anybody.
 *
 * How a person is judged, in this order:
 *   stages    each in turn: a part that was not sat, was suspended or is void ends it there; then the stage's gates
 *   raw       the formula that the pack ranks by
 *   priority  points of the highest class claimed, added to the raw result of those who have passed every gate
 *   place     1 + the number of persons of the post with a higher total; equals share a place
 *   seats     best total first; the tie chain is asked only where equals stand across the last seat (or, in the choice
 *             of agency, across the last seat of an agency)
 *
 * A quantity is a component (what was counted or marked, or a statistic of the field over an earlier component) or a
 * formula over earlier quantities. Gates, cuts, the rank key and the tie keys name quantities, never components of their
 * own knowledge. Dates and grades that break ties are components that no formula adds.
 *
 * Between the stages of a post stand, in this order: the gates, each candidate alone; a gate's relief, which lets in the
 * best of those who fail it alone where too few pass; and the cuts, which let in so many a seat.
 *
 * Invariants of a result: places given never exceed a quota; priority never turns a fail into a pass; without ties that
 * are unresolved nobody is selected at a post with a lower total than somebody who is not, wanted that seat and was
 * allowed it (a reserved seat is allowed its group, an open one those who used no relaxation).
 * Units: marks in hundredths (57.50 is 5750), counts as they are, fine marks in 10^-7.
 * Used by: cycle (pack), result, main. Uses: base (err). Threads: any; nothing is shared.
 */
#ifndef KHOACU_RANK_RANK_H
#define KHOACU_RANK_RANK_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Version of what this engine computes; raised when any decision could come out otherwise. */
#define RANK_ENGINE "khoacu-rank/1"

#define RANK_CODE_SIZE 32
#define RANK_STAGES_MAX 6
#define RANK_COMPONENTS_MAX 16
#define RANK_FORMULAS_MAX 16
#define RANK_TERMS_MAX 8
#define RANK_GATES_MAX 24
#define RANK_CLASSES_MAX 16
#define RANK_KEYS_MAX 8
#define RANK_CUTS_MAX 8
#define RANK_GROUPS_MAX 16
#define RANK_BOUNDS_MAX 12
#define RANK_VALUE_MAX 1000000000                   /* of a count or mark; keeps every sum far inside 64 bits */
#define RANK_FINE 10000000                          /* parts of a fine mark */
#define RANK_FINE_MAX ((int64_t)1000000 * RANK_FINE) /* of a fine mark */
#define RANK_NONE 255             /* "no such row" in the bytes below */
#define RANK_NO_AGENCY UINT32_MAX

/* ---- the rule pack, bound to the scales of one cycle ---- */

/* X(name, key in packs and files) */
#define RANK_UNIT_TABLE(X)                                                                                             \
    X(COUNT, "count") /* right answers, members, per cent of a deduction, bands */                                     \
    X(MARK, "mark")   /* hundredths of a mark */                                                                       \
    X(FINE, "fine")   /* 10^-7 of a mark: what a statistic gives */
#define RANK_OP_TABLE(X)                                                                                               \
    X(GE, "ge") /* at least the bound */                                                                               \
    X(GT, "gt") /* above the bound */                                                                                  \
    X(LE, "le") /* at most */                                                                                          \
    X(LT, "lt") /* below */
#define RANK_ROUNDING_TABLE(X)                                                                                         \
    X(EXACT, "exact") /* a remainder is refused */                                                                     \
    X(HALF_UP, "half_up")                                                                                              \
    X(HALF_EVEN, "half_even")                                                                                          \
    X(DOWN, "down")
#define RANK_KEY_KIND_TABLE(X)                                                                                         \
    X(VALUE, "value")   /* a quantity; no value stands behind every value */                                           \
    X(EXEMPT, "exempt") /* whoever was exempt from the component first */                                              \
    X(CLASS, "class")   /* the points of the highest class first, who has none last */                                 \
    X(MANUAL, "manual") /* the recorded decision of a person; ends the chain */
#define RANK_ALLOCATION_TABLE(X)                                                                                       \
    X(POST, "post")                      /* one agency a post, best first */                                           \
    X(POOLED, "pooled_rank_then_agency") /* the quota of all agencies together, then each chooses, best first */       \
    X(WISHES, "wish_by_wish")            /* first wishes of all, then second wishes for what is left, … */             \
    X(RESERVED, "reserved_groups")       /* open seats on merit alone, then each group's own seats within the group */
/* How a formula makes its value of its terms. */
#define RANK_FORMULA_TABLE(X)                                                                                          \
    X(SUM, "sum")             /* (weight * term + …) / divisor */                                                      \
    X(BEST, "best")           /* the sum of the `take` highest / divisor */                                            \
    X(LEAST, "least")         /* the lowest */                                                                         \
    X(TRIMMED, "trimmed_mean") /* mean without the drop_high highest and drop_low lowest; absent members do not count */ \
    X(COUNT, "count_of")      /* how many terms stand to `bound` as `op` says: members who rate a factor low */        \
    X(DEDUCT, "deduct")       /* the first term less as many per cent of it as the second says; none says 0 */         \
    X(BAND, "band")           /* how many of the rising `bounds` the term reaches */                                   \
    X(COMPOSITE, "composite") /* base + span * C / Cmax, C = weight * (term - pass) / deviation + …, Cmax at the maxima */
/* What a component is: given, or a statistic of the field over an earlier component. */
#define RANK_STATISTIC_TABLE(X)                                                                                        \
    X(GIVEN, "given")                                                                                                  \
    X(PERCENTILE, "percentile")           /* per cent of the own group with a value not above the own */               \
    X(LINEAR, "linear")                   /* shifts made comparable by means and tops */                               \
    X(EQUIPERCENTILE, "equipercentile")   /* the score of the base group with the same percentile rank */              \
    X(STANDARD, "standard")               /* mean + deviation * (value - mean of the group) / deviation of the group */
/* What a cut does with equals of whom only some would get in. */
#define RANK_CUT_TIES_TABLE(X)                                                                                         \
    X(ALL, "all")   /* lets all of them in, unless that passes the cap: then none */                                   \
    X(NONE, "none") /* none of them */

#define X(name, key) RANK_UNIT_##name,
enum rank_unit { RANK_UNIT_TABLE(X) RANK_UNIT_COUNT_OF };
#undef X
#define X(name, key) RANK_OP_##name,
enum rank_op { RANK_OP_TABLE(X) RANK_OP_COUNT };
#undef X
#define X(name, key) RANK_ROUND_##name,
enum rank_rounding { RANK_ROUNDING_TABLE(X) RANK_ROUND_COUNT };
#undef X
#define X(name, key) RANK_KEY_##name,
enum rank_key_kind { RANK_KEY_KIND_TABLE(X) RANK_KEY_COUNT };
#undef X
#define X(name, key) RANK_ALLOCATE_##name,
enum rank_allocation { RANK_ALLOCATION_TABLE(X) RANK_ALLOCATE_COUNT };
#undef X
#define X(name, key) RANK_FORMULA_##name,
enum rank_formula_kind { RANK_FORMULA_TABLE(X) RANK_FORMULA_KIND_COUNT };
#undef X
#define X(name, key) RANK_STATISTIC_##name,
enum rank_statistic { RANK_STATISTIC_TABLE(X) RANK_STATISTIC_COUNT };
#undef X
#define X(name, key) RANK_CUT_##name,
enum rank_cut_ties { RANK_CUT_TIES_TABLE(X) RANK_CUT_TIES_COUNT };
#undef X

/* What is counted or marked, or found from the whole field. */
struct rank_component {
    char code[RANK_CODE_SIZE];
    uint8_t stage;
    uint8_t unit;      /* enum rank_unit; of a statistic FINE */
    bool optional;     /* no result need be there: a deduction, a member of a panel, a date; without one it adds nothing */
    int64_t max;       /* questions, or the highest mark; 0: not part of this cycle. Of a statistic: the most it can be */
    uint8_t statistic; /* enum rank_statistic; what follows is for others than GIVEN */
    uint8_t source;    /* an earlier component of the same stage, given */
    uint8_t places;    /* decimal places of the result, 0 … 7 */
    int64_t mean, deviation;  /* STANDARD: in fine marks */
    uint32_t base_group;      /* EQUIPERCENTILE: the group whose scale it is */
    bool given_table;         /* EQUIPERCENTILE: by rank_inputs.tables, not found from the field */
    bool base_best;           /* LINEAR: on the scale of the shift with the highest mean, else of all */
};

struct rank_term {
    uint8_t quantity;
    int32_t weight;          /* SUM, COMPOSITE: -10000..10000, not 0 */
    int64_t pass, deviation; /* COMPOSITE: in the unit of the quantity, deviation above 0 */
};
/* The result is rounded once, to a multiple of round_to. */
struct rank_formula {
    char code[RANK_CODE_SIZE];
    uint8_t kind; /* enum rank_formula_kind */
    uint8_t unit; /* of the result */
    uint8_t term_count;
    struct rank_term terms[RANK_TERMS_MAX];
    int32_t divisor;                    /* SUM, BEST: 1..1000000 */
    int32_t round_to;                   /* in the unit: 1 is a hundredth of a mark, 10 a tenth */
    uint8_t rounding;                   /* enum rank_rounding; how the last step is taken */
    uint8_t take;                       /* BEST */
    uint8_t drop_high, drop_low, least; /* TRIMMED: `least` marks must be left, at least one */
    uint8_t op;                         /* COUNT: enum rank_op */
    int64_t bound;                      /* COUNT */
    uint8_t bound_count;                /* BAND */
    int64_t bounds[RANK_BOUNDS_MAX];
    int64_t base, span; /* COMPOSITE: in the unit of the result */
};

/* A test that a candidate must pass at the end of a stage. */
struct rank_gate {
    char code[RANK_CODE_SIZE];
    uint8_t stage;
    uint8_t quantity;
    uint8_t op;                   /* enum rank_op */
    bool combined_only;           /* only when the stage has two or more components in this cycle */
    int64_t bound;                /* used when share_den is 0 */
    int32_t share_num, share_den; /* else: this share of the component's own maximum, exact */
    int32_t relief;               /* where fewer than this pass at a post, the best of those who fail this gate alone
                                     come in up to it, equals all; 0: none. The last gate of its stage */
};

/* So many go on from a stage, best by a quantity first. */
struct rank_cut {
    char code[RANK_CODE_SIZE];
    uint8_t stage;
    uint8_t quantity;
    bool whole;                       /* all posts as one, else each post for itself */
    int32_t seats_num, seats_den;     /* this many for each seat, a part counts whole; when count is 0 */
    int32_t count;                    /* else this many */
    int32_t least;                    /* not fewer, however few seats there are */
    uint8_t ties;                     /* enum rank_cut_ties */
    int32_t cap;                      /* of ALL; 0: none */
};

struct rank_class {
    char code[RANK_CODE_SIZE];
    int64_t points; /* hundredths */
};

/* One key of the chain that is asked at the last seat. */
struct rank_key {
    uint8_t kind;       /* enum rank_key_kind */
    uint8_t quantity;   /* of VALUE and EXEMPT */
    bool ascending;     /* lower first, e.g. birth dates for «older»; else higher first */
    bool combined_only; /* as in rank_gate, for the stage of the quantity */
};

struct rank_pack {
    uint8_t stage_count, component_count, formula_count, gate_count, class_count, key_count, cut_count, group_count;
    char stages[RANK_STAGES_MAX][RANK_CODE_SIZE];
    struct rank_component components[RANK_COMPONENTS_MAX];
    /* Quantities: 0 … component_count - 1 are the components, behind them the formulas; a formula uses lower ones. */
    struct rank_formula formulas[RANK_FORMULAS_MAX];
    struct rank_gate gates[RANK_GATES_MAX]; /* in the order in which they are asked within their stage */
    struct rank_class classes[RANK_CLASSES_MAX];
    struct rank_key keys[RANK_KEYS_MAX]; /* the last is MANUAL */
    struct rank_cut cuts[RANK_CUTS_MAX];
    char groups[RANK_GROUPS_MAX][RANK_CODE_SIZE]; /* for whom seats can be reserved, in the order of their turn */
    int32_t group_percents[RANK_GROUPS_MAX];      /* of the places of each post, hundredths of a per cent; all 0: seats are given by group */
    uint8_t rank_quantity;                        /* raw result; totals are in its unit */
    bool plus_priority;                           /* total = raw + points of the highest class */
    int64_t window_low, window_high;              /* points only for a raw result within both, hundredths; 0 and 0: any */
    int64_t priority_cap;                         /* points lift a total no higher than this, hundredths; 0: none */
    int64_t total_min;                            /* a total below it fails, points counted, hundredths; 0: none */
    bool admit_equals;                            /* of POST: equals across the last seat are all selected */
    uint8_t allocation;                           /* enum rank_allocation */
    uint8_t wishes_max;                           /* of WISHES: 1..20 */
    bool reserved_to_open;                        /* of RESERVED: what a group leaves goes to merit; else it stays empty */
    bool rest_to_next;                            /* of WISHES: what every wish leaves goes to the best who have none */
    int32_t field_min;                            /* a post with fewer candidates is not held; 0: none */
    int32_t reserve_size;                         /* next-ranked on the reserve list of a post, equals all; -1 every one */
};

/* ---- the field ---- */

struct rank_seat {
    uint32_t agency; /* index into agencies */
    int32_t quota;
    uint8_t group; /* RESERVED: 1 + the group whose own the seats are; 0: open */
    int32_t carried; /* of quota: brought over from a recruitment before, beside the share of the group */
};
struct rank_post {
    const char *code;
    uint32_t first_seat, seat_count; /* rows of seats; two or more agencies make it a joint post */
};

/* What became of one component for one candidate. X(name, key) */
#define RANK_STATUS_TABLE(X)                                                                                           \
    X(NONE, "none") /* not reached, or not part of this cycle */                                                       \
    X(VALUE, "value")                                                                                                  \
    X(ABSENT, "absent")                                                                                                \
    X(SUSPENDED, "suspended")                                                                                          \
    X(VOID, "void")     /* goes to the review of incidents */                                                          \
    X(EXEMPT, "exempt") /* the gates on it fall away */
#define X(name, key) RANK_STATUS_##name,
enum rank_status { RANK_STATUS_TABLE(X) RANK_STATUS_COUNT };
#undef X

struct rank_candidate {
    const char *roll; /* roll number, unique in the field */
    uint32_t post;
    uint32_t classes;          /* bit i: class i of the pack was accepted */
    uint32_t first_preference; /* rows of preferences: agencies of the post, best liked first */
    uint32_t manual;           /* place in a recorded order, 1 goes first; 0: none recorded */
    uint32_t manual_set;       /* which recorded order: places of different ones say nothing about each other */
    uint16_t preference_count;
    uint16_t groups;      /* bit i: belongs to group i of the pack */
    bool relaxed;         /* was let in by a relaxed standard: no open seat */
    bool withdrawn;       /* struck off after a release; whoever is next is taken */
    bool kept;            /* holds the seat of an earlier release at kept_agency, whatever the others choose now */
    uint32_t kept_agency;
    uint8_t kept_group;   /* RESERVED: 1 + the group whose seat it is; 0: an open one */
    uint32_t placed;      /* number of a recorded decision: where no seat is left on the own list, placed_agency, if one is left
                           * there. Two such at one last seat: the better, the one whom the chain prefers, the earlier decision. 0: none */
    uint32_t placed_agency;
    bool stated;          /* passed, with stated_total: what it is made of is withheld, and no result is given */
    int64_t stated_total; /* hundredths */
};

/* What each score 0 … count - 1 of a group counts as, for a component with given_table. */
struct rank_table {
    uint8_t component;
    uint32_t group, count;
    const int64_t *values; /* fine marks */
};

struct rank_inputs {
    const struct rank_pack *pack;
    const char *const *agencies; /* codes */
    const struct rank_seat *seats;
    const struct rank_post *posts;
    const uint32_t *preferences; /* indexes of agencies */
    const struct rank_candidate *candidates;
    const int64_t *values;   /* candidate_count rows of component_count; read where the status is VALUE */
    const uint8_t *statuses; /* the same shape, enum rank_status; those of statistics are not read */
    const uint32_t *groups;  /* the same shape: session, shift or marker of each value, for statistics; NULL: all one */
    const struct rank_table *tables; /* may be NULL */
    uint32_t agency_count, seat_count, post_count, preference_count, candidate_count, table_count;
};

/* The first thing in the inputs that cannot be. Nothing is computed then. */
struct rank_misfit {
    char path[160];  /* "candidates[TC0012].results.R2_WRITTEN", "posts[CV-01].seats[0].quota", "pack.ties" */
    char reason[48]; /* stable key: "off-scale", "duplicate", "unknown-agency", "missing", … */
    int64_t value;   /* where a number is to blame */
};

/* ---- the decisions ---- */

/* X(name, key) */
#define RANK_OUTCOME_TABLE(X)                                                                                          \
    X(SELECTED, "selected")                                                                                            \
    X(NOT_SELECTED, "not_selected")                                                                                    \
    X(TIED, "tied") /* waits for a recorded decision */                                                                \
    X(FAILED, "failed")                                                                                                \
    X(ABSENT, "absent")                                                                                                \
    X(SUSPENDED, "suspended")                                                                                          \
    X(VOID, "void")                                                                                                    \
    X(NOT_SHORTLISTED, "not_shortlisted")                                                                              \
    X(NOT_HELD, "not_held")                                                                                            \
    X(WITHDRAWN, "withdrawn")

/* X(name, outcome, key): the one ground of the decision, and which facts of struct rank_decision go with it */
#define RANK_REASON_TABLE(X)                                                                                           \
    X(WITHIN_QUOTA, SELECTED, "within_quota")           /* more seats than better or equal totals */                   \
    X(TIE_WON, SELECTED, "tie_won")                     /* key, value > bound of the first who lost */                 \
    X(TIE_WON_MANUAL, SELECTED, "tie_won_manual")       /* key; recorded order, value before bound */                  \
    X(BELOW_LAST_SEAT, NOT_SELECTED, "below_last_seat") /* value < bound, the total at the last seat */                \
    X(TIE_LOST, NOT_SELECTED, "tie_lost")               /* key, value < bound of the last who won */                   \
    X(TIE_LOST_MANUAL, NOT_SELECTED, "tie_lost_manual") /* key; recorded order, value behind bound */                  \
    X(NO_SEATS, NOT_SELECTED, "no_seats")               /* the post has no quota, or no wish left one */               \
    X(LIST_EXHAUSTED, SELECTED, "list_exhausted")       /* place won, no seat left on the own list of agencies */      \
    X(AGENCY_WAITS, SELECTED, "agency_waits")           /* place won, the agency waits for a tie above */              \
    X(TIED_LAST_SEAT, TIED, "tied_last_seat")           /* equal after the whole chain across the last seat */         \
    X(TIED_AGENCY, TIED, "tied_agency")                 /* place won, equal across the last seat of an agency */       \
    X(GATE, FAILED, "gate")                             /* row = gate, value does not reach bound */                   \
    X(ABSENT, ABSENT, "absent")                         /* row = component, as below */                                \
    X(SUSPENDED, SUSPENDED, "suspended")                                                                               \
    X(VOID, VOID, "void")                                                                                              \
    X(SEAT_KEPT, SELECTED, "seat_kept")                 /* holds it since an earlier release */                        \
    X(CUT, NOT_SHORTLISTED, "cut")                      /* row = cut, value < bound, the last who was let in; or cut_empty */ \
    X(TOTAL_LOW, FAILED, "total_low")                   /* value < bound, with the points that there are */            \
    X(EQUAL_ADMITTED, SELECTED, "equal_admitted")       /* equal to the last seat, where all such are let in */        \
    X(FIELD_SMALL, NOT_HELD, "field_small")             /* value candidates < bound */                                 \
    X(WITHDRAWN, WITHDRAWN, "withdrawn")                                                                               \
    X(PLACED, SELECTED, "placed")                       /* list exhausted; a recorded decision names the agency */     \
    X(SEAT_LEFT, SELECTED, "seat_left")                 /* a seat that every wish had left */

#define X(name, key) RANK_##name,
enum rank_outcome { RANK_OUTCOME_TABLE(X) RANK_OUTCOME_COUNT };
#undef X
#define X(name, outcome, key) RANK_BY_##name,
enum rank_reason { RANK_REASON_TABLE(X) RANK_REASON_COUNT };
#undef X

struct rank_decision {
    int64_t raw, priority, total; /* 0 unless passed; in the unit of the rank quantity */
    int64_t value, bound;         /* facts of the reason */
    uint32_t place;               /* 1 … within the post; 0: not passed */
    uint32_t agency;              /* of the seat, or RANK_NO_AGENCY */
    uint32_t reserve;             /* place on the reserve list, 1 …; 0: none */
    uint8_t outcome, reason;
    bool passed;        /* every gate */
    bool compared;      /* stood among equals of whom the tie chain was asked */
    bool relieved;      /* came in by the relief of a gate */
    bool cut_empty;     /* CUT: nobody was let in, and the bound lies just above the best */
    uint8_t row;        /* gate, component or cut of the reason, or RANK_NONE */
    uint8_t key;        /* tie key that decided at the last seat, or RANK_NONE */
    uint8_t choice_key; /* tie key by which an equal took the last seat of an agency liked better, or RANK_NONE */
    uint8_t class_used; /* or RANK_NONE */
    uint8_t preference; /* which preference the seat was, 1 …; 0: none */
    uint8_t group;      /* whose reserved seat it is, or RANK_NONE */
};

struct rank_post_result {
    uint32_t candidates, passed, selected, tied, seats;
    bool contested;      /* the chain was asked at a last seat */
    uint32_t unresolved; /* ties that wait for a recorded decision */
};

struct rank_result {
    struct rank_decision *decisions; /* in the order of the candidates */
    uint32_t *order;                 /* those who passed: by post, best total first, equals by roll number */
    uint32_t order_count;
    struct rank_post_result *posts;
    /* Values and statuses with those of the statistics; NULL: the pack has none, and the inputs are whole. */
    int64_t *values;
    uint8_t *statuses;
    uint32_t outcomes[RANK_OUTCOME_COUNT];
    uint32_t unresolved;
};

/* Whether everything fits together: the pack in itself, the field in itself, each candidate with the pack.
 * ERR_RANGE with *ret_misfit filled, or ERR_MEMORY. */
enum err rank_check(const struct rank_inputs *inputs, struct rank_misfit *ret_misfit) MUST_CHECK;
/* The same for a pack alone. */
enum err rank_check_pack(const struct rank_pack *pack, struct rank_misfit *ret_misfit) MUST_CHECK;

/* Checks, then decides about everybody. As rank_check on failure, with *ret_result untouched; so it is when the chain
 * has to be asked of a candidate whose total is only stated ("withheld-in-tie"). Allocates: *ret_result, to be
 * released. 1,000,000 candidates take about half a second and 150 MB. */
enum err rank_run(const struct rank_inputs *inputs, struct rank_result *ret_result,
                  struct rank_misfit *ret_misfit) MUST_CHECK;
void rank_result_release(struct rank_result *result);

/* ---- single rules, as rank_run applies them ---- */

/* Whether the gate applies in this cycle, and the bound in the unit of its quantity such that value op bound is the
 * exact test (a share of an odd maximum is rounded to that end). */
bool rank_gate_applies(const struct rank_pack *pack, const struct rank_gate *gate);
int64_t rank_gate_bound(const struct rank_pack *pack, const struct rank_gate *gate);
bool rank_gate_holds(const struct rank_pack *pack, const struct rank_gate *gate, int64_t value);
bool rank_key_applies(const struct rank_pack *pack, const struct rank_key *key);
/* Whether one candidate's decision hangs on others before the seats: cuts, reliefs, statistics, a field too small. */
bool rank_pack_is_relative(const struct rank_pack *pack);
/* Whether one row of values and statuses gets through a stage: every part of it sat or exempt, every gate passed; none is passed by a
 * formula that cannot be computed. */
bool rank_stage_passed(const struct rank_pack *pack, uint8_t stage, const int64_t *values, const uint8_t *statuses);
/* Whether the pack itself says how many places of a post are whose. */
bool rank_pack_apportions(const struct rank_pack *pack);
/* How many of `places` are each group's own ([1 + group], in the order of turn, a half counts whole, never more than are left) and
 * how many open ([0]). */
void rank_apportion(const struct rank_pack *pack, int32_t places, int32_t ret_seats[RANK_GROUPS_MAX + 1]);
/* The class with the most points among the bits (the first of equals), or RANK_NONE. */
uint8_t rank_class_pick(const struct rank_pack *pack, uint32_t classes);
/* Unit, highest value, code and stage of a quantity; the stage of a formula is the last one of its terms. */
enum rank_unit rank_quantity_unit(const struct rank_pack *pack, uint8_t quantity);
int64_t rank_quantity_max(const struct rank_pack *pack, uint8_t quantity);
const char *rank_quantity_code(const struct rank_pack *pack, uint8_t quantity);
uint8_t rank_quantity_stage(const struct rank_pack *pack, uint8_t quantity);
/* Index of a component, a quantity, a class; RANK_NONE: no such code. */
uint8_t rank_component_find(const struct rank_pack *pack, const char *code);
uint8_t rank_quantity_find(const struct rank_pack *pack, const char *code);
uint8_t rank_class_find(const struct rank_pack *pack, const char *code);
uint8_t rank_group_find(const struct rank_pack *pack, const char *code);
/* The value of a quantity from one row of values and statuses. False: it has none (or, EXACT, a remainder). */
bool rank_quantity_value(const struct rank_pack *pack, uint8_t quantity, const int64_t *values, const uint8_t *statuses,
                         int64_t *ret_value);

/* Keys of the tables above; the finders give -1 for an unknown key. */
const char *rank_op_key(enum rank_op op);
const char *rank_status_key(enum rank_status status);
const char *rank_outcome_key(enum rank_outcome outcome);
const char *rank_reason_key(enum rank_reason reason);
enum rank_outcome rank_reason_outcome(enum rank_reason reason);
int rank_formula_find(const char *key);
int rank_statistic_find(const char *key);
int rank_cut_ties_find(const char *key);
int rank_unit_find(const char *key);
int rank_op_find(const char *key);
int rank_rounding_find(const char *key);
int rank_status_find(const char *key);
int rank_allocation_find(const char *key);
int rank_outcome_find(const char *key);
int rank_reason_find(const char *key);

#endif
