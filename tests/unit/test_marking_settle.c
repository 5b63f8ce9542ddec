/* Final marks and words before the scheme: statuses, dialogues that two sign, and words that nobody asked for. */
#include "unit.h"

#include "khoacu/marking/settlement.h"

#include "khoacu/base/banned.h"

static struct arena arena;
static const struct settle_scheme *scheme;

static int read_pack(void **state) {
    (void)state;
    size_t len = 0;
    const char *text = cycle_pack_builtin("CC-2026", &len);
    struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
    struct json_misfits misfits = {0};
    struct json_error error = {0};
    static struct settle_scheme fallback;
    assert_int_equal(cycle_pack_read(&arena, text, len, pack, &misfits, &error), ERR_NONE);
    scheme = marking_scheme(pack, "written", &fallback);
    assert_int_equal(marking_pass_line(pack, "written", 6000), 3000);
    return 0;
}

#define MARK(r, v) {.marking_round = (r), .marker_id = (r), .value = (v)}
#define WITHOUT(r, s) {.marking_round = (r), .marker_id = (r), .status = (s)}
#define AGREED(who, v, text) {.kind = MARKING_WORD_DIALOGUE, .said = MARKING_SAID_AGREED, .staff_id = (who), .value = (v), .words = (text)}
#define DIFFER(who, text) {.kind = MARKING_WORD_DIALOGUE, .said = MARKING_SAID_DIFFER, .staff_id = (who), .words = (text)}
#define DECIDED(k, who, v) {.kind = MARKING_WORD_##k, .said = MARKING_SAID_DECIDED, .staff_id = (who), .value = (v), .words = "x"}
#define PASSED(who) {.kind = MARKING_WORD_HEAD, .said = MARKING_SAID_PASSED_UP, .staff_id = (who), .words = "x"}

