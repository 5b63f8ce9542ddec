#include "psych_reference.h"

#include "khoacu/psych/classical.h"
#include "khoacu/psych/sites.h"

#include "khoacu/base/banned.h"

enum { ITEMS = 40 };

/* Five persons, three items. Totals 3 2 1 1 0: mean 1.4, variance 5.2/4 = 1.3. Items: variances 0.3 each, covariances with
 * the total 0.55 (first and second) and 0.2 (third; right are the first and the fourth person). */
static const double FIVE[] = {1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0};
static const double ONES[] = {1, 1, 1};

static void worked_by_hand(void **state) {
    (void)state;
    struct arena arena;
    struct psych_test test;
    struct psych_item items[3];
    arena_init(&arena, 1 << 20);
    const struct psych_responses in = {.persons = 5, .items = 3, .points = FIVE, .worth = ONES};
    assert_int_equal(psych_classical(&arena, &in, &PSYCH_THRESHOLDS_DEFAULT, &test, items), ERR_NONE);
    NEAR(test.mean, 1.4, 1e-15, "mean");
    NEAR(test.sd, sqrt(1.3), 1e-15, "sd");
    NEAR(items[0].facility, 0.6, 1e-15, "facility");
    NEAR(items[1].facility, 0.4, 1e-15, "facility of the second");
    /* x1 1 1 1 0 0, T 3 2 1 1 0: Σ(x-.6)(T-1.4) = .4(1.6+.6-.4) + .6(.4+1.4) = 1.8; /4 = .45 */
    NEAR(items[0].r_total, 0.45 / sqrt(0.3 * 1.3), 1e-14, "r with the total");
    NEAR(items[0].r_rest, (0.45 - 0.3) / sqrt(0.3 * (1.3 - 0.9 + 0.3)), 1e-14, "r with the rest");
    NEAR(test.alpha, 1.5 * (1 - 0.9 / 1.3), 1e-14, "alpha"); /* three variances of .3 */
    NEAR(items[0].alpha_deleted, 2 * (1 - 0.6 / 0.7), 1e-14, "alpha without the first");
    NEAR(test.sem, sqrt(1.3 * (1 - 1.5 * (0.4 / 1.3))), 1e-14, "sem");
    /* 27 % of five is one: best total 3, weakest 0 */
    assert_int_equal(test.upper_count, 1);
    assert_int_equal(test.lower_count, 1);
    NEAR(items[2].discrimination, 1, 1e-15, "discrimination");
    /* five persons raise no alarm about correlations */
    assert_int_equal(items[0].flags | items[1].flags | items[2].flags, 0);
    NEAR(psych_sem_at(30, 60), sqrt(900.0 / 59), 1e-15, "sem at the cut");
    const struct psych_responses two = {.persons = 2, .items = 3, .points = FIVE, .worth = ONES};
    assert_int_equal(psych_classical(&arena, &two, &PSYCH_THRESHOLDS_DEFAULT, &test, items), ERR_RANGE);
    arena_release(&arena);
}

/* Everybody has the first item right, nobody the second: no correlation, no number made up. */
static void what_is_not_defined(void **state) {
    (void)state;
    struct arena arena;
    struct psych_test test;
    struct psych_item items[2];
    arena_init(&arena, 1 << 20);
    const double points[] = {1, 0, 1, 0, 1, 0}, worth[] = {1, 1};
    const struct psych_responses in = {.persons = 3, .items = 2, .points = points, .worth = worth};
    assert_int_equal(psych_classical(&arena, &in, &PSYCH_THRESHOLDS_DEFAULT, &test, items), ERR_NONE);
    assert_true(isnan(test.alpha) && isnan(items[0].r_rest) && isnan(items[0].r_rest_95.low) && isnan(items[0].biserial));
    assert_int_equal(items[0].flags, 1u << PSYCH_FLAG_EASY);
    assert_int_equal(items[1].flags, 1u << PSYCH_FLAG_HARD);
    arena_release(&arena);
}

