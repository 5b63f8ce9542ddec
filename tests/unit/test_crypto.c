#include "unit.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include "khoacu/base/banned.h"

static void sha256_vectors(void **state) {
    (void)state;
    static const struct {
        const char *text, *hash;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint8_t hash[CRYPTO_SHA256_LEN];
        char text[2 * CRYPTO_SHA256_LEN + 1];
        crypto_sha256(rows[i].text, strlen(rows[i].text), hash);
        text_hex(hash, sizeof(hash), text);
        assert_string_equal(text, rows[i].hash);
        struct crypto_sha256 *running = crypto_sha256_new();
        for (const char *c = rows[i].text; *c; c++)
            crypto_sha256_add(running, c, 1);
        crypto_sha256_finish(running, hash);
        text_hex(hash, sizeof(hash), text);
        assert_string_equal(text, rows[i].hash);
    }
}

/* RFC 4231, test cases 1, 2, 3 and 6. */
static void hmac_vectors(void **state) {
    (void)state;
    static const struct {
        const char *key;
        char fill;
        size_t key_len;
        const char *data;
        char data_fill;
        size_t data_len;
        const char *mac;
    } rows[] = {
        {NULL, 0x0b, 20, "Hi There", 0, 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", 0, 4, "what do ya want for nothing?", 0, 28, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {NULL, '\xaa', 20, NULL, '\xdd', 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {NULL, '\xaa', 131, "Test Using Larger Than Block-Size Key - Hash Key First", 0, 54,
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint8_t key[131], data[64], mac[CRYPTO_SHA256_LEN];
        char text[2 * CRYPTO_SHA256_LEN + 1];
        memset(key, rows[i].fill, sizeof(key));
        memset(data, rows[i].data_fill, sizeof(data));
        if (rows[i].key)
            memcpy(key, rows[i].key, rows[i].key_len);
        if (rows[i].data)
            memcpy(data, rows[i].data, rows[i].data_len);
        crypto_hmac_sha256(key, rows[i].key_len, data, rows[i].data_len, mac);
        text_hex(mac, sizeof(mac), text);
        assert_string_equal(text, rows[i].mac);
    }
}

/* "$scrypt$ln=…,r=…,p=1$salt$hash" with the first 32 bytes of the vector's hash. */
static void stored(char *out, unsigned ln, unsigned r, const char *salt, const char *hash_hex) {
    uint8_t hash[32];
    char salt_text[64], hash_text[64];
    assert_true(text_unhex(hash_hex, hash, sizeof(hash)));
    text_base64url((const uint8_t *)salt, strlen(salt), salt_text);
    text_base64url(hash, sizeof(hash), hash_text);
    (void)snprintf(out, CRYPTO_PASSWORD_MAX, "$scrypt$ln=%u,r=%u,p=1$%s$%s", ln, r, salt_text, hash_text);
}

/* RFC 7914, section 12: those with p = 1 and a cost that a stored password may have. */
static void scrypt_vectors(void **state) {
    (void)state;
    char text[CRYPTO_PASSWORD_MAX];
    stored(text, 4, 1, "", "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442");
    assert_true(crypto_password_check("", text));
    assert_false(crypto_password_check("x", text));
    stored(text, 14, 8, "SodiumChloride", "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
    assert_true(crypto_password_check("pleaseletmein", text));
    assert_false(crypto_password_check("Pleaseletmein", text));
}

static void passwords(void **state) {
    (void)state;
    char one[CRYPTO_PASSWORD_MAX], two[CRYPTO_PASSWORD_MAX];
    assert_int_equal(crypto_password_hash("mật khẩu rất dài của tôi", one), ERR_NONE);
    assert_int_equal(crypto_password_hash("mật khẩu rất dài của tôi", two), ERR_NONE);
    assert_string_not_equal(one, two);
    assert_int_equal(strncmp(one, "$scrypt$ln=17,r=8,p=1$", 22), 0);
    assert_true(crypto_password_check("mật khẩu rất dài của tôi", one));
    assert_false(crypto_password_check("mật khẩu rất dài của tô", one));
}

static void broken_hashes_match_nothing(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        "$scrypt$",
        "$scrypt$ln=17,r=8,p=1$",
        "$scrypt$ln=17,r=8,p=1$AAAA",
        "$scrypt$ln=17,r=8,p=1$AAAA$",
        "$scrypt$ln=18,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=0,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=9,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=2$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$AA!A$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=65536,t=3,p=4$AAAA$AAAA",
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        ROW_TRUE(!crypto_password_check("", rows[i]), rows[i]);
}

static int start(void **state) {
    (void)state;
    return crypto_init() == ERR_NONE ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_vectors), cmocka_unit_test(hmac_vectors),                cmocka_unit_test(scrypt_vectors),
        cmocka_unit_test(passwords),      cmocka_unit_test(broken_hashes_match_nothing),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
