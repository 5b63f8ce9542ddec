/* Two result files side by side: nobody is forgotten or named twice, the other way round it is the same backwards, and the
 * page's engine (WebAssembly) says the same bytes. */
#include "unit.h"

#include "result_random.h"

#include "khoacu/result/compare.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define PAIRS 300
#define CASES "build/test/compare_wasm.bin"

extern char **environ;

static void put_block(FILE *file, const struct buf *bytes) {
    uint32_t size = (uint32_t)bytes->len;
    assert_int_equal(fwrite(&size, sizeof size, 1, file), 1);
    assert_int_equal(fwrite(bytes->data, 1, bytes->len, file), bytes->len);
}

static struct result_comparison *compared(struct arena *arena, const struct buf *before, const struct buf *after) {
    const struct json *a = NULL, *b = NULL;
    struct result_comparison *comparison = NULL;
    assert_int_equal(json_read(arena, before->data, before->len, &a, NULL), ERR_NONE);
    assert_int_equal(json_read(arena, after->data, after->len, &b, NULL), ERR_NONE);
    assert_int_equal(result_compare(arena, a, b, &comparison), ERR_NONE);
    size_t sum = 0;
    for (int kind = 0; kind < RESULT_MOVE_COUNT; kind++)
        sum += comparison->counts[kind];
    assert_int_equal(sum, comparison->move_count);
    for (size_t i = 1; i < comparison->move_count; i++) {
        const struct result_move *one = &comparison->moves[i - 1], *next = &comparison->moves[i];
        assert_true(one->kind < next->kind || (one->kind == next->kind && strcmp(one->roll_number, next->roll_number) < 0));
    }
    return comparison;
}

static void written(const struct result_comparison *comparison, struct buf *out) {
    struct json_writer w;
    json_writer_init(&w, out);
    json_open_object(&w);
    result_comparison_write(&w, comparison, 0, comparison->move_count);
    json_close_object(&w);
    assert_false(out->failed);
}

