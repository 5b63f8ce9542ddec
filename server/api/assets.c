#include "assets.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/embed.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/gzip.h"

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

#define SHELL_WORKER "web/candidate/shell.worker.js"
#define SHELL_TEXT_MAX ((size_t)256 << 10)

struct api_assets {
    struct api_asset *list; /* in byte order of path */
    size_t count;
    struct buf shell; /* SHELL_WORKER as it is served */
    struct embed_file shell_file;
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

static void tag(struct api_asset *asset) {
    const struct embed_file *file = asset->file;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    crypto_sha256(file->bytes, file->len, sha256);
    text_hex(sha256, sizeof sha256, hex);
    (void)snprintf(asset->tag, sizeof asset->tag, "\"%.16s\"", hex);
    (void)snprintf(asset->packed_tag, sizeof asset->packed_tag, "\"%.16s-gz\"", hex);
}

/* Once for all requests: what is served never changes. Without memory for it a file goes as it is. */
static void pack(struct api_asset *asset) {
    const struct embed_file *file = asset->file;
    buf_init(&asset->packed, file->len + file->len / 4 + 4096); /* as much as zlib may ask for */
    if (gzip_write(file->bytes, file->len, &asset->packed) != ERR_NONE || asset->packed.len > file->len - file->len / 10)
        buf_release(&asset->packed);
}

static bool of_shell(const char *path) {
    const char *type = type_of(path);
    return (strncmp(path, "web/candidate/", 14) == 0 || strncmp(path, "web/shared/", 11) == 0) && strcmp(path, SHELL_WORKER) != 0 &&
           !strstr(type, "image/png") && !strstr(type, "image/webp");
}

/* The worker with VERSION and FILES before it: the script changes when any of them does, and with it the browser's cache. */
static enum err make_shell(struct api_assets *assets) {
    struct api_asset *worker = NULL;
    struct crypto_sha256 *all = crypto_sha256_new();
    struct buf files;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char version[2 * CRYPTO_SHA256_LEN + 1];
    if (!all)
        return ERR_MEMORY;
    buf_init(&files, SHELL_TEXT_MAX);
    buf_init(&assets->shell, SHELL_TEXT_MAX);
    for (size_t i = 0; i < assets->count; i++) {
        struct api_asset *asset = &assets->list[i];
        const char *path = asset->file->path;
        if (strcmp(path, SHELL_WORKER) == 0)
            worker = asset;
        if (!of_shell(path))
            continue;
        crypto_sha256_add(all, asset->tag, strlen(asset->tag));
        if (strcmp(path, "web/candidate/index.html") == 0)
            buf_addf(&files, "\"/thi/\", ");
        else
            buf_addf(&files, "\"/assets/%s\", ", path + strlen("web/"));
    }
    crypto_sha256_finish(all, sha256);
    text_hex(sha256, sizeof sha256, version);
    buf_addf(&assets->shell, "const VERSION = \"%.16s\", FILES = [%s];\n", version, files.data);
    if (worker) {
        buf_add(&assets->shell, worker->file->bytes, worker->file->len);
        assets->shell_file = (struct embed_file){.path = worker->file->path, .bytes = (const unsigned char *)assets->shell.data, .len = assets->shell.len};
        worker->file = &assets->shell_file;
        tag(worker);
    }
    bool failed = files.failed || assets->shell.failed;
    buf_release(&files);
    return failed ? ERR_MEMORY : ERR_NONE;
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
        *asset = (struct api_asset){.file = f, .type = type_of(f->path)};
        tag(asset);
    }
    enum err err = make_shell(assets);
    if (err != ERR_NONE) {
        api_assets_free(assets);
        return err;
    }
    for (size_t i = 0; i < assets->count; i++)
        pack(&list[i]);
    *ret_assets = assets;
    return ERR_NONE;
}

void api_assets_free(struct api_assets *assets) {
    if (!assets)
        return;
    for (size_t i = 0; i < assets->count; i++)
        buf_release(&assets->list[i].packed);
    buf_release(&assets->shell);
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
    const char *known = http_header(request, "If-None-Match");
    bool packed = asset->packed.len > 0 && http_takes_gzip(request);
    const char *entity_tag = packed ? asset->packed_tag : asset->tag;
    http_reply_header(reply, "ETag", entity_tag);
    http_reply_header(reply, "Cache-Control", "no-cache");
    if (asset->packed.len > 0)
        http_reply_header(reply, "Vary", "Accept-Encoding");
    reply->type = asset->type; /* decides the policy, also of a 304, which replaces that of the copy the browser has */
    if (known && (strstr(known, entity_tag) || strcmp(known, "*") == 0)) {
        reply->status = 304;
        return;
    }
    if (packed)
        http_reply_header(reply, "Content-Encoding", "gzip");
    reply->status = 200;
    reply->fixed = packed ? (const unsigned char *)asset->packed.data : asset->file->bytes;
    reply->fixed_len = packed ? asset->packed.len : asset->file->len;
}
