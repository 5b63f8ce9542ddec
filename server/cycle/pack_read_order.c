#include "pack_read.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct raw_priority {
    const char *apply, *pick, *cap;
    const struct json *classes, *window;
};
static const struct json_field PRIORITY_FIELDS[] = {
    JSON_FIELD(struct raw_priority, apply, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct raw_priority, pick, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct raw_priority, classes, JSON_ARRAY, true, 0, RANK_CLASSES_MAX),
    JSON_FIELD(struct raw_priority, cap, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_priority, window, JSON_OBJECT, false, 0, 0),
    {0}};
struct raw_window {
    const char *low, *high;
};
static const struct json_field WINDOW_FIELDS[] = {JSON_FIELD(struct raw_window, low, JSON_STRING, true, 1, 10),
                                                  JSON_FIELD(struct raw_window, high, JSON_STRING, true, 1, 10),
                                                  {0}};
struct raw_class {
    const char *code, *points;
    const struct json *title;
};
static const struct json_field CLASS_FIELDS[] = {
    JSON_FIELD(struct raw_class, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_class, points, JSON_STRING, true, 1, 10),
    JSON_FIELD(struct raw_class, title, JSON_OBJECT, true, 0, 0),
    {0}};

/* The points are for a raw result within the window, and lift it no higher than the cap. */
static void read_window(struct pack_reader *r, const struct raw_priority *raw) {
    struct raw_window window = {0};
    if (raw->cap)
        pack_read_mark(r, "cap", raw->cap, 1, RANK_VALUE_MAX, &r->pack->rank.priority_cap);
    const char *before = pack_enter(r, "window");
    if (raw->window && json_fit(r->arena, raw->window, WINDOW_FIELDS, &window, r->misfits)) {
        pack_read_mark(r, "low", window.low, 0, RANK_VALUE_MAX, &r->pack->rank.window_low);
        pack_read_mark(r, "high", window.high, 1, RANK_VALUE_MAX, &r->pack->rank.window_high);
    }
    pack_leave(r, before);
}

static void read_priority(struct pack_reader *r, const struct json *value) {
    struct raw_priority raw = {0};
    const char *outer = pack_enter(r, "priority");
    if (json_fit(r->arena, value, PRIORITY_FIELDS, &raw, r->misfits)) {
        if (strcmp(raw.apply, "after_pass") != 0)
            pack_misfit(r, "apply", "unknown");
        if (strcmp(raw.pick, "highest") != 0)
            pack_misfit(r, "pick", "unknown");
        for (size_t i = 0; i < json_count(raw.classes); i++) {
            struct raw_class one = {0};
            const char *before = pack_enter(r, "classes[%zu]", i);
            if (json_fit(r->arena, json_at(raw.classes, i), CLASS_FIELDS, &one, r->misfits)) {
                pack_read_code(r, "code", one.code, r->pack->rank.classes[i].code);
                pack_read_mark(r, "points", one.points, 1, 10000, &r->pack->rank.classes[i].points);
                pack_read_words(r, "title", one.title, &r->pack->class_titles[i]);
            }
            pack_leave(r, before);
        }
        r->pack->rank.class_count = (uint8_t)json_count(raw.classes);
        read_window(r, &raw);
    }
    pack_leave(r, outer);
}

struct raw_tie {
    const char *key, *order, *when, *exempt, *class;
    const struct json *manual;
};
static const struct json_field TIE_FIELDS[] = {
    JSON_FIELD(struct raw_tie, key, JSON_STRING, false, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_tie, order, JSON_STRING, false, 1, 4),
    JSON_FIELD(struct raw_tie, when, JSON_STRING, false, 1, 20),
    JSON_FIELD(struct raw_tie, exempt, JSON_STRING, false, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_tie, class, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_tie, manual, JSON_OBJECT, false, 0, 0),
    {0}};

