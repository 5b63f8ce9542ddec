#include "unit.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

static void utf8_corpus(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool valid;
    } rows[] = {
        {"", 0, true},
        {"plain ASCII of more than eight bytes", 36, true},
        {"Nguyễn Thị Ánh", 19, true},
        {"\xf0\x9f\x98\x80", 4, true},
        {"\xef\xbf\xbf", 3, true},
        {"\xf4\x8f\xbf\xbf", 4, true},
        {"\xed\x9f\xbf", 3, true},
        {"\xee\x80\x80", 3, true},
        {"a\0b", 3, false},                                /* NUL */
        {"01234567\0", 9, false},                          /* NUL behind a whole word */
        {"0123\000567", 8, false},                         /* NUL within a word */
        {"\x80", 1, false},                                /* tail alone */
        {"\xc3", 1, false},                                /* cut */
        {"\xe1\xbb", 2, false},                            /* cut */
        {"\xf0\x9f\x98", 3, false},                        /* cut */
        {"\xc0\xaf", 2, false},                            /* overlong '/' */
        {"\xe0\x80\xaf", 3, false},                        /* overlong '/' */
        {"\xf0\x80\x80\xaf", 4, false},                    /* overlong '/' */
        {"\xc1\xbf", 2, false},                            /* overlong U+007F */
        {"\xed\xa0\x80", 3, false},                        /* U+D800 */
        {"\xed\xbf\xbf", 3, false},                        /* U+DFFF */
        {"\xf4\x90\x80\x80", 4, false},                    /* beyond U+10FFFF */
        {"\xf5\x80\x80\x80", 4, false},
        {"\xff", 1, false},
        {"\xc3\x28", 2, false},                            /* tail missing */
        {"\xe1\xbb\x28", 3, false},
        {"abcdefgh\xe1\xbb\x86" "abcdefgh\xff", 20, false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        ROW_TRUE(text_is_utf8(rows[i].bytes, rows[i].len) == rows[i].valid, rows[i].bytes);
    assert_int_equal(text_utf8_len("Nguyễn"), 6);
    assert_int_equal(text_utf8_len("😀"), 1);
}

static void integers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t min, max;
        bool valid;
        int64_t value;
    } rows[] = {
        {"0", 0, 10, true, 0},
        {"10", 0, 10, true, 10},
        {"11", 0, 10, false, 0},
        {"-1", 0, 10, false, 0},
        {"-1", -5, 5, true, -1},
        {"9223372036854775807", 0, INT64_MAX, true, INT64_MAX},
        {"-9223372036854775808", INT64_MIN, 0, true, INT64_MIN},
        {"9223372036854775808", 0, INT64_MAX, false, 0},
        {"-9223372036854775809", INT64_MIN, 0, false, 0},
        {"99999999999999999999999", 0, INT64_MAX, false, 0},
        {"", 0, 10, false, 0},
        {"-", -5, 5, false, 0},
        {"-0", -5, 5, false, 0},
        {"+1", 0, 10, false, 0},
        {"01", 0, 10, false, 0},
        {" 1", 0, 10, false, 0},
        {"1 ", 0, 10, false, 0},
        {"1e1", 0, 10, false, 0},
        {"0x1", 0, 10, false, 0},
        {"1.0", 0, 10, false, 0},
        {"１", 0, 10, false, 0},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t value = 77;
        ROW_TRUE(text_parse_int(rows[i].text, rows[i].min, rows[i].max, &value) == rows[i].valid, rows[i].text);
        ROW_TRUE(value == (rows[i].valid ? rows[i].value : 77), rows[i].text);
    }
}

static void hundredths(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t value; /* -1: refused */
    } rows[] = {
        {"0", 0},          {"57", 5700},     {"57,5", 5750}, {"57.5", 5750}, {"57.05", 5705}, {"57.50", 5750},
        {"0.01", 1},       {"100", 10000},   {"999999999.99", 99999999999}, {"1000000000", -1}, {"57.555", -1},
        {"57.", -1},       {".5", -1},       {"", -1},       {"-1", -1},     {"+1", -1},      {"1e2", -1},
        {"NaN", -1},       {"inf", -1},      {" 1", -1},     {"1 ", -1},     {"1,5,5", -1},   {"1.5.5", -1},
        {"05", -1},        {"00.5", -1},     {"1,5a", -1},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t value = -1;
        ROW_TRUE(text_parse_hundredths(rows[i].text, &value) == (rows[i].value >= 0), rows[i].text);
        ROW_TRUE(value == rows[i].value, rows[i].text);
    }
    static const struct {
        int64_t value;
        const char *text;
    } formats[] = {{0, "0.00"}, {5, "0.05"}, {5750, "57.50"}, {-5, "-0.05"}, {-12345, "-123.45"},
                   {INT64_MAX, "92233720368547758.07"}, {INT64_MIN, "-92233720368547758.08"}};
    for (size_t i = 0; i < LENGTH(formats); i++) {
        char text[24];
        text_format_hundredths(formats[i].value, text);
        assert_string_equal(text, formats[i].text);
    }
}

