#include "khoacu/crypto/sign.h"

#include "khoacu/base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ERR_STATE openssl_err_state /* its type has the name of a failure of ours */
#include <openssl/evp.h>
#include <openssl/pem.h>
#undef ERR_STATE

#include "khoacu/base/banned.h"

static EVP_PKEY *key_of(const struct crypto_sign_key *key) {
    return (EVP_PKEY *)(uintptr_t)key;
}

/* Under a name of its own first: who comes second finds a whole key or none. */
static enum err make_key(const char *path) {
    char fresh[4096];
    if (snprintf(fresh, sizeof fresh, "%s.%ld.new", path, (long)gettid()) >= (int)sizeof fresh)
        return ERR_RANGE;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file CLEANUP(cleanup_file) = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!file)
        return ERR_IO;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    bool written = key && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 && fflush(file) == 0 && fsync(fd) == 0 &&
                   (link(fresh, path) == 0 || errno == EEXIST);
    EVP_PKEY_free(key);
    return unlink(fresh) == 0 && written ? ERR_NONE : ERR_IO;
}

enum err crypto_sign_open(const char *path, struct crypto_sign_key **ret_key) {
    struct stat info;
    if (stat(path, &info) != 0 && errno == ENOENT && make_key(path) != ERR_NONE)
        return ERR_IO;
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rbe");
    if (!file || fstat(fileno(file), &info) != 0)
        return ERR_IO;
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return ERR_CONFIG;
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) {
        EVP_PKEY_free(key);
        return ERR_CONFIG;
    }
    *ret_key = (struct crypto_sign_key *)key;
    return ERR_NONE;
}

void crypto_sign_free(struct crypto_sign_key *key) {
    EVP_PKEY_free(key_of(key));
}

enum err crypto_sign(const struct crypto_sign_key *key, const void *bytes, size_t len, uint8_t ret_signature[CRYPTO_SIGNATURE_LEN]) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = CRYPTO_SIGNATURE_LEN;
    bool done = context && EVP_DigestSignInit(context, NULL, NULL, NULL, key_of(key)) == 1 &&
                EVP_DigestSign(context, ret_signature, &size, bytes, len) == 1 && size == CRYPTO_SIGNATURE_LEN;
    EVP_MD_CTX_free(context);
    return done ? ERR_NONE : ERR_CRYPTO;
}

enum err crypto_sign_public(const struct crypto_sign_key *key, struct buf *out) {
    BIO *memory = BIO_new(BIO_s_mem());
    char *text = NULL;
    bool done = memory && PEM_write_bio_PUBKEY(memory, key_of(key)) == 1;
    long len = done ? BIO_get_mem_data(memory, &text) : 0;
    if (len > 0)
        buf_add(out, text, (size_t)len);
    BIO_free(memory);
    return len > 0 && !out->failed ? ERR_NONE : ERR_CRYPTO;
}

bool crypto_sign_check(const char *pem, size_t pem_len, const void *bytes, size_t len, const uint8_t signature[CRYPTO_SIGNATURE_LEN],
                       uint8_t ret_raw[CRYPTO_PUBLIC_LEN]) {
    BIO *memory = pem_len > 0 && pem_len < 10000 ? BIO_new_mem_buf(pem, (int)pem_len) : NULL;
    EVP_PKEY *key = memory ? PEM_read_bio_PUBKEY(memory, NULL, NULL, NULL) : NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = CRYPTO_PUBLIC_LEN;
    bool holds = key && context && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 && EVP_PKEY_get_raw_public_key(key, ret_raw, &size) == 1 &&
                 EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                 EVP_DigestVerify(context, signature, CRYPTO_SIGNATURE_LEN, bytes, len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    BIO_free(memory);
    return holds;
}

enum err crypto_stretch(const char *secret, const void *salt, size_t salt_len, int rounds, uint8_t *out, size_t len) {
    int done = PKCS5_PBKDF2_HMAC(secret, (int)strlen(secret), salt, (int)salt_len, rounds, EVP_sha256(), (int)len, out);
    return done == 1 ? ERR_NONE : ERR_CRYPTO;
}
