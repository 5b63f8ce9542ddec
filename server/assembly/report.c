#include "work.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { NUMBER_MAX = 24 };

static void put_decimal(struct json_writer *w, int64_t nano) {
    char text[NUMBER_MAX];
    if (nano == ASSEMBLY_UNKNOWN) {
        json_put_null(w);
        return;
    }
    assembly_decimal_format(nano, text);
    json_put_text(w, text);
}

static void member_decimal(struct json_writer *w, const char *key, int64_t nano) {
    json_put_key(w, key);
    put_decimal(w, nano);
}

/* A bound, value or slack in the unit of its constraint; null: there is none. */
static void member_quantity(struct json_writer *w, const char *key, const struct assembly_constraint *constraint,
                            int64_t value) {
    json_put_key(w, key);
    if (value == INT64_MIN || value == INT64_MAX)
        json_put_null(w);
    else if (assembly_kind_decimal(constraint->kind))
        put_decimal(w, value);
    else
        json_put_int(w, value);
}

static void write_form(struct json_writer *w, const struct assembly_pool *pool,
                       const struct assembly_blueprint *blueprint, const struct assembly_form *form, size_t number) {
    json_open_object(w);
    json_member_int(w, "number", (int64_t)number);
    json_member_int(w, "seconds", form->seconds);
    json_member_int(w, "words", form->words);
    member_decimal(w, "facility_mean", form->mean);
    json_member_int(w, "facility_known", (int64_t)form->mean_known);
    json_put_key(w, "items");
    json_open_array(w);
    for (size_t i = 0; i < form->item_count; i++) {
        const struct assembly_item *item = &pool->items[form->items[i].item];
        json_open_object(w);
        json_member_int(w, "position", (int64_t)i + 1);
        json_member_text(w, "section", blueprint->sections[form->items[i].section].code);
        json_member_text(w, "code", item->code);
        if (item->item_id > 0) {
            json_member_id(w, "item_id", item->item_id);
            json_member_int(w, "version", item->version);
        }
        json_member_text(w, "topic", item->topic);
        json_member_int(w, "level", item->level);
        json_member_text(w, "kind", item->kind);
        member_decimal(w, "facility", item->facility);
        json_close_object(w);
    }
    json_close_array(w);
    json_close_object(w);
}

/* None where the blueprint divides nothing. */
static void write_sections(struct json_writer *w, const struct assembly_blueprint *blueprint) {
    json_put_key(w, "sections");
    json_open_array(w);
    for (size_t i = 0; i < blueprint->section_count && *blueprint->sections[i].code; i++) {
        json_open_object(w);
        json_member_text(w, "code", blueprint->sections[i].code);
        json_member_text(w, "title_vi", blueprint->sections[i].title_vi);
        json_member_text(w, "title_en", blueprint->sections[i].title_en);
        json_close_object(w);
    }
    json_close_array(w);
}

static void write_constraint(struct arena *arena, struct json_writer *w, const struct assembly_blueprint *blueprint,
                             const struct assembly_result *result, size_t index) {
    const struct assembly_constraint *constraint = &result->constraints[index];
    json_open_object(w);
    json_member_text(w, "kind", assembly_kind_key(constraint->kind));
    if (constraint->section != ASSEMBLY_NOWHERE)
        json_member_text(w, "section", blueprint->sections[constraint->section].code);
    json_member_text(w, "text_vi", assembly_constraint_words(arena, blueprint, constraint, false));
    json_member_text(w, "text_en", assembly_constraint_words(arena, blueprint, constraint, true));
    member_quantity(w, "min", constraint, constraint->range.min);
    member_quantity(w, "max", constraint, constraint->range.max);
    if (constraint->supply != ASSEMBLY_UNKNOWN)
        json_member_int(w, "supply", constraint->supply);
    json_put_key(w, "lines");
    json_open_array(w);
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < result->line_count; i++) {
        const struct assembly_line *line = &result->lines[i];
        if (line->constraint != index)
            continue;
        json_open_object(w);
        if (line->form_a > 0)
            json_member_int(w, "form", line->form_a);
        if (line->form_b > 0)
            json_member_int(w, "other_form", line->form_b);
        member_quantity(w, "value", constraint, line->value);
        member_quantity(w, "slack", constraint, line->slack);
        json_close_object(w);
        least = line->slack < least ? line->slack : least;
    }
    json_close_array(w);
    member_quantity(w, "slack", constraint, least);
    json_close_object(w);
}

