#include "unit.h"

#include "khoacu/json/json.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

struct mark {
    int64_t revision;
    const char *status, *note;
    bool final;
    const struct json *values, *extra;
};

static const struct json_field fields[] = {
    JSON_FIELD(struct mark, revision, JSON_INT, true, 1, 1000),
    JSON_FIELD(struct mark, status, JSON_STRING, true, 1, 8),
    JSON_FIELD(struct mark, note, JSON_STRING, false, 2, 5),
    JSON_FIELD(struct mark, final, JSON_BOOL, false, 0, 0),
    JSON_FIELD(struct mark, values, JSON_ARRAY, false, 1, 2),
    JSON_FIELD(struct mark, extra, JSON_OBJECT, false, 0, 0),
    {0},
};

/* Misfits as "path:rule path:rule", in order. */
static void misfits_of(const char *text, const char *prefix, char *out, size_t size) {
    struct arena arena;
    const struct json *value = NULL;
    struct mark mark = {0};
    struct json_misfits misfits = {.prefix = prefix};
    arena_init(&arena, 1 << 16);
    assert_int_equal(json_read(&arena, text, strlen(text), &value, NULL), ERR_NONE);
    bool fits = json_fit(&arena, value, fields, &mark, &misfits);
    assert_true(fits == (misfits.count == 0));
    out[0] = '\0';
    for (size_t i = 0; i < misfits.count && i < LENGTH(misfits.list); i++) {
        size_t len = strlen(out);
        (void)snprintf(out + len, size - len, "%s%s:%s", i ? " " : "", misfits.list[i].path, misfits.list[i].rule);
    }
    arena_release(&arena);
}

/* The quick reader takes plain bodies, and then gives what the ordinary one gives; everything else it leaves. */
static void plain_bodies_are_read_at_once(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool plain;
    } rows[] = {
        {"{\"revision\":1,\"status\":\"awarded\"}", true},
        {" {\n\"final\" :true , \"revision\": 1000,\"status\":\"a b\",\"note\":\"abc\" }\t", true},
        {"{\"revision\":1,\"status\":\"a\",\"note\":null,\"final\":null,\"values\":null}", true},
        {"{\"revision\":1}", false},
        {"{\"revision\":1,\"status\":null}", false},
        {"{\"revision\":0,\"status\":\"a\"}", false},
        {"{\"revision\":1001,\"status\":\"a\"}", false},
        {"{\"revision\":01,\"status\":\"a\"}", false},
        {"{\"revision\":-0,\"status\":\"a\"}", false},
        {"{\"revision\":1.0,\"status\":\"a\"}", false},
        {"{\"revision\":1e2,\"status\":\"a\"}", false},
        {"{\"revision\":18446744073709551617,\"status\":\"a\"}", false},
        {"{\"revision\":\"1\",\"status\":\"a\"}", false},
        {"{\"revision\":1,\"revision\":1,\"status\":\"a\"}", false},
        {"{\"revision\":1,\"status\":\"\"}", false},
        {"{\"revision\":1,\"status\":\"123456789\"}", false},
        {"{\"revision\":1,\"status\":\"\\u0061\"}", false},
        {"{\"revision\":1,\"status\":\"ảnh\"}", false},
        {"{\"revision\":1,\"status\":\"a\",\"values\":[1]}", false},
        {"{\"revision\":1,\"status\":\"a\",\"more\":1}", false},
        {"{\"revision\":1,\"status\":\"a\",\"statu\":\"a\"}", false},
        {"{\"revision\":1,\"status\":\"a\",}", false},
        {"{\"revision\":1,\"status\":\"a\"}x", false},
        {"{\"revision\":1,\"status\":\"a\"", false},
        {"{\"revision\":1,\"status\":\"a", false},
        {"{}", false},
        {"[]", false},
        {"", false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena arena;
        const struct json *value = NULL;
        struct mark at_once = {0}, in_order = {0};
        struct json_misfits misfits = {0};
        size_t len = strlen(rows[i].text);
        char *text = malloc(len ? len : 1); /* nothing behind it, for the sanitizer */
        assert_non_null(text);
        memcpy(text, rows[i].text, len);
        arena_init(&arena, 1 << 16);
        assert_int_equal(json_fit_flat(&arena, text, len, fields, &at_once), rows[i].plain);
        if (rows[i].plain) {
            assert_int_equal(json_read(&arena, text, len, &value, NULL), ERR_NONE);
            assert_true(json_fit(&arena, value, fields, &in_order, &misfits));
            assert_int_equal(at_once.revision, in_order.revision);
            assert_string_equal(at_once.status, in_order.status);
            assert_true(at_once.final == in_order.final && !at_once.note == !in_order.note);
        }
        free(text);
        arena_release(&arena);
    }
}

