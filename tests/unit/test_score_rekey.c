/* Corrections of keys by the table tests/tables/rekey.tsv, of one item, and by the rows "key" of settle.tsv, of a paper; versions and their hash; the share of a gate of what is left. */
#include "unit.h"

#include "rank_field.h"

#include "khoacu/crypto/crypto.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/score/rekey.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

#define WHOLE 10000000

static struct arena arena;

static const struct json *tree(const char *text) {
    const struct json *value = NULL;
    if (json_read(&arena, text, strlen(text), &value, NULL) != ERR_NONE)
        fail_msg("no JSON: %s", text);
    return value;
}

/* A form of that item and, behind it, a single-choice item that nothing is decided about. */
static struct score_key *key_of(const char *content, const char *key_text) {
    static const char *const OTHER[] = {"{\"body\":{\"vi\":\"q\"},\"kind\":\"single\",\"options\":[{\"id\":\"a\",\"text\":{\"vi\":\"a\"}},{\"id\":\"b\",\"text\":{\"vi\":\"b\"}}]}",
                                        "{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"b\"}],\"points\":\"1\"}"};
    struct score_key *key = ARENA_NEW(&arena, struct score_key);
    const char *texts[2][2] = {{content, key_text}, {OTHER[0], OTHER[1]}};
    key->version = 1;
    key->count = 2;
    for (int i = 0; i < 2; i++) {
        struct item_faults faults = {.count = 0};
        key->contents[i + 1] = tree(texts[i][0]);
        if (!item_read(&arena, key->contents[i + 1], tree(texts[i][1]), NULL, &key->items[i + 1], &faults) ||
            !item_check(&arena, &key->items[i + 1], &faults))
            fail_msg("%s: %s %s", texts[i][1], faults.list[0].path, faults.list[0].rule);
        key->fixes[i + 1].key_texts = arena_printf(&arena, "[%s]", texts[i][1]);
    }
    rekey_sum(key);
    return key;
}

static struct score_count count_of(const struct score_key *key, const char *answer) {
    struct sitting_answers answers = {.choices = {0}};
    struct score_count count;
    bool choice = answer[0] >= '1' && answer[0] <= '9';
    if (choice)
        answers.choices[1] = (int16_t)strtol(answer, NULL, 10);
    else if (strcmp(answer, "-") != 0)
        answers.answers[1] = answer;
    answers.choices[2] = 2;
    score_count(&arena, key, &answers, &count);
    return count;
}

static void decide(struct score_key *key, const char *decision, const char *keys, const char *why) {
    struct item_faults faults = {.count = 0};
    struct rekey_row row, given = {.position = 1, .decision = (uint8_t)settle_rekey_find(decision), .reason = why};
    assert_in_range(settle_rekey_find(decision), 0, SETTLE_REKEY_COUNT - 1);
    if (!rekey_row_fits(&arena, key, &given, tree(keys), &faults, &row))
        fail_msg("%s: %s %s", why, faults.list[0].path, faults.list[0].rule);
    assert_int_equal(rekey_change(&arena, key, &row, 1), ERR_NONE);
    key->version++;
}

static void check_row(struct score_key **key, const char *content, const char *key_text, char **cells) {
    bool on_top = cells[0][0] == '+', dropped = strcmp(cells[4], "-") == 0;
    const char *why = cells[6];
    struct score_key *sealed = key_of(content, key_text);
    struct score_count before = count_of(sealed, cells[2]);
    if (!on_top)
        *key = key_of(content, key_text);
    decide(*key, cells[0] + on_top, cells[1], why);
    struct score_count after = count_of(*key, cells[2]);
    ROW_TRUE(before.item_points_e7[1] == strtoll(cells[3], NULL, 10), why);
    ROW_TRUE(after.item_points_e7[1] == (dropped ? SCORE_PENDING : strtoll(cells[4], NULL, 10)), why);
    ROW_TRUE(after.points_e7 == (dropped ? 0 : after.item_points_e7[1]) + WHOLE, why);
    ROW_TRUE(after.correct == 1 + strtol(cells[5], NULL, 10), why);
    ROW_TRUE(after.answered == 1 + (!dropped && strcmp(cells[2], "-") != 0), why);
    ROW_TRUE((*key)->dropped == dropped && (*key)->count == 2, why);
    ROW_TRUE((*key)->worth_e7 == sealed->worth_e7 - (dropped ? score_item_worth(&sealed->items[1]) : 0), why);
    struct score_count again = count_of(*key, cells[2]);
    ROW_TRUE(memcmp(&again, &after, sizeof again) == 0 || again.points_e7 == after.points_e7, why);
}

