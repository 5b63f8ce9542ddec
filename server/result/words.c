#include "words.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/embed.h"
#include "khoacu/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "khoacu/base/banned.h"

#define TEXT_MAX ((size_t)1 << 20)
#define VIETNAM_S (7 * 3600)
#define BLANKS_MAX 14

static enum err load(struct arena *arena, const char *area, const char *lang, const struct json **ret_catalogue) {
    char path[80];
    (void)snprintf(path, sizeof path, "web/%s/i18n/%s.json", area, lang);
    const struct embed_file *file = embed_find(path);
    return file ? json_read(arena, (const char *)file->bytes, file->len, ret_catalogue, NULL) : ERR_STATE;
}

enum err result_words_load(struct arena *arena, const char *lang, struct result_words *ret_words) {
    *ret_words = (struct result_words){.arena = arena, .english = strcmp(lang, "en") == 0};
    enum err err = load(arena, "shared", lang, &ret_words->shared);
    return err == ERR_NONE ? load(arena, "print", lang, &ret_words->print) : err;
}

static const char *find(const struct result_words *words, const char *key) {
    const char *text = json_text(json_get(words->print, key));
    return text ? text : json_text(json_get(words->shared, key));
}

const char *result_word(const struct result_words *words, const char *key) {
    const char *text = find(words, key);
    return text ? text : key;
}

const char *result_word_of(const struct result_words *words, const char *prefix, const char *name) {
    char key[120];
    (void)snprintf(key, sizeof key, "%s%s", prefix, name);
    const char *text = find(words, key);
    return text ? text : name;
}

static const char *value_of(const struct result_blank *blanks, const char *name, size_t len) {
    for (const struct result_blank *b = blanks; b->name; b++)
        if (strlen(b->name) == len && memcmp(b->name, name, len) == 0)
            return b->value ? b->value : "";
    return NULL;
}

const char *result_fill(const struct result_words *words, const char *key, const struct result_blank *blanks) {
    struct buf out CLEANUP(buf_release);
    buf_init(&out, TEXT_MAX);
    for (const char *at = result_word(words, key); *at;) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL, *value = end ? value_of(blanks, at + 1, (size_t)(end - at - 1)) : NULL;
        if (value) {
            buf_adds(&out, value);
            at = end + 1;
        } else {
            buf_addc(&out, *at++);
        }
    }
    const char *text = out.failed ? NULL : arena_strndup(words->arena, out.data ? out.data : "", out.len);
    return text ? text : "";
}

const char *result_date(const struct result_words *words, int64_t us) {
    time_t seconds = (time_t)(us / 1000000) + VIETNAM_S;
    struct tm day;
    char d[16], m[16], y[16];
    if (!gmtime_r(&seconds, &day))
        return "";
    (void)snprintf(d, sizeof d, "%02d", day.tm_mday);
    (void)snprintf(m, sizeof m, "%02d", day.tm_mon + 1);
    (void)snprintf(y, sizeof y, "%d", day.tm_year + 1900);
    return RESULT_FILL(words, "print.date", {"day", d}, {"month", m}, {"year", y});
}

const char *result_mark(const struct result_words *words, int64_t hundredths) {
    char text[32];
    text_format_hundredths(hundredths, text);
    char *point = strchr(text, '.');
    if (point && !words->english)
        *point = ',';
    const char *kept = arena_strdup(words->arena, text);
    return kept ? kept : "";
}

/* ---- steps of a derivation ---- */

/* Figures as the language writes them: in one, or in a row of terms. */
static const char *figures(const struct result_words *words, const char *text) {
    char *copy = arena_strdup(words->arena, text);
    for (char *at = copy && !words->english ? copy + (*copy != '\0') : NULL; at && *at && at[1]; at++)
        if (*at == '.' && isdigit((unsigned char)at[-1]) && isdigit((unsigned char)at[1]))
            *at = ',';
    return copy ? copy : "";
}

/* A value of a step: marks as the language writes them, parts and groups by their names. */
static const char *step_value(const struct result_words *words, const struct json *step, const char *name, const struct json *value) {
    static const char *const FIGURES[] = {"value", "bound", "max", "points", "raw", "priority", "total", "own", "terms", "low", "high", "whole", "cap", "to", "sum", "gap"};
    const char *text = json_text(value), *title = json_text(json_get(step, words->english ? "title_en" : "title_vi"));
    int64_t number = 0;
    if (!text)
        return json_int(value, &number) ? arena_printf(words->arena, "%lld", (long long)number) : NULL;
    for (size_t i = 0; i < sizeof FIGURES / sizeof *FIGURES; i++)
        if (strcmp(name, FIGURES[i]) == 0)
            return figures(words, text);
    if (strcmp(name, "op") == 0)
        return result_word_of(words, "op.", text);
    if (strcmp(name, "title") == 0) /* of a criterion: words of the panel, no part of the pack */
        return text;
    bool named = strcmp(name, "group") == 0 || (strcmp(name, "component") == 0 && !json_get(step, "group"));
    return title && named ? title : result_word_of(words, "component.", text);
}

void result_step_words(const struct result_words *words, const struct json *step, const char **ret_line, const char **ret_figure) {
    struct result_blank blanks[BLANKS_MAX + 1] = {{0}};
    const char *name = json_text(json_get(step, "step")), *verdict = json_text(json_get(step, "verdict"));
    size_t count = json_count(step);
    for (size_t i = 0; i < count && i < BLANKS_MAX; i++)
        blanks[i] = (struct result_blank){json_key_at(step, i), step_value(words, step, json_key_at(step, i), json_at(step, i))};
    name = name ? name : "";
    const char *key = arena_printf(words->arena, "derivation.%s%s%s", name, verdict ? "." : "", verdict ? verdict : "");
    const char *with = json_get(step, "with") ? arena_printf(words->arena, "%s_with", key ? key : "") : NULL;
    key = with && strcmp(result_word(words, with), with) != 0 ? with : key;
    const char *figure = arena_printf(words->arena, "derivation.%s.figure", name);
    bool missing = (strcmp(name, "part") == 0 || strcmp(name, "tie") == 0) && !json_text(json_get(step, "value"));
    missing = missing || (strcmp(name, "seat") == 0 && !json_text(json_get(step, "agency")));
    *ret_line = key ? result_fill(words, key, blanks) : "";
    *ret_figure = figure && !missing && strcmp(result_word(words, figure), figure) != 0 ? result_fill(words, figure, blanks) : "";
}
