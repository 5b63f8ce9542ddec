/* The worked examples of tests/tables/rank.tsv and rank_refused.tsv. */
#include "unit.h"

#include "rank_field.h"

#include "khoacu/result/table.h"

#include "khoacu/base/banned.h"

#define COLUMNS 16

static void put_value(const struct rank_pack *rules, uint8_t quantity, int64_t value, char *out, size_t size) {
    char text[24];
    if (rank_quantity_unit(rules, quantity) == RANK_UNIT_MARK)
        text_format_hundredths(value, text);
    else if (rank_quantity_unit(rules, quantity) == RANK_UNIT_FINE)
        (void)snprintf(text, sizeof text, "%s%lld.%07lld", value < 0 ? "-" : "", llabs((long long)value) / RANK_FINE,
                       llabs((long long)value) % RANK_FINE);
    else
        (void)snprintf(text, sizeof text, "%lld", (long long)value);
    (void)snprintf(out + strlen(out), size - strlen(out), " %s", text);
}

/* The facts of a decision as the table writes them. */
static void facts_of(const struct rank_pack *rules, const struct rank_decision *d, char *out, size_t size) {
    (void)snprintf(out, size, "-");
    if (d->reason == RANK_BY_GATE) {
        (void)snprintf(out, size, "%s", rules->gates[d->row].code);
        put_value(rules, rules->gates[d->row].quantity, d->value, out, size);
        put_value(rules, rules->gates[d->row].quantity, d->bound, out, size);
    } else if (d->reason == RANK_BY_CUT) {
        (void)snprintf(out, size, "%s", rules->cuts[d->row].code);
        put_value(rules, rules->cuts[d->row].quantity, d->value, out, size);
        put_value(rules, rules->cuts[d->row].quantity, d->bound, out, size);
    } else if (d->reason == RANK_BY_FIELD_SMALL) {
        (void)snprintf(out, size, "%d %d", (int)d->value, (int)d->bound);
    } else if (d->row != RANK_NONE) {
        (void)snprintf(out, size, "%s", rules->components[d->row].code);
    } else if (d->key != RANK_NONE && rules->keys[d->key].kind == RANK_KEY_VALUE) {
        (void)snprintf(out, size, "%s", rank_quantity_code(rules, rules->keys[d->key].quantity));
        put_value(rules, rules->keys[d->key].quantity, d->value, out, size);
        put_value(rules, rules->keys[d->key].quantity, d->bound, out, size);
    } else if (d->key != RANK_NONE) {
        (void)snprintf(out, size, "%s %d %d", rules->keys[d->key].kind == RANK_KEY_EXEMPT ? "exempt" : rules->keys[d->key].kind == RANK_KEY_CLASS ? "class" : "manual",
                       (int)d->value, (int)d->bound);
    } else if (d->reason == RANK_BY_BELOW_LAST_SEAT || d->reason == RANK_BY_TOTAL_LOW) {
        *out = '\0';
        put_value(rules, rules->rank_quantity, d->value, out, size);
        put_value(rules, rules->rank_quantity, d->bound, out, size);
        memmove(out, out + 1, strlen(out));
    } else if (d->choice_key != RANK_NONE) {
        const struct rank_key *key = &rules->keys[d->choice_key];
        (void)snprintf(out, size, "choice %s",
                       key->kind == RANK_KEY_MANUAL ? "manual" : rank_quantity_code(rules, key->quantity));
    }
    if (d->reserve)
        (void)snprintf(out + strlen(out), size - strlen(out), " reserve %u", d->reserve);
    if (d->relieved)
        (void)snprintf(out + strlen(out), size - strlen(out), " relieved");
    if (d->group != RANK_NONE)
        (void)snprintf(out + strlen(out), size - strlen(out), " group %s", rules->groups[d->group]);
}

static void put_total(const struct rank_pack *rules, char out[160], int64_t value, bool there) {
    *out = '\0';
    put_value(rules, rules->rank_quantity, value, out, 160);
    memmove(out, there ? out + 1 : "-", there ? strlen(out) : 2);
}

