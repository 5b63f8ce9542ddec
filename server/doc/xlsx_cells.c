#include "xlsx_cells.h"

#include "khoacu/base/text.h"
#include "khoacu/doc/xlsx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { STYLES_MAX = 100000, DAYS_MAX = 2958465 /* 9999-12-31 */, SECONDS = 86400 };

/* ---- shared strings ---- */

void xlsx_strings_init(struct xlsx_strings *strings, size_t max) {
    *strings = (struct xlsx_strings){0};
    arena_init(&strings->arena, max);
}

bool xlsx_strings_add(struct xlsx_strings *strings, const char *text, size_t len, bool styled) {
    if (strings->count == XLSX_STRING_COUNT_MAX)
        return false;
    if (strings->count == strings->size) {
        size_t size = strings->size ? strings->size * 2 : 256;
        const char **larger = realloc(strings->list, size * sizeof *larger);
        if (!larger)
            return false;
        strings->list = larger;
        bool *marks = realloc(strings->styled, size * sizeof *marks);
        if (!marks)
            return false;
        strings->styled = marks;
        strings->size = size;
    }
    const char *copy = len ? arena_strndup(&strings->arena, text, len) : "";
    strings->styled[strings->count] = styled;
    strings->list[strings->count++] = copy;
    return copy != NULL;
}

bool xlsx_strings_styled(const struct xlsx_strings *strings, const char *number) {
    int64_t index = 0;
    return strings->count && text_parse_int(number, 0, (int64_t)strings->count - 1, &index) && strings->styled[index];
}

void xlsx_strings_release(struct xlsx_strings *strings) {
    free(strings->list);
    free(strings->styled);
    arena_release(&strings->arena);
}

/* ---- formats ---- */

/* A format such as "dd/mm/yyyy" shows a date: a d, m, y, h or s outside quotes, brackets and escapes; "0.0%" a percentage. */
static enum xlsx_shown shown_by(const char *code) {
    enum xlsx_shown shown = XLSX_AS_NUMBER;
    for (; *code; code++) {
        if (*code == '"') {
            code = strchr(code + 1, '"');
            if (!code)
                return shown;
        } else if (*code == '[') {
            if (strchr("hHmMsS", code[1]) && code[1])
                return XLSX_AS_DATE;
            code = strchr(code, ']');
            if (!code)
                return shown;
        } else if (*code == '\\' || *code == '_' || *code == '*') {
            if (!*++code)
                return shown;
        } else if (strchr("dDmMyYhHsS", *code)) {
            return XLSX_AS_DATE;
        } else if (*code == '%') {
            shown = XLSX_AS_PERCENT;
        } else if (strncmp(code, "General", 7) == 0) {
            code += 6;
        }
    }
    return shown;
}

void xlsx_formats_define(struct xlsx_formats *formats, int id, const char *code) {
    enum xlsx_shown shown = shown_by(code);
    if (shown == XLSX_AS_NUMBER || formats->own_count == STYLES_MAX)
        return;
    struct xlsx_own_format *larger = realloc(formats->own, (formats->own_count + 1) * sizeof *larger);
    if (larger) {
        formats->own = larger;
        formats->own[formats->own_count++] = (struct xlsx_own_format){.id = id, .shown = shown};
    }
}

void xlsx_formats_add(struct xlsx_formats *formats, int id) {
    bool date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    enum xlsx_shown shown = date ? XLSX_AS_DATE : id == 9 || id == 10 ? XLSX_AS_PERCENT : XLSX_AS_NUMBER;
    for (size_t i = 0; i < formats->own_count; i++)
        shown = formats->own[i].id == id ? formats->own[i].shown : shown;
    if (formats->style_count == STYLES_MAX)
        return;
    enum xlsx_shown *larger = realloc(formats->styles, (formats->style_count + 1) * sizeof *larger);
    if (larger) {
        formats->styles = larger;
        formats->styles[formats->style_count++] = shown;
    }
}

void xlsx_formats_release(struct xlsx_formats *formats) {
    free(formats->own);
    free(formats->styles);
}

