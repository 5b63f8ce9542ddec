/* Rule packs: those that come with the program, and what tests/tables/pack_refused.tsv says that none may be. */
#include "unit.h"

#include "rank_field.h"

#include "khoacu/base/banned.h"

static struct arena arena;

static enum err read_pack(const char *text, struct cycle_pack *pack, struct json_misfits *misfits,
                          struct json_error *error) {
    *misfits = (struct json_misfits){0};
    *error = (struct json_error){0};
    return cycle_pack_read(&arena, text, strlen(text), pack, misfits, error);
}

static void built_in_packs_are_whole(void **state) {
    (void)state;
    const char *id;
    size_t i = 0;
    for (; (id = cycle_pack_builtin_id(&arena, i)); i++) {
        struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack), *again = ARENA_NEW(&arena, struct cycle_pack);
        struct json_misfits misfits;
        struct json_error error;
        size_t len = 0;
        const char *text = cycle_pack_builtin(id, &len);
        assert_non_null(text);
        if (read_pack(text, pack, &misfits, &error) != ERR_NONE)
            fail_msg("%s: %s %s %s", id, misfits.count ? misfits.list[0].path : "",
                     misfits.count ? misfits.list[0].rule : "", error.reason);
        assert_string_equal(pack->id, id);
        assert_true(pack->basis_count > 0 && pack->doubt_count > 0);
        /* The canonical text reads as the same pack. */
        assert_int_equal(read_pack(pack->text, again, &misfits, &error), ERR_NONE);
        assert_string_equal(again->text, pack->text);
        assert_string_equal(again->sha256, pack->sha256);
        assert_memory_equal(&again->rank, &pack->rank, sizeof pack->rank);
    }
    assert_true(i >= 2);
    size_t len = 0;
    assert_null(cycle_pack_builtin("NO-SUCH", &len));
    assert_null(cycle_pack_builtin("../../api/openapi", &len));
}

/* The text with the first `find` replaced. */
static char *replaced(const char *text, const char *find, const char *put) {
    const char *at = strstr(text, find);
    if (!at)
        fail_msg("«%s» is not in the pack", find);
    return arena_printf(&arena, "%.*s%s%s", (int)(at - text), text, put, at + strlen(find));
}

static void contradictions_are_named(void **state) {
    (void)state;
    size_t len = 0, pack_len = 0;
    const char *original = cycle_pack_builtin("CC-2026", &pack_len);
    char *line = field_file(&arena, "tests/tables/pack_refused.tsv", &len), *next;
    int rows = 0;
    for (; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        char *parts[5];
        if (*line == '#' || field_split(line, '\t', parts, 5) != 5)
            continue;
        struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
        struct json_misfits misfits;
        struct json_error error;
        enum err err = read_pack(replaced(original, parts[1], parts[2]), pack, &misfits, &error);
        if (err != ERR_RANGE)
            fail_msg("%s: %s %s", parts[0], err == ERR_NONE ? "taken" : err_key(err), error.reason);
        bool found = false;
        for (size_t i = 0; i < misfits.count && i < LENGTH(misfits.list); i++)
            found = found ||
                    (strcmp(misfits.list[i].path, parts[3]) == 0 && strcmp(misfits.list[i].rule, parts[4]) == 0);
        if (!found)
            fail_msg("%s: %s %s, expected %s %s", parts[0], misfits.list[0].path, misfits.list[0].rule, parts[3],
                     parts[4]);
        for (size_t i = 0; i < misfits.count && i < LENGTH(misfits.list); i++)
            field_told(&arena, misfits.list[i].rule);
        rows++;
    }
    assert_in_range(rows, 40, 1000);
}

/* The highest mark is 100.00, and there are ten points at most. */
static void a_least_total_can_be_reached(void **state) {
    (void)state;
    static const struct {
        const char *min;
        bool fits;
    } rows[] = {{"\"plus_priority\": true, \"min\": \"110.00\"", true}, {"\"plus_priority\": true, \"min\": \"110.01\"", false}, {"\"plus_priority\": false, \"min\": \"100.01\"", false}};
    size_t len = 0;
    const char *text = field_file(&arena, "tests/tables/packs/T-WINDOW.json", &len);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
        struct json_misfits misfits;
        struct json_error error;
        enum err err = read_pack(replaced(text, "\"plus_priority\": true", rows[i].min), pack, &misfits, &error);
        ROW_TRUE(err == (rows[i].fits ? ERR_NONE : ERR_RANGE), rows[i].min);
        ROW_TRUE(rows[i].fits || (strcmp(misfits.list[0].path, "rank.min") == 0 && strcmp(misfits.list[0].rule, "unreachable") == 0), rows[i].min);
    }
}

