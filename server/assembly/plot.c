#include "work.h"

#include "khoacu/base/banned.h"

/* 25 points from -3 to 3 in quarters. */
#define FIRST (-3 * ASSEMBLY_NANO)
#define STEP (ASSEMBLY_NANO / 4)

static bool known(const struct assembly_pool *pool, const struct assembly_result *result, bool information) {
    for (size_t f = 0; f < result->form_count; f++)
        for (size_t i = 0; i < result->forms[f].item_count; i++) {
            const struct assembly_item *item = &pool->items[result->forms[f].items[i].item];
            if (!item->calibrated && (information || item->facility == ASSEMBLY_UNKNOWN))
                return false;
        }
    return result->form_count > 0;
}

static enum err fill(struct arena *arena, const struct assembly_pool *pool, int64_t scale,
                     struct assembly_result *result, bool information) {
    const struct assembly_plot *plot = &result->plot;
    int64_t *values = ARENA_ARRAY(arena, result->form_count * ASSEMBLY_PLOT_POINTS, int64_t);
    if (!values)
        return ERR_MEMORY;
    for (size_t f = 0; f < result->form_count; f++)
        for (size_t k = 0; k < ASSEMBLY_PLOT_POINTS; k++) {
            const struct assembly_form *form = &result->forms[f];
            int64_t sum = 0;
            for (size_t i = 0; i < form->item_count; i++) {
                const struct assembly_item *item = &pool->items[form->items[i].item];
                sum += information ? assembly_item_information(item, plot->theta[k], scale)
                                   : assembly_item_curve(item, plot->theta[k], scale);
            }
            int64_t unit = information ? 1 : (int64_t)form->item_count;
            values[f * ASSEMBLY_PLOT_POINTS + k] = (sum + unit / 2) / unit;
        }
    if (information)
        result->plot.information_values = values;
    else
        result->plot.facility_values = values;
    return ERR_NONE;
}

enum err plot_fill(struct arena *arena, const struct assembly_pool *pool, const struct assembly_blueprint *blueprint,
                   struct assembly_result *result) {
    for (size_t k = 0; k < ASSEMBLY_PLOT_POINTS; k++)
        result->plot.theta[k] = FIRST + (int64_t)k * STEP;
    result->plot.facility = known(pool, result, false);
    result->plot.information = known(pool, result, true);
    enum err err = ERR_NONE;
    if (result->plot.facility)
        err = fill(arena, pool, blueprint->scale, result, false);
    if (err == ERR_NONE && result->plot.information)
        err = fill(arena, pool, blueprint->scale, result, true);
    return err;
}
