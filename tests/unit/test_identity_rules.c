/* The pure rules of identity: roles, names, passwords, the brake, tokens, access codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "khoacu/base/text.h"
#include "khoacu/identity/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

static void roles_are_read_as_sets(void **state) {
    (void)state;
    unsigned roles = 77;
    assert_true(identity_roles_parse("hr_officer; inspector;hr_officer", &roles));
    assert_int_equal(roles, IDENTITY_HR_OFFICER | IDENTITY_INSPECTOR);
    assert_true(identity_roles_parse("", &roles));
    assert_int_equal(roles, 0);
    roles = 77;
    assert_false(identity_roles_parse("hr_officer;king", &roles));
    assert_false(identity_roles_parse("HR_OFFICER", &roles));
    assert_int_equal(roles, 77);
}

static void login_names(void **state) {
    (void)state;
    static const char *const GOOD[] = {"an", "nguyen.an", "a-b_c.9", "abcdefghijklmnopqrstuvwxyzabcdefghijklmn"};
    static const char *const BAD[] = {"",    "a",  "9an",  "An",
                                      "a b", "án", "a\"b", "abcdefghijklmnopqrstuvwxyzabcdefghijklmno"};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
        assert_true(identity_login_name_valid(GOOD[i]));
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_false(identity_login_name_valid(BAD[i]));
}

static void the_brake_doubles_up_to_a_minute(void **state) {
    (void)state;
    static const int WAITS[] = {0, 0, 0, 0, 2, 4, 8, 16, 32, 60, 60};
    for (int i = 0; i < (int)(sizeof WAITS / sizeof WAITS[0]); i++)
        assert_int_equal(identity_brake_wait_s(i), WAITS[i]);
    assert_int_equal(identity_brake_wait_s(1000), 60);
}

static void passwords_are_judged(void **state) {
    (void)state;
    static const struct {
        const char *password;
        enum identity_password_verdict verdict;
    } CASES[] = {
        {"short", IDENTITY_PASSWORD_SHORT},
        {"mười bốn chữ a", IDENTITY_PASSWORD_SHORT},
        {"sông Hồng mùa nước nổi", IDENTITY_PASSWORD_FINE},
        {"7KQP-M2XW-9T4C-ZZ81-HJ3B", IDENTITY_PASSWORD_FINE},
        {"tall ships cross 4 oceans", IDENTITY_PASSWORD_FINE},
        {"aaaaaaaaaaaaaaaa", IDENTITY_PASSWORD_GUESSABLE},
        {"abababababababab", IDENTITY_PASSWORD_GUESSABLE},
        {"passwordpassword", IDENTITY_PASSWORD_GUESSABLE},
        {"Password1234567890", IDENTITY_PASSWORD_GUESSABLE},
        {"123456789012345", IDENTITY_PASSWORD_GUESSABLE},
        {"abcdefghijklmnop", IDENTITY_PASSWORD_GUESSABLE},
        {"qwertyuiopasdfghjkl", IDENTITY_PASSWORD_GUESSABLE},
        {"matkhau123456789", IDENTITY_PASSWORD_GUESSABLE},
        {"nguyen.an-2026-nguyen.an", IDENTITY_PASSWORD_GUESSABLE},
        {"Khoacu-admin-2026!", IDENTITY_PASSWORD_GUESSABLE},
        {"\xC3\x28 is no UTF-8 text", IDENTITY_PASSWORD_SHORT},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        if (identity_password_judge(CASES[i].password, "nguyen.an") != CASES[i].verdict)
            fail_msg("%s is judged wrongly", CASES[i].password);
    char password[IDENTITY_PASSWORD_MAX + 2];
    memset(password, 'x', sizeof password);
    password[sizeof password - 1] = '\0';
    assert_int_equal(identity_password_judge(password, "an"), IDENTITY_PASSWORD_LONG);
}

static void made_passwords_are_fit_and_differ(void **state) {
    (void)state;
    char a[IDENTITY_PASSWORD_MADE_SIZE], b[IDENTITY_PASSWORD_MADE_SIZE];
    for (int i = 0; i < 200; i++) {
        identity_password_make(a);
        identity_password_make(b);
        assert_int_equal(strlen(a), 24);
        assert_string_not_equal(a, b);
        assert_int_equal(identity_password_judge(a, "an"), IDENTITY_PASSWORD_FINE);
    }
}

static void tokens_are_hashed_from_their_bytes(void **state) {
    (void)state;
    uint8_t bytes[IDENTITY_TOKEN_LEN] = {1, 2, 3}, expected[CRYPTO_SHA256_LEN], sha256[CRYPTO_SHA256_LEN];
    char token[IDENTITY_TOKEN_TEXT + 8] = {0};
    text_base64url(bytes, sizeof bytes, token);
    crypto_sha256(bytes, sizeof bytes, expected);
    assert_true(identity_token_sha256(token, sha256));
    assert_memory_equal(sha256, expected, sizeof sha256);
    assert_false(identity_token_sha256(NULL, sha256));
    assert_false(identity_token_sha256("", sha256));
    assert_false(identity_token_sha256("AAAA", sha256));
    token[43] = 'A';
    assert_false(identity_token_sha256(token, sha256));
}

static void a_candidates_token_is_good_on_its_machine_alone(void **state) {
    (void)state;
    uint8_t both[2 * IDENTITY_TOKEN_LEN] = {1, 2, 3}, expected[CRYPTO_SHA256_LEN], here[CRYPTO_SHA256_LEN], there[CRYPTO_SHA256_LEN];
    char token[IDENTITY_TOKEN_TEXT], device[IDENTITY_TOKEN_TEXT], other[IDENTITY_TOKEN_TEXT];
    both[IDENTITY_TOKEN_LEN] = 9;
    text_base64url(both, IDENTITY_TOKEN_LEN, token);
    text_base64url(both + IDENTITY_TOKEN_LEN, IDENTITY_TOKEN_LEN, device);
    identity_token_new(other, there);
    crypto_sha256(both, sizeof both, expected);
    assert_true(identity_candidate_sha256(token, device, here));
    assert_memory_equal(here, expected, sizeof here);
    assert_true(identity_candidate_sha256(token, other, there));
    assert_memory_not_equal(here, there, sizeof here);
    assert_true(identity_candidate_sha256(device, token, there));
    assert_memory_not_equal(here, there, sizeof here);
    const char *const bad[] = {NULL, "", "AAAA", "!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(identity_candidate_sha256(bad[i], device, here));
        assert_false(identity_candidate_sha256(token, bad[i], here));
    }
}

static void access_codes_are_bound_to_cycle_and_roll(void **state) {
    (void)state;
    struct identity_secret secret = {{7}};
    uint8_t code[IDENTITY_ACCESS_CODE_LEN], again[IDENTITY_ACCESS_CODE_LEN];
    char text[IDENTITY_ACCESS_CODE_SIZE];
    identity_access_code_make(code, text);
    assert_int_equal(strlen(text), 19);
    assert_true(text_unbase32(text, again, sizeof again));
    assert_memory_equal(code, again, sizeof code);
    uint8_t a[CRYPTO_SHA256_LEN], b[CRYPTO_SHA256_LEN];
    identity_access_code_hmac(&secret, 1, "A001", code, a);
    identity_access_code_hmac(&secret, 1, "A001", code, b);
    assert_memory_equal(a, b, sizeof a);
    identity_access_code_hmac(&secret, 2, "A001", code, b);
    assert_memory_not_equal(a, b, sizeof a);
    identity_access_code_hmac(&secret, 1, "A002", code, b);
    assert_memory_not_equal(a, b, sizeof a);
    secret.key[31] = 1;
    identity_access_code_hmac(&secret, 1, "A001", code, b);
    assert_memory_not_equal(a, b, sizeof a);
    /* The message as other programs would build it. */
    uint8_t expected[CRYPTO_SHA256_LEN];
    char message[200] = "khoacu/access/v1\n0000000000000001\nA001\n";
    size_t len = strlen(message);
    memcpy(message + len, code, sizeof code);
    crypto_hmac_sha256(secret.key, sizeof secret.key, message, len + sizeof code, expected);
    assert_memory_equal(b, expected, sizeof b);
}

