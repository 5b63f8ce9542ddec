/* Ranks a made-up field under a built-in pack: candidates, posts, components with all grounds, on one core.
 *
 *   rankbench [CANDIDATES [POSTS [ROUNDS [FORM]]]]     default 1000000 2000 5 pooled
 *
 * FORM: pooled   CC-2026, each post joint to two agencies, winners choose
 *       wishes   VC-2023, the same posts, first wishes of all and then second wishes
 *       joint    CC-2026, one post joint to so many agencies; everybody names two
 *
 * Prints one JSON object: median and range of the time of rank_run, and the most memory the process held. */
#include "khoacu/base/arena.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/rank/rank.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "khoacu/base/banned.h"

#define ROLL_SIZE 12

enum form { POOLED, WISHES, JOINT };
static const char *const FORMS[] = {"pooled", "wishes", "joint"};

struct field {
    struct rank_pack rules;
    struct rank_inputs inputs;
    const char **agencies;
    char *rolls, *post_codes;
};

static void *many(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory) {
        fputs("no memory\n", stderr);
        exit(2);
    }
    return memory;
}

static void bind_rules(struct rank_pack *rules, enum form form) {
    struct arena arena;
    arena_init(&arena, 4 << 20);
    static struct cycle_pack pack;
    struct json_misfits misfits = {0};
    struct rank_misfit misfit;
    size_t len = 0;
    const char *text = cycle_pack_builtin(form == WISHES ? "VC-2023" : "CC-2026", &len);
    struct cycle_pack_scales scales = {.max = {[CYCLE_PACK_WRITTEN] = 6000, [CYCLE_PACK_INTERVIEW] = 4000}};
    if (form == WISHES) /* a mark of one test, of 100 */
        scales = (struct cycle_pack_scales){.max = {[CYCLE_PACK_WRITTEN] = 10000}};
    if (!text || cycle_pack_read(&arena, text, len, &pack, &misfits, NULL) != ERR_NONE ||
        cycle_pack_bind(&pack, &scales, rules, &misfit) != ERR_NONE) {
        fputs("the pack does not fit\n", stderr);
        exit(2);
    }
    arena_release(&arena);
}

/* Posts with two agencies each, or one with two agencies a post. */
static void make_posts(struct field *f, uint32_t posts, bool joint, struct random_stream *random) {
    struct rank_post *post = many(posts, sizeof *post);
    struct rank_seat *seats = many((size_t)posts * 2, sizeof *seats);
    uint32_t agencies = joint ? posts * 2 : 2;
    f->agencies = many(agencies, sizeof *f->agencies);
    f->post_codes = many((size_t)posts * 2, ROLL_SIZE);
    for (uint32_t i = 0; i < posts * 2; i++) {
        char *code = f->post_codes + (size_t)i * ROLL_SIZE;
        (void)snprintf(code, ROLL_SIZE, "P%u", i);
        seats[i] = (struct rank_seat){.agency = joint ? i : i % 2, .quota = (int32_t)random_stream_below(random, 8) + 1};
        if (i < agencies)
            f->agencies[i] = code;
        if (i < posts)
            post[i] = (struct rank_post){.code = code, .first_seat = joint ? 0 : i * 2, .seat_count = joint ? posts * 2 : 2};
    }
    f->inputs.seats = seats;
    f->inputs.posts = post;
    f->inputs.agency_count = agencies;
    f->inputs.seat_count = posts * 2;
    f->inputs.post_count = joint ? 1 : posts;
}

/* Marks in steps of 0.25, so that there are ties at many last seats. */
static void make_results(const struct field *f, int64_t *value, uint8_t *status, struct random_stream *random) {
    value[0] = 20 + (int64_t)random_stream_below(random, 41);
    status[0] = random_stream_below(random, 50) ? RANK_STATUS_VALUE : RANK_STATUS_ABSENT;
    if (status[0] != RANK_STATUS_VALUE || value[0] < 30)
        return;
    for (uint8_t k = 1; k < f->rules.component_count; k++) {
        int64_t max = f->rules.components[k].max, low = max / 3 / 25 * 25;
        if (max == 0)
            continue;
        status[k] = RANK_STATUS_VALUE;
        value[k] = f->rules.components[k].unit == RANK_UNIT_COUNT ? max / 2 + (int64_t)random_stream_below(random, (uint64_t)max / 2 + 1)
                                                                   : low + 25 * (int64_t)random_stream_below(random, (uint64_t)(max - low) / 25 + 1);
    }
}