static void read_tie(struct pack_reader *r, const struct json *value, struct rank_key *key) {
    struct raw_tie raw = {0};
    if (!json_fit(r->arena, value, TIE_FIELDS, &raw, r->misfits))
        return;
    if (!!raw.key + !!raw.exempt + !!raw.manual + !!raw.class != 1 || (raw.key != NULL) != (raw.order != NULL) ||
        (raw.when && !raw.key)) {
        pack_misfit(r, "", "contradiction");
    } else if (raw.manual) {
        key->kind = RANK_KEY_MANUAL;
        pack_read_words(r, "manual", raw.manual, &r->pack->manual_by);
    } else if (raw.class) {
        key->kind = RANK_KEY_CLASS;
        if (strcmp(raw.class, "points") != 0)
            pack_misfit(r, "class", "unknown");
    } else {
        key->kind = raw.key ? RANK_KEY_VALUE : RANK_KEY_EXEMPT;
        key->quantity = rank_quantity_find(&r->pack->rank, raw.key ? raw.key : raw.exempt);
        key->ascending = raw.order && strcmp(raw.order, "asc") == 0;
        key->combined_only = raw.when != NULL;
        if (raw.order && !key->ascending && strcmp(raw.order, "desc") != 0)
            pack_misfit(r, "order", "unknown");
        if (raw.when && strcmp(raw.when, "combined") != 0)
            pack_misfit(r, "when", "unknown");
        if (key->quantity == RANK_NONE)
            pack_misfit(r, raw.key ? "key" : "exempt", "unknown-quantity");
    }
}

struct raw_rank {
    const char *key, *min;
    bool plus_priority;
};
static const struct json_field RANK_FIELDS[] = {
    JSON_FIELD(struct raw_rank, key, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_rank, plus_priority, JSON_BOOL, true, 0, 0),
    JSON_FIELD(struct raw_rank, min, JSON_STRING, false, 1, 10),
    {0}};
struct raw_allocation {
    const char *mode, *unfilled, *equals, *rest;
    const struct json *groups;
    int64_t wishes;
};
static const struct json_field ALLOCATION_FIELDS[] = {JSON_FIELD(struct raw_allocation, mode, JSON_STRING, true, 1, 40),
                                                      JSON_FIELD(struct raw_allocation, wishes, JSON_INT, false, 1, 20),
                                                      JSON_FIELD(struct raw_allocation, groups, JSON_ARRAY, false, 1, RANK_GROUPS_MAX),
                                                      JSON_FIELD(struct raw_allocation, unfilled, JSON_STRING, false, 1, 10),
                                                      JSON_FIELD(struct raw_allocation, equals, JSON_STRING, false, 1, 10),
                                                      JSON_FIELD(struct raw_allocation, rest, JSON_STRING, false, 1, 20),
                                                      {0}};