/* 40 persons who answer the second item by the first's opposite; the last of three options is never taken. */
static void flags_and_thresholds(void **state) {
    (void)state;
    enum { N = 40 };
    static double points[N * 3];
    static uint8_t choices[N * 3], cells[N * 3];
    struct arena arena;
    struct psych_test test;
    struct psych_item items[3];
    arena_init(&arena, 1 << 20);
    for (int i = 0; i < N; i++) {
        bool strong = i % 2 == 0;
        points[i * 3] = points[i * 3 + 2] = strong;
        points[i * 3 + 1] = !strong;
        choices[i * 3] = strong ? 1 : 2;
        choices[i * 3 + 1] = strong ? 2 : 1;
        cells[i * 3 + 2] = i < 7 ? PSYCH_OMITTED : i < 12 ? PSYCH_NOT_REACHED : PSYCH_ANSWERED;
    }
    const uint8_t options[] = {3, 3, 0};
    const uint32_t keys[] = {1, 1, 0};
    const struct psych_responses in = {.persons = N, .items = 3, .points = points, .worth = ONES, .cells = cells, .choices = choices, .options = options, .keys = keys};
    struct psych_thresholds limits = PSYCH_THRESHOLDS_DEFAULT;
    assert_int_equal(psych_classical(&arena, &in, &limits, &test, items), ERR_NONE);
    assert_int_equal(items[1].flags, 0);
    assert_int_equal(items[2].flags, 1u << PSYCH_FLAG_OMITTED | 1u << PSYCH_FLAG_NOT_REACHED);
    limits.persons_min = 40;
    assert_int_equal(psych_classical(&arena, &in, &limits, &test, items), ERR_NONE);
    assert_int_equal(items[1].flags, 1u << PSYCH_FLAG_WEAK | 1u << PSYCH_FLAG_NEGATIVE | 1u << PSYCH_FLAG_OPTION_RISES | 1u << PSYCH_FLAG_OPTION_UPPER |
                                         1u << PSYCH_FLAG_OPTION_IDLE | 1u << PSYCH_FLAG_LOWERS_ALPHA);
    NEAR(items[1].options[1].r_rest, 1, 1e-12, "the wrong option goes with the rest");
    assert_int_equal(items[0].flags & 1u << PSYCH_FLAG_OPTION_IDLE, 1u << PSYCH_FLAG_OPTION_IDLE);
    assert_string_equal(psych_flag_key(PSYCH_FLAG_OPTION_RISES), "option-rises");
    arena_release(&arena);
}

static void sites_that_stand_out(void **state) {
    (void)state;
    struct arena arena;
    struct psych_site sites[3];
    arena_init(&arena, 1 << 20);
    /* means 5.5, 6.5 and 8.5; the third is too small to be judged */
    const double values[] = {5, 6, 5, 6, 6, 7, 6, 7, 8, 9};
    const uint32_t groups[] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2};
    assert_int_equal(psych_site_means(&arena, values, groups, 10, 3, 4, sites), ERR_NONE);
    NEAR(sites[0].own, 5.5, 1e-14, "own mean");
    NEAR(sites[0].rest, 43.0 / 6, 1e-14, "mean of the rest");
    /* Welch: s²/n 1/12 here and (41/6 - .. ) there; t of .05/6 in both tails */
    double there = (6.5 * 6.5 * 0 + (36 + 49 + 36 + 49 + 64 + 81 - 43.0 * 43 / 6) / 5) / 6, here = (1.0 / 3) / 4, both = here + there;
    double df = both * both / (here * here / 3 + there * there / 5);
    double half = psych_t_quantile(1 - 0.05 / 6, df) * sqrt(both);
    NEAR(sites[0].interval.high, 5.5 - 43.0 / 6 + half, 1e-12, "interval");
    assert_true(sites[0].judged && sites[1].judged && !sites[2].judged && !sites[2].odd);
    bool passed[60] = {false};
    uint32_t halls[60];
    for (uint32_t i = 0; i < 60; i++) {
        halls[i] = i / 20;
        passed[i] = i < 19 || i % 3 == 0;
    }
    assert_int_equal(psych_site_shares(&arena, passed, halls, 60, 3, 5, sites), ERR_NONE);
    assert_true(sites[0].odd && sites[0].interval.low > 0);
    assert_false(sites[1].odd && sites[1].interval.low > 0);
    halls[7] = 3;
    assert_int_equal(psych_site_shares(&arena, passed, halls, 60, 3, 5, sites), ERR_RANGE);
    arena_release(&arena);
}

