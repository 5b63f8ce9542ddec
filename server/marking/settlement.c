#include "khoacu/marking/settlement.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define X(name, key) key,
static const char *const WORDS[] = {MARKING_WORD_TABLE(X)};
static const char *const SAIDS[] = {MARKING_SAID_TABLE(X)};
#undef X

const char *marking_word_kind_key(enum marking_word_kind kind) {
    return WORDS[kind];
}

const char *marking_said_key(enum marking_said said) {
    return SAIDS[said];
}

static int find(const char *const *keys, int count, const char *key) {
    for (int i = 0; key && i < count; i++)
        if (strcmp(keys[i], key) == 0)
            return i;
    return -1;
}

int marking_word_kind_find(const char *key) {
    return find(WORDS, MARKING_WORD_KIND_COUNT, key);
}

int marking_said_find(const char *key) {
    return find(SAIDS, MARKING_SAID_COUNT, key);
}

static int source_of(const char *component) {
    return strcmp(component, "interview") == 0 ? CYCLE_PACK_INTERVIEW : CYCLE_PACK_WRITTEN;
}

const struct settle_scheme *marking_scheme(const struct cycle_pack *pack, const char *component,
                                           struct settle_scheme *fallback) {
    const struct settle_scheme *scheme = cycle_pack_scheme(pack, (enum cycle_pack_source)source_of(component), false);
    if (scheme)
        return scheme;
    *fallback = (struct settle_scheme){.code = "MEAN",
                                       .marks = (uint8_t)(pack->markers < 1 ? 1 : pack->markers),
                                       .tier_count = {[SETTLE_ROUND_FIRST] = 1},
                                       .round_to = 1,
                                       .rounding = RANK_ROUND_HALF_UP};
    fallback->tiers[SETTLE_ROUND_FIRST][0].act = SETTLE_DO_MEAN;
    return fallback;
}

int64_t marking_pass_line(const struct cycle_pack *pack, const char *component, int64_t part_max) {
    uint8_t at = cycle_pack_component(pack, (enum cycle_pack_source)source_of(component));
    for (uint8_t i = 0; at != RANK_NONE && i < pack->rank.gate_count; i++) {
        const struct rank_gate *gate = &pack->rank.gates[i];
        if (gate->quantity != at || (gate->op != RANK_OP_GE && gate->op != RANK_OP_GT))
            continue;
        bool above = gate->op == RANK_OP_GT; /* the next hundredth passes */
        int64_t line = !gate->share_den ? gate->bound + above
                       : above          ? part_max * gate->share_num / gate->share_den + 1
                                        : (part_max * gate->share_num + gate->share_den - 1) / gate->share_den;
        return line > part_max ? 0 : line;
    }
    return 0;
}

/* ---- judging ---- */

static bool took_part(const struct marking_facts *facts, enum settle_round stage, int64_t staff_id) {
    for (size_t i = 0; i < facts->final_count; i++) {
        uint8_t in = facts->finals[i].marking_round;
        bool of_stage = stage == SETTLE_ROUND_PAIR ? in >= 4 : stage == SETTLE_ROUND_THIRD ? in <= 3 : in <= 2;
        if (of_stage && facts->finals[i].marker_id == staff_id)
            return true;
    }
    return false;
}

static const struct marking_word *last_word(const struct marking_facts *facts, enum marking_word_kind kind, int64_t staff_id) {
    for (size_t i = facts->word_count; i > 0; i--)
        if (facts->words[i - 1].kind == kind && (staff_id == 0 || facts->words[i - 1].staff_id == staff_id))
            return &facts->words[i - 1];
    return NULL;
}

static bool same_minutes(const struct marking_word *a, const struct marking_word *b) {
    return a->said == b->said && a->status == b->status && a->value == b->value && strcmp(a->words, b->words) == 0;
}

