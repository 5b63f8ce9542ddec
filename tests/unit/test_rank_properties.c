/* Properties of a list, stated apart from how it is made, over fields and packs by the thousand: random packs (random_pack.h)
 * and those in the tree. What a second program makes of the same fields is compared at the end.
 *   KHOACU_PROPERTY_LISTS=100000     more lists than the usual 10,000 */
#include "unit.h"

#include "random_pack.h"
#include "result_random.h"

#include <spawn.h>
#include <sys/wait.h>

#include "khoacu/base/banned.h"

#define LISTS 10000
#define COMPARED 20000 /* of them by the second program, at most */
#define LINES "build/test/properties.jsonl"

extern char **environ;

static long lists_wanted(void) {
    const char *text = getenv("KHOACU_PROPERTY_LISTS");
    long wanted = text ? strtol(text, NULL, 10) : 0;
    return wanted > 0 ? wanted : LISTS;
}

struct view {
    const struct rank_inputs *in;
    const struct rank_result *result;
    const char *text; /* of the pack, to be shown with a fault */
    long list;
};

static const struct rank_decision *of(const struct view *v, uint32_t i) {
    return &v->result->decisions[i];
}
static uint32_t post_of(const struct view *v, uint32_t i) {
    return v->in->candidates[i].post;
}

#define HOLDS(v, what, condition)                                                                                      \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail_msg("list %ld: %s\n%s", (v)->list, what, (v)->text);                                                  \
    } while (0)

/* Which wish an agency is of a candidate, 1 …; 0: none. Whoever applies to a post of one agency need not name it. */
static uint32_t wish_of(const struct view *v, uint32_t i, uint32_t agency) {
    const struct rank_candidate *c = &v->in->candidates[i];
    for (uint32_t k = 0; k < c->preference_count; k++)
        if (v->in->preferences[c->first_preference + k] == agency)
            return k + 1;
    return 0;
}

static int32_t quota_of(const struct view *v, uint32_t post, uint32_t agency, int group) {
    int32_t sum = 0;
    for (uint32_t k = 0; k < v->in->posts[post].seat_count; k++) {
        const struct rank_seat *seat = &v->in->seats[v->in->posts[post].first_seat + k];
        sum += (agency == RANK_NO_AGENCY || seat->agency == agency) && (group < 0 || seat->group == group) ? seat->quota : 0;
    }
    return sum;
}

static int32_t held(const struct view *v, uint32_t post, uint32_t agency, int group) {
    int32_t sum = 0;
    for (uint32_t i = 0; i < v->in->candidate_count; i++) {
        const struct rank_decision *d = of(v, i);
        int own = d->group == RANK_NONE ? 0 : d->group + 1;
        sum += post_of(v, i) == post && d->outcome == RANK_SELECTED && (agency == RANK_NO_AGENCY || d->agency == agency) && (group < 0 || own == group);
    }
    return sum;
}

/* Quotas are never exceeded: of a post, of an agency, of a group. */
static void quotas_hold(const struct view *v) {
    for (uint32_t p = 0; p < v->in->post_count && !v->in->pack->admit_equals; p++) {
        HOLDS(v, "more than the post has places", held(v, p, RANK_NO_AGENCY, -1) <= quota_of(v, p, RANK_NO_AGENCY, -1));
        for (uint32_t k = 0; k < v->in->posts[p].seat_count; k++) {
            const struct rank_seat *seat = &v->in->seats[v->in->posts[p].first_seat + k];
            HOLDS(v, "more than the agency has places", held(v, p, seat->agency, -1) <= quota_of(v, p, seat->agency, -1));
            if (v->in->pack->allocation == RANK_ALLOCATE_RESERVED && seat->group > 0)
                HOLDS(v, "more than the group has places", held(v, p, RANK_NO_AGENCY, seat->group) <= seat->quota);
        }
    }
}

/* 1 + how many of the post passed with a higher total; nobody who did not pass has one. */
static void places_count(const struct view *v) {
    for (uint32_t i = 0; i < v->in->candidate_count; i++) {
        uint32_t better = 0;
        for (uint32_t k = 0; k < v->in->candidate_count; k++)
            better += of(v, k)->passed && post_of(v, k) == post_of(v, i) && of(v, k)->total > of(v, i)->total;
        HOLDS(v, "a place", of(v, i)->place == (of(v, i)->passed ? better + 1 : 0));
        HOLDS(v, "selected and not passed", of(v, i)->passed || of(v, i)->outcome != RANK_SELECTED);
        HOLDS(v, "the total is the raw result and the points", !of(v, i)->passed || of(v, i)->total == of(v, i)->raw + of(v, i)->priority);
    }
}

