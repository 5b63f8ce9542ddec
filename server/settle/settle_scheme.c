#include "khoacu/settle/settle.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define X(name, key) key,
static const char *const DOS[] = {SETTLE_DO_TABLE(X)};
static const char *const NEXTS[] = {SETTLE_NEXT_TABLE(X)};
static const char *const WHYS[] = {SETTLE_WHY_TABLE(X)};
static const char *const ROUNDS[] = {SETTLE_ROUND_TABLE(X)};
static const char *const BALLOTS[] = {SETTLE_BALLOT_TABLE(X)};
static const char *const REKEYS[] = {SETTLE_REKEY_TABLE(X)};
#undef X

static int find(const char *const *keys, int count, const char *key) {
    for (int i = 0; key && i < count; i++)
        if (strcmp(keys[i], key) == 0)
            return i;
    return -1;
}
const char *settle_next_key(enum settle_next next) {
    return NEXTS[next];
}
const char *settle_why_key(enum settle_why why) {
    return WHYS[why];
}
const char *settle_round_key(enum settle_round round) {
    return ROUNDS[round];
}
const char *settle_ballot_key(enum settle_ballot_end end) {
    return BALLOTS[end];
}
int settle_do_find(const char *key) {
    return find(DOS, SETTLE_DO_COUNT, key);
}
int settle_rekey_find(const char *key) {
    return find(REKEYS, SETTLE_REKEY_COUNT, key);
}

static bool no(struct rank_misfit *misfit, const char *round, int tier, const char *member, const char *reason) {
    if (misfit) {
        *misfit = (struct rank_misfit){.value = tier};
        if (tier < 0)
            (void)snprintf(misfit->path, sizeof misfit->path, "%s", round);
        else
            (void)snprintf(misfit->path, sizeof misfit->path, "%s[%d].%s", round, tier, member);
        (void)snprintf(misfit->reason, sizeof misfit->reason, "%s", reason);
    }
    return false;
}

static bool rises(const struct settle_tier *tier) {
    return tier->op == RANK_OP_LE || tier->op == RANK_OP_LT;
}

/* Of two bounds in the same direction and measure, the second must reach further, or it is never asked. */
static bool reaches(const struct settle_tier *a, const struct settle_tier *b) {
    if (!a->bounded || !b->bounded || a->across || a->equal || rises(a) != rises(b) || !a->share_den != !b->share_den)
        return true;
    int64_t of_a = a->share_den ? (int64_t)a->share_num * b->share_den : a->value, of_b = b->share_den ? (int64_t)b->share_num * a->share_den : b->value;
    bool wider = (a->op == RANK_OP_LT && b->op == RANK_OP_LE) || (a->op == RANK_OP_GT && b->op == RANK_OP_GE);
    return rises(a) ? of_b > of_a || (of_b == of_a && wider) : of_b < of_a || (of_b == of_a && wider);
}

static bool tier_fits(const struct settle_scheme *s, enum settle_round round, int i, struct rank_misfit *misfit) {
    const struct settle_tier *t = &s->tiers[round][i], *before = i > 0 ? t - 1 : NULL;
    const char *name = settle_round_key(round);
    bool last = i + 1 == s->tier_count[round], free_of_condition = !t->bounded && !t->across && !t->equal;
    if (last != free_of_condition)
        return no(misfit, name, i, "op", last ? "contradiction" : "required");
    if (before && !reaches(before, t))
        return no(misfit, name, i, "value", "contradiction");
    bool three = round == SETTLE_ROUND_THIRD;
    if ((t->act == SETTLE_DO_EQUAL && (!three || !t->equal)) || (t->act == SETTLE_DO_NEAREST && !three))
        return no(misfit, name, i, "do", "contradiction");
    if (t->act == SETTLE_DO_KEEP && round != SETTLE_ROUND_CHANGE)
        return no(misfit, name, i, "do", "contradiction");
    if (t->act == SETTLE_DO_LAST && !three && round != SETTLE_ROUND_CHANGE)
        return no(misfit, name, i, "do", "contradiction");
    if ((t->act == SETTLE_DO_THIRD || t->act == SETTLE_DO_PAIR) && (round != SETTLE_ROUND_FIRST || s->marks != 2))
        return no(misfit, name, i, "do", "contradiction"); /* a chain of marks without an end, or no two to add to */
    if (t->act == SETTLE_DO_THIRD && s->tier_count[SETTLE_ROUND_THIRD] == 0)
        return no(misfit, "third", -1, "", "required");
    if (t->act == SETTLE_DO_PAIR && s->tier_count[SETTLE_ROUND_PAIR] == 0)
        return no(misfit, "pair", -1, "", "required");
    /* The people who are asked about a change would be asked about the new mark too, and one word cannot say both. */
    bool asks = t->act >= SETTLE_DO_DIALOGUE;
    return !asks || round == SETTLE_ROUND_CHANGE || s->tier_count[SETTLE_ROUND_CHANGE] == 0 || no(misfit, name, i, "do", "contradiction");
}

static bool used(const struct settle_scheme *s, enum settle_do act) {
    for (int i = 0; i < s->tier_count[SETTLE_ROUND_FIRST]; i++)
        if (s->tiers[SETTLE_ROUND_FIRST][i].act == act)
            return true;
    return false;
}

bool settle_scheme_fits(const struct settle_scheme *s, struct rank_misfit *misfit) {
    if (s->marks < 1 || s->marks > SETTLE_MARKS_MAX)
        return no(misfit, "marks", -1, "", "range");
    if (s->round_to < 1 || s->round_to > 10000)
        return no(misfit, "round.to", -1, "", "range");
    if (s->tier_count[SETTLE_ROUND_FIRST] == 0)
        return no(misfit, "tiers", -1, "", "required");
    if (s->drop_high + s->drop_low + s->least > SETTLE_MARKS_MAX || (s->drop_high + s->drop_low > 0 && s->least < 1))
        return no(misfit, "trim", -1, "", "range");
    if ((s->suspect_marks == 0) != (s->suspect_deduct == 0) || s->suspect_deduct > 100 || s->suspect_marks > SETTLE_SUSPECT_MARKS_MAX)
        return no(misfit, "suspected", -1, "", "range");
    for (int round = 0; round < SETTLE_ROUND_COUNT; round++)
        for (int i = 0; i < s->tier_count[round]; i++)
            if (!tier_fits(s, (enum settle_round)round, i, misfit))
                return false;
    if (s->tier_count[SETTLE_ROUND_THIRD] > 0 && !used(s, SETTLE_DO_THIRD))
        return no(misfit, "third", -1, "", "unreachable");
    if (s->tier_count[SETTLE_ROUND_PAIR] > 0 && !used(s, SETTLE_DO_PAIR))
        return no(misfit, "pair", -1, "", "unreachable");
    return true;
}
