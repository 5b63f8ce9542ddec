#include "quality_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Item analysis of each form that was sat. */

struct forms {
    struct quality_work *work;
    struct quality_form list[QUALITY_FORMS_MAX];
    size_t count;
};

static enum err take_form(void *ctx, const struct db_row *row) {
    struct forms *forms = ctx;
    forms->list[forms->count++] =
        (struct quality_form){.form_id = db_int(row, 0), .code = db_text(row, 1), .shifts = db_text(row, 2), .room = (size_t)db_int(row, 3)};
    return ERR_NONE;
}

/* The columns of the matrix that a machine scores, closed up; *ret_at says which position each is. */
static enum err close_up(struct quality_work *work, const struct quality_form *form, struct psych_responses *ret, size_t **ret_at) {
    size_t k = 0, n = form->persons;
    size_t *at = ARENA_ARRAY(work->arena, form->positions, size_t);
    if (!at)
        return ERR_MEMORY;
    for (size_t i = 0; i < form->positions; i++)
        if (!form->left_out[i])
            at[k++] = i;
    double *points = ARENA_ARRAY(work->arena, n * k, double), *worth = ARENA_ARRAY(work->arena, k, double);
    uint8_t *cells = ARENA_ARRAY(work->arena, n * k, uint8_t), *choices = ARENA_ARRAY(work->arena, n * k, uint8_t);
    uint8_t *options = ARENA_ARRAY(work->arena, k, uint8_t);
    uint32_t *keys = ARENA_ARRAY(work->arena, k, uint32_t);
    if (work->arena->failed)
        return ERR_MEMORY;
    for (size_t j = 0; j < k; j++) {
        worth[j] = form->worth[at[j]];
        options[j] = form->options[at[j]];
        keys[j] = form->keys[at[j]];
        for (size_t i = 0; i < n; i++) {
            size_t from = i * form->positions + at[j];
            points[i * k + j] = form->points[from];
            cells[i * k + j] = form->cells[from];
            choices[i * k + j] = form->choices[from];
        }
    }
    *ret = (struct psych_responses){n, k, points, worth, cells, choices, options, keys};
    *ret_at = at;
    return ERR_NONE;
}

static int compare_floats(const void *a, const void *b) {
    float one = *(const float *)a, two = *(const float *)b;
    return (one > two) - (one < two);
}

static double median_seconds(struct quality_work *work, const struct quality_form *form, size_t position) {
    float *known = ARENA_ARRAY(work->arena, form->persons, float);
    size_t count = 0;
    for (size_t i = 0; known && i < form->persons; i++) {
        float seconds = form->seconds[i * form->positions + position];
        if (seconds >= 0)
            known[count++] = seconds;
    }
    if (count == 0)
        return NAN;
    qsort(known, count, sizeof *known, compare_floats);
    return ((double)known[(count - 1) / 2] + (double)known[count / 2]) / 2;
}

