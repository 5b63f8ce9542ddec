#include "result_db.h"
#include "result_private.h"

#include "khoacu/marking/marking.h"
#include "khoacu/settle/settle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define FORMS_MAX 200
#define PANELS_MAX 5000

/* Reads the field of a cycle: rows come sorted by code or roll number, ids are found by binary search. */

struct id_place {
    int64_t id;
    uint32_t place;
};
struct id_index {
    struct id_place *rows;
    size_t count;
};

static int compare_ids(const void *a, const void *b) {
    int64_t of_a = ((const struct id_place *)a)->id, of_b = ((const struct id_place *)b)->id;
    return (of_a > of_b) - (of_a < of_b);
}

static enum err index_ids(struct arena *arena, const int64_t *ids, size_t count, struct id_index *ret_index) {
    ret_index->rows = ARENA_ARRAY(arena, count, struct id_place);
    ret_index->count = count;
    if (!ret_index->rows)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        ret_index->rows[i] = (struct id_place){.id = ids[i], .place = (uint32_t)i};
    qsort(ret_index->rows, count, sizeof *ret_index->rows, compare_ids);
    return ERR_NONE;
}

static uint32_t find_id(const struct id_index *index, int64_t id) {
    struct id_place key = {.id = id};
    const struct id_place *found = bsearch(&key, index->rows, index->count, sizeof *index->rows, compare_ids);
    return found ? found->place : UINT32_MAX;
}

/* ---- rows as they come ---- */

struct named_row {
    int64_t id;
    const char *code, *name;
};
struct seat_row {
    int64_t post_id, agency_id, quota;
};
struct candidate_row {
    int64_t id, post_id;
    const char *roll;
    const char *const *classes;
    const int64_t *agencies;
    size_t class_count, agency_count;
};
struct tie_row {
    int64_t number;
    const char *roll, *reason;
};

struct placement_row {
    int64_t number, agency_id;
    const char *roll, *reason;
};

/* A list that grows while rows come in. */
struct rows {
    struct arena *arena;
    void *data;
    size_t count, room, size;
};

static void *next_row(struct rows *rows) {
    if (rows->count == rows->room) {
        size_t room = rows->room ? rows->room * 2 : 64;
        void *more = arena_array(rows->arena, room, rows->size);
        if (!more)
            return NULL;
        if (rows->count)
            memcpy(more, rows->data, rows->count * rows->size);
        rows->data = more;
        rows->room = room;
    }
    return (char *)rows->data + rows->size * rows->count++;
}

static enum err take_named(void *ctx, const struct db_row *row) {
    struct named_row *next = next_row(ctx);
    if (!next)
        return ERR_MEMORY;
    *next = (struct named_row){.id = db_int(row, 0), .code = db_text(row, 1), .name = db_text(row, 2)};
    return ERR_NONE;
}

static enum err take_seat(void *ctx, const struct db_row *row) {
    struct seat_row *next = next_row(ctx);
    if (!next)
        return ERR_MEMORY;
    *next = (struct seat_row){.post_id = db_int(row, 0), .agency_id = db_int(row, 1), .quota = db_int(row, 2)};
    return ERR_NONE;
}

static enum err take_candidate(void *ctx, const struct db_row *row) {
    struct candidate_row *next = next_row(ctx);
    if (!next)
        return ERR_MEMORY;
    *next = (struct candidate_row){.id = db_int(row, 0), .roll = db_text(row, 1), .post_id = db_int(row, 2)};
    next->classes = db_texts(row, 3, &next->class_count);
    next->agencies = db_ints(row, 4, &next->agency_count);
    return ERR_NONE;
}

static enum err take_tie(void *ctx, const struct db_row *row) {
    struct tie_row *next = next_row(ctx);
    if (!next)
        return ERR_MEMORY;
    *next = (struct tie_row){.number = db_int(row, 0), .roll = db_text(row, 1), .reason = db_text(row, 2)};
    return ERR_NONE;
}

static enum err take_placement(void *ctx, const struct db_row *row) {
    struct placement_row *next = next_row(ctx);
    if (!next)
        return ERR_MEMORY;
    *next = (struct placement_row){.number = db_int(row, 0), .roll = db_text(row, 1), .agency_id = db_int(row, 2), .reason = db_text(row, 3)};
    return ERR_NONE;
}

struct collector {
    struct db *db;
    struct arena *arena;
    struct result_collected *out;
    struct rows agencies, posts, seats, candidates, ties, placements;
    struct id_index agency_index, post_index, candidate_index;
};

