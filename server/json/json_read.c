#include "json_private.h"
#include "parsed.h"

#include "khoacu/base/cleanup.h"

#include <stdio.h>

#include "khoacu/base/banned.h"

#define DEPTH_MAX 32

/* jansson reads. What it lets pass and Khoacu does not, numbers with a fraction and depth, is refused while its tree is
 * copied into the arena. */
struct copying {
    struct arena *arena;
    const char *reason; /* of a refusal */
    const char *key;    /* of the last member begun */
};

static enum err refuse(struct copying *copying, enum err err, const char *reason) {
    copying->reason = reason;
    return err;
}

static enum err copy_value(struct copying *copying, struct parsed *from, int depth, struct json *to);

static enum err copy_items(struct copying *copying, struct parsed *from, int depth, struct json *items, size_t count) {
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < count; i++)
        err = copy_value(copying, parsed_item(from, i), depth, &items[i]);
    return err;
}

static enum err copy_members(struct copying *copying, struct parsed *from, int depth, struct json *items) {
    enum err err = ERR_NONE;
    for (void *member = parsed_member_first(from); err == ERR_NONE && member; member = parsed_member_next(from, member)) {
        items->key = copying->key = arena_strdup(copying->arena, parsed_member_key(member));
        err = items->key ? copy_value(copying, parsed_member_value(member), depth, items)
                         : refuse(copying, ERR_MEMORY, "memory");
        items++;
    }
    return err;
}

static enum err copy_container(struct copying *copying, struct parsed *from, const struct parsed_look *look, int depth,
                               struct json *to) {
    struct json *items = ARENA_ARRAY(copying->arena, look->count, struct json);
    if (depth > DEPTH_MAX)
        return refuse(copying, ERR_LIMIT, "too deep");
    if (!items)
        return refuse(copying, ERR_MEMORY, "memory");
    to->kind = look->kind == PARSED_OBJECT ? JSON_OBJECT : JSON_ARRAY;
    to->count = (uint32_t)look->count;
    to->as.items = items;
    return look->kind == PARSED_OBJECT ? copy_members(copying, from, depth, items)
                                       : copy_items(copying, from, depth, items, look->count);
}

static enum err copy_value(struct copying *copying, struct parsed *from, int depth, struct json *to) {
    struct parsed_look look;
    parsed_look(from, &look);
    switch (look.kind) {
    case PARSED_NULL:
        to->kind = JSON_NULL;
        return ERR_NONE;
    case PARSED_BOOL:
    case PARSED_INT:
        to->kind = look.kind == PARSED_INT ? JSON_INT : JSON_BOOL;
        to->as.number = look.number;
        return ERR_NONE;
    case PARSED_FRACTION:
        return refuse(copying, ERR_SYNTAX, "numbers are whole here");
    case PARSED_STRING:
        to->kind = JSON_STRING;
        to->count = (uint32_t)look.count;
        to->as.text = arena_strndup(copying->arena, look.text, look.count);
        return to->as.text ? ERR_NONE : refuse(copying, ERR_MEMORY, "memory");
    case PARSED_ARRAY:
    case PARSED_OBJECT:
        return copy_container(copying, from, &look, depth + 1, to);
    }
    return ERR_SYNTAX;
}

static enum err tell(struct json_error *error, enum err err, size_t offset, const char *reason, const char *key) {
    if (error) {
        error->offset = offset;
        (void)snprintf(error->reason, sizeof error->reason, key ? "%.40s (at \"%.40s\")" : "%.90s", reason, key);
    }
    return err;
}

static void close_tree(struct parsed **root) {
    parsed_close(*root);
}

enum err json_read(struct arena *arena, const char *text, size_t len, const struct json **ret_value, struct json_error *ret_error) {
    struct parsed_fault fault;
    if (len > UINT32_MAX)
        return tell(ret_error, ERR_LIMIT, 0, "too long", NULL);
    struct parsed *parsed CLEANUP(close_tree) = parsed_open(text, len, &fault);
    if (!parsed)
        return tell(ret_error, fault.memory ? ERR_MEMORY : fault.too_deep ? ERR_LIMIT : ERR_SYNTAX, fault.offset, fault.text, NULL);
    struct copying copying = {.arena = arena};
    struct json *root = ARENA_NEW(arena, struct json);
    enum err err = root ? copy_value(&copying, parsed, 0, root) : refuse(&copying, ERR_MEMORY, "memory");
    if (err != ERR_NONE)
        return tell(ret_error, err, 0, copying.reason, copying.key);
    *ret_value = root;
    return ERR_NONE;
}
