#include "work.h"

#include <string.h>

#include "khoacu/base/banned.h"

const char *assembly_verdict_key(enum assembly_verdict verdict) {
    static const char *const KEYS[ASSEMBLY_VERDICT_COUNT] = {
#define X(name, key) key,
        ASSEMBLY_VERDICT_TABLE(X)
#undef X
    };
    return KEYS[verdict];
}

const char *assembly_kind_key(enum assembly_kind kind) {
    static const char *const KEYS[ASSEMBLY_KIND_COUNT] = {
#define X(name, key, unit) key,
        ASSEMBLY_KIND_TABLE(X)
#undef X
    };
    return KEYS[kind];
}

bool assembly_kind_decimal(enum assembly_kind kind) {
    static const bool DECIMAL[ASSEMBLY_KIND_COUNT] = {
#define X(name, key, unit) unit,
        ASSEMBLY_KIND_TABLE(X)
#undef X
    };
    return DECIMAL[kind];
}

bool assembly_count_covers(const struct assembly_count *count, const struct assembly_item *item) {
    return assembly_topic_within(item->topic, count->topic) && (count->level == 0 || count->level == item->level) &&
           (!*count->kind || strcmp(count->kind, item->kind) == 0);
}

bool assembly_section_takes(const struct assembly_section *section, const struct assembly_item *item) {
    bool topic = section->topic_count == 0, kind = section->kind_count == 0;
    for (size_t i = 0; i < section->topic_count && !topic; i++)
        topic = assembly_topic_within(item->topic, section->topics[i]);
    for (size_t i = 0; i < section->kind_count && !kind; i++)
        kind = strcmp(item->kind, section->kinds[i]) == 0;
    return topic && kind && (section->levels == 0 || (section->levels >> item->level & 1));
}

const struct assembly_count *assembly_constraint_count(const struct assembly_blueprint *blueprint,
                                                       const struct assembly_constraint *constraint) {
    return constraint->section == ASSEMBLY_NOWHERE
               ? &blueprint->counts[constraint->index]
               : &blueprint->sections[constraint->section].counts[constraint->index];
}

const struct assembly_target *assembly_constraint_target(const struct assembly_blueprint *blueprint,
                                                         const struct assembly_constraint *constraint) {
    if (constraint->kind == ASSEMBLY_KIND_CURVE || constraint->kind == ASSEMBLY_KIND_CURVE_DIFFERENCE)
        return &blueprint->curve[constraint->index];
    if (constraint->kind == ASSEMBLY_KIND_INFORMATION || constraint->kind == ASSEMBLY_KIND_INFORMATION_DIFFERENCE)
        return &blueprint->points[constraint->index];
    return &blueprint->mean_target;
}

/* ---- the list ---- */

struct listing {
    struct assembly_constraint *list;
    size_t count;
};

static void add(struct listing *listing, enum assembly_kind kind, size_t section, size_t index,
                struct assembly_range range) {
    if (range.min == ASSEMBLY_NO_MIN && range.max == ASSEMBLY_NO_MAX)
        return;
    if (listing->count < ASSEMBLY_CONSTRAINTS_MAX)
        listing->list[listing->count++] = (struct assembly_constraint){
            .kind = kind, .section = section, .index = index, .range = range, .supply = ASSEMBLY_UNKNOWN};
}

static void add_most(struct listing *listing, enum assembly_kind kind, size_t index, int64_t max) {
    add(listing, kind, ASSEMBLY_NOWHERE, index, (struct assembly_range){ASSEMBLY_NO_MIN, max});
}

static void list_sections(struct listing *listing, const struct assembly_blueprint *blueprint) {
    for (size_t i = 0; i < blueprint->section_count; i++) {
        const struct assembly_section *section = &blueprint->sections[i];
        add(listing, ASSEMBLY_KIND_SECTION_ITEMS, i, ASSEMBLY_NOWHERE, section->items);
        add(listing, ASSEMBLY_KIND_SECTION_SECONDS, i, ASSEMBLY_NOWHERE, section->seconds);
        add(listing, ASSEMBLY_KIND_SECTION_WORDS, i, ASSEMBLY_NOWHERE, section->words);
        for (size_t k = 0; k < section->count_count; k++)
            add(listing, ASSEMBLY_KIND_CELL, i, k, section->counts[k].items);
    }
}

