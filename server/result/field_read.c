#include "result_private.h"

#include "khoacu/result/equating.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* Reads the section `inputs` of a result file. The first thing that does not fit ends the reading. */
struct field_reader {
    struct arena *arena;
    struct result_field *field;
    const char *line;
    uint32_t seats, preferences; /* filled so far */
};

static enum err refuse(struct field_reader *r, const char *line) {
    if (!line)
        return ERR_MEMORY;
    r->line = line;
    return ERR_RANGE;
}
#define REFUSE(r, ...) refuse((r), arena_printf((r)->arena, __VA_ARGS__))

bool result_members_are(const struct json *object, const char *const *names) {
    size_t found = 0;
    for (; *names; names++) {
        bool optional = **names == '?';
        if (json_get(object, *names + optional))
            found++;
        else if (!optional)
            return false;
    }
    return json_kind(object) == JSON_OBJECT && found == json_count(object);
}

bool result_marks_of(const char *text, int64_t *ret_value) {
    char again[24];
    int64_t value = 0;
    if (!text || !text_parse_hundredths(text, &value))
        return false;
    text_format_hundredths(value, again);
    if (strcmp(again, text) != 0)
        return false;
    *ret_value = value;
    return true;
}

static enum err read_agencies(struct field_reader *r, const struct json *list) {
    static const char *const MEMBERS[] = {"code", "name", NULL};
    struct result_field *f = r->field;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_at(list, i);
        f->agencies[i] = json_text(json_get(one, "code"));
        f->agency_names[i] = json_text(json_get(one, "name"));
        if (!result_members_are(one, MEMBERS) || !f->agencies[i] || !f->agency_names[i])
            return REFUSE(r, "inputs.agencies[%zu] is not {code, name}", i);
        if (i > 0 && strcmp(f->agencies[i - 1], f->agencies[i]) >= 0)
            return REFUSE(r, "inputs.agencies[%zu]: %s is not in order of codes", i, f->agencies[i]);
    }
    return ERR_NONE;
}

static enum err read_seat(struct field_reader *r, const struct json *one, const char *post) {
    static const char *const MEMBERS[] = {"agency", "?carried", "?group", "quota", NULL};
    struct result_field *f = r->field;
    const char *group = json_text(json_get(one, "group"));
    const char *agency = json_text(json_get(one, "agency"));
    int64_t quota = 0, carried = 0;
    bool brought = json_get(one, "carried") != NULL;
    if (!result_members_are(one, MEMBERS) || !agency || !json_int(json_get(one, "quota"), &quota) || (brought && !json_int(json_get(one, "carried"), &carried)))
        return REFUSE(r, "post %s: a seat is not {agency, quota}", post);
    uint32_t at = result_code_find(f->agencies, f->inputs.agency_count, agency);
    if (at == UINT32_MAX)
        return REFUSE(r, "post %s: unknown agency %s", post, agency);
    if (quota < 0 || quota > 1000000)
        return REFUSE(r, "post %s: quota %lld of %s", post, (long long)quota, agency);
    if (brought && (carried < 1 || carried > quota))
        return REFUSE(r, "post %s: %lld places of %s are carried over, of %lld", post, (long long)carried, agency, (long long)quota);
    if (json_get(one, "group") && (!group || rank_group_find(&f->rules, group) == RANK_NONE))
        return REFUSE(r, "post %s: unknown group of a seat", post);
    f->seats[r->seats++] = (struct rank_seat){.agency = at,
                                              .quota = (int32_t)quota,
                                              .carried = (int32_t)carried,
                                              .group = group ? (uint8_t)(rank_group_find(&f->rules, group) + 1) : 0};
    return ERR_NONE;
}

static enum err read_posts(struct field_reader *r, const struct json *list, const char **codes) {
    static const char *const MEMBERS[] = {"code", "seats", "title", NULL};
    struct result_field *f = r->field;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_at(list, i), *seats = json_get(one, "seats");
        codes[i] = json_text(json_get(one, "code"));
        f->post_titles[i] = json_text(json_get(one, "title"));
        if (!result_members_are(one, MEMBERS) || !codes[i] || !f->post_titles[i] || json_kind(seats) != JSON_ARRAY)
            return REFUSE(r, "inputs.posts[%zu] is not {code, seats, title}", i);
        if (i > 0 && strcmp(codes[i - 1], codes[i]) >= 0)
            return REFUSE(r, "inputs.posts[%zu]: %s is not in order of codes", i, codes[i]);
        f->posts[i] =
            (struct rank_post){.code = codes[i], .first_seat = r->seats, .seat_count = (uint32_t)json_count(seats)};
        for (size_t k = 0; k < json_count(seats); k++) {
            enum err err = read_seat(r, json_at(seats, k), codes[i]);
            if (err != ERR_NONE)
                return err;
        }
    }
    return ERR_NONE;
}

