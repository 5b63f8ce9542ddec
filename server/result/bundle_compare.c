#include "khoacu/result/compare.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define X(name, key) key,
static const char *const MOVES[] = {RESULT_MOVE_TABLE(X)};
#undef X

const char *result_move_key(enum result_move_kind kind) {
    return MOVES[kind];
}

#define VALUE_MAX 400 /* bytes of one value that is shown */
#define PATH_MAX_BYTES 300

/* A value in short: texts as they are, the rest as canonical JSON; NULL where there is none. */
static const char *short_text(struct arena *arena, const struct json *value) {
    if (!value || json_kind(value) == JSON_NULL)
        return NULL;
    const char *text = json_text(value);
    struct buf out CLEANUP(buf_release);
    buf_init(&out, 1 << 20);
    if (!text && json_canonical(value, &out) == ERR_NONE)
        text = out.data;
    if (!text)
        return "…";
    size_t len = strlen(text);
    if (len <= VALUE_MAX)
        return arena_strdup(arena, text);
    len = VALUE_MAX;
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--; /* no character is cut in two */
    return arena_printf(arena, "%.*s…", (int)len, text);
}

static bool same_value(struct arena *arena, const struct json *a, const struct json *b) {
    if (!a || !b || json_kind(a) != json_kind(b))
        return !a && !b;
    const char *text_a = json_text(a), *text_b = json_text(b);
    if (text_a && text_b)
        return strcmp(text_a, text_b) == 0;
    struct buf out_a CLEANUP(buf_release), out_b CLEANUP(buf_release);
    buf_init(&out_a, (size_t)1 << 28);
    buf_init(&out_b, (size_t)1 << 28);
    if (json_canonical(a, &out_a) != ERR_NONE || json_canonical(b, &out_b) != ERR_NONE) {
        arena->failed = true;
        return false;
    }
    return out_a.len == out_b.len && memcmp(out_a.data, out_b.data, out_a.len) == 0;
}

/* ---- what changed in the rules ---- */

struct walk {
    struct arena *arena;
    struct result_comparison *out;
};

static void note(struct walk *w, const char *path, const struct json *before, const struct json *after) {
    if (w->out->rule_count < RESULT_CHANGES_MAX)
        w->out->rules[w->out->rule_count] = (struct result_change){
            .path = arena_strdup(w->arena, path), .before = short_text(w->arena, before), .after = short_text(w->arena, after)};
    w->out->rule_count++;
}

/* What tells an element of an array apart from its neighbours: its code, or its place. */
static const char *name_of(struct arena *arena, const struct json *element, size_t index) {
    const char *code = json_text(json_get(element, "code"));
    return code ? code : arena_printf(arena, "%zu", index);
}

static const struct json *element_named(struct arena *arena, const struct json *array, const char *name) {
    for (size_t i = 0; i < json_count(array); i++) {
        const char *own = name_of(arena, json_at(array, i), i);
        if (own && strcmp(own, name) == 0)
            return json_at(array, i);
    }
    return NULL;
}

static void differ(struct walk *w, const char *path, const struct json *a, const struct json *b, int depth);

static void differ_in_arrays(struct walk *w, const char *path, const struct json *a, const struct json *b, int depth) {
    for (size_t i = 0; i < json_count(a); i++) {
        const char *name = name_of(w->arena, json_at(a, i), i);
        const char *below = name ? arena_printf(w->arena, "%s[%s]", path, name) : NULL;
        if (below)
            differ(w, below, json_at(a, i), element_named(w->arena, b, name), depth + 1);
    }
    for (size_t i = 0; i < json_count(b); i++) {
        const char *name = name_of(w->arena, json_at(b, i), i);
        const char *below = name ? arena_printf(w->arena, "%s[%s]", path, name) : NULL;
        if (below && !element_named(w->arena, a, name))
            note(w, below, NULL, json_at(b, i));
    }
}

static void differ_in_objects(struct walk *w, const char *path, const struct json *a, const struct json *b, int depth) {
    for (size_t i = 0; i < json_count(a); i++) {
        const char *below = arena_printf(w->arena, "%s.%s", path, json_key_at(a, i));
        if (below)
            differ(w, below, json_at(a, i), json_get(b, json_key_at(a, i)), depth + 1);
    }
    for (size_t i = 0; i < json_count(b); i++) {
        const char *below = arena_printf(w->arena, "%s.%s", path, json_key_at(b, i));
        if (below && !json_get(a, json_key_at(b, i)))
            note(w, below, NULL, json_at(b, i));
    }
}

static void differ(struct walk *w, const char *path, const struct json *a, const struct json *b, int depth) {
    if (w->arena->failed || (!a && !b) || (a && b && same_value(w->arena, a, b)))
        return;
    enum json_kind kind = json_kind(a);
    bool deeper = a && b && kind == json_kind(b) && depth < 12 && strlen(path) < PATH_MAX_BYTES && json_count(a) <= 4000;
    if (deeper && kind == JSON_ARRAY)
        differ_in_arrays(w, path, a, b, depth);
    else if (deeper && kind == JSON_OBJECT)
        differ_in_objects(w, path, a, b, depth);
    else
        note(w, path, a, b);
}

