#include "khoacu/base/log.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define LINE_MAX_LEN 4096
#define ESCAPE_MAX_LEN 4 /* \xNN */

struct line {
    char text[LINE_MAX_LEN];
    size_t len;
};

static _Atomic int least_level = LOG_INFO;

void log_set_level(enum log_level level) {
    atomic_store(&least_level, (int)level);
}

/* Keeps room for a closing quote and the end of the line. */
static void line_add(struct line *line, const char *text, size_t len) {
    size_t room = sizeof(line->text) - 2 - line->len;
    if (len > room)
        len = room;
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void line_adds(struct line *line, const char *text) {
    line_add(line, text, strlen(text));
}

static void line_add_number(struct line *line, int64_t number) {
    char digits[24], *first = digits + sizeof(digits);
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do
        *--first = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--first = '-';
    line_add(line, first, (size_t)(digits + sizeof(digits) - first));
}

static bool is_bare(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c && strchr("._:/+-@{}", c));
}

static void line_add_escaped(struct line *line, const char *text) {
    bool utf8 = text_is_utf8(text, strlen(text));
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        char escape[ESCAPE_MAX_LEN + 1];
        bool c1 = *c == 0xc2 && c[1] < 0xa0; /* C1 control characters act on terminals */
        if (*c == '"' || *c == '\\')
            (void)snprintf(escape, sizeof(escape), "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f || c1 || (*c >= 0x80 && !utf8))
            (void)snprintf(escape, sizeof(escape), "\\x%02x", *c);
        else
            (void)snprintf(escape, sizeof(escape), "%c", *c);
        line_add(line, escape, strlen(escape));
    }
}

static void line_add_text(struct line *line, const char *text) {
    bool bare = *text != '\0';
    for (const char *c = text; *c && bare; c++)
        bare = is_bare((unsigned char)*c);
    if (bare) {
        line_add(line, text, strlen(text));
        return;
    }
    line_add(line, "\"", 1);
    line_add_escaped(line, text);
    line->text[line->len++] = '"';
}

static void line_fill(struct line *line, enum log_level level, const char *event, const struct log_pair *pairs) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    char now[25];
    text_format_time(clock_now_us(), now);
    line_adds(line, "ts=");
    line_adds(line, now);
    line_adds(line, " level=");
    line_adds(line, names[level]);
    line_adds(line, " event=");
    line_add(line, event, strnlen(event, 64));
    for (const struct log_pair *pair = pairs; pair->key && line->len + 128 < sizeof(line->text); pair++) {
        line_add(line, " ", 1);
        line_add(line, pair->key, strlen(pair->key));
        line_add(line, "=", 1);
        if (pair->text) {
            line_add_text(line, pair->text);
        } else {
            line_add_number(line, pair->number);
        }
    }
    line->text[line->len++] = '\n';
}

static bool is_wanted(enum log_level level) {
    return (int)level >= atomic_load_explicit(&least_level, memory_order_relaxed);
}

void log_event(enum log_level level, const char *event, const struct log_pair *pairs) {
    if (!is_wanted(level))
        return;
    struct line line;
    line.len = 0;
    line_fill(&line, level, event, pairs);
    ssize_t ignored = write(STDERR_FILENO, line.text, line.len);
    (void)ignored;
}

void log_append(struct buf *out, enum log_level level, const char *event, const struct log_pair *pairs) {
    if (!is_wanted(level))
        return;
    struct line line;
    line.len = 0;
    line_fill(&line, level, event, pairs);
    buf_add(out, line.text, line.len);
}