enum xlsx_shown xlsx_shown_as(const struct xlsx_formats *formats, const char *style) {
    int64_t index = 0;
    bool known = text_parse_int(style, 0, STYLES_MAX, &index) && (size_t)index < formats->style_count;
    return known ? formats->styles[index] : XLSX_AS_NUMBER;
}

/* ---- strings ---- */

static int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void xlsx_put_string(struct buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        int code = -1;
        if (len - i >= 7 && text[i] == '_' && text[i + 1] == 'x' && text[i + 6] == '_') {
            code = 0;
            for (size_t k = 2; k < 6 && code >= 0; k++)
                code = hex(text[i + k]) < 0 ? -1 : code * 16 + hex(text[i + k]);
        }
        /* Only what XML cannot hold, and the underscore that keeps such a text a text, is written so. */
        if (code >= 0xfffe) {
            buf_adds(out, code == 0xfffe ? "\xef\xbf\xbe" : "\xef\xbf\xbf");
            i += 6;
        } else if (code > 0 && (code < 0x20 || code == '_')) {
            buf_addc(out, (char)code);
            i += 6;
        } else {
            buf_addc(out, text[i]);
        }
    }
}

/* ---- numbers ---- */

static const char *put_date(struct arena *arena, double value, bool from_1904) {
    double whole = floor(value);
    int64_t days = (int64_t)whole, seconds = (int64_t)llround((value - whole) * SECONDS);
    if (seconds == SECONDS) {
        days++;
        seconds = 0;
    }
    char clock[16];
    (void)snprintf(clock, sizeof clock, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                   (int)(seconds % 60));
    if (days == 0 && !from_1904)
        return arena_strdup(arena, clock);
    /* 1900 is taken for a leap year: days before March 1900 are one less away from 1970. */
    int64_t since_1970 = from_1904 ? days - 24107 : days < 60 ? days - 25568 : days - 25569;
    char time[25];
    text_format_time(since_1970 * SECONDS * 1000000, time);
    return seconds ? arena_printf(arena, "%.10s %s", time, clock) : arena_strndup(arena, time, 10);
}

static const char *put_number(struct arena *arena, const struct xlsx_formats *formats, const char *style,
                              const char *text) {
    char *end = NULL, shortest[32];
    double value = strtod(text, &end);
    enum xlsx_shown shown = xlsx_shown_as(formats, style);
    if (end == text || *end || !isfinite(value))
        return NULL;
    if (shown == XLSX_AS_DATE && value >= 0 && value < DAYS_MAX)
        return put_date(arena, value, formats->from_1904);
    if (shown == XLSX_AS_PERCENT) {
        (void)snprintf(shortest, sizeof shortest, "%.15g", value * 100);
        return arena_printf(arena, "%s%%", shortest);
    }
    if (fabs(value) < 1e15 && value == floor(value))
        return arena_printf(arena, "%lld", (long long)value);
    /* Spreadsheets keep 15 digits; what is behind is noise of binary fractions. */
    (void)snprintf(shortest, sizeof shortest, "%.15g", value);
    return arena_strdup(arena, shortest);
}

const char *xlsx_cell_text(struct arena *arena, const struct xlsx_strings *strings, const struct xlsx_formats *formats,
                           const char *type, const char *style, const char *text, size_t len) {
    int64_t index = 0;
    if (!len)
        return "";
    if (strcmp(type, "s") == 0)
        return strings->count && text_parse_int(text, 0, (int64_t)strings->count - 1, &index) ? strings->list[index] : NULL;
    if (strcmp(type, "n") == 0)
        return put_number(arena, formats, style, text);
    if (strcmp(type, "b") == 0)
        return text[0] == '1' || text[0] == 't' ? "true" : "false";
    if (strcmp(type, "str") != 0)
        return arena_strndup(arena, text, len);
    struct buf decoded;
    buf_init(&decoded, (size_t)1 << 20);
    xlsx_put_string(&decoded, text, len);
    const char *copy = decoded.failed ? NULL : arena_strndup(arena, decoded.data, decoded.len);
    buf_release(&decoded);
    return copy;
}
