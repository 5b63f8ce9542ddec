#include "khoacu/identity/secret.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/crypto/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "khoacu/base/banned.h"

static enum err refuse(char *sentence, size_t size, const char *format, const char *path) {
    (void)snprintf(sentence, size, format, path);
    return ERR_CONFIG;
}

/* A page of its own: locked, and left out of core files. */
static struct identity_secret *secret_new(void) {
    struct identity_secret *secret =
        mmap(NULL, sizeof *secret, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret == MAP_FAILED)
        return NULL;
    (void)mlock(secret, sizeof *secret);
    (void)madvise(secret, sizeof *secret, MADV_DONTDUMP);
    return secret;
}

enum err identity_secret_load(const char *path, struct identity_secret **ret_secret, char *ret_sentence,
                              size_t sentence_size) {
    int fd CLEANUP(cleanup_fd) = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat facts;
    if (fd < 0 || fstat(fd, &facts) != 0)
        return refuse(ret_sentence, sentence_size,
                      "The key file %.200s cannot be read; make it readable for the server's user or set "
                      "KHOACU_SECRET_FILE.",
                      path);
    if (!S_ISREG(facts.st_mode) || facts.st_size != IDENTITY_SECRET_LEN)
        return refuse(ret_sentence, sentence_size,
                      "The key file %.200s must be a plain file of exactly 32 random bytes.", path);
    if ((facts.st_mode & (S_IRWXG | S_IRWXO | S_IXUSR)) != 0)
        return refuse(ret_sentence, sentence_size,
                      "The key file %.200s can be read by others; chmod 0400 it and consider the key as known.", path);
    struct identity_secret *secret = secret_new();
    if (!secret)
        return ERR_MEMORY;
    if (read(fd, secret->key, IDENTITY_SECRET_LEN) != IDENTITY_SECRET_LEN) {
        identity_secret_free(secret);
        return refuse(ret_sentence, sentence_size, "The key file %.200s cannot be read to its end.", path);
    }
    *ret_secret = secret;
    return ERR_NONE;
}

enum err identity_secret_create(const char *path, char *ret_sentence, size_t sentence_size) {
    int fd CLEANUP(cleanup_fd) = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0 && errno == EEXIST)
        return ERR_NONE;
    uint8_t key[IDENTITY_SECRET_LEN];
    random_bytes(key, sizeof key);
    bool written = fd >= 0 && write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    crypto_wipe(key, sizeof key);
    if (written)
        return ERR_NONE;
    if (fd >= 0)
        (void)unlink(path);
    (void)snprintf(ret_sentence, sentence_size, "The key file %.200s cannot be written: %s.", path, strerror(errno));
    return ERR_IO;
}

void identity_secret_free(struct identity_secret *secret) {
    if (!secret)
        return;
    crypto_wipe(secret, sizeof *secret);
    (void)munmap(secret, sizeof *secret);
}
