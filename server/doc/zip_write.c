#include "khoacu/doc/zip.h"

#include "khoacu/base/buf.h"
#include "zip_name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "khoacu/base/banned.h"

/* 1 January 2000, 0:00, as DOS has it: an archive is to be the same whenever it is written. */
enum { DOS_TIME = 0, DOS_DATE = 20 << 9 | 1 << 5 | 1, VERSION = 20, UTF8_NAME = 1 << 11, STORED = 0, DEFLATED = 8 };
static const uint64_t FILE_MAX = (uint64_t)1 << 31;

struct zipfile_writer {
    FILE *file;
    struct buf central; /* the list of entries that ends the archive */
    struct buf packed;  /* of the entry at hand */
    size_t count;
    uint64_t written;
};

static void put(struct buf *out, uint64_t number, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        buf_addc(out, (char)(i < 8 ? number >> (8 * i) & 0xff : 0));
}

struct entry {
    const char *name;
    uint32_t crc, packed, size;
    unsigned method;
};

/* What stands both before the entry and in the list. */
static void put_head(struct buf *out, const struct entry *entry) {
    put(out, VERSION, 2);
    put(out, UTF8_NAME, 2);
    put(out, entry->method, 2);
    put(out, DOS_TIME, 2);
    put(out, DOS_DATE, 2);
    put(out, entry->crc, 4);
    put(out, entry->packed, 4);
    put(out, entry->size, 4);
    put(out, strlen(entry->name), 2);
    put(out, 0, 2);
}

enum err zipfile_writer_new(FILE *file, struct zipfile_writer **ret_writer) {
    struct zipfile_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return ERR_MEMORY;
    writer->file = file;
    buf_init(&writer->central, (size_t)ZIPFILE_ENTRIES_MAX * (ZIPFILE_NAME_MAX + 64));
    buf_init(&writer->packed, 2 * ZIPFILE_ENTRY_MAX);
    *ret_writer = writer;
    return ERR_NONE;
}

/* The bytes deflated behind what stands in `packed`. *ret_shorter: they took less than before. */
static enum err deflate_all(struct zipfile_writer *writer, const void *bytes, size_t len, bool *ret_shorter) {
    z_stream stream = {0};
    size_t before = writer->packed.len;
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return ERR_MEMORY;
    size_t room = deflateBound(&stream, len);
    char *out = buf_room(&writer->packed, room);
    if (!out) {
        (void)deflateEnd(&stream);
        return ERR_MEMORY;
    }
    stream.next_in = (z_const Bytef *)bytes;
    stream.avail_in = (uInt)len;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)room;
    int result = deflate(&stream, Z_FINISH);
    writer->packed.len = before + stream.total_out;
    *ret_shorter = stream.total_out < len;
    (void)deflateEnd(&stream);
    return result == Z_STREAM_END ? ERR_NONE : ERR_MEMORY;
}

static enum err put_file(struct zipfile_writer *writer, const void *bytes, size_t len) {
    writer->written += len;
    return !len || fwrite(bytes, 1, len, writer->file) == len ? ERR_NONE : ERR_IO;
}

enum err zipfile_writer_add(struct zipfile_writer *writer, const char *name, const void *bytes, size_t len) {
    struct entry entry = {.name = name, .size = (uint32_t)len, .method = DEFLATED};
    struct buf head;
    bool shorter = false;
    if (!zipfile_good_name(name))
        return ERR_STATE;
    if (len > ZIPFILE_ENTRY_MAX || writer->count == ZIPFILE_ENTRIES_MAX || writer->written + len > FILE_MAX)
        return ERR_LIMIT;
    buf_reset(&writer->packed);
    enum err err = deflate_all(writer, bytes, len, &shorter);
    if (err != ERR_NONE)
        return err;
    /* What would be taken for a bomb is stored as it is, like what does not get shorter. */
    if (!shorter || (len > ZIPFILE_SMALL && len / ZIPFILE_RATIO_MAX >= writer->packed.len))
        entry.method = STORED;
    entry.packed = entry.method == STORED ? entry.size : (uint32_t)writer->packed.len;
    entry.crc = (uint32_t)crc32(0, bytes, (uInt)len);
    put(&writer->central, 0x02014b50, 4);
    put(&writer->central, VERSION, 2);
    put_head(&writer->central, &entry);
    put(&writer->central, 0, 2 + 2 + 2 + 4);
    put(&writer->central, writer->written, 4);
    buf_adds(&writer->central, name);
    buf_init(&head, 64 + ZIPFILE_NAME_MAX);
    put(&head, 0x04034b50, 4);
    put_head(&head, &entry);
    buf_adds(&head, name);
    err = head.failed || writer->central.failed ? ERR_MEMORY : put_file(writer, head.data, head.len);
    buf_release(&head);
    if (err == ERR_NONE)
        err = put_file(writer, entry.method == STORED ? bytes : writer->packed.data, entry.packed);
    writer->count += err == ERR_NONE;
    return err;
}

enum err zipfile_writer_close(struct zipfile_writer *writer) {
    uint64_t start = writer->written;
    size_t len = writer->central.len;
    put(&writer->central, 0x06054b50, 4);
    put(&writer->central, 0, 4);
    put(&writer->central, writer->count, 2);
    put(&writer->central, writer->count, 2);
    put(&writer->central, len, 4);
    put(&writer->central, start, 4);
    put(&writer->central, 0, 2);
    if (writer->central.failed)
        return ERR_MEMORY;
    enum err err = put_file(writer, writer->central.data, writer->central.len);
    return err == ERR_NONE && fflush(writer->file) != 0 ? ERR_IO : err;
}

void zipfile_writer_free(struct zipfile_writer *writer) {
    if (!writer)
        return;
    (void)fclose(writer->file);
    buf_release(&writer->central);
    buf_release(&writer->packed);
    free(writer);
}