/* The dialogue as the scheme knows it: what was said last, and whether every marker of the stage signed just that. */
static void take_dialogue(const struct marking_facts *facts, enum settle_round stage, struct settle_facts *ret) {
    const struct marking_word *last = last_word(facts, MARKING_WORD_DIALOGUE, 0);
    if (!last)
        return;
    ret->dialogue = last->said == MARKING_SAID_AGREED ? SETTLE_AGREED : SETTLE_DIFFER;
    ret->agreed = last->value;
    ret->minuted = true;
    for (size_t i = 0; i < facts->final_count; i++) {
        if (!took_part(facts, stage, facts->finals[i].marker_id))
            continue;
        const struct marking_word *own = last_word(facts, MARKING_WORD_DIALOGUE, facts->finals[i].marker_id);
        ret->minuted = ret->minuted && own && same_minutes(own, last);
    }
}

static const enum marking_word_kind OF_PERSON[SETTLE_PERSON_COUNT] = {[SETTLE_BY_HEAD] = MARKING_WORD_HEAD,
                                                                      [SETTLE_BY_CHAIR] = MARKING_WORD_CHAIR,
                                                                      [SETTLE_BY_COLLECTIVE] = MARKING_WORD_COLLECTIVE};

static void take_persons(const struct marking_facts *facts, struct settle_facts *ret) {
    for (int i = 0; i < SETTLE_PERSON_COUNT; i++) {
        const struct marking_word *word = last_word(facts, OF_PERSON[i], 0);
        if (!word)
            continue;
        ret->by[i].said = true;
        ret->by[i].passed_up = word->said == MARKING_SAID_PASSED_UP;
        ret->by[i].mark = word->status == MARKING_AWARDED ? word->value : 0;
    }
}

static void settle_by_word(const struct marking_word *word, struct marking_verdict *verdict) {
    verdict->next = SETTLE_NEXT_SETTLED;
    verdict->status = word->status;
    verdict->value = word->status == MARKING_AWARDED ? word->value : 0;
    verdict->why = WORDS[word->kind];
    verdict->settled_by = word->staff_id;
}

static enum err refuse(struct rank_misfit *misfit, const char *path) {
    (void)snprintf(misfit->path, sizeof misfit->path, "%s", path);
    (void)snprintf(misfit->reason, sizeof misfit->reason, "not-asked");
    misfit->value = 0;
    return ERR_RANGE;
}

/* One gave a mark and another a status: no table says anything, the head does, or the chair when it is passed up. */
static enum err judge_statuses(const struct marking_facts *facts, struct marking_verdict *verdict, struct rank_misfit *misfit) {
    const struct marking_word *head = last_word(facts, MARKING_WORD_HEAD, 0), *chair = last_word(facts, MARKING_WORD_CHAIR, 0);
    bool alike = true;
    for (size_t i = 1; i < facts->final_count; i++)
        alike = alike && facts->finals[i].status == facts->finals[0].status;
    verdict->stage = MARKING_STAGE_STATUS;
    verdict->gap = 0;
    if (last_word(facts, MARKING_WORD_DIALOGUE, 0) || last_word(facts, MARKING_WORD_COLLECTIVE, 0) || (alike && (head || chair)))
        return refuse(misfit, "words");
    if (alike) {
        verdict->next = SETTLE_NEXT_SETTLED;
        verdict->status = facts->finals[0].status;
        verdict->why = marking_status_key(verdict->status);
        return ERR_NONE;
    }
    bool up = head && head->said == MARKING_SAID_PASSED_UP;
    if (chair && !up)
        return refuse(misfit, "by.chair");
    if (head && !up)
        settle_by_word(head, verdict);
    else if (chair)
        settle_by_word(chair, verdict);
    else
        verdict->next = up ? SETTLE_NEXT_CHAIR : SETTLE_NEXT_HEAD;
    return ERR_NONE;
}

static void report(const struct marking_facts *facts, const struct settle_result *result, struct marking_verdict *verdict) {
    verdict->next = result->next;
    verdict->stage = result->gap < 0 ? NULL : settle_round_key((enum settle_round)result->round);
    verdict->tier = result->tier;
    verdict->wanted = result->wanted;
    verdict->gap = result->gap < 0 ? 0 : result->gap;
    verdict->result = *result;
    if (result->next != SETTLE_NEXT_SETTLED)
        return;
    verdict->status = MARKING_AWARDED;
    verdict->value = result->mark;
    verdict->why = settle_why_key((enum settle_why)result->why);
    for (int i = 0; i < SETTLE_PERSON_COUNT; i++)
        if (strcmp(verdict->why, WORDS[OF_PERSON[i]]) == 0)
            settle_by_word(last_word(facts, OF_PERSON[i], 0), verdict);
}

