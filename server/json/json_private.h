/* json_private.h: how a value lies in memory. Used by: json alone. */
#ifndef KHOACU_JSON_PRIVATE_H
#define KHOACU_JSON_PRIVATE_H

#include "khoacu/json/json.h"

struct json {
    enum json_kind kind;
    uint32_t count;  /* bytes of a string; items of a container */
    const char *key; /* of a member of an object */
    union {
        int64_t number; /* JSON_INT; JSON_BOOL: 0 or 1 */
        const char *text;
        const struct json *items;
    } as;
};

/* Appends a quoted string with the escapes of RFC 8785; bytes that are not UTF-8 become U+FFFD. */
void json_quote(struct buf *out, const char *text, size_t len);

#endif
