#include "khoacu/crypto/seal.h"

#include "khoacu/base/random.h"

#define ERR_STATE openssl_err_state /* its type has the name of a failure of ours */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#undef ERR_STATE

#include <stdbool.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define TEXT_MAX ((size_t)1 << 30)

enum err crypto_seal(const uint8_t key[CRYPTO_KEY_LEN], const void *bound, size_t bound_len, const void *bytes, size_t len,
                     uint8_t *out) {
    int n = 0, end = 0;
    if (len > TEXT_MAX || bound_len > TEXT_MAX)
        return ERR_LIMIT;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    random_bytes(out, CRYPTO_NONCE_LEN);
    uint8_t *text = out + CRYPTO_NONCE_LEN;
    bool good = context && EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
                EVP_EncryptUpdate(context, NULL, &n, bound, (int)bound_len) == 1 &&
                (len == 0 || EVP_EncryptUpdate(context, text, &n, bytes, (int)len) == 1) &&
                EVP_EncryptFinal_ex(context, text + len, &end) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, CRYPTO_TAG_LEN, text + len) == 1;
    EVP_CIPHER_CTX_free(context);
    return good ? ERR_NONE : ERR_CRYPTO;
}

enum err crypto_open(const uint8_t key[CRYPTO_KEY_LEN], const void *bound, size_t bound_len, const uint8_t *sealed, size_t len,
                     uint8_t *out) {
    int n = 0, end = 0;
    if (len < CRYPTO_SEAL_EXTRA)
        return ERR_CRYPTO;
    if (len > TEXT_MAX || bound_len > TEXT_MAX)
        return ERR_LIMIT;
    size_t plain = len - CRYPTO_SEAL_EXTRA;
    uint8_t tag[CRYPTO_TAG_LEN], last[16];
    memcpy(tag, sealed + len - CRYPTO_TAG_LEN, sizeof tag);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool good = context && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, sealed) == 1 &&
                EVP_DecryptUpdate(context, NULL, &n, bound, (int)bound_len) == 1 &&
                (plain == 0 || EVP_DecryptUpdate(context, out, &n, sealed + CRYPTO_NONCE_LEN, (int)plain) == 1) &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, CRYPTO_TAG_LEN, tag) == 1 &&
                EVP_DecryptFinal_ex(context, last, &end) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!good)
        OPENSSL_cleanse(out, plain);
    return good ? ERR_NONE : ERR_CRYPTO;
}