static void decisions_do_what_the_table_says(void **state) {
    (void)state;
    FILE *file = fopen("tests/tables/rekey.tsv", "r");
    char *line = NULL, content[4000] = "", key_text[4000] = "";
    size_t room = 0;
    int rows = 0;
    bool kinds[ITEM_KIND_COUNT] = {false};
    struct score_key *key = NULL;
    assert_non_null(file);
    while (getline(&line, &room, file) > 0) {
        char *rest = line, *cells[7];
        line[strcspn(line, "\n")] = '\0';
        if (*line == '#')
            continue;
        int count = 0;
        for (char *cell = strsep(&rest, "\t"); cell && count < 7; cell = strsep(&rest, "\t"))
            cells[count++] = cell;
        if (strcmp(cells[0], "item") == 0) {
            (void)snprintf(content, sizeof content, "%s", cells[1]);
            (void)snprintf(key_text, sizeof key_text, "%s", cells[2]);
            kinds[key_of(content, key_text)->items[1].kind] = true;
            continue;
        }
        assert_int_equal(count, 7);
        check_row(&key, content, key_text, cells);
        rows++;
    }
    free(line);
    (void)fclose(file);
    assert_in_range(rows, 35, 1000);
    for (int kind = 0; kind < ITEM_KIND_COUNT; kind++)
        if (kind != ITEM_ESSAY && kind != ITEM_UPLOAD && kind != ITEM_STIMULUS)
            assert_true(kinds[kind]);
}

/* ---- a whole paper ---- */

#define PAPER_MAX 20
#define OPTIONS "{\"body\":{\"vi\":\"q\"},\"kind\":\"single\",\"options\":[{\"id\":\"1\",\"text\":{\"vi\":\"a\"}},{\"id\":\"2\",\"text\":{\"vi\":\"b\"}},{\"id\":\"3\",\"text\":{\"vi\":\"c\"}},{\"id\":\"4\",\"text\":{\"vi\":\"d\"}}]}"

static const char *single(char option) {
    return arena_printf(&arena, "{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"%c\"}],\"points\":\"1\"}", option);
}

/* Questions of four options, one of them right in each. */
static struct score_key *paper_of(const char *rights) {
    struct score_key *key = ARENA_NEW(&arena, struct score_key);
    key->version = 1;
    key->count = (int32_t)strlen(rights);
    for (int i = 1; i <= key->count; i++) {
        struct item_faults faults = {.count = 0};
        key->contents[i] = tree(OPTIONS);
        if (!item_read(&arena, key->contents[i], tree(single(rights[i - 1])), NULL, &key->items[i], &faults) || !item_check(&arena, &key->items[i], &faults))
            fail_msg("%s: %s %s", rights, faults.list[0].path, faults.list[0].rule);
        key->fixes[i].key_texts = arena_printf(&arena, "[%s]", single(rights[i - 1]));
    }
    rekey_sum(key);
    return key;
}

/* "right/questions" */
static const char *counted(const struct score_key *key, const char *given) {
    struct sitting_answers answers = {.choices = {0}};
    struct score_count count;
    for (int i = 1; i <= key->count; i++)
        answers.choices[i] = (int16_t)(given[i - 1] == '-' ? 0 : given[i - 1] - '0');
    score_count(&arena, key, &answers, &count);
    return arena_printf(&arena, "%d/%d", count.correct, key->count - key->dropped);
}

