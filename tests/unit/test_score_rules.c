/* Counting of round 1 by the table tests/tables/score_count.tsv. */
#include "unit.h"

#include "khoacu/score/score.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

static void check_row(const char *key_text, const char *answer_text, long correct, long answered, const char *why) {
    struct score_key key = {.count = (int32_t)strlen(key_text)};
    struct sitting_answers answers = {0};
    struct item_option options[8][8] = {{{0}}};
    for (int i = 0; key_text[i]; i++) {
        item_init(&key.items[i + 1], ITEM_SINGLE);
        key.items[i + 1].options = options[i];
        key.items[i + 1].option_count = 8;
        options[i][key_text[i] - '1'].credit = "1";
    }
    for (int i = 0; answer_text[i]; i++)
        answers.choices[i + 1] = (int16_t)(answer_text[i] == '-' ? 0 : answer_text[i] - '0');
    struct score_count count;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    score_count(&arena, &key, &answers, &count);
    arena_release(&arena);
    ROW_TRUE(count.points_e7 == correct * 10000000, why);
    ROW_TRUE(count.correct == correct, why);
    ROW_TRUE(count.answered == answered, why);
    ROW_TRUE(count.correct <= count.answered && count.answered <= key.count, why);
}

static void answers_are_counted_by_the_table(void **state) {
    (void)state;
    FILE *file = fopen("tests/tables/score_count.tsv", "r");
    assert_non_null(file);
    char line[300];
    int rows = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        char *rest = line;
        const char *cells[5];
        for (int i = 0; i < 5; i++)
            cells[i] = strsep(&rest, "\t");
        assert_non_null(cells[4]);
        check_row(cells[0], cells[1], strtol(cells[2], NULL, 10), strtol(cells[3], NULL, 10), cells[4]);
        rows++;
    }
    (void)fclose(file);
    assert_in_range(rows, 10, 1000);
}

static void names_of_jobs_are_all_there(void **state) {
    (void)state;
    for (int i = 0; i < SCORE_JOB_KIND_COUNT; i++)
        assert_true(strlen(score_job_kind_key((enum score_job_kind)i)) > 0);
    for (int i = 0; i < SCORE_JOB_STATE_COUNT; i++)
        assert_true(strlen(score_job_state_key((enum score_job_state)i)) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_counted_by_the_table),
        cmocka_unit_test(names_of_jobs_are_all_there),
    };
    return cmocka_run_group_tests_name("score rules", tests, NULL, NULL);
}
