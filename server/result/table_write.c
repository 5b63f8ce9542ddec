#include "khoacu/result/table.h"

#include "result_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "khoacu/base/banned.h"

const char *const RESULT_TABLE_HEADINGS[RESULT_TABLE_COLUMNS] = {
    "post_code", "post_title", "rank", "roll_number", "raw",   "priority",    "total",         "outcome", "agency",
    "group",     "reserve",    "reason", "at",        "value", "bound",       "explanation_vi", "explanation_en",
    "steps_vi",  "steps_en"};

/* Everybody: those who passed in the order of the result, then the others by post and roll number. */
static uint32_t *order_all(const struct result_field *field, const struct rank_result *result) {
    uint32_t count = field->inputs.candidate_count, at = 0, passed = 0;
    uint32_t *order = malloc((count + (size_t)1) * sizeof *order), *first = calloc(field->inputs.post_count + (size_t)2, sizeof *first);
    if (!order || !first) {
        free(order);
        free(first);
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++)
        first[field->candidates[i].post + 1]++;
    for (uint32_t i = 0; i < field->inputs.post_count; i++)
        first[i + 1] += first[i];
    for (; passed < result->order_count; passed++) {
        at = result->order[passed];
        order[first[field->candidates[at].post]++] = at;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!result->decisions[i].passed)
            order[first[field->candidates[i].post]++] = i;
    free(first);
    return order;
}

static void text_of(const struct result_field *field, uint8_t quantity, bool there, int64_t value, char out[RESULT_VALUE_SIZE]) {
    *out = '\0';
    if (there && value != INT64_MIN)
        result_format_value(&field->rules, quantity, value, out);
}

struct row {
    char rank[16], reserve[16], raw[RESULT_VALUE_SIZE], priority[RESULT_VALUE_SIZE], total[RESULT_VALUE_SIZE], value[RESULT_VALUE_SIZE],
        bound[RESULT_VALUE_SIZE], key[RANK_CODE_SIZE + 8];
};

static const char *at_of(const struct result_field *field, const struct rank_decision *d, struct row *row, uint8_t *ret_quantity) {
    const struct rank_pack *rules = &field->rules;
    *ret_quantity = rules->rank_quantity;
    if (d->key != RANK_NONE) {
        result_key_code(rules, d->key, row->key);
        *ret_quantity = rules->keys[d->key].kind == RANK_KEY_VALUE ? rules->keys[d->key].quantity : RANK_NONE;
        return row->key;
    }
    if (d->row == RANK_NONE)
        return "";
    if (d->reason == RANK_BY_GATE || d->reason == RANK_BY_CUT) {
        *ret_quantity = d->reason == RANK_BY_GATE ? rules->gates[d->row].quantity : rules->cuts[d->row].quantity;
        return d->reason == RANK_BY_GATE ? rules->gates[d->row].code : rules->cuts[d->row].code;
    }
    *ret_quantity = RANK_NONE;
    return rules->components[d->row].code;
}

static void fill_facts(const struct result_field *field, const struct rank_decision *d, uint8_t quantity, struct row *row) {
    bool facts = d->row != RANK_NONE || d->key != RANK_NONE || d->reason == RANK_BY_BELOW_LAST_SEAT ||
                 d->reason == RANK_BY_TOTAL_LOW;
    if (d->reason == RANK_BY_FIELD_SMALL || (facts && quantity == RANK_NONE && d->key != RANK_NONE)) {
        (void)snprintf(row->value, sizeof row->value, "%lld", (long long)d->value);
        (void)snprintf(row->bound, sizeof row->bound, "%lld", (long long)d->bound);
        return;
    }
    text_of(field, quantity == RANK_NONE ? 0 : quantity, facts && quantity != RANK_NONE, d->value, row->value);
    text_of(field, quantity == RANK_NONE ? 0 : quantity, facts && quantity != RANK_NONE, d->bound, row->bound);
}

