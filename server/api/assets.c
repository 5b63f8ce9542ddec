#include "assets.h"

#include "khoacu/base/embed.h"
#include "khoacu/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const struct kind {
    const char *extension, *type;
} KINDS[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".webmanifest", "application/manifest+json"},
};

struct api_assets {
    struct api_asset *list; /* in byte order of path */
    size_t count;
};

static const char *type_of(const char *path) {
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (strcmp(dot, KINDS[i].extension) == 0)
            return KINDS[i].type;
    return NULL;
}

static const struct embed_file *next_served(const struct embed_file *file) {
    const struct embed_file *next = file ? embed_next(file, "") : embed_first("");
    while (next && ((strncmp(next->path, "web/", 4) != 0 && strcmp(next->path, "server/api/openapi.json") != 0) ||
                    !type_of(next->path)))
        next = embed_next(next, "");
    return next;
}

enum err api_assets_new(struct api_assets **ret_assets) {
    size_t count = 0;
    for (const struct embed_file *f = next_served(NULL); f; f = next_served(f))
        count++;
    struct api_assets *assets = calloc(1, sizeof *assets);
    struct api_asset *list = calloc(count + 1, sizeof *list);
    if (!assets || !list) {
        free(assets);
        free(list);
        return ERR_MEMORY;
    }
    *assets = (struct api_assets){.list = list};
    for (const struct embed_file *f = next_served(NULL); f; f = next_served(f)) {
        struct api_asset *asset = &list[assets->count++];
        uint8_t sha256[CRYPTO_SHA256_LEN];
        char hex[2 * CRYPTO_SHA256_LEN + 1];
        crypto_sha256(f->bytes, f->len, sha256);
        text_hex(sha256, sizeof sha256, hex);
        *asset = (struct api_asset){.file = f, .type = type_of(f->path)};
        (void)snprintf(asset->tag, sizeof asset->tag, "\"%.16s\"", hex);
    }
    *ret_assets = assets;
    return ERR_NONE;
}

void api_assets_free(struct api_assets *assets) {
    if (assets)
        free(assets->list);
    free(assets);
}

static int by_path(const void *key, const void *element) {
    return strcmp(key, ((const struct api_asset *)element)->file->path);
}

const struct api_asset *api_asset_find(const struct api_assets *assets, const char *path) {
    return bsearch(path, assets->list, assets->count, sizeof *assets->list, by_path);
}

void api_asset_send(const struct api_asset *asset, const struct http_request *request, struct http_reply *reply) {
    http_reply_header(reply, "ETag", asset->tag);
    http_reply_header(reply, "Cache-Control", "no-cache");
    const char *known = http_header(request, "If-None-Match");
    if (known && (strstr(known, asset->tag) || strcmp(known, "*") == 0)) {
        reply->status = 304;
        reply->type = asset->type; /* decides the policy, which replaces that of the copy the browser has */
        return;
    }
    reply->status = 200;
    reply->type = asset->type;
    reply->fixed = asset->file->bytes;
    reply->fixed_len = asset->file->len;
}
