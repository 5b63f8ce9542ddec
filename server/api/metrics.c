#include "metrics.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/work.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define ROUTES_MAX 320
static const int STATUSES[] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503, 0};
#define STATUS_COUNT (sizeof STATUSES / sizeof STATUSES[0])
/* Upper bounds in microseconds; what is above falls into +Inf. */
static const int64_t BOUNDS_US[] = {500,   1000,   2500,   5000,   10000,   25000,
                                    50000, 100000, 250000, 500000, 1000000, 5000000};
static const char *const BOUNDS[] = {"0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025",
                                     "0.05",   "0.1",   "0.25",   "0.5",   "1",    "5"};
#define BOUND_COUNT (sizeof BOUNDS / sizeof BOUNDS[0])

typedef _Atomic uint64_t counter;

struct api_metrics {
    int64_t began_us;
    size_t route_count;
    counter values[METRIC_COUNT];
    counter statuses[ROUTES_MAX + 1][STATUS_COUNT]; /* the last row: no route */
    counter durations[ROUTES_MAX + 1][BOUND_COUNT + 1];
    counter duration_sums_us[ROUTES_MAX + 1];
};

static const struct metric {
    const char *text, *help, *type;
} METRICS[METRIC_COUNT] = {
#define X(name, text, help, type) {text, help, type},
    API_METRIC_TABLE(X)
#undef X
};

enum err api_metrics_new(struct api_metrics **ret_metrics) {
    struct api_metrics *metrics = calloc(1, sizeof *metrics);
    if (!metrics)
        return ERR_MEMORY;
    while (API_ROUTES[metrics->route_count].path)
        metrics->route_count++;
    if (metrics->route_count > ROUTES_MAX) {
        free(metrics);
        return ERR_LIMIT;
    }
    metrics->began_us = clock_mono_us();
    *ret_metrics = metrics;
    return ERR_NONE;
}

void api_metrics_free(struct api_metrics *metrics) {
    free(metrics);
}

static void add(counter *value, uint64_t amount) {
    (void)atomic_fetch_add_explicit(value, amount, memory_order_relaxed);
}

static unsigned long long get(const counter *value) {
    return atomic_load_explicit(value, memory_order_relaxed);
}

void api_metric_add(struct api_metrics *metrics, enum api_metric metric, int64_t amount) {
    add(&metrics->values[metric], (uint64_t)amount);
}

void api_metrics_observe(struct api_metrics *metrics, const struct http_route *route, int status, int64_t duration_us) {
    size_t row = metrics->route_count;
    if (route && route >= API_ROUTES && route < API_ROUTES + metrics->route_count)
        row = (size_t)(route - API_ROUTES);
    size_t column = 0;
    while (column + 1 < STATUS_COUNT && STATUSES[column] != status)
        column++;
    size_t bound = 0;
    while (bound < BOUND_COUNT && duration_us > BOUNDS_US[bound])
        bound++;
    add(&metrics->statuses[row][column], 1);
    add(&metrics->durations[row][bound], 1);
    add(&metrics->duration_sums_us[row], (uint64_t)duration_us);
}

static const char *row_name(const struct api_metrics *metrics, size_t row) {
    return row < metrics->route_count ? API_ROUTES[row].name : "none";
}

/* Several rows of the table may be one operation (the depths of the assets): only its first row is written, with the
 * sum. */
static bool is_first_of_name(const struct api_metrics *metrics, size_t row) {
    for (size_t i = 0; i < row; i++)
        if (strcmp(row_name(metrics, i), row_name(metrics, row)) == 0)
            return false;
    return true;
}

static unsigned long long sum_of(const struct api_metrics *metrics, size_t row, const counter *cell, size_t stride) {
    unsigned long long sum = 0;
    for (size_t i = row; i <= metrics->route_count; i++)
        if (strcmp(row_name(metrics, i), row_name(metrics, row)) == 0)
            sum += get(cell + (i - row) * stride);
    return sum;
}

