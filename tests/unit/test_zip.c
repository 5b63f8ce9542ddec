#include "unit.h"

#include "zip_field.h"

#include "khoacu/base/arena.h"
#include "khoacu/doc/zip.h"

#include <stdlib.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define CAP ((size_t)80 << 20)

static const char *open_reason(const char *bytes, size_t len) {
    struct zipfile *zip = NULL;
    enum zipfile_reason reason = ZIPFILE_NONE;
    enum err err = zipfile_open(bytes, len, &zip, &reason);
    assert_int_equal(err, reason == ZIPFILE_NONE ? ERR_NONE : reason == ZIPFILE_LIMIT ? ERR_LIMIT : ERR_SYNTAX);
    zipfile_free(zip);
    return zipfile_reason_key(reason);
}

/* What reading the first entry says; opening must go well. */
static const char *read_reason(const char *bytes, size_t len) {
    struct zipfile *zip = NULL;
    struct arena arena;
    enum zipfile_reason reason = ZIPFILE_NONE;
    char *out = NULL;
    size_t out_len = 0;
    arena_init(&arena, CAP);
    assert_int_equal(zipfile_open(bytes, len, &zip, &reason), ERR_NONE);
    enum err err = zipfile_read(zip, &arena, 0, &out, &out_len, &reason);
    assert_true((err == ERR_NONE) == (reason == ZIPFILE_NONE));
    zipfile_free(zip);
    arena_release(&arena);
    return zipfile_reason_key(reason);
}

/* ---- what we write ---- */

static char *load(FILE *file, size_t *ret_len) {
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long len = ftell(file);
    assert_true(len >= 0);
    rewind(file);
    char *bytes = calloc(1, (size_t)len + 1);
    assert_non_null(bytes);
    *ret_len = fread(bytes, 1, (size_t)len, file);
    return bytes;
}

static char *write_some(size_t *ret_len) {
    struct zipfile_writer *writer = NULL;
    FILE *file = tmpfile();
    assert_non_null(file);
    int fd = dup(fileno(file));
    char *zeros = calloc(1, 1 << 20);
    assert_non_null(zeros);
    assert_int_equal(zipfile_writer_new(file, &writer), ERR_NONE);
    assert_int_equal(zipfile_writer_add(writer, "một/b.txt", "hello hello hello hello", 23), ERR_NONE);
    assert_int_equal(zipfile_writer_add(writer, "a.txt", "", 0), ERR_NONE);
    assert_int_equal(zipfile_writer_add(writer, "zeros", zeros, 1 << 20), ERR_NONE);
    assert_int_equal(zipfile_writer_add(writer, "../a", "", 0), ERR_STATE);
    assert_int_equal(zipfile_writer_add(writer, "big", zeros, ZIPFILE_ENTRY_MAX + 1), ERR_LIMIT);
    assert_int_equal(zipfile_writer_close(writer), ERR_NONE);
    zipfile_writer_free(writer);
    free(zeros);
    FILE *again = fdopen(fd, "rb");
    assert_non_null(again);
    char *bytes = load(again, ret_len);
    (void)fclose(again);
    return bytes;
}

static void written_is_read(void **state) {
    (void)state;
    struct zipfile *zip = NULL;
    struct arena arena;
    enum zipfile_reason reason;
    size_t len = 0, again_len = 0, index = 9, out_len = 0;
    char *bytes = write_some(&len), *again = write_some(&again_len), *out = NULL;
    assert_int_equal(len, again_len);
    assert_memory_equal(bytes, again, len);
    arena_init(&arena, CAP);
    assert_int_equal(zipfile_open(bytes, len, &zip, &reason), ERR_NONE);
    assert_int_equal(zipfile_count(zip), 3);
    assert_string_equal(zipfile_name(zip, 0), "một/b.txt");
    assert_true(zipfile_find(zip, "a.txt", &index) && index == 1);
    assert_true(zipfile_find(zip, "zeros", &index) && index == 2);
    assert_true(zipfile_find(zip, "một/b.txt", &index) && index == 0);
    assert_false(zipfile_find(zip, "b.txt", &index));
    assert_int_equal(zipfile_read(zip, &arena, 0, &out, &out_len, &reason), ERR_NONE);
    assert_string_equal(out, "hello hello hello hello");
    assert_int_equal(zipfile_read(zip, &arena, 1, &out, &out_len, &reason), ERR_NONE);
    assert_int_equal(out_len, 0);
    assert_int_equal(zipfile_read(zip, &arena, 2, &out, &out_len, &reason), ERR_NONE);
    assert_int_equal(out_len, 1 << 20);
    arena_release(&arena);
    arena_init(&arena, 1000);
    assert_int_equal(zipfile_read(zip, &arena, 2, &out, &out_len, &reason), ERR_MEMORY);
    arena_release(&arena);
    zipfile_free(zip);
    /* Cut off or spoiled anywhere, it is refused or reads as something; it never goes beyond its bytes. */
    for (size_t cut = 0; cut < len; cut += cut < 200 || cut + 400 > len ? 1 : 997) {
        char *part = malloc(cut + 1);
        assert_non_null(part);
        memcpy(part, bytes, cut);
        (void)open_reason(part, cut);
        free(part);
    }
    free(bytes);
    free(again);
}