/* Options that a flag is about: those that rise above what a wrong one should, and idle ones. */
static void put_suspects(struct json_writer *w, const struct psych_item *item, uint32_t keys, const struct psych_thresholds *limits) {
    double key_r = -1, key_upper = 0;
    for (size_t o = 0; o < item->option_count; o++)
        if (keys >> o & 1) {
            key_r = fmax(key_r, item->options[o].r_rest);
            key_upper = fmax(key_upper, item->options[o].upper_share);
        }
    json_put_key(w, "suspects");
    json_open_array(w);
    for (size_t o = 0; o < item->option_count; o++) {
        const struct psych_option *option = &item->options[o];
        bool rises = option->r_rest > limits->option_rest || option->r_rest > key_r, upper = option->upper_share > key_upper;
        bool flagged = (rises && item->flags >> PSYCH_FLAG_OPTION_RISES & 1) || (upper && item->flags >> PSYCH_FLAG_OPTION_UPPER & 1) ||
                       (option->share < limits->option_idle && item->flags >> PSYCH_FLAG_OPTION_IDLE & 1);
        if ((keys >> o & 1) || !flagged)
            continue;
        json_open_object(w);
        json_member_int(w, "option", (int64_t)o + 1);
        quality_put(w, "share", option->share);
        quality_put(w, "r_rest", option->r_rest);
        quality_put(w, "upper", option->upper_share);
        quality_put(w, "lower", option->lower_share);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_item(struct quality_work *work, const struct quality_form *form, size_t at, const struct psych_item *item) {
    struct json_writer *w = &work->writer;
    json_open_object(w);
    json_member_int(w, "position", (int64_t)at + 1);
    json_member_text(w, "code", form->codes[at]);
    json_member_text(w, "topic", form->topics[at]);
    quality_put(w, "facility", item->facility);
    quality_put(w, "r_total", item->r_total);
    quality_put(w, "r_rest", item->r_rest);
    quality_put_interval(w, "r_low", "r_high", item->r_rest_95);
    quality_put(w, "alpha_deleted", item->alpha_deleted);
    quality_put(w, "discrimination", item->discrimination);
    quality_put(w, "omitted", item->omit_share);
    quality_put(w, "not_reached", item->not_reached_share);
    quality_put(w, "seconds", median_seconds(work, form, at));
    json_put_key(w, "flags");
    json_open_array(w);
    for (int flag = 0; flag < PSYCH_FLAG_COUNT; flag++)
        if (item->flags >> flag & 1)
            json_put_text(w, psych_flag_key((enum psych_flag)flag));
    json_close_array(w);
    put_suspects(w, item, form->keys[at], &work->thresholds);
    json_close_object(w);
}

/* The lowest total of those who passed round 1 is where its cut lies on this form; 0: nobody said who passed. */
static double cut_of(const struct psych_responses *in, const struct quality_form *form) {
    double cut = INFINITY;
    bool failed = false;
    for (size_t i = 0; i < in->persons; i++) {
        double total = 0;
        for (size_t j = 0; j < in->items; j++)
            total += in->points[i * in->items + j];
        failed = failed || form->passed[i] == 0;
        if (form->passed[i] == 1 && total < cut)
            cut = total;
    }
    return failed && cut < INFINITY ? cut : NAN;
}

static void put_cut(struct json_writer *w, const struct psych_responses *in, const struct psych_test *test, double cut) {
    int64_t within = 0;
    bool plain = true;
    for (size_t j = 0; j < in->items; j++)
        plain = plain && in->worth[j] == 1;
    for (size_t i = 0; i < in->persons; i++) {
        double total = 0;
        for (size_t j = 0; j < in->items; j++)
            total += in->points[i * in->items + j];
        within += fabs(total - cut) <= test->sem;
    }
    quality_put(w, "cut", cut);
    quality_put(w, "sem_at_cut", plain ? psych_sem_at(cut, (double)in->items) : NAN);
    json_member_int(w, "within_sem", within);
}

static void put_test(struct json_writer *w, const struct psych_responses *in, const struct quality_form *form, const struct psych_test *test) {
    json_open_object(w);
    json_member_int(w, "items", (int64_t)test->items);
    quality_put(w, "mean", test->mean);
    quality_put(w, "sd", test->sd);
    quality_put(w, "skew", test->skew);
    quality_put(w, "kurtosis", test->kurtosis);
    quality_put(w, "alpha", test->alpha);
    quality_put(w, "lambda6", test->lambda6);
    quality_put(w, "split_half", test->split_half);
    quality_put(w, "sem", test->sem);
    double cut = cut_of(in, form);
    if (!isnan(cut))
        put_cut(w, in, test, cut);
    json_close_object(w);
}

static enum err analyse(struct quality_work *work, const struct quality_form *form) {
    struct json_writer *w = &work->writer;
    struct psych_responses in;
    struct psych_test test;
    size_t *at = NULL;
    enum err err = close_up(work, form, &in, &at);
    struct psych_item *items = err == ERR_NONE ? ARENA_ARRAY(work->arena, in.items, struct psych_item) : NULL;
    if (err != ERR_NONE || !items)
        return err == ERR_NONE ? ERR_MEMORY : err;
    err = psych_classical(work->arena, &in, &work->thresholds, &test, items);
    bool analysed = err == ERR_NONE;
    if (!analysed && err != ERR_RANGE)
        return err;
    json_put_key(w, "test");
    if (analysed)
        put_test(w, &in, form, &test);
    else
        json_put_null(w);
    json_put_key(w, "items");
    json_open_array(w);
    for (size_t j = 0; analysed && j < in.items; j++)
        put_item(work, form, at[j], &items[j]);
    json_close_array(w);
    return ERR_NONE;
}

static enum err put_form(struct quality_work *work, struct quality_form *form) {
    struct json_writer *w = &work->writer;
    enum err err = quality_form_read(work, form);
    if (err != ERR_NONE)
        return err;
    json_open_object(w);
    json_member_text(w, "code", form->code);
    json_member_text(w, "shifts", form->shifts);
    json_member_int(w, "persons", (int64_t)form->persons);
    json_member_int(w, "unscored", (int64_t)form->unscored);
    json_put_key(w, "left_out");
    json_open_array(w);
    for (size_t i = 0; i < form->positions; i++)
        if (form->left_out[i])
            json_put_int(w, (int64_t)i + 1);
    json_close_array(w);
    err = analyse(work, form);
    if (err == ERR_NONE)
        err = quality_sites(work, form);
    json_close_object(w);
    return err;
}

enum err quality_forms(struct quality_work *work) {
    struct forms *forms = ARENA_NEW(work->arena, struct forms);
    if (!forms)
        return ERR_MEMORY;
    forms->work = work;
    enum err err = db_many(work->db, work->arena, DB_QUALITY_FORMS, DB_PARAMS(P_INT(work->cycle_id)), QUALITY_FORMS_MAX, take_form, forms);
    json_put_key(&work->writer, "forms");
    json_open_array(&work->writer);
    for (size_t i = 0; err == ERR_NONE && i < forms->count; i++)
        err = put_form(work, &forms->list[i]);
    json_close_array(&work->writer);
    return err;
}
