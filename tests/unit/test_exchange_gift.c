#include "unit.h"

#include "exchange/gift.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"

#include <dirent.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>

#include "khoacu/base/banned.h"

#define CAP ((size_t)64 << 20)

/* ---- the published pairs: a GIFT file and what is to be read in it ---- */

static const char *shared_data(void) {
    const char *given = getenv("KHOACU_TEST_DATA");
    return given ? given : "../shared/data";
}

static char *load(const char *path, size_t *ret_len) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *bytes = calloc(1, 1 << 20);
    *ret_len = bytes ? fread(bytes, 1, (1 << 20) - 1, file) : 0;
    (void)fclose(file);
    return bytes;
}

static const char *word(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

static bool same(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* A member of the pair's JSON beside a text of ours; no member, null and our NULL are one. */
static bool same_text(const json_t *expected, struct gift_text text) {
    static const char *const NAMES[] = {"moodle", "html", "markdown", "plain"};
    if (!json_is_object(expected))
        return !text.text;
    const char *words = word(expected, "text");
    if (!text.text)
        return !words[0];
    bool fine = same(words, text.text) && same(word(expected, "format"), NAMES[text.format]);
    if (!fine)
        print_message("expected [%s] %s\n     got [%s] %s\n", word(expected, "format"), words, NAMES[text.format], text.text);
    return fine;
}

static bool same_decimal(const json_t *expected, const char *decimal) {
    return decimal && json_number_value(expected) == strtod(decimal, NULL);
}

static bool same_weight(const json_t *expected, const char *weight) {
    return json_is_number(expected) ? same_decimal(expected, weight) : !weight;
}

static bool same_number(const json_t *expected, const struct gift_number *number) {
    const char *type = word(expected, "type");
    if (!type)
        return number->kind == GIFT_ANY && same(word(expected, "text"), "*");
    if (strcmp(type, "simple") == 0)
        return number->kind == GIFT_SIMPLE && same_decimal(json_object_get(expected, "number"), number->number);
    if (strcmp(type, "range") == 0)
        return number->kind == GIFT_RANGE && same_decimal(json_object_get(expected, "number"), number->number) &&
               same_decimal(json_object_get(expected, "range"), number->range);
    return number->kind == GIFT_HIGH_LOW && same_decimal(json_object_get(expected, "numberLow"), number->low) &&
           same_decimal(json_object_get(expected, "numberHigh"), number->high);
}

static bool same_answer(const json_t *expected, const struct gift_answer *answer, enum gift_kind kind) {
    if (kind == GIFT_MATCHING)
        return same_text(json_object_get(expected, "subquestion"), answer->text) &&
               same(word(expected, "subanswer"), answer->match);
    const json_t *text = json_object_get(expected, "text");
    return json_is_true(json_object_get(expected, "isCorrect")) == answer->correct &&
           same_weight(json_object_get(expected, "weight"), answer->weight) &&
           same_text(json_object_get(expected, "feedback"), answer->feedback) &&
           (kind == GIFT_NUMERICAL ? same_number(text, &answer->number) : same_text(text, answer->text));
}

static bool same_answers(const json_t *expected, const struct gift_question *question) {
    const json_t *list = json_object_get(expected, question->kind == GIFT_MATCHING ? "matchPairs" : "choices");
    if (json_is_object(list))
        return question->single && same_number(list, &question->answers[0].number);
    if (json_array_size(list) != question->answer_count)
        return false;
    for (size_t i = 0; i < question->answer_count; i++)
        if (!same_answer(json_array_get(list, i), &question->answers[i], question->kind)) {
            print_message("answer %zu\n", i + 1);
            return false;
        }
    return true;
}

static bool same_question(const json_t *expected, const struct gift_question *question) {
    static const char *const KINDS[] = {"Description", "TF", "MC", "Short", "Numerical", "Matching", "Essay"};
    const json_t *tags = json_object_get(expected, "tags");
    bool fine = same(word(expected, "type"), KINDS[question->kind]) && same(word(expected, "title"), question->title) &&
                same(word(expected, "id"), question->id) && json_array_size(tags) == question->tag_count &&
                json_is_true(json_object_get(expected, "hasEmbeddedAnswers")) == question->embedded &&
                same_text(json_object_get(expected, "stem"), question->stem) &&
                same_text(json_object_get(expected, "globalFeedback"), question->global);
    for (size_t i = 0; fine && i < question->tag_count; i++)
        fine = same(json_string_value(json_array_get(tags, i)), question->tags[i]);
    if (fine && question->kind == GIFT_TRUEFALSE)
        fine = json_is_true(json_object_get(expected, "isTrue")) == question->truth &&
               same_text(json_object_get(expected, "trueFeedback"), question->said[0]) &&
               same_text(json_object_get(expected, "falseFeedback"), question->said[1]);
    return fine && same_answers(expected, question);
}

/* Categories stand in the list of a pair as entries of their own; with us they belong to what follows. */
static void compare(const char *name, const char *text, size_t len, const json_t *list) {
    struct gift_reader reader;
    struct arena arena;
    const char *category = NULL;
    size_t at = 0, line;
    arena_init(&arena, CAP);
    gift_open(&reader, text, len);
    for (;; at++) {
        struct gift_question question;
        enum gift_fault fault;
        const json_t *expected = json_array_get(list, at);
        if (same(word(expected, "type"), "Category")) {
            category = word(expected, "title");
            continue;
        }
        bool found = gift_next(&reader, &arena, &question, &fault, &line);
        ROW_TRUE(found == (expected != NULL), name);
        if (!found)
            break;
        if (fault != GIFT_FINE || !same_question(expected, &question))
            fail_msg("%s: question %zu differs (fault %d, line %zu)", name, at + 1, (int)fault, line);
        ROW_TRUE(same(question.category, category), name);
        arena_reset(&arena);
    }
    if (category) {
        ROW_TRUE(strlen(category) == reader.category.len, name);
        assert_memory_equal(category, reader.category.at, reader.category.len);
    }
    arena_release(&arena);
}

static void compare_pair(const char *folder, const char *name) {
    char path[512];
    size_t len = 0, json_len = 0;
    snprintf(path, sizeof path, "%s/%s.gift", folder, name);
    char *text = load(path, &len);
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    char *json = load(path, &json_len);
    assert_non_null(text);
    assert_non_null(json);
    json_t *list = json_loadb(json, json_len, 0, NULL);
    assert_non_null(list);
    compare(name, text, len, list);
    json_decref(list);
    free(text);
    free(json);
}

static void published_pairs(void **state) {
    (void)state;
    char folder[256];
    size_t count = 0;
    snprintf(folder, sizeof folder, "%s/gift/pairs", shared_data());
    DIR *dir = opendir(folder);
    if (!dir)
        skip();
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char *suffix = strrchr(entry->d_name, '.');
        if (!suffix || strcmp(suffix, ".gift") != 0)
            continue;
        *suffix = '\0';
        compare_pair(folder, entry->d_name);
        count++;
    }
    (void)closedir(dir);
    assert_true(count >= 50);
}

/* ---- faults with their lines ---- */

static void faults(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum gift_fault fault;
        size_t line;
    } rows[] = {
        {"Q{=a ~b", GIFT_BRACE_OPEN, 1},
        {"\n\nQ\n{=a\n~b", GIFT_BRACE_OPEN, 4},
        {"Q } r", GIFT_BRACE_STRAY, 1},
        {"Q {=a ~b} and {=c ~d}", GIFT_BRACE_TWICE, 1},
        {"Q {=a ~b} and\n } more", GIFT_BRACE_STRAY, 2},
        {"::title Q {T}", GIFT_TITLE_OPEN, 1},
        {"::title:: {T}", GIFT_STEM_EMPTY, 1},
        {"Q {a =b ~c}", GIFT_ANSWER_SIGN, 1},
        {"Q {\n=b\n~ \n~c}", GIFT_ANSWER_EMPTY, 3},
        {"Q {\n=b\n~%101%x}", GIFT_WEIGHT, 3},
        {"Q {#three}", GIFT_NUMBER, 1},
        {"Q {#\n=3\n=4:-1}", GIFT_NUMBER, 3},
        {"Q {#}", GIFT_NUMBER, 1},
        {"// only a remark\nQ {\n=a -> b\n=c -> d\n=e}", GIFT_PAIR, 5},
        {"Q {=a\n\n~b}", GIFT_FINE, 1},
        {"Q {=a ~b}", GIFT_FINE, 1},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct gift_reader reader;
        struct arena arena;
        struct gift_question question;
        enum gift_fault fault = GIFT_FINE;
        size_t line = 0;
        arena_init(&arena, CAP);
        gift_open(&reader, rows[i].text, strlen(rows[i].text));
        assert_true(gift_next(&reader, &arena, &question, &fault, &line));
        if (fault != rows[i].fault || line != rows[i].line)
            fail_msg("%s: fault %d in line %zu", rows[i].text, (int)fault, line);
        arena_release(&arena);
    }
}

