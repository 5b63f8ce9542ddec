#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define X(name, key) key,
static const char *const STEPS[] = {RESULT_STEP_TABLE(X)};
#undef X

const char *result_step_key(enum result_step step) {
    return STEPS[step];
}

/* One file under examination. Each step returns ERR_RANGE with a line when something does not hold. */
struct check {
    struct arena *arena;
    const char *bytes;
    size_t len;
    struct result_check *out;
    const struct json *whole;
    struct result_field field;
    struct rank_result result;
};

static enum err fail(struct check *c, const char *line) {
    if (!line)
        return ERR_MEMORY;
    c->out->line = line;
    return ERR_RANGE;
}
#define FAIL(c, ...) fail((c), arena_printf((c)->arena, __VA_ARGS__))

static bool same_text(const struct buf *a, const char *b, size_t len) {
    return a->len == len && (len == 0 || memcmp(a->data, b, len) == 0);
}

struct whole {
    const char *cause, *engine, *format, *previous_sha256;
    const struct json *counts, *cycle, *decisions, *hashes, *inputs, *reservations;
    int64_t version;
    bool demonstration;
};
static const struct json_field WHOLE_FIELDS[] = {JSON_FIELD(struct whole, cause, JSON_STRING, true, 1, 2000),
                                                 JSON_FIELD(struct whole, counts, JSON_OBJECT, true, 0, 0),
                                                 JSON_FIELD(struct whole, cycle, JSON_OBJECT, true, 0, 0),
                                                 JSON_FIELD(struct whole, decisions, JSON_ARRAY, true, 0, UINT32_MAX),
                                                 JSON_FIELD(struct whole, demonstration, JSON_BOOL, true, 0, 0),
                                                 JSON_FIELD(struct whole, engine, JSON_STRING, true, 1, 40),
                                                 JSON_FIELD(struct whole, format, JSON_STRING, true, 1, 40),
                                                 JSON_FIELD(struct whole, hashes, JSON_OBJECT, true, 0, 0),
                                                 JSON_FIELD(struct whole, inputs, JSON_OBJECT, true, 0, 0),
                                                 JSON_FIELD(struct whole, previous_sha256, JSON_STRING, false, 64, 64),
                                                 JSON_FIELD(struct whole, reservations, JSON_ARRAY, false, 0, UINT32_MAX),
                                                 JSON_FIELD(struct whole, version, JSON_INT, true, 1, 1000000),
                                                 {0}};
struct cycle_names {
    const char *authority_en, *authority_vi, *code, *title_en, *title_vi;
};
static const struct json_field CYCLE_FIELDS[] = {
    JSON_FIELD(struct cycle_names, authority_en, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct cycle_names, authority_vi, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct cycle_names, code, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct cycle_names, title_en, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct cycle_names, title_vi, JSON_STRING, true, 1, 300),
    {0}};
struct hashes {
    const char *decisions, *head, *inputs;
};
static const struct json_field HASHES_FIELDS[] = {JSON_FIELD(struct hashes, decisions, JSON_STRING, true, 64, 64),
                                                  JSON_FIELD(struct hashes, head, JSON_STRING, true, 64, 64),
                                                  JSON_FIELD(struct hashes, inputs, JSON_STRING, true, 64, 64),
                                                  {0}};
struct inputs {
    const struct json *agencies, *candidates, *equatings, *keys, *pack, *panels, *placements, *posts, *scales, *ties;
};
static const struct json_field INPUTS_FIELDS[] = {
    JSON_FIELD(struct inputs, agencies, JSON_ARRAY, true, 0, UINT32_MAX),
    JSON_FIELD(struct inputs, candidates, JSON_ARRAY, true, 0, UINT32_MAX),
    JSON_FIELD(struct inputs, equatings, JSON_ARRAY, false, 1, 4),
    JSON_FIELD(struct inputs, keys, JSON_ARRAY, false, 1, 200),
    JSON_FIELD(struct inputs, pack, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct inputs, panels, JSON_ARRAY, false, 1, 5000),
    JSON_FIELD(struct inputs, placements, JSON_ARRAY, false, 1, UINT32_MAX),
    JSON_FIELD(struct inputs, posts, JSON_ARRAY, true, 0, UINT32_MAX),
    JSON_FIELD(struct inputs, scales, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct inputs, ties, JSON_ARRAY, true, 0, UINT32_MAX),
    {0}};

