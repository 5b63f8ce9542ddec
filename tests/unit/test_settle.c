/* tests/tables/settle.tsv: how marks, vetoes, ballots and credentials are settled, by schemes that stand in packs. */
#include "unit.h"

#include "rank_field.h"

#include "khoacu/base/random.h"
#include "khoacu/settle/settle.h"

#include "khoacu/base/banned.h"

#define COLUMNS 12

static struct arena arena;

static struct cycle_pack *pack_of(const char *id) {
    static struct {
        char id[40];
        struct cycle_pack *pack;
    } kept[32];
    size_t len = 0, k = 0;
    while (*kept[k].id && strcmp(kept[k].id, id) != 0)
        k++;
    if (kept[k].pack)
        return kept[k].pack;
    const char *text = cycle_pack_builtin(id, &len);
    if (!text)
        text = field_file(&arena, arena_printf(&arena, "tests/tables/packs/%s.json", id), &len);
    struct json_misfits misfits = {0};
    struct json_error error = {0};
    kept[k].pack = ARENA_NEW(&arena, struct cycle_pack);
    (void)snprintf(kept[k].id, sizeof kept[k].id, "%s", id);
    if (cycle_pack_read(&arena, text, len, kept[k].pack, &misfits, &error) != ERR_NONE)
        fail_msg("%s: %s %s %s", id, misfits.count ? misfits.list[0].path : "", misfits.count ? misfits.list[0].rule : "", error.reason);
    return kept[k].pack;
}

static const struct settle_scheme *scheme_of(const struct cycle_pack *pack, const char *code) {
    for (size_t i = 0; i < pack->scheme_count; i++)
        if (strcmp(pack->schemes[i].rules.code, code) == 0)
            return &pack->schemes[i].rules;
    fail_msg("%s has no scheme %s", pack->id, code);
    return NULL;
}

static int64_t mark_of(const char *text) {
    int64_t mark = 0;
    if (!text_parse_hundredths(text, &mark))
        fail_msg("«%s» is no mark", text);
    return mark;
}

static void say(struct settle_facts *f, enum settle_person person, const char *text) {
    f->by[person].said = true;
    f->by[person].passed_up = strcmp(text, "up") == 0;
    if (!f->by[person].passed_up)
        f->by[person].mark = mark_of(text);
}

static void put_said(struct settle_facts *f, const char *word) {
    const char *at = strchr(word, '='), *text = at ? at + 1 : "";
    if (strncmp(word, "dialogue=", 9) == 0) {
        f->dialogue = strcmp(text, "differ") == 0 ? SETTLE_DIFFER : SETTLE_AGREED;
        f->minuted = true;
        f->agreed = f->dialogue == SETTLE_AGREED ? mark_of(text) : 0;
    } else if (strcmp(word, "unsigned") == 0) {
        f->minuted = false;
    } else if (strncmp(word, "head=", 5) == 0) {
        say(f, SETTLE_BY_HEAD, text);
    } else if (strncmp(word, "chair=", 6) == 0) {
        say(f, SETTLE_BY_CHAIR, text);
    } else if (strncmp(word, "collective=", 11) == 0) {
        say(f, SETTLE_BY_COLLECTIVE, text);
    } else if (strncmp(word, "members=", 8) == 0) {
        f->members = (uint8_t)strtol(text, NULL, 10);
    } else if (strncmp(word, "before=", 7) == 0) {
        f->remark = true;
        f->before = mark_of(text);
    } else if (strncmp(word, "part=", 5) == 0) {
        f->part = mark_of(text);
    } else if (strncmp(word, "step=", 5) == 0) {
        f->step = mark_of(text);
    } else if (strcmp(word, "suspected") == 0) {
        f->suspected = true;
    } else if (strcmp(word, "proved") == 0) {
        f->proved = true;
    } else {
        fail_msg("nobody says «%s»", word);
    }
}

static struct settle_facts facts_of(char **parts) {
    struct settle_facts f = {.max = mark_of(parts[3]), .pass = strcmp(parts[4], "-") == 0 ? 0 : mark_of(parts[4])};
    char *words[SETTLE_MARKS_MAX], *marks = arena_strdup(&arena, parts[5]), *said = arena_strdup(&arena, parts[6]);
    int count = strcmp(marks, "-") == 0 ? 0 : field_split(marks, ' ', words, SETTLE_MARKS_MAX);
    for (int i = 0; i < count; i++)
        f.marks[f.mark_count++] = mark_of(words[i]);
    count = strcmp(said, "-") == 0 ? 0 : field_split(said, ' ', words, SETTLE_MARKS_MAX);
    for (int i = 0; i < count; i++)
        put_said(&f, words[i]);
    return f;
}