static enum err put_row(const struct result_field *field, const struct rank_result *result, uint32_t i, struct arena *arena,
                        struct result_teller *teller, result_table_row_fn *call, void *ctx) {
    const struct rank_decision *d = &result->decisions[i];
    const struct rank_candidate *c = &field->candidates[i];
    const struct rank_pack *rules = &field->rules;
    struct row row = {.rank = ""};
    uint8_t quantity;
    const char *at = at_of(field, d, &row, &quantity);
    if (d->passed)
        (void)snprintf(row.rank, sizeof row.rank, "%u", d->place);
    if (d->reserve)
        (void)snprintf(row.reserve, sizeof row.reserve, "%u", d->reserve);
    text_of(field, rules->rank_quantity, d->passed && !c->stated, d->raw, row.raw);
    text_of(field, rules->rank_quantity, d->passed && !c->stated, d->priority, row.priority);
    text_of(field, rules->rank_quantity, d->passed, d->total, row.total);
    fill_facts(field, d, quantity, &row);
    const char *cells[RESULT_TABLE_COLUMNS] = {field->posts[c->post].code,
                                               field->post_titles[c->post],
                                               row.rank,
                                               c->roll,
                                               row.raw,
                                               row.priority,
                                               row.total,
                                               rank_outcome_key((enum rank_outcome)d->outcome),
                                               d->agency == RANK_NO_AGENCY ? "" : field->agencies[d->agency],
                                               d->group == RANK_NONE ? "" : rules->groups[d->group],
                                               row.reserve,
                                               rank_reason_key((enum rank_reason)d->reason),
                                               at,
                                               row.value,
                                               row.bound,
                                               result_sentence(arena, field, result, i, "vi"),
                                               result_sentence(arena, field, result, i, "en")};
    enum err err = cells[15] && cells[16] ? ERR_NONE : ERR_MEMORY;
    if (teller && err == ERR_NONE)
        err = result_steps_tell(teller, field, result, i, &cells[RESULT_TABLE_SHORT], &cells[RESULT_TABLE_SHORT + 1]);
    return err == ERR_NONE ? call(ctx, cells) : err;
}

enum err result_table_rows(const struct result_field *field, const struct rank_result *result, bool steps, result_table_row_fn *row, void *ctx) {
    uint32_t *order = order_all(field, result);
    struct arena arena, kept;
    struct result_teller *teller = NULL;
    arena_init(&arena, 1 << 20);
    arena_init(&kept, 1 << 16);
    enum err err = !order ? ERR_MEMORY : steps ? result_teller_open(&kept, &teller) : ERR_NONE;
    for (uint32_t i = 0; i < field->inputs.candidate_count && err == ERR_NONE; i++) {
        arena_reset(&arena);
        err = put_row(field, result, order[i], &arena, teller, row, ctx);
    }
    if (teller)
        result_teller_close(teller);
    arena_release(&kept);
    arena_release(&arena);
    free(order);
    return err;
}

/* ---- reserved seats ---- */

const char *const RESULT_RESERVATION_HEADINGS[RESULT_RESERVATION_COLUMNS] = {"post_code", "agency_code", "group",  "seats",
                                                                             "brought",   "filled",      "opened", "carried"};

struct reservation_rows {
    result_table_row_fn *call;
    void *ctx;
};

static enum err reservation_row(void *ctx, const struct result_reservation *one) {
    const struct reservation_rows *rows = ctx;
    const int64_t numbers[] = {one->seats, one->brought, one->filled, one->opened, one->carried};
    char texts[sizeof numbers / sizeof *numbers][24];
    const char *cells[RESULT_TABLE_COLUMNS] = {one->post, one->agency, one->group};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "%lld", (long long)numbers[i]);
        cells[3 + i] = texts[i];
    }
    return rows->call(rows->ctx, cells);
}

enum err result_reservation_rows(const struct result_field *field, const struct rank_result *result, result_table_row_fn *row, void *ctx) {
    struct reservation_rows rows = {.call = row, .ctx = ctx};
    return field->rules.allocation == RANK_ALLOCATE_RESERVED ? result_reservations_each(field, result, reservation_row, &rows) : ERR_NONE;
}
