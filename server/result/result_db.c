#include "result_db.h"

#include <string.h>

#include "khoacu/base/banned.h"

static enum err take_id(void *ctx, const struct db_row *row) {
    *(int64_t *)ctx = db_int(row, 0);
    return ERR_NONE;
}

enum err result_db_cycle_find(struct db *db, struct arena *arena, const char *code, int64_t *ret_cycle_id) {
    int64_t cycle_id = 0;
    enum err err = db_many(db, arena, DB_RESULT_CYCLE_FIND, DB_PARAMS(P_TEXT(code)), 1, take_id, &cycle_id);
    if (err == ERR_NONE)
        *ret_cycle_id = cycle_id;
    return err;
}

enum err result_db_cycle_read(struct db *db, struct arena *arena, int64_t cycle_id, struct result_cycle *ret_cycle) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_RESULT_CYCLE_READ, DB_PARAMS(P_INT(cycle_id)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_cycle = (struct result_cycle){.cycle_id = db_int(row, 0),
                                       .code = db_text(row, 1),
                                       .title_vi = db_text(row, 2),
                                       .title_en = db_text(row, 3),
                                       .authority_vi = db_text(row, 4),
                                       .authority_en = db_text(row, 5),
                                       .demonstration = db_bool(row, 6),
                                       .pack_id = db_text(row, 7),
                                       .pack_version = db_int(row, 8),
                                       .state = db_text(row, 11)};
    ret_cycle->scales.max[CYCLE_PACK_WRITTEN] = db_hundredths(row, 9);
    ret_cycle->scales.max[CYCLE_PACK_INTERVIEW] = db_hundredths(row, 10);
    return ERR_NONE;
}

enum err result_db_scores_missing(struct db *db, struct arena *arena, int64_t cycle_id, int64_t *ret_missing) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_RESULT_SCORES_MISSING, DB_PARAMS(P_INT(cycle_id)), &row);
    if (err == ERR_NONE)
        *ret_missing = db_int(row, 0);
    return err;
}

enum err result_db_frozen(struct db *db, struct arena *arena, int64_t cycle_id, bool *ret_frozen) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_RESULT_FROZEN, DB_PARAMS(P_INT(cycle_id)), &row);
    if (err == ERR_NONE)
        *ret_frozen = db_bool(row, 0);
    return err;
}

enum err result_db_rules_read(struct db *db, struct arena *arena, const struct result_cycle *cycle,
                              struct result_field *field, struct rank_misfit *ret_misfit) {
    struct cycle_pack *pack = ARENA_NEW(arena, struct cycle_pack);
    if (!pack)
        return ERR_MEMORY;
    *ret_misfit = (struct rank_misfit){0};
    enum err err = cycle_pack_load(db, arena, cycle->pack_id, cycle->pack_version, pack);
    if (err != ERR_NONE)
        return err;
    field->pack = pack;
    field->scales = cycle->scales;
    uint8_t computer = cycle_pack_component(pack, CYCLE_PACK_COMPUTER);
    if (computer != RANK_NONE && cycle->dropped > 0 && cycle->dropped < pack->rank.components[computer].max)
        field->scales.max[CYCLE_PACK_COMPUTER] = pack->rank.components[computer].max - cycle->dropped;
    err = cycle_pack_bind(pack, &field->scales, &field->rules, ret_misfit);
    return err == ERR_RANGE ? ERR_NONE : err;
}

struct raw_post {
    const char *code, *title;
    int64_t quota;
    const struct json *agencies;
};
static const struct json_field POST_FIELDS[] = {JSON_FIELD(struct raw_post, code, JSON_STRING, true, 1, 40),
                                                JSON_FIELD(struct raw_post, title, JSON_STRING, true, 1, 300),
                                                JSON_FIELD(struct raw_post, quota, JSON_INT, true, 0, INT32_MAX),
                                                JSON_FIELD(struct raw_post, agencies, JSON_ARRAY, true, 0, UINT32_MAX),
                                                {0}};
struct raw_seat {
    const char *code, *name;
    int64_t quota;
};
static const struct json_field SEAT_FIELDS[] = {JSON_FIELD(struct raw_seat, code, JSON_STRING, true, 1, 40),
                                                JSON_FIELD(struct raw_seat, name, JSON_STRING, true, 1, 300),
                                                JSON_FIELD(struct raw_seat, quota, JSON_INT, true, 0, INT32_MAX),
                                                {0}};

enum err result_posts_read(struct arena *arena, const char *text, struct result_post **ret_posts, size_t *ret_count) {
    const struct json *list = NULL;
    struct json_misfits misfits = {0};
    enum err err = json_read(arena, text, strlen(text), &list, NULL);
    if (err != ERR_NONE)
        return err;
    struct result_post *posts = ARENA_ARRAY(arena, json_count(list), struct result_post);
    for (size_t i = 0; posts && i < json_count(list); i++) {
        struct raw_post raw = {0};
        if (!json_fit(arena, json_at(list, i), POST_FIELDS, &raw, &misfits))
            return ERR_STATE;
        posts[i] = (struct result_post){.code = raw.code, .title = raw.title, .quota = raw.quota};
        posts[i].seats = ARENA_ARRAY(arena, json_count(raw.agencies), struct result_seat);
        for (size_t k = 0; posts[i].seats && k < json_count(raw.agencies); k++) {
            struct raw_seat seat = {0};
            if (!json_fit(arena, json_at(raw.agencies, k), SEAT_FIELDS, &seat, &misfits))
                return ERR_STATE;
            posts[i].seats[posts[i].seat_count++] =
                (struct result_seat){.agency = seat.code, .name = seat.name, .quota = seat.quota};
        }
    }
    if (arena->failed)
        return ERR_MEMORY;
    *ret_posts = posts;
    *ret_count = json_count(list);
    return ERR_NONE;
}
