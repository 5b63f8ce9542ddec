#include "unit.h"

#include "khoacu/json/json.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

static void documents(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum err err;
    } rows[] = {
        {"{}", ERR_NONE},
        {" [ ] ", ERR_NONE},
        {"null", ERR_NONE},
        {"\"\"", ERR_NONE},
        {"-0", ERR_NONE},
        {"9223372036854775807", ERR_NONE},
        {"-9223372036854775808", ERR_NONE},
        {"[1,[2,{\"a\":[true,false,null]}]]", ERR_NONE},
        {"{\"a\":1,\"A\":2}", ERR_NONE},
        {"\"\\ud83d\\ude00\\n\\/\"", ERR_NONE},
        {"\"\x7f\"", ERR_NONE},
        {"", ERR_SYNTAX},
        {" ", ERR_SYNTAX},
        {"\xef\xbb\xbf{}", ERR_SYNTAX},
        {"{} {}", ERR_SYNTAX},
        {"{}x", ERR_SYNTAX},
        {"{", ERR_SYNTAX},
        {"[", ERR_SYNTAX},
        {"[1", ERR_SYNTAX},
        {"[1,", ERR_SYNTAX},
        {"[1,]", ERR_SYNTAX},
        {"[,1]", ERR_SYNTAX},
        {"[1 2]", ERR_SYNTAX},
        {"{\"a\"}", ERR_SYNTAX},
        {"{\"a\":}", ERR_SYNTAX},
        {"{\"a\":1,}", ERR_SYNTAX},
        {"{a:1}", ERR_SYNTAX},
        {"{'a':1}", ERR_SYNTAX},
        {"{1:1}", ERR_SYNTAX},
        {"{\"a\":1,\"a\":1}", ERR_SYNTAX},
        {"{\"a\":1,\"\\u0061\":1}", ERR_SYNTAX},
        {"[{\"a\":1,\"b\":{\"c\":1,\"c\":2}}]", ERR_SYNTAX},
        {"1.0", ERR_SYNTAX},
        {"1e3", ERR_SYNTAX},
        {"01", ERR_SYNTAX},
        {"-", ERR_SYNTAX},
        {"+1", ERR_SYNTAX},
        {"-01", ERR_SYNTAX},
        {".5", ERR_SYNTAX},
        {"9223372036854775808", ERR_SYNTAX},
        {"99999999999999999999999999", ERR_SYNTAX},
        {"NaN", ERR_SYNTAX},
        {"Infinity", ERR_SYNTAX},
        {"tru", ERR_SYNTAX},
        {"TRUE", ERR_SYNTAX},
        {"nul", ERR_SYNTAX},
        {"\"", ERR_SYNTAX},
        {"\"a", ERR_SYNTAX},
        {"\"\\\"", ERR_SYNTAX},
        {"\"\\", ERR_SYNTAX},
        {"\"\\x41\"", ERR_SYNTAX},
        {"\"\\u12\"", ERR_SYNTAX},
        {"\"\\u12G4\"", ERR_SYNTAX},
        {"\"\\u0000\"", ERR_SYNTAX},
        {"\"\\ud800\"", ERR_SYNTAX},
        {"\"\\ud800\\u0041\"", ERR_SYNTAX},
        {"\"\\ud800\\n\"", ERR_SYNTAX},
        {"\"\\udc00\"", ERR_SYNTAX},
        {"\"\\udc00\\ud800\"", ERR_SYNTAX},
        {"\"a\nb\"", ERR_SYNTAX},
        {"\"a\tb\"", ERR_SYNTAX},
        {"\"\xff\"", ERR_SYNTAX},
        {"\"\xc0\x80\"", ERR_SYNTAX},
        {"\"\xed\xa0\x80\"", ERR_SYNTAX},
        {"// comment\n1", ERR_SYNTAX},
        {"[1]/**/", ERR_SYNTAX},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena arena;
        arena_init(&arena, 1 << 16);
        const struct json *value = NULL;
        struct json_error error = {0};
        /* a copy of its exact size, so that reading behind the end is seen */
        size_t len = strlen(rows[i].text);
        char *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, rows[i].text, len);
        ROW_TRUE(json_read(&arena, copy, len, &value, &error) == rows[i].err, rows[i].text);
        ROW_TRUE((value != NULL) == (rows[i].err == ERR_NONE), rows[i].text);
        ROW_TRUE((error.reason[0] != '\0') == (rows[i].err != ERR_NONE), rows[i].text);
        ROW_TRUE(error.offset <= len, rows[i].text);
        free(copy);
        arena_release(&arena);
    }
}

