/* A document that is read without a fault is written canonically: read again it is the same bytes. */
#include "khoacu/item/item.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *write_item(struct arena *arena, const struct item *item, void (*put)(struct json_writer *, const struct item *)) {
    struct buf out;
    struct json_writer writer;
    buf_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    put(&writer, item);
    const char *text = out.failed ? NULL : arena_strndup(arena, out.data, out.len);
    buf_release(&out);
    return text;
}

/* {"content":…,"key":…,"meta":…} */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct item item, again;
    const struct json *value = NULL, *content = NULL, *key = NULL;
    struct item_faults faults = {0}, more = {0};
    arena_init(&arena, (size_t)1 << 26);
    if (json_read(&arena, (const char *)data, size, &value, NULL) == ERR_NONE && json_kind(value) == JSON_OBJECT &&
        item_read(&arena, json_get(value, "content"), json_get(value, "key"), json_get(value, "meta"), &item, &faults)) {
        (void)item_check(&arena, &item, &faults);
        (void)item_plain(&arena, &item, "vi");
        const char *first = write_item(&arena, &item, item_put_content), *first_key = write_item(&arena, &item, item_put_key);
        if (faults.count == 0 && first && first_key && json_get(value, "content") && json_get(value, "key")) {
            if (json_read(&arena, first, strlen(first), &content, NULL) != ERR_NONE || json_read(&arena, first_key, strlen(first_key), &key, NULL) != ERR_NONE ||
                !item_read(&arena, content, key, NULL, &again, &more))
                abort();
            const char *second = write_item(&arena, &again, item_put_content), *second_key = write_item(&arena, &again, item_put_key);
            if (second && second_key && (strcmp(first, second) != 0 || strcmp(first_key, second_key) != 0))
                abort();
        }
    }
    arena_release(&arena);
    return 0;
}
