#include "khoacu/appeal/appeal.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define STAGE_STATUS "status"

static const struct settle_scheme *scheme_of(const struct cycle_pack *pack, enum cycle_pack_source source, struct settle_scheme *fallback) {
    const struct settle_scheme *scheme = cycle_pack_scheme(pack, source, true);
    if (scheme)
        return scheme;
    *fallback = (struct settle_scheme){.code = "REMARK", .marks = 2, .round_to = 10, .rounding = RANK_ROUND_HALF_UP};
    fallback->tier_count[SETTLE_ROUND_FIRST] = 1;
    fallback->tiers[SETTLE_ROUND_FIRST][0].act = SETTLE_DO_MEAN;
    fallback->tier_count[SETTLE_ROUND_CHANGE] = 3;
    fallback->tiers[SETTLE_ROUND_CHANGE][0] = (struct settle_tier){.bounded = true, .op = RANK_OP_GE, .value = 1000, .act = SETTLE_DO_DIALOGUE};
    fallback->tiers[SETTLE_ROUND_CHANGE][1] = (struct settle_tier){.bounded = true, .across = true, .op = RANK_OP_GE, .value = 500, .act = SETTLE_DO_DIALOGUE};
    fallback->tiers[SETTLE_ROUND_CHANGE][2].act = SETTLE_DO_LAST;
    return fallback;
}

/* The words of one stage; its minutes are signed when all whom it takes said the same. */
static void take_words(const struct appeal_facts *facts, const char *stage, struct settle_facts *asked) {
    static const char *const KINDS[SETTLE_PERSON_COUNT] = {"head", "chair", "collective"};
    const struct appeal_word *first = NULL;
    int64_t alike = 0;
    for (size_t i = 0; i < facts->word_count; i++) {
        const struct appeal_word *w = &facts->words[i];
        if (strcmp(w->stage, stage) != 0)
            continue;
        for (int p = 0; p < SETTLE_PERSON_COUNT; p++)
            if (strcmp(w->kind, KINDS[p]) == 0) {
                asked->by[p].said = true;
                asked->by[p].passed_up = strcmp(w->said, "passed_up") == 0;
                asked->by[p].mark = w->value;
            }
        if (strcmp(w->kind, "dialogue") != 0)
            continue;
        if (!first)
            first = w;
        alike += strcmp(w->said, first->said) == 0 && w->value == first->value && strcmp(w->words, first->words) == 0;
    }
    if (!first)
        return;
    asked->dialogue = strcmp(first->said, "agreed") == 0 ? SETTLE_AGREED : SETTLE_DIFFER;
    asked->agreed = first->value;
    asked->minuted = alike == first->needed;
}

static void report(const struct settle_result *result, struct appeal_verdict *verdict) {
    verdict->next = result->next;
    verdict->stage = result->gap < 0 ? NULL : settle_round_key((enum settle_round)result->round);
    verdict->gap = result->gap < 0 ? 0 : result->gap;
    verdict->value = result->mark;
    verdict->why = settle_why_key((enum settle_why)result->why);
}

static void explain(const struct settle_scheme *scheme, const struct settle_facts *asked, const struct settle_result *result,
                    struct appeal_verdict *verdict) {
    static const char *const LANGS[] = {"vi", "en"};
    for (int i = 0; i < 2; i++) {
        char sentence[SETTLE_TEXT_SIZE];
        size_t len = strlen(verdict->sentence[i]);
        settle_sentence(scheme, asked, result, LANGS[i], sentence);
        (void)snprintf(verdict->sentence[i] + len, sizeof verdict->sentence[i] - len, "%s%s", len ? " " : "", sentence);
    }
}

/* Once without words, to learn which stage asks; then with those of this stage alone. */
static enum err settle_stage(const struct settle_scheme *scheme, const struct appeal_facts *facts, struct settle_facts *asked,
                             struct settle_result *result) {
    struct rank_misfit misfit;
    enum err err = settle_marks(scheme, asked, result, &misfit);
    if (err == ERR_NONE && result->gap >= 0) {
        take_words(facts, settle_round_key((enum settle_round)result->round), asked);
        err = settle_marks(scheme, asked, result, &misfit);
    }
    return err;
}

/* One of the markers gave no mark: the head says which one counts, or the chair when it is passed up. True: *ret_mark. */
static bool settle_status(const struct appeal_facts *facts, struct appeal_verdict *verdict, int64_t *ret_mark) {
    struct settle_facts said = {.max = facts->max};
    take_words(facts, STAGE_STATUS, &said);
    verdict->stage = STAGE_STATUS;
    verdict->next = SETTLE_NEXT_HEAD;
    if (said.by[SETTLE_BY_HEAD].said && !said.by[SETTLE_BY_HEAD].passed_up) {
        *ret_mark = said.by[SETTLE_BY_HEAD].mark;
        return true;
    }
    if (said.by[SETTLE_BY_HEAD].said)
        verdict->next = SETTLE_NEXT_CHAIR;
    *ret_mark = said.by[SETTLE_BY_CHAIR].mark;
    return said.by[SETTLE_BY_HEAD].said && said.by[SETTLE_BY_CHAIR].said;
}

enum err appeal_judge(const struct cycle_pack *pack, enum cycle_pack_source source, const struct appeal_facts *facts,
                      struct appeal_verdict *ret_verdict) {
    struct settle_scheme fallback, again = *scheme_of(pack, source, &fallback), change = again;
    struct settle_facts asked = {.max = facts->max, .part = facts->part, .step = facts->step, .pass = facts->pass};
    struct settle_result result;
    struct appeal_verdict verdict = {0};
    int64_t mark = 0;
    enum err err = ERR_NONE;
    again.tier_count[SETTLE_ROUND_CHANGE] = 0;
    if (facts->unlike && facts->mark_count >= again.marks) {
        if (!settle_status(facts, &verdict, &mark)) {
            *ret_verdict = verdict;
            return ERR_NONE;
        }
    } else {
        for (size_t i = 0; i < facts->mark_count && i < SETTLE_MARKS_MAX; i++)
            asked.marks[asked.mark_count++] = facts->marks[i];
        err = settle_stage(&again, facts, &asked, &result);
        if (err != ERR_NONE)
            return err;
        report(&result, &verdict);
        if (result.next != SETTLE_NEXT_SETTLED) {
            *ret_verdict = verdict;
            return ERR_NONE;
        }
        explain(&again, &asked, &result, &verdict);
        mark = result.mark;
    }
    /* The new mark by itself against the one that stood. */
    change.marks = 1;
    change.round_to = 1;
    change.drop_high = change.drop_low = change.least = 0;
    change.tier_count[SETTLE_ROUND_FIRST] = 1;
    change.tiers[SETTLE_ROUND_FIRST][0] = (struct settle_tier){.act = SETTLE_DO_MEAN};
    change.tier_count[SETTLE_ROUND_THIRD] = change.tier_count[SETTLE_ROUND_PAIR] = 0;
    asked = (struct settle_facts){.max = facts->max, .part = facts->part, .pass = facts->pass, .marks = {mark}, .mark_count = 1, .remark = true, .before = facts->before};
    err = settle_stage(&change, facts, &asked, &result);
    if (err != ERR_NONE)
        return err;
    report(&result, &verdict);
    if (result.next == SETTLE_NEXT_SETTLED)
        explain(&change, &asked, &result, &verdict);
    *ret_verdict = verdict;
    return ERR_NONE;
}