struct row {
    const char *what;
    struct marking_final finals[5];
    size_t final_count;
    struct marking_word words[6];
    size_t word_count;
    const char *next, *stage, *why; /* why: of SETTLED; next NULL: not asked */
    int64_t value;
    int64_t by;
    enum marking_status status;
};
static const struct row ROWS[] = {
    {"one is not enough", {MARK(1, 4000)}, 1, {{0}}, 0, "marks", NULL, NULL, 0, 0, 0},
    {"5.00 apart: the mean", {MARK(1, 4000), MARK(2, 4500)}, 2, {{0}}, 0, "settled", "tiers", "mean", 4250, 0, 0},
    {"5.01 apart would be off the step, 5.25 apart: a dialogue", {MARK(1, 4000), MARK(2, 4525)}, 2, {{0}}, 0, "dialogue", "tiers", NULL, 0, 0, 0},
    {"10.00 apart: a third", {MARK(1, 4000), MARK(2, 5000)}, 2, {{0}}, 0, "marks", "tiers", NULL, 0, 0, 0},
    {"the nearest two of three", {MARK(1, 4000), MARK(2, 5000), MARK(3, 4200)}, 3, {{0}}, 0, "settled", "third", "nearest_pair", 4100, 0, 0},
    {"one signature", {MARK(1, 4000), MARK(2, 4600)}, 2, {AGREED(1, 4300, "a")}, 1, "minutes", "tiers", NULL, 0, 0, 0},
    {"one signs twice", {MARK(1, 4000), MARK(2, 4600)}, 2, {AGREED(1, 4300, "a"), AGREED(1, 4300, "a")}, 2, "minutes", "tiers", NULL, 0, 0, 0},
    {"other words", {MARK(1, 4000), MARK(2, 4600)}, 2, {AGREED(1, 4300, "a"), AGREED(2, 4300, "b")}, 2, "minutes", "tiers", NULL, 0, 0, 0},
    {"another mark", {MARK(1, 4000), MARK(2, 4600)}, 2, {AGREED(1, 4300, "a"), AGREED(2, 4200, "a")}, 2, "minutes", "tiers", NULL, 0, 0, 0},
    {"both signed: the head", {MARK(1, 4000), MARK(2, 4600)}, 2, {AGREED(1, 4300, "a"), AGREED(2, 4300, "a")}, 2, "head", "tiers", NULL, 0, 0, 0},
    {"the later one comes round", {MARK(1, 4000), MARK(2, 4600)}, 2, {DIFFER(1, "a"), AGREED(2, 4300, "b"), AGREED(1, 4300, "b")}, 3, "head", "tiers", NULL, 0, 0, 0},
    {"the head decides", {MARK(1, 4000), MARK(2, 4600)}, 2, {DIFFER(1, "a"), DIFFER(2, "a"), DECIDED(HEAD, 9, 4150)}, 3, "settled", "tiers", "head", 4150, 9, 0},
    {"the head passes it up", {MARK(1, 4000), MARK(2, 4600)}, 2, {DIFFER(1, "a"), DIFFER(2, "a"), PASSED(9)}, 3, "chair", "tiers", NULL, 0, 0, 0},
    {"the chair decides", {MARK(1, 4000), MARK(2, 4600)}, 2, {DIFFER(1, "a"), DIFFER(2, "a"), PASSED(9), DECIDED(CHAIR, 8, 4500)}, 4, "settled", "tiers", "chair", 4500, 8, 0},
    {"a head before the dialogue", {MARK(1, 4000), MARK(2, 4600)}, 2, {DECIDED(HEAD, 9, 4150)}, 1, NULL, NULL, NULL, 0, 0, 0},
    {"a head where the mean settles", {MARK(1, 4000), MARK(2, 4100)}, 2, {DECIDED(HEAD, 9, 4150)}, 1, NULL, NULL, NULL, 0, 0, 0},
    {"a third where the mean settles", {MARK(1, 4000), MARK(2, 4100), MARK(3, 4100)}, 3, {{0}}, 0, NULL, NULL, NULL, 0, 0, 0},
    {"both absent", {WITHOUT(1, MARKING_ABSENT), WITHOUT(2, MARKING_ABSENT)}, 2, {{0}}, 0, "settled", "status", "absent", 0, 0, MARKING_ABSENT},
    {"one absent, more to come", {WITHOUT(1, MARKING_ABSENT)}, 1, {{0}}, 0, "marks", NULL, NULL, 0, 0, 0},
    {"a mark and a void", {MARK(1, 4000), WITHOUT(2, MARKING_VOID)}, 2, {{0}}, 0, "head", "status", NULL, 0, 0, 0},
    {"of which the head decides", {MARK(1, 4000), WITHOUT(2, MARKING_VOID)}, 2, {DECIDED(HEAD, 9, 4000)}, 1, "settled", "status", "head", 4000, 9, 0},
    {"or passes it up", {MARK(1, 4000), WITHOUT(2, MARKING_VOID)}, 2, {PASSED(9)}, 1, "chair", "status", NULL, 0, 0, 0},
    {"a word where both say absent", {WITHOUT(1, MARKING_ABSENT), WITHOUT(2, MARKING_ABSENT)}, 2, {DECIDED(HEAD, 9, 4000)}, 1, NULL, NULL, NULL, 0, 0, 0},
    {"a chair whom nobody asked", {MARK(1, 4000), WITHOUT(2, MARKING_VOID)}, 2, {DECIDED(CHAIR, 8, 4000)}, 1, NULL, NULL, NULL, 0, 0, 0},
};

static void rows_of_the_moha_essay(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct row *row = &ROWS[i];
        struct marking_facts facts = {.max = 6000, .step = 25, .pass = 3000, .finals = row->finals, .final_count = row->final_count, .words = row->words, .word_count = row->word_count};
        struct marking_verdict verdict = {0};
        struct rank_misfit misfit = {0};
        enum err err = marking_settle_judge(scheme, &facts, &verdict, &misfit);
        if (!row->next) {
            if (err != ERR_RANGE || strcmp(misfit.reason, "not-asked") != 0)
                fail_msg("%s: %s %s", row->what, err_key(err), misfit.reason);
            continue;
        }
        if (err != ERR_NONE)
            fail_msg("%s: %s %s", row->what, misfit.path, misfit.reason);
        const char *next = settle_next_key((enum settle_next)verdict.next);
        if (strcmp(next, row->next) != 0 || (row->stage == NULL) != (verdict.stage == NULL) || (row->stage && strcmp(row->stage, verdict.stage) != 0))
            fail_msg("%s: %s %s", row->what, next, verdict.stage ? verdict.stage : "-");
        if (row->why && (strcmp(row->why, verdict.why) != 0 || verdict.value != row->value || verdict.settled_by != row->by || verdict.status != row->status))
            fail_msg("%s: %s %lld", row->what, verdict.why, (long long)verdict.value);
    }
}

