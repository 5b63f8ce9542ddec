#include "psych_reference.h"

#include "khoacu/psych/agreement.h"
#include "khoacu/psych/drift.h"
#include "khoacu/psych/severity.h"

#include "khoacu/base/banned.h"

static void agreement_by_hand(void **state) {
    (void)state;
    const double first[] = {7, 6, 8, 5}, second[] = {7, 5, 6, 5}; /* differences 0 1 2 0: mean .75, variance 11/12 */
    struct psych_agreement a = psych_agreement(first, second, 4, 1);
    NEAR(a.exact_share, 0.5, 1e-15, "exact");
    NEAR(a.near_share, 0.75, 1e-15, "near");
    NEAR(a.mean_difference, 0.75, 1e-15, "mean difference");
    NEAR(a.sd_difference, sqrt(11.0 / 12), 1e-15, "sd");
    NEAR(a.limits.high, 0.75 + 1.959963984540054 * sqrt(11.0 / 12), 1e-14, "limits");
    NEAR(a.dahlberg, sqrt(5.0 / 8), 1e-15, "Dahlberg");
    assert_true(isnan(psych_agreement(first, second, 1, 1).sd_difference));
}

/* Three categories, six pairs: 00 01 11 12 22 20. Margins 2 2 2 and 2 2 2: chance disagreement 24/36 plain, 32/36 linear,
 * 48/36 squared; seen 3/6, 4/6, 6/6. */
static void kappa_by_hand(void **state) {
    (void)state;
    const uint16_t first[] = {0, 0, 1, 1, 2, 2}, second[] = {0, 1, 1, 2, 2, 0};
    NEAR(psych_kappa(first, second, 6, 3, PSYCH_KAPPA_PLAIN), 1 - (3.0 / 6) / (24.0 / 36), 1e-15, "plain");
    NEAR(psych_kappa(first, second, 6, 3, PSYCH_KAPPA_LINEAR), 1 - (4.0 / 6) / (32.0 / 36), 1e-15, "linear");
    NEAR(psych_kappa(first, second, 6, 3, PSYCH_KAPPA_QUADRATIC), 1 - (6.0 / 6) / (48.0 / 36), 1e-15, "quadratic");
    /* a category that nobody used changes nothing; one beyond the scale, and no disagreement possible, give no number */
    NEAR(psych_kappa(first, second, 6, 9, PSYCH_KAPPA_QUADRATIC), 0.25, 1e-15, "wider scale");
    assert_true(isnan(psych_kappa(first, second, 6, 2, PSYCH_KAPPA_LINEAR)));
    assert_true(isnan(psych_kappa(first, first, 2, 3, PSYCH_KAPPA_LINEAR)));
    assert_true(isnan(psych_kappa(first, second, 0, 3, PSYCH_KAPPA_LINEAR)));
}

/* Two scripts, two markers: 1 2 / 3 6. Between 9 (1 df), within (.5 + 4.5)/2 = 2.5, markers 4, error 1. */
static void icc_by_hand(void **state) {
    (void)state;
    const double marks[] = {1, 2, 3, 6};
    struct psych_icc icc[PSYCH_ICC_COUNT];
    assert_int_equal(psych_icc(marks, 2, 2, icc), ERR_NONE);
    NEAR(icc[PSYCH_ICC1].value, 6.5 / 11.5, 1e-14, "ICC(1)");
    NEAR(icc[PSYCH_ICC2].value, 8.0 / (9 + 1 + 3), 1e-14, "ICC(2)");
    NEAR(icc[PSYCH_ICC3].value, 8.0 / 10, 1e-14, "ICC(3)");
    NEAR(icc[PSYCH_ICC1K].value, 6.5 / 9, 1e-14, "ICC(1,k)");
    NEAR(icc[PSYCH_ICC2K].value, 8.0 / 10.5, 1e-14, "ICC(2,k)");
    NEAR(icc[PSYCH_ICC3K].value, 8.0 / 9, 1e-14, "ICC(3,k)");
    assert_int_equal(psych_icc(marks, 1, 4, icc), ERR_RANGE);
}

