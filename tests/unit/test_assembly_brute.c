/* Small random banks and blueprints, each solved by the assembler and by trying every choice there is. */
#include "unit.h"

#include "khoacu/assembly/solve.h"
#include "khoacu/base/child.h"
#include "khoacu/base/random.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

enum { ITEMS_MAX = 12, FORM_MAX = 4, FORMS_MAX = 2, CASES = 60 };

/* The problem as the brute force sees it, in its own words. */
struct cell {
    int topic, level, min, max;
};
struct trial {
    int item_count, size, forms, cell_count, seconds_max, overlap_max; /* seconds_max, overlap_max -1: none */
    int topic[ITEMS_MAX], level[ITEMS_MAX], seconds[ITEMS_MAX], facility[ITEMS_MAX]; /* thousandths */
    int enemy[ITEMS_MAX];                                                            /* other item, or -1 */
    int target, tolerance, anchor;                                                   /* -1: none */
    struct cell cells[4];
};

static int below(struct random_stream *lots, int bound) {
    return (int)random_stream_below(lots, (uint64_t)bound);
}

static struct trial make_trial(struct random_stream *lots) {
    struct trial t = {.item_count = 6 + below(lots, ITEMS_MAX - 5), .size = 2 + below(lots, FORM_MAX - 1)};
    t.forms = 1 + below(lots, FORMS_MAX);
    for (int i = 0; i < t.item_count; i++) {
        t.topic[i] = below(lots, 3);
        t.level[i] = 1 + below(lots, 3);
        t.seconds[i] = 10 + below(lots, 90);
        t.facility[i] = 200 + below(lots, 700);
        t.enemy[i] = below(lots, 3) == 0 ? below(lots, t.item_count) : -1;
    }
    t.cell_count = 1 + below(lots, 4);
    for (int i = 0; i < t.cell_count; i++) {
        int min = below(lots, 5) == 0 ? 2 : below(lots, 2);
        t.cells[i] = (struct cell){below(lots, 4) - 1, below(lots, 4), min, min + 1 + below(lots, 2)};
        if (t.cells[i].topic < 0 && t.cells[i].level == 0)
            t.cells[i].level = 1;
    }
    t.seconds_max = below(lots, 2) ? t.size * (25 + below(lots, 50)) : -1;
    t.overlap_max = below(lots, 3) - 1;
    t.target = below(lots, 2) ? 300 + below(lots, 500) : -1;
    t.tolerance = t.target >= 0 && below(lots, 2) ? 10 + below(lots, 100) : -1;
    t.anchor = below(lots, 4) == 0 ? below(lots, t.item_count) : -1;
    return t;
}

/* ---- brute force ---- */

/* Constraints are numbered as they are asked about: 0 size, then cells, then those below. */
enum { SIZE, CELLS, SECONDS = CELLS + 4, MEAN, ENEMIES, ANCHOR, APART, NUMBERS };

static int bits(unsigned set) {
    return __builtin_popcount(set);
}

static long mean_away(const struct trial *t, unsigned set) {
    long sum = 0;
    for (int i = 0; i < t->item_count; i++)
        sum += set >> i & 1 ? t->facility[i] - t->target : 0;
    return labs(sum);
}

static bool fits(const struct trial *t, unsigned set, unsigned asked) {
    int seconds = 0;
    for (int c = 0; c < t->cell_count; c++) {
        int count = 0;
        for (int i = 0; i < t->item_count; i++)
            count += (set >> i & 1) && (t->cells[c].topic < 0 || t->cells[c].topic == t->topic[i]) &&
                     (t->cells[c].level == 0 || t->cells[c].level == t->level[i]);
        if ((asked >> (CELLS + c) & 1) && (count < t->cells[c].min || count > t->cells[c].max))
            return false;
    }
    for (int i = 0; i < t->item_count; i++) {
        seconds += set >> i & 1 ? t->seconds[i] : 0;
        bool met = (set >> i & 1) && t->enemy[i] >= 0 && t->enemy[i] != i && (set >> t->enemy[i] & 1);
        if (met && (asked >> ENEMIES & 1))
            return false;
    }
    if ((asked >> SIZE & 1) && bits(set) != t->size)
        return false;
    if ((asked >> SECONDS & 1) && t->seconds_max >= 0 && seconds > t->seconds_max)
        return false;
    /* the mean is judged as a sum over as many items as a form has */
    if ((asked >> MEAN & 1) && t->tolerance >= 0) {
        long sum = 0;
        for (int i = 0; i < t->item_count; i++)
            sum += set >> i & 1 ? t->facility[i] : 0;
        long low = (long)(t->target - t->tolerance) * t->size, high = (long)(t->target + t->tolerance) * t->size;
        if (sum < low || sum > high)
            return false;
    }
    return !(asked >> ANCHOR & 1) || t->anchor < 0 || (set >> t->anchor & 1);
}

static bool apart(const struct trial *t, unsigned a, unsigned b) {
    unsigned shared = a & b;
    if (t->anchor >= 0)
        shared &= ~(1u << t->anchor);
    return bits(shared) <= (t->overlap_max < 0 ? 0 : t->overlap_max);
}