static enum err read_result(struct field_reader *r, const char *roll, const char *code, const struct json *value,
                            int64_t *values, uint8_t *statuses) {
    const struct rank_pack *rules = &r->field->rules;
    uint8_t component = rank_component_find(rules, code);
    if (component == RANK_NONE || rules->components[component].statistic != RANK_STATISTIC_GIVEN)
        return REFUSE(r, "candidate %s: unknown part %s", roll, code);
    int status = rank_status_find(json_text(value));
    bool is_value = rules->components[component].unit == RANK_UNIT_COUNT
                        ? json_int(value, &values[component])
                        : result_marks_of(json_text(value), &values[component]);
    if (!is_value && (status < 0 || status == RANK_STATUS_NONE || status == RANK_STATUS_VALUE))
        return REFUSE(r, "candidate %s: %s is neither a value nor a known state", roll, code);
    statuses[component] = is_value ? RANK_STATUS_VALUE : (uint8_t)status;
    return ERR_NONE;
}

/* Points stand for the first class that has them: the file does not say which class it was. */
static enum err read_priority(struct field_reader *r, const struct json *value, struct rank_candidate *c) {
    const struct rank_pack *rules = &r->field->rules;
    int64_t points = 0;
    if (!value)
        return ERR_NONE;
    for (uint8_t i = 0; result_marks_of(json_text(value), &points) && i < rules->class_count; i++)
        if (rules->classes[i].points == points) {
            c->classes = 1u << i;
            return ERR_NONE;
        }
    return REFUSE(r, "candidate %s: no class of the pack has the priority points stated", c->roll);
}

/* {sha256, total} in place of results and priority. */
/* A total may be below zero where wrong answers cost marks. */
static bool total_of(const char *text, int64_t *ret_value) {
    bool below = text && *text == '-';
    if (!result_marks_of(below ? text + 1 : text, ret_value) || (below && *ret_value == 0))
        return false;
    *ret_value = below ? -*ret_value : *ret_value;
    return true;
}

static enum err read_withheld(struct field_reader *r, const struct json *withheld, struct rank_candidate *c,
                              const char **ret_sha256) {
    static const char *const MEMBERS[] = {"sha256", "total", NULL};
    uint8_t sha256[32];
    const char *text = json_text(json_get(withheld, "sha256"));
    if (!result_members_are(withheld, MEMBERS) || !text || !text_unhex(text, sha256, sizeof sha256) ||
        !total_of(json_text(json_get(withheld, "total")), &c->stated_total))
        return REFUSE(r, "candidate %s: withheld is not {sha256, total}", c->roll);
    c->stated = true;
    *ret_sha256 = text;
    return ERR_NONE;
}

static enum err read_groups(struct field_reader *r, const struct json *list, struct rank_candidate *c) {
    for (size_t k = 0; k < json_count(list); k++) {
        const char *code = json_text(json_at(list, k));
        uint8_t group = code ? rank_group_find(&r->field->rules, code) : RANK_NONE;
        if (group == RANK_NONE || c->groups >> group)
            return REFUSE(r, "candidate %s: unknown group, or not in the pack's order", c->roll);
        c->groups |= (uint16_t)(1u << group);
    }
    return ERR_NONE;
}

static enum err read_shifts(struct field_reader *r, const struct json *shifts, const char *roll, uint32_t *groups) {
    for (size_t k = 0; k < json_count(shifts); k++) {
        uint8_t component = rank_component_find(&r->field->rules, json_key_at(shifts, k));
        int64_t shift = 0;
        if (component == RANK_NONE || !json_int(json_at(shifts, k), &shift) || shift < 1 || shift > UINT32_MAX)
            return REFUSE(r, "candidate %s: shifts names no part or no number", roll);
        groups[component] = (uint32_t)shift;
    }
    return ERR_NONE;
}

