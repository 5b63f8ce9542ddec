/* Any bytes: read without fault; what is read can be written, and is the same in canonical form when read again. What the
 * quick reader of plain objects takes, the ordinary one takes with the same outcome. What jansson takes is taken with the same
 * values, and nothing else is, but for fractions and depth, which Khoacu refuses. */
#define JSON_NULL JANSSON_NULL /* both have constants of these names */
#define JSON_STRING JANSSON_STRING
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_OBJECT JANSSON_OBJECT
#include <jansson.h>
#undef JSON_NULL
#undef JSON_STRING
#undef JSON_ARRAY
#undef JSON_OBJECT
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

/* Whether Khoacu may refuse what jansson has read. */
static bool has_more(json_t *theirs, int depth) {
    size_t i;
    const char *key;
    json_t *item;
    if (json_typeof(theirs) == JSON_REAL || ((json_typeof(theirs) == JANSSON_ARRAY || json_typeof(theirs) == JANSSON_OBJECT) && depth == 32))
        return true;
    json_array_foreach(theirs, i, item) if (has_more(item, depth + 1)) return true;
    json_object_foreach(theirs, key, item) if (has_more(item, depth + 1)) return true;
    return false;
}

static void compare_trees(const struct json *ours, json_t *theirs) {
    size_t i;
    int64_t number = 0;
    bool truth = false;
    json_t *item;
    switch (json_kind(ours)) {
    case JSON_NULL:
        must(json_typeof(theirs) == JANSSON_NULL);
        return;
    case JSON_BOOL:
        must(json_bool(ours, &truth) && json_is_boolean(theirs) && truth == json_is_true(theirs));
        return;
    case JSON_INT:
        must(json_int(ours, &number) && json_typeof(theirs) == JSON_INTEGER && number == json_integer_value(theirs));
        return;
    case JSON_STRING:
        must(json_typeof(theirs) == JANSSON_STRING && strcmp(json_text(ours), json_string_value(theirs)) == 0);
        return;
    case JSON_ARRAY:
        must(json_typeof(theirs) == JANSSON_ARRAY && json_count(ours) == json_array_size(theirs));
        json_array_foreach(theirs, i, item) compare_trees(json_at(ours, i), item);
        return;
    case JSON_OBJECT:
        must(json_typeof(theirs) == JANSSON_OBJECT && json_count(ours) == json_object_size(theirs));
        for (i = 0; i < json_count(ours); i++) {
            item = json_object_get(theirs, json_key_at(ours, i));
            must(item != NULL);
            compare_trees(json_at(ours, i), item);
        }
    }
}

static void compare_jansson(const char *text, size_t size, const struct json *ours) {
    json_t *theirs = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    must(theirs || !ours);
    if (ours)
        compare_trees(ours, theirs);
    else if (theirs)
        must(has_more(theirs, 0) || memchr(text, '\0', size)); /* jansson takes a NUL for the end */
    json_decref(theirs);
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
    if (!arena.failed)
        compare_jansson((const char *)data, size, value);
    buf_release(&twice);
    buf_release(&once);
    buf_release(&loose);
    arena_release(&arena);
    return 0;
}
