#include "khoacu/psych/severity.h"

#include "khoacu/psych/matrix.h"

#include <math.h>

#include "khoacu/base/banned.h"

struct work {
    const struct psych_mark *marks;
    size_t count, markers, scripts;
    struct psych_marker *out;
    uint32_t *parents; /* union-find over the markers */
    double *matrix;    /* normal equations after the scripts are taken out, then their inverse */
    double *right;
};

/* How many marks from `from` on are of the same script. */
static size_t run_of(const struct work *w, size_t from) {
    size_t to = from + 1;
    while (to < w->count && w->marks[to].script == w->marks[from].script)
        to++;
    return to - from;
}

static uint32_t root_of(uint32_t *parents, uint32_t marker) {
    while (parents[marker] != marker) {
        parents[marker] = parents[parents[marker]];
        marker = parents[marker];
    }
    return marker;
}

/* Numbers the groups in order of their first marker. */
static uint32_t find_groups(struct work *w) {
    uint32_t groups = 0;
    for (uint32_t m = 0; m < w->markers; m++)
        w->parents[m] = m;
    for (size_t i = 0; i < w->count; i += run_of(w, i))
        for (size_t k = 1; k < run_of(w, i); k++) {
            uint32_t one = root_of(w->parents, w->marks[i].marker), two = root_of(w->parents, w->marks[i + k].marker);
            if (one < two)
                w->parents[two] = one;
            else
                w->parents[one] = two;
        }
    for (uint32_t m = 0; m < w->markers; m++) {
        uint32_t root = root_of(w->parents, m); /* never above m */
        w->out[m].group = root == m ? groups++ : w->out[root].group;
    }
    return groups;
}

static void build(struct work *w) {
    size_t r = w->markers;
    for (size_t i = 0; i < r * r; i++)
        w->matrix[i] = 1; /* the markers' effects sum to zero */
    for (size_t i = 0; i < w->count; i += run_of(w, i)) {
        size_t n = run_of(w, i);
        double mean = 0;
        for (size_t k = 0; k < n; k++)
            mean += w->marks[i + k].value / (double)n;
        for (size_t k = 0; k < n; k++) {
            uint32_t own = w->marks[i + k].marker;
            w->right[own] += w->marks[i + k].value - mean;
            w->matrix[own * r + own] += 1;
            for (size_t l = 0; l < n; l++)
                w->matrix[own * r + w->marks[i + l].marker] -= 1 / (double)n;
        }
    }
}

/* Sum of squares that scripts and markers leave. */
static double residual(const struct work *w) {
    double sum = 0;
    for (size_t i = 0; i < w->count; i += run_of(w, i)) {
        size_t n = run_of(w, i);
        double mean = 0;
        for (size_t k = 0; k < n; k++)
            mean += (w->marks[i + k].value - w->out[w->marks[i + k].marker].effect) / (double)n;
        for (size_t k = 0; k < n; k++) {
            double left = w->marks[i + k].value - w->out[w->marks[i + k].marker].effect - mean;
            sum += left * left;
        }
    }
    return sum;
}

static void solve(struct work *w, struct psych_severity *severity) {
    size_t r = w->markers;
    for (size_t m = 0; m < r; m++) {
        w->out[m].effect = 0;
        for (size_t l = 0; l < r; l++)
            w->out[m].effect += w->matrix[m * r + l] * w->right[l];
    }
    severity->residual_sd = sqrt(residual(w) / severity->df);
    double t = psych_t_quantile(0.975, severity->df);
    for (size_t m = 0; m < r; m++) {
        double variance = w->matrix[m * r + m] - 1 / ((double)r * (double)r);
        w->out[m].se = severity->residual_sd * sqrt(variance > 0 ? variance : 0);
        w->out[m].interval = (struct psych_interval){w->out[m].effect - t * w->out[m].se, w->out[m].effect + t * w->out[m].se};
    }
}

static enum err check(struct work *w, struct psych_marker *out) {
    uint32_t last = 0;
    for (size_t m = 0; m < w->markers; m++)
        out[m] = (struct psych_marker){.effect = NAN, .se = NAN, .interval = {NAN, NAN}};
    for (size_t i = 0; i < w->count; i++) {
        const struct psych_mark *mark = &w->marks[i];
        if (mark->marker >= w->markers || (i > 0 && mark->script < last))
            return ERR_RANGE;
        w->scripts += i == 0 || mark->script != last;
        last = mark->script;
        out[mark->marker].marks++;
        out[mark->marker].raw_mean += mark->value;
    }
    for (size_t m = 0; m < w->markers; m++) {
        if (out[m].marks == 0)
            return ERR_RANGE;
        out[m].raw_mean /= (double)out[m].marks;
    }
    return ERR_NONE;
}

enum err psych_severity(struct arena *arena, const struct psych_mark *marks, size_t count, size_t markers,
                        struct psych_severity *ret_severity, struct psych_marker *ret_markers) {
    struct work w = {.marks = marks, .count = count, .markers = markers, .out = ret_markers};
    struct psych_severity severity = {.residual_sd = NAN};
    if (markers > PSYCH_MARKERS_MAX)
        return ERR_RANGE;
    w.parents = ARENA_ARRAY(arena, markers, uint32_t);
    w.matrix = ARENA_ARRAY(arena, markers * markers, double);
    w.right = ARENA_ARRAY(arena, markers, double);
    if (!w.parents || !w.matrix || !w.right)
        return ERR_MEMORY;
    enum err err = check(&w, ret_markers);
    if (err != ERR_NONE)
        return err;
    severity.groups = find_groups(&w);
    severity.df = (double)count - (double)w.scripts - (double)markers + 1;
    if (severity.groups > 1) {
        severity.verdict = PSYCH_SEVERITY_UNCONNECTED;
    } else if (severity.df < 1 || markers < 2) {
        severity.verdict = PSYCH_SEVERITY_TOO_FEW;
    } else {
        build(&w);
        if (!psych_matrix_invert(w.matrix, markers))
            return ERR_RANGE;
        solve(&w, &severity);
    }
    *ret_severity = severity;
    return ERR_NONE;
}