/* p, its normal quantile; t and F from the tables that every textbook has, with more digits. */
static void quantiles(void **state) {
    (void)state;
    NEAR(psych_normal_quantile(0.975), 1.959963984540054, 1e-15, "normal .975");
    NEAR(psych_normal_quantile(0.5), 0, 1e-16, "normal .5");
    for (double p = 1e-9; p < 0.5; p *= 1.7) {
        NEAR(erfc(-psych_normal_quantile(p) / sqrt(2)) / 2 / p, 1, 1e-12, "lower tail");
        NEAR(psych_normal_quantile(1 - p), -psych_normal_quantile(p), 1e-7, "upper tail");
    }
    NEAR(psych_t_quantile(0.975, 10), 2.228138851986275, 1e-12, "t of 10");
    NEAR(psych_t_quantile(0.025, 1), -12.706204736174698, 1e-12, "t of 1");
    NEAR(psych_f_quantile(0.95, 5, 18), 2.772853153, 1e-9, "F");
    NEAR(psych_f_tail(psych_f_quantile(0.99, 3, 7), 3, 7), 0.01, 1e-13, "F there and back");
    struct psych_interval share = psych_share_interval(81, 263, psych_normal_quantile(0.975));
    NEAR(share.low, 0.2553, 5e-5, "Wilson's low end of Newcombe's 81 of 263");
    NEAR(share.high, 0.3662, 5e-5, "and the high");
    struct psych_interval difference = psych_shares_difference(56, 70, 48, 80, psych_normal_quantile(0.975));
    NEAR(difference.low, 0.0524, 5e-5, "Newcombe's 56/70 - 48/80, method 10");
    NEAR(difference.high, 0.3339, 5e-5, "its high end");
    struct psych_interval r = psych_correlation_interval(0.5, 28);
    NEAR(r.low, 0.15602, 1e-4, "Fisher");
    NEAR(r.high, 0.73582, 1e-4, "Fisher");
}

static void compare_test(const char *json, const struct psych_test *test) {
    static const struct {
        const char *key;
        size_t offset;
    } NUMBERS[] = {{"mean", offsetof(struct psych_test, mean)},
                   {"sd_n_minus_1", offsetof(struct psych_test, sd)},
                   {"skew_g1", offsetof(struct psych_test, skew)},
                   {"kurtosis_excess", offsetof(struct psych_test, kurtosis)},
                   {"alpha", offsetof(struct psych_test, alpha)},
                   {"kr20", offsetof(struct psych_test, alpha)},
                   {"kr21", offsetof(struct psych_test, kr21)},
                   {"sem", offsetof(struct psych_test, sem)},
                   {"guttman_lambda6", offsetof(struct psych_test, lambda6)},
                   {"split_half_odd_even_SB", offsetof(struct psych_test, split_half)},
                   {"upper_cut_score", offsetof(struct psych_test, upper_cut)},
                   {"lower_cut_score", offsetof(struct psych_test, lower_cut)}};
    for (size_t i = 0; i < LENGTH(NUMBERS); i++)
        NEAR(*(const double *)((const char *)test + NUMBERS[i].offset), reference_number(json, NUMBERS[i].key, 0), 1e-9, NUMBERS[i].key);
    assert_int_equal(test->upper_count, (size_t)reference_number(json, "n_upper", 0));
    assert_int_equal(test->lower_count, (size_t)reference_number(json, "n_lower", 0));
}

static void compare_set(const char *data, const char *set, size_t columns) {
    char name[80];
    size_t rows = 0, persons = 0;
    double worth[ITEMS];
    struct arena arena;
    struct psych_test test;
    struct psych_item items[ITEMS];
    double *points = reference_table(data, columns, &persons);
    if (!points)
        skip();
    for (size_t i = 0; i < columns; i++)
        worth[i] = 1;
    arena_init(&arena, 64 << 20);
    const struct psych_responses in = {.persons = persons, .items = columns, .points = points, .worth = worth};
    assert_int_equal(psych_classical(&arena, &in, &PSYCH_THRESHOLDS_DEFAULT, &test, items), ERR_NONE);
    (void)snprintf(name, sizeof name, "expected/ctt_%s_test.json", set);
    char *json = reference_text(name);
    compare_test(json, &test);
    (void)snprintf(name, sizeof name, "expected/ctt_%s_items.csv", set);
    double *expected = reference_table(name, 9, &rows);
    assert_int_equal(rows, columns);
    for (size_t i = 0; i < rows; i++) {
        const double *row = expected + 9 * i;
        (void)snprintf(name, sizeof name, "%s, item %zu", set, i + 1);
        NEAR(items[i].facility, row[2], 1e-9, name);
        NEAR(items[i].sd, row[3], 1e-9, name);
        NEAR(items[i].r_total, row[4], 1e-9, name);
        NEAR(items[i].r_rest, row[5], 1e-9, name);
        NEAR(items[i].biserial, row[6], 1e-9, name);
        NEAR(items[i].alpha_deleted, row[7], 1e-9, name);
        NEAR(items[i].discrimination, row[8], 1e-9, name);
    }
    free(points);
    free(expected);
    free(json);
    arena_release(&arena);
}

