#include "unit.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/embed.h"
#include "khoacu/base/err.h"

#include "khoacu/base/banned.h"

static void memory_is_zeroed_and_aligned(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (int turn = 0; turn < 3; turn++) {
        for (size_t size = 0; size < 3000; size += 7) {
            unsigned char *bytes = arena_alloc(&arena, size);
            assert_non_null(bytes);
            assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(bytes[i], 0);
            memset(bytes, 0xaa, size);
        }
        arena_reset(&arena);
    }
    arena_release(&arena);
}

static void the_cap_holds_and_failure_sticks(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1000);
    assert_non_null(arena_alloc(&arena, 600));
    assert_null(arena_alloc(&arena, 401));
    assert_true(arena.failed);
    assert_null(arena_alloc(&arena, 1));
    assert_null(arena_strdup(&arena, "x"));
    arena_reset(&arena);
    assert_false(arena.failed);
    assert_non_null(arena_alloc(&arena, 1000));
    assert_null(arena_alloc(&arena, 1));
    arena_release(&arena);
}

static void products_that_overflow_are_refused(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
    arena_reset(&arena);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    arena_reset(&arena);
    assert_non_null(arena_array(&arena, 0, 8));
    arena_release(&arena);
}

static void large_blocks_do_not_outlive_a_reset(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 64 << 20);
    assert_non_null(arena_alloc(&arena, 32 << 20));
    arena_reset(&arena);
    assert_null(arena.head);
    assert_int_equal(arena.used, 0);
    arena_release(&arena);
}

static void texts_are_copied(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_string_equal(arena_strdup(&arena, "khoa cử"), "khoa cử");
    assert_string_equal(arena_strndup(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(&arena, "ab", 30), "ab");
    assert_string_equal(arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
    assert_string_equal(arena_printf(&arena, "%5000d", 1) + 4999, "1");
    arena_release(&arena);
}

static void a_buf_grows_to_its_maximum(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    for (int i = 0; i < 100; i++)
        buf_adds(&buf, "0123456789");
    assert_int_equal(buf.len, 1000);
    assert_false(buf.failed);
    assert_int_equal(buf.data[1000], '\0');
    buf_addc(&buf, 'x');
    assert_true(buf.failed);
    assert_int_equal(buf.len, 1000);
    buf_reset(&buf);
    assert_false(buf.failed);
    buf_addf(&buf, "%s=%d", "a", 5);
    assert_string_equal(buf.data, "a=5");
    buf_release(&buf);
    buf_release(&buf);
}

static void room_in_a_buf_is_zeroed(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, 16);
    char *room = buf_room(&buf, 16);
    assert_non_null(room);
    memcpy(room, "abc", 3);
    buf.len += 3;
    assert_string_equal(buf.data, "abc");
    assert_null(buf_room(&buf, 14));
    assert_true(buf.failed);
    buf_release(&buf);
}

static void errors_have_status_and_key(void **state) {
    (void)state;
    for (int err = 0; err < ERR_COUNT; err++) {
        assert_in_range(err_status((enum err)err), 200, 599);
        assert_true(strlen(err_key((enum err)err)) > 1);
    }
    assert_int_equal(err_status(ERR_DB_DOWN), 503);
}

static void embedded_files_are_found(void **state) {
    (void)state;
    const struct embed_file *roles = embed_find("sql/roles/roles.sql");
    assert_non_null(roles);
    assert_int_equal(roles->bytes[roles->len], '\0');
    assert_non_null(strstr((const char *)roles->bytes, "khoacu_owner"));
    assert_null(embed_find("sql/roles/roles.sq"));
    assert_null(embed_find(""));
    assert_null(embed_first("sql/nothing/"));
    size_t count = 0;
    const char *last = "";
    for (const struct embed_file *f = embed_first("sql/migrations/"); f; f = embed_next(f, "sql/migrations/")) {
        assert_true(strcmp(last, f->path) < 0);
        last = f->path;
        count++;
    }
    assert_true(count >= 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(the_cap_holds_and_failure_sticks),
        cmocka_unit_test(products_that_overflow_are_refused),
        cmocka_unit_test(large_blocks_do_not_outlive_a_reset),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(a_buf_grows_to_its_maximum),
        cmocka_unit_test(room_in_a_buf_is_zeroed),
        cmocka_unit_test(errors_have_status_and_key),
        cmocka_unit_test(embedded_files_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
