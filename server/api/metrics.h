/* metrics.h: what the server counts, in the text format of Prometheus.
 *
 * Used by: dispatch, the admin port, the journal's endpoint. Threads: any; counters are atomic.
 */
#ifndef KHOACU_SERVER_API_METRICS_H
#define KHOACU_SERVER_API_METRICS_H

#include "api.h"

/* X(name, metric with labels, help for the first of a family or NULL, type) */
#define API_METRIC_TABLE(X)                                                                                            \
    X(SAVES_RECORDED, "khoacu_saves_total{outcome=\"recorded\"}", "Saves of answers by outcome", "counter")            \
    X(SAVES_REPEATED, "khoacu_saves_total{outcome=\"repeated\"}", NULL, NULL)                                          \
    X(SAVES_STALE, "khoacu_saves_total{outcome=\"stale\"}", NULL, NULL)                                                \
    X(SAVES_REFUSED, "khoacu_saves_total{outcome=\"refused\"}", NULL, NULL)                                            \
    X(SAVES_FAILED, "khoacu_saves_total{outcome=\"failed\"}", NULL, NULL)                                              \
    X(LOGINS_STAFF, "khoacu_logins_total{kind=\"staff\",outcome=\"made\"}", "Sign-ins by kind and outcome", "counter") \
    X(LOGINS_STAFF_WRONG, "khoacu_logins_total{kind=\"staff\",outcome=\"wrong\"}", NULL, NULL)                         \
    X(LOGINS_CANDIDATE, "khoacu_logins_total{kind=\"candidate\",outcome=\"made\"}", NULL, NULL)                        \
    X(LOGINS_CANDIDATE_WRONG, "khoacu_logins_total{kind=\"candidate\",outcome=\"wrong\"}", NULL, NULL)                 \
    X(LIMITED, "khoacu_limited_total", "Requests refused by a rate limit", "counter")                                  \
    X(FAILURES, "khoacu_failures_total", "Requests that failed for a reason of our own", "counter")                    \
    X(RUNNING_WORK, "khoacu_requests_running{lane=\"work\"}", "Handlers at work", "gauge")                             \
    X(RUNNING_SLOW, "khoacu_requests_running{lane=\"slow\"}", NULL, NULL)

enum api_metric {
#define X(name, text, help, type) METRIC_##name,
    API_METRIC_TABLE(X)
#undef X
        METRIC_COUNT
};

enum err api_metrics_new(struct api_metrics **ret_metrics) MUST_CHECK;
void api_metrics_free(struct api_metrics *metrics);
void api_metric_add(struct api_metrics *metrics, enum api_metric metric, int64_t amount);
/* One finished request; route NULL: none matched. */
void api_metrics_observe(struct api_metrics *metrics, const struct http_route *route, int status, int64_t duration_us);
void api_metrics_write(const struct api_state *state, struct buf *out);

#endif