struct raw_group {
    const char *code, *percent;
    const struct json *title;
};
static const struct json_field GROUP_FIELDS[] = {JSON_FIELD(struct raw_group, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
                                                 JSON_FIELD(struct raw_group, title, JSON_OBJECT, true, 0, 0),
                                                 JSON_FIELD(struct raw_group, percent, JSON_STRING, false, 1, 10),
                                                 {0}};
struct raw_reserve {
    int64_t size, months;
    const char *order;
};
static const struct json_field RESERVE_FIELDS[] = {JSON_FIELD(struct raw_reserve, size, JSON_INT, true, -1, 1000000),
                                                   JSON_FIELD(struct raw_reserve, months, JSON_INT, false, 1, 1200),
                                                   JSON_FIELD(struct raw_reserve, order, JSON_STRING, true, 1, 20),
                                                   {0}};

/* Groups for whom seats are reserved, and what becomes of those that they leave. */
static void read_groups(struct pack_reader *r, const struct raw_allocation *raw) {
    struct rank_pack *rules = &r->pack->rank;
    for (size_t i = 0; i < json_count(raw->groups); i++) {
        struct raw_group one = {0};
        int64_t percent = 0;
        const char *before = pack_enter(r, "groups[%zu]", i);
        if (json_fit(r->arena, json_at(raw->groups, i), GROUP_FIELDS, &one, r->misfits)) {
            pack_read_code(r, "code", one.code, rules->groups[i]);
            pack_read_words(r, "title", one.title, &r->pack->group_titles[i]);
            if (one.percent)
                pack_read_mark(r, "percent", one.percent, 1, 10000, &percent);
            if ((one.percent != NULL) != (json_get(json_at(raw->groups, 0), "percent") != NULL))
                pack_misfit(r, "percent", one.percent ? "contradiction" : "required");
            rules->group_percents[i] = (int32_t)percent;
        }
        pack_leave(r, before);
    }
    rules->group_count = (uint8_t)json_count(raw->groups);
    if ((raw->unfilled != NULL) != (raw->groups != NULL))
        pack_misfit(r, "unfilled", raw->groups ? "required" : "contradiction");
    else if (raw->unfilled && strcmp(raw->unfilled, "open") != 0 && strcmp(raw->unfilled, "kept") != 0 && strcmp(raw->unfilled, "carried") != 0)
        pack_misfit(r, "unfilled", "unknown");
    rules->reserved_to_open = raw->unfilled && strcmp(raw->unfilled, "open") == 0;
    r->pack->unfilled_carried = raw->unfilled && strcmp(raw->unfilled, "carried") == 0;
}

static void read_reserve(struct pack_reader *r, const struct json *value) {
    struct raw_reserve raw = {0};
    const char *before = pack_enter(r, "reserve");
    if (json_fit(r->arena, value, RESERVE_FIELDS, &raw, r->misfits)) {
        r->pack->rank.reserve_size = (int32_t)raw.size;
        r->pack->reserve_months = raw.months;
        r->pack->reserve_unordered = strcmp(raw.order, "alphabetical") == 0;
        if (!r->pack->reserve_unordered && strcmp(raw.order, "ranked") != 0)
            pack_misfit(r, "order", "unknown");
    }
    pack_leave(r, before);
}

void pack_read_order(struct pack_reader *r, const struct raw_order *raw) {
    struct rank_pack *rules = &r->pack->rank;
    struct raw_rank rank = {0};
    read_priority(r, raw->priority);
    if (raw->reserve)
        read_reserve(r, raw->reserve);
    const char *before = pack_enter(r, "rank");
    if (json_fit(r->arena, raw->rank, RANK_FIELDS, &rank, r->misfits)) {
        rules->rank_quantity = rank_quantity_find(rules, rank.key);
        rules->plus_priority = rank.plus_priority;
        if (rank.min)
            pack_read_mark(r, "min", rank.min, 1, RANK_VALUE_MAX, &rules->total_min);
        if (rules->rank_quantity == RANK_NONE)
            pack_misfit(r, "key", "unknown-quantity");
    }
    pack_leave(r, before);
    for (size_t i = 0; i < json_count(raw->ties); i++) {
        before = pack_enter(r, "ties[%zu]", i);
        read_tie(r, json_at(raw->ties, i), &rules->keys[i]);
        pack_leave(r, before);
    }
    rules->key_count = (uint8_t)json_count(raw->ties);
    struct raw_allocation allocation = {0};
    before = pack_enter(r, "allocation");
    if (json_fit(r->arena, raw->allocation, ALLOCATION_FIELDS, &allocation, r->misfits)) {
        rules->allocation = pack_read_key(r, "mode", allocation.mode, rank_allocation_find);
        rules->wishes_max = (uint8_t)allocation.wishes;
        rules->admit_equals = allocation.equals && strcmp(allocation.equals, "admit") == 0;
        if (allocation.equals && !rules->admit_equals)
            pack_misfit(r, "equals", "unknown");
        rules->rest_to_next = allocation.rest && strcmp(allocation.rest, "next_ranked") == 0;
        if (allocation.rest && !rules->rest_to_next)
            pack_misfit(r, "rest", "unknown");
        read_groups(r, &allocation);
    }
    pack_leave(r, before);
}
