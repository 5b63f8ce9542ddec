/* parsed.h: jansson's tree, seen through names of our own. Why: jansson.h and khoacu/json/json.h both define JSON_OBJECT
 * and its kin, so that no file can include both. Used by: json alone. Threads: one owner. */
#ifndef KHOACU_JSON_PARSED_H
#define KHOACU_JSON_PARSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parsed; /* a value, or NULL */

enum parsed_kind { PARSED_NULL, PARSED_BOOL, PARSED_INT, PARSED_FRACTION, PARSED_STRING, PARSED_ARRAY, PARSED_OBJECT };
struct parsed_look {
    enum parsed_kind kind;
    int64_t number;   /* of a BOOL 0 or 1 */
    const char *text; /* lives as long as the tree */
    size_t count;     /* bytes of a string; items of a container */
};
struct parsed_fault {
    size_t offset;
    char text[160]; /* why */
    bool memory, too_deep;
};

/* NULL with *ret_fault filled, or a tree that parsed_close ends. */
struct parsed *parsed_open(const char *text, size_t len, struct parsed_fault *ret_fault);
void parsed_close(struct parsed *root);
void parsed_look(struct parsed *value, struct parsed_look *ret_look);
struct parsed *parsed_item(struct parsed *array, size_t index);
/* Members in the order in which they were written: NULL ends. */
void *parsed_member_first(struct parsed *object);
void *parsed_member_next(struct parsed *object, void *member);
const char *parsed_member_key(void *member);
struct parsed *parsed_member_value(void *member);

#endif