/* ---- who moved ---- */

struct side {
    const struct json *decisions, *candidates;
    size_t count, at;
};

static const char *roll_at(const struct side *side) {
    return side->at < side->count ? json_text(json_get(json_at(side->decisions, side->at), "roll_number")) : NULL;
}

static bool same_member(struct arena *arena, const struct json *a, const struct json *b, const char *name) {
    return same_value(arena, json_get(a, name), json_get(b, name));
}

static bool selected(const struct json *decision) {
    const char *outcome = json_text(json_get(decision, "outcome"));
    return outcome && strcmp(outcome, "selected") == 0;
}

/* RESULT_MOVE_COUNT: nothing that is stated of the person differs. */
static enum result_move_kind kind_of(struct arena *arena, const struct json *a, const struct json *b) {
    if (!a || !b)
        return a ? RESULT_MOVE_REMOVED : RESULT_MOVE_ADDED;
    if (selected(a) != selected(b))
        return selected(b) ? RESULT_MOVE_SELECTED : RESULT_MOVE_LOST;
    static const struct {
        const char *member;
        enum result_move_kind kind;
    } MEMBERS[] = {{"agency", RESULT_MOVE_AGENCY},
                   {"outcome", RESULT_MOVE_OUTCOME},
                   {"place", RESULT_MOVE_PLACE},
                   {"total", RESULT_MOVE_TOTAL},
                   {"reason", RESULT_MOVE_GROUND}};
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        if (!same_member(arena, a, b, MEMBERS[i].member))
            return MEMBERS[i].kind;
    return RESULT_MOVE_COUNT;
}

#define INPUTS_MAX 40 /* of one person */

/* What of her inputs differs, each result by itself. */
static void note_inputs(struct arena *arena, const struct json *a, const struct json *b, struct result_move *move) {
    static const char *const MEMBERS[] = {"post", "agencies", "priority", "withheld", "withdrawn", "kept", "groups", "relaxed", "panel"};
    struct result_change *list = ARENA_ARRAY(arena, INPUTS_MAX, struct result_change);
    if (!list || !a || !b || !json_get(a, "withheld") != !json_get(b, "withheld"))
        return; /* what one file withholds and the other states tells nothing */
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        if (!same_member(arena, a, b, MEMBERS[i]))
            list[move->change_count++] = (struct result_change){MEMBERS[i], short_text(arena, json_get(a, MEMBERS[i])),
                                                                short_text(arena, json_get(b, MEMBERS[i]))};
    const struct json *of[] = {json_get(a, "results"), json_get(b, "results")};
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < json_count(of[s]) && move->change_count < INPUTS_MAX; i++) {
            const char *code = json_key_at(of[s], i);
            const struct json *before = json_get(of[0], code), *after = json_get(of[1], code);
            if ((s == 1 && before) || same_value(arena, before, after))
                continue;
            list[move->change_count++] = (struct result_change){arena_printf(arena, "results.%s", code), short_text(arena, before),
                                                                short_text(arena, after)};
        }
    move->changes = list;
}

/* The next person of either side, in the order of roll numbers. False: both are at their end. */
static bool next_pair(struct side *a, struct side *b, size_t *ret_a, size_t *ret_b) {
    const char *roll_a = roll_at(a), *roll_b = roll_at(b);
    if (!roll_a && !roll_b)
        return false;
    int order = !roll_a ? 1 : (!roll_b ? -1 : strcmp(roll_a, roll_b));
    *ret_a = order <= 0 ? a->at++ : SIZE_MAX;
    *ret_b = order >= 0 ? b->at++ : SIZE_MAX;
    return true;
}

static void walk_people(struct arena *arena, struct side a, struct side b, struct result_comparison *out, struct result_move *unsorted) {
    size_t at_a, at_b;
    while (next_pair(&a, &b, &at_a, &at_b) && !arena->failed) {
        const struct json *before = at_a == SIZE_MAX ? NULL : json_at(a.decisions, at_a);
        const struct json *after = at_b == SIZE_MAX ? NULL : json_at(b.decisions, at_b);
        enum result_move_kind kind = kind_of(arena, before, after);
        if (kind == RESULT_MOVE_COUNT)
            continue;
        struct result_move *move = &unsorted[out->move_count++];
        *move = (struct result_move){.kind = kind,
                                     .before = before,
                                     .after = after,
                                     .roll_number = json_text(json_get(after ? after : before, "roll_number"))};
        note_inputs(arena, before ? json_at(a.candidates, at_a) : NULL, after ? json_at(b.candidates, at_b) : NULL, move);
        out->counts[kind]++;
    }
}

static bool side_of(const struct json *file, struct side *ret_side) {
    *ret_side = (struct side){.decisions = json_get(file, "decisions"), .candidates = json_get(json_get(file, "inputs"), "candidates")};
    ret_side->count = json_count(ret_side->decisions);
    bool whole = json_kind(ret_side->decisions) == JSON_ARRAY && json_count(ret_side->candidates) == ret_side->count;
    for (size_t i = 0; whole && i < ret_side->count; i++) /* next_pair leans on it */
        whole = json_text(json_get(json_at(ret_side->decisions, i), "roll_number")) != NULL;
    return whole;
}

