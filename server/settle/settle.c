#include "khoacu/settle/settle.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* One settling under way: what of the facts was asked for. */
struct walk {
    const struct settle_scheme *scheme;
    const struct settle_facts *facts;
    struct settle_result *result;
    struct rank_misfit *misfit;
    uint8_t used; /* marks */
    bool dialogue, by[SETTLE_PERSON_COUNT];
};
static const char *const PERSONS[] = {"by.head", "by.chair", "by.collective"};

static enum err refuse(struct rank_misfit *misfit, int64_t value, const char *reason, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static enum err refuse(struct rank_misfit *misfit, int64_t value, const char *reason, const char *format, ...) {
    va_list args;
    if (misfit) {
        va_start(args, format);
        (void)vsnprintf(misfit->path, sizeof misfit->path, format, args);
        va_end(args);
        (void)snprintf(misfit->reason, sizeof misfit->reason, "%s", reason);
        misfit->value = value;
    }
    return ERR_RANGE;
}

static bool holds(uint8_t op, int64_t value, int64_t bound) {
    return op == RANK_OP_GE ? value >= bound : op == RANK_OP_GT ? value > bound : op == RANK_OP_LE ? value <= bound : value < bound;
}

static bool tier_holds(const struct settle_tier *tier, int64_t gap, bool across, bool equal, const struct settle_facts *facts) {
    int64_t part = facts->part ? facts->part : facts->max;
    if ((tier->across && !across) || (tier->equal && !equal))
        return false;
    if (!tier->bounded)
        return true;
    return tier->share_den ? holds(tier->op, gap * tier->share_den, facts->max * tier->share_num) : holds(tier->op, gap * part, tier->value * facts->max);
}

static enum err finish(struct walk *w, enum settle_why why, int64_t sum, uint32_t of) {
    const struct settle_scheme *s = w->scheme;
    int64_t step = (int64_t)of * s->round_to, down = sum / step, rest = sum % step;
    bool up = s->rounding == RANK_ROUND_HALF_UP ? rest * 2 >= step
                                                : s->rounding == RANK_ROUND_HALF_EVEN && (rest * 2 > step || (rest * 2 == step && down % 2 != 0));
    if (s->rounding == RANK_ROUND_EXACT && rest != 0)
        return refuse(w->misfit, sum, "remainder", "marks");
    w->result->next = SETTLE_NEXT_SETTLED;
    w->result->why = (uint8_t)why;
    w->result->sum = sum;
    w->result->of = of;
    w->result->mark = (down + up) * s->round_to;
    return ERR_NONE;
}

/* A mark that somebody gave counts as it is. */
static enum err take(struct walk *w, enum settle_why why, int64_t mark) {
    w->result->next = SETTLE_NEXT_SETTLED;
    w->result->why = (uint8_t)why;
    w->result->sum = w->result->mark = mark;
    w->result->of = 1;
    return ERR_NONE;
}

static enum err ask(struct walk *w, enum settle_next next, uint8_t wanted) {
    w->result->next = (uint8_t)next;
    w->result->why = w->result->gap < 0 ? SETTLE_WHY_MARKS_MISSING : SETTLE_WHY_GAP;
    w->result->wanted = wanted;
    return ERR_NONE;
}

static enum err ask_person(struct walk *w, enum settle_person person) {
    static const enum settle_next NEXT[] = {SETTLE_NEXT_HEAD, SETTLE_NEXT_CHAIR, SETTLE_NEXT_COLLECTIVE};
    static const enum settle_why WHY[] = {SETTLE_WHY_HEAD, SETTLE_WHY_CHAIR, SETTLE_WHY_COLLECTIVE};
    w->by[person] = w->facts->by[person].said;
    if (!w->facts->by[person].said)
        return ask(w, NEXT[person], 0);
    if (!w->facts->by[person].passed_up)
        return take(w, WHY[person], w->facts->by[person].mark);
    return person == SETTLE_BY_HEAD ? ask_person(w, SETTLE_BY_CHAIR) : refuse(w->misfit, 0, "nobody-above", "%s", PERSONS[person]);
}

static enum err ask_dialogue(struct walk *w, bool head_decides) {
    const struct settle_facts *f = w->facts;
    w->dialogue = f->dialogue != SETTLE_SILENT;
    if (f->dialogue == SETTLE_SILENT)
        return ask(w, SETTLE_NEXT_DIALOGUE, 0);
    if (!f->minuted)
        return ask(w, SETTLE_NEXT_MINUTES, 0);
    return !head_decides && f->dialogue == SETTLE_AGREED ? take(w, SETTLE_WHY_AGREED, f->agreed) : ask_person(w, SETTLE_BY_HEAD);
}

/* Ascending; marks are few. */
static void sort_marks(int64_t *marks, uint8_t count) {
    for (uint8_t i = 1; i < count; i++)
        for (uint8_t k = i; k > 0 && marks[k - 1] > marks[k]; k--) {
            int64_t swap = marks[k];
            marks[k] = marks[k - 1];
            marks[k - 1] = swap;
        }
}

static enum err settle_mean(struct walk *w, const int64_t *sorted, uint8_t count) {
    const struct settle_scheme *s = w->scheme;
    bool trims = w->result->round == SETTLE_ROUND_FIRST && s->drop_high + s->drop_low > 0;
    uint8_t low = trims ? s->drop_low : 0, high = trims ? s->drop_high : 0;
    if (trims && count < low + high + s->least)
        return refuse(w->misfit, count, "too-few-to-trim", "marks");
    int64_t sum = 0;
    for (uint8_t i = low; i < count - high; i++)
        sum += sorted[i];
    return finish(w, trims ? SETTLE_WHY_TRIMMED : SETTLE_WHY_MEAN, sum, (uint32_t)(count - high - low));
}

static enum err settle_nearest(struct walk *w, const int64_t *sorted) {
    int64_t below = sorted[1] - sorted[0], above = sorted[2] - sorted[1];
    if (below == above)
        return finish(w, SETTLE_WHY_NEAREST, sorted[1], 1);
    return finish(w, SETTLE_WHY_NEAREST, sorted[1] + (below < above ? sorted[0] : sorted[2]), 2);
}

static enum err enter_round(struct walk *w, enum settle_round round, const int64_t *marks, uint8_t count);

/* More marks, and then the round that they belong to: the third with all, the pair with its own. */
static enum err more_marks(struct walk *w, enum settle_round round, uint8_t more) {
    uint8_t from = w->used, there = (uint8_t)(w->facts->mark_count - from);
    w->used = (uint8_t)(from + (there < more ? there : more));
    if (there < more)
        return ask(w, SETTLE_NEXT_MARKS, (uint8_t)(more - there));
    bool all = round == SETTLE_ROUND_THIRD;
    return enter_round(w, round, w->facts->marks + (all ? 0 : from), (uint8_t)(all ? w->used : more));
}

static enum err act(struct walk *w, const struct settle_tier *tier, const int64_t *marks, const int64_t *sorted, uint8_t count) {
    switch ((enum settle_do)tier->act) {
    case SETTLE_DO_MEAN:
        return settle_mean(w, sorted, count);
    case SETTLE_DO_EQUAL:
        return finish(w, SETTLE_WHY_EQUAL, sorted[1], 1); /* of three with two equal, the middle one is theirs */
    case SETTLE_DO_NEAREST:
        return settle_nearest(w, sorted);
    case SETTLE_DO_LAST:
        return take(w, SETTLE_WHY_LAST, marks[count - 1]);
    case SETTLE_DO_KEEP:
        return take(w, SETTLE_WHY_KEPT, w->facts->before);
    case SETTLE_DO_THIRD:
        return more_marks(w, SETTLE_ROUND_THIRD, 1);
    case SETTLE_DO_PAIR:
        return more_marks(w, SETTLE_ROUND_PAIR, 2);
    case SETTLE_DO_DIALOGUE:
        return ask_dialogue(w, false);
    case SETTLE_DO_DIALOGUE_HEAD:
        return ask_dialogue(w, true);
    case SETTLE_DO_HEAD:
        return ask_person(w, SETTLE_BY_HEAD);
    case SETTLE_DO_CHAIR:
        return ask_person(w, SETTLE_BY_CHAIR);
    case SETTLE_DO_COLLECTIVE:
        return ask_person(w, SETTLE_BY_COLLECTIVE);
    case SETTLE_DO_COUNT:
        break;
    }
    return ERR_STATE;
}

static enum err enter_round(struct walk *w, enum settle_round round, const int64_t *marks, uint8_t count) {
    const struct settle_scheme *s = w->scheme;
    int64_t sorted[SETTLE_MARKS_MAX];
    bool equal = false;
    memcpy(sorted, marks, count * sizeof *marks);
    sort_marks(sorted, count);
    for (uint8_t i = 1; i < count; i++)
        equal = equal || sorted[i] == sorted[i - 1];
    w->result->round = (uint8_t)round;
    w->result->gap = sorted[count - 1] - sorted[0];
    w->result->across = w->facts->pass > 0 && sorted[0] < w->facts->pass && sorted[count - 1] >= w->facts->pass;
    for (uint8_t i = 0; i < s->tier_count[round]; i++)
        if (tier_holds(&s->tiers[round][i], w->result->gap, w->result->across, equal, w->facts)) {
            w->result->tier = i;
            return act(w, &s->tiers[round][i], marks, sorted, count);
        }
    return ERR_STATE; /* a scheme that fits has a last tier for the rest */
}

static enum err settle_suspected(struct walk *w) {
    const struct settle_facts *f = w->facts;
    int64_t sum = 0;
    w->used = f->mark_count;
    if (f->mark_count < w->scheme->suspect_marks)
        return ask(w, SETTLE_NEXT_MARKS, (uint8_t)(w->scheme->suspect_marks - f->mark_count));
    for (uint8_t i = 0; i < f->mark_count; i++)
        sum += f->marks[i];
    return finish(w, f->proved ? SETTLE_WHY_PROVED : SETTLE_WHY_SUSPECTED, sum * (100 - (f->proved ? w->scheme->suspect_deduct : 0)),
                  f->mark_count * 100u);
}

static enum err settle_first(struct walk *w) {
    const struct settle_facts *f = w->facts;
    uint8_t wanted = f->members > w->scheme->marks ? f->members : w->scheme->marks;
    if (f->suspected)
        return settle_suspected(w);
    w->used = f->mark_count < wanted ? f->mark_count : wanted;
    if (f->mark_count < wanted)
        return ask(w, SETTLE_NEXT_MARKS, (uint8_t)(wanted - f->mark_count));
    return enter_round(w, SETTLE_ROUND_FIRST, f->marks, wanted);
}

static enum err check_mark(const struct settle_facts *f, int64_t mark, bool stepped, struct rank_misfit *misfit, const char *path, int index) {
    if (mark < 0 || mark > f->max)
        return refuse(misfit, mark, "off-scale", index < 0 ? "%s" : "%s[%d]", path, index);
    if (stepped && f->step > 0 && mark % f->step != 0)
        return refuse(misfit, mark, "step", index < 0 ? "%s" : "%s[%d]", path, index);
    return ERR_NONE;
}

static enum err check_facts(const struct settle_scheme *s, const struct settle_facts *f, struct rank_misfit *misfit) {
    if (f->max <= 0 || f->max > SETTLE_MARK_MAX)
        return refuse(misfit, f->max, "range", "max");
    if (f->pass < 0 || f->pass > f->max)
        return refuse(misfit, f->pass, "range", "pass");
    if (f->mark_count > SETTLE_MARKS_MAX || f->members > SETTLE_MARKS_MAX)
        return refuse(misfit, f->mark_count, "count", "marks");
    enum err err = ERR_NONE;
    for (uint8_t i = 0; i < f->mark_count && err == ERR_NONE; i++)
        err = check_mark(f, f->marks[i], true, misfit, "marks", i);
    if (err == ERR_NONE && f->dialogue == SETTLE_AGREED)
        err = check_mark(f, f->agreed, false, misfit, "agreed", -1);
    for (int i = 0; i < SETTLE_PERSON_COUNT && err == ERR_NONE; i++)
        if (f->by[i].said && !f->by[i].passed_up)
            err = check_mark(f, f->by[i].mark, false, misfit, PERSONS[i], -1);
    if (err == ERR_NONE && f->remark != (s->tier_count[SETTLE_ROUND_CHANGE] > 0))
        return refuse(misfit, 0, f->remark ? "not-asked" : "required", "before");
    if (err == ERR_NONE && f->remark)
        err = check_mark(f, f->before, false, misfit, "before", -1);
    if (err == ERR_NONE && ((f->suspected && s->suspect_marks == 0) || (f->proved && !f->suspected)))
        return refuse(misfit, 0, "not-asked", f->proved ? "proved" : "suspected");
    return err;
}

/* What nobody asked for was perhaps meant for another script: it is not passed over. */
static enum err check_used(const struct walk *w) {
    if (w->used < w->facts->mark_count)
        return refuse(w->misfit, w->facts->marks[w->used], "not-asked", "marks[%d]", w->used);
    if (w->facts->dialogue != SETTLE_SILENT && !w->dialogue)
        return refuse(w->misfit, 0, "not-asked", "dialogue");
    for (int i = 0; i < SETTLE_PERSON_COUNT; i++)
        if (w->facts->by[i].said && !w->by[i])
            return refuse(w->misfit, w->facts->by[i].mark, "not-asked", "%s", PERSONS[i]);
    return ERR_NONE;
}

enum err settle_marks(const struct settle_scheme *scheme, const struct settle_facts *facts, struct settle_result *ret_result,
                      struct rank_misfit *ret_misfit) {
    struct settle_result result = {.gap = -1};
    struct walk w = {.scheme = scheme, .facts = facts, .result = &result, .misfit = ret_misfit};
    enum err err = check_facts(scheme, facts, ret_misfit);
    if (err == ERR_NONE)
        err = settle_first(&w);
    if (err == ERR_NONE && facts->remark && result.next == SETTLE_NEXT_SETTLED) {
        int64_t both[] = {facts->before, result.mark};
        err = enter_round(&w, SETTLE_ROUND_CHANGE, both, 2);
    }
    if (err == ERR_NONE)
        err = check_used(&w);
    if (err == ERR_NONE)
        *ret_result = result;
    return err;
}
