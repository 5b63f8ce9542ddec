/* random_pack.h: made-up rule packs as JSON: stages, components, statistics, formulas of every kind, gates with relief,
 * cuts, windows, caps, tie chains, all ways of allocation. About half of them contradict themselves and are refused. */
#ifndef KHOACU_TESTS_RANDOM_PACK_H
#define KHOACU_TESTS_RANDOM_PACK_H

#include "khoacu/base/buf.h"
#include "khoacu/base/random.h"

#include <stdio.h>
#include <string.h>

#define TOY_QUANTITIES 24

struct toy_quantity {
    char code[8];
    bool mark, fine, optional, given;
    int stage, max; /* max in whole marks or answers */
};
struct toy_pack {
    struct random_stream *random;
    struct buf *out;
    struct toy_quantity q[TOY_QUANTITIES];
    int count, stages, classes;
};

static inline int toy_below(struct toy_pack *t, int bound) {
    return (int)random_stream_below(t->random, (uint64_t)bound);
}
static inline bool toy_one_in(struct toy_pack *t, int n) {
    return toy_below(t, n) == 0;
}
static inline const char *toy_of(struct toy_pack *t, const char *const *words, int count) {
    return words[toy_below(t, count)];
}
static inline struct toy_quantity *toy_add(struct toy_pack *t, const char *prefix, int stage, int max) {
    struct toy_quantity *q = &t->q[t->count];
    *q = (struct toy_quantity){.stage = stage, .max = max};
    (void)snprintf(q->code, sizeof q->code, "%s%d", prefix, t->count++);
    return q;
}

static inline void toy_component(struct toy_pack *t, int stage) {
    static const int MARKS[] = {10, 20, 40, 60, 100}, COUNTS[] = {10, 20, 30, 60};
    bool mark = !toy_one_in(t, 4), optional = toy_one_in(t, 6);
    struct toy_quantity *q = toy_add(t, "C", stage, mark ? MARKS[toy_below(t, 5)] : COUNTS[toy_below(t, 4)]);
    q->mark = mark;
    q->optional = optional;
    q->given = true;
    buf_addf(t->out, "{\"code\":\"%s\",\"title\":{\"vi\":\"%s\",\"en\":\"%s\"},\"source\":\"record\",\"remark\":false,%s", q->code, q->code, q->code,
             optional ? "\"optional\":true," : "");
    if (mark)
        buf_addf(t->out, "\"unit\":\"mark\",\"mark_max\":\"%d.00\"}", q->max);
    else
        buf_addf(t->out, "\"unit\":\"count\",\"questions\":%d}", q->max);
}

/* Over the component before it. */
static inline void toy_statistic(struct toy_pack *t, int stage) {
    const struct toy_quantity source = t->q[t->count - 1];
    struct toy_quantity *q = toy_add(t, "S", stage, 100);
    q->fine = true;
    int places = 2 + toy_below(t, 6), kind = toy_below(t, source.mark ? 3 : 4);
    buf_addf(t->out, ",{\"code\":\"%s\",\"title\":{\"vi\":\"%s\",\"en\":\"%s\"},\"source\":\"statistic\",\"unit\":\"fine\",\"remark\":false,\"statistic\":{\"of\":\"%s\",\"places\":%d,",
             q->code, q->code, q->code, source.code, places);
    if (kind == 0)
        buf_adds(t->out, "\"kind\":\"percentile\",\"max\":\"100\"}}");
    else if (kind == 1)
        buf_adds(t->out, "\"kind\":\"standard\",\"max\":\"200\",\"mean\":\"50\",\"deviation\":\"10\"}}");
    else if (kind == 2)
        buf_addf(t->out, "\"kind\":\"linear\",\"max\":\"100000\",\"base\":\"%s\"}}", toy_one_in(t, 2) ? "all" : "best");
    else
        buf_addf(t->out, "\"kind\":\"equipercentile\",\"max\":\"1000\",\"base_group\":%d}}", toy_below(t, 2));
}