static enum err unfit(struct collector *c, const char *message, const char *detail) {
    if (!detail)
        return ERR_MEMORY;
    c->out->message = message;
    c->out->detail = detail;
    return ERR_RANGE;
}
#define UNFIT(c, message, ...) unfit((c), (message), arena_printf((c)->arena, __VA_ARGS__))

static enum err fetch(struct collector *c, int64_t cycle_id) {
    c->agencies = (struct rows){.arena = c->arena, .size = sizeof(struct named_row)};
    c->posts = (struct rows){.arena = c->arena, .size = sizeof(struct named_row)};
    c->seats = (struct rows){.arena = c->arena, .size = sizeof(struct seat_row)};
    c->candidates = (struct rows){.arena = c->arena, .size = sizeof(struct candidate_row)};
    c->ties = (struct rows){.arena = c->arena, .size = sizeof(struct tie_row)};
    c->placements = (struct rows){.arena = c->arena, .size = sizeof(struct placement_row)};
    const struct {
        enum db_statement statement;
        db_each_fn *take;
        struct rows *rows;
    } steps[] = {{DB_RESULT_AGENCIES, take_named, &c->agencies},
                 {DB_RESULT_POSTS, take_named, &c->posts},
                 {DB_RESULT_SEATS, take_seat, &c->seats},
                 {DB_RESULT_CANDIDATES, take_candidate, &c->candidates},
                 {DB_RESULT_TIE_DECISIONS, take_tie, &c->ties},
                 {DB_RESULT_PLACEMENT_DECISIONS, take_placement, &c->placements}};
    enum err err = ERR_NONE;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && err == ERR_NONE; i++)
        err = db_many(c->db, c->arena, steps[i].statement, (const struct db_param[]){P_INT(cycle_id)}, 1,
                      RESULT_ROWS_MAX, steps[i].take, steps[i].rows);
    return err;
}

static enum err size_field(struct collector *c) {
    const struct candidate_row *candidates = c->candidates.data;
    const struct tie_row *ties = c->ties.data;
    struct result_sizes sizes = {.agencies = c->agencies.count,
                                 .seats = c->seats.count,
                                 .posts = c->posts.count,
                                 .candidates = c->candidates.count};
    for (size_t i = 0; i < c->candidates.count; i++)
        sizes.preferences += candidates[i].agency_count;
    for (size_t i = 0; i < c->ties.count; i++)
        sizes.ties += i == 0 || ties[i].number != ties[i - 1].number;
    enum err err = result_field_init(c->arena, &sizes, &c->out->field);
    c->out->candidate_ids = ARENA_ARRAY(c->arena, sizes.candidates, int64_t);
    c->out->post_ids = ARENA_ARRAY(c->arena, sizes.posts, int64_t);
    c->out->agency_ids = ARENA_ARRAY(c->arena, sizes.agencies, int64_t);
    return err == ERR_NONE && c->arena->failed ? ERR_MEMORY : err;
}

static enum err fill_posts(struct collector *c) {
    struct result_field *f = &c->out->field;
    const struct named_row *agencies = c->agencies.data, *posts = c->posts.data;
    const struct seat_row *seats = c->seats.data;
    for (size_t i = 0; i < c->agencies.count; i++) {
        f->agencies[i] = agencies[i].code;
        f->agency_names[i] = agencies[i].name;
        c->out->agency_ids[i] = agencies[i].id;
    }
    enum err err = index_ids(c->arena, c->out->agency_ids, c->agencies.count, &c->agency_index);
    if (err != ERR_NONE)
        return err;
    size_t seat = 0;
    for (size_t i = 0; i < c->posts.count; i++) {
        f->posts[i] = (struct rank_post){.code = posts[i].code, .first_seat = (uint32_t)seat};
        f->post_titles[i] = posts[i].name;
        c->out->post_ids[i] = posts[i].id;
        for (; seat < c->seats.count && seats[seat].post_id == posts[i].id; seat++) {
            f->seats[seat] = (struct rank_seat){.agency = find_id(&c->agency_index, seats[seat].agency_id),
                                                .quota = (int32_t)seats[seat].quota};
            f->posts[i].seat_count++;
        }
        if (f->posts[i].seat_count == 0)
            return UNFIT(c, "inputs-unfit", "posts[%s].seats: count", posts[i].code);
    }
    return index_ids(c->arena, c->out->post_ids, c->posts.count, &c->post_index);
}