/* ---- marked again ---- */

#define SAID_AT(k, s, who, v, at) {.kind = MARKING_WORD_##k, .said = MARKING_SAID_##s, .staff_id = (who), .value = (v), .words = "x", .said_us = (at)}

struct again {
    const char *what, *pack;
    struct marking_final finals[MARKING_FINALS_MAX];
    size_t final_count;
    struct marking_word words[6];
    size_t word_count;
    uint8_t instead_of;
    bool suspected;
    int64_t since_us, zeroed_by;
    const char *next, *stage, *why; /* next NULL: not asked */
    int64_t value, by;
    enum marking_status status;
    uint8_t wanted;
};
#define ANEW(v) {.marking_round = 9, .marker_id = 9, .value = (v)}
static const struct again AGAIN[] = {
    {.what = "the new mark is missing", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4500)}, .final_count = 2, .instead_of = 1, .since_us = 10, .next = "marks", .stage = "remark", .wanted = 1},
    {.what = "it stands where the first stood", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4500), ANEW(4400)}, .final_count = 3, .instead_of = 1, .since_us = 10, .next = "settled", .stage = "tiers", .why = "mean", .value = 4450},
    {.what = "or the second", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4500), ANEW(4200)}, .final_count = 3, .instead_of = 2, .since_us = 10, .next = "settled", .stage = "tiers", .why = "mean", .value = 4100},
    {.what = "words about the marks before are not about these", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4600), ANEW(4500)}, .final_count = 3,
     .words = {SAID_AT(DIALOGUE, DIFFER, 1, 0, 3), SAID_AT(DIALOGUE, DIFFER, 2, 0, 4), SAID_AT(HEAD, DECIDED, 8, 4100, 5)}, .word_count = 3, .instead_of = 1, .since_us = 10, .next = "settled", .stage = "tiers", .why = "mean", .value = 4550},
    {.what = "the two whose marks stand now confer", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4100), ANEW(4800)}, .final_count = 3, .instead_of = 1, .since_us = 10, .next = "dialogue", .stage = "tiers"},
    {.what = "and sign, not the one whose mark gave way", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4100), ANEW(4800)}, .final_count = 3,
     .words = {SAID_AT(DIALOGUE, DIFFER, 2, 0, 20), SAID_AT(DIALOGUE, DIFFER, 1, 0, 21)}, .word_count = 2, .instead_of = 1, .since_us = 10, .next = "minutes", .stage = "tiers"},
    {.what = "both of them", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4100), ANEW(4800)}, .final_count = 3,
     .words = {SAID_AT(DIALOGUE, DIFFER, 2, 0, 20), SAID_AT(DIALOGUE, DIFFER, 9, 0, 21)}, .word_count = 2, .instead_of = 1, .since_us = 10, .next = "head", .stage = "tiers"},
    {.what = "a third that was asked for before is not asked for now", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 5000), MARK(3, 4800), ANEW(4900)}, .final_count = 4, .instead_of = 1, .since_us = 10, .next = "settled", .stage = "tiers", .why = "mean", .value = 4950},
    {.what = "or still is", .pack = "CC-2026", .finals = {MARK(1, 3000), MARK(2, 5000), MARK(3, 4800), ANEW(3600)}, .final_count = 4, .instead_of = 1, .since_us = 10, .next = "settled", .stage = "third", .why = "nearest_pair", .value = 4900},
    {.what = "a third that is asked for now", .pack = "CC-2026", .finals = {MARK(1, 5000), MARK(2, 5000), ANEW(3600)}, .final_count = 3, .instead_of = 1, .since_us = 10, .next = "marks", .stage = "tiers", .wanted = 1},
    {.what = "the third's own mark gives way", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 5000), MARK(3, 4800), ANEW(4200)}, .final_count = 4, .instead_of = 3, .since_us = 10, .next = "settled", .stage = "third", .why = "nearest_pair", .value = 4100},
    {.what = "one of another pair", .pack = "CC-2010", .finals = {MARK(1, 3000), MARK(2, 4000), MARK(4, 3400), MARK(5, 3000), ANEW(3500)}, .final_count = 5, .instead_of = 5, .since_us = 10, .next = "settled", .stage = "pair", .why = "mean", .value = 3450},
    {.what = "another pair that is not asked for now", .pack = "CC-2010", .finals = {MARK(1, 3000), MARK(2, 4000), MARK(4, 3400), MARK(5, 3400), ANEW(3800)}, .final_count = 5, .instead_of = 1, .since_us = 10, .next = "settled", .stage = "tiers", .why = "mean", .value = 3900},
    {.what = "a status in the place of a mark", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4100), {.marking_round = 9, .marker_id = 9, .status = MARKING_VOID}}, .final_count = 3, .instead_of = 1, .since_us = 10, .next = "head", .stage = "status"},
    {.what = "a mark of round 9 that nobody asked for", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4100), ANEW(4100)}, .final_count = 3},
    {.what = "a sign before the marks", .pack = "JUSTICE-2021", .finals = {MARK(1, 6000)}, .final_count = 1, .suspected = true, .since_us = 10, .next = "marks", .wanted = 2},
    {.what = "a sign: a third marks", .pack = "JUSTICE-2021", .finals = {MARK(1, 6000), MARK(2, 6200)}, .final_count = 2, .suspected = true, .since_us = 10, .next = "marks", .stage = "sign", .wanted = 1},
    {.what = "then the chair", .pack = "JUSTICE-2021", .finals = {MARK(1, 6000), MARK(2, 6200), MARK(3, 6400)}, .final_count = 3, .suspected = true, .since_us = 10, .next = "chair", .stage = "sign"},
    {.what = "not proved: the mean of three", .pack = "JUSTICE-2021", .finals = {MARK(1, 6000), MARK(2, 6200), MARK(3, 6400)}, .final_count = 3, .words = {SAID_AT(SIGN, NOT_PROVED, 8, 0, 20)}, .word_count = 1, .suspected = true, .since_us = 10,
     .next = "settled", .stage = "sign", .why = "suspected", .value = 6200, .by = 8},
    {.what = "proved: half of it", .pack = "JUSTICE-2021", .finals = {MARK(1, 6000), MARK(2, 6200), MARK(3, 6400)}, .final_count = 3, .words = {SAID_AT(SIGN, PROVED, 8, 0, 20)}, .word_count = 1, .suspected = true, .since_us = 10,
     .next = "settled", .stage = "sign", .why = "proved", .value = 3100, .by = 8},
    {.what = "a dialogue about a sign", .pack = "JUSTICE-2021", .finals = {MARK(1, 6000), MARK(2, 6200), MARK(3, 6400)}, .final_count = 3, .words = {SAID_AT(DIALOGUE, DIFFER, 1, 0, 20)}, .word_count = 1, .suspected = true, .since_us = 10},
    {.what = "the chair before the third", .pack = "JUSTICE-2021", .finals = {MARK(1, 6000), MARK(2, 6200)}, .final_count = 2, .words = {SAID_AT(SIGN, PROVED, 8, 0, 20)}, .word_count = 1, .suspected = true, .since_us = 10},
    {.what = "one of three gave no mark", .pack = "JUSTICE-2021", .finals = {MARK(1, 6000), MARK(2, 6200), WITHOUT(3, MARKING_VOID)}, .final_count = 3, .suspected = true, .since_us = 10, .next = "head", .stage = "status"},
    {.what = "a sign where the rules know of none", .pack = "CC-2026", .finals = {MARK(1, 4000), MARK(2, 4100)}, .final_count = 2, .suspected = true, .since_us = 10},
    {.what = "a sign and a doubted mark", .pack = "JUSTICE-2021", .finals = {MARK(1, 6000), MARK(2, 6200), MARK(3, 6400), ANEW(6600)}, .final_count = 4, .words = {SAID_AT(SIGN, NOT_PROVED, 8, 0, 20)}, .word_count = 1, .instead_of = 1,
     .suspected = true, .since_us = 10, .next = "settled", .stage = "sign", .why = "suspected", .value = 6400, .by = 8},
    {.what = "a zero, whatever the marks", .pack = "CC-2026", .finals = {MARK(1, 4000)}, .final_count = 1, .zeroed_by = 8, .next = "settled", .why = "zero_report", .by = 8},
};