/* Marks and words as the scheme reads them; statuses first, of which it knows nothing. */
static enum err judge_marks(const struct settle_scheme *scheme, const struct marking_facts *facts, struct marking_verdict *verdict,
                            struct rank_misfit *misfit) {
    struct settle_facts asked = {.max = facts->max, .part = facts->part, .step = facts->step, .pass = facts->pass};
    struct settle_result result;
    bool statuses = false;
    for (size_t i = 0; i < facts->final_count; i++) {
        statuses = statuses || facts->finals[i].status != MARKING_AWARDED;
        asked.marks[asked.mark_count++] = facts->finals[i].value;
    }
    if (statuses && facts->final_count >= scheme->marks)
        return judge_statuses(facts, verdict, misfit);
    if (statuses) { /* more first marks come */
        verdict->next = SETTLE_NEXT_MARKS;
        verdict->wanted = (uint8_t)(scheme->marks - facts->final_count);
        return ERR_NONE;
    }
    /* Which stage it is tells whose dialogue it would be. */
    enum err err = settle_marks(scheme, &asked, &result, misfit);
    if (err == ERR_NONE) {
        take_dialogue(facts, (enum settle_round)result.round, &asked);
        take_persons(facts, &asked);
        err = settle_marks(scheme, &asked, &result, misfit);
    }
    if (err == ERR_NONE)
        report(facts, &result, verdict);
    return err;
}

/* ---- marked again ---- */

bool marking_wants_pair(const struct settle_scheme *scheme, const struct marking_verdict *verdict) {
    /* The verdict still names the stage that asked: which act its tier has tells what comes. */
    for (int stage = SETTLE_ROUND_FIRST; stage <= SETTLE_ROUND_THIRD; stage++)
        if (strcmp(verdict->stage, settle_round_key((enum settle_round)stage)) == 0)
            return scheme->tiers[stage][verdict->tier].act == SETTLE_DO_PAIR;
    return strcmp(verdict->stage, settle_round_key(SETTLE_ROUND_PAIR)) == 0;
}

/* A sign is suspected: the scheme's number of marks, then the chair's word. */
static enum err judge_sign(const struct settle_scheme *scheme, const struct marking_facts *facts, struct marking_verdict *verdict,
                           struct rank_misfit *misfit) {
    struct settle_facts asked = {.max = facts->max, .step = facts->step, .suspected = true};
    const struct marking_word *word = last_word(facts, MARKING_WORD_SIGN, 0);
    struct settle_result result;
    bool statuses = false;
    if (scheme->suspect_marks == 0)
        return refuse(misfit, "suspected");
    uint8_t needed = scheme->suspect_marks > scheme->marks ? scheme->suspect_marks : scheme->marks;
    if (facts->final_count < needed) {
        verdict->next = SETTLE_NEXT_MARKS;
        verdict->wanted = (uint8_t)(needed - facts->final_count);
        verdict->stage = facts->final_count < scheme->marks ? NULL : MARKING_STAGE_SIGN;
        return word ? refuse(misfit, "words") : ERR_NONE;
    }
    for (size_t i = 0; i < facts->final_count; i++) {
        statuses = statuses || facts->finals[i].status != MARKING_AWARDED;
        asked.marks[asked.mark_count++] = facts->finals[i].value;
    }
    if (statuses)
        return word ? refuse(misfit, "words") : judge_statuses(facts, verdict, misfit);
    for (size_t i = 0; i < facts->word_count; i++)
        if (facts->words[i].kind != MARKING_WORD_SIGN)
            return refuse(misfit, "words");
    verdict->stage = MARKING_STAGE_SIGN;
    verdict->next = SETTLE_NEXT_CHAIR;
    if (!word)
        return ERR_NONE;
    asked.proved = word->said == MARKING_SAID_PROVED;
    enum err err = settle_marks(scheme, &asked, &result, misfit);
    if (err != ERR_NONE)
        return err;
    report(facts, &result, verdict);
    verdict->stage = MARKING_STAGE_SIGN;
    verdict->settled_by = word->staff_id;
    return ERR_NONE;
}

