#include "exchange_field.h"

#include <dirent.h>

#include "khoacu/base/banned.h"

/* ---- files of our own beside what is to be read in them ---- */

static const char *const FILES[] = {"forms.gift", "faults.gift",      "windows-1252.gift", "windows-1258.gift", "utf-16.txt",
                                    "aiken.txt",  "aiken-faults.txt", "semicolon.csv", "moodle.xml", "workbook.xlsx"};

/* KHOACU_TEST_WRITE=1 writes what was read in place of comparing it; it is to be looked at before it is kept. */
static void golden_files(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(FILES); i++) {
        char path[256];
        size_t len = 0, wanted_len = 0;
        struct field_sink sink;
        snprintf(path, sizeof path, FIELD_FOLDER "/%s", FILES[i]);
        char *bytes = field_load(path, &len);
        ROW_TRUE(bytes != NULL, FILES[i]);
        assert_int_equal(field_read(EXCHANGE_AUTO, FILES[i], bytes, len, NULL, &sink), ERR_NONE);
        if (strcmp(FILES[i], "moodle.xml") == 0)
            assert_int_equal(sink.media, 2);
        snprintf(path, sizeof path, FIELD_FOLDER "/%s.jsonl", FILES[i]);
        if (getenv("KHOACU_TEST_WRITE")) {
            FILE *file = fopen(path, "wb");
            assert_non_null(file);
            assert_int_equal(fwrite(sink.lines.data, 1, sink.lines.len, file), sink.lines.len);
            assert_int_equal(fclose(file), 0);
        }
        char *wanted = field_load(path, &wanted_len);
        ROW_TRUE(wanted != NULL, path);
        for (char *a = wanted, *b = sink.lines.data; *a || *b;) {
            size_t a_len = strcspn(a, "\n"), b_len = strcspn(b, "\n");
            if (a_len != b_len || memcmp(a, b, a_len) != 0)
                fail_msg("%s\nwanted %.*s\n   got %.*s", path, (int)a_len, a, (int)b_len, b);
            a += a_len + (a[a_len] != '\0');
            b += b_len + (b[b_len] != '\0');
        }
        buf_release(&sink.lines);
        free(wanted);
        free(bytes);
    }
}

/* ---- the published GIFT files: every question is accounted for, and what was read comes back ---- */

struct again {
    struct exchange_writer *writer;
    struct buf items;
    size_t given;
};

static enum err take(void *ctx, struct arena *arena, const struct exchange_item *item) {
    struct again *again = ctx;
    struct item_faults faults = {0};
    if (!item->item)
        return ERR_NONE;
    if (!item_check(arena, item->item, &faults))
        fail_msg("%s %s: %s %s %s", item->path, item->name, faults.list[0].path, faults.list[0].rule,
                 faults.list[0].detail ? faults.list[0].detail : "");
    own_put(&again->items, item->item);
    buf_addc(&again->items, '\n');
    again->given++;
    return again->writer ? exchange_writer_add(again->writer, item->item, item->media, item->media_count) : ERR_NONE;
}

static void comes_back(enum exchange_format format, const char *name, const char *bytes, size_t len) {
    char path[] = "build/test/exchange-XXXXXX";
    struct again first = {0}, second = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    buf_init(&first.items, FIELD_CAP);
    buf_init(&second.items, FIELD_CAP);
    assert_int_equal(exchange_writer_new(format, path, NULL, &first.writer), ERR_NONE);
    assert_int_equal(exchange_read(EXCHANGE_GIFT, name, bytes, len, NULL, take, &first), ERR_NONE);
    assert_int_equal(exchange_writer_close(first.writer), ERR_NONE);
    exchange_writer_free(first.writer);
    size_t written_len = 0;
    char *written = field_load(path, &written_len);
    assert_int_equal(unlink(path), 0);
    assert_non_null(written);
    assert_int_equal(exchange_read(format, name, written, written_len, NULL, take, &second), ERR_NONE);
    ROW_TRUE(first.given == second.given && first.items.len == second.items.len, name);
    ROW_TRUE(!first.given || memcmp(first.items.data, second.items.data, first.items.len) == 0, name);
    buf_release(&first.items);
    buf_release(&second.items);
    free(written);
}

static void published_gift(void **state) {
    (void)state;
    static const enum exchange_format FORMATS[] = {EXCHANGE_GIFT, EXCHANGE_CSV, EXCHANGE_XLSX};
    const char *given = getenv("KHOACU_TEST_DATA");
    char folder[256], path[512];
    size_t count = 0, read = 0;
    snprintf(folder, sizeof folder, "%s/gift/pairs", given ? given : "../shared/data");
    DIR *dir = opendir(folder);
    if (!dir)
        skip();
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        const char *suffix = strrchr(entry->d_name, '.');
        struct field_sink sink;
        size_t len = 0;
        if (!suffix || strcmp(suffix, ".gift") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        char *bytes = field_load(path, &len);
        assert_int_equal(field_read(EXCHANGE_GIFT, entry->d_name, bytes, len, NULL, &sink), ERR_NONE);
        ROW_TRUE(sink.calls >= 1 && sink.calls == sink.imported + sink.changed + sink.refused, entry->d_name);
        if (getenv("KHOACU_TEST_SHOW"))
            print_message("%s", sink.lines.data);
        read += sink.imported + sink.changed;
        for (size_t i = 0; i < LENGTH(FORMATS); i++)
            comes_back(FORMATS[i], entry->d_name, bytes, len);
        buf_release(&sink.lines);
        free(bytes);
        count++;
    }
    (void)closedir(dir);
    assert_true(count >= 50 && read >= 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden_files), cmocka_unit_test(published_gift)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