/* Whether i would have liked agency a of d's better than what i has. */
static bool prefers(const struct view *v, uint32_t i, const struct rank_decision *d) {
    const struct rank_pack *pack = v->in->pack;
    const struct rank_candidate *c = &v->in->candidates[i];
    const struct rank_decision *mine = of(v, i);
    if (pack->allocation == RANK_ALLOCATE_RESERVED) /* a group's own seats are not wanted by others: the named rule */
        return mine->outcome == RANK_NOT_SELECTED && (d->group == RANK_NONE ? !c->relaxed : (c->groups >> d->group & 1));
    uint32_t wish = wish_of(v, i, d->agency);
    if (wish == 0 && !(c->preference_count == 0 && v->in->posts[c->post].seat_count == 1))
        return false;
    if (pack->allocation == RANK_ALLOCATE_WISHES) /* an earlier wish of another goes first: the named rule */
        return wish <= pack->wishes_max && wish <= d->preference && (mine->outcome == RANK_NOT_SELECTED || (mine->outcome == RANK_SELECTED && mine->preference > wish));
    return mine->outcome == RANK_NOT_SELECTED || (mine->preference > 0 && wish < mine->preference);
}

/* Nobody sits where somebody better wanted to sit; no place is empty beside somebody who wants it. */
static void nobody_is_passed_over(const struct view *v) {
    bool open_left = v->in->pack->reserved_to_open;
    for (uint32_t i = 0; i < v->in->candidate_count; i++) {
        const struct rank_decision *mine = of(v, i);
        uint32_t post = post_of(v, i);
        if (!mine->passed || v->result->posts[post].unresolved > 0)
            continue;
        for (uint32_t k = 0; k < v->in->candidate_count; k++)
            if (post_of(v, k) == post && of(v, k)->outcome == RANK_SELECTED && of(v, k)->agency != RANK_NO_AGENCY && of(v, k)->total < mine->total &&
                of(v, k)->reason != RANK_BY_SEAT_KEPT && mine->reason != RANK_BY_SEAT_KEPT) /* an earlier list is the named rule */
                HOLDS(v, "somebody sits where a better one wanted to sit", !prefers(v, i, of(v, k)));
        if (mine->outcome != RANK_NOT_SELECTED)
            continue;
        if (v->in->pack->allocation == RANK_ALLOCATE_POST || v->in->pack->allocation == RANK_ALLOCATE_POOLED || v->in->pack->rest_to_next)
            HOLDS(v, "a place is empty beside one who waits", held(v, post, RANK_NO_AGENCY, -1) >= quota_of(v, post, RANK_NO_AGENCY, -1));
        for (uint32_t s = 0; s < v->in->posts[post].seat_count; s++) {
            const struct rank_seat *seat = &v->in->seats[v->in->posts[post].first_seat + s];
            uint32_t wish = wish_of(v, i, seat->agency);
            if (v->in->pack->allocation == RANK_ALLOCATE_WISHES && wish > 0 && wish <= v->in->pack->wishes_max)
                HOLDS(v, "a wished place is empty beside one who waits", held(v, post, seat->agency, -1) >= seat->quota);
            bool may = seat->group ? v->in->candidates[i].groups >> (seat->group - 1) & 1 : !v->in->candidates[i].relaxed;
            if (v->in->pack->allocation == RANK_ALLOCATE_RESERVED && may && !(open_left && seat->group == 0))
                HOLDS(v, "a reserved or open place is empty beside one who may have it", held(v, post, RANK_NO_AGENCY, seat->group) >= seat->quota);
        }
    }
}

/* A tie is broken only where a seat depends on it: whoever won one has an equal who lost it or waits, and the other way. */
static void ties_are_of_use(const struct view *v) {
    for (uint32_t i = 0; i < v->in->candidate_count; i++) {
        const struct rank_decision *d = of(v, i);
        bool won = d->reason == RANK_BY_TIE_WON || d->reason == RANK_BY_TIE_WON_MANUAL, lost = d->reason == RANK_BY_TIE_LOST || d->reason == RANK_BY_TIE_LOST_MANUAL;
        bool rival = false, equal = false;
        for (uint32_t k = 0; k < v->in->candidate_count; k++) {
            const struct rank_decision *other = of(v, k);
            if (k == i || post_of(v, k) != post_of(v, i) || !other->passed || other->total != d->total)
                continue;
            equal = true;
            rival = rival || (won ? other->outcome != RANK_SELECTED || other->reason != d->reason : other->outcome == RANK_SELECTED || other->outcome == RANK_TIED);
        }
        HOLDS(v, "a tie was broken of which nothing depends", !(won || lost) || rival || v->in->pack->allocation == RANK_ALLOCATE_WISHES);
        HOLDS(v, "a tie of one", !(won || lost || d->outcome == RANK_TIED || d->compared) || equal);
    }
}

