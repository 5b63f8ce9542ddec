#include "khoacu/doc/gzip.h"

#include <stdint.h>
#include <zlib.h>

#include "khoacu/base/banned.h"

#define INPUT_MAX ((size_t)1 << 30)
#define WINDOW_GZIP (15 + 16) /* zlib's way to ask for gzip's frame */

enum err gzip_write(const void *bytes, size_t len, struct buf *out) {
    z_stream stream = {0};
    if (len > INPUT_MAX)
        return ERR_LIMIT;
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_GZIP, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return ERR_MEMORY;
    size_t most = deflateBound(&stream, (uLong)len);
    char *room = buf_room(out, most);
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)len;
    stream.next_out = (Bytef *)room;
    stream.avail_out = (uInt)most;
    int done = room ? deflate(&stream, Z_FINISH) : Z_MEM_ERROR;
    if (done == Z_STREAM_END)
        out->len += stream.total_out;
    (void)deflateEnd(&stream);
    return done == Z_STREAM_END ? ERR_NONE : ERR_LIMIT;
}
