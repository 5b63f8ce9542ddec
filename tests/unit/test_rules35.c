/* tests/tables/rules35.tsv: each of the 35 rules has rows, the rows are there and have the reasons that it names; and the
 * two rules whose numbers are those of whole fields. */
#include "unit.h"

#include "rank_field.h"

#include "khoacu/base/banned.h"

#define RULES 35
#define SEATS 979

static struct arena arena;

/* Whether the block of rank.tsv whose title begins so has a decision with this reason. */
static bool rank_has(const char *table, const char *title, const char *reason) {
    const char *at = strstr(table, arena_printf(&arena, "\ncase\t%s", title));
    const char *end = at ? strstr(at + 1, "\ncase\t") : NULL;
    const char *found = at ? strstr(at, arena_printf(&arena, "\t%s\t", reason)) : NULL;
    return found && (!end || found < end);
}

/* Whether settle.tsv has a row of this rule, with this reason. */
static bool settle_has(const char *table, const char *rule, const char *reason) {
    for (const char *line = table; line; line = strchr(line + 1, '\n')) {
        const char *end = strchr(line + 1, '\n');
        char *text = arena_strndup(&arena, line + (*line == '\n'), (size_t)(end ? end - line - (*line == '\n') : (ptrdiff_t)strlen(line)));
        const char *last = strrchr(text, '\t');
        if (*text != '#' && last && strcmp(last + 1, rule) == 0 && (*reason == '-' || strstr(text, arena_printf(&arena, "\t%s\t", reason))))
            return true;
    }
    return false;
}

static void every_rule_has_its_rows(void **state) {
    (void)state;
    size_t len = 0;
    const char *rank = field_file(&arena, "tests/tables/rank.tsv", &len), *settle = field_file(&arena, "tests/tables/settle.tsv", &len);
    char *line = field_file(&arena, "tests/tables/rules35.tsv", &len), *next;
    int rows[RULES + 1] = {0};
    for (; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        char *parts[5];
        if (*line == '#')
            continue;
        const char *whole = arena_strdup(&arena, line);
        ROW_TRUE(field_split(line, '\t', parts, 5) == 5, whole);
        long rule = strtol(parts[0], NULL, 10);
        assert_in_range(rule, 1, RULES);
        rows[rule]++;
        if (strcmp(parts[2], "rank") == 0)
            ROW_TRUE(rank_has(rank, parts[3], parts[4]), whole);
        else if (strcmp(parts[2], "settle") == 0)
            ROW_TRUE(settle_has(settle, parts[0], parts[4]), whole);
        else
            ROW_TRUE(strstr(field_file(&arena, arena_printf(&arena, "tests/unit/%s", parts[2]), &len), parts[3]), whole);
    }
    for (int rule = 1; rule <= RULES; rule++)
        if (rows[rule] == 0)
            fail_msg("rule %d has no row", rule);
}

/* Each rule is told to a candidate in both languages: by the engine (the rows are compared where it runs), or by a text of
 * the pages. */
static void every_rule_is_told(void **state) {
    (void)state;
    static const char *const TABLES[] = {"rank", "settle", "catalogue"};
    int rows[RULES + 1] = {0};
    for (size_t t = 0; t < LENGTH(TABLES); t++) {
        struct field_word words[64];
        size_t len = 0, count = field_words(&arena, TABLES[t], words, LENGTH(words));
        for (size_t i = 0; i < count; i++) {
            assert_in_range(words[i].rule, 1, RULES);
            rows[words[i].rule]++;
            assert_string_not_equal(words[i].vi, words[i].en);
            if (strcmp(TABLES[t], "catalogue") != 0)
                continue;
            for (int vi = 0; vi < 2; vi++) {
                const char *texts = field_file(&arena, arena_printf(&arena, "web/%s/i18n/%s.json", words[i].at, vi ? "vi" : "en"), &len);
                ROW_TRUE(strstr(texts, arena_printf(&arena, "\"%s\": \"%s\"", words[i].who, vi ? words[i].vi : words[i].en)), words[i].who);
            }
        }
    }
    for (int rule = 1; rule <= RULES; rule++)
        if (rows[rule] == 0)
            fail_msg("nobody is told about rule %d", rule);
}

/* ---- fields of the size that the rules speak of ---- */

struct large {
    struct cycle_pack pack;
    struct rank_pack rules;
    struct rank_seat seat;
    struct rank_post post;
    struct rank_candidate *candidates;
    int64_t *values;
    uint8_t *statuses;
    const char *agency;
    uint32_t none; /* nobody names agencies */
    struct rank_inputs inputs;
};