/* ---- archives made to do harm ---- */

static void names_are_plain(void **state) {
    (void)state;
    static const struct {
        const char *name, *reason;
    } rows[] = {
        {"a.xml", "none"},         {"a/b/c.xml", "none"},   {"a/", "none"},         {"a..b/c", "none"},      {"../a", "name"},
        {"a/../b", "name"},        {"a/..", "name"},        {"/etc/passwd", "name"}, {"a\\b", "name"},        {"C:/a", "name"},
        {"a//b", "name"},          {"./a", "name"},         {"a/./b", "name"},      {"a\nb", "name"},        {"", "name"},
        {"..", "name"},            {"..\\a", "name"},       {"\x7f", "name"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct zip_field zip;
        zip_field_init(&zip);
        zip_field_add(&zip, rows[i].name, "x", 1);
        zip_field_end(&zip);
        const char *reason = open_reason(zip.out.data, zip.out.len);
        if (strcmp(reason, rows[i].reason) != 0)
            fail_msg("%s: %s, not %s", rows[i].name, reason, rows[i].reason);
        zip_field_release(&zip);
    }
}

static void lies_are_found(void **state) {
    (void)state;
    struct zip_field zip;
    static const struct {
        const char *row;
        unsigned flags;
        uint32_t crc_lie, size_lie;
        const char *opened, *read;
    } rows[] = {
        {"honest", 0, 0, 0, "none", "none"},           {"encrypted", 1, 0, 0, "encrypted", NULL},
        {"checksum", 0, 1, 0, "none", "broken"},       {"larger", 0, 0, 1000, "none", "broken"},
        {"smaller", 0, 0, 2, "none", "broken"},        {"bomb", 0, 0, 1 << 20, "limit", NULL},
        {"too large", 0, 0, (33 << 20), "limit", NULL}, {"huge", 0, 0, 0xfffffff0, "limit", NULL},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        zip_field_init(&zip);
        zip.flags = rows[i].flags;
        zip.crc_lie = rows[i].crc_lie;
        zip.size_lie = rows[i].size_lie;
        zip_field_add(&zip, "a", "words", 5);
        zip_field_end(&zip);
        const char *reason = open_reason(zip.out.data, zip.out.len);
        if (strcmp(reason, rows[i].opened) != 0)
            fail_msg("%s: %s, not %s", rows[i].row, reason, rows[i].opened);
        if (rows[i].read) {
            reason = read_reason(zip.out.data, zip.out.len);
            if (strcmp(reason, rows[i].read) != 0)
                fail_msg("%s: %s, not %s", rows[i].row, reason, rows[i].read);
        }
        zip_field_release(&zip);
    }
}

/* A byte of the only entry in the list, counted from the list's signature. */
static void set_central(struct zip_field *zip, size_t at, uint8_t value) {
    char *central = memmem(zip->out.data, zip->out.len, "PK\1\2", 4);
    assert_non_null(central);
    central[at] = (char)value;
}

static void strange_entries_are_refused(void **state) {
    (void)state;
    struct zip_field zip;
    static const struct {
        size_t at;
        uint8_t value;
        size_t other_at;
        uint8_t other_value;
        const char *reason;
    } rows[] = {
        {5, 3, 41, 0xa0, "link"}, /* made by Unix, a symbolic link */
        {5, 3, 41, 0x60, "link"}, /* a device */
        {5, 3, 41, 0x80, "none"}, /* a file */
        {10, 12, 10, 12, "method"},
        {10, 99, 8, 1, "broken"}, /* AES that does not say how */
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        zip_field_init(&zip);
        zip_field_add(&zip, "a", "words", 5);
        zip_field_end(&zip);
        set_central(&zip, rows[i].at, rows[i].value);
        set_central(&zip, rows[i].other_at, rows[i].other_value);
        const char *reason = open_reason(zip.out.data, zip.out.len);
        if (strcmp(reason, rows[i].reason) != 0)
            fail_msg("row %zu: %s, not %s", i, reason, rows[i].reason);
        zip_field_release(&zip);
    }
}

static void lists_are_sound(void **state) {
    (void)state;
    struct zip_field zip;
    zip_field_init(&zip);
    zip_field_add(&zip, "a", "x", 1);
    zip_field_add(&zip, "b", "x", 1);
    zip_field_add(&zip, "a", "y", 1);
    zip_field_end(&zip);
    assert_string_equal(open_reason(zip.out.data, zip.out.len), "twice");
    zip_field_release(&zip);

    /* Many entries over the same bytes. */
    static char block[100000];
    zip_field_init(&zip);
    zip_field_add(&zip, "first", block, sizeof block);
    zip.elsewhere = true;
    size_t keep = zip.out.len;
    for (int i = 0; i < 50; i++) {
        char name[20];
        snprintf(name, sizeof name, "n%d", i);
        zip_field_add(&zip, name, block, sizeof block);
        zip.out.len = keep;
    }
    zip_field_end(&zip);
    assert_string_equal(open_reason(zip.out.data, zip.out.len), "broken");
    zip_field_release(&zip);

    zip_field_init(&zip);
    buf_release(&zip.central);
    buf_init(&zip.central, (size_t)64 << 20);
    for (int i = 0; i <= ZIPFILE_ENTRIES_MAX; i++) {
        char name[20];
        snprintf(name, sizeof name, "n%d", i);
        zip_field_add(&zip, name, "", 0);
    }
    zip_field_end(&zip);
    assert_string_equal(open_reason(zip.out.data, zip.out.len), "limit");
    zip_field_release(&zip);

    assert_string_equal(open_reason("", 0), "broken");
    assert_string_equal(open_reason("PK\3\4 and nothing else of any archive", 37), "broken");
}

/* A file that is an archive and something else as well is refused, wherever the rest stands. */
static void nothing_else_is_in_the_file(void **state) {
    (void)state;
    static const struct {
        const char *front, *middle, *back, *comment, *reason;
    } rows[] = {
        {"", "", "", "", "none"},
        {"", "", "", "made by hand", "none"},
        {"", "", "\n", "", "stray"},
        {"", "", "%PDF-1.4 and all of it", "", "stray"},
        {"", "", "<script>", "made by hand", "stray"},
        {"GIF89a", "", "", "", "stray"},
        {"", "%PDF-1.4", "", "", "stray"},
        {"", "", "", "PK\5\6 of another archive", "broken"}, /* an end record within the comment: which one holds? */
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct zip_field zip;
        struct buf file;
        zip_field_init(&zip);
        zip_field_add(&zip, "a.xml", "words", 5);
        size_t start = zip.out.len;
        zip_field_end(&zip);
        buf_init(&file, 1 << 20);
        buf_adds(&file, rows[i].front);
        buf_add(&file, zip.out.data, start);
        buf_adds(&file, rows[i].middle);
        buf_add(&file, zip.out.data + start, zip.out.len - start - 2);
        zip_field_put(&file, strlen(rows[i].comment), 2);
        buf_adds(&file, rows[i].comment);
        buf_adds(&file, rows[i].back);
        const char *reason = open_reason(file.data, file.len);
        if (strcmp(reason, rows[i].reason) != 0)
            fail_msg("row %zu: %s, not %s", i, reason, rows[i].reason);
        buf_release(&file);
        zip_field_release(&zip);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_is_read),             cmocka_unit_test(names_are_plain), cmocka_unit_test(lies_are_found),
        cmocka_unit_test(strange_entries_are_refused), cmocka_unit_test(lists_are_sound),
        cmocka_unit_test(nothing_else_is_in_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
