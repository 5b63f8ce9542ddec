#include "json_private.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Largest integer that every implementation of RFC 8785 writes alike (2^53 - 1). */
#define EXACT_MAX INT64_C(9007199254740991)

static enum err canonical(struct json_writer *writer, const struct json *value);

/* Orders keys by UTF-16 code units. UTF-8 orders by code points; the two differ only where a
 * character beyond U+FFFF, whose first unit is a surrogate (D800..DBFF), meets U+E000..U+FFFF. */
static int compare_members(const void *a, const void *b) {
    const struct json *const *left = a, *const *right = b;
    const unsigned char *l = (const unsigned char *)(*left)->key, *r = (const unsigned char *)(*right)->key;
    while (*l && *l == *r) {
        l++;
        r++;
    }
    if (*l >= 0xee && *r >= 0xee && (*l >= 0xf0) != (*r >= 0xf0))
        return *l >= 0xf0 ? -1 : 1;
    return *l - *r;
}

static enum err canonical_object(struct json_writer *writer, const struct json *object) {
    const struct json **members = malloc((object->count + 1) * sizeof(*members));
    if (!members)
        return ERR_MEMORY;
    for (size_t i = 0; i < object->count; i++)
        members[i] = &object->as.items[i];
    qsort(members, object->count, sizeof(*members), compare_members);
    enum err err = ERR_NONE;
    json_open_object(writer);
    for (size_t i = 0; i < object->count && err == ERR_NONE; i++) {
        json_put_key(writer, members[i]->key);
        err = canonical(writer, members[i]);
    }
    json_close_object(writer);
    free(members);
    return err;
}

static enum err canonical(struct json_writer *writer, const struct json *value) {
    enum err err = ERR_NONE;
    switch (json_kind(value)) {
    case JSON_OBJECT:
        return canonical_object(writer, value);
    case JSON_ARRAY:
        json_open_array(writer);
        for (size_t i = 0; i < value->count && err == ERR_NONE; i++)
            err = canonical(writer, &value->as.items[i]);
        json_close_array(writer);
        return err;
    case JSON_INT:
        if (value->as.number > EXACT_MAX || value->as.number < -EXACT_MAX)
            return ERR_RANGE;
        json_put_value(writer, value);
        return ERR_NONE;
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_STRING:
        json_put_value(writer, value);
        return ERR_NONE;
    }
    return ERR_NONE;
}

enum err json_canonical(const struct json *value, struct buf *out) {
    struct json_writer writer;
    json_writer_init(&writer, out);
    enum err err = canonical(&writer, value);
    return err == ERR_NONE && out->failed ? ERR_LIMIT : err;
}
