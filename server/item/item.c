#include "item_private.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const char *const KIND_KEYS[] = {
#define X(name, key) [ITEM_##name] = (key),
    ITEM_KINDS(X)
#undef X
};
static const char *const RULE_KEYS[] = {
#define X(name, key) [ITEM_RULE_##name] = (key),
    ITEM_RULES(X)
#undef X
};

const char *item_kind_key(enum item_kind kind) {
    return (unsigned)kind < ITEM_KIND_COUNT ? KIND_KEYS[kind] : "";
}

bool item_kind_find(const char *key, enum item_kind *ret_kind) {
    for (int i = 0; key && i < ITEM_KIND_COUNT; i++) {
        if (strcmp(KIND_KEYS[i], key) == 0) {
            *ret_kind = (enum item_kind)i;
            return true;
        }
    }
    return false;
}

const char *item_rule_key(enum item_rule rule) {
    return (unsigned)rule < ITEM_RULE_COUNT ? RULE_KEYS[rule] : "";
}

bool item_rule_find(const char *key, enum item_rule *ret_rule) {
    for (int i = 0; key && i < ITEM_RULE_COUNT; i++) {
        if (strcmp(RULE_KEYS[i], key) == 0) {
            *ret_rule = (enum item_rule)i;
            return true;
        }
    }
    return false;
}

#define RULE(name) (1U << ITEM_RULE_##name)
static const struct {
    unsigned parts, rules;
} KINDS[] = {
    [ITEM_SINGLE] = {ITEM_HAS_OPTIONS | ITEM_HAS_SHUFFLE | ITEM_HAS_CLAMPS | ITEM_HAS_POINTS, RULE(ALL) | RULE(MAP)},
    [ITEM_MULTIPLE] = {ITEM_HAS_OPTIONS | ITEM_HAS_SHUFFLE | ITEM_HAS_CLAMPS | ITEM_HAS_POINTS | ITEM_HAS_CHOICES,
                       RULE(ALL) | RULE(PER_OPTION) | RULE(RIGHT_MINUS_WRONG) | RULE(MAP)},
    [ITEM_TRUEFALSE] = {ITEM_HAS_OPTIONS | ITEM_HAS_POINTS, RULE(ALL)},
    [ITEM_ORDERING] = {ITEM_HAS_OPTIONS | ITEM_HAS_SHUFFLE | ITEM_HAS_POINTS | ITEM_HAS_ORDER, RULE(ALL) | RULE(ADJACENT) | RULE(POSITION)},
    [ITEM_MATCHING] = {ITEM_HAS_OPTIONS | ITEM_HAS_COLUMNS | ITEM_HAS_SHUFFLE | ITEM_HAS_CLAMPS | ITEM_HAS_POINTS | ITEM_HAS_CHOICES |
                           ITEM_HAS_PAIRS,
                       RULE(ALL) | RULE(PER_OPTION) | RULE(MAP)},
    [ITEM_NUMERIC] = {ITEM_HAS_UNIT | ITEM_HAS_ACCEPTED | ITEM_HAS_POINTS, RULE(ALL)},
    [ITEM_TEXT] = {ITEM_HAS_ACCEPTED | ITEM_HAS_FOLDS | ITEM_HAS_LENGTH | ITEM_HAS_POINTS, RULE(ALL)},
    [ITEM_INLINE] = {ITEM_HAS_GAPS | ITEM_HAS_SHUFFLE | ITEM_HAS_POINTS, RULE(ALL) | RULE(PER_OPTION)},
    [ITEM_GRADED] = {ITEM_HAS_OPTIONS | ITEM_HAS_SHUFFLE | ITEM_HAS_CLAMPS | ITEM_HAS_POINTS, RULE(MAP)},
    [ITEM_ESSAY] = {ITEM_HAS_LENGTH | ITEM_HAS_RUBRIC | ITEM_HAS_POINTS, RULE(ALL)},
    [ITEM_UPLOAD] = {ITEM_HAS_UPLOAD | ITEM_HAS_RUBRIC | ITEM_HAS_POINTS, RULE(ALL)},
    [ITEM_STIMULUS] = {0, RULE(ALL)},
};

