/* Documents of items: what is read is what is written, every fault has its place, versions compared, plain words. */
#include "unit.h"

#include "khoacu/item/item.h"

#include "khoacu/base/banned.h"

static struct arena arena;

static const struct json *parse(const char *text) {
    const struct json *value = NULL;
    if (text)
        assert_int_equal(json_read(&arena, text, strlen(text), &value, NULL), ERR_NONE);
    return value;
}

static const char *written(const struct item *item, void (*put)(struct json_writer *, const struct item *)) {
    struct buf out;
    struct json_writer writer;
    buf_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    put(&writer, item);
    assert_false(out.failed);
    const char *text = arena_strndup(&arena, out.data, out.len);
    buf_release(&out);
    return text;
}

/* "rule@path rule@path", those that a draft may have in brackets */
static const char *told(const struct item_faults *faults) {
    const char *text = "";
    for (size_t i = 0; i < faults->count && i < ITEM_FAULTS_MAX; i++)
        text = arena_printf(&arena, "%s%s%s%s@%s%s", text, i ? " " : "", faults->list[i].open ? "[" : "", faults->list[i].rule, faults->list[i].path,
                            faults->list[i].open ? "]" : "");
    return text;
}

#define OPTIONS "\"options\":[{\"id\":\"a\",\"text\":{\"vi\":\"m\"}},{\"id\":\"b\",\"text\":{\"vi\":\"h\"}}]"
#define SINGLE "{\"body\":{\"vi\":\"x\"},\"kind\":\"single\"," OPTIONS "}"
#define RIGHT "{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"b\"}],\"points\":\"1\"}"

static const struct {
    const char *content, *key, *faults;
} DOCUMENTS[] = {
    {SINGLE, RIGHT, ""},
    {SINGLE, "{\"kind\":\"single\",\"points\":\"1\"}", "[one-right@options]"},
    {"{\"body\":{\"vi\":\"x\"},\"kind\":\"riddle\"}", NULL, "word@kind"},
    {"{\"kind\":\"single\"," OPTIONS "}", RIGHT, "[required@body]"},
    {"{\"body\":{\"vi\":\"x\"},\"kind\":\"single\"," OPTIONS ",\"answer\":\"b\"}", RIGHT, "unknown@answer"},
    {"{\"body\":{\"vi\":\"x\"},\"kind\":\"single\"," OPTIONS ",\"unit\":\"km\"}", RIGHT, "not-here@unit"},
    {"{\"body\":{\"vi\":\"<b>x</b>\"},\"kind\":\"single\"," OPTIONS "}", RIGHT, "markup@body.vi"},
    {"{\"body\":{\"en\":\"y\",\"vi\":\"x\"},\"kind\":\"single\"," OPTIONS "}", RIGHT, "[language@options[0].text.en] [language@options[1].text.en]"},
    {SINGLE, "{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"z\"}],\"points\":\"1\"}", "reference@options.z"},
    {SINGLE, "{\"kind\":\"single\",\"options\":[{\"credit\":\"1,5\",\"id\":\"b\"}],\"points\":\"1\"}", "decimal@options[1].credit"},
    {SINGLE, "{\"kind\":\"multiple\",\"options\":[{\"credit\":\"1\",\"id\":\"b\"}],\"points\":\"1\"}", "not-here@kind"},
    {"{\"body\":{\"vi\":\"x\"},\"kind\":\"ordering\"," OPTIONS "}", "{\"kind\":\"ordering\",\"order\":[\"a\"],\"points\":\"1\"}", "[permutation@order]"},
    {"{\"body\":{\"vi\":\"x <span data-gap=\\\"g2\\\"/>\"},\"gaps\":[{\"id\":\"g1\"," OPTIONS "}],\"kind\":\"inline\"}",
     "{\"gaps\":[{\"correct\":\"a\",\"id\":\"g1\"}],\"kind\":\"inline\",\"points\":\"1\"}", "[gap-absent@gaps[0]] reference@body.vi"},
    {"{\"body\":{\"vi\":\"x\"},\"kind\":\"numeric\"}", "{\"accepted\":[{\"value\":\"1.5e3\"}],\"kind\":\"numeric\",\"points\":\"1\"}", "decimal@accepted[0].value"},
};

static void faults_have_their_places(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(DOCUMENTS); i++) {
        struct item item;
        struct item_faults faults = {0};
        arena_init(&arena, 1 << 24);
        if (item_read(&arena, parse(DOCUMENTS[i].content), parse(DOCUMENTS[i].key), NULL, &item, &faults))
            (void)item_check(&arena, &item, &faults);
        const char *text = told(&faults);
        if (strcmp(text, DOCUMENTS[i].faults) != 0)
            fail_msg("%s %s: «%s», expected «%s»", DOCUMENTS[i].content, DOCUMENTS[i].key ? DOCUMENTS[i].key : "", text, DOCUMENTS[i].faults);
        for (size_t k = 0; k < faults.count; k++)
            assert_true(*item_fault_words(faults.list[k].rule, "vi") && *item_fault_words(faults.list[k].rule, "en"));
        arena_release(&arena);
    }
}

