/* log.h: one line per event on stderr, logfmt, no personal data, no secrets.
 *
 * Only the upper floors (api, main, http's request line) log; lower floors return errors.
 * Values are quoted and escaped, so that a client cannot forge a line.
 *
 * Used by: http, api, main. Threads: any; a line is written by one write(2).
 */
#ifndef KHOACU_BASE_LOG_H
#define KHOACU_BASE_LOG_H

#include "khoacu/base/buf.h"

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_pair {
    const char *key;  /* NULL ends the list */
    const char *text; /* or NULL: the number counts */
    int64_t number;
};
static inline struct log_pair log_text(const char *key, const char *text) {
    return (struct log_pair){.key = key, .text = text ? text : ""};
}
#define LOG_TEXT(k, v) log_text((k), (v))
#define LOG_NUM(k, v) ((struct log_pair){.key = (k), .number = (v)})
#define LOG_END ((struct log_pair){0})

/* Lines below `level` are dropped. */
void log_set_level(enum log_level level);
/* Writes: ts=… level=… event=EVENT key=value … */
void log_event(enum log_level level, const char *event, const struct log_pair *pairs);
/* The same line at the end of `out`, for a caller that gathers the lines of a turn and writes them at once. */
void log_append(struct buf *out, enum log_level level, const char *event, const struct log_pair *pairs);
#define LOG(level, event, ...) log_event((level), (event), (const struct log_pair[]){__VA_ARGS__ __VA_OPT__(,) LOG_END})

#endif
