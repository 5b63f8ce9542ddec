#include "quality_private.h"
#include "marking_private.h"

#include "khoacu/psych/agreement.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* What is said about the marking of a cycle, part by part; by marker and blind code alone. */

#define MARKS_MAX 1000000
#define POINTS_MAX 600
#define PAIRS_MAX 400
#define PAIR_LEAST 2
#define NEAR_ONE 1.0

struct marks {
    struct quality_work *work;
    struct quality_mark *rows;
    size_t count, room;
};

static enum err take_mark(void *ctx, const struct db_row *row) {
    struct marks *marks = ctx;
    if (marks->count == marks->room) {
        size_t room = marks->room ? marks->room * 2 : 1024;
        struct quality_mark *more = ARENA_ARRAY(marks->work->arena, room, struct quality_mark);
        if (!more)
            return ERR_MEMORY;
        if (marks->count)
            memcpy(more, marks->rows, marks->count * sizeof *more);
        marks->rows = more;
        marks->room = room;
    }
    struct quality_mark *mark = &marks->rows[marks->count++];
    *mark = (struct quality_mark){.component = db_text(row, 0),
                                  .question = db_int(row, 1),
                                  .most = db_hundredths(row, 2),
                                  .step = db_hundredths(row, 3),
                                  .blind_id = db_int(row, 4),
                                  .round = db_int(row, 5),
                                  .marker_id = db_int(row, 6),
                                  .hundredths = db_hundredths(row, 7),
                                  .at_us = db_time(row, 8)};
    mark->value = (double)mark->hundredths / 100;
    quality_note(marks->work, "mark %s %lld %016llx %lld %016llx %lld %lld", mark->component, (long long)mark->question,
                 (unsigned long long)mark->blind_id, (long long)mark->round, (unsigned long long)mark->marker_id, (long long)mark->hundredths,
                 (long long)mark->at_us);
    return ERR_NONE;
}

/* ---- the first mark beside the second ---- */

struct pair {
    uint32_t low, high; /* markers by place in the part; low < high */
    double first, second, of_low, of_high;
    uint16_t first_step, second_step;
};

static size_t find_pairs(const struct quality_part *part, struct pair *pairs) {
    size_t count = 0;
    for (size_t i = 0; i + 1 < part->count; i++) {
        const struct quality_mark *one = &part->marks[i], *two = &part->marks[i + 1];
        if (one->blind_id != two->blind_id || one->round != 1 || two->round != 2)
            continue;
        bool in_order = one->marker < two->marker;
        pairs[count++] = (struct pair){.low = in_order ? one->marker : two->marker,
                                       .high = in_order ? two->marker : one->marker,
                                       .first = one->value,
                                       .second = two->value,
                                       .of_low = in_order ? one->value : two->value,
                                       .of_high = in_order ? two->value : one->value,
                                       .first_step = (uint16_t)(one->hundredths / part->step),
                                       .second_step = (uint16_t)(two->hundredths / part->step)};
    }
    return count;
}

/* Arrays that the statistics take, filled from pairs. */
struct columns {
    double *first, *second, *both;
    uint16_t *first_steps, *second_steps;
};

static void fill_columns(const struct columns *c, const struct pair *pairs, size_t count, bool by_marker) {
    for (size_t i = 0; i < count; i++) {
        bool turned = by_marker && pairs[i].first != pairs[i].of_low;
        c->first[i] = by_marker ? pairs[i].of_low : pairs[i].first;
        c->second[i] = by_marker ? pairs[i].of_high : pairs[i].second;
        c->both[2 * i] = c->first[i];
        c->both[2 * i + 1] = c->second[i];
        c->first_steps[i] = turned ? pairs[i].second_step : pairs[i].first_step;
        c->second_steps[i] = turned ? pairs[i].first_step : pairs[i].second_step;
    }
}