static uint32_t find_roll(const struct rank_inputs *in, const char *roll) {
    for (uint32_t i = 0; i < in->candidate_count; i++)
        if (strcmp(in->candidates[i].roll, roll) == 0)
            return i;
    return UINT32_MAX;
}

/* The field without some of its candidates, in another order. */
static void without(struct arena *arena, const struct rank_inputs *in, uint32_t left_out, struct random_stream *random, struct rank_inputs *out) {
    uint32_t n = 0, width = in->pack->component_count, order[MADE_CANDIDATES];
    for (uint32_t i = 0; i < in->candidate_count; i++)
        if (i != left_out)
            order[n++] = i;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t k = (uint32_t)made_below(random, i), swap = order[i - 1];
        order[i - 1] = order[k];
        order[k] = swap;
    }
    struct rank_candidate *candidates = ARENA_ARRAY(arena, n + 1, struct rank_candidate);
    int64_t *values = ARENA_ARRAY(arena, (size_t)(n + 1) * width, int64_t);
    uint8_t *statuses = ARENA_ARRAY(arena, (size_t)(n + 1) * width, uint8_t);
    uint32_t *groups = ARENA_ARRAY(arena, (size_t)(n + 1) * width, uint32_t);
    for (uint32_t i = 0; i < n; i++) {
        candidates[i] = in->candidates[order[i]];
        memcpy(values + (size_t)i * width, in->values + (size_t)order[i] * width, width * sizeof *values);
        memcpy(statuses + (size_t)i * width, in->statuses + (size_t)order[i] * width, width);
        memcpy(groups + (size_t)i * width, in->groups + (size_t)order[i] * width, width * sizeof *groups);
    }
    *out = *in;
    out->candidates = candidates;
    out->values = values;
    out->statuses = statuses;
    out->groups = groups;
    out->candidate_count = n;
}

static bool same_decision(const struct rank_decision *a, const struct rank_decision *b) {
    return a->outcome == b->outcome && a->agency == b->agency && a->total == b->total && a->place == b->place && a->group == b->group &&
           a->reserve == b->reserve && a->preference == b->preference;
}

/* The order of the input changes nothing, not even a byte. */
static void order_is_nothing(const struct view *v, struct arena *arena, struct random_stream *random) {
    struct rank_inputs other;
    struct rank_result result;
    struct rank_misfit misfit;
    without(arena, v->in, UINT32_MAX, random, &other);
    assert_int_equal(rank_run(&other, &result, &misfit), ERR_NONE);
    for (uint32_t i = 0; i < other.candidate_count; i++)
        HOLDS(v, "the order of the input decides", memcmp(&result.decisions[i], of(v, find_roll(v->in, other.candidates[i].roll)), sizeof *result.decisions) == 0);
    rank_result_release(&result);
}

/* Whoever stands below everybody else changes nobody above: without her the list is the same. A pack whose decisions hang
 * on the field, a group's empty seats that go to others, wishes of others that come later, and a recorded decision that sends
 * somebody to a seat which the last one had chosen are named rules that do. */
static void the_last_changes_nobody(const struct view *v, struct arena *arena, struct random_stream *random) {
    const struct rank_pack *pack = v->in->pack;
    uint32_t last = UINT32_MAX;
    if (rank_pack_is_relative(pack) || pack->reserved_to_open || pack->allocation == RANK_ALLOCATE_WISHES)
        return;
    for (uint32_t i = 0; i < v->in->candidate_count; i++)
        if (of(v, i)->passed && post_of(v, i) == 0 && (last == UINT32_MAX || of(v, i)->total < of(v, last)->total))
            last = i;
    for (uint32_t i = 0; i < v->in->candidate_count && last != UINT32_MAX; i++)
        if (i != last && of(v, i)->passed && post_of(v, i) == 0 && of(v, i)->total == of(v, last)->total)
            return;
    if (last == UINT32_MAX || of(v, last)->reason == RANK_BY_SEAT_KEPT)
        return;
    struct rank_inputs other;
    struct rank_result result;
    struct rank_misfit misfit;
    without(arena, v->in, last, random, &other);
    assert_int_equal(rank_run(&other, &result, &misfit), ERR_NONE);
    for (uint32_t i = 0; i < other.candidate_count; i++) {
        const struct rank_decision *with = of(v, find_roll(v->in, other.candidates[i].roll)), *alone = &result.decisions[i];
        bool sent = with->reason == RANK_BY_LIST_EXHAUSTED && alone->reason == RANK_BY_PLACED;
        HOLDS(v, "the last of a post changes somebody above", sent || same_decision(alone, with));
    }
    rank_result_release(&result);
}

