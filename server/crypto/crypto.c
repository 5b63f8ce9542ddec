#include "khoacu/crypto/crypto.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ERR_STATE openssl_err_state /* its type has the name of a failure of ours */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/core_names.h>
#undef ERR_STATE

#include "khoacu/base/banned.h"

#define SCRYPT_LN 17
#define SCRYPT_R 8
#define SCRYPT_P 1
#define SCRYPT_MEMORY_MAX (UINT64_C(192) * 1024 * 1024)
#define SALT_LEN 16
#define SALT_LEN_MAX 32
#define HASH_LEN 32
#define LARGE_BLOCK ((size_t)32 << 20)
#define LARGE_PAGE ((size_t)2 << 20)

/* Fetched once: a fetch for each hash costs more than the hash. */
static const EVP_MD *sha256;
static EVP_MAC *hmac_mac;

/* OpenSSL's memory. scrypt takes 128 MiB for each password: in pages of 4 KiB the kernel spends more on handing them
 * out than scrypt on its work, so large blocks ask for large pages. */
static void *take(size_t size, const char *file, int line) {
    (void)file, (void)line;
    void *block = NULL;
    if (size < LARGE_BLOCK)
        return malloc(size);
    if (posix_memalign(&block, LARGE_PAGE, size) != 0)
        return NULL;
    (void)madvise(block, size, MADV_HUGEPAGE); /* where there are none, small ones do */
    return block;
}

static void *take_again(void *block, size_t size, const char *file, int line) {
    (void)file, (void)line;
    return realloc(block, size);
}

static void give_back(void *block, const char *file, int line) {
    (void)file, (void)line;
    free(block);
}

enum err crypto_init(void) {
    (void)CRYPTO_set_mem_functions(take, take_again,
                                   give_back); /* refused once OpenSSL is in use: then it has its own */
    if (!sha256)
        sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!hmac_mac)
        hmac_mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    return sha256 && hmac_mac ? ERR_NONE : ERR_CRYPTO;
}

static const EVP_MD *sha256_md(void) {
    return sha256 ? sha256 : EVP_sha256();
}

void crypto_sha256(const void *bytes, size_t len, uint8_t out[CRYPTO_SHA256_LEN]) {
    int done = EVP_Digest(bytes ? bytes : "", len, out, NULL, sha256_md(), NULL);
    assert(done == 1);
}

void crypto_hmac_sha256(const uint8_t *key, size_t key_len, const void *bytes, size_t len,
                        uint8_t out[CRYPTO_SHA256_LEN]) {
    assert(key_len <= INT_MAX);
    const uint8_t *done = HMAC(sha256_md(), key, (int)key_len, bytes ? bytes : "", len, out, NULL);
    assert(done);
}

struct crypto_hmac *crypto_hmac_new(const uint8_t *key, size_t key_len) {
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    enum err err = crypto_init(); /* where main has not */
    assert(err == ERR_NONE);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac_mac);
    int done = context && EVP_MAC_init(context, key, key_len, params);
    assert(done == 1);
    return (struct crypto_hmac *)context;
}

void crypto_hmac_of(struct crypto_hmac *hmac, const void *bytes, size_t len, uint8_t out[CRYPTO_SHA256_LEN]) {
    EVP_MAC_CTX *context = (EVP_MAC_CTX *)hmac;
    size_t out_len = 0;
    int done = EVP_MAC_init(context, NULL, 0, NULL) && EVP_MAC_update(context, bytes, len) &&
               EVP_MAC_final(context, out, &out_len, CRYPTO_SHA256_LEN);
    assert(done == 1 && out_len == CRYPTO_SHA256_LEN);
}

void crypto_hmac_free(struct crypto_hmac *hmac) {
    EVP_MAC_CTX_free((EVP_MAC_CTX *)hmac);
}

void crypto_wipe(void *secret, size_t len) {
    OPENSSL_cleanse(secret, len);
}