static void rows_of_scripts_marked_again(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof AGAIN / sizeof *AGAIN; i++) {
        const struct again *row = &AGAIN[i];
        size_t len = 0;
        const char *text = cycle_pack_builtin(row->pack, &len);
        struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
        struct json_misfits misfits = {0};
        struct json_error error = {0};
        struct settle_scheme fallback;
        assert_int_equal(cycle_pack_read(&arena, text, len, pack, &misfits, &error), ERR_NONE);
        struct marking_facts facts = {.max = 10000, .step = 25, .pass = 5000, .finals = row->finals, .final_count = row->final_count, .words = row->words, .word_count = row->word_count,
                                      .instead_of = row->instead_of, .suspected = row->suspected, .since_us = row->since_us, .zeroed_by = row->zeroed_by};
        struct marking_verdict verdict = {0};
        struct rank_misfit misfit = {0};
        enum err err = marking_settle_judge(marking_scheme(pack, "written", &fallback), &facts, &verdict, &misfit);
        if ((err == ERR_NONE) != (row->next != NULL) || (err != ERR_NONE && err != ERR_RANGE))
            fail_msg("%s: %s %s %s", row->what, err_key(err), misfit.path, misfit.reason);
        if (!row->next)
            continue;
        const char *next = settle_next_key((enum settle_next)verdict.next);
        if (strcmp(next, row->next) != 0 || (row->stage == NULL) != (verdict.stage == NULL) || (row->stage && strcmp(row->stage, verdict.stage) != 0) || verdict.wanted != row->wanted)
            fail_msg("%s: %s %s %d", row->what, next, verdict.stage ? verdict.stage : "-", verdict.wanted);
        if (row->why && (strcmp(row->why, verdict.why) != 0 || verdict.value != row->value || verdict.settled_by != row->by || verdict.status != row->status))
            fail_msg("%s: %s %lld", row->what, verdict.why, (long long)verdict.value);
    }
}

