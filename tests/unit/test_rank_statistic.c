#include "unit.h"

#include "khoacu/rank/statistic.h"

#include <stdlib.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

/* Values of established software, where the folder with them is at hand. */
static FILE *reference(const char *name) {
    char path[300];
    const char *folder = getenv("KHOACU_TEST_DATA");
    snprintf(path, sizeof path, "%s/psychometrics/%s", folder ? folder : "/nowhere", name);
    return fopen(path, "r");
}

static void percentiles_share_and_round(void **state) {
    (void)state;
    enum { N = 41326 };
    static int64_t values[N], results[N];
    for (int i = 0; i < N; i++)
        values[i] = i < 37244 ? 5 : 9;
    assert_int_equal(rank_percentiles(&(struct rank_sample){.values = values, .count = N}, 7, results), ERR_NONE);
    assert_int_equal(results[0], 901224411); /* 37 244 of 41 326: 90.1224411 */
    assert_int_equal(results[N - 1], 1000000000);
    const uint32_t groups[] = {1, 0, 1, 0};
    const int64_t four[] = {10, 10, 20, 10};
    int64_t out[4];
    assert_int_equal(rank_percentiles(&(struct rank_sample){four, groups, 4, 2}, 2, out), ERR_NONE);
    assert_int_equal(out[0], 5000);
    assert_int_equal(out[1], 10000);
    assert_int_equal(out[2], 10000);
    assert_int_equal(rank_percentiles(&(struct rank_sample){four, groups, 4, 1}, 2, out), ERR_LIMIT);
    assert_int_equal(rank_percentiles(&(struct rank_sample){(const int64_t[]){RANK_SAMPLE_VALUE_MAX + 1}, NULL, 1, 1}, 2, out), ERR_LIMIT);
}

static void standard_scores_of_a_marker(void **state) {
    (void)state;
    const int64_t marks[] = {6000, 7000, 8000, 5000, 6500};
    int64_t out[5];
    assert_int_equal(rank_standard_scores(&(struct rank_sample){.values = marks, .count = 5}, 500000, 100000, 4, out, NULL), ERR_NONE);
    assert_int_equal(out[1], 544721); /* 54.4721 */
    assert_int_equal(out[4], 500000);
    assert_int_equal(out[0], 455279);
    const int64_t same[] = {70, 70, 70};
    uint32_t group = 9;
    assert_int_equal(rank_standard_scores(&(struct rank_sample){.values = same, .count = 3}, 50, 10, 0, out, &group), ERR_RANGE);
    assert_int_equal(group, 0);
}

static void linear_normalisation(void **state) {
    (void)state;
    int64_t result = 0;
    /* 180/110 all, 160/95 own, base 115, 140: 70/65 x 45 + 115 = 163.46154 */
    assert_true(rank_normalise_by(160LL * RANK_NANO, 95LL * RANK_NANO, 180LL * RANK_NANO, 110LL * RANK_NANO, 115LL * RANK_NANO, 140, 5, &result));
    assert_int_equal(result, 16346154);
    assert_false(rank_normalise_by(95, 95, 180, 110, 115, 140, 5, &result));
    assert_true(rank_normalise_by(1, 0, 1000000LL * RANK_NANO, 0, 0, 1000000000, 7, &result));
    assert_int_equal(result, INT64_MAX); /* a shift of hardly any width carries beyond every number, never around it */
    const int64_t values[] = {1, 2};
    struct rank_shift shift;
    assert_int_equal(rank_shifts(&(struct rank_sample){.values = values, .count = 2}, &shift, NULL), ERR_NONE);
    assert_int_equal(shift.mean_nano, 1500000000);
    assert_int_equal(shift.sd_nano, 707106781); /* 0.70710678118 */
    assert_int_equal(shift.top_nano, 2000000000);
    assert_int_equal(rank_shifts(&(struct rank_sample){.values = values, .count = 1}, &shift, NULL), ERR_RANGE);
}

/* The 60th percentile is 52 in shift B and 60 in shift A, so that B's 52 counts as 60. */
static void equipercentile_of_two_shifts(void **state) {
    (void)state;
    int64_t own[101] = {[40] = 50, [52] = 20, [70] = 30}, base[101] = {[50] = 50, [60] = 20, [80] = 30}, result = 0;
    struct rank_scores b = {own, 100}, a = {base, 100};
    assert_true(rank_equipercentile(&b, &a, 52, 4, &result));
    assert_int_equal(result, 600000);
    assert_true(rank_equipercentile(&b, &a, 40, 4, &result));
    assert_int_equal(result, 500000);
    int64_t none[101] = {0};
    assert_false(rank_equipercentile(&b, &(struct rank_scores){none, 100}, 52, 4, &result));
    assert_false(rank_equipercentile(&b, &a, 101, 4, &result));
}

