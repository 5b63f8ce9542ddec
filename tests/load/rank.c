/* Ranks a made-up field under the built-in pack CC-2026: candidates, posts, components with all grounds, on one core.
 *
 *   rankbench [CANDIDATES [POSTS [ROUNDS]]]     default 1000000 2000 5
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

#define COMPONENTS 3
#define ROLL_SIZE 12

struct field {
    struct rank_pack rules;
    struct rank_inputs inputs;
    const char *agencies[2];
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

static void bind_rules(struct rank_pack *rules) {
    struct arena arena;
    arena_init(&arena, 4 << 20);
    static struct cycle_pack pack;
    struct json_misfits misfits = {0};
    struct rank_misfit misfit;
    size_t len = 0;
    const char *text = cycle_pack_builtin("CC-2026", &len);
    struct cycle_pack_scales scales = {.max = {[CYCLE_PACK_WRITTEN] = 6000, [CYCLE_PACK_INTERVIEW] = 4000}};
    if (!text || cycle_pack_read(&arena, text, len, &pack, &misfits, NULL) != ERR_NONE ||
        cycle_pack_bind(&pack, &scales, rules, &misfit) != ERR_NONE) {
        fputs("the pack does not fit\n", stderr);
        exit(2);
    }
    arena_release(&arena);
}

/* Every post has two agencies; marks come in steps of 0.25, so that there are ties at many last seats. */
static void make(struct field *f, uint32_t candidates, uint32_t posts) {
    struct random_stream random;
    random_stream_init(&random, 20260801);
    bind_rules(&f->rules);
    f->agencies[0] = "A";
    f->agencies[1] = "B";
    f->rolls = many(candidates, ROLL_SIZE);
    f->post_codes = many(posts, ROLL_SIZE);
    struct rank_post *post = many(posts, sizeof *post);
    struct rank_seat *seats = many(posts * 2, sizeof *seats);
    struct rank_candidate *people = many(candidates, sizeof *people);
    uint32_t *preferences = many((size_t)candidates * 2, sizeof *preferences);
    int64_t *values = many((size_t)candidates * COMPONENTS, sizeof *values);
    uint8_t *statuses = many((size_t)candidates * COMPONENTS, 1);
    for (uint32_t i = 0; i < posts; i++) {
        (void)snprintf(f->post_codes + (size_t)i * ROLL_SIZE, ROLL_SIZE, "P%u", i);
        post[i] =
            (struct rank_post){.code = f->post_codes + (size_t)i * ROLL_SIZE, .first_seat = i * 2, .seat_count = 2};
        seats[i * 2] = (struct rank_seat){.agency = 0, .quota = (int32_t)random_stream_below(&random, 8) + 1};
        seats[i * 2 + 1] = (struct rank_seat){.agency = 1, .quota = (int32_t)random_stream_below(&random, 8) + 1};
    }
    for (uint32_t i = 0; i < candidates; i++) {
        char *roll = f->rolls + (size_t)i * ROLL_SIZE;
        (void)snprintf(roll, ROLL_SIZE, "%08u", (uint32_t)((uint64_t)i * 48271 % 99999989));
        uint32_t first = (uint32_t)random_stream_below(&random, 2);
        preferences[(size_t)i * 2] = first;
        preferences[(size_t)i * 2 + 1] = 1 - first;
        people[i] = (struct rank_candidate){
            .roll = roll,
            .post = (uint32_t)random_stream_below(&random, posts),
            .classes = random_stream_below(&random, 5) == 0 ? 1u << random_stream_below(&random, 4) : 0,
            .first_preference = i * 2,
            .preference_count = 2};
        int64_t *value = values + (size_t)i * COMPONENTS;
        uint8_t *status = statuses + (size_t)i * COMPONENTS;
        value[0] = 20 + (int64_t)random_stream_below(&random, 41);
        status[0] = random_stream_below(&random, 50) ? RANK_STATUS_VALUE : RANK_STATUS_ABSENT;
        if (status[0] != RANK_STATUS_VALUE || value[0] < 30)
            continue;
        value[1] = 2000 + 25 * (int64_t)random_stream_below(&random, 161);
        value[2] = 1500 + 25 * (int64_t)random_stream_below(&random, 101);
        status[1] = status[2] = RANK_STATUS_VALUE;
    }
    f->inputs = (struct rank_inputs){.pack = &f->rules,
                                     .agencies = f->agencies,
                                     .seats = seats,
                                     .posts = post,
                                     .preferences = preferences,
                                     .candidates = people,
                                     .values = values,
                                     .statuses = statuses,
                                     .agency_count = 2,
                                     .seat_count = posts * 2,
                                     .post_count = posts,
                                     .preference_count = candidates * 2,
                                     .candidate_count = candidates};
}

static int compare_times(const void *a, const void *b) {
    const int64_t *of_a = a, *of_b = b;
    return (*of_a > *of_b) - (*of_a < *of_b);
}

int main(int argc, char **argv) {
    int64_t sizes[3] = {1000000, 2000, 5}, times[100];
    for (int i = 1; i < argc; i++)
        if (i > 3 || !text_parse_int(argv[i], 1, i == 3 ? 100 : 50000000, &sizes[i - 1])) {
            fputs("usage: rankbench [CANDIDATES [POSTS [ROUNDS]]]\n", stderr);
            return 2;
        }
    struct field field = {0};
    make(&field, (uint32_t)sizes[0], (uint32_t)sizes[1]);
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
    printf("{\"name\":\"rank\",\"candidates\":%lld,\"posts\":%lld,\"components\":%d,\"median_ms\":%.1f,\"min_ms\":%.1f,"
           "\"max_ms\":%.1f,\"peak_mib\":%ld,\"selected\":%u,\"tied\":%u,\"contested_posts\":%u}\n",
           (long long)sizes[0], (long long)sizes[1], COMPONENTS, (double)times[sizes[2] / 2] / 1e3,
           (double)times[0] / 1e3, (double)times[sizes[2] - 1] / 1e3, usage.ru_maxrss / 1024, selected, tied,
           contested);
    return 0;
}
