#include "quality_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/score/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define ROOM_ARENA_MAX ((size_t)64 << 20)
#define ROOM_SITTINGS_MAX 500
#define POINT 1e7 /* units in which points are stored */

struct reading {
    struct quality_work *work;
    struct quality_form *form;
    const struct form_paper *paper;
    uint32_t site;
};

static enum err take_item(void *ctx, const struct db_row *row) {
    struct quality_form *form = ctx;
    form->codes[form->positions] = db_text(row, 1);
    form->topics[form->positions++] = db_text(row, 2);
    return ERR_NONE;
}

static enum err take_room(void *ctx, const struct db_row *row) {
    struct reading *r = ctx;
    struct quality_site *site = &r->form->site_list[r->form->site_count++];
    *site = (struct quality_site){.room = db_text(row, 1), .shift = db_text(row, 2), .shift_id = db_int(row, 3)};
    return ERR_NONE;
}

/* Right options of an item with one choice; other kinds have none here. */
static void read_key(const struct item *item, uint8_t *ret_options, uint32_t *ret_key) {
    *ret_options = 0;
    *ret_key = 0;
    if (item->kind != ITEM_SINGLE || item->option_count > PSYCH_OPTIONS_MAX)
        return;
    *ret_options = (uint8_t)item->option_count;
    for (size_t o = 0; o < item->option_count; o++) {
        int64_t credit = 0;
        if (item->options[o].credit && item_decimal_units(item->options[o].credit, &credit) && credit > 0)
            *ret_key |= 1u << o;
    }
}

static enum err read_keys(struct quality_work *work, struct quality_form *form) {
    struct score_key *key = ARENA_NEW(work->arena, struct score_key);
    if (!key)
        return ERR_MEMORY;
    enum err err = score_key_read(work->db, work->progress->vault, work->arena, form->form_id, key);
    if (err != ERR_NONE)
        return err;
    if ((size_t)key->count != form->positions)
        return ERR_STATE;
    for (size_t i = 0; i < form->positions; i++) {
        const struct item *item = &key->items[i + 1];
        int64_t worth = item->kind == ITEM_ESSAY || item->kind == ITEM_UPLOAD ? 0 : score_item_worth(item);
        form->worth[i] = (double)worth / POINT;
        form->left_out[i] = worth <= 0;
        read_key(item, &form->options[i], &form->keys[i]);
        quality_note(work, "item %zu %s %lld %u %u", i + 1, form->codes[i], (long long)worth, form->options[i], form->keys[i]);
    }
    return ERR_NONE;
}

/* The seconds from the answer before, in order of time; the first counts from the start. */
static void read_times(const struct reading *r, const int64_t *positions, const int64_t *first_ms, size_t count, size_t person) {
    float *seconds = r->form->seconds + person * r->form->positions;
    int64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t before = 0;
        for (size_t k = 0; k < count; k++)
            if ((k < i ? first_ms[k] <= first_ms[i] : first_ms[k] < first_ms[i]) && first_ms[k] > before)
                before = first_ms[k];
        seconds[positions[i] - 1] = (float)(first_ms[i] - before) / 1000.0f;
        last = first_ms[i] > last ? first_ms[i] : last;
    }
    r->form->minutes[person] = count > 0 ? (double)last / 60000.0 : NAN;
}

/* What is empty behind the last answer, in the order that this candidate saw, was not reached; what is empty before it,
 * omitted. */
static enum err mark_cells(const struct reading *r, int64_t sitting_id, size_t person) {
    struct form_order *order = NULL;
    uint8_t *cells = r->form->cells + person * r->form->positions;
    enum err err = form_paper_order(r->paper, sitting_id, &order);
    bool behind = true;
    for (int shown = (int)r->form->positions; err == ERR_NONE && shown >= 1; shown--) {
        int at = form_order_canonical(order, shown);
        behind = behind && (at == 0 || cells[at - 1] == PSYCH_OMITTED);
        if (at > 0 && behind)
            cells[at - 1] = PSYCH_NOT_REACHED;
    }
    free(order);
    return err;
}

static enum err read_points(struct reading *r, const struct db_row *row, size_t person) {
    struct quality_form *form = r->form;
    size_t count = 0;
    const int64_t *points = db_ints(row, 1, &count);
    if (count != form->positions)
        return ERR_STATE;
    for (size_t i = 0; i < count; i++) {
        form->left_out[i] = form->left_out[i] || points[i] < 0;
        form->points[person * form->positions + i] = points[i] < 0 ? 0 : (double)points[i] / POINT;
        quality_note(r->work, "%lld", (long long)points[i]);
    }
    return ERR_NONE;
}

