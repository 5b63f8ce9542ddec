#include "banks.h"
#include "cycles.h"
#include "handlers.h"

#include "khoacu/bank/bank_exchange.h"
#include "khoacu/base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define EXPORT_ARENA_MAX ((size_t)512 << 20)

/* The file's bytes into the reply. ERR_LIMIT: more than a reply may hold. */
static enum err take_file(const char *path, struct buf *out) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    char bytes[65536];
    size_t len;
    if (!file)
        return ERR_IO;
    while ((len = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(out, bytes, len);
    return ferror(file) ? ERR_IO : (out->failed ? ERR_LIMIT : ERR_NONE);
}

static void answer(struct api *api, struct http_request *request, struct http_reply *reply, enum err err, enum bank_verdict verdict,
                   enum exchange_format format, const char *bank) {
    const char *name = arena_printf(request->arena, "%s%s", bank, exchange_format_suffix(format));
    if (err == ERR_LIMIT) {
        buf_reset(&reply->body);
        api_problem(reply, request, 413, "export-too-large", "The bank is too large for the screen; `khoacu bank export` writes it");
    } else if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (api_bank_done(reply, request, verdict))
        api_attachment(reply, request, exchange_format_type(format), name ? name : "bank");
}

void api_bank_export_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *bank = request->params[0], *key = "";
    enum exchange_format format = EXCHANGE_AUTO;
    struct bank_desk desk;
    enum bank_verdict verdict = BANK_UNKNOWN;
    size_t count = 0;
    char path[] = "/tmp/khoacu-export-XXXXXX";
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, EXPORT_ARENA_MAX);
    if (!api_query_text(request, reply, "format", 20, &key))
        return;
    if (!exchange_format_find(key, &format) || !exchange_format_writable(format)) {
        api_invalid_field(reply, request, "format", "unknown-value");
        return;
    }
    if (!api_desk_in(api, request, reply, &arena, &desk))
        return;
    int fd = mkstemp(path); /* readable by this process alone, and gone before the answer is */
    if (fd < 0) {
        api_failure(api, reply, request, ERR_IO);
        return;
    }
    (void)close(fd);
    buf_reset(&reply->body);
    enum err err = bank_exchange_export(&desk, bank, format, path, NULL, &verdict, &count);
    if (err == ERR_NONE && verdict == BANK_DONE)
        err = take_file(path, &reply->body);
    (void)unlink(path);
    answer(api, request, reply, err, verdict, format, bank);
}
