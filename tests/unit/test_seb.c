/* Safe Exam Browser: the text of a configuration and its key as the algorithm has them, worked out by hand; RNCryptor's own values. */
#include "unit.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/box.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/sitting/seb.h"

#include "khoacu/base/banned.h"

static const struct seb_value RULE[] = {{.key = "regex", .type = SEB_BOOL, .number = 0}, {.key = "Active", .type = SEB_BOOL, .number = 1}, {.key = "action", .type = SEB_INT, .number = 1}};
static const struct seb_value LIST[] = {{.type = SEB_DICT, .values = RULE, .count = 3}, {.type = SEB_DICT}, {.type = SEB_TEXT, .text = "Tiếng Việt & <b>/"}};
static const struct seb_value MEMBERS[] = {
    {.key = "startURL", .type = SEB_TEXT, .text = "https://thi.example.gov.vn/thi/"},
    {.key = "originatorVersion", .type = SEB_TEXT, .text = "Khoacu"},
    {.key = "URLFilterRules", .type = SEB_ARRAY, .values = LIST, .count = 3},
    {.key = "allowQuit", .type = SEB_BOOL, .number = 1},
    {.key = "empty", .type = SEB_DICT},
    {.key = "none", .type = SEB_ARRAY},
    {.key = "Zoom", .type = SEB_INT, .number = -2},
    {.key = "salt", .type = SEB_DATA, .text = "\x00\xFF\x10\x80", .len = 4},
    {.key = "date", .type = SEB_DATE, .text = "2026-11-23T07:00:00Z"}};
static const struct seb_value DICT = {.type = SEB_DICT, .values = MEMBERS, .count = LENGTH(MEMBERS)};

/* Sorted without regard to case, no blanks, nothing escaped; the originator and the empty dictionary are left out. */
#define BY_HAND                                                                                                        \
    "{\"allowQuit\":true,\"date\":\"2026-11-23T07:00:00Z\",\"none\":[],\"salt\":\"AP8QgA==\","                         \
    "\"startURL\":\"https://thi.example.gov.vn/thi/\","                                                               \
    "\"URLFilterRules\":[{\"action\":1,\"Active\":true,\"regex\":false},{},\"Tiếng Việt & <b>/\"],\"Zoom\":-2}"

static void text_and_key(void **state) {
    (void)state;
    struct buf text CLEANUP(buf_release);
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char key[SEB_KEY_SIZE], by_hand[SEB_KEY_SIZE];
    buf_init(&text, 4096);
    seb_put_canonical(&DICT, &text);
    assert_string_equal(text.data, BY_HAND);
    assert_int_equal(seb_config_key(&DICT, key), ERR_NONE);
    crypto_sha256(BY_HAND, strlen(BY_HAND), sha256);
    text_hex(sha256, sizeof sha256, by_hand);
    assert_string_equal(key, by_hand);
    /* printf '%s' '{"allowQuit":true}' | sha256sum */
    const struct seb_value one = {.type = SEB_DICT, .values = &MEMBERS[3], .count = 1};
    assert_int_equal(seb_config_key(&one, key), ERR_NONE);
    assert_string_equal(key, "0e8ad4d5d2fdb55a4f3bceb09d3662c68e1403246d44f659844aef10036a3fdf");
}

static void request_hash(void **state) {
    (void)state;
    char hash[SEB_KEY_SIZE], other[SEB_KEY_SIZE];
    /* printf '%s' 'https://e.vn/a?b=1' 00…00 | sha256sum, of 64 zeros */
    seb_request_hash("https://e.vn/a?b=1", "0000000000000000000000000000000000000000000000000000000000000000", hash);
    assert_string_equal(hash, "eff48bc19bebf711094c3e6fa1e633f8e9d7772967ca2a129e44b19ccd612598");
    seb_request_hash("https://e.vn/a?b=1#part", "0000000000000000000000000000000000000000000000000000000000000000", other);
    assert_string_equal(hash, other);
}

static void property_list(void **state) {
    (void)state;
    struct buf out CLEANUP(buf_release);
    buf_init(&out, 8192);
    seb_put_plist(&DICT, &out);
    assert_non_null(strstr(out.data, "<key>startURL</key><string>https://thi.example.gov.vn/thi/</string>"));
    assert_non_null(strstr(out.data, "<string>Tiếng Việt &amp; &lt;b&gt;/</string>"));
    assert_non_null(strstr(out.data, "<key>salt</key><data>AP8QgA==</data>"));
    assert_non_null(strstr(out.data, "<key>allowQuit</key><true/>"));
    assert_non_null(strstr(out.data, "<key>Zoom</key><integer>-2</integer>"));
}

/* The values of the format's own description, version 3, with a password. */
static void box_values(void **state) {
    static const struct {
        const char *password, *salts, *plain, *box;
    } ROWS[] = {
        {"a", "0000000000000000" "0000000000000000" "00000000000000000000000000000000", "",
         "03010000000000000000000000000000000000000000000000000000000000000000b3039be31cd7ece5e754f5c8da17003666313ae8a89ddcf8e3cb41fdc130b2329dbe07d6f4d32c34e050c8bd7e933b12"},
        {"thepassword", "0001020304050607" "0102030405060708" "02030405060708090a0b0c0d0e0f0001", "01",
         "03010001020304050607010203040506070802030405060708090a0b0c0d0e0f0001a1f8730e0bf480eb7b70f690abf21e029514164ad3c474a51b30c7eaa1ca545b7de3de5b010acbad0a9a13857df696a8"}};
    (void)state;
    for (size_t i = 0; i < LENGTH(ROWS); i++) {
        struct buf out CLEANUP(buf_release);
        uint8_t salts[CRYPTO_BOX_SALTS], plain[16];
        char hex[400];
        size_t len = strlen(ROWS[i].plain) / 2;
        buf_init(&out, 4096);
        assert_true(text_unhex(ROWS[i].salts, salts, sizeof salts));
        assert_true(len == 0 || text_unhex(ROWS[i].plain, plain, len));
        assert_int_equal(crypto_box(ROWS[i].password, plain, len, salts, &out), ERR_NONE);
        text_hex((const uint8_t *)out.data, out.len, hex);
        assert_string_equal(hex, ROWS[i].box);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(text_and_key), cmocka_unit_test(request_hash), cmocka_unit_test(property_list), cmocka_unit_test(box_values)};
    if (crypto_init() != ERR_NONE)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