/* Without any priority nobody passes less, but for a least total that counts points. */
static void priority_never_saves(const struct view *v, struct arena *arena) {
    struct rank_inputs other = *v->in;
    struct rank_candidate *candidates = ARENA_ARRAY(arena, other.candidate_count + 1, struct rank_candidate);
    struct rank_result result;
    struct rank_misfit misfit;
    if (v->in->pack->total_min > 0)
        return;
    for (uint32_t i = 0; i < other.candidate_count; i++) {
        candidates[i] = v->in->candidates[i];
        candidates[i].classes = 0;
    }
    other.candidates = candidates;
    assert_int_equal(rank_run(&other, &result, &misfit), ERR_NONE);
    for (uint32_t i = 0; i < other.candidate_count; i++)
        HOLDS(v, "priority makes a pass of a fail", result.decisions[i].passed == of(v, i)->passed && result.decisions[i].raw == of(v, i)->raw);
    rank_result_release(&result);
}

static void check_list(struct made *made, long list, const char *text, struct random_stream *random) {
    const struct view v = {.in = &made->field.inputs, .result = &made->result, .text = text, .list = list};
    quotas_hold(&v);
    places_count(&v);
    nobody_is_passed_over(&v);
    ties_are_of_use(&v);
    order_is_nothing(&v, &made->arena, random);
    the_last_changes_nobody(&v, &made->arena, random);
    priority_never_saves(&v, &made->arena);
}

/* A field for a random pack; false: the pack or the field was refused, whole. */
static bool make_random(struct made *made, struct random_stream *random, struct buf *text) {
    struct rank_result none;
    struct rank_misfit misfit = {0}, again = {0};
    buf_init(text, 1 << 20);
    random_pack(random, text);
    arena_init(&made->arena, 16 << 20);
    if (!made_own_pack(made, text->data, text->len))
        return false;
    made_field(made, random);
    enum err err = rank_run(&made->field.inputs, &none, &misfit);
    if (err == ERR_NONE) {
        rank_result_release(&none);
        made_rank(made);
        return true;
    }
    assert_int_equal(err, ERR_RANGE);
    assert_true(*misfit.path && *misfit.reason);
    assert_true(rank_check(&made->field.inputs, &again) == ERR_NONE || strcmp(again.path, misfit.path) == 0);
    return false;
}

static void properties_hold(void **state) {
    (void)state;
    struct random_stream random;
    long wanted = lists_wanted(), lists = 0, own = 0, tried = 0, written = 0;
    random_stream_init(&random, 20260801);
    FILE *file = fopen(LINES, "wb");
    assert_non_null(file);
    while (lists < wanted) {
        struct made made;
        struct buf text, out;
        tried++;
        assert_true(tried < wanted * 20);
        buf_init(&text, 64);
        bool random_one = tried % 4 != 0;
        if (!random_one)
            made_init(&made, &random);
        else if (!make_random(&made, &random, &text)) {
            arena_release(&made.arena);
            buf_release(&text);
            continue;
        }
        own += random_one;
        check_list(&made, lists++, random_one ? text.data : made.field.pack->id, &random);
        if (written < COMPARED) {
            buf_init(&out, 1 << 20);
            made_write(&made, &out);
            (void)fwrite(out.data, 1, out.len, file);
            (void)fputc('\n', file);
            written++;
            buf_release(&out);
        }
        made_release(&made);
        buf_release(&text);
    }
    assert_int_equal(fclose(file), 0);
    assert_true(own > wanted / 4); /* most of the rest contradict themselves */
    print_message("%ld lists, %ld of random packs, %ld tried\n", lists, own, tried);
}

