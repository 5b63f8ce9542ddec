#include "khoacu/marking/draw.h"

#include "khoacu/base/text.h"
#include "khoacu/json/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define FORMAT "khoacu-draw/1"

/* ---- writing ---- */

static enum err put_id_row(void *ctx, const struct db_row *row) {
    json_put_id(ctx, db_int(row, 0));
    return ERR_NONE;
}

static enum err put_pair_row(void *ctx, const struct db_row *row) {
    struct json_writer *w = ctx;
    json_open_array(w);
    json_put_id(w, db_int(row, 0));
    json_put_id(w, db_int(row, 1));
    json_close_array(w);
    return ERR_NONE;
}

struct allocated {
    struct json_writer *w;
    int64_t blind_id;
};

static enum err put_allocated(void *ctx, const struct db_row *row) {
    struct allocated *a = ctx;
    if (db_int(row, 0) != a->blind_id) {
        if (a->blind_id)
            json_close_array(a->w);
        json_open_array(a->w);
        a->blind_id = db_int(row, 0);
    }
    json_put_id(a->w, db_int(row, 2));
    return ERR_NONE;
}

static enum err put_redraw(void *ctx, const struct db_row *row) {
    struct json_writer *w = ctx;
    size_t count = 0;
    const int64_t *eligible = db_ints(row, 3, &count);
    json_open_object(w);
    json_member_id(w, "script", db_int(row, 0));
    json_member_int(w, "round", db_int(row, 1));
    json_member_int(w, "number", db_int(row, 2));
    json_put_key(w, "eligible");
    json_open_array(w);
    for (size_t i = 0; i < count; i++)
        json_put_id(w, eligible[i]);
    json_close_array(w);
    json_member_id(w, "marker", db_int(row, 4));
    json_member_text(w, "why", db_text(row, 6));
    json_close_object(w);
    return ERR_NONE;
}

static enum err put_lists(struct db *db, struct arena *arena, int64_t cycle_id, const struct marking_draw *draw, struct json_writer *w) {
    struct allocated allocated = {.w = w};
    enum { MOST = MARKING_SCRIPTS_MAX * 2 };
    json_put_key(w, "markers");
    json_open_array(w);
    enum err err = db_many(db, arena, DB_MARKING_DRAW_MARKERS, DB_PARAMS(P_INT(draw->draw_id)), MARKING_MARKERS_MAX, put_id_row, w);
    json_close_array(w);
    json_put_key(w, "scripts");
    json_open_array(w);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_DRAW_SCRIPTS, DB_PARAMS(P_INT(cycle_id), P_TEXT(draw->component)), MOST, put_id_row, w);
    json_close_array(w);
    json_put_key(w, "excluded");
    json_open_array(w);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_DRAW_EXCLUDED, DB_PARAMS(P_INT(draw->draw_id)), MOST, put_pair_row, w);
    json_close_array(w);
    json_put_key(w, "allocation");
    json_open_array(w);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_DRAW_ALLOCATED, DB_PARAMS(P_INT(cycle_id), P_TEXT(draw->component), P_INT(draw->per_script)),
                      MOST, put_allocated, &allocated);
    if (allocated.blind_id)
        json_close_array(w);
    json_close_array(w);
    json_put_key(w, "redraws");
    json_open_array(w);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_DRAW_REDRAWS, DB_PARAMS(P_INT(draw->draw_id)), MOST, put_redraw, w);
    json_close_array(w);
    return err;
}

enum err marking_draw_export(struct db *db, struct arena *arena, const char *cycle_code, const struct marking_draw *draw,
                             struct buf *out) {
    struct marking_draws draws;
    struct json_writer w;
    const char *name = arena_printf(arena, "marking/%s", draw->component);
    enum err err = name ? marking_draws_read(db, arena, cycle_code, &draws) : ERR_MEMORY;
    if (err != ERR_NONE)
        return err;
    json_writer_init(&w, out);
    json_open_object(&w);
    json_member_text(&w, "format", FORMAT);
    json_member_text(&w, "exam", cycle_code);
    json_member_text(&w, "draw", name);
    json_member_int(&w, "per_script", draw->per_script);
    json_member_text(&w, "commitment", draw->commitment);
    json_member_text(&w, "entropy", draw->entropy);
    json_member_text(&w, "seed", draw->seed);
    json_member_text(&w, "outcome", draw->outcome);
    err = put_lists(db, arena, draws.cycle_id, draw, &w);
    json_close_object(&w);
    return err == ERR_NONE && out->failed ? ERR_LIMIT : err;
}

