#include "marking_private.h"
#include "quality_private.h"

#include "khoacu/psych/drift.h"
#include "khoacu/psych/severity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "khoacu/base/banned.h"

/* Each marker: how generous, and whether that changes from day to day. */

#define WINDOW 20
#define STEPS_MAX 400   /* the last of them are drawn */
#define FURTHEST_MAX 30 /* scripts that are furthest from the other marks */
#define US_PER_SECOND 1000000
#define LOCAL_S 25200 /* Viet Nam is 7 hours ahead of UTC, all year */

/* A mark less the mean of the other marks of its script. */
struct difference {
    uint32_t marker;
    int64_t at_us, blind_id;
    double value;
};

static int compare_differences(const void *a, const void *b) {
    const struct difference *one = a, *two = b;
    if (one->marker != two->marker)
        return one->marker < two->marker ? -1 : 1;
    if (one->at_us != two->at_us)
        return one->at_us < two->at_us ? -1 : 1;
    return (one->blind_id > two->blind_id) - (one->blind_id < two->blind_id);
}

static int compare_sizes(const void *a, const void *b) {
    const struct difference *one = a, *two = b;
    double apart = fabs(two->value) - fabs(one->value);
    return apart != 0 ? (apart > 0) - (apart < 0) : (one->blind_id > two->blind_id) - (one->blind_id < two->blind_id);
}

static size_t find_differences(const struct quality_part *part, struct difference *out) {
    size_t count = 0;
    for (size_t from = 0, to = 0; from < part->count; from = to) {
        double sum = 0;
        for (to = from; to < part->count && part->marks[to].blind_id == part->marks[from].blind_id; to++)
            sum += part->marks[to].value;
        for (size_t i = from; to - from > 1 && i < to; i++)
            out[count++] = (struct difference){.marker = part->marks[i].marker,
                                               .at_us = part->marks[i].at_us,
                                               .blind_id = part->marks[i].blind_id,
                                               .value = part->marks[i].value - (sum - part->marks[i].value) / (double)(to - from - 1)};
    }
    qsort(out, count, sizeof *out, compare_differences);
    return count;
}

static void put_day(struct json_writer *w, int64_t at_us) {
    char text[16];
    struct tm day;
    time_t local = (time_t)(at_us / US_PER_SECOND + LOCAL_S);
    if (gmtime_r(&local, &day) && strftime(text, sizeof text, "%Y-%m-%d", &day) > 0)
        json_member_text(w, "day", text);
}

static void put_days(struct json_writer *w, const struct difference *of, size_t count) {
    json_put_key(w, "days");
    json_open_array(w);
    for (size_t from = 0, to = 0; from < count; from = to) {
        int64_t day = (of[from].at_us / US_PER_SECOND + LOCAL_S) / 86400;
        double sum = 0;
        for (to = from; to < count && (of[to].at_us / US_PER_SECOND + LOCAL_S) / 86400 == day; to++)
            sum += of[to].value;
        json_open_object(w);
        put_day(w, of[from].at_us);
        json_member_int(w, "n", (int64_t)(to - from));
        quality_put(w, "mean", sum / (double)(to - from));
        json_close_object(w);
    }
    json_close_array(w);
}

static double mean_of(const struct difference *of, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += of[i].value;
    return count > 0 ? sum / (double)count : NAN;
}

/* Standard deviation of all differences about their own marker's mean. */
static double spread_of(const struct difference *all, size_t count) {
    double squares = 0;
    size_t markers = 0;
    for (size_t from = 0, to = 0; from < count; from = to, markers++) {
        for (to = from; to < count && all[to].marker == all[from].marker; to++)
            ;
        double mean = mean_of(all + from, to - from);
        for (size_t i = from; i < to; i++)
            squares += (all[i].value - mean) * (all[i].value - mean);
    }
    return count > markers ? sqrt(squares / (double)(count - markers)) : 0;
}

static enum err put_steps(struct quality_work *work, const struct difference *of, size_t count, double sd) {
    struct json_writer *w = &work->writer;
    double *values = ARENA_ARRAY(work->arena, count, double);
    struct psych_drift_step *steps = ARENA_ARRAY(work->arena, count, struct psych_drift_step);
    if (!values || !steps)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        values[i] = of[i].value;
    size_t alarms = psych_drift(values, count, WINDOW, mean_of(of, count), sd, steps);
    json_member_int(w, "alarms", (int64_t)alarms);
    json_put_key(w, "steps");
    json_open_array(w);
    for (size_t i = count > STEPS_MAX ? count - STEPS_MAX : 0; i < count; i++) {
        json_open_object(w);
        json_member_id(w, "blind_id", of[i].blind_id);
        quality_put(w, "mean", steps[i].running_mean);
        quality_put(w, "high", steps[i].high);
        quality_put(w, "low", steps[i].low);
        json_member_bool(w, "alarm", steps[i].alarm);
        json_close_object(w);
    }
    json_close_array(w);
    return ERR_NONE;
}