static void canonical_is_what_is_written(void **state) {
    static const char *const SAME[][2] = {
        {SINGLE, RIGHT},
        {"{\"body\":{\"vi\":\"x\"},\"columns\":[{\"id\":\"p\",\"text\":{\"vi\":\"1\"}},{\"id\":\"q\",\"text\":{\"vi\":\"2\"}}],\"kind\":\"matching\"," OPTIONS "}",
         "{\"kind\":\"matching\",\"pairs\":[{\"column\":\"p\",\"credit\":\"1\",\"row\":\"a\"},{\"column\":\"q\",\"credit\":\"1\",\"row\":\"b\"}],\"points\":\"1\"}"},
        {"{\"body\":{\"vi\":\"x\"},\"kind\":\"essay\",\"lines\":20,\"words_max\":300}", "{\"kind\":\"essay\",\"points\":\"10\"}"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(SAME); i++) {
        struct item item;
        struct item_faults faults = {0};
        arena_init(&arena, 1 << 24);
        assert_true(item_read(&arena, parse(SAME[i][0]), parse(SAME[i][1]), NULL, &item, &faults));
        assert_true(item_check(&arena, &item, &faults));
        assert_string_equal(written(&item, item_put_content), SAME[i][0]);
        assert_string_equal(written(&item, item_put_key), SAME[i][1]);
        assert_null(strstr(written(&item, item_put_content), "credit"));
        arena_release(&arena);
    }
}

static void decimals_are_shortest(void **state) {
    static const char *const DECIMALS[][2] = {{"1.50", "1.5"}, {"-0", "0"}, {"007", "7"}, {"0.3333333", "0.3333333"}, {"100", "100"},
                                              {"1.", NULL},    {"+1", NULL}, {"1e3", NULL}, {"0.33333333", NULL},      {"", NULL}, {"1,5", NULL}};
    (void)state;
    for (size_t i = 0; i < LENGTH(DECIMALS); i++) {
        arena_init(&arena, 1 << 20);
        const char *text = item_decimal(&arena, DECIMALS[i][0], ITEM_PLACES);
        if (DECIMALS[i][1])
            assert_string_equal(text, DECIMALS[i][1]);
        else
            assert_null(text);
        arena_release(&arena);
    }
}

static void versions_are_compared(void **state) {
    struct item before, after;
    struct item_faults faults = {0};
    struct item_changes changes = {0};
    (void)state;
    arena_init(&arena, 1 << 24);
    assert_true(item_read(&arena, parse(SINGLE), parse(RIGHT), NULL, &before, &faults));
    assert_true(item_read(&arena, parse("{\"body\":{\"vi\":\"y\"},\"kind\":\"single\"," OPTIONS ",\"shuffle\":true}"),
                          parse("{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"a\"}],\"points\":\"2\"}"), NULL, &after, &faults));
    assert_true(item_diff(&arena, &before, &after, &changes));
    const char *text = "";
    for (size_t i = 0; i < changes.count; i++)
        text = arena_printf(&arena, "%s%s:%s>%s ", text, changes.list[i].path, changes.list[i].before ? changes.list[i].before : "-",
                            changes.list[i].after ? changes.list[i].after : "-");
    assert_non_null(strstr(text, "body.vi:x>y"));
    assert_non_null(strstr(text, "options[a].credit:->1"));
    assert_non_null(strstr(text, "options[b].credit:1>-"));
    assert_non_null(strstr(text, "points:1>2"));
    assert_non_null(strstr(text, "shuffle:"));
    assert_int_equal(changes.count, 5);
    assert_true(item_diff(&arena, &before, &before, &changes));
    assert_int_equal(changes.count, 0);
    arena_release(&arena);
}

static void words_are_what_is_read(void **state) {
    struct item item;
    struct item_faults faults = {0};
    (void)state;
    arena_init(&arena, 1 << 24);
    assert_true(item_read(&arena, parse("{\"body\":{\"vi\":\"<p>Một <strong>hai</strong></p><p>ba</p>\"},\"kind\":\"single\"," OPTIONS "}"), parse(RIGHT),
                          NULL, &item, &faults));
    assert_string_equal(item_plain(&arena, &item, "vi"), "Một hai\nba\nm\nh");
    assert_string_equal(item_plain_body(&arena, &item, "vi"), "Một hai\nba");
    assert_int_equal(item_words(&arena, &item, "vi"), 5);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(faults_have_their_places), cmocka_unit_test(canonical_is_what_is_written),
                                       cmocka_unit_test(decimals_are_shortest), cmocka_unit_test(versions_are_compared),
                                       cmocka_unit_test(words_are_what_is_read)};
    return cmocka_run_group_tests_name("item", tests, NULL, NULL);
}
