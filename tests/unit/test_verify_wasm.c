/* The verdicts of the page's engine (WebAssembly) and of the server's are the same bytes: over made-up files, over copies
 * with flipped bytes, forged ones with right hashes, cut ones. */
#include "unit.h"

#include "result_forge.h"
#include "result_random.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define CASES "build/test/verify_wasm.bin"

extern char **environ;

static void put_block(FILE *file, const char *bytes, size_t len) {
    uint32_t size = (uint32_t)len;
    assert_int_equal(fwrite(&size, sizeof size, 1, file), 1);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
}

/* One file and the native verdict on it; tells which step failed. */
static enum result_step put_case(FILE *file, const char *bytes, size_t len) {
    struct arena arena;
    struct result_check check;
    struct json_writer w;
    struct buf verdict;
    arena_init(&arena, 64 << 20);
    buf_init(&verdict, 1 << 20);
    assert_int_equal(result_verify(&arena, bytes, len, &check), ERR_NONE);
    json_writer_init(&w, &verdict);
    json_open_object(&w);
    result_check_write(&w, &check, NULL);
    json_close_object(&w);
    put_block(file, bytes, len);
    put_block(file, verdict.data, verdict.len);
    buf_release(&verdict);
    arena_release(&arena);
    return check.failed;
}

/* Flips one byte, most often a digit for a digit; with right hashes afterwards where `forge` and the form allow it. */
static enum result_step put_changed(FILE *file, struct random_stream *random, const struct buf *original, bool forge) {
    char *copy = malloc(original->len + 1);
    assert_non_null(copy);
    memcpy(copy, original->data, original->len + 1);
    size_t at = (size_t)made_below(random, (int64_t)original->len);
    if (forge) {
        char *hashes = strstr(copy, ",\"hashes\":"), *inputs = strstr(copy, ",\"inputs\":{"), *last = strstr(copy, ",\"previous_sha256\":");
        while (copy[at] < '0' || copy[at] > '9' || (copy + at > hashes && copy + at < inputs) || copy + at > last)
            at = (at + 1) % original->len;
        copy[at] = (char)('0' + (copy[at] - '0' + 1) % 10);
        rehash(copy);
    } else {
        copy[at] = (char)(copy[at] ^ (1 << made_below(random, 8)));
    }
    enum result_step step = put_case(file, copy, original->len);
    free(copy);
    return step;
}

static void verdicts_are_the_same_bytes(void **state) {
    (void)state;
    struct random_stream random;
    int steps[RESULT_STEP_COUNT + 1] = {0};
    if (access("build/gen/khoacu_verify.wasm", R_OK) != 0)
        fail_msg("build/gen/khoacu_verify.wasm is missing");
    FILE *file = fopen(CASES, "wb");
    assert_non_null(file);
    random_stream_init(&random, 29);
    for (int i = 0; i < 500; i++) {
        struct made made;
        struct buf out;
        made_init(&made, &random);
        buf_init(&out, 1 << 20);
        made_write(&made, &out);
        steps[put_case(file, out.data, out.len)]++;
        for (int k = 0; k < 4; k++) {
            steps[put_changed(file, &random, &out, false)]++;
            steps[put_changed(file, &random, &out, true)]++;
        }
        steps[put_case(file, out.data, i < 200 ? (size_t)i : out.len - 1)]++;
        buf_release(&out);
        made_release(&made);
    }
    assert_int_equal(fclose(file), 0);
    for (int step = 0; step <= RESULT_STEP_COUNT; step++)
        if (steps[step] == 0)
            fail_msg("no case fails at step %d", step);
    char *const argv[] = {"node", "tests/unit/verify_wasm.mjs", CASES, NULL};
    pid_t child = 0;
    int status = 0;
    if (posix_spawnp(&child, "node", NULL, NULL, argv, environ) != 0)
        skip();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts_are_the_same_bytes)};
    return cmocka_run_group_tests_name("verify_wasm", tests, NULL, NULL);
}
