#include "exchange_field.h"

#include <time.h>

#include "khoacu/base/banned.h"

static const enum exchange_format FORMATS[] = {EXCHANGE_QTI21, EXCHANGE_QTI30};

/* ---- what we wrote comes back ---- */

struct writing {
    struct exchange_writer *writer;
    struct buf expected; /* canonical JSON of the items, a line each */
    size_t count, copies;
};

static void add(void *ctx, const struct item *item, const char *json) {
    struct writing *writing = ctx;
    /* The longest ones would fill the manifest. */
    for (size_t i = 0; i < (strlen(json) < 20000 ? writing->copies : 1); i++) {
        if (exchange_writer_add(writing->writer, item, NULL, 0) != ERR_NONE)
            fail_msg("not written: %.200s", json);
        buf_adds(&writing->expected, json);
        buf_addc(&writing->expected, '\n');
        writing->count++;
    }
}

static void new_path(char *path) {
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
}

static char *write_all(enum exchange_format format, const char *lang, size_t copies, struct writing *writing, size_t *ret_len) {
    char path[] = "build/test/exchange-XXXXXX";
    struct exchange_options options = {.lang = lang};
    new_path(path);
    *writing = (struct writing){.copies = copies};
    buf_init(&writing->expected, FIELD_CAP);
    assert_int_equal(exchange_writer_new(format, path, &options, &writing->writer), ERR_NONE);
    field_each(add, writing);
    assert_int_equal(exchange_writer_close(writing->writer), ERR_NONE);
    exchange_writer_free(writing->writer);
    char *bytes = field_load(path, ret_len);
    assert_non_null(bytes);
    assert_int_equal(unlink(path), 0);
    return bytes;
}

static void compare(const struct writing *writing, const struct field_sink *sink, const char *key) {
    const char *wanted = writing->expected.data, *got = sink->lines.data;
    assert_non_null(got);
    for (size_t i = 0; i < writing->count; i++) {
        const char *item = strstr(got, "} {"), *end = strchr(got, '\n'), *wanted_end = strchr(wanted, '\n');
        if (!item || item > end)
            fail_msg("%s: item %zu has no content: %.400s", key, i + 1, got);
        item += 2;
        if (end - item != wanted_end - wanted || memcmp(item, wanted, (size_t)(end - item)) != 0)
            fail_msg("%s: item %zu\nwanted %.1500s\n   got %.3000s", key, i + 1, wanted, got);
        got = end + 1;
        wanted = wanted_end + 1;
    }
}

static void every_kind_comes_back(void **state) {
    (void)state;
    static const char *const LANGS[] = {"vi", "en"};
    for (size_t i = 0; i < LENGTH(FORMATS) * 2; i++) {
        enum exchange_format format = FORMATS[i / 2], found = EXCHANGE_AUTO;
        struct writing writing;
        struct field_sink sink;
        size_t len = 0;
        struct exchange_options options = {.lang = LANGS[1 - i % 2]};
        char *bytes = write_all(format, LANGS[i % 2], 1, &writing, &len);
        const char *key = exchange_format_key(format);
        assert_true(exchange_detect("bank.zip", bytes, len, &found));
        assert_int_equal(field_read(found, key, bytes, len, &options, &sink), ERR_NONE);
        if (sink.calls != writing.count || sink.imported != writing.count)
            fail_msg("%s: %zu of %zu items as they were: %s", key, sink.imported, writing.count, field_odd(&sink));
        compare(&writing, &sink, key);
        buf_release(&sink.lines);
        buf_release(&writing.expected);
        free(bytes);
    }
}

static void many_items_are_quick(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(FORMATS); i++) {
        struct writing writing;
        struct field_sink sink;
        struct timespec from, to;
        size_t len = 0;
        assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &from), 0);
        char *bytes = write_all(FORMATS[i], "vi", 320, &writing, &len);
        assert_true(writing.count >= 5000);
        assert_int_equal(field_read(FORMATS[i], "many", bytes, len, NULL, &sink), ERR_NONE);
        assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &to), 0);
        assert_int_equal(sink.imported, writing.count);
        print_message("%zu items, %zu bytes: %ld s\n", writing.count, len, (long)(to.tv_sec - from.tv_sec));
        assert_true(to.tv_sec - from.tv_sec < 30);
        buf_release(&sink.lines);
        buf_release(&writing.expected);
        free(bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_comes_back),
        cmocka_unit_test(many_items_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