/* ---- what is too long ends where it ends ---- */

static void too_long(void **state) {
    (void)state;
    static const char *const HEADS[] = {"", "::a:: short\n"}; /* the long line is the first of its question, or a later one */
    for (size_t i = 0; i < LENGTH(HEADS); i++) {
        struct gift_reader reader;
        struct arena arena;
        struct gift_question question;
        enum gift_fault fault = GIFT_FINE;
        size_t line = 0;
        struct buf text;
        buf_init(&text, CAP);
        buf_addf(&text, "\n\n%s", HEADS[i]);
        for (size_t n = 0; n < GIFT_QUESTION_MAX / 8 + 1; n++)
            buf_adds(&text, "12345678");
        buf_adds(&text, " {=a ~b}\n\n::b:: Q {=a ~b}\n");
        assert_false(text.failed);
        arena_init(&arena, CAP);
        gift_open(&reader, text.data, text.len);
        assert_true(gift_next(&reader, &arena, &question, &fault, &line));
        assert_int_equal(fault, GIFT_TOO_LONG);
        assert_int_equal(line, 3);
        assert_true(gift_next(&reader, &arena, &question, &fault, &line));
        assert_int_equal(fault, GIFT_FINE);
        assert_string_equal(question.title, "b");
        assert_false(gift_next(&reader, &arena, &question, &fault, &line));
        arena_release(&arena);
        buf_release(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(published_pairs), cmocka_unit_test(faults), cmocka_unit_test(too_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