/* Whether there are forms; *ret_best: the smallest largest distance of the sum from the target's. */
static bool brute(const struct trial *t, unsigned asked, long *ret_best) {
    unsigned *choices = malloc(sizeof *choices << ITEMS_MAX);
    size_t count = 0;
    long best = -1;
    assert_non_null(choices);
    for (unsigned set = 0; set < 1u << t->item_count; set++)
        if (fits(t, set, asked))
            choices[count++] = set;
    for (size_t a = 0; a < count; a++) {
        long away_a = mean_away(t, choices[a]);
        for (size_t b = t->forms == 1 ? a : 0; b < (t->forms == 1 ? a + 1 : count); b++) {
            if (t->forms == 2 && (asked >> APART & 1) && !apart(t, choices[a], choices[b]))
                continue;
            long away_b = mean_away(t, choices[b]), away = away_a > away_b ? away_a : away_b;
            best = best < 0 || away < best ? away : best;
        }
    }
    free(choices);
    *ret_best = best;
    return best >= 0;
}

/* ---- the same problem for the assembler ---- */

static struct assembly_pool make_pool(struct arena *arena, const struct trial *t) {
    static const char *const TOPICS[] = {"law", "language/basic", "society"};
    struct assembly_item *items = ARENA_ARRAY(arena, ITEMS_MAX, struct assembly_item);
    for (int i = 0; i < t->item_count; i++) {
        const char **enemies = ARENA_ARRAY(arena, 1, const char *);
        items[i] = (struct assembly_item){
            .code = arena_printf(arena, "Q%02d", i), .topic = TOPICS[t->topic[i]], .kind = "single"};
        items[i].level = t->level[i];
        items[i].seconds = t->seconds[i];
        items[i].facility = t->facility[i] * (ASSEMBLY_NANO / 1000);
        items[i].enemies = enemies;
        if (t->enemy[i] >= 0)
            enemies[items[i].enemy_count++] = arena_printf(arena, "Q%02d", t->enemy[i]);
    }
    assert_true(assembly_pool_sort(items, (size_t)t->item_count));
    return (struct assembly_pool){.items = items, .count = (size_t)t->item_count};
}

static void make_blueprint(struct arena *arena, const struct trial *t, struct assembly_blueprint *blueprint) {
    static const char *const TOPICS[] = {"law", "language", "society"};
    struct buf text;
    buf_init(&text, 65536);
    buf_addf(&text, "{\"format\":\"khoacu-blueprint/1\",\"solve_s\":20,\"items\":%d,\"forms\":%d,\"counts\":[", t->size,
             t->forms);
    for (int c = 0; c < t->cell_count; c++) {
        buf_addf(&text, "%s{\"min\":%d,\"max\":%d", c ? "," : "", t->cells[c].min, t->cells[c].max);
        if (t->cells[c].topic >= 0)
            buf_addf(&text, ",\"topic\":\"%s\"", TOPICS[t->cells[c].topic]);
        if (t->cells[c].level > 0)
            buf_addf(&text, ",\"level\":%d", t->cells[c].level);
        buf_adds(&text, "}");
    }
    buf_adds(&text, "]");
    if (t->seconds_max >= 0)
        buf_addf(&text, ",\"seconds\":{\"max\":%d}", t->seconds_max);
    if (t->overlap_max >= 0)
        buf_addf(&text, ",\"overlap_max\":%d", t->overlap_max);
    if (t->target >= 0)
        buf_addf(&text, ",\"facility\":{\"mean\":{\"target\":\"0.%03d\"", t->target);
    if (t->target >= 0 && t->tolerance >= 0)
        buf_addf(&text, ",\"tolerance\":\"0.%03d\"", t->tolerance);
    buf_adds(&text, t->target >= 0 ? "}}" : "");
    if (t->anchor >= 0)
        buf_addf(&text, ",\"anchors\":[{\"item\":\"Q%02d\"}]", t->anchor);
    buf_adds(&text, "}");
    const struct json *document = NULL;
    struct json_misfits misfits = {0};
    assert_int_equal(json_read(arena, text.data, text.len, &document, NULL), ERR_NONE);
    if (!assembly_blueprint_read(arena, document, blueprint, &misfits))
        fail_msg("%s: %s %s", text.data, misfits.list[0].path, misfits.list[0].rule);
    buf_release(&text);
}

/* The set of an answer's form. */
static unsigned set_of(const struct assembly_form *form) {
    unsigned set = 0;
    for (size_t i = 0; i < form->item_count; i++)
        set |= 1u << form->items[i].item;
    return set;
}

static void check_forms(const struct trial *t, const struct assembly_result *result, int number) {
    unsigned all = (1u << NUMBERS) - 1;
    for (size_t f = 0; f < result->form_count; f++)
        if (!fits(t, set_of(&result->forms[f]), all))
            fail_msg("case %d: form %zu breaks a constraint", number, f + 1);
    if (t->forms == 2 && !apart(t, set_of(&result->forms[0]), set_of(&result->forms[1])))
        fail_msg("case %d: the forms share too much", number);
}