/* Of unrelated fields, often under different packs. */
static void random_pairs(void **state) {
    (void)state;
    struct random_stream random;
    FILE *file = fopen(CASES, "wb");
    size_t moved = 0;
    assert_non_null(file);
    random_stream_init(&random, 61);
    for (int i = 0; i < PAIRS; i++) {
        struct made first, second;
        struct buf a, b, said;
        struct arena arena;
        arena_init(&arena, 256 << 20);
        buf_init(&a, 1 << 20);
        buf_init(&b, 1 << 20);
        buf_init(&said, 8 << 20);
        made_init(&first, &random);
        made_init(&second, &random);
        made_write(&first, &a);
        made_write(&second, &b);
        const struct result_comparison *there = compared(&arena, &a, &b), *back = compared(&arena, &b, &a);
        assert_int_equal(there->move_count, back->move_count);
        assert_int_equal(there->counts[RESULT_MOVE_SELECTED], back->counts[RESULT_MOVE_LOST]);
        assert_int_equal(there->counts[RESULT_MOVE_ADDED], back->counts[RESULT_MOVE_REMOVED]);
        assert_int_equal(there->counts[RESULT_MOVE_PLACE], back->counts[RESULT_MOVE_PLACE]);
        assert_int_equal(compared(&arena, &a, &a)->move_count, 0);
        assert_int_equal(compared(&arena, &a, &a)->rule_count, 0);
        moved += there->move_count;
        written(there, &said);
        put_block(file, &a);
        put_block(file, &b);
        put_block(file, &said);
        made_release(&first);
        made_release(&second);
        buf_release(&a);
        buf_release(&b);
        buf_release(&said);
        arena_release(&arena);
    }
    assert_int_equal(fclose(file), 0);
    assert_in_range(moved, PAIRS, PAIRS * 2 * MADE_CANDIDATES);
    char *argv[] = {"node", "tests/unit/verify_wasm.mjs", CASES, "compare", NULL};
    pid_t child;
    int status = 0;
    assert_int_equal(posix_spawnp(&child, "node", NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const char BEFORE[] =
    "{\"cause\":\"a\",\"cycle\":{\"code\":\"X\"},\"version\":1,\"decisions\":["
    "{\"outcome\":\"selected\",\"place\":1,\"reason\":\"within_quota\",\"roll_number\":\"A1\",\"total\":\"70.00\",\"agency\":\"P\"},"
    "{\"outcome\":\"not_selected\",\"place\":2,\"reason\":\"below_last_seat\",\"roll_number\":\"A2\",\"total\":\"60.00\"},"
    "{\"outcome\":\"failed\",\"reason\":\"gate\",\"roll_number\":\"A3\"}],"
    "\"inputs\":{\"pack\":{\"id\":\"P\",\"version\":1,\"ties\":[{\"key\":\"W\",\"order\":\"desc\"}],\"stages\":[{\"code\":\"R\",\"minutes\":60}]},"
    "\"candidates\":[{\"post\":\"C\",\"results\":{\"W\":\"70.00\"}},{\"post\":\"C\",\"results\":{\"W\":\"60.00\"}},{\"post\":\"C\",\"results\":{\"W\":\"40.00\"}}]}}";
static const char AFTER[] =
    "{\"cause\":\"b\",\"cycle\":{\"code\":\"X\"},\"version\":2,\"decisions\":["
    "{\"outcome\":\"not_selected\",\"place\":2,\"reason\":\"below_last_seat\",\"roll_number\":\"A1\",\"total\":\"70.00\"},"
    "{\"outcome\":\"selected\",\"place\":1,\"reason\":\"within_quota\",\"roll_number\":\"A2\",\"total\":\"72.00\",\"agency\":\"P\"},"
    "{\"outcome\":\"failed\",\"reason\":\"gate\",\"roll_number\":\"A4\"}],"
    "\"inputs\":{\"pack\":{\"id\":\"P\",\"version\":2,\"ties\":[],\"stages\":[{\"code\":\"R\",\"minutes\":90}]},"
    "\"candidates\":[{\"post\":\"C\",\"results\":{\"W\":\"70.00\"}},{\"post\":\"C\",\"results\":{\"W\":\"72.00\"}},{\"post\":\"C\",\"results\":{\"W\":\"41.00\"}}]}}";

static void by_hand(void **state) {
    (void)state;
    struct arena arena;
    struct buf a = {.data = (char *)(uintptr_t)BEFORE, .len = sizeof BEFORE - 1}, b = {.data = (char *)(uintptr_t)AFTER, .len = sizeof AFTER - 1};
    arena_init(&arena, 16 << 20);
    const struct result_comparison *c = compared(&arena, &a, &b);
    assert_int_equal(c->move_count, 4);
    assert_string_equal(c->moves[0].roll_number, "A2");
    assert_int_equal(c->moves[0].kind, RESULT_MOVE_SELECTED);
    assert_int_equal(c->moves[0].change_count, 1);
    assert_string_equal(c->moves[0].changes[0].path, "results.W");
    assert_string_equal(c->moves[0].changes[0].before, "60.00");
    assert_string_equal(c->moves[0].changes[0].after, "72.00");
    assert_string_equal(c->moves[1].roll_number, "A1");
    assert_int_equal(c->moves[1].kind, RESULT_MOVE_LOST);
    assert_int_equal(c->moves[1].change_count, 0);
    assert_int_equal(c->moves[2].kind, RESULT_MOVE_ADDED);
    assert_int_equal(c->moves[3].kind, RESULT_MOVE_REMOVED);
    static const char *const PATHS[] = {"pack.version", "pack.ties[0]", "pack.stages[R].minutes"};
    assert_int_equal(c->rule_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(c->rules[i].path, PATHS[i]);
    assert_string_equal(c->rules[2].before, "60");
    assert_string_equal(c->rules[2].after, "90");
    assert_null(c->rules[1].after);
    assert_string_equal(c->before_pack, "P/1");
    arena_release(&arena);
}

/* Members that are not there are refused, not guessed. */
static void half_files(void **state) {
    (void)state;
    static const char *const HALVES[] = {"{}", "[]", "{\"decisions\":[{\"roll_number\":\"A\"}],\"inputs\":{\"candidates\":[]}}",
                                         "{\"decisions\":[{}],\"inputs\":{\"candidates\":[{}]}}", "{\"decisions\":{},\"inputs\":{}}"};
    struct arena arena;
    const struct json *whole = NULL;
    arena_init(&arena, 16 << 20);
    assert_int_equal(json_read(&arena, BEFORE, sizeof BEFORE - 1, &whole, NULL), ERR_NONE);
    for (size_t i = 0; i < LENGTH(HALVES); i++) {
        const struct json *half = NULL;
        struct result_comparison *comparison = NULL;
        assert_int_equal(json_read(&arena, HALVES[i], strlen(HALVES[i]), &half, NULL), ERR_NONE);
        assert_int_equal(result_compare(&arena, half, whole, &comparison), ERR_RANGE);
        assert_int_equal(result_compare(&arena, whole, half, &comparison), ERR_RANGE);
    }
    arena_release(&arena);
}

int main(void) {
    static const struct CMUnitTest TESTS[] = {cmocka_unit_test(by_hand), cmocka_unit_test(half_files), cmocka_unit_test(random_pairs)};
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