/* Up to `most` different quantities of a unit, as terms; their stage. */
static inline int toy_terms(struct toy_pack *t, bool mark, int most, bool weigh, int known, int *ret_count) {
    int stage = 0, got = 0;
    bool used[TOY_QUANTITIES] = {false};
    buf_adds(t->out, "\"terms\":[");
    for (int tries = 0; tries < 12 && got < most; tries++) {
        int i = toy_below(t, known);
        if (used[i] || t->q[i].mark != mark || t->q[i].fine)
            continue;
        used[i] = true;
        stage = t->q[i].stage > stage ? t->q[i].stage : stage;
        buf_addf(t->out, "%s{\"of\":\"%s\"", got++ ? "," : "", t->q[i].code);
        if (weigh && toy_one_in(t, 2))
            buf_addf(t->out, ",\"weight\":%d", toy_one_in(t, 5) ? -1 - toy_below(t, 2) : 1 + toy_below(t, 5));
        buf_adds(t->out, "}");
    }
    buf_adds(t->out, "]");
    *ret_count = got;
    return stage;
}

static inline void toy_formula(struct toy_pack *t) {
    static const char *const KINDS[] = {"sum", "sum", "best", "least", "trimmed_mean", "count_of", "band", "deduct"}, *const TO[] = {"0.01", "0.10", "0.50", "1.00"},
                            *const MODES[] = {"half_up", "half_even", "down"}, *const OPS[] = {"ge", "gt", "le", "lt"};
    const char *kind = toy_of(t, KINDS, 8);
    bool mark = !toy_one_in(t, 4), counts = strcmp(kind, "count_of") == 0 || strcmp(kind, "band") == 0;
    int known = t->count, got = 0, most = strcmp(kind, "band") == 0 ? 1 : 1 + toy_below(t, 3);
    struct toy_quantity *q = toy_add(t, "F", 0, 50);
    q->mark = mark && !counts;
    buf_addf(t->out, "{\"code\":\"%s\",\"unit\":\"%s\",\"kind\":\"%s\",", q->code, q->mark ? "mark" : "count", kind);
    if (strcmp(kind, "deduct") == 0) { /* so many per cent of a mark, by a count */
        int of = toy_below(t, known), by = toy_below(t, known);
        buf_addf(t->out, "\"terms\":[{\"of\":\"%s\"},{\"of\":\"%s\"}]", t->q[of].code, t->q[by].code);
        q->stage = t->q[of].stage > t->q[by].stage ? t->q[of].stage : t->q[by].stage;
    } else {
        q->stage = toy_terms(t, mark, most, strcmp(kind, "sum") == 0, known, &got);
    }
    if (strcmp(kind, "sum") == 0 || strcmp(kind, "best") == 0)
        buf_addf(t->out, ",\"divisor\":%d", 1 + toy_below(t, 3));
    if (strcmp(kind, "best") == 0)
        buf_addf(t->out, ",\"take\":%d", 1 + toy_below(t, got > 0 ? got : 1));
    if (strcmp(kind, "trimmed_mean") == 0)
        buf_addf(t->out, ",\"drop\":{\"high\":%d,\"low\":%d,\"least\":1}", got > 2, got > 1 && toy_one_in(t, 2));
    if (strcmp(kind, "count_of") == 0)
        buf_addf(t->out, ",\"op\":\"%s\",\"value\":\"%d\"", toy_of(t, OPS, 4), 3 + toy_below(t, 30));
    if (strcmp(kind, "band") == 0)
        buf_addf(t->out, ",\"bounds\":[\"%d\",\"%d\"]", 3 + toy_below(t, 4), 8 + toy_below(t, 30));
    if (!counts && strcmp(kind, "least") != 0)
        buf_addf(t->out, ",\"round\":{\"to\":\"%s\",\"mode\":\"%s\"}", q->mark ? toy_of(t, TO, 4) : "1", toy_of(t, MODES, 3));
    buf_adds(t->out, "}");
}

/* A quantity of a stage or before; -1: none was found. */
static inline int toy_pick(struct toy_pack *t, int stage, bool fine_too) {
    for (int tries = 0; tries < 20; tries++) {
        int i = toy_below(t, t->count);
        if (t->q[i].stage <= stage && (fine_too || !t->q[i].fine))
            return i;
    }
    return -1;
}