static void a_second_program_agrees(void **state) {
    (void)state;
    char *const argv[] = {"node", "tests/unit/result_second.mjs", LINES, NULL};
    pid_t child = 0;
    int status = 0;
    if (posix_spawnp(&child, "node", NULL, NULL, argv, environ) != 0)
        skip();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- a stable matching ---- */

/* Where nobody has equals and everybody names every agency, best first and then one's own choice is the one matching in
 * which no person and no agency would both rather have each other: deferred acceptance (Gale and Shapley 1962), persons
 * proposing, every agency preferring the higher total. */
static void defer(const struct rank_inputs *in, const int64_t *totals, const bool *passed, uint32_t *match) {
    uint32_t next[MADE_CANDIDATES] = {0};
    bool moved = true;
    for (uint32_t i = 0; i < in->candidate_count; i++)
        match[i] = RANK_NO_AGENCY;
    while (moved) {
        moved = false;
        for (uint32_t i = 0; i < in->candidate_count; i++) {
            const struct rank_candidate *c = &in->candidates[i];
            if (!passed[i] || match[i] != RANK_NO_AGENCY || next[i] >= c->preference_count)
                continue;
            uint32_t agency = in->preferences[c->first_preference + next[i]++], worst = i;
            int32_t quota = 0, holders = 0;
            for (uint32_t s = 0; s < in->seat_count; s++)
                quota += in->seats[s].agency == agency ? in->seats[s].quota : 0;
            match[i] = agency;
            for (uint32_t k = 0; k < in->candidate_count; k++) {
                holders += match[k] == agency;
                worst = match[k] == agency && totals[k] < totals[worst] ? k : worst;
            }
            if (holders > quota)
                match[worst] = RANK_NO_AGENCY;
            moved = true;
        }
    }
}

static void without_equals_it_is_the_stable_matching(void **state) {
    (void)state;
    struct random_stream random;
    random_stream_init(&random, 1962);
    for (int round = 0; round < 2000; round++) {
        struct field *f = calloc(1, sizeof *f);
        int64_t totals[MADE_CANDIDATES];
        bool passed[MADE_CANDIDATES];
        uint32_t match[MADE_CANDIDATES], agencies = 1 + (uint32_t)made_below(&random, 5), people = (uint32_t)made_below(&random, 30);
        assert_non_null(f);
        arena_init(&f->arena, 4 << 20);
        field_pack(f, "CC-2026", "100.00", "0.00");
        f->posts[0] = (struct rank_post){.code = "V", .seat_count = agencies};
        for (uint32_t a = 0; a < agencies; a++) {
            f->agencies[a] = arena_printf(&f->arena, "A%u", a);
            f->seats[a] = (struct rank_seat){.agency = a, .quota = (int32_t)made_below(&random, 5)};
        }
        for (uint32_t i = 0; i < people; i++) {
            uint32_t first = f->inputs.preference_count, *own = &f->preferences[first];
            f->candidates[i] = (struct rank_candidate){.roll = arena_printf(&f->arena, "%02u", i), .first_preference = first, .preference_count = (uint16_t)agencies};
            for (uint32_t a = 0; a < agencies; a++)
                own[a] = a;
            for (uint32_t a = agencies; a > 1; a--) {
                uint32_t k = (uint32_t)made_below(&random, a), swap = own[a - 1];
                own[a - 1] = own[k];
                own[k] = swap;
            }
            f->inputs.preference_count += agencies;
            size_t at = (size_t)i * f->rules.component_count;
            totals[i] = 4000 + ((int64_t)i * 37 + round) % 60 * 100 + (int64_t)i; /* all different */
            f->values[at] = 40;
            f->values[at + rank_component_find(&f->rules, "R2_WRITTEN")] = totals[i];
            f->statuses[at] = f->statuses[at + rank_component_find(&f->rules, "R2_WRITTEN")] = RANK_STATUS_VALUE;
            passed[i] = totals[i] >= 5000;
        }
        f->inputs.agency_count = f->inputs.seat_count = agencies;
        f->inputs.post_count = 1;
        f->inputs.candidate_count = people;
        struct rank_result result;
        struct rank_misfit misfit = {0};
        if (rank_run(&f->inputs, &result, &misfit) != ERR_NONE)
            fail_msg("%s %s", misfit.path, misfit.reason);
        defer(&f->inputs, totals, passed, match);
        for (uint32_t i = 0; i < people; i++)
            if (result.decisions[i].agency != match[i])
                fail_msg("round %d: %u has agency %d, the stable matching %d", round, i, (int)result.decisions[i].agency, (int)match[i]);
        rank_result_release(&result);
        arena_release(&f->arena);
        free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(properties_hold), cmocka_unit_test(a_second_program_agrees), cmocka_unit_test(without_equals_it_is_the_stable_matching)};
    return cmocka_run_group_tests_name("rank_properties", tests, NULL, NULL);
}
