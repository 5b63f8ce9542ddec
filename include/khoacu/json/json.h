/* json.h: reading, checking and writing JSON (RFC 8259), and its canonical form (RFC 8785).
 *
 * A document is read into an immutable tree in an arena; duplicate keys, invalid UTF-8, NUL, lone surrogates, depth over
 * 32 and numbers that are not 64-bit integers are refused: quantities of Khoacu are integers or strings. A tree
 * remembers the order of members. The reader is our own because the same one runs in the browser, where a published
 * file must be accepted and refused exactly as here; a fuzzer holds it against jansson.
 *
 * Used by: floor 3 and up, http. Uses: base. Threads: a tree may be read by many.
 */
#ifndef KHOACU_JSON_JSON_H
#define KHOACU_JSON_JSON_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json; /* one value of an immutable tree */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_INT, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
#define JSON_ANY ((enum json_kind)6) /* of a field alone: whatever stands there */

/* Where and why a text is not acceptable JSON. */
struct json_error {
    size_t offset; /* bytes from the start */
    char reason[96];
};

/* Reads all of `text`. ERR_SYNTAX, ERR_LIMIT (too deep, over 4 GiB) or ERR_MEMORY, with ret_error (may be
 * NULL) filled. Texts are copied into the arena. */
enum err json_read(struct arena *arena, const char *text, size_t len, const struct json **ret_value,
                   struct json_error *ret_error) MUST_CHECK;

/* All accessors accept NULL and the wrong kind: they then return NULL, 0 or false. */
enum json_kind json_kind(const struct json *value); /* NULL counts as JSON_NULL */
const struct json *json_get(const struct json *object, const char *key);
const char *json_text(const struct json *value);
bool json_int(const struct json *value, int64_t *ret_number);
bool json_bool(const struct json *value, bool *ret_truth);
size_t json_count(const struct json *array_or_object);
const struct json *json_at(const struct json *array_or_object, size_t index);
const char *json_key_at(const struct json *object, size_t index);

/* One expected member of an object. A table of these, ended by a row without name, is the whole
 * shape: unknown members are errors too. The destination is `offset` bytes into the target struct:
 * JSON_INT int64_t; JSON_BOOL bool; JSON_STRING const char *; JSON_ARRAY, JSON_OBJECT and JSON_ANY
 * const struct json *. An optional member that is absent or null leaves the destination alone. */
struct json_field {
    const char *name;
    enum json_kind kind;
    bool required;
    int64_t min, max; /* a number's range; a string's length in code points; an array's count */
    size_t offset;
};
#define JSON_FIELD(type, member, kind_, required_, min_, max_) \
    {.name = #member, .kind = (kind_), .required = (required_), .min = (min_), .max = (max_), .offset = offsetof(type, member)}

/* One field that does not fit: `path` like "marks[3].value", `rule` one of
 * "required", "unknown", "kind", "range", "length", "count". A value that is no object at all has the path "". */
struct json_misfit {
    const char *path;
    const char *rule;
    int64_t min, max;
};
struct json_misfits {
    struct json_misfit list[32];
    size_t count;       /* more than 32 are counted, not listed */
    const char *prefix; /* goes before each path while a nested value is fitted: "marks[3]"; or NULL */
};
/* Adds a misfit that the caller found: "date", "unique", … `name` is put behind the prefix. */
void json_misfit_add(struct arena *arena, struct json_misfits *misfits, const char *name, const char *rule, int64_t min,
                     int64_t max);

/* Fills `target` from `value` by `fields`; finds every misfit, not only the first, and adds them to those
 * there. True: all fit. */
bool json_fit(struct arena *arena, const struct json *value, const struct json_field *fields, void *target,
              struct json_misfits *misfits);

/* Reads and fits at once, without a tree, what most small bodies are: one object of numbers, truths and plain ASCII
 * strings without escapes. True: json_read and json_fit would fill `target` with the same. False: it is anything else,
 * good or bad, and parts of `target` may be filled already; read it in the ordinary way. */
bool json_fit_flat(struct arena *arena, const char *text, size_t len, const struct json_field *fields, void *target);

/* A writer that puts commas and quotes right. Errors stick in `out->failed`. */
struct json_writer {
    struct buf *out;
    bool comma;
};
void json_writer_init(struct json_writer *writer, struct buf *out);
void json_open_object(struct json_writer *writer);
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer);
void json_close_array(struct json_writer *writer);
void json_put_key(struct json_writer *writer, const char *key);
void json_put_text(struct json_writer *writer, const char *text); /* NULL writes null; invalid UTF-8 becomes U+FFFD */
void json_put_int(struct json_writer *writer, int64_t number);
void json_put_null(struct json_writer *writer);
void json_put_id(struct json_writer *writer, int64_t id);            /* 16 hex digits as a string */
void json_put_hundredths(struct json_writer *writer, int64_t value); /* "57.50" as a string */
void json_put_raw(struct json_writer *writer, const char *json);     /* a complete value that is JSON already */
void json_put_value(struct json_writer *writer, const struct json *value);
/* key and value in one call */
void json_member_text(struct json_writer *writer, const char *key, const char *text);
void json_member_int(struct json_writer *writer, const char *key, int64_t number);
void json_member_bool(struct json_writer *writer, const char *key, bool truth);
void json_member_id(struct json_writer *writer, const char *key, int64_t id);
void json_member_hundredths(struct json_writer *writer, const char *key, int64_t value);
void json_member_time(struct json_writer *writer, const char *key, int64_t us);

/* Appends `value` in canonical form: members sorted by UTF-16 code units, no blanks, minimal escapes.
 * ERR_RANGE when an integer is beyond 2^53 - 1, ERR_LIMIT when `out` is full, ERR_MEMORY. Why: RFC 8785, for hashes that any language can check. */
enum err json_canonical(const struct json *value, struct buf *out) MUST_CHECK;

#endif