static void misfits_are_all_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *misfits;
    } rows[] = {
        {"{\"revision\":1,\"status\":\"awarded\"}", ""},
        {"{\"revision\":1,\"status\":\"awarded\",\"note\":null,\"final\":null}", ""},
        {"{\"revision\":1,\"status\":\"ảnhđẹp😀\",\"note\":\"ổn\",\"values\":[1],\"extra\":{}}", ""},
        {"{}", "revision:required status:required"},
        {"{\"revision\":null,\"status\":null}", "revision:required status:required"},
        {"{\"revision\":0,\"status\":\"\"}", "revision:range status:length"},
        {"{\"revision\":1001,\"status\":\"123456789\"}", "revision:range status:length"},
        {"{\"revision\":\"1\",\"status\":1}", "revision:kind status:kind"},
        {"{\"revision\":1,\"status\":\"a\",\"note\":\"x\",\"final\":1,\"values\":[],\"extra\":[]}",
         "note:length final:kind values:count extra:kind"},
        {"{\"revision\":1,\"status\":\"a\",\"values\":[1,2,3]}", "values:count"},
        {"{\"revision\":1,\"status\":\"a\",\"Status\":\"b\",\"more\":1}", "Status:unknown more:unknown"},
        {"[]", ":kind"},
        {"null", ":kind"},
        {"\"x\"", ":kind"},
    };
    char found[400];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        misfits_of(rows[i].text, NULL, found, sizeof(found));
        assert_string_equal(found, rows[i].misfits);
    }
    misfits_of("{\"revision\":0,\"status\":\"a\",\"x\":1}", "marks[3]", found, sizeof(found));
    assert_string_equal(found, "marks[3].revision:range marks[3].x:unknown");
    misfits_of("7", "marks[3]", found, sizeof(found));
    assert_string_equal(found, "marks[3]:kind");
}

static void members_are_stored(void **state) {
    (void)state;
    static const char text[] = "{\"revision\":7,\"status\":\"ok\",\"final\":true,\"values\":[4,5],\"extra\":{\"a\":1}}";
    struct arena arena;
    const struct json *value = NULL;
    struct mark mark = {.note = "kept"};
    struct json_misfits misfits = {0};
    arena_init(&arena, 1 << 16);
    assert_int_equal(json_read(&arena, text, strlen(text), &value, NULL), ERR_NONE);
    assert_true(json_fit(&arena, value, fields, &mark, &misfits));
    assert_int_equal(mark.revision, 7);
    assert_string_equal(mark.status, "ok");
    assert_string_equal(mark.note, "kept");
    assert_true(mark.final);
    assert_int_equal(json_count(mark.values), 2);
    assert_int_equal(json_count(mark.extra), 1);
    arena_release(&arena);
}

static void more_misfits_than_the_list_holds_are_counted(void **state) {
    (void)state;
    struct arena arena;
    struct buf text;
    const struct json *value = NULL;
    struct mark mark = {0};
    struct json_misfits misfits = {0};
    arena_init(&arena, 1 << 16);
    buf_init(&text, 1 << 16);
    buf_adds(&text, "{\"revision\":1,\"status\":\"a\"");
    for (int i = 0; i < 50; i++)
        buf_addf(&text, ",\"ẻ%d%0300d\":1", i, i);
    buf_addc(&text, '}');
    assert_int_equal(json_read(&arena, text.data, text.len, &value, NULL), ERR_NONE);
    assert_false(json_fit(&arena, value, fields, &mark, &misfits));
    assert_int_equal(misfits.count, 50);
    for (size_t i = 0; i < LENGTH(misfits.list); i++)
        assert_in_range(strlen(misfits.list[i].path), 1, 200);
    buf_release(&text);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_bodies_are_read_at_once),
        cmocka_unit_test(misfits_are_all_named),
        cmocka_unit_test(members_are_stored),
        cmocka_unit_test(more_misfits_than_the_list_holds_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