/* Compares columns 7 to 14 of a cand line with the decision. */
static void compare(const struct field *f, const struct rank_decision *d, char **parts, const char *title) {
    char got[8][160];
    (void)snprintf(got[0], 160, "%s", rank_outcome_key(d->outcome));
    (void)snprintf(got[1], 160, d->passed ? "%u" : "-", d->place);
    put_total(&f->rules, got[2], d->raw, d->passed);
    put_total(&f->rules, got[3], d->priority, true);
    put_total(&f->rules, got[4], d->total, d->passed);
    (void)snprintf(got[5], 160, "%s", d->agency == RANK_NO_AGENCY ? "-" : f->agencies[d->agency]);
    (void)snprintf(got[6], 160, d->preference ? "%u" : "-", d->preference);
    (void)snprintf(got[7], 160, "%s", rank_reason_key(d->reason));
    char facts[160];
    facts_of(&f->rules, d, facts, sizeof facts);
    for (int i = 0; i < 8; i++)
        if (strcmp(got[i], parts[7 + i]) != 0)
            fail_msg("%s: candidate %s, column %d: %s, expected %s", title, parts[1], 8 + i, got[i], parts[7 + i]);
    if (strcmp(facts, parts[15]) != 0)
        fail_msg("%s: candidate %s: facts «%s», expected «%s»", title, parts[1], facts, parts[15]);
    assert_int_equal(rank_reason_outcome(d->reason), d->outcome);
}

/* The same field with its candidates in reverse order. */
static void reverse(struct field *f, struct field *out) {
    uint32_t n = f->inputs.candidate_count, width = f->rules.component_count;
    *out = *f;
    for (uint32_t i = 0; i < n; i++) {
        out->candidates[i] = f->candidates[n - 1 - i];
        memcpy(out->values + (size_t)i * width, f->values + (size_t)(n - 1 - i) * width, width * sizeof *f->values);
        memcpy(out->statuses + (size_t)i * width, f->statuses + (size_t)(n - 1 - i) * width, width);
        memcpy(out->groups + (size_t)i * width, f->groups + (size_t)(n - 1 - i) * width, width * sizeof *f->groups);
    }
    out->inputs.pack = &out->rules;
    out->inputs.groups = out->groups;
    out->inputs.candidates = out->candidates;
    out->inputs.values = out->values;
    out->inputs.statuses = out->statuses;
}

struct block {
    char *title;
    char *cells[FIELD_ROWS][COLUMNS];
    int rows;
    char *expect[3];
};

/* tests/tables/rules35_words.tsv: what a candidate of a block is told, among all that she is told. */
static struct field_word told[64];
static size_t told_count;

/* All that the candidate is told has what the table says. */
static void check_told(const char *title, const char *roll, const char *vi, const char *en) {
    for (size_t i = 0; i < told_count; i++) {
        if (strcmp(told[i].who, roll) != 0 || strncmp(told[i].at, title, strlen(told[i].at)) != 0)
            continue;
        told[i].met++;
        if (!strstr(vi, told[i].vi) || !strstr(en, told[i].en))
            fail_msg("%s: candidate %s is not told «%s» and «%s», but:\n%s\n%s", title, roll, told[i].vi, told[i].en, vi, en);
    }
}

/* What each is told, in both languages, leaves nothing open. */
static void check_sentences(struct field *f, const struct rank_result *result, const char *title) {
    struct result_teller *teller = NULL;
    assert_int_equal(result_teller_open(&f->arena, &teller), ERR_NONE);
    struct result_field shown = {.pack = &f->pack, .rules = f->rules, .posts = f->posts, .candidates = f->candidates, .agencies = f->agencies, .agency_names = f->agencies,
                                 .values = f->values, .statuses = f->statuses};
    shown.inputs = f->inputs;
    for (uint32_t i = 0; i < f->inputs.candidate_count; i++) {
        const char *vi = result_sentence(&f->arena, &shown, result, i, "vi"), *en = result_sentence(&f->arena, &shown, result, i, "en");
        if (!vi || !en || strlen(vi) < 15 || strlen(en) < 15 || strpbrk(vi, "{}") || strpbrk(en, "{}") || strcmp(vi, en) == 0)
            fail_msg("%s: candidate %s is told «%s», «%s»", title, f->candidates[i].roll, vi ? vi : "", en ? en : "");
        const char *steps_vi = NULL, *steps_en = NULL;
        assert_int_equal(result_steps_tell(teller, &shown, result, i, &steps_vi, &steps_en), ERR_NONE);
        if (strpbrk(steps_vi, "{}") || strpbrk(steps_en, "{}") || strstr(steps_vi, "derivation.") || strstr(steps_en, "derivation."))
            fail_msg("%s: candidate %s has the steps «%s», «%s»", title, f->candidates[i].roll, steps_vi, steps_en);
        check_told(title, f->candidates[i].roll, arena_printf(&f->arena, "%s; %s", vi, steps_vi), arena_printf(&f->arena, "%s; %s", en, steps_en));
    }
    result_teller_close(teller);
}

