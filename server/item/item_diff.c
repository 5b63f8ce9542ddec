#include "item_private.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Both versions become lists of (path, text) in the same order; equal paths are compared, others came or went. */
struct entry {
    const char *path, *text;
    bool markup;
    struct entry *next;
};
struct side {
    struct arena *arena;
    struct entry *first, **last;
    bool failed;
};

static void say(struct side *side, bool markup, const char *text, const char *format, ...) __attribute__((format(printf, 4, 5)));
static void say(struct side *side, bool markup, const char *text, const char *format, ...) {
    char path[160];
    if (!text || !*text)
        return;
    va_list list;
    va_start(list, format);
    (void)vsnprintf(path, sizeof path, format, list);
    va_end(list);
    struct entry *entry = ARENA_NEW(side->arena, struct entry);
    const char *kept = arena_strdup(side->arena, path);
    if (!entry || !kept) {
        side->failed = true;
        return;
    }
    *entry = (struct entry){.path = kept, .text = text, .markup = markup};
    *side->last = entry;
    side->last = &entry->next;
}

static void say_decimal(struct side *side, const char *text, int places, const char *path, const char *member) {
    const char *shortest = text && *text ? item_decimal(side->arena, text, places) : NULL;
    say(side, false, shortest ? shortest : text, "%s%s", path, member);
}

static void say_number(struct side *side, int64_t number, const char *path) {
    if (number != 0)
        say(side, false, arena_printf(side->arena, "%lld", (long long)number), "%s", path);
}

static void say_truth(struct side *side, bool truth, const char *path) {
    say(side, false, truth ? "true" : NULL, "%s", path);
}

static void say_text(struct side *side, const struct item_text *text, const char *path) {
    say(side, true, text->vi, "%s.vi", path);
    say(side, true, text->en, "%s.en", path);
}

/* A list of words as one text, so that a change of order is seen. */
static void say_words(struct side *side, const char *const *list, size_t count, const char *path) {
    const char *all = NULL;
    for (size_t i = 0; i < count; i++) {
        all = all ? arena_printf(side->arena, "%s, %s", all, list[i]) : list[i];
        side->failed |= !all;
    }
    say(side, false, all, "%s", path);
}

static void say_options(struct side *side, const struct item_option *options, size_t count, const char *list) {
    char path[2 * ITEM_PATH_SIZE];
    const char *ids = NULL;
    for (size_t i = 0; i < count; i++) {
        ids = ids ? arena_printf(side->arena, "%s, %s", ids, options[i].id) : options[i].id;
        side->failed |= !ids;
    }
    say(side, false, ids, "%s", list);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "%s[%s].text", list, options[i].id);
        say_text(side, &options[i].text, path);
        (void)snprintf(path, sizeof path, "%s[%s]", list, options[i].id);
        if (!item_decimal_zero(options[i].credit))
            say_decimal(side, options[i].credit, ITEM_PLACES, path, ".credit");
        (void)snprintf(path, sizeof path, "%s[%s].note", list, options[i].id);
        say_text(side, &options[i].note, path);
    }
}

static void say_content(struct side *side, const struct item *item) {
    char path[2 * ITEM_PATH_SIZE];
    say(side, false, item_kind_key(item->kind), "kind");
    say(side, false, item->title, "title");
    say(side, false, item->stimulus, "stimulus");
    say_text(side, &item->body, "body");
    say_options(side, item->options, item->option_count, "options");
    say_options(side, item->columns, item->column_count, "columns");
    for (size_t i = 0; i < item->gap_count; i++) {
        (void)snprintf(path, sizeof path, "gaps[%s].options", item->gaps[i].id);
        say_options(side, item->gaps[i].options, item->gaps[i].option_count, path);
        say(side, false, item->gaps[i].correct, "gaps[%s].correct", item->gaps[i].id);
    }
    say_number(side, item->choices_min, "choices_min");
    say_number(side, item->choices_max, "choices_max");
    say_truth(side, item->shuffle, "shuffle");
    say(side, false, item->unit, "unit");
    say_number(side, item->words_max, "words_max");
    say_number(side, item->lines, "lines");
    say_words(side, item->upload_types, item->upload_type_count, "upload_types");
    say_number(side, item->upload_bytes_max, "upload_bytes_max");
    say_number(side, item->upload_files_max, "upload_files_max");
}

static const char *or_one(const char *credit) {
    return credit && *credit ? credit : "1";
}

static void say_accepted(struct side *side, const struct item *item) {
    char path[ITEM_PATH_SIZE];
    for (size_t i = 0; i < item->accepted_count; i++) {
        const struct item_accepted *accepted = &item->accepted[i];
        (void)snprintf(path, sizeof path, "accepted[%zu]", i);
        if (item->kind == ITEM_NUMERIC)
            say_decimal(side, accepted->value, ITEM_VALUE_PLACES, path, ".value");
        else
            say(side, false, accepted->value, "%s.value", path);
        say_decimal(side, accepted->tolerance, ITEM_VALUE_PLACES, path, ".tolerance");
        say(side, false, accepted->relative ? "true" : NULL, "%s.relative", path);
        say_decimal(side, accepted->low, ITEM_VALUE_PLACES, path, ".low");
        say_decimal(side, accepted->high, ITEM_VALUE_PLACES, path, ".high");
        say_decimal(side, or_one(accepted->credit), ITEM_PLACES, path, ".credit");
        (void)snprintf(path, sizeof path, "accepted[%zu].note", i);
        say_text(side, &accepted->note, path);
    }
}