struct crypto_sha256 *crypto_sha256_new(void) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done = context && EVP_DigestInit_ex2(context, sha256_md(), NULL);
    assert(done == 1);
    return (struct crypto_sha256 *)context;
}

void crypto_sha256_add(struct crypto_sha256 *hash, const void *bytes, size_t len) {
    int done = EVP_DigestUpdate((EVP_MD_CTX *)hash, bytes, len);
    assert(done == 1);
}

void crypto_sha256_finish(struct crypto_sha256 *hash, uint8_t out[CRYPTO_SHA256_LEN]) {
    int done = EVP_DigestFinal_ex((EVP_MD_CTX *)hash, out, NULL);
    assert(done == 1);
    EVP_MD_CTX_free((EVP_MD_CTX *)hash);
}

struct scrypt {
    unsigned ln, r, p;
    uint8_t salt[SALT_LEN_MAX];
    size_t salt_len;
};

static bool derive(const char *password, const struct scrypt *scrypt, uint8_t out[HASH_LEN]) {
    return EVP_PBE_scrypt(password, strlen(password), scrypt->salt, scrypt->salt_len, UINT64_C(1) << scrypt->ln,
                          scrypt->r, scrypt->p, SCRYPT_MEMORY_MAX, out, HASH_LEN) == 1;
}

enum err crypto_password_hash(const char *password, char out[CRYPTO_PASSWORD_MAX]) {
    struct scrypt scrypt = {.ln = SCRYPT_LN, .r = SCRYPT_R, .p = SCRYPT_P, .salt_len = SALT_LEN};
    uint8_t hash[HASH_LEN];
    random_bytes(scrypt.salt, SALT_LEN);
    if (!derive(password, &scrypt, hash))
        return ERR_CRYPTO;
    char salt[SALT_LEN * 2], text[HASH_LEN * 2];
    text_base64url(scrypt.salt, SALT_LEN, salt);
    text_base64url(hash, HASH_LEN, text);
    (void)snprintf(out, CRYPTO_PASSWORD_MAX, "$scrypt$ln=%u,r=%u,p=%u$%s$%s", scrypt.ln, scrypt.r, scrypt.p, salt,
                   text);
    return ERR_NONE;
}

/* Reads "$scrypt$ln=…,r=…,p=…$salt$hash" with no more work than a hash of today asks for. */
static bool parse_stored(const char *stored, struct scrypt *scrypt, uint8_t hash[HASH_LEN]) {
    int at = 0;
    if (strnlen(stored, CRYPTO_PASSWORD_MAX) >= CRYPTO_PASSWORD_MAX)
        return false;
    if (sscanf(stored, "$scrypt$ln=%2u,r=%1u,p=%1u$%n", &scrypt->ln, &scrypt->r, &scrypt->p, &at) != 3 || at == 0)
        return false;
    if (scrypt->ln < 1 || scrypt->ln > SCRYPT_LN || scrypt->r < 1 || scrypt->r > SCRYPT_R || scrypt->p != SCRYPT_P)
        return false;
    const char *salt = stored + at, *dollar = strchr(salt, '$');
    if (!dollar)
        return false;
    size_t salt_text_len = (size_t)(dollar - salt);
    scrypt->salt_len = salt_text_len * 6 / 8;
    return scrypt->salt_len <= SALT_LEN_MAX && text_unbase64url(salt, salt_text_len, scrypt->salt, scrypt->salt_len) &&
           text_unbase64url(dollar + 1, strlen(dollar + 1), hash, HASH_LEN);
}

bool crypto_password_check(const char *password, const char *stored) {
    struct scrypt scrypt = {0};
    uint8_t expected[HASH_LEN], actual[HASH_LEN];
    if (!parse_stored(stored, &scrypt, expected) || !derive(password, &scrypt, actual))
        return false;
    return text_same_secret(expected, actual, HASH_LEN);
}