static void check_decided(struct field *f, struct block *block) {
    struct field *backwards = calloc(1, sizeof *backwards);
    reverse(f, backwards);
    struct rank_result forth, back;
    struct rank_misfit misfit;
    if (rank_run(&f->inputs, &forth, &misfit) != ERR_NONE)
        fail_msg("%s: refused: %s %s", block->title, misfit.path, misfit.reason);
    assert_int_equal(rank_check(&f->inputs, &misfit), ERR_NONE);
    assert_int_equal(rank_run(&backwards->inputs, &back, &misfit), ERR_NONE);
    for (int i = 0; i < block->rows; i++) {
        compare(f, &forth.decisions[i], block->cells[i], block->title);
        assert_memory_equal(&forth.decisions[i], &back.decisions[block->rows - 1 - i], sizeof *forth.decisions);
    }
    check_sentences(f, &forth, block->title);
    rank_result_release(&forth);
    rank_result_release(&back);
    free(backwards);
}

static void check_refused(struct field *f, struct block *block) {
    struct rank_result result;
    struct rank_misfit misfit = {0};
    assert_int_equal(rank_run(&f->inputs, &result, &misfit), ERR_RANGE);
    if (strcmp(misfit.path, block->expect[1]) != 0 || strcmp(misfit.reason, block->expect[2]) != 0)
        fail_msg("%s: %s %s, expected %s %s", block->title, misfit.path, misfit.reason, block->expect[1],
                 block->expect[2]);
    field_told(&f->arena, misfit.reason);
    struct rank_misfit again = {0};
    assert_int_equal(rank_check(&f->inputs, &again), ERR_RANGE);
    assert_string_equal(again.path, misfit.path);
}

static void finish(struct field *f, struct block *block) {
    if (!block->title)
        return;
    if (block->expect[0])
        check_refused(f, block);
    else
        check_decided(f, block);
}

static int run_table(const char *path) {
    struct field *f = calloc(1, sizeof *f);
    struct block *block = calloc(1, sizeof *block);
    arena_init(&f->arena, 64 << 20);
    size_t len = 0;
    char *line = field_file(&f->arena, path, &len), *next;
    int blocks = 0;
    for (; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        char *parts[COLUMNS];
        int count = field_split(line, '\t', parts, COLUMNS);
        if (strcmp(parts[0], "case") == 0) {
            finish(f, block);
            *block = (struct block){.title = parts[1]};
            blocks++;
        } else if (strcmp(parts[0], "pack") == 0) {
            field_pack(f, parts[1], parts[2], parts[3]);
        } else if (strcmp(parts[0], "post") == 0) {
            field_post(f, parts, count);
        } else if (strcmp(parts[0], "cand") == 0) {
            memcpy(block->cells[block->rows++], parts, sizeof parts);
            assert_true(count == COLUMNS || count == 7);
            field_candidate(f, parts);
        } else if (strcmp(parts[0], "expect") == 0) {
            memcpy(block->expect, parts, sizeof block->expect);
        }
    }
    finish(f, block);
    arena_release(&f->arena);
    free(f);
    free(block);
    return blocks;
}

static void worked_examples(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 4 << 20);
    told_count = field_words(&arena, "rank", told, LENGTH(told));
    assert_in_range(run_table("tests/tables/rank.tsv"), 20, 1000);
    for (size_t i = 0; i < told_count; i++)
        ROW_TRUE(told[i].met == 1, told[i].at);
    arena_release(&arena);
}

static void refused_inputs(void **state) {
    (void)state;
    assert_in_range(run_table("tests/tables/rank_refused.tsv"), 10, 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(worked_examples), cmocka_unit_test(refused_inputs)};
    return cmocka_run_group_tests_name("rank_tables", tests, NULL, NULL);
}
