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

/* ---- arrays as PostgreSQL sends them itself: no escaping here, no scanning there ---- */

enum { OID_INT8 = 20, OID_TEXT = 25 }; /* pg_type.h of PostgreSQL, where they never change */

static void add_u32(struct buf *out, uint32_t number) {
    uint8_t bytes[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
    buf_add(out, bytes, sizeof bytes);
}

/* One dimension that counts from 1; none where there is no element. */
static void add_array_head(struct buf *out, bool nulls, uint32_t type, size_t count) {
    add_u32(out, count > 0);
    add_u32(out, nulls);
    add_u32(out, type);
    if (count > 0) {
        add_u32(out, (uint32_t)count);
        add_u32(out, 1);
    }
}

static void add_int_array(struct buf *out, const int64_t *numbers, size_t count) {
    add_array_head(out, false, OID_INT8, count);
    for (size_t i = 0; i < count; i++) {
        add_u32(out, sizeof *numbers);
        add_u32(out, (uint32_t)((uint64_t)numbers[i] >> 32));
        add_u32(out, (uint32_t)numbers[i]);
    }
}

static void add_text_array(struct buf *out, const char *const *texts, size_t count) {
    bool nulls = false;
    for (size_t i = 0; i < count; i++)
        nulls = nulls || !texts[i];
    add_array_head(out, nulls, OID_TEXT, count);
    for (size_t i = 0; i < count; i++) {
        size_t len = texts[i] ? strlen(texts[i]) : 0;
        add_u32(out, texts[i] ? (uint32_t)len : UINT32_MAX);
        buf_add(out, texts[i] ? texts[i] : "", len);
    }
}

static enum err encode_array(struct db_encoded *encoded, size_t i, const struct db_param *param) {
    struct buf out;
    if (param->len > ARRAY_MAX)
        return ERR_LIMIT;
    buf_init(&out, ARRAY_MAX);
    if (param->kind == DB_INT_ARRAY)
        add_int_array(&out, param->data, param->len);
    else
        add_text_array(&out, param->data, param->len);
    if (out.failed)
        buf_release(&out);
    encoded->arrays[i] = out.data;
    encoded->values[i] = out.data;
    encoded->lengths[i] = (int)out.len;
    encoded->formats[i] = 1;
    return out.data ? ERR_NONE : ERR_MEMORY;
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
        return encode_array(encoded, i, param);
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
