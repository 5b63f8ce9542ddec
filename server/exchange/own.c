#include "own.h"

#include "khoacu/doc/charset.h"
#include "khoacu/json/json.h"

#include <stdint.h>
#include <string.h>

#include "khoacu/base/banned.h"

void own_put(struct buf *out, const struct item *item) {
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_put_key(&writer, "content");
    item_put_content(&writer, item);
    json_put_key(&writer, "key");
    item_put_key(&writer, item);
    json_put_key(&writer, "meta");
    item_put_meta(&writer, item);
    json_close_object(&writer);
}

static size_t take_letter(const char *text, uint32_t *ret_code) {
    const uint8_t *bytes = (const uint8_t *)text;
    size_t len = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    uint32_t code = len == 1 ? bytes[0] : bytes[0] & (0x7fU >> len);
    for (size_t i = 1; i < len; i++)
        code = code << 6 | (bytes[i] & 0x3f);
    *ret_code = code;
    return len;
}

void own_put_stable(struct arena *arena, struct buf *out, const struct item *item) {
    struct buf json;
    buf_init(&json, out->max);
    own_put(&json, item);
    buf_addc(&json, '\0');
    if (json.failed) {
        out->failed = true;
    } else if (charset_nfc(arena, json.data) == json.data) {
        buf_adds(out, json.data);
    } else {
        uint32_t code = 0;
        for (const char *at = json.data; *at;) {
            at += take_letter(at, &code);
            if (code < 0x80)
                buf_addc(out, (char)code);
            else if (code < 0x10000)
                buf_addf(out, "\\u%04x", code);
            else
                buf_addf(out, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
        }
    }
    buf_release(&json);
}

bool own_read(struct arena *arena, const char *text, struct item *ret_item) {
    const struct json *whole = NULL;
    struct item_faults faults = {0};
    if (json_read(arena, text, strlen(text), &whole, NULL) != ERR_NONE)
        return false;
    const struct json *content = json_get(whole, "content"), *key = json_get(whole, "key"), *meta = json_get(whole, "meta");
    return content && key && meta && item_read(arena, content, key, meta, ret_item, &faults) &&
           (item_check(arena, ret_item, &faults) || !faults.grave);
}