static void check_paper(char **parts) {
    struct score_key *key = paper_of(parts[2]);
    struct rekey_row rows[PAPER_MAX];
    char *decided[PAPER_MAX];
    const char *before = counted(key, parts[3]);
    size_t count = strcmp(parts[1], "-") == 0 ? 0 : (size_t)field_split(parts[1], ' ', decided, PAPER_MAX);
    for (size_t i = 0; i < count; i++) {
        struct item_faults faults = {.count = 0};
        char *cells[3] = {NULL, NULL, NULL};
        (void)field_split(decided[i], ':', cells, 3);
        struct rekey_row given = {.position = (int32_t)strtol(cells[0], NULL, 10), .decision = (uint8_t)settle_rekey_find(cells[1]), .reason = "by the table"};
        if (!rekey_row_fits(&arena, key, &given, tree(cells[2] ? arena_printf(&arena, "[%s]", single(*cells[2])) : "[]"), &faults, &rows[i]))
            fail_msg("%s: %s %s", decided[i], faults.list[0].path, faults.list[0].rule);
    }
    assert_int_equal(rekey_change(&arena, key, rows, count), ERR_NONE);
    assert_string_equal(arena_printf(&arena, "%s %s", before, counted(key, parts[3])), arena_printf(&arena, "%s %s", parts[4], parts[5]));
}

static void a_paper_has_both_results(void **state) {
    (void)state;
    size_t len = 0;
    char *line = field_file(&arena, "tests/tables/settle.tsv", &len), *next;
    int rows = 0;
    for (; line && *line; line = next) {
        char *parts[7] = {NULL};
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (strncmp(line, "key\t", 4) != 0)
            continue;
        assert_int_equal(field_split(line, '\t', parts, 7), 7);
        check_paper(parts);
        rows++;
    }
    assert_in_range(rows, 11, 1000);
}

/* ---- what is refused ---- */

static void refuse(struct score_key *key, struct rekey_row row, const char *keys, const char *path, const char *rule) {
    struct item_faults faults = {.count = 0};
    struct rekey_row out;
    assert_false(rekey_row_fits(&arena, key, &row, tree(keys), &faults, &out));
    assert_string_equal(faults.list[0].path, path);
    assert_string_equal(faults.list[0].rule, rule);
}

static void what_is_no_key_is_refused(void **state) {
    (void)state;
    struct score_key *key = key_of("{\"body\":{\"vi\":\"q\"},\"kind\":\"essay\"}", "{\"kind\":\"essay\",\"points\":\"10\"}");
    refuse(key, (struct rekey_row){.position = 1, .decision = SETTLE_REKEY_DROP}, "[]", "decision", "not-scored");
    refuse(key, (struct rekey_row){.position = 3, .decision = SETTLE_REKEY_DROP}, "[]", "position", "range");
    refuse(key, (struct rekey_row){.position = 2, .decision = SETTLE_REKEY_NEW_KEY}, "[]", "keys", "count");
    refuse(key, (struct rekey_row){.position = 2, .decision = SETTLE_REKEY_DROP}, "[{}]", "keys", "count");
    refuse(key, (struct rekey_row){.position = 2, .decision = SETTLE_REKEY_NEW_KEY}, "[{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"a\"}],\"points\":\"3\"}]", "keys[0].points", "points");
    refuse(key, (struct rekey_row){.position = 2, .decision = SETTLE_REKEY_NEW_KEY}, "[{\"kind\":\"numeric\",\"points\":\"1\"}]", "keys[0].kind", "not-here");
    key->fixes[1].decision = SETTLE_REKEY_DROP;
    rekey_sum(key);
    refuse(key, (struct rekey_row){.position = 2, .decision = SETTLE_REKEY_DROP}, "[]", "decision", "few");
}

static void the_hash_is_of_everything_it_says(void **state) {
    (void)state;
    static const uint8_t FORM[CRYPTO_SHA256_LEN] = {1, 2, 3};
    static const char CONTENT[] = "{\"body\":{\"vi\":\"q\"},\"kind\":\"single\",\"options\":[{\"id\":\"a\",\"text\":{\"vi\":\"a\"}},{\"id\":\"b\",\"text\":{\"vi\":\"b\"}}]}",
                      KEY[] = "{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"a\"}],\"points\":\"1\"}";
    struct score_key *key = key_of(CONTENT, KEY);
    assert_string_equal(rekey_text(&arena, key, FORM), arena_printf(&arena,
        "{\"form\":\"0102030000000000000000000000000000000000000000000000000000000000\",\"items\":[[1,\"stands\",[%s]],[2,\"stands\",[{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"b\"}],\"points\":\"1\"}]]],\"version\":1}", KEY));
    assert_string_equal(rekey_shown(&arena, key, 1), "[1]");
    decide(key, "several", "[{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"b\"}],\"points\":\"1\"}]", "both");
    assert_string_equal(rekey_shown(&arena, key, 1), "[1,2]");
    assert_non_null(strstr(rekey_text(&arena, key, FORM), "\"version\":2"));
}

