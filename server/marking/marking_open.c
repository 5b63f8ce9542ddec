#include "khoacu/marking/marking.h"

#include "khoacu/base/random.h"
#include "khoacu/marking/draw.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

static void shuffle(int64_t *values, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)random_below(i);
        int64_t kept = values[i - 1];
        values[i - 1] = values[k];
        values[k] = kept;
    }
}

static int compare_ids(const void *a, const void *b) {
    const int64_t *of_a = a, *of_b = b;
    return (*of_a > *of_b) - (*of_a < *of_b);
}

/* The rows of one part or question: codes in their order, candidates shuffled against them, and who must not mark which. */
static enum err open_part(struct db *db, struct arena *arena, int64_t cycle_id, const struct marking_part *part, int64_t *blind_ids,
                          int64_t *candidate_ids, size_t count) {
    const struct db_row *row = NULL;
    for (size_t i = 0; i < count; i++)
        blind_ids[i] = random_id();
    qsort(blind_ids, count, sizeof *blind_ids, compare_ids);
    shuffle(candidate_ids, count);
    enum err err = db_run(db, DB_MARKING_SCRIPTS_INSERT,
                          DB_PARAMS(P_INT(cycle_id), P_INTS(blind_ids, count), P_TEXT(part->component),
                                    P_HUNDREDTHS(part->mark_max), P_HUNDREDTHS(part->mark_step), P_INT(part->question)),
                          NULL);
    if (err == ERR_NONE)
        err = db_run(db, DB_MARKING_IDENTITIES_INSERT,
                     DB_PARAMS(P_TEXT(part->component), P_INTS(blind_ids, count), P_INTS(candidate_ids, count), P_INT(part->question)),
                     NULL);
    if (err == ERR_NONE)
        err = db_one(db, arena, DB_MARKING_EXCLUDE,
                     DB_PARAMS(P_INT(cycle_id), P_INTS(blind_ids, count), P_INTS(candidate_ids, count)), &row);
    return err;
}

enum err marking_scripts_open(struct db *db, struct arena *arena, int64_t cycle_id, const int64_t *candidate_ids,
                              size_t candidate_count, const struct marking_part *parts, size_t part_count,
                              const int64_t *marker_ids, size_t marker_count) {
    int64_t *blinds = ARENA_ARRAY(arena, candidate_count, int64_t);
    int64_t *people = ARENA_ARRAY(arena, candidate_count, int64_t);
    int64_t *markers = ARENA_ARRAY(arena, marker_count, int64_t);
    if (arena->failed || marker_count == 0)
        return arena->failed ? ERR_MEMORY : ERR_STATE;
    memcpy(people, candidate_ids, candidate_count * sizeof *people);
    memcpy(markers, marker_ids, marker_count * sizeof *markers);
    qsort(markers, marker_count, sizeof *markers, compare_ids);
    enum err err = ERR_NONE;
    for (size_t i = 0; i < part_count && err == ERR_NONE; i++) {
        err = open_part(db, arena, cycle_id, &parts[i], blinds, people, candidate_count);
        bool whole = i + 1 == part_count || strcmp(parts[i + 1].component, parts[i].component) != 0;
        if (err == ERR_NONE && whole && parts[i].per_script > 0)
            err = marking_draw_commit(db, arena, cycle_id, parts[i].component, parts[i].per_script, markers, marker_count);
    }
    return err;
}

enum err marking_scripts_exist(struct db *db, struct arena *arena, int64_t cycle_id, bool *ret_exist) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_MARKING_SCRIPTS_EXIST, DB_PARAMS(P_INT(cycle_id)), &row);
    if (err == ERR_NONE)
        *ret_exist = db_bool(row, 0);
    return err;
}

struct opening {
    marking_result_fn *each;
    void *ctx;
};

static enum err take_result(void *ctx, const struct db_row *row) {
    const struct opening *opening = ctx;
    int status = marking_status_find(db_text(row, 2));
    if (status < 0)
        return ERR_STATE;
    return opening->each(opening->ctx, &(struct marking_result){.candidate_id = db_int(row, 0),
                                                                .component = db_text(row, 1),
                                                                .status = (enum marking_status)status,
                                                                .value = db_hundredths(row, 3)});
}

enum err marking_part_open(struct db *db, struct arena *arena, int64_t cycle_id, size_t max, marking_result_fn *each, void *ctx) {
    struct opening opening = {.each = each, .ctx = ctx};
    return db_many(db, arena, DB_MARKING_PART_OPEN, DB_PARAMS(P_INT(cycle_id)), max, take_result, &opening);
}

enum err marking_map_open(struct db *db, struct arena *arena, int64_t cycle_id, size_t max, marking_result_fn *each,
                          void *ctx) {
    struct opening opening = {.each = each, .ctx = ctx};
    return db_many(db, arena, DB_MARKING_MAP_OPEN, DB_PARAMS(P_INT(cycle_id)), max, take_result, &opening);
}