static enum err fill_candidate(struct collector *c, size_t i, uint32_t *preferences) {
    struct result_field *f = &c->out->field;
    const struct candidate_row *row = &((const struct candidate_row *)c->candidates.data)[i];
    struct rank_candidate *candidate = &f->candidates[i];
    *candidate = (struct rank_candidate){.roll = row->roll,
                                         .post = find_id(&c->post_index, row->post_id),
                                         .first_preference = *preferences,
                                         .preference_count = (uint16_t)row->agency_count};
    c->out->candidate_ids[i] = row->id;
    for (size_t k = 0; k < row->class_count; k++) {
        uint8_t class = rank_class_find(&f->rules, row->classes[k] ? row->classes[k] : "");
        if (class == RANK_NONE)
            return UNFIT(c, "inputs-unfit", "candidates[%s].priority_classes: unknown-class", row->roll);
        candidate->classes |= 1u << class;
    }
    for (size_t k = 0; k < row->agency_count; k++)
        f->preferences[(*preferences)++] = find_id(&c->agency_index, row->agencies[k]);
    return ERR_NONE;
}

static enum err fill_candidates(struct collector *c) {
    uint32_t preferences = 0;
    enum err err = ERR_NONE;
    for (size_t i = 0; i < c->candidates.count && err == ERR_NONE; i++)
        err = fill_candidate(c, i, &preferences);
    return err == ERR_NONE ? index_ids(c->arena, c->out->candidate_ids, c->candidates.count, &c->candidate_index) : err;
}

static enum err fill_ties(struct collector *c) {
    struct result_field *f = &c->out->field;
    const struct tie_row *rows = c->ties.data;
    size_t tie = 0;
    for (size_t from = 0, to; from < c->ties.count; from = to, tie++) {
        for (to = from; to < c->ties.count && rows[to].number == rows[from].number; to++)
            ;
        const char **order = ARENA_ARRAY(c->arena, to - from, const char *);
        if (!order)
            return ERR_MEMORY;
        for (size_t i = from; i < to; i++)
            order[i - from] = rows[i].roll;
        f->ties[tie] = (struct result_tie){
            .number = rows[from].number, .reason = rows[from].reason, .order = order, .count = to - from};
    }
    const char *roll = NULL;
    return result_field_apply_ties(f, &roll) ? ERR_NONE : UNFIT(c, "inputs-unfit", "ties[%s]", roll);
}

/* Only the pooled way has lists that can be exhausted; elsewhere such a decision says nothing. */
static enum err fill_placements(struct collector *c) {
    struct result_field *f = &c->out->field;
    const struct placement_row *rows = c->placements.data;
    if (f->rules.allocation != RANK_ALLOCATE_POOLED)
        return ERR_NONE;
    f->placements = ARENA_ARRAY(c->arena, c->placements.count + 1, struct result_placement);
    if (!f->placements)
        return ERR_MEMORY;
    for (size_t i = 0; i < c->placements.count; i++)
        f->placements[f->placement_count++] = (struct result_placement){
            .number = rows[i].number, .roll = rows[i].roll, .reason = rows[i].reason, .agency = find_id(&c->agency_index, rows[i].agency_id)};
    const char *roll = NULL;
    return result_field_apply_placements(f, &roll) ? ERR_NONE : UNFIT(c, "inputs-unfit", "placements[%s]", roll);
}

/* ---- keys ---- */

static enum err take_key(void *ctx, const struct db_row *row) {
    struct collector *c = ctx;
    struct result_field *f = &c->out->field;
    f->keys[f->key_count++] = (struct result_form_key){.form = db_text(row, 0), .version = db_int(row, 1), .sha256 = db_text(row, 2)};
    c->out->rescoring = c->out->rescoring || db_bool(row, 3);
    return ERR_NONE;
}

static enum err fill_keys(struct collector *c, int64_t cycle_id) {
    c->out->field.keys = ARENA_ARRAY(c->arena, FORMS_MAX, struct result_form_key);
    c->out->field.key_count = 0;
    c->out->rescoring = false;
    return c->out->field.keys ? db_many(c->db, c->arena, DB_REKEY_CYCLE_KEYS, DB_PARAMS(P_INT(cycle_id)), FORMS_MAX, take_key, c) : ERR_MEMORY;
}

/* ---- results ---- */

struct score_taker {
    struct collector *collector;
    uint8_t component;
};