static void published_tables_of_actmath(void **state) {
    (void)state;
    FILE *data = reference("data/actmath.csv"), *want = reference("expected/equate_actmath.csv");
    if (!data || !want)
        skip();
    int64_t x[41] = {0}, y[41] = {0};
    char line[1000];
    assert_non_null(fgets(line, sizeof line, data));
    assert_non_null(fgets(line, sizeof line, want));
    while (fgets(line, sizeof line, data)) {
        char *end;
        long score = strtol(line, &end, 10);
        x[score] = strtol(end + 1, &end, 10);
        y[score] = strtol(end + 1, &end, 10);
    }
    int rows = 0;
    for (; fgets(line, sizeof line, want); rows++) {
        char *end;
        long score = strtol(line, &end, 10);
        (void)strtod(end + 1, &end);
        (void)strtod(end + 1, &end);
        double expected = strtod(end + 1, &end) * 1e6;
        int64_t result = 0;
        assert_true(rank_equipercentile(&(struct rank_scores){x, 40}, &(struct rank_scores){y, 40}, score, 6, &result));
        assert_true((double)result - expected < 0.6 && expected - (double)result < 0.6);
    }
    assert_int_equal(rows, 41);
    (void)fclose(data);
    (void)fclose(want);
}

static int64_t decimal(const char *text, int places) {
    int64_t value = 0;
    bool point = false;
    for (; *text && *text != ',' && *text != '\n' && *text != '\r'; text++) {
        if (*text == '.')
            point = true;
        else if (*text >= '0' && *text <= '9') {
            value = value * 10 + *text - '0';
            places -= point;
        }
    }
    while (places-- > 0)
        value *= 10;
    return value;
}

static const char *column(const char *line, int n) {
    while (n-- > 0 && line)
        line = (line = strchr(line, ',')) ? line + 1 : NULL;
    return line;
}

/* 5 decimals of GATE's rule and 7 of NTA's, to the last printed digit. */
static void simulated_shifts(void **state) {
    (void)state;
    enum { MAX = 20000 };
    static int64_t values[MAX], percentiles[MAX];
    static uint32_t groups[MAX];
    FILE *data = reference("data/sim_shifts.csv"), *gate = reference("expected/gate_normalised.csv"), *nta = reference("expected/nta_percentiles.csv");
    if (!data || !gate || !nta)
        skip();
    char line[300];
    size_t count = 0;
    uint32_t shifts = 0;
    assert_non_null(fgets(line, sizeof line, data));
    while (fgets(line, sizeof line, data)) {
        groups[count] = (uint32_t)strtol(column(line, 1), NULL, 10) - 1;
        shifts = groups[count] >= shifts ? groups[count] + 1 : shifts;
        values[count++] = strtol(column(line, 2), NULL, 10);
        assert_in_range(count, 1, MAX - 1);
    }
    struct rank_sample sample = {values, groups, count, shifts};
    struct rank_shift own[64], all;
    assert_int_equal(rank_percentiles(&sample, 7, percentiles), ERR_NONE);
    assert_int_equal(rank_shifts(&sample, own, &all), ERR_NONE);
    assert_non_null(fgets(line, sizeof line, gate));
    assert_non_null(fgets(line, sizeof line, nta));
    for (size_t i = 0; i < count; i++) {
        int64_t result = 0;
        assert_non_null(fgets(line, sizeof line, gate));
        assert_true(rank_normalise(&own[groups[i]], &all, all.mean_nano + all.sd_nano, values[i], 5, &result));
        assert_int_equal(result < 0 ? -result : result, decimal(column(line, 3), 5));
        assert_non_null(fgets(line, sizeof line, nta));
        assert_int_equal(percentiles[i], decimal(column(line, 3), 7));
    }
    (void)fclose(data);
    (void)fclose(gate);
    (void)fclose(nta);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_share_and_round), cmocka_unit_test(standard_scores_of_a_marker),
        cmocka_unit_test(linear_normalisation),        cmocka_unit_test(equipercentile_of_two_shifts),
        cmocka_unit_test(published_tables_of_actmath), cmocka_unit_test(simulated_shifts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