/* The mean of two papers gates at 50.00 and is not rounded. */
static void a_mean_that_cannot_be_passes_no_stage(void **state) {
    (void)state;
    static const struct {
        int64_t values[3];
        bool passed;
    } rows[] = {{{5000, 5000, 0}, true}, {{6000, 6001, 0}, false}, {{1, 0, 0}, false}, {{4999, 4999, 0}, false}, {{6001, 6001, 0}, true}};
    const uint8_t statuses[3] = {RANK_STATUS_VALUE, RANK_STATUS_VALUE, RANK_STATUS_NONE};
    size_t len = 0;
    const char *text = field_file(&arena, "tests/tables/packs/T-EXACT.json", &len);
    struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
    struct json_misfits misfits;
    struct json_error error;
    assert_int_equal(read_pack(text, pack, &misfits, &error), ERR_NONE);
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(rank_stage_passed(&pack->rank, 0, rows[i].values, statuses), rows[i].passed);
}

static void what_is_no_json_is_no_pack(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"", "{", "[]", "{\"id\":1.5}", "{\"id\":\"a\",\"id\":\"b\"}"};
    for (size_t i = 0; i < LENGTH(TEXTS); i++) {
        struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
        struct json_misfits misfits;
        struct json_error error;
        enum err err = read_pack(TEXTS[i], pack, &misfits, &error);
        ROW_TRUE(err == ERR_SYNTAX || (err == ERR_RANGE && misfits.count > 0), TEXTS[i]);
    }
    char *long_text = arena_alloc(&arena, CYCLE_PACK_TEXT_MAX + 2);
    memset(long_text, ' ', CYCLE_PACK_TEXT_MAX + 1);
    struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
    struct json_misfits misfits;
    struct json_error error;
    assert_int_equal(read_pack(long_text, pack, &misfits, &error), ERR_LIMIT);
}

static void a_cycle_chooses_a_form_and_its_scales(void **state) {
    (void)state;
    static const struct {
        int64_t written, interview;
        const char *path, *reason; /* NULL: it fits */
    } rows[] = {{6000, 4000, NULL, NULL},
                {10000, 0, NULL, NULL},
                {0, 10000, "scales.R2", "form-not-allowed"},
                {0, 0, "scales.R2", "form-not-allowed"},
                {6000, 3000, "scales.R2", "scale-differs"},
                {9000, 2000, "scales.R2", "scale-differs"},
                {5990, 4010, "scales.R2_WRITTEN", "step"},
                {4000, 0, "pack.gates[R2_PASS]", "unreachable"}};
    struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
    struct json_misfits misfits;
    struct json_error error;
    size_t len = 0;
    assert_int_equal(read_pack(cycle_pack_builtin("CC-2026", &len), pack, &misfits, &error), ERR_NONE);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct cycle_pack_scales scales = {0};
        struct rank_pack rules;
        struct rank_misfit misfit = {0};
        scales.max[CYCLE_PACK_WRITTEN] = rows[i].written;
        scales.max[CYCLE_PACK_INTERVIEW] = rows[i].interview;
        enum err err = cycle_pack_bind(pack, &scales, &rules, &misfit);
        if (!rows[i].path)
            assert_int_equal(err, ERR_NONE);
        else if (err != ERR_RANGE || strcmp(misfit.path, rows[i].path) != 0 || strcmp(misfit.reason, rows[i].reason))
            fail_msg("row %zu: %s %s", i, misfit.path, misfit.reason);
    }
}

static int setup(void **state) {
    (void)state;
    arena_init(&arena, 256 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_packs_are_whole), cmocka_unit_test(contradictions_are_named),
        cmocka_unit_test(a_least_total_can_be_reached), cmocka_unit_test(a_mean_that_cannot_be_passes_no_stage),
        cmocka_unit_test(what_is_no_json_is_no_pack), cmocka_unit_test(a_cycle_chooses_a_form_and_its_scales)};
    return cmocka_run_group_tests_name("cycle_pack", tests, setup, teardown);
}