static enum err check_shape(struct check *c, struct whole *whole) {
    struct json_misfits misfits = {0};
    struct cycle_names cycle = {0};
    struct hashes hashes = {0};
    struct inputs inputs = {0};
    bool fits = json_fit(c->arena, c->whole, WHOLE_FIELDS, whole, &misfits);
    misfits.prefix = "cycle";
    fits = fits && json_fit(c->arena, whole->cycle, CYCLE_FIELDS, &cycle, &misfits);
    misfits.prefix = "hashes";
    fits = fits && json_fit(c->arena, whole->hashes, HASHES_FIELDS, &hashes, &misfits);
    misfits.prefix = "inputs";
    fits = fits && json_fit(c->arena, whole->inputs, INPUTS_FIELDS, &inputs, &misfits);
    if (!fits)
        return FAIL(c, "member %s: %s", misfits.list[0].path, misfits.list[0].rule);
    c->out->cycle_code = cycle.code;
    c->out->version = whole->version;
    c->out->previous_sha256 = whole->previous_sha256;
    c->out->demonstration = whole->demonstration;
    if (strcmp(whole->format, RESULT_BUNDLE_FORMAT) != 0)
        return FAIL(c, "format %s is not " RESULT_BUNDLE_FORMAT, whole->format);
    if (strcmp(whole->engine, RANK_ENGINE) != 0)
        return FAIL(c, "engine %s is not " RANK_ENGINE ", with which this program recomputes", whole->engine);
    uint8_t sha256[CRYPTO_SHA256_LEN];
    if (whole->previous_sha256 && !text_unhex(whole->previous_sha256, sha256, sizeof sha256))
        return FAIL(c, "previous_sha256 is no SHA-256");
    if ((whole->version > 1) != (whole->previous_sha256 != NULL))
        return FAIL(c, "version %lld and previous_sha256 contradict each other", (long long)whole->version);
    return ERR_NONE;
}

static enum err check_form(struct check *c, struct whole *whole) {
    struct json_error error = {0};
    enum err err = json_read(c->arena, c->bytes, c->len, &c->whole, &error);
    if (err == ERR_SYNTAX || err == ERR_LIMIT)
        return FAIL(c, "byte %zu: %s", error.offset, error.reason);
    if (err != ERR_NONE)
        return err;
    struct buf canonical CLEANUP(buf_release);
    buf_init(&canonical, c->len + 1024);
    err = json_canonical(c->whole, &canonical);
    if (err == ERR_MEMORY)
        return err;
    if (err != ERR_NONE || !same_text(&canonical, c->bytes, c->len)) {
        size_t at = 0;
        while (canonical.data && at < canonical.len && at < c->len && canonical.data[at] == c->bytes[at])
            at++;
        return FAIL(c, "byte %zu: the text is not in canonical form (RFC 8785)", at);
    }
    return check_shape(c, whole);
}

static enum err check_hash(struct check *c, const struct buf *section, const struct whole *whole, const char *name) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char computed[2 * CRYPTO_SHA256_LEN + 1];
    crypto_sha256(section->data, section->len, sha256);
    text_hex(sha256, sizeof sha256, computed);
    const char *stated = json_text(json_get(whole->hashes, name));
    return strcmp(stated, computed) == 0 ? ERR_NONE
                                         : FAIL(c, "hashes.%s states %s, the file has %s", name, stated, computed);
}

/* All members but the sections and the hashes. */
static enum err write_head(struct check *c, struct buf *out) {
    buf_addc(out, '{');
    for (size_t i = 0, put = 0; i < json_count(c->whole); i++) {
        const char *name = json_key_at(c->whole, i);
        if (strcmp(name, "decisions") == 0 || strcmp(name, "hashes") == 0 || strcmp(name, "inputs") == 0)
            continue;
        buf_addf(out, "%s\"%s\":", put++ ? "," : "", name);
        enum err err = json_canonical(json_at(c->whole, i), out);
        if (err != ERR_NONE)
            return err;
    }
    buf_addc(out, '}');
    return ERR_NONE;
}

static enum err check_hashes(struct check *c, const struct whole *whole) {
    struct buf text CLEANUP(buf_release);
    buf_init(&text, c->len + 1024);
    enum err err = write_head(c, &text);
    if (err == ERR_NONE)
        err = check_hash(c, &text, whole, "head");
    buf_reset(&text);
    if (err == ERR_NONE)
        err = json_canonical(whole->inputs, &text);
    if (err == ERR_NONE)
        err = check_hash(c, &text, whole, "inputs");
    buf_reset(&text);
    if (err == ERR_NONE)
        err = json_canonical(whole->decisions, &text);
    return err == ERR_NONE ? check_hash(c, &text, whole, "decisions") : err;
}

