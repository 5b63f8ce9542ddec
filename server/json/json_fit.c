#include "json_private.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define PATH_SHOWN_MAX 200

void json_misfit_add(struct arena *arena, struct json_misfits *misfits, const char *name, const char *rule, int64_t min,
                     int64_t max) {
    size_t capacity = sizeof(misfits->list) / sizeof(misfits->list[0]);
    if (misfits->count++ >= capacity)
        return;
    const char *prefix = misfits->prefix ? misfits->prefix : "";
    const char *dot = *prefix && *name && *name != '[' ? "." : "";
    const char *path = arena_printf(arena, "%s%s%.*s", prefix, dot, PATH_SHOWN_MAX, name);
    if (path && !text_is_utf8(path, strlen(path))) /* cut within a character */
        path = prefix;
    misfits->list[misfits->count - 1] = (struct json_misfit){.path = path ? path : "", .rule = rule, .min = min, .max = max};
}

static const struct json_field *find_field(const struct json_field *fields, const char *name) {
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

/* The rule that a value of the right kind breaks, or NULL. */
static const char *broken_rule(const struct json *value, const struct json_field *field) {
    int64_t measure;
    const char *rule;
    switch (value->kind) {
    case JSON_INT:
        measure = value->as.number;
        rule = "range";
        break;
    case JSON_STRING:
        measure = (int64_t)text_utf8_len(value->as.text);
        rule = "length";
        break;
    case JSON_ARRAY:
        measure = value->count;
        rule = "count";
        break;
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_OBJECT:
    default:
        return NULL;
    }
    return measure < field->min || measure > field->max ? rule : NULL;
}

static void store(const struct json *value, const struct json_field *field, char *target) {
    void *place = target + field->offset;
    switch (value->kind) {
    case JSON_INT:
        memcpy(place, &value->as.number, sizeof(value->as.number));
        break;
    case JSON_BOOL:
        memcpy(place, &(bool){value->as.number != 0}, sizeof(bool));
        break;
    case JSON_STRING:
        memcpy(place, &value->as.text, sizeof(value->as.text));
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        memcpy(place, &value, sizeof(value));
        break;
    case JSON_NULL:
        break;
    }
}

static void fit_field(struct arena *arena, const struct json *object, const struct json_field *field, char *target,
                      struct json_misfits *misfits) {
    const struct json *value = json_get(object, field->name);
    if (json_kind(value) == JSON_NULL) {
        if (field->required)
            json_misfit_add(arena, misfits, field->name, "required", field->min, field->max);
        return;
    }
    if (field->kind == JSON_ANY) {
        memcpy(target + field->offset, &value, sizeof(value));
        return;
    }
    const char *rule = value->kind == field->kind ? broken_rule(value, field) : "kind";
    if (rule)
        json_misfit_add(arena, misfits, field->name, rule, field->min, field->max);
    else
        store(value, field, target);
}

bool json_fit(struct arena *arena, const struct json *value, const struct json_field *fields, void *target,
              struct json_misfits *misfits) {
    size_t before = misfits->count;
    if (json_kind(value) != JSON_OBJECT) {
        json_misfit_add(arena, misfits, "", "kind", 0, 0);
        return false;
    }
    for (const struct json_field *field = fields; field->name; field++)
        fit_field(arena, value, field, target, misfits);
    for (size_t i = 0; i < value->count; i++)
        if (!find_field(fields, value->as.items[i].key))
            json_misfit_add(arena, misfits, value->as.items[i].key, "unknown", 0, 0);
    return misfits->count == before;
}
