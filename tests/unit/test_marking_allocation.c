/* The draw of markers: the published example of the stream, balance, exclusions, refusals, and the same outcome each time. */
#include "unit.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/marking/allocation.h"

#include "khoacu/base/banned.h"

static struct arena arena;

static int reset(void **state) {
    (void)state;
    arena_release(&arena);
    arena_init(&arena, 64u << 20);
    return 0;
}

static void the_published_example(void **state) {
    (void)state;
    uint8_t root[32] = {0}, seed[32];
    char hex[65];
    int64_t places[10];
    static const int64_t DRAWN[] = {5, 4, 3, 2, 1, 6, 0, 8, 7, 9};
    assert_int_equal(marking_draw_seed("2026-A1", "seat", root, "9319./2.5.8.10.12./9.18.26.34.41.45./", seed), ERR_NONE);
    text_hex(seed, 32, hex);
    assert_string_equal(hex, "0b9eb7181e5a3eca8c4358a5aa59ed4ec07e82831927224266ab56a83bde69f0");
    struct marking_stream stream;
    marking_stream_init(&stream, seed, "shuffle");
    for (int i = 0; i < 10; i++)
        places[i] = i;
    marking_stream_shuffle(&stream, places, 10);
    assert_memory_equal(places, DRAWN, sizeof places);
    /* 2^64 is a multiple of it: nothing is thrown away, and the first number is the first eight bytes. */
    marking_stream_init(&stream, seed, "shuffle");
    uint64_t below = marking_stream_below(&stream, 1ull << 63);
    marking_stream_init(&stream, seed, "shuffle");
    assert_int_equal(marking_stream_below(&stream, 1ull << 62), below % (1ull << 62));
}

/* Counts loads, and fails on a script given twice to one or to one excluded. */
static void check_allocation(const struct marking_field *field, const struct marking_allocation *a, uint32_t *loads) {
    memset(loads, 0, field->marker_count * sizeof *loads);
    for (size_t i = 0; i < field->script_count; i++)
        for (size_t k = 0; k < field->per_script; k++) {
            int64_t marker = a->marker_ids[i * field->per_script + k];
            for (size_t e = 0; e < field->excluded_count; e++)
                assert_false(field->excluded[e].blind_id == field->scripts[i] && field->excluded[e].marker_id == marker);
            assert_true(k == 0 || marker != a->marker_ids[i * field->per_script]);
            size_t at = 0;
            while (field->markers[at] != marker)
                at++;
            loads[at]++;
        }
}

/* Whether a chain of hand-overs still leads from somebody to one with two fewer: by closing over single steps. */
static bool could_be_more_even(const struct marking_field *f, const struct marking_allocation *a, const uint32_t *loads) {
    static bool steps[40][40];
    size_t n = f->marker_count;
    memset(steps, 0, sizeof steps);
    for (size_t i = 0; i < f->script_count; i++)
        for (size_t k = 0; k < f->per_script; k++)
            for (size_t to = 0; to < n; to++) {
                bool may = true;
                for (size_t q = 0; q < f->per_script; q++)
                    may = may && a->marker_ids[i * f->per_script + q] != f->markers[to];
                for (size_t e = 0; e < f->excluded_count; e++)
                    may = may && !(f->excluded[e].blind_id == f->scripts[i] && f->excluded[e].marker_id == f->markers[to]);
                for (size_t from = 0; may && from < n; from++)
                    if (f->markers[from] == a->marker_ids[i * f->per_script + k])
                        steps[from][to] = true;
            }
    for (size_t via = 0; via < n; via++)
        for (size_t x = 0; x < n; x++)
            for (size_t y = 0; y < n; y++)
                steps[x][y] = steps[x][y] || (steps[x][via] && steps[via][y]);
    for (size_t x = 0; x < n; x++)
        for (size_t y = 0; y < n; y++)
            if (steps[x][y] && loads[x] >= loads[y] + 2)
                return true;
    return false;
}