/* What only some packs have. */
static enum err read_standing(struct field_reader *r, const struct json *one, size_t i) {
    struct result_field *f = r->field;
    struct rank_candidate *c = &f->candidates[i];
    const struct json *kept = json_get(one, "kept");
    c->relaxed = json_get(one, "relaxed") != NULL;
    c->withdrawn = json_get(one, "withdrawn") != NULL;
    bool truth = true;
    if ((c->relaxed && (!json_bool(json_get(one, "relaxed"), &truth) || !truth)) ||
        (c->withdrawn && (!json_bool(json_get(one, "withdrawn"), &truth) || !truth)))
        return REFUSE(r, "candidate %s: relaxed and withdrawn are true or not there", c->roll);
    if (kept) {
        const char *agency = json_text(kept);
        c->kept = true;
        c->kept_agency = agency ? result_code_find(f->agencies, f->inputs.agency_count, agency) : UINT32_MAX;
    }
    if (json_get(one, "kept_group")) {
        const char *group = json_text(json_get(one, "kept_group"));
        if (!kept || !group || rank_group_find(&f->rules, group) == RANK_NONE)
            return REFUSE(r, "candidate %s: kept_group is no group, or nothing is kept", c->roll);
        c->kept_group = (uint8_t)(rank_group_find(&f->rules, group) + 1);
    }
    enum err err = read_groups(r, json_get(one, "groups"), c);
    return err == ERR_NONE ? read_shifts(r, json_get(one, "shifts"), c->roll, f->groups + i * f->rules.component_count) : err;
}

static enum err read_candidate(struct field_reader *r, const struct json *one, size_t i, const char *const *posts) {
    static const char *const OPEN[] = {"agencies", "?groups", "?kept",       "?kept_group", "?panel",  "post",       "?priority", "?relaxed",
                                       "results",  "roll_number", "?shifts", "?withdrawn",  NULL};
    static const char *const WITHHELD[] = {"agencies", "?groups", "?kept", "?kept_group", "post", "?relaxed", "roll_number", "?withdrawn", "withheld", NULL};
    struct result_field *f = r->field;
    struct rank_candidate *c = &f->candidates[i];
    const char *post = json_text(json_get(one, "post"));
    const struct json *results = json_get(one, "results"), *agencies = json_get(one, "agencies"),
                      *withheld = json_get(one, "withheld");
    c->roll = json_text(json_get(one, "roll_number"));
    if (!result_members_are(one, withheld ? WITHHELD : OPEN) || !c->roll || !*c->roll || !post ||
        (!withheld && json_kind(results) != JSON_OBJECT) || json_kind(agencies) != JSON_ARRAY)
        return REFUSE(r, "inputs.candidates[%zu] has not the members that a candidate has", i);
    if (i > 0 && strcmp(f->candidates[i - 1].roll, c->roll) >= 0)
        return REFUSE(r, "candidate %s is not in order of roll numbers", c->roll);
    c->post = result_code_find(posts, f->inputs.post_count, post);
    if (c->post == UINT32_MAX)
        return REFUSE(r, "candidate %s: unknown post %s", c->roll, post);
    c->first_preference = r->preferences;
    for (size_t k = 0; k < json_count(agencies); k++) {
        const char *agency = json_text(json_at(agencies, k));
        uint32_t at = agency ? result_code_find(f->agencies, f->inputs.agency_count, agency) : UINT32_MAX;
        if (at == UINT32_MAX || k == 255)
            return REFUSE(r, "candidate %s: unknown agency %s", c->roll, agency ? agency : "");
        f->preferences[r->preferences++] = at;
        c->preference_count++;
    }
    if (withheld) {
        enum err stated = read_withheld(r, withheld, c, &f->withheld[i]);
        return stated == ERR_NONE ? read_standing(r, one, i) : stated;
    }
    size_t row = i * f->rules.component_count;
    enum err err = ERR_NONE;
    for (size_t k = 0; k < json_count(results) && err == ERR_NONE; k++)
        err = read_result(r, c->roll, json_key_at(results, k), json_at(results, k), f->values + row, f->statuses + row);
    if (err == ERR_NONE)
        err = read_standing(r, one, i);
    if (err == ERR_NONE)
        err = result_given_read(r->arena, json_get(one, "panel"), f, (uint32_t)i, &r->line);
    return err == ERR_NONE ? read_priority(r, json_get(one, "priority"), c) : err;
}

