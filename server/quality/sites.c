#include "quality_private.h"

#include "khoacu/psych/sites.h"

#include <math.h>

#include "khoacu/base/banned.h"

#define SITE_LEAST 5 /* sittings: below, a hall is not judged */

enum measure { SCORE, PASSED, MINUTES, MEASURE_COUNT };
static const char *const MEASURES[MEASURE_COUNT] = {"score", "passed", "minutes"};

/* Share of the points that a machine could give. */
static double score_of(const struct quality_form *form, size_t person) {
    double earned = 0, worth = 0;
    for (size_t i = 0; i < form->positions; i++)
        if (!form->left_out[i]) {
            earned += form->points[person * form->positions + i];
            worth += form->worth[i];
        }
    return worth > 0 ? earned / worth : NAN;
}

static enum err measure_one(struct quality_work *work, const struct quality_form *form, enum measure measure, struct psych_site *ret_sites) {
    double *values = ARENA_ARRAY(work->arena, form->persons, double);
    bool *truths = ARENA_ARRAY(work->arena, form->persons, bool);
    uint32_t *groups = ARENA_ARRAY(work->arena, form->persons, uint32_t);
    size_t count = 0;
    if (!values || !truths || !groups)
        return ERR_MEMORY;
    for (size_t i = 0; i < form->persons; i++) {
        double value = measure == SCORE ? score_of(form, i) : measure == PASSED ? (form->passed[i] < 0 ? NAN : form->passed[i]) : form->minutes[i];
        if (isnan(value))
            continue;
        values[count] = value;
        truths[count] = measure == PASSED && value > 0;
        groups[count++] = form->sites[i];
    }
    return measure == PASSED ? psych_site_shares(work->arena, truths, groups, count, form->site_count, SITE_LEAST, ret_sites)
                             : psych_site_means(work->arena, values, groups, count, form->site_count, SITE_LEAST, ret_sites);
}

static void put_measure(struct json_writer *w, enum measure measure, const struct psych_site *site) {
    json_open_object(w);
    json_member_text(w, "measure", MEASURES[measure]);
    json_member_int(w, "n", (int64_t)site->n);
    quality_put(w, "own", site->own);
    quality_put(w, "rest", site->rest);
    quality_put_interval(w, "low", "high", site->interval);
    json_member_bool(w, "odd", site->odd);
    json_close_object(w);
}

enum err quality_sites(struct quality_work *work, const struct quality_form *form) {
    struct json_writer *w = &work->writer;
    struct psych_site *sites[MEASURE_COUNT];
    for (int m = 0; m < MEASURE_COUNT; m++) {
        sites[m] = ARENA_ARRAY(work->arena, form->site_count, struct psych_site);
        enum err err = sites[m] ? measure_one(work, form, (enum measure)m, sites[m]) : ERR_MEMORY;
        if (err != ERR_NONE)
            return err;
    }
    json_put_key(w, "sites");
    json_open_array(w);
    for (size_t s = 0; s < form->site_count; s++) {
        json_open_object(w);
        json_member_text(w, "room", form->site_list[s].room);
        json_member_text(w, "shift", form->site_list[s].shift);
        json_member_id(w, "shift_id", form->site_list[s].shift_id);
        json_put_key(w, "measures");
        json_open_array(w);
        for (int m = 0; m < MEASURE_COUNT; m++)
            put_measure(w, (enum measure)m, &sites[m][s]);
        json_close_array(w);
        json_close_object(w);
    }
    json_close_array(w);
    return ERR_NONE;
}