static void write_curves(struct json_writer *w, const struct assembly_result *result, const int64_t *values) {
    json_open_array(w);
    for (size_t f = 0; f < result->form_count; f++) {
        json_open_array(w);
        for (size_t k = 0; k < ASSEMBLY_PLOT_POINTS; k++)
            put_decimal(w, values[f * ASSEMBLY_PLOT_POINTS + k]);
        json_close_array(w);
    }
    json_close_array(w);
}

static void write_targets(struct json_writer *w, const char *key, const struct assembly_target *targets, size_t count) {
    json_put_key(w, key);
    json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        if (!targets[i].pursued && targets[i].range.min == ASSEMBLY_NO_MIN && targets[i].range.max == ASSEMBLY_NO_MAX)
            continue;
        json_open_object(w);
        member_decimal(w, "theta", targets[i].theta);
        if (targets[i].pursued)
            member_decimal(w, "target", targets[i].target);
        if (targets[i].range.min != ASSEMBLY_NO_MIN)
            member_decimal(w, "min", targets[i].range.min);
        if (targets[i].range.max != ASSEMBLY_NO_MAX)
            member_decimal(w, "max", targets[i].range.max);
        json_close_object(w);
    }
    json_close_array(w);
}

static void write_plot(struct json_writer *w, const struct assembly_blueprint *blueprint,
                       const struct assembly_result *result) {
    json_put_key(w, "curves");
    json_open_object(w);
    json_put_key(w, "theta");
    json_open_array(w);
    for (size_t k = 0; k < ASSEMBLY_PLOT_POINTS; k++)
        put_decimal(w, result->plot.theta[k]);
    json_close_array(w);
    json_put_key(w, "facility");
    if (result->plot.facility)
        write_curves(w, result, result->plot.facility_values);
    else
        json_put_null(w);
    json_put_key(w, "information");
    if (result->plot.information)
        write_curves(w, result, result->plot.information_values);
    else
        json_put_null(w);
    write_targets(w, "facility_targets", blueprint->curve, blueprint->curve_count);
    write_targets(w, "information_targets", blueprint->points, blueprint->point_count);
    json_close_object(w);
}

/* ---- the largest differences between forms ---- */

struct apart {
    int64_t value, theta;
    size_t form_a, form_b;
};

static void widen(struct apart *apart, int64_t a, int64_t b, size_t form_a, size_t form_b, int64_t theta) {
    int64_t value = a > b ? a - b : b - a;
    if (value > apart->value || apart->form_a == 0)
        *apart = (struct apart){.value = value, .theta = theta, .form_a = form_a, .form_b = form_b};
}

static void put_apart(struct json_writer *w, const char *key, const struct apart *apart, bool decimal, bool curve) {
    json_put_key(w, key);
    if (apart->form_a == 0) {
        json_put_null(w);
        return;
    }
    json_open_object(w);
    json_put_key(w, "value");
    if (decimal)
        put_decimal(w, apart->value);
    else
        json_put_int(w, apart->value);
    if (curve)
        member_decimal(w, "theta", apart->theta);
    json_put_key(w, "forms");
    json_open_array(w);
    json_put_int(w, (int64_t)apart->form_a);
    json_put_int(w, (int64_t)apart->form_b);
    json_close_array(w);
    json_close_object(w);
}

static int64_t shared_items(const struct assembly_form *a, const struct assembly_form *b) {
    int64_t count = 0;
    for (size_t i = 0; i < a->item_count; i++)
        for (size_t k = 0; k < b->item_count; k++)
            count += a->items[i].item == b->items[k].item;
    return count;
}

