#include "rank_work.h"

#include "khoacu/rank/statistic.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define GROUPS_MAX 100000

/* One statistic under way: the values of its source, with whom each belongs to. */
struct column {
    const struct rank_work *work;
    const struct rank_component *component;
    struct rank_sample sample;
    int64_t *values, *results;
    uint32_t *groups, *candidates;
};

static int64_t power_of_ten(int places) {
    int64_t power = 1;
    while (places-- > 0)
        power *= 10;
    return power;
}

static void release(struct column *column) {
    free(column->values);
    free(column->results);
    free(column->groups);
    free(column->candidates);
}

static enum err gather(struct column *column, struct rank_misfit *misfit) {
    const struct rank_inputs *in = column->work->inputs;
    size_t width = in->pack->component_count, room = in->candidate_count + (size_t)1, count = 0;
    column->values = malloc(room * sizeof *column->values);
    column->results = malloc(room * sizeof *column->results);
    column->groups = malloc(room * sizeof *column->groups);
    column->candidates = malloc(room * sizeof *column->candidates);
    if (!column->values || !column->results || !column->groups || !column->candidates)
        return ERR_MEMORY;
    uint32_t group_count = 1;
    for (uint32_t i = 0; i < in->candidate_count; i++) {
        size_t at = i * width + column->component->source;
        if (in->statuses[at] != RANK_STATUS_VALUE)
            continue;
        uint32_t group = in->groups ? in->groups[at] : 0;
        if (group >= GROUPS_MAX)
            return rank_refuse(misfit, group, "range", "candidates[%s].groups.%s", in->candidates[i].roll,
                               in->pack->components[column->component->source].code);
        group_count = group >= group_count ? group + 1 : group_count;
        column->values[count] = in->values[at];
        column->groups[count] = group;
        column->candidates[count++] = i;
    }
    column->sample = (struct rank_sample){.values = column->values, .groups = column->groups, .count = count, .group_count = group_count};
    return ERR_NONE;
}

static enum err refuse_group(const struct column *column, uint32_t group, struct rank_misfit *misfit) {
    return rank_refuse(misfit, group, "group-too-small", "pack.components[%s]", column->component->code);
}

static enum err linear(struct column *column, int places, struct rank_misfit *misfit) {
    struct rank_shift *shifts = calloc(column->sample.group_count, sizeof *shifts), all;
    if (!shifts)
        return ERR_MEMORY;
    enum err err = rank_shifts(&column->sample, shifts, &all);
    const struct rank_shift *base = &all;
    for (uint32_t g = 0; err == ERR_NONE && column->component->base_best && g < column->sample.group_count; g++)
        if (shifts[g].count > 0 && (base == &all || shifts[g].mean_nano > base->mean_nano))
            base = &shifts[g];
    for (size_t i = 0; i < column->sample.count && err == ERR_NONE; i++)
        if (!rank_normalise(&shifts[column->groups[i]], &all, base->mean_nano + base->sd_nano, column->values[i], places, &column->results[i]))
            err = refuse_group(column, column->groups[i], misfit);
    free(shifts);
    return err == ERR_RANGE && misfit && !*misfit->path ? refuse_group(column, 0, misfit) : err;
}

/* The result of each score of each group is looked up, not computed for each candidate. */
static enum err equipercentile(struct column *column, int places, struct rank_misfit *misfit) {
    const struct rank_component *c = column->component;
    size_t scores = (size_t)column->work->pack->components[c->source].max + 1, groups = column->sample.group_count;
    if (c->base_group >= groups)
        return refuse_group(column, c->base_group, misfit);
    int64_t *counts = calloc(scores * groups, sizeof *counts), *table = calloc(scores * groups, sizeof *table);
    enum err err = counts && table ? ERR_NONE : ERR_MEMORY;
    for (size_t i = 0; i < column->sample.count && err == ERR_NONE; i++)
        counts[column->groups[i] * scores + (size_t)column->values[i]]++;
    struct rank_scores base = {.counts = counts + c->base_group * scores, .max = (int64_t)scores - 1};
    for (size_t at = 0; at < scores * groups && err == ERR_NONE; at++) {
        struct rank_scores own = {.counts = counts + at / scores * scores, .max = (int64_t)scores - 1};
        if (counts[at] > 0 && !rank_equipercentile(&own, &base, (int64_t)(at % scores), places, &table[at]))
            err = refuse_group(column, c->base_group, misfit);
    }
    for (size_t i = 0; i < column->sample.count && err == ERR_NONE; i++)
        column->results[i] = table[column->groups[i] * scores + (size_t)column->values[i]];
    free(counts);
    free(table);
    return err;
}

static const struct rank_table *find_table(const struct rank_inputs *in, uint8_t component, uint32_t group) {
    for (uint32_t i = 0; i < in->table_count; i++)
        if (in->tables[i].component == component && in->tables[i].group == group)
            return &in->tables[i];
    return NULL;
}

