/* Any bytes as the inputs of a result file under the built-in pack: read and ranked without fault; a list that can be
 * computed is written as a file that verifies. */
#include "khoacu/result/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

/* {"pack": the built-in one, and the members that follow the brace with which the bytes begin. */
static const struct json *inputs_of(struct arena *arena, const uint8_t *data, size_t size) {
    const struct json *inputs = NULL;
    struct buf text;
    size_t len = 0;
    const char *pack = cycle_pack_builtin("CC-2026", &len);
    if (size < 2 || data[0] != '{')
        return NULL;
    buf_init(&text, 1 << 20);
    buf_adds(&text, "{\"pack\":");
    buf_add(&text, pack, len);
    buf_adds(&text, ",");
    buf_add(&text, data + 1, size - 1);
    const char *kept = arena_strndup(arena, text.data, text.len);
    buf_release(&text);
    return kept && json_read(arena, kept, strlen(kept), &inputs, NULL) == ERR_NONE ? inputs : NULL;
}

static void check_written(struct arena *arena, const struct result_field *field, const struct rank_result *result) {
    static const struct result_head HEAD = {.cycle_code = "X",
                                            .title_vi = "x",
                                            .title_en = "x",
                                            .authority_vi = "x",
                                            .authority_en = "x",
                                            .version = 1,
                                            .cause = "x"};
    struct result_check check;
    struct buf out;
    buf_init(&out, 1 << 22);
    must(result_bundle_write(&HEAD, field, result, &out) == ERR_NONE);
    must(result_verify(arena, out.data, out.len, &check) == ERR_NONE);
    must(check.failed == RESULT_STEP_COUNT);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct result_field field = {0};
    struct rank_result result;
    struct rank_misfit misfit;
    const char *line = NULL;
    arena_init(&arena, 1 << 26);
    const struct json *inputs = inputs_of(&arena, data, size);
    if (inputs && result_rules_read(&arena, inputs, &field, &line) == ERR_NONE &&
        result_field_read(&arena, inputs, &field, &line) == ERR_NONE &&
        rank_run(&field.inputs, &result, &misfit) == ERR_NONE) {
        check_written(&arena, &field, &result);
        rank_result_release(&result);
    }
    arena_release(&arena);
    return 0;
}
