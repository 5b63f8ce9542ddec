/* Any bytes: read without fault; what is read can be written, and is the same in canonical form when read again. What the
 * quick reader of plain objects takes, the ordinary one takes with the same outcome. */
#include "khoacu/json/json.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

struct body {
    int64_t seq;
    const char *choice;
    bool flagged;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct body, seq, JSON_INT, true, -9, 1000000),
    JSON_FIELD(struct body, choice, JSON_STRING, false, 1, 8),
    JSON_FIELD(struct body, flagged, JSON_BOOL, false, 0, 1),
    {0},
};

static void compare_readers(struct arena *arena, const char *text, size_t size, const struct json *value) {
    struct body quick = {0}, ordinary = {0};
    struct json_misfits misfits = {0};
    if (!json_fit_flat(arena, text, size, FIELDS, &quick))
        return;
    must(value && json_fit(arena, value, FIELDS, &ordinary, &misfits));
    must(quick.seq == ordinary.seq && quick.flagged == ordinary.flagged && !quick.choice == !ordinary.choice);
    must(!quick.choice || strcmp(quick.choice, ordinary.choice) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct buf loose, once, twice;
    struct json_writer writer;
    const struct json *value = NULL, *again = NULL;
    struct json_error error = {0};
    arena_init(&arena, 1 << 22);
    buf_init(&loose, 1 << 22);
    buf_init(&once, 1 << 22);
    buf_init(&twice, 1 << 22);
    if (json_read(&arena, (const char *)data, size, &value, &error) == ERR_NONE) {
        json_writer_init(&writer, &loose);
        json_put_value(&writer, value);
        must(!loose.failed);
        must(json_read(&arena, loose.data, loose.len, &again, NULL) == ERR_NONE);
        if (json_canonical(value, &once) == ERR_NONE) {
            must(json_canonical(again, &twice) == ERR_NONE);
            must(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
        }
    } else {
        must(error.reason[0] != '\0' && error.offset <= size);
    }
    compare_readers(&arena, (const char *)data, size, value);
    buf_release(&twice);
    buf_release(&once);
    buf_release(&loose);
    arena_release(&arena);
    return 0;
}