static void put_agreement(struct json_writer *w, const struct quality_part *part, const struct columns *c, size_t count) {
    struct psych_agreement a = psych_agreement(c->first, c->second, count, NEAR_ONE);
    size_t categories = (size_t)(part->most / part->step) + 1;
    json_member_int(w, "n", (int64_t)count);
    quality_put(w, "exact", a.exact_share);
    quality_put(w, "near", a.near_share);
    quality_put(w, "mean_difference", a.mean_difference);
    quality_put(w, "sd_difference", a.sd_difference);
    quality_put_interval(w, "low", "high", a.limits);
    quality_put(w, "dahlberg", a.dahlberg);
    quality_put(w, "pearson", a.pearson);
    quality_put(w, "kappa_linear", psych_kappa(c->first_steps, c->second_steps, count, categories, PSYCH_KAPPA_LINEAR));
    quality_put(w, "kappa_quadratic", psych_kappa(c->first_steps, c->second_steps, count, categories, PSYCH_KAPPA_QUADRATIC));
}

static void put_icc(struct json_writer *w, const struct columns *c, size_t count) {
    static const char *const NAMES[PSYCH_ICC_COUNT] = {"1", "2", "3", "1k", "2k", "3k"};
    struct psych_icc icc[PSYCH_ICC_COUNT];
    bool known = psych_icc(c->both, count, 2, icc) == ERR_NONE;
    json_put_key(w, "icc");
    json_open_array(w);
    for (int i = 0; known && i < PSYCH_ICC_COUNT; i++) {
        json_open_object(w);
        json_member_text(w, "model", NAMES[i]);
        quality_put(w, "value", icc[i].value);
        quality_put_interval(w, "low", "high", icc[i].interval);
        json_close_object(w);
    }
    json_close_array(w);
}

static int compare_pairs(const void *a, const void *b) {
    const struct pair *one = a, *two = b;
    if (one->low != two->low)
        return one->low < two->low ? -1 : 1;
    return (one->high > two->high) - (one->high < two->high);
}

/* Each two markers who shared scripts: the difference is of the one whose name comes first less the other. */
static void put_marker_pairs(struct json_writer *w, const struct quality_part *part, const struct columns *c, struct pair *pairs, size_t count) {
    qsort(pairs, count, sizeof *pairs, compare_pairs);
    size_t written = 0;
    json_put_key(w, "pairs");
    json_open_array(w);
    for (size_t from = 0, to = 0; from < count && written < PAIRS_MAX; from = to) {
        for (to = from; to < count && compare_pairs(&pairs[to], &pairs[from]) == 0; to++)
            ;
        if (to - from < PAIR_LEAST)
            continue;
        struct psych_icc icc[PSYCH_ICC_COUNT];
        fill_columns(c, pairs + from, to - from, true);
        json_open_object(w);
        json_member_text(w, "first", part->markers[pairs[from].low].login_name);
        json_member_text(w, "second", part->markers[pairs[from].high].login_name);
        put_agreement(w, part, c, to - from);
        quality_put(w, "icc1", psych_icc(c->both, to - from, 2, icc) == ERR_NONE ? icc[PSYCH_ICC1].value : NAN);
        json_close_object(w);
        written++;
    }
    json_close_array(w);
}

static int compare_means(const void *a, const void *b) {
    const struct pair *one = a, *two = b;
    double mean = one->first + one->second - two->first - two->second, difference = (one->first - one->second) - (two->first - two->second);
    return mean != 0 ? (mean > 0) - (mean < 0) : (difference > 0) - (difference < 0);
}

/* Difference over mean, as Bland and Altman draw it; equal points count. */
static void put_points(struct json_writer *w, struct pair *pairs, size_t count) {
    qsort(pairs, count, sizeof *pairs, compare_means);
    size_t written = 0;
    json_put_key(w, "points");
    json_open_array(w);
    for (size_t from = 0, to = 0; from < count && written < POINTS_MAX; from = to, written++) {
        for (to = from; to < count && compare_means(&pairs[to], &pairs[from]) == 0; to++)
            ;
        json_open_object(w);
        quality_put(w, "mean", (pairs[from].first + pairs[from].second) / 2);
        quality_put(w, "difference", pairs[from].first - pairs[from].second);
        json_member_int(w, "count", (int64_t)(to - from));
        json_close_object(w);
    }
    json_close_array(w);
}

