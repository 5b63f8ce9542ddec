#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/settle/settle.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* What panels gave, criterion by criterion: written, read, and the mark that follows from it by the scheme of the pack. */

enum { CRITERIA_MAX = 20, PARTS_MAX = 20000 };

static int64_t sum_of(const struct result_given *given, uint8_t member) {
    int64_t sum = 0;
    for (uint8_t k = 0; k < given->panel->criterion_count; k++)
        sum += given->marks[(size_t)member * given->panel->criterion_count + k];
    return sum;
}

int64_t result_given_mean(const struct result_given *given, uint8_t criterion) {
    int64_t sum = 0;
    for (uint8_t i = 0; i < given->member_count; i++)
        sum += given->marks[(size_t)i * given->panel->criterion_count + criterion];
    return (2 * sum + given->member_count) / (2 * given->member_count);
}

/* ---- order ---- */

/* Whether row `a` stands before row `b`: the higher sum, then the higher mark in the first criterion that differs. */
static bool stands_before(const struct result_given *given, uint8_t a, uint8_t b) {
    size_t width = given->panel->criterion_count;
    const int64_t *of_a = given->marks + a * width, *of_b = given->marks + b * width;
    int64_t sum_a = sum_of(given, a), sum_b = sum_of(given, b);
    if (sum_a != sum_b)
        return sum_a > sum_b;
    for (size_t k = 0; k < width; k++)
        if (of_a[k] != of_b[k])
            return of_a[k] > of_b[k];
    return false;
}

void result_given_sort(struct result_given *given) {
    size_t width = given->panel->criterion_count;
    int64_t kept[CRITERIA_MAX];
    for (uint8_t i = 1; i < given->member_count; i++)
        for (uint8_t k = i; k > 0 && stands_before(given, k, k - 1); k--) {
            memcpy(kept, given->marks + k * width, width * sizeof *kept);
            memcpy(given->marks + k * width, given->marks + (k - 1) * width, width * sizeof *kept);
            memcpy(given->marks + (k - 1) * width, kept, width * sizeof *kept);
        }
}

/* ---- writing ---- */

void result_panels_write(struct json_writer *w, const struct result_field *field) {
    if (field->panel_count == 0)
        return;
    json_put_key(w, "panels");
    json_open_array(w);
    for (size_t i = 0; i < field->panel_count; i++) {
        const struct result_panel *panel = &field->panels[i];
        json_open_object(w);
        json_member_text(w, "code", panel->code);
        json_member_text(w, "component", field->rules.components[panel->component].code);
        json_put_key(w, "criteria");
        json_open_array(w);
        for (uint8_t k = 0; k < panel->criterion_count; k++) {
            json_open_object(w);
            json_member_hundredths(w, "max", panel->maxes[k]);
            json_member_text(w, "title", panel->titles[k]);
            json_close_object(w);
        }
        json_close_array(w);
        json_member_text(w, "kind", panel->kind);
        json_close_object(w);
    }
    json_close_array(w);
}

void result_given_write(struct json_writer *w, const struct result_given *given) {
    json_open_object(w);
    json_member_text(w, "code", given->panel->code);
    json_put_key(w, "marks");
    json_open_array(w);
    for (uint8_t i = 0; i < given->member_count; i++) {
        json_open_array(w);
        for (uint8_t k = 0; k < given->panel->criterion_count; k++)
            json_put_hundredths(w, given->marks[(size_t)i * given->panel->criterion_count + k]);
        json_close_array(w);
    }
    json_close_array(w);
    json_member_text(w, "way", given->way);
    json_close_object(w);
}

const char *result_parts_text(struct arena *arena, const struct result_given *given) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&out, PARTS_MAX);
    json_writer_init(&w, &out);
    json_open_array(&w);
    for (uint8_t k = 0; k < given->panel->criterion_count; k++) {
        json_open_object(&w);
        json_member_hundredths(&w, "max", given->panel->maxes[k]);
        json_member_hundredths(&w, "mean", result_given_mean(given, k));
        json_member_text(&w, "title", given->panel->titles[k]);
        json_close_object(&w);
    }
    json_close_array(&w);
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}

/* ---- reading ---- */

struct panel_reader {
    struct arena *arena;
    struct result_field *field;
    const char **ret_line;
};

static enum err refuse(struct panel_reader *r, const char *line) {
    if (!line)
        return ERR_MEMORY;
    *r->ret_line = line;
    return ERR_RANGE;
}
#define REFUSE(r, ...) refuse((r), arena_printf((r)->arena, __VA_ARGS__))