/* mark = script + marker exactly: effects 1, 0, -1 come out, with nothing left over. */
static void severity_by_hand(void **state) {
    (void)state;
    struct arena arena;
    struct psych_severity severity;
    struct psych_marker markers[4];
    arena_init(&arena, 1 << 20);
    struct psych_mark marks[] = {{0, 0, 6}, {0, 1, 5}, {1, 1, 7}, {1, 2, 6}, {2, 0, 9}, {2, 2, 7}};
    assert_int_equal(psych_severity(&arena, marks, 6, 3, &severity, markers), ERR_NONE);
    assert_int_equal(severity.verdict, PSYCH_SEVERITY_DONE);
    NEAR(severity.df, 1, 1e-15, "degrees of freedom");
    NEAR(markers[0].effect, 1, 1e-14, "generous");
    NEAR(markers[1].effect, 0, 1e-14, "even");
    NEAR(markers[2].effect, -1, 1e-14, "severe");
    NEAR(severity.residual_sd, 0, 1e-14, "nothing is left");
    /* One mark moved by 3: the loop of three differences 1 + 1 - 2 misses by 3, and each takes a third: rss 3 · (1/√2)² ·… = 1.5. */
    marks[4].value = 12;
    assert_int_equal(psych_severity(&arena, marks, 6, 3, &severity, markers), ERR_NONE);
    NEAR(markers[0].effect, 2, 1e-14, "effect of the first");
    NEAR(markers[2].effect, -2, 1e-14, "of the third");
    NEAR(severity.residual_sd, sqrt(1.5), 1e-14, "residual");
    /* variance of an effect: s² (2/3) · (1/3) / (1/2)… by the inverse of 1.5 I − .5 J on the plane: 2/3 · s² · 2/3 */
    NEAR(markers[0].se, sqrt(1.5 * 2.0 / 3 * 2.0 / 3), 1e-14, "standard error");
    NEAR(markers[0].interval.high, 2 + 12.706204736174698 * markers[0].se, 1e-10, "interval");
    /* Two pairs of markers that share no script: refused, and who stands apart is said. */
    const struct psych_mark apart[] = {{0, 0, 6}, {0, 2, 5}, {1, 1, 7}, {1, 3, 6}, {2, 0, 6}, {2, 2, 6}};
    assert_int_equal(psych_severity(&arena, apart, 6, 4, &severity, markers), ERR_NONE);
    assert_int_equal(severity.verdict, PSYCH_SEVERITY_UNCONNECTED);
    assert_int_equal(severity.groups, 2);
    assert_true(markers[0].group == 0 && markers[2].group == 0 && markers[1].group == 1 && markers[3].group == 1);
    assert_true(isnan(markers[0].effect));
    assert_int_equal(psych_severity(&arena, marks, 2, 2, &severity, markers), ERR_NONE);
    assert_int_equal(severity.verdict, PSYCH_SEVERITY_TOO_FEW);
    assert_int_equal(psych_severity(&arena, marks, 6, 2, &severity, markers), ERR_RANGE);
    const struct psych_mark unsorted[] = {{1, 0, 6}, {0, 1, 5}};
    assert_int_equal(psych_severity(&arena, unsorted, 2, 2, &severity, markers), ERR_RANGE);
    arena_release(&arena);
}

/* Steps of z = 1.5 add 1 each to the upper sum: after the fifth it is 5 > 4. It begins anew. */
static void drift_by_hand(void **state) {
    (void)state;
    const double differences[] = {0, 3, 3, 3, 3, 3, 3, -1};
    struct psych_drift_step steps[8];
    assert_int_equal(psych_drift(differences, 8, 4, 0, 2, steps), 1);
    NEAR(steps[1].high, 1, 1e-15, "first step up");
    NEAR(steps[4].high, 4, 1e-15, "at the limit, not above");
    assert_false(steps[4].alarm);
    assert_true(steps[5].alarm);
    NEAR(steps[5].high, 5, 1e-15, "above it");
    NEAR(steps[6].high, 1, 1e-15, "anew");
    NEAR(steps[3].running_mean, 9.0 / 4, 1e-15, "mean of four");
    NEAR(steps[7].running_mean, 2, 1e-15, "mean of the last four");
    NEAR(steps[7].low, 0, 1e-15, "low");
    assert_int_equal(psych_drift(differences, 8, 4, 0, 0, steps), 0);
    const double down[] = {-4, -4, -4}; /* z −2: 1.5 a step */
    assert_int_equal(psych_drift(down, 3, 4, 0, 2, steps), 1);
    NEAR(steps[2].low, 4.5, 1e-15, "severe now");
}

static void as_shrout_and_fleiss_have_it(void **state) {
    (void)state;
    size_t n = 0;
    double *marks = reference_table("data/shrout_fleiss_1979.csv", 4, &n);
    if (!marks)
        skip();
    struct psych_icc icc[PSYCH_ICC_COUNT];
    assert_int_equal(psych_icc(marks, n, 4, icc), ERR_NONE);
    char *text = reference_text("expected/rater_shrout_fleiss_icc.csv"), *at = strchr(text, '\n');
    for (int i = 0; i < PSYCH_ICC_COUNT; i++) {
        double row[7];
        at = strchr(at, ',');
        for (int c = 0; c < 7; c++)
            row[c] = strtod(at + 1, &at);
        const double own[] = {icc[i].value, icc[i].f, icc[i].df1, icc[i].df2, icc[i].p, icc[i].interval.low, icc[i].interval.high};
        for (int c = 0; c < 7; c++)
            NEAR(own[c], row[c], 1e-9, "intraclass correlation");
    }
    free(text);
    free(marks);
}

