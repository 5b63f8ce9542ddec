#include "khoacu/doc/photo.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { SOF0 = 0xC0, SOF2 = 0xC2, DHT = 0xC4, SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, DQT = 0xDB, DRI = 0xDD, SCANS_MAX = 64 };

struct walk {
    const uint8_t *bytes;
    size_t len, at;
    struct buf *out;
    int width, height, components, scans;
};

const char *photo_verdict_key(enum photo_verdict verdict) {
    static const char *const keys[] = {[PHOTO_GOOD] = "good", [PHOTO_NOT_JPEG] = "not-jpeg", [PHOTO_BROKEN] = "broken", [PHOTO_TOO_LARGE] = "too-large", [PHOTO_TOO_SMALL] = "too-small"};
    return keys[verdict];
}

static int number(const uint8_t *at) {
    return at[0] << 8 | at[1];
}

/* The one frame header: 8 bits, sizes, components. */
static enum photo_verdict read_frame(struct walk *walk, const uint8_t *body, size_t len) {
    if (walk->components != 0 || len < 6 || body[0] != 8 || (body[5] != 1 && body[5] != 3) || len != 6 + 3u * body[5])
        return PHOTO_BROKEN;
    walk->height = number(body + 1);
    walk->width = number(body + 3);
    walk->components = body[5];
    if (walk->width > PHOTO_SIDE_MAX || walk->height > PHOTO_SIDE_MAX)
        return PHOTO_TOO_LARGE;
    return walk->width < PHOTO_SIDE_MIN || walk->height < PHOTO_SIDE_MIN ? PHOTO_TOO_SMALL : PHOTO_GOOD;
}

/* Compressed data goes on until a marker that is neither a stuffed byte nor a restart. */
static size_t scan_end(const struct walk *walk, size_t at) {
    while (at + 1 < walk->len) {
        const uint8_t *mark = memchr(walk->bytes + at, 0xFF, walk->len - at - 1);
        if (!mark)
            return walk->len;
        at = (size_t)(mark - walk->bytes);
        if (mark[1] != 0 && (mark[1] < 0xD0 || mark[1] > 0xD7))
            return at;
        at += 2;
    }
    return walk->len;
}

static bool draws(uint8_t marker) {
    return marker == DHT || marker == DQT || marker == DRI || marker == SOS || (marker >= SOF0 && marker <= SOF2);
}

/* One segment with its marker. */
static enum photo_verdict step(struct walk *walk, uint8_t marker) {
    size_t left = walk->len - walk->at;
    if (left < 4 || number(walk->bytes + walk->at + 2) < 2 || (size_t)number(walk->bytes + walk->at + 2) + 2 > left)
        return PHOTO_BROKEN;
    size_t len = (size_t)number(walk->bytes + walk->at + 2) + 2, end = walk->at + len;
    const uint8_t *body = walk->bytes + walk->at + 4;
    enum photo_verdict verdict = PHOTO_GOOD;
    if (marker >= SOF0 && marker <= SOF2)
        verdict = read_frame(walk, body, len - 4);
    else if (marker >= 0xC3 && marker <= 0xCF && marker != DHT)
        return PHOTO_NOT_JPEG; /* of a kind that browsers do not show */
    if (marker == SOS) {
        if (walk->components == 0 || len < 8 || body[0] < 1 || body[0] > walk->components || ++walk->scans > SCANS_MAX)
            return PHOTO_BROKEN;
        end = scan_end(walk, end);
    }
    if (verdict == PHOTO_GOOD && draws(marker))
        buf_add(walk->out, walk->bytes + walk->at, end - walk->at);
    walk->at = end;
    return verdict;
}

static enum photo_verdict clean(struct walk *walk) {
    buf_add(walk->out, "\xFF\xD8", 2);
    walk->at = 2;
    while (walk->at + 1 < walk->len) {
        uint8_t marker = walk->bytes[walk->at + 1];
        if (walk->bytes[walk->at] != 0xFF)
            return PHOTO_BROKEN;
        if (marker == 0xFF) {
            walk->at++;
            continue;
        }
        if (marker == EOI) {
            buf_add(walk->out, "\xFF\xD9", 2);
            return walk->scans > 0 ? PHOTO_GOOD : PHOTO_BROKEN;
        }
        enum photo_verdict verdict = step(walk, marker);
        if (verdict != PHOTO_GOOD)
            return verdict;
    }
    return PHOTO_BROKEN;
}

enum photo_verdict photo_clean(const void *bytes, size_t len, struct buf *out, int *ret_width, int *ret_height) {
    struct walk walk = {.bytes = bytes, .len = len, .out = out};
    size_t before = out->len;
    if (len < 4 || memcmp(bytes, "\xFF\xD8\xFF", 3) != 0)
        return PHOTO_NOT_JPEG;
    enum photo_verdict verdict = len > PHOTO_BYTES_MAX ? PHOTO_TOO_LARGE : clean(&walk);
    if (verdict == PHOTO_GOOD && out->failed)
        verdict = PHOTO_TOO_LARGE;
    if (verdict != PHOTO_GOOD)
        out->len = before;
    *ret_width = walk.width;
    *ret_height = walk.height;
    return verdict;
}