static enum err take_sitting(void *ctx, const struct db_row *row) {
    struct reading *r = ctx;
    struct quality_form *form = r->form;
    size_t person = form->persons, count = 0, choices = 0, answers = 0, times = 0;
    if (person == form->room)
        return ERR_DB_RETRY; /* more have ended meanwhile */
    const int64_t *positions = db_ints(row, 2, &count), *choice = db_ints(row, 3, &choices), *answered = db_ints(row, 4, &answers),
                  *first_ms = db_ints(row, 5, &times);
    const char *verdict = db_text(row, 6);
    if (choices != count || answers != count || times != count)
        return ERR_MEMORY;
    quality_note(r->work, "sitting %016llx %s", (unsigned long long)db_int(row, 0), verdict ? verdict : "-");
    enum err err = read_points(r, row, person);
    if (err != ERR_NONE)
        return err;
    memset(form->cells + person * form->positions, PSYCH_OMITTED, form->positions);
    for (size_t i = 0; i < form->positions; i++)
        form->seconds[person * form->positions + i] = -1;
    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)positions[i] - 1;
        if (positions[i] < 1 || at >= form->positions)
            return ERR_STATE;
        if (answered[i])
            form->cells[person * form->positions + at] = PSYCH_ANSWERED;
        form->choices[person * form->positions + at] = choice[i] <= PSYCH_OPTIONS_MAX ? (uint8_t)choice[i] : 0;
        quality_note(r->work, "%lld %lld %lld %lld", (long long)positions[i], (long long)choice[i], (long long)answered[i], (long long)first_ms[i]);
    }
    read_times(r, positions, first_ms, count, person);
    form->sites[person] = r->site;
    form->passed[person] = (int8_t)(!verdict ? -1 : strcmp(verdict, "passed") == 0);
    form->persons++;
    return mark_cells(r, db_int(row, 0), person);
}

static enum err make_room(struct quality_work *work, struct quality_form *form) {
    size_t n = form->room, k = form->positions;
    form->points = ARENA_ARRAY(work->arena, n * k, double);
    form->cells = ARENA_ARRAY(work->arena, n * k, uint8_t);
    form->choices = ARENA_ARRAY(work->arena, n * k, uint8_t);
    form->seconds = ARENA_ARRAY(work->arena, n * k, float);
    form->worth = ARENA_ARRAY(work->arena, k, double);
    form->options = ARENA_ARRAY(work->arena, k, uint8_t);
    form->keys = ARENA_ARRAY(work->arena, k, uint32_t);
    form->left_out = ARENA_ARRAY(work->arena, k, bool);
    form->sites = ARENA_ARRAY(work->arena, n, uint32_t);
    form->passed = ARENA_ARRAY(work->arena, n, int8_t);
    form->minutes = ARENA_ARRAY(work->arena, n, double);
    form->site_list = ARENA_ARRAY(work->arena, QUALITY_ROOMS_MAX, struct quality_site);
    return work->arena->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err read_room(struct reading *r, int64_t room_id) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, ROOM_ARENA_MAX);
    return db_many(r->work->db, &arena, DB_QUALITY_ROOM_SITTINGS, DB_PARAMS(P_INT(room_id), P_INT(r->work->run_id)), ROOM_SITTINGS_MAX,
                   take_sitting, r);
}

struct rooms {
    int64_t ids[QUALITY_ROOMS_MAX];
    size_t count;
    struct reading *reading;
};

static enum err take_room_id(void *ctx, const struct db_row *row) {
    struct rooms *rooms = ctx;
    rooms->ids[rooms->count++] = db_int(row, 0);
    quality_note(rooms->reading->work, "room %s %s", db_text(row, 1), db_text(row, 2));
    return take_room(rooms->reading, row);
}

enum err quality_form_read(struct quality_work *work, struct quality_form *form) {
    struct reading reading = {.work = work, .form = form};
    struct rooms *rooms = ARENA_NEW(work->arena, struct rooms);
    size_t sat = form->room;
    form->codes = ARENA_ARRAY(work->arena, FORM_POSITIONS_MAX, const char *);
    form->topics = ARENA_ARRAY(work->arena, FORM_POSITIONS_MAX, const char *);
    if (!rooms || !form->codes || !form->topics)
        return ERR_MEMORY;
    rooms->reading = &reading;
    quality_note(work, "form %s", form->code);
    enum err err = db_many(work->db, work->arena, DB_QUALITY_ITEMS, DB_PARAMS(P_INT(form->form_id)), FORM_POSITIONS_MAX, take_item, form);
    if (err == ERR_NONE)
        err = make_room(work, form);
    if (err == ERR_NONE)
        err = read_keys(work, form);
    if (err == ERR_NONE)
        err = form_cache_get(work->papers, work->db, form->form_id, &reading.paper);
    if (err == ERR_NONE)
        err = db_many(work->db, work->arena, DB_QUALITY_ROOMS, DB_PARAMS(P_INT(work->cycle_id), P_INT(form->form_id)), QUALITY_ROOMS_MAX, take_room_id, rooms);
    for (size_t i = 0; err == ERR_NONE && i < rooms->count; i++) {
        reading.site = (uint32_t)i;
        err = read_room(&reading, rooms->ids[i]);
        if (err == ERR_NONE)
            err = score_progress_set(work->progress, (int32_t)i + 1, (int32_t)rooms->count);
    }
    form->unscored = sat - form->persons;
    return err;
}