/* A sentence that leaves nothing open between braces, in both languages. */
static void check_sentence(const char *text, const char *row) {
    if (strlen(text) < 20 || strpbrk(text, "{}"))
        fail_msg("%s: sentence «%s»", row, text);
}

static struct field_word told[32];
static size_t told_count;

/* What the table of words says that is told about this row. */
static void check_told(const char *row, const char *vi, const char *en) {
    for (size_t i = 0; i < told_count; i++)
        if (strcmp(told[i].at, row) == 0) {
            told[i].met++;
            assert_string_equal(vi, told[i].vi);
            assert_string_equal(en, told[i].en);
        }
}

static void check_mark(char **parts) {
    const struct settle_scheme *scheme = scheme_of(pack_of(parts[1]), parts[2]);
    struct settle_facts facts = facts_of(parts);
    struct settle_result r;
    struct rank_misfit misfit = {0};
    const char *row = arena_printf(&arena, "%s %s %s (%s)", parts[1], parts[2], parts[5], parts[6]);
    if (settle_marks(scheme, &facts, &r, &misfit) != ERR_NONE)
        fail_msg("%s: %s %s", row, misfit.path, misfit.reason);
    char mark[24] = "-", gap[24] = "-", vi[SETTLE_TEXT_SIZE], en[SETTLE_TEXT_SIZE];
    if (r.next == SETTLE_NEXT_SETTLED)
        text_format_hundredths(r.mark, mark);
    if (r.gap >= 0)
        text_format_hundredths(r.gap, gap);
    if (strcmp(settle_next_key(r.next), parts[7]) != 0 || strcmp(mark, parts[8]) != 0 || strcmp(settle_why_key(r.why), parts[9]) != 0 || strcmp(gap, parts[10]) != 0)
        fail_msg("%s: %s %s %s %s, expected %s %s %s %s", row, settle_next_key(r.next), mark, settle_why_key(r.why), gap, parts[7], parts[8],
                 parts[9], parts[10]);
    settle_sentence(scheme, &facts, &r, "vi", vi);
    settle_sentence(scheme, &facts, &r, "en", en);
    check_sentence(vi, row);
    check_sentence(en, row);
    assert_string_not_equal(vi, en);
    check_told(arena_printf(&arena, "%s %s %s: %s (%s)", parts[1], parts[2], parts[4], parts[5], parts[6]), vi, en);
    if (r.next == SETTLE_NEXT_SETTLED)
        assert_non_null(strstr(en, mark));
    for (char *p = mark; *p; p++)
        *p = *p == '.' ? ',' : *p;
    if (r.next == SETTLE_NEXT_SETTLED)
        assert_non_null(strstr(vi, mark));
    for (const char *p = strchr(vi, '.'); p; p = strchr(p + 1, '.')) /* a point ends a sentence and parts no number */
        assert_false(p[1] >= '0' && p[1] <= '9');
}

static void check_refused(char **parts) {
    struct settle_facts facts = facts_of(parts);
    struct settle_result r, untouched;
    struct rank_misfit misfit = {0};
    memset(&r, 0x5a, sizeof r);
    untouched = r;
    assert_int_equal(settle_marks(scheme_of(pack_of(parts[1]), parts[2]), &facts, &r, &misfit), ERR_RANGE);
    if (strcmp(misfit.path, parts[7]) != 0 || strcmp(misfit.reason, parts[8]) != 0)
        fail_msg("%s: %s %s, expected %s %s", parts[9], misfit.path, misfit.reason, parts[7], parts[8]);
    assert_memory_equal(&r, &untouched, sizeof r);
}

static void check_veto(char **parts) {
    char *rows[20], *cells[20];
    int64_t ratings[400];
    int members = field_split(parts[2], ';', rows, 20), factors = 0;
    for (int i = 0; i < members; i++) {
        factors = field_split(rows[i], ' ', cells, 20);
        for (int k = 0; k < factors; k++)
            ratings[i * factors + k] = mark_of(cells[k]);
    }
    uint32_t factor = 0, low = 0;
    const struct settle_veto *veto = &pack_of(parts[1])->veto;
    assert_true(veto->share_den > 0);
    assert_int_equal(settle_vetoed(veto, ratings, (uint32_t)members, (uint32_t)factors, &factor, &low), strcmp(parts[3], "falls") == 0);
    assert_int_equal(factor, strtol(parts[4], NULL, 10));
    assert_int_equal(low, strtol(parts[5], NULL, 10));
}