static enum err take_score(void *ctx, const struct db_row *row) {
    struct score_taker *taker = ctx;
    struct collector *c = taker->collector;
    struct result_field *f = &c->out->field;
    uint32_t candidate = find_id(&c->candidate_index, db_int(row, 0));
    const char *status = db_text(row, 1);
    if (candidate == UINT32_MAX || taker->component == RANK_NONE)
        return ERR_NONE;
    size_t at = (size_t)candidate * f->rules.component_count + taker->component;
    if (strcmp(status, "counted") == 0 && (db_int(row, 3) != f->rules.components[taker->component].max ||
                                           db_int(row, 3) + db_int(row, 4) != f->pack->rank.components[taker->component].max))
        return UNFIT(c, "questions-differ", "candidates[%s]: %lld questions", f->candidates[candidate].roll,
                     (long long)db_int(row, 3));
    int known = rank_status_find(status);
    f->statuses[at] =
        strcmp(status, "counted") == 0 ? RANK_STATUS_VALUE : (uint8_t)(known < 0 ? RANK_STATUS_VOID : known);
    f->values[at] = db_int(row, 2);
    return ERR_NONE;
}

/* What was reached in a certificate, where a component of the pack takes it. */
static enum err take_credential(void *ctx, const struct db_row *row) {
    struct collector *c = ctx;
    struct result_field *f = &c->out->field;
    char code[RANK_CODE_SIZE];
    uint32_t candidate = find_id(&c->candidate_index, db_int(row, 0));
    int len = snprintf(code, sizeof code, "%s" CYCLE_CREDENTIAL_MARK, db_text(row, 1));
    uint8_t component = len > 0 && (size_t)len < sizeof code ? rank_component_find(&f->rules, code) : RANK_NONE;
    if (candidate == UINT32_MAX || component == RANK_NONE || f->pack->parts[component].source != CYCLE_PACK_RECORD)
        return ERR_NONE;
    f->statuses[(size_t)candidate * f->rules.component_count + component] = RANK_STATUS_VALUE;
    f->values[(size_t)candidate * f->rules.component_count + component] = db_int(row, 2);
    return ERR_NONE;
}

static enum err take_mark(void *ctx, const struct marking_result *result) {
    static const uint8_t STATUSES[MARKING_STATUS_COUNT] = {[MARKING_AWARDED] = RANK_STATUS_VALUE,
                                                           [MARKING_ABSENT] = RANK_STATUS_ABSENT,
                                                           [MARKING_SUSPENDED] = RANK_STATUS_SUSPENDED,
                                                           [MARKING_VOID] = RANK_STATUS_VOID};
    struct collector *c = ctx;
    struct result_field *f = &c->out->field;
    enum cycle_pack_source source =
        strcmp(result->component, "written") == 0 ? CYCLE_PACK_WRITTEN : CYCLE_PACK_INTERVIEW;
    uint8_t component = cycle_pack_component(f->pack, source);
    uint32_t candidate = find_id(&c->candidate_index, result->candidate_id);
    if (candidate == UINT32_MAX || component == RANK_NONE)
        return UNFIT(c, "inputs-unfit", "a mark of %s belongs to nobody", result->component);
    size_t at = (size_t)candidate * f->rules.component_count + component;
    f->statuses[at] = STATUSES[result->status];
    f->values[at] = result->value;
    return ERR_NONE;
}

static enum err fill_results(struct collector *c, int64_t cycle_id, enum result_marks marks) {
    struct score_taker taker = {.collector = c,
                                .component = cycle_pack_component(c->out->field.pack, CYCLE_PACK_COMPUTER)};
    enum err err =
        db_many(c->db, c->arena, DB_RESULT_SCORES, DB_PARAMS(P_INT(cycle_id)), RESULT_ROWS_MAX, take_score, &taker);
    if (err == ERR_NONE)
        err = db_many(c->db, c->arena, DB_RESULT_CREDENTIALS, DB_PARAMS(P_INT(cycle_id)), RESULT_ROWS_MAX, take_credential, c);
    if (err != ERR_NONE || marks == RESULT_MARKS_NONE)
        return err;
    return marks == RESULT_MARKS_PART ? marking_part_open(c->db, c->arena, cycle_id, RESULT_ROWS_MAX, take_mark, c)
                                      : marking_map_open(c->db, c->arena, cycle_id, RESULT_ROWS_MAX * 2, take_mark, c);
}

/* ---- what panels gave ---- */

/* Rows come by the codes of panels: the last one known, or a new one. */
static const struct result_panel *panel_of(struct collector *c, const struct db_row *row) {
    struct result_field *f = &c->out->field;
    const char *code = db_text(row, 1);
    struct result_panel *panel = f->panel_count ? &f->panels[f->panel_count - 1] : NULL;
    size_t titles = 0, maxes = 0;
    if (panel && strcmp(panel->code, code) == 0)
        return panel;
    if (f->panel_count == PANELS_MAX)
        return NULL;
    panel = &f->panels[f->panel_count++];
    *panel = (struct result_panel){.code = code, .kind = db_text(row, 2), .component = cycle_pack_component(f->pack, CYCLE_PACK_INTERVIEW)};
    panel->titles = db_texts(row, 4, &titles);
    panel->maxes = db_ints(row, 5, &maxes);
    panel->criterion_count = (uint8_t)titles;
    return titles > 0 && titles == maxes ? panel : NULL;
}