static void as_software_has_lsat6(void **state) {
    (void)state;
    compare_set("data/lsat6.csv", "lsat6", 5);
}
static void as_software_has_sat12(void **state) {
    (void)state;
    compare_set("data/sat12_scored.csv", "sat12_scored", 32);
}
static void as_software_has_simulated(void **state) {
    (void)state;
    compare_set("data/sim_2pl.csv", "sim_2pl", 40);
}

/* SAT12 with its key as published, whose last item is wrong: the options, and who is suspect. */
static void a_wrong_key_stands_out(void **state) {
    (void)state;
    enum { K = 32 };
    size_t persons = 0, rows = 0;
    double *raw = reference_table("data/sat12_raw.csv", K, &persons), *key = reference_table("data/sat12_key.csv", 3, &rows);
    if (!raw || !key)
        skip();
    double *points = calloc(persons * K, sizeof *points), worth[K];
    uint8_t *choices = calloc(persons, K), *cells = calloc(persons, K), options[K];
    uint32_t keys[K];
    struct arena arena;
    struct psych_test test;
    struct psych_item items[K];
    arena_init(&arena, 64 << 20);
    for (size_t j = 0; j < K; j++) {
        worth[j] = 1;
        options[j] = 8; /* 8 stands for an omission: listed as the reference has it */
        keys[j] = 1u << ((int)key[j * 3 + 1] - 1);
        for (size_t i = 0; i < persons; i++) {
            choices[i * K + j] = (uint8_t)raw[i * K + j];
            cells[i * K + j] = choices[i * K + j] == 8 ? PSYCH_OMITTED : PSYCH_ANSWERED;
            points[i * K + j] = raw[i * K + j] == key[j * 3 + 1];
        }
    }
    struct psych_responses in = {persons, K, points, worth, cells, choices, options, keys};
    assert_int_equal(psych_classical(&arena, &in, &PSYCH_THRESHOLDS_DEFAULT, &test, items), ERR_NONE);
    double *expected = reference_table("expected/ctt_sat12_options.csv", 9, &rows);
    for (size_t i = 0; i < rows; i++) {
        const double *row = expected + 9 * i;
        const struct psych_option *option = &items[(int)row[0] - 1].options[(int)row[1] - 1];
        assert_int_equal(option->count, (size_t)row[3]);
        NEAR(option->share, row[4], 1e-9, "share");
        NEAR(option->r_rest, row[5], 1e-9, "r with the rest");
        NEAR(option->mean_total, row[6], 1e-9, "mean total");
        NEAR(option->upper_share, row[7], 1e-9, "upper share");
        NEAR(option->lower_share, row[8], 1e-9, "lower share");
    }
    memset(options, 5, sizeof options);
    assert_int_equal(psych_classical(&arena, &in, &PSYCH_THRESHOLDS_DEFAULT, &test, items), ERR_NONE);
    double *suspects = reference_table("expected/ctt_sat12_key_suspects.csv", 6, &rows);
    size_t found = 0;
    for (size_t j = 0; j < K; j++)
        if (items[j].flags >> PSYCH_FLAG_OPTION_RISES & 1)
            assert_int_equal(j + 1, (size_t)suspects[6 * found++]);
    assert_int_equal(found, rows);
    assert_true(items[31].flags >> PSYCH_FLAG_OPTION_UPPER & 1);
    NEAR(items[0].omit_share, 1.0 / 600, 1e-12, "one person omitted the first item");
    double *blocks[] = {raw, key, points, expected, suspects};
    for (size_t i = 0; i < LENGTH(blocks); i++)
        free(blocks[i]);
    free(choices);
    free(cells);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_by_hand),
        cmocka_unit_test(what_is_not_defined),
        cmocka_unit_test(flags_and_thresholds),
        cmocka_unit_test(sites_that_stand_out),
        cmocka_unit_test(quantiles),
        cmocka_unit_test(as_software_has_lsat6),
        cmocka_unit_test(as_software_has_sat12),
        cmocka_unit_test(as_software_has_simulated),
        cmocka_unit_test(a_wrong_key_stands_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