static void the_key_file_is_private_or_refused(void **state) {
    (void)state;
    char folder[] = "/tmp/khoacu-unit-XXXXXX", path[64], sentence[400] = "";
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/key", folder);
    struct identity_secret *secret = NULL, *again = NULL;
    assert_int_equal(identity_secret_load(path, &secret, sentence, sizeof sentence), ERR_CONFIG);
    assert_non_null(strstr(sentence, path));
    assert_int_equal(identity_secret_create(path, sentence, sizeof sentence), ERR_NONE);
    assert_int_equal(identity_secret_load(path, &secret, sentence, sizeof sentence), ERR_NONE);
    assert_int_equal(identity_secret_create(path, sentence, sizeof sentence), ERR_NONE);
    assert_int_equal(identity_secret_load(path, &again, sentence, sizeof sentence), ERR_NONE);
    assert_memory_equal(secret->key, again->key, IDENTITY_SECRET_LEN);
    identity_secret_free(secret);
    identity_secret_free(again);
    secret = NULL;
    assert_int_equal(chmod(path, 0440), 0);
    assert_int_equal(identity_secret_load(path, &secret, sentence, sizeof sentence), ERR_CONFIG);
    assert_non_null(strstr(sentence, "chmod"));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 31), 0);
    assert_int_equal(identity_secret_load(path, &secret, sentence, sizeof sentence), ERR_CONFIG);
    assert_null(secret);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void) {
    if (crypto_init() != ERR_NONE)
        return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_read_as_sets),
        cmocka_unit_test(login_names),
        cmocka_unit_test(the_brake_doubles_up_to_a_minute),
        cmocka_unit_test(passwords_are_judged),
        cmocka_unit_test(made_passwords_are_fit_and_differ),
        cmocka_unit_test(tokens_are_hashed_from_their_bytes),
        cmocka_unit_test(a_candidates_token_is_good_on_its_machine_alone),
        cmocka_unit_test(access_codes_are_bound_to_cycle_and_roll),
        cmocka_unit_test(the_key_file_is_private_or_refused),
    };
    return cmocka_run_group_tests_name("identity_rules", tests, NULL, NULL);
}