static void random_fields_come_out_even(void **state) {
    (void)state;
    struct random_stream random;
    random_stream_init(&random, 20261129);
    int barred = 0, uneven = 0;
    for (int turn = 0; turn < 400; turn++) {
        reset(NULL);
        int64_t scripts[60], markers[12];
        struct marking_pair pairs[60 * 12];
        struct marking_field f = {.scripts = scripts, .markers = markers, .excluded = pairs};
        f.per_script = (uint8_t)(1 + random_stream_below(&random, 2));
        f.script_count = 1 + (size_t)random_stream_below(&random, 60);
        f.marker_count = 2 + (size_t)random_stream_below(&random, 11);
        uint64_t share = random_stream_below(&random, 10) < 7 ? 12 : 70;
        for (size_t i = 0; i < f.script_count; i++)
            scripts[i] = (int64_t)(1000 + i * 7);
        for (size_t i = 0; i < f.marker_count; i++)
            markers[i] = (int64_t)(1 + i * 3);
        for (size_t i = 0; i < f.script_count; i++)
            for (size_t k = 0; k < f.marker_count; k++)
                if (random_stream_below(&random, 100) < share)
                    pairs[f.excluded_count++] = (struct marking_pair){scripts[i], markers[k]};
        uint8_t seed[32] = {(uint8_t)turn, (uint8_t)(turn >> 8)}, digest[32], again[32];
        struct marking_allocation a, b;
        uint32_t loads[12];
        assert_int_equal(marking_allocate(&arena, &f, seed, &a), ERR_NONE);
        if (a.end == MARKING_ALLOCATION_BARRED) {
            size_t eligible = f.marker_count;
            for (size_t e = 0; e < f.excluded_count; e++)
                eligible -= pairs[e].blind_id == a.first_barred;
            assert_true(a.barred > 0 && eligible == a.first_eligible && eligible < f.per_script);
            barred++;
            continue;
        }
        check_allocation(&f, &a, loads);
        assert_false(could_be_more_even(&f, &a, loads));
        uneven += a.most > a.least + 1;
        assert_int_equal(marking_allocate(&arena, &f, seed, &b), ERR_NONE);
        assert_int_equal(marking_allocation_digest(&f, a.marker_ids, digest), ERR_NONE);
        assert_int_equal(marking_allocation_digest(&f, b.marker_ids, again), ERR_NONE);
        assert_memory_equal(digest, again, 32);
    }
    assert_true(barred > 20 && uneven > 5);
}

static void a_larger_field(void **state) {
    (void)state;
    enum { SCRIPTS = 6000, MARKERS = 37 };
    static int64_t scripts[SCRIPTS], markers[MARKERS];
    static struct marking_pair pairs[SCRIPTS];
    struct marking_field f = {.scripts = scripts, .script_count = SCRIPTS, .markers = markers, .marker_count = MARKERS, .excluded = pairs, .per_script = 2};
    for (int i = 0; i < SCRIPTS; i++) {
        scripts[i] = 100000 + i;
        if (i % 9 == 0)
            pairs[f.excluded_count++] = (struct marking_pair){scripts[i], 1 + i % MARKERS};
    }
    for (int i = 0; i < MARKERS; i++)
        markers[i] = 1 + i;
    uint8_t seed[32] = {7}, other[32] = {8}, first[32], second[32];
    uint32_t loads[MARKERS];
    struct marking_allocation a;
    assert_int_equal(marking_allocate(&arena, &f, seed, &a), ERR_NONE);
    check_allocation(&f, &a, loads);
    assert_int_equal(a.least, 2 * SCRIPTS / MARKERS);
    assert_int_equal(a.most, a.least + 1);
    assert_int_equal(marking_allocation_digest(&f, a.marker_ids, first), ERR_NONE);
    assert_int_equal(marking_allocate(&arena, &f, other, &a), ERR_NONE);
    assert_int_equal(marking_allocation_digest(&f, a.marker_ids, second), ERR_NONE);
    assert_memory_not_equal(first, second, 32);
    assert_int_equal(marking_field_commit(&f, first), ERR_NONE);
    pairs[5].marker_id = pairs[5].marker_id % MARKERS + 1;
    assert_int_equal(marking_field_commit(&f, second), ERR_NONE);
    assert_memory_not_equal(first, second, 32);
}

static void what_is_out_of_order_is_refused(void **state) {
    (void)state;
    int64_t scripts[] = {5, 4}, markers[] = {1, 2};
    struct marking_pair stray = {9, 1};
    uint8_t seed[32] = {0};
    struct marking_allocation a;
    struct marking_field f = {.scripts = scripts, .script_count = 2, .markers = markers, .marker_count = 2, .per_script = 2};
    assert_int_equal(marking_allocate(&arena, &f, seed, &a), ERR_RANGE);
    scripts[0] = 3;
    assert_int_equal(marking_allocate(&arena, &f, seed, &a), ERR_NONE);
    assert_int_equal(a.end, MARKING_ALLOCATED);
    f.excluded = &stray;
    f.excluded_count = 1;
    assert_int_equal(marking_allocate(&arena, &f, seed, &a), ERR_RANGE);
    f.excluded_count = 0;
    f.marker_count = 1;
    assert_int_equal(marking_allocate(&arena, &f, seed, &a), ERR_NONE);
    assert_int_equal(a.end, MARKING_ALLOCATION_TOO_FEW);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_published_example, reset),
        cmocka_unit_test_setup(random_fields_come_out_even, reset),
        cmocka_unit_test_setup(a_larger_field, reset),
        cmocka_unit_test_setup(what_is_out_of_order_is_refused, reset),
    };
    arena_init(&arena, 1u << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
