#include "khoacu/rank/rank.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define X(name, key) key,
static const char *const UNITS[] = {RANK_UNIT_TABLE(X)};
static const char *const OPS[] = {RANK_OP_TABLE(X)};
static const char *const ROUNDINGS[] = {RANK_ROUNDING_TABLE(X)};
static const char *const STATUSES[] = {RANK_STATUS_TABLE(X)};
static const char *const ALLOCATIONS[] = {RANK_ALLOCATION_TABLE(X)};
static const char *const OUTCOMES[] = {RANK_OUTCOME_TABLE(X)};
static const char *const FORMULAS[] = {RANK_FORMULA_TABLE(X)};
static const char *const STATISTICS[] = {RANK_STATISTIC_TABLE(X)};
static const char *const CUT_TIES[] = {RANK_CUT_TIES_TABLE(X)};
#undef X
#define X(name, outcome, key) key,
static const char *const REASONS[] = {RANK_REASON_TABLE(X)};
#undef X
#define X(name, outcome, key) RANK_##outcome,
static const enum rank_outcome REASON_OUTCOMES[] = {RANK_REASON_TABLE(X)};
#undef X

static int find(const char *const *keys, int count, const char *key) {
    for (int i = 0; key && i < count; i++)
        if (strcmp(keys[i], key) == 0)
            return i;
    return -1;
}

const char *rank_op_key(enum rank_op op) {
    return OPS[op];
}
const char *rank_status_key(enum rank_status status) {
    return STATUSES[status];
}
const char *rank_outcome_key(enum rank_outcome outcome) {
    return OUTCOMES[outcome];
}
const char *rank_reason_key(enum rank_reason reason) {
    return REASONS[reason];
}
enum rank_outcome rank_reason_outcome(enum rank_reason reason) {
    return REASON_OUTCOMES[reason];
}
int rank_unit_find(const char *key) {
    return find(UNITS, RANK_UNIT_COUNT_OF, key);
}
int rank_op_find(const char *key) {
    return find(OPS, RANK_OP_COUNT, key);
}
int rank_rounding_find(const char *key) {
    return find(ROUNDINGS, RANK_ROUND_COUNT, key);
}
int rank_status_find(const char *key) {
    return find(STATUSES, RANK_STATUS_COUNT, key);
}
int rank_allocation_find(const char *key) {
    return find(ALLOCATIONS, RANK_ALLOCATE_COUNT, key);
}
int rank_outcome_find(const char *key) {
    return find(OUTCOMES, RANK_OUTCOME_COUNT, key);
}
int rank_reason_find(const char *key) {
    return find(REASONS, RANK_REASON_COUNT, key);
}
int rank_formula_find(const char *key) {
    return find(FORMULAS, RANK_FORMULA_KIND_COUNT, key);
}
int rank_statistic_find(const char *key) {
    return find(STATISTICS, RANK_STATISTIC_COUNT, key);
}
int rank_cut_ties_find(const char *key) {
    return find(CUT_TIES, RANK_CUT_TIES_COUNT, key);
}