bool item_rule_fits(enum item_kind kind, enum item_rule rule) {
    return (unsigned)kind < ITEM_KIND_COUNT && (unsigned)rule < ITEM_RULE_COUNT && (KINDS[kind].rules >> rule & 1);
}

bool item_has(enum item_kind kind, unsigned parts) {
    return (unsigned)kind < ITEM_KIND_COUNT && (KINDS[kind].parts & parts) != 0;
}

void item_init(struct item *item, enum item_kind kind) {
    *item = (struct item){.kind = kind, .meta = {.facility = -1}};
    if (item_has(kind, ITEM_HAS_POINTS))
        item->points = "1";
    if (kind == ITEM_GRADED)
        item->rule = ITEM_RULE_MAP;
}

/* ---- decimals ---- */

bool item_decimal_short(const char *text, int places, char out[ITEM_DECIMAL_SIZE]) {
    static const char digits[] = "0123456789";
    if (!text)
        return false;
    bool minus = *text == '-';
    const char *whole = text + minus;
    size_t whole_len = strspn(whole, digits);
    const char *point = whole + whole_len;
    const char *part = *point == '.' ? point + 1 : point;
    size_t part_len = *point == '.' ? strspn(part, digits) : 0;
    if (whole_len == 0 || part[part_len] != '\0' || (*point == '.' && part_len == 0))
        return false;
    while (part_len > 0 && part[part_len - 1] == '0')
        part_len--;
    while (whole_len > 1 && *whole == '0')
        whole++, whole_len--;
    if (whole_len > 18 || part_len > (size_t)places)
        return false;
    size_t len = 0;
    if (minus && (part_len > 0 || *whole != '0'))
        out[len++] = '-';
    memcpy(out + len, whole, whole_len);
    len += whole_len;
    if (part_len > 0) {
        out[len++] = '.';
        memcpy(out + len, part, part_len);
        len += part_len;
    }
    out[len] = '\0';
    return true;
}

const char *item_decimal(struct arena *arena, const char *text, int places) {
    char out[ITEM_DECIMAL_SIZE];
    return places <= ITEM_VALUE_PLACES && item_decimal_short(text, places, out) ? arena_strdup(arena, out) : NULL;
}

/* Points and credits, in units of the seventh decimal. */
bool item_decimal_units(const char *text, int64_t *ret_units) {
    char out[ITEM_DECIMAL_SIZE];
    if (!item_decimal_short(text, ITEM_PLACES, out) || strcspn(out, ".") > 10)
        return false;
    int64_t units = 0;
    int places = -1;
    for (const char *c = out + (*out == '-'); *c; c++) {
        if (*c == '.')
            places = 0;
        else {
            units = units * 10 + (*c - '0');
            places += places >= 0;
        }
    }
    for (places = places < 0 ? 0 : places; places < ITEM_PLACES; places++)
        units *= 10;
    *ret_units = *out == '-' ? -units : units;
    return true;
}

bool item_decimal_zero(const char *text) {
    char out[ITEM_DECIMAL_SIZE];
    return !text || !*text || (item_decimal_short(text, ITEM_PLACES, out) && strcmp(out, "0") == 0);
}

const char *item_day(struct arena *arena, int64_t day) {
    char time[25];
    if (day <= 0)
        return NULL;
    text_format_time(day * 86400 * 1000000, time);
    return arena_strndup(arena, time, 10);
}

int item_decimal_compare(const char *a, const char *b) {
    int sign = *a == '-' ? -1 : 1;
    if ((*a == '-') != (*b == '-'))
        return sign;
    a += *a == '-';
    b += *b == '-';
    size_t a_len = strcspn(a, "."), b_len = strcspn(b, ".");
    if (a_len != b_len)
        return a_len < b_len ? -sign : sign;
    int order = strncmp(a, b, a_len);
    return sign * (order != 0 ? order : strcmp(a + a_len, b + b_len));
}