static enum err read_nested(int depth, char open, char close) {
    struct arena arena;
    struct buf text;
    const struct json *value = NULL;
    arena_init(&arena, 1 << 20);
    buf_init(&text, 1 << 20);
    for (int i = 0; i < depth; i++)
        buf_adds(&text, open == '[' ? "[" : i + 1 < depth ? "{\"a\":" : "{");
    for (int i = 0; i < depth; i++)
        buf_addc(&text, close);
    enum err err = json_read(&arena, text.data, text.len, &value, NULL);
    buf_release(&text);
    arena_release(&arena);
    return err;
}

static void depth_is_bounded(void **state) {
    (void)state;
    assert_int_equal(read_nested(32, '[', ']'), ERR_NONE);
    assert_int_equal(read_nested(33, '[', ']'), ERR_LIMIT);
    assert_int_equal(read_nested(32, '{', '}'), ERR_NONE);
    assert_int_equal(read_nested(33, '{', '}'), ERR_LIMIT);
    assert_int_equal(read_nested(100000, '[', ']'), ERR_LIMIT);
}

static void the_tree_is_what_was_written(void **state) {
    (void)state;
    static const char text[] = "{\"n\":-5,\"s\":\"\\u0110\\ud83d\\ude00\\t\",\"t\":true,\"z\":null,\"a\":[1,\"x\"],\"o\":{\"k\":2}}";
    struct arena arena;
    arena_init(&arena, 1 << 16);
    const struct json *v = NULL;
    assert_int_equal(json_read(&arena, text, strlen(text), &v, NULL), ERR_NONE);
    int64_t n = 0;
    bool t = false;
    assert_true(json_int(json_get(v, "n"), &n));
    assert_int_equal(n, -5);
    assert_string_equal(json_text(json_get(v, "s")), "Đ😀\t");
    assert_true(json_bool(json_get(v, "t"), &t) && t);
    assert_int_equal(json_kind(json_get(v, "z")), JSON_NULL);
    assert_int_equal(json_count(v), 6);
    assert_string_equal(json_key_at(v, 5), "o");
    assert_null(json_key_at(v, 6));
    assert_int_equal(json_count(json_get(v, "a")), 2);
    assert_string_equal(json_text(json_at(json_get(v, "a"), 1)), "x");
    assert_null(json_at(json_get(v, "a"), 2));
    assert_null(json_get(v, "missing"));
    assert_null(json_get(json_get(v, "a"), "k"));
    assert_null(json_text(json_get(v, "n")));
    assert_false(json_int(json_get(v, "s"), &n));
    assert_false(json_bool(json_get(v, "n"), &t));
    assert_int_equal(json_kind(NULL), JSON_NULL);
    assert_null(json_get(NULL, "x"));
    assert_int_equal(json_count(NULL), 0);
    arena_release(&arena);
}

static void wide_documents(void **state) {
    (void)state;
    struct arena arena;
    struct buf text;
    const struct json *value = NULL;
    arena_init(&arena, 64 << 20);
    buf_init(&text, 8 << 20);
    buf_addc(&text, '{');
    for (int i = 0; i < 50000; i++)
        buf_addf(&text, "\"key%d\":[%d,{}],", i, i);
    buf_adds(&text, "\"last\":1}");
    assert_int_equal(json_read(&arena, text.data, text.len, &value, NULL), ERR_NONE);
    assert_int_equal(json_count(value), 50001);
    int64_t n = 0;
    assert_true(json_int(json_at(json_get(value, "key49999"), 0), &n));
    assert_int_equal(n, 49999);
    memcpy(strstr(text.data, "\"key40001\""), "\"key40002\"", 10);
    assert_int_equal(json_read(&arena, text.data, text.len, &value, NULL), ERR_SYNTAX);
    buf_release(&text);
    arena_release(&arena);
}

static void a_full_arena_is_an_error(void **state) {
    (void)state;
    static const char text[] = "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",[1,2,3,4,5,6,7,8],{\"a\":{\"b\":1}}]";
    for (size_t cap = 0; cap < 600; cap++) {
        struct arena arena;
        const struct json *value = NULL;
        arena_init(&arena, cap);
        enum err err = json_read(&arena, text, strlen(text), &value, NULL);
        assert_true(err == ERR_MEMORY || (err == ERR_NONE && value));
        arena_release(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents),      cmocka_unit_test(depth_is_bounded),         cmocka_unit_test(the_tree_is_what_was_written),
        cmocka_unit_test(wide_documents), cmocka_unit_test(a_full_arena_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