/* Takes the finals of the rounds first .. last that are not among those chosen. */
static bool choose(const struct marking_facts *facts, uint8_t first, uint8_t last, struct marking_final *chosen, size_t *count) {
    size_t before = *count;
    for (size_t i = 0; i < facts->final_count; i++)
        if (facts->finals[i].marking_round >= first && facts->finals[i].marking_round <= last)
            chosen[(*count)++] = facts->finals[i];
    return *count > before;
}

/* With a mark given anew: rounds that the scheme asked for before it, and does not ask for now, are left out. */
static enum err judge_anew(const struct settle_scheme *scheme, const struct marking_facts *facts, struct marking_verdict *verdict,
                           struct rank_misfit *misfit) {
    struct marking_final chosen[MARKING_FINALS_MAX];
    struct marking_facts fewest = *facts;
    bool more = true;
    fewest.finals = chosen;
    fewest.final_count = 0;
    enum err err = ERR_NONE;
    (void)choose(facts, 1, 2, chosen, &fewest.final_count);
    while (more && err == ERR_NONE) {
        *verdict = (struct marking_verdict){0};
        err = judge_marks(scheme, &fewest, verdict, misfit);
        bool pair = err == ERR_NONE && verdict->stage && marking_wants_pair(scheme, verdict);
        more = err == ERR_NONE && verdict->next == SETTLE_NEXT_MARKS && verdict->stage && fewest.final_count < facts->final_count &&
               choose(facts, pair ? 4 : 3, pair ? 5 : 3, chosen, &fewest.final_count);
    }
    return err;
}

/* Puts the mark of round 9 in the place of the one that gives way; false: it is not there yet. */
static bool put_anew(struct marking_facts *facts, struct marking_final *finals) {
    const struct marking_final *anew = NULL;
    size_t count = 0;
    for (size_t i = 0; i < facts->final_count; i++)
        if (facts->finals[i].marking_round == MARKING_ROUND_REMARK)
            anew = &facts->finals[i];
    for (size_t i = 0; anew && i < facts->final_count; i++) {
        if (facts->finals[i].marking_round == MARKING_ROUND_REMARK)
            continue;
        finals[count] = facts->finals[i].marking_round == facts->instead_of ? *anew : facts->finals[i];
        finals[count++].marking_round = facts->finals[i].marking_round;
    }
    facts->finals = finals;
    facts->final_count = count;
    return anew;
}

enum err marking_settle_judge(const struct settle_scheme *scheme, const struct marking_facts *facts,
                              struct marking_verdict *ret_verdict, struct rank_misfit *ret_misfit) {
    struct marking_facts now = *facts;
    struct marking_final finals[MARKING_FINALS_MAX];
    struct marking_verdict verdict = {0};
    struct rank_misfit misfit = {0};
    enum err err = ERR_NONE;
    if (facts->final_count > (facts->instead_of ? MARKING_FINALS_MAX : MARKING_FINALS_MAX - 1))
        return refuse(ret_misfit, "marks");
    for (; now.word_count > 0 && now.words[0].said_us <= facts->since_us && facts->since_us > 0; now.word_count--)
        now.words++;
    if (facts->zeroed_by)
        verdict = (struct marking_verdict){.next = SETTLE_NEXT_SETTLED, .why = MARKING_WHY_ZERO, .settled_by = facts->zeroed_by};
    else if (facts->instead_of && !put_anew(&now, finals))
        verdict = (struct marking_verdict){.next = SETTLE_NEXT_MARKS, .stage = MARKING_STAGE_REMARK, .wanted = 1};
    else if (facts->suspected)
        err = judge_sign(scheme, &now, &verdict, &misfit);
    else if (facts->instead_of)
        err = judge_anew(scheme, &now, &verdict, &misfit);
    else
        err = judge_marks(scheme, &now, &verdict, &misfit);
    if (err == ERR_NONE)
        *ret_verdict = verdict;
    else
        *ret_misfit = misfit;
    return err;
}