static void ids(void **state) {
    (void)state;
    char text[TEXT_ID_LEN + 1];
    int64_t id = 0;
    text_format_id(INT64_C(0x0123456789abcdef), text);
    assert_string_equal(text, "0123456789abcdef");
    assert_true(text_parse_id(text, &id));
    assert_int_equal(id, 0x0123456789abcdef);
    assert_true(text_parse_id("7fffffffffffffff", &id));
    static const char *const refused[] = {"", "1", "0000000000000000", "8000000000000000", "0123456789ABCDEF",
                                          "0123456789abcde", "0123456789abcdef0", "0123456789abcdeg", " 123456789abcdef"};
    for (size_t i = 0; i < LENGTH(refused); i++)
        ROW_TRUE(!text_parse_id(refused[i], &id), refused[i]);
    assert_int_equal(id, INT64_MAX);
}

static void hexadecimal(void **state) {
    (void)state;
    uint8_t bytes[3] = {0x00, 0x7f, 0xff}, back[3] = {9, 9, 9};
    char text[7];
    text_hex(bytes, 3, text);
    assert_string_equal(text, "007fff");
    assert_true(text_unhex(text, back, 3));
    assert_memory_equal(bytes, back, 3);
    static const char *const refused[] = {"", "007ff", "007fff0", "007FFF", "007ffg", "00 7ff"};
    for (size_t i = 0; i < LENGTH(refused); i++)
        ROW_TRUE(!text_unhex(refused[i], back, 3), refused[i]);
    assert_memory_equal(bytes, back, 3);
}

static void base32(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *text;
    } rows[] = {{"", 0, ""},
                {"\x00", 1, "00"},
                {"\xff", 1, "ZW"},
                {"f", 1, "CR"},
                {"fo", 2, "CSQG"},
                {"foo", 3, "CSQPY"},
                {"foob", 4, "CSQPYRG"},
                {"fooba", 5, "CSQPYRK1"},
                {"foobar", 6, "CSQPYRK1E8"},
                {"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23", 10, "04HMASW9NF6YY093"}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char text[32];
        uint8_t back[16];
        text_base32((const uint8_t *)rows[i].bytes, rows[i].len, text);
        assert_string_equal(text, rows[i].text);
        assert_true(text_unbase32(text, back, rows[i].len));
        assert_memory_equal(back, rows[i].bytes, rows[i].len);
    }
    uint8_t code[10], same[10];
    assert_true(text_unbase32("04HMASW9NF6YY093", code, 10));
    static const char *const forgiven[] = {"04hm-asw9-nf6y-y093", "O4HM ASW9 NF6Y YO93", "04HMASW9NF6YY093 ", "o4hmasw9nf6yyo93"};
    for (size_t i = 0; i < LENGTH(forgiven); i++) {
        ROW_TRUE(text_unbase32(forgiven[i], same, 10), forgiven[i]);
        assert_memory_equal(code, same, 10);
    }
    assert_true(text_unbase32("iL", same, 1) == false); /* 00001 00001: bits left over */
    assert_true(text_unbase32("1G", same, 1));
    assert_true(text_unbase32("lG", code, 1));
    assert_int_equal(code[0], same[0]);
    static const char *const refused[] = {"", "04HMASW9NF6YY09", "04HMASW9NF6YY0930", "04HMASW9NF6YY09U", "04HM_ASW9NF6YY09",
                                          "04HMASW9NF6YY09é"};
    for (size_t i = 0; i < LENGTH(refused); i++)
        ROW_TRUE(!text_unbase32(refused[i], same, 10), refused[i]);
    assert_false(text_unbase32("", same, 1000));
}

static void base64url(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *text;
    } rows[] = {{"", 0, ""},          {"f", 1, "Zg"},          {"fo", 2, "Zm8"},          {"foo", 3, "Zm9v"},
                {"foob", 4, "Zm9vYg"}, {"fooba", 5, "Zm9vYmE"}, {"foobar", 6, "Zm9vYmFy"}, {"\xfb\xff\xfe", 3, "-__-"}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char text[16];
        uint8_t back[8];
        text_base64url((const uint8_t *)rows[i].bytes, rows[i].len, text);
        assert_string_equal(text, rows[i].text);
        assert_true(text_unbase64url(text, strlen(text), back, rows[i].len));
        assert_memory_equal(back, rows[i].bytes, rows[i].len);
    }
    uint8_t out[8];
    static const char *const refused[] = {"Zh", "Zg==", "Z", "Zg ", "Z+", "Zm8="}; /* for one byte */
    for (size_t i = 0; i < LENGTH(refused); i++)
        ROW_TRUE(!text_unbase64url(refused[i], strlen(refused[i]), out, 1), refused[i]);
}

