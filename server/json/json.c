#include "json_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum json_kind json_kind(const struct json *value) {
    return value ? value->kind : JSON_NULL;
}

const struct json *json_get(const struct json *object, const char *key) {
    if (json_kind(object) != JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (strcmp(object->as.items[i].key, key) == 0)
            return &object->as.items[i];
    return NULL;
}

const char *json_text(const struct json *value) {
    return json_kind(value) == JSON_STRING ? value->as.text : NULL;
}

bool json_int(const struct json *value, int64_t *ret_number) {
    if (json_kind(value) != JSON_INT)
        return false;
    *ret_number = value->as.number;
    return true;
}

bool json_bool(const struct json *value, bool *ret_truth) {
    if (json_kind(value) != JSON_BOOL)
        return false;
    *ret_truth = value->as.number != 0;
    return true;
}

static bool is_container(const struct json *value) {
    return json_kind(value) == JSON_ARRAY || json_kind(value) == JSON_OBJECT;
}

size_t json_count(const struct json *array_or_object) {
    return is_container(array_or_object) ? array_or_object->count : 0;
}

const struct json *json_at(const struct json *array_or_object, size_t index) {
    return index < json_count(array_or_object) ? &array_or_object->as.items[index] : NULL;
}

const char *json_key_at(const struct json *object, size_t index) {
    return json_kind(object) == JSON_OBJECT && index < object->count ? object->as.items[index].key : NULL;
}
