#include "parsed.h"

#include <jansson.h>

#include <stdio.h>

#include "khoacu/base/banned.h"

static json_t *from(struct parsed *value) {
    return (json_t *)(void *)value;
}

static struct parsed *to(json_t *value) {
    return (struct parsed *)(void *)value;
}

struct parsed *parsed_open(const char *text, size_t len, struct parsed_fault *ret_fault) {
    json_error_t error;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (root)
        return to(root);
    enum json_error_code code = json_error_code(&error);
    *ret_fault = (struct parsed_fault){.offset = error.position > 0 ? (size_t)error.position : 0,
                                       .memory = code == json_error_out_of_memory,
                                       .too_deep = code == json_error_stack_overflow};
    (void)snprintf(ret_fault->text, sizeof ret_fault->text, "%s", error.text);
    return NULL;
}

void parsed_close(struct parsed *root) {
    json_decref(from(root));
}

void parsed_look(struct parsed *value, struct parsed_look *ret_look) {
    json_t *json = from(value);
    *ret_look = (struct parsed_look){.kind = PARSED_NULL};
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        *ret_look = (struct parsed_look){.kind = PARSED_OBJECT, .count = json_object_size(json)};
        break;
    case JSON_ARRAY:
        *ret_look = (struct parsed_look){.kind = PARSED_ARRAY, .count = json_array_size(json)};
        break;
    case JSON_STRING:
        *ret_look =
            (struct parsed_look){.kind = PARSED_STRING, .text = json_string_value(json), .count = json_string_length(json)};
        break;
    case JSON_INTEGER:
        *ret_look = (struct parsed_look){.kind = PARSED_INT, .number = json_integer_value(json)};
        break;
    case JSON_REAL:
        ret_look->kind = PARSED_FRACTION;
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        *ret_look = (struct parsed_look){.kind = PARSED_BOOL, .number = json_is_true(json)};
        break;
    case JSON_NULL:
        break;
    }
}

struct parsed *parsed_item(struct parsed *array, size_t index) {
    return to(json_array_get(from(array), index));
}

void *parsed_member_first(struct parsed *object) {
    return json_object_iter(from(object));
}

void *parsed_member_next(struct parsed *object, void *member) {
    return json_object_iter_next(from(object), member);
}

const char *parsed_member_key(void *member) {
    return json_object_iter_key(member);
}

struct parsed *parsed_member_value(void *member) {
    return to(json_object_iter_value(member));
}
