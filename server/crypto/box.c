#include "khoacu/crypto/box.h"

#include "khoacu/crypto/crypto.h"

#include "khoacu/base/random.h"

#define ERR_STATE openssl_err_state /* its type has the name of a failure of ours */
#include <openssl/evp.h>
#undef ERR_STATE

#include <stdbool.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { ROUNDS = 10000, KEY = 32, BLOCK = 16, TEXT_MAX = 64 << 20 };

static bool stretch(const char *password, const uint8_t *salt, uint8_t key[KEY]) {
    return PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, 8, ROUNDS, EVP_sha1(), KEY, key) == 1;
}

static bool encrypt(const uint8_t key[KEY], const uint8_t *vector, const void *bytes, size_t len, struct buf *out) {
    int n = 0, end = 0;
    char *room = buf_room(out, len + BLOCK);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool good = room && context && EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, key, vector) == 1 &&
                (len == 0 || EVP_EncryptUpdate(context, (uint8_t *)room, &n, bytes, (int)len) == 1) &&
                EVP_EncryptFinal_ex(context, (uint8_t *)room + n, &end) == 1;
    EVP_CIPHER_CTX_free(context);
    if (good)
        out->len += (size_t)(n + end);
    return good;
}

enum err crypto_box(const char *password, const void *bytes, size_t len, const uint8_t salts[CRYPTO_BOX_SALTS], struct buf *out) {
    uint8_t own[CRYPTO_BOX_SALTS], cipher_key[KEY], check_key[KEY], check[CRYPTO_SHA256_LEN];
    size_t begin = out->len;
    if (len > TEXT_MAX)
        return ERR_LIMIT;
    if (salts)
        memcpy(own, salts, sizeof own);
    else
        random_bytes(own, sizeof own);
    buf_add(out, "\x03\x01", 2);
    buf_add(out, own, sizeof own);
    bool good = stretch(password, own, cipher_key) && stretch(password, own + 8, check_key) && encrypt(cipher_key, own + 16, bytes, len, out);
    if (good) {
        crypto_hmac_sha256(check_key, KEY, out->data + begin, out->len - begin, check);
        buf_add(out, check, sizeof check);
    }
    crypto_wipe(cipher_key, sizeof cipher_key);
    crypto_wipe(check_key, sizeof check_key);
    return !good ? ERR_CRYPTO : out->failed ? ERR_LIMIT : ERR_NONE;
}
