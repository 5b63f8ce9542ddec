#include "khoacu/score/rekey.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"

#include <math.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define ROOMS_MAX 20000
#define ROOM_MAX 500 /* sittings */
#define ROOM_ARENA_MAX ((size_t)64 * 1024 * 1024)
#define TEXT_MAX ((size_t)1 << 20)

/* ---- every sitting ---- */

struct rooms {
    int64_t *ids;
    size_t count;
};

static enum err take_room(void *ctx, const struct db_row *row) {
    struct rooms *rooms = ctx;
    rooms->ids[rooms->count++] = db_int(row, 0);
    return ERR_NONE;
}

enum err rekey_rooms(struct db *db, struct arena *arena, int64_t form_id, const int64_t **ret_room_ids, size_t *ret_count) {
    struct rooms rooms = {.ids = ARENA_ARRAY(arena, ROOMS_MAX, int64_t)};
    if (!rooms.ids)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_REKEY_ROOMS, DB_PARAMS(P_INT(form_id)), ROOMS_MAX, take_room, &rooms);
    *ret_room_ids = rooms.ids;
    *ret_count = rooms.count;
    return err;
}

struct walk {
    rekey_each_fn *each;
    void *ctx;
};

static enum err take_sitting(void *ctx, const struct db_row *row) {
    struct walk *walk = ctx;
    struct rekey_sitting sitting = {.candidate_id = db_int(row, 1)};
    enum sitting_state state;
    if (!sitting_state_parse(db_text(row, 2), &state))
        return ERR_STATE;
    sitting.absent = state == SITTING_ABSENT;
    enum err err = sitting_answers_read(row, 3, &sitting.answers);
    return err == ERR_NONE ? walk->each(walk->ctx, &sitting) : err;
}

enum err rekey_walk(struct db *db, int64_t form_id, rekey_each_fn *each, void *ctx) {
    struct arena arena CLEANUP(arena_release);
    struct walk walk = {.each = each, .ctx = ctx};
    const int64_t *room_ids = NULL;
    size_t count = 0;
    arena_init(&arena, ROOM_ARENA_MAX);
    enum err err = rekey_rooms(db, &arena, form_id, &room_ids, &count);
    for (size_t i = 0; i < count && err == ERR_NONE; i++) {
        struct arena room CLEANUP(arena_release);
        arena_init(&room, ROOM_ARENA_MAX);
        err = db_many(db, &room, DB_SCORE_ROOM_SITTINGS, DB_PARAMS(P_INT(room_ids[i])), ROOM_MAX, take_sitting, &walk);
    }
    return err;
}

/* ---- statistics: for people to look at ---- */

static void count_marks(struct rekey_statistic *s, int16_t choice, const char *answer, struct arena *arena) {
    const struct json *list = NULL;
    int64_t mark = 0;
    if (choice == 0 && !answer)
        s->marks[0]++;
    if (choice > 0 && choice <= FORM_MARKS_MAX)
        s->marks[choice]++;
    if (!answer || json_read(arena, answer, strlen(answer), &list, NULL) != ERR_NONE || json_kind(list) != JSON_ARRAY)
        return;
    for (size_t i = 0; i < json_count(list); i++)
        if (json_int(json_at(list, i), &mark) && mark >= 1 && mark <= FORM_MARKS_MAX)
            s->marks[mark]++;
}

void rekey_statistics_add(struct rekey_statistics *statistics, const struct score_key *key, const struct sitting_answers *answers,
                          const struct score_count *count) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, ROOM_ARENA_MAX);
    statistics->sittings++;
    for (int32_t i = 1; i <= key->count; i++) {
        struct rekey_statistic *s = &statistics->positions[i];
        int64_t points = count->item_points_e7[i];
        count_marks(s, answers->choices[i], answers->answers[i], &arena);
        s->answered += answers->choices[i] != 0 || answers->answers[i] != NULL;
        if (points == SCORE_PENDING)
            continue;
        double own = (double)points / 1e7, rest = (double)(count->points_e7 - points) / 1e7;
        s->right += points > 0 && points >= score_item_worth(&key->items[i]);
        s->sum += own;
        s->squares += own * own;
        s->rest += rest;
        s->rest_squares += rest * rest;
        s->products += own * rest;
    }
}

static void put_decimal(struct arena *arena, struct json_writer *w, const char *name, bool says, double value) {
    json_member_text(w, name, says ? arena_printf(arena, "%.3f", value) : NULL);
}

/* Only ordering, matching and the like have no marks of which each is a choice. */
static bool counts_marks(enum item_kind kind) {
    return kind == ITEM_SINGLE || kind == ITEM_TRUEFALSE || kind == ITEM_GRADED || kind == ITEM_MULTIPLE || kind == ITEM_INLINE;
}

static void put_statistic(struct arena *arena, struct json_writer *w, const struct score_key *key, const struct rekey_statistics *all, int32_t position) {
    const struct rekey_statistic *s = &all->positions[position];
    const struct item *item = &key->items[position];
    double n = (double)all->sittings, worth = (double)score_item_worth(item) / 1e7;
    double own = n * s->squares - s->sum * s->sum, rest = n * s->rest_squares - s->rest * s->rest;
    size_t marks = item->option_count;
    for (size_t i = 0; i < item->gap_count; i++)
        marks += item->gaps[i].option_count;
    json_open_object(w);
    json_member_int(w, "position", position);
    json_member_int(w, "answered", s->answered);
    json_member_int(w, "right", s->right);
    bool scored = key->fixes[position].decision != SETTLE_REKEY_DROP && item->kind != ITEM_ESSAY && item->kind != ITEM_UPLOAD;
    put_decimal(arena, w, "facility", scored && n > 0 && worth > 0, n > 0 && worth > 0 ? s->sum / n / worth : 0);
    bool spread = own > 1e-9 && rest > 1e-9;
    put_decimal(arena, w, "item_rest", scored && spread, spread ? (n * s->products - s->sum * s->rest) / (sqrt(own) * sqrt(rest)) : 0);
    json_put_key(w, "marks");
    json_open_array(w);
    for (size_t i = 0; counts_marks(item->kind) && i <= marks && i <= FORM_MARKS_MAX; i++)
        json_put_int(w, s->marks[i]);
    json_close_array(w);
    json_close_object(w);
}

const char *rekey_statistics_text(struct arena *arena, const struct score_key *key, const struct rekey_statistics *statistics) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&out, TEXT_MAX);
    json_writer_init(&w, &out);
    json_open_array(&w);
    for (int32_t i = 1; i <= key->count; i++)
        put_statistic(arena, &w, key, statistics, i);
    json_close_array(&w);
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}
