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
 * "item.body.vi", "item.points", "meta.topic"; those that a draft may have are none. `external_id` stays. False: there
 * are faults. */
struct api_item {
    struct bank_meta meta;
    struct bank_text text;
};
/* What cleaning changed in the texts of an item that was read. */
struct api_item_note {
    const char *path, *code, *detail;
};
struct api_item_notes {
    struct api_item_note *list;
    size_t count;
};
#define API_ITEM_NOTES_MAX 200
/* The document itself, without meta data: read, cleaned and checked. False: no memory. */
struct item;
struct item_faults;
bool api_read_document(struct arena *arena, const struct json *content, const struct json *key, struct item *ret_item,
                       struct item_faults *ret_faults, struct api_item_notes *ret_notes);
/* One of its JSON objects as text. NULL: longer than the bank takes. */
const char *api_item_text(struct arena *arena, const struct item *item, bool key, size_t *ret_len);
bool api_read_item(struct arena *arena, const struct json *content, const struct json *key, const struct json *meta,
                   struct json_misfits *misfits, struct api_item *ret_item);

#endif