static enum err check_inputs(struct check *c, const struct whole *whole) {
    const char *line = NULL;
    enum err err = result_field_read(c->arena, whole->inputs, &c->field, &line);
    if (err == ERR_RANGE)
        return fail(c, line);
    struct rank_misfit misfit;
    if (err == ERR_NONE)
        err = rank_run(&c->field.inputs, &c->result, &misfit);
    if (err == ERR_RANGE)
        return FAIL(c, "%s: %s", misfit.path, misfit.reason);
    for (uint32_t i = 0; i < c->field.inputs.candidate_count && err == ERR_NONE; i++)
        err = result_given_check(c->arena, &c->field, i, &line);
    if (err == ERR_RANGE)
        return fail(c, line);
    if (err != ERR_NONE)
        return err;
    c->out->equatings = c->field.equatings;
    c->out->equating_count = c->field.equating_count;
    c->out->candidates = c->field.inputs.candidate_count;
    c->out->posts = c->field.inputs.post_count;
    c->out->selected = c->result.outcomes[RANK_SELECTED];
    c->out->unresolved = c->result.unresolved;
    for (uint32_t i = 0; i < c->field.inputs.candidate_count; i++)
        c->out->withheld += c->field.candidates[i].stated;
    /* What is published of priority is what decided, and no more. */
    for (uint32_t i = 0; i < c->field.inputs.candidate_count; i++)
        if (c->field.candidates[i].classes && !c->result.decisions[i].passed && c->result.decisions[i].reason != RANK_BY_TOTAL_LOW &&
            c->result.decisions[i].reason != RANK_BY_WITHDRAWN)
            return FAIL(c, "candidate %s has not passed, and priority points are stated", c->field.candidates[i].roll);
    return ERR_NONE;
}

static const char *text_of(struct arena *arena, const struct json *value) {
    int64_t number = 0;
    if (json_kind(value) == JSON_INT && json_int(value, &number))
        return arena_printf(arena, "%lld", (long long)number);
    const char *text = json_text(value);
    return text ? text : "nothing";
}

/* The first member in which two decisions differ. */
static enum err tell_difference(struct check *c, const struct json *stated, const struct json *computed) {
    const char *roll = text_of(c->arena, json_get(computed, "roll_number"));
    static const char *const FIRST[] = {"roll_number", "outcome", "place", "raw", "priority", "total", "agency"};
    for (size_t i = 0; i < sizeof FIRST / sizeof *FIRST; i++) {
        const char *a = text_of(c->arena, json_get(stated, FIRST[i]));
        const char *b = text_of(c->arena, json_get(computed, FIRST[i]));
        if (a && b && strcmp(a, b) != 0)
            return FAIL(c, "candidate %s: %s is stated as %s, computed as %s", roll, FIRST[i], a, b);
    }
    for (size_t i = 0; i < json_count(computed); i++) {
        const char *name = json_key_at(computed, i);
        const char *a = text_of(c->arena, json_get(stated, name)), *b = text_of(c->arena, json_at(computed, i));
        if (a && b && strcmp(a, b) != 0)
            return FAIL(c, "candidate %s: %s is stated as %s, computed as %s", roll, name, a, b);
    }
    return FAIL(c, "candidate %s: the decision has members that do not belong there", roll);
}

static enum err check_decisions(struct check *c, const struct whole *whole) {
    uint32_t count = c->field.inputs.candidate_count;
    if (json_count(whole->decisions) != count)
        return FAIL(c, "%zu decisions for %u candidates", json_count(whole->decisions), count);
    struct buf stated CLEANUP(buf_release), computed CLEANUP(buf_release);
    buf_init(&stated, c->len + 1024);
    buf_init(&computed, c->len + 65536);
    for (uint32_t i = 0; i < count; i++) {
        struct json_writer w;
        buf_reset(&stated);
        buf_reset(&computed);
        json_writer_init(&w, &computed);
        result_decision_write(&w, &c->field, &c->result, i);
        enum err err = json_canonical(json_at(whole->decisions, i), &stated);
        if (err != ERR_NONE || computed.failed)
            return err == ERR_NONE ? ERR_MEMORY : err;
        if (same_text(&stated, computed.data, computed.len))
            continue;
        const struct json *tree = NULL;
        err = json_read(c->arena, computed.data, computed.len, &tree, NULL);
        return err == ERR_NONE ? tell_difference(c, json_at(whole->decisions, i), tree) : err;
    }
    return ERR_NONE;
}