/* All for one post; whoever comes later has a mark that is lower by `step`, from `best` on. */
static void make_large(struct large *l, const char *id, uint32_t count, int32_t quota, int64_t best, int64_t step) {
    size_t len = 0;
    char *text = field_file(&arena, arena_printf(&arena, "tests/tables/packs/%s.json", id), &len);
    struct json_misfits misfits = {0};
    struct rank_misfit misfit;
    struct cycle_pack_scales scales = {0};
    assert_int_equal(cycle_pack_read(&arena, text, len, &l->pack, &misfits, NULL), ERR_NONE);
    assert_int_equal(cycle_pack_bind(&l->pack, &scales, &l->rules, &misfit), ERR_NONE);
    uint32_t width = l->rules.component_count;
    l->candidates = calloc(count, sizeof *l->candidates);
    l->values = calloc((size_t)count * width, sizeof *l->values);
    l->statuses = calloc((size_t)count * width, 1);
    assert_true(l->candidates && l->values && l->statuses);
    for (uint32_t i = 0; i < count; i++) {
        l->candidates[i].roll = arena_printf(&arena, "%06u", i);
        for (uint32_t k = 0; k < width; k++) {
            l->values[(size_t)i * width + k] = best - step * i;
            l->statuses[(size_t)i * width + k] = RANK_STATUS_VALUE;
        }
    }
    l->agency = "A";
    l->seat = (struct rank_seat){.quota = quota};
    l->post = (struct rank_post){.code = "P", .seat_count = 1};
    l->inputs = (struct rank_inputs){.pack = &l->rules, .agencies = &l->agency, .seats = &l->seat, .posts = &l->post, .preferences = &l->none, .candidates = l->candidates,
                                     .values = l->values, .statuses = l->statuses, .agency_count = 1, .seat_count = 1, .post_count = 1, .candidate_count = count};
}

static void release_large(struct large *l) {
    free(l->candidates);
    free(l->values);
    free(l->statuses);
}

/* Twelve for each of 979 seats are 11748; the marks are scaled so that each of 20,000 has another. */
static void twelve_for_each_seat(void **state) {
    (void)state;
    struct large *l = arena_alloc(&arena, sizeof *l);
    *l = (struct large){0};
    make_large(l, "T-RATIO", 20000, SEATS, 0, 0);
    /* 10,000 hundredths are too few for so many different marks: equals come in pairs, and a pair is cut as a whole. */
    for (uint32_t i = 0; i < 20000; i++)
        l->values[i * 2] = l->values[i * 2 + 1] = 10000 - i / 4;
    struct rank_result result;
    struct rank_misfit misfit = {0};
    assert_int_equal(rank_run(&l->inputs, &result, &misfit), ERR_NONE);
    assert_int_equal(20000 - result.outcomes[RANK_NOT_SHORTLISTED], 11748); /* 2,937 marks with four each */
    assert_int_equal(result.outcomes[RANK_SELECTED] + result.outcomes[RANK_TIED], SEATS + 1); /* four of whom three get a seat: tied as far as the chain */
    rank_result_release(&result);
    /* One fewer wanted: the four across the bar come in together. */
    l->rules.cuts[0].seats_num = 0;
    l->rules.cuts[0].count = 11745;
    assert_int_equal(rank_run(&l->inputs, &result, &misfit), ERR_NONE);
    assert_int_equal(20000 - result.outcomes[RANK_NOT_SHORTLISTED], 11748);
    rank_result_release(&result);
    release_large(l);
}

/* A reserve list of 1490 behind ten seats, and whoever equals its last. */
static void a_list_of_1490(void **state) {
    (void)state;
    struct large *l = arena_alloc(&arena, sizeof *l);
    *l = (struct large){0};
    make_large(l, "T-RESERVED", 3000, 10, 9999, 1);
    l->rules.reserve_size = 1490;
    l->values[1500] = l->values[1499]; /* number 1,501 equals number 1,500, the last of the list */
    struct rank_result result;
    struct rank_misfit misfit = {0};
    assert_int_equal(rank_run(&l->inputs, &result, &misfit), ERR_NONE);
    uint32_t listed = 0;
    for (uint32_t i = 0; i < 3000; i++) {
        listed += result.decisions[i].reserve > 0;
        assert_int_equal(result.decisions[i].reserve, i < 10 || i > 1500 ? 0 : i == 1500 ? 1490 : i - 9);
    }
    assert_int_equal(listed, 1491);
    rank_result_release(&result);
    release_large(l);
}

static int setup(void **state) {
    (void)state;
    arena_init(&arena, 512 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_rule_has_its_rows), cmocka_unit_test(every_rule_is_told), cmocka_unit_test(twelve_for_each_seat), cmocka_unit_test(a_list_of_1490)};
    return cmocka_run_group_tests_name("rules35", tests, setup, teardown);
}
