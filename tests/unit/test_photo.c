/* Photos: what draws the picture is kept, everything else is left out, and no bytes make it read beyond them. */
#include "unit.h"

#include "khoacu/base/random.h"
#include "khoacu/doc/photo.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct picture {
    uint8_t bytes[4096];
    size_t len;
};

static void put(struct picture *picture, const void *bytes, size_t len) {
    memcpy(picture->bytes + picture->len, bytes, len);
    picture->len += len;
}

static void put_segment(struct picture *picture, uint8_t marker, const void *body, size_t len) {
    put(picture, (const uint8_t[]){0xFF, marker, (uint8_t)((len + 2) >> 8), (uint8_t)(len + 2)}, 4);
    put(picture, body, len);
}

/* A grey picture; `camera`: with what a camera writes beside, and bytes behind the end. */
static struct picture make(int width, int height, uint8_t frame, bool camera) {
    struct picture picture = {.len = 0};
    uint8_t table[65] = {0}, dc[18] = {[1] = 1}, scan[60] = {0, 0xFF, 0, 1, 0xFF, 0xD0, 2};
    put(&picture, "\xFF\xD8", 2);
    if (camera) {
        put_segment(&picture, 0xE1, "Exif\0\0 GPS 21.0278N", 20);
        put_segment(&picture, 0xFE, "comment", 7);
    }
    put_segment(&picture, 0xDB, table, sizeof table);
    put_segment(&picture, frame, (const uint8_t[]){8, (uint8_t)(height >> 8), (uint8_t)height, (uint8_t)(width >> 8), (uint8_t)width, 1, 1, 0x11, 0}, 9);
    put_segment(&picture, 0xC4, dc, sizeof dc);
    put_segment(&picture, 0xDA, (const uint8_t[]){1, 1, 0, 0, 63, 0}, 6);
    put(&picture, scan, sizeof scan);
    put(&picture, "\xFF\xD9", 2);
    if (camera)
        put(&picture, "<script>", 8);
    return picture;
}

static enum photo_verdict judge(const struct picture *picture, struct buf *out) {
    int width, height;
    buf_init(out, PHOTO_BYTES_MAX);
    return photo_clean(picture->bytes, picture->len, out, &width, &height);
}

static void cleaned(void **state) {
    (void)state;
    struct picture plain = make(120, 160, 0xC0, false), camera = make(120, 160, 0xC0, true);
    struct buf out;
    assert_int_equal(judge(&camera, &out), PHOTO_GOOD);
    assert_int_equal(out.len, plain.len);
    assert_memory_equal(out.data, plain.bytes, plain.len);
    buf_release(&out);
    struct picture progressive = make(120, 160, 0xC2, false);
    assert_int_equal(judge(&progressive, &out), PHOTO_GOOD);
    buf_release(&out);
}

static void refused(void **state) {
    static const struct {
        int width, height;
        uint8_t frame;
        enum photo_verdict verdict;
    } CASES[] = {{59, 160, 0xC0, PHOTO_TOO_SMALL}, {60, 60, 0xC0, PHOTO_GOOD},      {2400, 2400, 0xC0, PHOTO_GOOD}, {2401, 100, 0xC0, PHOTO_TOO_LARGE},
                 {100, 65535, 0xC0, PHOTO_TOO_LARGE}, {100, 100, 0xC3, PHOTO_NOT_JPEG}, {100, 100, 0xC9, PHOTO_NOT_JPEG}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct picture picture = make(CASES[i].width, CASES[i].height, CASES[i].frame, false);
        struct buf out;
        assert_int_equal(judge(&picture, &out), CASES[i].verdict);
        assert_true(CASES[i].verdict == PHOTO_GOOD || out.len == 0);
        buf_release(&out);
    }
}

/* Cut anywhere, or one byte another: a verdict, and never a byte beyond the end (each copy is exactly as long as it is). */
static void damaged(void **state) {
    (void)state;
    struct picture whole = make(120, 160, 0xC0, true);
    struct random_stream stream;
    random_stream_init(&stream, 7);
    for (size_t i = 0; i < 20000; i++) {
        size_t len = i < whole.len ? i : whole.len;
        uint8_t *copy = malloc(len + (len == 0));
        struct buf out;
        int width, height;
        assert_non_null(copy);
        memcpy(copy, whole.bytes, len);
        if (i >= whole.len)
            copy[random_stream_next(&stream) % len] = (uint8_t)random_stream_next(&stream);
        buf_init(&out, PHOTO_BYTES_MAX);
        enum photo_verdict verdict = photo_clean(copy, len, &out, &width, &height);
        assert_true(i >= whole.len || verdict != PHOTO_GOOD || len >= whole.len - 8);
        buf_release(&out);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cleaned), cmocka_unit_test(refused), cmocka_unit_test(damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