static inline void toy_value(struct toy_pack *t, const struct toy_quantity *q) {
    int value = q->max / 5 + toy_below(t, q->max / 2 + 1);
    buf_addf(t->out, q->mark ? "\"%d.%s\"" : "\"%d%s\"", value, q->mark ? (toy_one_in(t, 3) ? "50" : "00") : "");
}

static inline void toy_gates(struct toy_pack *t, int stage) {
    int count = toy_below(t, 3);
    bool some = false;
    buf_adds(t->out, "],\"gates\":[");
    for (int i = 0; i < count; i++) {
        int q = toy_pick(t, stage, false);
        if (q < 0)
            continue;
        buf_addf(t->out, "%s{\"code\":\"G%d%d\",\"on\":\"%s\",\"op\":\"%s\",", some ? "," : "", stage, i, t->q[q].code, toy_one_in(t, 4) ? "gt" : "ge");
        some = true;
        if (t->q[q].given && toy_one_in(t, 3)) {
            buf_addf(t->out, "\"share\":\"0.%d\"", 20 + toy_below(t, 40));
        } else {
            buf_adds(t->out, "\"value\":");
            toy_value(t, &t->q[q]);
        }
        if (i + 1 == count && toy_one_in(t, 4))
            buf_addf(t->out, ",\"relief\":%d", 1 + toy_below(t, 5));
        buf_adds(t->out, "}");
    }
    buf_adds(t->out, "]");
    int q = toy_pick(t, stage, true);
    if (q < 0 || !toy_one_in(t, 3))
        return;
    buf_addf(t->out, ",\"cuts\":[{\"code\":\"K%d\",\"on\":\"%s\",\"ties\":\"%s\",\"scope\":\"%s\"", stage, t->q[q].code, toy_one_in(t, 2) ? "all" : "none",
             toy_one_in(t, 2) ? "all" : "post");
    if (toy_one_in(t, 2))
        buf_addf(t->out, ",\"count\":%d", 1 + toy_below(t, 12));
    else
        buf_addf(t->out, ",\"per_seat\":\"%d.%d0\"", 1 + toy_below(t, 3), toy_below(t, 10));
    if (toy_one_in(t, 3))
        buf_addf(t->out, ",\"least\":%d", 1 + toy_below(t, 4));
    if (toy_one_in(t, 4))
        buf_addf(t->out, ",\"cap\":%d", 8 + toy_below(t, 12));
    buf_adds(t->out, "}]");
}

static inline void toy_priority(struct toy_pack *t) {
    int classes = t->classes = toy_below(t, 4);
    buf_adds(t->out, "],\"priority\":{\"apply\":\"after_pass\",\"pick\":\"highest\",\"classes\":[");
    for (int i = 0; i < classes; i++)
        buf_addf(t->out, "%s{\"code\":\"P%d\",\"points\":\"%d.50\",\"title\":{\"vi\":\"a\",\"en\":\"a\"}}", i ? "," : "", i, 1 + 3 * i);
    buf_adds(t->out, "]");
    if (classes && toy_one_in(t, 5))
        buf_addf(t->out, ",\"window\":{\"low\":\"%d.00\",\"high\":\"%d.99\"}", 1 + toy_below(t, 20), 25 + toy_below(t, 40));
    if (classes && toy_one_in(t, 5))
        buf_addf(t->out, ",\"cap\":\"%d.00\"", 20 + toy_below(t, 40));
    buf_adds(t->out, "}");
}

