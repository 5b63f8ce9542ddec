/* Signatures and stretched secrets of published folders. */
#include "unit.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/crypto/sign.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

static void a_key_is_made_once_and_signs(void **state) {
    (void)state;
    char folder[] = "/tmp/khoacu-sign.XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/key", folder);
    struct crypto_sign_key *key = NULL, *again = NULL;
    struct stat info;
    struct buf pem, pem_again;
    uint8_t signature[CRYPTO_SIGNATURE_LEN], twice[CRYPTO_SIGNATURE_LEN], raw[CRYPTO_PUBLIC_LEN];
    assert_int_equal(crypto_sign_open(path, &key), ERR_NONE);
    assert_true(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600);
    assert_int_equal(crypto_sign_open(path, &again), ERR_NONE);
    buf_init(&pem, 4096);
    buf_init(&pem_again, 4096);
    assert_int_equal(crypto_sign_public(key, &pem), ERR_NONE);
    assert_int_equal(crypto_sign_public(again, &pem_again), ERR_NONE);
    assert_string_equal(pem.data, pem_again.data);
    assert_int_equal(crypto_sign(key, "abc", 3, signature), ERR_NONE);
    assert_int_equal(crypto_sign(again, "abc", 3, twice), ERR_NONE);
    assert_memory_equal(signature, twice, sizeof twice);
    assert_true(crypto_sign_check(pem.data, pem.len, "abc", 3, signature, raw));
    assert_false(crypto_sign_check(pem.data, pem.len, "abd", 3, signature, raw));
    assert_false(crypto_sign_check(pem.data, pem.len, "abc", 2, signature, raw));
    assert_false(crypto_sign_check("no key", 6, "abc", 3, signature, raw));
    assert_false(crypto_sign_check(pem.data, 0, "abc", 3, signature, raw));
    for (size_t i = 0; i < sizeof signature * 8; i++) {
        signature[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(crypto_sign_check(pem.data, pem.len, "abc", 3, signature, raw));
        signature[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    crypto_sign_free(again);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(crypto_sign_open(path, &again), ERR_CONFIG);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(crypto_sign_open(path, &again), ERR_CONFIG);
    assert_int_equal(crypto_sign_open("/nowhere/at/all", &again), ERR_IO);
    crypto_sign_free(key);
    buf_release(&pem);
    buf_release(&pem_again);
    (void)unlink(path);
    (void)rmdir(folder);
}

/* RFC 8032, section 7.1, test 2. */
static void the_standard_signature_is_taken(void **state) {
    (void)state;
    static const char PEM[] = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n-----END PUBLIC KEY-----\n";
    uint8_t signature[CRYPTO_SIGNATURE_LEN], raw[CRYPTO_PUBLIC_LEN];
    assert_true(text_unhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                           "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
                           signature, sizeof signature));
    assert_true(crypto_sign_check(PEM, strlen(PEM), "\x72", 1, signature, raw));
}

/* RFC 7914, section 11. */
static void secrets_are_stretched_as_the_standard_does(void **state) {
    (void)state;
    static const struct {
        const char *secret, *salt;
        int rounds;
        const char *hex;
    } rows[] = {{"passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"},
                {"Password", "NaCl", 80000, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint8_t out[32];
        char hex[65];
        assert_int_equal(crypto_stretch(rows[i].secret, rows[i].salt, strlen(rows[i].salt), rows[i].rounds, out, sizeof out), ERR_NONE);
        text_hex(out, sizeof out, hex);
        assert_string_equal(hex, rows[i].hex);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_key_is_made_once_and_signs), cmocka_unit_test(the_standard_signature_is_taken),
                                       cmocka_unit_test(secrets_are_stretched_as_the_standard_does)};
    return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