/* ---- faults ---- */

static const struct {
    const char *key, *vi, *en;
    bool open;
} FAULTS[] = {
#define X(name, key, open, vi, en) [ITEM_FAULT_##name] = {(key), (vi), (en), (open)},
    ITEM_FAULTS(X)
#undef X
};

void item_fault_add(struct arena *arena, struct item_faults *faults, enum item_rule_broken broken, const char *detail, const char *format, ...) {
    char path[160];
    va_list list;
    va_start(list, format);
    int len = vsnprintf(path, sizeof path, format, list);
    va_end(list);
    faults->grave |= !FAULTS[broken].open;
    if (faults->count++ >= ITEM_FAULTS_MAX)
        return;
    const char *kept = len >= 0 && text_is_utf8(path, strlen(path)) ? arena_strdup(arena, path) : NULL;
    faults->list[faults->count - 1] = (struct item_fault){
        .path = kept ? kept : "", .rule = FAULTS[broken].key, .open = FAULTS[broken].open, .detail = detail};
}

const char *item_fault_words(const char *rule, const char *lang) {
    for (size_t i = 0; i < ITEM_FAULT_COUNT; i++)
        if (strcmp(FAULTS[i].key, rule) == 0)
            return lang && strcmp(lang, "en") == 0 ? FAULTS[i].en : FAULTS[i].vi;
    return rule;
}

/* ---- every text of a document ---- */

static bool walk_options(const struct item_option *options, size_t count, const char *list, unsigned where, item_text_fn *call, void *ctx) {
    char path[ITEM_PATH_SIZE];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "%s[%zu].text", list, i);
        if (!call(ctx, path, &options[i].text, where))
            return false;
        (void)snprintf(path, sizeof path, "%s[%zu].note", list, i);
        if (!call(ctx, path, &options[i].note, ITEM_IN_KEY))
            return false;
    }
    return true;
}

static bool walk_key(const struct item *item, item_text_fn *call, void *ctx) {
    char path[ITEM_PATH_SIZE];
    for (size_t i = 0; i < item->accepted_count; i++) {
        (void)snprintf(path, sizeof path, "accepted[%zu].note", i);
        if (!call(ctx, path, &item->accepted[i].note, ITEM_IN_KEY))
            return false;
    }
    for (size_t i = 0; i < item->criterion_count; i++) {
        (void)snprintf(path, sizeof path, "rubric[%zu].text", i);
        if (!call(ctx, path, &item->rubric[i].text, ITEM_IN_KEY))
            return false;
        (void)snprintf(path, sizeof path, "rubric[%zu].levels", i);
        if (!walk_options(item->rubric[i].levels, item->rubric[i].level_count, path, ITEM_IN_KEY, call, ctx))
            return false;
    }
    return call(ctx, "rationale", &item->rationale, ITEM_IN_KEY);
}

bool item_walk(const struct item *item, item_text_fn *call, void *ctx) {
    char path[ITEM_PATH_SIZE];
    if (!call(ctx, "body", &item->body, ITEM_IN_CONTENT | ITEM_IS_BODY) ||
        !walk_options(item->options, item->option_count, "options", ITEM_IN_CONTENT, call, ctx) ||
        !walk_options(item->columns, item->column_count, "columns", ITEM_IN_CONTENT, call, ctx))
        return false;
    for (size_t i = 0; i < item->gap_count; i++) {
        (void)snprintf(path, sizeof path, "gaps[%zu].options", i);
        if (!walk_options(item->gaps[i].options, item->gaps[i].option_count, path, ITEM_IN_CONTENT, call, ctx))
            return false;
    }
    return walk_key(item, call, ctx);
}
