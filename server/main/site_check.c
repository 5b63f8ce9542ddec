#include "site.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "khoacu/base/banned.h"

char *site_read(struct arena *arena, const char *root, const char *path, size_t *ret_len) {
    char whole[PATH_MAX];
    struct stat info;
    if ((size_t)snprintf(whole, sizeof whole, "%s/%s", root, path) >= sizeof whole)
        return NULL;
    FILE *file CLEANUP(cleanup_file) = fopen(whole, "rbe");
    if (!file || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size < 0 || (size_t)info.st_size > SITE_FILE_MAX)
        return NULL;
    size_t size = (size_t)info.st_size;
    char *bytes = arena_alloc(arena, size + 1);
    if (!bytes || fread(bytes, 1, size, file) != size)
        return NULL;
    *ret_len = size;
    return bytes;
}

bool site_is(const char *root) {
    char path[PATH_MAX];
    struct stat info;
    return (size_t)snprintf(path, sizeof path, "%s/manifest.json", root) < sizeof path && stat(path, &info) == 0;
}

static enum err say(struct site_check *check, const char *what, const char *path) {
    (void)snprintf(check->line, sizeof check->line, "%s: %s", path, what);
    return ERR_RANGE;
}

/* A path that stays below the folder. */
static bool is_plain(const char *path) {
    return *path && *path != '/' && !strstr(path, "..") && !strstr(path, "//") && strlen(path) < 1000;
}

static enum err check_file(struct site_check *check, const char *root, const char *path, const struct json *stated) {
    struct arena arena;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    const char *wanted = json_text(json_get(stated, "sha256"));
    int64_t size = -1;
    size_t len = 0;
    if (!is_plain(path) || !wanted || !json_int(json_get(stated, "size"), &size))
        return say(check, "the manifest's entry is out of shape", path);
    arena_init(&arena, SITE_FILE_MAX + 4096);
    char *bytes = site_read(&arena, root, path, &len);
    enum err err = bytes ? ERR_NONE : say(check, "the file is missing, or cannot be read", path);
    if (bytes) {
        crypto_sha256(bytes, len, sha256);
        text_hex(sha256, sizeof sha256, hex);
        if ((int64_t)len != size || strcmp(hex, wanted) != 0)
            err = say(check, "the file is not the one that was signed", path);
    }
    arena_release(&arena);
    return err;
}

/* data/CYCLE/vN/CYCLE-vN.json */
static bool is_result(const char *path) {
    size_t len = strlen(path);
    const char *version = strstr(path, "/v");
    return strncmp(path, "data/", 5) == 0 && len > 5 && strcmp(path + len - 5, ".json") == 0 && strstr(path, "-v") && version &&
           strchr(version + 1, '/') && !strchr(strchr(version + 1, '/') + 1, '/') && strcmp(strrchr(path, '/'), "/list.json") != 0;
}

static size_t files_found;

static int count_entry(const char *path, const struct stat *info, int type, struct FTW *ftw) {
    (void)path, (void)info, (void)ftw;
    files_found += type != FTW_D;
    return 0;
}

static enum err check_files(struct arena *arena, const char *root, const struct json *files, struct site_check *check) {
    size_t count = json_count(files);
    check->results = ARENA_ARRAY(arena, count, const char *);
    if (!check->results)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const char *path = json_key_at(files, i);
        enum err err = check_file(check, root, path, json_at(files, i));
        if (err != ERR_NONE)
            return err;
        if (is_result(path))
            check->results[check->result_count++] = path;
    }
    check->files = count;
    files_found = 0;
    if (nftw(root, count_entry, 32, FTW_PHYS) != 0 || files_found != count + 3)
        return say(check, "the folder has files that were not signed", root);
    return ERR_NONE;
}

static enum err check_all(struct arena *arena, const char *root, const char *key, size_t key_len, struct site_check *check) {
    size_t manifest_len = 0, signature_len = 0, pem_len = 0;
    char *manifest = site_read(arena, root, "manifest.json", &manifest_len);
    char *signature = site_read(arena, root, "manifest.sig", &signature_len);
    char *pem = site_read(arena, root, "public-key.pem", &pem_len);
    uint8_t raw[CRYPTO_PUBLIC_LEN] = {0}, sha256[CRYPTO_SHA256_LEN];
    if (!manifest || !signature || !pem || signature_len != CRYPTO_SIGNATURE_LEN)
        return say(check, "manifest.json, manifest.sig (64 bytes) or public-key.pem is missing", root);
    if (key && (key_len != pem_len || memcmp(key, pem, pem_len) != 0))
        return say(check, "the folder's key is not the one that was given", "public-key.pem");
    if (!crypto_sign_check(pem, pem_len, manifest, manifest_len, (const uint8_t *)signature, raw))
        return say(check, "the signature over manifest.json does not hold", "manifest.sig");
    crypto_sha256(raw, sizeof raw, sha256);
    text_hex(sha256, sizeof sha256, check->fingerprint);
    const struct json *whole = NULL;
    struct json_error error;
    if (json_read(arena, manifest, manifest_len, &whole, &error) != ERR_NONE || json_kind(json_get(whole, "files")) != JSON_OBJECT ||
        !json_text(json_get(whole, "format")) || strcmp(json_text(json_get(whole, "format")), SITE_FORMAT) != 0)
        return say(check, "no manifest of " SITE_FORMAT, "manifest.json");
    return check_files(arena, root, json_get(whole, "files"), check);
}

enum err site_check(struct arena *arena, const char *root, const char *key, size_t key_len, struct site_check *ret_check) {
    *ret_check = (struct site_check){0};
    enum err err = check_all(arena, root, key, key_len, ret_check);
    ret_check->holds = err == ERR_NONE;
    return err == ERR_RANGE ? ERR_NONE : err;
}
