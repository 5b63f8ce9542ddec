#include "db_private.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define ARRAY_MAX ((size_t)256 * 1024 * 1024)

/* RFC 3339 with microseconds, from the text that has milliseconds. */
static void format_time_us(int64_t us, char out[32]) {
    char ms[25];
    text_format_time(us, ms);
    int rest = (int)((us % 1000 + 1000) % 1000);
    (void)snprintf(out, 32, "%.23s%03uZ", ms, (unsigned)rest % 1000u);
}

static char *int_array(const int64_t *numbers, size_t count) {
    struct buf out;
    buf_init(&out, ARRAY_MAX);
    buf_addc(&out, '{');
    for (size_t i = 0; i < count; i++)
        buf_addf(&out, i ? ",%" PRId64 : "%" PRId64, numbers[i]);
    buf_addc(&out, '}');
    if (out.failed)
        buf_release(&out);
    return out.data;
}

static char *text_array(const char *const *texts, size_t count) {
    struct buf out;
    buf_init(&out, ARRAY_MAX);
    buf_addc(&out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_addc(&out, ',');
        if (!texts[i]) {
            buf_adds(&out, "NULL");
            continue;
        }
        buf_addc(&out, '"');
        for (const char *c = texts[i]; *c; c++) {
            if (*c == '"' || *c == '\\')
                buf_addc(&out, '\\');
            buf_addc(&out, *c);
        }
        buf_addc(&out, '"');
    }
    buf_addc(&out, '}');
    if (out.failed)
        buf_release(&out);
    return out.data;
}

static enum err encode_one(struct db_encoded *encoded, size_t i, const struct db_param *param) {
    char *small = encoded->small[i];
    switch (param->kind) {
    case DB_NULL:
        return ERR_NONE;
    case DB_INT:
        (void)snprintf(small, sizeof(encoded->small[i]), "%" PRId64, param->number);
        break;
    case DB_BOOL:
        (void)snprintf(small, sizeof(encoded->small[i]), "%c", param->number ? 't' : 'f');
        break;
    case DB_TIME:
        if (param->number == 0)
            return ERR_NONE;
        format_time_us(param->number, small);
        break;
    case DB_HUNDREDTHS:
        text_format_hundredths(param->number, small);
        break;
    case DB_TEXT:
        encoded->values[i] = param->data;
        return ERR_NONE;
    case DB_BYTES:
        if (param->len > INT_MAX)
            return ERR_LIMIT;
        encoded->values[i] = param->data;
        encoded->lengths[i] = (int)param->len;
        encoded->formats[i] = 1;
        return ERR_NONE;
    case DB_INT_ARRAY:
    case DB_TEXT_ARRAY:
        encoded->arrays[i] = param->kind == DB_INT_ARRAY ? int_array(param->data, param->len) : text_array(param->data, param->len);
        encoded->values[i] = encoded->arrays[i];
        return encoded->arrays[i] ? ERR_NONE : ERR_MEMORY;
    }
    encoded->values[i] = small;
    return ERR_NONE;
}

enum err db_encode(struct db_encoded *encoded, const struct db_param *params, size_t count) {
    assert(count <= DB_PARAMS_MAX);
    memset(encoded->values, 0, sizeof(encoded->values));
    memset(encoded->lengths, 0, sizeof(encoded->lengths));
    memset(encoded->formats, 0, sizeof(encoded->formats));
    memset(encoded->arrays, 0, sizeof(encoded->arrays));
    encoded->count = count;
    enum err err = ERR_NONE;
    for (size_t i = 0; i < count && err == ERR_NONE; i++)
        err = encode_one(encoded, i, &params[i]);
    return err;
}

void db_encoded_release(struct db_encoded *encoded) {
    for (size_t i = 0; i < encoded->count; i++)
        free(encoded->arrays[i]);
}