static void dates(void **state) {
    (void)state;
    static const struct {
        const char *text, *normal;
    } rows[] = {
        {"2001-02-28", "2001-02-28"}, {"28/02/2001", "2001-02-28"}, {"2000-02-29", "2000-02-29"}, {"29/02/2000", "2000-02-29"},
        {"2100-12-31", "2100-12-31"}, {"1900-01-01", "1900-01-01"}, {"29/02/2001", NULL},         {"1900-02-29", NULL},
        {"2100-02-29", NULL},         {"2001-13-01", NULL},         {"2001-00-10", NULL},         {"2001-01-00", NULL},
        {"31/04/2001", NULL},         {"1899-12-31", NULL},         {"2101-01-01", NULL},         {"1/2/2001", NULL},
        {"2001-2-28", NULL},          {"2001/02/28", NULL},         {"28-02-2001", NULL},         {"", NULL},
        {"2001-02-28 ", NULL},        {"28/02/01", NULL},           {"20010228", NULL},           {"28/02/200a", NULL},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char out[11] = "unset";
        ROW_TRUE(text_parse_date(rows[i].text, out) == (rows[i].normal != NULL), rows[i].text);
        assert_string_equal(out, rows[i].normal ? rows[i].normal : "unset");
    }
}

static void times(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t us; /* -1: refused */
        const char *back;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"},
        {"2026-11-23T07:00:00Z", 1795417200000000, "2026-11-23T07:00:00.000Z"},
        {"2026-11-23T14:00:00+07:00", 1795417200000000, "2026-11-23T07:00:00.000Z"},
        {"2026-11-23T07:00:00.123456Z", 1795417200123456, "2026-11-23T07:00:00.123Z"},
        {"2026-11-23T07:00:00.123456789Z", 1795417200123456, "2026-11-23T07:00:00.123Z"},
        {"2000-02-29T23:59:59.9Z", 951868799900000, "2000-02-29T23:59:59.900Z"},
        {"9999-12-31T23:59:59.999999Z", 253402300799999999, "9999-12-31T23:59:59.999Z"},
        {"2026-11-23T07:00:00", -1, NULL},
        {"2026-11-23 07:00:00Z", -1, NULL},
        {"2026-11-23t07:00:00z", -1, NULL},
        {"2026-11-23T07:00Z", -1, NULL},
        {"2026-11-23T24:00:00Z", -1, NULL},
        {"2026-11-23T07:60:00Z", -1, NULL},
        {"2026-11-23T07:00:60Z", -1, NULL},
        {"2026-02-29T07:00:00Z", -1, NULL},
        {"2026-11-23T07:00:00.Z", -1, NULL},
        {"2026-11-23T07:00:00.1234567890Z", -1, NULL},
        {"2026-11-23T07:00:00+0700", -1, NULL},
        {"2026-11-23T07:00:00+24:00", -1, NULL},
        {"2026-11-23T07:00:00Z ", -1, NULL},
        {"0000-11-23T07:00:00Z", -1, NULL},
        {"", -1, NULL},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t us = -1;
        char back[25];
        ROW_TRUE(text_parse_time(rows[i].text, &us) == (rows[i].us >= 0), rows[i].text);
        ROW_TRUE(us == rows[i].us, rows[i].text);
        if (rows[i].back) {
            text_format_time(us, back);
            assert_string_equal(back, rows[i].back);
        }
    }
    char out[25];
    text_format_time(-1, out);
    assert_string_equal(out, "1969-12-31T23:59:59.999Z");
    text_format_time(INT64_MIN, out);
    assert_string_equal(out, "0001-01-01T00:00:00.000Z");
    text_format_time(INT64_MAX, out);
    assert_string_equal(out, "9999-12-31T23:59:59.999Z");
}

static void every_day_comes_back(void **state) {
    (void)state;
    for (int64_t day = -719162; day < 2932897; day += 97) {
        char text[25];
        int64_t back = 0;
        text_format_time(day * 86400000000, text);
        assert_true(text_parse_time(text, &back));
        assert_int_equal(back, day * 86400000000);
    }
}

static void trimming(void **state) {
    (void)state;
    static const struct {
        const char *text, *trimmed;
    } rows[] = {{"", ""}, {"a", "a"}, {"  a b \t\r\n", "a b"}, {"\xc2\xa0 a\xc2\xa0", "a"}, {" \xc2\xa0 ", ""}, {"\xc3\xa0", "\xc3\xa0"},
                {"\xe1\xba\xa0", "\xe1\xba\xa0"}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char copy[32];
        (void)snprintf(copy, sizeof(copy), "%s", rows[i].text);
        assert_string_equal(text_trim(copy), rows[i].trimmed);
    }
}

static void secrets_are_compared(void **state) {
    (void)state;
    assert_true(text_same_secret("abc", "abc", 3));
    assert_false(text_same_secret("abc", "abd", 3));
    assert_false(text_same_secret("abc", "Abc", 3));
    assert_true(text_same_secret("abc", "xyz", 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_corpus), cmocka_unit_test(integers),  cmocka_unit_test(hundredths),
        cmocka_unit_test(ids),         cmocka_unit_test(hexadecimal), cmocka_unit_test(base32),
        cmocka_unit_test(base64url),   cmocka_unit_test(dates),     cmocka_unit_test(times),
        cmocka_unit_test(every_day_comes_back), cmocka_unit_test(trimming), cmocka_unit_test(secrets_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
