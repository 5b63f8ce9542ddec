#include "khoacu/cycle/cycle.h"

#include <string.h>

#include "khoacu/base/banned.h"

static const char *const STATES[CYCLE_STATE_COUNT] = {
#define X(name, key) key,
    CYCLE_STATE_TABLE(X)
#undef X
};

const char *cycle_state_key(enum cycle_state state) {
    return STATES[state];
}

bool cycle_state_parse(const char *key, enum cycle_state *ret_state) {
    for (int i = 0; i < CYCLE_STATE_COUNT; i++)
        if (strcmp(STATES[i], key) == 0) {
            *ret_state = (enum cycle_state)i;
            return true;
        }
    return false;
}

static const char *const STEPS[CYCLE_STEP_COUNT] = {
#define X(name, key) key,
    CYCLE_STEP_TABLE(X)
#undef X
};

const char *cycle_step_key(enum cycle_step step) {
    return STEPS[step];
}

/* ---- codes ---- */

static bool code_valid(const char *code, size_t min, size_t max) {
    size_t len = strlen(code);
    return len >= min && len <= max && code[0] != '-' && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

bool cycle_code_valid(const char *code) {
    return code_valid(code, 2, 40);
}

bool cycle_short_code_valid(const char *code) {
    return code_valid(code, 1, 20);
}

bool cycle_roll_number_valid(const char *roll_number) {
    size_t len = strlen(roll_number);
    return len >= 2 && len <= 20 && strspn(roll_number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

/* ---- what may still change ---- */

bool cycle_posts_free(enum cycle_state state) {
    return state == CYCLE_PREPARING;
}

bool cycle_applications_free(enum cycle_state state) {
    return state == CYCLE_PREPARING;
}

bool cycle_persons_free(enum cycle_state state) {
    return state < CYCLE_RANKING;
}

/* ---- progress ---- */

static bool passes(const struct rank_pack *rules, uint8_t component, int64_t count) {
    for (uint8_t i = 0; i < rules->gate_count; i++) {
        const struct rank_gate *gate = &rules->gates[i];
        if (gate->quantity == component && rank_gate_applies(rules, gate) && !rank_gate_holds(rules, gate, count))
            return false;
    }
    return true;
}

int64_t cycle_pass_count(const struct rank_pack *rules, uint8_t component) {
    int64_t count = 0;
    while (count <= rules->components[component].max && !passes(rules, component, count))
        count++;
    return count;
}

static enum cycle_step before_round2(const struct cycle_counts *counts) {
    if (counts->posts == 0)
        return CYCLE_STEP_POSTS;
    if (counts->candidates == 0)
        return CYCLE_STEP_CANDIDATES;
    if (counts->no_round1)
        return CYCLE_STEP_ROUND2;
    if (counts->shifts == 0 && counts->without_seat == 0 && counts->scored == counts->candidates)
        return CYCLE_STEP_ROUND2; /* everybody is exempt */
    if (counts->forms == 0)
        return CYCLE_STEP_FORM;
    if (counts->without_seat > 0)
        return CYCLE_STEP_SHIFT;
    if (counts->shifts_open > 0 && counts->without_code > 0)
        return CYCLE_STEP_CODES;
    if (counts->shifts_late > 0)
        return CYCLE_STEP_CLOSE;
    if (counts->shifts_open > 0 || counts->scored < counts->candidates)
        return CYCLE_STEP_SITTING;
    return counts->passed > 0 ? CYCLE_STEP_ROUND2 : CYCLE_STEP_NONE;
}

enum cycle_step cycle_next_step(const struct cycle_counts *counts, const struct cycle_run *newest) {
    if (newest->run_id != 0) {
        if (newest->release_version != 0)
            return CYCLE_STEP_DONE;
        if (newest->unresolved > 0)
            return CYCLE_STEP_TIES;
        if (!newest->verdict)
            return CYCLE_STEP_APPROVE;
        return strcmp(newest->verdict, "approved") == 0 ? CYCLE_STEP_PUBLISH : CYCLE_STEP_RUN;
    }
    if (counts->frozen)
        return CYCLE_STEP_RUN;
    if (counts->written.total + counts->interview.total == 0)
        return before_round2(counts);
    if (counts->staged && !counts->stage_open)
        return counts->written.marked == counts->written.total ? CYCLE_STEP_STAGE : CYCLE_STEP_MARKING;
    bool all = counts->written.marked == counts->written.total && counts->interview.marked == counts->interview.total;
    return all ? CYCLE_STEP_FREEZE : CYCLE_STEP_MARKING;
}
