#include "khoacu/sitting/section.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define SECOND_US 1000000LL

static bool read_section(const struct json *value, struct section *ret_section) {
    int64_t first = 0, last = 0, minutes = 0;
    if (json_kind(value) != JSON_OBJECT || json_count(value) != 3 || !json_int(json_get(value, "first"), &first) ||
        !json_int(json_get(value, "last"), &last) || !json_int(json_get(value, "minutes"), &minutes) || first < 1 || last < first ||
        last > SITTING_POSITIONS_MAX || minutes < 1 || minutes > 600)
        return false;
    *ret_section = (struct section){.first = (int16_t)first, .last = (int16_t)last, .seconds = (int32_t)minutes * 60};
    return true;
}

bool sections_read(const struct json *list, int64_t item_seconds, int64_t positions, struct sections *ret_sections) {
    struct sections sections = {.count = 0};
    if (item_seconds != 0) {
        for (int64_t i = 0; i < positions && i < SITTING_POSITIONS_MAX; i++)
            sections.list[sections.count++] =
                (struct section){.first = (int16_t)(i + 1), .last = (int16_t)(i + 1), .seconds = (int32_t)item_seconds};
        *ret_sections = sections;
        return json_count(list) == 0;
    }
    if (json_count(list) > SITTING_POSITIONS_MAX)
        return false;
    for (size_t i = 0; i < json_count(list); i++) {
        struct section *section = &sections.list[i];
        if (!read_section(json_at(list, i), section) || section->first != (i == 0 ? 1 : section[-1].last + 1))
            return false;
        sections.count++;
    }
    *ret_sections = sections;
    return true;
}

bool sections_fit(const struct sections *sections, int64_t positions, int64_t minutes) {
    int64_t seconds = 0;
    if (sections->count == 0)
        return true;
    for (size_t i = 0; i < sections->count; i++)
        seconds += sections->list[i].seconds;
    return sections->list[sections->count - 1].last == positions && seconds <= minutes * 60;
}

static void move(int64_t *boundary_us, int64_t from_us, int64_t by_us) {
    if (*boundary_us > from_us)
        *boundary_us += by_us;
}

void sections_place(const struct sections *sections, const struct sitting_times *times, int64_t started_us,
                    const struct section_effect *effects, size_t effect_count, struct section_window *ret_windows) {
    bool common = times->clock == SITTING_CLOCK_COMMON;
    int64_t begin_us = common ? times->starts_us : started_us, at_us = begin_us;
    int64_t base_s = (int64_t)times->minutes * 60;
    for (size_t i = 0; i < sections->count; i++) {
        const struct section *section = &sections->list[i];
        ret_windows[i] = (struct section_window){.first = section->first, .last = section->last, .opens_us = at_us};
        at_us += section->seconds * SECOND_US * (base_s + times->accommodation_s) / base_s;
        ret_windows[i].closes_us = at_us;
    }
    for (size_t e = 0; e < effect_count; e++) {
        const struct section_effect *effect = &effects[e];
        int64_t from_us = effect->from_us;
        if (from_us < begin_us && effect->pause && !common)
            continue; /* nobody worked yet */
        if (from_us < begin_us && !effect->pause)
            from_us = begin_us;
        for (size_t i = 0; i < sections->count; i++) {
            move(&ret_windows[i].opens_us, from_us, effect->seconds * SECOND_US);
            move(&ret_windows[i].closes_us, from_us, effect->seconds * SECOND_US);
        }
    }
}

/* ---- the clock of one sitting ---- */

static enum err read_effects(const struct db_row *row, int at, struct arena *arena, struct section_effect **ret_effects, size_t *ret_count) {
    size_t counts[3];
    const int64_t *columns[3];
    for (int i = 0; i < 3; i++)
        columns[i] = db_ints(row, at + i, &counts[i]);
    struct section_effect *effects = ARENA_ARRAY(arena, counts[0] + 1, struct section_effect);
    if (!effects || counts[1] != counts[0] || counts[2] != counts[0])
        return ERR_MEMORY;
    for (size_t i = 0; i < counts[0]; i++)
        effects[i] = (struct section_effect){.from_us = columns[0][i], .seconds = columns[1][i], .pause = columns[2][i] != 0};
    *ret_effects = effects;
    *ret_count = counts[0];
    return ERR_NONE;
}

static enum err read_list(const struct db_row *row, int at, struct arena *arena, int64_t positions, struct sections *sections) {
    const struct json *list = NULL;
    const char *text = db_text(row, at);
    enum err err = text ? json_read(arena, text, strlen(text), &list, NULL) : ERR_NONE;
    if (err != ERR_NONE)
        return err;
    return sections_read(list, db_int(row, at + 1), positions, sections) ? ERR_NONE : ERR_STATE;
}

enum err section_clock_read(struct db *db, struct arena *arena, struct sitting_place place, struct section_clock **ret_clock) {
    const struct db_row *row = NULL;
    struct section_effect *effects = NULL;
    size_t effect_count = 0;
    enum err err = db_one(db, arena, DB_SECTION_CLOCK, DB_PARAMS(P_INT(place.room_id), P_INT(place.sitting_id)), &row);
    struct sections *sections = ARENA_NEW(arena, struct sections);
    if (err == ERR_NONE)
        err = sections ? read_list(row, 7, arena, db_int(row, 9), sections) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = read_effects(row, 10, arena, &effects, &effect_count);
    if (err != ERR_NONE)
        return err;
    int64_t started_us = db_time(row, 0);
    const struct sitting_times times = {.clock = strcmp(db_text(row, 3), "common") == 0 ? SITTING_CLOCK_COMMON : SITTING_CLOCK_PERSONAL,
                                        .starts_us = db_time(row, 4),
                                        .minutes = (int32_t)db_int(row, 5),
                                        .accommodation_s = (int32_t)db_int(row, 6)};
    /* Before the opening a personal clock has no times to tell. */
    bool placed = times.clock == SITTING_CLOCK_COMMON || started_us != 0;
    struct section_clock *clock = calloc(1, sizeof *clock + sections->count * sizeof clock->windows[0]);
    if (!clock)
        return ERR_MEMORY;
    clock->room_id = place.room_id;
    clock->closes_us = db_time(row, 1);
    clock->grace_us = db_int(row, 2) * SECOND_US;
    clock->held_us = db_time(row, 14);
    clock->evacuated = db_bool(row, 15);
    clock->count = sections->count;
    if (!sitting_state_parse(db_text(row, 13), &clock->state)) {
        free(clock);
        return ERR_STATE;
    }
    sections_place(sections, &times, started_us, effects, effect_count, clock->windows);
    for (size_t i = 0; i < clock->count && !placed; i++)
        clock->windows[i].opens_us = clock->windows[i].closes_us = 0;
    *ret_clock = clock;
    return ERR_NONE;
}

bool section_clock_takes(const struct section_clock *clock, int shown, int64_t now_us) {
    for (size_t i = 0; i < clock->count && clock->closes_us != 0; i++) {
        const struct section_window *window = &clock->windows[i];
        if (shown >= window->first && shown <= window->last)
            return now_us >= window->opens_us && now_us <= window->closes_us + clock->grace_us;
    }
    return true;
}
