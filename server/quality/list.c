#include "quality_private.h"

#include "khoacu/base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* What the list itself says: distributions with cut lines, what is open, what no key broke. */

#define BINS_MOST 25
#define GATES_MAX 200
#define OPEN_MAX 20000
#define TIES_MAX 20000

struct value {
    const char *component, *most, *text;
    double number;
    int64_t count;
};
struct gate {
    const char *component, *op, *bound;
};
struct parts {
    struct quality_work *work;
    struct value *values;
    size_t count;
    struct gate gates[GATES_MAX];
    size_t gate_count;
};

static enum err take_value(void *ctx, const struct db_row *row) {
    struct parts *parts = ctx;
    const char *text = db_text(row, 2);
    parts->values[parts->count++] =
        (struct value){.component = db_text(row, 0), .most = db_text(row, 1), .text = text, .number = strtod(text, NULL), .count = db_int(row, 3)};
    quality_note(parts->work, "value %s %s %lld", db_text(row, 0), text, (long long)db_int(row, 3));
    return ERR_NONE;
}

static enum err take_gate(void *ctx, const struct db_row *row) {
    struct parts *parts = ctx;
    parts->gates[parts->gate_count++] = (struct gate){db_text(row, 0), db_text(row, 1), db_text(row, 2)};
    return ERR_NONE;
}

/* A round width with at most BINS_MOST bins over that range. */
static double width_of(double range) {
    static const double STEPS[] = {1, 2, 2.5, 5};
    for (double ten = 0.01; ten < 1e9; ten *= 10)
        for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++)
            if (range / (STEPS[i] * ten) <= BINS_MOST)
                return STEPS[i] * ten;
    return range;
}

static void put_bins(struct json_writer *w, const struct value *values, size_t count) {
    double low = values[0].number, high = values[count - 1].number, width = width_of(high - low);
    double first = floor(low / width) * width;
    size_t at = 0;
    json_put_key(w, "bins");
    json_open_array(w);
    for (int bin = 0; at < count && bin <= BINS_MOST + 1; bin++) {
        double from = first + bin * width, to = first + (bin + 1) * width;
        int64_t inside = 0;
        for (; at < count && values[at].number < to - 1e-9; at++)
            inside += values[at].count;
        json_open_object(w);
        quality_put(w, "from", from);
        quality_put(w, "to", to);
        json_member_int(w, "count", inside);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_part(struct json_writer *w, const struct parts *parts, const struct value *values, size_t count) {
    double n = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        n += (double)values[i].count;
        sum += (double)values[i].count * values[i].number;
    }
    for (size_t i = 0; i < count; i++)
        squares += (double)values[i].count * (values[i].number - sum / n) * (values[i].number - sum / n);
    json_open_object(w);
    json_member_text(w, "component", values[0].component);
    json_member_text(w, "max", values[0].most);
    json_member_int(w, "n", (int64_t)n);
    quality_put(w, "mean", sum / n);
    quality_put(w, "sd", n > 1 ? sqrt(squares / (n - 1)) : NAN);
    json_put_key(w, "cuts");
    json_open_array(w);
    for (size_t i = 0; i < parts->gate_count; i++)
        if (strcmp(parts->gates[i].component, values[0].component) == 0) {
            json_open_object(w);
            json_member_text(w, "op", parts->gates[i].op);
            json_member_text(w, "bound", parts->gates[i].bound);
            json_close_object(w);
        }
    json_close_array(w);
    put_bins(w, values, count);
    json_close_object(w);
}

enum err quality_parts(struct quality_work *work) {
    struct parts *parts = ARENA_NEW(work->arena, struct parts);
    if (!parts || !(parts->values = ARENA_ARRAY(work->arena, QUALITY_VALUES_MAX, struct value)))
        return ERR_MEMORY;
    parts->work = work;
    enum err err = db_many(work->db, work->arena, DB_QUALITY_PARTS, DB_PARAMS(P_INT(work->run_id)), QUALITY_VALUES_MAX, take_value, parts);
    if (err == ERR_NONE)
        err = db_many(work->db, work->arena, DB_QUALITY_GATES, DB_PARAMS(P_INT(work->run_id)), GATES_MAX, take_gate, parts);
    json_put_key(&work->writer, "parts");
    json_open_array(&work->writer);
    for (size_t from = 0, to = 0; err == ERR_NONE && from < parts->count; from = to) {
        for (to = from; to < parts->count && strcmp(parts->values[to].component, parts->values[from].component) == 0; to++)
            ;
        put_part(&work->writer, parts, parts->values + from, to - from);
    }
    json_close_array(&work->writer);
    return err;
}

static enum err take_open(void *ctx, const struct db_row *row) {
    struct quality_work *work = ctx;
    struct json_writer *w = &work->writer;
    json_open_object(w);
    json_member_text(w, "kind", db_text(row, 0));
    if (!db_is_null(row, 1)) {
        json_member_id(w, "shift_id", db_int(row, 1));
        json_member_text(w, "shift", db_text(row, 2));
    }
    json_member_int(w, "count", db_int(row, 3));
    json_close_object(w);
    quality_note(work, "open %s %s %lld", db_text(row, 0), db_is_null(row, 2) ? "-" : db_text(row, 2), (long long)db_int(row, 3));
    return ERR_NONE;
}

enum err quality_open(struct quality_work *work) {
    json_put_key(&work->writer, "open");
    json_open_array(&work->writer);
    enum err err = db_many(work->db, work->arena, DB_QUALITY_OPEN, DB_PARAMS(P_INT(work->cycle_id), P_TIME(clock_now_us())), OPEN_MAX, take_open, work);
    json_close_array(&work->writer);
    return err;
}

static enum err take_tie(void *ctx, const struct db_row *row) {
    struct quality_work *work = ctx;
    struct json_writer *w = &work->writer;
    size_t count = 0;
    const char *const *rolls = db_texts(row, 3, &count);
    json_open_object(w);
    json_member_text(w, "post", db_text(row, 0));
    json_member_text(w, "reason", db_text(row, 1));
    json_member_text(w, "total", db_text(row, 2));
    json_put_key(w, "roll_numbers");
    json_open_array(w);
    for (size_t i = 0; i < count; i++)
        json_put_text(w, rolls[i]);
    json_close_array(w);
    json_close_object(w);
    quality_note(work, "tie %s %s %zu", db_text(row, 0), db_text(row, 2), count);
    return ERR_NONE;
}

enum err quality_ties(struct quality_work *work) {
    json_put_key(&work->writer, "ties");
    json_open_array(&work->writer);
    enum err err = db_many(work->db, work->arena, DB_QUALITY_TIES, DB_PARAMS(P_INT(work->run_id)), TIES_MAX, take_tie, work);
    json_close_array(&work->writer);
    return err;
}