static enum err read_ties(struct field_reader *r, const struct json *list) {
    static const char *const MEMBERS[] = {"number", "order", "reason", NULL};
    struct result_field *f = r->field;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_at(list, i), *order = json_get(one, "order");
        struct result_tie *tie = &f->ties[i];
        tie->reason = json_text(json_get(one, "reason"));
        tie->count = json_count(order);
        tie->order = ARENA_ARRAY(r->arena, tie->count, const char *);
        if (!tie->order)
            return ERR_MEMORY;
        if (!result_members_are(one, MEMBERS) || !tie->reason || json_kind(order) != JSON_ARRAY ||
            !json_int(json_get(one, "number"), &tie->number) || tie->number < 1 || tie->number > INT32_MAX ||
            (i > 0 && tie->number <= f->ties[i - 1].number))
            return REFUSE(r, "inputs.ties[%zu] is no recorded decision", i);
        for (size_t k = 0; k < tie->count; k++) {
            tie->order[k] = json_text(json_at(order, k));
            if (!tie->order[k])
                return REFUSE(r, "inputs.ties[%zu].order[%zu] is no roll number", i, k);
        }
    }
    const char *roll = NULL;
    if (!result_field_apply_ties(f, &roll))
        return REFUSE(r, "inputs.ties: roll number %s is unknown or there twice", roll);
    return ERR_NONE;
}

static enum err read_placements(struct field_reader *r, const struct json *list) {
    static const char *const MEMBERS[] = {"agency", "number", "reason", "roll_number", NULL};
    struct result_field *f = r->field;
    f->placement_count = json_count(list);
    f->placements = ARENA_ARRAY(r->arena, f->placement_count, struct result_placement);
    if (!f->placements)
        return ERR_MEMORY;
    for (size_t i = 0; i < f->placement_count; i++) {
        const struct json *one = json_at(list, i);
        struct result_placement *p = &f->placements[i];
        const char *agency = json_text(json_get(one, "agency"));
        *p = (struct result_placement){.roll = json_text(json_get(one, "roll_number")), .reason = json_text(json_get(one, "reason"))};
        p->agency = agency ? result_code_find(f->agencies, f->inputs.agency_count, agency) : UINT32_MAX;
        if (!result_members_are(one, MEMBERS) || !p->roll || !p->reason || p->agency == UINT32_MAX || !json_int(json_get(one, "number"), &p->number) ||
            p->number < 1 || p->number > INT32_MAX || (i > 0 && p->number <= p[-1].number))
            return REFUSE(r, "inputs.placements[%zu] is no decision on an agency", i);
    }
    const char *roll = NULL;
    if (!result_field_apply_placements(f, &roll))
        return REFUSE(r, "inputs.placements: unknown roll number %s", roll);
    return ERR_NONE;
}

/* Which version of each form's key: named for whoever compares; nothing is computed from it. */
static enum err read_keys(struct field_reader *r, const struct json *list) {
    static const char *const MEMBERS[] = {"form", "sha256", "version", NULL};
    struct result_field *f = r->field;
    uint8_t sha256[32];
    f->key_count = json_count(list);
    f->keys = ARENA_ARRAY(r->arena, f->key_count, struct result_form_key);
    if (!f->keys)
        return ERR_MEMORY;
    for (size_t i = 0; i < f->key_count; i++) {
        const struct json *one = json_at(list, i);
        struct result_form_key *key = &f->keys[i];
        *key = (struct result_form_key){.form = json_text(json_get(one, "form")), .sha256 = json_text(json_get(one, "sha256"))};
        if (!result_members_are(one, MEMBERS) || !key->form || !key->sha256 || !text_unhex(key->sha256, sha256, sizeof sha256) ||
            !json_int(json_get(one, "version"), &key->version) || key->version < 1 || key->version > INT32_MAX)
            return REFUSE(r, "inputs.keys[%zu] is not {form, sha256, version}", i);
        if (i > 0 && strcmp(f->keys[i - 1].form, key->form) >= 0)
            return REFUSE(r, "inputs.keys[%zu]: %s is not in order of codes", i, key->form);
    }
    return ERR_NONE;
}

