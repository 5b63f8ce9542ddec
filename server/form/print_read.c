#include "print_private.h"

#include "khoacu/json/json.h"

#include <string.h>

#include "khoacu/base/banned.h"

static struct item_text text_of(const struct json *text) {
    return (struct item_text){.vi = json_text(json_get(text, "vi")), .en = json_text(json_get(text, "en"))};
}

static int64_t number_of(const struct json *object, const char *name) {
    int64_t number = 0;
    return json_int(json_get(object, name), &number) ? number : 0;
}

static struct item_option *options_of(struct arena *arena, const struct json *list, size_t *ret_count) {
    size_t count = json_count(list);
    struct item_option *options = ARENA_ARRAY(arena, count, struct item_option);
    for (size_t i = 0; options && i < count; i++) {
        const struct json *option = json_at(list, i);
        const char *id = json_text(json_get(option, "id"));
        options[i] = (struct item_option){.id = id ? id : "", .text = text_of(json_get(option, "text")),
                                          .credit = json_text(json_get(option, "credit"))};
    }
    *ret_count = options ? count : 0;
    return options;
}

static const char *const *texts_of(struct arena *arena, const struct json *list, size_t *ret_count) {
    size_t count = json_count(list);
    const char **texts = ARENA_ARRAY(arena, count, const char *);
    *ret_count = 0;
    for (size_t i = 0; texts && i < count; i++) {
        const char *text = json_text(json_at(list, i));
        if (text)
            texts[(*ret_count)++] = text;
    }
    return texts;
}

static void read_gaps(struct arena *arena, const struct json *list, struct item *item) {
    size_t count = json_count(list);
    item->gaps = ARENA_ARRAY(arena, count, struct item_gap);
    for (size_t i = 0; item->gaps && i < count; i++) {
        const struct json *gap = json_at(list, i);
        const char *id = json_text(json_get(gap, "id"));
        item->gaps[i].id = id ? id : "";
        item->gaps[i].options = options_of(arena, json_get(gap, "options"), &item->gaps[i].option_count);
        item->gap_count++;
    }
}

static void read_content(struct arena *arena, const struct json *content, struct item *item) {
    item->body = text_of(json_get(content, "body"));
    item->options = options_of(arena, json_get(content, "options"), &item->option_count);
    item->columns = options_of(arena, json_get(content, "columns"), &item->column_count);
    read_gaps(arena, json_get(content, "gaps"), item);
    item->choices_min = number_of(content, "choices_min");
    item->choices_max = number_of(content, "choices_max");
    item->words_max = number_of(content, "words_max");
    item->lines = number_of(content, "lines");
    item->unit = json_text(json_get(content, "unit"));
    item->upload_types = texts_of(arena, json_get(content, "upload_types"), &item->upload_type_count);
}

static const struct json *by_id(const struct json *list, const char *id) {
    for (size_t i = 0; i < json_count(list); i++) {
        const char *own = json_text(json_get(json_at(list, i), "id"));
        if (own && strcmp(own, id) == 0)
            return json_at(list, i);
    }
    return NULL;
}

static void read_accepted(struct arena *arena, const struct json *list, struct item *item) {
    item->accepted = ARENA_ARRAY(arena, json_count(list), struct item_accepted);
    for (size_t i = 0; item->accepted && i < json_count(list); i++) {
        const struct json *entry = json_at(list, i);
        struct item_accepted *accepted = &item->accepted[item->accepted_count++];
        *accepted = (struct item_accepted){.value = json_text(json_get(entry, "value")), .tolerance = json_text(json_get(entry, "tolerance")),
                                           .low = json_text(json_get(entry, "low")), .high = json_text(json_get(entry, "high")),
                                           .credit = json_text(json_get(entry, "credit"))};
        (void)json_bool(json_get(entry, "relative"), &accepted->relative);
    }
}

static void read_rubric(struct arena *arena, const struct json *list, struct item *item) {
    item->rubric = ARENA_ARRAY(arena, json_count(list), struct item_criterion);
    for (size_t i = 0; item->rubric && i < json_count(list); i++) {
        const struct json *entry = json_at(list, i);
        struct item_criterion *criterion = &item->rubric[item->criterion_count++];
        criterion->max = json_text(json_get(entry, "max"));
        criterion->text = text_of(json_get(entry, "text"));
        criterion->levels = options_of(arena, json_get(entry, "levels"), &criterion->level_count);
    }
}

static void read_key(struct arena *arena, const struct json *key, struct item *item) {
    const struct json *pairs = json_get(key, "pairs");
    for (size_t i = 0; i < item->option_count; i++)
        item->options[i].credit = json_text(json_get(by_id(json_get(key, "options"), item->options[i].id), "credit"));
    for (size_t i = 0; i < item->gap_count; i++)
        item->gaps[i].correct = json_text(json_get(by_id(json_get(key, "gaps"), item->gaps[i].id), "correct"));
    item->pairs = ARENA_ARRAY(arena, json_count(pairs), struct item_pair);
    for (size_t i = 0; item->pairs && i < json_count(pairs); i++)
        item->pairs[item->pair_count++] = (struct item_pair){json_text(json_get(json_at(pairs, i), "row")), json_text(json_get(json_at(pairs, i), "column")),
                                                             json_text(json_get(json_at(pairs, i), "credit"))};
    item->points = json_text(json_get(key, "points"));
    item->order = texts_of(arena, json_get(key, "order"), &item->order_count);
    item->rationale = text_of(json_get(key, "rationale"));
    read_accepted(arena, json_get(key, "accepted"), item);
    read_rubric(arena, json_get(key, "rubric"), item);
}

enum err print_read(struct arena *arena, const char *content, size_t content_len, const char *key, size_t key_len, const struct item **ret_item) {
    static const char *const kinds[] = {
#define X(name, word) [ITEM_##name] = word,
        ITEM_KINDS(X)
#undef X
    };
    struct item *item = ARENA_NEW(arena, struct item);
    const struct json *tree = NULL;
    enum err err = item ? json_read(arena, content, content_len, &tree, NULL) : ERR_MEMORY;
    if (err != ERR_NONE)
        return err;
    const char *kind = json_text(json_get(tree, "kind"));
    item->kind = ITEM_KIND_COUNT;
    for (int i = 0; kind && i < ITEM_KIND_COUNT; i++)
        if (strcmp(kinds[i], kind) == 0)
            item->kind = (enum item_kind)i;
    if (item->kind == ITEM_KIND_COUNT)
        return ERR_STATE;
    read_content(arena, tree, item);
    if (key)
        err = json_read(arena, key, key_len, &tree, NULL);
    if (key && err == ERR_NONE)
        read_key(arena, tree, item);
    if (err == ERR_NONE && arena->failed)
        err = ERR_MEMORY;
    if (err == ERR_NONE)
        *ret_item = item;
    return err;
}