static enum err put_pairs(struct quality_work *work, const struct quality_part *part) {
    struct json_writer *w = &work->writer;
    struct pair *pairs = ARENA_ARRAY(work->arena, part->count, struct pair);
    size_t count = pairs ? find_pairs(part, pairs) : 0;
    struct columns c = {.first = ARENA_ARRAY(work->arena, count, double),
                        .second = ARENA_ARRAY(work->arena, count, double),
                        .both = ARENA_ARRAY(work->arena, 2 * count, double),
                        .first_steps = ARENA_ARRAY(work->arena, count, uint16_t),
                        .second_steps = ARENA_ARRAY(work->arena, count, uint16_t)};
    if (work->arena->failed)
        return ERR_MEMORY;
    fill_columns(&c, pairs, count, false);
    json_put_key(w, "agreement");
    if (count > 0) {
        json_open_object(w);
        put_agreement(w, part, &c, count);
        json_close_object(w);
    } else
        json_put_null(w);
    put_icc(w, &c, count);
    put_points(w, pairs, count);
    put_marker_pairs(w, part, &c, pairs, count);
    return ERR_NONE;
}

/* ---- parts ---- */

static int compare_ids(const void *a, const void *b) {
    int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;
    return (one > two) - (one < two);
}

static enum err take_marker(void *ctx, const struct db_row *row) {
    struct quality_part *part = ctx;
    part->markers[part->marker_count++] = (struct quality_marker){.id = db_int(row, 0), .login_name = db_text(row, 1), .full_name = db_text(row, 2)};
    return ERR_NONE;
}

/* The part's markers by log-in name, and in each mark the place of its marker. */
static enum err find_markers(struct quality_work *work, struct quality_part *part) {
    int64_t *ids = ARENA_ARRAY(work->arena, part->count, int64_t);
    size_t count = 0;
    if (!ids)
        return ERR_MEMORY;
    for (size_t i = 0; i < part->count; i++)
        ids[i] = part->marks[i].marker_id;
    qsort(ids, part->count, sizeof *ids, compare_ids);
    for (size_t i = 0; i < part->count; i++)
        if (i == 0 || ids[i] != ids[i - 1])
            ids[count++] = ids[i];
    part->markers = ARENA_ARRAY(work->arena, count, struct quality_marker);
    if (!part->markers)
        return ERR_MEMORY;
    enum err err = db_many(work->db, work->arena, DB_QUALITY_MARKERS, DB_PARAMS(P_INTS(ids, count)), count, take_marker, part);
    if (err != ERR_NONE || part->marker_count != count)
        return err == ERR_NONE ? ERR_STATE : err;
    for (size_t i = 0; i < part->count; i++)
        for (uint32_t m = 0; m < count; m++)
            if (part->markers[m].id == part->marks[i].marker_id)
                part->marks[i].marker = m;
    return ERR_NONE;
}

static enum err put_part(struct quality_work *work, struct quality_part *part) {
    struct json_writer *w = &work->writer;
    enum err err = find_markers(work, part);
    json_open_object(w);
    json_member_text(w, "component", part->marks[0].component);
    json_member_int(w, "question", part->marks[0].question);
    json_member_hundredths(w, "max", part->most);
    json_member_hundredths(w, "step", part->step);
    json_member_int(w, "marks", (int64_t)part->count);
    if (err == ERR_NONE)
        err = put_pairs(work, part);
    if (err == ERR_NONE)
        err = quality_put_markers(work, part);
    json_close_object(w);
    return err;
}

static bool same_part(const struct quality_mark *a, const struct quality_mark *b) {
    return a->question == b->question && strcmp(a->component, b->component) == 0;
}

enum err quality_marking_parts(struct quality_work *work) {
    struct marks marks = {.work = work};
    enum err err = db_many(work->db, work->arena, DB_QUALITY_MARKS, DB_PARAMS(P_INT(work->cycle_id)), MARKS_MAX, take_mark, &marks);
    json_member_text(&work->writer, "kind", "marking");
    json_put_key(&work->writer, "parts");
    json_open_array(&work->writer);
    for (size_t from = 0, to = 0; err == ERR_NONE && from < marks.count; from = to) {
        for (to = from; to < marks.count && same_part(&marks.rows[to], &marks.rows[from]); to++)
            ;
        struct quality_part part = {.marks = marks.rows + from, .count = to - from, .most = marks.rows[from].most, .step = marks.rows[from].step};
        err = put_part(work, &part);
    }
    json_close_array(&work->writer);
    return err;
}