static void say_key(struct side *side, const struct item *item) {
    char path[2 * ITEM_PATH_SIZE];
    say_decimal(side, item->points, ITEM_PLACES, "points", "");
    say_decimal(side, item->points_min, ITEM_PLACES, "points_min", "");
    say_decimal(side, item->points_max, ITEM_PLACES, "points_max", "");
    say(side, false, item_rule_key(item->rule), "rule");
    say_words(side, item->order, item->order_count, "order");
    for (size_t i = 0; i < item->pair_count; i++) {
        (void)snprintf(path, sizeof path, "pairs[%s/%s]", item->pairs[i].row, item->pairs[i].column);
        say_decimal(side, or_one(item->pairs[i].credit), ITEM_PLACES, path, "");
    }
    say_accepted(side, item);
    say_truth(side, item->fold_case, "fold_case");
    say_truth(side, item->fold_marks, "fold_marks");
    say_truth(side, item->fold_spaces, "fold_spaces");
    for (size_t i = 0; i < item->criterion_count; i++) {
        (void)snprintf(path, sizeof path, "rubric[%s].text", item->rubric[i].id);
        say_text(side, &item->rubric[i].text, path);
        (void)snprintf(path, sizeof path, "rubric[%s]", item->rubric[i].id);
        say_decimal(side, item->rubric[i].max, ITEM_PLACES, path, ".max");
        (void)snprintf(path, sizeof path, "rubric[%s].levels", item->rubric[i].id);
        say_options(side, item->rubric[i].levels, item->rubric[i].level_count, path);
    }
    say_text(side, &item->rationale, "rationale");
}

static void say_meta(struct side *side, const struct item_meta *meta) {
    say(side, false, meta->code, "meta.code");
    say(side, false, meta->subject, "meta.subject");
    say(side, false, meta->topic, "meta.topic");
    say_number(side, meta->level, "meta.level");
    if (meta->facility >= 0)
        say(side, false, arena_printf(side->arena, "%lld", (long long)meta->facility), "meta.facility");
    say_number(side, meta->seconds, "meta.seconds");
    say(side, false, meta->source, "meta.source");
    say(side, false, item_day(side->arena, meta->source_expires_day), "meta.source_expires_on");
    say_words(side, meta->tags, meta->tag_count, "meta.tags");
    say_words(side, meta->enemies, meta->enemy_count, "meta.enemies");
    say(side, false, meta->external_id, "meta.external_id");
}

static void say_all(struct side *side, struct arena *arena, const struct item *item) {
    *side = (struct side){.arena = arena};
    side->last = &side->first;
    say_content(side, item);
    say_key(side, item);
    say_meta(side, &item->meta);
}

static struct entry *find(struct entry *from, const char *path) {
    while (from && strcmp(from->path, path) != 0)
        from = from->next;
    return from;
}

static void note_change(struct item_changes *changes, const struct entry *before, const struct entry *after) {
    const struct entry *one = before ? before : after;
    if (before && after && strcmp(before->text, after->text) == 0)
        return;
    changes->list[changes->count++] = (struct item_change){
        .path = one->path, .before = before ? before->text : NULL, .after = after ? after->text : NULL, .markup = one->markup};
}

/* Walks both in step; where they part, what is only in the old one comes first. */
bool item_diff(struct arena *arena, const struct item *before, const struct item *after, struct item_changes *ret_changes) {
    struct side old, new;
    struct item_changes changes = {0};
    say_all(&old, arena, before);
    say_all(&new, arena, after);
    size_t most = 0;
    for (const struct entry *entry = old.first; entry; entry = entry->next)
        most++;
    for (const struct entry *entry = new.first; entry; entry = entry->next)
        most++;
    changes.list = ARENA_ARRAY(arena, most, struct item_change);
    if (!changes.list || old.failed || new.failed || arena->failed)
        return false;
    struct entry *left = old.first, *right = new.first;
    while (left || right) {
        struct entry *twin = right ? find(left, right->path) : NULL;
        if (!right || (left && !twin && !find(right, left->path))) {
            note_change(&changes, left, NULL);
            left = left->next;
        } else if (!twin) {
            /* an entry that moved to the front was taken out of the old list when it was met */
            note_change(&changes, NULL, right);
            right = right->next;
        } else {
            note_change(&changes, twin, right);
            right = right->next;
            if (twin == left)
                left = left->next;
            else {
                struct entry *previous = left;
                while (previous->next != twin)
                    previous = previous->next;
                previous->next = twin->next;
            }
        }
    }
    *ret_changes = changes;
    return true;
}