/* The pack, and the scales that the cycle chose: exactly those components whose scale the pack leaves to it. */
static enum err read_rules(struct field_reader *r, const struct json *inputs) {
    struct result_field *f = r->field;
    struct json_misfits misfits = {0};
    f->pack = ARENA_NEW(r->arena, struct cycle_pack);
    if (!f->pack)
        return ERR_MEMORY;
    enum err err = cycle_pack_of_json(r->arena, json_get(inputs, "pack"), f->pack, &misfits);
    if (err == ERR_RANGE)
        return REFUSE(r, "inputs.pack.%s: %s", misfits.list[0].path, misfits.list[0].rule);
    if (err != ERR_NONE)
        return err;
    const struct json *scales = json_get(inputs, "scales");
    size_t known = 0;
    for (uint8_t i = 0; i < f->pack->rank.component_count; i++) {
        const struct json *questions = json_get(scales, f->pack->rank.components[i].code);
        if (!f->pack->parts[i].scale_from_cycle && f->pack->parts[i].source == CYCLE_PACK_COMPUTER && questions) {
            int64_t *counted = &f->scales.max[CYCLE_PACK_COMPUTER];
            if (!json_int(questions, counted) || *counted < 1 || *counted >= f->pack->rank.components[i].max)
                return REFUSE(r, "inputs.scales.%s is not fewer questions than the pack has", f->pack->rank.components[i].code);
            known++;
        }
        if (!f->pack->parts[i].scale_from_cycle)
            continue;
        const char *text = json_text(json_get(scales, f->pack->rank.components[i].code));
        if (!result_marks_of(text, &f->scales.max[f->pack->parts[i].source]))
            return REFUSE(r, "inputs.scales.%s is no mark", f->pack->rank.components[i].code);
        known++;
    }
    if (json_kind(scales) != JSON_OBJECT || json_count(scales) != known)
        return REFUSE(r, "inputs.scales names a part whose scale the pack does not leave open");
    struct rank_misfit misfit;
    err = cycle_pack_bind(f->pack, &f->scales, &f->rules, &misfit);
    return err == ERR_RANGE ? REFUSE(r, "%s: %s", misfit.path, misfit.reason) : err;
}

static enum err read_field(struct field_reader *r, const struct json *inputs) {
    const struct json *agencies = json_get(inputs, "agencies"), *posts = json_get(inputs, "posts"),
                      *candidates = json_get(inputs, "candidates"), *ties = json_get(inputs, "ties");
    if (json_kind(agencies) != JSON_ARRAY || json_kind(posts) != JSON_ARRAY || json_kind(candidates) != JSON_ARRAY ||
        json_kind(ties) != JSON_ARRAY)
        return REFUSE(r, "inputs: agencies, posts, candidates and ties are lists");
    struct result_sizes sizes = {.agencies = json_count(agencies),
                                 .posts = json_count(posts),
                                 .candidates = json_count(candidates),
                                 .ties = json_count(ties)};
    for (size_t i = 0; i < sizes.posts; i++)
        sizes.seats += json_count(json_get(json_at(posts, i), "seats"));
    for (size_t i = 0; i < sizes.candidates; i++)
        sizes.preferences += json_count(json_get(json_at(candidates, i), "agencies"));
    enum err err = result_field_init(r->arena, &sizes, r->field);
    const char **codes = ARENA_ARRAY(r->arena, sizes.posts, const char *);
    if (err == ERR_NONE)
        err = codes ? read_agencies(r, agencies) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = read_posts(r, posts, codes);
    if (err == ERR_NONE)
        err = result_panels_read(r->arena, json_get(inputs, "panels"), r->field, &r->line);
    for (size_t i = 0; i < sizes.candidates && err == ERR_NONE; i++)
        err = read_candidate(r, json_at(candidates, i), i, codes);
    if (err == ERR_NONE)
        err = result_equatings_read(r->arena, json_get(inputs, "equatings"), r->field, &r->line);
    if (err == ERR_NONE)
        err = read_keys(r, json_get(inputs, "keys"));
    if (err == ERR_NONE)
        err = read_placements(r, json_get(inputs, "placements"));
    return err == ERR_NONE ? read_ties(r, ties) : err;
}

enum err result_rules_read(struct arena *arena, const struct json *inputs, struct result_field *ret_field,
                           const char **ret_line) {
    struct field_reader r = {.arena = arena, .field = ret_field};
    enum err err = read_rules(&r, inputs);
    if (err == ERR_RANGE)
        *ret_line = r.line;
    return err;
}

enum err result_field_read(struct arena *arena, const struct json *inputs, struct result_field *field,
                           const char **ret_line) {
    struct field_reader r = {.arena = arena, .field = field};
    enum err err = read_field(&r, inputs);
    if (err == ERR_RANGE)
        *ret_line = r.line;
    return err;
}