static enum err read_criteria(struct panel_reader *r, const struct json *list, struct result_panel *panel) {
    static const char *const MEMBERS[] = {"max", "title", NULL};
    int64_t sum = 0;
    const char **titles = ARENA_ARRAY(r->arena, CRITERIA_MAX, const char *);
    int64_t *maxes = ARENA_ARRAY(r->arena, CRITERIA_MAX, int64_t);
    if (!titles || !maxes)
        return ERR_MEMORY;
    panel->titles = titles;
    panel->maxes = maxes;
    if (json_kind(list) != JSON_ARRAY || json_count(list) == 0 || json_count(list) > CRITERIA_MAX)
        return REFUSE(r, "panel %s: one to %d criteria are told", panel->code, CRITERIA_MAX);
    panel->criterion_count = (uint8_t)json_count(list);
    for (uint8_t k = 0; k < panel->criterion_count; k++) {
        const struct json *one = json_at(list, k);
        titles[k] = json_text(json_get(one, "title"));
        if (!result_members_are(one, MEMBERS) || !titles[k] || !result_marks_of(json_text(json_get(one, "max")), &maxes[k]))
            return REFUSE(r, "panel %s: criteria[%u] is not {max, title}", panel->code, k);
        sum += maxes[k];
    }
    const struct rank_component *component = &r->field->rules.components[panel->component];
    return sum == component->max ? ERR_NONE : REFUSE(r, "panel %s: the criteria do not add up to the scale of %s", panel->code, component->code);
}