/* ---- rank and score agree about the share ---- */

static void a_gate_takes_its_share_of_what_is_left(void **state) {
    (void)state;
    static const struct {
        int64_t questions, fails, passes;
    } ROWS[] = {{60, 29, 30}, {59, 29, 30}, {58, 28, 29}, {57, 28, 29}};
    size_t len = 0;
    const char *text = cycle_pack_builtin("CC-2026", &len);
    struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
    struct json_misfits misfits = {0};
    assert_non_null(text);
    assert_int_equal(cycle_pack_of_json(&arena, tree(arena_strndup(&arena, text, len)), pack, &misfits), ERR_NONE);
    uint8_t computer = cycle_pack_component(pack, CYCLE_PACK_COMPUTER);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct cycle_pack_scales scales = {0};
        struct rank_pack rules;
        struct rank_misfit misfit;
        int64_t values[RANK_COMPONENTS_MAX] = {0};
        uint8_t statuses[RANK_COMPONENTS_MAX] = {0};
        scales.max[CYCLE_PACK_WRITTEN] = 6000;
        scales.max[CYCLE_PACK_INTERVIEW] = 4000;
        scales.max[CYCLE_PACK_COMPUTER] = ROWS[i].questions;
        assert_int_equal(cycle_pack_bind(pack, &scales, &rules, &misfit), ERR_NONE);
        statuses[computer] = RANK_STATUS_VALUE;
        values[computer] = ROWS[i].fails;
        assert_false(rank_stage_passed(&rules, rules.components[computer].stage, values, statuses));
        values[computer] = ROWS[i].passes;
        assert_true(rank_stage_passed(&rules, rules.components[computer].stage, values, statuses));
    }
    struct cycle_pack_scales more = {.max = {[CYCLE_PACK_COMPUTER] = 61, [CYCLE_PACK_WRITTEN] = 6000, [CYCLE_PACK_INTERVIEW] = 4000}};
    struct rank_pack rules;
    struct rank_misfit misfit;
    assert_int_equal(cycle_pack_bind(pack, &more, &rules, &misfit), ERR_RANGE);
}

/* ---- statistics: three sittings by hand ---- */

static void statistics_are_those_of_a_hand_count(void **state) {
    (void)state;
    struct score_key *key = key_of("{\"body\":{\"vi\":\"q\"},\"kind\":\"single\",\"options\":[{\"id\":\"a\",\"text\":{\"vi\":\"a\"}},{\"id\":\"b\",\"text\":{\"vi\":\"b\"}}]}",
                                   "{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"a\"}],\"points\":\"1\"}");
    static const int16_t CHOICES[][2] = {{1, 2}, {1, 2}, {2, 1}, {0, 2}};
    struct rekey_statistics *statistics = ARENA_NEW(&arena, struct rekey_statistics);
    for (size_t i = 0; i < 4; i++) {
        struct sitting_answers answers = {.choices = {0, CHOICES[i][0], CHOICES[i][1]}};
        struct score_count count;
        score_count(&arena, key, &answers, &count);
        rekey_statistics_add(statistics, key, &answers, &count);
    }
    /* right 1 1 0 0 beside rest 1 1 0 1: covariance 1/8, deviations 1/2 and sqrt(3)/4: r = 1/sqrt(3) */
    assert_string_equal(rekey_statistics_text(&arena, key, statistics),
                        "[{\"position\":1,\"answered\":3,\"right\":2,\"facility\":\"0.500\",\"item_rest\":\"0.577\",\"marks\":[1,2,1]},"
                        "{\"position\":2,\"answered\":4,\"right\":3,\"facility\":\"0.750\",\"item_rest\":\"0.577\",\"marks\":[0,1,3]}]");
}

int main(void) {
    arena_init(&arena, (size_t)1 << 30);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_do_what_the_table_says),     cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test(the_hash_is_of_everything_it_says),    cmocka_unit_test(a_gate_takes_its_share_of_what_is_left),
        cmocka_unit_test(statistics_are_those_of_a_hand_count), cmocka_unit_test(a_paper_has_both_results),
    };
    int failed = cmocka_run_group_tests_name("score rekey", tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