static const char *pack_of(struct arena *arena, const struct json *file) {
    const struct json *pack = json_get(json_get(file, "inputs"), "pack");
    int64_t version = 0;
    const char *id = json_text(json_get(pack, "id"));
    (void)json_int(json_get(pack, "version"), &version);
    return id ? arena_printf(arena, "%s/%lld", id, (long long)version) : "";
}

static void walk_rules(struct arena *arena, const struct json *before, const struct json *after, struct result_comparison *out) {
    static const char *const SECTIONS[] = {"pack", "scales", "posts", "agencies", "panels", "ties"};
    struct walk walk = {.arena = arena, .out = out};
    for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS; i++)
        differ(&walk, SECTIONS[i], json_get(json_get(before, "inputs"), SECTIONS[i]), json_get(json_get(after, "inputs"), SECTIONS[i]), 0);
}

enum err result_compare(struct arena *arena, const struct json *before, const struct json *after,
                        struct result_comparison **ret_comparison) {
    struct side a, b;
    if (!side_of(before, &a) || !side_of(after, &b))
        return ERR_RANGE;
    struct result_comparison *out = ARENA_NEW(arena, struct result_comparison);
    struct result_move *unsorted = ARENA_ARRAY(arena, a.count + b.count + 1, struct result_move);
    if (!out || !unsorted)
        return ERR_MEMORY;
    memset(out, 0, sizeof *out);
    out->cycle_code = json_text(json_get(json_get(after, "cycle"), "code"));
    out->before_cause = json_text(json_get(before, "cause"));
    out->after_cause = json_text(json_get(after, "cause"));
    out->before_pack = pack_of(arena, before);
    out->after_pack = pack_of(arena, after);
    (void)json_int(json_get(before, "version"), &out->before_version);
    (void)json_int(json_get(after, "version"), &out->after_version);
    out->before_candidates = (int64_t)a.count;
    out->after_candidates = (int64_t)b.count;
    walk_rules(arena, before, after, out);
    walk_people(arena, a, b, out, unsorted);
    out->moves = ARENA_ARRAY(arena, out->move_count + 1, struct result_move);
    if (arena->failed)
        return ERR_MEMORY;
    size_t put = 0; /* by kind; within one the order of roll numbers stays */
    for (int kind = 0; kind < RESULT_MOVE_COUNT; kind++)
        for (size_t i = 0; i < out->move_count; i++)
            if ((int)unsorted[i].kind == kind)
                out->moves[put++] = unsorted[i];
    *ret_comparison = out;
    return ERR_NONE;
}

/* ---- writing ---- */

static void put_side(struct json_writer *w, const char *name, const char *cause, const char *pack, int64_t version, int64_t candidates) {
    json_put_key(w, name);
    json_open_object(w);
    json_member_text(w, "cause", cause);
    json_member_text(w, "pack", pack);
    json_member_int(w, "version", version);
    json_member_int(w, "candidates", candidates);
    json_close_object(w);
}

static void put_changes(struct json_writer *w, const char *name, const struct result_change *changes, size_t count) {
    json_put_key(w, name);
    json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        json_open_object(w);
        json_member_text(w, "path", changes[i].path);
        json_member_text(w, "before", changes[i].before);
        json_member_text(w, "after", changes[i].after);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_decision(struct json_writer *w, const char *name, const struct json *decision) {
    json_put_key(w, name);
    if (decision)
        json_put_value(w, decision);
    else
        json_put_null(w);
}

void result_comparison_write(struct json_writer *w, const struct result_comparison *c, size_t first, size_t limit) {
    json_member_text(w, "cycle", c->cycle_code);
    put_side(w, "before", c->before_cause, c->before_pack, c->before_version, c->before_candidates);
    put_side(w, "after", c->after_cause, c->after_pack, c->after_version, c->after_candidates);
    json_put_key(w, "counts");
    json_open_object(w);
    for (int kind = 0; kind < RESULT_MOVE_COUNT; kind++)
        json_member_int(w, MOVES[kind], (int64_t)c->counts[kind]);
    json_close_object(w);
    put_changes(w, "rules", c->rules, c->rule_count < RESULT_CHANGES_MAX ? c->rule_count : RESULT_CHANGES_MAX);
    json_member_int(w, "rules_total", (int64_t)c->rule_count);
    json_put_key(w, "moves");
    json_open_array(w);
    for (size_t i = first; i < c->move_count && i - first < limit; i++) {
        const struct result_move *move = &c->moves[i];
        json_open_object(w);
        json_member_text(w, "kind", MOVES[move->kind]);
        json_member_text(w, "roll_number", move->roll_number);
        put_decision(w, "before", move->before);
        put_decision(w, "after", move->after);
        put_changes(w, "changes", move->changes, move->change_count);
        json_close_object(w);
    }
    json_close_array(w);
    json_member_int(w, "moves_total", (int64_t)c->move_count);
}