static void write_statuses(const struct api_metrics *metrics, size_t row, struct buf *out) {
    for (size_t column = 0; column < STATUS_COUNT; column++) {
        unsigned long long count = sum_of(metrics, row, &metrics->statuses[row][column], STATUS_COUNT);
        if (count == 0)
            continue;
        buf_addf(out, "khoacu_requests_total{route=\"%s\",status=\"", row_name(metrics, row));
        if (STATUSES[column] != 0)
            buf_addf(out, "%d\"} %llu\n", STATUSES[column], count);
        else
            buf_addf(out, "other\"} %llu\n", count);
    }
}

static void write_durations(const struct api_metrics *metrics, size_t row, struct buf *out) {
    const char *name = row_name(metrics, row);
    unsigned long long count = 0;
    unsigned long long buckets[BOUND_COUNT + 1];
    for (size_t i = 0; i <= BOUND_COUNT; i++) {
        count += sum_of(metrics, row, &metrics->durations[row][i], BOUND_COUNT + 1);
        buckets[i] = count;
    }
    if (count == 0)
        return;
    for (size_t i = 0; i < BOUND_COUNT; i++)
        buf_addf(out, "khoacu_request_seconds_bucket{route=\"%s\",le=\"%s\"} %llu\n", name, BOUNDS[i], buckets[i]);
    buf_addf(out, "khoacu_request_seconds_bucket{route=\"%s\",le=\"+Inf\"} %llu\n", name, count);
    unsigned long long sum_us = sum_of(metrics, row, &metrics->duration_sums_us[row], 1);
    buf_addf(out, "khoacu_request_seconds_sum{route=\"%s\"} %llu.%06llu\n", name, sum_us / 1000000, sum_us % 1000000);
    buf_addf(out, "khoacu_request_seconds_count{route=\"%s\"} %llu\n", name, count);
}

static void write_family(struct buf *out, const char *name, size_t name_len, const char *help, const char *type) {
    buf_adds(out, "# HELP ");
    buf_add(out, name, name_len);
    buf_addf(out, " %s\n# TYPE ", help);
    buf_add(out, name, name_len);
    buf_addf(out, " %s\n", type);
}

static void write_gauge(struct buf *out, const char *name, const char *help, unsigned long long value) {
    write_family(out, name, strlen(name), help, "gauge");
    buf_addf(out, "%s %llu\n", name, value);
}

void api_metrics_write(const struct api_state *state, struct buf *out) {
    const struct api_metrics *metrics = state->metrics;
    write_family(out, "khoacu_requests_total", 21, "Finished requests by route and status", "counter");
    for (size_t row = 0; row <= metrics->route_count; row++)
        if (is_first_of_name(metrics, row))
            write_statuses(metrics, row, out);
    write_family(out, "khoacu_request_seconds", 22, "Time from the last header to the queued reply", "histogram");
    for (size_t row = 0; row <= metrics->route_count; row++)
        if (is_first_of_name(metrics, row))
            write_durations(metrics, row, out);
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (METRICS[i].help)
            write_family(out, METRICS[i].text, strcspn(METRICS[i].text, "{"), METRICS[i].help, METRICS[i].type);
        buf_addf(out, "%s %llu\n", METRICS[i].text, get(&metrics->values[i]));
    }
    if (state->work)
        write_gauge(out, "khoacu_work_waiting", "Requests waiting for a worker", work_waiting(state->work));
    if (state->slow)
        write_gauge(out, "khoacu_slow_waiting", "Requests waiting for the slow lane", work_waiting(state->slow));
    write_gauge(out, "khoacu_draining", "1 while the server ends", state->draining);
    write_gauge(out, "khoacu_uptime_seconds", "Seconds since the server began",
                (unsigned long long)((clock_mono_us() - metrics->began_us) / 1000000));
    write_family(out, "khoacu_build_info", 17, "Version of the program", "gauge");
    buf_addf(out, "khoacu_build_info{version=\"%s\"} 1\n", state->config.version ? state->config.version : "");
}
