#include "khoacu/crypto/envelope.h"

#define ERR_STATE openssl_err_state /* its type has the name of a failure of ours */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#undef ERR_STATE

#include <stdbool.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define KEY_BITS 3072

static bool write_pair(EVP_PKEY *pair, struct crypto_pair *ret_pair) {
    uint8_t *at = ret_pair->public_key;
    int len = i2d_PUBKEY(pair, NULL);
    if (len <= 0 || len > CRYPTO_ENVELOPE_PUBLIC_MAX || i2d_PUBKEY(pair, &at) != len)
        return false;
    ret_pair->public_len = (size_t)len;
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pair);
    len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, NULL) : -1;
    at = ret_pair->private_key;
    bool good = len > 0 && len <= CRYPTO_ENVELOPE_PRIVATE_MAX && i2d_PKCS8_PRIV_KEY_INFO(info, &at) == len;
    PKCS8_PRIV_KEY_INFO_free(info);
    ret_pair->private_len = good ? (size_t)len : 0;
    return good;
}

enum err crypto_pair_new(struct crypto_pair *ret_pair) {
    EVP_PKEY *pair = EVP_RSA_gen(KEY_BITS);
    bool good = pair && write_pair(pair, ret_pair);
    EVP_PKEY_free(pair);
    return good ? ERR_NONE : ERR_CRYPTO;
}

static bool set_padding(EVP_PKEY_CTX *context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

enum err crypto_envelope_open(const uint8_t *private_key, size_t private_len, const uint8_t *locked, size_t locked_len,
                              uint8_t ret_key[CRYPTO_KEY_LEN]) {
    uint8_t text[CRYPTO_ENVELOPE_LEN];
    size_t len = sizeof text;
    const uint8_t *at = private_key;
    if (locked_len != CRYPTO_ENVELOPE_LEN)
        return ERR_CRYPTO;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)private_len);
    EVP_PKEY_CTX *context = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    bool good = context && EVP_PKEY_decrypt_init(context) == 1 && set_padding(context) &&
                EVP_PKEY_decrypt(context, text, &len, locked, locked_len) == 1 && len == CRYPTO_KEY_LEN;
    if (good)
        memcpy(ret_key, text, CRYPTO_KEY_LEN);
    OPENSSL_cleanse(text, sizeof text);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return good ? ERR_NONE : ERR_CRYPTO;
}

enum err crypto_envelope_lock(const uint8_t *public_key, size_t public_len, const uint8_t key[CRYPTO_KEY_LEN], uint8_t *out) {
    size_t len = CRYPTO_ENVELOPE_LEN;
    const uint8_t *at = public_key;
    EVP_PKEY *pair = d2i_PUBKEY(NULL, &at, (long)public_len);
    EVP_PKEY_CTX *context = pair ? EVP_PKEY_CTX_new(pair, NULL) : NULL;
    bool good = context && EVP_PKEY_encrypt_init(context) == 1 && set_padding(context) &&
                EVP_PKEY_encrypt(context, out, &len, key, CRYPTO_KEY_LEN) == 1 && len == CRYPTO_ENVELOPE_LEN;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(pair);
    return good ? ERR_NONE : ERR_CRYPTO;
}