static enum err put_furthest(struct quality_work *work, const struct difference *of, size_t count) {
    struct json_writer *w = &work->writer;
    struct difference *sorted = ARENA_ARRAY(work->arena, count, struct difference);
    if (!sorted)
        return ERR_MEMORY;
    if (count > 0)
        memcpy(sorted, of, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_sizes);
    json_put_key(w, "furthest");
    json_open_array(w);
    for (size_t i = 0; i < count && i < FURTHEST_MAX && sorted[i].value != 0; i++) {
        json_open_object(w);
        json_member_id(w, "blind_id", sorted[i].blind_id);
        quality_put(w, "difference", sorted[i].value);
        json_close_object(w);
    }
    json_close_array(w);
    return ERR_NONE;
}

static enum err put_marker(struct quality_work *work, const struct quality_marker *marker, const struct psych_marker *effect,
                           const struct difference *of, size_t count, double sd) {
    struct json_writer *w = &work->writer;
    json_open_object(w);
    json_member_text(w, "login_name", marker->login_name);
    json_member_text(w, "full_name", marker->full_name);
    json_member_int(w, "marks", (int64_t)effect->marks);
    quality_put(w, "raw_mean", effect->raw_mean);
    json_member_int(w, "group", effect->group + 1);
    quality_put(w, "effect", effect->effect);
    quality_put(w, "se", effect->se);
    quality_put_interval(w, "low", "high", effect->interval);
    quality_put(w, "mean_difference", mean_of(of, count));
    put_days(w, of, count);
    enum err err = put_steps(work, of, count, sd);
    if (err == ERR_NONE)
        err = put_furthest(work, of, count);
    json_close_object(w);
    return err;
}

static void put_severity(struct json_writer *w, const struct psych_severity *severity) {
    static const char *const VERDICTS[] = {
        [PSYCH_SEVERITY_DONE] = "done", [PSYCH_SEVERITY_UNCONNECTED] = "unconnected", [PSYCH_SEVERITY_TOO_FEW] = "too-few"};
    json_put_key(w, "severity");
    json_open_object(w);
    json_member_text(w, "verdict", VERDICTS[severity->verdict]);
    json_member_int(w, "groups", severity->groups);
    quality_put(w, "df", severity->df);
    quality_put(w, "residual_sd", severity->residual_sd);
    json_close_object(w);
}

/* Scripts as places in order, as least squares wants them. */
static struct psych_mark *number_scripts(struct quality_work *work, const struct quality_part *part) {
    struct psych_mark *marks = ARENA_ARRAY(work->arena, part->count, struct psych_mark);
    uint32_t script = 0;
    for (size_t i = 0; marks && i < part->count; i++) {
        script += i > 0 && part->marks[i].blind_id != part->marks[i - 1].blind_id;
        marks[i] = (struct psych_mark){script, part->marks[i].marker, part->marks[i].value};
    }
    return marks;
}

enum err quality_put_markers(struct quality_work *work, const struct quality_part *part) {
    struct json_writer *w = &work->writer;
    struct psych_severity severity;
    struct psych_mark *marks = number_scripts(work, part);
    struct psych_marker *effects = ARENA_ARRAY(work->arena, part->marker_count, struct psych_marker);
    struct difference *all = ARENA_ARRAY(work->arena, part->count, struct difference);
    if (!marks || !effects || !all)
        return ERR_MEMORY;
    size_t count = find_differences(part, all);
    double sd = spread_of(all, count);
    enum err err = psych_severity(work->arena, marks, part->count, part->marker_count, &severity, effects);
    if (err != ERR_NONE)
        return err;
    put_severity(w, &severity);
    quality_put(w, "difference_sd", sd);
    json_put_key(w, "markers");
    json_open_array(w);
    for (size_t m = 0, from = 0, to = 0; err == ERR_NONE && m < part->marker_count; m++, from = to) {
        for (to = from; to < count && all[to].marker == m; to++)
            ;
        err = put_marker(work, &part->markers[m], &effects[m], all + from, to - from, sd);
    }
    json_close_array(w);
    return err;
}