static void write_differences(struct json_writer *w, const struct assembly_result *result) {
    struct apart mean = {0}, curve = {0}, information = {0}, seconds = {0}, words = {0}, shared = {0};
    const struct assembly_plot *plot = &result->plot;
    for (size_t a = 0; a < result->form_count; a++)
        for (size_t b = a + 1; b < result->form_count; b++) {
            const struct assembly_form *x = &result->forms[a], *y = &result->forms[b];
            if (x->mean_known == x->item_count && y->mean_known == y->item_count)
                widen(&mean, x->mean, y->mean, a + 1, b + 1, 0);
            widen(&seconds, x->seconds, y->seconds, a + 1, b + 1, 0);
            widen(&words, x->words, y->words, a + 1, b + 1, 0);
            widen(&shared, shared_items(x, y), 0, a + 1, b + 1, 0);
            for (size_t k = 0; k < ASSEMBLY_PLOT_POINTS; k++) {
                size_t i = a * ASSEMBLY_PLOT_POINTS + k, j = b * ASSEMBLY_PLOT_POINTS + k;
                if (plot->facility)
                    widen(&curve, plot->facility_values[i], plot->facility_values[j], a + 1, b + 1, plot->theta[k]);
                if (plot->information)
                    widen(&information, plot->information_values[i], plot->information_values[j], a + 1, b + 1,
                          plot->theta[k]);
            }
        }
    json_put_key(w, "differences");
    json_open_object(w);
    put_apart(w, "facility_mean", &mean, true, false);
    put_apart(w, "facility_curve", &curve, true, true);
    put_apart(w, "information", &information, true, true);
    put_apart(w, "seconds", &seconds, false, false);
    put_apart(w, "words", &words, false, false);
    put_apart(w, "shared_items", &shared, false, false);
    json_close_object(w);
}

/* ---- the whole ---- */

static void write_pool(struct json_writer *w, const struct assembly_result *result) {
    json_put_key(w, "pool");
    json_open_object(w);
    json_member_int(w, "items", (int64_t)result->pool_count);
    json_member_int(w, "drawable", (int64_t)result->drawable);
    json_member_int(w, "left_out", (int64_t)result->refused.left_out);
    json_member_int(w, "exposed", (int64_t)result->refused.exposed);
    json_member_int(w, "no_facility", (int64_t)result->refused.no_facility);
    json_member_int(w, "no_information", (int64_t)result->refused.no_information);
    json_member_int(w, "no_section", (int64_t)result->refused.no_section);
    json_close_object(w);
}

static void write_clash(struct arena *arena, struct json_writer *w, const struct assembly_blueprint *blueprint,
                        const struct assembly_result *result) {
    json_put_key(w, "clash");
    if (result->verdict != ASSEMBLY_INFEASIBLE) {
        json_put_null(w);
        return;
    }
    json_open_object(w);
    json_member_bool(w, "smallest", result->clash_smallest);
    json_member_bool(w, "irreducible", result->clash_irreducible);
    json_member_text(w, "text_vi", assembly_clash_words(arena, blueprint, result, false));
    json_member_text(w, "text_en", assembly_clash_words(arena, blueprint, result, true));
    json_put_key(w, "constraints");
    json_open_array(w);
    for (size_t i = 0; i < result->clash_count; i++)
        json_put_int(w, (int64_t)result->clash[i]);
    json_close_array(w);
    json_close_object(w);
}

void assembly_result_write(struct arena *arena, const struct assembly_pool *pool,
                           const struct assembly_blueprint *blueprint, const struct assembly_result *result,
                           struct json_writer *w) {
    json_open_object(w);
    json_member_text(w, "format", "khoacu-assembly/1");
    json_member_text(w, "verdict", assembly_verdict_key(result->verdict));
    if (result->unknown_item)
        json_member_text(w, "unknown_item", result->unknown_item);
    json_member_text(w, "solver", result->solver);
    json_member_int(w, "solver_runs", result->solver_runs);
    json_member_int(w, "took_ms", result->took_ms);
    json_member_bool(w, "optimal", result->optimal);
    member_decimal(w, "distance", result->distance);
    member_decimal(w, "reached", result->reached);
    write_pool(w, result);
    write_sections(w, blueprint);
    json_put_key(w, "forms");
    json_open_array(w);
    for (size_t f = 0; f < result->form_count; f++)
        write_form(w, pool, blueprint, &result->forms[f], f + 1);
    json_close_array(w);
    json_put_key(w, "constraints");
    json_open_array(w);
    for (size_t i = 0; i < result->constraint_count; i++)
        write_constraint(arena, w, blueprint, result, i);
    json_close_array(w);
    if (result->form_count > 0) {
        write_plot(w, blueprint, result);
        write_differences(w, result);
    }
    write_clash(arena, w, blueprint, result);
    json_close_object(w);
}
