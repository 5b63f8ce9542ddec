/* Every kind and rule from what a candidate sends to the points it earns, by the table tests/tables/score_item.tsv. */
#include "unit.h"

#include "khoacu/crypto/crypto.h"
#include "khoacu/form/answer.h"
#include "khoacu/score/score_item.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

static const uint8_t SEED[FORM_SEED_LEN] = {7};
enum { SITTING = 77 };

static const struct json *tree(struct arena *arena, const char *text) {
    const struct json *value = NULL;
    if (json_read(arena, text, strlen(text), &value, NULL) != ERR_NONE)
        fail_msg("no JSON: %s", text);
    return value;
}

static void read_item(struct arena *arena, const char *content, const char *key, struct item *item) {
    struct item_faults faults = {.count = 0};
    if (!item_read(arena, tree(arena, content), tree(arena, key), NULL, item, &faults))
        fail_msg("%s %s: %s %s", content, key, faults.list[0].path, faults.list[0].rule);
}

static struct form_shape shape_of(const struct item *item) {
    size_t choices = 0;
    for (size_t i = 0; i < item->gap_count; i++)
        choices += item->gaps[i].option_count;
    return (struct form_shape){.kind = (uint8_t)item->kind, .options = (uint8_t)item->option_count, .columns = (uint8_t)item->column_count,
                               .choices = (uint8_t)choices, .choices_max = (uint8_t)item->choices_max, .shuffled = true};
}

/* "@3" in an answer of the table is the opaque name of canonical mark 3. */
static const char *with_names(struct arena *arena, const struct form_order *order, const char *text) {
    struct buf out;
    buf_init(&out, 100000);
    for (const char *at = text; *at; at++) {
        if (*at != '@') {
            buf_addc(&out, *at);
            continue;
        }
        char name[FORM_OPTION_NAME] = "????????", *end = NULL;
        long mark = strtol(at + 1, &end, 10);
        (void)form_order_name_of(order, 1, (int)mark, name);
        buf_addf(&out, "\"%s\"", name);
        at = end - 1;
    }
    const char *done = arena_strndup(arena, out.data ? out.data : "", out.len);
    buf_release(&out);
    return done;
}

static void check_row(const char *content, const char *key, const char *given, const char *stored, const char *points, const char *why) {
    struct arena arena;
    struct item item;
    struct form_order *order = NULL;
    int16_t choice = 0;
    const char *answer = NULL, *rule = NULL;
    arena_init(&arena, 8 << 20);
    read_item(&arena, content, key, &item);
    struct form_shape shape = shape_of(&item);
    assert_int_equal(form_order_new(SEED, SITTING, &shape, 1, &order), ERR_NONE);
    const struct json *value = tree(&arena, with_names(&arena, order, given));
    if (form_answer_is_choice(shape.kind))
        choice = json_text(value) ? (int16_t)form_order_mark(order, 1, json_text(value)) : 0;
    else
        rule = form_answer_read(&arena, order, 1, value, &answer);
    const char *got = rule ? rule : answer ? answer : choice ? arena_printf(&arena, "%d", choice) : "-";
    if (strcmp(got, stored) != 0)
        fail_msg("%s: stored %s, not %s", why, got, stored);
    struct score_item score = score_item(&arena, &item, choice, answer);
    const char *earned = rule ? "-" : score.pending ? "pending" : arena_printf(&arena, "%lld", (long long)score.points_e7);
    if (strcmp(earned, points) != 0)
        fail_msg("%s: earned %s, not %s", why, earned, points);
    ROW_TRUE(score.right == (!rule && !score.pending && score.points_e7 > 0 && score.points_e7 >= score_item_worth(&item)), why);
    ROW_TRUE(score.answered == (choice != 0 || answer != NULL), why);
    free(order);
    arena_release(&arena);
}

static void answers_earn_what_the_table_says(void **state) {
    (void)state;
    FILE *file = fopen("tests/tables/score_item.tsv", "r");
    assert_non_null(file);
    char line[4000], content[1500] = "", key[1500] = "";
    int rows = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *rest = line;
        const char *cells[4] = {0};
        for (int i = 0; i < 4; i++)
            cells[i] = strsep(&rest, "\t");
        if (line[0] == '#' || !line[0])
            continue;
        if (strcmp(cells[0], "item") == 0) {
            snprintf(content, sizeof content, "%s", cells[1]);
            snprintf(key, sizeof key, "%s", cells[2]);
            continue;
        }
        assert_non_null(cells[3]);
        check_row(content, key, cells[0], cells[1], cells[2], cells[3]);
        rows++;
    }
    (void)fclose(file);
    assert_in_range(rows, 60, 1000);
}

/* What is stored comes back as it was sent, whatever the order of the marks. */
static void answers_come_back(void **state) {
    (void)state;
    struct arena arena;
    struct item item;
    arena_init(&arena, 8 << 20);
    read_item(&arena,
              "{\"body\":{\"vi\":\"<p>a <span data-gap=\\\"g1\\\"></span> <span data-gap=\\\"g2\\\"></span></p>\"},\"gaps\":[{\"id\":\"g1\",\"options\":[{\"id\":\"a\","
              "\"text\":{\"vi\":\"x\"}},{\"id\":\"b\",\"text\":{\"vi\":\"y\"}}]},{\"id\":\"g2\",\"options\":[{\"id\":\"a\",\"text\":{\"vi\":\"x\"}},{\"id\":\"b\","
              "\"text\":{\"vi\":\"y\"}}]}],\"kind\":\"inline\"}",
              "{\"gaps\":[{\"correct\":\"a\",\"id\":\"g1\"},{\"correct\":\"b\",\"id\":\"g2\"}],\"kind\":\"inline\",\"points\":\"1\"}", &item);
    struct form_shape shape = shape_of(&item);
    const struct form_gap gaps[] = {{"g1", 2}, {"g2", 2}};
    for (int64_t sitting = 1; sitting < 20; sitting++) {
        struct form_order *order = NULL;
        struct buf out;
        struct json_writer writer;
        const char *answer = NULL;
        char names[2][FORM_OPTION_NAME];
        buf_init(&out, 10000);
        json_writer_init(&writer, &out);
        assert_int_equal(form_order_new(SEED, sitting, &shape, 1, &order), ERR_NONE);
        assert_true(form_order_name_of(order, 1, 2, names[0]) && form_order_name_of(order, 1, 3, names[1]));
        const char *sent = arena_printf(&arena, "{\"g1\":\"%s\",\"g2\":\"%s\"}", names[0], names[1]);
        assert_null(form_answer_read(&arena, order, 1, tree(&arena, sent), &answer));
        assert_string_equal(answer, "[2,3]");
        form_answer_put(&arena, order, 1, answer, gaps, 2, &writer);
        buf_addc(&out, '\0');
        assert_string_equal(out.data, sent);
        buf_release(&out);
        free(order);
    }
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_earn_what_the_table_says), cmocka_unit_test(answers_come_back)};
    return crypto_init() != ERR_NONE || cmocka_run_group_tests_name("score item", tests, NULL, NULL);
}