static void make(struct field *f, uint32_t candidates, uint32_t posts, enum form form) {
    struct random_stream random;
    random_stream_init(&random, 20260801);
    bind_rules(&f->rules, form);
    make_posts(f, posts, form == JOINT, &random);
    size_t width = f->rules.component_count;
    f->rolls = many(candidates, ROLL_SIZE);
    struct rank_candidate *people = many(candidates, sizeof *people);
    uint32_t *preferences = many((size_t)candidates * 2, sizeof *preferences);
    int64_t *values = many(candidates * width, sizeof *values);
    uint8_t *statuses = many(candidates * width, 1);
    for (uint32_t i = 0; i < candidates; i++) {
        char *roll = f->rolls + (size_t)i * ROLL_SIZE;
        (void)snprintf(roll, ROLL_SIZE, "%08u", (uint32_t)((uint64_t)i * 48271 % 99999989));
        uint32_t first = (uint32_t)random_stream_below(&random, f->inputs.agency_count);
        preferences[(size_t)i * 2] = first;
        preferences[(size_t)i * 2 + 1] = (first + 1) % f->inputs.agency_count;
        people[i] = (struct rank_candidate){
            .roll = roll,
            .post = (uint32_t)random_stream_below(&random, f->inputs.post_count),
            .classes = random_stream_below(&random, 5) == 0 ? 1u << random_stream_below(&random, 4) : 0,
            .first_preference = i * 2,
            .preference_count = 2};
        make_results(f, values + i * width, statuses + i * width, &random);
    }
    f->inputs.pack = &f->rules;
    f->inputs.agencies = f->agencies;
    f->inputs.preferences = preferences;
    f->inputs.candidates = people;
    f->inputs.values = values;
    f->inputs.statuses = statuses;
    f->inputs.preference_count = candidates * 2;
    f->inputs.candidate_count = candidates;
}

static int compare_times(const void *a, const void *b) {
    const int64_t *of_a = a, *of_b = b;
    return (*of_a > *of_b) - (*of_a < *of_b);
}

int main(int argc, char **argv) {
    int64_t sizes[3] = {1000000, 2000, 5}, times[100];
    int form = POOLED;
    for (int i = 1; i < argc; i++) {
        if (i == 4) {
            form = 0;
            while (form <= JOINT && strcmp(FORMS[form], argv[i]) != 0)
                form++;
        }
        if (form > JOINT || i > 4 || (i < 4 && !text_parse_int(argv[i], 1, i == 3 ? 100 : 50000000, &sizes[i - 1]))) {
            fputs("usage: rankbench [CANDIDATES [POSTS [ROUNDS [pooled | wishes | joint]]]]\n", stderr);
            return 2;
        }
    }
    struct field field = {0};
    make(&field, (uint32_t)sizes[0], (uint32_t)sizes[1], (enum form)form);
    uint32_t selected = 0, tied = 0, contested = 0;
    for (int64_t round = 0; round < sizes[2]; round++) {
        struct rank_result result;
        struct rank_misfit misfit;
        int64_t start = clock_mono_us();
        if (rank_run(&field.inputs, &result, &misfit) != ERR_NONE) {
            fprintf(stderr, "%s %s\n", misfit.path, misfit.reason);
            return 1;
        }
        times[round] = clock_mono_us() - start;
        selected = result.outcomes[RANK_SELECTED];
        tied = result.outcomes[RANK_TIED];
        contested = 0;
        for (uint32_t i = 0; i < field.inputs.post_count; i++)
            contested += result.posts[i].contested;
        rank_result_release(&result);
    }
    qsort(times, (size_t)sizes[2], sizeof *times, compare_times);
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("{\"name\":\"rank\",\"form\":\"%s\",\"candidates\":%lld,\"posts\":%lld,\"components\":%d,\"median_ms\":%.1f,\"min_ms\":%.1f,"
           "\"max_ms\":%.1f,\"peak_mib\":%ld,\"selected\":%u,\"tied\":%u,\"contested_posts\":%u}\n",
           FORMS[form], (long long)sizes[0], (long long)sizes[1], (int)field.rules.component_count, (double)times[sizes[2] / 2] / 1e3,
           (double)times[0] / 1e3, (double)times[sizes[2] - 1] / 1e3, usage.ru_maxrss / 1024, selected, tied,
           contested);
    return 0;
}
