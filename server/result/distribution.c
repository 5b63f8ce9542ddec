#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

#define TOTALS_MAX 200000 /* different totals; a cycle has fewer candidates */
#define POSTS_MAX 2000

struct reading {
    struct arena *arena;
    struct result_distribution out;
    int64_t (*totals)[2]; /* total, how many; rising */
    size_t count;
};

static enum err take_total(void *ctx, const struct db_row *row) {
    struct reading *r = ctx;
    r->totals[r->count][0] = db_hundredths(row, 0);
    r->totals[r->count++][1] = db_int(row, 1);
    return ERR_NONE;
}

static enum err take_seat(void *ctx, const struct db_row *row) {
    struct reading *r = ctx;
    r->out.highest = (struct result_last_seat){.post = db_text(row, 0), .total = db_hundredths(row, 1)};
    if (!r->out.lowest.post)
        r->out.lowest = r->out.highest;
    return ERR_NONE;
}

/* The multiple of width at or below a value. */
static int64_t floor_to(int64_t value, int64_t width) {
    int64_t rest = value % width;
    return value - (rest < 0 ? rest + width : rest);
}

static void sort_into_bins(struct reading *r) {
    static const int64_t WIDTHS[] = {100, 200, 250, 500, 1000, 2000, 2500, 5000, 10000, 100000, 1000000, 10000000};
    int64_t least = r->totals[0][0], most = r->totals[r->count - 1][0];
    size_t w = 0;
    while (w + 1 < sizeof WIDTHS / sizeof *WIDTHS && floor_to(most, WIDTHS[w]) - floor_to(least, WIDTHS[w]) >= RESULT_BINS_MAX * WIDTHS[w])
        w++;
    int64_t first = floor_to(least, WIDTHS[w]);
    for (size_t i = 0; i < r->count; i++) {
        int64_t at = (r->totals[i][0] - first) / WIDTHS[w];
        struct result_bin *bin = &r->out.bins[at < RESULT_BINS_MAX ? at : RESULT_BINS_MAX - 1];
        bin->count += r->totals[i][1];
        r->out.passed += r->totals[i][1];
    }
    r->out.bin_count = (size_t)((floor_to(most, WIDTHS[w]) - first) / WIDTHS[w]) + 1;
    for (size_t i = 0; i < r->out.bin_count; i++) {
        r->out.bins[i].from = first + (int64_t)i * WIDTHS[w];
        r->out.bins[i].to = r->out.bins[i].from + WIDTHS[w];
    }
}

enum err result_distribution_read(struct db *db, struct arena *arena, int64_t run_id, const char *post,
                                  struct result_distribution *ret_distribution) {
    struct reading r = {.arena = arena, .totals = arena_array(arena, TOTALS_MAX, sizeof *r.totals)};
    if (!r.totals)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_RESULT_TOTALS, DB_PARAMS(P_INT(run_id), P_TEXT(post), P_INT(TOTALS_MAX)), TOTALS_MAX, take_total, &r);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_RESULT_LAST_SEATS, DB_PARAMS(P_INT(run_id), P_TEXT(post), P_INT(POSTS_MAX)), POSTS_MAX, take_seat, &r);
    if (err != ERR_NONE)
        return err;
    if (r.count > 0)
        sort_into_bins(&r);
    *ret_distribution = r.out;
    return ERR_NONE;
}
