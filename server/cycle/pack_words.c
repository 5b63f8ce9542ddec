#include "khoacu/cycle/pack.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/embed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define VALUE_SHOWN_MAX 80

/* The element of a list by its place, or by its code; NULL: there is none. */
static const struct json *element(const struct json *list, const char *name, size_t len) {
    bool number = len > 0 && strspn(name, "0123456789") >= len;
    unsigned long index = number ? strtoul(name, NULL, 10) : 0;
    if (number)
        return index < json_count(list) ? json_at(list, index) : NULL;
    for (size_t i = 0; i < json_count(list); i++) {
        const char *code = json_text(json_get(json_at(list, i), "code"));
        if (code && strlen(code) == len && memcmp(code, name, len) == 0)
            return json_at(list, i);
    }
    return NULL;
}

/* "a.b[2].c", "gates[PASS].value" from the root; NULL: nothing stands there. */
static const struct json *walk(const struct json *at, const char *path) {
    char name[RANK_CODE_SIZE * 2];
    while (at && *path) {
        size_t len = strcspn(path, ".[");
        if (*path == '[') {
            len = strcspn(path, "]");
            if (path[len] != ']')
                return NULL;
            at = element(at, path + 1, len - 1);
            path += len + 1;
        } else if (len > 0 && len < sizeof name) {
            memcpy(name, path, len);
            name[len] = '\0';
            at = json_get(at, name);
            path += len;
        } else {
            return NULL;
        }
        path += *path == '.';
    }
    return at;
}

const char *cycle_pack_value(struct arena *arena, const char *text, size_t len, const char *path) {
    const struct json *pack = NULL;
    struct buf out CLEANUP(buf_release);
    buf_init(&out, CYCLE_PACK_TEXT_MAX);
    const struct json *value = json_read(arena, text, len, &pack, NULL) == ERR_NONE ? walk(pack, path) : NULL;
    const struct json *stages = json_get(pack, "stages"); /* parts, gates and cuts are named without their stage */
    for (size_t i = 0; !value && i < json_count(stages); i++)
        value = walk(json_at(stages, i), path);
    if (!value || json_canonical(value, &out) != ERR_NONE)
        return NULL;
    size_t shown = out.len < VALUE_SHOWN_MAX ? out.len : VALUE_SHOWN_MAX;
    while (shown > 0 && shown < out.len && ((unsigned char)out.data[shown] & 0xC0) == 0x80)
        shown--;
    return arena_printf(arena, "%.*s%s", (int)shown, out.data, shown < out.len ? "…" : "");
}

const char *cycle_misfit_words(struct arena *arena, const char *reason, const char *lang) {
    char path[64];
    const struct json *catalogue = NULL;
    (void)snprintf(path, sizeof path, "web/staff/i18n/%s.json", lang);
    const struct embed_file *file = embed_find(path);
    if (!file || json_read(arena, (const char *)file->bytes, file->len, &catalogue, NULL) != ERR_NONE)
        return reason;
    const char *key = arena_printf(arena, "misfit.%s", reason);
    const char *text = key ? json_text(json_get(catalogue, key)) : NULL;
    return text ? text : reason;
}
