/* Authenticated encryption: the published vector, and that nothing else opens. */
#include "unit.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/crypto/seal.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* McGrew and Viega, The Galois/Counter Mode of Operation, test case 16: nonce, ciphertext, tag. */
static const char KEY[] = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
static const char BOUND[] = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
static const char PLAIN[] = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
static const char SEALED[] = "cafebabefacedbaddecaf888"
                             "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                             "76fc6ece0f4e1768cddf8853bb2d551b";

static void the_published_vector_opens(void **state) {
    (void)state;
    uint8_t key[32], bound[20], plain[60], sealed[88], out[60];
    assert_true(text_unhex(KEY, key, sizeof key) && text_unhex(BOUND, bound, sizeof bound) && text_unhex(PLAIN, plain, sizeof plain) &&
                text_unhex(SEALED, sealed, sizeof sealed));
    assert_int_equal(crypto_open(key, bound, sizeof bound, sealed, sizeof sealed, out), ERR_NONE);
    assert_memory_equal(out, plain, sizeof plain);
}

static void a_bit_of_anything_closes_it(void **state) {
    (void)state;
    uint8_t key[32] = {7}, out[200], sealed[200];
    const char words[] = "khoacu/item/v1|1|2|key", text[] = "the right option is b";
    size_t len = sizeof text - 1 + CRYPTO_SEAL_EXTRA;
    assert_int_equal(crypto_seal(key, words, strlen(words), text, strlen(text), sealed), ERR_NONE);
    assert_int_equal(crypto_open(key, words, strlen(words), sealed, len, out), ERR_NONE);
    assert_memory_equal(out, text, strlen(text));
    for (size_t bit = 0; bit < 8 * len; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(crypto_open(key, words, strlen(words), sealed, len, out), ERR_CRYPTO);
        for (size_t i = 0; i < strlen(text); i++)
            assert_int_equal(out[i], 0);
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(crypto_open(key, "khoacu/item/v1|1|3|key", strlen(words), sealed, len, out), ERR_CRYPTO);
    assert_int_equal(crypto_open(key, words, strlen(words), sealed, len - 1, out), ERR_CRYPTO);
    assert_int_equal(crypto_open(key, words, strlen(words), sealed, CRYPTO_SEAL_EXTRA - 1, out), ERR_CRYPTO);
    key[31] ^= 1;
    assert_int_equal(crypto_open(key, words, strlen(words), sealed, len, out), ERR_CRYPTO);
}

static void an_empty_text_is_sealed_too_and_no_two_are_alike(void **state) {
    (void)state;
    uint8_t key[32] = {1}, one[CRYPTO_SEAL_EXTRA], two[CRYPTO_SEAL_EXTRA], out[1];
    assert_int_equal(crypto_seal(key, "", 0, "", 0, one), ERR_NONE);
    assert_int_equal(crypto_seal(key, "", 0, "", 0, two), ERR_NONE);
    assert_memory_not_equal(one, two, sizeof one);
    assert_int_equal(crypto_open(key, "", 0, one, sizeof one, out), ERR_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vector_opens),
        cmocka_unit_test(a_bit_of_anything_closes_it),
        cmocka_unit_test(an_empty_text_is_sealed_too_and_no_two_are_alike),
    };
    if (crypto_init() != ERR_NONE)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