static enum err check_counts_stated(struct check *c, const struct whole *whole) {
    struct buf stated CLEANUP(buf_release), computed CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&stated, c->len + 1024);
    buf_init(&computed, 4096);
    json_writer_init(&w, &computed);
    result_counts_write(&w, &c->field, &c->result);
    enum err err = json_canonical(whole->counts, &stated);
    if (err != ERR_NONE)
        return err;
    return same_text(&stated, computed.data, computed.len)
               ? ERR_NONE
               : FAIL(c, "counts are stated as %.600s, computed as %.600s", stated.data, computed.data);
}

/* What reserved seats came to, where the pack reserves any. */
static enum err check_reservations(struct check *c, const struct whole *whole) {
    struct buf stated CLEANUP(buf_release), computed CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&stated, c->len + 1024);
    buf_init(&computed, 64u << 20);
    bool reserved = c->field.rules.allocation == RANK_ALLOCATE_RESERVED;
    if (reserved != (whole->reservations != NULL))
        return FAIL(c, "reservations are %s", reserved ? "missing" : "stated, and the pack reserves no seat");
    if (!reserved)
        return ERR_NONE;
    json_writer_init(&w, &computed);
    result_reservations_write(&w, &c->field, &c->result);
    enum err err = json_canonical(whole->reservations, &stated);
    if (err != ERR_NONE || computed.failed)
        return err == ERR_NONE ? ERR_MEMORY : err;
    return same_text(&stated, computed.data, computed.len)
               ? ERR_NONE
               : FAIL(c, "reservations are stated as %.600s, computed as %.600s", stated.data, computed.data);
}

static enum err take_steps(struct check *c) {
    struct whole whole = {0};
    const char *line = NULL;
    for (enum result_step step = RESULT_STEP_FORM; step < RESULT_STEP_COUNT; step++) {
        enum err err = ERR_NONE;
        c->out->failed = step;
        switch (step) {
        case RESULT_STEP_FORM:
            err = check_form(c, &whole);
            break;
        case RESULT_STEP_HASHES:
            err = check_hashes(c, &whole);
            break;
        case RESULT_STEP_PACK:
            err = result_rules_read(c->arena, whole.inputs, &c->field, &line);
            err = err == ERR_RANGE ? fail(c, line) : err;
            break;
        case RESULT_STEP_INPUTS:
            err = check_inputs(c, &whole);
            break;
        case RESULT_STEP_DECISIONS:
            err = check_decisions(c, &whole);
            break;
        case RESULT_STEP_COUNTS:
            err = check_counts_stated(c, &whole);
            if (err == ERR_NONE)
                err = check_reservations(c, &whole);
            if (err == ERR_NONE)
                err = result_check_quotas(c->arena, &c->field, &c->result, &line);
            err = err == ERR_RANGE && line ? fail(c, line) : err;
            break;
        case RESULT_STEP_COUNT:
            break;
        }
        if (err != ERR_NONE)
            return err;
    }
    c->out->failed = RESULT_STEP_COUNT;
    return ERR_NONE;
}

enum err result_verify(struct arena *arena, const char *bytes, size_t len, struct result_check *ret_check) {
    struct result_check out = {.line = "", .cycle_code = ""};
    struct check c = {.arena = arena, .bytes = bytes, .len = len, .out = &out};
    uint8_t sha256[CRYPTO_SHA256_LEN];
    crypto_sha256(bytes, len, sha256);
    text_hex(sha256, sizeof sha256, out.sha256);
    enum err err = take_steps(&c);
    rank_result_release(&c.result);
    if (err != ERR_NONE && err != ERR_RANGE)
        return err;
    *ret_check = out;
    return ERR_NONE;
}

void result_check_write(struct json_writer *w, const struct result_check *check, const char *failed_step) {
    if (check->failed != RESULT_STEP_COUNT)
        failed_step = result_step_key(check->failed);
    json_member_text(w, "sha256", check->sha256);
    json_member_text(w, "cycle", check->cycle_code);
    json_member_int(w, "version", check->version);
    json_member_bool(w, "demonstration", check->demonstration);
    json_put_key(w, "steps");
    json_open_array(w);
    for (enum result_step step = RESULT_STEP_FORM; step < RESULT_STEP_COUNT && step <= check->failed; step++) {
        json_open_object(w);
        json_member_text(w, "step", result_step_key(step));
        json_member_bool(w, "holds", step != check->failed);
        json_close_object(w);
    }
    json_close_array(w);
    json_member_text(w, "failed_step", failed_step);
    json_member_text(w, "line", *check->line ? check->line : NULL);
    json_member_int(w, "candidates", check->candidates);
    json_member_int(w, "posts", check->posts);
    json_member_int(w, "selected", check->selected);
    json_member_int(w, "unresolved", check->unresolved);
    json_member_int(w, "withheld", check->withheld);
}