static void check_ballot(char **parts) {
    const struct cycle_pack *pack = pack_of(parts[1]);
    uint32_t votes[SETTLE_NAMES_MAX];
    char *words[SETTLE_NAMES_MAX], goes_on[200] = "", text[SETTLE_TEXT_SIZE];
    struct settle_ballot_facts f = {.votes = votes};
    assert_int_equal(field_split(parts[3], ' ', words, 3), 3);
    f.summoned = (uint32_t)strtol(words[0], NULL, 10);
    f.excused = (uint32_t)strtol(words[1], NULL, 10);
    f.present = (uint32_t)strtol(words[2], NULL, 10);
    const char *votes_text = arena_printf(&arena, " %s", parts[4]);
    f.names = (uint32_t)field_split(parts[4], ' ', words, SETTLE_NAMES_MAX);
    for (uint32_t i = 0; i < f.names; i++)
        votes[i] = (uint32_t)strtol(words[i], NULL, 10);
    const struct cycle_pack_ballot *of = NULL;
    for (size_t i = 0; i < pack->ballot_count; i++)
        if (strcmp(pack->ballots[i].rules.code, parts[2]) == 0)
            of = &pack->ballots[i];
    assert_non_null(of);
    const struct settle_ballot *ballot = &of->rules;
    struct settle_ballot_result r;
    assert_int_equal(settle_ballot_count(ballot, &f, &r, NULL), ERR_NONE);
    for (uint32_t i = 0; i < f.names; i++)
        if (r.goes_on[i])
            (void)snprintf(goes_on + strlen(goes_on), sizeof goes_on - strlen(goes_on), "%s%u", *goes_on ? " " : "", i + 1);
    char got[300];
    (void)snprintf(got, sizeof got, "%s %u %u %u %s", settle_ballot_key(r.end), r.of, r.bar, r.fallback_bar, *goes_on ? goes_on : "-");
    assert_string_equal(got, arena_printf(&arena, "%s %s %s %s %s", parts[5], parts[6], parts[7], parts[8], parts[9]));
    char vi[SETTLE_TEXT_SIZE];
    settle_ballot_sentence(ballot, of->title.vi, &f, &r, "vi", vi);
    settle_ballot_sentence(ballot, of->title.en, &f, &r, "en", text);
    check_sentence(vi, parts[2]);
    check_sentence(text, parts[2]);
    check_told(arena_printf(&arena, "%s %s (%u %u %u)%s", parts[1], parts[2], f.summoned, f.excused, f.present, votes_text), vi, text);
}

static struct settle_date date_of(const char *text) {
    return (struct settle_date){.year = (int32_t)strtol(text, NULL, 10), .month = (int32_t)strtol(text + 5, NULL, 10), .day = (int32_t)strtol(text + 8, NULL, 10)};
}

static void check_credential(char **parts) {
    const struct cycle_pack *pack = pack_of(parts[1]);
    const struct cycle_pack_waiver *waiver = cycle_pack_waiver(pack, rank_component_find(&pack->rank, parts[2]), parts[3]);
    assert_non_null(waiver);
    ROW_TRUE(settle_credential_holds(date_of(parts[4]), waiver->months, date_of(parts[5])) == (strcmp(parts[6], "holds") == 0), parts[5]);
}

static void check_reserve(char **parts) {
    const struct cycle_pack *pack = pack_of(parts[1]);
    assert_true(pack->reserve_months > 0);
    ROW_TRUE(settle_credential_holds(date_of(parts[2]), (int32_t)pack->reserve_months, date_of(parts[3])) == (strcmp(parts[4], "holds") == 0), parts[3]);
}