enum { SCRIPTS = 500, MARKERS = 12 };

static void as_software_has_pairs(void **state) {
    (void)state;
    size_t rows = 0;
    double *marks = reference_table("data/sim_essays.csv", 5, &rows);
    if (!marks)
        skip();
    static double first[SCRIPTS], second[SCRIPTS], both[SCRIPTS * 2];
    static uint16_t c1[2][SCRIPTS];
    struct psych_icc icc[PSYCH_ICC_COUNT];
    assert_int_equal(rows, SCRIPTS * 2);
    for (size_t i = 0; i < rows; i++) {
        const double *row = marks + 5 * i;
        both[i] = row[2] + row[3] + row[4];
        (i % 2 == 0 ? first : second)[i / 2] = both[i];
        c1[i % 2][i / 2] = (uint16_t)row[2];
    }
    char *json = reference_text("expected/rater_sim_agreement.json");
    struct psych_agreement a = psych_agreement(first, second, SCRIPTS, 1);
    NEAR(a.mean_difference, reference_number(json, "mean_difference", 0), 1e-9, "mean difference");
    NEAR(a.sd_difference, reference_number(json, "sd_difference", 0), 1e-9, "sd");
    /* the reference takes 1.96 for the quantile */
    NEAR(a.limits.low, reference_number(json, "limits_of_agreement_95", 0), 1e-4, "limits");
    NEAR(a.limits.high, reference_number(json, "limits_of_agreement_95", 1), 1e-4, "limits");
    NEAR(a.dahlberg, reference_number(json, "sem_dahlberg", 0), 1e-9, "Dahlberg");
    NEAR(a.pearson, reference_number(json, "pearson", 0), 1e-9, "Pearson");
    NEAR(a.exact_share, reference_number(json, "exact_share", 0), 1e-12, "exact");
    NEAR(a.near_share, reference_number(json, "within_1_share", 0), 1e-12, "within 1");
    NEAR(1 - psych_agreement(first, second, SCRIPTS, 3).near_share, reference_number(json, "beyond_3_share", 0), 1e-12, "beyond 3");
    assert_int_equal(psych_icc(both, SCRIPTS, 2, icc), ERR_NONE);
    static const char *const ICC[] = {"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"};
    for (int i = 0; i < PSYCH_ICC_COUNT; i++)
        NEAR(icc[i].value, reference_number(json, ICC[i], 0), 1e-9, ICC[i]);
    static const char *const KAPPA[] = {"kappa_unweighted", "kappa_linear", "kappa_quadratic"};
    for (int i = 0; i < 3; i++)
        NEAR(psych_kappa(c1[0], c1[1], SCRIPTS, 6, (enum psych_kappa)i), reference_number(json, KAPPA[i], 0), 1e-9, KAPPA[i]);
    free(json);
    free(marks);
}

static void as_software_has_severity(void **state) {
    (void)state;
    size_t rows = 0;
    double *data = reference_table("data/sim_essays.csv", 5, &rows);
    if (!data)
        skip();
    struct psych_mark *marks = calloc(rows, sizeof *marks);
    struct psych_severity severity;
    struct psych_marker markers[MARKERS];
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < rows; i++)
        marks[i] = (struct psych_mark){(uint32_t)data[5 * i], (uint32_t)data[5 * i + 1] - 1, data[5 * i + 2] + data[5 * i + 3] + data[5 * i + 4]};
    assert_int_equal(psych_severity(&arena, marks, rows, MARKERS, &severity, markers), ERR_NONE);
    assert_int_equal(severity.verdict, PSYCH_SEVERITY_DONE);
    assert_int_equal(severity.groups, 1);
    double *expected = reference_table("expected/rater_sim_severity.csv", 9, &rows), sum = 0;
    assert_int_equal(rows, MARKERS);
    for (size_t i = 0; i < rows; i++) {
        assert_int_equal(markers[i].marks, (size_t)expected[9 * i + 1]);
        NEAR(markers[i].raw_mean, expected[9 * i + 2], 1e-9, "raw mean");
        NEAR(markers[i].effect, expected[9 * i + 4], 1e-9, "effect by least squares");
        sum += markers[i].effect;
    }
    NEAR(sum, 0, 1e-9, "effects sum to zero");
    free(expected);
    free(marks);
    free(data);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agreement_by_hand),
        cmocka_unit_test(kappa_by_hand),
        cmocka_unit_test(icc_by_hand),
        cmocka_unit_test(severity_by_hand),
        cmocka_unit_test(drift_by_hand),
        cmocka_unit_test(as_shrout_and_fleiss_have_it),
        cmocka_unit_test(as_software_has_pairs),
        cmocka_unit_test(as_software_has_severity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