/* The same by a table that is given: a shift that it does not know has no result. */
static enum err by_table(struct column *column, int64_t unit, struct rank_misfit *misfit) {
    const struct rank_inputs *in = column->work->inputs;
    uint8_t component = (uint8_t)(column->component - in->pack->components);
    const struct rank_table *table = NULL;
    for (size_t i = 0; i < column->sample.count; i++) {
        uint32_t group = column->groups[i];
        if (!table || table->group != group)
            table = find_table(in, component, group);
        if (!table || column->values[i] < 0 || column->values[i] >= table->count)
            return rank_refuse(misfit, group, "no-table", "candidates[%s].groups.%s", in->candidates[column->candidates[i]].roll,
                               in->pack->components[column->component->source].code);
        column->results[i] = table->values[column->values[i]] / unit;
    }
    return ERR_NONE;
}

static enum err compute(struct column *column, struct rank_misfit *misfit) {
    const struct rank_component *c = column->component;
    int64_t unit = power_of_ten(7 - c->places);
    /* A linear result keeps the unit of its source: of a hundredth, two places are there already. */
    bool hundredths = c->statistic == RANK_STATISTIC_LINEAR && column->work->pack->components[c->source].unit == RANK_UNIT_MARK;
    uint32_t group = 0;
    enum err err = ERR_NONE;
    switch ((enum rank_statistic)c->statistic) {
    case RANK_STATISTIC_PERCENTILE:
        err = rank_percentiles(&column->sample, c->places, column->results);
        break;
    case RANK_STATISTIC_LINEAR:
        err = linear(column, c->places - (hundredths ? 2 : 0), misfit);
        break;
    case RANK_STATISTIC_EQUIPERCENTILE:
        err = c->given_table ? by_table(column, unit, misfit) : equipercentile(column, c->places, misfit);
        break;
    case RANK_STATISTIC_STANDARD:
        err = rank_standard_scores(&column->sample, c->mean / unit, c->deviation / unit, c->places, column->results, &group);
        if (err == ERR_RANGE)
            err = refuse_group(column, group, misfit);
        break;
    case RANK_STATISTIC_GIVEN:
    case RANK_STATISTIC_COUNT:
        break;
    }
    return err == ERR_LIMIT ? rank_refuse(misfit, 0, "range", "pack.components[%s]", c->code) : err;
}

static enum err derive_one(struct rank_work *work, uint8_t index, struct rank_misfit *misfit) {
    const struct rank_component *c = &work->pack->components[index];
    struct column column = {.work = work, .component = c};
    size_t width = work->pack->component_count;
    enum err err = gather(&column, misfit);
    if (err == ERR_NONE)
        err = compute(&column, misfit);
    int64_t most = RANK_FINE_MAX / power_of_ten(7 - c->places);
    for (size_t i = 0; i < column.sample.count && err == ERR_NONE; i++)
        if (column.results[i] > most || column.results[i] < -most)
            err = rank_refuse(misfit, 0, "off-scale", "candidates[%s].results.%s", work->inputs->candidates[column.candidates[i]].roll, c->code);
    for (uint32_t i = 0; i < work->inputs->candidate_count && err == ERR_NONE; i++)
        work->own_statuses[i * width + index] = work->own_statuses[i * width + c->source];
    for (size_t i = 0; i < column.sample.count && err == ERR_NONE; i++)
        work->own_values[column.candidates[i] * width + index] = column.results[i] * power_of_ten(7 - c->places);
    release(&column);
    return err;
}

enum err rank_derive(struct rank_work *work, struct rank_misfit *misfit) {
    const struct rank_inputs *in = work->inputs;
    bool any = false;
    for (uint8_t k = 0; k < work->pack->component_count; k++)
        any = any || work->pack->components[k].statistic != RANK_STATISTIC_GIVEN;
    if (!any)
        return ERR_NONE;
    size_t cells = in->candidate_count * (size_t)work->pack->component_count;
    work->own_values = malloc((cells + 1) * sizeof *work->own_values);
    work->own_statuses = malloc(cells + 1);
    if (!work->own_values || !work->own_statuses)
        return ERR_MEMORY;
    memcpy(work->own_values, in->values, cells * sizeof *in->values);
    memcpy(work->own_statuses, in->statuses, cells);
    work->values = work->own_values;
    work->statuses = work->own_statuses;
    enum err err = ERR_NONE;
    for (uint8_t k = 0; k < work->pack->component_count && err == ERR_NONE; k++)
        if (work->pack->components[k].statistic != RANK_STATISTIC_GIVEN && work->pack->components[k].max > 0)
            err = derive_one(work, k, misfit);
    return err;
}