static void worked_examples(void **state) {
    (void)state;
    static const struct {
        const char *name;
        void (*check)(char **parts);
    } KINDS[] = {{"mark", check_mark}, {"refuse", check_refused}, {"veto", check_veto}, {"ballot", check_ballot}, {"credential", check_credential}, {"reserve", check_reserve}};
    size_t len = 0;
    char *line = field_file(&arena, "tests/tables/settle.tsv", &len), *next;
    int rows = 0;
    told_count = field_words(&arena, "settle", told, LENGTH(told));
    for (; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        char *parts[COLUMNS] = {NULL};
        if (*line == '#' || !*line || strncmp(line, "key\t", 4) == 0) /* of keys: test_score_rekey.c */
            continue;
        (void)field_split(line, '\t', parts, COLUMNS);
        size_t kind = 0;
        while (kind < LENGTH(KINDS) && strcmp(KINDS[kind].name, parts[0]) != 0)
            kind++;
        if (kind == LENGTH(KINDS))
            fail_msg("no row is a «%s»", parts[0]);
        KINDS[kind].check(parts);
        rows++;
    }
    assert_in_range(rows, 100, 10000);
    for (size_t i = 0; i < told_count; i++)
        ROW_TRUE(told[i].met > 0, told[i].at);
}

static void ballots_that_cannot_be(void **state) {
    (void)state;
    static const struct {
        uint32_t summoned, excused, present, votes[3], names;
        const char *path, *reason;
    } ROWS[] = {{20, 0, 18, {9, 7, 3}, 3, "votes", "more-than-present"},
                {20, 0, 21, {9, 7, 3}, 3, "present", "range"},
                {20, 3, 18, {9, 7, 2}, 3, "present", "range"},
                {20, 21, 0, {0, 0, 0}, 3, "excused", "range"},
                {20, 0, 18, {0, 0, 0}, 0, "votes", "count"}};
    const struct settle_ballot *ballot = &pack_of("LEAD-2424")->ballots[0].rules;
    for (size_t i = 0; i < LENGTH(ROWS); i++) {
        struct settle_ballot_facts f = {ROWS[i].summoned, ROWS[i].excused, ROWS[i].present, ROWS[i].votes, ROWS[i].names};
        struct settle_ballot_result r;
        struct rank_misfit misfit = {0};
        assert_int_equal(settle_ballot_count(ballot, &f, &r, &misfit), ERR_RANGE);
        assert_string_equal(misfit.path, ROWS[i].path);
        assert_string_equal(misfit.reason, ROWS[i].reason);
    }
}

/* Whatever two people give, a settled mean lies between them, the tier is the first whose condition holds, and the order
 * of the two does not matter where no third replaces them. */
static void means_stand_between(void **state) {
    (void)state;
    struct random_stream random;
    random_stream_init(&random, 25);
    static const char *const PACKS[] = {"CC-2026", "CC-2010", "JUSTICE-2021", "LEGAL-AID-2017"};
    for (int i = 0; i < 20000; i++) {
        const struct settle_scheme *scheme = scheme_of(pack_of(PACKS[random_stream_below(&random, LENGTH(PACKS))]), "ESSAY");
        struct settle_facts f = {.max = 10000, .pass = 5000, .mark_count = 2}, g;
        f.marks[0] = (int64_t)random_stream_below(&random, 10001);
        f.marks[1] = random_stream_below(&random, 2) ? (int64_t)random_stream_below(&random, 10001) : (f.marks[0] + (int64_t)random_stream_below(&random, 1200)) % 10001;
        g = f;
        g.marks[0] = f.marks[1];
        g.marks[1] = f.marks[0];
        struct settle_result r, s;
        assert_int_equal(settle_marks(scheme, &f, &r, NULL), ERR_NONE);
        assert_int_equal(settle_marks(scheme, &g, &s, NULL), ERR_NONE);
        assert_memory_equal(&r, &s, sizeof r);
        int64_t low = f.marks[0] < f.marks[1] ? f.marks[0] : f.marks[1], high = f.marks[0] + f.marks[1] - low;
        assert_int_equal(r.gap, high - low);
        assert_int_equal(r.across, low < 5000 && high >= 5000);
        if (r.next == SETTLE_NEXT_SETTLED)
            assert_true(r.mark >= low - scheme->round_to / 2 && r.mark <= high + scheme->round_to / 2 && r.mark % scheme->round_to == 0);
    }
}

static int setup(void **state) {
    (void)state;
    arena_init(&arena, 512 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(worked_examples), cmocka_unit_test(ballots_that_cannot_be), cmocka_unit_test(means_stand_between)};
    return cmocka_run_group_tests_name("settle", tests, setup, teardown);
}
