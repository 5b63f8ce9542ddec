/* items.h: an item as the interface writes and reads it: content, key and meta data.
 *
 * Used by: item_post, item_version_post, item_get, item_preview_post.
 */
#ifndef KHOACU_SERVER_API_ITEMS_H
#define KHOACU_SERVER_API_ITEMS_H

#include "banks.h"

/* {subject, topic, level, facility, seconds, source, source_expires_on, tags, enemies} as a value. */
void api_put_meta(struct json_writer *writer, const struct bank_meta *meta, const char *source);

/* Reads content, key and meta data into what the bank keeps: checked, cleaned, canonical. Faults are added as
 * "content.body.vi", "key.points", "meta.topic". `external_id` stays. False: there are faults. */
struct api_item {
    struct bank_meta meta;
    struct bank_text text;
};
bool api_read_item(struct arena *arena, const struct json *content, const struct json *key, const struct json *meta,
                   struct json_misfits *misfits, struct api_item *ret_item);

#endif