static unsigned asked_of(const struct assembly_result *result) {
    unsigned asked = 0;
    for (size_t i = 0; i < result->clash_count; i++) {
        const struct assembly_constraint *constraint = &result->constraints[result->clash[i]];
        switch (constraint->kind) {
        case ASSEMBLY_KIND_ITEMS:
            asked |= 1u << SIZE;
            break;
        case ASSEMBLY_KIND_CELL:
            asked |= 1u << (CELLS + constraint->index);
            break;
        case ASSEMBLY_KIND_SECONDS:
            asked |= 1u << SECONDS;
            break;
        case ASSEMBLY_KIND_MEAN:
            asked |= 1u << MEAN;
            break;
        case ASSEMBLY_KIND_ENEMIES:
            asked |= 1u << ENEMIES;
            break;
        case ASSEMBLY_KIND_ANCHOR:
            asked |= 1u << ANCHOR;
            break;
        default:
            asked |= 1u << APART;
            break;
        }
    }
    return asked;
}

/* The set clashes, and none of it can be left out; when it is said to be the smallest, no smaller one clashes. */
static void check_clash(const struct trial *t, const struct assembly_result *result, int number) {
    long best;
    unsigned asked = asked_of(result);
    if (result->clash_count == 0 || brute(t, asked, &best))
        fail_msg("case %d: what is said to clash does not", number);
    if (t->overlap_max == 0 && (asked >> APART & 1))
        return; /* two constraints of the assembler say the same here */
    for (int i = 0; i < NUMBERS; i++)
        if ((asked >> i & 1) && !brute(t, asked & ~(1u << i), &best))
            fail_msg("case %d: constraint %d is not needed", number, i);
    /* what holds of all sets of one fewer holds of smaller ones too */
    for (unsigned other = 0; result->clash_smallest && other < 1u << NUMBERS; other++)
        if (bits(other) == bits(asked) - 1 && !brute(t, other, &best))
            fail_msg("case %d: a smaller set clashes", number);
}

static bool run_case(int number, struct random_stream *lots, int *feasible, int *infeasible) {
    struct arena arena;
    struct trial t = make_trial(lots);
    struct assembly_blueprint blueprint;
    struct assembly_result result;
    struct assembly_options options = {.solver = number % 10 == 9 ? "glpsol" : NULL};
    char path[64];
    long best = 0;
    if (options.solver && !child_find("glpsol", path, sizeof path))
        options.solver = NULL;
    arena_init(&arena, (size_t)64 << 20);
    struct assembly_pool pool = make_pool(&arena, &t);
    make_blueprint(&arena, &t, &blueprint);
    assert_int_equal(assembly_solve(&arena, &pool, &blueprint, &options, &result), ERR_NONE);
    bool there = brute(&t, (1u << NUMBERS) - 1, &best);
    if (result.verdict == ASSEMBLY_NO_SOLVER)
        return false;
    if (result.verdict != (there ? ASSEMBLY_ASSEMBLED : ASSEMBLY_INFEASIBLE))
        fail_msg("case %d: %s, but brute force says %s", number, assembly_verdict_key(result.verdict),
                 there ? "possible" : "impossible");
    if (there)
        check_forms(&t, &result, number);
    else
        check_clash(&t, &result, number);
    ++*(there ? feasible : infeasible);
    arena_release(&arena);
    return true;
}

static void random_banks(void **state) {
    (void)state;
    struct random_stream lots;
    int feasible = 0, infeasible = 0;
    random_stream_init(&lots, 4);
    for (int i = 0; i < CASES; i++)
        if (!run_case(i, &lots, &feasible, &infeasible))
            skip();
    assert_true(feasible > CASES / 6);
    assert_true(infeasible > CASES / 6);
}

/* One form, a target for the mean alone: the distance is the best there is, to the gap of the assembler. */
static void nearest_is_best(void **state) {
    (void)state;
    struct random_stream lots;
    random_stream_init(&lots, 5);
    for (int i = 0; i < 25; i++) {
        struct arena arena;
        struct trial t = make_trial(&lots);
        struct assembly_blueprint blueprint;
        struct assembly_result result;
        long best = 0;
        t.forms = 1;
        t.target = 550;
        t.tolerance = -1;
        arena_init(&arena, (size_t)64 << 20);
        struct assembly_pool pool = make_pool(&arena, &t);
        make_blueprint(&arena, &t, &blueprint);
        assert_int_equal(assembly_solve(&arena, &pool, &blueprint, &(struct assembly_options){0}, &result), ERR_NONE);
        if (result.verdict == ASSEMBLY_NO_SOLVER)
            skip();
        if (brute(&t, (1u << NUMBERS) - 1, &best)) {
            int64_t wanted = best * (ASSEMBLY_NANO / 1000) / t.size;
            if (llabs(result.distance - wanted) > ASSEMBLY_NANO / 5000)
                fail_msg("case %d: distance %lld, best %lld", i, (long long)result.distance, (long long)wanted);
        }
        arena_release(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_banks), cmocka_unit_test(nearest_is_best)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