/* ---- drawing again ---- */

struct file {
    struct arena *arena;
    const struct json *root;
    struct marking_field field;
    uint8_t seed[CRYPTO_SHA256_LEN];
    struct marking_redrawn *ret;
};

static enum err say(struct file *f, enum err err, const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum err say(struct file *f, enum err err, const char *format, ...) {
    va_list args;
    if (*f->ret->differs)
        return err;
    va_start(args, format);
    (void)vsnprintf(f->ret->differs, sizeof f->ret->differs, format, args);
    va_end(args);
    return err;
}

static enum err read_ids(struct file *f, const struct json *list, const char *what, int64_t **ret_ids, size_t *ret_count) {
    size_t count = json_count(list);
    int64_t *ids = ARENA_ARRAY(f->arena, count + 1, int64_t);
    if (!ids)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_text(json_at(list, i));
        if (!text || !text_parse_id(text, &ids[i]))
            return say(f, ERR_SYNTAX, "%s[%zu] is no id", what, i);
    }
    *ret_ids = ids;
    *ret_count = count;
    return ERR_NONE;
}

static enum err read_pairs(struct file *f) {
    const struct json *list = json_get(f->root, "excluded");
    size_t count = json_count(list);
    struct marking_pair *pairs = ARENA_ARRAY(f->arena, count + 1, struct marking_pair);
    if (!pairs)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct json *pair = json_at(list, i);
        const char *script = json_text(json_at(pair, 0)), *marker = json_text(json_at(pair, 1));
        if (!script || !marker || !text_parse_id(script, &pairs[i].blind_id) || !text_parse_id(marker, &pairs[i].marker_id))
            return say(f, ERR_SYNTAX, "excluded[%zu] is no pair of ids", i);
    }
    f->field.excluded = pairs;
    f->field.excluded_count = f->ret->excluded = count;
    return ERR_NONE;
}

static enum err read_field(struct file *f) {
    int64_t *scripts = NULL, *markers = NULL, per_script = 0;
    const char *format = json_text(json_get(f->root, "format"));
    if (!format || strcmp(format, FORMAT) != 0)
        return say(f, ERR_SYNTAX, "format is not %s", FORMAT);
    if (!json_int(json_get(f->root, "per_script"), &per_script) || per_script < 1 || per_script > 2)
        return say(f, ERR_SYNTAX, "per_script is not 1 or 2");
    enum err err = read_ids(f, json_get(f->root, "scripts"), "scripts", &scripts, &f->field.script_count);
    if (err == ERR_NONE)
        err = read_ids(f, json_get(f->root, "markers"), "markers", &markers, &f->field.marker_count);
    f->field.scripts = scripts;
    f->field.markers = markers;
    f->field.per_script = (uint8_t)per_script;
    f->ret->scripts = f->field.script_count;
    f->ret->markers = f->field.marker_count;
    return err == ERR_NONE ? read_pairs(f) : err;
}

/* False when the member says something else; the first difference is kept. */
static bool same_hash(struct file *f, const char *member, const uint8_t hash[CRYPTO_SHA256_LEN]) {
    char hex[65];
    const char *said = json_text(json_get(f->root, member));
    text_hex(hash, CRYPTO_SHA256_LEN, hex);
    if (said && strcmp(said, hex) == 0)
        return true;
    (void)say(f, ERR_NONE, "%s: the file says %.70s, it is %s", member, said ? said : "nothing", hex);
    return false;
}