static void list_points(struct listing *listing, const struct assembly_blueprint *blueprint) {
    if (blueprint->mean)
        add(listing, ASSEMBLY_KIND_MEAN, ASSEMBLY_NOWHERE, ASSEMBLY_NOWHERE, blueprint->mean_target.range);
    for (size_t i = 0; i < blueprint->curve_count; i++)
        add(listing, ASSEMBLY_KIND_CURVE, ASSEMBLY_NOWHERE, i, blueprint->curve[i].range);
    for (size_t i = 0; i < blueprint->point_count; i++)
        add(listing, ASSEMBLY_KIND_INFORMATION, ASSEMBLY_NOWHERE, i, blueprint->points[i].range);
}

static void list_between(struct listing *listing, const struct assembly_blueprint *blueprint) {
    if (blueprint->uses_max < blueprint->forms)
        add_most(listing, ASSEMBLY_KIND_USES, ASSEMBLY_NOWHERE, blueprint->uses_max);
    if (blueprint->exposure_max != ASSEMBLY_NO_MAX)
        add_most(listing, ASSEMBLY_KIND_EXPOSURE, ASSEMBLY_NOWHERE, blueprint->exposure_max);
    if (blueprint->forms < 2)
        return;
    if (blueprint->overlap_max != ASSEMBLY_NO_MAX)
        add_most(listing, ASSEMBLY_KIND_OVERLAP, ASSEMBLY_NOWHERE, blueprint->overlap_max);
    if (blueprint->facility_difference != ASSEMBLY_UNKNOWN) {
        add_most(listing, ASSEMBLY_KIND_MEAN_DIFFERENCE, ASSEMBLY_NOWHERE, blueprint->facility_difference);
        for (size_t i = 0; i < blueprint->curve_count; i++)
            add_most(listing, ASSEMBLY_KIND_CURVE_DIFFERENCE, i, blueprint->facility_difference);
    }
    for (size_t i = 0; blueprint->information_difference != ASSEMBLY_UNKNOWN && i < blueprint->point_count; i++)
        add_most(listing, ASSEMBLY_KIND_INFORMATION_DIFFERENCE, i, blueprint->information_difference);
}

enum err assembly_constraints_list(struct arena *arena, const struct assembly_blueprint *blueprint, bool any_enemies,
                                   struct assembly_constraint **ret_list, size_t *ret_count) {
    struct listing listing = {.list = ARENA_ARRAY(arena, ASSEMBLY_CONSTRAINTS_MAX, struct assembly_constraint)};
    if (!listing.list)
        return ERR_MEMORY;
    add(&listing, ASSEMBLY_KIND_ITEMS, ASSEMBLY_NOWHERE, ASSEMBLY_NOWHERE,
        (struct assembly_range){blueprint->items, blueprint->items});
    list_sections(&listing, blueprint);
    for (size_t i = 0; i < blueprint->count_count; i++)
        add(&listing, ASSEMBLY_KIND_CELL, ASSEMBLY_NOWHERE, i, blueprint->counts[i].items);
    add(&listing, ASSEMBLY_KIND_SECONDS, ASSEMBLY_NOWHERE, ASSEMBLY_NOWHERE, blueprint->seconds);
    add(&listing, ASSEMBLY_KIND_WORDS, ASSEMBLY_NOWHERE, ASSEMBLY_NOWHERE, blueprint->words);
    list_points(&listing, blueprint);
    if (any_enemies)
        add_most(&listing, ASSEMBLY_KIND_ENEMIES, ASSEMBLY_NOWHERE, 0);
    for (size_t i = 0; i < blueprint->anchor_count; i++)
        add(&listing, ASSEMBLY_KIND_ANCHOR, blueprint->anchors[i].section, i, (struct assembly_range){1, 1});
    add(&listing, ASSEMBLY_KIND_STIMULUS_ITEMS, ASSEMBLY_NOWHERE, ASSEMBLY_NOWHERE, blueprint->stimulus_items);
    add(&listing, ASSEMBLY_KIND_STIMULUS_COUNT, ASSEMBLY_NOWHERE, ASSEMBLY_NOWHERE, blueprint->stimulus_count);
    for (size_t i = 0; i < blueprint->previous_count; i++)
        add_most(&listing, ASSEMBLY_KIND_PREVIOUS, i, blueprint->previous[i].overlap_max);
    list_between(&listing, blueprint);
    *ret_list = listing.list;
    *ret_count = listing.count;
    return ERR_NONE;
}
