#include "unit.h"

#include "khoacu/json/json.h"

#include "khoacu/base/banned.h"

static void the_writer_puts_commas_and_quotes_right(void **state) {
    (void)state;
    struct buf out;
    struct json_writer w;
    buf_init(&out, 4096);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_member_text(&w, "t", "a\"\\\n\x01é");
    json_member_text(&w, "n", NULL);
    json_member_int(&w, "i", INT64_MIN);
    json_member_bool(&w, "b", false);
    json_member_id(&w, "id", 255);
    json_member_hundredths(&w, "h", 5750);
    json_member_time(&w, "at", 1795417200000000);
    json_member_time(&w, "never", 0);
    json_put_key(&w, "a");
    json_open_array(&w);
    json_open_array(&w);
    json_close_array(&w);
    json_put_int(&w, 0);
    json_open_object(&w);
    json_close_object(&w);
    json_put_raw(&w, "[1]");
    json_put_null(&w);
    json_close_array(&w);
    json_member_text(&w, "broken", "a\xff\xc3z\xe1\xbb");
    json_close_object(&w);
    assert_string_equal(out.data,
                        "{\"t\":\"a\\\"\\\\\\n\\u0001é\",\"n\":null,\"i\":-9223372036854775808,\"b\":false,"
                        "\"id\":\"00000000000000ff\",\"h\":\"57.50\",\"at\":\"2026-11-23T07:00:00.000Z\",\"never\":null,"
                        "\"a\":[[],0,{},[1],null],\"broken\":\"a\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd\"}");
    struct arena arena;
    const struct json *value = NULL;
    arena_init(&arena, 1 << 16);
    assert_int_equal(json_read(&arena, out.data, out.len, &value, NULL), ERR_NONE);
    arena_release(&arena);
    buf_release(&out);
}

static void a_full_buf_sticks(void **state) {
    (void)state;
    struct buf out;
    struct json_writer w;
    buf_init(&out, 5);
    json_writer_init(&w, &out);
    json_put_text(&w, "more than five");
    assert_true(out.failed);
    buf_release(&out);
}

/* Objects and strings of RFC 8785 (sections 3.2.2.2, 3.2.3); its numbers with fractions do not exist here. */
static void canonical_form(void **state) {
    (void)state;
    static const struct {
        const char *text, *canonical;
        enum err err;
    } rows[] = {
        {"{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\","
         "\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
         "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\","
         "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}",
         ERR_NONE},
        {"\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"", "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"", ERR_NONE},
        {"[56,{\"d\":true,\"10\":null,\"1\":[]}]", "[56,{\"1\":[],\"10\":null,\"d\":true}]", ERR_NONE},
        {"{\"1\":{\"f\":{\"f\":\"hi\",\"F\":5},\"\\n\":56},\"10\":{},\"\":\"empty\",\"a\":{},\"111\":[{\"e\":\"yes\",\"E\":\"no\"}],\"A\":{}}",
         "{\"\":\"empty\",\"1\":{\"\\n\":56,\"f\":{\"F\":5,\"f\":\"hi\"}},\"10\":{},\"111\":[{\"E\":\"no\",\"e\":\"yes\"}],\"A\":{},\"a\":{}}",
         ERR_NONE},
        {" [ 1 , -0 , \"\\b\\t\\n\\f\\r\\u001f\\u007f\" ] ", "[1,0,\"\\b\\t\\n\\f\\r\\u001f\x7f\"]", ERR_NONE},
        {"{\"\\uffff\":1,\"\\ud800\\udc00\":2,\"\\ue000\":3,\"\\ud7ff\":4}",
         "{\"\xed\x9f\xbf\":4,\"\xf0\x90\x80\x80\":2,\"\xee\x80\x80\":3,\"\xef\xbf\xbf\":1}", ERR_NONE},
        {"9007199254740991", "9007199254740991", ERR_NONE},
        {"-9007199254740991", "-9007199254740991", ERR_NONE},
        {"9007199254740992", NULL, ERR_RANGE},
        {"{\"a\":[-9007199254740992]}", NULL, ERR_RANGE},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena arena;
        struct buf out;
        const struct json *value = NULL;
        arena_init(&arena, 1 << 16);
        buf_init(&out, 4096);
        assert_int_equal(json_read(&arena, rows[i].text, strlen(rows[i].text), &value, NULL), ERR_NONE);
        assert_int_equal(json_canonical(value, &out), rows[i].err);
        if (rows[i].canonical)
            assert_string_equal(out.data, rows[i].canonical);
        buf_release(&out);
        buf_init(&out, 3);
        if (rows[i].canonical)
            assert_int_equal(json_canonical(value, &out), strlen(rows[i].canonical) <= 3 ? ERR_NONE : ERR_LIMIT);
        buf_release(&out);
        arena_release(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_writer_puts_commas_and_quotes_right),
        cmocka_unit_test(a_full_buf_sticks),
        cmocka_unit_test(canonical_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