/* A part that is passed from so much on, and one that is passed above so much. */
static void lines_that_pass(void **state) {
    (void)state;
    static const struct {
        const char *pack;
        int64_t line;
    } PACKS[] = {{"LEAD-2424", 5000}, {"LEAD-LAMDONG", 5001}, {"LEAD-GTVT", 0}};
    for (size_t i = 0; i < sizeof PACKS / sizeof *PACKS; i++) {
        size_t len = 0;
        const char *text = cycle_pack_builtin(PACKS[i].pack, &len);
        struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
        struct json_misfits misfits = {0};
        struct json_error error = {0};
        assert_int_equal(cycle_pack_read(&arena, text, len, pack, &misfits, &error), ERR_NONE);
        assert_int_equal(marking_pass_line(pack, "written", 10000), PACKS[i].line);
        for (uint8_t k = 0; k < pack->rank.gate_count; k++) { /* the same gate as a share */
            pack->rank.gates[k].share_num = 1;
            pack->rank.gates[k].share_den = 2;
        }
        assert_int_equal(marking_pass_line(pack, "written", 10000), PACKS[i].line);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(rows_of_the_moha_essay, read_pack), cmocka_unit_test(rows_of_scripts_marked_again), cmocka_unit_test(lines_that_pass)};
    arena_init(&arena, 64u << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