enum err result_panels_read(struct arena *arena, const struct json *list, struct result_field *field, const char **ret_line) {
    static const char *const MEMBERS[] = {"code", "component", "criteria", "kind", NULL};
    struct panel_reader reader = {.arena = arena, .field = field, .ret_line = ret_line}, *r = &reader;
    field->panel_count = json_count(list);
    field->panels = ARENA_ARRAY(arena, field->panel_count, struct result_panel);
    if (!field->panels)
        return ERR_MEMORY;
    for (size_t i = 0; i < field->panel_count; i++) {
        const struct json *one = json_at(list, i);
        struct result_panel *panel = &field->panels[i];
        const char *component = json_text(json_get(one, "component"));
        *panel = (struct result_panel){.code = json_text(json_get(one, "code")), .kind = json_text(json_get(one, "kind"))};
        if (!result_members_are(one, MEMBERS) || !panel->code || !panel->kind || !component)
            return REFUSE(r, "inputs.panels[%zu] is not {code, component, criteria, kind}", i);
        panel->component = rank_component_find(&field->rules, component);
        if (panel->component == RANK_NONE || field->rules.components[panel->component].unit != RANK_UNIT_MARK ||
            field->pack->parts[panel->component].source != CYCLE_PACK_INTERVIEW)
            return REFUSE(r, "panel %s: no panel marks the part %s", panel->code, component);
        if (i > 0 && strcmp(field->panels[i - 1].code, panel->code) >= 0)
            return REFUSE(r, "inputs.panels[%zu]: %s is not in order of codes", i, panel->code);
        enum err err = read_criteria(r, json_get(one, "criteria"), panel);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

static enum err read_row(struct panel_reader *r, const struct json *row, const char *roll, struct result_given *given, uint8_t member) {
    const struct result_panel *panel = given->panel;
    if (json_kind(row) != JSON_ARRAY || json_count(row) != panel->criterion_count)
        return REFUSE(r, "candidate %s: a member of panel %s did not mark each criterion once", roll, panel->code);
    for (uint8_t k = 0; k < panel->criterion_count; k++) {
        int64_t *mark = &given->marks[(size_t)member * panel->criterion_count + k];
        if (!result_marks_of(json_text(json_at(row, k)), mark) || *mark > panel->maxes[k])
            return REFUSE(r, "candidate %s: a mark of panel %s for «%.100s» is off its scale", roll, panel->code, panel->titles[k]);
    }
    return member == 0 || !stands_before(given, member, member - 1)
               ? ERR_NONE
               : REFUSE(r, "candidate %s: the marks of panel %s are not in the order of their sums", roll, panel->code);
}

enum err result_given_read(struct arena *arena, const struct json *one, struct result_field *field, uint32_t candidate, const char **ret_line) {
    static const char *const MEMBERS[] = {"code", "marks", "way", NULL};
    struct panel_reader reader = {.arena = arena, .field = field, .ret_line = ret_line}, *r = &reader;
    const char *roll = field->candidates[candidate].roll, *code = json_text(json_get(one, "code"));
    const struct json *marks = json_get(one, "marks");
    if (!one)
        return ERR_NONE;
    struct result_given *given = ARENA_NEW(arena, struct result_given);
    if (!given)
        return ERR_MEMORY;
    given->way = json_text(json_get(one, "way"));
    if (!result_members_are(one, MEMBERS) || !code || !given->way || json_kind(marks) != JSON_ARRAY)
        return REFUSE(r, "candidate %s: panel is not {code, marks, way}", roll);
    for (size_t i = 0; i < field->panel_count; i++)
        if (strcmp(field->panels[i].code, code) == 0)
            given->panel = &field->panels[i];
    if (!given->panel || json_count(marks) == 0 || json_count(marks) > SETTLE_MARKS_MAX)
        return REFUSE(r, "candidate %s: panel %s is not told of, or has not 1 to %d members", roll, code, SETTLE_MARKS_MAX);
    given->member_count = (uint8_t)json_count(marks);
    given->marks = ARENA_ARRAY(arena, (size_t)given->member_count * given->panel->criterion_count, int64_t);
    if (!given->marks)
        return ERR_MEMORY;
    for (uint8_t i = 0; i < given->member_count; i++) {
        enum err err = read_row(r, json_at(marks, i), roll, given, i);
        if (err != ERR_NONE)
            return err;
    }
    field->given[candidate] = given;
    return ERR_NONE;
}

/* ---- what follows ---- */

/* The mark that the scheme makes of the members' sums; *ret_open: it asks for somebody's word, which stands in the mark. */
static enum err settle(const struct result_field *field, const struct result_given *given, int64_t *ret_mark, const char **ret_way, bool *ret_open) {
    const struct settle_scheme *scheme = cycle_pack_scheme(field->pack, CYCLE_PACK_INTERVIEW, false);
    struct settle_facts facts = {.max = field->rules.components[given->panel->component].max, .mark_count = given->member_count, .members = given->member_count};
    struct settle_result result = {0};
    struct rank_misfit misfit;
    uint32_t factor = 0, low = 0;
    for (uint8_t i = 0; i < given->member_count; i++)
        facts.marks[i] = sum_of(given, i);
    enum err err = scheme ? settle_marks(scheme, &facts, &result, &misfit) : ERR_RANGE;
    if (err != ERR_NONE)
        return err;
    bool vetoed = field->pack->veto.share_den != 0 && settle_vetoed(&field->pack->veto, given->marks, given->member_count, given->panel->criterion_count, &factor, &low);
    *ret_open = !vetoed && result.next != SETTLE_NEXT_SETTLED;
    *ret_mark = vetoed ? 0 : result.mark;
    *ret_way = vetoed ? "veto" : *ret_open ? NULL : settle_why_key((enum settle_why)result.why);
    return ERR_NONE;
}

static bool is_word(const char *way) {
    return strcmp(way, "agreed") == 0 || strcmp(way, "head") == 0 || strcmp(way, "chair") == 0;
}

enum err result_given_check(struct arena *arena, const struct result_field *field, uint32_t candidate, const char **ret_line) {
    struct panel_reader reader = {.arena = arena, .ret_line = ret_line}, *r = &reader;
    const struct result_given *given = field->given[candidate];
    const char *roll = field->candidates[candidate].roll, *way = NULL;
    char stated[24], computed[24];
    int64_t mark = 0;
    bool open = false;
    if (!given)
        return ERR_NONE;
    size_t at = (size_t)candidate * field->rules.component_count + given->panel->component;
    const char *code = field->rules.components[given->panel->component].code;
    if (field->statuses[at] != RANK_STATUS_VALUE)
        return REFUSE(r, "candidate %s: panel %s gave marks, and %s has none", roll, given->panel->code, code);
    enum err err = settle(field, given, &mark, &way, &open);
    if (err == ERR_RANGE)
        return REFUSE(r, "candidate %s: the scheme of the pack cannot settle what panel %s gave", roll, given->panel->code);
    if (open ? !is_word(given->way) : strcmp(given->way, way) != 0)
        return REFUSE(r, "candidate %s: %s is said to be by %s, panel %s's marks make it %s", roll, code, given->way, given->panel->code,
                      open ? "a matter of somebody's word" : way);
    text_format_hundredths(field->values[at], stated);
    text_format_hundredths(mark, computed);
    return open || mark == field->values[at] ? err
                                             : REFUSE(r, "candidate %s: %s is stated as %s, panel %s's marks give %s", roll, code, stated, given->panel->code, computed);
}