static inline void toy_order(struct toy_pack *t) {
    static const char *const MODES[] = {"post", "pooled_rank_then_agency", "wish_by_wish", "reserved_groups"};
    const char *mode = toy_of(t, MODES, 4);
    int key = toy_pick(t, t->stages - 1, true), ties = toy_below(t, 3);
    for (int tries = 0; tries < 6 && (t->q[key].optional || t->q[key].stage < t->stages - 1); tries++)
        key = toy_pick(t, t->stages - 1, true); /* most packs rank by what everybody has at the end */
    buf_addf(t->out, ",\"rank\":{\"key\":\"%s\",\"plus_priority\":%s", t->q[key].code, t->classes && t->q[key].mark && !toy_one_in(t, 4) ? "true" : "false");
    if (t->q[key].mark && toy_one_in(t, 6))
        buf_addf(t->out, ",\"min\":\"%d.00\"", 3 + toy_below(t, 20));
    buf_adds(t->out, "},\"ties\":[");
    bool used[TOY_QUANTITIES] = {false};
    for (int i = 0; i < ties; i++) {
        int q = toy_pick(t, t->stages - 1, true);
        if (used[q])
            continue;
        used[q] = true;
        buf_addf(t->out, "{\"key\":\"%s\",\"order\":\"%s\"},", t->q[q].code, toy_one_in(t, 3) ? "asc" : "desc");
    }
    buf_addf(t->out, "{\"manual\":{\"vi\":\"a\",\"en\":\"a\"}}],\"allocation\":{\"mode\":\"%s\"", mode);
    if (strcmp(mode, "wish_by_wish") == 0)
        buf_addf(t->out, ",\"wishes\":%d%s", 1 + toy_below(t, 3), toy_one_in(t, 3) ? ",\"rest\":\"next_ranked\"" : "");
    if (strcmp(mode, "post") == 0 && toy_one_in(t, 4))
        buf_adds(t->out, ",\"equals\":\"admit\"");
    if (strcmp(mode, "reserved_groups") == 0)
        buf_addf(t->out, ",\"unfilled\":\"%s\",\"groups\":[{\"code\":\"GA\",\"title\":{\"vi\":\"a\",\"en\":\"a\"}},{\"code\":\"GB\",\"title\":{\"vi\":\"a\",\"en\":\"a\"}}]",
                 toy_one_in(t, 2) ? "kept" : "open");
    buf_adds(t->out, "},\"marking\":{\"markers\":2,\"schemes\":[]},\"calendar\":{}");
    if (toy_one_in(t, 2))
        buf_addf(t->out, ",\"reserve\":{\"size\":%d,\"order\":\"ranked\"}", toy_below(t, 5) - 1);
    if (toy_one_in(t, 6))
        buf_addf(t->out, ",\"min_candidates\":%d", 2 + toy_below(t, 4));
    buf_adds(t->out, "}");
}

/* Components stand in the text before the formulas that gates of their stages name, so all are made up first. */
static inline void random_pack(struct random_stream *random, struct buf *out) {
    struct buf components[2], formulas;
    struct toy_pack t = {.random = random};
    t.stages = 1 + toy_below(&t, 2);
    for (int stage = 0; stage < t.stages; stage++) {
        buf_init(&components[stage], 65536);
        t.out = &components[stage];
        int count = 1 + toy_below(&t, 3);
        for (int i = 0; i < count; i++) {
            if (i)
                buf_adds(t.out, ",");
            toy_component(&t, stage);
            if (toy_one_in(&t, 5))
                toy_statistic(&t, stage);
        }
    }
    buf_init(&formulas, 65536);
    t.out = &formulas;
    int count = toy_below(&t, 4);
    for (int i = 0; i < count; i++) {
        if (i)
            buf_adds(t.out, ",");
        toy_formula(&t);
    }
    t.out = out;
    buf_adds(out, "{\"format\":\"khoacu-pack/1\",\"id\":\"TOY\",\"version\":1,\"title\":{\"vi\":\"a\",\"en\":\"a\"},\"valid\":{\"from\":\"2020-01-01\",\"to\":null},"
                  "\"basis\":[{\"ref\":\"a\",\"about\":{\"vi\":\"a\",\"en\":\"a\"}}],\"unconfirmed\":[],\"stages\":[");
    for (int stage = 0; stage < t.stages; stage++) {
        buf_addf(out, "%s{\"code\":\"R%d\",\"title\":{\"vi\":\"a\",\"en\":\"a\"},\"components\":[%s", stage ? "," : "", stage, components[stage].data);
        toy_gates(&t, stage);
        buf_adds(out, "}");
        buf_release(&components[stage]);
    }
    buf_addf(out, "],\"formulas\":[%s", formulas.len ? formulas.data : "");
    buf_release(&formulas);
    toy_priority(&t);
    toy_order(&t);
}

#endif
