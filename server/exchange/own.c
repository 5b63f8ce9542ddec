#include "own.h"

#include "khoacu/json/json.h"

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

bool own_read(struct arena *arena, const char *text, struct item *ret_item) {
    const struct json *whole = NULL;
    struct item_faults faults = {0};
    if (json_read(arena, text, strlen(text), &whole, NULL) != ERR_NONE)
        return false;
    const struct json *content = json_get(whole, "content"), *key = json_get(whole, "key"), *meta = json_get(whole, "meta");
    return content && key && meta && item_read(arena, content, key, meta, ret_item, &faults) &&
           (item_check(arena, ret_item, &faults) || !faults.grave);
}