static enum err check_seed(struct file *f) {
    uint8_t commitment[CRYPTO_SHA256_LEN];
    const char *exam = json_text(json_get(f->root, "exam")), *draw = json_text(json_get(f->root, "draw"));
    const char *entropy = json_text(json_get(f->root, "entropy"));
    if (!exam || !draw || !entropy)
        return say(f, ERR_SYNTAX, "exam, draw or entropy is missing");
    enum err err = marking_field_commit(&f->field, commitment);
    if (err == ERR_NONE && !same_hash(f, "commitment", commitment))
        return ERR_NONE;
    if (err == ERR_NONE)
        err = marking_draw_seed(exam, draw, commitment, entropy, f->seed);
    if (err == ERR_NONE)
        (void)same_hash(f, "seed", f->seed);
    return err;
}

static enum err check_allocation(struct file *f) {
    struct marking_allocation allocation;
    uint8_t outcome[CRYPTO_SHA256_LEN];
    const struct json *list = json_get(f->root, "allocation");
    enum err err = marking_allocate(f->arena, &f->field, f->seed, &allocation);
    if (err == ERR_RANGE || (err == ERR_NONE && allocation.end != MARKING_ALLOCATED))
        return say(f, ERR_SYNTAX, "scripts, markers and excluded cannot be drawn over");
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < f->field.script_count; i++)
        for (size_t k = 0; k < f->field.per_script; k++) {
            char drawn[TEXT_ID_LEN + 1];
            const char *said = json_text(json_at(json_at(list, i), k));
            text_format_id(allocation.marker_ids[i * f->field.per_script + k], drawn);
            if (!said || strcmp(said, drawn) != 0)
                return say(f, ERR_NONE, "allocation[%zu][%zu]: the file says %.20s, drawn is %s", i, k, said ? said : "nothing", drawn);
        }
    err = marking_allocation_digest(&f->field, allocation.marker_ids, outcome);
    if (err == ERR_NONE)
        (void)same_hash(f, "outcome", outcome);
    return err;
}

static enum err check_redraws(struct file *f) {
    const struct json *list = json_get(f->root, "redraws");
    f->ret->redraws = json_count(list);
    for (size_t i = 0; i < f->ret->redraws; i++) {
        const struct json *redraw = json_at(list, i);
        const char *script = json_text(json_get(redraw, "script")), *said = json_text(json_get(redraw, "marker"));
        int64_t blind_id = 0, at = 0, number = 0, *eligible = NULL;
        size_t count = 0;
        char drawn[TEXT_ID_LEN + 1];
        enum err err = read_ids(f, json_get(redraw, "eligible"), "eligible", &eligible, &count);
        if (err != ERR_NONE)
            return err;
        if (!script || !text_parse_id(script, &blind_id) || !json_int(json_get(redraw, "round"), &at) ||
            !json_int(json_get(redraw, "number"), &number) || count == 0)
            return say(f, ERR_SYNTAX, "redraws[%zu] is not whole", i);
        text_format_id(eligible[marking_redraw_pick(f->seed, blind_id, (int)at, (int)number, count)], drawn);
        if (!said || strcmp(said, drawn) != 0)
            return say(f, ERR_NONE, "redraws[%zu]: the file says %.20s, drawn is %s", i, said ? said : "nothing", drawn);
    }
    return ERR_NONE;
}

enum err marking_draw_file_check(struct arena *arena, const char *text, size_t len, struct marking_redrawn *ret) {
    struct file f = {.arena = arena, .ret = ret};
    struct json_error error = {0};
    *ret = (struct marking_redrawn){0};
    enum err err = json_read(arena, text, len, &f.root, &error);
    if (err != ERR_NONE)
        return err == ERR_SYNTAX ? say(&f, err, "byte %zu: %s", error.offset, error.reason) : err;
    err = read_field(&f);
    if (err == ERR_NONE)
        err = check_seed(&f);
    if (err == ERR_NONE && !*ret->differs)
        err = check_allocation(&f);
    if (err == ERR_NONE && !*ret->differs)
        err = check_redraws(&f);
    return err;
}
