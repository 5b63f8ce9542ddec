#include "draft.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/media.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { FILES_MAX = 200 };

static struct item_media *find_media(struct draft *draft, const char *sha256) {
    for (size_t i = 0; i < draft->media_count; i++)
        if (strcmp(draft->media[i].sha256, sha256) == 0)
            return &draft->media[i];
    return NULL;
}

bool draft_add_file(struct draft *draft, const void *scope, const char *name, const void *bytes, size_t len) {
    uint8_t hash[CRYPTO_SHA256_LEN];
    char hex[CRYPTO_SHA256_LEN * 2 + 1];
    const char *type = media_type(bytes, len);
    if (!type || draft->media_count == FILES_MAX)
        return false;
    crypto_sha256(bytes, len, hash);
    text_hex(hash, sizeof hash, hex);
    if (!draft->media)
        draft->media = ARENA_ARRAY(draft->arena, FILES_MAX, struct item_media);
    struct draft_file *file = ARENA_NEW(draft->arena, struct draft_file);
    if (!draft->media || !file)
        return true;
    struct item_media *media = find_media(draft, hex);
    if (!media) {
        media = &draft->media[draft->media_count++];
        *media = (struct item_media){
            .sha256 = arena_strdup(draft->arena, hex), .type = type, .name = name, .bytes = bytes, .len = len};
    }
    *file = (struct draft_file){.name = name, .scope = scope, .media = media, .next = draft->files};
    draft->files = file;
    return true;
}

void draft_keep_media(struct draft *draft) {
    const char *const *names = NULL;
    size_t count = 0, kept = 0;
    if (!item_media_names(draft->arena, &draft->item, &names, &count)) {
        draft->arena->failed = true;
        return;
    }
    for (size_t i = 0; i < draft->media_count; i++)
        for (size_t k = 0; k < count; k++)
            if (strcmp(names[k], draft->media[i].sha256) == 0) {
                draft->media[kept++] = draft->media[i];
                break;
            }
    draft->media_count = kept;
}

void *draft_base64(struct arena *arena, const char *text, size_t *ret_len) {
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t *out = arena_alloc(arena, strlen(text) / 4 * 3 + 4);
    uint32_t bits = 0;
    size_t len = 0, letters = 0;
    if (!out)
        return NULL;
    for (; *text && *text != '='; text++) {
        const char *letter = strchr(LETTERS, *text);
        if (!letter && strchr(" \t\r\n", *text))
            continue;
        if (!letter)
            return NULL;
        bits = bits << 6 | (uint32_t)(letter - LETTERS);
        if (++letters % 4 == 0) {
            out[len++] = (uint8_t)(bits >> 16);
            out[len++] = (uint8_t)(bits >> 8);
            out[len++] = (uint8_t)bits;
        }
    }
    if (text[strspn(text, "= \t\r\n")] || letters % 4 == 1)
        return NULL;
    if (letters % 4 >= 2)
        out[len++] = (uint8_t)(letters % 4 == 2 ? bits >> 4 : bits >> 10);
    if (letters % 4 == 3)
        out[len++] = (uint8_t)(bits >> 2);
    *ret_len = len;
    return out;
}
