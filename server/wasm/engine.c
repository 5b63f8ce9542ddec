/* The public page's engine: result_verify and result_compare behind four names that a script can call. Why a folder of its own: it is
 * compiled for WebAssembly alone, with the same sources of base, json, rank, cycle and result that the server has. */
#include "khoacu/json/json.h"
#include "khoacu/result/bundle.h"
#include "khoacu/result/compare.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

#define EXPORT(name) __attribute__((export_name(name), used))

char *khoacu_room(size_t len);
const char *khoacu_verify(const char *bytes, size_t len);
const char *khoacu_compare(const char *before, size_t before_len, const char *after, size_t after_len);
size_t khoacu_verdict_len(void);

#define ARENA_MAX ((size_t)3 << 30)

static struct buf verdict;

/* Room for a file, which the page fills; NULL: the browser gives no more memory. */
EXPORT("khoacu_room") char *khoacu_room(size_t len) {
    return malloc(len + 1);
}

/* The verdict as one JSON object, or NULL for lack of memory. Ends the room. */
EXPORT("khoacu_verify") const char *khoacu_verify(const char *bytes, size_t len) {
    struct arena arena;
    struct result_check check;
    struct json_writer w;
    buf_release(&verdict);
    buf_init(&verdict, 1 << 20);
    arena_init(&arena, ARENA_MAX);
    if (result_verify(&arena, bytes, len, &check) == ERR_NONE) {
        json_writer_init(&w, &verdict);
        json_open_object(&w);
        result_check_write(&w, &check, NULL);
        json_close_object(&w);
    }
    arena_release(&arena);
    free((void *)(uintptr_t)bytes);
    return verdict.failed ? NULL : verdict.data;
}

/* What differs between two files as one JSON object, "" where one of them is none, or NULL for lack of memory. Ends both rooms. */
EXPORT("khoacu_compare") const char *khoacu_compare(const char *before, size_t before_len, const char *after, size_t after_len) {
    struct arena arena;
    struct json_writer w;
    const struct json *a = NULL, *b = NULL;
    struct result_comparison *comparison = NULL;
    buf_release(&verdict);
    buf_init(&verdict, (size_t)1 << 30);
    arena_init(&arena, ARENA_MAX);
    buf_adds(&verdict, "");
    if (json_read(&arena, before, before_len, &a, NULL) == ERR_NONE && json_read(&arena, after, after_len, &b, NULL) == ERR_NONE &&
        result_compare(&arena, a, b, &comparison) == ERR_NONE) {
        json_writer_init(&w, &verdict);
        json_open_object(&w);
        result_comparison_write(&w, comparison, 0, comparison->move_count);
        json_close_object(&w);
    }
    arena_release(&arena);
    free((void *)(uintptr_t)before);
    free((void *)(uintptr_t)after);
    return verdict.failed ? NULL : verdict.data;
}

EXPORT("khoacu_verdict_len") size_t khoacu_verdict_len(void) {
    return verdict.len;
}