static enum err take_panel_marks(void *ctx, const struct db_row *row) {
    struct collector *c = ctx;
    struct result_given *given = ARENA_NEW(c->arena, struct result_given);
    const struct result_panel *panel = panel_of(c, row);
    uint32_t candidate = find_id(&c->candidate_index, db_int(row, 0));
    size_t count = 0;
    const int64_t *rows = db_ints(row, 6, &count);
    int64_t *marks = ARENA_ARRAY(c->arena, count, int64_t);
    if (!given || !marks)
        return ERR_MEMORY;
    if (!panel || panel->component == RANK_NONE || candidate == UINT32_MAX || count == 0 || count % panel->criterion_count != 0 ||
        count / panel->criterion_count > SETTLE_MARKS_MAX)
        return UNFIT(c, "inputs-unfit", "what panel %s gave does not fit", db_text(row, 1));
    memcpy(marks, rows, count * sizeof *marks);
    *given = (struct result_given){.panel = panel, .way = db_text(row, 3), .member_count = (uint8_t)(count / panel->criterion_count), .marks = marks};
    result_given_sort(given);
    c->out->field.given[candidate] = given;
    return ERR_NONE;
}

static enum err fill_panels(struct collector *c, int64_t cycle_id) {
    c->out->field.panel_count = 0;
    c->out->field.panels = ARENA_ARRAY(c->arena, PANELS_MAX, struct result_panel);
    return c->out->field.panels ? db_many(c->db, c->arena, DB_RESULT_PANEL_MARKS, DB_PARAMS(P_INT(cycle_id)), RESULT_ROWS_MAX, take_panel_marks, c) : ERR_MEMORY;
}

/* A cycle has one sitting, one written part and one interview: a pack that asks for more cannot be collected. What is optional may
 * have no result at all (cycle_pack_deliverable). */
static enum err check_sources(struct collector *c) {
    const struct cycle_pack *pack = c->out->field.pack;
    for (uint8_t i = 0; i < pack->rank.component_count; i++)
        if (cycle_pack_component(pack, pack->parts[i].source) != i && !pack->rank.components[i].optional)
            return UNFIT(c, "pack-unfit", "components[%s].source: duplicate", pack->rank.components[i].code);
    return ERR_NONE;
}

enum err result_db_collect(struct db *db, struct arena *arena, const struct result_cycle *of, enum result_marks marks,
                           struct result_collected *ret_collected) {
    struct rank_misfit misfit;
    const struct db_row *row = NULL;
    struct result_cycle bound = *of, *cycle = &bound;
    struct collector c = {.db = db, .arena = arena, .out = ret_collected};
    ret_collected->message = "";
    ret_collected->detail = NULL;
    enum err err = db_one(db, arena, DB_RESULT_DROPPED, DB_PARAMS(P_INT(cycle->cycle_id)), &row);
    if (err != ERR_NONE)
        return err;
    cycle->dropped = db_int(row, 0);
    err = result_db_rules_read(db, arena, cycle, &ret_collected->field, &misfit);
    if (err == ERR_NONE && *misfit.reason)
        err = UNFIT(&c, "pack-unfit", "%s: %s", misfit.path, misfit.reason);
    if (err == ERR_NONE)
        err = check_sources(&c);
    if (err == ERR_NONE)
        err = fetch(&c, cycle->cycle_id);
    if (err == ERR_NONE)
        err = size_field(&c);
    if (err == ERR_NONE)
        err = fill_posts(&c);
    if (err == ERR_NONE)
        err = fill_candidates(&c);
    if (err == ERR_NONE)
        err = fill_ties(&c);
    if (err == ERR_NONE)
        err = fill_placements(&c);
    if (err == ERR_NONE)
        err = fill_keys(&c, cycle->cycle_id);
    if (err == ERR_NONE)
        err = fill_results(&c, cycle->cycle_id, marks);
    if (err == ERR_NONE && marks == RESULT_MARKS_ALL)
        err = fill_panels(&c, cycle->cycle_id);
    if (err == ERR_NONE && marks == RESULT_MARKS_ALL)
        err = result_db_withdrawn(db, arena, cycle->cycle_id, &ret_collected->field);
    return err == ERR_RANGE && *ret_collected->message ? ERR_NONE : err;
}
