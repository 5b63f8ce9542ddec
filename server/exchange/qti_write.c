#include "own.h"
#include "qti.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct state {
    struct zipfile_writer *zip;
    struct buf item;
    FILE *resources; /* what the manifest says of the items, until all are there */
    size_t resources_len;
    char (*media)[65]; /* written so far, sorted */
    size_t media_count, media_size;
};

struct media_list {
    const struct item_media *list;
    size_t count;
};

static const char *media_address(void *ctx, struct arena *arena, const char *sha256) {
    const struct media_list *media = ctx;
    for (size_t i = 0; i < media->count; i++)
        if (strcmp(media->list[i].sha256, sha256) == 0) {
            const char *file = qti_media_file(arena, sha256, media->list[i].type);
            return file ? arena_printf(arena, "../%s", file) : NULL;
        }
    return NULL;
}

static enum err open_writer(struct exchange_writer *writer) {
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return ERR_MEMORY;
    writer->state = state;
    buf_init(&state->item, EXCHANGE_ITEM_BYTES_MAX);
    state->resources = tmpfile();
    FILE *file = state->resources ? exchange_create(writer->path) : NULL;
    if (!file)
        return ERR_IO;
    enum err err = zipfile_writer_new(file, &state->zip);
    if (err != ERR_NONE)
        (void)fclose(file);
    return err;
}

/* ---- media, each once ---- */

static bool find_media(const struct state *state, const char *sha256, size_t *ret_at) {
    size_t low = 0, high = state->media_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(sha256, state->media[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *ret_at = low;
    return false;
}

static enum err add_media(struct exchange_writer *writer, const struct item_media *media) {
    struct state *state = writer->state;
    const char *file = qti_media_file(&writer->arena, media->sha256, media->type);
    size_t at = 0;
    if (!file || strlen(media->sha256) != 64 || find_media(state, media->sha256, &at))
        return ERR_NONE;
    if (state->media_count == state->media_size) {
        size_t size = state->media_size ? state->media_size * 2 : 64;
        char(*list)[65] = realloc(state->media, size * sizeof *list);
        if (!list)
            return ERR_MEMORY;
        state->media = list;
        state->media_size = size;
    }
    memmove(state->media + at + 1, state->media + at, (state->media_count - at) * sizeof *state->media);
    memcpy(state->media[at], media->sha256, 65);
    state->media_count++;
    return zipfile_writer_add(state->zip, file, media->bytes, media->len);
}

/* ---- items ---- */

static void put_resource(struct exchange_writer *writer, const char *file, const struct item *item, const struct media_list *media, struct buf *out) {
    bool three = writer->format == EXCHANGE_QTI30;
    buf_addf(out, "<resource identifier=\"item-%zu\" type=\"%s\"", writer->count + 1, three ? "imsqti_item_xmlv3p0" : "imsqti_item_xmlv2p1");
    xml_put_attr(out, "href", file);
    buf_adds(out, "><metadata><item xmlns=\"" QTI_OWN_NS "\">");
    struct buf own;
    buf_init(&own, EXCHANGE_ITEM_BYTES_MAX);
    own_put_stable(&writer->arena, &own, item);
    buf_addc(&own, '\0');
    if (own.failed)
        out->failed = true;
    else
        xml_put_text(out, own.data);
    buf_release(&own);
    buf_adds(out, "</item></metadata><file");
    xml_put_attr(out, "href", file);
    buf_adds(out, "/>");
    for (size_t i = 0; i < media->count; i++) {
        const char *name = qti_media_file(&writer->arena, media->list[i].sha256, media->list[i].type);
        if (name) {
            buf_adds(out, "<file");
            xml_put_attr(out, "href", name);
            buf_adds(out, "/>");
        }
    }
    buf_adds(out, "</resource>\n");
}

static enum err add_resource(struct exchange_writer *writer, const char *file, const struct item *item, const struct media_list *media) {
    struct state *state = writer->state;
    buf_reset(&state->item);
    put_resource(writer, file, item, media, &state->item);
    if (state->item.failed || writer->arena.failed)
        return ERR_MEMORY;
    /* The manifest is one entry, and is to be read again. */
    if (state->resources_len + state->item.len > ZIPFILE_ENTRY_MAX - 4096)
        return ERR_LIMIT;
    state->resources_len += state->item.len;
    return fwrite(state->item.data, 1, state->item.len, state->resources) == state->item.len ? ERR_NONE : ERR_IO;
}

static enum err add_item(struct exchange_writer *writer, const struct item *item, const struct item_media *list, size_t count) {
    struct state *state = writer->state;
    struct media_list media = {.list = list, .count = count};
    const char *file = arena_printf(&writer->arena, "items/item-%05zu.xml", writer->count + 1);
    struct qti_put put = {.arena = &writer->arena,
                          .out = &state->item,
                          .three = writer->format == EXCHANGE_QTI30,
                          .lang = strcmp(writer->options.lang, "en") == 0 ? "en" : "vi",
                          .media = media_address,
                          .ctx = &media};
    enum err err = ERR_NONE;
    for (size_t i = 0; i < count && err == ERR_NONE; i++)
        err = add_media(writer, &list[i]);
    buf_reset(&state->item);
    if (err == ERR_NONE && (!file || !qti_put_item(&put, item)))
        err = ERR_MEMORY;
    if (err == ERR_NONE)
        err = zipfile_writer_add(state->zip, file, state->item.data, state->item.len);
    return err == ERR_NONE ? add_resource(writer, file, item, &media) : err;
}

static enum err close_writer(struct exchange_writer *writer) {
    struct state *state = writer->state;
    bool three = writer->format == EXCHANGE_QTI30;
    struct buf manifest;
    buf_init(&manifest, ZIPFILE_ENTRY_MAX);
    buf_addf(&manifest, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest xmlns=\"%s\" identifier=\"khoacu\">"
                        "<metadata><schema>%s</schema><schemaversion>%s</schemaversion></metadata><organizations/><resources>\n",
             three ? "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" : "http://www.imsglobal.org/xsd/imscp_v1p1",
             three ? "QTI Package" : "QTIv2.1 Package", three ? "3.0.0" : "1.0.0");
    char *room = buf_room(&manifest, state->resources_len);
    rewind(state->resources);
    bool read = room && fread(room, 1, state->resources_len, state->resources) == state->resources_len;
    if (read)
        manifest.len += state->resources_len;
    buf_adds(&manifest, "</resources></manifest>\n");
    enum err err = !room || manifest.failed ? ERR_MEMORY : !read ? ERR_IO : zipfile_writer_add(state->zip, "imsmanifest.xml", manifest.data, manifest.len);
    buf_release(&manifest);
    return err == ERR_NONE ? zipfile_writer_close(state->zip) : err;
}

static void clear_writer(struct exchange_writer *writer) {
    struct state *state = writer->state;
    if (!state)
        return;
    zipfile_writer_free(state->zip);
    if (state->resources)
        (void)fclose(state->resources);
    buf_release(&state->item);
    free(state->media);
    free(state);
}

const struct exchange_writer_ops EXCHANGE_QTI_OPS = {.open = open_writer, .add = add_item, .close = close_writer, .clear = clear_writer};
